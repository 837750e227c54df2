/* SPDX-License-Identifier: MIT */
/*
 * The state of one world made another's, by the same tables and to the same effect as writing and reading it as text, in a
 * tenth of the time: a grader does it for every submission. Texts, documents and contents never change once they are there:
 * they are shared.
 */
#include "sim/world/state.h"

struct copying {
    struct world *w;
    struct trail *gone; /* copies of deleted trails */
};

static void copy_shape(struct copying *, const struct state_shape *, const void *from, void *to);

static struct linked *copy_one(struct copying *c, const struct state_shape *of, const void *from)
{
    struct linked *item = arena_alloc(&c->w->arena, of->size);
    copy_shape(c, of, from, item);
    return item;
}

static void copy_list(struct copying *c, const struct state_shape *of, const struct linked *from, struct linked **end)
{
    for (; from; from = from->next) {
        if (state_is_left_out(of, from))
            continue;
        *end = copy_one(c, of, from);
        end = &(*end)->next;
    }
}

/* One is in the roll when the next is copied, as when they are read. */
static void copy_roll(struct copying *c, const struct state_shape *of, const struct linked *from, struct roll *roll)
{
    for (; from; from = from->next)
        if (!state_is_left_out(of, from))
            roll_add(roll, &c->w->arena, (struct rolled *)copy_one(c, of, from));
}

static void copy_members(struct copying *c, const struct state_part *part, const struct linked *from, struct group *group)
{
    struct membership *list = NULL;
    copy_list(c, part->of, from, (struct linked **)&list);
    for (; list; list = list->next)
        group_add_user(c->w, group, list->user);
}

static void copy_places(struct copying *c, const struct instance *from, struct instance *to)
{
    for (; to->n_groups < from->n_groups; to->n_groups++)
        to->groups[to->n_groups] = find_security_group(c->w, from->groups[to->n_groups]->id);
}

static void *copy_reference(struct copying *c, const struct state_part *part, const void *thing)
{
    return thing ? state_thing(c->w, c->gone, part->to, state_name(part->to, thing)) : NULL;
}

static void copy_part(struct copying *c, const struct state_part *part, const void *whole, void *to_whole)
{
    const void *from = (const char *)whole + part->offset;
    void *to = (char *)to_whole + part->offset;
    switch (part->kind) {
    case TEXT:
    case MUST_TEXT: *(const char **)to = *(const char *const *)from; break;
    case NUMBER_INT: *(int *)to = *(const int *)from; break;
    case NUMBER_LONG: *(long *)to = *(const long *)from; break;
    case NUMBER_UINT: *(unsigned *)to = *(const unsigned *)from; break;
    case NUMBER_64: *(int64_t *)to = *(const int64_t *)from; break;
    case FLAG: *(bool *)to = *(const bool *)from; break;
    case DOCUMENT: *(json_t **)to = *(json_t *const *)from; break;
    case LIST: copy_list(c, part->of, *(struct linked *const *)from, to); break;
    case ROLLED: copy_roll(c, part->of, *(struct linked *const *)from, to); break;
    case MEMBERS: copy_members(c, part, *(struct linked *const *)from, to_whole); break;
    case REFERENCE: *(void **)to = copy_reference(c, part, *(void *const *)from); break;
    case PLACES: copy_places(c, whole, to_whole); break;
    case CONTENT: ((struct object *)to_whole)->data = ((const struct object *)whole)->data; break;
    }
}

static void copy_shape(struct copying *c, const struct state_shape *shape, const void *from, void *to)
{
    for (size_t i = 0; i < shape->n; i++)
        copy_part(c, &shape->parts[i], from, to);
}

static void copy_gone_trails(struct copying *c, const struct account *a)
{
    const struct logging_span *at = a->spans;
    struct trail **end = &c->gone;
    for (const struct trail *trail; (trail = state_gone_trail(a, &at)); end = &(*end)->next)
        *end = (struct trail *)copy_one(c, &state_trail, trail);
}

/* What sshd has read in its configuration goes with the text. */
static void share_readings(struct server *to, const struct server *from)
{
    for (; to && from; to = to->next, from = from->next) {
        struct daemon *daemon = to->daemons;
        for (const struct daemon *d = from->daemons; d && daemon; d = d->next, daemon = daemon->next)
            daemon->reading = d->reading;
    }
}

void world_copy_state(struct world *w, const struct world *from)
{
    struct copying c = {.w = w};
    w->account = (struct account){0};
    w->servers = NULL;
    copy_shape(&c, &state_world, from, w);
    copy_shape(&c, &state_account, &from->account, &w->account);
    copy_gone_trails(&c, &from->account);
    copy_shape(&c, &state_spans, &from->account, &w->account);
    copy_shape(&c, &state_servers, from, w);
    share_readings(w->servers, from->servers);
    state_index(w);
}
