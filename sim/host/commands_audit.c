/* SPDX-License-Identifier: MIT */
/*
 * aureport, for the questions of the first hour: who tried to authenticate, who logged in. It reads audit.log as the real one
 * does (audit 2.8); dates are those of the server's locale, en_US.
 */
#include "sim/host/commands.h"

#include <ctype.h>
#include <stdlib.h>

struct audit_record {
    int64_t ms;
    const char *serial, *acct, *host, *terminal, *exe, *auid; /* NULL or text in the arena */
    bool good;
};
struct report {
    struct program *p;
    const char *title, *column, *type; /* "Authentication", "acct", "USER_AUTH" */
    bool login, failed, success, summary, any;
    unsigned n;
    struct total {
        const char *who;
        unsigned n;
    } * totals;
    size_t n_totals, cap_totals;
};

/* ---- a record ---- */

static const char *unhexed(struct arena *arena, const char *hex, size_t n)
{
    char *out = arena_alloc(arena, n / 2 + 1);

    for (size_t i = 0; i + 1 < n; i += 2) {
        char byte[3] = {hex[i], hex[i + 1], '\0'};

        out[i / 2] = (char)strtol(byte, NULL, 16);
        if (iscntrl((unsigned char)out[i / 2]))
            out[i / 2] = '?';
    }
    return out;
}

/* The value of " key=": quoted as it stands, or hex when it holds blanks. */
static const char *field(struct arena *arena, const char *line, const char *key)
{
    const char *at = line;
    size_t n = strlen(key), len;

    while ((at = strstr(at, key)) && !(at > line && strchr(" '", at[-1]) && at[n] == '='))
        at += n;
    if (!at)
        return NULL;
    at += n + 1;
    if (*at == '"')
        return arena_dupn(arena, at + 1, strcspn(at + 1, "\"\n"));
    len = strcspn(at, " '\n");
    if (strcmp(key, "acct") == 0 && len > 2 && len % 2 == 0 && strspn(at, "0123456789ABCDEF") >= len)
        return unhexed(arena, at, len);
    return arena_dupn(arena, at, len);
}

static bool read_record(struct arena *arena, const char *line, const char *type, struct audit_record *r)
{
    const char *stamp = strstr(line, "msg=audit("), *host, *serial;
    size_t n = strlen(type);

    if (!text_starts(line, "type=") || strncmp(line + 5, type, n) != 0 || line[5 + n] != ' ' || !stamp)
        return false;
    stamp += strlen("msg=audit(");
    serial = strchr(stamp, ':');
    if (!serial)
        return false;
    *r = (struct audit_record){.ms = (int64_t)strtoll(stamp, NULL, 10) % 100000000000 * 1000,
                               .serial = arena_dupn(arena, serial + 1, strspn(serial + 1, "0123456789"))};
    r->acct = field(arena, line, "acct");
    r->auid = field(arena, line, "auid");
    r->exe = field(arena, line, "exe");
    r->terminal = field(arena, line, "terminal");
    host = field(arena, line, "hostname");
    r->host = host && strcmp(host, "?") != 0 ? host : field(arena, line, "addr");
    r->good = strstr(line, "res=success") != NULL;
    return true;
}

/* ---- the report ---- */

static void add_total(struct report *r, const char *who)
{
    for (size_t i = 0; i < r->n_totals; i++)
        if (strcmp(r->totals[i].who, who) == 0) {
            r->totals[i].n++;
            return;
        }
    if (r->n_totals < 1000)
        *GROW(r->totals, r->n_totals, r->cap_totals) = (struct total){who, 1};
}

static bool report_line(void *context, const struct text_line *line)
{
    struct report *r = context;
    struct arena *arena = &r->p->m->arena;
    struct audit_record record;
    const char *who;

    if (!read_record(arena, arena_dupn(arena, line->s, line->n < 2000 ? line->n : 2000), r->type, &record))
        return true;
    if ((r->failed && record.good) || (r->success && !record.good))
        return true;
    r->any = true;
    /* a login that worked is known by its audit uid, one that failed by the name that was tried */
    who = r->login && record.good ? record.auid : record.acct;
    who = who ? who : "?";
    if (r->summary)
        add_total(r, who);
    else
        sayf(r->p, "%u. %s %s %s %s %s %s %s\n", ++r->n, arena_time(arena, record.ms, "%m/%d/%Y %H:%M:%S"), who,
             record.host ? record.host : "?", record.terminal ? record.terminal : "?", record.exe ? record.exe : "?",
             record.good ? "yes" : "no", record.serial);
    return true;
}

static int by_count(const void *a, const void *b)
{
    const struct total *x = a, *y = b;

    return (x->n < y->n) - (x->n > y->n);
}

static void heading(struct report *r)
{
    static const char line[] = "============================================";
    int width = !r->summary ? 44 : r->login ? 28 : 29;
    const char *which = !r->summary ? "" : r->failed ? "Failed " : r->success ? "Success " : "";

    sayf(r->p, "\n%s%s%s Report\n%.*s\n", which, r->title, r->summary ? " Summary" : "", width, line);
    sayf(r->p, r->summary ? "total  %s\n" : "# date time %s host term exe success event\n", r->column);
    sayf(r->p, "%.*s\n", width, line);
}

static int report(struct report *r, const char *file)
{
    struct program one = *r->p;
    const char *data, *argv[] = {"aureport", file, NULL};
    size_t n;
    int error = fs_read(r->p, file, &data, &n);

    if (error && strcmp(file, "/var/log/audit/audit.log") == 0)
        str_addf(r->p->io.err, "Error opening config file (%s)\nNOTE - using built-in logs: %s\n", strerror(error), file);
    if (error) {
        str_addf(r->p->io.err, "Error opening %s (%s)\n", file, strerror(error));
        return 1;
    }
    heading(r);
    one.argv = argv;
    one.argc = 2;
    each_line(&one, 1, report_line, r);
    if (r->n_totals > 0)
        qsort(r->totals, r->n_totals, sizeof(*r->totals), by_count);
    for (size_t i = 0; i < r->n_totals; i++)
        sayf(r->p, "%u  %s\n", r->totals[i].n, r->totals[i].who);
    if (!r->any)
        sayf(r->p, "<no events of interest were found>\n\n");
    free(r->totals);
    return 0;
}

int run_aureport(struct program *p)
{
    struct report r = {.p = p};
    const char *file = "/var/log/audit/audit.log";

    for (int i = 1; i < p->argc; i++) {
        const char *word = p->argv[i];

        if (strcmp(word, "--auth") == 0 || strcmp(word, "-au") == 0) {
            r.title = "Authentication", r.column = "acct", r.type = "USER_AUTH";
        } else if (strcmp(word, "--login") == 0 || strcmp(word, "-l") == 0) {
            r.title = "Login", r.column = "auid", r.type = "USER_LOGIN", r.login = true;
        } else if (strcmp(word, "--failed") == 0) {
            r.failed = true;
        } else if (strcmp(word, "--success") == 0) {
            r.success = true;
        } else if (strcmp(word, "--summary") == 0) {
            r.summary = true;
        } else if ((strcmp(word, "-if") == 0 || strcmp(word, "--input") == 0) && i + 1 < p->argc) {
            file = p->argv[++i];
        } else if (strcmp(word, "-i") != 0 && strcmp(word, "--interpret") != 0) {
            str_addf(p->io.err,
                     "aureport: \"%s\" is not part of this lab's aureport: run the real one on the lab's host/var/log/audit\n",
                     word);
            return 1;
        }
    }
    if (!r.title) {
        str_add(p->io.err, "aureport: --auth or --login is what this lab's aureport knows: run the real one on the lab's "
                           "host/var/log/audit\n");
        return 1;
    }
    return report(&r, file);
}
