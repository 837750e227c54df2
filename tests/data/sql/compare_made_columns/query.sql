SELECT recipientaccountid FROM (SELECT length(recipientaccountid) AS recipientaccountid FROM logs) WHERE recipientaccountid = 12 LIMIT 1
