/* SPDX-License-Identifier: MIT */
/* EC2: describe calls over what every account has: one default VPC and what belongs to it, regions, images. */
#include "sim/aws/ec2.h"

static void answer(struct call *c, const char *key, json_t *list)
{
    reply_page(c, key, list, "maxResults", 1000, "nextToken", "NextToken", NULL);
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
    const struct network *n = &c->w->account.network;
    answer(c, "Vpcs",
           one(json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "VpcId", n->vpc_id, "CidrBlock", n->vpc_cidr, "State", "available",
                         "OwnerId", c->w->account.id, "InstanceTenancy", "default", "IsDefault", 1)));
}

void ec2_describe_subnets(struct call *c)
{
    const struct network *n = &c->w->account.network;
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
    const struct network *n = &c->w->account.network;
    answer(c, "InternetGateways",
           one(json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "InternetGatewayId", n->igw_id, "OwnerId", c->w->account.id,
                         "Attachments", "State", "available", "VpcId", n->vpc_id)));
}

void ec2_describe_route_tables(struct call *c)
{
    const struct network *n = &c->w->account.network;
    answer(c, "RouteTables",
           one(json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}, {s:s, s:s, s:s}]}", "RouteTableId", n->rtb_id, "VpcId", n->vpc_id,
                         "Routes", "DestinationCidrBlock", n->vpc_cidr, "GatewayId", "local", "State", "active",
                         "DestinationCidrBlock", "0.0.0.0/0", "GatewayId", n->igw_id, "State", "active")));
}

void ec2_describe_network_acls(struct call *c)
{
    const struct network *n = &c->w->account.network;
    answer(c, "NetworkAcls",
           one(json_pack("{s:s, s:s, s:b, s:[{s:s, s:b, s:s, s:s, s:i}]}", "NetworkAclId", n->acl_id, "VpcId", n->vpc_id,
                         "IsDefault", 1, "Entries", "CidrBlock", "0.0.0.0/0", "Egress", 0, "Protocol", "-1", "RuleAction",
                         "allow", "RuleNumber", 100)));
}

void ec2_describe_network_interfaces(struct call *c)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next)
        if (!text_same(i->state, "terminated"))
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
        if (!text_same(i->state, "terminated"))
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
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        bool seen = !i->key_name;
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
        bool seen = false;
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
    c->reply = wrapped("Regions", list);
}

void ec2_describe_availability_zones(struct call *c)
{
    const struct network *n = &c->w->account.network;
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(n->zones); i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "ZoneName", n->zones[i], "State", "available",
                                              "RegionName", c->w->account.region, "ZoneType", "availability-zone"));
    c->reply = wrapped("AvailabilityZones", list);
}

void ec2_describe_account_attributes(struct call *c)
{
    c->reply =
        wrapped("AccountAttributes", json_pack("[{s:s, s:[{s:s}]}, {s:s, s:[{s:s}]}]", "AttributeName", "supported-platforms",
                                               "AttributeValues", "AttributeValue", "VPC", "AttributeName", "default-vpc",
                                               "AttributeValues", "AttributeValue", c->w->account.network.vpc_id));
}
