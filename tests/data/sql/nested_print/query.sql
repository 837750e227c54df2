SELECT useridentity, tlsdetails, resources FROM logs WHERE eventname IN ('PutBucketPolicy', 'GetBucketAcl') ORDER BY eventname
