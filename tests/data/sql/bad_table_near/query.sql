SELECT * FROM cloudtrail_logs_monitoring9969
