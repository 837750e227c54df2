/* SPDX-License-Identifier: MIT */
/* cafelab list: the scenarios on hand. One that does not read is named, with how to find out why. */
#include "sim/cli/cli.h"
#include "sim/scenario/scenario.h"

#include <string.h>

struct listing {
    struct arena arena;
    const char *root;
    const char *language;
    json_t *list;
    bool broken;
};

static json_t *describe(const struct scenario *s, const char *language)
{
    json_t *item = json_object();
    json_put_text(item, "id", s->id);
    json_put_text(item, "title", local_text_get(&s->title, language));
    json_put_text(item, "level", s->level);
    json_put(item, "minutes", json_integer(s->minutes));
    json_put_text(item, "file", s->file);
    return item;
}

static bool list_one(void *context, const struct dir_entry *entry, struct err *e)
{
    struct listing *l = context;
    const char *name = strchr(entry->path, '/');
    if (!name || !text_same(name, "/scenario.yaml"))
        return true;
    AUTO(diags_drop) struct diags diags = {0};
    const char *path = arena_printf(&l->arena, "%s/%s", l->root, entry->path);
    AUTO(scenario_free) struct scenario *s = scenario_load(path, &diags, e);
    if (s && !diags.n_errors)
        json_array_append_new(l->list, describe(s, l->language));
    else {
        l->broken = true;
        trouble("'%s' has mistakes: see cafelab lint '%s'", path, path);
        *e = (struct err){0};
    }
    return true;
}

static void print_table(const json_t *list, bool names_only)
{
    size_t i;
    json_t *item;
    int width = (int)strlen("SCENARIO");
    json_array_foreach((json_t *)list, i, item)
    {
        int n = (int)strlen(json_str(item, "id"));
        width = n > width ? n : width;
    }
    if (!names_only)
        printf("%-*s  %-12s  %-7s  %s\n", width, "SCENARIO", "LEVEL", "MINUTES", "TITLE");
    json_array_foreach((json_t *)list, i, item)
    {
        if (names_only)
            puts(json_str(item, "id"));
        else
            printf("%-*s  %-12s  %7lld  %s\n", width, json_str(item, "id"), json_str(item, "level"),
                   (long long)json_int_or(item, "minutes", 0), json_str(item, "title"));
    }
}

static int run(const struct request *r)
{
    struct err e = {0};
    struct listing l = {.language = request_language(r)};
    if (!l.language)
        return EXIT_TROUBLE;
    l.list = json_array();
    l.root = data_path(&l.arena, "scenarios");
    bool good = dir_walk(l.root, list_one, &l, &e);
    if (good && request_has(r, "json"))
        print_json(l.list);
    else if (good)
        print_table(l.list, request_has(r, "names"));
    json_decref(l.list);
    arena_drop(&l.arena);
    return !good ? trouble_err(&e) : l.broken ? EXIT_FINDINGS : EXIT_GOOD;
}

const struct command command_list = {
    .name = "list",
    .synopsis = "",
    .says = "the scenarios on hand",
    .run = run,
    .options = {{"names", 0, NULL, "print the names alone"},
                {"lang", 0, "L", "titles in this language: en, pt, es"},
                OPTION_JSON},
};
