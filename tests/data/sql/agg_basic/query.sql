SELECT eventsource, count(*) AS n, count(DISTINCT sourceipaddress), min(eventtime), max(eventtime)
FROM logs GROUP BY eventsource HAVING count(*) > 1 ORDER BY n DESC, 1
