/* SPDX-License-Identifier: MIT */
/*
 * The page a student gets: one file, nothing loaded, no script. The result of each item is a word; colour and border only
 * repeat it. Tables have captions and headers, so that a screen reader can say where it is; dark text on white is far above
 * the contrast that WCAG 2.1 AA asks for (4.5:1). On paper links are plain and items do not break across pages.
 */
#include "grader/formats/rows.h"
#include "grader/formats/words.h"
#include "grader/formats/writing.h"

#include <string.h>

static const char style[] =
    "body{font:1rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:50rem;margin:0 auto;padding:1.5rem}"
    "h1{font-size:1.7rem;line-height:1.2;margin:0 0 .2rem}h2{font-size:1.25rem;margin:2rem 0 .5rem}"
    "h3{font-size:1.05rem;margin:0 0 .3rem}a{color:#0b4f8a}code,pre{font:.92em ui-monospace,monospace}"
    "pre{white-space:pre-wrap;background:#f4f4f4;padding:.5rem .7rem;margin:.2rem 0}.score{font-size:1.4rem;margin:.3rem 0}"
    "table{border-collapse:collapse;width:100%}caption{text-align:left;color:#4a4a4a;padding-bottom:.3rem}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-bottom:1px solid #ccc}"
    "th[scope=row]{font-weight:400;overflow-wrap:anywhere}thead th{border-bottom:2px solid "
    "#1a1a1a}.n{text-align:right;white-space:nowrap}"
    ".w{white-space:nowrap}td.pass{color:#14532d}td.fail{color:#8f1d1d;font-weight:600}td.partial{color:#704400;font-weight:"
    "600}"
    "article{border-left:4px solid #8f1d1d;padding:0 0 0 1rem;margin:1.2rem 0}article.partial{border-left-style:double}"
    "article.other{border-left-style:dotted;border-left-color:#555}dl{margin:0}dt{font-weight:600;margin-top:.35rem}"
    "dd{margin:0 0 0 1rem;overflow-wrap:anywhere}.box{border:2px solid #1a1a1a;padding:.6rem 1rem;margin:1rem 0}"
    "footer{margin-top:2.5rem;border-top:1px solid #ccc;color:#4a4a4a;font-size:.85rem;overflow-wrap:anywhere}"
    "@media(max-width:30rem){body{padding:1rem}.w{white-space:normal}}"
    "@page{margin:18mm}@media print{body{max-width:none;padding:0;font-size:10.5pt}a{color:inherit;text-decoration:none}"
    "article,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}}";

struct page {
    struct writing *w;
    const struct graded *g;
    const char *language;
    struct str *out;
};

static void add_element(struct page *p, const char *element, const char *text)
{
    str_addf(p->out, "<%s>", element);
    str_add_markup(p->out, text);
    str_addf(p->out, "</%s>\n", element);
}

static void add_code(struct page *p, const char *text)
{
    str_add(p->out, "<code>");
    str_add_markup(p->out, text);
    str_add(p->out, "</code>");
}

static const char *say(const struct page *p, enum word w)
{
    return word(p->language, w);
}

static bool is_kept(const struct finding *f)
{
    return f->kind == FINDING_PENALTY || f->kind == FINDING_VETO;
}

static bool is_open(const struct finding *f)
{
    return f->kind == FINDING_QUESTION && f->outcome == OUTCOME_FAIL && text_same(f->found, "not answered");
}

static const char *result_word(const struct page *p, const struct finding *f)
{
    if (is_kept(f) && f->outcome == OUTCOME_PASS)
        return say(p, WORD_KEPT_PASS);
    if (is_kept(f) && f->outcome == OUTCOME_FAIL)
        return say(p, WORD_KEPT_FAIL);
    if (is_open(f))
        return say(p, WORD_NOT_ANSWERED);
    return outcome_word(p->language, f->outcome);
}

static void add_worth(struct page *p, int64_t points, int64_t max)
{
    str_add_local_points(p->out, p->language, points);
    if (!max)
        return;
    str_addf(p->out, " %s ", say(p, WORD_OF));
    str_add_local_points(p->out, p->language, max);
}

/* ---- tables ---- */

static const struct part {
    enum word title;
    enum finding_kind from, to;
} parts[] = {
    {WORD_QUESTIONS, FINDING_QUESTION, FINDING_QUESTION},
    {WORD_REPAIRS,   FINDING_CHECK,    FINDING_CHECK   },
    {WORD_KEPT,      FINDING_PENALTY,  FINDING_VETO    },
};

static bool in_part(const struct finding *f, const struct part *part)
{
    return f->kind >= part->from && f->kind <= part->to;
}

static bool has_part(const struct report *r, const struct part *part)
{
    for (size_t i = 0; i < r->n; i++)
        if (in_part(&r->findings[i], part))
            return true;
    return false;
}

static void add_head(struct page *p, const char *caption, const char *first, const char *second, const char *third)
{
    str_add(p->out, "<table>\n");
    add_element(p, "caption", caption);
    str_addf(p->out, "<thead><tr><th scope=\"col\">%s</th>", first);
    if (second)
        str_addf(p->out, "<th scope=\"col\">%s</th>", second);
    str_addf(p->out, "<th scope=\"col\" class=\"n\">%s</th></tr></thead>\n<tbody>\n", third);
}

static void add_summary(struct page *p)
{
    const struct report *r = p->g->report;
    add_head(p, say(p, WORD_SUMMARY), say(p, WORD_ITEM), NULL, say(p, WORD_POINTS));
    for (size_t i = 0; i < COUNT(parts); i++) {
        int64_t points = 0, max = 0;
        for (size_t j = 0; j < r->n; j++) {
            points += in_part(&r->findings[j], &parts[i]) ? r->findings[j].points : 0;
            max += in_part(&r->findings[j], &parts[i]) ? r->findings[j].max : 0;
        }
        if (!has_part(r, &parts[i]))
            continue;
        str_addf(p->out, "<tr><th scope=\"row\">%s</th><td class=\"n\">", say(p, parts[i].title));
        add_worth(p, points, max);
        str_add(p->out, "</td></tr>\n");
    }
    str_addf(p->out, "<tr><th scope=\"row\"><strong>%s</strong></th><td class=\"n\"><strong>", say(p, WORD_TOTAL));
    add_worth(p, r->score, r->max);
    str_add(p->out, "</strong></td></tr>\n</tbody></table>\n");
}

/* Lost, or skipped, which has a reason as well. */
static bool has_more(const struct finding *f)
{
    return is_lost(f) || f->outcome == OUTCOME_SKIPPED;
}

static void add_row(struct page *p, const struct finding *f)
{
    const char *shade = f->outcome == OUTCOME_PASS      ? "pass"
                        : f->outcome == OUTCOME_PARTIAL ? "partial"
                        : is_lost(f)                    ? "fail"
                                                        : "other";
    bool more = has_more(f) && !p->g->report->ungradable; /* of what is not graded nothing was lost */
    str_add(p->out, "<tr><th scope=\"row\">");
    if (more)
        str_addf(p->out, "<a href=\"#%s\">", f->id);
    str_add_markup(p->out, f->title);
    str_addf(p->out, "%s</th><td class=\"w %s\">%s", more ? "</a>" : "", shade, result_word(p, f));
    if (f->hints)
        str_addf(p->out, "<br>%s: %u", say(p, WORD_HINTS), f->hints);
    str_add(p->out, "</td><td class=\"n\">");
    if (f->max || f->points)
        add_worth(p, f->points, f->max);
    str_add(p->out, "</td></tr>\n");
}

static void add_part(struct page *p, const struct part *part)
{
    const struct report *r = p->g->report;
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += in_part(&r->findings[i], part);
    if (!n)
        return;
    add_element(p, "h2", say(p, part->title));
    add_head(p, say(p, WORD_CAPTION), say(p, WORD_ITEM), say(p, WORD_RESULT), say(p, WORD_POINTS));
    for (size_t i = 0; i < r->n; i++)
        if (in_part(&r->findings[i], part))
            add_row(p, &r->findings[i]);
    str_add(p->out, "</tbody></table>\n");
}

/* ---- what was lost ---- */

static void add_said(struct page *p, enum word label, const char *text)
{
    AUTO(str_drop) struct str clean = {0};
    if (!text || !*text)
        return;
    str_add_prose(&clean, text);
    str_addf(p->out, "<dt>%s</dt><dd>", say(p, label));
    for (char *line = clean.s, *end; line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = 0;
        str_add_markup(p->out, line);
        str_add(p->out, end ? "<br>" : "");
    }
    str_add(p->out, "</dd>\n");
}

static void add_exhibit(struct page *p, const struct exhibit *e)
{
    AUTO(str_drop) struct str clean = {0};
    str_add(p->out, "<dd>");
    if (e->time_ms) {
        str_add_time(p->out, e->time_ms, "<time datetime=\"" TIME_ISO "\">");
        str_add_time(p->out, e->time_ms, "%Y-%m-%d %H:%M:%S UTC</time> ");
    }
    if (e->file)
        add_code(p, e->file);
    if (e->file && e->line)
        str_addf(p->out, ", %s %u", say(p, WORD_LINE), e->line);
    if (e->event_id) { /* perhaps what a student's query returned as one */
        str_addf(p->out, "%seventID ", e->file || e->time_ms ? " " : "");
        add_code(p, e->event_id);
    }
    if (e->text) {
        str_add_log(&clean, e->text);
        str_add(p->out, "<pre>");
        str_add_markup(p->out, str_text(&clean));
        str_add(p->out, "</pre>");
    }
    str_add(p->out, "</dd>\n");
}

static void add_evidence(struct page *p, const struct finding *f)
{
    bool titled = false;
    for (size_t i = 0; i < f->n_evidence; i++) {
        const struct exhibit *e = &f->evidence[i];
        if (e->query) {
            str_addf(p->out, "<dt>%s</dt><dd><pre>", say(p, WORD_QUERY));
            str_add_markup(p->out, e->query);
            str_add(p->out, "</pre></dd>\n");
            titled = false;
            continue;
        }
        if (!titled)
            str_addf(p->out, "<dt>%s</dt>", say(p, WORD_SEE));
        titled = true;
        add_exhibit(p, e);
    }
}

static void add_lost(struct page *p, const struct finding *whole)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct finding shown = seen(p->w, p->g->report, whole, &arena), *f = &shown;
    const char *kind = f->outcome == OUTCOME_FAIL ? "fail" : f->outcome == OUTCOME_PARTIAL ? "partial" : "other";
    str_addf(p->out, "<article class=\"%s\" id=\"%s\">\n<h3>", kind, f->id);
    str_add_markup(p->out, f->title);
    str_addf(p->out, "</h3>\n<p>%s", result_word(p, f));
    if (f->max || f->points) {
        str_add(p->out, ": ");
        add_worth(p, f->points, f->max);
    }
    str_add(p->out, "</p>\n");
    if (f->feedback)
        add_element(p, "p", f->feedback);
    str_add(p->out, "<dl>\n");
    add_said(p, WORD_FOUND, is_open(f) ? NULL : f->found);
    if (f->outcome != OUTCOME_SKIPPED)
        add_said(p, WORD_EXPECTED, f->expected);
    if (f->hints) {
        str_addf(p->out, "<dt>%s</dt><dd>%u, %s ", say(p, WORD_HINTS), f->hints, say(p, WORD_HINTS_COST));
        add_worth(p, f->hint_cost, 0);
        str_add(p->out, "</dd>\n");
    }
    add_evidence(p, f);
    str_add(p->out, "</dl>\n</article>\n");
}

static void add_details(struct page *p)
{
    const struct report *r = p->g->report;
    bool titled = false;
    for (size_t i = 0; i < r->n; i++) {
        if (!has_more(&r->findings[i]))
            continue;
        if (!titled)
            add_element(p, "h2", say(p, WORD_DETAILS));
        titled = true;
        add_lost(p, &r->findings[i]);
    }
}

/* ---- the page ---- */

/* What waits for a person is no loss yet. */
static void add_waiting(struct page *p)
{
    int64_t waiting = 0;
    for (size_t i = 0; i < p->g->report->n; i++)
        waiting += p->g->report->findings[i].outcome == OUTCOME_MANUAL ? p->g->report->findings[i].max : 0;
    if (!waiting)
        return;
    str_addf(p->out, "<p>%s: ", say(p, WORD_WAITING));
    add_worth(p, waiting, 0);
    str_add(p->out, "</p>\n");
}

static void add_score(struct page *p)
{
    const struct report *r = p->g->report;
    add_element(p, "h2", say(p, WORD_SCORE));
    if (r->ungradable) {
        str_addf(p->out, "<div class=\"box\"><p><strong>%s.</strong> %s</p><pre>", say(p, WORD_NOT_GRADED),
                 say(p, WORD_NO_ATTEMPT));
        str_add_markup(p->out, r->ungradable);
        str_add(p->out, "</pre></div>\n");
        return;
    }
    str_add(p->out, "<p class=\"score\"><strong>");
    add_worth(p, r->score, r->max);
    str_addf(p->out, "</strong> %s, %d %%</p>\n", say(p, WORD_SCORE_IS), report_percent(r));
    if (r->vetoed) {
        str_addf(p->out, "<p class=\"box\">%s ", say(p, WORD_VETO));
        str_add_markup(p->out, r->vetoed);
        str_add(p->out, "</p>\n");
    }
    if (p->g->due) {
        str_addf(p->out, "<p>%s: ", say(p, WORD_COUNTS));
        str_add_markup(p->out, p->g->due);
        str_add(p->out, "</p>\n");
    }
    add_waiting(p);
    add_summary(p);
}

static void add_notes(struct page *p)
{
    const struct report *r = p->g->report;
    if (!r->n_notes)
        return;
    add_element(p, "h2", say(p, WORD_NOTES));
    str_add(p->out, "<ul>\n");
    for (size_t i = 0; i < r->n_notes; i++)
        add_element(p, "li", r->notes[i]);
    str_add(p->out, "</ul>\n");
}

static void add_receipt(struct page *p)
{
    const struct report *r = p->g->report;
    AUTO(str_drop) struct str text = {0};
    if (!r->receipt.content_hash)
        return;
    str_addf(&text, "%s %.12s, seed %.12s, %lld events, cafelab %s, submission %.12s", r->scenario, r->receipt.content_hash,
             r->receipt.seed_commitment, (long long)r->receipt.events, r->receipt.version, r->receipt.submission_hash);
    str_addf(p->out, "<footer>\n<p>%s: ", say(p, WORD_RECEIPT));
    str_add_markup(p->out, str_text(&text));
    str_add(p->out, "</p>\n</footer>\n");
}

void html_add(struct writing *w, const struct graded *g)
{
    const struct report *r = g->report;
    const char *language = w->style->language ? w->style->language : r->language;
    struct page page = {w, g, language ? language : "en", w->out}, *p = &page;
    const char *who = g->name && *g->name ? g->name : student_of(g), *title = *r->title ? r->title : "cafelab";
    str_addf(p->out,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
             p->language);
    str_add_markup(p->out, who);
    str_add(p->out, ": ");
    str_add_markup(p->out, title);
    str_addf(p->out, "</title>\n<style>%s</style>\n</head>\n<body>\n<header>\n", style);
    add_element(p, "h1", title);
    bool known = (g->name && *g->name) || (r->student && *r->student);
    str_addf(p->out, "<p>%s: ", say(p, known ? WORD_STUDENT : WORD_LAB));
    str_add_markup(p->out, who);
    str_add(p->out, "</p>\n</header>\n<main>\n");
    add_score(p);
    for (size_t i = 0; i < COUNT(parts); i++)
        add_part(p, &parts[i]);
    if (!r->ungradable)
        add_details(p);
    add_notes(p);
    str_add(p->out, "</main>\n");
    add_receipt(p);
    str_add(p->out, "</body>\n</html>\n");
}
