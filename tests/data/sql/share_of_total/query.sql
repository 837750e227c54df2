SELECT eventname, count(*) * 100.0 / sum(count(*)) OVER () AS pct FROM logs GROUP BY eventname ORDER BY 2 DESC LIMIT 1
