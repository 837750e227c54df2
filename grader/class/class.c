/* SPDX-License-Identifier: MIT */
/*
 * The class folder: made once, as a whole; opened by everything that is done with a class. The scenario is copied into it, so
 * that a course of last year can be graded again when the scenario on this machine has moved on.
 */
#include "grader/class/class.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLASS_FORMAT = 1, SETTINGS_MAX = 1 << 20, SECRET_DIGITS = 64 };

char *class_path(struct arena *arena, const struct class *c, const char *fmt, ...)
{
    AUTO(str_drop) struct str path = {0};
    va_list args;
    str_addf(&path, "%s/", c->dir);
    va_start(args, fmt);
    str_vaddf(&path, fmt, args);
    va_end(args);
    return arena_dup(arena, str_text(&path));
}

/* ---- making one ---- */

struct making {
    const struct class_plan *plan;
    struct stage stage;
    struct scenario *scenario;
    struct str roster;
    struct diags *diags;
    struct arena arena;
};

static bool write_aside(struct making *m, const char *name, const struct str *text, mode_t mode, struct err *e)
{
    return file_write(arena_printf(&m->arena, "%s/%s", m->stage.aside, name), str_text(text), text->len, mode, e);
}

static bool is_secret(const char *s)
{
    return strlen(s) == SECRET_DIGITS && strspn(s, ALPHABET_HEX) == SECRET_DIGITS;
}

static bool write_secret(struct making *m, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    uint8_t bytes[SECRET_DIGITS / 2];
    if (m->plan->secret && !is_secret(m->plan->secret))
        return err_set(e, "the secret: expected %d digits of 0-9 a-f", SECRET_DIGITS);
    if (m->plan->secret)
        str_add(&text, m->plan->secret);
    else if (chance_of_system(bytes, sizeof(bytes), e))
        str_add_hex(&text, bytes, sizeof(bytes));
    else
        return false;
    str_addc(&text, '\n');
    return write_aside(m, "secret", &text, 0600, e);
}

/* The scenario, its brief and the brief's translations. */
static bool belongs(const struct scenario *s, const char *name)
{
    size_t stem = strlen(s->brief) - (text_ends(s->brief, ".md") ? 3 : 0);
    return text_same(name, s->brief) || (!strncmp(name, s->brief, stem) && name[stem] == '.' && text_ends(name, ".md"));
}

static bool copy_file(struct making *m, const char *from, const char *to, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    return file_read(from, YAML_MAX_BYTES, &text, e) && write_aside(m, to, &text, 0644, e);
}

static bool copy_brief(void *context, const struct dir_entry *entry, struct err *e)
{
    struct making *m = context;
    if (entry->is_dir || entry->is_link || !belongs(m->scenario, entry->path))
        return true;
    return copy_file(m, arena_printf(&m->arena, "%s/%s", m->scenario->dir, entry->path),
                     arena_printf(&m->arena, "scenario/%s", entry->path), e);
}

/* What it uses, too: a class stays as it was made when the library changes. */
static bool copy_used(struct making *m, struct err *e)
{
    const struct used_file *used = m->scenario->used.items;
    bool good = true;
    for (size_t i = 0; good && i < m->scenario->used.n; i++) {
        const char *to = arena_printf(&m->arena, "scenario/%s", used[i].as), *slash = strrchr(to, '/');
        good = dir_make(arena_printf(&m->arena, "%s/%.*s", m->stage.aside, (int)(slash - to), to), e) &&
               copy_file(m, used[i].path, to, e);
    }
    return good;
}

static bool copy_scenario(struct making *m, struct err *e)
{
    return dir_make(arena_printf(&m->arena, "%s/scenario", m->stage.aside), e) &&
           copy_file(m, m->scenario->file, "scenario/scenario.yaml", e) && copy_used(m, e) &&
           dir_walk(m->scenario->dir, copy_brief, m, e);
}

static const char *last_name(struct making *m)
{
    AUTO(free_text) char *path = xstrdup(m->plan->dir);
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        path[--n] = 0;
    const char *slash = strrchr(path, '/');
    return arena_dup(&m->arena, slash ? slash + 1 : path);
}

static bool write_settings(struct making *m, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    json_auto_t *settings = json_object();
    int64_t events = m->plan->events >= 0 ? m->plan->events : m->scenario->background.events;
    json_put(settings, "format", json_integer(CLASS_FORMAT));
    json_put_text(settings, "name", last_name(m));
    json_put_text(settings, "scenario", m->scenario->id);
    json_put_text(settings, "hash", m->scenario->content_hash);
    json_put_text(settings, "version", CAFELAB_VERSION);
    json_put_text(settings, "language", m->plan->language ? m->plan->language : "en");
    json_put(settings, "events", json_integer(events));
    if (m->plan->live)
        json_put(settings, "live", json_true());
    str_add_json_pretty(&text, settings);
    return write_aside(m, "class.json", &text, 0644, e);
}

static bool write_class(struct making *m, struct err *e)
{
    static const char *const folders[] = {"bundles", "results", "reports"};
    if (!stage_open(&m->stage, m->plan->dir, e) || !write_secret(m, e) || !copy_scenario(m, e) || !write_settings(m, e) ||
        !write_aside(m, "roster.csv", &m->roster, 0600, e))
        return false;
    for (size_t i = 0; i < COUNT(folders); i++)
        if (!dir_make(arena_printf(&m->arena, "%s/%s", m->stage.aside, folders[i]), e))
            return false;
    if (chmod(m->stage.aside, 0700)) /* students' names and grades */
        return err_set(e, "chmod '%s': %m", m->stage.aside);
    return stage_commit(&m->stage, e);
}

static bool read_roster(const char *path, struct str *text, struct roster *roster, struct diags *diags, struct err *e)
{
    return file_read(path, ROSTER_MAX_BYTES, text, e) && roster_read(path, str_text(text), text->len, roster, diags);
}

static struct scenario *read_scenario(const char *name, struct diags *diags, struct err *e)
{
    struct scenario *s = scenario_load(name, diags, e);
    struct rubric *rubric = s ? rubric_read(s, diags) : NULL;
    rubric_free(&rubric);
    if (s)
        lab_check(s, diags);
    return s;
}

bool class_init(const struct class_plan *plan, struct diags *diags, struct err *e)
{
    struct making m = {.plan = plan, .diags = diags};
    struct roster roster = {0};
    m.scenario = read_scenario(plan->scenario, diags, e);
    bool good = m.scenario && read_roster(plan->roster, &m.roster, &roster, diags, e);
    good = good && !diags->n_errors && write_class(&m, e);
    roster_drop(&roster);
    stage_drop(&m.stage);
    scenario_free(&m.scenario);
    str_drop(&m.roster);
    arena_drop(&m.arena);
    return good;
}

/* ---- opening it ---- */

static bool read_secret(struct class *c, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const char *path = class_path(&c->arena, c, "secret");
    struct stat st;
    if (stat(path, &st))
        return err_set(e, "'%s': %m: without its secret nobody can build or grade this class", path);
    if (st.st_mode & 077)
        return err_set(e,
                       "'%s' can be read by others (mode %04o): chmod 600 it, and ask who has seen it; on a disk that keeps no "
                       "modes (a stick, one of Windows) work with a copy of the class elsewhere",
                       path, (unsigned)st.st_mode & 07777);
    if (!file_read(path, SECRET_DIGITS + 1, &text, e))
        return false;
    if (text.len == SECRET_DIGITS + 1 && text.s[SECRET_DIGITS] == '\n')
        text.s[--text.len] = 0;
    if (!is_secret(str_text(&text)))
        return err_set(e, "'%s': expected %d digits of 0-9 a-f", path, SECRET_DIGITS);
    memcpy(c->secret, text.s, sizeof(c->secret));
    return true;
}

static bool parse_settings(struct class *c, const char *path, const struct str *text, struct err *e)
{
    struct json_fault fault;
    c->written = arena_dup(&c->arena, str_text(text));
    c->settings = json_read_told(c->written, text->len, &fault);
    if (c->settings)
        return true;
    diag_source(&c->told, path, c->written, text->len);
    diag_error(&c->told, (struct src_pos){path, fault.line, fault.col}, 1, "syntax", "%s", fault.says);
    return err_set(e, "%s: 1 mistake", path);
}

static bool read_settings(struct class *c, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const char *path = class_path(&c->arena, c, "class.json");
    if (access(path, F_OK))
        return errno == ENOENT || errno == ENOTDIR
                   ? err_set(e, "'%s' is no class: expected a folder that `cafelab class init` made", c->dir)
                   : err_set(e, "'%s': %m", path);
    if (!file_read(path, SETTINGS_MAX, &text, e) || !parse_settings(c, path, &text, e))
        return false;
    if (json_int_or(c->settings, "format", 0) != CLASS_FORMAT)
        return err_set(e, "%s: \"format\": this cafelab reads %d", path, CLASS_FORMAT);
    c->name = json_str(c->settings, "name");
    c->scenario_id = json_str(c->settings, "scenario");
    c->content_hash = json_str(c->settings, "hash");
    c->language = json_str_or(c->settings, "language", "en");
    c->events = json_int_or(c->settings, "events", -1);
    c->live = json_bool_or(c->settings, "live", false);
    if (!c->name || !c->scenario_id || !c->content_hash || c->events < 0 || c->events > LAB_MAX_EVENTS)
        return err_set(e, "%s: expected \"name\", \"scenario\", \"hash\" and \"events\"", path);
    return true;
}

static bool read_own_scenario(struct class *c, struct err *e)
{
    const char *path = class_path(&c->arena, c, "scenario/scenario.yaml");
    if (access(path, R_OK))
        return err_set(e, "'%s': %m: it is the class's own copy of \"%s\"; a backup has it", path, c->scenario_id);
    c->scenario = read_scenario(class_path(&c->arena, c, "scenario"), &c->told, e);
    if (c->scenario && !text_same(c->scenario->id, c->scenario_id))
        err_set(e, "%s: the class is of \"%s\"", c->scenario->file, c->scenario_id);
    return c->scenario && !c->told.n_errors && !e->set;
}

bool class_open(const char *dir, struct class *c, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    *c = (struct class){.dir = xstrdup(dir)};
    return read_settings(c, e) && read_secret(c, e) &&
           read_roster(class_path(&c->arena, c, "roster.csv"), &text, &c->roster, &c->told, e) && read_own_scenario(c, e);
}

void class_close(struct class *c)
{
    scenario_free(&c->scenario);
    roster_drop(&c->roster);
    diags_drop(&c->told);
    json_decref(c->settings);
    arena_drop(&c->arena);
    free(c->dir);
    explicit_bzero(c->secret, sizeof(c->secret));
    *c = (struct class){0};
}
