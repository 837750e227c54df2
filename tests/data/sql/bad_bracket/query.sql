SELECT count(eventname FROM logs
