SELECT 'a' || 'b', concat('a', 'b', 'c'), concat('a', CAST(NULL AS varchar)), 'x' || NULL
