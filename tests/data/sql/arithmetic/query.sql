SELECT 7 / 2, 7 % 4, -7 / 2, 7 / 2.0, 1e0 / 4, 10 / (3 - 1) * 2, CAST(7 AS double) / 2
