/* SPDX-License-Identifier: MIT */
/* Building blocks: what a use of one comes to, as steps. Mistakes are in tests/data/invalid/block-*. */
#include "sim/scenario/scenario.h"

#include <CUnit/CUnit.h>
#include <string.h>

static const char stage[] = "cafelab: 1\nid: small\ntitle: Small\nbrief: b.md\nlevel: beginner\nminutes: 5\n"
                            "clock: {start: 2025-10-13T16:00:00Z, length: 1d}\nregion: us-west-2\n"
                            "vary: {pause: {duration: 1m .. 9m}}\n"
                            "places: {office: {cidr: 203.0.113.0/28}}\n"
                            "cast: {sofia: {user: sofia, place: office, client: aws-cli, student: true, access_key: true}}\n"
                            "account: {security_groups: {web: {name: Web, description: web}},\n"
                            "  instances: {box: {name: Box, type: t3.micro, groups: [web]}}}\n"
                            "servers: {cafe: {instance: box, like: amazon-linux-2, login_user: ec2-user}}\n"
                            "questions: []\n";
static const char blocks[] =
    "blocks:\n"
    "  look:\n"
    "    takes: [who]\n"
    "    defaults: {first: 10s, technique: ~, with: ~}\n"
    "    steps:\n"
    "      - {as: '{{ who }}', do: 'sts:GetCallerIdentity', mark: seen, technique: '{{ technique }}'}\n"
    "      - {as: '{{ who }}', wait: '{{ first }}', do: 'ec2:DescribeInstances', with: '{{ with }}'}\n"
    "      - {as: '{{ who }}', after: seen, wait: 2m, live: {after: seen, wait: 9s}, do: 'iam:ListUsers', mark: listed}\n"
    "  visit:\n"
    "    takes: [who, group]\n"
    "    steps:\n"
    "      - {as: '{{ who }}', on: cafe, do: 'host:LogIn', with: {user: '{{ who.user }}', by: publickey}, mark: in}\n"
    "      - {as: '{{ who }}', wait: 1m, on: cafe, session: in, run: ['echo {{ in.pid }} {{ group.id }} {{ web.id }}']}\n"
    "      - block: look\n"
    "        prefix: then\n"
    "        wait: '{{ pause }}'\n"
    "        with: {who: '{{ who }}'}\n"
    "      - {as: '{{ who }}', after: then_listed, wait: 1m, do: 'ec2:DescribeVpcs', with: {a: [in, '{{ then_seen.time "
    "}}']}}\n";

/* "who op mark when" and what else is there; texts as they stand. */
static void show_step(const struct step *s, struct str *out)
{
    str_addf(out, "%s %s", s->as, s->op ? s->op : "run");
    if (s->mark)
        str_addf(out, " mark=%s", s->mark);
    if (s->when == STEP_AT_OFFSET)
        str_addf(out, " at=+%llds", (long long)s->offset_ms / 1000);
    if (s->after)
        str_addf(out, " after=%s", s->after);
    if (s->wait.text)
        str_addf(out, " wait=%s", s->wait.text);
    if (s->live.after)
        str_addf(out, " live=%s,%s", s->live.after, s->live.wait.text ? s->live.wait.text : "");
    if (s->session)
        str_addf(out, " session=%s", s->session);
    if (s->technique)
        str_addf(out, " %s", s->technique);
    for (size_t i = 0; i < s->run.n; i++)
        str_addf(out, " run=%s", s->run.list[i]);
    if (s->with) {
        json_auto_t *with = node_json(s->with);
        str_add(out, " with=");
        str_add_json_value(out, with);
    }
    str_addc(out, '\n');
}

static const struct {
    const char *uses, *steps;
} rows[] = {
    {"  - {block: look, at: +1h, with: {who: sofia}}\n",                                                                    "sofia sts:GetCallerIdentity mark=seen at=+3600s\n"
                                                         "sofia ec2:DescribeInstances wait=10s\n"
                                                         "sofia iam:ListUsers mark=listed after=seen wait=2m live=seen,9s\n"                     },
    {"  - {block: look, prefix: a, at: +1h, with: {who: sofia, first: 3s, technique: T1580, with: {x: [1]}}}\n"
     "  - {block: look, prefix: b, after: a_listed, wait: 5s, live: {after: a_seen, wait: 1s}, with: {who: sofia}}\n", "sofia sts:GetCallerIdentity mark=a_seen at=+3600s T1580\n"
     "sofia ec2:DescribeInstances wait=3s with={\"x\":[1]}\n"
     "sofia iam:ListUsers mark=a_listed after=a_seen wait=2m live=a_seen,9s\n"
     "sofia sts:GetCallerIdentity mark=b_seen after=a_listed wait=5s live=a_seen,1s\n"
     "sofia ec2:DescribeInstances wait=10s\n"
     "sofia iam:ListUsers mark=b_listed after=b_seen wait=2m live=b_seen,9s\n"},
    {"  - {block: visit, prefix: day, at: +1h, with: {who: sofia, group: web}}\n",
     "sofia host:LogIn mark=day_in at=+3600s with={\"user\":\"{{ sofia.user }}\",\"by\":\"publickey\"}\n"
     "sofia run wait=1m session=day_in run=echo {{ day_in.pid }} {{ web.id }} {{ web.id }}\n"
     "sofia sts:GetCallerIdentity mark=day_then_seen wait={{ pause }}\n"
     "sofia ec2:DescribeInstances wait=10s\n"
     "sofia iam:ListUsers mark=day_then_listed after=day_then_seen wait=2m live=day_then_seen,9s\n"
     "sofia ec2:DescribeVpcs after=day_then_listed wait=1m with={\"a\":[\"in\",\"{{ day_then_seen.time }}\"]}\n"                                                                                         },
};

static void test_uses(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0}, shown = {0}, said = {0};
        AUTO(diags_drop) struct diags diags = {0};
        str_addf(&text, "%s%stimeline:\n%s", stage, blocks, rows[i].uses);
        AUTO(scenario_free) struct scenario *s = scenario_read("x.yaml", str_text(&text), text.len, &diags);
        const struct step *steps = s ? s->timeline.items : NULL;
        for (size_t j = 0; s && j < s->timeline.n; j++)
            show_step(&steps[j], &shown);
        diags_show(&diags, &said);
        CU_ASSERT_STRING_EQUAL(str_text(&said), "");
        if (!text_same(str_text(&shown), rows[i].steps))
            printf("%s", str_text(&shown));
        CU_ASSERT_STRING_EQUAL(str_text(&shown), rows[i].steps);
    }
}

/* A step keeps the line of the block; what was given, the line of the use. */
static void test_places(void)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(diags_drop) struct diags diags = {0};
    unsigned width = 0;
    str_addf(&text, "%s%stimeline:\n%s", stage, blocks, rows[0].uses);
    AUTO(scenario_free) struct scenario *s = scenario_read("x.yaml", str_text(&text), text.len, &diags);
    const struct step *steps = s->timeline.items;
    CU_ASSERT_EQUAL(steps[0].at.line, 21);
    CU_ASSERT_EQUAL(scenario_place(s, steps[0].op, &width).line, 21);
    CU_ASSERT_EQUAL(scenario_place(s, steps[0].as, &width).line, 35);
    CU_ASSERT_EQUAL(scenario_place(s, steps[0].as, &width).col, 40);
}

CU_TestInfo scenario_blocks_tests[] = {
    {"uses become steps",      test_uses  },
    {"steps know their lines", test_places},
    CU_TEST_INFO_NULL
};
