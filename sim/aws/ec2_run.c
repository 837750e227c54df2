/* SPDX-License-Identifier: MIT */
/* EC2: the life of instances: run, start, stop, terminate, change. */
#include "sim/aws/ec2.h"

#include <string.h>

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
        struct security_group *group = ec2_asked_group(c, json_str(item, "groupId"), json_str(item, "groupName"));
        if (!group)
            return false;
        bool named_before = false;
        for (size_t n = 0; n < i->n_groups; n++)
            named_before |= text_same(i->groups[n]->id, group->id);
        if (!named_before)
            i->groups[i->n_groups++] = group;
    }
    if (!i->n_groups)
        i->groups[i->n_groups++] = default_group_in(c->w, c->entry->region);
    for (size_t k = 0; k < i->n_groups; k++)
        security_group_hold(c->w, i->groups[k]);
    return true;
}

static bool place_profile(struct call *c, struct instance *i)
{
    static const char *const keys[] = {"httpTokens", "httpEndpoint", "httpPutResponseHopLimit"};
    const json_t *profile = json_object_get(c->params, "iamInstanceProfile");
    const json_t *metadata = json_object_get(c->params, "metadataOptions");
    i->profile_role = ec2_asked_profile(c, json_str(profile, "name"), json_str(profile, "arn"));
    return !c->failed && (!metadata || ec2_set_metadata(c, metadata, keys, i));
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
    const struct network here = network_here(c), *net = &here;
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
    if (!key_known(c, json_str(asked, "keyName")))
        return;
    const char *reservation = call_id(c, "r-0", ALPHABET_HEX, 16);
    json_t *log = world_keep(c->w, json_array()), *reply = world_keep(c->w, json_array());
    for (int64_t k = 0; k < n; k++) {
        struct instance *i = new_instance(c, asked, reservation);
        if (!i)
            return;
        roll_add(&c->w->account.instances_roll, c->arena, i);
        json_array_append_new(log, ec2_instance_log(c, i));
        json_array_append_new(reply, ec2_instance_reply(c, i));
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
        struct instance *i = ec2_asked_instance(c, json_string_value(json_array_get(ids, k)));
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
                              json_pack("{s:s, s:o, s:o}", "instanceId", i->id, "currentState", ec2_state(now, "code", "name"),
                                        "previousState", ec2_state(i->state, "code", "name")));
        json_array_append_new(reply, json_pack("{s:o, s:s, s:o}", "CurrentState", ec2_state(now, "Code", "Name"), "InstanceId",
                                               i->id, "PreviousState", ec2_state(i->state, "Code", "Name")));
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
        if (!ec2_asked_instance(c, json_string_value(json_array_get(ids, k))))
            return;
    call_log_response(c, json_pack("{s:s, s:b}", "requestId", c->entry->request_id, "_return", 1));
}

/* One attribute at a time: {"instanceId", "groupSet": {"items": [{"groupId"}]}} and the like. */
void ec2_modify_instance_attribute(struct call *c)
{
    struct instance *i = ec2_asked_instance(c, call_text(c, "instanceId"));
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
    ec2_answer_true(c);
}
