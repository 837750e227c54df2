SELECT 1, 12345678901, 1.50, 1e7, 1e-4, 123456.789e0, sqrt(2), round(2.567, 2), truncate(-2.7), power(2, 10), mod(7, 4), abs(-3), greatest(1, 2), pi()
