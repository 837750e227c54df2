/* SPDX-License-Identifier: MIT */
/* EC2: instances as they are described. */
#include "sim/aws/ec2.h"

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
                                      "launch-time",
                                      "iam-instance-profile.arn",
                                      "owner-id",
                                      "root-device-name",
                                      "block-device-mapping.volume-id",
                                      "network-interface.network-interface-id",
                                      "network-interface.addresses.private-ip-address",
                                      "network-interface.addresses.association.public-ip",
                                      "network-interface.association.public-ip",
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

json_t *ec2_state(const char *name, const char *code_key, const char *name_key)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (text_same(states[i].name, name))
            return json_pack("{s:i, s:s}", code_key, states[i].code, name_key, name);
    return json_object();
}

json_t *ec2_groups_of(const struct instance *i, const char *id_key, const char *name_key)
{
    json_t *list = json_array();
    for (size_t k = 0; k < i->n_groups; k++)
        json_array_append_new(list, json_pack("{s:s, s:s}", id_key, i->groups[k]->id, name_key, i->groups[k]->name));
    return list;
}

static json_t *devices_json(const struct instance *i)
{
    return json_pack("[{s:s, s:{s:o, s:b, s:s, s:s}}]", "DeviceName", "/dev/xvda", "Ebs", "AttachTime",
                     date_iso(i->launched_ms), "DeleteOnTermination", 1, "Status", "attached", "VolumeId", i->volume_id);
}

static bool is_gone(const struct instance *i)
{
    return text_same(i->state, "terminated");
}

static void put_machine(json_t *j, const struct instance *i)
{
    json_put_text(j, "Architecture", "x86_64");
    json_put(j, "EbsOptimized", json_true());
    json_put(j, "EnaSupport", json_true());
    json_put_text(j, "Hypervisor", "xen");
    json_put_text(j, "RootDeviceName", "/dev/xvda");
    json_put_text(j, "RootDeviceType", "ebs");
    json_put(j, "SecurityGroups", is_gone(i) ? json_array() : ec2_groups_of(i, "GroupId", "GroupName"));
    json_put(j, "SourceDestCheck", json_true());
    if (i->tags)
        json_put(j, "Tags", tags_reply(i->tags));
    json_put_text(j, "VirtualizationType", "hvm");
    json_put(j, "AmiLaunchIndex", json_integer(0));
    json_put(j, "ClientToken", json_string(""));
    json_put(j, "ProductCodes", json_array());
    json_put_text(j, "PlatformDetails", "Linux/UNIX");
    json_put_text(j, "UsageOperation", "RunInstances");
}

/* Who does not run was stopped by somebody. */
static void put_reason(json_t *j, const struct instance *i)
{
    json_put_text(j, "StateTransitionReason", text_same(i->state, "running") ? "" : "User initiated");
    if (!text_same(i->state, "running"))
        json_put(j, "StateReason",
                 json_pack("{s:s, s:s}", "Code", "Client.UserInitiatedShutdown", "Message",
                           "Client.UserInitiatedShutdown: User initiated shutdown"));
}

json_t *ec2_instance_reply(const struct call *c, const struct instance *i)
{
    json_t *j = json_object();
    bool gone = is_gone(i);
    put_machine(j, i);
    put_reason(j, i);
    json_put(j, "BlockDeviceMappings", gone ? json_array() : devices_json(i));
    json_put(j, "NetworkInterfaces", gone ? json_array() : json_pack("[o]", ec2_interface(c, i)));
    json_put(j, "MetadataOptions", ec2_metadata_options(i));
    json_put_text(j, "InstanceId", i->id);
    json_put_text(j, "ImageId", i->image_id);
    json_put(j, "State", ec2_state(i->state, "Code", "Name"));
    json_put_text(j, "PrivateDnsName", instance_private_dns(c->arena, i, c->entry->region));
    json_put_text(j, "PublicDnsName", text_or(gone ? NULL : instance_public_dns(c->arena, i, c->entry->region), ""));
    json_put_text(j, "KeyName", i->key_name);
    json_put_text(j, "InstanceType", i->type);
    json_put(j, "LaunchTime", date_iso(i->launched_ms));
    json_put(j, "Placement", json_pack("{s:s, s:s, s:s}", "GroupName", "", "Tenancy", "default", "AvailabilityZone", i->zone));
    json_put(j, "Monitoring", wrapped("State", json_string("disabled")));
    if (i->profile_role)
        json_put(j, "IamInstanceProfile",
                 json_pack("{s:s, s:s}", "Arn", instance_profile_arn(c, i->profile_role), "Id",
                           instance_profile_id(c->w, c->arena, i->profile_role)));
    if (!gone) {
        json_put_text(j, "SubnetId", i->subnet_id);
        json_put_text(j, "VpcId", i->vpc_id);
        json_put_text(j, "PrivateIpAddress", i->private_ip);
        json_put_text(j, "PublicIpAddress", i->public_ip);
    }
    return j;
}

json_t *ec2_instance_log(const struct call *c, const struct instance *i)
{
    json_t *j = json_object();
    json_put_text(j, "instanceId", i->id);
    json_put_text(j, "imageId", i->image_id);
    json_put(j, "instanceState", ec2_state("pending", "code", "name"));
    json_put_text(j, "privateDnsName", instance_private_dns(c->arena, i, c->entry->region));
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
    json_put(j, "groupSet", items(ec2_groups_of(i, "groupId", "groupName")));
    return j;
}

/* ---- describe ---- */

static bool instance_passes(const struct call *c, const struct instance *i)
{
    const char *launched = arena_time(c->arena, i->launched_ms, TIME_ISO);
    const char *profile = i->profile_role ? instance_profile_arn(c, i->profile_role) : NULL;
    struct filter_value values[128] = {
        {"instance-id",                                       i->id           },
        {"instance-state-name",                               i->state        },
        {"instance-type",                                     i->type         },
        {"vpc-id",                                            i->vpc_id       },
        {"subnet-id",                                         i->subnet_id    },
        {"ip-address",                                        i->public_ip    },
        {"private-ip-address",                                i->private_ip   },
        {"image-id",                                          i->image_id     },
        {"key-name",                                          i->key_name     },
        {"availability-zone",                                 i->zone         },
        {"launch-time",                                       launched        },
        {"iam-instance-profile.arn",                          profile         },
        {"owner-id",                                          c->w->account.id},
        {"root-device-name",                                  "/dev/xvda"     },
        {"block-device-mapping.volume-id",                    i->volume_id    },
        {"network-interface.network-interface-id",            i->eni_id       },
        {"network-interface.addresses.private-ip-address",    i->private_ip   },
        {"network-interface.addresses.association.public-ip", i->public_ip    },
        {"network-interface.association.public-ip",           i->public_ip    },
    };
    size_t n = 19;
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
        const struct instance *instance = instance_here(c, id);
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
    json_array_append_new(list, ec2_instance_reply(c, i));
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
        reply_page(c, "Reservations", list, 1000);
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
    json_put(j, "InstanceState", ec2_state(i->state, "Code", "Name"));
    json_put(j, "InstanceStatus", json_incref(ok));
    json_put(j, "SystemStatus", ok);
    return j;
}

void ec2_describe_instance_status(struct call *c)
{
    json_t *list = each_instance(c, status_reply);
    if (list)
        reply_page(c, "InstanceStatuses", list, 1000);
}

struct instance *ec2_asked_instance(struct call *c, const char *id)
{
    struct instance *instance = instance_here(c, id);
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
    return ec2_groups_of(i, "GroupId", "GroupName");
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
    struct instance *i = ec2_asked_instance(c, call_text(c, "instanceId"));
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
    struct instance *i = ec2_asked_instance(c, call_text(c, "instanceId"));
    if (i)
        c->reply = json_pack("{s:s, s:o}", "InstanceId", i->id, "Timestamp", date_iso(i->launched_ms));
}
