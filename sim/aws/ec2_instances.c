/* SPDX-License-Identifier: MIT */
/* EC2: instances and their life. */
#include "sim/aws/ec2.h"

#include <stdlib.h>
#include <string.h>

static const char *const filters[] = {"instance-id",
                                      "instance-state-name",
                                      "instance-type",
                                      "tag:*",
                                      "tag-key",
                                      "group-id",
                                      "group-name",
                                      "instance.group-id",
                                      "instance.group-name",
                                      "vpc-id",
                                      "subnet-id",
                                      "ip-address",
                                      "private-ip-address",
                                      "image-id",
                                      "key-name",
                                      "availability-zone",
                                      NULL};

static const struct state {
    const char *name;
    int code;
} states[] = {
    {"pending",       0 },
    {"running",       16},
    {"shutting-down", 32},
    {"terminated",    48},
    {"stopping",      64},
    {"stopped",       80},
};

static json_t *state_json(const char *name, const char *code_key, const char *name_key)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (text_same(states[i].name, name))
            return json_pack("{s:i, s:s}", code_key, states[i].code, name_key, name);
    return json_object();
}

static json_t *groups_json(const struct instance *i, const char *id_key, const char *name_key)
{
    json_t *list = json_array();
    for (size_t k = 0; k < i->n_groups; k++)
        json_array_append_new(list, json_pack("{s:s, s:s}", id_key, i->groups[k]->id, name_key, i->groups[k]->name));
    return list;
}

static const char *dns_of(const struct call *c, const char *ip, const char *prefix, const char *suffix)
{
    char *dashed = arena_dup(c->arena, ip);
    for (char *p = dashed; *p; p++)
        *p = *p == '.' ? '-' : *p;
    return arena_printf(c->arena, "%s-%s.%s.%s", prefix, dashed, c->entry->region, suffix);
}

static json_t *instance_reply(const struct call *c, const struct instance *i)
{
    json_t *j = json_object();
    bool gone = text_same(i->state, "terminated");
    json_put_text(j, "Architecture", "x86_64");
    json_put(j, "EbsOptimized", json_true());
    json_put(j, "EnaSupport", json_true());
    json_put_text(j, "Hypervisor", "xen");
    json_put_text(j, "RootDeviceName", "/dev/xvda");
    json_put_text(j, "RootDeviceType", "ebs");
    json_put(j, "SecurityGroups", gone ? json_array() : groups_json(i, "GroupId", "GroupName"));
    json_put(j, "SourceDestCheck", json_true());
    if (i->tags)
        json_put(j, "Tags", tags_reply(i->tags));
    json_put_text(j, "VirtualizationType", "hvm");
    json_put(j, "MetadataOptions",
             json_pack("{s:s, s:s, s:i, s:s}", "State", "applied", "HttpTokens", "optional", "HttpPutResponseHopLimit", 1,
                       "HttpEndpoint", "enabled"));
    json_put_text(j, "InstanceId", i->id);
    json_put_text(j, "ImageId", i->image_id);
    json_put(j, "State", state_json(i->state, "Code", "Name"));
    json_put_text(j, "PrivateDnsName", dns_of(c, i->private_ip, "ip", "compute.internal"));
    json_put_text(j, "PublicDnsName", i->public_ip && !gone ? dns_of(c, i->public_ip, "ec2", "compute.amazonaws.com") : "");
    json_put_text(j, "KeyName", i->key_name);
    json_put_text(j, "InstanceType", i->type);
    json_put(j, "LaunchTime", date_iso(i->launched_ms));
    json_put(j, "Placement", json_pack("{s:s, s:s, s:s}", "GroupName", "", "Tenancy", "default", "AvailabilityZone", i->zone));
    json_put(j, "Monitoring", wrapped("State", json_string("disabled")));
    if (i->profile_role)
        json_put(j, "IamInstanceProfile",
                 wrapped("Arn", json_textf("arn:aws:iam::%s:instance-profile/%s", c->w->account.id, i->profile_role)));
    if (!gone) {
        json_put_text(j, "SubnetId", i->subnet_id);
        json_put_text(j, "VpcId", i->vpc_id);
        json_put_text(j, "PrivateIpAddress", i->private_ip);
        json_put_text(j, "PublicIpAddress", i->public_ip);
    }
    return j;
}

static json_t *instance_log(const struct call *c, const struct instance *i)
{
    json_t *j = json_object();
    json_put_text(j, "instanceId", i->id);
    json_put_text(j, "imageId", i->image_id);
    json_put(j, "instanceState", state_json("pending", "code", "name"));
    json_put_text(j, "privateDnsName", dns_of(c, i->private_ip, "ip", "compute.internal"));
    json_put_text(j, "keyName", i->key_name);
    json_put(j, "amiLaunchIndex", json_integer(0));
    json_put(j, "productCodes", json_object());
    json_put_text(j, "instanceType", i->type);
    json_put(j, "launchTime", json_integer(i->launched_ms));
    json_put(j, "placement", json_pack("{s:s, s:s}", "availabilityZone", i->zone, "tenancy", "default"));
    json_put(j, "monitoring", wrapped("state", json_string("pending")));
    json_put_text(j, "subnetId", i->subnet_id);
    json_put_text(j, "vpcId", i->vpc_id);
    json_put_text(j, "privateIpAddress", i->private_ip);
    json_put(j, "stateReason", json_pack("{s:s, s:s}", "code", "pending", "message", "pending"));
    json_put_text(j, "architecture", "x86_64");
    json_put_text(j, "rootDeviceType", "ebs");
    json_put_text(j, "rootDeviceName", "/dev/xvda");
    json_put(j, "blockDeviceMapping", json_object());
    json_put_text(j, "virtualizationType", "hvm");
    json_put_text(j, "hypervisor", "xen");
    json_put(j, "tagSet", ec2_tag_set(i->tags));
    json_put(j, "groupSet", items(groups_json(i, "groupId", "groupName")));
    return j;
}

/* ---- describe ---- */

static bool instance_passes(const struct call *c, const struct instance *i)
{
    struct filter_value values[128] = {
        {"instance-id",         i->id        },
        {"instance-state-name", i->state     },
        {"instance-type",       i->type      },
        {"vpc-id",              i->vpc_id    },
        {"subnet-id",           i->subnet_id },
        {"ip-address",          i->public_ip },
        {"private-ip-address",  i->private_ip},
        {"image-id",            i->image_id  },
        {"key-name",            i->key_name  },
        {"availability-zone",   i->zone      }
    };
    size_t n = 10;
    for (size_t k = 0; k < i->n_groups; k++) {
        static const char *const ids[] = {"group-id", "instance.group-id"}, *const names[] = {"group-name",
                                                                                              "instance.group-name"};
        for (size_t m = 0; m < 2; m++) {
            values[n++] = (struct filter_value){ids[m], i->groups[k]->id};
            values[n++] = (struct filter_value){names[m], i->groups[k]->name};
        }
    }
    for (const struct tag *t = i->tags; t && n + 2 < COUNT(values); t = t->next) {
        values[n++] = (struct filter_value){"tag-key", t->key};
        values[n++] = (struct filter_value){arena_printf(c->arena, "tag:%s", t->key), t->value};
    }
    return filters_pass(c, values, n);
}

typedef json_t *reply_fn(const struct call *, const struct instance *);

static void add_reply(json_t *list, json_t *reply)
{
    if (reply)
        json_array_append_new(list, reply);
}

/* Every instance meant by instancesSet and filters, turned into JSON. NULL after a failure. */
static json_t *each_instance(struct call *c, reply_fn *reply)
{
    if (!filters_known(c, filters))
        return NULL;
    json_t *list = json_array(), *ids = asked_ids(c, "instancesSet", "instanceId");
    for (size_t i = 0; i < json_array_size(ids) && !c->failed; i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        const struct instance *instance = ec2_instance(c, id);
        if (!text_starts(id, "i-") || id[2 + strspn(id + 2, ALPHABET_HEX)])
            call_fail(c, "InvalidInstanceID.Malformed", "Invalid id: \"%s\"", id);
        else if (!instance)
            call_fail(c, "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id);
        else if (instance_passes(c, instance))
            add_reply(list, reply(c, instance));
    }
    for (const struct instance *i = c->w->account.instances; i && !ids; i = i->next)
        if (instance_in(i, c->entry->region) && instance_passes(c, i))
            add_reply(list, reply(c, i));
    json_decref(ids);
    if (!c->failed)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *reservation_reply(const struct call *c, const struct instance *i)
{
    json_t *j = json_object(), *list = json_array();
    json_array_append_new(list, instance_reply(c, i));
    json_put_text(j, "ReservationId", i->reservation_id);
    json_put_text(j, "OwnerId", c->w->account.id);
    json_put(j, "Groups", json_array());
    json_put(j, "Instances", list);
    return j;
}

void ec2_describe_instances(struct call *c)
{
    json_t *list = each_instance(c, reservation_reply);
    if (list)
        reply_page(c, "Reservations", list, "maxResults", 1000, "nextToken", "NextToken", NULL);
}

/* Those that do not run have no status, and are only listed when asked for. */
static json_t *status_reply(const struct call *c, const struct instance *i)
{
    if (!text_same(i->state, "running") && !call_bool(c, "includeAllInstances", false))
        return NULL;
    json_t *ok = json_pack("{s:s, s:[{s:s, s:s}]}", "Status", "ok", "Details", "Name", "reachability", "Status", "passed");
    json_t *j = json_object();
    json_put_text(j, "AvailabilityZone", i->zone);
    json_put_text(j, "InstanceId", i->id);
    json_put(j, "InstanceState", state_json(i->state, "Code", "Name"));
    json_put(j, "InstanceStatus", json_incref(ok));
    json_put(j, "SystemStatus", ok);
    return j;
}

void ec2_describe_instance_status(struct call *c)
{
    json_t *list = each_instance(c, status_reply);
    if (list)
        reply_page(c, "InstanceStatuses", list, "maxResults", 1000, "nextToken", "NextToken", NULL);
}

static struct instance *one_instance(struct call *c, const char *id)
{
    struct instance *instance = ec2_instance(c, id);
    if (!instance)
        call_fail(c, "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id);
    return instance;
}

static json_t *no_value(const struct instance *i)
{
    (void)i;
    return json_object();
}

static json_t *value_type(const struct instance *i)
{
    return wrapped("Value", json_string(i->type));
}

static json_t *value_groups(const struct instance *i)
{
    return groups_json(i, "GroupId", "GroupName");
}

static json_t *value_keep(const struct instance *i)
{
    return wrapped("Value", json_boolean(i->keep));
}

static json_t *value_stop(const struct instance *i)
{
    (void)i;
    return wrapped("Value", json_string("stop"));
}

static json_t *value_root(const struct instance *i)
{
    (void)i;
    return wrapped("Value", json_string("/dev/xvda"));
}

static json_t *value_true(const struct instance *i)
{
    (void)i;
    return wrapped("Value", json_true());
}

static json_t *value_false(const struct instance *i)
{
    (void)i;
    return wrapped("Value", json_false());
}

static json_t *value_enclave(const struct instance *i)
{
    (void)i;
    return wrapped("Enabled", json_false());
}

static json_t *value_disks(const struct instance *i)
{
    return json_pack("[{s:s, s:{s:s, s:s, s:b}}]", "DeviceName", "/dev/xvda", "Ebs", "VolumeId", i->volume_id, "Status",
                     "attached", "DeleteOnTermination", 1);
}

static json_t *value_data(const struct instance *i)
{
    return i->user_data ? wrapped("Value", json_string(i->user_data)) : json_object();
}

static json_t *value_none(const struct instance *i)
{
    (void)i;
    return json_array();
}

static const struct {
    const char *attribute, *key;
    json_t *(*value)(const struct instance *);
} attributes[] = {
    {"blockDeviceMapping",                "BlockDeviceMappings",               value_disks  },
    {"disableApiStop",                    "DisableApiStop",                    value_false  },
    {"disableApiTermination",             "DisableApiTermination",             value_keep   },
    {"ebsOptimized",                      "EbsOptimized",                      value_true   },
    {"enaSupport",                        "EnaSupport",                        value_true   },
    {"enclaveOptions",                    "EnclaveOptions",                    value_enclave},
    {"groupSet",                          "Groups",                            value_groups },
    {"instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior", value_stop   },
    {"instanceType",                      "InstanceType",                      value_type   },
    {"kernel",                            "KernelId",                          no_value     },
    {"productCodes",                      "ProductCodes",                      value_none   },
    {"ramdisk",                           "RamdiskId",                         no_value     },
    {"rootDeviceName",                    "RootDeviceName",                    value_root   },
    {"sourceDestCheck",                   "SourceDestCheck",                   value_true   },
    {"sriovNetSupport",                   "SriovNetSupport",                   no_value     },
    {"userData",                          "UserData",                          value_data   },
};

void ec2_describe_instance_attribute(struct call *c)
{
    struct instance *i = one_instance(c, call_text(c, "instanceId"));
    const char *attribute = call_text(c, "attribute");
    for (size_t k = 0; i && k < COUNT(attributes); k++)
        if (text_same(attributes[k].attribute, attribute)) {
            c->reply = wrapped("InstanceId", json_string(i->id));
            json_put(c->reply, attributes[k].key, attributes[k].value(i));
            return;
        }
    call_fail(c, "InvalidParameterValue", "Value (%s) for parameter attribute is invalid. Unknown attribute.", attribute);
}

/* Nothing writes to a console here: there is no output yet, as on an instance that has just been started. */
void ec2_get_console_output(struct call *c)
{
    struct instance *i = one_instance(c, call_text(c, "instanceId"));
    if (i)
        c->reply = json_pack("{s:s, s:o}", "InstanceId", i->id, "Timestamp", date_iso(i->launched_ms));
}

/* ---- run ---- */

static const char *host_in(struct call *c, const char *cidr)
{
    struct cidr net;
    cidr_parse(cidr, &net);
    unsigned third = net.addr[2] + (unsigned)chance_below(&c->ids, 15), fourth = 4 + (unsigned)chance_below(&c->ids, 250);
    return arena_printf(c->arena, "%u.%u.%u.%u", net.addr[0], net.addr[1], third, fourth);
}

/* Amazon's own EC2 ranges of the western regions, as public knowledge has them. */
static const char *public_address(struct call *c)
{
    static const char *const nets[] = {"35.160", "44.224", "52.10", "54.184", "54.200", "34.208"};
    const char *net = nets[chance_below(&c->ids, COUNT(nets))];
    unsigned third = (unsigned)chance_below(&c->ids, 256), fourth = 1 + (unsigned)chance_below(&c->ids, 254);
    return arena_printf(c->arena, "%s.%u.%u", net, third, fourth);
}

static bool place_groups(struct call *c, struct instance *i, const json_t *list)
{
    for (size_t k = 0; k < json_array_size(list) && k < COUNT(i->groups); k++) {
        const json_t *item = json_array_get(list, k);
        const char *id = json_str_or(item, "groupId", json_str_or(item, "groupName", ""));
        i->groups[k] = ec2_group(c, id);
        if (!i->groups[k]) {
            call_fail(c, "InvalidGroup.NotFound", "The security group '%s' does not exist", id);
            return false;
        }
        i->n_groups++;
    }
    if (!i->n_groups)
        i->groups[i->n_groups++] = default_group_in(c->w, c->entry->region);
    for (size_t k = 0; k < i->n_groups; k++)
        security_group_hold(c->w, i->groups[k]);
    return true;
}

/* A profile is named after its one role, as the console makes it. */
static bool place_profile(struct call *c, struct instance *i)
{
    const json_t *profile = json_object_get(c->params, "iamInstanceProfile");
    const char *name = json_str(profile, "name"), *arn = json_str(profile, "arn");
    if (!name && arn && strrchr(arn, '/'))
        name = strrchr(arn, '/') + 1;
    if (name && !find_role(c->w, name))
        call_fail(c, "InvalidParameterValue",
                  "Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", name);
    i->profile_role = kept(c, name);
    return !c->failed;
}

/* The API wants base64; plain text is encoded, as the CLI does it for who types a script. */
static const char *user_data(struct call *c)
{
    AUTO(str_drop) struct str out = {0};
    const char *given = call_text(c, "userData");
    if (!given || base64_decode(given, strlen(given), &out))
        return kept(c, given);
    str_clear(&out);
    str_add_base64(&out, given, strlen(given));
    return kept(c, str_text(&out));
}

/* Pairs of the account's past are not known one by one; those of other regions are all of the story. */
static bool key_known(struct call *c, const char *name)
{
    bool home = text_same(c->entry->region, c->w->account.region);
    if (!name || home || ec2_key_pair(c, name))
        return true;
    call_fail(c, "InvalidKeyPair.NotFound", "The key pair '%s' does not exist", name);
    return false;
}

static struct instance *new_instance(struct call *c, const json_t *asked, const char *reservation)
{
    struct instance *i = arena_alloc(c->arena, sizeof(*i));
    const struct network here = network_in(c->w, c->entry->region), *net = &here;
    size_t zone = chance_below(&c->ids, COUNT(net->subnet_ids));
    for (size_t k = 0; k < COUNT(net->subnet_ids); k++)
        if (text_same(net->subnet_ids[k], call_text(c, "subnetId")))
            zone = k;
    i->id = call_id(c, "i-0", ALPHABET_HEX, 16);
    i->reservation_id = reservation;
    i->image_id = kept(c, json_str_or(asked, "imageId", ""));
    i->key_name = kept(c, json_str(asked, "keyName"));
    i->type = kept(c, call_text(c, "instanceType"));
    i->vpc_id = net->vpc_id;
    i->subnet_id = net->subnet_ids[zone];
    i->zone = net->zones[zone];
    i->private_ip = host_in(c, net->subnet_cidrs[zone]);
    i->public_ip = public_address(c);
    i->eni_id = call_id(c, "eni-0", ALPHABET_HEX, 16);
    i->volume_id = call_id(c, "vol-0", ALPHABET_HEX, 16);
    i->state = "running";
    i->launched_ms = c->now_ms;
    i->tags = tags_read(c, json_path(c->params, "tagSpecificationSet.items.0.tags"));
    i->keep = call_bool(c, "disableApiTermination", false);
    i->user_data = user_data(c);
    return place_profile(c, i) && place_groups(c, i, json_path(c->params, "groupSet.items")) ? i : NULL;
}

void ec2_run_instances(struct call *c)
{
    const json_t *asked = json_path(c->params, "instancesSet.items.0");
    int64_t n = json_int_or(asked, "maxCount", 1);
    if (call_text(c, "userData")) { /* genuine */
        json_t *params = json_copy((json_t *)c->params);
        json_put_text(params, "userData", "<sensitiveDataRemoved>");
        call_log_params(c, params);
    }
    if (!text_starts(json_str(asked, "imageId"), "ami-"))
        return call_fail(c, "InvalidAMIID.Malformed", "Invalid id: \"%s\" (expecting \"ami-...\")",
                         json_str_or(asked, "imageId", ""));
    if (n < 1 || n > 20)
        return call_fail(c, "InstanceLimitExceeded",
                         "You have requested more instances (%lld) than your current instance limit of 20 allows.",
                         (long long)n);
    if (call_bool(c, "dryRun", false))
        return call_fail(c, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
    if (!key_known(c, json_str(asked, "keyName")))
        return;
    const char *reservation = call_id(c, "r-0", ALPHABET_HEX, 16);
    json_t *log = world_keep(c->w, json_array()), *reply = world_keep(c->w, json_array());
    for (int64_t k = 0; k < n; k++) {
        struct instance *i = new_instance(c, asked, reservation);
        if (!i)
            return;
        roll_add(&c->w->account.instances_roll, c->arena, i);
        json_array_append_new(log, instance_log(c, i));
        json_array_append_new(reply, instance_reply(c, i));
    }
    call_log_response(c,
                      json_pack("{s:s, s:s, s:s, s:{}, s:o}", "requestId", c->entry->request_id, "reservationId", reservation,
                                "ownerId", c->w->account.id, "groupSet", "instancesSet", items(json_incref(log))));
    c->reply = json_pack("{s:s, s:s, s:O}", "ReservationId", reservation, "OwnerId", c->w->account.id, "Instances", reply);
}

/* ---- start, stop, terminate ---- */

/* A stopped instance gives its public address back, and gets another when it starts. */
static void arrive(struct call *c, struct instance *i, const char *state)
{
    if (!text_same(state, "running"))
        i->public_ip = NULL;
    else if (!i->public_ip)
        i->public_ip = public_address(c);
    i->state = state;
}

static void change_state(struct call *c, const char *const *from, const char *through, const char *to)
{
    json_t *ids = world_keep(c->w, asked_ids(c, "instancesSet", "instanceId"));
    json_t *log = world_keep(c->w, json_array()), *reply = world_keep(c->w, json_array());
    for (size_t k = 0; k < json_array_size(ids); k++) {
        struct instance *i = one_instance(c, json_string_value(json_array_get(ids, k)));
        if (!i)
            return;
        const char *const *f = from;
        while (*f && !text_same(*f, i->state))
            f++;
        if (i->keep && text_same(to, "terminated"))
            return call_fail(
                c, "OperationNotPermitted",
                "The instance '%s' may not be terminated. Modify its 'disableApiTermination' instance attribute and "
                "try again.",
                i->id);
        if (!*f)
            return call_fail(c, "IncorrectInstanceState", "The instance '%s' is not in a state from which it can be %s.", i->id,
                             to);
    }
    for (size_t k = 0; k < json_array_size(ids); k++) {
        struct instance *i = find_instance(c->w, json_string_value(json_array_get(ids, k)));
        const char *now = text_same(i->state, to) ? to : through; /* it may be there already */
        json_array_append_new(log,
                              json_pack("{s:s, s:o, s:o}", "instanceId", i->id, "currentState", state_json(now, "code", "name"),
                                        "previousState", state_json(i->state, "code", "name")));
        json_array_append_new(reply, json_pack("{s:o, s:s, s:o}", "CurrentState", state_json(now, "Code", "Name"), "InstanceId",
                                               i->id, "PreviousState", state_json(i->state, "Code", "Name")));
        arrive(c, i, to);
    }
    call_log_response(c, json_pack("{s:s, s:o}", "requestId", c->entry->request_id, "instancesSet", items(json_incref(log))));
    const char *key = text_same(to, "running")   ? "StartingInstances"
                      : text_same(to, "stopped") ? "StoppingInstances"
                                                 : "TerminatingInstances";
    c->reply = wrapped(key, json_incref(reply));
}

void ec2_start_instances(struct call *c)
{
    static const char *const from[] = {"stopped", "running", NULL};
    change_state(c, from, "pending", "running");
}

void ec2_stop_instances(struct call *c)
{
    static const char *const from[] = {"running", "stopped", NULL};
    change_state(c, from, "stopping", "stopped");
}

void ec2_terminate_instances(struct call *c)
{
    static const char *const from[] = {"running", "stopped", "terminated", NULL};
    change_state(c, from, "shutting-down", "terminated");
}

void ec2_reboot_instances(struct call *c)
{
    json_t *ids = world_keep(c->w, asked_ids(c, "instancesSet", "instanceId"));
    for (size_t k = 0; k < json_array_size(ids); k++)
        if (!one_instance(c, json_string_value(json_array_get(ids, k))))
            return;
    call_log_response(c, json_pack("{s:s, s:b}", "requestId", c->entry->request_id, "_return", 1));
}

/* One attribute at a time: {"instanceId", "groupSet": {"items": [{"groupId"}]}} and the like. */
void ec2_modify_instance_attribute(struct call *c)
{
    struct instance *i = one_instance(c, call_text(c, "instanceId"));
    const json_t *groups = json_path(c->params, "groupSet.items");
    const json_t *type = json_object_get(c->params, "instanceType"),
                 *keep = json_object_get(c->params, "disableApiTermination");
    if (!i)
        return;
    if ((groups != NULL) + (type != NULL) + (keep != NULL) != 1)
        return call_fail(c, "InvalidParameterCombination", "Specify exactly one attribute to modify");
    if (type && !text_same(i->state, "stopped"))
        return call_fail(c, "IncorrectInstanceState", "The instance '%s' is not in the 'stopped' state.", i->id);
    struct instance changed = *i;
    changed.n_groups = 0;
    if (groups && !place_groups(c, &changed, groups))
        return;
    if (groups)
        *i = changed;
    if (type)
        i->type = kept(c, json_str_or(type, "value", i->type));
    if (keep)
        i->keep = json_bool_or(keep, "value", i->keep);
    call_log_response(c, json_pack("{s:s, s:b}", "requestId", c->entry->request_id, "_return", 1));
    c->reply = wrapped("Return", json_true());
}
