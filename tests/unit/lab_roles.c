/* SPDX-License-Identifier: MIT */
/* Roles of a scenario: what the account has of them, and who acts with their credentials. */
#include "tests/unit/lab_plays.h"

#define ROLES "tests/data/roles"

static bool play_roles(struct play *p, struct scenario **s)
{
    return play_of(ROLES, &alone, p, s);
}

static void lookups(void)
{
    static const struct {
        const char *name, *field, *is; /* a glob; NULL: has none */
    } rows[] = {
        {"box_role",   "name",  "BoxRole"                                },
        {"box_role",   "arn",   "arn:aws:iam::*:role/BoxRole"            },
        {"box_role",   "id",    "AROA*"                                  },
        {"audit_role", "arn",   "*:role/Auditors"                        },
        {"box",        "key",   "ASIA*"                                  },
        {"spare",      "key",   NULL                                     },
        {"stolen",     "key",   "ASIA*"                                  },
        {"stolen",     "who",   "BoxRole"                                },
        {"stolen",     "arn",   "arn:aws:sts::*:assumed-role/BoxRole/i-*"},
        {"stolen",     "ip",    "198.51.100.77"                          },
        {"stolen",     "agent", "aws-cli/*#sts.get-caller-identity"      },
        {"audited",    "who",   "Auditors"                               },
        {"audited",    "arn",   "*:assumed-role/Auditors/ben-audits"     },
    };
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_roles(&p, &s))
        return;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *is = play_lookup(&p, rows[i].name, rows[i].field);
        bool good = rows[i].is ? is && text_glob(rows[i].is, is) : !is;
        if (!good)
            fprintf(stderr, "lab_roles: {{ %s.%s }} is %s\n", rows[i].name, rows[i].field, is ? is : "nothing");
        CU_ASSERT(good);
    }
    play_drop(&p);
}

static const char *text_at(const json_t *document, const char *path)
{
    return json_string_value(json_path(document, path));
}

/* Whom a role trusts, what it may, and which instance has it. */
static void account(void)
{
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_roles(&p, &s))
        return;
    const struct role *box = find_role(&p.world, "BoxRole"), *audit = find_role(&p.world, "Auditors");
    const struct role *own = find_role(&p.world, "Own");
    const char *ben = play_lookup(&p, "ben", "arn");
    CU_ASSERT(box && audit && own);
    CU_ASSERT_STRING_EQUAL(text_at(box->trust, "Statement.0.Principal.Service"), "ec2.amazonaws.com");
    CU_ASSERT_STRING_EQUAL(text_at(audit->trust, "Statement.0.Principal.AWS"), ben);
    CU_ASSERT_STRING_EQUAL(text_at(audit->trust, "Statement.1.Principal.Service"), "lambda.amazonaws.com");
    CU_ASSERT_STRING_EQUAL(text_at(own->trust, "Statement.Principal.AWS"), ben);
    CU_ASSERT_STRING_EQUAL(box->description, "What the box may do");
    CU_ASSERT_STRING_EQUAL(box->inline_policies->name, "look");
    CU_ASSERT_STRING_EQUAL(box->attached->policy->name, "AmazonSSMManagedInstanceCore");
    CU_ASSERT_STRING_EQUAL(box->attached->next->policy->name, "shelf");
    const struct instance *first = p.world.account.instances;
    CU_ASSERT_STRING_EQUAL(first->profile_role, "BoxRole");
    CU_ASSERT_STRING_EQUAL(first->next->profile_role, "SSMInstanceProfile");
    play_drop(&p);
}

/* Who signed with the box's credentials, as a record has it; those of a role that was assumed came by no metadata. */
static void identities(void)
{
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_roles(&p, &s))
        return;
    const char *id = play_lookup(&p, "box", "id"), *role = play_lookup(&p, "box_role", "id");
    const json_t *stolen = play_mark(&p, "stolen")->entry->identity, *audited = play_mark(&p, "audited")->entry->identity;
    AUTO(str_drop) struct str principal = {0};
    str_addf(&principal, "%s:%s", role, id);
    CU_ASSERT_STRING_EQUAL(text_at(stolen, "type"), "AssumedRole");
    CU_ASSERT_STRING_EQUAL(text_at(stolen, "principalId"), str_text(&principal));
    CU_ASSERT_STRING_EQUAL(text_at(stolen, "sessionContext.sessionIssuer.userName"), "BoxRole");
    CU_ASSERT_STRING_EQUAL(text_at(stolen, "sessionContext.ec2RoleDelivery"), "1.0");
    const json_t *by_token = play_mark(&p, "by_token")->entry->identity, *back = play_mark(&p, "back")->entry->identity;
    CU_ASSERT_STRING_EQUAL(text_at(by_token, "sessionContext.ec2RoleDelivery"), "2.0");
    CU_ASSERT_STRING_EQUAL(text_at(back, "sessionContext.ec2RoleDelivery"), "2.0"); /* by then tokens are required there, too */
    CU_ASSERT_PTR_NULL(text_at(audited, "sessionContext.ec2RoleDelivery"));
    CU_ASSERT_STRING_EQUAL(play_mark(&p, "taken")->entry->who.access_key_id, play_mark(&p, "stolen")->entry->who.access_key_id);
    CU_ASSERT_STRING_EQUAL(play_mark(&p, "refused")->entry->error_code, "AccessDenied");
    CU_ASSERT_STRING_EQUAL(play_mark(&p, "shut_out")->entry->error_code, "AccessDenied");
    play_drop(&p);
}

/* EC2 assumes the box's role all the time, each session begins before the one before it ends, and steps have the newest. */
static void rotation(void)
{
    struct play p = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    if (!play_roles(&p, &s))
        return;
    const struct session_key *last = NULL;
    size_t n = 0;
    for (const struct session_key *k = p.world.account.session_keys; k; k = k->next) {
        if (!text_same(k->who.name, "BoxRole"))
            continue;
        CU_ASSERT_EQUAL(k->expires_ms / 1000 * 1000 - k->who.session_start_ms, 21600000);
        CU_ASSERT(last ? k->who.session_start_ms < last->expires_ms - 300000 : k->who.session_start_ms <= p.from_ms);
        CU_ASSERT(!last || k->who.session_start_ms > last->who.session_start_ms + 5 * 3600000);
        last = k;
        n++;
    }
    CU_ASSERT(n >= 9 && last->expires_ms > p.until_ms);
    const struct principal *then = &play_mark(&p, "stolen")->entry->who, *later = &play_mark(&p, "later")->entry->who;
    CU_ASSERT_STRING_NOT_EQUAL(then->access_key_id, later->access_key_id);
    CU_ASSERT(later->session_start_ms > then->session_start_ms);
    size_t records = 0;
    for (size_t i = 0; i < p.world.journal.n; i++) {
        const struct entry *entry = p.world.journal.list[i];
        bool is_record = text_same(entry->op, "sts:AssumeRole") && text_same(entry->who.name, "ec2.amazonaws.com") &&
                         !entry->silent && text_ends(json_str_or(entry->params, "roleArn", ""), "/BoxRole");
        records += is_record;
        CU_ASSERT(!is_record || json_object_size(entry->params) == 2); /* for how long is not told */
    }
    CU_ASSERT_EQUAL(records, n - 1); /* the first was before all records */
    play_drop(&p);
}

/* What the story cannot do, with its line. */
static void failures(void)
{
    static const struct mistake rows[] = {
        {"key: \"{{ later.key }}\"",                "key: \"{{ stolen.key }}\"",                   "\"key\": the temporary credentials ASIA"         },
        {"key: \"{{ later.key }}\"",                "key: ASIANOBODY",                             "\"key\": there is no access key \"ASIANOBODY\""  },
        {"expect: AccessDenied\n    mark: refused", "mark: refused",                               "iam:ListUsers: AccessDenied: User: arn:aws:sts::"},
        {"name: Own\n",                             "name: BoxRole2\n      policies: [Nothing]\n", "NoSuchEntity"                                    },
    };
    plays_fail(ROLES "/scenario.yaml", "roles.yaml", rows, COUNT(rows));
}

/* An instance with a role works for the story: everyday life does not send it to sleep. */
static void everyday(void)
{
    for (int seed = 1; seed <= 40; seed++) {
        AUTO(scenario_free) struct scenario *s = NULL;
        AUTO(str_drop) struct str text = {0};
        struct play p = {0};
        str_addf(&text, "%d", seed);
        if (!play_of("docs/examples/borrowed-role", &(struct play_options){.seed = str_text(&text), .events = 100}, &p, &s))
            return;
        for (size_t i = 0; i < p.world.journal.n; i++)
            CU_ASSERT_STRING_NOT_EQUAL(p.world.journal.list[i]->op, "ec2:StopInstances");
        play_drop(&p);
    }
}

CU_TestInfo lab_roles_tests[] = {
    {"references to roles",                     lookups   },
    {"roles of the account at the start",       account   },
    {"who acts by a role",                      identities},
    {"an instance's credentials are made anew", rotation  },
    {"what cannot be done by a role",           failures  },
    {"everyday life beside them",               everyday  },
    CU_TEST_INFO_NULL,
};
