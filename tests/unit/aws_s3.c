/* SPDX-License-Identifier: MIT */
#include "tests/unit/aws_desk.inc"

#define POLICY(principal)                                                                                                      \
    "{'bucketName': 'assets-1', 'bucketPolicy': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': "     \
    "" principal ", 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::assets-1/*'}]}}"

static const struct row buckets[] = {
    {"sofia", "s3:CreateBucket",      "{'bucketName': 'No_Good'}",                                                                    "InvalidBucketName",       "says = The specified bucket is not valid."},
    {"sofia", "s3:CreateBucket",      "{'bucketName': '192.168.5.4'}",                                                                "InvalidBucketName",       NULL                                       },
    {"sofia", "s3:CreateBucket",      "{'bucketName': 'assets-1', 'CreateBucketConfiguration': {'LocationConstraint': 'eu-west-1'}}",
     "IllegalLocationConstraintException",                                                                                                                       NULL                                       },
    {"sofia", "s3:CreateBucket",      "{'bucketName': 'assets-1'}",                                                                   NULL,
     "record.additional.bytesTransferredIn = 0\nrecord.data = false"                                                                                                                                        },
    {"sofia", "s3:CreateBucket",      "{'bucketName': 'assets-1'}",                                                                   "BucketAlreadyOwnedByYou", NULL                                       },
    {"sofia", "s3:CreateBucket",      "{'bucketNam': 'x'}",                                                                           "InvalidArgument",
     "says = unknown parameter \"bucketNam\"*did you mean \"bucketName\"?)"                                                                                                                                 },
    {"sofia", "s3:ListBuckets",       NULL,                                                                                           NULL,
     "reply.Buckets.0.Name = assets-1\nrecord.params = {\"Host\":\"s3.us-west-2.amazonaws.com\"}\nrecord.resources = -"                                                                                     },
    {"sofia", "s3:GetBucketLocation", "{'bucketName': 'assets-1'}",                                                                   NULL,
     "reply.LocationConstraint = us-west-2\nrecord.params.location = "                                                                                                                                      },
    {"sofia", "s3:HeadBucket",        "{'bucketName': 'assets-1'}",                                                                   NULL,                      "record.data = true"                       },
    {"sofia", "s3:HeadBucket",        "{'bucketName': 'assets-2'}",                                                                   "NoSuchBucket",            NULL                                       },
    {"sofia", "s3:DeleteBucket",      "{'bucketName': 'assets-2'}",                                                                   "NoSuchBucket",
     "says = The specified bucket does not exist\nrecord.error = NoSuchBucket\nrecord.params.Host = "
     "assets-2.s3.us-west-2.amazonaws.com"                                                                                                                                                                  },
};

static const struct row settings[] = {
    {"sofia", "s3:GetBucketPolicy",                  "{'bucketName': 'assets-1'}",                                                    "NoSuchBucketPolicy",
     "says = The bucket policy does not exist"                                                                                                                                                                              },
    {"sofia", "s3:PutBucketPolicy",                  POLICY("'*'"),                                                                   "AccessDenied",
     "says = *because public policies are blocked by the BlockPublicPolicy*"                                                                                                                                                },
    {"sofia", "s3:PutBucketPolicy",                  "{'bucketName': 'assets-1', 'bucketPolicy': {'Statement': []}}",                 "MalformedPolicy",                       NULL                                         },
    {"sofia", "s3:PutBucketPolicy",
     "{'bucketName': 'assets-1', 'bucketPolicy': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': "
     "{'AWS': "
     "'123456789012'}, 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::other/*'}]}}",                                             "MalformedPolicy",                       "says = Policy has invalid resource"         },
    {"sofia", "s3:PutBucketPolicy",
     "{'bucketName': 'assets-1', 'bucketPolicy': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': "
     "{'AWS': '123456789012'}, 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::assets-12/*'}]}}",                                 "MalformedPolicy",                       NULL                                         },
    {"sofia", "s3:PutBucketPolicy",                  POLICY("{'AWS': 'arn:aws:iam::123456789012:root'}"),                             NULL,
     "record.additional.bytesTransferredIn = 171"                                                                                                                                                                           },
    {"sofia", "s3:GetBucketPolicyStatus",            "{'bucketName': 'assets-1'}",                                                    NULL,                                    "reply.PolicyStatus.IsPublic = false"        },
    {"sofia", "s3:DeleteBucketPublicAccessBlock",    "{'bucketName': 'assets-1'}",                                                    NULL,                                    NULL                                         },
    {"sofia", "s3:GetBucketPublicAccessBlock",       "{'bucketName': 'assets-1'}",                                                    "NoSuchPublicAccessBlockConfiguration",  NULL                                         },
    {"sofia", "s3:PutBucketPolicy",                  POLICY("{'AWS': '*'}"),                                                          NULL,                                    NULL                                         },
    {"sofia", "s3:GetBucketPolicyStatus",            "{'bucketName': 'assets-1'}",                                                    NULL,                                    "reply.PolicyStatus.IsPublic = true"         },
    {"sofia", "s3:GetBucketPolicy",                  "{'bucketName': 'assets-1'}",                                                    NULL,                                    "reply.Policy = {\"Version\":\"2012-10-17\"*"},
    {"sofia", "s3:DeleteBucketPolicy",               "{'bucketName': 'assets-1'}",                                                    NULL,                                    NULL                                         },
    {"sofia", "s3:PutBucketAcl",                     "{'bucketName': 'assets-1'}",                                                    "MissingSecurityHeader",                 NULL                                         },
    {"sofia", "s3:PutBucketAcl",                     "{'bucketName': 'assets-1', 'x-amz-acl': 'public'}",                             "InvalidArgument",                       NULL                                         },
    {"sofia", "s3:PutBucketAcl",                     "{'bucketName': 'assets-1', 'x-amz-acl': 'public-read'}",                        "AccessControlListNotSupported",
     NULL                                                                                                                                                                                                                   },
    {"sofia", "s3:PutBucketOwnershipControls",
     "{'bucketName': 'assets-1', 'OwnershipControls': {'Rule': {'ObjectOwnership': 'BucketOwnerPreferred'}}}",                        NULL,
     "record.params.OwnershipControls.xmlns = http://s3.amazonaws.com/doc/2006-03-01/"                                                                                                                                      },
    {"sofia", "s3:PutBucketOwnershipControls",       "{'bucketName': 'assets-1', 'OwnershipControls': {'Rule': {}}}",                 "MalformedXML",
     NULL                                                                                                                                                                                                                   },
    {"sofia", "s3:PutBucketAcl",                     "{'bucketName': 'assets-1', 'x-amz-acl': 'public-read'}",                        NULL,                                    NULL                                         },
    {"sofia", "s3:GetBucketAcl",                     "{'bucketName': 'assets-1'}",                                                    NULL,
     "reply.Grants.1.Grantee.URI = */AllUsers\nreply.Grants.1.Permission = READ"                                                                                                                                            },
    {"sofia", "s3:GetBucketEncryption",              "{'bucketName': 'assets-1'}",                                                    NULL,
     "reply.ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault.SSEAlgorithm = AES256"                                                                                                             },
    {"sofia", "s3:PutBucketEncryption",
     "{'bucketName': 'assets-1', 'ServerSideEncryptionConfiguration': {'Rule': {'ApplyServerSideEncryptionByDefault': "
     "{'SSEAlgorithm': 'aws:kms'}, 'BucketKeyEnabled': true}}}",                                                                      NULL,                                    "record.params.encryption = "                },
    {"sofia", "s3:PutBucketEncryption",
     "{'bucketName': 'assets-1', 'ServerSideEncryptionConfiguration': {'Rule': [{'ApplyServerSideEncryptionByDefault': "
     "{'SSEAlgorithm': "
     "'AES256'}}, {'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'AES256'}}]}}",                                             "MalformedXML",                          NULL                                         },
    {"sofia", "s3:PutBucketEncryption",              "{'bucketName': 'assets-1', 'ServerSideEncryptionConfiguration': {'Rule': {}}}",
     "MalformedXML",                                                                                                                                                           NULL                                         },
    {"sofia", "s3:GetBucketEncryption",              "{'bucketName': 'assets-1'}",                                                    NULL,
     "reply.ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault.SSEAlgorithm = aws:kms"                                                                                                            },
    {"sofia", "s3:DeleteBucketEncryption",           "{'bucketName': 'assets-1'}",                                                    NULL,                                    NULL                                         },
    {"sofia", "s3:PutBucketVersioning",              "{'bucketName': 'assets-1', 'VersioningConfiguration': {'Status': 'On'}}",
     "IllegalVersioningConfigurationException",                                                                                                                                NULL                                         },
    {"sofia", "s3:GetBucketTagging",                 "{'bucketName': 'assets-1'}",                                                    "NoSuchTagSet",                          "says = The TagSet does not exist"           },
    {"sofia", "s3:PutBucketTagging",
     "{'bucketName': 'assets-1', 'Tagging': {'TagSet': {'Tag': {'Key': 'team', 'Value': 'web'}}}}",                                   NULL,                                    NULL                                         },
    {"sofia", "s3:GetBucketTagging",                 "{'bucketName': 'assets-1'}",                                                    NULL,                                    "reply.TagSet.0.Value = web"                 },
    {"sofia", "s3:DeleteBucketTagging",              "{'bucketName': 'assets-1'}",                                                    NULL,                                    NULL                                         },
    {"sofia", "s3:PutBucketLogging",
     "{'bucketName': 'assets-1', 'BucketLoggingStatus': {'LoggingEnabled': {'TargetBucket': 'nowhere', 'TargetPrefix': ''}}}",        "InvalidTargetBucketForLogging",         NULL                                         },
    {"sofia", "s3:PutBucketLogging",
     "{'bucketName': 'assets-1', 'BucketLoggingStatus': {'LoggingEnabled': {'TargetBucket': 'assets-1', 'TargetPrefix': "
     "'l/'}}}",                                                                                                                       NULL,                                    NULL                                         },
    {"sofia", "s3:GetBucketLogging",                 "{'bucketName': 'assets-1'}",                                                    NULL,                                    "reply.LoggingEnabled.TargetPrefix = l/"     },
    {"sofia", "s3:PutBucketPublicAccessBlock",
     "{'bucketName': 'assets-1', 'PublicAccessBlockConfiguration': {'BlockPublicAcls': true}}",                                       NULL,                                    NULL                                         },
    {"sofia", "s3:PutBucketAcl",                     "{'bucketName': 'assets-1', 'x-amz-acl': 'public-read-write'}",                  "AccessDenied",                          NULL                                         },
    {"sofia", "s3:GetBucketPublicAccessBlock",       "{'bucketName': 'assets-1'}",                                                    NULL,
     "reply.PublicAccessBlockConfiguration.BlockPublicAcls = true\nreply.PublicAccessBlockConfiguration.BlockPublicPolicy = "
     "false"                                                                                                                                                                                                                },
    {"sofia", "s3:GetBucketCors",                    "{'bucketName': 'assets-1'}",                                                    "NoSuchCORSConfiguration",               "record.params.cors = "                      },
    {"sofia", "s3:GetBucketLifecycle",               "{'bucketName': 'assets-1'}",                                                    "NoSuchLifecycleConfiguration",          NULL                                         },
    {"sofia", "s3:GetBucketWebsite",                 "{'bucketName': 'assets-1'}",                                                    "NoSuchWebsiteConfiguration",            NULL                                         },
    {"sofia", "s3:GetBucketReplication",             "{'bucketName': 'assets-1'}",                                                    "ReplicationConfigurationNotFoundError", NULL                                         },
    {"sofia", "s3:GetBucketObjectLockConfiguration", "{'bucketName': 'assets-1'}",                                                    "ObjectLockConfigurationNotFoundError",
     "record.params.object-lock = "                                                                                                                                                                                         },
    {"sofia", "s3:GetBucketNotification",            "{'bucketName': 'assets-1'}",                                                    NULL,                                    "reply = {}"                                 },
    {"chaos", "s3:GetBucketPolicy",                  "{'bucketName': 'assets-1'}",                                                    "AccessDenied",
     "says = User: *user/chaos is not authorized to perform: s3:GetBucketPolicy on resource: \"arn:aws:s3:::assets-1\" because "
     "no "
     "identity-based policy allows the s3:GetBucketPolicy action\n"
     "record.params.bucketName = assets-1\nrecord.params.policy = \nrecord.resources.0.type = AWS::S3::Bucket\n"
     "record.additional.AuthenticationMethod = AuthHeader"                                                                                                                                                                  },
};

static const struct row objects[] = {
    {"sofia", "s3:PutObject",          "{'bucketName': 'assets-1', 'key': 'images/tart.txt', 'body': 'strawberry'}",                  NULL,
     "reply.ETag = \"495bf9840649ee1ec953d99f8e769889\"\n"
     "record.params = "
     "{\"bucketName\":\"assets-1\",\"Host\":\"assets-1.s3.us-west-2.amazonaws.com\",\"key\":\"images/tart.txt\"}\n"
     "record.response.x-amz-server-side-encryption = AES256\nrecord.data = true\nrecord.additional.bytesTransferredIn = 10\n"
     "record.resources.0 = {\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::assets-1/images/tart.txt\"}"                                                                            },
    {"sofia", "s3:PutObject",          "{'bucketName': 'assets-1', 'key': 'backup.tar', 'size': 5000000}",                            NULL,              NULL                           },
    {"sofia", "s3:PutObject",          "{'bucketName': 'assets-1', 'key': 'images/cake.txt', 'body': 'layers'}",                      NULL,              NULL                           },
    {"sofia", "s3:PutObject",          "{'bucketName': 'assets-1', 'key': 'x', 'size': -1}",                                          "EntityTooLarge",  NULL                           },
    {"sofia", "s3:GetObject",          "{'bucketName': 'assets-1', 'key': 'images/tart.txt'}",                                        NULL,
     "reply.Body = strawberry\nreply.ContentLength = 10\nrecord.additional.bytesTransferredOut = 10"                                                                                    },
    {"sofia", "s3:HeadObject",         "{'bucketName': 'assets-1', 'key': 'backup.tar'}",                                             NULL,              "reply.ContentLength = 5000000"},
    {"sofia", "s3:GetObject",          "{'bucketName': 'assets-1', 'key': 'gone'}",                                                   "NoSuchKey",
     "says = The specified key does not exist."                                                                                                                                         },
    {"sofia", "s3:GetObjectTagging",   "{'bucketName': 'assets-1', 'key': 'backup.tar'}",                                             NULL,              "reply.TagSet = []"            },
    {"sofia", "s3:CopyObject",         "{'bucketName': 'assets-1', 'key': 'copy', 'x-amz-copy-source': '/assets-1/images/cake.txt'}",
     NULL,                                                                                                                                               NULL                           },
    {"sofia", "s3:CopyObject",         "{'bucketName': 'assets-1', 'key': 'copy', 'x-amz-copy-source': 'assets-1/none'}",             "NoSuchKey",
     NULL                                                                                                                                                                               },
    {"sofia", "s3:CopyObject",         "{'bucketName': 'assets-1', 'key': 'copy', 'x-amz-copy-source': 'none/none'}",                 "NoSuchBucket",
     NULL                                                                                                                                                                               },
    {"sofia", "s3:ListObjects",        "{'bucketName': 'assets-1', 'list-type': '2', 'delimiter': '/'}",                              NULL,
     "reply.Contents.0.Key = backup.tar\nreply.Contents.1.Key = copy\nreply.CommonPrefixes.0.Prefix = images/\nreply.KeyCount "
     "= 3\n"
     "reply.IsTruncated = false"                                                                                                                                                        },
    {"sofia", "s3:ListObjects",        "{'bucketName': 'assets-1', 'list-type': '2', 'max-keys': 2}",                                 NULL,
     "reply.IsTruncated = true\nreply.NextContinuationToken = copy"                                                                                                                     },
    {"sofia", "s3:ListObjects",        "{'bucketName': 'assets-1', 'list-type': '2', 'continuation-token': 'copy'}",                  NULL,
     "reply.Contents.0.Key = images/cake.txt\nreply.KeyCount = 2"                                                                                                                       },
    {"sofia", "s3:ListObjects",        "{'bucketName': 'assets-1', 'prefix': 'images/t', 'max-keys': -1}",                            "InvalidArgument", NULL                           },
    {"sofia", "s3:ListObjectVersions", "{'bucketName': 'assets-1', 'prefix': 'images/t'}",                                            NULL,
     "reply.Versions.0.Key = images/tart.txt\nreply.Versions.0.IsLatest = true\nrecord.params.versions = "                                                                              },
    {"sofia", "s3:DeleteBucket",       "{'bucketName': 'assets-1'}",                                                                  "BucketNotEmpty",
     "says = The bucket you tried to delete is not empty"                                                                                                                               },
    {"sofia", "s3:DeleteObject",       "{'bucketName': 'assets-1', 'key': 'copy'}",                                                   NULL,              NULL                           },
    {"sofia", "s3:DeleteObject",       "{'bucketName': 'assets-1', 'key': 'copy'}",                                                   NULL,              NULL                           },
    {"sofia", "s3:DeleteObjects",      "{'bucketName': 'assets-1', 'objects': []}",                                                   "MalformedXML",    NULL                           },
    {"sofia", "s3:DeleteObjects",
     "{'bucketName': 'assets-1', 'objects': [{'key': 'backup.tar'}, {'key': 'images/cake.txt'}, {'key': "
     "'images/tart.txt'}]}",                                                                                                          NULL,
     "reply.Deleted.2.Key = images/tart.txt\nrecord.params.delete = \nrecord.params.objects = -\n"
     "record.resources.0.ARNPrefix = arn:aws:s3:::assets-1/"                                                                                                                            },
    {"sofia", "s3:DeleteBucket",       "{'bucketName': 'assets-1'}",                                                                  NULL,              NULL                           },
};

static void test_all(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, buckets, COUNT(buckets));
    desk_play(&d, settings, COUNT(settings));
    desk_play(&d, objects, COUNT(objects));
    desk_replay(&d);
}

/* Who may read objects but not list them is not told which there are. */
static void test_hidden_keys(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", "{'bucketName': 'assets-1'}", NULL, NULL},
         {"sofia", "iam:PutUserPolicy",
          "{'userName': 'chaos', 'policyName': 'r', 'policyDocument': {'Version': '2012-10-17', 'Statement': {'Effect': "
          "'Allow', "
          "'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::assets-1/*'}}}",
          NULL, NULL},
         {"chaos", "s3:GetObject", "{'bucketName': 'assets-1', 'key': 'x'}", "AccessDenied",
          "says = *s3:ListBucket on resource*"});
    desk_replay(&d);
}

/* Strangers get what the bucket's policy shows, as long as nothing blocks it; they sign nothing, and the record says so. */
static void test_strangers(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", "{'bucketName': 'assets-1'}", NULL, NULL},
         {"sofia", "s3:PutObject", "{'bucketName': 'assets-1', 'key': 'menu', 'size': 12345}", NULL, NULL},
         {"nobody", "s3:GetObject", "{'bucketName': 'assets-1', 'key': 'menu'}", "AccessDenied", "says = Access Denied"},
         {"sofia", "s3:DeleteBucketPublicAccessBlock", "{'bucketName': 'assets-1'}", NULL, NULL},
         {"sofia", "s3:PutBucketPolicy", POLICY("'*'"), NULL, NULL},
         {"nobody", "s3:GetObject", "{'bucketName': 'assets-1', 'key': 'menu'}", NULL,
          "record.additional.bytesTransferredOut = 12345\nrecord.additional.SignatureVersion = -\n"
          "record.additional.AuthenticationMethod = -\nrecord.identity.type = AWSAccount\n"
          "record.identity.accountId = ANONYMOUS_PRINCIPAL\nrecord.resources.0.ARN = arn:aws:s3:::assets-1/menu"},
         {"nobody", "s3:GetObject", "{'bucketName': 'assets-1', 'key': 'gone'}", "AccessDenied", "says = Access Denied"},
         {"nobody", "s3:ListObjects", "{'bucketName': 'assets-1'}", "AccessDenied", NULL},
         {"nobody", "s3:PutObject", "{'bucketName': 'assets-1', 'key': 'x', 'size': 1}", "AccessDenied", NULL},
         {"sofia", "s3:PutBucketPublicAccessBlock",
          "{'bucketName': 'assets-1', 'PublicAccessBlockConfiguration': {'RestrictPublicBuckets': true}}", NULL, NULL},
         {"nobody", "s3:GetObject", "{'bucketName': 'assets-1', 'key': 'menu'}", "AccessDenied", NULL},
         {"sofia", "s3:GetObject", "{'bucketName': 'assets-1', 'key': 'menu'}", NULL,
          "record.additional.SignatureVersion = SigV4"});
    desk_replay(&d);
}

#define V(more) "{'bucketName': 'shelf'" more "}"
#define KEYED(key, more) V(", 'key': '" key "'" more)
#define VERSIONED(status) V(", 'VersioningConfiguration': {'Status': '" status "'}")

/* Nothing that was put is overwritten, and what was deleted comes back with its marker's end. */
static void test_versions(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(
        &d, {"sofia", "s3:CreateBucket", V(""), NULL, NULL},
        {"sofia", "s3:PutObject", KEYED("pic", ", 'body': 'coffee'"), NULL, "reply.VersionId = -"},
        {"sofia", "s3:PutBucketVersioning", VERSIONED("Enabled"), NULL, NULL},
        {"sofia", "s3:GetBucketVersioning", V(""), NULL, "reply.Status = Enabled"},
        {"sofia", "s3:PutObject", KEYED("pic", ", 'body': 'skull'"), NULL,
         "keep v = reply.VersionId\nrecord.response.x-amz-version-id = {v}"},
        {"sofia", "s3:GetObject", KEYED("pic", ""), NULL, "reply.Body = skull\nreply.VersionId = {v}"},
        {"sofia", "s3:GetObject", KEYED("pic", ", 'versionId': 'null'"), NULL,
         "reply.Body = coffee\nreply.VersionId = null\nrecord.params.versionId = null"},
        {"sofia", "s3:GetObject", KEYED("pic", ", 'versionId': 'x'"), "InvalidArgument", "says = Invalid version id specified"},
        {"sofia", "s3:GetObject", KEYED("pic", ", 'versionId': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"), "NoSuchVersion",
         "says = The specified version does not exist."},
        {"sofia", "s3:DeleteObject", KEYED("pic", ""), NULL,
         "reply.DeleteMarker = true\nkeep m = reply.VersionId\nrecord.response = "
         "{\"x-amz-version-id\":\"{m}\",\"x-amz-delete-marker\":true}"},
        {"sofia", "s3:GetObject", KEYED("pic", ""), "NoSuchKey", "reply.DeleteMarker = true\nreply.VersionId = {m}"},
        {"sofia", "s3:HeadObject", KEYED("pic", ", 'versionId': '{m}'"), "MethodNotAllowed", "reply.DeleteMarker = true"},
        {"sofia", "s3:CopyObject", KEYED("copy", ", 'x-amz-copy-source': 'shelf/pic?versionId={m}'"), "InvalidRequest", NULL},
        {"sofia", "s3:CopyObject", KEYED("copy", ", 'x-amz-copy-source': 'shelf/pic?versionId={v}'"), NULL,
         "reply.CopySourceVersionId = {v}"},
        {"sofia", "s3:GetObject", KEYED("copy", ""), NULL, "reply.Body = skull\nkeep c = reply.VersionId"},
        {"sofia", "s3:ListObjectVersions", V(", 'prefix': 'pic'"), NULL,
         "reply.Versions.0.VersionId = {v}\nreply.Versions.0.IsLatest = false\nreply.Versions.1.VersionId = null\n"
         "reply.DeleteMarkers.0.VersionId = {m}\nreply.DeleteMarkers.0.IsLatest = true\nreply.DeleteMarkers.1 = -"},
        {"sofia", "s3:ListObjectVersions", V(", 'key-marker': 'pic', 'version-id-marker': '{m}', 'max-keys': 1"), NULL,
         "reply.Versions.0.VersionId = {v}\nreply.IsTruncated = true\nreply.NextVersionIdMarker = {v}"},
        {"sofia", "s3:ListObjectVersions", V(", 'version-id-marker': '{m}'"), "InvalidArgument", NULL},
        {"sofia", "s3:ListObjectVersions", V(", 'key-marker': 'copy', 'max-keys': 1"), NULL,
         "reply.DeleteMarkers.0.VersionId = {m}\nreply.Versions = []"},
        {"sofia", "s3:ListObjectVersions", V(", 'key-marker': 'pic'"), NULL, "reply.DeleteMarkers = []\nreply.Versions = []"},
        {"sofia", "s3:ListObjects", V(""), NULL, "reply.Contents.0.Key = copy\nreply.Contents.1 = -"},
        {"sofia", "s3:DeleteObject", KEYED("pic", ", 'versionId': '{m}'"), NULL, "reply.DeleteMarker = true"},
        {"sofia", "s3:GetObject", KEYED("pic", ""), NULL, "reply.VersionId = {v}"},
        {"sofia", "s3:DeleteObjects", V(", 'objects': [{'key': 'pic', 'versionId': '{v}'}, {'key': 'copy'}]"), NULL,
         "reply.Deleted.0.VersionId = {v}\nreply.Deleted.0.DeleteMarker = -\nreply.Deleted.1.DeleteMarker = true"},
        {"sofia", "s3:GetObject", KEYED("pic", ""), NULL, "reply.Body = coffee"},
        {"sofia", "s3:PutBucketVersioning", VERSIONED("Suspended"), NULL, NULL},
        {"sofia", "s3:PutObject", KEYED("copy", ", 'body': 'x'"), NULL, "reply.VersionId = -"},
        {"sofia", "s3:GetObject", KEYED("copy", ", 'versionId': '{c}'"), NULL, "reply.Body = skull"},
        {"sofia", "s3:DeleteObject", KEYED("copy", ""), NULL, "reply.VersionId = null\nreply.DeleteMarker = true"},
        {"sofia", "s3:GetObject", KEYED("copy", ", 'versionId': 'null'"), "MethodNotAllowed", NULL},
        {"sofia", "s3:DeleteObject", KEYED("copy", ", 'versionId': 'null'"), NULL, NULL},
        {"sofia", "s3:GetObject", KEYED("copy", ""), "NoSuchKey", NULL}, /* the older marker */
        {"sofia", "s3:DeleteObject", KEYED("pic", ", 'versionId': 'null'"), NULL, NULL},
        {"sofia", "s3:DeleteBucket", V(""), "BucketNotEmpty", "says = *You must delete all versions in the bucket."});
    const struct bucket *shelf = find_bucket(&d.w, "shelf");
    int64_t first_ms = shelf->versioned_ms;
    PLAY(&d, {"sofia", "s3:PutBucketVersioning", VERSIONED("Enabled"), NULL, NULL});
    CU_ASSERT(first_ms && shelf->versioned_ms == first_ms);
    desk_replay(&d);
}

#define SAYS(who, actions)                                                                                                     \
    "{'userName': '" who "', 'policyName': 'r', 'policyDocument': {'Version': '2012-10-17', 'Statement': "                     \
    "{'Effect': 'Allow', 'Action': " actions ", 'Resource': 'arn:aws:s3:::shelf/*'}}}"

/* To read, delete or show a version by its id is a permission of its own. */
static void test_version_permissions(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", V(""), NULL, NULL},
         {"sofia", "s3:PutBucketVersioning", VERSIONED("Enabled"), NULL, NULL},
         {"sofia", "s3:PutObject", KEYED("pic", ", 'body': 'coffee'"), NULL, "keep v = reply.VersionId"},
         {"sofia", "iam:PutUserPolicy", SAYS("chaos", "['s3:GetObject', 's3:DeleteObject', 's3:PutObject']"), NULL, NULL},
         {"chaos", "s3:GetObject", KEYED("pic", ""), NULL, NULL},
         {"chaos", "s3:GetObject", KEYED("pic", ", 'versionId': '{v}'"), "AccessDenied",
          "says = *s3:GetObjectVersion on resource*"},
         {"chaos", "s3:CopyObject", KEYED("x", ", 'x-amz-copy-source': 'shelf/pic?versionId={v}'"), "AccessDenied",
          "says = *s3:GetObjectVersion on resource*"},
         {"chaos", "s3:DeleteObject", KEYED("pic", ", 'versionId': '{v}'"), "AccessDenied",
          "says = *s3:DeleteObjectVersion on resource*"},
         {"chaos", "s3:DeleteObjects", V(", 'objects': [{'key': 'pic', 'versionId': '{v}'}, {'key': 'pic'}]"), NULL,
          "reply.Errors.0.Code = AccessDenied\nreply.Errors.0.VersionId = {v}\nreply.Deleted.0.DeleteMarker = true"},
         {"sofia", "iam:PutUserPolicy", SAYS("chaos", "'s3:GetObjectVersion'"), NULL, NULL},
         {"chaos", "s3:GetObject", KEYED("pic", ", 'versionId': '{v}'"), NULL, "reply.Body = coffee"},
         {"chaos", "s3:GetObject", KEYED("pic", ""), "AccessDenied", NULL});
    desk_replay(&d);
}

/* Lists let in whom no policy does, where lists count at all; a policy that says no still says no. */
static void test_lists(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", V(""), NULL, NULL},
         {"sofia", "s3:PutObject", KEYED("menu", ", 'size': 5"), NULL, NULL},
         {"sofia", "s3:PutObjectAcl", KEYED("menu", ", 'x-amz-acl': 'public-read'"), "AccessControlListNotSupported", NULL},
         {"sofia", "s3:PutBucketOwnershipControls", V(", 'OwnershipControls': {'Rule': {'ObjectOwnership': 'ObjectWriter'}}"),
          NULL, NULL},
         {"sofia", "s3:PutObjectAcl", KEYED("menu", ", 'x-amz-acl': 'public-read'"), "AccessDenied",
          "says = *s3:PutObjectAcl on resource: \"arn:aws:s3:::shelf/menu\" because public ACLs are blocked*"},
         {"sofia", "s3:DeleteBucketPublicAccessBlock", V(""), NULL, NULL},
         {"sofia", "s3:PutObjectAcl", KEYED("menu", ""), "MissingSecurityHeader", NULL},
         {"sofia", "s3:PutObjectAcl", KEYED("menu", ", 'AccessControlPolicy': {}"), "NotImplemented", NULL},
         {"sofia", "s3:PutObjectAcl", KEYED("menu", ", 'x-amz-acl': 'log-delivery-write'"), "InvalidArgument", NULL},
         {"sofia", "s3:PutObjectAcl", KEYED("none", ", 'x-amz-acl': 'private'"), "NoSuchKey", NULL},
         {"nobody", "s3:GetObject", KEYED("menu", ""), "AccessDenied", NULL},
         {"sofia", "s3:PutObjectAcl", KEYED("menu", ", 'x-amz-acl': 'public-read'"), NULL,
          "record.params.acl = \nrecord.data = true"},
         {"sofia", "s3:GetObjectAcl", KEYED("menu", ""), NULL, "reply.Grants.1.Grantee.URI = */AllUsers"},
         {"nobody", "s3:GetObject", KEYED("menu", ""), NULL, NULL}, {"nobody", "s3:ListObjects", V(""), "AccessDenied", NULL},
         {"nobody", "s3:PutObject", KEYED("menu", ", 'size': 1"), "AccessDenied", NULL},
         {"sofia", "s3:PutBucketAcl", V(", 'x-amz-acl': 'public-read-write'"), NULL, NULL},
         {"nobody", "s3:ListObjects", V(""), NULL, "reply.Contents.0.Key = menu"},
         {"nobody", "s3:PutObject", KEYED("graffiti", ", 'size': 1"), NULL, NULL},
         {"nobody", "s3:GetObject", KEYED("graffiti", ""), "AccessDenied", NULL},
         {"sofia", "s3:PutObject", KEYED("price", ", 'size': 1, 'x-amz-acl': 'authenticated-read'"), NULL, NULL},
         {"nobody", "s3:GetObject", KEYED("price", ""), "AccessDenied", NULL},
         {"chaos", "s3:GetObject", KEYED("price", ""), NULL, NULL},
         {"sofia", "s3:PutBucketPolicy",
          V(", 'bucketPolicy': {'Version': '2012-10-17', 'Statement': {'Effect': 'Deny', 'Principal': '*', 'Action': "
            "'s3:GetObject', 'Resource': 'arn:aws:s3:::shelf/menu'}}"),
          NULL, NULL},
         {"nobody", "s3:GetObject", KEYED("menu", ""), "AccessDenied", NULL},
         {"sofia", "s3:PutBucketPublicAccessBlock", V(", 'PublicAccessBlockConfiguration': {'IgnorePublicAcls': true}"), NULL,
          NULL},
         {"nobody", "s3:ListObjects", V(""), "AccessDenied", NULL});
    desk_replay(&d);
}

#define PART(id, number, size, etag)                                                                                           \
    {                                                                                                                          \
        "sofia", "s3:UploadPart",                                                                                              \
            "{'bucketName': 'assets-1', 'key': 'b', 'uploadId': '" id "', 'partNumber': '" number "', 'size': " size           \
            ", 'etag': '" etag "'}",                                                                                           \
            NULL, NULL                                                                                                         \
    }
#define COMPLETE(parts) "{'bucketName': 'assets-1', 'key': 'b', 'uploadId': '{b}', 'parts': [" parts "]}"
#define NAMED(number, etag) "{'partNumber': " number ", 'etag': '" etag "'}"
#define AN_ETAG "0cc175b9c0f1b6a831c399e269772661"
#define UPLOADS(more) "{'bucketName': 'assets-1'" more "}"

/* Which parts make an object, and what is listed of those that are not there yet. */
static void test_parts(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(
        &d, {"sofia", "s3:CreateBucket", "{'bucketName': 'assets-1'}", NULL, NULL},
        {"sofia", "s3:CreateMultipartUpload", "{'bucketName': 'assets-1', 'key': 'b'}", NULL, "keep b = reply.UploadId"},
        {"sofia", "s3:CreateMultipartUpload", "{'bucketName': 'assets-1', 'key': 'a/1'}", NULL, "keep a = reply.UploadId"},
        {"sofia", "s3:CreateMultipartUpload", "{'bucketName': 'assets-1', 'key': 'b'}", NULL, "keep second = reply.UploadId"},
        {"sofia", "s3:ListMultipartUploads", UPLOADS(", 'max-uploads': 2"), NULL,
         "reply.Uploads.0.UploadId = {a}\nreply.Uploads.1.UploadId = {b}\nreply.Uploads.2 = -\nreply.IsTruncated = true\n"
         "reply.NextKeyMarker = b\nreply.NextUploadIdMarker = {b}"},
        {"sofia", "s3:ListMultipartUploads", UPLOADS(", 'key-marker': 'b', 'upload-id-marker': '{b}'"), NULL,
         "reply.Uploads.0.UploadId = {second}\nreply.Uploads.1 = -\nreply.IsTruncated = false\nreply.NextKeyMarker = -"},
        {"sofia", "s3:ListMultipartUploads", UPLOADS(", 'key-marker': 'a/1'"), NULL, "reply.Uploads.0.UploadId = {b}"},
        {"sofia", "s3:ListMultipartUploads", UPLOADS(", 'prefix': 'a/', 'max-uploads': 1"), NULL,
         "reply.Uploads.0.Key = a/1\nreply.IsTruncated = false"},
        PART("{b}", "1", "5242879", AN_ETAG), PART("{b}", "2", "7", AN_ETAG), PART("{b}", "3", "7", "no digest"),
        {"sofia", "s3:CompleteMultipartUpload", COMPLETE(NAMED("1", AN_ETAG) ", " NAMED("2", AN_ETAG)), "EntityTooSmall", NULL},
        {"sofia", "s3:CompleteMultipartUpload", COMPLETE(NAMED("2", AN_ETAG) ", " NAMED("1", AN_ETAG)), "InvalidPartOrder",
         NULL},
        {"sofia", "s3:CompleteMultipartUpload", COMPLETE(NAMED("3", "no digest")), "InvalidPart", NULL},
        {"sofia", "s3:CompleteMultipartUpload", COMPLETE(NAMED("4", AN_ETAG)), "InvalidPart", NULL},
        {"sofia", "s3:CompleteMultipartUpload", COMPLETE(""), "MalformedXML", NULL}, PART("{b}", "1", "5242880", AN_ETAG),
        {"sofia", "s3:CompleteMultipartUpload", COMPLETE(NAMED("1", AN_ETAG) ", " NAMED("2", AN_ETAG)), NULL,
         "reply.ETag = \"*-2\""},
        {"sofia", "s3:HeadObject", "{'bucketName': 'assets-1', 'key': 'b'}", NULL, "reply.ContentLength = 5242887"},
        {"sofia", "s3:CompleteMultipartUpload", COMPLETE(NAMED("1", AN_ETAG)), "NoSuchUpload", NULL});
    desk_replay(&d);
}

/* Two kilobytes of metadata at most; a copy has the tags of its source, or those that it is given. */
static void test_what_is_said(void)
{
    AUTO(desk_drop) struct desk d;
    AUTO(str_drop) struct str params = {0};
    desk_open(&d);
    desk_staff(&d);
    str_add(&params, "{'bucketName': 'assets-1', 'key': 'x', 'headers': {'x-amz-meta-n': '");
    for (int i = 0; i < 2047; i++)
        str_addc(&params, 'm');
    PLAY(&d, {"sofia", "s3:CreateBucket", "{'bucketName': 'assets-1'}", NULL, NULL},
         {"sofia", "s3:PutObject",
          "{'bucketName': 'assets-1', 'key': 'a', 'body': 'x', 'tags': [{'key': 'team', 'value': 'web'}]}", NULL, NULL},
         {"sofia", "s3:CopyObject", "{'bucketName': 'assets-1', 'key': 'b', 'x-amz-copy-source': 'assets-1/a'}", NULL, NULL},
         {"sofia", "s3:GetObjectTagging", "{'bucketName': 'assets-1', 'key': 'b'}", NULL, "reply.TagSet.0.Value = web"},
         {"sofia", "s3:CopyObject",
          "{'bucketName': 'assets-1', 'key': 'b', 'x-amz-copy-source': 'assets-1/a', 'x-amz-tagging-directive': 'REPLACE'}",
          NULL, NULL},
         {"sofia", "s3:GetObjectTagging", "{'bucketName': 'assets-1', 'key': 'b'}", NULL, "reply.TagSet = []"});
    size_t most = params.len;
    str_add(&params, "'}}");
    PLAY(&d, {"sofia", "s3:PutObject", str_text(&params), NULL, NULL});
    params.len = most;
    str_add(&params, "m'}}");
    PLAY(&d, {"sofia", "s3:PutObject", str_text(&params), "MetadataTooLarge", NULL});
    char key[1026], longer[1100];
    memset(key, 'k', sizeof(key));
    for (int n = 1024; n <= 1025; n++) {
        snprintf(longer, sizeof(longer), "{'bucketName': 'assets-1', 'body': '', 'key': '%.*s'}", n, key);
        PLAY(&d, {"sofia", "s3:PutObject", longer, n > 1024 ? "KeyTooLongError" : NULL, NULL});
    }
    desk_replay(&d);
}

/* Who copies reads: the source's bucket is asked, too (S3 API reference, CopyObject, "Permissions"). */
static void test_copies(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", "{'bucketName': 'from-1'}", NULL, NULL},
         {"sofia", "s3:CreateBucket", "{'bucketName': 'to-1'}", NULL, NULL},
         {"sofia", "s3:PutObject", "{'bucketName': 'from-1', 'key': 'a', 'body': 'x'}", NULL, NULL},
         {"sofia", "s3:PutObject", "{'bucketName': 'from-1', 'key': 'b', 'body': 'x'}", NULL, NULL},
         {"sofia", "s3:PutBucketPolicy",
          "{'bucketName': 'to-1', 'bucketPolicy': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': "
          "{'AWS': 'arn:aws:iam::123456789012:user/chaos'}, 'Action': 's3:PutObject', 'Resource': 'arn:aws:s3:::to-1/*'}]}}",
          NULL, NULL},
         {"chaos", "s3:CopyObject", "{'bucketName': 'to-1', 'key': 'c', 'x-amz-copy-source': 'from-1/a'}", "AccessDenied",
          "says = *user/chaos is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::from-1/a\" because no "
          "identity-based policy allows the s3:GetObject action\nrecord.error = AccessDenied\nrecord.params.key = c"},
         {"sofia", "s3:PutBucketPolicy",
          "{'bucketName': 'from-1', 'bucketPolicy': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': "
          "{'AWS': 'arn:aws:iam::123456789012:user/chaos'}, 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::from-1/*'}, "
          "{'Effect': 'Deny', 'Principal': '*', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::from-1/b'}]}}",
          NULL, NULL},
         {"chaos", "s3:CopyObject", "{'bucketName': 'to-1', 'key': 'c', 'x-amz-copy-source': 'from-1/a'}", NULL, NULL},
         {"chaos", "s3:CopyObject", "{'bucketName': 'to-1', 'key': 'c', 'x-amz-copy-source': 'from-1/gone'}", "AccessDenied",
          "says = *s3:ListBucket on resource: \"arn:aws:s3:::from-1\"*"},
         {"sofia", "s3:CopyObject", "{'bucketName': 'to-1', 'key': 'c', 'x-amz-copy-source': 'from-1/b'}", "AccessDenied",
          "says = *s3:GetObject*with an explicit deny in a resource-based policy"},
         {"sofia", "s3:CreateMultipartUpload", "{'bucketName': 'to-1', 'key': 'p'}", NULL, "keep id = reply.UploadId"},
         {"sofia", "s3:UploadPartCopy",
          "{'bucketName': 'to-1', 'key': 'p', 'uploadId': '{id}', 'partNumber': '1', 'x-amz-copy-source': 'from-1/b'}",
          "AccessDenied", NULL},
         {"sofia", "s3:UploadPartCopy",
          "{'bucketName': 'to-1', 'key': 'p', 'uploadId': '{id}', 'partNumber': '1', 'x-amz-copy-source': 'from-1/a'}", NULL,
          NULL});
    desk_replay(&d);
}

CU_TestInfo aws_s3_tests[] = {
    {"copies read their source",                            test_copies             },
    {"buckets, settings, objects",                          test_all                },
    {"missing keys are hidden from those who may not list", test_hidden_keys        },
    {"strangers get what is shown",                         test_strangers          },
    {"objects in parts",                                    test_parts              },
    {"metadata and tags",                                   test_what_is_said       },
    {"versions",                                            test_versions           },
    {"versions have permissions of their own",              test_version_permissions},
    {"access control lists",                                test_lists              },
    CU_TEST_INFO_NULL,
};
