/* SPDX-License-Identifier: MIT */
/* EC2: describe calls over what every account has: one default VPC and what belongs to it, regions, images. */
#include "sim/aws/ec2.h"

/*
 * How a list is narrowed: by ids asked for in a set, each of which must be there, and by filters on the items' members.
 * Filters that the table does not have are refused.
 */
/* clang-format off */
static const struct list_facts {
    const char *op;
    const char *set, *member, *id; /* of the request, and the item's own key; an operation may take two kinds of ids */
    const char *code, *what;       /* when an id is not there: "The subnet ID 'x' does not exist" */
    const char *filters[6][2];     /* filter, path in the item */
} facts[] = {
    {"ec2:DescribeAddresses",         "publicIpsSet",          "publicIp",           "PublicIp",
     "InvalidAddress.NotFound",              "address",           {{"public-ip", "PublicIp"}, {"instance-id", "InstanceId"}}      },
    {"ec2:DescribeAddresses",         "allocationIdsSet",      "allocationId",       "AllocationId",
     "InvalidAllocationID.NotFound",         "allocation ID",     {{"public-ip", "PublicIp"}, {"instance-id", "InstanceId"}}      },
    {"ec2:DescribeAvailabilityZones", "availabilityZoneSet",   "zoneName",           "ZoneName",
     "InvalidParameterValue",                "zone",              {{"zone-name", "ZoneName"}, {"state", "State"}, {"region-name", "RegionName"}}},
    {"ec2:DescribeFlowLogs",          "flowLogIdSet",          "flowLogId",          "FlowLogId",
     "InvalidFlowLogId.NotFound",            "flow log ID",       {{"resource-id", "ResourceId"}, {"flow-log-id", "FlowLogId"}}   },
    {"ec2:DescribeImages",            "imagesSet",             "imageId",            "ImageId",
     "InvalidAMIID.NotFound",                "image id",          {{"image-id", "ImageId"}, {"state", "State"},
      {"owner-alias", "ImageOwnerAlias"}, {"architecture", "Architecture"}}                                                        },
    {"ec2:DescribeInternetGateways",  "internetGatewayIdSet",  "internetGatewayId",  "InternetGatewayId",
     "InvalidInternetGatewayID.NotFound",    "internetGateway ID", {{"internet-gateway-id", "InternetGatewayId"},
      {"attachment.vpc-id", "Attachments.0.VpcId"}}                                                                                },
    {"ec2:DescribeKeyPairs",          "keySet",                "keyName",            "KeyName",
     "InvalidKeyPair.NotFound",              "key pair",          {{"key-name", "KeyName"}}                                        },
    {"ec2:DescribeLaunchTemplates",   "launchTemplateIdSet",   "launchTemplateId",   "LaunchTemplateId",
     "InvalidLaunchTemplateId.NotFound",     "launch template ID", {{"launch-template-name", "LaunchTemplateName"}}                },
    {"ec2:DescribeNatGateways",       "natGatewayIdSet",       "natGatewayId",       "NatGatewayId",
     "NatGatewayNotFound",                   "NAT gateway ID",    {{"vpc-id", "VpcId"}, {"subnet-id", "SubnetId"}, {"state", "State"}}},
    {"ec2:DescribeNetworkAcls",       "networkAclIdSet",       "networkAclId",       "NetworkAclId",
     "InvalidNetworkAclID.NotFound",         "networkAcl ID",     {{"network-acl-id", "NetworkAclId"}, {"vpc-id", "VpcId"},
      {"default", "IsDefault"}}                                                                                                    },
    {"ec2:DescribeNetworkInterfaces", "networkInterfaceIdSet", "networkInterfaceId", "NetworkInterfaceId",
     "InvalidNetworkInterfaceID.NotFound",   "networkInterface ID", {{"network-interface-id", "NetworkInterfaceId"},
      {"vpc-id", "VpcId"}, {"subnet-id", "SubnetId"}, {"attachment.instance-id", "Attachment.InstanceId"}, {"status", "Status"},
      {"group-id", "Groups.0.GroupId"}}                                                                                            },
    {"ec2:DescribeRegions",           "regionSet",             "regionName",         "RegionName",
     "InvalidParameterValue",                "region",            {{"region-name", "RegionName"}, {"opt-in-status", "OptInStatus"},
      {"endpoint", "Endpoint"}}                                                                                                   },
    {"ec2:DescribeRouteTables",       "routeTableIdSet",       "routeTableId",       "RouteTableId",
     "InvalidRouteTableID.NotFound",         "routeTable ID",     {{"route-table-id", "RouteTableId"}, {"vpc-id", "VpcId"}}        },
    {"ec2:DescribeSnapshots",         "snapshotSet",           "snapshotId",         "SnapshotId",
     "InvalidSnapshot.NotFound",             "snapshot",          {{"snapshot-id", "SnapshotId"}, {"volume-id", "VolumeId"},
      {"owner-id", "OwnerId"}, {"status", "State"}}                                                                               },
    {"ec2:DescribeSubnets",           "subnetSet",             "subnetId",           "SubnetId",
     "InvalidSubnetID.NotFound",             "subnet ID",         {{"subnet-id", "SubnetId"}, {"vpc-id", "VpcId"},
      {"availability-zone", "AvailabilityZone"}, {"state", "State"}, {"default-for-az", "DefaultForAz"}, {"cidr-block", "CidrBlock"}}},
    {"ec2:DescribeVolumes",           "volumeSet",             "volumeId",           "VolumeId",
     "InvalidVolume.NotFound",               "volume",            {{"volume-id", "VolumeId"}, {"status", "State"},
      {"attachment.instance-id", "Attachments.0.InstanceId"}, {"availability-zone", "AvailabilityZone"}, {"tag:*", "Tags"}}       },
    {"ec2:DescribeVpcs",              "vpcSet",                "vpcId",              "VpcId",
     "InvalidVpcID.NotFound",                "vpc ID",            {{"vpc-id", "VpcId"}, {"is-default", "IsDefault"}, {"state", "State"},
      {"cidr", "CidrBlock"}}                                                                                                       },
};
/* clang-format on */

static const struct list_facts *facts_of(const struct call *c)
{
    for (size_t i = 0; i < COUNT(facts); i++)
        if (text_same(facts[i].op, c->op->name) &&
            (json_object_get(c->params, facts[i].set) || i + 1 == COUNT(facts) || !text_same(facts[i + 1].op, facts[i].op)))
            return &facts[i];
    return NULL;
}

static const char *member_text(const json_t *item, const char *path)
{
    const json_t *value = json_path(item, path);
    return json_is_boolean(value) ? json_is_true(value) ? "true" : "false" : json_string_value(value);
}

static bool item_passes(const struct call *c, const struct list_facts *f, const json_t *item)
{
    struct filter_value values[COUNT(f->filters)];
    size_t n = 0;
    for (; n < COUNT(values) && f->filters[n][0]; n++)
        values[n] = (struct filter_value){f->filters[n][0], member_text(item, f->filters[n][1])};
    return filters_pass(c, values, n);
}

static bool is_asked(const json_t *ids, const char *id)
{
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (text_same(json_string_value(json_array_get(ids, i)), id))
            return true;
    return !ids;
}

/* Fails when something was asked for by id that there is not. */
static void all_there(struct call *c, const struct list_facts *f, const json_t *list, const json_t *ids)
{
    for (size_t i = 0; i < json_array_size(ids) && !c->failed; i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        bool found = false;
        for (size_t k = 0; k < json_array_size(list); k++)
            found |= text_same(json_str(json_array_get(list, k), f->id), id);
        if (!found)
            call_fail(c, f->code, "The %s '%s' does not exist", f->what, id);
    }
}

static bool filters_of_the_table(struct call *c, const struct list_facts *f)
{
    const char *known[COUNT(f->filters) + 1] = {NULL};
    for (size_t i = 0; i < COUNT(f->filters); i++)
        known[i] = f->filters[i][0];
    return filters_known(c, known);
}

/* Steals the list. */
static void answer(struct call *c, const char *key, json_t *list)
{
    const struct list_facts *f = facts_of(c);
    json_auto_t *ids = f ? asked_ids(c, f->set, f->member) : NULL;
    json_t *narrowed = json_array();
    world_keep(c->w, list);
    if (f && filters_of_the_table(c, f))
        all_there(c, f, list, ids);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        if (!f || (is_asked(ids, json_str(item, f->id)) && item_passes(c, f, item)))
            json_array_append(narrowed, item);
    }
    if (c->failed)
        return json_decref(narrowed);
    reply_page(c, key, narrowed, "maxResults", 1000, "nextToken", "NextToken", NULL);
}

static json_t *one(json_t *item)
{
    json_t *list = json_array();
    json_array_append_new(list, item);
    return list;
}

void ec2_describe_nothing(struct call *c)
{
    static const struct {
        const char *op, *key;
    } keys[] = {
        {"ec2:DescribeFlowLogs",        "FlowLogs"       },
        {"ec2:DescribeLaunchTemplates", "LaunchTemplates"},
        {"ec2:DescribeNatGateways",     "NatGateways"    },
        {"ec2:DescribeSnapshots",       "Snapshots"      },
    };
    for (size_t i = 0; i < COUNT(keys); i++)
        if (text_same(keys[i].op, c->op->name))
            answer(c, keys[i].key, json_array());
}

void ec2_describe_vpcs(struct call *c)
{
    const struct network here = network_in(c->w, c->entry->region), *n = &here;
    answer(c, "Vpcs",
           one(json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "VpcId", n->vpc_id, "CidrBlock", n->vpc_cidr, "State", "available",
                         "OwnerId", c->w->account.id, "InstanceTenancy", "default", "IsDefault", 1)));
}

void ec2_describe_subnets(struct call *c)
{
    const struct network here = network_in(c->w, c->entry->region), *n = &here;
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(n->subnet_ids); i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:b}", "SubnetId", n->subnet_ids[i], "VpcId",
                                              n->vpc_id, "CidrBlock", n->subnet_cidrs[i], "AvailabilityZone", n->zones[i],
                                              "State", "available", "AvailableIpAddressCount", 4089, "DefaultForAz", 1,
                                              "MapPublicIpOnLaunch", 1));
    answer(c, "Subnets", list);
}

void ec2_describe_internet_gateways(struct call *c)
{
    const struct network here = network_in(c->w, c->entry->region), *n = &here;
    answer(c, "InternetGateways",
           one(json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "InternetGatewayId", n->igw_id, "OwnerId", c->w->account.id,
                         "Attachments", "State", "available", "VpcId", n->vpc_id)));
}

void ec2_describe_route_tables(struct call *c)
{
    const struct network here = network_in(c->w, c->entry->region), *n = &here;
    answer(c, "RouteTables",
           one(json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}, {s:s, s:s, s:s}]}", "RouteTableId", n->rtb_id, "VpcId", n->vpc_id,
                         "Routes", "DestinationCidrBlock", n->vpc_cidr, "GatewayId", "local", "State", "active",
                         "DestinationCidrBlock", "0.0.0.0/0", "GatewayId", n->igw_id, "State", "active")));
}

void ec2_describe_network_acls(struct call *c)
{
    const struct network here = network_in(c->w, c->entry->region), *n = &here;
    answer(c, "NetworkAcls",
           one(json_pack("{s:s, s:s, s:b, s:[{s:s, s:b, s:s, s:s, s:i}]}", "NetworkAclId", n->acl_id, "VpcId", n->vpc_id,
                         "IsDefault", 1, "Entries", "CidrBlock", "0.0.0.0/0", "Egress", 0, "Protocol", "-1", "RuleAction",
                         "allow", "RuleNumber", 100)));
}

void ec2_describe_network_interfaces(struct call *c)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next)
        if (instance_in(i, c->entry->region) && !text_same(i->state, "terminated"))
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}}", "NetworkInterfaceId",
                                                  i->eni_id, "Status", "in-use", "SubnetId", i->subnet_id, "VpcId", i->vpc_id,
                                                  "AvailabilityZone", i->zone, "PrivateIpAddress", i->private_ip, "Attachment",
                                                  "InstanceId", i->id, "Status", "attached"));
    answer(c, "NetworkInterfaces", list);
}

void ec2_describe_volumes(struct call *c)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next)
        if (instance_in(i, c->entry->region) && !text_same(i->state, "terminated"))
            json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:s, s:b, s:s, s:[{s:s, s:s, s:s}]}", "VolumeId",
                                                  i->volume_id, "State", "in-use", "Size", 8, "VolumeType", "gp3", "Encrypted",
                                                  0, "AvailabilityZone", i->zone, "Attachments", "Device", "/dev/xvda",
                                                  "InstanceId", i->id, "State", "attached"));
    answer(c, "Volumes", list);
}

void ec2_describe_addresses(struct call *c)
{
    answer(c, "Addresses", json_array()); /* instances have dynamic public addresses */
}

void ec2_describe_key_pairs(struct call *c)
{
    json_t *list = json_array();
    ec2_add_key_pairs(c, list);
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        bool home = text_same(c->entry->region, c->w->account.region) && instance_in(i, c->entry->region);
        bool seen = !i->key_name || !home || text_same(i->state, "terminated");
        for (size_t k = 0; k < json_array_size(list); k++)
            seen |= text_same(json_str(json_array_get(list, k), "KeyName"), i->key_name);
        if (!seen)
            json_array_append_new(list, json_pack("{s:s, s:s}", "KeyName", i->key_name, "KeyType", "ed25519"));
    }
    answer(c, "KeyPairs", list);
}

void ec2_describe_images(struct call *c)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        bool seen = !instance_in(i, c->entry->region);
        for (size_t k = 0; k < json_array_size(list); k++)
            seen |= text_same(json_str(json_array_get(list, k), "ImageId"), i->image_id);
        if (!seen)
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "ImageId", i->image_id, "State", "available",
                                            "Architecture", "x86_64", "OwnerId", "137112412989", "ImageOwnerAlias", "amazon"));
    }
    answer(c, "Images", list);
}

void ec2_describe_regions(struct call *c)
{
    static const char *const regions[] = {"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
                                          "ap-southeast-2", "ca-central-1",   "eu-central-1",   "eu-north-1", "eu-west-1",
                                          "eu-west-2",      "eu-west-3",      "sa-east-1",      "us-east-1",  "us-east-2",
                                          "us-west-1",      "us-west-2"};
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(regions); i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:o, s:s}", "RegionName", regions[i], "Endpoint",
                                        json_textf("ec2.%s.amazonaws.com", regions[i]), "OptInStatus", "opt-in-not-required"));
    answer(c, "Regions", list);
}

void ec2_describe_availability_zones(struct call *c)
{
    const struct network here = network_in(c->w, c->entry->region), *n = &here;
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(n->zones); i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "ZoneName", n->zones[i], "State", "available",
                                              "RegionName", c->entry->region, "ZoneType", "availability-zone"));
    answer(c, "AvailabilityZones", list);
}

void ec2_describe_account_attributes(struct call *c)
{
    c->reply =
        wrapped("AccountAttributes", json_pack("[{s:s, s:[{s:s}]}, {s:s, s:[{s:s}]}]", "AttributeName", "supported-platforms",
                                               "AttributeValues", "AttributeValue", "VPC", "AttributeName", "default-vpc",
                                               "AttributeValues", "AttributeValue", network_in(c->w, c->entry->region).vpc_id));
}
