#!/bin/sh
# SPDX-License-Identifier: MIT
# CREATE EXTERNAL TABLE as the console writes it and as Athena's manual has it with partitions; what a table's life is.
. "$(dirname "$0")/../check.sh"
. "$top/tests/data/sql/lab.sh"

lay_out_lab "$tmp/lab"
sql() {
    run query "$tmp/lab" --format csv "$1"
}
gives() { # SQL, lines
    sql "$1"
    is "$2" "$(sed 1d "$out")" "$1"
}

# The statement of the console's "Create Athena table", as it stands there.
cat >"$tmp/console.sql" <<'SQL'
CREATE EXTERNAL TABLE cloudtrail_logs_monitoring9966 (
    eventVersion STRING,
    userIdentity STRUCT<
        type: STRING,
        principalId: STRING,
        arn: STRING,
        accountId: STRING,
        invokedBy: STRING,
        accessKeyId: STRING,
        userName: STRING,
        sessionContext: STRUCT<
            attributes: STRUCT<
                mfaAuthenticated: STRING,
                creationDate: STRING>,
            sessionIssuer: STRUCT<
                type: STRING,
                principalId: STRING,
                arn: STRING,
                accountId: STRING,
                userName: STRING>,
            ec2RoleDelivery: STRING,
            webIdFederationData: STRUCT<
                federatedProvider: STRING,
                attributes: MAP<STRING,STRING>>>>,
    eventTime STRING,
    eventSource STRING,
    eventName STRING,
    awsRegion STRING,
    sourceIpAddress STRING,
    userAgent STRING,
    errorCode STRING,
    errorMessage STRING,
    requestParameters STRING,
    responseElements STRING,
    additionalEventData STRING,
    requestId STRING,
    eventId STRING,
    readOnly STRING,
    resources ARRAY<STRUCT<
        arn: STRING,
        accountId: STRING,
        type: STRING>>,
    eventType STRING,
    apiVersion STRING,
    recipientAccountId STRING,
    serviceEventDetails STRING,
    sharedEventID STRING,
    vpcEndpointId STRING,
    tlsDetails STRUCT<
        tlsVersion: STRING,
        cipherSuite: STRING,
        clientProvidedHostHeader: STRING>
)
COMMENT 'CloudTrail table for monitoring9966 bucket'
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://monitoring9966/AWSLogs/111122223333/CloudTrail/'
TBLPROPERTIES ('classification'='cloudtrail');
SQL
run query "$tmp/lab" -f "$tmp/console.sql"
is 0 "$status" "the console's statement"
says "Query successful." "$out"
gives "SELECT count(*) FROM cloudtrail_logs_monitoring9966" '"11"'
gives "SELECT useridentity.userName FROM cloudtrail_logs_monitoring9966 WHERE sourceipaddress = '198.51.100.77' GROUP BY 1 ORDER BY 1" '"HIDDEN_DUE_TO_SECURITY_REASONS"
"chaos"'
run query "$tmp/lab" -f "$tmp/console.sql"
is 2 "$status" "a second time"
says "AlreadyExistsException: Table cloudtrail_logs_monitoring9966 already exists" "$err"
sed 's/EXTERNAL TABLE/& IF NOT EXISTS/' "$tmp/console.sql" >"$tmp/if.sql"
run query "$tmp/lab" -f "$tmp/if.sql"
is 0 "$status" "IF NOT EXISTS"
sql "SHOW CREATE TABLE default.cloudtrail_logs_monitoring9966"
says "CREATE EXTERNAL TABLE \`cloudtrail_logs_monitoring9966\`(" "$out"
says "COMMENT 'CloudTrail table for monitoring9966 bucket'" "$out"
sql "SHOW CREATE TABLE cloudtrail_logs_monitoring9966"
sed '1d; s/^"//; s/"$//; s/""/"/g' "$out" | sed 's/cloudtrail_logs_monitoring9966/again/' >"$tmp/again.sql"
run query "$tmp/lab" -f "$tmp/again.sql"
is 0 "$status" "what SHOW CREATE TABLE prints makes the table again"
gives "SELECT count(*) FROM again" '"11"'

# Another session sees them; a drop is for good.
gives "SHOW TABLES 'again|logs'" '"again"
"logs"'
sql "DROP TABLE again"
is 0 "$status" "a drop"
sql "SELECT 1 FROM again"
says "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.again' does not exist" "$err"
gives "SHOW TABLES 'again'" ''
sql "DROP TABLE IF EXISTS again"
is 0 "$status" "IF EXISTS"

# Partition projection by day, as in Athena's manual.
columns="eventversion STRING, useridentity STRUCT<type:STRING, username:STRING, sessioncontext:STRUCT<attributes:STRUCT<
  creationdate:STRING>>>, eventtime STRING, eventname STRING, resources ARRAY<STRUCT<arn:STRING>>, managementevent BOOLEAN, nosuch INT"
kind="ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' STORED AS INPUTFORMAT
  'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'"
sql "CREATE EXTERNAL TABLE cloudtrail_logs_pp($columns)
PARTITIONED BY (\`timestamp\` string)
$kind
LOCATION 's3://monitoring9966/AWSLogs/111122223333/CloudTrail/us-east-1'
TBLPROPERTIES (
  'projection.enabled'='true',
  'projection.timestamp.format'='yyyy/MM/dd',
  'projection.timestamp.interval'='1',
  'projection.timestamp.interval.unit'='DAYS',
  'projection.timestamp.range'='2025/10/01,NOW',
  'projection.timestamp.type'='date',
  'storage.location.template'='s3://monitoring9966/AWSLogs/111122223333/CloudTrail/us-east-1/\${timestamp}')"
is 0 "$status" "partition projection: $(cat "$err")"
gives "SELECT timestamp, count(*) FROM cloudtrail_logs_pp WHERE timestamp >= '2025/10/15' GROUP BY 1" '"2025/10/15","9"'
gives "SELECT count(*) FROM cloudtrail_logs_pp WHERE \"timestamp\" < '2025/10/15'" '"0"'
gives "SELECT useridentity, resources, managementevent, nosuch FROM cloudtrail_logs_pp WHERE eventname = 'GetBucketAcl'" \
    '"{type=AWSService, username=null, sessioncontext=null}","[{arn=arn:aws:s3:::monitoring9966}, {arn=null}]","true",'
sql "CREATE EXTERNAL TABLE by_region($columns)
PARTITIONED BY (region string, day string)
$kind
LOCATION 's3://monitoring9966/AWSLogs/111122223333/CloudTrail/'
TBLPROPERTIES ('projection.enabled'='true', 'projection.region.type'='enum', 'projection.region.values'='us-east-1,eu-west-1',
  'projection.day.type'='date', 'projection.day.format'='yyyy/MM/dd', 'projection.day.range'='2025/10/01,2025/10/14',
  'storage.location.template'='s3://monitoring9966/AWSLogs/111122223333/CloudTrail/\${region}/\${day}')"
gives "SELECT region, day, count(*) FROM by_region GROUP BY 1, 2" '"eu-west-1","2025/10/14","2"'

# Partitions by hand: nothing is there until they are added.
sql "CREATE EXTERNAL TABLE by_hand($columns) PARTITIONED BY (region string, year string, month string, day string) $kind
LOCATION 's3://monitoring9966/AWSLogs/111122223333/'"
gives "SELECT count(*) FROM by_hand" '"0"'
sql "ALTER TABLE by_hand ADD PARTITION (region='us-east-1', year='2025', month='10', day='15')
LOCATION 's3://monitoring9966/AWSLogs/111122223333/CloudTrail/us-east-1/2025/10/15/'"
is 0 "$status" "ADD PARTITION: $(cat "$err")"
gives "SELECT region, day, count(*) FROM by_hand WHERE year = '2025' GROUP BY 1, 2" '"us-east-1","15","9"'
gives "SHOW PARTITIONS by_hand" '"region=us-east-1/year=2025/month=10/day=15"'
sql "ALTER TABLE by_hand ADD PARTITION (region='us-east-1', year='2025', month='10', day='15') LOCATION 's3://monitoring9966/x/'"
says "Partition already exists" "$err"
sql "ALTER TABLE by_hand ADD PARTITION (colour='red') LOCATION 's3://monitoring9966/x/'"
says "line 1:36: mismatched input 'colour'. Expecting: a partition key" "$err"
sql "MSCK REPAIR TABLE by_hand"
is 0 "$status" "MSCK"

# A lab that cannot be written: the table is made and lasts as long as the session. A kept statement that no longer holds
# is named and left out.
echo '["DROP TABLE logs", "CREATE EXTERNAL TABLE x (a string)", 7]' >"$tmp/lab/.cafelab/athena/statements.json"
sql "SELECT count(*) FROM logs"
is 0 "$status" "kept statements that do not hold"
says "a statement kept there does not hold any more" "$err"
echo '{"no": "list"' >"$tmp/lab/.cafelab/athena/statements.json"
sql "SELECT count(*) FROM logs"
is 0 "$status" "kept statements that are no JSON"
says "statements.json' is left out" "$err"
checked
