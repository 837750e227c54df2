CREATE EXTERNAL TABLE t(useridentity STRUCT<type:STRING>, resources ARRAY<STRUCT<arn:STRING>>, x MAP<STRING,INT>)
PARTITIONED BY (`timestamp` string, region string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
LOCATION 's3://b/AWSLogs'
TBLPROPERTIES ('projection.enabled'='true', 'projection.timestamp.format'='yyyy/MM/dd', 'projection.timestamp.range'='2024/01/01,NOW',
 'projection.region.values'='a,b', 'storage.location.template'='s3://b/${region}/${timestamp}')
