WITH hits AS (SELECT * FROM logs WHERE sourceipaddress = '198.51.100.77'), names(n, c) AS (SELECT eventname, count(*) FROM hits GROUP BY 1)
SELECT n, c FROM names ORDER BY c DESC, n LIMIT 3
