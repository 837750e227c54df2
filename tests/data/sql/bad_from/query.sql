SELECT eventname FORM logs
