/* SPDX-License-Identifier: MIT */
/*
 * EC2: the table; its functions are in ec2_groups.c, ec2_groups_list.c, ec2_instances.c, ec2_metadata.c, ec2_run.c, ec2_keys.c
 * and ec2_network.c. The sets that a reading row begins with are logged empty where they are not given (ec2_record.c). Sources:
 * EC2 API Reference 2016-11-15; requestParameters and responseElements as in genuine logs (sets hold "items").
 */
#include "sim/aws/ec2.h"

#include "sim/base/services.h"

#define SG "arn:aws:ec2:$region:$account:security-group/{groupId}"
#define INSTANCE "arn:aws:ec2:$region:$account:instance/*"
#define RULE "groupId groupName ipPermissions{} ipProtocol fromPort# toPort# cidrIp securityGroupRuleIds{} dryRun?"
#define LIST "filterSet{} maxResults# nextToken dryRun?"

static const struct op ec2_ops[] = {
    {"ec2:AssociateIamInstanceProfile",            "AssociateIamInstanceProfileRequest{}! dryRun?",                         0,       INSTANCE,                                          NULL,
     ec2_associate_profile                                                                                                                                                                                                     },
    {"ec2:AuthorizeSecurityGroupEgress",           RULE,                                                                    0,       SG,                                                NULL, ec2_authorize_egress             },
    {"ec2:AuthorizeSecurityGroupIngress",          RULE,                                                                    0,       SG,                                                NULL, ec2_authorize_ingress            },
    {"ec2:CreateKeyPair",                          "keyName! keyType keyFormat tagSpecificationSet{} dryRun?",              0,
     "arn:aws:ec2:$region:$account:key-pair/{keyName}",                                                                                                                                 NULL, ec2_create_key_pair              },
    {"ec2:CreateSecurityGroup",                    "groupName! groupDescription! vpcId tagSpecificationSet{} dryRun?",      0,
     "arn:aws:ec2:$region:$account:security-group/*",                                                                                                                                   NULL, ec2_create_security_group        },
    {"ec2:CreateTags",                             "resourcesSet{}! tagSet{}! dryRun?",                                     0,       "*",                                               NULL, ec2_create_tags                  },
    {"ec2:DeleteKeyPair",                          "keyName keyPairId dryRun?",                                             0,       "arn:aws:ec2:$region:$account:key-pair/{keyName}", NULL,
     ec2_delete_key_pair                                                                                                                                                                                                       },
    {"ec2:DeleteSecurityGroup",                    "groupId groupName dryRun?",                                             0,       SG,                                                NULL, ec2_delete_security_group        },
    {"ec2:DeleteTags",                             "resourcesSet{}! tagSet{}! dryRun?",                                     0,       "*",                                               NULL, ec2_delete_tags                  },
    {"ec2:DescribeAccountAttributes",              "accountAttributeNameSet{} " LIST,                                       OP_READ, "*",                                               NULL, ec2_describe_account_attributes  },
    {"ec2:DescribeAddresses",                      "publicIpsSet{} allocationIdsSet{} " LIST,                               OP_READ, "*",                                               NULL, ec2_describe_addresses           },
    {"ec2:DescribeAvailabilityZones",              "availabilityZoneSet{} allAvailabilityZones? " LIST,                     OP_READ, "*",                                               NULL,
     ec2_describe_availability_zones                                                                                                                                                                                           },
    {"ec2:DescribeFlowLogs",                       "flowLogIdSet{} " LIST,                                                  OP_READ, "*",                                               NULL, ec2_describe_nothing             },
    {"ec2:DescribeIamInstanceProfileAssociations", "filterSet{} associationIds[] maxResults# nextToken dryRun?",            OP_READ, "*",
     NULL,                                                                                                                                                                                    ec2_describe_profiles            },
    {"ec2:DescribeImages",                         "imagesSet{} ownersSet{} " LIST " executableBySet{}",                    OP_READ, "*",                                               NULL, ec2_describe_images              },
    {"ec2:DescribeInstanceAttribute",              "instanceId! attribute!",                                                OP_READ, "*",                                               NULL, ec2_describe_instance_attribute  },
    {"ec2:DescribeInstanceStatus",                 "instancesSet{} " LIST " includeAllInstances?",                          OP_READ, "*",                                               NULL,
     ec2_describe_instance_status                                                                                                                                                                                              },
    {"ec2:DescribeInstances",                      "instancesSet{} " LIST,                                                  OP_READ, "*",                                               NULL, ec2_describe_instances           },
    {"ec2:DescribeInternetGateways",               "internetGatewayIdSet{} " LIST,                                          OP_READ, "*",                                               NULL, ec2_describe_internet_gateways   },
    {"ec2:DescribeKeyPairs",                       "keySet{} " LIST,                                                        OP_READ, "*",                                               NULL, ec2_describe_key_pairs           },
    {"ec2:DescribeLaunchTemplates",                "launchTemplateIdSet{} " LIST,                                           OP_READ, "*",                                               NULL, ec2_describe_nothing             },
    {"ec2:DescribeNatGateways",                    "natGatewayIdSet{} " LIST,                                               OP_READ, "*",                                               NULL, ec2_describe_nothing             },
    {"ec2:DescribeNetworkAcls",                    "networkAclIdSet{} " LIST,                                               OP_READ, "*",                                               NULL, ec2_describe_network_acls        },
    {"ec2:DescribeNetworkInterfaces",              "networkInterfaceIdSet{} " LIST,                                         OP_READ, "*",                                               NULL, ec2_describe_network_interfaces  },
    {"ec2:DescribeRegions",                        "regionSet{} allRegions? filterSet{} dryRun?",                           OP_READ, "*",                                               NULL, ec2_describe_regions             },
    {"ec2:DescribeRouteTables",                    "routeTableIdSet{} " LIST,                                               OP_READ, "*",                                               NULL, ec2_describe_route_tables        },
    {"ec2:DescribeSecurityGroupRules",             LIST " securityGroupRuleIds{}",                                          OP_READ, "*",                                               NULL, ec2_describe_security_group_rules},
    {"ec2:DescribeSecurityGroups",                 "securityGroupSet{} securityGroupIdSet{} " LIST,                         OP_READ, "*",                                               NULL,
     ec2_describe_security_groups                                                                                                                                                                                              },
    {"ec2:DescribeSnapshots",                      "snapshotSet{} ownersSet{} " LIST,                                       OP_READ, "*",                                               NULL, ec2_describe_nothing             },
    {"ec2:DescribeSubnets",                        "subnetSet{} " LIST,                                                     OP_READ, "*",                                               NULL, ec2_describe_subnets             },
    {"ec2:DescribeTags",                           LIST,                                                                    OP_READ, "*",                                               NULL, ec2_describe_tags                },
    {"ec2:DescribeVolumes",                        "volumeSet{} " LIST,                                                     OP_READ, "*",                                               NULL, ec2_describe_volumes             },
    {"ec2:DescribeVpcs",                           "vpcSet{} " LIST,                                                        OP_READ, "*",                                               NULL, ec2_describe_vpcs                },
    {"ec2:DisassociateIamInstanceProfile",         "DisassociateIamInstanceProfileRequest{}! dryRun?",                      0,       INSTANCE,                                          NULL,
     ec2_disassociate_profile                                                                                                                                                                                                  },
    {"ec2:GetConsoleOutput",                       "instanceId! latest? dryRun?",                                           OP_READ, INSTANCE,                                          NULL, ec2_get_console_output           },
    {"ec2:ImportKeyPair",                          "keyName! publicKeyMaterial! tagSpecificationSet{} dryRun?",             0,
     "arn:aws:ec2:$region:$account:key-pair/{keyName}",                                                                                                                                 NULL, ec2_import_key_pair              },
    {"ec2:ModifyInstanceAttribute",                "instanceId! groupSet{} instanceType{} disableApiTermination{} dryRun?", 0,       INSTANCE,                                          NULL,
     ec2_modify_instance_attribute                                                                                                                                                                                             },
    {"ec2:ModifyInstanceMetadataOptions",          "ModifyInstanceMetadataOptionsRequest{}! dryRun?",                       0,       INSTANCE,                                          NULL,
     ec2_modify_metadata_options                                                                                                                                                                                               },
    {"ec2:ModifySecurityGroupRules",               "ModifySecurityGroupRulesRequest{}!",                                    0,
     "arn:aws:ec2:$region:$account:security-group/{ModifySecurityGroupRulesRequest.GroupId}",                                                                                           NULL,
     ec2_modify_security_group_rules                                                                                                                                                                                           },
    {"ec2:RebootInstances",                        "instancesSet{}! dryRun?",                                               0,       INSTANCE,                                          NULL, ec2_reboot_instances             },
    {"ec2:ReplaceIamInstanceProfileAssociation",   "ReplaceIamInstanceProfileAssociationRequest{}! dryRun?",                0,       INSTANCE,                                          NULL,
     ec2_replace_profile                                                                                                                                                                                                       },
    {"ec2:RevokeSecurityGroupEgress",              RULE,                                                                    0,       SG,                                                NULL, ec2_revoke_egress                },
    {"ec2:RevokeSecurityGroupIngress",             RULE,                                                                    0,       SG,                                                NULL, ec2_revoke_ingress               },
    {"ec2:RunInstances",
     "instancesSet{}! instanceType! groupSet{} subnetId userData iamInstanceProfile{} metadataOptions{} tagSpecificationSet{} "
     "disableApiTermination? ebsOptimized? monitoring{} clientToken dryRun?",                                               0,       INSTANCE,                                          NULL, ec2_run_instances                },
    {"ec2:StartInstances",                         "instancesSet{}! dryRun?",                                               0,       INSTANCE,                                          NULL, ec2_start_instances              },
    {"ec2:StopInstances",                          "instancesSet{}! force? dryRun?",                                        0,       INSTANCE,                                          NULL, ec2_stop_instances               },
    {"ec2:TerminateInstances",                     "instancesSet{}! dryRun?",                                               0,       INSTANCE,                                          NULL, ec2_terminate_instances          },
};

const struct service aws_ec2 = {
    .name = "ec2",
    .source = SERVICE_EC2,
    .event_version = "1.11",
    .host = "ec2.$region.amazonaws.com",
    .denied_code = "Client.UnauthorizedOperation",
    .error_prefix = "Client.",
    .denied_keeps_params = true,
    .console_agent = "AWS Internal",
    .complete = ec2_complete,
    .ops = ec2_ops,
    .n = COUNT(ec2_ops),
};

/* ---- tags, which any resource may have ---- */

static struct security_group *find_group_here(struct call *c, const char *id_or_name)
{
    const char *vpc_id = network_here(c).vpc_id;
    struct security_group *group = roll_find(&c->w->account.security_groups_roll, id_or_name), *all = NULL;
    if (!group)
        all = c->w->account.security_groups;
    for (; all && !group; all = all->next)
        if (text_same(all->name, id_or_name) && text_same(all->vpc_id, vpc_id))
            group = all;
    if (!group && !text_same(c->entry->region, c->w->account.region)) {
        struct security_group *other = default_group_in(c->w, c->entry->region);
        group = text_same(other->id, id_or_name) || text_same(other->name, id_or_name) ? other : NULL;
    }
    return group && text_same(group->vpc_id, vpc_id) ? group : NULL;
}

struct security_group *ec2_asked_group(struct call *c, const char *id, const char *name)
{
    const char *asked = text_or(id, text_or(name, ""));
    struct security_group *group = find_group_here(c, asked);
    if (id && !text_starts(id, "sg-"))
        call_fail(c, "InvalidGroupId.Malformed", "Invalid id: \"%s\" (expecting \"sg-...\")", id);
    else if (!group)
        call_fail(c, "InvalidGroup.NotFound", "The security group '%s' does not exist", asked);
    return c->failed ? NULL : group;
}

/* To look whether it is there, or to change them: then a group is held. NULL after a failure. */
static struct tag **tags_of(struct call *c, const char *id, bool to_change)
{
    if (text_starts(id, "i-")) {
        struct instance *instance = ec2_asked_instance(c, id);
        return instance ? &instance->tags : NULL;
    }
    if (!text_starts(id, "sg-")) {
        call_fail(c, "InvalidID", "The ID '%s' is not valid", id);
        return NULL;
    }
    struct security_group *group = ec2_asked_group(c, id, NULL);
    if (group && to_change)
        security_group_hold(c->w, group);
    return group ? &group->tags : NULL;
}

json_t *ec2_tag_set(const struct tag *tag)
{
    json_t *list = json_array();
    for (; tag; tag = tag->next)
        json_array_append_new(list, json_pack("{s:s, s:s}", "key", tag->key, "value", tag->value));
    return items(list);
}

void ec2_answer_true(struct call *c)
{
    call_log_response(c, json_pack("{s:s, s:b}", "requestId", c->entry->request_id, "_return", 1));
    c->reply = wrapped("Return", json_true());
}

static void change_tags(struct call *c, bool create)
{
    const json_t *resources = json_path(c->params, "resourcesSet.items");
    for (size_t i = 0; i < json_array_size(resources); i++) /* all or none */
        if (!tags_of(c, json_str_or(json_array_get(resources, i), "resourceId", ""), false))
            return;
    for (size_t i = 0; i < json_array_size(resources); i++) {
        struct tag **tags = tags_of(c, json_str_or(json_array_get(resources, i), "resourceId", ""), true);
        struct tag *given = tags_read(c, json_object_get(c->params, "tagSet"));
        if (create)
            tags_add(tags, given);
        for (const struct tag *tag = given; tag && !create; tag = tag->next)
            tag_drop(tags, tag->key);
    }
    ec2_answer_true(c);
}

void ec2_create_tags(struct call *c)
{
    change_tags(c, true);
}

void ec2_delete_tags(struct call *c)
{
    change_tags(c, false);
}

static const char *const tag_filters[] = {"key", "value", "resource-id", "resource-type", NULL};

static void add_tags(const struct call *c, json_t *list, const char *id, const char *type, const struct tag *tag)
{
    for (; tag; tag = tag->next) {
        const struct filter_value values[] = {
            {"key",           tag->key  },
            {"value",         tag->value},
            {"resource-id",   id        },
            {"resource-type", type      },
        };
        if (filters_pass(c, values, COUNT(values)))
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "Key", tag->key, "ResourceId", id, "ResourceType",
                                                  type, "Value", tag->value));
    }
}

void ec2_describe_tags(struct call *c)
{
    if (!filters_known(c, tag_filters))
        return;
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next)
        if (instance_in(i, c->entry->region))
            add_tags(c, list, i->id, "instance", i->tags);
    for (const struct security_group *g = c->w->account.security_groups; g; g = g->next)
        if (security_group_in(c->w, g, c->entry->region))
            add_tags(c, list, g->id, "security-group", g->tags);
    reply_page(c, "Tags", list, 1000);
}
