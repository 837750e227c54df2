SELECT eventname FROM logs WHERE (eventsource, readonly) IN (('ssm.amazonaws.com', 'false'))
