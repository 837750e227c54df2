/* SPDX-License-Identifier: MIT */
/*
 * CloudTrail's form of a request's parameters. Most services log the API's own names with a small first letter; EC2 logs
 * its wire sets: {"InstanceIds": ["i-1"]} is {"instancesSet": {"items": [{"instanceId": "i-1"}]}} (genuine logs).
 */
#include "sim/serve/wire.h"

#include <string.h>

static const char *lowered(struct str *name, const char *key)
{
    str_clear(name);
    str_add(name, key);
    if (name->len && name->s[0] >= 'A' && name->s[0] <= 'Z')
        name->s[0] = (char)(name->s[0] + 32);
    return str_text(name);
}

/* ---- query and JSON services ---- */

/* Keys that are data rather than names: KMS's encryption context, tags in maps. */
static bool is_data(const char *key)
{
    return text_same(key, "EncryptionContext") || text_same(key, "Parameters");
}

static json_t *lower_names(const json_t *value)
{
    AUTO(str_drop) struct str name = {0};
    if (json_is_array(value)) {
        json_t *list = json_array();
        for (size_t i = 0; i < json_array_size(value); i++)
            json_array_append_new(list, lower_names(json_array_get(value, i)));
        return list;
    }
    if (!json_is_object(value))
        return json_deep_copy(value);
    json_t *object = json_object();
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
    {
        json_object_set_new(object, lowered(&name, key), is_data(key) ? json_deep_copy(member) : lower_names(member));
    }
    return object;
}

/* ---- EC2 ---- */

struct set {
    const char *member; /* the API's */
    const char *op;     /* only there; NULL = everywhere */
    const char *set;    /* CloudTrail's */
    const char *key;    /* of each element, for lists of texts; NULL: the elements are structures */
};
static const struct set sets[] = {
    {"Filters",              NULL,                          "filterSet",               NULL                 },
    {"Values",               NULL,                          "valueSet",                "value"              },
    {"InstanceIds",          NULL,                          "instancesSet",            "instanceId"         },
    {"GroupIds",             "ec2:DescribeSecurityGroups",  "securityGroupIdSet",      "groupId"            },
    {"GroupNames",           "ec2:DescribeSecurityGroups",  "securityGroupSet",        "groupName"          },
    {"SecurityGroupRuleIds", NULL,                          "securityGroupRuleIds",    "securityGroupRuleId"},
    {"IpPermissions",        NULL,                          "ipPermissions",           NULL                 },
    {"UserIdGroupPairs",     NULL,                          "groups",                  NULL                 },
    {"IpRanges",             NULL,                          "ipRanges",                NULL                 },
    {"Ipv6Ranges",           NULL,                          "ipv6Ranges",              NULL                 },
    {"PrefixListIds",        NULL,                          "prefixListIds",           NULL                 },
    {"Resources",            NULL,                          "resourcesSet",            "resourceId"         },
    {"TagSpecifications",    NULL,                          "tagSpecificationSet",     NULL                 },
    {"AttributeNames",       NULL,                          "accountAttributeNameSet", "attributeName"      },
    {"PublicIps",            NULL,                          "publicIpsSet",            "publicIp"           },
    {"AllocationIds",        NULL,                          "allocationIdsSet",        "allocationId"       },
    {"ZoneNames",            NULL,                          "availabilityZoneSet",     "zoneName"           },
    {"FlowLogIds",           NULL,                          "flowLogIdSet",            "flowLogId"          },
    {"ImageIds",             NULL,                          "imagesSet",               "imageId"            },
    {"Owners",               NULL,                          "ownersSet",               "owner"              },
    {"OwnerIds",             NULL,                          "ownersSet",               "owner"              },
    {"ExecutableUsers",      NULL,                          "executableBySet",         "user"               },
    {"InternetGatewayIds",   NULL,                          "internetGatewayIdSet",    "internetGatewayId"  },
    {"KeyNames",             NULL,                          "keySet",                  "keyName"            },
    {"LaunchTemplateIds",    NULL,                          "launchTemplateIdSet",     "launchTemplateId"   },
    {"NatGatewayIds",        NULL,                          "natGatewayIdSet",         "natGatewayId"       },
    {"NetworkAclIds",        NULL,                          "networkAclIdSet",         "networkAclId"       },
    {"NetworkInterfaceIds",  NULL,                          "networkInterfaceIdSet",   "networkInterfaceId" },
    {"RegionNames",          NULL,                          "regionSet",               "regionName"         },
    {"RouteTableIds",        NULL,                          "routeTableIdSet",         "routeTableId"       },
    {"SnapshotIds",          NULL,                          "snapshotSet",             "snapshotId"         },
    {"SubnetIds",            NULL,                          "subnetSet",               "subnetId"           },
    {"VolumeIds",            NULL,                          "volumeSet",               "volumeId"           },
    {"VpcIds",               NULL,                          "vpcSet",                  "vpcId"              },
    {"SecurityGroupIds",     "ec2:RunInstances",            "groupSet",                "groupId"            },
    {"SecurityGroups",       "ec2:RunInstances",            "groupSet",                "groupName"          },
    {"Groups",               "ec2:ModifyInstanceAttribute", "groupSet",                "groupId"            },
    {"Tags",                 "ec2:CreateTags",              "tagSet",                  NULL                 },
    {"Tags",                 "ec2:DeleteTags",              "tagSet",                  NULL                 },
};

static const struct set *set_of(const char *op, const char *member)
{
    for (size_t i = 0; i < COUNT(sets); i++)
        if (text_same(sets[i].member, member) && (!sets[i].op || text_same(sets[i].op, op)))
            return &sets[i];
    return NULL;
}

static json_t *ec2_value(const char *op, const json_t *value);

static json_t *ec2_set(const char *op, const json_t *list, const char *key)
{
    json_t *items = json_array(), *set = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *element = json_array_get(list, i);
        json_t *item = key ? json_object() : ec2_value(op, element);
        if (key)
            json_object_set_new(item, key, json_deep_copy(element));
        json_array_append_new(items, item);
    }
    if (json_array_size(items))
        json_object_set_new(set, "items", items);
    else
        json_decref(items);
    return set;
}

static json_t *ec2_value(const char *op, const json_t *value)
{
    AUTO(str_drop) struct str name = {0};
    const char *key;
    json_t *member;
    if (!json_is_object(value))
        return json_deep_copy(value);
    json_t *object = json_object();
    json_object_foreach((json_t *)value, key, member)
    {
        const struct set *set = json_is_array(member) ? set_of(op, key) : NULL;
        if (set)
            json_object_set_new(object, set->set, ec2_set(op, member, set->key));
        else
            json_object_set_new(object, lowered(&name, key), ec2_value(op, member));
    }
    return object;
}

/* RunInstances logs image, counts and key as one element of a set (genuine logs). */
static void fold_instances(json_t *params)
{
    static const char *const folded[] = {"imageId", "minCount", "maxCount", "keyName"};
    json_t *item = json_object();
    for (size_t i = 0; i < COUNT(folded); i++) {
        json_t *value = json_object_get(params, folded[i]);
        if (value)
            json_object_set(item, folded[i], value);
        json_object_del(params, folded[i]);
    }
    json_object_set_new(params, "instancesSet", json_pack("{s:[o]}", "items", item));
}

/* Genuine: ModifySecurityGroupRules keeps the API's names below its own request's; one rule stands alone. */
static json_t *modify_rules(const json_t *asked)
{
    json_t *request = json_object(), *rules = json_array();
    const json_t *list = json_object_get(asked, "SecurityGroupRules");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *rule = json_deep_copy(json_array_get(list, i));
        json_object_set_new(rule, "tag", json_integer((json_int_t)i + 1));
        json_array_append_new(rules, rule);
    }
    json_object_set(request, "GroupId", json_object_get(asked, "GroupId"));
    json_object_set(request, "SecurityGroupRule", json_array_size(rules) == 1 ? json_array_get(rules, 0) : rules);
    json_decref(rules);
    return json_pack("{s:o}", "ModifySecurityGroupRulesRequest", request);
}

/* Genuine: so do the newer ones, as they stand. */
static json_t *keep_names(const char *op, const json_t *asked)
{
    AUTO(str_drop) struct str key = {0};
    json_t *request = json_copy((json_t *)asked), *params = json_object(), *dry = json_object_get(asked, "DryRun");
    str_addf(&key, "%sRequest", strchr(op, ':') + 1);
    json_object_del(request, "DryRun");
    json_object_set_new(params, str_text(&key), request);
    if (dry)
        json_object_set(params, "dryRun", dry);
    return params;
}

static bool keeps_names(const char *op)
{
    static const char *const ops[] = {"ec2:AssociateIamInstanceProfile", "ec2:DisassociateIamInstanceProfile",
                                      "ec2:ModifyInstanceMetadataOptions", "ec2:ReplaceIamInstanceProfileAssociation"};
    for (size_t i = 0; i < COUNT(ops); i++)
        if (text_same(ops[i], op))
            return true;
    return false;
}

static json_t *ec2_params(const char *op, const json_t *asked)
{
    if (keeps_names(op))
        return keep_names(op, asked);
    if (text_same(op, "ec2:ModifySecurityGroupRules"))
        return modify_rules(asked);
    json_t *params = ec2_value(op, asked);
    if (text_same(op, "ec2:RunInstances"))
        fold_instances(params);
    if (text_same(op, "ec2:CreateSecurityGroup")) { /* the API asks for Description, the log has its wire name */
        json_object_set(params, "groupDescription", json_object_get(params, "description"));
        json_object_del(params, "description");
    }
    return params;
}

json_t *params_of(const struct wire_service *service, const char *op, const json_t *asked)
{
    return service->protocol == PROTOCOL_EC2 ? ec2_params(op, asked) : lower_names(asked);
}
