/* SPDX-License-Identifier: MIT */
/* cafelab query: Athena SQL on a lab's logs; a prompt when there is no statement and someone is typing. */
#include "grader/pace.h"
#include "sim/athena/athena.h"
#include "sim/cli/query_rule.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SQL_BYTES (256u << 10)

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };
static const char *const format_names[] = {"table", "csv", "json"};

struct session {
    const char *dir;
    int64_t timeout_s;
    struct athena *athena;
    enum format format;
    bool wide;
};

/* ---- Ctrl-C: ends the statement or the import, and at the prompt the line ---- */

static struct athena *volatile running;
static volatile int cancelled;

static void on_interrupt(int signal)
{
    (void)signal;
    cancelled = 1;
    if (running)
        athena_interrupt(running);
}

static void catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL); /* no SA_RESTART: a read at the prompt ends, too */
}

/* ---- opening ---- */

/* Where a built lab's clock stands; other directories and running labs have the time of day. */
static int64_t lab_now(const char *dir)
{
    AUTO(str_drop) struct str path = {0}, text = {0};
    struct err e = {0};
    str_addf(&path, "%s/.cafelab/lab.json", dir);
    json_auto_t *lab = file_read(str_text(&path), 1 << 20, &text, &e) ? json_read(str_text(&text), text.len, &e) : NULL;
    int64_t until = lab && !json_bool_or(lab, "live", false) ? json_int_or(lab, "untilMs", 0) : 0;
    return until > 0 ? until : clock_now_ms();
}

static void show_import(void *context, uint64_t done, uint64_t all)
{
    progress_show(context, "reading the logs", (unsigned)(done >> 10), (unsigned)(all >> 10));
}

static bool open_athena(struct session *s, struct err *e)
{
    AUTO(str_drop) struct str warnings = {0};
    struct athena_options options = {.lab = s->dir,
                                     .now_ms = lab_now(s->dir),
                                     .timeout_ms = s->timeout_s * 1000,
                                     .progress = show_import,
                                     .cancelled = &cancelled};
    s->athena = athena_open(&options, &warnings, e);
    progress_end();
    warn_damaged(&warnings);
    return s->athena;
}

/* ---- one statement ---- */

static void print_footer(const struct athena_result *r, bool cut)
{
    double seconds = (double)r->time_us / 1e6;
    if (!r->n_columns)
        printf("Query successful. (%.3f s)\n", seconds);
    else
        printf("(%zu row%s, %.3f s%s)\n", r->n_rows, r->n_rows == 1 ? "" : "s", seconds,
               cut ? "; cut to the terminal's width, --wide shows all" : "");
}

static int run_statement(const struct session *s, const char *sql)
{
    struct err e = {0};
    struct athena_result r;
    AUTO(str_drop) struct str text = {0};
    cancelled = 0;
    running = s->athena;
    bool good = athena_query(s->athena, sql, &r, &e);
    running = NULL;
    if (!good)
        return trouble_err(&e);
    bool cut = false;
    if (s->format == FORMAT_CSV)
        athena_add_csv(&text, &r);
    else if (s->format == FORMAT_JSON)
        athena_add_json(&text, &r);
    else
        cut = athena_add_table(&text, &r, s->wide ? 0 : terminal_width(stdout));
    print_text(&text);
    if (s->format == FORMAT_TABLE)
        print_footer(&r, cut);
    fflush(stdout);
    athena_result_drop(&r);
    return EXIT_GOOD;
}

/* ---- the prompt ---- */

static const char prompt_help[] = "Type SQL and end it with ';'. Tables: SHOW TABLES; columns: DESCRIBE logs;\n"
                                  "  \\w   do or do not cut lines at the terminal's width\n"
                                  "  \\h   what was typed so far\n"
                                  "  \\?   this help\n"
                                  "  \\q   leave (or Ctrl-D); Ctrl-C ends a query\n";

struct history {
    char **items;
    size_t n, cap;
};

/* A line that begins with a backslash. False to leave. */
static bool run_backslash(struct session *s, const struct history *h, const char *line)
{
    if (text_starts(line, "\\q"))
        return false;
    if (text_starts(line, "\\w")) {
        s->wide = !s->wide;
        printf("lines are %s\n", s->wide ? "shown whole" : "cut at the terminal's width");
    } else if (text_starts(line, "\\h")) {
        for (size_t i = 0; i < h->n; i++)
            printf("%s\n", h->items[i]);
    } else
        fputs(prompt_help, stdout);
    return true;
}

/* Whether the statement's end has come: a semicolon last, outside quotes and comments. */
static bool is_complete(const char *sql)
{
    char quote = 0;
    bool complete = false;
    for (const char *p = sql; *p; p++) {
        if (quote)
            quote = *p == quote ? 0 : quote;
        else if (p[0] == '-' && p[1] == '-') {
            p += strcspn(p, "\n");
            if (!*p)
                break;
        } else if (*p == '\'' || *p == '"' || *p == '`')
            quote = *p;
        else if (!strchr(" \t\r\n", *p)) {
            complete = *p == ';';
            continue;
        }
        complete = complete && !quote;
    }
    return complete;
}

static bool is_leaving(const char *line)
{
    return !strcasecmp(line, "quit") || !strcasecmp(line, "exit") || !strcasecmp(line, "quit;") || !strcasecmp(line, "exit;");
}

/* One line from the prompt; false at the end of the input. "" after Ctrl-C. */
static bool read_line(const char *prompt, char **line, size_t *cap)
{
    fputs(prompt, stdout);
    fflush(stdout);
    cancelled = 0;
    ssize_t n = getline(line, cap, stdin);
    if (n < 0 && errno == EINTR && cancelled) {
        clearerr(stdin);
        puts("");
        **line = 0;
        return true;
    }
    if (n < 0)
        return false;
    (*line)[strcspn(*line, "\r\n")] = 0;
    return true;
}

/* Logs arrive while someone types: then the lab is opened again. */
static bool is_current(struct session *s)
{
    struct err e = {0};
    if (s->athena && !athena_is_stale(s->athena))
        return true;
    athena_drop(&s->athena);
    return open_athena(s, &e) || (trouble_err(&e), false);
}

static void run_prompt(struct session *s)
{
    AUTO(str_drop) struct str sql = {0};
    struct history h = {0};
    size_t cap = 128;
    char *line = xmalloc(cap);
    printf("Athena SQL on the lab's logs. \\? for help, \\q to leave.\n");
    while (read_line(sql.len ? "     -> " : "athena> ", &line, &cap)) {
        if (cancelled || (!sql.len && !*line)) {
            str_clear(&sql);
            continue;
        }
        if (!sql.len && (is_leaving(line) || (*line == '\\' && !run_backslash(s, &h, line))))
            break;
        if (!sql.len && *line == '\\')
            continue;
        str_addf(&sql, "%s%s", sql.len ? "\n" : "", line);
        if (!is_complete(str_text(&sql)))
            continue;
        *GROW(h.items, h.n, h.cap) = xstrdup(str_text(&sql));
        if (!is_current(s))
            break;
        run_statement(s, str_text(&sql));
        str_clear(&sql);
    }
    puts("");
    while (h.n)
        free(h.items[--h.n]);
    free(h.items);
    free(line);
}

/* ---- the command ---- */

/* Everything from a stream: a file of a query, or a pipe. */
static bool read_stream(FILE *f, const char *name, struct str *sql, struct err *e)
{
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof(bytes), f)) > 0;) {
        str_addn(sql, bytes, n);
        if (sql->len > SQL_BYTES)
            return err_set(e, "'%s' is larger than %u KiB", name, SQL_BYTES >> 10);
    }
    if (ferror(f))
        return err_set(e, "read '%s': %m", name);
    return strlen(str_text(sql)) == sql->len || err_set(e, "'%s' is no text: it holds a NUL byte", name);
}

static bool read_named(const char *file, struct str *text, struct err *e)
{
    if (text_same(file, "-"))
        return read_stream(stdin, "standard input", text, e);
    FILE *f = fopen(file, "re");
    if (!f)
        return err_set(e, "open '%s': %m", file);
    bool good = read_stream(f, file, text, e);
    fclose(f);
    return good;
}

/* The statement that was asked for. *prompt: there is none, and someone types. */
static bool read_sql(const struct request *r, struct str *sql, bool *prompt, struct err *e)
{
    const char *file = request_value(r, "file");
    if (request_arg(r, 1)) {
        str_add(sql, request_arg(r, 1));
        return true;
    }
    *prompt = !file && isatty(STDIN_FILENO);
    return *prompt || read_named(file ? file : "-", sql, e);
}

/* Sigma, to be tried before it is handed in. */
static int run_rule(const struct request *r, const struct session *s)
{
    struct err e = {0};
    AUTO(str_drop) struct str text = {0};
    const char *name = request_value(r, "rule");
    struct rule_trial trial = {.dir = r->args[0],
                               .name = text_same(name, "-") ? "standard input" : name,
                               .text = &text,
                               .format = (enum rule_format)s->format,
                               .width = s->wide ? 0 : terminal_width(stdout),
                               .timeout_ms = s->timeout_s * 1000};
    return read_named(name, &text, &e) && rule_try(&trial, &e) ? EXIT_GOOD : trouble_err(&e);
}

static int run(const struct request *r)
{
    struct err e = {0};
    struct session s = {.wide = request_has(r, "wide"), .timeout_s = 60};
    AUTO(str_drop) struct str sql = {0};
    bool prompt = false;
    int format = REQUEST_CHOICE(r, "format", format_names, request_has(r, "json") ? FORMAT_JSON : FORMAT_TABLE);
    if (format < 0 || !request_int(r, "timeout", 1, 86400, &s.timeout_s))
        return EXIT_TROUBLE;
    if (request_arg(r, 1) && request_has(r, "file"))
        return misused(r, "expected a statement or --file, not both");
    s.format = (enum format)format;
    if (request_has(r, "rule") && (request_arg(r, 1) || request_has(r, "file")))
        return misused(r, "expected a statement or --rule, not both");
    if (request_has(r, "rule"))
        return run_rule(r, &s);
    if (!read_sql(r, &sql, &prompt, &e))
        return trouble_err(&e);
    catch_interrupt();
    s.dir = r->args[0];
    pace_note(s.dir, "query", clock_now_ms());
    if (!open_athena(&s, &e))
        return trouble_err(&e);
    int status = EXIT_GOOD;
    if (prompt)
        run_prompt(&s);
    else
        status = run_statement(&s, str_text(&sql));
    athena_close(s.athena);
    return status;
}

const struct command command_query = {
    .name = "query",
    .synopsis = "DIR [SQL]",
    .says = "Athena SQL on the lab's logs",
    .more = "The tables cloudtrail_logs_<bucket> (hyphens as underscores) and logs (all buckets) are ready; the console's\n"
            "CREATE EXTERNAL TABLE is accepted, too. Nothing but the lab's logs can be read, and nothing can be changed.\n"
            "Without SQL it is read from standard input; on a terminal there is a prompt. docs/athena.md says how the\n"
            "dialect differs from Athena's.\n"
            "\n"
            "  cafelab query mylab 'SELECT eventname, count(*) FROM logs GROUP BY 1 ORDER BY 2 DESC LIMIT 10'\n"
            "  cafelab query mylab --format csv -f hunt.sql > hunt.csv\n"
            "\n"
            "With --rule a detection rule (Sigma, as questions of the type rule take it) is tried: which events it finds.\n",
    .least = 1,
    .most = 2,
    .run = run,
    .options = {{"file", 'f', "FILE", "the statement is in FILE (- for standard input)"},
                {"rule", 0, "FILE", "no SQL: the events that the Sigma rule in FILE (- for standard input) finds"},
                {"format", 0, "F", "table (the default), csv as Athena writes it, or json"},
                {"wide", 0, NULL, "do not cut lines at the terminal's width"},
                {"timeout", 0, "S", "end the query after S seconds (60)"},
                OPTION_JSON},
};
