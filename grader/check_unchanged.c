/* SPDX-License-Identifier: MIT */
/*
 * Collateral damage: what was there when the lab was delivered, is not on the list of what may change, and is gone or
 * other now. What was added does no harm here.
 */
#include "grader/checks.h"

#include <string.h>

struct except {
    struct texts except;
};
struct files_params {
    const char *server;
    struct texts except;
};
struct unchanged_params {
    struct except *iam, *security_groups, *instances;
    struct files_params *files;
};

/* ---- decoding ---- */

#define EXCEPT(member) offsetof(struct except, member)
#define FILES(member) offsetof(struct files_params, member)
static const struct field except_list[] = {
    {"except", decode_texts, EXCEPT(except), false, "names that may change, * and ? allowed", NULL},
};
static const struct fields except_fields = FIELDS("what may change", except_list, struct except);
static const struct field files_list[] = {
    {"server", decode_server, FILES(server), true,  "the server",                                                 NULL},
    {"except", decode_globs,  FILES(except), false, "paths that may change with all below them, * and ? allowed", NULL},
};
static const struct fields files_fields = FIELDS("files", files_list, struct files_params);

/* A part that may be absent: a pointer to its struct. */
bool decode_part(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const struct fields *table = field->arg;
    void *part = arena_alloc(d->arena, table->size);
    *(void **)out = part;
    return decode_map(d, node, table, part);
}

#define PART(member) offsetof(struct unchanged_params, member)
static const struct field unchanged_list[] = {
    {"iam",             decode_part, PART(iam),             false, "users, groups and roles with their keys and policies", &except_fields},
    {"security_groups", decode_part, PART(security_groups), false, "security groups and their rules",                      &except_fields},
    {"instances",       decode_part, PART(instances),       false, "instances run as they did",                            &except_fields},
    {"files",           decode_part, PART(files),           false, "files of a server",                                    &files_fields },
};
static const struct fields unchanged_fields = FIELDS("unchanged", unchanged_list, struct unchanged_params);

static void lint_unchanged(struct decoder *d, const struct node *node, const void *params)
{
    const struct unchanged_params *p = params;
    if (!p->iam && !p->security_groups && !p->instances && !p->files)
        node_error(d->diags, node, "empty", "unchanged: asserts nothing: expected iam, security_groups, instances or files");
    for (size_t i = 0; p->files && i < p->files->except.n; i++)
        if (text_same(p->files->except.list[i], "/*"))
            node_error(d->diags, node, "cannot-fail", "unchanged: \"/*\" excepts every file");
    for (size_t i = 0; p->iam && i < p->iam->except.n; i++)
        if (text_same(p->iam->except.list[i], "*"))
            node_error(d->diags, node, "cannot-fail", "unchanged: \"*\" excepts everybody");
}

static bool may_change(const struct except *e, const char *name)
{
    for (size_t i = 0; i < e->except.n; i++)
        if (text_glob(e->except.list[i], name))
            return true;
    return false;
}

/* ---- IAM ---- */

static bool lost_attachments(const struct attachment *before, const struct attachment *now, const char *holder,
                             struct result *r)
{
    bool lost = false;
    for (; before; before = before->next) {
        bool kept = false;
        for (const struct attachment *a = now; a; a = a->next)
            kept |= text_same(a->policy->name, before->policy->name);
        if (!kept)
            found(r, "%s lost the policy %s", holder, before->policy->name);
        lost |= !kept;
    }
    return lost;
}

static bool lost_inline(const struct policy_doc *before, const struct policy_doc *now, const char *holder, struct result *r)
{
    bool lost = false;
    for (; before; before = before->next) {
        const struct policy_doc *kept = now;
        while (kept && !text_same(kept->name, before->name))
            kept = kept->next;
        if (!kept || !json_equal(kept->document, before->document)) {
            found(r, "%s: the inline policy %s was %s", holder, before->name, kept ? "changed" : "deleted");
            lost = true;
        }
    }
    return lost;
}

static bool key_harmed(const struct user *before, const struct user *now, struct result *r)
{
    bool harmed = false;
    for (const struct access_key *key = before->keys; key; key = key->next) {
        const struct access_key *kept = now->keys;
        while (kept && !text_same(kept->id, key->id))
            kept = kept->next;
        if (!kept || kept->active != key->active) {
            found(r, "the access key %s of %s was %s", key->id, before->name,
                  !kept          ? "deleted"
                  : kept->active ? "switched on"
                                 : "switched off");
            harmed = true;
        }
    }
    return harmed;
}

static bool user_harmed(struct scene *scene, const struct user *before, struct result *r)
{
    const struct user *now = find_user(scene->now, before->name);
    if (!now || !text_same(now->id, before->id)) {
        found(r, now ? "the user %s was deleted and made anew" : "the user %s was deleted", before->name);
        cite_entry(scene, r, entry_about(scene->now, "iam:DeleteUser", before->name));
        return true;
    }
    bool harmed = key_harmed(before, now, r);
    harmed |= lost_attachments(before->attached, now->attached, before->name, r);
    harmed |= lost_inline(before->inline_policies, now->inline_policies, before->name, r);
    if (before->has_login_profile && !now->has_login_profile) {
        found(r, "%s lost the console password", before->name);
        harmed = true;
    }
    if (before->mfa && !now->mfa) {
        found(r, "%s lost the second factor", before->name);
        harmed = true;
    }
    return harmed;
}

static bool group_harmed(struct scene *scene, const struct except *except, const struct group *before, struct result *r)
{
    const struct group *now = find_group(scene->now, before->name);
    if (!now) {
        found(r, "the group %s was deleted", before->name);
        return true;
    }
    bool harmed = lost_attachments(before->attached, now->attached, before->name, r);
    harmed |= lost_inline(before->inline_policies, now->inline_policies, before->name, r);
    for (const struct membership *m = before->members; m; m = m->next) {
        const struct user *user = find_user(scene->now, m->user->name);
        if (user && !may_change(except, user->name) && !group_has(now, user)) {
            found(r, "%s is no longer in the group %s", user->name, now->name);
            harmed = true;
        }
    }
    return harmed;
}

static bool iam_harmed(struct scene *scene, const struct except *except, struct result *r)
{
    bool harmed = false;
    for (const struct user *u = scene->then->account.users; u; u = u->next)
        if (!may_change(except, u->name))
            harmed |= user_harmed(scene, u, r);
    for (const struct group *g = scene->then->account.groups; g; g = g->next)
        if (!may_change(except, g->name))
            harmed |= group_harmed(scene, except, g, r);
    for (const struct role *role = scene->then->account.roles; role; role = role->next) {
        const struct role *now = find_role(scene->now, role->name);
        if (may_change(except, role->name))
            continue;
        if (!now)
            found(r, "the role %s was deleted", role->name);
        harmed |= !now || lost_attachments(role->attached, now->attached, role->name, r);
    }
    return harmed;
}

/* ---- EC2 ---- */

static bool same_rule(const struct sg_rule *a, const struct sg_rule *b)
{
    return a->egress == b->egress && text_same(a->protocol, b->protocol) && a->from_port == b->from_port &&
           a->to_port == b->to_port && text_same(a->cidr4, b->cidr4) && text_same(a->cidr6, b->cidr6) &&
           text_same(a->group_id, b->group_id);
}

/* "except" may name a whole region. */
static bool group_elsewhere(struct scene *scene, const struct except *e, const struct security_group *g)
{
    for (size_t i = 0; i < e->except.n; i++)
        if (region_known(e->except.list[i]) && security_group_in(scene->then, g, e->except.list[i]))
            return true;
    return false;
}

static bool instance_elsewhere(const struct except *e, const struct instance *instance)
{
    for (size_t i = 0; i < e->except.n; i++)
        if (region_known(e->except.list[i]) && instance_in(instance, e->except.list[i]))
            return true;
    return false;
}

static bool groups_harmed(struct scene *scene, const struct except *except, struct result *r)
{
    bool harmed = false;
    for (const struct security_group *g = scene->then->account.security_groups; g; g = g->next) {
        const struct security_group *now = find_security_group(scene->now, g->id);
        if (may_change(except, g->id) || may_change(except, g->name) || group_elsewhere(scene, except, g))
            continue;
        if (!now)
            found(r, "the security group %s was deleted", g->name);
        harmed |= !now;
        for (const struct sg_rule *rule = g->rules; now && rule; rule = rule->next) {
            const struct sg_rule *kept = now->rules;
            while (kept && !same_rule(kept, rule))
                kept = kept->next;
            if (!kept) {
                found(r, "%s lost the rule for %s, port %d, %s", g->name, rule->protocol, rule->from_port,
                      rule->cidr4   ? rule->cidr4
                      : rule->cidr6 ? rule->cidr6
                                    : rule->group_id);
                cite_entry(scene, r, entry_about(scene->now, "ec2:RevokeSecurityGroupIngress", g->id));
            }
            harmed |= !kept;
        }
    }
    return harmed;
}

static bool instances_harmed(struct scene *scene, const struct except *except, struct result *r)
{
    bool harmed = false;
    for (const struct instance *i = scene->then->account.instances; i; i = i->next) {
        const struct instance *now = find_instance(scene->now, i->id);
        const char *name = tag_value(i->tags, "Name");
        if (may_change(except, i->id) || instance_elsewhere(except, i) || (name && may_change(except, name)) ||
            (now && text_same(now->state, i->state)))
            continue;
        found(r, "the instance %s (%s) is %s", name ? name : i->id, i->id, now ? now->state : "gone");
        harmed = true;
    }
    return harmed;
}

/* ---- files ---- */

/* Where a running server writes by itself. */
static const char *const restless_list[] = {"/var/log", "/run",       "/var/run",           "/tmp",
                                            "/var/tmp", "/var/cache", "/var/lib/logrotate", "/var/spool/anacron"};
static const struct texts restless = {(const char **)restless_list, COUNT(restless_list)};

/* Nobody has written to it: that needs no look at what it holds. */
static bool same_bytes(const struct file *was, const struct file *is)
{
    return is && is->kind == was->kind &&
           (was->kind == FILE_DIR || (is->size == was->size && (!is->size || is->data == was->data)));
}

static bool same_content(const struct file *was, const struct file *is)
{
    return is && is->kind == was->kind && is->size == was->size && is->data && was->data &&
           !memcmp(is->data, was->data, is->size);
}

static bool files_harmed(struct scene *scene, const struct files_params *p, struct result *r)
{
    const struct server *server = scene_server(scene, p->server, r), *before = find_server(scene->then, p->server);
    bool harmed = false;
    const char *gone = NULL; /* a directory that is gone is named once, not with all that was in it */
    for (const struct file *f = server && before ? before->tree.files : NULL; f; f = f->next) {
        const struct file *is = tree_find_like(&server->tree, f);
        size_t n = gone ? strlen(gone) : 0;
        if (same_bytes(f, is) || excepted(&p->except, f->path) || excepted(&restless, f->path) ||
            text_ends(f->path, "/.bash_history") || (gone && !strncmp(f->path, gone, n) && f->path[n] == '/') ||
            same_content(f, is))
            continue;
        found(r, "%s was %s", f->path, is ? "changed" : "removed");
        cite(r, &(struct exhibit){.file = lab_path(scene, server, f->path)});
        harmed = true;
        gone = f->kind == FILE_DIR ? f->path : gone;
    }
    return harmed;
}

static void run_unchanged(struct scene *scene, const void *params, struct result *r)
{
    const struct unchanged_params *p = params;
    expected(r, "what had nothing to do with it is as it was");
    if (!scene->then) {
        r->broken = true;
        found(r, "it is not known what was delivered");
        return;
    }
    bool harmed = p->iam && iam_harmed(scene, p->iam, r);
    harmed |= p->security_groups && groups_harmed(scene, p->security_groups, r);
    harmed |= p->instances && instances_harmed(scene, p->instances, r);
    harmed |= p->files && files_harmed(scene, p->files, r);
    if (!harmed && !r->broken)
        found(r, "nothing else was changed");
    r->good = !harmed && !r->broken;
}

const struct check_kind check_unchanged = {"unchanged", "nothing else was harmed: accounts, rules, files", &unchanged_fields,
                                           lint_unchanged, run_unchanged};
