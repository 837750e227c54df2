SELECT *
FROM cloudtrail_logs_monitoring1
