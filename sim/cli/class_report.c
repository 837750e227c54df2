/* SPDX-License-Identifier: MIT */
/* cafelab class report: the class page, a page for each student, tables and gradebooks. */
#include "grader/batch/analysis.h"
#include "grader/batch/results.h"
#include "grader/formats/formats.h"
#include "sim/cli/class_parts.h"
#include "sim/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reporting {
    const struct request *r;
    struct class class;
    struct class_rules rules;
    struct overrides overrides;
    struct format_style style;
    struct str roster;
    const char *folder;
    struct arena arena;
    bool *has_page; /* by place in the roster */
    size_t n_pages;
    bool marking; /* something waits for a person */
};

/* What a person set as a total is no penalty. */
static int64_t lowered(const struct standing *s)
{
    bool by_rules = s->counted && s->attempts[s->kept].points == s->report.score;
    return by_rules && s->raw > s->report.score ? s->raw - s->report.score : 0;
}

static struct graded graded_of(const struct standing *s)
{
    return (struct graded){.report = &s->report,
                           .submission = s->student->id,
                           .name = *s->student->name ? s->student->name : NULL,
                           .email = s->student->email,
                           .login = s->student->login,
                           .due = s->why,
                           .lowered = lowered(s),
                           .absent = !s->n};
}

/* Every student who has something to be told, one after the other. */
static bool each_standing(struct reporting *p, bool (*each)(struct reporting *, const struct standing *, void *, struct err *),
                          void *context, struct err *e)
{
    for (size_t i = 0; i < p->class.roster.n; i++) {
        AUTO(standing_drop) struct standing s = {0};
        if (!standing_read(&p->class, RESULTS, &p->rules, &p->overrides, &p->class.roster.list[i], &s, e) ||
            !each(p, &s, context, e))
            return false;
    }
    return true;
}

static bool add_one(struct reporting *p, const struct standing *s, void *context, struct err *e)
{
    struct writing *w = context;
    struct graded g = graded_of(s);
    (void)p;
    (void)e;
    writing_add(w, &g);
    return true;
}

static bool write_form(struct reporting *p, const struct format *format, struct str *out, struct err *e)
{
    struct writing w = {.format = format, .style = &p->style, .out = out, .of = p->class.roster.n};
    bool good = writing_begin(&w, e) && each_standing(p, add_one, &w, e);
    if (good)
        writing_end(&w);
    writing_drop(&w);
    return good;
}

/* ---- files ---- */

static bool put(struct reporting *p, const char *name, const struct str *text, struct err *e)
{
    return file_write(arena_printf(&p->arena, "%s/%s", p->folder, name), str_text(text), text->len, 0600, e);
}

static bool write_page(struct reporting *p, const struct standing *s, void *context, struct err *e)
{
    AUTO(str_drop) struct str page = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct writing w = {.format = format_find("html"), .style = &p->style, .out = &page, .of = 1};
    struct graded g = graded_of(s);
    (void)context;
    if (!s->n && !s->graded)
        return true;
    if (!writing_begin(&w, e))
        return false;
    writing_add(&w, &g);
    writing_end(&w);
    p->has_page[s->student - p->class.roster.list] = true;
    p->n_pages++;
    return file_write(arena_printf(&arena, "%s/students/%s.html", p->folder, s->student->id), str_text(&page), page.len, 0600,
                      e);
}

/* Of who left, or has nothing any more: else it goes out with the others. */
static bool drop_page(void *context, const struct dir_entry *entry, struct err *e)
{
    struct reporting *p = context;
    if (entry->is_dir || strchr(entry->path, '/') || !text_ends(entry->name, ".html"))
        return true;
    const char *id = arena_dupn(&p->arena, entry->name, strlen(entry->name) - strlen(".html"));
    const struct student *s = roster_student(&p->class.roster, id);
    return (s && p->has_page[s - p->class.roster.list]) || !unlinkat(entry->dir, entry->name, 0) ||
           err_set(e, "remove '%s/students/%s': %m", p->folder, entry->name);
}

/* Elsewhere than in the class the folder may be one with other people's pages. */
static bool write_pages(struct reporting *p, struct err *e)
{
    p->has_page = arena_alloc(&p->arena, p->class.roster.n + 1);
    return each_standing(p, write_page, NULL, e) &&
           (request_has(p->r, "output") || dir_walk(arena_printf(&p->arena, "%s/students", p->folder), drop_page, p, e));
}

static bool write_table(struct reporting *p, const char *format, const char *name, struct err *e)
{
    AUTO(str_drop) struct str out = {0};
    return write_form(p, format_find(format), &out, e) && put(p, name, &out, e);
}

/* What waits for a person: filled in and saved as CLASS/overrides.csv it is the grade. */
static bool add_marking(struct reporting *p, const struct standing *s, void *context, struct err *e)
{
    struct str *out = context;
    (void)p;
    (void)e;
    for (size_t i = 0; i < s->report.n; i++) {
        const struct finding *f = &s->report.findings[i];
        AUTO(str_drop) struct str max = {0};
        if (f->outcome != OUTCOME_MANUAL)
            continue;
        str_add_points(&max, f->max);
        const char *cells[] = {s->student->id, f->id, "", "", str_text(&max), f->title, f->expected, f->found};
        for (size_t j = 0; j < COUNT(cells); j++) {
            if (j)
                str_addc(out, ',');
            csv_add(out, cells[j] ? cells[j] : "", ',', true);
        }
        str_addc(out, '\n');
    }
    return true;
}

static bool write_marking(struct reporting *p, struct err *e)
{
    AUTO(str_drop) struct str out = {0};
    str_add(&out, "student,item,points,reason,max,question,a good answer holds,answer\n");
    size_t before = out.len;
    const char *sheet = arena_printf(&p->arena, "%s/marking.csv", p->folder);
    if (!each_standing(p, add_marking, &out, e))
        return false;
    p->marking = out.len != before;
    return p->marking ? put(p, "marking.csv", &out, e)
                      : !file_exists(sheet) || !unlink(sheet) || err_set(e, "remove '%s': %m", sheet);
}

static bool write_class(struct reporting *p, const struct analysis *a, struct err *e)
{
    AUTO(str_drop) struct str page = {0}, json = {0};
    json_auto_t *value = analysis_json(a);
    analysis_html(a, &page);
    str_add_json_pretty(&json, value);
    return put(p, "index.html", &page, e) && put(p, "class.json", &json, e);
}

/* What killed runs left aside; the folder may be one with other people's things in it. */
static void sweep(struct reporting *p)
{
    static const char *const names[] = {"index.html", "class.json", "grades.csv", "items.csv",
                                        "moodle.csv", "canvas.csv", "marking.csv"};
    for (size_t i = 0; i < COUNT(names); i++)
        file_sweep(arena_printf(&p->arena, "%s/%s", p->folder, names[i]));
    dir_sweep(arena_printf(&p->arena, "%s/students", p->folder), "*.html");
}

static bool write_all(struct reporting *p, const struct analysis *a, struct err *e)
{
    sweep(p);
    return dir_make(arena_printf(&p->arena, "%s/students", p->folder), e) && write_class(p, a, e) &&
           write_table(p, "csv", "grades.csv", e) && write_table(p, "csv-items", "items.csv", e) &&
           write_table(p, "moodle", "moodle.csv", e) && (!p->style.roster || write_table(p, "canvas", "canvas.csv", e)) &&
           write_marking(p, e) && write_pages(p, e);
}

/* ---- the command ---- */

/* Canvas's own export: the one that was named, else the class list when it is one. */
static bool find_roster(struct reporting *p, struct err *e)
{
    const char *path = request_value(p->r, "roster");
    if (!path && p->class.roster.kind != ROSTER_CANVAS)
        return true;
    p->style.roster = &p->roster;
    return file_read(path ? path : class_path(&p->arena, &p->class, "roster.csv"), ROSTER_MAX_BYTES, &p->roster, e);
}

static bool print_form(struct reporting *p, const char *name, const struct analysis *a, struct err *e)
{
    AUTO(str_drop) struct str out = {0};
    const struct format *format = format_find(name);
    if (text_same(name, "text"))
        analysis_text(a, &out);
    else if (text_same(name, "html"))
        analysis_html(a, &out);
    else if (text_same(name, "json")) {
        json_auto_t *value = analysis_json(a);
        str_add_json_pretty(&out, value);
    } else if (!format || format->alone)
        return format ? err_set(e, "--format: %s is about one submission: cafelab grade FILE --class %s --format %s", name,
                                p->r->args[0], name)
                      : err_set(e,
                                "--format: expected text, html or json of the class, or csv, csv-items, jsonl, junit, tap, "
                                "moodle, canvas, nbgrader or lti, got \"%s\"",
                                name);
    else if (!write_form(p, format, &out, e))
        return false;
    print_text(&out);
    return true;
}

/* Marks that a person wrote into the sheet of the last report are decisions: they must not go with it. */
static bool adopt_marks(struct reporting *p, struct err *e)
{
    const char *sheet = arena_printf(&p->arena, "%s/marking.csv", p->folder);
    size_t n = 0;
    if (!overrides_adopt(&p->class, sheet, &n, e))
        return false;
    if (n)
        printf("%zu mark%s of %s stand%s in overrides.csv now\n", n, n == 1 ? "" : "s", sheet, n == 1 ? "s" : "");
    return true;
}

static int report(struct reporting *p)
{
    struct err e = {0};
    AUTO(analysis_drop) struct analysis a = {0};
    AUTO(str_drop) struct str text = {0};
    const char *format = request_has(p->r, "json") ? "json" : request_value(p->r, "format");
    const char *folder = request_value(p->r, "output");
    p->folder = folder ? folder : class_path(&p->arena, &p->class, "reports");
    bool good = (format || adopt_marks(p, &e)) && rules_read(&p->class, &p->rules, &e) &&
                overrides_read(&p->class, &p->overrides, &e) && find_roster(p, &e) &&
                analysis_make(&p->class, progress_show, &a, &e);
    progress_end();
    if (!good || (format ? !print_form(p, format, &a, &e) : !write_all(p, &a, &e)))
        return class_mistakes(&p->class.told, &e);
    if (format)
        return EXIT_GOOD;
    analysis_text(&a, &text);
    print_text(&text);
    printf("\n%s: index.html, %zu page%s in students/, grades.csv, items.csv, class.json, moodle.csv%s%s\n", p->folder,
           p->n_pages, p->n_pages == 1 ? "" : "s", p->style.roster ? ", canvas.csv" : "", p->marking ? ", marking.csv" : "");
    if (p->marking)
        puts("What waits for a person is in marking.csv: fill in points and reason there, and report once more.");
    return EXIT_GOOD;
}

static void reporting_drop(struct reporting *p)
{
    overrides_drop(&p->overrides);
    str_drop(&p->roster);
    arena_drop(&p->arena);
    class_close(&p->class);
}

static int run(const struct request *r)
{
    AUTO(reporting_drop) struct reporting p = {.r = r};
    const char *language = request_language(r);
    if (!language || !class_open_told(r->args[0], &p.class))
        return EXIT_TROUBLE;
    if (request_has(r, "lang"))
        p.class.language = language;
    p.style = (struct format_style){
        .language = p.class.language, .answers = request_has(r, "show-answers"), .column = request_value(r, "column")};
    return report(&p);
}

const struct command command_class_report = {
    .name = "class report",
    .synopsis = "CLASS",
    .says = "the class page, a page for each student, gradebooks",
    .more =
        "Writes into CLASS/reports: index.html (distribution, items, who got what, what is alike), students/ID.html to hand\n"
        "out, grades.csv and items.csv, class.json, moodle.csv, and canvas.csv when the class list is a Canvas export.\n"
        "What a person must mark is in marking.csv: fill in points and reason, and report once more.\n"
        "Rules (attempts, penalty, deadline, late) are in class.json below \"grading\", decisions of people in\n"
        "overrides.csv: student,item,points,reason.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"output", 'o', "FOLDER", "where to write, instead of CLASS/reports"},
                {"format", 0, "FORMAT", "print this instead: text, html, json of the class; csv, moodle, canvas, ..."},
                {"roster", 0, "FILE", "of canvas: a newer export of the gradebook"},
                {"column", 0, "TITLE", "what the grade is called in gradebooks; the scenario's title without"},
                {"lang", 0, "LANG", "language of the pages: en, pt or es, instead of the class's"},
                {"show-answers", 0, NULL, "tell students what questions expected"},
                OPTION_JSON},
};
