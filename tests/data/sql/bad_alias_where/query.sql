SELECT lower(eventname) AS what FROM logs
WHERE what LIKE 'list%'
