SELECT * FROM (PIVOT logs ON readonly)
