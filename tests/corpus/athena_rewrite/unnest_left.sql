SELECT eventname, r.type FROM logs LEFT JOIN UNNEST(resources) AS t(r) ON true WHERE eventname IN ('SendCommand', 'PutBucketPolicy') ORDER BY 1
