SELECT eventname, CASE WHEN readonly = 'true' THEN 'read' ELSE 'write' END AS kind, if(errorcode IS NULL, 'ok', errorcode), if(readonly = 'true', 'r'), coalesce(errorcode, '-'), nullif(awsregion, 'us-east-1')
FROM logs WHERE useridentity.username = 'chaos' ORDER BY eventtime LIMIT 3
