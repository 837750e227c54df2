SELECT true, NOT false, eventname = 'ListUsers' AS it, errorcode IS NULL FROM logs WHERE eventname = 'ListUsers'
