/* SPDX-License-Identifier: MIT */
/*
 * What is left in a region of EC2: instances that run (or could be started again), security groups, key pairs.
 */
#include "grader/checks.h"

struct region_params {
    const char *name;
    struct texts lacks;
};
static const char *const region_things[] = {"running instances", "instances", "security groups", "key pairs", NULL};

#define REGION(member) offsetof(struct region_params, member)
static const struct field region_list[] = {
    {"name",  decode_filled, REGION(name),  true, "the region: ap-south-1",                                                 NULL},
    {"lacks", decode_texts,  REGION(lacks), true, "running instances, instances, security groups, key pairs: none is left",
     NULL                                                                                                                       },
};
static const struct fields region_fields = FIELDS("region", region_list, struct region_params);

static void lint_region(struct decoder *d, const struct node *node, const void *params)
{
    const struct region_params *p = params;
    const char *meant = p->name ? text_meant(p->name, scenario_regions) : NULL;
    if (!still_open(p->name) && !region_known(p->name))
        node_error(d->diags, node, "unknown-region", "region: there is no region \"%s\"%s%s%s", p->name,
                   meant ? " (did you mean \"" : ": expected one such as eu-west-1", meant ? meant : "", meant ? "\"?)" : "");
    for (size_t i = 0; i < p->lacks.n; i++) {
        size_t k = 0;
        while (region_things[k] && !text_same(region_things[k], p->lacks.list[i]))
            k++;
        if (!region_things[k])
            node_error(d->diags, node, "wrong-value",
                       "\"lacks\": expected running instances, instances, security groups or key pairs, got \"%s\"",
                       p->lacks.list[i]);
    }
}

static size_t count_instances(struct scene *scene, const char *region, bool running, struct result *r)
{
    size_t n = 0;
    for (const struct instance *i = scene->now->account.instances; i; i = i->next) {
        bool there = instance_in(i, region) && !text_same(i->state, "terminated");
        if (!there || (running && !text_same(i->state, "running")))
            continue;
        if (n++ < 5)
            found(r, "%s, %s, is %s", i->id, i->type, i->state);
    }
    return n;
}

/* Groups that are "default" come with the region. */
static size_t count_groups(struct scene *scene, const char *region, struct result *r)
{
    size_t n = 0;
    for (const struct security_group *g = scene->now->account.security_groups; g; g = g->next)
        if (!text_same(g->name, "default") && security_group_in(scene->now, g, region)) {
            found(r, "the security group %s (%s)", g->name, g->id);
            n++;
        }
    return n;
}

static size_t count_pairs(struct scene *scene, const char *region, struct result *r)
{
    size_t n = 0;
    for (const struct key_pair *k = scene->now->account.key_pairs; k; k = k->next)
        if (text_same(k->region, region)) {
            found(r, "the key pair %s", k->name);
            n++;
        }
    return n;
}

static void run_region(struct scene *scene, const void *params, struct result *r)
{
    const struct region_params *p = params;
    size_t left = 0;
    for (size_t i = 0; i < p->lacks.n; i++) {
        const char *what = p->lacks.list[i];
        expected(r, "no %s in %s", what, p->name);
        if (text_same(what, "security groups"))
            left += count_groups(scene, p->name, r);
        else if (text_same(what, "key pairs"))
            left += count_pairs(scene, p->name, r);
        else
            left += count_instances(scene, p->name, text_same(what, "running instances"), r);
    }
    r->good = !left;
    if (r->good)
        found(r, "there is none");
}

const struct check_kind check_region = {"region", "nothing of a kind is left in a region", &region_fields, lint_region,
                                        run_region};
