SELECT split(useridentity.arn, '/')[2] AS who FROM logs WHERE useridentity.arn IS NOT NULL AND useridentity.type = 'IAMUser' GROUP BY 1 ORDER BY 1
