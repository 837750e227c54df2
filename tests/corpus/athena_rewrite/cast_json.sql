SELECT CAST(json_extract(requestparameters, '$.groupId') AS varchar) AS sg, CAST(json_extract(requestparameters, '$.ipPermissions.items') AS array(json)) AS items,
  CAST(json_extract(requestparameters, '$.ipPermissions.items') AS ARRAY(ROW(ipProtocol VARCHAR, fromPort BIGINT))) AS rows
FROM logs WHERE eventname = 'AuthorizeSecurityGroupIngress' ORDER BY eventtime DESC LIMIT 1
