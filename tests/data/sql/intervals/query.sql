SELECT eventname FROM logs WHERE from_iso8601_timestamp(eventtime) > current_timestamp - interval '15' minute ORDER BY eventtime
