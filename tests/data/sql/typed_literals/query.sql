SELECT timestamp '2025-10-15 17:20:33', timestamp '2025-10-15 17:20:33 UTC', date '2025-10-15', interval '2' day, interval '3' month
