select useridentity.userName who, eventTime as "When", eventName from logs where eventname like 'Auth%' order by eventtime
