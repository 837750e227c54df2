/* SPDX-License-Identifier: MIT */
/*
 * The class page, for the teacher: one file, no script, nothing loaded. Outcomes are words or letters with a legend, never
 * colour alone; each table has a caption and headers; wide tables scroll and, on paper, shrink.
 */
#include "grader/batch/analysis.h"
#include "grader/batch/phrases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 10 };

static const char style[] =
    "body{font:1rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:75rem;margin:0 auto;padding:1.5rem}"
    "h1{font-size:1.7rem;margin:0 0 .2rem}h2{font-size:1.25rem;margin:2.2rem 0 .5rem}"
    "table{border-collapse:collapse}caption{text-align:left;color:#4a4a4a;padding-bottom:.3rem}"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .7rem .25rem 0;border-bottom:1px solid #ccc}"
    "th[scope=row]{font-weight:400}thead th{border-bottom:2px solid #1a1a1a;vertical-align:bottom}"
    ".n{text-align:right;white-space:nowrap}.scroll{overflow-x:auto}.w{white-space:nowrap}.bar{width:20rem;min-width:4rem;"
    "background:linear-gradient(to "
    "right,#2f5d8a var(--n),transparent var(--n));"
    "print-color-adjust:exact}"
    ".m td{text-align:center;padding:.15rem .35rem;border-left:1px solid #eee}.m thead th{font-weight:400;font-size:.8rem;"
    "writing-mode:vertical-rl;padding:.4rem .1rem}.m thead th.h{writing-mode:horizontal-tb;font-size:1rem;font-weight:600}"
    ".P{background:#e3f1e6}.H{background:#fdf0d5}.F{background:#fbe3e1}.note{color:#4a4a4a}"
    "@page{size:landscape;margin:12mm}@media print{body{max-width:none;padding:0;font-size:9pt}.scroll{overflow:visible}"
    "tr{break-inside:avoid}h2,caption{break-after:avoid}}";

static void add_text(struct str *out, const char *element, const char *text)
{
    str_addf(out, "<%s>", element);
    str_add_html(out, text);
    str_addf(out, "</%.*s>", (int)strcspn(element, " "), element);
}

static const char *say(const struct analysis *a, enum phrase which)
{
    return phrase(a->class->language, which);
}

static void begin_table(struct str *out, const char *class, const char *caption)
{
    str_addf(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table%s>\n", caption, class);
    add_text(out, "caption", caption);
    str_add(out, "\n<thead><tr>");
}

static void end_table(struct str *out)
{
    str_add(out, "</tbody></table></div>\n");
}

/* Ended by N_PHRASES; PHRASE_NONE is a column without a name. */
static void add_columns(struct str *out, const struct analysis *a, const enum phrase *names)
{
    for (; *names != N_PHRASES; names++)
        add_text(out, "th scope=\"col\"", *names == PHRASE_NONE ? "" : say(a, *names));
    str_add(out, "</tr></thead>\n<tbody>\n");
}

static void add_number(struct str *out, const struct analysis *a, double value, const char *format)
{
    size_t from = out->len;
    str_add(out, "<td class=\"n\">");
    if (isnan(value))
        str_add(out, say(a, PHRASE_NONE));
    else if (text_same(format, "%"))
        str_addf(out, "%.0f %%", value * 100);
    else
        str_addf(out, "%.2f", value);
    phrase_decimals(out, from, a->class->language);
    str_add(out, "</td>");
}

static void add_points_cell(struct str *out, const struct analysis *a, int64_t points)
{
    size_t from = out->len;
    str_add(out, "<td class=\"n\">");
    str_add_points(out, points);
    phrase_decimals(out, from, a->class->language);
    str_add(out, "</td>");
}

static void add_minutes(struct str *out, const struct analysis *a, int64_t seconds)
{
    str_add(out, "<td class=\"n\">");
    if (seconds < 0)
        str_add(out, say(a, PHRASE_NOT_KNOWN));
    else
        str_addf(out, "%lld", (long long)time_minutes(seconds));
    str_add(out, "</td>");
}

/* ---- the class as a whole ---- */

static int percent_of(const struct row *row)
{
    return row->max ? (int)(row->score * 100 / row->max) : 0;
}

static void add_distribution(struct str *out, const struct analysis *a)
{
    size_t bins[BINS] = {0}, most = 1, n = 0;
    int64_t *all = xcalloc(a->n + 1, sizeof(*all)); /* hundredths of a per cent, in order */
    double sum = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (!a->rows[i].graded || !a->rows[i].max)
            continue;
        int percent = percent_of(&a->rows[i]);
        all[n++] = a->rows[i].score * 10000 / a->rows[i].max;
        sum += 100 * (double)a->rows[i].score / (double)a->rows[i].max;
        size_t bin = percent >= 100 ? BINS - 1 : (size_t)percent * BINS / 100;
        most = ++bins[bin] > most ? bins[bin] : most;
    }
    double median = (double)analysis_median(all, n) / 100;
    add_text(out, "h2", say(a, PHRASE_SCORES));
    if (n) {
        size_t from = out->len;
        str_add(out, "<p>");
        str_addf(out, say(a, PHRASE_SCORES_ARE), n, sum / (double)n, median, (int)(all[0] / 100), (int)(all[n - 1] / 100));
        phrase_decimals(out, from, a->class->language);
        str_add(out, "</p>\n");
    }
    begin_table(out, "", say(a, PHRASE_SCORES_CAPTION));
    add_columns(out, a, (const enum phrase[]){PHRASE_PERCENT, PHRASE_STUDENTS, PHRASE_NONE, N_PHRASES});
    for (size_t i = 0; i < BINS; i++) {
        str_add(out, "<tr><th scope=\"row\" class=\"w\">");
        str_addf(out, say(a, i + 1 < BINS ? PHRASE_BIN : PHRASE_LAST_BIN), i * 100 / BINS, (i + 1) * 100 / BINS);
        str_addf(out,
                 "</th><td class=\"n\">%zu</td><td class=\"bar\" aria-hidden=\"true\" style=\"--n:%.1f%%\">&nbsp;</td></tr>\n",
                 bins[i], 100.0 * (double)bins[i] / (double)most);
    }
    end_table(out);
    free(all);
}

static void add_grades(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", say(a, PHRASE_GRADES));
    begin_table(out, "", say(a, PHRASE_GRADES_CAPTION));
    add_columns(out, a,
                (const enum phrase[]){PHRASE_STUDENT, PHRASE_NAME, PHRASE_SCORE, PHRASE_PERCENT, PHRASE_ATTEMPTS, PHRASE_HINTS,
                                      PHRASE_MINUTES, PHRASE_REMARKS, N_PHRASES});
    for (size_t i = 0; i < a->n; i++) {
        const struct row *row = &a->rows[i];
        str_add(out, "<tr>");
        add_text(out, "th scope=\"row\"", row->student->id);
        add_text(out, "td", row->student->name);
        if (row->graded)
            add_points_cell(out, a, row->score);
        else
            add_text(out, "td class=\"n\"", say(a, PHRASE_NONE));
        str_add(out, "<td class=\"n\">");
        if (row->graded && row->max)
            str_addf(out, "%d %%", percent_of(row));
        str_addf(out, "</td><td class=\"n\">%zu</td><td class=\"n\">%u</td>", row->counted, row->hints);
        if (row->graded)
            add_minutes(out, a, row->seconds);
        else
            str_add(out, "<td></td>");
        const char *why = row->graded ? row->why : row->not_graded;
        AUTO(str_drop) struct str line = {0};
        if (row->vetoed)
            str_addf(&line, say(a, PHRASE_VETOED), row->vetoed);
        str_add(&line, row->vetoed && why ? "; " : "");
        str_addn(&line, why ? why : "", why ? strcspn(why, "\n") : 0);
        add_text(out, "td", str_text(&line));
        str_add(out, "</tr>\n");
    }
    end_table(out);
}

static void add_doubt(struct str *out, const struct analysis *a, enum phrase says, size_t n)
{
    AUTO(str_drop) struct str text = {0};
    if (!n)
        return;
    str_addf(&text, say(a, says), n);
    add_text(out, "p class=\"note\"", str_text(&text));
    str_addc(out, '\n');
}

static void add_unclaimed(struct str *out, const struct analysis *a)
{
    if (!a->n_unclaimed)
        return;
    add_text(out, "h3", say(a, PHRASE_UNCLAIMED));
    str_add(out, "<ul>\n");
    for (size_t i = 0; i < a->n_unclaimed; i++) {
        AUTO(str_drop) struct str line = {0};
        str_addf(&line, "%s: %s", a->unclaimed[i].upload, a->unclaimed[i].why);
        add_text(out, "li", str_text(&line));
        str_addc(out, '\n');
    }
    str_add(out, "</ul>\n");
}

/* ---- the matrix ---- */

static const char *mark_of(const struct analysis *a, const struct cell *cell, const char **ret_class)
{
    static const struct {
        enum phrase mark;
        const char *class;
    } marks[] = {
        [OUTCOME_PASS] = {PHRASE_YES,  "P"},
          [OUTCOME_PARTIAL] = {PHRASE_PART, "H"},
          [OUTCOME_FAIL] = {PHRASE_NO,   "F"},
        [OUTCOME_SKIPPED] = {PHRASE_SKIP, "" },
          [OUTCOME_ERROR] = {N_PHRASES,   "" },
          [OUTCOME_UNGRADABLE] = {N_PHRASES,   "" },
        [OUTCOME_MANUAL] = {PHRASE_HAND, "" },
    };
    *ret_class = cell->outcome >= 0 ? marks[(int)cell->outcome].class : "";
    if (cell->outcome < 0)
        return "";
    enum phrase mark = marks[(int)cell->outcome].mark;
    return mark == N_PHRASES ? "?" : say(a, mark);
}

static void add_matrix(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", say(a, PHRASE_MATRIX));
    add_text(out, "p class=\"note\"", say(a, PHRASE_MATRIX_NOTE));
    str_addc(out, '\n');
    begin_table(out, " class=\"m\"", say(a, PHRASE_MATRIX_CAPTION));
    add_text(out, "th scope=\"col\" class=\"h\"", say(a, PHRASE_STUDENT));
    for (size_t i = 0; i < a->n_items; i++)
        add_text(out, "th scope=\"col\"", a->items[i].id);
    str_add(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < a->n; i++) {
        if (!a->rows[i].graded)
            continue;
        str_add(out, "<tr>");
        add_text(out, "th scope=\"row\"", a->rows[i].student->id);
        for (size_t j = 0; j < a->n_items; j++) {
            const char *class, *mark = mark_of(a, &a->rows[i].cells[j], &class);
            str_addf(out, "<td%s%s%s>%s</td>", *class ? " class=\"" : "", class, *class ? "\"" : "", mark);
        }
        str_add(out, "</tr>\n");
    }
    end_table(out);
}

/* ---- items ---- */

static const char *advice(const struct analysis *a, const struct item *item)
{
    bool tells = !isnan(item->discrimination);
    if (!item->max || item->n - item->errors < 10)
        return "";
    if (!item->right && !item->partly)
        return say(a, PHRASE_NOBODY_HAS_IT);
    if (item->facility > 0.98)
        return say(a, PHRASE_EVERYBODY_HAS_IT);
    if (tells && item->discrimination < 0)
        return say(a, PHRASE_GOOD_MISS_IT);
    return tells && item->discrimination < 0.2 ? say(a, PHRASE_TELLS_LITTLE) : "";
}

static void add_items(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", say(a, PHRASE_ITEMS));
    add_text(out, "p class=\"note\"", say(a, PHRASE_ITEMS_NOTE));
    str_addc(out, '\n');
    begin_table(out, "", say(a, PHRASE_ITEMS_CAPTION));
    add_columns(out, a,
                (const enum phrase[]){PHRASE_ITEM, PHRASE_RIGHT, PHRASE_PARTLY, PHRASE_FACILITY, PHRASE_FIRST,
                                      PHRASE_DISCRIMINATION, PHRASE_TRIES, PHRASE_HINTS, PHRASE_REMARKS, N_PHRASES});
    for (size_t i = 0; i < a->n_items; i++) {
        const struct item *item = &a->items[i];
        str_add(out, "<tr><th scope=\"row\"><strong>");
        str_add_html(out, item->id);
        str_add(out, "</strong> ");
        str_add_html(out, item->title);
        str_add(out, "</th><td class=\"n\">");
        str_addf(out, say(a, PHRASE_RIGHT_OF), item->right, item->n);
        str_addf(out, "</td><td class=\"n\">%zu</td>", item->partly);
        add_number(out, a, item->facility, "%");
        add_number(out, a, item->first, "%");
        add_number(out, a, item->discrimination, "");
        add_number(out, a, item->tries, "");
        str_addf(out, "<td class=\"n\">%zu</td>", item->hints);
        add_text(out, "td", advice(a, item));
        str_add(out, "</tr>\n");
    }
    end_table(out);
}

/* ---- time at work ---- */

static void add_slowest(struct str *out, const struct analysis *a)
{
    const struct item **list = xcalloc(a->n_items + 1, sizeof(*list));
    size_t n = time_slowest(a, list);
    if (n) {
        begin_table(out, "", say(a, PHRASE_TIME_CAPTION));
        add_columns(out, a, (const enum phrase[]){PHRASE_ITEM, PHRASE_MINUTES, PHRASE_STUDENTS, N_PHRASES});
    }
    for (size_t i = 0; i < n; i++) {
        str_add(out, "<tr><th scope=\"row\"><strong>");
        str_add_html(out, list[i]->id);
        str_add(out, "</strong> ");
        str_add_html(out, list[i]->title);
        str_add(out, "</th>");
        add_minutes(out, a, list[i]->seconds);
        str_addf(out, "<td class=\"n\">%zu</td></tr>\n", list[i]->timed);
    }
    if (n)
        end_table(out);
    free(list);
}

static void add_time(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", say(a, PHRASE_TIME));
    add_text(out, "p class=\"note\"", say(a, PHRASE_TIME_NOTE));
    str_add(out, "\n<p>");
    if (a->timed)
        str_addf(out, say(a, PHRASE_TIME_IS), a->timed, (long long)time_minutes(a->median_s));
    else
        str_add(out, say(a, PHRASE_TIME_NOTHING));
    str_add(out, "</p>\n");
    add_slowest(out, a);
}

/* ---- what is alike ---- */

static void add_alike(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", say(a, PHRASE_ALIKE));
    str_add(out, "<p>");
    str_addf(out, say(a, PHRASE_ALIKE_NOTE), a->compared);
    str_add(out, "</p>\n");
    if (!a->n_alike) {
        add_text(out, "p", say(a, PHRASE_ALIKE_NOTHING));
        str_addc(out, '\n');
        return;
    }
    begin_table(out, "", say(a, PHRASE_ALIKE_CAPTION));
    add_columns(out, a, (const enum phrase[]){PHRASE_KIND, PHRASE_STUDENTS, PHRASE_WHAT, PHRASE_HOW_COMMON, N_PHRASES});
    for (size_t i = 0; i < a->n_alike; i++) {
        const struct likeness *l = &a->alike[i];
        AUTO(str_drop) struct str names = {0};
        for (size_t j = 0; j < l->n && j < 12; j++)
            str_addf(&names, "%s%s", j ? ", " : "", l->students[j]);
        if (l->n > 12)
            str_addf(&names, say(a, PHRASE_MORE), l->n - 12);
        str_add(out, "<tr>");
        add_text(out, "th scope=\"row\"", l->says);
        add_text(out, "td", str_text(&names));
        add_text(out, "td", l->what);
        add_text(out, "td", l->base);
        str_add(out, "</tr>\n");
    }
    end_table(out);
    if (a->alike_left_off) {
        str_add(out, "<p>");
        str_addf(out, say(a, PHRASE_ALIKE_LEFT_OFF), a->alike_left_off);
        str_add(out, "</p>\n");
    }
}

void analysis_html(const struct analysis *a, struct str *out)
{
    const char *title = local_text_get(&a->class->scenario->title, a->class->language);
    str_addf(out,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
             "content=\"width=device-width, initial-scale=1\">\n<title>",
             a->class->language);
    str_add_html(out, a->class->name);
    str_add(out, ": ");
    str_add_html(out, title);
    str_addf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
    add_text(out, "h1", a->class->name);
    str_add(out, "\n<p>");
    str_add_html(out, title);
    str_add(out, ". ");
    str_addf(out, say(a, PHRASE_CLASS), a->n, a->handed_in, a->graded);
    str_add(out, "</p>\n");
    add_distribution(out, a);
    add_items(out, a);
    add_time(out, a);
    add_grades(out, a);
    add_doubt(out, a, PHRASE_OUTDATED, a->outdated);
    add_doubt(out, a, PHRASE_IDLE_DEADLINE, a->idle_deadline);
    add_doubt(out, a, PHRASE_UNTIMED, a->untimed);
    add_unclaimed(out, a);
    add_matrix(out, a);
    add_alike(out, a);
    str_add(out, "</main>\n</body>\n</html>\n");
}
