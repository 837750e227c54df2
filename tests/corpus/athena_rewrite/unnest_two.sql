SELECT a, b FROM UNNEST(ARRAY[1, 2, 3], ARRAY['p', 'q']) AS t(a, b) ORDER BY a
