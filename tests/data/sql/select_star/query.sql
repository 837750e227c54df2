SELECT * FROM logs WHERE eventname = 'AuthorizeSecurityGroupIngress' ORDER BY eventtime DESC LIMIT 1
