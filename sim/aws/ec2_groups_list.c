/* SPDX-License-Identifier: MIT */
/* EC2: security groups and their rules as they are described, found by ids and filters. */
#include "sim/aws/ec2.h"

static const char *const group_filters[] = {"group-id",
                                            "group-name",
                                            "vpc-id",
                                            "description",
                                            "tag-key",
                                            "tag:*",
                                            "ip-permission.cidr",
                                            "ip-permission.from-port",
                                            "ip-permission.to-port",
                                            "ip-permission.protocol",
                                            "owner-id",
                                            NULL};
static const char *const rule_filters[] = {"group-id", "security-group-rule-id", "tag:*", NULL};

static json_t *permission_of(const json_t *list, const struct sg_rule *r)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *p = json_array_get(list, i);
        if (text_same(json_str(p, "IpProtocol"), r->protocol) && json_int_or(p, "FromPort", -1) == r->from_port &&
            json_int_or(p, "ToPort", -1) == r->to_port)
            return p;
    }
    return NULL;
}

static json_t *new_permission(const struct sg_rule *r)
{
    static const char *const lists[] = {"UserIdGroupPairs", "IpRanges", "Ipv6Ranges", "PrefixListIds"};
    json_t *p = wrapped("IpProtocol", json_string(r->protocol));
    if (r->from_port >= 0) {
        json_put(p, "FromPort", json_integer(r->from_port));
        json_put(p, "ToPort", json_integer(r->to_port));
    }
    for (size_t i = 0; i < COUNT(lists); i++)
        json_put(p, lists[i], json_array());
    return p;
}

/* Whom the rule lets through, where the permission lists such. */
static void add_peer(const struct call *c, json_t *permission, const struct sg_rule *r)
{
    const struct {
        const char *list, *key, *value;
    } peers[] = {
        {"IpRanges",         "CidrIp",   r->cidr4   },
        {"Ipv6Ranges",       "CidrIpv6", r->cidr6   },
        {"UserIdGroupPairs", "GroupId",  r->group_id},
    };
    size_t kind = r->cidr4 ? 0 : r->cidr6 ? 1 : 2;
    json_t *item = json_object();
    if (r->group_id)
        json_put_text(item, "UserId", c->w->account.id);
    json_put_text(item, "Description", r->description);
    json_put_text(item, peers[kind].key, peers[kind].value);
    json_array_append_new(json_object_get(permission, peers[kind].list), item);
}

/* DescribeSecurityGroups folds rules of one protocol and port range into one permission. */
static json_t *permissions_reply(const struct call *c, const struct security_group *g, bool egress)
{
    json_t *list = json_array();
    for (const struct sg_rule *r = g->rules; r; r = r->next) {
        if (r->egress != egress)
            continue;
        json_t *permission = permission_of(list, r);
        if (!permission)
            json_array_append_new(list, permission = new_permission(r));
        add_peer(c, permission, r);
    }
    return list;
}

static json_t *group_reply(const struct call *c, const struct security_group *g)
{
    json_t *j = json_object();
    json_put_text(j, "GroupId", g->id);
    json_put(j, "IpPermissionsEgress", permissions_reply(c, g, true));
    if (g->tags)
        json_put(j, "Tags", tags_reply(g->tags));
    json_put_text(j, "VpcId", g->vpc_id);
    json_put(j, "SecurityGroupArn",
             json_textf("arn:aws:ec2:%s:%s:security-group/%s", c->entry->region, c->w->account.id, g->id));
    json_put_text(j, "OwnerId", c->w->account.id);
    json_put_text(j, "GroupName", g->name);
    json_put_text(j, "Description", g->description);
    json_put(j, "IpPermissions", permissions_reply(c, g, false));
    return j;
}

static bool group_passes(const struct call *c, const struct security_group *g)
{
    struct filter_value values[160] = {
        {"group-id",    g->id           },
        {"group-name",  g->name         },
        {"vpc-id",      g->vpc_id       },
        {"description", g->description  },
        {"owner-id",    c->w->account.id}
    };
    size_t n = 5;
    for (const struct tag *t = g->tags; t && n + 2 < COUNT(values); t = t->next) {
        values[n++] = (struct filter_value){"tag-key", t->key};
        values[n++] = (struct filter_value){arena_printf(c->arena, "tag:%s", t->key), t->value};
    }
    for (const struct sg_rule *r = g->rules; r && n + 4 < COUNT(values); r = r->next) {
        if (r->egress)
            continue;
        values[n++] = (struct filter_value){"ip-permission.cidr", r->cidr4};
        values[n++] = (struct filter_value){"ip-permission.from-port", arena_printf(c->arena, "%d", r->from_port)};
        values[n++] = (struct filter_value){"ip-permission.to-port", arena_printf(c->arena, "%d", r->to_port)};
        values[n++] = (struct filter_value){"ip-permission.protocol", r->protocol};
    }
    return filters_pass(c, values, n);
}

/* Does the region's group "default" stand in no list? */
static struct security_group *unlisted_default(struct call *c)
{
    struct security_group *group = default_group_in(c->w, c->entry->region);
    return roll_find(&c->w->account.security_groups_roll, group->id) ? NULL : group;
}

void ec2_describe_security_groups(struct call *c)
{
    if (!filters_known(c, group_filters))
        return;
    json_t *list = json_array();
    const json_t *ids = json_path(c->params, "securityGroupIdSet.items"),
                 *names = json_path(c->params, "securityGroupSet.items");
    for (size_t i = 0; i < json_array_size(ids) + json_array_size(names) && !c->failed; i++) {
        bool by_id = i < json_array_size(ids);
        const json_t *item = by_id ? json_array_get(ids, i) : json_array_get(names, i - json_array_size(ids));
        const char *asked = json_str_or(item, by_id ? "groupId" : "groupName", "");
        const struct security_group *group = ec2_asked_group(c, by_id ? asked : NULL, asked);
        if (group && group_passes(c, group))
            json_array_append_new(list, group_reply(c, group));
    }
    bool all = !json_array_size(ids) && !json_array_size(names);
    const struct security_group *unlisted = all ? unlisted_default(c) : NULL;
    if (unlisted && group_passes(c, unlisted))
        json_array_append_new(list, group_reply(c, unlisted));
    for (const struct security_group *g = c->w->account.security_groups; g && all; g = g->next)
        if (security_group_in(c->w, g, c->entry->region) && group_passes(c, g))
            json_array_append_new(list, group_reply(c, g));
    if (c->failed)
        return json_decref(list);
    reply_page(c, "SecurityGroups", list, 1000);
}

/* Adds the rules of a group that are asked for; returns how many of them were asked for by id. */
static size_t add_rules(const struct call *c, const struct security_group *g, const json_t *ids, json_t *list)
{
    size_t found = 0;
    for (const struct sg_rule *r = g->rules; r; r = r->next) {
        const struct filter_value values[] = {
            {"group-id",               g->id},
            {"security-group-rule-id", r->id}
        };
        bool wanted = !ids;
        for (size_t i = 0; i < json_array_size(ids); i++)
            wanted |= text_same(json_string_value(json_array_get(ids, i)), r->id);
        found += ids && wanted;
        if (wanted && filters_pass(c, values, COUNT(values)))
            json_array_append_new(list, ec2_rule_reply(c, g, r));
    }
    return found;
}

/* The first id of which there is no rule here; NULL if there is none. */
static const char *missing_rule(struct call *c, const json_t *ids)
{
    for (size_t i = 0; i < json_array_size(ids); i++) {
        json_auto_t *one = json_pack("[O]", json_array_get(ids, i)), *list = json_array();
        const struct security_group *unlisted = unlisted_default(c);
        size_t found = unlisted ? add_rules(c, unlisted, one, list) : 0;
        for (const struct security_group *g = c->w->account.security_groups; g; g = g->next)
            found += security_group_in(c->w, g, c->entry->region) ? add_rules(c, g, one, list) : 0;
        if (!found)
            return kept(c, json_string_value(json_array_get(ids, i)));
    }
    return NULL;
}

void ec2_describe_security_group_rules(struct call *c)
{
    if (!filters_known(c, rule_filters))
        return;
    json_t *list = json_array(), *ids = asked_ids(c, "securityGroupRuleIds", "securityGroupRuleId");
    const struct security_group *unlisted = unlisted_default(c);
    size_t found = unlisted ? add_rules(c, unlisted, ids, list) : 0;
    for (const struct security_group *g = c->w->account.security_groups; g; g = g->next)
        if (security_group_in(c->w, g, c->entry->region))
            found += add_rules(c, g, ids, list);
    const char *missing = found < json_array_size(ids) ? missing_rule(c, ids) : NULL; /* one may be asked for twice */
    if (missing)
        call_fail(c, "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", missing);
    json_decref(ids);
    if (c->failed)
        return json_decref(list);
    reply_page(c, "SecurityGroupRules", list, 1000);
}
