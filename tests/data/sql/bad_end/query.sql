SELECT eventname FROM logs WHERE
