SELECT year(d), month(d), day(d), hour(d), minute(d), second(d), day_of_week(d), day_of_year(d), week(d), quarter(d), extract(hour FROM d), extract(dow FROM d)
FROM (SELECT timestamp '2025-10-19 17:20:33' AS d)
