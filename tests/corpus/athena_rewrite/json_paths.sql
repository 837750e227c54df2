SELECT json_extract_scalar(additionaleventdata, '$["x-amz-id-2"]') AS id2, json_extract_scalar(additionaleventdata, '$.bytesTransferredOut') AS n, json_extract_scalar(requestparameters, '$.bucketName') AS bucket,
  json_extract_scalar(requestparameters, '$') AS whole, json_extract_scalar(requestparameters, '$.none') AS none
FROM logs WHERE eventname = 'GetBucketAcl'
