SELECT useridentity.username AS who, count(*) FROM logs GROUP BY who
