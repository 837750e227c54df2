/* SPDX-License-Identifier: MIT */
/*
 * The policies that AWS manages and people attach most. Facts: what each allows, from the AWS managed policy reference,
 * cut to the services a small account uses. Grants that hang on a condition (service-linked roles, iam:PassRole to one
 * service) are left out.
 */
#include "sim/act/act.h"

#include <pthread.h>
#include <string.h>

struct grant {             /* one statement; those of a policy stand together */
    const char *policy;    /* after "arn:aws:iam::aws:policy/" */
    const char *actions;   /* apart by blanks; "!" first: NotAction */
    const char *resources; /* NULL = "*" */
};

#define EC2_WATCHERS "autoscaling:Describe* cloudwatch:Describe* cloudwatch:GetMetricStatistics cloudwatch:ListMetrics"
#define COST_READS                                                                                                             \
    "account:GetAccountInformation billing:Get* budgets:Describe* budgets:View* ce:Describe* ce:Get* ce:List* "                \
    "cur:Describe* cur:Get* freetier:Get* invoicing:Get* invoicing:List* payments:Get* payments:List* "                        \
    "purchase-orders:Get* purchase-orders:List* purchase-orders:View* tax:Get* tax:List*"
#define ORGANIZATION_READS "organizations:Describe* organizations:List*"

/* clang-format off */
static const struct grant grants[] = {
    {"AWSBillingReadOnlyAccess", "aws-portal:View* " COST_READS, NULL},
    {"AWSCloudTrail_FullAccess", "sns:AddPermission sns:CreateTopic sns:SetTopicAttributes sns:GetTopicAttributes",
     "arn:aws:sns:*:*:aws-cloudtrail-logs*"},
    {"AWSCloudTrail_FullAccess", "sns:ListTopics", NULL},
    {"AWSCloudTrail_FullAccess", "s3:CreateBucket s3:PutBucketPolicy s3:PutBucketPublicAccessBlock",
     "arn:aws:s3:::aws-cloudtrail-logs*"},
    {"AWSCloudTrail_FullAccess", "s3:ListAllMyBuckets s3:GetBucketLocation s3:GetBucketPolicy", NULL},
    {"AWSCloudTrail_FullAccess", "cloudtrail:*", NULL},
    {"AWSCloudTrail_FullAccess", "logs:CreateLogGroup", "arn:aws:logs:*:*:log-group:aws-cloudtrail-logs*"},
    {"AWSCloudTrail_FullAccess", "iam:ListRoles iam:GetRolePolicy iam:GetUser", NULL},
    {"AWSCloudTrail_FullAccess", "kms:CreateKey kms:CreateAlias kms:ListKeys kms:ListAliases", NULL},
    {"AWSCloudTrail_FullAccess", "lambda:ListFunctions dynamodb:ListGlobalTables dynamodb:ListTables", NULL},
    {"AWSCloudTrail_ReadOnlyAccess", "cloudtrail:Describe* cloudtrail:Get* cloudtrail:List* cloudtrail:LookupEvents",
     NULL},
    {"AdministratorAccess", "*", NULL},
    {"AmazonAthenaFullAccess", "athena:*", NULL},
    {"AmazonAthenaFullAccess",
     "glue:CreateDatabase glue:DeleteDatabase glue:GetCatalog glue:GetCatalogs glue:GetDatabase glue:GetDatabases "
     "glue:UpdateDatabase glue:CreateTable glue:DeleteTable glue:BatchDeleteTable glue:UpdateTable glue:GetTable "
     "glue:GetTables glue:BatchCreatePartition glue:CreatePartition glue:DeletePartition glue:BatchDeletePartition "
     "glue:UpdatePartition glue:GetPartition glue:GetPartitions glue:BatchGetPartition", NULL},
    {"AmazonAthenaFullAccess",
     "s3:GetBucketLocation s3:GetObject s3:ListBucket s3:ListBucketMultipartUploads s3:ListMultipartUploadParts "
     "s3:AbortMultipartUpload s3:CreateBucket s3:PutObject s3:PutBucketPublicAccessBlock",
     "arn:aws:s3:::aws-athena-query-results-*"},
    {"AmazonAthenaFullAccess", "s3:GetObject s3:ListBucket", "arn:aws:s3:::athena-examples*"},
    {"AmazonAthenaFullAccess", "s3:ListBucket s3:GetBucketLocation s3:ListAllMyBuckets", NULL},
    {"AmazonAthenaFullAccess",
     "sns:ListTopics sns:GetTopicAttributes cloudwatch:PutMetricAlarm cloudwatch:DescribeAlarms "
     "cloudwatch:DeleteAlarms cloudwatch:GetMetricData lakeformation:GetDataAccess pricing:GetProducts", NULL},
    {"AmazonEC2FullAccess", "ec2:* elasticloadbalancing:* cloudwatch:* autoscaling:*", NULL},
    {"AmazonEC2ReadOnlyAccess", "ec2:Describe* ec2:GetSecurityGroupsForVpc elasticloadbalancing:Describe* " EC2_WATCHERS,
     NULL},
    {"AmazonS3FullAccess", "s3:* s3-object-lambda:*", NULL},
    {"AmazonS3ReadOnlyAccess", "s3:Get* s3:List* s3:Describe* s3-object-lambda:Get* s3-object-lambda:List*", NULL},
    {"AmazonSSMFullAccess",
     "cloudwatch:PutMetricData ds:CreateComputer ds:DescribeDirectories ec2:DescribeInstanceStatus logs:* ssm:* "
     "ec2messages:*", NULL},
    {"AmazonSSMFullAccess",
     "ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel "
     "ssmmessages:OpenDataChannel", NULL},
    {"AmazonSSMManagedInstanceCore",
     "ssm:DescribeAssociation ssm:GetDeployablePatchSnapshotForInstance ssm:GetDocument ssm:DescribeDocument "
     "ssm:GetManifest ssm:GetParameter ssm:GetParameters ssm:ListAssociations ssm:ListInstanceAssociations "
     "ssm:PutInventory ssm:PutComplianceItems ssm:PutConfigurePackageResult ssm:UpdateAssociationStatus "
     "ssm:UpdateInstanceAssociationStatus ssm:UpdateInstanceInformation", NULL},
    {"AmazonSSMManagedInstanceCore",
     "ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel "
     "ssmmessages:OpenDataChannel", NULL},
    {"AmazonSSMManagedInstanceCore",
     "ec2messages:AcknowledgeMessage ec2messages:DeleteMessage ec2messages:FailMessage ec2messages:GetEndpoint "
     "ec2messages:GetMessages ec2messages:SendReply", NULL},
    {"AmazonSSMReadOnlyAccess", "ssm:Describe* ssm:Get* ssm:List*", NULL},
    {"CloudWatchReadOnlyAccess",
     "application-autoscaling:DescribeScalingPolicies autoscaling:Describe* cloudwatch:BatchGet* cloudwatch:Describe* "
     "cloudwatch:GenerateQuery cloudwatch:Get* cloudwatch:List* logs:Get* logs:List* logs:StartQuery logs:StopQuery "
     "logs:Describe* logs:TestMetricFilter logs:FilterLogEvents logs:StartLiveTail logs:StopLiveTail sns:Get* sns:List*",
     NULL},
    {"IAMFullAccess", "iam:* " ORGANIZATION_READS, NULL},
    {"IAMReadOnlyAccess",
     "iam:GenerateCredentialReport iam:GenerateServiceLastAccessedDetails iam:Get* iam:List* iam:SimulateCustomPolicy "
     "iam:SimulatePrincipalPolicy", NULL},
    {"IAMUserChangePassword", "iam:ChangePassword", "arn:aws:iam::*:user/${aws:username}"},
    {"IAMUserChangePassword", "iam:GetAccountPasswordPolicy", NULL},
    {"PowerUserAccess", "!iam:* organizations:* account:*", NULL},
    {"PowerUserAccess",
     "account:GetAccountInformation account:GetPrimaryEmail account:ListRegions iam:CreateServiceLinkedRole "
     "iam:DeleteServiceLinkedRole iam:ListRoles organizations:DescribeOrganization", NULL},
    {"ReadOnlyAccess",
     "access-analyzer:Get* access-analyzer:List* account:Get* account:List* athena:Batch* athena:Get* athena:List* "
     "autoscaling:Describe* cloudformation:Describe* cloudformation:Get* cloudformation:List* cloudfront:Get* "
     "cloudfront:List* cloudtrail:Describe* cloudtrail:Get* cloudtrail:List* cloudtrail:LookupEvents cloudwatch:Describe* "
     "cloudwatch:Get* cloudwatch:List* config:Describe* config:Get* config:List* dynamodb:Describe* dynamodb:Get* "
     "dynamodb:List* dynamodb:Query dynamodb:Scan", NULL},
    {"ReadOnlyAccess",
     "ec2:Describe* ec2:Get* ec2:ListSnapshotsInRecycleBin ec2:SearchTransitGatewayRoutes ecr:Describe* ecr:Get* ecr:List* "
     "elasticloadbalancing:Describe* events:Describe* events:List* glue:Get* glue:List* guardduty:Get* guardduty:List* "
     "health:Describe* iam:Generate* iam:Get* iam:List* iam:Simulate* kms:Describe* kms:Get* kms:List* lambda:Get* "
     "lambda:List* logs:Describe* logs:FilterLogEvents logs:Get* logs:List* logs:StartQuery logs:StopQuery "
     "logs:TestMetricFilter", NULL},
    {"ReadOnlyAccess",
     ORGANIZATION_READS " rds:Describe* rds:List* resource-groups:Get* resource-groups:List* route53:Get* route53:List* "
     "s3:DescribeJob s3:Get* s3:List* secretsmanager:Describe* secretsmanager:GetResourcePolicy secretsmanager:List* "
     "securityhub:Get* securityhub:List* servicequotas:Get* servicequotas:List* sns:Get* sns:List* sqs:Get* sqs:List* "
     "ssm:Describe* ssm:Get* ssm:List* sts:GetAccessKeyInfo sts:GetCallerIdentity sts:GetSessionToken support:Describe* "
     "tag:Get* trustedadvisor:Describe* wafv2:Get* wafv2:List*", NULL},
    {"SecurityAudit",
     "access-analyzer:Get* access-analyzer:List* athena:GetWorkGroup athena:List* autoscaling:Describe* "
     "cloudformation:Describe* cloudformation:GetTemplate cloudformation:List* cloudtrail:Describe* "
     "cloudtrail:GetEventSelectors cloudtrail:GetTrail cloudtrail:GetTrailStatus cloudtrail:ListTags "
     "cloudtrail:ListTrails cloudtrail:LookupEvents cloudwatch:Describe* cloudwatch:GetDashboard cloudwatch:List* "
     "config:Describe* config:Get* config:List* ec2:Describe* ec2:GetEbsEncryptionByDefault ec2:GetManagedPrefixList* "
     "elasticloadbalancing:Describe* guardduty:Get* guardduty:List*", NULL},
    {"SecurityAudit",
     "iam:GenerateCredentialReport iam:GenerateServiceLastAccessedDetails iam:Get* iam:List* iam:SimulateCustomPolicy "
     "iam:SimulatePrincipalPolicy kms:Describe* kms:Get* kms:List* lambda:GetPolicy lambda:List* logs:Describe* "
     "logs:ListTagsLogGroup " ORGANIZATION_READS " rds:Describe* s3:GetAccelerateConfiguration "
     "s3:GetAccountPublicAccessBlock s3:GetAnalyticsConfiguration s3:GetBucket* s3:GetEncryptionConfiguration "
     "s3:GetInventoryConfiguration s3:GetLifecycleConfiguration s3:GetMetricsConfiguration s3:GetObjectAcl "
     "s3:GetObjectVersionAcl s3:GetReplicationConfiguration s3:ListAllMyBuckets s3:ListBucket ssm:Describe* "
     "ssm:GetAutomationExecution ssm:List* sts:GetAccessKeyInfo tag:GetResources tag:GetTagKeys", NULL},
    {"job-function/Billing",
     "aws-portal:*Billing aws-portal:*PaymentMethods aws-portal:*Usage billing:* budgets:* ce:* cur:* freetier:* "
     "invoicing:* payments:* purchase-orders:* tax:* account:GetAccountInformation support:CreateCase "
     "support:AddAttachmentsToSet sustainability:GetCarbonFootprintSummary", NULL},
    {"job-function/ViewOnlyAccess",
     "athena:List* autoscaling:Describe* cloudformation:Describe* cloudformation:List* cloudfront:List* "
     "cloudtrail:DescribeTrails cloudtrail:LookupEvents cloudtrail:ListTrails cloudwatch:Describe* cloudwatch:Get* "
     "cloudwatch:List* config:Describe* config:List* dynamodb:Describe* dynamodb:List* ec2:Describe* "
     "ecr:DescribeRepositories ecr:List* elasticloadbalancing:Describe* events:List* glue:ListTriggers guardduty:List*",
     NULL},
    {"job-function/ViewOnlyAccess",
     "iam:GetAccountSummary iam:GetLoginProfile iam:List* kms:ListAliases kms:ListKeys lambda:List* logs:Describe* "
     "logs:ListTagsLogGroup organizations:List* rds:Describe* route53:Get* route53:List* s3:ListAllMyBuckets "
     "s3:ListBucket s3:ListMultipartUploadParts secretsmanager:List* sns:List* sqs:ListQueues ssm:DescribeInstance* "
     "ssm:List* tag:GetTag*", NULL},
};
/* clang-format on */

/* ---- made into documents once ---- */

static json_t *documents; /* {name: document} */
static pthread_once_t documents_made = PTHREAD_ONCE_INIT;

static json_t *words(const char *text)
{
    json_t *list = json_array();

    while (*text) {
        size_t n = strcspn(text, " ");

        if (n > 0)
            json_array_append_new(list, json_stringn(text, n));
        text += n;
        text += strspn(text, " ");
    }
    return list;
}

static json_t *statement(const struct grant *grant)
{
    bool is_not = grant->actions[0] == '!';
    json_t *made = json_object();

    json_put_text(made, "Effect", "Allow");
    json_put(made, is_not ? "NotAction" : "Action", words(grant->actions + is_not));
    json_put_text(made, "Resource", grant->resources ? grant->resources : "*");
    return made;
}

static void make_documents(void)
{
    documents = json_object();
    for (size_t i = 0; i < COUNT(grants); i++) {
        json_t *document = json_object_get(documents, grants[i].policy);

        if (!document) {
            document = json_object();
            json_put_text(document, "Version", "2012-10-17");
            json_put(document, "Statement", json_array());
            json_put(documents, grants[i].policy, document);
        }
        json_array_append_new(json_object_get(document, "Statement"), statement(&grants[i]));
    }
}

/* A name without its path: "job-function/ViewOnlyAccess" is ViewOnlyAccess to an author. */
const char *managed_policy_meant(const char *name)
{
    const char *names[COUNT(grants) + 1] = {NULL};
    for (size_t i = 0; i < COUNT(grants); i++) {
        const char *slash = strrchr(grants[i].policy, '/');
        names[i] = slash ? slash + 1 : grants[i].policy;
    }
    return text_meant(name, names);
}

const json_t *managed_policy(const char *arn)
{
    const char *prefix = "arn:aws:iam::aws:policy/";

    pthread_once(&documents_made, make_documents);
    return text_starts(arn, prefix) ? json_object_get(documents, arn + strlen(prefix)) : NULL;
}
