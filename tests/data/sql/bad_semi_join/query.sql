SELECT a.eventname FROM logs a SEMI JOIN logs b ON a.eventid = b.eventid
