SELECT now(), current_timestamp, current_date, localtimestamp, date(now()), date_diff('minute', from_iso8601_timestamp('2025-10-15T17:20:33Z'), now())
