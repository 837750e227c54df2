/* SPDX-License-Identifier: MIT */
/*
 * Checks of identities: users, their access keys, policies.
 */
#include "grader/checks.h"

/* ---- iam_user ---- */

enum { USER_ABSENT, USER_PRESENT, USER_LOCKED };
static const char *const user_states[] = {"absent", "present", "locked", NULL};
enum { FACTOR_ANY, FACTOR_PRESENT, FACTOR_ABSENT };
static const char *const presences[] = {"any", "present", "absent", NULL};
enum { PASSWORD_ANY, PASSWORD_CHANGED };
static const char *const password_states[] = {"any", "changed", NULL};
struct iam_user {
    const char *name;
    int is;
    int mfa, console, password;
    struct texts in, not_in;
};

#define USER(member) offsetof(struct iam_user, member)
static const struct field user_list[] = {
    {"name",     decode_mentioned, USER(name),     true,  "the user's name",                                                        NULL     },
    {"is",       decode_choice,    USER(is),       true,  "absent, present, or locked: absent, or without password and active key",
     user_states                                                                                                                             },
    {"mfa",      decode_choice,    USER(mfa),      false, "present: signs in with a second factor; absent",                         presences},
    {"console",  decode_choice,    USER(console),  false, "present: has a console password; absent",                                presences},
    {"password", decode_choice,    USER(password), false, "changed: the console password is not the delivered one",
     password_states                                                                                                                         },
    {"in",       decode_texts,     USER(in),       false, "groups that it is a member of",                                          NULL     },
    {"not_in",   decode_texts,     USER(not_in),   false, "groups that it is no member of",                                         NULL     },
};
static const struct fields user_fields = FIELDS("iam_user", user_list, struct iam_user);

static unsigned count_keys(const struct user *u, bool active_only)
{
    unsigned n = 0;
    for (const struct access_key *key = u->keys; key; key = key->next)
        n += key->active || !active_only;
    return n;
}

static unsigned count_list(const void *list)
{
    unsigned n = 0;
    for (const struct tag *item = list; item; item = item->next) /* `next` comes first in every list */
        n++;
    return n;
}

static void describe_user(struct scene *scene, const struct user *u, struct result *r)
{
    unsigned policies = count_list(u->attached) + count_list(u->inline_policies);
    found(r, "the user %s exists: %u active access key%s, %s, %u polic%s", u->name, count_keys(u, true),
          count_keys(u, true) == 1 ? "" : "s", u->has_login_profile ? "a console password" : "no console password", policies,
          policies == 1 ? "y" : "ies");
    cite_entry(scene, r, entry_about(scene->now, "iam:CreateUser", u->name));
    cite(r, &(struct exhibit){.text = arena_printf(scene->arena, "aws iam get-user --user-name %s", u->name)});
}

static bool must_be(struct result *r, bool good, const char *wanted, const char *is)
{
    expected(r, "%s", wanted);
    if (!good)
        found(r, "%s", is);
    return good;
}

static bool has_or_not(struct result *r, int wanted, bool has, const char *with, const char *without)
{
    if (wanted == FACTOR_ANY)
        return true;
    bool good = has == (wanted == FACTOR_PRESENT);
    return must_be(r, good, wanted == FACTOR_PRESENT ? with : without, has ? with : without);
}

static bool member_or_not(struct scene *scene, const struct user *u, const struct texts *names, bool wanted, struct result *r)
{
    bool good = true;
    for (size_t i = 0; i < names->n; i++) {
        const struct group *group = find_group(scene->now, names->list[i]);
        bool in = group && group_has(group, u);
        const char *inside = arena_printf(scene->arena, "in the group %s", names->list[i]);
        const char *outside = arena_printf(scene->arena, "not in the group %s", names->list[i]);
        good &= must_be(r, in == wanted, wanted ? inside : outside, in ? inside : outside);
        if (in && !wanted)
            cite_entry(scene, r, entry_about(scene->now, "iam:AddUserToGroup", u->name));
    }
    return good;
}

/* What else is asked of a user who is there. */
static bool user_fits(struct scene *scene, const struct iam_user *p, const struct user *u, struct result *r)
{
    const struct user *was = scene->then ? find_user(scene->then, u->name) : NULL;
    bool good = has_or_not(r, p->mfa, u->mfa != NULL, "with a second factor", "without a second factor");
    good &= has_or_not(r, p->console, u->has_login_profile, "with a console password", "without a console password");
    if (p->password == PASSWORD_CHANGED)
        good &= must_be(r, !u->has_login_profile || !was || !was->has_login_profile || !text_same(u->password, was->password),
                        "with another console password than before", "the console password is the old one");
    good &= member_or_not(scene, u, &p->in, true, r);
    return member_or_not(scene, u, &p->not_in, false, r) && good;
}

static void run_user(struct scene *scene, const void *params, struct result *r)
{
    const struct iam_user *p = params;
    const struct user *u = find_user(scene->now, p->name);
    bool locked = u && !count_keys(u, true) && !u->has_login_profile;
    expected(r,
             p->is == USER_ABSENT    ? "no IAM user %s"
             : p->is == USER_PRESENT ? "the IAM user %s still exists"
                                     : "the IAM user %s can do nothing any more: gone, or no password and no active key",
             p->name);
    r->good = p->is == USER_PRESENT ? u != NULL : !u || (p->is == USER_LOCKED && locked);
    if (!u) {
        found(r, "there is no user %s", p->name);
        cite_entry(scene, r, entry_about(scene->now, "iam:DeleteUser", p->name));
    } else
        describe_user(scene, u, r);
    if (u && p->is == USER_PRESENT)
        r->good &= user_fits(scene, p, u, r);
}

static void lint_user(struct decoder *d, const struct node *node, const void *params)
{
    const struct iam_user *p = params;
    if (p->is != USER_PRESENT && (p->mfa || p->console || p->password || p->in.n || p->not_in.n))
        node_error(d->diags, node, "bad-check", "iam_user: what it has or is in goes with \"is: present\"");
}

const struct check_kind check_iam_user = {"iam_user", "an IAM user is gone, locked, or still there", &user_fields, lint_user,
                                          run_user};

/* ---- access_key ---- */

enum { KEY_ABSENT, KEY_INACTIVE, KEY_ACTIVE };
static const char *const key_states[] = {"absent", "inactive", "active", NULL};
struct key_params {
    const char *id, *user;
    int is;
};

#define KEY(member) offsetof(struct key_params, member)
static const struct field key_list[] = {
    {"id",   decode_filled,    KEY(id),   false, "the access key's id",                                    NULL      },
    {"user", decode_mentioned, KEY(user), false, "or its user: every key of this user",                    NULL      },
    {"is",   decode_choice,    KEY(is),   true,  "absent, inactive (or absent), active (at least one is)", key_states},
};
static const struct fields key_fields = FIELDS("access_key", key_list, struct key_params);

static void lint_key(struct decoder *d, const struct node *node, const void *params)
{
    const struct key_params *p = params;
    if (!p->id == !p->user)
        node_error(d->diags, node, "bad-check", "access_key: expected either \"id\" or \"user\"");
}

static void run_key(struct scene *scene, const void *params, struct result *r)
{
    const struct key_params *p = params;
    struct access_key *one = NULL;
    const struct user *u = p->user ? find_user(scene->now, p->user) : find_user_by_key(scene->now, p->id, &one);
    unsigned all = 0, active = 0;
    for (struct access_key *key = u ? u->keys : NULL; key; key = key->next)
        if (!p->id || key == one) {
            all++;
            active += key->active;
            found(r, "%s of %s is %s", key->id, u->name, key->active ? "active" : "inactive");
        }
    if (!all)
        found(r, "there is no such access key");
    expected(r, "%s %s: %s", p->id ? "access key" : "every access key of", p->id ? p->id : p->user, key_states[p->is]);
    r->good = p->is == KEY_ABSENT ? !all : p->is == KEY_INACTIVE ? !active : active > 0;
    cite_entry(scene, r, p->id ? entry_about(scene->now, "iam:CreateAccessKey", p->id) : NULL);
}

const struct check_kind check_access_key = {"access_key", "an access key is gone, switched off, or still works", &key_fields,
                                            lint_key, run_key};

/* ---- iam_policy ---- */

enum { POLICY_DETACHED, POLICY_ATTACHED };
static const char *const policy_states[] = {"detached", "attached", NULL};
struct policy_params {
    const char *user, *group, *role, *policy;
    int is;
};

#define POLICY(member) offsetof(struct policy_params, member)
static const struct field policy_list[] = {
    {"user",   decode_mentioned, POLICY(user),   false, "of this user",                               NULL         },
    {"group",  decode_filled,    POLICY(group),  false, "or of this group",                           NULL         },
    {"role",   decode_filled,    POLICY(role),   false, "or of this role",                            NULL         },
    {"policy", decode_filled,    POLICY(policy), true,  "name or ARN of the policy",                  NULL         },
    {"is",     decode_choice,    POLICY(is),     true,  "detached (or its holder is gone), attached", policy_states},
};
static const struct fields policy_fields = FIELDS("iam_policy", policy_list, struct policy_params);

static void lint_policy(struct decoder *d, const struct node *node, const void *params)
{
    const struct policy_params *p = params;
    if (!!p->user + !!p->group + !!p->role != 1)
        node_error(d->diags, node, "bad-check", "iam_policy: expected one of \"user\", \"group\", \"role\"");
}

static bool has_policy(const struct attachment *attached, const struct policy_doc *inline_policies, const char *name)
{
    for (; attached; attached = attached->next)
        if (text_same(attached->policy->name, name) || text_same(attached->policy->arn, name))
            return true;
    for (; inline_policies; inline_policies = inline_policies->next)
        if (text_same(inline_policies->name, name))
            return true;
    return false;
}

static void run_policy(struct scene *scene, const void *params, struct result *r)
{
    const struct policy_params *p = params;
    const struct user *u = p->user ? find_user(scene->now, p->user) : NULL;
    const struct group *g = p->group ? find_group(scene->now, p->group) : NULL;
    const struct role *role = p->role ? find_role(scene->now, p->role) : NULL;
    const char *holder = p->user ? p->user : p->group ? p->group : p->role;
    bool has = (u && has_policy(u->attached, u->inline_policies, p->policy)) ||
               (g && has_policy(g->attached, g->inline_policies, p->policy)) ||
               (role && has_policy(role->attached, role->inline_policies, p->policy));
    expected(r, "the policy %s is %s %s", p->policy, p->is == POLICY_ATTACHED ? "still attached to" : "not attached to",
             holder);
    found(r, u || g || role ? "%s %s it" : "%s is gone, and with it%s", holder,
          u || g || role ? (has ? "has" : "does not have") : "");
    r->good = has == (p->is == POLICY_ATTACHED);
}

const struct check_kind check_iam_policy = {"iam_policy", "a policy is detached or still attached", &policy_fields, lint_policy,
                                            run_policy};
