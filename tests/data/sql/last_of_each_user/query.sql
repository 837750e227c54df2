SELECT username, eventname FROM (SELECT useridentity.username, eventname, row_number() over (partition by useridentity.username order by eventtime desc) rn FROM logs) WHERE rn = 1 ORDER BY 1
