SELECT a.eventname FROM logs a LEFT JOIN logs b ON a.eventid = b.sharedeventid WHERE b.eventid IS NULL AND a.errorcode IS NOT NULL
