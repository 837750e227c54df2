SELECT * EXCLUDE (eventname) FROM logs
