/* SPDX-License-Identifier: MIT */
/* Questions and checks: any bytes below a small good scenario, read for lint and filled in for grading. */
#include "grader/grader.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char stage[] = "cafelab: 1\nid: small\ntitle: Small\nbrief: b.md\nlevel: beginner\nminutes: 5\n"
                            "clock: {start: 2025-10-13T16:00:00Z, length: 1d}\nregion: us-west-2\n"
                            "places: {office: {cidr: 203.0.113.0/28}}\n"
                            "cast: {sofia: {user: sofia, place: office, client: aws-cli, student: true}}\n"
                            "account: {security_groups: {web: {name: Web, description: web}},\n"
                            "  instances: {box: {name: Box, type: t3.micro, groups: [web]}}}\n"
                            "servers: {cafe: {instance: box, like: amazon-linux-2, login_user: ec2-user}}\n"
                            "timeline: [{as: sofia, at: +10m, do: sts:GetCallerIdentity, mark: look}]\n";

static const char *lookup(void *context, const char *name, const char *field)
{
    (void)context;
    (void)field;
    return text_same(name, "web") ? "sg-1" : text_same(name, "sofia") ? "203.0.113.2" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_drop) struct str text = {0}, said = {0}, sheet = {0};
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    if (size > 20000)
        return 0;
    str_add(&text, stage);
    str_addn(&text, data, size);
    struct scenario *s = scenario_read("x.yaml", str_text(&text), text.len, &diags);
    struct rubric *r = s ? rubric_read(s, &diags) : NULL;
    struct rubric *filled = s ? rubric_fill(s, lookup, NULL, &e) : NULL;
    diags_show(&diags, &said);
    if (s && !filled != e.set)
        __builtin_trap();
    if (filled && !diags.n_errors)
        answers_sheet(filled, "en", &sheet);
    rubric_free(&filled);
    rubric_free(&r);
    scenario_free(&s);
    return 0;
}
