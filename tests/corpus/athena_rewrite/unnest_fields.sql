SELECT eventname, arn, accountid, type FROM logs CROSS JOIN UNNEST(resources) AS t(arn, accountid, type) WHERE type IS NOT NULL ORDER BY arn
