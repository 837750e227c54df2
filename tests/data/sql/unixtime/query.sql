SELECT to_unixtime(from_iso8601_timestamp('2025-10-15T17:20:33Z')), from_unixtime(1760548833), to_iso8601(timestamp '2025-10-15 17:20:33')
