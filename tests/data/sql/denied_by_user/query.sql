SELECT useridentity.arn, count(eventid) as NumberRejected FROM logs WHERE errorcode='AccessDenied' GROUP BY useridentity.arn ORDER BY NumberRejected DESC
