SELECT * FROM (SELECT count(*), max(eventtime) FROM logs)
