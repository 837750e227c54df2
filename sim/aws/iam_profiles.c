/* SPDX-License-Identifier: MIT */
/*
 * IAM: instance profiles. There is one for each role that EC2 may assume, with the role's name, as the console makes them
 * together; nobody makes others here.
 */
#include "sim/aws/iam.h"

#include "sim/base/services.h"

static bool names_ec2(const json_t *services)
{
    if (json_is_string(services))
        return text_same(json_string_value(services), SERVICE_EC2);
    for (size_t i = 0; i < json_array_size(services); i++)
        if (names_ec2(json_array_get(services, i)))
            return true;
    return false;
}

bool iam_has_profile(const struct role *role)
{
    const json_t *statements = json_object_get(role->trust, "Statement");
    bool found = json_is_object(statements) && names_ec2(json_path(statements, "Principal.Service"));
    for (size_t i = 0; i < json_array_size(statements); i++)
        found |= names_ec2(json_path(json_array_get(statements, i), "Principal.Service"));
    return found;
}

static json_t *profile_json(const struct call *c, const struct role *role)
{
    json_t *j = json_pack("{s:s, s:s, s:s}", "Path", "/", "InstanceProfileName", role->name, "InstanceProfileId",
                          instance_profile_id(c->w, c->arena, role->name));
    json_put_text(j, "Arn", instance_profile_arn(c, role->name));
    json_put(j, "CreateDate", date_iso(role->created_ms));
    json_put(j, "Roles", json_pack("[o]", iam_role_json(role, false)));
    return j;
}

json_t *iam_profiles_of(const struct call *c, const struct role *role)
{
    return iam_has_profile(role) ? json_pack("[o]", profile_json(c, role)) : json_array();
}

void iam_get_instance_profile(struct call *c)
{
    const char *name = call_text(c, "instanceProfileName");
    const struct role *role = strchr(name, '/') ? NULL : find_role(c->w, name);
    if (!role || !iam_has_profile(role))
        return call_fail(c, "NoSuchEntity", "Instance Profile %s cannot be found.", name);
    c->reply = wrapped("InstanceProfile", profile_json(c, role));
}

void iam_list_instance_profiles(struct call *c)
{
    json_t *list = json_array();
    bool all = text_same(text_or(call_text(c, "pathPrefix"), "/"), "/");
    for (const struct role *role = c->w->account.roles; role && all; role = role->next)
        if (iam_has_profile(role))
            json_array_append_new(list, profile_json(c, role));
    iam_page(c, "InstanceProfiles", list);
}

void iam_list_instance_profiles_for_role(struct call *c)
{
    const struct role *role = iam_role(c);
    if (role)
        iam_page(c, "InstanceProfiles", iam_profiles_of(c, role));
}
