SELECT eventsource, count(*) FROM logs GROUP BY ROLLUP (eventsource) ORDER BY 2 DESC LIMIT 2
