/* SPDX-License-Identifier: MIT */
/*
 * EC2's records: what a caller leaves out is logged all the same, as an empty set. `describe-instances` without anything
 * is {"instancesSet": {}, "filterSet": {}}, and a permission always has its four lists (genuine logs).
 */
#include "sim/aws/ec2.h"

#include <string.h>

static void put_rest(json_t *to, const json_t *from)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)from, key, value)
    {
        if (!json_object_get(to, key))
            json_object_set(to, key, value);
    }
}

/* As given, or empty. */
static void put_set(json_t *to, const json_t *given, const char *name)
{
    json_t *value = json_object_get(given, name);
    if (value)
        json_object_set(to, name, value);
    else
        json_put(to, name, json_object());
}

/* The sets that a row begins with; before them only how much is wanted. */
static json_t *with_sets(const char *row, const json_t *given)
{
    json_t *out = json_object();
    if (json_object_get(given, "maxResults"))
        json_object_set(out, "maxResults", json_object_get(given, "maxResults"));
    for (;;) {
        char name[64];
        size_t n = strcspn(row, " ");
        if (n < 3 || n >= sizeof(name) || memcmp(row + n - 2, "{}", 2) != 0)
            break;
        memcpy(name, row, n - 2);
        name[n - 2] = '\0';
        put_set(out, given, name);
        row += n + strspn(row + n, " ");
    }
    put_rest(out, given);
    return out;
}

static json_t *whole_permission(const json_t *given)
{
    static const char *const first[] = {"ipProtocol", "fromPort", "toPort"};
    static const char *const lists[] = {"groups", "ipRanges", "ipv6Ranges", "prefixListIds"};
    json_t *out = json_object();
    for (size_t i = 0; i < COUNT(first); i++)
        if (json_object_get(given, first[i]))
            json_object_set(out, first[i], json_object_get(given, first[i]));
    for (size_t i = 0; i < COUNT(lists); i++)
        put_set(out, given, lists[i]);
    put_rest(out, given);
    return out;
}

/* A rule is named by a set of permissions, by its ids, or flat: then beside an empty set. */
static json_t *with_permissions(const json_t *given)
{
    json_t *out = json_copy((json_t *)given);
    const json_t *items = json_path(given, "ipPermissions.items");
    if (json_object_get(given, "cidrIp"))
        put_set(out, given, "ipPermissions");
    if (!json_array_size(items))
        return out;
    json_t *whole = json_array();
    for (size_t i = 0; i < json_array_size(items); i++)
        json_array_append_new(whole, whole_permission(json_array_get(items, i)));
    json_put(out, "ipPermissions", json_pack("{s:o}", "items", whole));
    return out;
}

void ec2_complete(struct call *c)
{
    const json_t *given = json_is_object(c->entry->params) ? c->entry->params : c->params;
    const char *name = c->op->name + strlen("ec2:");
    if (c->op->flags & OP_READ)
        call_log_params(c, with_sets(c->op->params, given));
    else if (text_starts(name, "AuthorizeSecurityGroup") || text_starts(name, "RevokeSecurityGroup"))
        call_log_params(c, with_permissions(given));
    else if (text_same(name, "StopInstances") && !json_object_get(given, "force")) {
        json_t *params = json_copy((json_t *)given);
        json_put(params, "force", json_false());
        call_log_params(c, params);
    }
}
