/* SPDX-License-Identifier: MIT */
#include "tests/unit/aws_desk.inc"

#define LOCKED_OUT                                                                                                             \
    "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'cloudtrail.amazonaws.com'}, "       \
    "'Action': 'kms:*', 'Resource': '*'}]}"
#define ONLY_SOFIA                                                                                                             \
    "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': "                                        \
    "'arn:aws:iam::123456789012:user/sofia'}, 'Action': 'kms:*', 'Resource': '*'}]}"

static const struct row rows[] = {
    {"sofia", "kms:CreateKey",            "{'policy': " LOCKED_OUT "}",                                                         "MalformedPolicyDocumentException",
     "says = The new key policy will not allow you to update the key policy in the future."                                                                                                                                          },
    {"sofia", "kms:CreateKey",            "{'policy': 'no json'}",                                                              "MalformedPolicyDocumentException", NULL                                                             },
    {"sofia", "kms:CreateKey",            "{'keySpec': 'RSA_2048'}",                                                            "UnsupportedOperationException",    NULL                                                             },
    {"sofia", "kms:CreateKey",            "{'description': 'logs', 'tags': [{'tagKey': 'team', 'tagValue': 'web'}]}",           NULL,
     "keep key = reply.KeyMetadata.KeyId\nkeep arn = reply.KeyMetadata.Arn\nreply.KeyMetadata.KeyState = Enabled\n"
     "record.params.keySpec = SYMMETRIC_DEFAULT\nrecord.params.policy = -"                                                                                                                                                           },
    {"sofia", "kms:ListResourceTags",     "{'keyId': '{key}'}",                                                                 NULL,                               "reply.Tags.0.TagValue = web"                                    },
    {"sofia", "kms:GetKeyPolicy",         "{'keyId': '{key}'}",                                                                 NULL,                               "reply.Policy = *\"Sid\":\"Enable IAM User Permissions\"*"       },
    {"sofia", "kms:GetKeyPolicy",         "{'keyId': '{key}', 'policyName': 'other'}",                                          "NotFoundException",
     "says = No such policy exists"                                                                                                                                                                                                  },
    {"sofia", "kms:ListKeyPolicies",      "{'keyId': '{key}'}",                                                                 NULL,                               "reply.PolicyNames.0 = default"                                  },
    {"sofia", "kms:ListGrants",           "{'keyId': '{key}'}",                                                                 NULL,                               "reply.Grants = []"                                              },
    {"sofia", "kms:CreateAlias",          "{'aliasName': 'logs', 'targetKeyId': '{key}'}",                                      "ValidationException",              NULL                                                             },
    {"sofia", "kms:CreateAlias",          "{'aliasName': 'alias/aws/logs', 'targetKeyId': '{key}'}",                            "NotAuthorizedException",           NULL                                                             },
    {"sofia", "kms:CreateAlias",          "{'aliasName': 'alias/logs', 'targetKeyId': '{key}0'}",                               "NotFoundException",
     "says = Invalid keyId '*'"                                                                                                                                                                                                      },
    {"sofia", "kms:CreateAlias",          "{'aliasName': 'alias/logs', 'targetKeyId': '{key}'}",                                NULL,                               NULL                                                             },
    {"sofia", "kms:CreateAlias",          "{'aliasName': 'alias/logs', 'targetKeyId': '{key}'}",                                "AlreadyExistsException",
     "says = An alias with the name arn:aws:kms:us-west-2:123456789012:alias/logs already exists"                                                                                                                                    },
    {"sofia", "kms:DescribeKey",          "{'keyId': 'alias/logs'}",                                                            NULL,
     "reply.KeyMetadata.Description = logs\nrecord.resources.0.ARN = {arn}"                                                                                                                                                          },
    {"sofia", "kms:DescribeKey",          "{'keyId': 'alias/none'}",                                                            "NotFoundException",
     "says = Alias arn:aws:kms:us-west-2:123456789012:alias/none is not found."                                                                                                                                                      },
    {"sofia", "kms:DescribeKey",          "{'keyId': '00000000-0000-4000-8000-000000000000'}",                                  "NotFoundException",
     "says = Key 'arn:aws:kms:us-west-2:123456789012:key/00000000-0000-4000-8000-000000000000' does not exist\n"
     "record.error = NotFoundException"                                                                                                                                                                                              },
    {"sofia", "kms:ListAliases",          NULL,                                                                                 NULL,                               "reply.Aliases.0.AliasName = alias/logs\nreply.Truncated = false"},
    {"sofia", "kms:ListAliases",          "{'keyId': '{key}'}",                                                                 NULL,                               "reply.Aliases.0.TargetKeyId = {key}"                            },
    {"sofia", "kms:ListKeys",             NULL,                                                                                 NULL,                               "reply.Keys.0.KeyArn = arn:aws:kms:*"                            },
    {"sofia", "kms:GenerateDataKey",      "{'keyId': 'alias/logs'}",                                                            "ValidationException",              NULL                                                             },
    {"sofia", "kms:GenerateDataKey",      "{'keyId': 'alias/logs', 'keySpec': 'AES_256'}",                                      NULL,
     "keep blob = reply.CiphertextBlob\nreply.KeyId = {arn}\nrecord.readOnly = true\nrecord.response = null"                                                                                                                         },
    {"sofia", "kms:Encrypt",              "{'keyId': 'alias/logs'}",                                                            NULL,                               "reply.EncryptionAlgorithm = SYMMETRIC_DEFAULT"                  },
    {"sofia", "kms:Decrypt",              "{'ciphertextBlob': '{blob}'}",                                                       NULL,
     "record.params = {\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"}\nrecord.resources.0.ARN = {arn}"                                                                                                                               },
    {"sofia", "kms:Decrypt",              "{'ciphertextBlob': 'bm9uc2Vuc2U='}",                                                 "InvalidCiphertextException",       NULL                                                             },
    {"sofia", "kms:Encrypt",
     "{'keyId': 'alias/logs', 'plaintext': 'bWlsayBhbmQgc3VnYXI=', 'encryptionContext': {'for': 'tea', 'cup': '1'}}",           NULL,
     "keep sealed = reply.CiphertextBlob\nrecord.params = "
     "{\"keyId\":\"alias/logs\",\"encryptionContext\":{\"for\":\"tea\",\"cup\":\"1\"}}"                                                                                                                                              },
    {"sofia", "kms:Decrypt",              "{'ciphertextBlob': '{sealed}', 'encryptionContext': {'cup': '1', 'for': 'tea'}}",    NULL,
     "reply.Plaintext = bWlsayBhbmQgc3VnYXI=\nreply.KeyId = {arn}"                                                                                                                                                                   },
    {"sofia", "kms:Decrypt",              "{'ciphertextBlob': '{sealed}', 'encryptionContext': {'for': 'coffee', 'cup': '1'}}",
     "InvalidCiphertextException",                                                                                                                                  NULL                                                             },
    {"sofia", "kms:Decrypt",              "{'ciphertextBlob': '{sealed}'}",                                                     "InvalidCiphertextException",       NULL                                                             },
    {"sofia", "kms:EnableKeyRotation",    "{'keyId': '{key}'}",                                                                 NULL,                               NULL                                                             },
    {"sofia", "kms:GetKeyRotationStatus", "{'keyId': '{key}'}",                                                                 NULL,                               "reply.KeyRotationEnabled = true"                                },
    {"sofia", "kms:DisableKeyRotation",   "{'keyId': '{key}'}",                                                                 NULL,                               NULL                                                             },
    {"sofia", "kms:UpdateKeyDescription", "{'keyId': '{key}', 'description': 'd'}",                                             NULL,                               NULL                                                             },
    {"sofia", "kms:DisableKey",           "{'keyId': 'alias/logs'}",                                                            "NotFoundException",                NULL                                                             },
    {"sofia", "kms:DisableKey",           "{'keyId': '{key}'}",                                                                 NULL,                               "record.response.keyId = {arn}"                                  },
    {"sofia", "kms:Encrypt",              "{'keyId': '{key}'}",                                                                 "DisabledException",                "says = arn:* is disabled."                                      },
    {"sofia", "kms:EnableKey",            "{'keyId': '{key}'}",                                                                 NULL,                               NULL                                                             },
    {"sofia", "kms:ScheduleKeyDeletion",  "{'keyId': '{key}', 'pendingWindowInDays': 3}",                                       "ValidationException",              NULL                                                             },
    {"sofia", "kms:CancelKeyDeletion",    "{'keyId': '{key}'}",                                                                 "KMSInvalidStateException",         NULL                                                             },
    {"sofia", "kms:ScheduleKeyDeletion",  "{'keyId': '{key}', 'pendingWindowInDays': 7}",                                       NULL,
     "reply.KeyState = PendingDeletion\nrecord.response.deletionDate = Oct 20, 2025, *"                                                                                                                                              },
    {"sofia", "kms:EnableKey",            "{'keyId': '{key}'}",                                                                 "KMSInvalidStateException",         "says = * is pending deletion."                                  },
    {"sofia", "kms:CancelKeyDeletion",    "{'keyId': '{key}'}",                                                                 NULL,                               NULL                                                             },
    {"sofia", "kms:PutKeyPolicy",         "{'keyId': '{key}', 'policy': " LOCKED_OUT "}",                                       "MalformedPolicyDocumentException", NULL                                                             },
    {"sofia", "kms:PutKeyPolicy",         "{'keyId': '{key}', 'policy': " ONLY_SOFIA "}",                                       NULL,                               "record.params.policy = {\"Version\"*"                           },
    {"sofia", "kms:DescribeKey",          "{'keyId': '{key}'}",                                                                 NULL,                               NULL                                                             },
    {"-",     "iam:AttachUserPolicy",     "{'userName': 'chaos', 'policyArn': 'arn:aws:iam::aws:policy/AdministratorAccess'}",  NULL,
     NULL                                                                                                                                                                                                                            },
    {"chaos", "kms:DescribeKey",          "{'keyId': '{key}'}",                                                                 "AccessDeniedException",
     "says = User: *user/chaos is not authorized to perform: kms:DescribeKey on resource: {arn} because no resource-based "
     "policy allows "
     "the kms:DescribeKey action\nrecord.error = AccessDenied"                                                                                                                                                                       },
    {"sofia", "kms:UpdateAlias",          "{'aliasName': 'alias/none', 'targetKeyId': '{key}'}",                                "NotFoundException",                NULL                                                             },
    {"sofia", "kms:UpdateAlias",          "{'aliasName': 'alias/logs', 'targetKeyId': '{key}'}",                                NULL,                               NULL                                                             },
    {"sofia", "kms:DeleteAlias",          "{'aliasName': 'alias/logs'}",                                                        NULL,                               NULL                                                             },
    {"sofia", "kms:DeleteAlias",          "{'aliasName': 'alias/logs'}",                                                        "NotFoundException",                NULL                                                             },
};

static void test_keys(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, rows, COUNT(rows));
    desk_replay(&d);
}

/* What is encrypted with one key is no other key's; a data key is as long as it was asked to be. */
static void test_use(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "kms:CreateKey", NULL, NULL, "keep one = reply.KeyMetadata.KeyId"},
         {"sofia", "kms:CreateKey", NULL, NULL, "keep two = reply.KeyMetadata.KeyId"},
         {"sofia", "kms:Encrypt", "{'keyId': '{one}', 'plaintext': 'dGVh'}", NULL, "keep sealed = reply.CiphertextBlob"},
         {"sofia", "kms:Decrypt", "{'ciphertextBlob': '{sealed}', 'keyId': '{two}'}", "IncorrectKeyException", NULL},
         {"sofia", "kms:Decrypt", "{'ciphertextBlob': '{sealed}', 'keyId': '{one}'}", NULL, "reply.Plaintext = dGVh"},
         {"sofia", "kms:GenerateDataKey", "{'keyId': '{one}', 'numberOfBytes': 0}", "ValidationException",
          "says = *or equal to 1"},
         {"sofia", "kms:GenerateDataKey", "{'keyId': '{one}', 'numberOfBytes': 1025}", "ValidationException",
          "says = *or equal to 1024"},
         {"sofia", "kms:GenerateDataKey", "{'keyId': '{one}', 'numberOfBytes': 3}", NULL,
          "reply.Plaintext = ????\nkeep key = reply.Plaintext\nkeep blob = reply.CiphertextBlob"},
         {"sofia", "kms:Decrypt", "{'ciphertextBlob': '{blob}'}", NULL, "reply.Plaintext = {key}"},
         {"sofia", "kms:Encrypt", "{'keyId': '{one}', 'plaintext': 'no base64'}", "ValidationException", NULL});
    desk_replay(&d);
}

/* Noon is PM, midnight AM; a week and thirty days can be waited for. */
static void test_dates(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "kms:CreateKey", NULL, NULL, "keep one = reply.KeyMetadata.KeyId"},
         {"sofia", "kms:CreateKey", NULL, NULL, "keep two = reply.KeyMetadata.KeyId"},
         {"sofia", "kms:ScheduleKeyDeletion", "{'keyId': '{one}', 'pendingWindowInDays': 6}", "ValidationException",
          "says = *greater than or equal to 7"},
         {"sofia", "kms:ScheduleKeyDeletion", "{'keyId': '{one}', 'pendingWindowInDays': 31}", "ValidationException",
          "says = *less than or equal to 30"});
    d.now_ms = DESK_START + 20 * 3600000LL;
    PLAY(&d, {"sofia", "kms:ScheduleKeyDeletion", "{'keyId': '{one}', 'pendingWindowInDays': 7}", NULL,
              "record.response.deletionDate = Oct 21, 2025, 12:00:20 PM"});
    d.now_ms = DESK_START + 32 * 3600000LL;
    PLAY(&d, {"sofia", "kms:ScheduleKeyDeletion", "{'keyId': '{two}', 'pendingWindowInDays': 30}", NULL,
              "record.response.deletionDate = Nov 14, 2025, 12:00:20 AM"});
    desk_replay(&d);
}

/* A key, and what names it, is where it was made. */
static void test_regions(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "kms:CreateKey", NULL, NULL, "keep home = reply.KeyMetadata.KeyId\nkeep arn = reply.KeyMetadata.Arn"},
         {"sofia", "kms:Encrypt", "{'keyId': '{home}', 'plaintext': 'dGVh'}", NULL, "keep sealed = reply.CiphertextBlob"},
         {"sofia", "kms:CreateAlias", "{'aliasName': 'alias/logs', 'targetKeyId': '{home}'}", NULL, NULL});
    d.region = "eu-west-1";
    PLAY(&d, {"sofia", "kms:ListKeys", NULL, NULL, "reply.Keys = []"},
         {"sofia", "kms:ListAliases", NULL, NULL, "reply.Aliases = []"},
         {"sofia", "kms:DescribeKey", "{'keyId': '{home}'}", "NotFoundException",
          "says = Key 'arn:aws:kms:eu-west-1:123456789012:key/*' does not exist"},
         {"sofia", "kms:DescribeKey", "{'keyId': '{arn}'}", "NotFoundException", "says = Invalid arn us-west-2"},
         {"sofia", "kms:DescribeKey", "{'keyId': 'alias/logs'}", "NotFoundException",
          "says = Alias arn:aws:kms:eu-west-1:123456789012:alias/logs is not found."},
         {"sofia", "kms:DeleteAlias", "{'aliasName': 'alias/logs'}", "NotFoundException", NULL},
         {"sofia", "kms:Decrypt", "{'ciphertextBlob': '{sealed}'}", "InvalidCiphertextException", NULL},
         {"sofia", "kms:CreateKey", NULL, NULL, "keep far = reply.KeyMetadata.KeyId"},
         {"sofia", "kms:ListKeys", NULL, NULL, "reply.Keys.0.KeyId = {far}\nreply.Keys.1 = -"},
         {"sofia", "kms:CreateAlias", "{'aliasName': 'alias/far', 'targetKeyId': '{far}'}", NULL, NULL},
         {"sofia", "kms:ListAliases", NULL, NULL,
          "reply.Aliases.0.AliasArn = arn:aws:kms:eu-west-1:123456789012:alias/far\nreply.Aliases.1 = -"});
    d.region = "eu-west"; /* whatever a client signs for */
    PLAY(&d, {"sofia", "kms:ListKeys", NULL, NULL, "reply.Keys = []"});
    d.region = NULL;
    PLAY(&d, {"sofia", "kms:ListKeys", NULL, NULL, "reply.Keys.0.KeyId = {home}\nreply.Keys.1 = -"},
         {"sofia", "kms:DisableKey", "{'keyId': '{far}'}", "NotFoundException", NULL},
         {"sofia", "kms:DescribeKey", "{'keyId': '{arn}'}", NULL, NULL});
    desk_replay(&d);
}

CU_TestInfo aws_kms_tests[] = {
    {"keys, aliases, policies, use", test_keys   },
    {"each key opens its own",       test_use    },
    {"each key has its region",      test_regions},
    {"dates",                        test_dates  },
    CU_TEST_INFO_NULL,
};
