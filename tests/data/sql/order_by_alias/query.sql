SELECT eventname AS what, eventtime AS at FROM logs ORDER BY at DESC LIMIT 2
