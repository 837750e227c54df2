/* SPDX-License-Identifier: MIT */
/*
 * The form in which LookupEvents returns a record: a few facts picked out, and the record itself as text.
 *
 * AWS publishes no table of what it puts under Resources; the rows follow the ids that requests and responses carry, named
 * as AWS Config names their types. Keys without a value are left out, as AWS leaves them out.
 */
#include "sim/evidence/record.h"

#include <string.h>

/* ---- Resources ---- */

static const struct row {
    const char *service; /* of the operation */
    const char *type;    /* without "AWS::"; NULL = by the id's prefix */
    const char *path;    /* in requestParameters; in responseElements after a ">"; "[]" stands for every element */
} rows[] = {
    {"cloudtrail", "CloudTrail::Trail",      "name"                                                                },
    {"cloudtrail", "CloudTrail::Trail",      "trailName"                                                           },
    {"cloudtrail", "CloudTrail::Trail",      ">trailARN"                                                           },
    {"cloudtrail", "S3::Bucket",             "s3BucketName"                                                        },
    {"cloudtrail", "KMS::Key",               ">kmsKeyId"                                                           },
    {"ec2",        "EC2::SecurityGroup",     "groupId"                                                             },
    {"ec2",        "EC2::SecurityGroup",     ">groupId"                                                            },
    {"ec2",        "EC2::SecurityGroup",     "ModifySecurityGroupRulesRequest.GroupId"                             },
    {"ec2",        "EC2::SecurityGroup",     "securityGroupIdSet.items[].groupId"                                  },
    {"ec2",        "EC2::SecurityGroup",     "groupSet.items[].groupId"                                            },
    {"ec2",        "EC2::SecurityGroupRule", ">securityGroupRuleSet.items[].securityGroupRuleId"                   },
    {"ec2",        "EC2::Instance",          "instanceId"                                                          },
    {"ec2",        "EC2::Instance",          "ModifyInstanceMetadataOptionsRequest.InstanceId"                     },
    {"ec2",        "EC2::Instance",          "AssociateIamInstanceProfileRequest.InstanceId"                       },
    {"ec2",        "EC2::Instance",          "instancesSet.items[].instanceId"                                     },
    {"ec2",        "EC2::Instance",          ">instancesSet.items[].instanceId"                                    },
    {"ec2",        "EC2::Ami",               "instancesSet.items[].imageId"                                        },
    {"ec2",        "EC2::KeyPair",           "instancesSet.items[].keyName"                                        },
    {"ec2",        "EC2::Subnet",            "subnetId"                                                            },
    {"ec2",        "EC2::VPC",               "vpcId"                                                               },
    {"ec2",        "EC2::NetworkInterface",  ">instancesSet.items[].networkInterfaceSet.items[].networkInterfaceId"},
    {"ec2",        NULL,                     "resourcesSet.items[].resourceId"                                     },
    {"iam",        "IAM::AccessKey",         "accessKeyId"                                                         },
    {"iam",        "IAM::AccessKey",         ">accessKey.accessKeyId"                                              },
    {"iam",        "IAM::User",              "userName"                                                            },
    {"iam",        "IAM::User",              "newUserName"                                                         },
    {"iam",        "IAM::Group",             "groupName"                                                           },
    {"iam",        "IAM::Role",              "roleName"                                                            },
    {"iam",        "IAM::Policy",            "policyArn"                                                           },
    {"iam",        "IAM::Policy",            "policyName"                                                          },
    {"iam",        "IAM::Policy",            ">policy.arn"                                                         },
    {"iam",        "IAM::MFADevice",         "serialNumber"                                                        },
    {"kms",        "KMS::Key",               ">keyMetadata.arn"                                                    },
    {"kms",        "KMS::Key",               "keyId"                                                               },
    {"kms",        "KMS::Key",               "targetKeyId"                                                         },
    {"kms",        "KMS::Alias",             "aliasName"                                                           },
    {"s3",         "S3::Bucket",             "bucketName"                                                          },
    {"sts",        "IAM::AccessKey",         ">credentials.accessKeyId"                                            },
    {"sts",        "STS::AssumedRole",       ">assumedRoleUser.assumedRoleId"                                      },
    {"sts",        "STS::AssumedRole",       ">assumedRoleUser.arn"                                                },
    {"sts",        "IAM::Role",              "roleArn"                                                             },
};

static const struct {
    const char *prefix, *type;
} id_types[] = {
    {"i-",   "EC2::Instance"        },
    {"sg-",  "EC2::SecurityGroup"   },
    {"vol-", "EC2::Volume"          },
    {"vpc-", "EC2::VPC"             },
    {"eni-", "EC2::NetworkInterface"},
};

struct list { /* the resources so far, as JSON text: also the memory of what is there already */
    struct str *out;
    size_t start;
};

static const char *type_of(const struct row *row, const char *id)
{
    for (size_t i = 0; !row->type && i < COUNT(id_types); i++)
        if (text_starts(id, id_types[i].prefix))
            return id_types[i].type;
    return row->type;
}

static void add_resource(struct list *list, const struct row *row, const char *name)
{
    const char *type = type_of(row, name);
    AUTO(str_drop) struct str one = {0};
    if (!type || !*name)
        return;
    str_addf(&one, "{\"ResourceType\":\"AWS::%s\",\"ResourceName\":", type);
    str_add_json(&one, name);
    str_addc(&one, '}');
    if (strstr(list->out->s + list->start, str_text(&one)))
        return;
    if (list->out->len > list->start)
        str_addc(list->out, ',');
    str_addn(list->out, one.s, one.len);
}

static void collect(struct list *list, const struct row *row, const json_t *in, const char *path)
{
    const char *each = strstr(path, "[]");
    char first[80];
    if (!in)
        return;
    if (!each) {
        const char *name = json_string_value(json_path(in, path));
        if (name)
            add_resource(list, row, name);
        return;
    }
    snprintf(first, sizeof(first), "%.*s", (int)(each - path), path);
    const json_t *elements = json_path(in, first);
    for (size_t i = 0; i < json_array_size(elements); i++)
        collect(list, row, json_array_get(elements, i), each + strlen("[]."));
}

void lookup_add_resources(struct str *out, const struct entry *entry)
{
    str_add(out, "\"Resources\":[");
    struct list list = {out, out->len};
    size_t n = strcspn(entry->op, ":");
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strlen(rows[i].service) != n || strncmp(rows[i].service, entry->op, n) != 0)
            continue;
        bool in_response = rows[i].path[0] == '>';
        collect(&list, &rows[i], in_response ? entry->response : entry->params, rows[i].path + in_response);
    }
    str_addc(out, ']');
}

/* ---- who ---- */

void lookup_add_key(struct str *out, const json_t *identity)
{
    const char *key = json_str(identity, "accessKeyId");
    if (!key || !*key)
        return;
    str_add(out, "\"AccessKeyId\":");
    str_add_json(out, key);
    str_addc(out, ',');
}

/* A user's name, a role session's, or "root"; a service acting for itself has none. */
void lookup_add_name(struct str *out, const json_t *identity)
{
    const char *type = json_str_or(identity, "type", ""), *name = json_str(identity, "userName");
    if (strcmp(type, "AssumedRole") == 0) {
        const char *at = strchr(json_str_or(identity, "principalId", ""), ':');
        name = at ? at + 1 : NULL;
    } else if (strcmp(type, "Root") == 0)
        name = "root";
    if (!name)
        return;
    str_add(out, "\"Username\":");
    str_add_json(out, name);
    str_addc(out, ',');
}

/* ---- the form ---- */

void lookup_add_head(struct str *out, const struct record_facts *facts, const struct entry *entry,
                     const struct lookup_head *head)
{
    str_addf(out, "{\"EventId\":\"%s\",\"EventName\":", head->event_id);
    str_add_json(out, facts->name);
    str_addf(out, ",\"ReadOnly\":\"%s\",%s\"EventTime\":\"%s\",\"EventSource\":\"%s\",%s", entry->read_only ? "true" : "false",
             head->access_key, head->time, facts->source, head->user_name);
    lookup_add_resources(out, entry);
    str_add(out, ",\"CloudTrailEvent\":");
}

void record_add_lookup(struct str *out, const struct world *w, const struct record_facts *facts, const struct entry *entry)
{
    AUTO(str_drop) struct str record = {0}, key = {0}, name = {0}, time = {0};
    lookup_add_key(&key, entry->identity);
    lookup_add_name(&name, entry->identity);
    str_add_time(&time, entry->time_ms, TIME_ISO);
    lookup_add_head(out, facts, entry,
                    &(struct lookup_head){.event_id = entry->event_id ? entry->event_id : "",
                                          .time = str_text(&time),
                                          .access_key = str_text(&key),
                                          .user_name = str_text(&name)});
    record_add(&record, w, facts, entry);
    str_add_jsonn(out, record.s, record.len);
    str_addc(out, '}');
}
