SELECT eventname FROM logs WHERE eventname = 'ListUsers' AND eventtime > date_add('day', -1, now())
