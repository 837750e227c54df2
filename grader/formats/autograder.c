/* SPDX-License-Identifier: MIT */
/*
 * Putting the autograder together. The libraries are those that are mapped into this process, its loader among them, so that
 * it runs on whatever Linux of this architecture the image has: loader --library-path lib ./cafelab. Entries have one fixed
 * time and stand in the order of their names.
 */
#include "grader/formats/autograder.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 256 << 20, TIME_OF_ENTRIES = 946684800 };

static const char setup[] =
    "#!/bin/sh\n# Everything that is needed is in the zip.\ncd \"${AUTOGRADER:-/autograder}/source\" || exit 1\n"
    "chmod +x cafelab lib/*\n";

static const char run_begin[] =
    "#!/bin/sh\n"
    "# Judges what was handed in. Whatever happens there is a results.json.\n"
    "root=${AUTOGRADER:-/autograder}\n"
    "cd \"$root/source\" || exit 1\n"
    "mkdir -p \"$root/results\"\n"
    "results=$root/results/results.json\n"
    "fail() {\n"
    "    printf '{\"score\": 0, \"output\": \"Not graded, and no attempt of yours is used up: %s\", \"tests\": []}\\n' \"$1\" "
    ">\"$results\"\n"
    "    exit 0\n"
    "}\n"
    "set -- \"$root\"/submission/*\n"
    "[ $# -eq 1 ] && [ -e \"$1\" ] || fail 'expected one file, made by cafelab submit'\n"
    "# named by who hands it in, so that another student's file is found out\n"
    "email=$(grep -o '\"email\": *\"[^\"]*\"' \"$root/submission_metadata.json\" 2>/dev/null | head -n 1 | sed "
    "'s/.*\"\\([^\"]*\\)\"$/\\1/')\n"
    "upload=$1\n"
    "case $email in *[!A-Za-z0-9.@_+-]* | '') ;; *) upload=$(mktemp -d)/$email.tar.gz && cp -R \"$1\" \"$upload\" ;; esac\n"
    "export CAFELAB_DATA=$root/source/data HOME=/tmp\n";

struct zip {
    struct archive *archive;
    struct str *out;
    const char *root, *under; /* of a walk */
    struct arena arena;
};

static la_ssize_t take(struct archive *a, void *context, const void *bytes, size_t n)
{
    (void)a;
    str_addn(context, bytes, n);
    return (la_ssize_t)n;
}

static bool add(struct zip *z, const char *name, const void *bytes, size_t n, mode_t mode, struct err *e)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, mode);
    archive_entry_set_mtime(entry, TIME_OF_ENTRIES, 0);
    bool good =
        archive_write_header(z->archive, entry) == ARCHIVE_OK && archive_write_data(z->archive, bytes, n) == (la_ssize_t)n;
    archive_entry_free(entry);
    return good || err_set(e, "zip: %s: %s", name, archive_error_string(z->archive));
}

static bool add_file(struct zip *z, const char *name, const char *path, mode_t mode, struct err *e)
{
    AUTO(str_drop) struct str bytes = {0};
    return file_read(path, MOST_BYTES, &bytes, e) && add(z, name, str_text(&bytes), bytes.len, mode, e);
}

static bool add_walked(void *context, const struct dir_entry *entry, struct err *e)
{
    struct zip *z = context;
    if (entry->is_dir || entry->is_link)
        return true;
    return add_file(z, arena_printf(&z->arena, "%s/%s", z->under, entry->path),
                    arena_printf(&z->arena, "%s/%s", z->root, entry->path), entry->mode & 0777, e);
}

static bool add_folder(struct zip *z, const char *under, const char *path, struct err *e)
{
    z->under = under;
    z->root = path;
    return dir_walk(path, add_walked, z, e);
}

enum { MOST_LIBRARIES = 256 };

static bool is_linker(const char *name)
{
    return text_starts(name, "ld-");
}

/* What is mapped here of libraries, each once and by its name: where they lie in memory is chance. */
static size_t libraries(struct zip *z, const char *list[MOST_LIBRARIES], struct err *e)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[4096];
    size_t n = 0;
    if (!maps)
        return err_set(e, "open '/proc/self/maps': %m");
    while (n < MOST_LIBRARIES && fgets(line, sizeof(line), maps)) {
        char *path = strchr(line, '/');
        if (!path)
            continue;
        path[strcspn(path, "\n")] = 0;
        const char *name = strrchr(path, '/') + 1;
        if ((strstr(name, ".so") || is_linker(name)) && !(n && text_same(list[n - 1], path)))
            list[n++] = arena_dup(&z->arena, path);
    }
    fclose(maps);
    return texts_once(list, n);
}

/* The loader's name goes into run_autograder. */
static bool add_libraries(struct zip *z, struct str *loader, struct err *e)
{
    const char *list[MOST_LIBRARIES] = {NULL};
    size_t n = libraries(z, list, e);
    bool good = n || (!e->set && err_set(e, "no library is mapped here: expected a program that is linked to its libraries"));
    for (size_t i = 0; good && i < n && list[i]; i++) {
        const char *name = strrchr(list[i], '/') + 1;
        if (is_linker(name) && !loader->len)
            str_addf(loader, "lib/%s", name);
        good = add_file(z, arena_printf(&z->arena, "lib/%s", name), list[i], 0755, e);
    }
    return good;
}

/* A library is asked for by its soname, and may be mapped under a longer name: libz.so.1 is libz.so.1.2.13. */
static const char links[] =
    "(cd lib && for f in *.so.*.*; do\n"
    "    short=${f%.*}\n"
    "    while [ \"${short%.so.*}\" != \"$short\" ]; do [ -e \"$short\" ] || cp \"$f\" \"$short\"; short=${short%.*}; done\n"
    "done)\n";

static bool add_class(struct zip *z, struct class *c, struct err *e)
{
    static const char *const files[] = {"class.json", "secret", "roster.csv", "variants.csv"};
    for (size_t i = 0; i < COUNT(files); i++) {
        const char *path = class_path(&z->arena, c, "%s", files[i]);
        bool secret = text_same(files[i], "secret");
        if (file_exists(path) && !add_file(z, arena_printf(&z->arena, "class/%s", files[i]), path, secret ? 0600 : 0644, e))
            return false;
    }
    return add_folder(z, "class/scenario", class_path(&z->arena, c, "scenario"), e);
}

static bool add_program(struct zip *z, struct err *e)
{
    AUTO(str_drop) struct str loader = {0}, run = {0}, first = {0};
    if (!add_file(z, "cafelab", "/proc/self/exe", 0755, e) || !add_libraries(z, &loader, e))
        return false;
    str_addf(&run, "%schmod 600 class/secret\n", run_begin);
    str_addf(&run,
             "if ! %s --library-path lib ./cafelab grade \"$upload\" --class class --format gradescope >\"$results.new\" "
             "2>\"$root/results/cafelab.err\" && [ ! -s \"$results.new\" ]; then\n"
             "    fail 'the grader did not end: tell your teacher'\nfi\nmv \"$results.new\" \"$results\"\n",
             loader.len ? str_text(&loader) : "lib/ld.so");
    str_addf(&first, "%s%s", setup, links);
    return add(z, "run_autograder", str_text(&run), run.len, 0755, e) &&
           add(z, "setup.sh", str_text(&first), first.len, 0755, e);
}

bool autograder_zip(struct class *c, struct str *out, struct err *e)
{
    struct zip z = {.archive = archive_write_new(), .out = out};
    archive_write_set_format_zip(z.archive);
    bool good = archive_write_open(z.archive, out, NULL, take, NULL) == ARCHIVE_OK ||
                err_set(e, "zip: %s", archive_error_string(z.archive));
    good = good && add_class(&z, c, e) && add_folder(&z, "data/fixtures", data_path(&z.arena, "fixtures"), e) &&
           add_folder(&z, "data/scenarios", data_path(&z.arena, "scenarios"), e) && add_program(&z, e);
    if (good && archive_write_close(z.archive) != ARCHIVE_OK)
        good = err_set(e, "zip: %s", archive_error_string(z.archive));
    archive_write_free(z.archive);
    arena_drop(&z.arena);
    return good;
}
