/* SPDX-License-Identifier: MIT */
/*
 * The journal: entries in memory, and one line of JSON for each in journal.jsonl.
 *
 * The table says once how an entry is written and read. What is NULL, 0 or false is left out; a JSON null is written,
 * since CloudTrail's null is not the same as nothing. Lines come from students' disks: everything is checked.
 */
#include "sim/world/world.h"

#include <string.h>

struct entry *journal_add(struct world *w)
{
    struct entry *entry = arena_alloc(&w->arena, sizeof(*entry));

    *GROW(w->journal.list, w->journal.n, w->journal.cap) = entry;
    entry->seq = w->journal.n;
    return entry;
}

struct entry *journal_absent(struct arena *arena)
{
    struct entry *absent = arena_alloc(arena, sizeof(*absent));

    *absent = (struct entry){.op = "", .silent = true, .prelude = true, .read_only = true};
    return absent;
}

void journal_skip(struct world *w, size_t n)
{
    struct entry *unknown = journal_absent(&w->arena);

    while (w->journal.n < n)
        *GROW(w->journal.list, w->journal.n, w->journal.cap) = unknown;
}

/* ---- the table ---- */

enum kind { COUNTER, TIME, TEXT, FLAG, DOCUMENT, SESSION, WHO_KIND, NESTED };

struct column {
    const char *key;
    enum kind kind;
    size_t offset;
    bool required;
    const struct column *nested; /* NESTED: columns of a struct in place; ends with a NULL key */
};

static const char *const who_kinds[] = {
    [PRINCIPAL_ROOT] = "root",       [PRINCIPAL_USER] = "user",           [PRINCIPAL_ROLE] = "role",
    [PRINCIPAL_SERVICE] = "service", [PRINCIPAL_ANONYMOUS] = "anonymous", [PRINCIPAL_OS] = "os",
};

#define WHO(member) offsetof(struct principal, member)
static const struct column who_columns[] = {
    {"kind",      WHO_KIND, WHO(kind),             true,  NULL},
    {"name",      TEXT,     WHO(name),             false, NULL},
    {"key",       TEXT,     WHO(access_key_id),    false, NULL},
    {"session",   TEXT,     WHO(session_name),     false, NULL},
    {"delivery",  TEXT,     WHO(delivery),         false, NULL},
    {"invokedBy", TEXT,     WHO(invoked_by),       false, NULL},
    {"start",     TIME,     WHO(session_start_ms), false, NULL},
    {"mfa",       FLAG,     WHO(mfa),              false, NULL},
    {"console",   FLAG,     WHO(console),          false, NULL},
    {"osSession", SESSION,  WHO(os_session),       false, NULL},
    {NULL,        0,        0,                     false, NULL},
};

#define FROM(member) offsetof(struct origin, member)
static const struct column from_columns[] = {
    {"ip",    TEXT, FROM(ip),    false, NULL},
    {"agent", TEXT, FROM(agent), false, NULL},
    {"tls13", FLAG, FROM(tls13), false, NULL},
    {NULL,    0,    0,           false, NULL},
};

#define ENTRY(member) offsetof(struct entry, member)
static const struct column entry_columns[] = {
    {"seq",           COUNTER,  ENTRY(seq),             true,  NULL        },
    {"cause",         COUNTER,  ENTRY(cause),           false, NULL        },
    {"stream",        TEXT,     ENTRY(stream),          false, NULL        },
    {"time",          TIME,     ENTRY(time_ms),         true,  NULL        },
    {"op",            TEXT,     ENTRY(op),              true,  NULL        },
    {"on",            TEXT,     ENTRY(on),              false, NULL        },
    {"region",        TEXT,     ENTRY(region),          false, NULL        },
    {"who",           NESTED,   ENTRY(who),             true,  who_columns },
    {"from",          NESTED,   ENTRY(from),            true,  from_columns},
    {"mark",          TEXT,     ENTRY(mark),            false, NULL        },
    {"asked",         DOCUMENT, ENTRY(asked),           false, NULL        },
    {"identity",      DOCUMENT, ENTRY(identity),        false, NULL        },
    {"errorCode",     TEXT,     ENTRY(error_code),      false, NULL        },
    {"errorMessage",  TEXT,     ENTRY(error_message),   false, NULL        },
    {"params",        DOCUMENT, ENTRY(params),          false, NULL        },
    {"response",      DOCUMENT, ENTRY(response),        false, NULL        },
    {"additional",    DOCUMENT, ENTRY(additional),      false, NULL        },
    {"resources",     DOCUMENT, ENTRY(resources),       false, NULL        },
    {"requestId",     TEXT,     ENTRY(request_id),      false, NULL        },
    {"eventId",       TEXT,     ENTRY(event_id),        false, NULL        },
    {"sharedEventId", TEXT,     ENTRY(shared_event_id), false, NULL        },
    {"readOnly",      FLAG,     ENTRY(read_only),       false, NULL        },
    {"dataEvent",     FLAG,     ENTRY(data_event),      false, NULL        },
    {"signin",        FLAG,     ENTRY(signin),          false, NULL        },
    {"silent",        FLAG,     ENTRY(silent),          false, NULL        },
    {"prelude",       FLAG,     ENTRY(prelude),         false, NULL        },
    {NULL,            0,        0,                      false, NULL        },
};

/* ---- writing ---- */

static void add_struct(struct str *out, const struct column *columns, const void *from, bool public);

static void add_number(struct str *out, const struct column *column, int64_t value)
{
    if (value == 0 && !column->required)
        return;
    str_add_json_key(out, column->key);
    str_add_int(out, value);
}

static void add_column(struct str *out, const struct column *column, const void *member, bool public)
{
    switch (column->kind) {
    case COUNTER: add_number(out, column, (int64_t) * (const uint64_t *)member); break;
    case TIME: add_number(out, column, *(const int64_t *)member); break;
    case SESSION: add_number(out, column, *(const long *)member); break;
    case WHO_KIND: str_add_json_member(out, column->key, who_kinds[*(const enum principal_kind *)member]); break;
    case TEXT: str_add_json_member(out, column->key, *(const char *const *)member); break;
    case FLAG:
        if (*(const bool *)member) {
            str_add_json_key(out, column->key);
            str_add(out, "true");
        }
        break;
    case DOCUMENT:
        if (*(json_t *const *)member) {
            str_add_json_key(out, column->key);
            str_add_json_value(out, *(json_t *const *)member);
        }
        break;
    case NESTED:
        str_add_json_key(out, column->key);
        add_struct(out, column->nested, member, public);
        break;
    }
}

static void add_struct(struct str *out, const struct column *columns, const void *from, bool public)
{
    str_addc(out, '{');
    for (; columns->key; columns++) {
        if (public && strcmp(columns->key, "mark") == 0)
            continue;
        add_column(out, columns, (const char *)from + columns->offset, public);
    }
    str_addc(out, '}');
}

void entry_add_json(struct str *out, const struct entry *entry, bool public)
{
    add_struct(out, entry_columns, entry, public);
    str_addc(out, '\n');
}

/* ---- reading ---- */

static bool read_struct(const json_t *object, const struct column *columns, const char *what, void *to, struct err *e);

static bool read_number(const struct column *column, const json_t *value, int64_t least, int64_t *ret, struct err *e)
{
    if (!json_is_integer(value) || json_integer_value(value) < least)
        return err_set(e, "\"%s\": expected a whole number from %lld", column->key, (long long)least);
    *ret = json_integer_value(value);
    return true;
}

static bool read_who_kind(const struct column *column, const json_t *value, enum principal_kind *ret, struct err *e)
{
    for (size_t i = 0; i < COUNT(who_kinds); i++) {
        if (text_same(json_string_value(value), who_kinds[i])) {
            *ret = (enum principal_kind)i;
            return true;
        }
    }
    return err_set(e, "\"%s\": expected root, user, role, service, anonymous or os", column->key);
}

static bool read_column(const struct column *column, json_t *value, void *member, struct err *e)
{
    int64_t number = 0;

    switch (column->kind) {
    case COUNTER:
        if (!read_number(column, value, 1, &number, e))
            return false;
        *(uint64_t *)member = (uint64_t)number;
        return true;
    case TIME: return read_number(column, value, 0, member, e);
    case SESSION:
        if (!read_number(column, value, 1, &number, e))
            return false;
        *(long *)member = (long)number;
        return true;
    case WHO_KIND: return read_who_kind(column, value, member, e);
    case TEXT:
        if (!json_is_string(value))
            return err_set(e, "\"%s\": expected a text", column->key);
        *(const char **)member = json_string_value(value);
        return true;
    case FLAG:
        if (!json_is_true(value))
            return err_set(e, "\"%s\": expected true, or to be left out", column->key);
        *(bool *)member = true;
        return true;
    case DOCUMENT: *(json_t **)member = value; return true;
    case NESTED: return read_struct(value, column->nested, column->key, member, e);
    }
    return false;
}

static const struct column *find_column(const struct column *columns, const char *key)
{
    for (; columns->key; columns++)
        if (strcmp(columns->key, key) == 0)
            return columns;
    return NULL;
}

static bool read_struct(const json_t *object, const struct column *columns, const char *what, void *to, struct err *e)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return err_set(e, "%s: expected an object", what);
    json_object_foreach((json_t *)object, key, value)
    {
        const struct column *column = find_column(columns, key);

        if (!column)
            return err_set(e, "%s: unknown key \"%.60s\"", what, key);
        if (!read_column(column, value, (char *)to + column->offset, e))
            return err_wrap(e, "%s", what);
    }
    for (; columns->key; columns++)
        if (columns->required && !json_object_get(object, columns->key))
            return err_set(e, "%s: missing key \"%s\"", what, columns->key);
    return true;
}

json_t *entry_document(const char *line, size_t n, struct err *e)
{
    json_t *document = NULL;

    if (n > ENTRY_MAX_BYTES)
        err_set(e, "entry: longer than %u bytes", ENTRY_MAX_BYTES);
    else if (!(document = json_read(line, n, e)))
        err_wrap(e, "entry");
    return document;
}

bool entry_read(struct world *w, const char *line, size_t n, struct entry *out, struct err *e)
{
    json_t *document = entry_document(line, n, e);

    *out = (struct entry){0};
    return document && entry_borrow(world_keep(w, document), out, e);
}

bool entry_borrow(const json_t *document, struct entry *out, struct err *e)
{
    *out = (struct entry){0};
    if (read_struct(document, entry_columns, "entry", out, e))
        return true;
    *out = (struct entry){0};
    return false;
}

static void keep_struct(struct world *w, const struct column *columns, void *of)
{
    for (; columns->key; columns++) {
        void *member = (char *)of + columns->offset;

        if (columns->kind == TEXT)
            *(char **)member = arena_dup(&w->arena, *(const char **)member);
        else if (columns->kind == DOCUMENT)
            world_keep(w, json_incref(*(json_t **)member));
        else if (columns->kind == NESTED)
            keep_struct(w, columns->nested, member);
    }
}

void entry_keep(struct world *w, struct entry *entry)
{
    keep_struct(w, entry_columns, entry);
}
