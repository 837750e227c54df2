/* SPDX-License-Identifier: MIT */
/*
 * Security groups as sets of permissions: who reaches a port, however the rules are cut. Protocol -1, ranges, several
 * groups, /1 halves and IPv6 all count as what they let through.
 */
#include "grader/checks.h"

#include <stdlib.h>

/* ---- sets of addresses ---- */

typedef unsigned __int128 address;
struct span {
    int family;
    address low, high;
};
struct spans {
    struct span *list;
    size_t n;
};

static struct span span_of(const struct cidr *c)
{
    int width = c->family == 4 ? 32 : 128;
    address base = 0, host = c->bits >= width ? 0 : (~(address)0 >> (128 - width)) >> c->bits;
    for (int i = 0; i < width / 8; i++)
        base = base << 8 | c->addr[i];
    return (struct span){c->family, base & ~host, base | host};
}

static int by_low(const void *a, const void *b)
{
    const struct span *left = a, *right = b;
    if (left->family != right->family)
        return left->family - right->family;
    return left->low < right->low ? -1 : left->low > right->low;
}

/* Sorts and joins what overlaps or touches. */
static void merge(struct spans *s)
{
    if (!s->n)
        return;
    qsort(s->list, s->n, sizeof(*s->list), by_low);
    size_t kept = 0;
    for (size_t i = 1; i < s->n; i++) {
        struct span *last = &s->list[kept], *next = &s->list[i];
        bool touches = last->family == next->family && (last->high == ~(address)0 || next->low <= last->high + 1);
        if (!touches)
            s->list[++kept] = *next;
        else if (next->high > last->high)
            last->high = next->high;
    }
    s->n = kept + 1;
}

static bool covered(const struct spans *merged, const struct span *by)
{
    for (size_t i = 0; i < merged->n; i++)
        if (merged->list[i].family == by->family && merged->list[i].low <= by->low && by->high <= merged->list[i].high)
            return true;
    return false;
}

static bool overlaps(const struct spans *spans, const struct span *with)
{
    for (size_t i = 0; i < spans->n; i++)
        if (spans->list[i].family == with->family && spans->list[i].low <= with->high && with->low <= spans->list[i].high)
            return true;
    return false;
}

/* ---- the check ---- */

struct from {
    struct texts only, includes, lacks, equals;
};
struct group_params {
    const char *group, *server;
    int64_t tcp, udp, to;
    bool egress;
    struct from from;
};

static const int64_t ports[2] = {1, 65535};
#define FROM(member) offsetof(struct from, member)
#define GROUP(member) offsetof(struct group_params, member)
static const struct field from_list[] = {
    {"only",     decode_cidrs, FROM(only),     false, "nobody else gets through; these need not", NULL},
    {"includes", decode_cidrs, FROM(includes), false, "all of these get through",                 NULL},
    {"lacks",    decode_cidrs, FROM(lacks),    false, "nobody of these gets through",             NULL},
    {"equals",   decode_cidrs, FROM(equals),   false, "exactly these get through",                NULL},
};
static const struct fields from_fields = FIELDS("from", from_list, struct from);
static const struct field group_list[] = {
    {"group",  decode_group,  GROUP(group),  false, "a security group of the scenario",                NULL        },
    {"server", decode_server, GROUP(server), false, "or all groups of a server's instance together",   NULL        },
    {"tcp",    decode_int,    GROUP(tcp),    false, "TCP port",                                        ports       },
    {"udp",    decode_int,    GROUP(udp),    false, "UDP port",                                        ports       },
    {"to",     decode_int,    GROUP(to),     false, "last port of a range",                            ports       },
    {"egress", decode_bool,   GROUP(egress), false, "true: outbound rules; `from` is then where to",   NULL        },
    {"from",   decode_struct, GROUP(from),   true,  "who gets through: only, includes, lacks, equals", &from_fields},
};
static const struct fields group_fields = FIELDS("security_group", group_list, struct group_params);

static void lint_group(struct decoder *d, const struct node *node, const void *params)
{
    const struct group_params *p = params;
    int64_t first = p->tcp ? p->tcp : p->udp;
    if (!p->group == !p->server)
        node_error(d->diags, node, "bad-check", "security_group: expected either \"group\" or \"server\"");
    if (!p->tcp == !p->udp)
        node_error(d->diags, node, "bad-check", "security_group: expected either \"tcp\" or \"udp\" with a port");
    if (p->to && p->to < first)
        node_error(d->diags, node, "bad-check", "security_group: the range ends before it begins");
    const struct texts *sets[] = {&p->from.only, &p->from.includes, &p->from.lacks, &p->from.equals};
    bool says = false, all = false;
    for (size_t i = 0; i < COUNT(sets); i++)
        says |= sets[i]->n > 0;
    for (size_t i = 0; i < p->from.only.n; i++)
        all |= text_same(p->from.only.list[i], "0.0.0.0/0");
    if (!says)
        node_error(d->diags, node, "empty",
                   "security_group: \"from\" asserts nothing: expected only, includes, lacks or equals");
    if (all)
        node_error(d->diags, node, "cannot-fail", "security_group: only 0.0.0.0/0 lets everybody in");
}

static bool is_protocol(const struct sg_rule *rule, bool udp)
{
    return text_same(rule->protocol, "-1") || text_same(rule->protocol, "all") ||
           text_same(rule->protocol, udp ? "udp" : "tcp") || text_same(rule->protocol, udp ? "17" : "6");
}

static bool covers_port(const struct sg_rule *rule, bool udp, int port)
{
    if (!is_protocol(rule, udp))
        return false;
    if (text_same(rule->protocol, "-1") || text_same(rule->protocol, "all") || rule->from_port < 0)
        return true;
    return rule->from_port <= port && (port <= rule->to_port || rule->to_port < 0);
}

struct scope { /* the rules that are looked at */
    const struct security_group *groups[16];
    size_t n;
    bool udp, egress;
    int low, high;
};

static bool find_scope(struct scene *scene, const struct group_params *p, struct scope *scope, struct result *r)
{
    scope->udp = p->udp != 0;
    scope->egress = p->egress;
    scope->low = (int)(p->udp ? p->udp : p->tcp);
    scope->high = p->to ? (int)p->to : scope->low;
    if (p->server) {
        const struct server *server = scene_server(scene, p->server, r);
        const struct instance *instance = server ? server->instance : NULL;
        for (size_t i = 0; instance && i < instance->n_groups; i++)
            scope->groups[scope->n++] = instance->groups[i];
        return server != NULL;
    }
    const struct security_group *group = find_security_group(scene->now, p->group);
    if (group)
        scope->groups[scope->n++] = group;
    else
        found(r, "the security group %s is gone", p->group);
    return true;
}

static bool in_scope(const struct scope *scope, const struct sg_rule *rule)
{
    if (rule->egress != scope->egress || !is_protocol(rule, scope->udp))
        return false;
    return covers_port(rule, scope->udp, scope->low) || covers_port(rule, scope->udp, scope->high) ||
           (rule->from_port >= scope->low && rule->from_port <= scope->high);
}

static const char *source_of(const struct sg_rule *rule)
{
    return rule->cidr4 ? rule->cidr4 : rule->cidr6 ? rule->cidr6 : rule->group_id ? rule->group_id : "?";
}

static bool rule_cidr(const struct sg_rule *rule, struct span *out)
{
    struct cidr c;
    const char *text = rule->cidr4 ? rule->cidr4 : rule->cidr6;
    if (!text || !cidr_parse(text, &c))
        return false;
    *out = span_of(&c);
    return true;
}

/* Everybody who reaches this port. */
static struct spans reach(struct scene *scene, const struct scope *scope, int port)
{
    size_t most = 0;
    for (size_t i = 0; i < scope->n; i++)
        for (const struct sg_rule *rule = scope->groups[i]->rules; rule; rule = rule->next)
            most++;
    struct spans spans = {arena_alloc(scene->arena, (most + 1) * sizeof(*spans.list)), 0};
    for (size_t i = 0; i < scope->n; i++)
        for (const struct sg_rule *rule = scope->groups[i]->rules; rule; rule = rule->next)
            if (rule->egress == scope->egress && covers_port(rule, scope->udp, port))
                spans.n += rule_cidr(rule, &spans.list[spans.n]);
    merge(&spans);
    return spans;
}

static struct spans spans_of(struct scene *scene, const struct texts *texts)
{
    struct spans spans = {arena_alloc(scene->arena, (texts->n + 1) * sizeof(*spans.list)), 0};
    for (size_t i = 0; i < texts->n; i++) {
        struct cidr c;
        if (cidr_parse(texts->list[i], &c))
            spans.list[spans.n++] = span_of(&c);
    }
    merge(&spans);
    return spans;
}

static bool names_group(const struct texts *texts, const char *group_id)
{
    for (size_t i = 0; group_id && i < texts->n; i++)
        if (text_same(texts->list[i], group_id))
            return true;
    return false;
}

static const char *ports_text(struct scene *scene, const struct scope *scope)
{
    const char *protocol = scope->udp ? "udp" : "tcp";
    return scope->low == scope->high ? arena_printf(scene->arena, "%s/%d", protocol, scope->low)
                                     : arena_printf(scene->arena, "%s/%d-%d", protocol, scope->low, scope->high);
}

/* Names a rule that lets too much through, and who made it. */
static void blame(struct scene *scene, const struct sg_rule *rule, struct result *r)
{
    found(r, "%s lets in %s%s", rule->id, source_of(rule), text_same(rule->protocol, "-1") ? " on every port" : "");
    cite_entry(scene, r, entry_about(scene->now, "ec2:AuthorizeSecurityGroupIngress", rule->id));
}

/* Rules whose source is not wholly in `allowed` (only), or touches `barred` (lacks). */
static bool check_rules(struct scene *scene, const struct scope *scope, const struct texts *texts, bool only, struct result *r)
{
    struct spans spans = spans_of(scene, texts);
    bool good = true;
    for (size_t i = 0; i < scope->n; i++)
        for (const struct sg_rule *rule = scope->groups[i]->rules; rule; rule = rule->next) {
            struct span span;
            if (!in_scope(scope, rule))
                continue;
            bool named = names_group(texts, rule->group_id), addresses = rule_cidr(rule, &span);
            bool bad =
                only ? !(named || (addresses && covered(&spans, &span))) : named || (addresses && overlaps(&spans, &span));
            if (bad)
                blame(scene, rule, r);
            good &= !bad;
        }
    return good;
}

static bool lets_in(struct scene *scene, const struct scope *scope, const char *source, int port)
{
    struct spans spans = reach(scene, scope, port);
    struct cidr c;
    if (cidr_parse(source, &c)) {
        struct span span = span_of(&c);
        return covered(&spans, &span);
    }
    for (size_t i = 0; i < scope->n; i++)
        for (const struct sg_rule *rule = scope->groups[i]->rules; rule; rule = rule->next)
            if (rule->egress == scope->egress && text_same(rule->group_id, source) && covers_port(rule, scope->udp, port))
                return true;
    return false;
}

/* What is let in changes only where a rule begins or ends: those ports stand for all between them. */
static bool check_includes(struct scene *scene, const struct scope *scope, const struct texts *texts, struct result *r)
{
    bool good = true;
    for (size_t i = 0; i < texts->n; i++) {
        bool all = lets_in(scene, scope, texts->list[i], scope->low) && lets_in(scene, scope, texts->list[i], scope->high);
        for (size_t g = 0; all && g < scope->n; g++)
            for (const struct sg_rule *rule = scope->groups[g]->rules; rule; rule = rule->next) {
                if (rule->to_port >= scope->low && rule->to_port < scope->high)
                    all &= lets_in(scene, scope, texts->list[i], rule->to_port + 1);
            }
        if (!all)
            found(r, "%s is not let in", texts->list[i]);
        good &= all;
    }
    return good;
}

static void add_set(struct str *out, const char *word, const struct texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        str_addf(out, "%s%s", i ? ", " : word, texts->list[i]);
}

static void say_expected(struct scene *scene, const struct group_params *p, const struct scope *scope, struct result *r)
{
    AUTO(str_drop) struct str says = {0};
    add_set(&says, " only from ", &p->from.only);
    add_set(&says, " at least from ", &p->from.includes);
    add_set(&says, " not from ", &p->from.lacks);
    add_set(&says, " exactly from ", &p->from.equals);
    expected(r, "%s open%s", ports_text(scene, scope), str_text(&says));
}

static void say_open(struct scene *scene, const struct scope *scope, struct result *r)
{
    AUTO(str_drop) struct str says = {0};
    for (size_t i = 0; i < scope->n; i++)
        for (const struct sg_rule *rule = scope->groups[i]->rules; rule; rule = rule->next)
            if (in_scope(scope, rule))
                str_addf(&says, "%s%s", says.len ? ", " : "", source_of(rule));
    found(r, "%s is open %s%s", ports_text(scene, scope), says.len ? "from " : "to nobody", str_text(&says));
}

static void run_group(struct scene *scene, const void *params, struct result *r)
{
    const struct group_params *p = params;
    struct scope scope = {0};
    if (!find_scope(scene, p, &scope, r))
        return;
    say_expected(scene, p, &scope, r);
    bool good = true;
    if (p->from.only.n)
        good &= check_rules(scene, &scope, &p->from.only, true, r);
    if (p->from.lacks.n)
        good &= check_rules(scene, &scope, &p->from.lacks, false, r);
    if (p->from.equals.n) {
        good &= check_rules(scene, &scope, &p->from.equals, true, r);
        good &= check_includes(scene, &scope, &p->from.equals, r);
    }
    if (p->from.includes.n)
        good &= check_includes(scene, &scope, &p->from.includes, r);
    const struct server *server = p->server ? find_server(scene->now, p->server) : NULL;
    if (server && (!server->instance || !text_same(server->instance->state, "running"))) {
        found(r, "the instance is %s", server->instance ? server->instance->state : "gone");
        good &= !p->from.includes.n && !p->from.equals.n;
    }
    r->good = good;
    say_open(scene, &scope, r);
}

const struct check_kind check_security_group = {"security_group", "who reaches a port through security groups", &group_fields,
                                                lint_group, run_group};
