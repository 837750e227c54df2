/* SPDX-License-Identifier: MIT */
/*
 * What was proved, as one page for whoever hands the scenario out: read without script, printed on paper, nothing loaded
 * from elsewhere. A state is told by its word; colour only repeats it.
 */
#include "grader/verify/report.h"

static void add_state(struct str *out, const struct verify_report *r, enum property property)
{
    const char *state = verify_state(r, property);
    str_addf(out, "<td><span class=\"state %s\">%s</span></td>", state, state);
}

static void add_properties(struct str *out, const struct verify_report *r)
{
    str_add(out,
            "<h2>What was proved</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What was proved\">"
            "<table><thead><tr><th scope=\"col\">state</th><th scope=\"col\">property</th><th scope=\"col\">holds when</th>"
            "<th scope=\"col\" class=\"number\">looked at</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < PROPERTIES; i++) {
        const struct property_row *row = &verify_properties[i];
        str_add(out, "<tr>");
        add_state(out, r, (enum property)i);
        str_addf(out, "<th scope=\"row\">%s</th><td>%s</td><td class=\"number\">%llu %s</td></tr>\n", row->name, row->says,
                 (unsigned long long)r->facts[i], row->unit);
    }
    str_add(out, "</tbody></table></div>\n");
}

static void add_row(struct str *out, const char *what, const char *value)
{
    str_addf(out, "<dt>%s</dt><dd>", what);
    str_add_html(out, value);
    str_add(out, "</dd>");
}

static void add_finding(struct str *out, const struct verify_finding *f)
{
    AUTO(str_drop) struct str place = {0}, seeds = {0};
    bool error = f->severity == SEVERITY_ERROR;
    str_addf(out, "<article class=\"%s\"><h3><span class=\"state %s\">%s</span> ", error ? "REFUSED" : "warns",
             error ? "REFUSED" : "warns", error ? "error" : "warning");
    str_add_html(out, f->message);
    str_add(out, "</h3>\n<dl>");
    str_add(&place, f->at.file);
    if (f->at.line)
        str_addf(&place, ":%u:%u", f->at.line, f->at.col);
    str_add(&seeds, f->seed);
    if (f->seeds > 1)
        str_addf(&seeds, " and %u more", f->seeds - 1);
    add_row(out, "property", verify_properties[f->property].name);
    add_row(out, "scenario", str_text(&place));
    add_row(out, "seed", str_text(&seeds));
    if (f->file)
        add_row(out, "file of the lab", f->file);
    str_add(out, "</dl>\n");
    if (f->command) {
        str_add(out, "<pre><code>");
        str_add_html(out, f->command);
        str_add(out, "</code></pre>\n");
    }
    str_add(out, "</article>\n");
}

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}"
    "h1{margin:0 0 .2rem}h2{margin:2rem 0 .6rem}h3{margin:0 0 .4rem;font-size:1rem}table{border-collapse:collapse;width:100%}"
    "td,th{padding:.35rem .7rem;text-align:left;border-bottom:1px solid #ddd;vertical-align:top}thead th{color:#555}"
    ".number{text-align:right;white-space:nowrap}tbody th{font-weight:600;white-space:nowrap}"
    ".state{display:inline-block;min-width:4.6rem;text-align:center;border-radius:.3rem;padding:0 .4rem;border:1px solid #888;"
    "background:#f2f2f2}.state.holds{background:#e2f2e4;border-color:#2d7a3a}.state.REFUSED{background:#fbe3e0;"
    "border-color:#b3261e;font-weight:700}.state.warns{background:#fdf2d0;border-color:#8a6d00}"
    "article{border:1px solid #ccc;border-left:.4rem solid #8a6d00;border-radius:.3rem;padding:.7rem 1rem;margin:.8rem 0;"
    "break-inside:avoid}article.REFUSED{border-left-color:#b3261e}dl{display:grid;grid-template-columns:max-content 1fr;"
    "gap:0 "
    "1rem;margin:0}dt{color:#555}dd{margin:0;min-width:0;overflow-wrap:anywhere}.scroll{overflow-x:auto}pre{background:#f5f5f5;"
    "padding:.6rem;white-space:pre-wrap;"
    "overflow-wrap:anywhere;margin:.6rem 0 0}.verdict{font-size:1.2rem;margin:.8rem 0}@media "
    "print{body{margin:0;max-width:none}.scroll{overflow:visible}}";

static void add_head(struct str *out, const struct verify_report *r)
{
    str_add(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                 "content=\"width=device-width\"><title>");
    str_add_html(out, r->scenario);
    str_addf(out, ": verified</title><style>%s</style></head><body>\n<h1>", style);
    str_add_html(out, r->scenario);
    str_addf(out, "</h1>\n<p>%u seed%s, %lld records of everyday life in each lab; cafelab %s; ", r->seeds,
             r->seeds == 1 ? "" : "s", (long long)r->events, CAFELAB_VERSION);
    verify_add_draws(out, r);
    str_add(out, ".</p>\n");
    str_addf(out, "<p class=\"verdict\"><span class=\"state %s\">%s</span> %zu error%s, %zu warning%s</p>\n",
             r->n_errors ? "REFUSED" : "holds", r->n_errors ? "refused" : "sound", r->n_errors, r->n_errors == 1 ? "" : "s",
             r->n - r->n_errors, r->n - r->n_errors == 1 ? "" : "s");
}

void verify_html(const struct verify_report *r, struct str *out)
{
    add_head(out, r);
    add_properties(out, r);
    str_add(out, "<h2>Findings</h2>\n");
    if (!r->n)
        str_add(out, "<p>None.</p>\n");
    else
        str_add(out, "<p>Each names its place in the scenario, the seed that showed it first, and a command that shows it "
                     "again.</p>\n");
    for (size_t i = 0; i < r->n; i++)
        add_finding(out, &r->findings[i]);
    str_add(out, "</body></html>\n");
}
