/* SPDX-License-Identifier: MIT */
/*
 * The debriefing as one page: nothing loaded, no script. What is said by colour is said by a word, too; tables have headers,
 * the story is an ordered list, and each step has an address that answers, decoys and techniques link to. Dark text on white is
 * far above the contrast that WCAG 2.1 AA asks for; on paper no step is torn in two.
 */
#include "grader/story/debrief_parts.h"
#include "grader/delivered.h"
#include "sim/scenario/decode.h"

#include <string.h>

static const char style[] =
    ":root{--ink:#1c1b1a;--soft:#5a5550;--line:#ded8d0;--attack:#a32117;--plain:#2c5f8d;--paper:#fff;--wash:#faf7f2}"
    "*{box-sizing:border-box}body{font:1rem/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0}"
    "a{color:#0b4f8a}.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem}"
    "header,main,footer{max-width:62rem;margin:0 auto;padding:0 1.5rem}header{padding-top:2.2rem}"
    "h1{font-size:2rem;line-height:1.15;margin:.1rem 0 .6rem}h2{font-size:1.4rem;margin:3rem 0 .6rem;padding-bottom:.3rem;"
    "border-bottom:2px solid var(--ink)}h3{font-size:1.05rem;margin:1.2rem 0 .2rem}article h3{margin:0 0 .2rem}p{margin:.3rem "
    "0}"
    ".over{letter-spacing:.08em;text-transform:uppercase;font-size:.8rem;color:var(--soft);margin:0}"
    ".note{border-left:4px solid var(--attack);background:var(--wash);padding:.5rem .9rem;margin:1rem 0}"
    "nav ol{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;padding:0;margin:1rem 0}"
    ".facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(12.5rem,1fr));gap:.8rem;margin:1rem 0;padding:0}"
    ".facts div{background:var(--wash);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .9rem}"
    ".facts dt{font-size:.8rem;color:var(--soft)}.facts dd{margin:0;font-size:1.1rem;font-weight:600;overflow-wrap:anywhere}"
    "code,pre,kbd{font:.88em/1.45 ui-monospace,'DejaVu Sans Mono',monospace}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0;padding:.4rem "
    ".7rem;background:#f4f1ec;border-radius:.3rem}"
    "pre.deed{background:none;padding:0;color:var(--ink)}pre.quote{border-left:3px solid var(--line)}"
    "ol.story{list-style:none;margin:1.2rem 0;padding:0}ol.story>li{display:flow-root;position:relative;margin:0 0 0 "
    ".55rem;padding:0 0 1.3rem "
    "1.9rem;"
    "border-left:2px solid var(--line)}ol.story>li:last-child{border-color:transparent}"
    "ol.story>li::before{content:'';position:absolute;left:-.52rem;top:.35rem;width:.8rem;height:.8rem;border-radius:50%;"
    "background:var(--plain);border:.12rem solid "
    "var(--plain)}li.attack::before{background:var(--attack)!important;border-color:var("
    "--attack)!important}li.refused::before{background:var(--paper)!important;border-color:var(--attack)!important}"
    "li.day::before{display:none}li.day{font-weight:600;padding-bottom:.7rem!important}"
    ".when{display:flex;flex-wrap:wrap;gap:.2rem .9rem;align-items:baseline;color:var(--soft);font-size:.92rem}"
    ".when time{color:var(--ink);font-weight:600;font-variant-numeric:tabular-nums}"
    ".actor{margin:.05rem 0 .2rem}.actor b{font-weight:650}.tag{display:inline-block;border:1px solid "
    "currentColor;border-radius:1rem;"
    "padding:0 .55rem;font-size:.78rem;line-height:1.5;white-space:nowrap}.tag.attack,.tag.refused{color:var(--attack)}"
    ".tag.decoy{color:#7a4b00}.tag.role{color:var(--soft)}"
    ".why{margin:.35rem 0;padding-left:.8rem;border-left:3px solid var(--attack)}"
    "ul.evidence{list-style:none;margin:.4rem 0 0;padding:.5rem .8rem;background:var(--wash);border:1px solid var(--line);"
    "border-radius:.4rem}ul.evidence>li+li{margin-top:.5rem;padding-top:.5rem;border-top:1px dashed var(--line)}"
    "ul.evidence a{overflow-wrap:anywhere}.name{font-size:.8rem;color:var(--soft);font-weight:600}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}caption{text-align:left;color:var(--soft);padding:.2rem "
    "0}"
    "th,td{text-align:left;vertical-align:top;padding:.45rem .9rem .45rem 0;border-bottom:1px solid var(--line)}"
    "thead th{border-bottom:2px solid "
    "var(--ink);white-space:nowrap}th[scope=row]{font-weight:600}.n{text-align:right;white-space:"
    "nowrap}article{margin:1.3rem 0;padding:0 0 .6rem;border-bottom:1px solid var(--line)}"
    ".answer{font-size:1.05rem;font-weight:600;overflow-wrap:anywhere}ol.steps>li{margin:.5rem 0}"
    "footer{margin-top:3rem;padding-bottom:2rem;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}"
    ".picture "
    "svg{width:100%;height:auto;}.key{color:var(--soft);font-size:.9rem}.key .plain{color:#3a6ea5}.key .attack{"
    "color:#c0392b}"
    ".key .refused{color:#fff;-webkit-text-stroke:1.5px #c0392b}"
    "@media(max-width:40rem){h1{font-size:1.6rem}header,main,footer{padding-left:1rem;padding-right:1rem}}"
    "@page{margin:16mm}@media "
    "print{body{font-size:10pt}header,main,footer{max-width:none;padding:0}a{color:inherit;text-decoration:"
    "none}nav,.skip{display:none}.picture svg{min-width:0}ol.story>li,article,tr{break-inside:avoid}h2,h3{break-after:avoid}"
    "pre,.facts div,ul.evidence,.note{background:none}.scroll{overflow:visible}}";

/* ---- writing ---- */

static const char *say(const struct debriefing *d, enum told w)
{
    return told(d->language, w);
}

void tell_element(struct debriefing *d, const char *element, const char *text)
{
    size_t n = strcspn(element, " ");
    str_addf(d->out, "<%s>", element);
    str_add_html(d->out, text);
    str_addf(d->out, "</%.*s>", (int)n, element);
}

void tell_heading(struct debriefing *d, const char *id, enum told title)
{
    str_addf(d->out, "</section>\n<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n", id, id, say(d, title));
}

const char *tell_filled(struct debriefing *d, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    struct err ignored = {0};
    if (!text)
        return NULL;
    bool good = scenario_expand(text, play_lookup, (void *)&d->p->play, &out, &ignored);
    return good ? arena_dup(&d->arena, str_text(&out)) : text;
}

/* Command lines as they were typed; a map's members a line each. */
void tell_deed(struct debriefing *d, const char *op, const json_t *asked)
{
    const json_t *lines = json_path(asked, "parameters.commands"), *value;
    const char *typed = json_str(asked, "command"), *key;
    AUTO(str_drop) struct str text = {0};
    size_t i;
    if (typed)
        str_add(&text, typed);
    json_array_foreach(lines, i, value) str_addf(&text, "%s%s", text.len ? "\n" : "", json_string_value(value));
    json_object_foreach((json_t *)asked, key, value)
    {
        if (typed || lines || json_is_null(value))
            continue;
        str_addf(&text, "%s%s: ", text.len ? "\n" : "", key);
        if (json_is_string(value))
            str_add(&text, json_string_value(value));
        else
            str_add_json_value(&text, value);
    }
    tell_element(d, "code", op);
    if (text.len)
        tell_element(d, "pre class=\"deed\"", str_text(&text));
}

static size_t row_of_mark(const struct debriefing *d, const char *name)
{
    for (size_t i = 0; i < d->p->n; i++)
        if (name && text_same(d->p->rows[i].step->mark, name))
            return i;
    return SIZE_MAX;
}

size_t tell_steps_named(struct debriefing *d, const struct node *node, const char *before)
{
    const char *rest = node && node->kind == NODE_TEXT ? node->text : NULL;
    struct reference ref = {0};
    size_t n = 0;
    while (rest && reference_next(&rest, &ref)) {
        size_t row = ref.bad ? SIZE_MAX : row_of_mark(d, ref.name);
        if (row == SIZE_MAX)
            continue;
        str_addf(d->out, "%s<a href=\"#s%zu\">%s %zu</a>", n++ ? ", " : before, row + 1, say(d, TOLD_STEP), row + 1);
    }
    for (size_t i = 0; node && node->kind == NODE_LIST && i < node->n; i++)
        n += tell_steps_named(d, node->items[i], n ? ", " : before);
    return n;
}

const struct node *debrief_question_node(const struct debriefing *d, size_t question)
{
    const struct node *list = d->p->scenario->questions;
    return list && list->kind == NODE_LIST && question < list->n ? list->items[question] : NULL;
}

/* ---- the head ---- */

static bool is_intruder(const struct debriefing *d, const char *person)
{
    const struct member *m = play_member(&d->p->play, person);
    for (size_t i = 0; i < d->p->n && !(m && m->person->student); i++)
        if (d->p->rows[i].step->technique && text_same(d->p->rows[i].step->as, person))
            return true;
    return false;
}

static void add_fact(struct debriefing *d, enum told name, const char *value)
{
    str_add(d->out, "<div>");
    tell_element(d, "dt", say(d, name));
    tell_element(d, "dd", value);
    str_add(d->out, "</div>\n");
}

static void add_times(struct debriefing *d)
{
    const struct preview_row *first = NULL, *last = NULL;
    AUTO(str_drop) struct str between = {0};
    size_t n = 0;
    for (size_t i = 0; i < d->p->n; i++)
        if (d->p->rows[i].step->technique) {
            first = first ? first : &d->p->rows[i];
            last = &d->p->rows[i];
            n++;
        }
    add_fact(d, TOLD_STEPS, arena_printf(&d->arena, "%zu, %zu %s", d->p->n, n, say(d, TOLD_STEPS_OF_INTRUDERS)));
    if (!first)
        return;
    add_fact(d, TOLD_FIRST, arena_time(&d->arena, first->time_ms, "%Y-%m-%d %H:%M:%S"));
    add_fact(d, TOLD_LAST, arena_time(&d->arena, last->time_ms, "%Y-%m-%d %H:%M:%S"));
    str_add_duration(&between, (last->time_ms - first->time_ms) / 1000 * 1000);
    add_fact(d, TOLD_LASTED, str_text(&between));
}

static const struct {
    const char *id;
    enum told title;
} parts[] = {
    {"story",      TOLD_STORY     },
    {"decoys",     TOLD_DECOYS    },
    {"techniques", TOLD_TECHNIQUES},
    {"questions",  TOLD_QUESTIONS },
    {"repairs",    TOLD_REPAIRS   },
};

static void add_head(struct debriefing *d)
{
    const struct preview *p = d->p;
    const char *title = local_text_get(&p->scenario->title, d->language), *student = p->student;
    str_addf(d->out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>", d->language);
    str_add_html(d->out, title);
    str_addf(d->out,
             ": %s</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>%s%s</style>\n"
             "</head>\n<body>\n<a class=\"skip\" href=\"#story\">%s</a>\n<header>\n<p class=\"over\">%s</p>\n",
             say(d, TOLD_DEBRIEFING), style, preview_picture_style, say(d, TOLD_SKIP), say(d, TOLD_DEBRIEFING));
    tell_element(d, "h1", title);
    tell_element(d, "p class=\"note\"", say(d, TOLD_KEY));
    str_addf(d->out, "<nav aria-label=\"%s\"><ol>", say(d, TOLD_CONTENTS));
    for (size_t i = 0; i < COUNT(parts); i++)
        str_addf(d->out, "<li><a href=\"#%s\">%s</a></li>", parts[i].id, say(d, parts[i].title));
    str_addf(d->out, "</ol></nav>\n</header>\n<main>\n<section aria-label=\"%s\">\n<dl class=\"facts\">\n",
             say(d, TOLD_SUMMARY));
    if (student && *student)
        add_fact(d, TOLD_STUDENT, student);
    add_fact(d, TOLD_SEED, p->seed);
    add_fact(d, TOLD_ACCOUNT, arena_printf(&d->arena, "%s, %s", p->play.world.account.id, p->scenario->region));
    add_times(d);
    str_add(d->out, "</dl>\n");
}

/* ---- the story ---- */

static void add_day(struct debriefing *d, size_t row)
{
    const char *day = arena_time(&d->arena, d->p->rows[row].time_ms, "%Y-%m-%d");
    if (row && text_same(day, arena_time(&d->arena, d->p->rows[row - 1].time_ms, "%Y-%m-%d")))
        return;
    tell_element(d, "li class=\"day\"", day);
    str_add(d->out, "\n");
}

/* What is said to somebody who takes this step for the answer; NULL when no known wrong answer refers to it. */
static const char *said_of_decoy(const struct debriefing *d, const struct preview_row *row)
{
    const struct question *q = d->p->rubric->questions.items;
    for (size_t i = 0; row->step->mark && !row->step->technique && i < d->p->rubric->questions.n; i++) {
        const struct node *wrong = node_get(debrief_question_node(d, i), "wrong");
        for (size_t j = 0; wrong && wrong->kind == NODE_MAP && j < wrong->n && j < q[i].n_wrong; j++) {
            const char *rest = wrong->pairs[j].key->text;
            struct reference ref = {0};
            while (rest && reference_next(&rest, &ref))
                if (!ref.bad && text_same(ref.name, row->step->mark))
                    return local_text_get(&q[i].wrong[j].says, d->language);
        }
    }
    return NULL;
}

static void add_tag(struct debriefing *d, const char *kind, const char *text)
{
    str_addf(d->out, " <span class=\"tag %s\">", kind);
    str_add_html(d->out, text);
    str_add(d->out, "</span>");
}

static void add_when(struct debriefing *d, size_t i)
{
    const struct preview_row *r = &d->p->rows[i];
    AUTO(str_drop) struct str gap = {0};
    str_add(d->out, "<p class=\"when\">");
    str_add_time(d->out, r->time_ms, "<time datetime=\"" TIME_ISO "\">%H:%M:%S</time>");
    if (i) {
        str_add_duration(&gap, r->time_ms / 1000 * 1000 - d->p->rows[i - 1].time_ms / 1000 * 1000);
        str_addf(d->out, "<span>%s %s</span>", str_text(&gap), say(d, TOLD_AFTER_THAT));
    }
    str_addf(d->out, "<span>%s %zu%s", say(d, TOLD_STEP), i + 1, r->step->mark ? ": " : "");
    str_add_html(d->out, r->step->mark);
    str_add(d->out, "</span></p>\n");
}

static void add_who(struct debriefing *d, const struct preview_row *r)
{
    const struct member *m = play_member(&d->p->play, r->step->as);
    const char *name = m && m->person->full_name ? m->person->full_name : r->step->as;
    bool student = m && m->person->student, intruder = is_intruder(d, r->step->as);
    str_add(d->out, "<p class=\"actor\">");
    tell_element(d, "b", name);
    if (student || intruder || (m && m->person->user)) /* all others are strangers, and welcome ones perhaps */
        add_tag(d, "role", say(d, student ? TOLD_AS_STUDENT : intruder ? TOLD_AS_INTRUDER : TOLD_AS_COLLEAGUE));
    if (r->ip) {
        str_addf(d->out, " %s ", say(d, TOLD_FROM));
        tell_element(d, "code", r->ip);
    }
    if (r->step->on) {
        str_addf(d->out, " %s ", say(d, TOLD_ON));
        tell_element(d, "code", r->step->on);
    }
    const struct technique *t = technique_find(r->step->technique);
    if (r->step->technique)
        add_tag(d, "attack", t ? arena_printf(&d->arena, "%s %s", t->id, t->name) : r->step->technique);
    if (r->error_code)
        add_tag(d, "refused", arena_printf(&d->arena, "%s: %s", say(d, TOLD_REFUSED), r->error_code));
    if (said_of_decoy(d, r))
        add_tag(d, "decoy", say(d, TOLD_TAKEN_FOR));
    str_add(d->out, "</p>\n");
}

static void add_sighting(struct debriefing *d, const struct preview_row *r, const struct sighting *s)
{
    str_add(d->out, "<li><a href=\"");
    for (const char *at = s->file; *at; at += strcspn(at, "/"), at += strspn(at, "/")) {
        str_add_uri(d->out, arena_dupn(&d->arena, at, strcspn(at, "/")));
        str_add(d->out, strchr(at, '/') ? "/" : "");
    }
    str_add(d->out, "\">");
    str_add_html(d->out, s->file);
    str_add(d->out, "</a>");
    if (s->line || s->record)
        str_addf(d->out, ", %s %u", say(d, s->line ? TOLD_LINE : TOLD_RECORD), s->line ? s->line : s->record);
    if (r->event_id && !text_starts(s->file, "host"))
        str_addf(d->out, ", %s <code>%s</code>", say(d, TOLD_EVENT), r->event_id);
    if (s->text)
        tell_element(d, "pre class=\"quote\"", s->text);
    if (s->command) {
        str_addf(d->out, "<div class=\"name\">%s</div>", say(d, TOLD_SHOWN_BY));
        tell_element(d, "pre class=\"command\"", s->command);
    }
    str_add(d->out, "</li>\n");
}

static void add_evidence(struct debriefing *d, size_t row)
{
    const struct sightings *seen = &d->seen[row];
    if (!seen->n) {
        str_addf(d->out, "<p class=\"name\">%s: %s</p>\n", say(d, TOLD_EVIDENCE), say(d, TOLD_NO_EVIDENCE));
        return;
    }
    str_addf(d->out, "<ul class=\"evidence\" aria-label=\"%s\">\n", say(d, TOLD_EVIDENCE));
    for (size_t i = 0; i < seen->n; i++)
        add_sighting(d, &d->p->rows[row], &seen->list[i]);
    str_add(d->out, "</ul>\n");
}

/* What its author says of it; else, of a decoy, what is said to those who take it for the answer. */
static void add_why(struct debriefing *d, const struct preview_row *r)
{
    const char *why = tell_filled(d, local_text_get(&r->step->why, d->language)), *decoy = said_of_decoy(d, r);
    if (!*why && !decoy)
        return;
    str_addf(d->out, "<p class=\"why\"><span class=\"name\">%s</span> ", say(d, *why ? TOLD_WHY : TOLD_TAKEN_FOR));
    str_add_html(d->out, *why ? why : decoy);
    str_add(d->out, "</p>\n");
}

static void add_step(struct debriefing *d, size_t i)
{
    const struct preview_row *r = &d->p->rows[i];
    const char *kind = r->error_code ? "refused" : r->step->technique ? "attack" : "plain";
    const char *times = tell_filled(d, r->step->times.text);
    add_day(d, i);
    str_addf(d->out, "<li id=\"s%zu\" class=\"%s\">\n", i + 1, kind);
    add_when(d, i);
    add_who(d, r);
    tell_deed(d, r->op, r->entry->asked);
    if (times)
        str_addf(d->out, "<p>%s %s</p>", times, say(d, TOLD_TIMES));
    add_why(d, r);
    add_evidence(d, i);
    str_add(d->out, "</li>\n");
}

static void add_story(struct debriefing *d)
{
    tell_heading(d, "story", TOLD_STORY);
    tell_element(d, "p", say(d, TOLD_UTC));
    str_addf(d->out, "<div class=\"scroll picture\" tabindex=\"0\" role=\"group\" aria-label=\"%s\">\n", say(d, TOLD_PICTURE));
    preview_picture(d->p, say(d, TOLD_PICTURE), d->out);
    str_addf(d->out,
             "<p class=\"key\"><span class=\"attack\">&#9679;</span> %s <span class=\"refused\">&#9679;</span> %s "
             "<span class=\"plain\">&#9679;</span> %s</p>\n",
             say(d, TOLD_KEY_ATTACK), say(d, TOLD_REFUSED), say(d, TOLD_KEY_OTHERS));
    str_add(d->out, "</div>\n<ol class=\"story\">\n");
    for (size_t i = 0; i < d->p->n; i++)
        add_step(d, i);
    str_add(d->out, "</ol>\n");
}

/* ---- the whole ---- */

static bool look(void *context, const char *dir, struct err *e)
{
    return sightings_find(context, dir, e);
}

static void add_foot(struct debriefing *d)
{
    str_addf(d->out, "</section>\n</main>\n<footer>\n<p>%s cafelab " CAFELAB_VERSION ": <code>cafelab debrief ",
             say(d, TOLD_MADE_BY));
    str_add_html(d->out, d->p->scenario->id);
    str_add(d->out, " --seed ");
    str_add_html(d->out, d->p->seed);
    if (d->p->student && *d->p->student) {
        str_add(d->out, " --student ");
        str_add_html(d->out, d->p->student);
    }
    str_add(d->out, "</code></p>\n</footer>\n</body>\n</html>\n");
}

bool debrief_page(const struct preview *p, struct str *out, struct err *e)
{
    struct debriefing d = {.p = p, .language = p->language, .out = out};
    d.seen = arena_alloc(&d.arena, (p->n + 1) * sizeof(*d.seen));
    bool good =
        with_lab_aside(p->scenario, &(struct play_options){.seed = p->seed, .student = p->student, .events = -1}, look, &d, e);
    if (good) {
        add_head(&d);
        add_story(&d);
        tell_decoys(&d);
        tell_techniques(&d);
        tell_questions(&d);
        tell_repairs(&d);
        add_foot(&d);
    }
    arena_drop(&d.arena);
    return good;
}
