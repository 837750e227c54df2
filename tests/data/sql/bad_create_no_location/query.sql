CREATE EXTERNAL TABLE t (a string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
