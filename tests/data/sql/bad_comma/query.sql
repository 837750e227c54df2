SELECT eventname, FROM logs
