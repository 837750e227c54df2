/* SPDX-License-Identifier: MIT */
/* Finds and loads DuckDB's library, so that everything but SQL works without it. */
#include "sim/athena/duckdb.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static struct duckdb loaded;
static void *library;

/* $CAFELAB_DUCKDB alone if it is set; else beside the program, PREFIX/lib/cafelab, build/duckdb above the program (it is
 * in build/ or build/V-CC/), below the data's folder, and where the system looks. */
static void *open_library(struct arena *arena, const char **tried)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    exe[n > 0 ? n : 0] = 0;
    char *slash = strrchr(exe, '/');
    if (slash)
        *slash = 0;
    const char *named = env_get("CAFELAB_DUCKDB");
    const char *places[] = {
        arena_printf(arena, "%s/libduckdb.so", exe),        arena_printf(arena, "%s/../lib/cafelab/libduckdb.so", exe),
        arena_printf(arena, "%s/duckdb/libduckdb.so", exe), arena_printf(arena, "%s/../duckdb/libduckdb.so", exe),
        data_path(arena, "build/duckdb/libduckdb.so"),      "libduckdb.so",
    };
    *tried = named;
    if (named)
        return dlopen(named, RTLD_LAZY | RTLD_LOCAL);
    for (size_t i = 0; i < COUNT(places); i++)
        if (i + 1 == COUNT(places) || file_exists(places[i])) {
            *tried = places[i];
            void *library = dlopen(places[i], RTLD_LAZY | RTLD_LOCAL);
            if (library || i + 1 == COUNT(places))
                return library;
        }
    return NULL;
}

static bool load(struct err *e)
{
    static const struct {
        const char *name;
        size_t at;
    } functions[] = {
#define F(type, name, args) {"duckdb_" #name, offsetof(struct duckdb, name)},
        DUCKDB_FUNCTIONS(F)
#undef F
    };
    AUTO(arena_drop) struct arena arena = {0};
    const char *tried = NULL;
    void *found = open_library(&arena, &tried);
    if (!found) {
        err_set(e,
                env_get("CAFELAB_DUCKDB")
                    ? "SQL needs DuckDB's library, and $CAFELAB_DUCKDB is '%s': %s"
                    : "SQL needs DuckDB's library: in cafelab's sources, run build-aux/duckdb/fetch%.0s%.0s",
                tried, dlerror());
        return false;
    }
    for (size_t i = 0; i < COUNT(functions); i++) {
        void *f = dlsym(found, functions[i].name);
        if (!f) {
            err_set(e, "DuckDB's library '%s' has no %s: expected that of build-aux/duckdb", tried, functions[i].name);
            dlclose(found);
            return false;
        }
        memcpy((char *)&loaded + functions[i].at, &f, sizeof(f));
    }
    library = found;
    return true;
}

const struct duckdb *duckdb_load(struct err *e)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    bool good = library || load(e);
    pthread_mutex_unlock(&lock);
    return good ? &loaded : NULL;
}
