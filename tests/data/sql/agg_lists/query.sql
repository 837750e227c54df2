SELECT useridentity.username, array_agg(eventname ORDER BY eventtime) AS what, max_by(eventname, eventtime), arbitrary(awsregion)
FROM logs WHERE useridentity.username IN ('chaos', 'sofia') GROUP BY 1 ORDER BY 1
