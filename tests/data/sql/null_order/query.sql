SELECT errorcode FROM logs GROUP BY errorcode ORDER BY errorcode DESC
