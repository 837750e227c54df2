SELECT useridentity.usrname FROM logs
