/* SPDX-License-Identifier: MIT */
/*
 * A preview as one HTML page. Its picture has a lane for everybody who acts and a dot for each step. Pauses are drawn by
 * their logarithm, so that seconds of an attack and days of waiting are both to be seen.
 */
#include "grader/checks.h"
#include "grader/story/story.h"
#include "grader/types.h"

#include <math.h>
#include <string.h>

enum { LEFT = 120, RIGHT = 60, TOP = 30, LANE = 54, LABELS = 215 };

static void add_cell(struct str *out, const char *tag, const char *s)
{
    str_addf(out, "<%s>", tag);
    str_add_html(out, s);
    str_addf(out, "</%s>", tag);
}

static void add_column(struct str *out, const char *name)
{
    str_add(out, "<th scope=\"col\">");
    str_add_html(out, name);
    str_add(out, "</th>");
}

static void add_header(struct str *out, const char *title, const char *const *columns)
{
    add_cell(out, "h2", title);
    str_add(out, "<div class=\"scroll\"><table><tr>");
    for (; *columns; columns++)
        add_column(out, *columns);
    str_add(out, "</tr>\n");
}

/* ---- the picture ---- */

/* The lane of a person: in the order of their first steps. */
static size_t lane_of(const struct preview *p, size_t row)
{
    size_t lane = 0;
    for (size_t i = 0; i <= row; i++) {
        size_t first = 0;
        while (!text_same(p->rows[first].step->as, p->rows[i].step->as))
            first++;
        if (text_same(p->rows[i].step->as, p->rows[row].step->as))
            return lane;
        lane += first == i;
    }
    return lane;
}

static size_t n_lanes(const struct preview *p)
{
    size_t most = 0;
    for (size_t i = 0; i < p->n; i++)
        most = lane_of(p, i) + 1 > most ? lane_of(p, i) + 1 : most;
    return most;
}

static int x_after(const struct preview *p, size_t row, int x)
{
    double gap_s = row ? (double)(p->rows[row].time_ms - p->rows[row - 1].time_ms) / 1000 : 0;
    return row ? x + 22 + (int)(9 * log10(1 + gap_s)) : LEFT + 20;
}

static void add_lanes(struct str *out, const struct preview *p, int width)
{
    for (size_t i = 0; i < p->n; i++) {
        size_t lane = lane_of(p, i);
        int y = TOP + (int)lane * LANE;
        bool first = true;
        for (size_t j = 0; j < i; j++)
            first &= lane_of(p, j) != lane;
        if (!first)
            continue;
        str_addf(out, "<line class=\"lane\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/><text class=\"who\" x=\"%d\" y=\"%d\">",
                 LEFT, y, width - RIGHT / 2, y, LEFT - 12, y + 5);
        str_add_html(out, p->rows[i].step->as);
        str_add(out, "</text>\n");
    }
}

static void add_dot(struct str *out, const struct preview *p, size_t row, int x, int bottom)
{
    const struct preview_row *r = &p->rows[row];
    int y = TOP + (int)lane_of(p, row) * LANE;
    const char *kind = r->error_code ? "refused" : r->step->technique ? "attack" : "plain";
    str_addf(out, "<line class=\"drop\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", x, y, x, bottom);
    str_addf(out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"7\"><title>", kind, x, y);
    str_add_html(out, r->op);
    str_add_time(out, r->time_ms, " %Y-%m-%d %H:%M:%S UTC</title></circle>");
    str_addf(out, "<text class=\"label\" transform=\"translate(%d %d) rotate(50)\">", x - 2, bottom + 12);
    str_add_time(out, r->time_ms, "%b %e %H:%M:%S ");
    str_add_html(out, r->step->mark ? r->step->mark : r->op);
    str_add(out, "</text>\n");
}

/* How far down the labels reach, which are turned by 50 degrees: "Oct 15 18:43:16 " and the longest name, 6 px a character. */
static int depth_of_labels(const struct preview *p)
{
    size_t most = 0;
    for (size_t i = 0; i < p->n; i++) {
        size_t n = strlen(p->rows[i].step->mark ? p->rows[i].step->mark : p->rows[i].op);
        most = n > most ? n : most;
    }
    return (int)((double)(16 + most) * 6 * 0.77);
}

static void add_picture(struct str *out, const struct preview *p, const char *label, const char *attributes)
{
    int x = 0, bottom = TOP + (int)n_lanes(p) * LANE - LANE / 2, height = bottom + depth_of_labels(p) + 30;
    for (size_t i = 0; i < p->n; i++)
        x = x_after(p, i, x);
    int width = x + RIGHT + LABELS;
    AUTO(str_drop) struct str fits = {0};
    if (!attributes) /* it shrinks with the page, as long as it can be read */
        str_addf(&fits, " style=\"min-width:%dpx\"", width * 3 / 4);
    str_addf(out, "<svg%s role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n",
             attributes ? attributes : str_text(&fits), label, width, height, width, height);
    add_lanes(out, p, width - LABELS);
    x = 0;
    for (size_t i = 0; i < p->n; i++) {
        x = x_after(p, i, x);
        add_dot(out, p, i, x, bottom);
    }
    str_add(out, "</svg>\n");
}

static void add_key(struct str *out)
{
    str_add(out, "<p class=\"key\"><span class=\"attack\">&#9679;</span> a step with a technique "
                 "<span class=\"refused\">&#9679;</span> refused <span class=\"plain\">&#9679;</span> everything else; "
                 "pauses by their logarithm</p>\n");
}

/* ---- the tables ---- */

/* Files as links, for a page that lies in the lab's folder; a record by its id, which any query finds. */
static void add_traces(struct str *out, const struct preview *p, const struct preview_row *row)
{
    struct preview_traces traces;
    preview_traces_of(p, row, &traces);
    str_add(out, "<td>");
    for (size_t i = 0; i < traces.n; i++) {
        str_add(out, i ? "<br><a href=\"" : "<a href=\"");
        str_add_html(out, traces.list[i].file);
        str_add(out, "\">");
        str_add_html(out, traces.list[i].file);
        str_add(out, "</a>");
    }
    if (row->event_id && traces.n && traces.list[0].event_id) {
        str_add(out, "<br><code>");
        str_add_html(out, row->event_id);
        str_add(out, "</code>");
    }
    str_add(out, "</td>");
}

/* A cell of two lines; NULL and "" are none. */
static void add_two(struct str *out, const char *first, const char *second)
{
    str_add(out, "<td>");
    str_add_html(out, first ? first : "");
    if (second && *second) {
        str_add(out, first ? "<br><small>" : "<small>");
        str_add_html(out, second);
        str_add(out, "</small>");
    }
    str_add(out, "</td>");
}

static void add_timeline(struct str *out, const struct preview *p)
{
    add_header(out, "Timeline (UTC)", (const char *const[]){"when", "who", "what", "mark", "evidence", NULL});
    for (size_t i = 0; i < p->n; i++) {
        const struct preview_row *r = &p->rows[i];
        str_add(out, "<tr><td class=\"when\">");
        str_add_time(out, r->time_ms, "%Y-%m-%d %H:%M:%S</td>");
        add_cell(out, "td", r->step->as);
        add_two(out, r->op, r->error_code);
        add_two(out, r->step->mark, r->step->technique);
        add_traces(out, p, r);
        str_add(out, "</tr>\n");
    }
    str_add(out, "</table></div>\n");
}

static void add_cast(struct str *out, const struct preview *p)
{
    add_header(out, "Cast", (const char *const[]){"name", "full name", "IAM user", "address", "client", "habit", NULL});
    for (size_t i = 0; i < p->play.n_cast; i++) {
        const struct member *m = &p->play.cast[i];
        const char *cells[] = {m->person->name, m->person->full_name, m->person->user,
                               m->from.ip,      m->person->client,    m->person->student ? "the student" : m->person->habit};
        str_add(out, "<tr>");
        for (size_t j = 0; j < COUNT(cells); j++)
            add_cell(out, "td", cells[j]);
        str_add(out, "</tr>\n");
    }
    str_add(out, "</table></div>\n");
}

static void add_questions(struct str *out, const struct preview *p)
{
    const struct question *q = p->rubric->questions.items;
    add_header(out, "Questions",
               (const char *const[]){"id", "question", "type", "answer", "points", "hints", "found by, rests on", NULL});
    for (size_t i = 0; i < p->rubric->questions.n; i++) {
        str_add(out, "<tr>");
        add_cell(out, "td", q[i].id);
        add_cell(out, "td", local_text_get(&q[i].ask, p->language));
        add_cell(out, "td", q[i].type->name);
        add_cell(out, "td", preview_answer(p, &q[i]));
        str_addf(out, "<td>%lld</td><td>%zu</td>", (long long)q[i].points, q[i].hints.n);
        add_two(out, preview_found_by(p, &q[i]), preview_rests_on(p, i));
        str_add(out, "</tr>\n");
    }
    str_add(out, "</table></div>\n");
}

static void add_checks(struct str *out, const struct preview *p)
{
    const struct check *c = p->rubric->checks.items;
    add_header(out, "Checks", (const char *const[]){"id", "holds when", "kind", "worth", NULL});
    for (size_t i = 0; i < p->rubric->checks.n; i++) {
        str_add(out, "<tr>");
        add_cell(out, "td", c[i].id);
        add_cell(out, "td", local_text_get(&c[i].title, p->language));
        add_cell(out, "td", c[i].what.kind ? c[i].what.kind->name : "");
        str_addf(out, c[i].veto ? "<td>veto</td></tr>\n" : "<td>%+lld</td></tr>\n",
                 (long long)(c[i].penalty ? -c[i].penalty : c[i].points));
    }
    str_add(out, "</table></div>\n");
}

const char preview_picture_style[] =
    ".lane{stroke:#bbb;stroke-width:2}.drop{stroke:#e4e4e4}.who{text-anchor:end;font-weight:600}.label{font-size:11px;fill:#"
    "444}"
    "circle.plain{fill:#3a6ea5}circle.attack{fill:#c0392b}circle.refused{fill:#fff;stroke:#c0392b;stroke-width:2.5}";

void preview_picture(const struct preview *p, const char *label, struct str *out)
{
    add_picture(out, p, label, NULL);
}

void preview_svg(const struct preview *p, struct str *out)
{
    AUTO(str_drop) struct str attributes = {0}, picture = {0};
    str_add(&attributes, " xmlns=\"http://www.w3.org/2000/svg\" font-family=\"system-ui,sans-serif\" font-size=\"15\"");
    add_picture(&picture, p, "timeline", str_text(&attributes));
    const char *body = strchr(str_text(&picture), '\n');
    str_addn(out, str_text(&picture), (size_t)(body - str_text(&picture)));
    str_addf(out, "<style>%s</style><rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%s", preview_picture_style, body);
}

static const char style[] =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 "
    "1.5rem;color:#222;background:#fff}h1{margin:0}h2{margin:2rem 0 .5rem}"
    "table{border-collapse:collapse}td,th{padding:.25rem .8rem;text-align:left;border-bottom:1px solid #ddd;vertical-align:top}"
    "th{color:#555}.when{white-space:nowrap}small{color:#555}code{font-size:.85em;white-space:nowrap}svg{width:100%;height:"
    "auto}.scroll{overflow-x:"
    "auto}@media(max-width:40rem){body{"
    "margin:1rem auto;padding:0 1rem}}"
    "span.plain{color:#3a6ea5}span.attack{color:#c0392b}"
    "span.refused{color:#fff;-webkit-text-stroke:1.5px #c0392b}.key{color:#555}";

void preview_html(const struct preview *p, struct str *out)
{
    const char *title = local_text_get(&p->scenario->title, p->language);
    str_addf(out, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>", p->language);
    str_add_html(out, title);
    str_addf(out, "</title><meta name=\"viewport\" content=\"width=device-width\"><style>%s%s</style></head><body>\n", style,
             preview_picture_style);
    add_cell(out, "h1", title);
    str_addf(out, "<p>%s, %lld minutes, %s, seed ", p->scenario->level, (long long)p->scenario->minutes, p->scenario->region);
    str_add_html(out, p->seed);
    str_add(out, ". Students get one of ");
    str_add_variants(out, p->variants);
    str_add(out, " different draws. For authors: this page holds the answers. Links work when it lies in the lab's "
                 "folder.</p>\n<div class=\"scroll\">\n");
    add_picture(out, p, "timeline", NULL);
    add_key(out);
    str_add(out, "</div>\n");
    add_timeline(out, p);
    add_cast(out, p);
    add_questions(out, p);
    add_checks(out, p);
    str_add(out, "</body></html>\n");
}
