SELECT eventname FROM logs WHERE eventname ILIKE 'list%'
