/* SPDX-License-Identifier: MIT */
/*
 * EC2: security groups. A call may name its permissions in two genuine forms: ipPermissions.items[...], as the console
 * and SDKs send them, or flat: {groupId, ipProtocol, fromPort, toPort, cidrIp}. Both become the same list of rules.
 */
#include "sim/aws/ec2.h"

static struct security_group *asked_group(struct call *c)
{
    const char *id = call_text(c, "groupId"), *name = call_text(c, "groupName");
    if (id || name)
        return ec2_asked_group(c, id, name);
    call_fail(c, "MissingParameter", "The request must contain the parameter groupName or groupId");
    return NULL;
}

/* ---- permissions asked for ---- */

struct asked {
    struct sg_rule rules[60]; /* EC2's own quota per group */
    size_t n;
};

/* EC2 takes 203.0.113.9/24 and keeps 203.0.113.0/24. */
static const char *canonical_cidr(struct call *c, const char *text)
{
    struct cidr net;
    if (!text || !strchr(text, '/') || !cidr_parse(text, &net)) {
        call_fail(c, "InvalidParameterValue", "CIDR block %s is malformed", text_or(text, ""));
        return NULL;
    }
    return net.family == 6 || cidr_strict(&net) ? kept(c, text) : cidr_network(c->arena, &net);
}

static const char *canonical_protocol(struct call *c, const char *protocol)
{
    static const char *const known[][2] = {
        {"tcp",  "tcp" },
        {"6",    "tcp" },
        {"udp",  "udp" },
        {"17",   "udp" },
        {"icmp", "icmp"},
        {"1",    "icmp"},
        {"-1",   "-1"  },
        {"all",  "-1"  }
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if (text_same(known[i][0], protocol))
            return known[i][1];
    call_fail(c, "InvalidParameterValue", "Invalid value '%s' for IP protocol. Unknown protocol.", text_or(protocol, ""));
    return NULL;
}

/* What is no port at all stays none when it is cut to an int. */
static int port_of(int64_t port)
{
    return port < -1 || port > 65535 ? 65536 : (int)port;
}

static bool ports_valid(struct call *c, const struct sg_rule *rule)
{
    bool ported = text_same(rule->protocol, "tcp") || text_same(rule->protocol, "udp");
    bool icmp = text_same(rule->protocol, "icmp");
    if ((icmp && rule->from_port <= 255 && rule->to_port <= 255) || text_same(rule->protocol, "-1") ||
        (ported && rule->from_port >= 0 && rule->from_port <= rule->to_port && rule->to_port <= 65535))
        return true;
    call_fail(c, "InvalidParameterValue",
              "Invalid value '%d' for portRange. Ports must be between 0 and 65535, the first not above the last.",
              rule->from_port);
    return false;
}

static bool same_rule(const struct sg_rule *a, const struct sg_rule *b)
{
    return a->egress == b->egress && text_same(a->protocol, b->protocol) && a->from_port == b->from_port &&
           a->to_port == b->to_port && text_same(a->cidr4, b->cidr4) && text_same(a->cidr6, b->cidr6) &&
           text_same(a->group_id, b->group_id);
}

static void add_rule(struct call *c, struct asked *asked, struct sg_rule rule)
{
    if (c->failed || !ports_valid(c, &rule))
        return;
    if (asked->n == COUNT(asked->rules))
        return call_fail(c, "RulesPerSecurityGroupLimitExceeded",
                         "The maximum number of rules per security group has been reached.");
    for (size_t i = 0; i < asked->n; i++)
        if (same_rule(&asked->rules[i], &rule))
            return call_fail(c, "InvalidParameterValue", "The same permission must not appear multiple times");
    asked->rules[asked->n++] = rule;
}

/* The group that a rule lets in; it must be there. NULL after a failure. */
static const char *peer_id(struct call *c, const char *id, const char *name)
{
    const struct security_group *peer = ec2_asked_group(c, id, name);
    return peer ? peer->id : NULL;
}

static void read_permission(struct call *c, const json_t *p, bool egress, struct asked *asked)
{
    struct sg_rule rule = {.egress = egress};
    rule.protocol = canonical_protocol(c, json_str(p, "ipProtocol"));
    bool all = text_same(rule.protocol, "-1");
    rule.from_port = all ? -1 : port_of(json_int_or(p, "fromPort", -1));
    rule.to_port = all ? -1 : port_of(json_int_or(p, "toPort", -1));
    const struct {
        const char *list, *member;
    } kinds[] = {
        {"ipRanges",   "cidrIp"  },
        {"ipv6Ranges", "cidrIpv6"},
        {"groups",     "groupId" },
    };
    for (size_t k = 0; k < COUNT(kinds); k++) {
        const json_t *list = json_object_get(json_object_get(p, kinds[k].list), "items");
        for (size_t i = 0; i < json_array_size(list) && !c->failed; i++) {
            const json_t *item = json_array_get(list, i);
            struct sg_rule one = rule;
            const char *value = json_str(item, kinds[k].member);
            one.description = kept(c, json_str(item, "description"));
            one.cidr4 = k == 0 ? canonical_cidr(c, value) : NULL;
            one.cidr6 = k == 1 ? canonical_cidr(c, value) : NULL;
            one.group_id = k == 2 ? peer_id(c, value, json_str(item, "groupName")) : NULL;
            add_rule(c, asked, one);
        }
    }
}

static bool read_asked(struct call *c, bool egress, struct asked *asked)
{
    const json_t *list = json_path(c->params, "ipPermissions.items");
    for (size_t i = 0; i < json_array_size(list) && !c->failed; i++)
        read_permission(c, json_array_get(list, i), egress, asked);
    if (!json_array_size(list) && call_text(c, "cidrIp")) {
        struct sg_rule rule = {.egress = egress, .protocol = canonical_protocol(c, call_text(c, "ipProtocol"))};
        rule.from_port = text_same(rule.protocol, "-1") ? -1 : port_of(call_int(c, "fromPort", -1));
        rule.to_port = text_same(rule.protocol, "-1") ? -1 : port_of(call_int(c, "toPort", call_int(c, "fromPort", -1)));
        rule.cidr4 = canonical_cidr(c, call_text(c, "cidrIp"));
        add_rule(c, asked, rule);
    }
    if (!asked->n && !c->failed)
        call_fail(c, "MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
    return !c->failed;
}

static struct sg_rule *find_same(const struct security_group *group, const struct sg_rule *rule)
{
    for (struct sg_rule *r = group->rules; r; r = r->next)
        if (same_rule(r, rule))
            return r;
    return NULL;
}

static struct sg_rule *find_rule(const struct security_group *group, const char *id)
{
    for (struct sg_rule *r = group->rules; r; r = r->next)
        if (text_same(r->id, id))
            return r;
    return NULL;
}

static void fail_unknown_rule(struct call *c, const char *id)
{
    call_fail(c, "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id);
}

static const char *upper(struct call *c, const char *s)
{
    char *copy = arena_dup(c->arena, text_same(s, "-1") ? "ALL" : s);
    for (char *p = copy; *p; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    return copy;
}

static void fail_duplicate(struct call *c, const struct sg_rule *r)
{
    const char *peer = r->cidr4 ? r->cidr4 : r->cidr6 ? r->cidr6 : r->group_id;
    call_fail(c, "InvalidPermission.Duplicate",
              "the specified rule \"peer: %s, %s, from port: %d, to port: %d, ALLOW\" already exists", peer,
              upper(c, r->protocol), r->from_port, r->to_port);
}

/* ---- shapes ---- */

static json_t *rule_log(const struct call *c, const struct security_group *g, const struct sg_rule *r)
{
    json_t *j = json_object();
    json_put_text(j, "groupOwnerId", c->w->account.id);
    json_put_text(j, "groupId", g->id);
    json_put_text(j, "securityGroupRuleId", r->id);
    json_put_text(j, "description", r->description);
    json_put(j, "isEgress", json_boolean(r->egress));
    json_put_text(j, "ipProtocol", r->protocol);
    json_put(j, "fromPort", json_integer(r->from_port));
    json_put(j, "toPort", json_integer(r->to_port));
    json_put_text(j, "cidrIpv4", r->cidr4);
    json_put_text(j, "cidrIpv6", r->cidr6);
    if (r->group_id)
        json_put(j, "referencedGroupInfo", json_pack("{s:s, s:s}", "groupId", r->group_id, "userId", c->w->account.id));
    json_put(j, "securityGroupRuleArn",
             json_textf("arn:aws:ec2:%s:%s:security-group-rule/%s", c->entry->region, c->w->account.id, r->id));
    return j;
}

json_t *ec2_rule_reply(const struct call *c, const struct security_group *g, const struct sg_rule *r)
{
    json_t *j = json_object();
    json_put_text(j, "SecurityGroupRuleId", r->id);
    json_put_text(j, "GroupId", g->id);
    json_put_text(j, "GroupOwnerId", c->w->account.id);
    json_put(j, "IsEgress", json_boolean(r->egress));
    json_put_text(j, "IpProtocol", r->protocol);
    json_put(j, "FromPort", json_integer(r->from_port));
    json_put(j, "ToPort", json_integer(r->to_port));
    json_put_text(j, "CidrIpv4", r->cidr4);
    json_put_text(j, "CidrIpv6", r->cidr6);
    if (r->group_id)
        json_put(j, "ReferencedGroupInfo", json_pack("{s:s, s:s}", "GroupId", r->group_id, "UserId", c->w->account.id));
    json_put_text(j, "Description", r->description);
    json_put(j, "Tags", json_array());
    return j;
}

static void answer(struct call *c, const char *log_key, json_t *log_set, const char *reply_key, json_t *reply)
{
    json_t *log = json_pack("{s:s, s:b}", "requestId", c->entry->request_id, "_return", 1);
    if (log_set)
        json_put(log, log_key, log_set);
    call_log_response(c, log);
    c->reply = wrapped("Return", json_true());
    if (reply)
        json_put(c->reply, reply_key, reply);
}

/* ---- operations ---- */

static void authorize(struct call *c, bool egress)
{
    struct asked asked = {.n = 0};
    struct security_group *group = asked_group(c);
    if (!group || !read_asked(c, egress, &asked))
        return;
    for (size_t i = 0; i < asked.n; i++)
        if (find_same(group, &asked.rules[i]))
            return fail_duplicate(c, &asked.rules[i]);
    json_t *log = json_array(), *reply = json_array();
    security_group_hold(c->w, group);
    for (size_t i = 0; i < asked.n; i++) {
        struct sg_rule *rule = arena_alloc(c->arena, sizeof(*rule));
        *rule = asked.rules[i];
        rule->id = call_id(c, "sgr-", ALPHABET_HEX, 17);
        list_append(&group->rules, rule);
        json_array_append_new(log, rule_log(c, group, rule));
        json_array_append_new(reply, ec2_rule_reply(c, group, rule));
    }
    answer(c, "securityGroupRuleSet", items(log), "SecurityGroupRules", reply);
}

void ec2_authorize_ingress(struct call *c)
{
    authorize(c, false);
}

void ec2_authorize_egress(struct call *c)
{
    authorize(c, true);
}

static const char *rule_id(const json_t *item)
{
    return json_is_string(item) ? json_string_value(item) : json_str_or(item, "securityGroupRuleId", "");
}

static bool ids_known(struct call *c, const struct security_group *group, const json_t *ids)
{
    for (size_t i = 0; i < json_array_size(ids) && !c->failed; i++)
        if (!find_rule(group, rule_id(json_array_get(ids, i))))
            fail_unknown_rule(c, rule_id(json_array_get(ids, i)));
    return !c->failed;
}

static bool rules_known(struct call *c, const struct security_group *group, const struct asked *asked)
{
    for (size_t i = 0; i < asked->n; i++)
        if (!find_same(group, &asked->rules[i]))
            call_fail(c, "InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    return !c->failed;
}

static void take_out(struct call *c, struct security_group *group, struct sg_rule *rule, json_t *revoked)
{
    if (!rule) /* named twice */
        return;
    json_array_append_new(revoked, ec2_rule_reply(c, group, rule));
    list_remove(&group->rules, rule);
}

/* All or none. */
static void revoke(struct call *c, bool egress)
{
    struct asked asked = {.n = 0};
    struct security_group *group = asked_group(c);
    const json_t *ids = json_path(c->params, "securityGroupRuleIds.items");
    bool by_id = json_array_size(ids);
    if (!group)
        return;
    if (by_id ? !ids_known(c, group, ids) : !read_asked(c, egress, &asked) || !rules_known(c, group, &asked))
        return;
    json_t *revoked = json_array();
    security_group_hold(c->w, group);
    for (size_t i = 0; i < json_array_size(ids); i++)
        take_out(c, group, find_rule(group, rule_id(json_array_get(ids, i))), revoked);
    for (size_t i = 0; i < asked.n; i++)
        take_out(c, group, find_same(group, &asked.rules[i]), revoked);
    answer(c, NULL, NULL, "RevokedSecurityGroupRules", revoked);
}

void ec2_revoke_ingress(struct call *c)
{
    revoke(c, false);
}

void ec2_revoke_egress(struct call *c)
{
    revoke(c, true);
}

/* The rule as the request wants it. It stays what it is: one for IPv4, for IPv6, or for a group. */
static struct sg_rule modified(struct call *c, const struct sg_rule *rule, const json_t *to)
{
    struct sg_rule changed = *rule;
    const char *cidr4 = json_str(to, "CidrIpv4"), *cidr6 = json_str(to, "CidrIpv6"), *peer = json_str(to, "ReferencedGroupId");
    changed.protocol = canonical_protocol(c, json_str_or(to, "IpProtocol", rule->protocol));
    changed.from_port = port_of(json_int_or(to, "FromPort", rule->from_port));
    changed.to_port = port_of(json_int_or(to, "ToPort", rule->to_port));
    if (text_same(changed.protocol, "-1"))
        changed.from_port = changed.to_port = -1;
    if ((cidr4 && !rule->cidr4) || (cidr6 && !rule->cidr6) || (peer && !rule->group_id))
        call_fail(c, "InvalidParameterValue", "The type of the source of security group rule %s cannot be changed", rule->id);
    changed.cidr4 = cidr4 ? canonical_cidr(c, cidr4) : rule->cidr4;
    changed.cidr6 = cidr6 ? canonical_cidr(c, cidr6) : rule->cidr6;
    changed.group_id = peer ? peer_id(c, peer, NULL) : rule->group_id;
    changed.description = kept(c, json_str(to, "Description"));
    return changed;
}

static void modify_one(struct call *c, struct security_group *group, const json_t *item)
{
    const char *id = json_str_or(item, "SecurityGroupRuleId", "");
    struct sg_rule *rule = find_rule(group, id);
    if (!rule)
        return fail_unknown_rule(c, id);
    struct sg_rule changed = modified(c, rule, json_object_get(item, "SecurityGroupRule"));
    if (c->failed || !ports_valid(c, &changed))
        return;
    struct sg_rule *same = find_same(group, &changed);
    if (same && same != rule)
        return fail_duplicate(c, &changed);
    *rule = changed;
}

/* The group's rules as they are, one behind the other. */
static const struct sg_rule *rules_before(struct call *c, const struct security_group *group)
{
    size_t n = 0;
    for (const struct sg_rule *r = group->rules; r; r = r->next)
        n++;
    struct sg_rule *before = arena_alloc(c->arena, (n + 1) * sizeof(*before)), *next = before;
    for (const struct sg_rule *r = group->rules; r; r = r->next)
        *next++ = *r;
    return before;
}

/* One after the other, each as those before it left the group; all or none. */
void ec2_modify_security_group_rules(struct call *c)
{
    const json_t *request = json_object_get(c->params, "ModifySecurityGroupRulesRequest");
    const json_t *rules = json_object_get(request, "SecurityGroupRule");
    struct security_group *group = ec2_asked_group(c, json_str_or(request, "GroupId", ""), NULL);
    if (!group)
        return;
    size_t n = json_is_object(rules) ? 1 : json_array_size(rules);
    if (!n)
        return call_fail(c, "MissingParameter", "The request must contain the parameter SecurityGroupRule");
    const struct sg_rule *before = rules_before(c, group);
    for (size_t i = 0; i < n && !c->failed; i++)
        modify_one(c, group, json_is_object(rules) ? rules : json_array_get(rules, i));
    for (struct sg_rule *r = group->rules; r && c->failed; r = r->next)
        *r = *before++;
    if (c->failed)
        return;
    security_group_hold(c->w, group);
    call_log_response(c, wrapped("ModifySecurityGroupRulesResponse", json_pack("{s:s, s:b, s:s}", "xmlns", EC2_XMLNS, "return",
                                                                               1, "requestId", c->entry->request_id)));
    c->reply = wrapped("Return", json_true());
}

void ec2_create_security_group(struct call *c)
{
    const char *name = call_text(c, "groupName");
    if (text_starts(name, "sg-") || strlen(name) > 255)
        return call_fail(c, "InvalidParameterValue",
                         "Invalid value '%s' for groupName. May not be longer than 255 characters or begin with sg-", name);
    if (text_same(name, "default"))
        return call_fail(c, "InvalidParameterValue", "Cannot use reserved security group name: %s", name);
    const char *vpc = text_or(call_text(c, "vpcId"), network_here(c).vpc_id);
    for (const struct security_group *g = c->w->account.security_groups; g; g = g->next)
        if (text_same(g->name, name) && text_same(g->vpc_id, vpc))
            return call_fail(c, "InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", name, vpc);
    if (!text_same(vpc, network_here(c).vpc_id))
        return call_fail(c, "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", vpc);
    struct security_group *group = arena_alloc(c->arena, sizeof(*group));
    group->name = kept(c, name);
    group->description = kept(c, call_text(c, "groupDescription"));
    group->vpc_id = kept(c, vpc);
    group->id = call_id(c, "sg-0", ALPHABET_HEX, 16);
    group->tags = tags_read(c, json_path(c->params, "tagSpecificationSet.items.0.tags"));
    struct sg_rule *out = arena_alloc(c->arena, sizeof(*out));
    *out = (struct sg_rule){.id = call_id(c, "sgr-0", ALPHABET_HEX, 16),
                            .egress = true,
                            .protocol = "-1",
                            .from_port = -1,
                            .to_port = -1,
                            .cidr4 = "0.0.0.0/0"};
    list_append(&group->rules, out);
    roll_add(&c->w->account.security_groups_roll, c->arena, group);
    call_log_response(c, json_pack("{s:s, s:b, s:s}", "requestId", c->entry->request_id, "_return", 1, "groupId", group->id));
    c->reply = wrapped("GroupId", json_string(group->id));
}

void ec2_delete_security_group(struct call *c)
{
    struct security_group *group = asked_group(c);
    if (!group)
        return;
    if (text_same(group->name, "default"))
        return call_fail(c, "CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user",
                         group->id);
    for (const struct instance *i = c->w->account.instances; i; i = i->next)
        for (size_t k = 0; k < i->n_groups; k++)
            if (i->groups[k] == group && !text_same(i->state, "terminated"))
                return call_fail(c, "DependencyViolation", "resource %s has a dependent object", group->id);
    for (const struct security_group *other = c->w->account.security_groups; other; other = other->next)
        for (const struct sg_rule *rule = other->rules; rule; rule = rule->next)
            if (other != group && text_same(rule->group_id, group->id))
                return call_fail(c, "DependencyViolation", "resource %s has a dependent object", group->id);
    roll_remove(&c->w->account.security_groups_roll, group);
    answer(c, NULL, NULL, NULL, NULL);
}
