/* SPDX-License-Identifier: MIT */
/*
 * Finding things in the world by the names and ids that people use. Lists are short (an account has tens of each), so
 * all of this walks.
 */
#include "sim/world/world.h"

#include <string.h>

/* The item of a list for which `test` holds, as an expression; `it` names the item in the test. */
#define FIND(type, list, test)                                                                                                 \
    ({                                                                                                                         \
        struct type *found_ = NULL;                                                                                            \
        for (struct type *it = (list); it && !found_; it = it->next)                                                           \
            if (test)                                                                                                          \
                found_ = it;                                                                                                   \
        found_;                                                                                                                \
    })

struct user *find_user(const struct world *w, const char *name)
{
    return FIND(user, w->account.users, text_same(it->name, name));
}

struct user *find_user_by_key(const struct world *w, const char *access_key_id, struct access_key **key)
{
    for (struct user *user = w->account.users; user; user = user->next) {
        struct access_key *found = FIND(access_key, user->keys, text_same(it->id, access_key_id));

        if (found) {
            if (key)
                *key = found;
            return user;
        }
    }
    return NULL;
}

struct session_key *find_session_key(const struct world *w, const char *access_key_id)
{
    return FIND(session_key, w->account.session_keys, text_same(it->id, access_key_id));
}

struct group *find_group(const struct world *w, const char *name)
{
    return FIND(group, w->account.groups, text_same(it->name, name));
}

struct role *find_role(const struct world *w, const char *name_or_arn)
{
    return FIND(role, w->account.roles, text_same(it->name, name_or_arn) || text_same(it->arn, name_or_arn));
}

struct policy_doc *find_policy(const struct world *w, const char *arn)
{
    return FIND(policy_doc, w->account.policies, text_same(it->arn, arn));
}

struct security_group *find_security_group(const struct world *w, const char *id_or_name)
{
    return FIND(security_group, w->account.security_groups, text_same(it->id, id_or_name) || text_same(it->name, id_or_name));
}

struct instance *find_instance(const struct world *w, const char *id)
{
    return FIND(instance, w->account.instances, text_same(it->id, id));
}

struct bucket *find_bucket(const struct world *w, const char *name)
{
    return FIND(bucket, w->account.buckets, text_same(it->name, name));
}

struct object *find_object(const struct bucket *bucket, const char *key)
{
    return FIND(object, bucket->objects, text_same(it->key, key));
}

/* "1234abcd-..", "alias/logs", "arn:aws:kms:<region>:<account>:key/1234abcd-..", "arn:...:alias/logs" */
struct kms_key *find_kms_key(const struct world *w, const char *id_arn_or_alias)
{
    const char *name = id_arn_or_alias;
    struct kms_alias *alias;

    if (!name)
        return NULL;
    if (text_starts(name, "arn:")) {
        const char *alias_part = strstr(name, ":alias/");

        if (!alias_part)
            return FIND(kms_key, w->account.keys, text_same(it->arn, name));
        name = alias_part + 1;
    }
    if (!text_starts(name, "alias/"))
        return FIND(kms_key, w->account.keys, text_same(it->id, name));
    alias = FIND(kms_alias, w->account.aliases, text_same(it->name, name));
    return alias ? alias->key : NULL;
}

struct trail *find_trail(const struct world *w, const char *name_or_arn)
{
    return FIND(trail, w->account.trails, text_same(it->name, name_or_arn) || text_same(it->arn, name_or_arn));
}

struct server *find_server(const struct world *w, const char *name)
{
    return FIND(server, w->servers, text_same(it->name, name));
}

struct os_session *find_session(const struct server *server, long number)
{
    return FIND(os_session, server->sessions, it->number == number);
}

struct process *find_process(const struct server *server, int pid)
{
    return FIND(process, server->processes, it->pid == pid);
}

struct daemon *find_daemon(const struct server *server, const char *unit)
{
    return FIND(daemon, server->daemons, text_same(it->unit, unit));
}

/* "arn:aws:s3" and "arn:aws:s3:::" are all objects of the account; else an ARN or the beginning of one (CloudTrail API
 * reference, DataResource). */
static bool names_object(const json_t *values, const char *arn)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *value = json_string_value(json_array_get(values, i));
        if (text_same(value, "arn:aws:s3") || (value && text_starts(arn, value)))
            return true;
    }
    return false;
}

bool span_takes_object(const struct logging_span *span, const char *bucket, const char *key, bool read_only)
{
    AUTO(str_drop) struct str arn = {0};
    str_addf(&arn, "arn:aws:s3:::%s/%s", bucket, key ? key : "");
    for (size_t i = 0; i < json_array_size(span->selectors); i++) {
        const json_t *selector = json_array_get(span->selectors, i), *resources = json_object_get(selector, "dataResources");
        const char *type = json_str_or(selector, "readWriteType", "All");
        if (!text_same(type, "All") && !text_same(type, read_only ? "ReadOnly" : "WriteOnly"))
            continue;
        for (size_t k = 0; k < json_array_size(resources); k++) {
            const json_t *resource = json_array_get(resources, k);
            if (text_same(json_str(resource, "type"), "AWS::S3::Object") &&
                names_object(json_object_get(resource, "values"), str_text(&arn)))
                return true;
        }
    }
    return false;
}

bool span_goes_on(const struct logging_span *all, const struct logging_span *span)
{
    for (; all; all = all->next)
        if (all != span && all->trail == span->trail && all->to_ms == span->from_ms && all->from_ms <= all->to_ms)
            return true;
    return false;
}

bool span_covers(const struct logging_span *span, int64_t time_ms, bool goes_on)
{
    return (goes_on ? time_ms > span->from_ms : time_ms >= span->from_ms) && time_ms <= span->to_ms;
}

bool group_has(const struct group *group, const struct user *user)
{
    return FIND(membership, group->members, it->user == user) != NULL;
}

const char *tag_value(const struct tag *tags, const char *key)
{
    for (; tags; tags = tags->next)
        if (text_same(tags->key, key))
            return tags->value;
    return NULL;
}

struct object *bucket_put_object(struct world *w, struct bucket *bucket, const char *key)
{
    struct object **at = &bucket->objects, *object;

    while (*at && strcmp((*at)->key, key) < 0)
        at = &(*at)->next;
    if (*at && strcmp((*at)->key, key) == 0)
        return *at;
    object = arena_alloc(&w->arena, sizeof(*object));
    object->key = arena_dup(&w->arena, key);
    object->next = *at;
    *at = object;
    return object;
}
