SELECT CAST('x' AS integer)
