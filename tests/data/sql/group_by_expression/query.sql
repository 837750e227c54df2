SELECT lower(eventname) FROM logs GROUP BY lower(eventname) ORDER BY count(*) DESC, 1 LIMIT 1
