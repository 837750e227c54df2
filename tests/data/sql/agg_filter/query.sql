SELECT count(*) FILTER (WHERE errorcode IS NOT NULL) AS errors, count_if(readonly = 'true') AS reads, approx_distinct(eventname) FROM logs
