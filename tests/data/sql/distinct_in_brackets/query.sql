SELECT DISTINCT(eventname) FROM logs ORDER BY eventname LIMIT 2
