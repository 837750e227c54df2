/* SPDX-License-Identifier: MIT */
/*
 * The import and its file. Threads take the logs in portions, each portion becomes groups, and the groups' places are
 * written in the portions' order: the rows come in the same order however many threads there are.
 */
#include "sim/athena/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "cafelab athena 1"

struct store_head {
    char magic[16];
    uint8_t key[32];
    uint64_t size, rows;
    uint64_t n_groups, groups; /* places of the groups */
    uint64_t n_paths, paths;   /* texts with a NUL each */
    uint64_t warnings;         /* one text with a NUL */
};

/* ---- importing ---- */

#define PORTION_BYTES (1 << 20)
#define PORTION_FILES 512

struct place {
    size_t portion, nth;
    uint64_t at;
    uint32_t rows;
};
struct damage {
    size_t file;
    char *why;
};
struct import {
    const struct logs *logs;
    const struct store_plan *plan;
    int fd;               /* -1: into `memory` */
    struct str *memory;   /* one thread's */
    pthread_mutex_t lock; /* of all below */
    size_t next;          /* the first log that nobody has taken */
    size_t portion;
    uint64_t done, all; /* bytes of logs */
    uint64_t end;       /* of the file */
    struct place *places;
    size_t n_places, cap_places;
    struct damage *damages;
    size_t n_damages, cap_damages;
    struct err e;
};
struct worker {
    struct import *import;
    size_t portion, nth;
};

static bool write_at(int fd, const void *data, size_t n, uint64_t at, struct err *e)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pwrite(fd, (const char *)data + done, n - done, (off_t)(at + done));
        if (got < 0 && errno != EINTR)
            return err_set(e, "write the import: %m");
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static bool put_at(struct import *im, const void *data, size_t n, uint64_t at, struct err *e)
{
    if (!im->memory)
        return write_at(im->fd, data, n, at, e);
    if (at + n > im->memory->len) {
        size_t more = at + n - im->memory->len;
        memset(str_reserve(im->memory, more), 0, more);
        im->memory->len += more;
    }
    memcpy(im->memory->s + at, data, n);
    return true;
}

static bool write_group(void *context, const struct group *group, struct err *e)
{
    struct worker *w = context;
    struct import *im = w->import;
    pthread_mutex_lock(&im->lock);
    uint64_t at = im->end;
    im->end += group->size;
    *GROW(im->places, im->n_places, im->cap_places) = (struct place){w->portion, w->nth++, at, group->rows};
    pthread_mutex_unlock(&im->lock);
    return put_at(im, group, group->size, at, e);
}

/* The next logs to read: from..to; false when there are none. */
static bool take_portion(struct worker *w, size_t *from, size_t *to)
{
    struct import *im = w->import;
    pthread_mutex_lock(&im->lock);
    bool stop = im->e.set || (im->plan->cancelled && *im->plan->cancelled);
    *from = im->next;
    int64_t size = 0;
    while (!stop && im->next < im->logs->n && size < PORTION_BYTES && im->next - *from < PORTION_FILES)
        size += im->logs->files[im->next++].size;
    *to = im->next;
    w->portion = im->portion++;
    w->nth = 0;
    pthread_mutex_unlock(&im->lock);
    return *to > *from;
}

static void file_done(struct import *im, size_t file, const struct err *damage)
{
    pthread_mutex_lock(&im->lock);
    if (damage->set)
        *GROW(im->damages, im->n_damages, im->cap_damages) = (struct damage){file, xstrdup(damage->msg)};
    im->done += (uint64_t)im->logs->files[file].size;
    if (im->plan->progress)
        im->plan->progress(im->plan->context, im->done, im->all);
    pthread_mutex_unlock(&im->lock);
}

static void read_logs(struct import *im, struct packer *packer, size_t from, size_t to, struct str *text, struct records *rows)
{
    for (size_t i = from; i < to && !(im->plan->cancelled && *im->plan->cancelled); i++) {
        struct err damage = {0};
        str_clear(text);
        if (log_text(im->logs, &im->logs->files[i], text, &damage) && records_read(str_text(text), text->len, rows, &damage))
            for (size_t row = 0; row < rows->n; row++)
                packer_add(packer, (uint32_t)i, rows->rows[row]);
        file_done(im, i, &damage);
    }
}

static void *work(void *context)
{
    struct import *im = context;
    struct worker w = {.import = im};
    AUTO(str_drop) struct str text = {0};
    AUTO(records_drop) struct records rows = {0};
    struct packer *packer = packer_new(write_group, &w);
    for (size_t from, to; take_portion(&w, &from, &to);) {
        struct err e = {0};
        read_logs(im, packer, from, to, &text, &rows);
        if (!packer_finish(packer, &e)) {
            pthread_mutex_lock(&im->lock);
            err_set(&im->e, "%s", e.msg);
            pthread_mutex_unlock(&im->lock);
        }
    }
    packer_free(packer);
    return NULL;
}

static int by_portion(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->portion != y->portion)
        return x->portion < y->portion ? -1 : 1;
    return (x->nth > y->nth) - (x->nth < y->nth);
}

static int by_file(const void *a, const void *b)
{
    const struct damage *x = a, *y = b;
    return (x->file > y->file) - (x->file < y->file);
}

/* What stands behind the groups, and the head. */
static bool write_rest(struct import *im, struct err *e)
{
    AUTO(str_drop) struct str rest = {0};
    struct store_head head = {.magic = MAGIC, .n_groups = im->n_places, .n_paths = im->logs->n};
    memcpy(head.key, im->logs->key, sizeof(head.key));
    im->end = (im->end + 7) / 8 * 8;
    head.groups = im->end;
    for (size_t i = 0; i < im->n_places; i++) {
        str_addn(&rest, &im->places[i].at, sizeof(im->places[i].at));
        head.rows += im->places[i].rows;
    }
    head.paths = im->end + rest.len;
    for (size_t i = 0; i < im->logs->n; i++)
        str_addn(&rest, im->logs->files[i].path, strlen(im->logs->files[i].path) + 1);
    head.warnings = im->end + rest.len;
    for (size_t i = 0; i < im->n_damages; i++) {
        str_add(&rest, "'s3/");
        str_add_log(&rest, im->logs->files[im->damages[i].file].path);
        str_addf(&rest, "' is left out: %s\n", im->damages[i].why);
    }
    str_addc(&rest, 0);
    head.size = im->end + rest.len;
    return put_at(im, str_text(&rest), rest.len, im->end, e) && put_at(im, &head, sizeof(head), 0, e);
}

static void run_threads(struct import *im, unsigned n)
{
    pthread_t threads[64];
    unsigned started = 0;
    n = n < 1 ? 1 : n > COUNT(threads) ? COUNT(threads) : n;
    while (started + 1 < n && !pthread_create(&threads[started], NULL, work, im))
        started++;
    work(im);
    while (started)
        pthread_join(threads[--started], NULL);
}

static bool import_into(int fd, struct str *memory, const struct logs *logs, const struct store_plan *plan, struct err *e)
{
    struct import im = {.logs = logs, .plan = plan, .fd = fd, .memory = memory, .lock = PTHREAD_MUTEX_INITIALIZER};
    im.end = (sizeof(struct store_head) + 7) / 8 * 8;
    for (size_t i = 0; i < logs->n; i++)
        im.all += (uint64_t)logs->files[i].size;
    run_threads(&im, memory ? 1 : plan->threads);
    if (im.n_places)
        qsort(im.places, im.n_places, sizeof(*im.places), by_portion);
    if (im.n_damages)
        qsort(im.damages, im.n_damages, sizeof(*im.damages), by_file);
    bool good = im.e.set                              ? err_set(e, "%s", im.e.msg)
                : plan->cancelled && *plan->cancelled ? err_set(e, "query cancelled")
                                                      : write_rest(&im, e);
    for (size_t i = 0; i < im.n_damages; i++)
        free(im.damages[i].why);
    free(im.damages);
    free(im.places);
    return good;
}

/* ---- opening ---- */

static const void *within(const struct store *st, uint64_t at, uint64_t n, uint64_t size)
{
    if (at > st->size || n > (st->size - at) / (size ? size : 1))
        return NULL;
    return st->map + at;
}

/* That the blocks lie within the group. */
static bool check_block(const struct group *g, const struct leaf_block *b)
{
    return b->n_texts <= GROUP_ROWS && b->width <= 2 && (b->width || b->n_texts <= 1) && b->offsets % 4 == 0 &&
           b->codes % 2 == 0 && b->codes <= g->size && (uint64_t)g->rows * b->width <= g->size - b->codes &&
           b->offsets <= g->size && (b->n_texts + 1ull) * 4 <= g->size - b->offsets && b->texts <= g->size;
}

static uint32_t largest_code(const struct group *g, const struct leaf_block *b)
{
    const uint8_t *narrow = (const uint8_t *)g + b->codes;
    const uint16_t *wide = (const uint16_t *)(const void *)narrow;
    uint8_t most = 0;
    uint16_t most_wide = 0;
    for (uint32_t i = 0; b->width == 1 && i < g->rows; i++)
        most = narrow[i] > most ? narrow[i] : most;
    for (uint32_t i = 0; b->width == 2 && i < g->rows; i++)
        most_wide = wide[i] > most_wide ? wide[i] : most_wide;
    return b->width == 2 ? most_wide : most;
}

bool store_check_leaf(const struct store *st, size_t group, size_t leaf)
{
    const struct group *g = st->groups[group];
    const struct leaf_block *b = &g->leaf[leaf];
    unsigned char *checked = &st->checked[group * LEAVES + leaf];
    if (__atomic_load_n(checked, __ATOMIC_RELAXED))
        return true;
    const uint32_t *offsets = (const uint32_t *)(const void *)((const uint8_t *)g + b->offsets);
    bool good = offsets[0] == 0 && offsets[b->n_texts] <= g->size - b->texts;
    for (uint32_t i = 0; i < b->n_texts; i++)
        good = good & (offsets[i] <= offsets[i + 1]);
    good = good && largest_code(g, b) <= b->n_texts;
    __atomic_store_n(checked, good, __ATOMIC_RELAXED);
    return good;
}

static const struct group *check_group(const struct store *st, uint64_t at)
{
    const struct group *g = at % 8 ? NULL : within(st, at, sizeof(*g), 1);
    if (!g || g->size < sizeof(*g) || !within(st, at, g->size, 1) || g->rows > GROUP_ROWS ||
        g->rows * sizeof(uint32_t) > g->size - sizeof(*g))
        return NULL;
    for (uint32_t i = 0; i < g->rows; i++)
        if (group_files(g)[i] >= st->n_paths)
            return NULL;
    for (size_t i = 0; i < LEAVES; i++)
        if (!check_block(g, &g->leaf[i]))
            return NULL;
    return g;
}

static bool check_paths(struct store *st, const struct store_head *head)
{
    uint64_t at = head->paths;
    if (head->n_paths > st->size)
        return false;
    st->paths = arena_alloc(&st->arena, (head->n_paths + 1) * sizeof(*st->paths));
    for (; st->n_paths < head->n_paths; st->n_paths++) {
        const char *path = within(st, at, 1, 1);
        if (!path || at >= st->size || !memchr(path, 0, st->size - at))
            return false;
        st->paths[st->n_paths] = path;
        at += strlen(path) + 1;
    }
    return true;
}

/* False when the bytes are no whole import; the key is not looked at. */
static bool store_check(struct store *st, struct str *warnings)
{
    const struct store_head *head = within(st, 0, sizeof(*head), 1);
    if (!head || memcmp(head->magic, MAGIC, sizeof(head->magic)) != 0 || head->size != st->size || !check_paths(st, head))
        return false;
    const uint64_t *places = head->groups % 8 ? NULL : within(st, head->groups, head->n_groups, sizeof(*places));
    if (!places)
        return false;
    st->groups = arena_alloc(&st->arena, (head->n_groups + 1) * sizeof(struct group *));
    for (; st->n_groups < head->n_groups; st->n_groups++) {
        const struct group *g = check_group(st, places[st->n_groups]);
        if (!g)
            return false;
        st->groups[st->n_groups] = g;
        st->rows += g->rows;
    }
    st->checked = arena_alloc(&st->arena, head->n_groups * LEAVES + 1);
    if (head->warnings >= st->size || !memchr(st->map + head->warnings, 0, st->size - head->warnings))
        return false;
    str_add(warnings, (const char *)st->map + head->warnings);
    return true;
}

static bool map_file(struct store *st, int fd)
{
    struct stat s;
    if (fstat(fd, &s) || !S_ISREG(s.st_mode) || s.st_size < (off_t)sizeof(struct store_head))
        return false;
    void *map = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return false;
    st->map = map;
    st->size = (size_t)s.st_size;
    return true;
}

void store_close(struct store *st)
{
    if (st->plain)
        free((void *)st->map);
    else if (st->map)
        munmap((void *)st->map, st->size);
    arena_drop(&st->arena);
    *st = (struct store){0};
}

/* An import that is there and still true. */
static bool open_kept(struct store *st, const char *path, const struct logs *logs, struct str *warnings)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    size_t said = warnings->len;
    bool good = fd >= 0 && map_file(st, fd) &&
                !memcmp(((const struct store_head *)(const void *)st->map)->key, logs->key, 32) && store_check(st, warnings);
    if (fd >= 0)
        close(fd);
    if (!good) {
        store_close(st);
        if (warnings->s) {
            warnings->len = said;
            warnings->s[said] = 0;
        }
    }
    return good;
}

static bool open_made(struct store *st, int fd, struct str *warnings, struct err *e)
{
    return (map_file(st, fd) && store_check(st, warnings)) || err_set(e, "the import cannot be read back");
}

/* Makes the import in place; false without an error where the lab cannot be written. */
static bool make_kept(struct store *st, const char *dir, const struct logs *logs, const struct store_plan *plan,
                      struct str *warnings, struct err *e)
{
    AUTO(str_drop) struct str path = {0}, aside = {0};
    if (!dir_make(dir, &(struct err){0}))
        return false;
    str_addf(&path, "%s/logs", dir);
    int fd = aside_open(str_text(&path), &aside);
    if (fd < 0)
        return false;
    bool cancelled = false, good = import_into(fd, NULL, logs, plan, e);
    cancelled = plan->cancelled && *plan->cancelled;
    if (!good && !cancelled)
        *e = (struct err){0}; /* a full disk: memory will do */
    good = good && !fchmod(fd, 0644) && !rename(str_text(&aside), str_text(&path)) && open_made(st, fd, warnings, e);
    close(fd);
    if (!good)
        unlink(str_text(&aside));
    return good;
}

static bool make_in_memory(struct store *st, const struct logs *logs, const struct store_plan *plan, struct str *warnings,
                           struct err *e)
{
    int fd = memfd_create("cafelab-athena", MFD_CLOEXEC);
    if (fd < 0)
        return err_set(e, "no memory for the import: %m");
    bool good = import_into(fd, NULL, logs, plan, e) && open_made(st, fd, warnings, e);
    close(fd);
    return good;
}

/* Without a descriptor: for whoever may do nothing but compute. */
static bool make_plain(struct store *st, const struct logs *logs, const struct store_plan *plan, struct str *warnings,
                       struct err *e)
{
    AUTO(str_drop) struct str memory = {0};
    if (!import_into(-1, &memory, logs, plan, e))
        return false;
    st->size = memory.len;
    st->map = (const uint8_t *)str_steal(&memory);
    st->plain = true;
    return store_check(st, warnings) || err_set(e, "the import cannot be read back");
}

bool store_open(struct store *st, const struct logs *logs, const struct store_plan *plan, struct str *warnings, struct err *e)
{
    AUTO(str_drop) struct str dir = {0}, path = {0};
    *st = (struct store){0};
    if (!plan->lab)
        return make_plain(st, logs, plan, warnings, e);
    str_addf(&dir, "%s/.cafelab/athena", plan->lab);
    str_addf(&path, "%s/logs", str_text(&dir));
    if (open_kept(st, str_text(&path), logs, warnings))
        return true;
    file_sweep(str_text(&path));
    if (make_kept(st, str_text(&dir), logs, plan, warnings, e))
        return true;
    store_close(st);
    return !e->set && make_in_memory(st, logs, plan, warnings, e);
}
