/* SPDX-License-Identifier: MIT */
/*
 * The world at its beginning and its end: an account number, a region, the default network that AWS gives each new
 * account, and the lists that everything else is appended to.
 */
#include "sim/world/world.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists ---- */

struct link { /* what every listed struct begins with */
    struct link *next;
};

void list_append(void *list_head, void *item)
{
    struct link **end = list_head;

    while (*end)
        end = &(*end)->next;
    *end = item;
    (*end)->next = NULL;
}

bool list_remove(void *list_head, void *item)
{
    for (struct link **at = list_head; *at; at = &(*at)->next) {
        if (*at == item) {
            *at = (*at)->next;
            return true;
        }
    }
    return false;
}

/* ---- documents ---- */

json_t *world_keep(struct world *w, json_t *steals)
{
    if (steals)
        *GROW(w->kept, w->n_kept, w->cap_kept) = steals;
    return steals;
}

void world_forget(struct world *w, const json_t *document)
{
    if (document && w->n_kept && w->kept[w->n_kept - 1] == document)
        json_decref(w->kept[--w->n_kept]);
}

void world_scratch(struct world *w, struct scratch *scratch)
{
    *scratch = (struct scratch){w->arena, w->n_kept};
    w->arena = (struct arena){0};
    w->lasting = &scratch->arena;
}

void world_unscratch(struct world *w, struct scratch *scratch)
{
    while (w->n_kept > scratch->n_kept)
        json_decref(w->kept[--w->n_kept]);
    arena_drop(&w->arena);
    w->arena = scratch->arena;
    w->lasting = NULL;
}

void world_keep_scratch(struct world *w, struct scratch *scratch)
{
    arena_join(&scratch->arena, &w->arena);
    w->arena = scratch->arena;
    w->lasting = NULL;
}

const char *world_region(struct world *w, const char *name)
{
    if (!name || text_same(name, w->account.region))
        return name ? w->account.region : NULL;
    for (size_t i = 0; i < w->n_regions; i++)
        if (text_same(w->regions[i], name))
            return w->regions[i];
    return *GROW(w->regions, w->n_regions, w->cap_regions) = arena_dup(w->lasting ? w->lasting : &w->arena, name);
}

/* ---- the account as AWS hands it out ---- */

/* Ids of EC2 have had 17 hexadecimal digits since 2018, the first of them 0. */
static const char *ec2_id(struct world *w, struct chance *ids, const char *prefix)
{
    char digits[17];

    chance_text(ids, ALPHABET_HEX, 16, digits);
    return arena_printf(&w->arena, "%s-0%s", prefix, digits);
}

/* The default VPC: 172.31.0.0/16 with a /20 in each zone (Amazon VPC user guide, "Default VPCs"). */
static struct network default_network(struct world *w, const char *region, struct chance *ids)
{
    struct network net = {.vpc_cidr = "172.31.0.0/16"};

    net.vpc_id = ec2_id(w, ids, "vpc");
    net.igw_id = ec2_id(w, ids, "igw");
    net.rtb_id = ec2_id(w, ids, "rtb");
    net.acl_id = ec2_id(w, ids, "acl");
    for (unsigned i = 0; i < COUNT(net.subnet_ids); i++) {
        net.subnet_ids[i] = ec2_id(w, ids, "subnet");
        net.subnet_cidrs[i] = arena_printf(&w->arena, "172.31.%u.0/20", i * 16);
        net.zones[i] = arena_printf(&w->arena, "%s%c", region, (char)('a' + i));
    }
    return net;
}

/* Nobody has to keep those of other regions: the account's number gives them. */
static struct chance region_ids(const struct world *w, const char *region)
{
    struct seed seed = seed_from_text(w->account.id);

    return chance_of(&seed, "network/%s", region);
}

struct network network_in(struct world *w, const char *region)
{
    struct chance ids = region_ids(w, region);

    return text_same(region, w->account.region) ? w->account.network : default_network(w, region, &ids);
}

bool instance_in(const struct instance *i, const char *region)
{
    return text_starts(i->zone, region) && strlen(i->zone) == strlen(region) + 1;
}

const char *instance_profile_id(const struct world *w, struct arena *arena, const char *name)
{
    struct seed seed = seed_from_text(w->account.id);
    struct chance ids = chance_of(&seed, "instance-profile/%s", name);
    char rest[10];

    chance_text(&ids, ALPHABET_BASE32, 9, rest);
    return arena_printf(arena, "AIPA%s%s", w->account.key_prefix, rest);
}

const char *instance_mac(struct arena *arena, const struct instance *i)
{
    unsigned a = 0, b = 0, c = 0, d = 0;

    sscanf(i->private_ip, "%u.%u.%u.%u", &a, &b, &c, &d);
    return arena_printf(arena, "02:%02x:%02x:%02x:%02x:%02x", (a * 7 + d) & 255, (b * 13 + c) & 255, c & 255, d & 255,
                        (a ^ b) & 255);
}

static const char *dns(struct arena *arena, const char *prefix, const char *ip, const char *region, const char *suffix)
{
    char *dashed = arena_dup(arena, ip);

    for (char *p = dashed; *p; p++)
        *p = *p == '.' ? '-' : *p;
    return arena_printf(arena, "%s-%s.%s.%s", prefix, dashed, region, suffix);
}

const char *instance_private_dns(struct arena *arena, const struct instance *i, const char *region)
{
    return dns(arena, "ip", i->private_ip, region, "compute.internal");
}

const char *instance_public_dns(struct arena *arena, const struct instance *i, const char *region)
{
    return i->public_ip ? dns(arena, "ec2", i->public_ip, region, "compute.amazonaws.com") : NULL;
}

bool security_group_in(struct world *w, const struct security_group *group, const char *region)
{
    return text_same(group->vpc_id, network_in(w, region).vpc_id);
}

static struct sg_rule *default_rule(struct world *w, struct chance *ids, bool egress)
{
    struct sg_rule *rule = arena_alloc(&w->arena, sizeof(*rule));

    rule->id = ec2_id(w, ids, "sgr");
    rule->egress = egress;
    rule->protocol = "-1";
    rule->from_port = rule->to_port = -1;
    return rule;
}

/* Everything out, and in from members of the same group. */
static struct security_group *default_security_group(struct world *w, const char *vpc_id, struct chance *ids)
{
    struct security_group *group = arena_alloc(&w->arena, sizeof(*group));
    struct sg_rule *in, *out;

    group->id = ec2_id(w, ids, "sg");
    group->name = "default";
    group->description = "default VPC security group";
    group->vpc_id = vpc_id;
    in = default_rule(w, ids, false);
    in->group_id = group->id;
    out = default_rule(w, ids, true);
    out->cidr4 = "0.0.0.0/0";
    list_append(&group->rules, in);
    list_append(&group->rules, out);
    return group;
}

/* Its ids follow those of the region's network. */
struct security_group *default_group_in(struct world *w, const char *region)
{
    struct chance ids = region_ids(w, region);
    const char *vpc_id =
        text_same(region, w->account.region) ? w->account.network.vpc_id : default_network(w, region, &ids).vpc_id;
    struct security_group *group = w->account.security_groups;

    while (group && !(text_same(group->name, "default") && text_same(group->vpc_id, vpc_id)))
        group = group->next;
    return group ? group : default_security_group(w, vpc_id, &ids);
}

void security_group_hold(struct world *w, struct security_group *group)
{
    if (!roll_find(&w->account.security_groups_roll, group->id))
        roll_add(&w->account.security_groups_roll, &w->arena, group);
}

void world_init(struct world *w, const struct seed *seed, const char *account_id, const char *region, int64_t start_ms)
{
    struct chance ids = chance_of(seed, "account");
    char prefix[9];

    *w = (struct world){.seed = *seed, .start_ms = start_ms};
    w->account.id = arena_dup(&w->arena, account_id);
    w->account.region = arena_dup(&w->arena, region);
    w->account.alias = "";
    chance_text(&ids, ALPHABET_BASE32, 8, prefix);
    w->account.key_prefix = arena_dup(&w->arena, prefix);
    w->account.network = default_network(w, w->account.region, &ids);
    security_group_hold(w, default_security_group(w, w->account.network.vpc_id, &ids));
}

void world_drop(struct world *w)
{
    for (size_t i = 0; i < w->n_kept; i++)
        json_decref(w->kept[i]);
    free(w->kept);
    free(w->journal.list);
    free(w->journal.briefs);
    free(w->regions);
    arena_drop(&w->arena);
    *w = (struct world){0};
}
