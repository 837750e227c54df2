SELECT eventname, usridentity.username
FROM logs
