SELECT regex_like(eventname, 'x') FROM logs
