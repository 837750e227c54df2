/* SPDX-License-Identifier: MIT */
/*
 * account/: what the describe and list calls return at the end of the lab, a file each, as the AWS CLI prints it. They
 * are asked of the same operations as the student asks, without a trace.
 */
#include "sim/lab/parts.h"

#include <stdlib.h>
#include <string.h>

static const struct view {
    const char *file;
    const char *op;
    const char *each; /* asked once per user, group, ...: the list to walk; NULL = once */
    const char *param;
} views[] = {
    {"iam/list-users",                    "iam:ListUsers",                   NULL,      NULL        },
    {"iam/list-groups",                   "iam:ListGroups",                  NULL,      NULL        },
    {"iam/list-roles",                    "iam:ListRoles",                   NULL,      NULL        },
    {"iam/list-policies",                 "iam:ListPolicies",                NULL,      NULL        },
    {"iam/list-access-keys",              "iam:ListAccessKeys",              "users",   "userName"  },
    {"iam/list-attached-user-policies",   "iam:ListAttachedUserPolicies",    "users",   "userName"  },
    {"iam/list-groups-for-user",          "iam:ListGroupsForUser",           "users",   "userName"  },
    {"iam/list-mfa-devices",              "iam:ListMFADevices",              "users",   "userName"  },
    {"iam/list-attached-group-policies",  "iam:ListAttachedGroupPolicies",   "groups",  "groupName" },
    {"ec2/describe-instances",            "ec2:DescribeInstances",           NULL,      NULL        },
    {"ec2/describe-security-groups",      "ec2:DescribeSecurityGroups",      NULL,      NULL        },
    {"ec2/describe-security-group-rules", "ec2:DescribeSecurityGroupRules",  NULL,      NULL        },
    {"ec2/describe-vpcs",                 "ec2:DescribeVpcs",                NULL,      NULL        },
    {"ec2/describe-subnets",              "ec2:DescribeSubnets",             NULL,      NULL        },
    {"s3/list-buckets",                   "s3:ListBuckets",                  NULL,      NULL        },
    {"s3/get-bucket-policy",              "s3:GetBucketPolicy",              "buckets", "bucketName"},
    {"s3/list-objects",                   "s3:ListObjects",                  "stores",  "bucketName"},
    {"kms/list-keys",                     "kms:ListKeys",                    NULL,      NULL        },
    {"kms/list-aliases",                  "kms:ListAliases",                 NULL,      NULL        },
    {"cloudtrail/describe-trails",        "cloudtrail:DescribeTrails",       NULL,      NULL        },
    {"cloudtrail/get-trail-status",       "cloudtrail:GetTrailStatus",       "trails",  "name"      },
    {"ssm/describe-instance-information", "ssm:DescribeInstanceInformation", NULL,      NULL        },
};

struct names {
    const char **list;
    size_t n, cap;
};

/* Something lies there that somebody put: what a trail delivers is in s3/. */
static bool is_store(const struct bucket *b)
{
    const struct object *object = b->objects;
    while (object && object->delivered)
        object = object->next;
    return object != NULL;
}

/* Users, groups, buckets and trails of the account, by name. */
static void names_of(const struct account *a, const char *each, struct names *names)
{
    if (text_same(each, "users"))
        for (const struct user *u = a->users; u; u = u->next)
            *GROW(names->list, names->n, names->cap) = u->name;
    else if (text_same(each, "groups"))
        for (const struct group *g = a->groups; g; g = g->next)
            *GROW(names->list, names->n, names->cap) = g->name;
    else if (text_same(each, "buckets") || text_same(each, "stores"))
        for (const struct bucket *b = a->buckets; b; b = b->next) {
            if (text_same(each, "buckets") || is_store(b))
                *GROW(names->list, names->n, names->cap) = b->name;
        }
    else
        for (const struct trail *t = a->trails; t; t = t->next)
            *GROW(names->list, names->n, names->cap) = t->name;
}

static const json_t *ask_in(struct world *w, const char *region, const char *op, const char *param, const char *value)
{
    json_auto_t *params = json_object();
    struct outcome out = {0};
    if (param)
        json_put_text(params, param, value);
    act_look(w,
             &(struct action){
                 .time_ms = w->now_ms,
                 .who = {.kind = PRINCIPAL_ROOT, .name = "root"    },
                 .from = {.ip = "127.0.0.1",      .agent = "cafelab"},
                 .op = op,
                 .region = region,
                 .params = params
    },
             &out);
    return out.error_code ? NULL : out.reply;
}

static const json_t *ask(struct world *w, const char *op, const char *param, const char *value)
{
    return ask_in(w, NULL, op, param, value);
}

/* {"chaos": {...}, ...}: those that have nothing (a bucket without a policy) are left out. */
static json_t *ask_each(struct world *w, const struct view *v)
{
    json_t *all = json_object();
    struct names names = {0};
    names_of(&w->account, v->each, &names);
    for (size_t i = 0; i < names.n; i++) {
        const json_t *reply = ask(w, v->op, v->param, names.list[i]);
        if (reply)
            json_object_set(all, names.list[i], (json_t *)reply);
    }
    free(names.list);
    return all;
}

static json_t *answer_of(struct world *w, const struct view *v)
{
    if (!catalog_find(w->catalog, v->op, NULL))
        return NULL; /* a service that was left out takes its views along */
    if (v->each)
        return ask_each(w, v);
    return json_incref((json_t *)ask(w, v->op, NULL, NULL));
}

static bool write_view(struct world *w, const struct folder *to, const struct view *v, uint64_t *hash, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    uint8_t digest[32];
    uint64_t now = 0;
    json_auto_t *reply = answer_of(w, v);
    if (!reply || (v->each && !json_object_size(reply)))
        return true;
    str_add_json_pretty(&text, reply);
    sha256(str_text(&text), text.len, digest);
    memcpy(&now, digest, sizeof(now));
    if (hash && *hash == now)
        return true;
    if (!folder_put(to, arena_printf(&arena, "account/%s.json", v->file), str_text(&text), text.len, e))
        return false;
    if (hash)
        *hash = now;
    return true;
}

static bool make_folders(const struct folder *to, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    for (size_t i = 0; i < COUNT(views); i++) {
        const char *name = views[i].file, *slash = strchr(name, '/');
        if (!i || strncmp(name, views[i - 1].file, (size_t)(slash - name + 1)) != 0)
            if (!folder_make(to, arena_printf(&arena, "account/%.*s", (int)(slash - name), name), e))
                return false;
    }
    return true;
}

/* ---- other regions ---- */

static void user_data_of(const struct instance *i, json_t *into)
{
    AUTO(str_drop) struct str text = {0};
    if (i->user_data && base64_decode(i->user_data, strlen(i->user_data), &text))
        json_put(into, i->id, json_clean(str_text(&text)));
}

static bool region_used(struct world *w, const char *region)
{
    for (const struct instance *i = w->account.instances; i; i = i->next)
        if (instance_in(i, region))
            return true;
    for (const struct key_pair *k = w->account.key_pairs; k; k = k->next)
        if (text_same(k->region, region))
            return true;
    for (const struct security_group *g = w->account.security_groups; g; g = g->next)
        if (!text_same(g->vpc_id, w->account.network.vpc_id) && security_group_in(w, g, region))
            return true;
    return false;
}

/* What EC2 says there, and what instances were told at their first boot. */
static json_t *region_view(struct world *w, const char *region)
{
    static const struct {
        const char *key, *op;
    } asked[] = {
        {"describe-instances",       "ec2:DescribeInstances"     },
        {"describe-security-groups", "ec2:DescribeSecurityGroups"},
        {"describe-key-pairs",       "ec2:DescribeKeyPairs"      },
    };
    json_t *view = json_object(), *data = json_object();
    for (size_t i = 0; i < COUNT(asked); i++)
        json_object_set(view, asked[i].key, (json_t *)ask_in(w, region, asked[i].op, NULL, NULL));
    for (const struct instance *i = w->account.instances; i; i = i->next)
        if (instance_in(i, region))
            user_data_of(i, data);
    json_put(view, "user-data", data);
    return view;
}

/* account/other-regions.json, for an account that is at home in more than one. */
static bool write_other_regions(struct world *w, const struct folder *to, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    json_auto_t *all = json_object();
    for (const char *const *region = scenario_regions; *region; region++) {
        if (!text_same(*region, w->account.region) && region_used(w, *region))
            json_put(all, *region, region_view(w, *region));
    }
    if (!json_object_size(all))
        return true;
    str_add_json_pretty(&text, all);
    return folder_put(to, "account/other-regions.json", str_text(&text), text.len, e);
}

bool lab_views_write(struct world *w, const struct folder *to, uint64_t hashes[LAB_VIEWS], struct err *e)
{
    _Static_assert(COUNT(views) <= LAB_VIEWS, "room for all");
    struct scratch scratch;
    bool good = make_folders(to, e);
    world_scratch(w, &scratch);
    for (size_t i = 0; i < COUNT(views) && good; i++)
        good = write_view(w, to, &views[i], hashes ? &hashes[i] : NULL, e) || err_wrap(e, "account/%s.json", views[i].file);
    good = good && write_other_regions(w, to, e);
    world_unscratch(w, &scratch);
    return good;
}
