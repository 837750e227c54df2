SELECT eventname, count(*) FROM logs
