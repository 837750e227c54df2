/* SPDX-License-Identifier: MIT */
/*
 * Finding things in the world by the names and ids that people use. Rolls find without walking; what walks here is short, by
 * AWS's own quotas or because nobody makes many of them.
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
    return roll_find(&w->account.users_roll, name);
}

struct user *find_user_by_key(const struct world *w, const char *access_key_id, struct access_key **key)
{
    struct user *user = index_find(&w->account.key_owners, access_key_id);

    if (user && key)
        *key = FIND(access_key, user->keys, text_same(it->id, access_key_id));
    return user;
}

struct session_key *find_session_key(const struct world *w, const char *access_key_id)
{
    return roll_find(&w->account.session_keys_roll, access_key_id);
}

struct group *find_group(const struct world *w, const char *name)
{
    return roll_find(&w->account.groups_roll, name);
}

/* What a role's name follows in its ARN is the last slash. */
struct role *find_role(const struct world *w, const char *name_or_arn)
{
    const char *slash = name_or_arn ? strrchr(name_or_arn, '/') : NULL;
    struct role *role = roll_find(&w->account.roles_roll, slash ? slash + 1 : name_or_arn);

    return role && (!slash || text_same(role->arn, name_or_arn)) ? role : NULL;
}

struct policy_doc *find_policy(const struct world *w, const char *arn)
{
    return roll_find(&w->account.policies_roll, arn);
}

struct security_group *find_security_group(const struct world *w, const char *id_or_name)
{
    struct security_group *group = roll_find(&w->account.security_groups_roll, id_or_name);

    return group ? group : FIND(security_group, w->account.security_groups, text_same(it->name, id_or_name));
}

struct instance *find_instance(const struct world *w, const char *id)
{
    return roll_find(&w->account.instances_roll, id);
}

struct bucket *find_bucket(const struct world *w, const char *name)
{
    return roll_find(&w->account.buckets_roll, name);
}

struct object *find_object(const struct bucket *bucket, const char *key)
{
    return roll_find(&bucket->objects_roll, key);
}

struct kms_alias *find_kms_alias(const struct world *w, const char *name)
{
    return roll_find(&w->account.aliases_roll, name);
}

/* "1234abcd-..", "alias/logs", "arn:aws:kms:<region>:<account>:key/1234abcd-..", "arn:...:alias/logs" */
struct kms_key *find_kms_key(const struct world *w, const char *id_arn_or_alias)
{
    const char *name = id_arn_or_alias, *part = NULL;

    if (name && text_starts(name, "arn:")) {
        if ((part = strstr(name, ":key/"))) {
            struct kms_key *key = roll_find(&w->account.keys_roll, part + strlen(":key/"));

            return key && text_same(key->arn, name) ? key : NULL;
        }
        part = strstr(name, ":alias/");
        name = part ? part + 1 : NULL;
    }
    if (!name || !text_starts(name, "alias/"))
        return roll_find(&w->account.keys_roll, name);
    struct kms_alias *alias = find_kms_alias(w, name);
    return alias ? alias->key : NULL;
}

struct query_execution *find_query(const struct world *w, const char *id)
{
    return roll_find(&w->account.queries_roll, id);
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
    return roll_find(&group->members_roll, user->id) != NULL;
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
    struct object *object = find_object(bucket, key);

    if (object)
        return object;
    object = arena_alloc(&w->arena, sizeof(*object));
    object->key = arena_dup(&w->arena, key);
    roll_add_sorted(&bucket->objects_roll, &w->arena, object);
    return object;
}

/* ---- what is found in more than one way is added and removed here ---- */

void group_add_user(struct world *w, struct group *group, struct user *user)
{
    struct membership *member = arena_alloc(&w->arena, sizeof(*member));

    *member = (struct membership){.user_id = user->id, .user = user};
    roll_add(&group->members_roll, &w->arena, member);
}

void group_remove_user(struct group *group, const struct user *user)
{
    struct membership *member = roll_find(&group->members_roll, user->id);

    if (member)
        roll_remove(&group->members_roll, member);
}

void user_add_key(struct world *w, struct user *user, struct access_key *key)
{
    list_append(&user->keys, key);
    index_put(&w->account.key_owners, &w->arena, key->id, user);
}

void user_remove_key(struct world *w, struct user *user, struct access_key *key)
{
    list_remove(&user->keys, key);
    index_drop(&w->account.key_owners, key->id);
}

/* ---- versions ---- */

struct object *find_older(const struct bucket *bucket, const char *key)
{
    return FIND(object, bucket->older, text_same(it->key, key));
}

struct object *find_version(const struct bucket *bucket, const char *key, const char *version)
{
    struct object *current = find_object(bucket, key);

    if (current && text_same(current->version, version))
        return current;
    return FIND(object, bucket->older, text_same(it->key, key) && text_same(it->version, version));
}

void bucket_put_older(struct bucket *bucket, struct object *object)
{
    struct object **at = &bucket->older;

    while (*at && (strcmp((*at)->key, object->key) < 0 ||
                   (text_same((*at)->key, object->key) && (*at)->modified_ms > object->modified_ms)))
        at = &(*at)->next;
    object->next = *at;
    *at = object;
}

void bucket_supersede(struct bucket *bucket, const char *key)
{
    struct object *current = find_object(bucket, key);

    if (!current)
        return;
    roll_remove(&bucket->objects_roll, current);
    bucket_put_older(bucket, current);
}

struct object *bucket_restore(struct world *w, struct bucket *bucket, const char *key)
{
    struct object *newest = find_older(bucket, key);

    if (!newest || newest->marker || find_object(bucket, key))
        return NULL;
    list_remove(&bucket->older, newest);
    roll_add_sorted(&bucket->objects_roll, &w->arena, newest);
    return newest;
}

const char *delivered_version(const struct world *w, const struct bucket *bucket, const char *key, int64_t ms,
                              struct arena *arena)
{
    bool suspended = text_same(bucket->versioning, "Suspended") && ms >= bucket->suspended_ms;
    struct chance ids = chance_of(&w->seed, "delivered %s/%s", bucket->name, key);
    char id[OBJECT_VERSION_ID + 1];

    if (!bucket->versioned_ms || ms < bucket->versioned_ms || suspended)
        return NULL;
    chance_text(&ids, OBJECT_VERSION_ALPHABET, OBJECT_VERSION_ID, id);
    return arena_dup(arena, id);
}
