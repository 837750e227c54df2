SELECT eventtime FROM logs ORDER BY eventtime OFFSET 2 LIMIT 2
