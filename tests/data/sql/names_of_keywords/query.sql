SELECT eventname AS "user", eventtime AS at, awsregion AS to FROM logs ORDER BY at DESC, to, user LIMIT 1
