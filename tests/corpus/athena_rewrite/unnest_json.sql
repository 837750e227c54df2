SELECT json_extract_scalar(item, '$.ipProtocol') AS protocol, json_extract_scalar(range, '$.cidrIp') AS cidr
FROM logs
CROSS JOIN UNNEST(CAST(json_extract(requestparameters, '$.ipPermissions.items') AS ARRAY(JSON))) AS t(item)
CROSS JOIN UNNEST(CAST(json_extract(item, '$.ipRanges.items') AS ARRAY(JSON))) AS u(range)
WHERE eventname = 'AuthorizeSecurityGroupIngress' ORDER BY cidr
