SELECT eventname FROM logs WHERE useridentity.accountid <> 5.0
