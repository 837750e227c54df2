SELECT count(*) FROM logs WHERE errorcode IS DISTINCT FROM 'AccessDenied'
