/* SPDX-License-Identifier: MIT */
/*
 * The class page, for the teacher: one file, no script, nothing loaded. Outcomes are words or letters with a legend, never
 * colour alone; each table has a caption and headers; wide tables scroll and, on paper, shrink.
 */
#include "grader/batch/analysis.h"

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
    ".n{text-align:right;white-space:nowrap}.scroll{overflow-x:auto}.bar{min-width:20rem;background:linear-gradient(to "
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

static void add_columns(struct str *out, const char *const *names)
{
    for (; *names; names++)
        add_text(out, "th scope=\"col\"", *names);
    str_add(out, "</tr></thead>\n<tbody>\n");
}

static void add_number(struct str *out, double value, const char *format)
{
    str_add(out, "<td class=\"n\">");
    if (isnan(value))
        str_add(out, "none");
    else if (text_same(format, "%"))
        str_addf(out, "%.0f %%", value * 100);
    else
        str_addf(out, "%.2f", value);
    str_add(out, "</td>");
}

static void add_points_cell(struct str *out, int64_t points)
{
    str_add(out, "<td class=\"n\">");
    str_add_points(out, points);
    str_add(out, "</td>");
}

/* ---- the class as a whole ---- */

static int percent_of(const struct row *row)
{
    return row->max ? (int)(row->score * 100 / row->max) : 0;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void add_distribution(struct str *out, const struct analysis *a)
{
    size_t bins[BINS] = {0}, most = 1, n = 0;
    int *all = xcalloc(a->n + 1, sizeof(*all));
    double sum = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (!a->rows[i].graded || !a->rows[i].max)
            continue;
        int percent = percent_of(&a->rows[i]);
        all[n++] = percent;
        sum += percent;
        size_t bin = percent >= 100 ? BINS - 1 : (size_t)percent * BINS / 100;
        most = ++bins[bin] > most ? bins[bin] : most;
    }
    qsort(all, n, sizeof(*all), by_number);
    add_text(out, "h2", "Scores");
    if (n)
        str_addf(out, "<p>%zu grades: mean %.1f %%, median %d %%, lowest %d %%, highest %d %%.</p>\n", n, sum / (double)n,
                 all[n / 2], all[0], all[n - 1]);
    begin_table(out, "", "How many students have which score");
    add_columns(out, (const char *const[]){"Score", "Students", "", NULL});
    for (size_t i = 0; i < BINS; i++)
        str_addf(out,
                 "<tr><th scope=\"row\">%zu to %s%zu %%</th><td class=\"n\">%zu</td><td class=\"bar\" aria-hidden=\"true\" "
                 "style=\"--n:%.1f%%\">&nbsp;</td></tr>\n",
                 i * 100 / BINS, i + 1 < BINS ? "under " : "", (i + 1) * 100 / BINS, bins[i],
                 100.0 * (double)bins[i] / (double)most);
    end_table(out);
    free(all);
}

static void add_grades(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", "Grades");
    begin_table(out, "", "Every student's grade, and what it was made from");
    add_columns(out, (const char *const[]){"Student", "Name", "Score", "Per cent", "Attempts", "Hints", "Remarks", NULL});
    for (size_t i = 0; i < a->n; i++) {
        const struct row *row = &a->rows[i];
        str_add(out, "<tr>");
        add_text(out, "th scope=\"row\"", row->student->id);
        add_text(out, "td", row->student->name);
        if (row->graded)
            add_points_cell(out, row->score);
        else
            add_text(out, "td class=\"n\"", "none");
        str_add(out, "<td class=\"n\">");
        if (row->graded && row->max)
            str_addf(out, "%d %%", percent_of(row));
        str_addf(out, "</td><td class=\"n\">%zu</td><td class=\"n\">%u</td>", row->counted, row->hints);
        const char *why = row->graded ? row->why : row->not_graded;
        AUTO(str_drop) struct str line = {0};
        str_addn(&line, why ? why : "", why ? strcspn(why, "\n") : 0);
        add_text(out, "td", str_text(&line));
        str_add(out, "</tr>\n");
    }
    end_table(out);
}

/* ---- the matrix ---- */

static const char *mark_of(const struct cell *cell, const char **ret_class)
{
    static const struct {
        const char *mark, *class;
    } marks[] = {
        [OUTCOME_PASS] = {"yes",  "P"},
          [OUTCOME_PARTIAL] = {"part", "H"},
          [OUTCOME_FAIL] = {"no",   "F"},
        [OUTCOME_SKIPPED] = {"skip", "" },
          [OUTCOME_ERROR] = {"?",    "" },
          [OUTCOME_UNGRADABLE] = {"?",    "" },
        [OUTCOME_MANUAL] = {"hand", "" },
    };
    *ret_class = cell->outcome >= 0 ? marks[(int)cell->outcome].class : "";
    return cell->outcome >= 0 ? marks[(int)cell->outcome].mark : "";
}

static void add_matrix(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", "Who got what");
    str_add(out, "<p class=\"note\">yes: right or kept; part: partly right; no: not right; skip: not graded, because something "
                 "before it is missing; hand: a person marks it; ?: could not be decided.</p>\n");
    begin_table(out, " class=\"m\"", "Students and items");
    add_text(out, "th scope=\"col\" class=\"h\"", "Student");
    for (size_t i = 0; i < a->n_items; i++)
        add_text(out, "th scope=\"col\"", a->items[i].id);
    str_add(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < a->n; i++) {
        if (!a->rows[i].graded)
            continue;
        str_add(out, "<tr>");
        add_text(out, "th scope=\"row\"", a->rows[i].student->id);
        for (size_t j = 0; j < a->n_items; j++) {
            const char *class, *mark = mark_of(&a->rows[i].cells[j], &class);
            str_addf(out, "<td%s%s%s>%s</td>", *class ? " class=\"" : "", class, *class ? "\"" : "", mark);
        }
        str_add(out, "</tr>\n");
    }
    end_table(out);
}

/* ---- items ---- */

static const char *advice(const struct item *item)
{
    if (item->max && item->n >= 10 && !item->right && !item->partly)
        return "nobody has it: is the key right?";
    if (item->max && item->n >= 10 && item->facility > 0.98)
        return "everybody has it";
    if (item->max && item->n >= 10 && !isnan(item->discrimination) && item->discrimination < 0)
        return "those who do well elsewhere miss it: read it again";
    if (item->max && item->n >= 10 && !isnan(item->discrimination) && item->discrimination < 0.2)
        return "tells good from weak work only a little";
    return "";
}

static void add_items(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", "Items");
    str_add(out,
            "<p class=\"note\">Facility: the share of an item's points that the class got; of what must be kept, the share "
            "of students who kept it. First: the same of everybody's first attempt. Discrimination: how far those who "
            "get this item also get the rest (correlation, from -1 to 1). With few students both are rough.</p>\n");
    begin_table(out, "", "How each item did");
    add_columns(out, (const char *const[]){"Item", "Right", "Partly", "Facility", "First", "Discrimination",
                                           "Attempts until right", "Hints", "Remarks", NULL});
    for (size_t i = 0; i < a->n_items; i++) {
        const struct item *item = &a->items[i];
        str_add(out, "<tr><th scope=\"row\"><strong>");
        str_add_html(out, item->id);
        str_add(out, "</strong> ");
        str_add_html(out, item->title);
        str_addf(out, "</th><td class=\"n\">%zu of %zu</td><td class=\"n\">%zu</td>", item->right, item->n, item->partly);
        add_number(out, item->facility, "%");
        add_number(out, item->first, "%");
        add_number(out, item->discrimination, "");
        add_number(out, item->tries, "");
        str_addf(out, "<td class=\"n\">%zu</td>", item->hints);
        add_text(out, "td", advice(item));
        str_add(out, "</tr>\n");
    }
    end_table(out);
}

/* ---- what is alike ---- */

static void add_alike(struct str *out, const struct analysis *a)
{
    add_text(out, "h2", "What is alike");
    str_addf(out,
             "<p>Of %zu students with a grade. This is evidence to look at, not a verdict: pairs may have been allowed, the "
             "shortest way to a repair is the same for everybody, and an answer can be a slip of the clipboard. How common "
             "each thing is in this class stands beside it.</p>\n",
             a->compared);
    if (!a->n_alike) {
        str_add(out, "<p>Nothing was found.</p>\n");
        return;
    }
    begin_table(out, "", "What students' work has in common, rarest first");
    add_columns(out, (const char *const[]){"Kind", "Students", "What", "How common here", NULL});
    for (size_t i = 0; i < a->n_alike; i++) {
        const struct likeness *l = &a->alike[i];
        AUTO(str_drop) struct str names = {0};
        for (size_t j = 0; j < l->n && j < 12; j++)
            str_addf(&names, "%s%s", j ? ", " : "", l->students[j]);
        if (l->n > 12)
            str_addf(&names, " and %zu more", l->n - 12);
        str_add(out, "<tr>");
        add_text(out, "th scope=\"row\"", l->kind);
        add_text(out, "td", str_text(&names));
        add_text(out, "td", l->what);
        add_text(out, "td", l->base);
        str_add(out, "</tr>\n");
    }
    end_table(out);
}

void analysis_html(const struct analysis *a, struct str *out)
{
    const char *title = local_text_get(&a->class->scenario->title, a->class->language);
    str_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                 "content=\"width=device-width, initial-scale=1\">\n<title>");
    str_add_html(out, a->class->name);
    str_add(out, ": ");
    str_add_html(out, title);
    str_addf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
    add_text(out, "h1", a->class->name);
    str_add(out, "\n<p>");
    str_add_html(out, title);
    str_addf(out, ". %zu students, %zu handed in, %zu have a grade.</p>\n", a->n, a->handed_in, a->graded);
    add_distribution(out, a);
    add_items(out, a);
    add_grades(out, a);
    add_matrix(out, a);
    add_alike(out, a);
    str_add(out, "</main>\n</body>\n</html>\n");
}
