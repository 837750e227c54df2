/* SPDX-License-Identifier: MIT */
/*
 * Where each step is to be seen: in a lab of the same seed, which is the same bytes as the student's, the record of its event
 * id is looked for in the trail's files and in the event history, and its processes' lines in the logs of the server.
 */
#include "grader/story/debrief_parts.h"
#include "grader/delivered.h"

#include <string.h>

enum { MOST_BYTES = 64 << 20, MOST_PIDS = 60, MOST_DEEDS = 8, UTMP_SIZE = 384, UTMP_TIME = 340, MOST_SHOWN = 400 };

static struct sighting *add_sighting(struct debriefing *d, size_t row, const char *file)
{
    struct sightings *s = &d->seen[row];
    if (s->n == SIGHTINGS)
        return NULL;
    s->list[s->n] = (struct sighting){.file = arena_dup(&d->arena, file)};
    return &s->list[s->n++];
}

/* A line as it is shown: control bytes spelled out, and not for ever. */
static const char *shown(struct debriefing *d, const char *s, size_t n)
{
    AUTO(str_drop) struct str out = {0};
    str_add_log(&out, arena_dupn(&d->arena, s, n));
    size_t most = out.len;
    for (most = most > MOST_SHOWN ? MOST_SHOWN : most; most < out.len && ((unsigned char)out.s[most] & 0xc0) == 0x80; most--)
        ;
    return arena_printf(&d->arena, "%.*s%s", (int)most, str_text(&out), most < out.len ? " ..." : "");
}

/* ---- records ---- */

static bool in_records(const struct debriefing *d, size_t row, const char *file)
{
    struct preview_traces traces;
    preview_traces_of(d->p, &d->p->rows[row], &traces);
    for (size_t i = 0; i < traces.n; i++)
        if (text_same(traces.list[i].file, file))
            return true;
    return false;
}

static void add_record(struct debriefing *d, size_t row, const char *file, unsigned record)
{
    struct sighting *s = add_sighting(d, row, file);
    if (!s)
        return;
    s->record = record;
    s->command = arena_printf(&d->arena,
                              "cafelab query . \"SELECT eventtime, useridentity.username, sourceipaddress, eventname, "
                              "requestparameters, errorcode FROM logs WHERE eventid = '%s'\"",
                              d->p->rows[row].event_id);
}

/* A log file of the trail: {"Records":[{...},{...}]}. */
static void look_in_records(struct debriefing *d, const char *file, const struct str *text)
{
    for (size_t i = 0; i < d->p->n; i++) {
        const char *id = d->p->rows[i].event_id;
        if (!id || !text->len || !memmem(text->s, text->len, id, strlen(id)) || !in_records(d, i, "s3"))
            continue;
        struct err ignored = {0};
        json_auto_t *all = json_read(text->s, text->len, &ignored);
        size_t j;
        json_t *record;
        json_array_foreach(json_object_get(all, "Records"), j, record) if (text_same(json_str(record, "eventID"), id))
            add_record(d, i, file, (unsigned)j + 1);
    }
}

struct looking {
    struct debriefing *d;
    const char *dir;
};

static bool look_in_trail(void *context, const struct dir_entry *entry, struct err *e)
{
    struct looking *l = context;
    AUTO(str_drop) struct str gz = {0}, text = {0};
    if (entry->is_dir || !text_ends(entry->path, ".json.gz") || strstr(entry->path, "-Digest"))
        return true;
    if (!file_read(arena_printf(&l->d->arena, "%s/s3/%s", l->dir, entry->path), MOST_BYTES, &gz, e))
        return false;
    if (unpack_gzip(&gz, MOST_BYTES, &text))
        look_in_records(l->d, arena_printf(&l->d->arena, "s3/%s", entry->path), &text);
    return true;
}

static unsigned line_of(const char *text, const char *at)
{
    unsigned line = 1;
    for (const char *s = text; (s = memchr(s, '\n', (size_t)(at - s))); s++)
        line++;
    return line;
}

static const char history[] = "account/event-history.json";

static bool look_in_history(struct debriefing *d, const char *dir, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const char *path = arena_printf(&d->arena, "%s/%s", dir, history);
    if (!file_exists(path))
        return true;
    if (!file_read(path, MOST_BYTES * 4ull, &text, e))
        return false;
    for (size_t i = 0; i < d->p->n; i++) {
        const char *id = d->p->rows[i].event_id;
        const char *wanted = arena_printf(&d->arena, "\"EventId\":\"%s\"", id ? id : "");
        const char *at = id && in_records(d, i, history) ? strstr(str_text(&text), wanted) : NULL;
        struct sighting *s = at ? add_sighting(d, i, history) : NULL;
        if (!s)
            continue;
        s->line = line_of(str_text(&text), at);
        s->command =
            arena_printf(&d->arena, "jq '.Events[] | select(.EventId == \"%s\").CloudTrailEvent | fromjson' %s", id, history);
    }
    return true;
}

/* ---- lines of servers' logs ---- */

struct deed { /* a step's own entry and what it caused: who did it, and when */
    int64_t from_ms, until_ms;
    long pids[MOST_PIDS];
    size_t n_pids;
    const char *id; /* of the command that SSM sent; NULL = none */
};

static void add_pids(struct deed *deed, const json_t *value)
{
    static const char *const keys[] = {"pid", "child", "monitor", "preauth"};
    const char *key;
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item) add_pids(deed, item);
    json_object_foreach((json_t *)value, key, item)
    {
        for (i = 0; i < COUNT(keys); i++)
            if (text_same(key, keys[i]) && json_is_integer(item) && deed->n_pids < MOST_PIDS)
                deed->pids[deed->n_pids++] = (long)json_integer_value(item);
        if (json_is_object(item) || json_is_array(item))
            add_pids(deed, item);
    }
}

static struct deed deed_of(const struct debriefing *d, const struct preview_row *row)
{
    const struct journal *j = &d->p->play.world.journal;
    struct deed deed = {.from_ms = row->time_ms, .until_ms = row->time_ms};
    for (size_t i = 0; i < j->n; i++) {
        const struct entry *e = j->list[i];
        if (e != row->entry && e->cause != row->entry->seq)
            continue;
        if (e->time_ms > deed.until_ms)
            deed.until_ms = e->time_ms;
        if (e->on)
            add_pids(&deed, e->response);
        if (json_str(e->response, "commandId"))
            deed.id = json_str(e->response, "commandId");
    }
    deed.until_ms += 3000;
    return deed;
}

/* When a line was written, by the log's way of telling; false if it does not say. Years are the deed's: syslog has none. */
static bool time_of_line(const char *line, int64_t about_ms, int64_t *ret_ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4] = "";
    struct civil c = civil_from_ms(about_ms);
    double s = 0;
    const char *audit = strstr(line, "msg=audit("), *at;
    if (audit && sscanf(audit + 10, "%lf", &s) == 1) {
        *ret_ms = (int64_t)(s * 1000 + 0.5);
        return true;
    }
    c.ms = 0;
    if (sscanf(line, "%d-%d-%d %d:%d:%d", &c.year, &c.month, &c.day, &c.hour, &c.minute, &c.second) != 6) {
        if (sscanf(line, "%3s %d %d:%d:%d", month, &c.day, &c.hour, &c.minute, &c.second) != 5 || strlen(month) != 3 ||
            !(at = strstr(months, month)))
            return false;
        c.month = (int)(at - months) / 3 + 1;
    }
    *ret_ms = ms_from_civil(&c);
    return true;
}

static bool names_pid(const char *line, long pid)
{
    AUTO(arena_drop) struct arena arena = {0};
    return strstr(line, arena_printf(&arena, " pid=%ld ", pid)) || strstr(line, arena_printf(&arena, "[%ld]", pid));
}

/* What tells most of a deed stands first. */
static unsigned telling(const struct deed *deed, const char *line)
{
    static const char *const words[] = {"Accepted ", "type=USER_LOGIN", "type=USER_CMD", "type=ADD_USER",
                                        "COMMAND=",  "session closed",  "type=USER_END", "executing document"};
    bool own = deed->id && strstr(line, deed->id);
    for (size_t i = 0; i < deed->n_pids && !own; i++)
        own = names_pid(line, deed->pids[i]);
    if (!own)
        return 0;
    for (size_t i = 0; i < COUNT(words); i++)
        if (strstr(line, words[i]))
            return (unsigned)(COUNT(words) - i) + 1;
    return 1;
}

static const char *command_for(struct debriefing *d, const char *file, const char *line, unsigned number)
{
    const char *serial = strstr(line, "msg=audit("), *colon = serial ? strchr(serial, ':') : NULL;
    if (colon && text_ends(file, "/audit.log"))
        return arena_printf(&d->arena, "ausearch -i -if %s -a %ld", file, strtol(colon + 1, NULL, 10));
    return arena_printf(&d->arena, "sed -n %up %s", number, file);
}

static void look_in_log(struct debriefing *d, const struct deed *deed, struct sighting *s, const char *text)
{
    unsigned number = 0, best = 0;
    for (const char *at = text; *at; number++) {
        size_t n = strcspn(at, "\n");
        const char *line = NULL;
        int64_t time_ms;
        char head[64];
        snprintf(head, sizeof(head), "%.*s", n < 63 ? (int)n : 63, at);
        if (time_of_line(head, deed->from_ms, &time_ms) && time_ms >= deed->from_ms / 1000 * 1000 && time_ms <= deed->until_ms)
            line = arena_dupn(&d->arena, at, n);
        unsigned tells = line ? telling(deed, line) : 0;
        if (tells > best) {
            best = tells;
            s->line = number + 1;
            s->text = shown(d, line, n);
            s->command = command_for(d, s->file, line, s->line);
        }
        at += n + (at[n] == '\n');
    }
}

static void look_in_wtmp(struct debriefing *d, const struct deed *deed, struct sighting *s, const struct str *bytes)
{
    for (size_t i = 0; (i + 1) * UTMP_SIZE <= bytes->len; i++) {
        int32_t time_s;
        memcpy(&time_s, bytes->s + i * UTMP_SIZE + UTMP_TIME, 4);
        if (!s->record && time_s >= deed->from_ms / 1000 && time_s <= deed->until_ms / 1000) {
            s->record = (unsigned)i + 1;
            s->command = arena_printf(&d->arena, "last -F -i -f %s", s->file);
        }
    }
}

static bool look_on_server(struct debriefing *d, size_t row, const char *file, const char *dir, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const char *path = arena_printf(&d->arena, "%s/%s", dir, file);
    struct sighting s = {.file = file}, *added;
    struct deed deed = deed_of(d, &d->p->rows[row]);
    bool log = strstr(file, "/var/log/"), logins = text_ends(file, "/wtmp") || text_ends(file, "/btmp");
    if (!file_exists(path))
        return true;
    if (text_ends(file, "/lastlog"))
        log = false; /* it has one place for each user, and the latest login in it */
    else if (log && !file_read(path, MOST_BYTES, &text, e))
        return false;
    if (logins)
        look_in_wtmp(d, &deed, &s, &text);
    else if (log)
        look_in_log(d, &deed, &s, str_text(&text));
    if (log && !s.line && !s.record)
        return true; /* nothing of it is there */
    if ((added = add_sighting(d, row, file)))
        *added = s;
    return true;
}

bool sightings_find(struct debriefing *d, const char *dir, struct err *e)
{
    struct looking looking = {d, dir};
    const char *trail = arena_printf(&d->arena, "%s/s3", dir);
    if ((file_exists(trail) && !dir_walk(trail, look_in_trail, &looking, e)) || !look_in_history(d, dir, e))
        return false;
    for (size_t i = 0; i < d->p->n; i++) {
        struct preview_traces traces;
        preview_traces_of(d->p, &d->p->rows[i], &traces);
        for (size_t j = 0; j < traces.n; j++)
            if (text_starts(traces.list[j].file, "host") && !look_on_server(d, i, traces.list[j].file, dir, e))
                return false;
    }
    return true;
}
