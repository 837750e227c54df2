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
    const char *filters[12][2];    /* filter, path in the item; "Groups.*.GroupId" passes when one of them does */
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
      {"owner-alias", "ImageOwnerAlias"}, {"owner-id", "OwnerId"}, {"architecture", "Architecture"}, {"is-public", "Public"}}                                                        },
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
      {"default", "IsDefault"}, {"association.subnet-id", "Associations.*.SubnetId"}}                                                                                                    },
    {"ec2:DescribeNetworkInterfaces", "networkInterfaceIdSet", "networkInterfaceId", "NetworkInterfaceId",
     "InvalidNetworkInterfaceID.NotFound",   "networkInterface ID", {{"network-interface-id", "NetworkInterfaceId"},
      {"vpc-id", "VpcId"}, {"subnet-id", "SubnetId"}, {"attachment.instance-id", "Attachment.InstanceId"}, {"status", "Status"},
      {"group-id", "Groups.*.GroupId"}, {"group-name", "Groups.*.GroupName"}, {"private-ip-address", "PrivateIpAddress"},
      {"addresses.private-ip-address", "PrivateIpAddress"}, {"association.public-ip", "Association.PublicIp"},
      {"availability-zone", "AvailabilityZone"}, {"mac-address", "MacAddress"}}                                                                                            },
    {"ec2:DescribeRegions",           "regionSet",             "regionName",         "RegionName",
     "InvalidParameterValue",                "region",            {{"region-name", "RegionName"}, {"opt-in-status", "OptInStatus"},
      {"endpoint", "Endpoint"}}                                                                                                   },
    {"ec2:DescribeRouteTables",       "routeTableIdSet",       "routeTableId",       "RouteTableId",
     "InvalidRouteTableID.NotFound",         "routeTable ID",     {{"route-table-id", "RouteTableId"}, {"vpc-id", "VpcId"},
      {"association.main", "Associations.*.Main"}, {"route.gateway-id", "Routes.*.GatewayId"}}        },
    {"ec2:DescribeSnapshots",         "snapshotSet",           "snapshotId",         "SnapshotId",
     "InvalidSnapshot.NotFound",             "snapshot",          {{"snapshot-id", "SnapshotId"}, {"volume-id", "VolumeId"},
      {"owner-id", "OwnerId"}, {"status", "State"}}                                                                               },
    {"ec2:DescribeSubnets",           "subnetSet",             "subnetId",           "SubnetId",
     "InvalidSubnetID.NotFound",             "subnet ID",         {{"subnet-id", "SubnetId"}, {"vpc-id", "VpcId"},
      {"availability-zone", "AvailabilityZone"}, {"state", "State"}, {"default-for-az", "DefaultForAz"}, {"cidr-block", "CidrBlock"}}},
    {"ec2:DescribeVolumes",           "volumeSet",             "volumeId",           "VolumeId",
     "InvalidVolume.NotFound",               "volume",            {{"volume-id", "VolumeId"}, {"status", "State"}, {"encrypted", "Encrypted"},
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

/* Adds what a path leads to: of "Groups.*.GroupId" each group's. */
static size_t add_values(struct filter_value *values, size_t n, size_t most, const char *filter, const json_t *item,
                         const char *path)
{
    const char *star = strstr(path, ".*.");
    AUTO(str_drop) struct str list_path = {0};
    str_addn(&list_path, path, star ? (size_t)(star - path) : 0);
    const json_t *list = star ? json_path(item, str_text(&list_path)) : NULL;
    if (!star && n < most)
        values[n++] = (struct filter_value){filter, member_text(item, path)};
    for (size_t i = 0; i < json_array_size(list) && n < most; i++)
        values[n++] = (struct filter_value){filter, member_text(json_array_get(list, i), star + 3)};
    return n;
}

static bool item_passes(const struct call *c, const struct list_facts *f, const json_t *item)
{
    struct filter_value values[6 * COUNT(f->filters)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(f->filters) && f->filters[i][0]; i++)
        n = add_values(values, n, COUNT(values), f->filters[i][0], item, f->filters[i][1]);
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
        if (!found && text_same(f->id, "ImageId") && !text_starts(id, "ami-"))
            call_fail(c, "InvalidAMIID.Malformed", "Invalid id: \"%s\" (expecting \"ami-...\")", id);
        else if (!found && text_same(f->id, "VolumeId") && !text_starts(id, "vol-"))
            call_fail(c, "InvalidParameterValue", "Value (%s) for parameter volumeId is invalid. Expected: 'vol-...'.", id);
        else if (!found)
            call_fail(c, f->code, text_same(f->id, "ImageId") ? "The %s '[%s]' does not exist" : "The %s '%s' does not exist",
                      f->what, id);
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
    reply_page(c, key, narrowed, 1000);
}

/* The id of something that belongs to a thing and is nowhere written down: the thing's own id gives it. */
static const char *id_of_part(const struct call *c, const char *prefix, const char *thing)
{
    struct seed seed = seed_from_text(thing);
    struct chance ids = chance_of(&seed, "%s", prefix);
    char digits[17];
    chance_text(&ids, ALPHABET_HEX, 16, digits);
    return arena_printf(c->arena, "%s-0%s", prefix, digits);
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
    const struct network here = network_here(c), *n = &here;
    json_t *block = json_pack("{s:s, s:s, s:{s:s}}", "AssociationId", id_of_part(c, "vpc-cidr-assoc", n->vpc_id), "CidrBlock",
                              n->vpc_cidr, "CidrBlockState", "State", "associated");
    answer(c, "Vpcs",
           one(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:[o]}", "VpcId", n->vpc_id, "CidrBlock", n->vpc_cidr,
                         "DhcpOptionsId", id_of_part(c, "dopt", n->vpc_id), "State", "available", "OwnerId", c->w->account.id,
                         "InstanceTenancy", "default", "IsDefault", 1, "CidrBlockAssociationSet", block)));
}

/* "usw2-az1" of us-west-2a: of the region's name the country, the first letters of the directions (of any other word, too: a
 * client may sign for whatever region it likes), the number. */
static const char *zone_id(const struct call *c, const char *zone)
{
    static const char *const directions[] = {"north", "south", "east", "west", "central"};
    AUTO(str_drop) struct str id = {0};
    const char *at = strchr(zone, '-'), *end = strrchr(zone, '-');
    str_addn(&id, zone, at ? (size_t)(at - zone) : 0);
    while (at && at < end) {
        const char *word = at + 1;
        size_t n = 0;
        for (size_t i = 0; i < COUNT(directions) && !n; i++)
            n = text_starts(word, directions[i]) ? strlen(directions[i]) : 0;
        n = n ? n : strcspn(word, "-");
        str_addn(&id, word, 1);
        at += n + (word[n] == '-');
    }
    str_addf(&id, "%c-az%d", end ? end[1] : '1', zone[strlen(zone) - 1] - 'a' + 1);
    return arena_dup(c->arena, str_text(&id));
}

/* A /20 has 4096 addresses, of which EC2 keeps five. */
static int free_addresses(const struct call *c, const char *subnet_id)
{
    int n = 4096 - 5;
    for (const struct instance *i = c->w->account.instances; i; i = i->next)
        n -= text_same(i->subnet_id, subnet_id) && !text_same(i->state, "terminated");
    return n;
}

static json_t *subnet_reply(const struct call *c, const struct network *n, size_t i)
{
    json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:b}", "SubnetId", n->subnet_ids[i], "VpcId", n->vpc_id,
                          "CidrBlock", n->subnet_cidrs[i], "AvailabilityZone", n->zones[i], "AvailabilityZoneId",
                          zone_id(c, n->zones[i]), "State", "available", "AvailableIpAddressCount",
                          free_addresses(c, n->subnet_ids[i]), "DefaultForAz", 1, "MapPublicIpOnLaunch", 1);
    json_put_text(j, "OwnerId", c->w->account.id);
    json_put(j, "SubnetArn", json_textf("arn:aws:ec2:%s:%s:subnet/%s", c->entry->region, c->w->account.id, n->subnet_ids[i]));
    json_put(j, "MapCustomerOwnedIpOnLaunch", json_false());
    json_put(j, "AssignIpv6AddressOnCreation", json_false());
    json_put(j, "Ipv6CidrBlockAssociationSet", json_array());
    json_put(j, "EnableDns64", json_false());
    json_put(j, "Ipv6Native", json_false());
    json_put(j, "PrivateDnsNameOptionsOnLaunch",
             json_pack("{s:s, s:b, s:b}", "HostnameType", "ip-name", "EnableResourceNameDnsARecord", 0,
                       "EnableResourceNameDnsAAAARecord", 0));
    return j;
}

void ec2_describe_subnets(struct call *c)
{
    const struct network here = network_here(c);
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(here.subnet_ids); i++)
        json_array_append_new(list, subnet_reply(c, &here, i));
    answer(c, "Subnets", list);
}

void ec2_describe_internet_gateways(struct call *c)
{
    const struct network here = network_here(c), *n = &here;
    answer(c, "InternetGateways",
           one(json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "InternetGatewayId", n->igw_id, "OwnerId", c->w->account.id,
                         "Attachments", "State", "available", "VpcId", n->vpc_id)));
}

/* The main table: what stays in the VPC, and everything else to the gateway. */
void ec2_describe_route_tables(struct call *c)
{
    const struct network here = network_here(c), *n = &here;
    json_t *routes = json_pack("[{s:s, s:s, s:s, s:s}, {s:s, s:s, s:s, s:s}]", "DestinationCidrBlock", n->vpc_cidr, "GatewayId",
                               "local", "Origin", "CreateRouteTable", "State", "active", "DestinationCidrBlock", "0.0.0.0/0",
                               "GatewayId", n->igw_id, "Origin", "CreateRoute", "State", "active");
    json_t *main =
        json_pack("{s:b, s:s, s:s, s:{s:s}}", "Main", 1, "RouteTableAssociationId", id_of_part(c, "rtbassoc", n->rtb_id),
                  "RouteTableId", n->rtb_id, "AssociationState", "State", "associated");
    answer(c, "RouteTables",
           one(json_pack("{s:[o], s:[], s:s, s:o, s:[], s:s, s:s}", "Associations", main, "PropagatingVgws", "RouteTableId",
                         n->rtb_id, "Routes", routes, "Tags", "VpcId", n->vpc_id, "OwnerId", c->w->account.id)));
}

static json_t *acl_entry(bool egress, bool allows)
{
    return json_pack("{s:s, s:b, s:s, s:s, s:i}", "CidrBlock", "0.0.0.0/0", "Egress", egress, "Protocol", "-1", "RuleAction",
                     allows ? "allow" : "deny", "RuleNumber", allows ? 100 : 32767);
}

/* All of it in and out, before the entry that every list ends with. */
void ec2_describe_network_acls(struct call *c)
{
    const struct network here = network_here(c), *n = &here;
    json_t *subnets = json_array(), *entries = json_array();
    for (size_t i = 0; i < COUNT(n->subnet_ids); i++)
        json_array_append_new(subnets, json_pack("{s:s, s:s, s:s}", "NetworkAclAssociationId",
                                                 id_of_part(c, "aclassoc", n->subnet_ids[i]), "NetworkAclId", n->acl_id,
                                                 "SubnetId", n->subnet_ids[i]));
    for (int i = 0; i < 4; i++)
        json_array_append_new(entries, acl_entry(i < 2, i % 2 == 0));
    answer(c, "NetworkAcls",
           one(json_pack("{s:o, s:o, s:b, s:s, s:[], s:s, s:s}", "Associations", subnets, "Entries", entries, "IsDefault", 1,
                         "NetworkAclId", n->acl_id, "Tags", "VpcId", n->vpc_id, "OwnerId", c->w->account.id)));
}

json_t *ec2_interface(const struct call *c, const struct instance *i)
{
    const char *private_name = instance_private_dns(c->arena, i, c->entry->region);
    json_t *j = json_object(), *address = json_object();
    json_put(address, "Primary", json_true());
    json_put_text(address, "PrivateDnsName", private_name);
    json_put_text(address, "PrivateIpAddress", i->private_ip);
    if (i->public_ip) {
        json_t *association = json_pack("{s:s, s:s, s:s}", "IpOwnerId", "amazon", "PublicDnsName",
                                        instance_public_dns(c->arena, i, c->entry->region), "PublicIp", i->public_ip);
        json_put(j, "Association", association);
        json_put(address, "Association", json_incref(association));
    }
    json_put(j, "Attachment",
             json_pack("{s:o, s:s, s:b, s:i, s:i, s:s}", "AttachTime", date_iso(i->launched_ms), "AttachmentId",
                       id_of_part(c, "eni-attach", i->eni_id), "DeleteOnTermination", 1, "DeviceIndex", 0, "NetworkCardIndex",
                       0, "Status", "attached"));
    json_put_text(j, "Description", "");
    json_put(j, "Groups", ec2_groups_of(i, "GroupId", "GroupName"));
    json_put_text(j, "InterfaceType", "interface");
    json_put(j, "Ipv6Addresses", json_array());
    json_put_text(j, "MacAddress", instance_mac(c->arena, i));
    json_put_text(j, "NetworkInterfaceId", i->eni_id);
    json_put_text(j, "OwnerId", c->w->account.id);
    json_put_text(j, "PrivateDnsName", private_name);
    json_put_text(j, "PrivateIpAddress", i->private_ip);
    json_put(j, "PrivateIpAddresses", json_pack("[o]", address));
    json_put(j, "SourceDestCheck", json_true());
    json_put_text(j, "Status", "in-use");
    json_put_text(j, "SubnetId", i->subnet_id);
    json_put_text(j, "VpcId", i->vpc_id);
    return j;
}

/* As an instance has it, and what is known there without saying. */
void ec2_describe_network_interfaces(struct call *c)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        if (!instance_in(i, c->entry->region) || text_same(i->state, "terminated"))
            continue;
        json_t *j = ec2_interface(c, i), *attachment = json_object_get(j, "Attachment");
        json_put_text(attachment, "InstanceId", i->id);
        json_put_text(attachment, "InstanceOwnerId", c->w->account.id);
        json_put_text(j, "AvailabilityZone", i->zone);
        json_put(j, "RequesterManaged", json_false());
        json_put(j, "TagSet", json_array());
        json_array_append_new(list, j);
    }
    answer(c, "NetworkInterfaces", list);
}

void ec2_describe_volumes(struct call *c)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        if (!instance_in(i, c->entry->region) || text_same(i->state, "terminated"))
            continue;
        json_t *j = json_pack("{s:s, s:s, s:i, s:s, s:i, s:i, s:b, s:b, s:s, s:o, s:s}", "VolumeId", i->volume_id, "State",
                              "in-use", "Size", 8, "VolumeType", "gp3", "Iops", 3000, "Throughput", 125, "Encrypted", 0,
                              "MultiAttachEnabled", 0, "AvailabilityZone", i->zone, "CreateTime", date_iso(i->launched_ms),
                              "SnapshotId", id_of_part(c, "snap", i->image_id));
        json_put(j, "Attachments",
                 json_pack("[{s:o, s:b, s:s, s:s, s:s, s:s}]", "AttachTime", date_iso(i->launched_ms), "DeleteOnTermination", 1,
                           "Device", "/dev/xvda", "InstanceId", i->id, "State", "attached", "VolumeId", i->volume_id));
        json_array_append_new(list, j);
    }
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

static json_t *image_reply(const struct call *c, const char *id)
{
    json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "ImageId", id, "State", "available", "Architecture", "x86_64",
                          "OwnerId", "137112412989", "ImageOwnerAlias", "amazon", "Public", 1);
    json_put(j, "BlockDeviceMappings",
             json_pack("[{s:s, s:{s:b, s:b, s:s, s:i, s:s}}]", "DeviceName", "/dev/xvda", "Ebs", "DeleteOnTermination", 1,
                       "Encrypted", 0, "SnapshotId", id_of_part(c, "snap", id), "VolumeSize", 8, "VolumeType", "gp3"));
    json_put(j, "EnaSupport", json_true());
    json_put_text(j, "Hypervisor", "xen");
    json_put_text(j, "ImageType", "machine");
    json_put_text(j, "PlatformDetails", "Linux/UNIX");
    json_put_text(j, "RootDeviceName", "/dev/xvda");
    json_put_text(j, "RootDeviceType", "ebs");
    json_put_text(j, "SriovNetSupport", "simple");
    json_put_text(j, "UsageOperation", "RunInstances");
    json_put_text(j, "VirtualizationType", "hvm");
    return j;
}

/* Owners that are asked for: "self", "amazon", a number. Nobody made images here. */
static bool amazon_asked(const struct call *c)
{
    const json_t *owners = json_path(c->params, "ownersSet.items");
    bool asked = !json_array_size(owners);
    for (size_t i = 0; i < json_array_size(owners); i++) {
        const char *owner = json_str(json_array_get(owners, i), "owner");
        asked |= text_same(owner, "amazon") || text_same(owner, "137112412989");
    }
    return asked;
}

void ec2_describe_images(struct call *c)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        bool seen = !instance_in(i, c->entry->region) || !amazon_asked(c);
        for (size_t k = 0; k < json_array_size(list); k++)
            seen |= text_same(json_str(json_array_get(list, k), "ImageId"), i->image_id);
        if (!seen)
            json_array_append_new(list, image_reply(c, i->image_id));
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
    const struct network here = network_here(c), *n = &here;
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(n->zones); i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[]}", "ZoneName", n->zones[i], "ZoneId",
                                        zone_id(c, n->zones[i]), "State", "available", "OptInStatus", "opt-in-not-required",
                                        "RegionName", c->entry->region, "GroupName", c->entry->region, "NetworkBorderGroup",
                                        c->entry->region, "ZoneType", "availability-zone", "Messages"));
    answer(c, "AvailabilityZones", list);
}

void ec2_describe_account_attributes(struct call *c)
{
    c->reply =
        wrapped("AccountAttributes", json_pack("[{s:s, s:[{s:s}]}, {s:s, s:[{s:s}]}]", "AttributeName", "supported-platforms",
                                               "AttributeValues", "AttributeValue", "VPC", "AttributeName", "default-vpc",
                                               "AttributeValues", "AttributeValue", network_here(c).vpc_id));
}
