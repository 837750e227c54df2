/* SPDX-License-Identifier: MIT */
/* What the forms share: which answers may be told, a finding in plain lines, points that add up, escaping. */
#include "grader/formats/writing.h"
#include "grader/types.h"

#include <string.h>

/* May this form say what questions expected? */
static bool tells_answers(const struct writing *w)
{
    return !w->style->hide_answers && (w->style->answers || !w->format->to_students);
}

struct finding seen(const struct writing *w, const struct report *r, const struct finding *f, struct arena *arena)
{
    bool all = tells_answers(w) && !r->ungradable;
    return all ? *f : finding_veiled(r, f, w->style->language ? w->style->language : r->language, arena);
}

bool is_lost(const struct finding *f)
{
    return f->outcome != OUTCOME_PASS && f->outcome != OUTCOME_SKIPPED && f->outcome != OUTCOME_MANUAL;
}

const char *student_of(const struct graded *g)
{
    return g->report->student && *g->report->student ? g->report->student : g->submission;
}

/* ---- words ---- */

static void add_line(struct str *out, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    str_add(out, label);
    str_add_prose(out, text); /* it may quote what a student wrote */
    str_addc(out, '\n');
}

static void add_exhibit(struct str *out, const struct exhibit *e)
{
    AUTO(str_drop) struct str line = {0};
    if (e->query) {
        add_line(out, "query: ", e->query);
        return;
    }
    if (e->time_ms)
        str_add_time(&line, e->time_ms, TIME_ISO " ");
    if (e->event_id)
        str_addf(&line, "eventID %s ", e->event_id);
    if (e->file)
        str_addf(&line, "%s%s", e->event_id || e->time_ms ? "in " : "", e->file);
    if (e->file && e->line)
        str_addf(&line, ":%u", e->line);
    if (e->text)
        str_addf(&line, "%s%s", e->file ? ": " : "", e->text);
    add_line(out, "see: ", str_text(&line));
}

void add_story(struct str *out, const struct writing *w, const struct report *r, const struct finding *whole)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct finding shown = seen(w, r, whole, &arena), *f = &shown;
    if (f->hints) {
        AUTO(str_drop) struct str cost = {0};
        str_addf(&cost, "%u, costing ", f->hints);
        str_add_points(&cost, f->hint_cost);
        add_line(out, "hints: ", str_text(&cost));
    }
    add_line(out, "found: ", f->found);
    if (f->outcome == OUTCOME_PASS)
        return;
    if (f->outcome != OUTCOME_SKIPPED)
        add_line(out, "expected: ", f->expected);
    add_line(out, "", f->feedback);
    for (size_t i = 0; i < f->n_evidence; i++)
        add_exhibit(out, &f->evidence[i]);
}

void add_score_line(struct str *out, const struct report *r)
{
    if (r->ungradable) {
        str_addf(out, "not graded: %.*s", (int)strcspn(r->ungradable, "\n"), r->ungradable);
        return;
    }
    str_add_points(out, r->score);
    str_add(out, " of ");
    str_add_points(out, r->max);
    str_addf(out, " points, %d %%", report_percent(r));
}

/* ---- points that add up ---- */

int64_t *settled_points(const struct report *r)
{
    int64_t *points = xcalloc(r->n + 1, sizeof(*points)), sum = 0;
    for (size_t i = 0; i < r->n; i++) {
        points[i] = r->findings[i].max > 0 && r->findings[i].points > 0 ? r->findings[i].points : 0;
        sum += points[i];
    }
    int64_t over = r->ungradable ? sum : sum - r->score;
    for (size_t i = r->n; i-- > 0 && over > 0;) {
        int64_t taken = points[i] < over ? points[i] : over;
        points[i] -= taken;
        over -= taken;
    }
    return points;
}

const char *moment_in_utc(struct arena *arena, const char *answer)
{
    AUTO(str_drop) struct str why = {0};
    const struct reader reader = {.arena = arena};
    struct reading moment = {0};
    return read_time(&reader, answer, &moment, &why) ? arena_time(arena, moment.ms, TIME_ISO) : NULL;
}

/* ---- escaping ---- */

/* XML 1.0 has no control characters but tab and line ends, and neither U+FFFE nor U+FFFF. */
static bool is_no_character(const char *s)
{
    return !memcmp(s, "\xef\xbf", 2) && ((unsigned char)s[2] == 0xbe || (unsigned char)s[2] == 0xbf);
}

void str_add_markup(struct str *out, const char *s)
{
    json_t *clean = s ? json_clean(s) : NULL; /* well-formed UTF-8 */
    for (const char *c = clean ? json_string_value(clean) : ""; *c; c++) {
        switch (*c) {
        case '<': str_add(out, "&lt;"); break;
        case '>': str_add(out, "&gt;"); break;
        case '&': str_add(out, "&amp;"); break;
        case '"': str_add(out, "&quot;"); break;
        default:
            if (is_no_character(c)) {
                str_add(out, "\xef\xbf\xbd");
                c += 2;
            } else if ((unsigned char)*c < ' ' && *c != '\n' && *c != '\t')
                str_add(out, "\xef\xbf\xbd");
            else
                str_addc(out, *c);
        }
    }
    json_decref(clean);
}

static bool is_number(const char *s)
{
    s += *s == '-';
    size_t n = strspn(s, "0123456789");
    const char *rest = s + n;
    return n && (!*rest || (*rest == '.' && rest[1] && !rest[1 + strspn(rest + 1, "0123456789")]));
}

void str_add_cell(struct str *out, const char *s)
{
    bool formula = *s && strchr("=+-@\t\r", *s) && !is_number(s);
    if (!formula && !strpbrk(s, ",;\"\r\n")) {
        str_add(out, s);
        return;
    }
    str_add(out, formula ? "\"'" : "\"");
    for (; *s; s++) {
        if (*s == '"')
            str_addc(out, '"');
        str_addc(out, *s);
    }
    str_addc(out, '"');
}
