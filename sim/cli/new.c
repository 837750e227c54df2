/* SPDX-License-Identifier: MIT */
/* cafelab new: a scenario that works, to begin from. */
#include "grader/grader.h"
#include "grader/schema/schema.h"
#include "sim/cli/cli.h"
#include "sim/scenario/scenario.h"

#include <ctype.h>
#include <string.h>

static const struct template
{
    const char *name, *folder;
}
templates[] = {
    {"old-key",     "docs/examples/old-key"},
    {"cafe-breach", "scenarios/cafe-breach"},
};

enum { MOST_BYTES = 1 << 20 };

/* As lint wants an id. */
static bool is_id(const char *name)
{
    if (!islower((unsigned char)*name) || strlen(name) > 40)
        return false;
    for (const char *s = name; *s; s++)
        if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_' && *s != '-')
            return false;
    return true;
}

/* The template's text with its own name; the line about itself gives way to one that editors read. */
static void adapt(const struct str *text, const char *name, struct str *out)
{
    const char *line = str_text(text);
    str_add(out, "# yaml-language-server: $schema=cafelab.schema.json\n");
    str_addf(out, "# Begun with `cafelab new %s`; docs/authoring.md explains every part.\n", name);
    while (*line == '#')
        line = strchr(line, '\n') ? strchr(line, '\n') + 1 : line + strlen(line);
    for (; *line;) {
        size_t n = strcspn(line, "\n");
        if (text_starts(line, "id: "))
            str_addf(out, "id: %s", name);
        else
            str_addn(out, line, n);
        str_addc(out, '\n');
        line += n + (line[n] == '\n');
    }
}

struct copying {
    const char *from, *to, *name;
};

static bool copy_one(void *context, const struct dir_entry *entry, struct err *e)
{
    const struct copying *c = context;
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0}, adapted = {0};
    bool scenario = text_same(entry->path, "scenario.yaml");
    if (entry->is_dir || entry->is_link ||
        (!scenario && !text_starts(entry->path, "brief") && !text_ends(entry->path, ".yaml")))
        return true;
    if (!file_read(arena_printf(&arena, "%s/%s", c->from, entry->path), MOST_BYTES, &text, e))
        return false;
    if (strrchr(entry->path, '/') &&
        !dir_make(arena_printf(&arena, "%s/%.*s", c->to, (int)(strrchr(entry->path, '/') - entry->path), entry->path), e))
        return false;
    if (scenario)
        adapt(&text, c->name, &adapted);
    const struct str *out = scenario ? &adapted : &text;
    return file_write(arena_printf(&arena, "%s/%s", c->to, entry->path), str_text(out), out->len, 0644, e);
}

static bool write_schema(const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    json_auto_t *schema = schema_json();
    str_add_json_pretty(&text, schema);
    return file_write(arena_printf(&arena, "%s/cafelab.schema.json", dir), str_text(&text), text.len, 0644, e);
}

static int make(const struct template *template, const char *name, const char *where)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(stage_drop) struct stage stage = {0};
    struct err e = {0};
    bool good = stage_open(&stage, where, &e);
    struct copying copying = {data_path(&arena, "%s", template->folder), stage.aside, name};
    good = good && dir_walk(copying.from, copy_one, &copying, &e) && write_schema(stage.aside, &e) && stage_commit(&stage, &e);
    if (!good)
        return trouble_err(&e);
    const char *word = arena_shell_word(&arena, where);
    printf("%s is ready: edit %s/scenario.yaml, then cafelab lint %s && cafelab verify %s\n", where, where, word, word);
    return EXIT_GOOD;
}

static int run(const struct request *r)
{
    const char *name = r->args[0], *where = request_value(r, "out");
    int like = REQUEST_CHOICE(r, "like", templates, 0);
    if (like < 0)
        return EXIT_TROUBLE;
    if (!is_id(name))
        return misused(r, "expected a name of a-z, 0-9, _ and -, beginning with a letter, got \"%s\"", name);
    return make(&templates[like], name, where ? where : name);
}

const struct command command_new = {
    .name = "new",
    .synopsis = "NAME",
    .says = "write a small scenario that works, to begin from",
    .more = "Makes the folder NAME with scenario.yaml, its brief, and the schema for editors. Templates: old-key (a stolen\n"
            "key, no server; docs/authoring.md builds it) and cafe-breach (with a server and three languages).",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"like", 0, "TEMPLATE", "old-key or cafe-breach; old-key without"},
                {"out", 'o', "DIR", "where it shall be; NAME without; must not exist"}},
};
