SELECT date_trunc('hour', from_iso8601_timestamp(eventtime)) AS hour, count(*) AS n FROM logs GROUP BY 1 ORDER BY 1
