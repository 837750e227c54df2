/* SPDX-License-Identifier: MIT */
/*
 * The walk over the journal: each entry of the server goes to the function that knows what it leaves behind; and the
 * forms that every log shares (syslog's and audit's lines).
 */
#include "sim/evidence/host_traces.h"

#include <stdlib.h>
#include <string.h>

void traces_drop(struct traces *t)
{
    str_drop(&t->bytes);
    free(t->list);
    free(t->watches);
    free(t->outages);
    arena_drop(&t->arena);
}

/* ---- adding ---- */

/* Whose daemon has to be up for a record to be written. */
static const char *const writers[CHANNELS] = {
    [TO_AUDIT] = "auditd", [TO_SECURE] = "rsyslog",     [TO_MESSAGES] = "rsyslog",   [TO_CRON] = "rsyslog",
    [TO_MAIL] = "rsyslog", [TO_HTTPD_ACCESS] = "httpd", [TO_HTTPD_ERRORS] = "httpd", [TO_SSM_AGENT] = "amazon-ssm-agent",
};

bool trace_told(const struct traces *t, enum channel to, int64_t ms)
{
    if (t->routine)
        return ms <= t->told_ms[to];
    return t->told_ms[to] && !t->fresh && (!t->task->held_ms || ms <= t->task->held_ms);
}

static void note(struct traces *t, enum channel to, int64_t ms, size_t at)
{
    struct trace trace = {.time_ms = ms, .order = (uint32_t)t->n, .to = to, .at = at, .len = t->bytes.len - at};

    trace.fresh = t->fresh;
    trace.routine = t->routine;
    if (writers[to] && daemon_down(t, writers[to], ms))
        return;
    if (ms >= t->begin_ms || to == TO_WTMP || to == TO_LASTLOG)
        *GROW(t->list, t->n, t->cap) = trace;
}

void trace_bytes(struct traces *t, enum channel to, int64_t ms, const void *data, size_t n)
{
    size_t at = t->bytes.len;

    if (trace_told(t, to, ms))
        return;
    str_addn(&t->bytes, data, n);
    note(t, to, ms, at);
}

const char *stamp_of(struct stamp *stamp, int64_t ms, const char *fmt)
{
    if (!*stamp->text || ms < stamp->second_ms || ms >= stamp->second_ms + 1000) {
        AUTO(str_drop) struct str text = {0};
        str_add_time(&text, ms, fmt);
        stamp->second_ms = ms - (ms % 1000 + 1000) % 1000;
        snprintf(stamp->text, sizeof(stamp->text), "%s", str_text(&text));
    }
    return stamp->text;
}

/* rsyslog: $EscapeControlCharactersOnReceive, of all from `at` on. */
static void escape_controls(struct str *line, size_t at)
{
    bool any = false;
    for (size_t i = at; i < line->len; i++)
        any |= (unsigned char)line->s[i] < 0x20 || line->s[i] == 0x7f;
    if (!any)
        return;
    AUTO(str_drop) struct str text = {0};
    str_addn(&text, line->s + at, line->len - at);
    line->len = at;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.s[i] < 0x20 || text.s[i] == 0x7f)
            str_addf(line, "#%03o", (unsigned char)text.s[i]);
        else
            str_addc(line, text.s[i]);
}

/* rsyslog's RSYSLOG_TraditionalFileFormat. */
void trace_syslog(struct traces *t, enum channel to, int64_t ms, const char *tag, int pid, const char *fmt, ...)
{
    size_t at = t->bytes.len;
    va_list args;

    if (trace_told(t, to, ms))
        return;
    str_add(&t->bytes, stamp_of(&t->syslog_stamp, ms, "%b %e %H:%M:%S "));
    str_add(&t->bytes, t->host);
    str_addc(&t->bytes, ' ');
    str_add(&t->bytes, tag);
    if (pid) {
        str_addc(&t->bytes, '[');
        str_add_int(&t->bytes, pid);
        str_addc(&t->bytes, ']');
    }
    str_add(&t->bytes, ": ");
    size_t text = t->bytes.len;
    va_start(args, fmt);
    str_vaddf(&t->bytes, fmt, args);
    va_end(args);
    escape_controls(&t->bytes, text);
    str_addc(&t->bytes, '\n');
    note(t, to, ms, at);
}

void trace_line(struct traces *t, enum channel to, int64_t ms, const char *fmt, ...)
{
    size_t at = t->bytes.len;
    va_list args;

    if (trace_told(t, to, ms))
        return;
    va_start(args, fmt);
    str_vaddf(&t->bytes, fmt, args);
    va_end(args);
    str_addc(&t->bytes, '\n');
    note(t, to, ms, at);
}

/* ---- audit ---- */

void audit_event(struct traces *t, int64_t ms, const struct str *records)
{
    trace_bytes(t, TO_AUDIT, ms, records->s, records->len);
}

void audit_user(struct traces *t, int64_t ms, const char *type, const struct actor *who, const char *fmt, ...)
{
    size_t at = t->bytes.len;
    va_list args;

    if (trace_told(t, TO_AUDIT, ms))
        return;
    str_add(&t->bytes, type);
    str_add(&t->bytes, " pid=");
    str_add_int(&t->bytes, who->pid);
    str_add(&t->bytes, " uid=");
    str_add_int(&t->bytes, who->uid);
    str_add(&t->bytes, " auid=");
    str_add_int(&t->bytes, who->auid);
    str_add(&t->bytes, " ses=");
    str_add_int(&t->bytes, who->ses);
    str_add(&t->bytes, " msg='");
    va_start(args, fmt);
    str_vaddf(&t->bytes, fmt, args);
    va_end(args);
    str_add(&t->bytes, "'\n");
    note(t, TO_AUDIT, ms, at);
}

void audit_value(struct str *out, const char *s, size_t n)
{
    bool plain = true;

    for (size_t i = 0; i < n && plain; i++)
        plain = (unsigned char)s[i] > 0x20 && s[i] != '"' && (unsigned char)s[i] < 0x7f;
    if (!plain) {
        str_add_hex_upper(out, s, n);
        return;
    }
    str_addc(out, '"');
    str_addn(out, s, n);
    str_addc(out, '"');
}

const char *audit_quoted(struct traces *t, const char *s)
{
    AUTO(str_drop) struct str out = {0};

    audit_value(&out, s, strlen(s));
    return arena_dup(&t->arena, str_text(&out));
}

static const char *colon_hex(struct traces *t, const void *data, size_t n)
{
    AUTO(str_drop) struct str out = {0};

    str_add(&out, "SHA256");
    for (size_t i = 0; i < n; i++)
        str_addf(&out, ":%02x", ((const unsigned char *)data)[i]);
    return arena_dup(&t->arena, str_text(&out));
}

const char *audit_fingerprint(struct traces *t, const char *sha256_base64)
{
    AUTO(str_drop) struct str text = {0}, raw = {0};

    str_add(&text, text_starts(sha256_base64, "SHA256:") ? sha256_base64 + 7 : sha256_base64);
    while (text.len % 4)
        str_addc(&text, '=');
    if (!base64_decode(str_text(&text), text.len, &raw) || raw.len != 32)
        return "?";
    return colon_hex(t, raw.s, raw.len);
}

/* ---- the server as its logs know it ---- */

static const char *key_of_host(struct traces *t, const char *path)
{
    const struct file *file = tree_find(&t->server->tree, path);
    AUTO(str_drop) struct str blob = {0};
    const char *start;
    uint8_t digest[32];

    if (!file || file->kind != FILE_REGULAR || !file->data)
        return NULL;
    start = memchr(file->data, ' ', file->size);
    if (!start)
        return NULL;
    start++;
    size_t n = 0;
    while (start + n < file->data + file->size && start[n] != ' ' && start[n] != '\n')
        n++;
    if (!base64_decode(start, n, &blob))
        return NULL;
    sha256(str_text(&blob), blob.len, digest);
    return colon_hex(t, digest, sizeof(digest));
}

static void know_server(struct traces *t)
{
    static const char *const keys[] = {"/etc/ssh/ssh_host_rsa_key.pub", "/etc/ssh/ssh_host_ecdsa_key.pub",
                                       "/etc/ssh/ssh_host_ed25519_key.pub"};
    const struct file *rules = tree_find(&t->server->tree, "/etc/audit/rules.d/audit.rules");
    const char *name = t->server->hostname ? t->server->hostname : "localhost";

    t->host = arena_dupn(&t->arena, name, strcspn(name, "."));
    for (size_t i = 0; i < COUNT(keys); i++)
        t->host_keys[i] = key_of_host(t, keys[i]);
    if (rules && rules->kind == FILE_REGULAR && rules->data)
        watches_read(t, rules->data, rules->size);
}

int pid_titled(const struct server *server, const char *word, const char *other_word, int otherwise)
{
    for (const struct process *p = server->processes; p; p = p->next)
        if (p->title && strstr(p->title, word) && strstr(p->title, other_word))
            return p->pid;
    return otherwise;
}

/* ---- the walk ---- */

static void logged_out(struct traces *t, const struct entry *entry)
{
    traces_of_logout(t, entry->time_ms, entry->response);
}

static const struct {
    const char *op;
    void (*leave)(struct traces *, const struct entry *);
} kinds[] = {
    {"host:LogIn",  traces_of_login   },
    {"host:LogOut", logged_out        },
    {"host:",       traces_of_programs}, /* all others are commands */
};

static void walk(struct traces *t)
{
    const struct journal *journal = &t->task->w->journal;

    for (size_t i = 0; i < journal->n; i++) {
        const struct entry *entry = journal->list[i];
        if (entry->prelude || !text_same(entry->on, t->server->name) || !json_is_object(entry->response))
            continue;
        t->fresh = i >= t->task->first;
        for (size_t k = 0; k < COUNT(kinds); k++) {
            if (!text_starts(entry->op, kinds[k].op))
                continue;
            kinds[k].leave(t, entry);
            break;
        }
    }
}

/* The boot, or the last rotation before the evidence begins: what is older has been turned over. */
static int64_t begin_of_logs(const struct traces *t)
{
    int64_t begin = t->server->booted_ms, turn = t->task->from_ms - 14 * (int64_t)86400000;
    int64_t oldest = t->task->until_ms - 400 * (int64_t)86400000; /* whatever a journal claims, there is an end to it */

    if (begin < oldest)
        begin = oldest;

    while ((turn = host_rotation_after(t, turn, TURNS_WEEKLY)) <= t->task->from_ms)
        if (turn > begin)
            begin = turn;
    return begin;
}

void host_gather(const struct evidence_task *task, struct server *server, struct traces *t)
{
    *t = (struct traces){.task = task, .server = server};
    know_server(t);
    t->begin_ms = begin_of_logs(t);
    host_know_told(t);
    outages_read(t);
    t->routine = true;
    traces_of_boot(t);
    traces_of_routine(t);
    traces_of_guests(t);
    t->routine = false;
    walk(t);
}
