SELECT eventname FROM logs WHERE eventid IN (SELECT eventid FROM logs WHERE errorcode IS NOT NULL) AND EXISTS (SELECT 1) AND eventtime > (SELECT min(eventtime) FROM logs) ORDER BY 1
