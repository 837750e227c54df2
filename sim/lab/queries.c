/* SPDX-License-Identifier: MIT */
/*
 * Athena's statements run here, apart from the world: a lab that is served goes on meanwhile. The bytes of a result are kept
 * like those of any object; then the world is told (query:Ended), and from there on they are in the bucket. A kill between
 * the two leaves the query waiting: the next process that holds the lab runs it.
 */
#include "sim/lab/queries.h"

#include "sim/athena/athena.h"
#include "sim/base/services.h"
#include "sim/lab/parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATEMENT_MS 600000 /* Athena gives 30 minutes */

char *lab_object_path(struct arena *arena, const char *dir, const char *bucket, const char *key)
{
    char hash[65];
    const char *name = arena_printf(arena, "%s/%s", bucket, key);
    sha256_hex(name, strlen(name), hash);
    return arena_printf(arena, "%s/.cafelab/objects/%s", dir, hash);
}

/* "s3://bucket/key" */
static char *object_of(struct arena *arena, const char *dir, const char *url)
{
    const char *name = url + strlen("s3://"), *slash = strchr(name, '/');
    return lab_object_path(arena, dir, slash ? arena_dupn(arena, name, (size_t)(slash - name)) : name, slash ? slash + 1 : "");
}

/* ---- running one ---- */

static const char *const *bucket_names(const struct world *w, struct arena *arena)
{
    size_t n = 0;
    for (const struct bucket *bucket = w->account.buckets; bucket; bucket = bucket->next)
        n++;
    const char **names = arena_alloc(arena, (n + 1) * sizeof(*names));
    n = 0;
    for (const struct bucket *bucket = w->account.buckets; bucket; bucket = bucket->next)
        names[n++] = arena_dup(arena, bucket->name);
    return names;
}

/* They run in their order: behind one that ran to its end wait all that do. */
struct query_execution *query_waiting(const struct world *w)
{
    struct query_execution *oldest = NULL, *query = (struct query_execution *)w->account.queries_roll.last;
    for (; query && query->state != QUERY_SUCCEEDED && query->state != QUERY_FAILED; query = query->prev)
        if (query->state == QUERY_QUEUED)
            oldest = query;
    return oldest;
}

bool query_take(struct lab *lab, struct query_run *run)
{
    struct query_execution *query = query_waiting(&lab->world);
    *run = (struct query_run){0};
    if (!query)
        return false;
    query->state = QUERY_RUNNING;
    run->id = arena_dup(&run->arena, query->id);
    run->sql = arena_dup(&run->arena, query->sql);
    run->output = arena_dup(&run->arena, query->output);
    run->dir = arena_dup(&run->arena, lab->dir);
    run->buckets = bucket_names(&lab->world, &run->arena);
    run->now_ms = query->submitted_ms;
    return true;
}

void query_run_drop(struct query_run *run)
{
    json_decref(run->result);
    json_decref(run->metadata);
    arena_drop(&run->arena);
    *run = (struct query_run){0};
}

static json_t *write_file(struct query_run *run, const char *suffix, const struct str *bytes, struct err *e)
{
    char etag[33];
    const char *path = object_of(&run->arena, run->dir, arena_printf(&run->arena, "%s%s", run->output, suffix));
    md5_hex(str_text(bytes), bytes->len, etag);
    if (!dir_make_in(run->dir, lab_file(&run->arena, run->dir, ".cafelab/objects"), e) ||
        !file_write(path, str_text(bytes), bytes->len, 0644, e))
        return NULL;
    return json_pack("{s:I, s:s}", "size", (json_int_t)bytes->len, "etag", etag);
}

static void write_result(struct query_run *run, const struct athena_result *r)
{
    AUTO(str_drop) struct str rows = {0};
    AUTO(str_drop) struct str metadata = {0};
    struct err e = {0};
    athena_add_result(&rows, r);
    athena_add_metadata(&metadata, r);
    run->result = write_file(run, "", &rows, &e);
    run->metadata = run->result ? write_file(run, ".metadata", &metadata, &e) : NULL;
    if (!run->metadata)
        run->reason = arena_printf(&run->arena, "INTERNAL_ERROR: %s", e.msg);
}

void query_run(struct query_run *run)
{
    AUTO(str_drop) struct str warnings = {0};
    struct athena_result result = {0};
    struct err e = {0};
    int64_t began_us = clock_monotonic_us();
    struct athena_options options = {.lab = run->dir,
                                     .now_ms = run->now_ms,
                                     .timeout_ms = STATEMENT_MS,
                                     .cancelled = &run->cancelled,
                                     .more_buckets = run->buckets,
                                     .later = true};
    struct athena *athena = athena_open(&options, &warnings, &e);
    if (athena && athena_query(athena, run->sql, &result, &e))
        write_result(run, &result);
    else
        run->reason = arena_dup(&run->arena, e.msg);
    run->scanned = result.scanned;
    run->milliseconds = (clock_monotonic_us() - began_us) / 1000;
    athena_result_drop(&result);
    athena_close(athena);
}

void query_tell(struct lab *lab, const struct query_run *run)
{
    struct outcome out;
    json_auto_t *params = json_pack("{s:s, s:I, s:I}", "queryExecutionId", run->id, "milliseconds",
                                    (json_int_t)run->milliseconds, "bytes", (json_int_t)run->scanned);
    json_put_text(params, "reason", run->reason);
    if (!run->reason) {
        json_put(params, "result", json_incref(run->result));
        json_put(params, "metadata", json_incref(run->metadata));
    }
    act(&lab->world,
        &(struct action){
            .time_ms = lab->live ? clock_now_ms() : lab->world.now_ms,
            .who = {.kind = PRINCIPAL_SERVICE, .name = SERVICE_ATHENA },
            .from = {.ip = SERVICE_ATHENA,      .agent = SERVICE_ATHENA},
            .op = "query:Ended",
            .params = params,
    },
        &out);
}

void lab_queries_run(struct lab *lab)
{
    struct query_run run;
    while (query_take(lab, &run)) {
        query_run(&run);
        query_tell(lab, &run);
        query_run_drop(&run);
    }
}

/* ---- its rows, page by page: a token is where the next one begins in the file ---- */

#define MOST_WINDOW (8u << 20) /* bytes of the file that one page may be */

static bool read_token(const char *token, off_t *at)
{
    AUTO(str_drop) struct str text = {0};
    char *end = NULL;
    *at = 0;
    if (!token)
        return true;
    if (!base64_decode(token, strlen(token), &text))
        return false;
    *at = strtol(str_text(&text), &end, 10);
    return end != str_text(&text) && !*end && *at > 0;
}

/* The file from `at` on, as far as a page can reach; a page begins behind a line's end. */
static bool read_window(const char *path, off_t at, struct str *out, bool *more)
{
    struct stat st;
    char before = '\n';
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool good = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && (!at || pread(fd, &before, 1, at - 1) == 1);
    size_t most = good && st.st_size - at < MOST_WINDOW ? (size_t)(st.st_size - at) : MOST_WINDOW;
    good = good && before == '\n';
    while (good && out->len < most) {
        ssize_t n = pread(fd, str_reserve(out, most - out->len), most - out->len, at + (off_t)out->len);
        good = n > 0;
        out->len += good ? (size_t)n : 0;
    }
    *more = good && at + (off_t)out->len < st.st_size;
    if (fd >= 0)
        close(fd);
    return good;
}

static json_t *row_json(const char *const *cells, size_t n)
{
    json_t *row = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(row, cells[i] ? json_clean(cells[i]) : json_null());
    return row;
}

/* Rows from the window; the next page's token, if there is one. */
static json_t *page_of(const struct str *window, bool more, bool csv, off_t from, size_t n_columns, int64_t most)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char **cells = arena_alloc(&arena, (n_columns + 1) * sizeof(*cells));
    json_t *rows = json_array(), *page = json_object();
    size_t at = 0;
    for (; most; most--) {
        size_t next = at;
        if (!athena_read_row(str_text(window), window->len, csv, n_columns, &next, &arena, cells))
            break;
        at = next;
        json_array_append_new(rows, row_json(cells, n_columns));
    }
    json_put(page, "rows", rows);
    if (at && (at < window->len || more)) {
        AUTO(str_drop) struct str token = {0};
        const char *place = arena_printf(&arena, "%lld", (long long)from + (long long)at);
        str_add_base64(&token, place, strlen(place));
        json_put_text(page, "NextToken", token.s);
    }
    return page;
}

static json_t *columns_json(const struct athena_column_info *columns, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list,
                              json_pack("{s:o, s:o, s:I, s:I, s:b}", "Name", json_clean(columns[i].name), "Type",
                                        json_clean(columns[i].type), "Precision", (json_int_t)columns[i].precision, "Scale",
                                        (json_int_t)columns[i].scale, "CaseSensitive", (int)columns[i].case_sensitive));
    return list;
}

json_t *hook_query_page(const struct world *w, const char *location, const char *token, int64_t most)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str metadata = {0};
    AUTO(str_drop) struct str window = {0};
    struct athena_column_info *columns = NULL;
    struct err ignored = {0};
    bool more = false;
    size_t n = 0;
    off_t at = 0;
    if (!w->lab)
        return json_object(); /* a replay: nobody reads it */
    const char *about = arena_printf(&arena, "%s.metadata", location);
    if (!file_read(object_of(&arena, w->lab, about), 1u << 20, &metadata, &ignored) ||
        !athena_read_metadata(str_text(&metadata), metadata.len, &arena, &columns, &n) || !read_token(token, &at) ||
        !read_window(object_of(&arena, w->lab, location), at, &window, &more))
        return NULL;
    json_t *page = page_of(&window, more, text_ends(location, ".csv"), at, n, most);
    json_put(page, "columns", columns_json(columns, n));
    return page;
}

/* ---- tables: neither logs nor DuckDB are needed for them ---- */

json_t *hook_table_rows(const struct world *w, const char *statement, struct err *e)
{
    AUTO(str_drop) struct str warnings = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct athena_result r = {0};
    if (!w->lab)
        return json_array();
    struct athena_options options = {
        .lab = w->lab, .now_ms = w->now_ms, .more_buckets = bucket_names(w, &arena), .later = true};
    struct athena *athena = athena_open(&options, &warnings, e);
    bool good = athena && athena_query(athena, statement, &r, e);
    json_t *rows = good ? json_array() : NULL;
    for (size_t i = 0; i < r.n_rows; i++)
        json_array_append_new(rows, row_json(r.cells + i * r.n_columns, r.n_columns));
    athena_result_drop(&r);
    athena_close(athena);
    return rows;
}
