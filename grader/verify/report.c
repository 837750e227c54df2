/* SPDX-License-Identifier: MIT */
/* What was proved, and what was not, in words and in JSON. */
#include "grader/verify/report.h"

#include <math.h>

static unsigned faults_of(const struct verify_report *r, enum property property, enum severity severity)
{
    unsigned n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->findings[i].property == property && r->findings[i].severity == severity;
    return n;
}

const char *verify_state(const struct verify_report *r, enum property property)
{
    if (faults_of(r, property, SEVERITY_ERROR))
        return "REFUSED";
    if (!r->facts[property])
        return "nothing";
    return faults_of(r, property, SEVERITY_WARNING) ? "warns" : "holds";
}

/* That two of a class draw the same, all variants being as likely: the birthday problem. */
double verify_collision(double variants)
{
    double pairs = VERIFY_CLASS * (VERIFY_CLASS - 1) / 2.0;
    return variants <= 1 ? 1 : -expm1(-pairs / variants);
}

void verify_add_draws(struct str *out, const struct verify_report *r)
{
    str_add_variants(out, r->variants);
    str_addf(out, " different draws: two of %d students draw the same in ", VERIFY_CLASS);
    if (r->variants > 1) {
        str_add(out, "one class of ");
        str_add_variants(out, ceil(1 / verify_collision(r->variants)));
    } else
        str_add(out, "every class");
}

static void add_table(struct str *out, const struct verify_report *r)
{
    for (size_t i = 0; i < PROPERTIES; i++)
        str_addf(out, "  %-7s  %-13s  %-53s  %llu %s\n", verify_state(r, (enum property)i), verify_properties[i].name,
                 verify_properties[i].says, (unsigned long long)r->facts[i], verify_properties[i].unit);
}

static void add_finding(struct str *out, const struct verify_finding *f)
{
    str_addf(out, "\n%s", f->at.file);
    if (f->at.line)
        str_addf(out, ":%u:%u", f->at.line, f->at.col);
    str_addf(out, ": %s: %s [%s]\n", f->severity == SEVERITY_ERROR ? "error" : "warning", f->message,
             verify_properties[f->property].name);
    str_addf(out, "  seed %s", f->seed);
    if (f->seeds > 1)
        str_addf(out, " and %u more", f->seeds - 1);
    if (f->file)
        str_addf(out, ", in %s", f->file);
    if (f->command)
        str_addf(out, "\n  %s", f->command);
    str_addc(out, '\n');
}

void verify_text(const struct verify_report *r, struct str *out)
{
    str_addf(out, "%s: %u seed%s, %lld records of everyday life in each lab\n\n", r->scenario, r->seeds,
             r->seeds == 1 ? "" : "s", (long long)r->events);
    add_table(out, r);
    for (size_t i = 0; i < r->n; i++)
        add_finding(out, &r->findings[i]);
    str_addf(out, "\nthe solution of %u of %u seeds was written to the lab and graded from there\n", r->written, r->seeds);
    verify_add_draws(out, r);
    str_addf(out, "\n%zu error%s, %zu warning%s; %.1f s with %u process%s\n", r->n_errors, r->n_errors == 1 ? "" : "s",
             r->n - r->n_errors, r->n - r->n_errors == 1 ? "" : "s", (double)r->took_ms / 1000, r->jobs,
             r->jobs == 1 ? "" : "es");
}

static json_t *finding_json(const struct verify_finding *f)
{
    json_t *out = json_object();
    json_put_text(out, "property", verify_properties[f->property].name);
    json_put_text(out, "severity", f->severity == SEVERITY_ERROR ? "error" : "warning");
    json_put_text(out, "scenario", f->at.file);
    json_put(out, "line", f->at.line ? json_integer(f->at.line) : json_null());
    json_put(out, "column", f->at.line ? json_integer(f->at.col) : json_null());
    json_put_text(out, "message", f->message);
    json_put_text(out, "file", f->file);
    json_put_text(out, "seed", f->seed);
    json_put(out, "seeds", json_integer(f->seeds));
    json_put_text(out, "command", f->command);
    return out;
}

json_t *verify_json(const struct verify_report *r)
{
    json_t *out = json_object(), *properties = json_object(), *findings = json_array();
    for (size_t i = 0; i < PROPERTIES; i++) {
        json_t *property = json_object();
        json_put_text(property, "state", verify_state(r, (enum property)i));
        json_put(property, "facts", json_integer((json_int_t)r->facts[i]));
        json_put(properties, verify_properties[i].name, property);
    }
    for (size_t i = 0; i < r->n; i++)
        json_array_append_new(findings, finding_json(&r->findings[i]));
    json_put_text(out, "scenario", r->scenario);
    json_put(out, "seeds", json_integer(r->seeds));
    json_put(out, "events", json_integer(r->events));
    json_put(out, "written", json_integer(r->written));
    json_put(out, "errors", json_integer((json_int_t)r->n_errors));
    json_put(out, "variants", json_real(r->variants));
    json_put(out, "collision", json_real(verify_collision(r->variants)));
    json_put(out, "properties", properties);
    json_put(out, "findings", findings);
    return out;
}
