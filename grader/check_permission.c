/* SPDX-License-Identifier: MIT */
/*
 * What somebody may do, all policies taken together: those of the user and the groups, the bucket's, and what blocks public
 * access. Any way of allowing or forbidding it counts. Temporary credentials may do what their role may, of sessions that began
 * when theirs did; that they end by themselves is no repair.
 */
#include "grader/checks.h"

enum { PERMISSION_ALLOWED, PERMISSION_DENIED };
static const char *const permission_states[] = {"allowed", "denied", NULL};
struct permission_params {
    const char *user, *signed_with, *bucket, *key, *op;
    int is;
};

#define PERMISSION(member) offsetof(struct permission_params, member)
static const struct field permission_list[] = {
    {"user",        decode_mentioned, PERMISSION(user),        false, "the IAM user; without: anybody at all",      NULL             },
    {"signed_with", decode_filled,    PERMISSION(signed_with), false, "the access key, temporary ones too",         NULL             },
    {"op",          decode_operation, PERMISSION(op),          true,  "the operation: s3:GetObject",                NULL             },
    {"bucket",      decode_filled,    PERMISSION(bucket),      false, "on this bucket; without: on every resource", NULL             },
    {"key",         decode_filled,    PERMISSION(key),         false, "and this object of it, there or not",        NULL             },
    {"is",          decode_choice,    PERMISSION(is),          true,  "allowed or denied",                          permission_states},
};
static const struct fields permission_fields = FIELDS("permission", permission_list, struct permission_params);

static void lint_permission(struct decoder *d, const struct node *node, const void *params)
{
    const struct permission_params *p = params;
    if (p->key && !p->bucket)
        node_error(d->diags, node, "bad-check", "permission: \"key\" goes with \"bucket\"");
    if (p->user && p->signed_with)
        node_error(d->diags, node, "bad-check", "permission: expected either \"user\" or \"signed_with\"");
    if (!p->user && !p->signed_with && !p->bucket)
        node_error(d->diags, node, "bad-check", "permission: expected \"user\", \"signed_with\" or \"bucket\"");
}

/* False when nobody is known by these credentials any more. */
static bool find_asker(const struct world *w, const struct permission_params *p, struct principal *ret)
{
    struct access_key *key = NULL;
    *ret = (struct principal){.kind = p->user ? PRINCIPAL_USER : PRINCIPAL_ANONYMOUS, .name = p->user};
    if (!p->signed_with)
        return true;
    const struct user *owner = find_user_by_key(w, p->signed_with, &key);
    const struct session_key *temporary = find_session_key(w, p->signed_with);
    if (owner)
        *ret = (struct principal){.kind = PRINCIPAL_USER, .name = owner->name, .access_key_id = key->id};
    if (temporary)
        *ret = temporary->who;
    return temporary || (owner && key->active);
}

/* Who is asked about may be let in from where he works; a stranger must not be from where strangers came. */
static bool comes_from_there(const struct permission_params *p, const struct member *m)
{
    if (p->user)
        return text_same(m->person->user, p->user);
    return !p->signed_with && p->is == PERMISSION_DENIED && !m->person->user;
}

static struct decision decide(struct scene *scene, const struct permission_params *p, struct question_of_access *q)
{
    struct decision decision = authorise(scene->now, q);
    for (size_t i = 0; scene->play && i < scene->play->n_cast && !decision.allowed; i++) {
        const struct member *m = &scene->play->cast[i];
        if (!m->from.ip || !comes_from_there(p, m))
            continue;
        q->source_ip = m->from.ip;
        decision = authorise(scene->now, q);
    }
    return decision;
}

static void run_permission(struct scene *scene, const void *params, struct result *r)
{
    const struct permission_params *p = params;
    const struct bucket *bucket = p->bucket ? find_bucket(scene->now, p->bucket) : NULL;
    const struct op *op = catalog_find(&lab_catalog, p->op, NULL);
    struct principal who;
    const char *resource = !p->bucket ? "*"
                           : p->key   ? arena_printf(scene->arena, "arn:aws:s3:::%s/%s", p->bucket, p->key)
                                      : arena_printf(scene->arena, "arn:aws:s3:::%s", p->bucket);
    bool missing = p->bucket && !bucket;
    struct decision decision = {0};
    if (find_asker(scene->now, p, &who) && !missing)
        decision = decide(scene, p,
                          &(struct question_of_access){
                              .who = &who,
                              .action = op->action ? op->action : op->name,
                              .resource = resource,
                              .source_ip = "192.0.2.1",
                              .now_ms = scene->now->now_ms,
                              .resource_policy = bucket ? bucket_policy_for(bucket, &who) : NULL,
                          });
    expected(r, "%s %s to do %s on %s",
             p->user          ? p->user
             : p->signed_with ? p->signed_with
                              : "anybody",
             p->is == PERMISSION_ALLOWED ? "is allowed" : "is not allowed", p->op, resource);
    if (missing)
        found(r, "there is no bucket %s", p->bucket);
    else
        found(r, "%s",
              !decision.allowed             ? "not allowed"
              : decision.by_resource_policy ? "the bucket's policy allows it"
                                            : "allowed");
    r->good = decision.allowed == (p->is == PERMISSION_ALLOWED);
    if (!r->good && bucket)
        cite_entry(scene, r, entry_about(scene->now, "s3:PutBucketPolicy", p->bucket));
}

const struct check_kind check_permission = {"permission", "what somebody may do, all policies together", &permission_fields,
                                            lint_permission, run_permission};
