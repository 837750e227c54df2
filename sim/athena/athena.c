/* SPDX-License-Identifier: MIT */
/*
 * The engine: a DuckDB in memory that holds no data, only views over the scan of the import. It is told to touch no
 * files, load nothing and write nowhere; and it gets no statement but those that the rewriter made.
 */
#include "sim/athena/athena.h"

#include "sim/athena/rewrite.h"
#include "sim/athena/scan.h"
#include "sim/athena/tables.h"
#include "sim/athena/value.h"
#include "sim/athena/watch.h"
#include "sim/athena/words.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A DuckDB that is started and knows no logs yet. */
struct engine {
    const struct duckdb *d;
    duckdb_handle database, connection;
};
struct athena {
    char *lab;
    struct logs logs;
    struct store store;
    struct tables tables;
    struct scan_source source;
    struct engine engine;
    struct athena_options options;
    int64_t now_ms, timeout_ms, scanned;
    int exit_status; /* athena_set_timeout() */
    bool views_have_path;
    bool made[FUNCTIONS_MAX]; /* macros */
    volatile int interrupted;
};

/* ---- opening ---- */

static bool configure(int64_t memory_mib, const struct duckdb *d, duckdb_handle *config, struct err *e)
{
    char memory[32];
    snprintf(memory, sizeof(memory), "%lldMiB", (long long)(memory_mib ? memory_mib : 512));
    const char *const settings[][2] = {
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions",    "false"},
        {"memory_limit",                 memory },
        {"threads",                      "1"    }, /* the scan is one thread's work; a second one would only wait, and busily */
    };
    if (d->create_config(config))
        return err_set(e, "DuckDB does not start");
    for (size_t i = 0; i < COUNT(settings); i++)
        if (d->set_config(*config, settings[i][0], settings[i][1]))
            return err_set(e, "DuckDB does not know the setting '%s': expected the version of build-aux/duckdb",
                           settings[i][0]);
    return true;
}

/* Waits for the first athena_open() of this process, or of each that is forked from it; see athena_prepare(). */
static struct engine prepared;
static int64_t prepared_mib;

/* Statements of our own; an error of theirs is a mistake of ours or a library of another version. */
static bool engine_run(const struct engine *engine, const char *sql, struct err *e)
{
    struct duckdb_result result;
    bool failed = engine->d->query(engine->connection, sql, &result);
    if (failed)
        err_set(e, "DuckDB refuses '%.60s': %.300s", sql, engine->d->result_error(&result));
    engine->d->destroy_result(&result);
    return !failed;
}

static bool engine_start(struct engine *engine, int64_t memory_mib, struct err *e)
{
    const struct duckdb *d = engine->d;
    duckdb_handle config = NULL;
    char *said = NULL;
    bool good = configure(memory_mib, d, &config, e);
    if (good && d->open_ext(NULL, &engine->database, config, &said))
        good = err_set(e, "DuckDB does not start: %s", said ? said : "?");
    if (said)
        d->free(said);
    if (config)
        d->destroy_config(&config);
    if (!good || d->connect(engine->database, &engine->connection))
        return err_set(e, "DuckDB does not start");
    return engine_run(engine,
                      "ATTACH ':memory:' AS awsdatacatalog; CREATE SCHEMA awsdatacatalog.\"default\"; "
                      "USE awsdatacatalog.\"default\"; SET temp_directory=''; SET enable_external_access=false; SET "
                      "TimeZone='UTC'; SET integer_division=true; SET errors_as_json=true;",
                      e);
}

static void engine_stop(struct engine *engine)
{
    if (engine->connection)
        engine->d->disconnect(&engine->connection);
    if (engine->database)
        engine->d->close(&engine->database);
}

bool athena_prepare(int64_t memory_mib, struct err *e)
{
    if (prepared.connection && prepared_mib == memory_mib)
        return true;
    athena_unprepare();
    prepared.d = duckdb_load(e);
    prepared_mib = memory_mib;
    if (prepared.d && engine_start(&prepared, memory_mib, e))
        return true;
    if (prepared.d)
        engine_stop(&prepared);
    return false;
}

void athena_unprepare(void)
{
    if (prepared.d)
        engine_stop(&prepared);
}

/* The one that waits, if it has as much memory as is wanted. */
static bool take_engine(struct engine *to, int64_t memory_mib, struct err *e)
{
    if (!prepared.connection || memory_mib != prepared_mib)
        return engine_start(to, memory_mib, e);
    *to = prepared;
    prepared.database = prepared.connection = NULL;
    return true;
}

static bool run_own(struct athena *a, const char *sql, struct err *e)
{
    return engine_run(&a->engine, sql, e);
}

static bool make_views(struct athena *a, bool with_path, struct err *e)
{
    AUTO(str_drop) struct str sql = {0};
    for (size_t i = 0; i < a->tables.n; i++) {
        str_addf(&sql, "CREATE OR REPLACE VIEW \"%s\" AS ", a->tables.items[i].name);
        if (!view_add(&sql, &a->tables.items[i], with_path, e))
            return false;
        str_add(&sql, ";\n");
    }
    a->views_have_path = with_path;
    return run_own(a, str_text(&sql), e);
}

static bool start_engine(struct athena *a, const struct athena_options *o, struct err *e)
{
    if (!take_engine(&a->engine, o->memory_mib, e))
        return false;
    a->source = (struct scan_source){a->engine.d, &a->store, &a->logs, &a->scanned};
    return scan_register(a->engine.connection, &a->source, e) && make_views(a, false, e) &&
           run_own(a, "SET lock_configuration=true", e);
}

static unsigned cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

/* The library is large: it is loaded while the logs are looked at. */
struct loading {
    pthread_t thread;
    bool apart;
    const struct duckdb *d;
    struct err e;
};

static void *load(void *context)
{
    struct loading *l = context;
    l->d = duckdb_load(&l->e);
    return NULL;
}

static void loading_start(struct loading *l, bool alone)
{
    l->apart = !alone && !prepared.d && !pthread_create(&l->thread, NULL, load, l);
}

static const struct duckdb *loading_end(struct loading *l)
{
    if (l->apart)
        pthread_join(l->thread, NULL);
    else
        load(l);
    return l->d;
}

static bool read_logs(struct athena *a, struct loading *loading, struct str *warnings, struct err *e)
{
    const struct athena_options *o = &a->options;
    struct store_plan plan = {.lab = a->lab,
                              .threads = o->threads ? o->threads : cores(),
                              .progress = o->progress,
                              .context = o->context,
                              .cancelled = o->cancelled};
    if (!a->lab)
        logs_take(&a->logs, o->logs, o->n_logs);
    bool good = (a->logs.dir >= 0 || !a->lab || logs_list(&a->logs, a->lab, warnings, e)) &&
                store_open(&a->store, &a->logs, &plan, warnings, e);
    a->engine.d = loading_end(loading);
    return good && (a->engine.d || err_set(e, "%s", loading->e.msg));
}

static bool open_now(struct athena *a, struct str *warnings, struct err *e)
{
    struct loading loading = {0};
    loading_start(&loading, !a->lab);
    if (!read_logs(a, &loading, warnings, e))
        return false;
    a->logs.more_buckets = a->options.more_buckets;
    tables_open(&a->tables, a->lab, &a->logs, warnings);
    return start_engine(a, &a->options, e);
}

static bool open_for_later(struct athena *a, struct str *warnings, struct err *e)
{
    if (!logs_list(&a->logs, a->lab, warnings, e))
        return false;
    a->logs.more_buckets = a->options.more_buckets;
    tables_open(&a->tables, a->lab, &a->logs, warnings);
    return true;
}

/* Of one that was opened for later. */
static bool engine_ready(struct athena *a, struct err *e)
{
    AUTO(str_drop) struct str warnings = {0};
    struct loading loading = {0};
    if (a->engine.connection)
        return true;
    loading_start(&loading, false);
    return read_logs(a, &loading, &warnings, e) && start_engine(a, &a->options, e);
}

struct athena *athena_open(const struct athena_options *o, struct str *warnings, struct err *e)
{
    struct athena *a = xcalloc(1, sizeof(*a));
    a->lab = o->lab ? xstrdup(o->lab) : NULL;
    a->options = *o;
    a->now_ms = o->now_ms;
    a->timeout_ms = o->timeout_ms ? o->timeout_ms : 60000;
    a->logs.dir = -1;
    if (!(o->later && o->lab ? open_for_later : open_now)(a, warnings, e))
        athena_drop(&a);
    return a;
}

void athena_close(struct athena *a)
{
    if (!a)
        return;
    engine_stop(&a->engine);
    tables_close(&a->tables);
    store_close(&a->store);
    logs_drop(&a->logs);
    free(a->lab);
    free(a);
}

bool athena_is_stale(const struct athena *a)
{
    struct logs now = {0};
    AUTO(str_drop) struct str warnings = {0};
    if (!a->lab)
        return false;
    bool stale = !logs_list(&now, a->lab, &warnings, &(struct err){0}) || memcmp(now.key, a->logs.key, sizeof(now.key)) != 0;
    logs_drop(&now);
    return stale;
}

void athena_drop(struct athena **a)
{
    athena_close(*a);
    *a = NULL;
}

void athena_set_timeout(struct athena *a, int64_t timeout_ms, int exit_status)
{
    a->timeout_ms = timeout_ms;
    a->exit_status = exit_status;
}

void athena_interrupt(struct athena *a)
{
    a->interrupted = 1;
    if (a->engine.connection)
        a->engine.d->interrupt(a->engine.connection);
}

/* ---- results ---- */

#define CELLS_MAX (512u << 20) /* bytes of a result's texts */

struct fetching {
    struct athena *a;
    struct duckdb_result duck;
    struct athena_result *to;
    const struct rewritten *query;
    struct value_type **types;
    size_t cap, size;
};

/* The name that Athena prints for column i: by the query's text, counted from the front up to its first star and from
 * the back down to its last; in between, and where the text tells nothing, as the table has it. */
static const char *column_name(struct fetching *f, size_t i)
{
    const struct rewritten *q = f->query;
    const char *own = f->a->engine.d->column_name(&f->duck, i);
    const struct output *output = NULL;
    size_t first = 0, behind = 0, n = f->to->n_columns;
    while (first < q->n_outputs && !text_same(q->outputs[first].name, "*"))
        first++;
    while (behind < q->n_outputs && !text_same(q->outputs[q->n_outputs - 1 - behind].name, "*"))
        behind++;
    if (i < first)
        output = &q->outputs[i];
    else if (q->n_outputs && n - i <= behind && n - i <= q->n_outputs)
        output = &q->outputs[q->n_outputs - (n - i)];
    if (output ? !output->name : text_starts(own, "col") && strspn(own + 3, "0123456789") == strlen(own + 3))
        return arena_printf(&f->to->arena, "_col%zu", i);
    return arena_dup(&f->to->arena, output ? output->name : own);
}

static void read_columns(struct fetching *f)
{
    const struct duckdb *d = f->a->engine.d;
    struct athena_result *to = f->to;
    to->n_columns = d->column_count(&f->duck);
    to->columns = arena_alloc(&to->arena, (to->n_columns + 1) * sizeof(*to->columns));
    f->types = arena_alloc(&to->arena, (to->n_columns + 1) * sizeof(struct value_type *));
    for (size_t i = 0; i < to->n_columns; i++) {
        AUTO(str_drop) struct str type = {0};
        duckdb_handle logical = d->column_logical_type(&f->duck, i);
        f->types[i] = value_type_of(d, logical, &to->arena);
        d->destroy_logical_type(&logical);
        value_add_type(&type, f->types[i]);
        to->columns[i] = (struct athena_column){column_name(f, i), arena_dup(&to->arena, str_text(&type))};
    }
}

static bool read_chunk(struct fetching *f, duckdb_handle chunk, struct str *text, struct err *e)
{
    struct athena_result *to = f->to;
    uint64_t n = f->a->engine.d->data_chunk_get_size(chunk);
    if (f->a->options.most_rows && to->n_rows + n > f->a->options.most_rows)
        return err_set(e, "the result has more than %zu rows: narrow the query down", f->a->options.most_rows);
    for (uint64_t row = 0; row < n; row++, to->n_rows++)
        for (size_t i = 0; i < to->n_columns; i++) {
            size_t at = to->n_rows * to->n_columns + i;
            if (at >= f->cap)
                to->cells = grow(to->cells, at, &f->cap, sizeof(*to->cells));
            str_clear(text);
            bool there = value_add(f->a->engine.d, text, f->types[i], f->a->engine.d->data_chunk_get_vector(chunk, i), row);
            to->cells[at] = there ? arena_dupn(&to->arena, str_text(text), text->len) : NULL;
            f->size += text->len + sizeof(*to->cells);
            if (f->size > CELLS_MAX)
                return err_set(e, "the result is larger than %u MiB: narrow the query down", CELLS_MAX >> 20);
        }
    return true;
}

static bool read_rows(struct fetching *f, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    bool good = true;
    for (duckdb_handle chunk; good && (chunk = f->a->engine.d->fetch_chunk(f->duck));
         f->a->engine.d->destroy_data_chunk(&chunk))
        good = read_chunk(f, chunk, &text, e);
    return good;
}

/* DuckDB gives a plan as a key and a text of many lines. */
static void as_plan(struct athena_result *to)
{
    const char **lines = NULL;
    size_t n = 0, cap = 0;
    for (char *line = to->n_rows ? (char *)to->cells[to->n_columns - 1] : NULL, *next; line; line = next) {
        if ((next = strchr(line, '\n')))
            *next++ = 0;
        *GROW(lines, n, cap) = line;
    }
    free(to->cells);
    to->cells = lines;
    to->n_rows = n;
    to->n_columns = 1;
    to->columns[0] = (struct athena_column){"Query Plan", "varchar"};
}

/* Macros are made when they are first used: all of them would cost 10 ms. */
static bool make_macros(struct athena *a, const struct rewritten *query, struct err *e)
{
    AUTO(str_drop) struct str sql = {0};
    for (size_t i = 0; i < FUNCTIONS_MAX; i++)
        if (query->uses[i] && !a->made[i])
            function_add_macro(&sql, i, a->now_ms);
    if (!sql.len)
        return true;
    for (size_t i = 0; i < FUNCTIONS_MAX; i++)
        a->made[i] = a->made[i] || query->uses[i];
    return run_own(a, str_text(&sql), e);
}

static void say_error(struct athena *a, const char *said, const struct rewritten *query, const struct tokens *t, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char **names = arena_alloc(&arena, (a->tables.n + 1) * sizeof(*names));
    for (size_t i = 0; i < a->tables.n; i++)
        names[i] = a->tables.items[i].name;
    words_of_error(said, query, t, names, e);
}

static bool run_query(struct athena *a, const struct tokens *t, struct athena_result *to, struct err *e)
{
    AUTO(rewritten_drop) struct rewritten query = {0};
    struct watch w = {.timeout_ms = a->timeout_ms,
                      .cancelled = a->options.cancelled,
                      .interrupted = &a->interrupted,
                      .alone = a->options.alone,
                      .exit_status = a->exit_status};
    struct fetching f = {.a = a, .to = to, .query = &query};
    a->scanned = 0;
    if (!rewrite(t, &query, e) || !engine_ready(a, e) || !make_macros(a, &query, e) ||
        (query.uses_path != a->views_have_path && !make_views(a, query.uses_path, e)))
        return false;
    w.d = a->engine.d;
    w.connection = a->engine.connection;
    watch_start(&w);
    bool good = !a->engine.d->query(a->engine.connection, str_text(&query.text), &f.duck);
    watch_end(&w);
    bool explain = token_is(t, 0, "explain");
    to->statement = explain ? "UTILITY" : "DML";
    if (good) {
        read_columns(&f);
        good = read_rows(&f, e);
        if (good && explain)
            as_plan(to);
    } else if (w.timed_out)
        err_set(e, "Query timeout: it took longer than %lld s", (long long)(a->timeout_ms / 1000));
    else if (a->interrupted)
        err_set(e, "Query cancelled");
    else
        say_error(a, a->engine.d->result_error(&f.duck), &query, t, e);
    a->engine.d->destroy_result(&f.duck);
    to->scanned = a->scanned;
    return good;
}

/* ---- statements ---- */

static bool run_other(struct athena *a, const struct tokens *t, struct athena_result *to, struct err *e)
{
    AUTO(reply_drop) struct reply r = {0};
    if (!tables_run(&a->tables, t, &r, e))
        return false;
    to->statement = r.statement;
    to->n_columns = r.n_columns;
    to->columns = arena_alloc(&to->arena, (r.n_columns + 1) * sizeof(*to->columns));
    for (size_t i = 0; i < r.n_columns; i++)
        to->columns[i] = (struct athena_column){r.names[i], "string"};
    to->n_rows = r.n_columns ? r.n_cells / r.n_columns : 0;
    to->cells = xcalloc(r.n_cells + 1, sizeof(*to->cells));
    for (size_t i = 0; i < r.n_cells; i++)
        to->cells[i] = arena_dup(&to->arena, r.cells[i]);
    if (!r.changed || !a->engine.connection)
        return true;
    AUTO(str_drop) struct str sql = {0};
    if (r.dropped)
        str_addf(&sql, "DROP VIEW IF EXISTS \"%s\"", r.dropped);
    return (!r.dropped || run_own(a, str_text(&sql), e)) && make_views(a, a->views_have_path, e);
}

bool athena_query(struct athena *a, const char *sql, struct athena_result *to, struct err *e)
{
    AUTO(tokens_drop) struct tokens t = {0};
    int64_t start = clock_monotonic_us();
    *to = (struct athena_result){0};
    a->interrupted = 0;
    if (!tokens_read(&t, sql, strlen(sql), e))
        return false;
    if (token_at(&t, 0)->kind == TOKEN_END)
        return err_set(e, "line 1:1: mismatched input '<EOF>'. Expecting: a statement");
    if (statement_end(&t, e) == SIZE_MAX)
        return false;
    bool query = statement_is_query(&t), refused = a->options.alone && (!query || token_is(&t, 0, "explain"));
    bool good = refused ? err_set(e, "line 1:1: only queries are run here. Expecting: 'SELECT', 'WITH'")
                : query ? run_query(a, &t, to, e)
                        : run_other(a, &t, to, e);
    to->time_us = clock_monotonic_us() - start;
    if (!good)
        athena_result_drop(to);
    return good;
}

void athena_result_drop(struct athena_result *r)
{
    free(r->cells);
    arena_drop(&r->arena);
    *r = (struct athena_result){0};
}

bool athena_rewrite(const char *sql, size_t n, struct str *out, struct err *e)
{
    AUTO(tokens_drop) struct tokens t = {0};
    AUTO(rewritten_drop) struct rewritten query = {0};
    if (!tokens_read(&t, sql, n, e) || !rewrite(&t, &query, e))
        return false;
    str_add(out, str_text(&query.text) + (query.text.len > 0));
    return true;
}
