SELECT eventname FROM logs
WHERE recipientaccountid = 111122223333
