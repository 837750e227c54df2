SELECT json_extract(requestparameters, '$.bucketPolicy.Statement[0].Sid'), json_extract_scalar(requestparameters, '$.bucketPolicy.Statement[0].Sid'), json_array_length(json_extract(requestparameters, '$.bucketPolicy.Statement')), json_size(requestparameters, '$.bucketPolicy'),
  json_format(json_parse('{"a": [1, 2]}')), json_extract_scalar('no json', '$.a')
FROM logs WHERE eventname = 'PutBucketPolicy'
