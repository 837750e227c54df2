SELECT lower(eventname, 2) FROM logs
