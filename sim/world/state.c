/* SPDX-License-Identifier: MIT */
/*
 * The world as it is now, as one JSON text: no story, no journal, nobody who did anything. What a replay would come to is
 * taken from it at once, and a student's bundle begins with it instead of with the past.
 *
 * Tables say once how each struct is written and read. What is NULL, 0 or false is left out. Things that are pointed to are
 * named: a policy by its ARN, a user by name. Servers' files are not in it; they are trees of their own. The text lies on a
 * student's disk, so everything read is checked.
 */
#include "sim/world/state.h"

#include <string.h>

/* ---- names of what is pointed to ---- */

const char *state_name(enum state_target to, const void *thing)
{
    switch (to) {
    case TO_POLICY: return ((const struct policy_doc *)thing)->arn;
    case TO_USER: return ((const struct user *)thing)->name;
    case TO_KEY: return ((const struct kms_key *)thing)->arn;
    case TO_TRAIL: return ((const struct trail *)thing)->arn;
    case TO_INSTANCE: return ((const struct instance *)thing)->id;
    }
    return NULL;
}

void *state_thing(struct world *w, struct trail *gone, enum state_target to, const char *name)
{
    switch (to) {
    case TO_POLICY: return find_policy(w, name);
    case TO_USER: return find_user(w, name);
    case TO_KEY: return find_kms_key(w, name);
    case TO_INSTANCE: return find_instance(w, name);
    case TO_TRAIL:
        for (struct trail *trail = gone; trail; trail = trail->next)
            if (text_same(trail->arn, name))
                return trail;
        return find_trail(w, name);
    }
    return NULL;
}

static bool is_listed(const struct account *a, const struct trail *trail)
{
    for (const struct trail *t = a->trails; t; t = t->next)
        if (t == trail)
            return true;
    return false;
}

const struct trail *state_gone_trail(const struct account *a, const struct logging_span **at)
{
    while (*at) {
        const struct logging_span *span = *at, *first = a->spans;
        *at = span->next;
        while (first->trail != span->trail)
            first = first->next;
        if (first == span && !is_listed(a, span->trail))
            return span->trail;
    }
    return NULL;
}

bool state_is_left_out(const struct state_shape *of, const void *item)
{
    return of == &state_object && ((const struct object *)item)->delivered; /* its file is below s3/ */
}

/* ---- writing ---- */

static void add_shape(struct str *out, const struct state_shape *shape, const void *from);

static void add_number(struct str *out, const char *key, int64_t value)
{
    if (!value)
        return;
    str_add_json_key(out, key);
    str_addf(out, "%lld", (long long)value);
}

static void add_list(struct str *out, const char *key, const struct state_shape *of, const struct linked *list)
{
    if (!list)
        return;
    str_add_json_key(out, key);
    str_addc(out, '[');
    for (const struct linked *item = list; item; item = item->next) {
        if (state_is_left_out(of, item))
            continue;
        if (out->s[out->len - 1] != '[')
            str_addc(out, ',');
        add_shape(out, of, item);
    }
    str_addc(out, ']');
}

static void add_places(struct str *out, const char *key, const struct instance *i)
{
    if (!i->n_groups)
        return;
    str_add_json_key(out, key);
    for (size_t k = 0; k < i->n_groups; k++) {
        str_addc(out, k ? ',' : '[');
        str_add_json(out, i->groups[k]->id);
    }
    str_addc(out, ']');
}

static void add_content(struct str *out, const char *key, const struct object *o)
{
    if (!o->data)
        return;
    str_add_json_key(out, key);
    str_addc(out, '"');
    str_add_base64(out, o->data, o->size);
    str_addc(out, '"');
}

static void add_part(struct str *out, const struct state_part *part, const void *from)
{
    const void *member = (const char *)from + part->offset;
    switch (part->kind) {
    case TEXT:
    case MUST_TEXT: str_add_json_member(out, part->key, *(const char *const *)member); break;
    case NUMBER_INT: add_number(out, part->key, *(const int *)member); break;
    case NUMBER_LONG: add_number(out, part->key, *(const long *)member); break;
    case NUMBER_UINT: add_number(out, part->key, *(const unsigned *)member); break;
    case NUMBER_64: add_number(out, part->key, *(const int64_t *)member); break;
    case FLAG: add_number(out, part->key, *(const bool *)member); break;
    case DOCUMENT:
        if (*(json_t *const *)member) {
            str_add_json_key(out, part->key);
            str_add_json_value(out, *(json_t *const *)member);
        }
        break;
    case LIST:
    case ROLLED:
    case MEMBERS: add_list(out, part->key, part->of, *(struct linked *const *)member); break;
    case REFERENCE:
        if (*(void *const *)member)
            str_add_json_member(out, part->key, state_name(part->to, *(void *const *)member));
        break;
    case PLACES: add_places(out, part->key, from); break;
    case CONTENT: add_content(out, part->key, from); break;
    }
}

static void add_parts(struct str *out, const struct state_shape *shape, const void *from)
{
    for (size_t i = 0; i < shape->n; i++)
        add_part(out, &shape->parts[i], from);
}

static void add_shape(struct str *out, const struct state_shape *shape, const void *from)
{
    str_addc(out, '{');
    add_parts(out, shape, from);
    str_addc(out, '}');
}

/* Listed before the spans, and in no list of the account. */
static void add_gone_trails(struct str *out, const struct account *a)
{
    const struct logging_span *at = a->spans;
    str_add_json_key(out, "goneTrails");
    str_addc(out, '[');
    for (const struct trail *trail; (trail = state_gone_trail(a, &at));) {
        if (out->s[out->len - 1] != '[')
            str_addc(out, ',');
        add_shape(out, &state_trail, trail);
    }
    str_addc(out, ']');
}

void world_add_state(struct str *out, const struct world *w)
{
    str_addc(out, '{');
    add_parts(out, &state_world, w);
    str_add_json_key(out, "account");
    str_addc(out, '{');
    add_parts(out, &state_account, &w->account);
    add_gone_trails(out, &w->account);
    add_parts(out, &state_spans, &w->account);
    str_addc(out, '}');
    add_parts(out, &state_servers, w);
    str_add(out, "}\n");
}

/* ---- reading ---- */

struct taking {
    struct world *w;
    struct trail *gone;
    struct err *e;
};

static bool take_shape(struct taking *, const struct state_shape *, const json_t *, void *to);

static bool take_number(struct taking *t, const struct state_part *part, const json_t *value, int64_t least, int64_t most,
                        int64_t *ret)
{
    *ret = value ? json_integer_value(value) : 0;
    if ((value && !json_is_integer(value)) || *ret < least || *ret > most)
        return err_set(t->e, "\"%s\": expected a whole number", part->key);
    return true;
}

static bool take_text(struct taking *t, const struct state_part *part, const json_t *value, const char **ret)
{
    if (!value && part->kind == TEXT)
        return true;
    if (!json_is_string(value))
        return err_set(t->e, "\"%s\": expected a text", part->key);
    *ret = arena_dup(&t->w->arena, json_string_value(value));
    return true;
}

static bool take_list(struct taking *t, const struct state_part *part, const json_t *value, struct linked **end)
{
    const json_t *one;
    size_t i;
    if (value && !json_is_array(value))
        return err_set(t->e, "\"%s\": expected a list", part->key);
    json_array_foreach(value, i, one)
    {
        struct linked *item = arena_alloc(&t->w->arena, part->of->size);
        if (!take_shape(t, part->of, one, item))
            return err_wrap(t->e, "%s %zu", part->key, i + 1);
        *end = item;
        end = &item->next;
    }
    return true;
}

static bool take_roll(struct taking *t, const struct state_part *part, const json_t *value, struct roll *roll)
{
    struct linked *list = NULL, *next;
    if (!take_list(t, part, value, &list))
        return false;
    for (; list; list = next) {
        struct rolled *one = (struct rolled *)list;
        next = list->next;
        if (!one->name)
            return err_set(t->e, "\"%s\": one has no name", part->key);
        roll_add(roll, &t->w->arena, one);
    }
    return true;
}

static bool take_members(struct taking *t, const struct state_part *part, const json_t *value, struct group *group)
{
    struct membership *one = NULL;
    if (!take_list(t, part, value, (struct linked **)&one))
        return false;
    for (; one; one = one->next)
        group_add_user(t->w, group, one->user);
    return true;
}

static bool take_places(struct taking *t, const struct state_part *part, const json_t *value, struct instance *to)
{
    if (json_array_size(value) > COUNT(to->groups))
        return err_set(t->e, "\"%s\": at most %zu", part->key, COUNT(to->groups));
    for (; to->n_groups < json_array_size(value); to->n_groups++) {
        const char *id = json_string_value(json_array_get(value, to->n_groups));
        to->groups[to->n_groups] = id ? find_security_group(t->w, id) : NULL;
        if (!to->groups[to->n_groups])
            return err_set(t->e, "\"%s\": no such group", part->key);
    }
    return true;
}

static bool take_content(struct taking *t, const struct state_part *part, const json_t *value, struct object *to)
{
    const char *text = json_string_value(value);
    AUTO(str_drop) struct str data = {0};
    if (!value)
        return true;
    if (!text || !base64_decode(text, strlen(text), &data) || data.len != to->size)
        return err_set(t->e, "\"%s\": expected %llu bytes in base64", part->key, (unsigned long long)to->size);
    to->data = arena_dupn(&t->w->arena, str_text(&data), data.len);
    return true;
}

static bool take_reference(struct taking *t, const struct state_part *part, const json_t *value, void **ret)
{
    if (!value && !part->needed)
        return true;
    *ret = json_is_string(value) ? state_thing(t->w, t->gone, part->to, json_string_value(value)) : NULL;
    return *ret || err_set(t->e, "\"%s\": expected the name of something that is there", part->key);
}

static bool take_part(struct taking *t, const struct state_part *part, json_t *value, void *to)
{
    void *member = (char *)to + part->offset;
    int64_t number = 0;
    bool good = true;
    switch (part->kind) {
    case TEXT:
    case MUST_TEXT: return take_text(t, part, value, member);
    case NUMBER_INT:
        good = take_number(t, part, value, INT32_MIN, INT32_MAX, &number);
        *(int *)member = (int)number;
        return good;
    case NUMBER_LONG:
        good = take_number(t, part, value, 0, INT32_MAX, &number);
        *(long *)member = (long)number;
        return good;
    case NUMBER_UINT:
        good = take_number(t, part, value, 0, UINT32_MAX, &number);
        *(unsigned *)member = (unsigned)number;
        return good;
    case NUMBER_64: return take_number(t, part, value, INT64_MIN, INT64_MAX, member);
    case FLAG:
        good = take_number(t, part, value, 0, 1, &number);
        *(bool *)member = number;
        return good;
    case DOCUMENT: *(json_t **)member = value ? world_keep(t->w, json_incref(value)) : NULL; return true;
    case LIST: return take_list(t, part, value, member);
    case ROLLED: return take_roll(t, part, value, member);
    case MEMBERS: return take_members(t, part, value, to);
    case REFERENCE: return take_reference(t, part, value, member);
    case PLACES: return take_places(t, part, value, to);
    case CONTENT: return take_content(t, part, value, to);
    }
    return false;
}

static bool take_shape(struct taking *t, const struct state_shape *shape, const json_t *from, void *to)
{
    if (!json_is_object(from))
        return err_set(t->e, "expected an object");
    for (size_t i = 0; i < shape->n; i++)
        if (!take_part(t, &shape->parts[i], json_object_get(from, shape->parts[i].key), to))
            return false;
    return true;
}

static bool take_gone_trails(struct taking *t, const json_t *list)
{
    const struct state_part part = {"goneTrails", LIST, 0, &state_trail, 0, false};
    return take_list(t, &part, list, (struct linked **)&t->gone);
}

bool world_take_state(struct world *w, const char *text, size_t n, struct err *e)
{
    struct taking t = {w, NULL, e};
    json_auto_t *state = json_read(text, n, e);
    const json_t *account = json_object_get(state, "account");
    w->account = (struct account){0};
    w->servers = NULL;
    bool good = state && take_shape(&t, &state_world, state, w) && take_shape(&t, &state_account, account, &w->account) &&
                take_gone_trails(&t, json_object_get(account, "goneTrails")) &&
                take_shape(&t, &state_spans, account, &w->account) && take_shape(&t, &state_servers, state, w);
    state_index(w);
    return good || err_wrap(e, "state");
}

void state_index(struct world *w)
{
    for (struct user *user = w->account.users; user; user = user->next)
        for (struct access_key *key = user->keys; key; key = key->next)
            index_put(&w->account.key_owners, &w->arena, key->id, user);
    for (struct query_execution *query = w->account.queries; query; query = query->next)
        if (query->token)
            index_put(&w->account.query_tokens, &w->arena, query->token, query);
}

/* ---- giving it away ---- */

void world_forget_secrets(struct world *w, const char *but_user)
{
    for (struct user *user = w->account.users; user; user = user->next) {
        if (text_same(user->name, but_user))
            continue;
        user->password = NULL;
        for (struct access_key *key = user->keys; key; key = key->next)
            key->secret = NULL;
    }
    w->account.session_keys_roll = (struct roll){0};
}
