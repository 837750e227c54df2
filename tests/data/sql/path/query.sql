SELECT "$path", count(*) AS n FROM logs GROUP BY "$path" ORDER BY 1
