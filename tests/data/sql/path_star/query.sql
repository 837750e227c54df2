SELECT *, "$path" FROM (SELECT eventname, "$path" FROM logs WHERE "$path" LIKE '%eu-west-1%') ORDER BY eventname
