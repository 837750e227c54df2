SELECT max(from_iso8601_timestamp(eventtime)) - min(from_iso8601_timestamp(eventtime)) AS span FROM logs
