SELECT k, v FROM logs CROSS JOIN UNNEST(CAST(json_extract(additionaleventdata, '$') AS MAP(VARCHAR, VARCHAR))) AS t(k, v) WHERE eventname = 'ConsoleLogin' ORDER BY k
