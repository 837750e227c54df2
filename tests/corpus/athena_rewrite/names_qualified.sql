SELECT count(*) FROM awsdatacatalog.default.logs a JOIN "default"."cloudtrail_logs_monitoring9966" AS b ON a.eventid = b.eventid JOIN "AwsDataCatalog"."default"."logs" c ON c.eventid = a.eventid
