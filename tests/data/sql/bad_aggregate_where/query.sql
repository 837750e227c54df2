SELECT eventname FROM logs WHERE count(*) > 1 GROUP BY 1
