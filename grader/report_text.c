/* SPDX-License-Identifier: MIT */
/* The report for people: a word says how each item stands, colour only repeats it; lines wrap at the terminal's width. */
#include "grader/grader.h"

#include <string.h>

static const struct word {
    const char *text, *colour;
} words[] = {
    [OUTCOME_PASS] = {"PASS", "\033[32m"  },
      [OUTCOME_PARTIAL] = {"PART", "\033[33m"  },
    [OUTCOME_FAIL] = {"FAIL", "\033[1;31m"},
      [OUTCOME_SKIPPED] = {"SKIP", "\033[2m"   },
    [OUTCOME_ERROR] = {"????", "\033[35m"  },
      [OUTCOME_UNGRADABLE] = {"----", "\033[35m"  },
    [OUTCOME_MANUAL] = {"HAND", "\033[36m"  },
};

enum { INDENT = 6, ID_WIDTH = 17 };

static size_t cells(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)s[i] & 0xc0) != 0x80;
    return count;
}

/* Words behind what is on the line already (`column` cells of it), wrapped to lines that begin with `indent` blanks. */
static void add_wrapped(struct str *out, const char *text, size_t column, size_t indent, unsigned width)
{
    bool fresh = true;
    for (;;) {
        text += strspn(text, " \n");
        size_t n = strcspn(text, " \n"), wide = cells(text, n);
        if (!n)
            break;
        if (!fresh && width && column + 1 + wide > width) {
            str_addf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!fresh) {
            str_addc(out, ' ');
            column++;
        }
        str_addn(out, text, n);
        column += wide;
        text += n;
        fresh = false;
    }
    str_addc(out, '\n');
}

/* Untrusted and long texts: control bytes are shown, not obeyed. An essay keeps its lines. */
static void add_line(struct str *out, const char *label, const char *text, const struct report_style *style)
{
    AUTO(str_drop) struct str clean = {0};
    size_t indent = INDENT + strlen(label);
    if (!text || !*text)
        return;
    str_add_prose(&clean, text);
    str_addf(out, "%*s%s", INDENT, "", label);
    for (char *line = clean.s, *end; line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = 0;
        if (line != clean.s)
            str_addf(out, "%*s", *line ? INDENT + 2 : 0, "");
        add_wrapped(out, line, line == clean.s ? indent : INDENT + 2, INDENT + 2, style->width);
    }
}

static void add_worth(struct str *out, const struct finding *f)
{
    AUTO(str_drop) struct str worth = {0};
    if (f->max) {
        str_add_points(&worth, f->points);
        str_addc(&worth, '/');
        str_add_points(&worth, f->max);
    } else if (f->points)
        str_add_points(&worth, f->points);
    str_addf(out, "%8s", str_text(&worth));
}

static void add_exhibit(struct str *out, const struct exhibit *e, const struct report_style *style)
{
    AUTO(str_drop) struct str text = {0};
    if (e->query) {
        add_line(out, "query: ", e->query, style);
        return;
    }
    if (e->time_ms) {
        str_add_time(&text, e->time_ms, TIME_ISO);
        str_addc(&text, ' ');
    }
    if (e->text && !e->file)
        str_addf(&text, "%s ", e->text);
    if (e->event_id)
        str_addf(&text, "eventID %s ", e->event_id);
    else if (e->seq)
        str_addf(&text, "journal entry %llu ", (unsigned long long)e->seq);
    if (e->file)
        str_addf(&text, "%s%s", e->event_id || e->time_ms ? "in " : "", e->file);
    if (e->file && e->line)
        str_addf(&text, ":%u", e->line);
    if (e->file && e->text)
        str_addf(&text, ": %s", e->text);
    add_line(out, "see: ", str_text(&text), style);
}

static void add_finding(struct str *out, const struct report *r, const struct finding *whole, const struct report_style *style)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct finding seen = style->hide_answers ? finding_veiled(r, whole, r->language, &arena) : *whole, *f = &seen;
    const struct word *word = &words[f->outcome];
    str_addf(out, "  %s%s%s", style->colour ? word->colour : "", word->text, style->colour ? "\033[0m" : "");
    add_worth(out, f);
    str_addf(out, "  %-*s ", ID_WIDTH - 1, f->id);
    size_t id = strlen(f->id) > ID_WIDTH - 1 ? strlen(f->id) : ID_WIDTH - 1;
    add_wrapped(out, f->title, 2 + 4 + 8 + 2 + id + 1, 2 + 4 + 8 + 2 + ID_WIDTH, style->width);
    if (f->hints) {
        AUTO(str_drop) struct str cost = {0};
        str_addf(&cost, "%u, costing ", f->hints);
        str_add_points(&cost, f->hint_cost);
        add_line(out, "hints: ", str_text(&cost), style);
    }
    if (f->outcome == OUTCOME_PASS)
        return;
    add_line(out, "found: ", f->found, style);
    if (f->outcome != OUTCOME_SKIPPED)
        add_line(out, "expected: ", f->expected, style);
    add_line(out, "", f->feedback, style);
    for (size_t i = 0; i < f->n_evidence; i++)
        add_exhibit(out, &f->evidence[i], style);
}

static void add_section(struct str *out, const struct report *r, const struct report_style *style, const char *title,
                        enum finding_kind from, enum finding_kind to)
{
    bool titled = false;
    for (size_t i = 0; i < r->n; i++) {
        if (r->findings[i].kind < from || r->findings[i].kind > to)
            continue;
        if (!titled)
            str_addf(out, "\n%s\n", title);
        titled = true;
        add_finding(out, r, &r->findings[i], style);
    }
}

static void add_receipt(struct str *out, const struct report *r, const struct report_style *style)
{
    AUTO(str_drop) struct str text = {0};
    str_addf(&text, "%s %.12s, seed %.12s, %lld events, lab by %s, graded by %s, submission %.12s", r->scenario,
             r->receipt.content_hash, r->receipt.seed_commitment, (long long)r->receipt.events, r->receipt.lab_version,
             r->receipt.version, r->receipt.submission_hash);
    str_add(out, "receipt: ");
    add_wrapped(out, str_text(&text), strlen("receipt: "), 2, style->width);
}

void report_text(const struct report *r, const struct report_style *asked, struct str *out)
{
    struct report_style own = *asked;
    const struct report_style *style = &own;
    own.hide_answers |= r->ungradable != NULL; /* an attempt that does not count must not tell the answers */
    str_addf(out, "%s%s%s\n", r->title, *r->student ? ", student " : "", r->student);
    add_section(out, r, style, "Questions", FINDING_QUESTION, FINDING_QUESTION);
    add_section(out, r, style, "Repairs", FINDING_CHECK, FINDING_CHECK);
    add_section(out, r, style, "Must be kept", FINDING_PENALTY, FINDING_VETO);
    str_addc(out, '\n');
    for (size_t i = 0; i < r->n_notes; i++) {
        str_add(out, "note: ");
        add_wrapped(out, r->notes[i], 6, 6, style->width);
    }
    if (r->ungradable)
        str_addf(out, "NOT GRADED: %s%s", r->ungradable, text_ends(r->ungradable, "\n") ? "" : "\n");
    else {
        if (r->vetoed)
            str_addf(out, "VETO: \"%s\" does not hold, so nothing else counts\n", r->vetoed);
        str_add(out, "Score: ");
        str_add_points(out, r->score);
        str_add(out, " of ");
        str_add_points(out, r->max);
        str_addf(out, " points, %d %%\n", report_percent(r));
    }
    add_receipt(out, r, style);
}
