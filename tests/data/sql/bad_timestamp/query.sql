SELECT CAST(eventname AS timestamp) FROM logs
