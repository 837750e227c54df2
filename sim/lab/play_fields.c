/* SPDX-License-Identifier: MIT */
/*
 * {{ name.field }} for a played scenario. The fields that each kind of name has are listed in sim/scenario/names.c, which
 * checks references when a scenario is read; here is what they are. Texts live in the world's arena.
 */
#include "sim/lab/parts.h"
#include "sim/lab/playing.h"

#include <stdlib.h>
#include <string.h>

const struct mark *play_mark(const struct play *p, const char *name)
{
    for (size_t i = 0; i < p->n_marks; i++)
        if (text_same(p->marks[i].name, name))
            return &p->marks[i];
    return NULL;
}

/* ---- documents ---- */

static const char *value_text(struct play *p, const json_t *value)
{
    AUTO(str_drop) struct str text = {0};
    if (!value || json_is_null(value))
        return NULL;
    if (json_is_string(value))
        return json_string_value(value);
    str_add_json_value(&text, value);
    return arena_dup(&p->world.arena, str_text(&text));
}

/* ---- people ---- */

/* Is a trail writing this entry down? */
static bool delivered(const struct play *p, int64_t time_ms, bool read_only)
{
    const struct logging_span *all = p->world.account.spans;
    for (const struct logging_span *s = all; s; s = s->next)
        if (s->management && (read_only ? s->reads : s->writes) && span_covers(s, time_ms, span_goes_on(all, s)))
            return true;
    return false;
}

/* Everybody is known by an access key; who has none, by the address. */
static bool is_of(const struct member *m, const struct entry *entry)
{
    return m->access_key_id ? text_same(entry->who.access_key_id, m->access_key_id) : text_same(entry->from.ip, m->from.ip);
}

bool play_in_trail(const struct play *p, const struct entry *entry)
{
    struct evidence_task task = lab_task(&p->world, &p->seed, NULL);
    return cloudtrail_takes(&task, entry);
}

/* How many bytes of objects S3 sent there, as the trail's records say. */
static const char *count_bytes(struct play *p, const struct member *m)
{
    int64_t n = 0;
    const struct journal *journal = &p->world.journal;
    for (size_t i = 0; i < journal->n; i++)
        if (text_same(journal->list[i]->op, "s3:GetObject") && is_of(m, journal->list[i]) && !journal->list[i]->error_code &&
            play_in_trail(p, journal->list[i]))
            n += json_int_or(journal->list[i]->additional, "bytesTransferredOut", 0);
    return arena_printf(&p->world.arena, "%lld", (long long)n);
}

/* Of everyday calls. Who has no sessions there makes none: then they need not be drawn. */
static uint64_t count_everyday(struct play *p, const struct member *m)
{
    uint64_t n = 0;
    bool any = false;
    const struct everyday *life = &p->background.everyday;
    bool *his = arena_alloc(&p->world.arena, life->n_sessions + 1);
    for (size_t i = 0; m->access_key_id && i < life->n_sessions; i++)
        any |= his[i] = strstr(life->sessions[i].identity, m->access_key_id) != NULL;
    if (!any)
        return 0;
    life = play_everyday(p);
    for (size_t i = 0; i < life->n; i++)
        n +=
            his[life->list[i].session] && delivered(p, life->list[i].time_ms, life->calls[life->list[i].call].shape->read_only);
    return n;
}

/* How many records of the trail's files are the person's. */
static const char *count_records(struct play *p, const struct member *m)
{
    uint64_t n = count_everyday(p, m);
    const struct journal *journal = &p->world.journal;
    for (size_t i = 0; i < journal->n; i++)
        n += is_of(m, journal->list[i]) && play_in_trail(p, journal->list[i]);
    return arena_printf(&p->world.arena, "%llu", (unsigned long long)n);
}

static const char *person_field(struct play *p, const struct person *person, const char *field)
{
    const struct member *m = play_member(p, person->name);
    if (!m)
        return NULL;
    if (!*field)
        return person->user ? person->user : person->name;
    if (text_same(field, "user"))
        return person->user;
    if (text_same(field, "name"))
        return person->full_name;
    if (text_same(field, "ip"))
        return m->from.ip;
    if (text_same(field, "key"))
        return m->access_key_id;
    if (text_same(field, "password"))
        return m->password;
    if (text_same(field, "arn"))
        return person->user ? principal_arn(&p->world, &p->world.arena, &m->who) : NULL;
    if (text_same(field, "bytes"))
        return count_bytes(p, m);
    return text_same(field, "records") ? count_records(p, m) : NULL;
}

/* ---- things ---- */

/* "rule.80": the id of the rule that lets that port in. */
static const char *rule_of_port(const struct security_group *group, const char *port)
{
    int wanted = atoi(port);
    for (const struct sg_rule *r = group->rules; r; r = r->next)
        if (!r->egress && r->from_port <= wanted && wanted <= r->to_port)
            return r->id;
    return NULL;
}

static const char *group_field(struct play *p, const struct security_group_spec *spec, const char *field)
{
    const struct security_group *group = find_security_group(&p->world, spec->called);
    if (!group)
        return NULL;
    if (text_same(field, "id"))
        return group->id;
    if (text_same(field, "name"))
        return group->name;
    return text_starts(field, "rule.") ? rule_of_port(group, field + strlen("rule.")) : NULL;
}

static const char *instance_field(struct play *p, const struct instance_spec *spec, const char *field)
{
    const struct instance *i = instance_of(&p->world, spec);
    const struct session_key *key = i ? instance_key(&p->world, i) : NULL;
    if (!i)
        return NULL;
    if (text_same(field, "id"))
        return i->id;
    if (text_same(field, "name"))
        return spec->called;
    if (text_same(field, "key"))
        return key ? key->id : NULL;
    if (text_same(field, "public_ip"))
        return i->public_ip;
    return text_same(field, "private_ip") ? i->private_ip : NULL;
}

static const char *role_field(struct play *p, const struct role_spec *spec, const char *field)
{
    const struct role *role = find_role(&p->world, spec->called);
    if (text_same(field, "name"))
        return spec->called;
    if (role && text_same(field, "arn"))
        return role->arn;
    return role && text_same(field, "id") ? role->id : NULL;
}

static const char *expanded(struct play *p, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    struct err ignored = {0};
    return scenario_expand(text, play_lookup, p, &out, &ignored) ? arena_dup(&p->world.arena, str_text(&out)) : NULL;
}

static const char *server_field(struct play *p, const struct server_spec *spec, const char *field)
{
    const struct server *server = find_server(&p->world, spec->name);
    if (!*field)
        return spec->name;
    return server && text_same(field, "hostname") ? server->hostname : NULL;
}

/* ---- marks ---- */

static const char *mark_time(struct play *p, const struct mark *mark)
{
    return arena_time(&p->world.arena, mark->entry->time_ms, TIME_ISO);
}

static const char *mark_local_time(struct play *p, const struct mark *mark)
{
    const struct member *student = play_student(p);
    const void *place = NULL;
    scenario_name(p->scenario, student->person->place, &place);
    int64_t zone_ms = (int64_t)((const struct place *)place)->zone_minutes * 60000;
    return arena_time(&p->world.arena, mark->entry->time_ms + zone_ms, "%Y-%m-%dT%H:%M:%S");
}

static const char *mark_who(struct play *p, const struct mark *mark)
{
    const struct member *m = play_member(p, mark->step->as);
    const char *signed_in = mark->entry->signin ? json_str(mark->entry->identity, "userName") : NULL;
    if (signed_in) /* whoever it was that knew the password */
        return signed_in;
    bool known = mark->entry->who.kind == PRINCIPAL_USER || mark->entry->who.kind == PRINCIPAL_ROLE;
    return known ? mark->entry->who.name : m ? person_field(p, m->person, "") : NULL;
}

static const char *mark_arn(struct play *p, const struct mark *mark)
{
    return principal_arn(&p->world, &p->world.arena, &mark->entry->who);
}

static const char *mark_ip(struct play *p, const struct mark *mark)
{
    (void)p;
    return mark->entry->from.ip;
}

static const char *mark_agent(struct play *p, const struct mark *mark)
{
    (void)p;
    return mark->entry->from.agent;
}

static const char *mark_event_id(struct play *p, const struct mark *mark)
{
    (void)p;
    return mark->entry->event_id;
}

static const char *mark_operation(struct play *p, const struct mark *mark)
{
    const char *colon = strchr(mark->entry->op, ':');
    (void)p;
    return colon ? colon + 1 : mark->entry->op;
}

static const char *mark_method(struct play *p, const struct mark *mark)
{
    (void)p;
    return mark->entry->who.console ? "console" : "programmatic";
}

static const char *mark_key(struct play *p, const struct mark *mark)
{
    (void)p;
    return mark->entry->who.access_key_id;
}

static const char *mark_user(struct play *p, const struct mark *mark)
{
    const char *os_user = json_str(mark->entry->response, "user");
    (void)p;
    return os_user ? os_user : mark->entry->who.name;
}

static const char *mark_pid(struct play *p, const struct mark *mark)
{
    const json_t *pid = json_path(mark->entry->response, "pids.shell");
    return value_text(p, pid ? pid : json_path(mark->entry->response, "programs.0.pid"));
}

static const char *mark_session(struct play *p, const struct mark *mark)
{
    return value_text(p, json_path(mark->entry->response, "session"));
}

static const char *mark_server(struct play *p, const struct mark *mark)
{
    (void)p;
    return mark->server;
}

/* The key of the trail's file that holds the record: to be written when a story is played, on the disk of a live lab. */
static const char *mark_log_file(struct play *p, const struct mark *mark)
{
    int64_t written_ms;
    struct evidence_task task = lab_task(&p->world, &p->seed, p->world.lab);
    if (p->shift_ms)
        return lab_file_with(&p->world, mark->entry);
    return cloudtrail_file_of(&task, mark->entry, &p->world.arena, &written_ms);
}

/* What RunInstances started, as a set's items: [{"instanceId": "i-0.."}]. */
static const char *mark_instances(struct play *p, const struct mark *mark)
{
    const json_t *items = json_path(mark->entry->response, "instancesSet.items");
    json_auto_t *ids = json_array();
    for (size_t i = 0; i < json_array_size(items); i++)
        json_array_append_new(ids, json_pack("{s:s}", "instanceId", json_str_or(json_array_get(items, i), "instanceId", "")));
    return items ? value_text(p, ids) : NULL;
}

/* To add one write its function, its row, and its name in sim/scenario/names.c. */
static const struct {
    const char *name;
    const char *(*value)(struct play *, const struct mark *); /* NULL = it has none */
} mark_fields[] = {
    {"time",       mark_time      },
    {"local_time", mark_local_time},
    {"who",        mark_who       },
    {"arn",        mark_arn       },
    {"ip",         mark_ip        },
    {"event_id",   mark_event_id  },
    {"operation",  mark_operation },
    {"method",     mark_method    },
    {"agent",      mark_agent     },
    {"key",        mark_key       },
    {"user",       mark_user      },
    {"pid",        mark_pid       },
    {"session",    mark_session   },
    {"server",     mark_server    },
    {"log_file",   mark_log_file  },
    {"instances",  mark_instances },
};

static const char *mark_field(struct play *p, const char *name, const char *field)
{
    const struct mark *mark = play_mark(p, name);
    if (!mark)
        return NULL; /* not played yet */
    const struct entry *entry = mark->entry;
    for (size_t i = 0; i < COUNT(mark_fields); i++)
        if (text_same(mark_fields[i].name, field))
            return mark_fields[i].value(p, mark);
    if (text_starts(field, "params."))
        return value_text(p, json_path(entry->params ? entry->params : entry->asked, field + strlen("params.")));
    return text_starts(field, "response.") ? value_text(p, json_path(entry->response, field + strlen("response."))) : NULL;
}

const char *play_lookup(void *context, const char *name, const char *field)
{
    struct play *p = context;
    const void *item = NULL;
    struct err ignored = {0};
    switch (scenario_name(p->scenario, name, &item)) {
    case NAME_VARIABLE: return *field ? NULL : draw_value(p->scenario, &p->draw, name);
    case NAME_PLACE: return place_cidr(p, name, &ignored);
    case NAME_PERSON: return person_field(p, item, field);
    case NAME_GROUP: return group_field(p, item, field);
    case NAME_ROLE: return role_field(p, item, field);
    case NAME_INSTANCE: return instance_field(p, item, field);
    case NAME_BUCKET: return expanded(p, ((const struct bucket_spec *)item)->called.text);
    case NAME_SERVER: return server_field(p, item, field);
    case NAME_MARK: return mark_field(p, name, field);
    case NAME_BUILT_IN: return text_same(field, "id") ? p->world.account.id : NULL;
    case NAME_NONE: break;
    }
    return NULL;
}
