SELECT eventname, r.arn, r.type FROM logs CROSS JOIN UNNEST(resources) AS t(r) ORDER BY r.arn
