/* SPDX-License-Identifier: MIT */
/*
 * EC2: an instance's profile, and how its metadata is to be asked. Requests keep the API's names below their own name, and
 * so do answers (genuine logs). A profile is named after its one role, as the console makes both.
 */
#include "sim/aws/ec2.h"
#include "sim/aws/iam.h"

#include <string.h>

enum { MOST_HOPS = 64 };

const char *ec2_asked_profile(struct call *c, const char *name, const char *arn)
{
    if (!name && arn && strrchr(arn, '/'))
        name = strrchr(arn, '/') + 1;
    const struct role *role = name ? find_role(c->w, name) : NULL;
    if (name && (!role || !iam_has_profile(role)))
        call_fail(c, "InvalidParameterValue",
                  "Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", name);
    return c->failed ? NULL : kept(c, name);
}

/* ---- answers ---- */

static const json_t *request_of(const struct call *c)
{
    AUTO(str_drop) struct str key = {0};
    str_addf(&key, "%sRequest", strchr(c->op->name, ':') + 1);
    return json_object_get(c->params, str_text(&key));
}

/* {"NAMEResponse": {"xmlns", "requestId", key: value}}; steals. */
static void answer(struct call *c, const char *log_key, json_t *log, const char *key, json_t *value)
{
    AUTO(str_drop) struct str name = {0};
    str_addf(&name, "%sResponse", strchr(c->op->name, ':') + 1);
    call_log_response(c, wrapped(str_text(&name), json_pack("{s:s, s:s, s:o}", "xmlns", EC2_XMLNS, "requestId",
                                                            c->entry->request_id, log_key, log)));
    c->reply = wrapped(key, value);
}

/* ---- profiles ---- */

/* One for each instance and its role: nothing needs to be kept of it. */
static const char *association_id(const struct call *c, const struct instance *i)
{
    struct chance chance = chance_of(&c->w->seed, "profile of %s: %s", i->id, i->profile_role);
    char hex[17];
    chance_text(&chance, ALPHABET_HEX, 16, hex);
    return arena_printf(c->arena, "iip-assoc-0%s", hex);
}

static json_t *association(const struct call *c, const struct instance *i, const char *state)
{
    return json_pack("{s:s, s:s, s:{s:s, s:s}, s:s}", "AssociationId", association_id(c, i), "InstanceId", i->id,
                     "IamInstanceProfile", "Arn", instance_profile_arn(c, i->profile_role), "Id",
                     instance_profile_id(c->w, c->arena, i->profile_role), "State", state);
}

static void answer_association(struct call *c, const struct instance *i, const char *state)
{
    json_t *log = json_pack("{s:s, s:s, s:{s:s, s:s}, s:s}", "associationId", association_id(c, i), "instanceId", i->id,
                            "iamInstanceProfile", "arn", instance_profile_arn(c, i->profile_role), "id",
                            instance_profile_id(c->w, c->arena, i->profile_role), "state", state);
    answer(c, "iamInstanceProfileAssociation", log, "IamInstanceProfileAssociation", association(c, i, state));
}

static bool is_associated(const struct call *c, const struct instance *i)
{
    return i->profile_role && !text_same(i->state, "terminated") && instance_in(i, c->entry->region);
}

static struct instance *asked_association(struct call *c)
{
    const char *id = json_str_or(request_of(c), "AssociationId", "");
    for (struct instance *i = c->w->account.instances; i; i = i->next)
        if (is_associated(c, i) && text_same(association_id(c, i), id))
            return i;
    call_fail(c, "InvalidAssociationID.NotFound", "An invalid association-id of '%s' was given", id);
    return NULL;
}

static const char *profile_given(struct call *c)
{
    const json_t *given = json_object_get(request_of(c), "IamInstanceProfile");
    const char *name = ec2_asked_profile(c, json_str(given, "Name"), json_str(given, "Arn"));
    if (!name && !c->failed)
        call_fail(c, "MissingParameter", "The request must contain the parameter IamInstanceProfile");
    return name;
}

void ec2_associate_profile(struct call *c)
{
    struct instance *i = ec2_asked_instance(c, json_str_or(request_of(c), "InstanceId", ""));
    const char *role = i ? profile_given(c) : NULL;
    if (!role)
        return;
    if (i->profile_role)
        return call_fail(c, "IncorrectState", "There is an existing association for instance %s", i->id);
    i->profile_role = role;
    answer_association(c, i, "associating");
}

void ec2_replace_profile(struct call *c)
{
    struct instance *i = asked_association(c);
    const char *role = i ? profile_given(c) : NULL;
    if (!role)
        return;
    i->profile_role = role;
    answer_association(c, i, "associating");
}

void ec2_disassociate_profile(struct call *c)
{
    struct instance *i = asked_association(c);
    if (!i)
        return;
    answer_association(c, i, "disassociating");
    i->profile_role = NULL;
}

static bool is_asked_for(const json_t *ids, const char *id)
{
    bool found = !json_array_size(ids);
    for (size_t k = 0; k < json_array_size(ids); k++)
        found |= text_same(json_string_value(json_array_get(ids, k)), id);
    return found;
}

void ec2_describe_profiles(struct call *c)
{
    static const char *const filters[] = {"instance-id", "state", NULL};
    const json_t *ids = json_object_get(c->params, "associationIds");
    json_t *list = world_keep(c->w, json_array());
    if (!filters_known(c, filters))
        return;
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        const struct filter_value values[] = {
            {"instance-id", i->id       },
            {"state",       "associated"},
        };
        if (is_associated(c, i) && is_asked_for(ids, association_id(c, i)) && filters_pass(c, values, COUNT(values)))
            json_array_append_new(list, association(c, i, "associated"));
    }
    reply_page(c, "IamInstanceProfileAssociations", json_incref(list), 1000);
}

/* ---- the metadata service ---- */

static json_t *options(const struct instance *i, const char *state, bool log)
{
    return json_pack("{s:s, s:s, s:i, s:s}", log ? "state" : "State", state, log ? "httpTokens" : "HttpTokens",
                     i->tokens_required ? "required" : "optional", log ? "httpPutResponseHopLimit" : "HttpPutResponseHopLimit",
                     i->hops ? i->hops : 1, log ? "httpEndpoint" : "HttpEndpoint", i->metadata_off ? "disabled" : "enabled");
}

json_t *ec2_metadata_options(const struct instance *i)
{
    return options(i, "applied", false);
}

/* One of two words; *ret stays as it is when nothing is said. */
static void choose(struct call *c, const json_t *given, const char *key, const char *yes, const char *no, bool *ret)
{
    const char *value = json_str(given, key);
    if (value && !text_same(value, yes) && !text_same(value, no))
        call_fail(c, "InvalidParameterValue", "Value (%s) for parameter %s is invalid. Expected %s or %s", value, key, yes, no);
    if (value)
        *ret = text_same(value, yes);
}

bool ec2_set_metadata(struct call *c, const json_t *given, const char *const keys[3], struct instance *i)
{
    int64_t hops = json_int_or(given, keys[2], i->hops ? i->hops : 1);
    choose(c, given, keys[0], "required", "optional", &i->tokens_required);
    choose(c, given, keys[1], "disabled", "enabled", &i->metadata_off);
    if (hops < 1 || hops > MOST_HOPS)
        call_fail(c, "InvalidParameterValue", "Value (%lld) for parameter %s is invalid. Expected 1 to %d", (long long)hops,
                  keys[2], MOST_HOPS);
    i->hops = (int)hops;
    return !c->failed;
}

void ec2_modify_metadata_options(struct call *c)
{
    static const char *const keys[] = {"HttpTokens", "HttpEndpoint", "HttpPutResponseHopLimit"};
    const json_t *request = request_of(c);
    struct instance *i = ec2_asked_instance(c, json_str_or(request, "InstanceId", ""));
    if (!i)
        return;
    struct instance changed = *i;
    if (!ec2_set_metadata(c, request, keys, &changed))
        return;
    *i = changed;
    json_t *log = options(i, "pending", true);
    answer(c, "instanceMetadataOptions", log, "InstanceId", json_string(i->id));
    json_put(c->reply, "InstanceMetadataOptions", options(i, "pending", false));
}
