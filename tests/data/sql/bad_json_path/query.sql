SELECT json_extract(requestparameters, 'groupId') FROM logs
