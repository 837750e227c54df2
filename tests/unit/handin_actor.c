/* SPDX-License-Identifier: MIT */
/* Who a line of a student's journal may say that he was: rows differ in one thing from what STS, a server or a service gave. */
#include "grader/handin/unfolding.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define OVER_MS INT64_C(1760630400000) /* the lab is handed out */
#define ROLE_ARN "arn:aws:iam::111122223333:role/CafeRole"

enum kind_of_lab { BUNDLE, OWN_LAB, LIVE_LAB };

static const char *could_be(struct submission *s, const struct entry *entry, enum kind_of_lab of)
{
    const struct claim claim = {.live = of == LIVE_LAB, .seed = of == OWN_LAB ? "seed" : NULL};
    return actor_impossible(&(struct unfolding){.claim = &claim, .s = s}, entry);
}

static void expect(const char *table, size_t row, const char *wanted, const char *got)
{
    bool good = wanted && got ? text_same(wanted, got) : wanted == got;
    if (!good)
        printf("handin_actor: %s, row %zu: %s\n", table, row, got ? got : "it can have been so");
    CU_ASSERT(good);
}

/* ---- signed ---- */

#define NEVER_GIVEN "nobody was given these temporary credentials"

/* Credentials of the story and of what the student did since. */
static struct session_key keys[] = {
    {.id = "ASIAOLD", .who = {.kind = PRINCIPAL_ROLE, .name = "CafeRole", .session_name = "work", .session_start_ms = 1}      },
    {.id = "ASIANEW", .who = {.kind = PRINCIPAL_ROLE, .name = "CafeRole", .session_name = "work", .session_start_ms = OVER_MS}},
    {.id = "ASIAMFA", .who = {.kind = PRINCIPAL_USER, .name = "sofia", .mfa = true, .session_start_ms = OVER_MS}              },
};

static void whoever_signs(struct submission *s)
{
    static const struct {
        enum principal_kind kind;
        const char *name, *key, *session;
        bool mfa, console;
        enum kind_of_lab of;
        const char *says; /* NULL: it can have been so */
    } rows[] = {
        {PRINCIPAL_USER,      "sofia",    "AKIA1",    NULL,   false, false, BUNDLE,   NULL                                       },
        {PRINCIPAL_USER,      "sofia",    "AKIA1",    NULL,   true,  false, BUNDLE,   NEVER_GIVEN                                },
        {PRINCIPAL_USER,      "sofia",    NULL,       NULL,   true,  true,  BUNDLE,   NULL                                       },
        {PRINCIPAL_USER,      "sofia",    "ASIAMFA",  NULL,   true,  false, BUNDLE,   NULL                                       },
        {PRINCIPAL_USER,      "sofia",    "ASIAMFA",  NULL,   false, false, BUNDLE,   NEVER_GIVEN                                },
        {PRINCIPAL_USER,      "chaos",    "ASIAMFA",  NULL,   true,  false, BUNDLE,   NEVER_GIVEN                                },
        {PRINCIPAL_USER,      "sofia",    "ASIANONE", NULL,   false, false, BUNDLE,   NEVER_GIVEN                                },
        {PRINCIPAL_ROLE,      "CafeRole", "ASIANEW",  "work", false, false, BUNDLE,   NULL                                       },
        {PRINCIPAL_ROLE,      "CafeRole", "ASIANEW",  "play", false, false, BUNDLE,   NEVER_GIVEN                                },
        {PRINCIPAL_ROLE,      "Admin",    "ASIANEW",  "work", false, false, BUNDLE,   NEVER_GIVEN                                },
        {PRINCIPAL_USER,      "CafeRole", "ASIANEW",  "work", false, false, BUNDLE,   NEVER_GIVEN                                },
        {PRINCIPAL_ROLE,      "CafeRole", "ASIAOLD",  "work", false, false, BUNDLE,   "these temporary credentials are not yours"},
        {PRINCIPAL_ROLE,      "CafeRole", "ASIAOLD",  "work", false, false, OWN_LAB,  NULL                                       },
        {PRINCIPAL_ROLE,      "CafeRole", "ASIAOLD",  "work", false, false, LIVE_LAB, NULL                                       },
        {PRINCIPAL_ROOT,      "root",     NULL,       NULL,   false, false, LIVE_LAB, "nobody signs in as root"                  },
        {PRINCIPAL_ANONYMOUS, NULL,       NULL,       NULL,   false, false, BUNDLE,   NULL                                       },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct entry entry = {
            .op = "s3:GetObject",
            .who = {.kind = rows[i].kind,
                    .name = rows[i].name,
                    .access_key_id = rows[i].key,
                    .session_name = rows[i].session,
                    .mfa = rows[i].mfa,
                    .console = rows[i].console}
        };
        expect("signed", i, rows[i].says, could_be(s, &entry, rows[i].of));
        entry.who.invoked_by = "athena.amazonaws.com";
        expect("invoked", i, "no service calls for you here", could_be(s, &entry, rows[i].of));
        entry.cause = 1; /* what followed from something is compared with what it came to */
        expect("caused", i, NULL, could_be(s, &entry, rows[i].of));
    }
}

/* ---- services ---- */

static void services(struct submission *s)
{
    static const char none[] = "no service does that of itself";
    static const struct {
        const char *name, *op, *role, *session;
        const char *says;
    } rows[] = {
        {"ec2.amazonaws.com",        "sts:AssumeRole", ROLE_ARN,     "i-1", NULL}, /* an instance's metadata: of its own role */
        {"ec2.amazonaws.com",        "sts:AssumeRole", ROLE_ARN "s", "i-1", none},
        {"ec2.amazonaws.com",        "sts:AssumeRole", ROLE_ARN,     "i-2", none},
        {"ec2.amazonaws.com",        "sts:AssumeRole", ROLE_ARN,     "me",  none},
        {"ec2.amazonaws.com",        "iam:CreateUser", ROLE_ARN,     "i-1", none},
        {"athena.amazonaws.com",     "query:Ended",    NULL,         NULL,  NULL},
        {"athena.amazonaws.com",     "s3:PutObject",   NULL,         NULL,  none},
        {"cloudtrail.amazonaws.com", "query:Ended",    NULL,         NULL,  none},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_auto_t *asked = json_object();
        json_put_text(asked, "roleArn", rows[i].role);
        json_put_text(asked, "roleSessionName", rows[i].session);
        const struct entry entry = {
            .op = rows[i].op, .asked = asked, .who = {.kind = PRINCIPAL_SERVICE, .name = rows[i].name}
        };
        expect("services", i, rows[i].says, could_be(s, &entry, BUNDLE));
    }
}

/* ---- on a server ---- */

/* The student logs in as ec2-user; 1 and 2 began before the lab was handed out. */
static struct os_session sessions[] = {
    {.number = 1, .user = "ec2-user", .started_ms = 1      },
    {.number = 2, .user = "root",     .started_ms = 1      },
    {.number = 3, .user = "root",     .started_ms = OVER_MS},
};

static void on_a_server(struct submission *s)
{
    static const struct {
        const char *user;
        long session;
        const char *op;
        enum kind_of_lab of;
        const char *says;
    } rows[] = {
        {"ec2-user", 1, "host:Run",     BUNDLE,   NULL                                     },
        {"root",     2, "host:Run",     BUNDLE,   "it is somebody else's session"          },
        {"root",     2, "host:Run",     LIVE_LAB, NULL                                     },
        {"root",     3, "host:Run",     BUNDLE,   NULL                                     },
        {"root",     0, "disk:Changed", BUNDLE,   NULL                                     }, /* the lab itself notes files */
        {"root",     0, "host:Run",     BUNDLE,   "nobody is on a server without a session"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct entry entry = {
            .op = rows[i].op, .on = "cafe", .who = {.kind = PRINCIPAL_OS, .name = rows[i].user, .os_session = rows[i].session}
        };
        expect("server", i, rows[i].says, could_be(s, &entry, rows[i].of));
    }
}

static void who_it_can_have_been(void)
{
    struct submission s = {.lab = {.until_ms = OVER_MS}};
    struct world *w = &s.lab.world;
    struct seed seed = seed_from_text("actor");
    struct role role = {.name = "CafeRole", .arn = ROLE_ARN};
    struct instance with = {.id = "i-1", .profile_role = "CafeRole"}, without = {.id = "i-2"};
    struct server cafe = {.name = "cafe", .login_user = "ec2-user"};
    world_init(w, &seed, "111122223333", "us-west-2", OVER_MS);
    roll_add(&w->account.roles_roll, &w->arena, &role);
    roll_add(&w->account.instances_roll, &w->arena, &with);
    roll_add(&w->account.instances_roll, &w->arena, &without);
    for (size_t i = 0; i < COUNT(keys); i++)
        roll_add(&w->account.session_keys_roll, &w->arena, &keys[i]);
    for (size_t i = 0; i < COUNT(sessions); i++)
        list_append(&cafe.sessions, &sessions[i]);
    w->servers = &cafe;
    whoever_signs(&s);
    services(&s);
    on_a_server(&s);
    w->servers = NULL;
    world_drop(w);
}

CU_TestInfo handin_actor_tests[] = {
    {"who it can have been", who_it_can_have_been},
    CU_TEST_INFO_NULL,
};
