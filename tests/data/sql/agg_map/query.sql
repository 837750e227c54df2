SELECT histogram(awsregion) AS regions, map_agg(eventid, eventname) IS NOT NULL, approx_percentile(length(eventname), 0.5) FROM logs
