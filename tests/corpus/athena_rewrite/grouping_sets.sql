SELECT awsregion, readonly, count(*) AS n FROM logs GROUP BY GROUPING SETS ((awsregion), (readonly), ()) ORDER BY 1, 2, 3
