/* SPDX-License-Identifier: MIT */
/*
 * This program as a layer: itself, the loader and the libraries that it runs with now, DuckDB's if it is here, scenarios and
 * fixtures. It needs nothing of the base but a shell for the script that starts it: any Linux will do, however old its
 * libraries. The layer is the same for all labs of one machine, so that a class shares it.
 */
#include "sim/shell/image_parts.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MOST (256u << 20)
#define MADE_MS 1735689600000 /* 2025-01-01: a program's files have a time of their own nowhere else */
#define LIBRARIES IMAGE_HOME "/lib"
#define PROGRAM IMAGE_HOME "/bin/cafelab"
#define DATA IMAGE_HOME "/share/cafelab"

struct packing {
    struct str *tar;
    struct err *e;
    struct arena arena;
    const char *libraries[128], *loader;
    size_t n;
};

static void add_dir(struct packing *p, const char *path)
{
    AUTO(str_drop) struct str name = {0};
    str_addf(&name, "%s/", path + 1);
    tar_add(p->tar, &(struct tar_member){.path = str_text(&name), .type = TAR_DIR, .mode = 0755, .mtime_ms = MADE_MS}, NULL);
}

static void add_text(struct packing *p, const char *path, const void *data, size_t n, unsigned mode)
{
    tar_add(p->tar, &(struct tar_member){.path = path + 1, .type = TAR_FILE, .mode = mode, .mtime_ms = MADE_MS, .size = n},
            data);
}

static bool add_file(struct packing *p, const char *from, const char *to, unsigned mode)
{
    AUTO(str_drop) struct str data = {0};
    AUTO(free_text) char *real = realpath(from, NULL);
    if (!real || !file_read(real, FILE_MOST, &data, p->e))
        return p->e->set ? false : err_set(p->e, "find '%s': %m", from);
    add_text(p, to, str_text(&data), data.len, mode);
    return true;
}

/* ---- what we are linked with: the loader tells ---- */

static const char *base_name(const char *path)
{
    return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

static int note_library(struct dl_phdr_info *info, size_t size, void *context)
{
    struct packing *p = context;
    (void)size;
    if (*info->dlpi_name != '/') /* ourselves, and the kernel's page */
        return 0;
    const char *path = arena_dup(&p->arena, info->dlpi_name);
    if (text_starts(base_name(path), "ld-linux"))
        p->loader = path;
    if (p->n < COUNT(p->libraries))
        p->libraries[p->n++] = path;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(base_name(*(const char *const *)a), base_name(*(const char *const *)b));
}

static bool add_libraries(struct packing *p)
{
    dl_iterate_phdr(note_library, p);
    if (!p->loader)
        return err_set(p->e, "this program has no loader that could be taken along");
    qsort(p->libraries, p->n, sizeof(*p->libraries), by_name);
    add_dir(p, LIBRARIES);
    for (size_t i = 0; i < p->n; i++)
        if (!add_file(p, p->libraries[i], arena_printf(&p->arena, LIBRARIES "/%s", base_name(p->libraries[i])), 0755))
            return false;
    return true;
}

static bool add_sql(struct packing *p)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    exe[n > 0 ? n : 0] = 0;
    *(strrchr(exe, '/') ? strrchr(exe, '/') : exe) = 0;
    const char *places[] = {
        arena_printf(&p->arena, "%s/../lib/cafelab/libduckdb.so", exe),
        arena_printf(&p->arena, "%s/libduckdb.so", exe),
        arena_printf(&p->arena, "%s/duckdb/libduckdb.so", exe),
        arena_printf(&p->arena, "%s/../duckdb/libduckdb.so", exe),
        data_path(&p->arena, "build/duckdb/libduckdb.so"),
    };
    for (size_t i = 0; i < COUNT(places); i++)
        if (file_exists(places[i]))
            return add_file(p, places[i], LIBRARIES "/libduckdb.so", 0755);
    return true; /* everything but SQL works without */
}

/* ---- scenarios and fixtures ---- */

struct below {
    struct packing *p;
    const char *name;
};
static bool add_below(void *context, const struct dir_entry *entry, struct err *e)
{
    const struct below *b = context;
    const char *path = arena_printf(&b->p->arena, "%s/%s", b->name, entry->path);
    const char *to = arena_printf(&b->p->arena, DATA "/%s", path);
    (void)e; /* the walk's is ours */
    if (entry->is_dir)
        add_dir(b->p, to);
    return entry->is_dir || entry->is_link || add_file(b->p, data_path(&b->p->arena, "%s", path), to, 0644);
}

static bool add_data(struct packing *p)
{
    static const char *const names[] = {"fixtures", "scenarios"};
    add_dir(p, IMAGE_HOME "/share");
    add_dir(p, DATA);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct below below = {p, names[i]};
        add_dir(p, arena_printf(&p->arena, DATA "/%s", names[i]));
        if (!dir_walk(data_path(&p->arena, "%s", names[i]), add_below, &below, p->e))
            return false;
    }
    return true;
}

/* ---- the script ---- */

static void add_script(struct packing *p)
{
    const char *text = arena_printf(&p->arena,
                                    "#!/bin/sh\n"
                                    "exec " LIBRARIES "/%s --library-path " LIBRARIES " " PROGRAM " \"$@\"\n",
                                    base_name(p->loader));
    add_text(p, IMAGE_PROGRAM, text, strlen(text), 0755);
}

bool layer_add_program(struct str *tar, struct err *e)
{
    struct packing p = {.tar = tar, .e = e};
    add_dir(&p, IMAGE_HOME);
    add_dir(&p, IMAGE_HOME "/bin");
    bool good = add_file(&p, "/proc/self/exe", PROGRAM, 0755) && add_libraries(&p) && add_sql(&p) && add_data(&p);
    if (good)
        add_script(&p);
    tar_end(tar);
    arena_drop(&p.arena);
    return good;
}
