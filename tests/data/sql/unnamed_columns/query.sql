SELECT count(*), eventsource, upper(awsregion), 1 + 1 FROM logs WHERE eventsource = 'ssm.amazonaws.com' GROUP BY eventsource, awsregion
