SELECT at_timezone(from_iso8601_timestamp('2025-10-15T17:20:33Z'), 'America/Sao_Paulo'), from_iso8601_timestamp('2025-10-15T17:20:33Z') AT TIME ZONE 'America/New_York'
