/* SPDX-License-Identifier: MIT */
#include "sim/world/world.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void open_world(struct world *w)
{
    struct seed seed = seed_from_text("find");
    world_init(w, &seed, "123456789012", "us-west-2", 1000);
}

static void test_account(void)
{
    AUTO(world_drop) struct world w;
    struct access_key key = {.id = "AKIA1"}, *found = NULL;
    struct user user = {.name = "ines", .id = "AIDAINES"};
    struct group group = {.name = "cooks"}, empty = {.name = "none"};
    struct role role = {.name = "audit", .arn = "arn:aws:iam::1:role/x/audit"};
    struct kms_key kms = {.id = "1234", .arn = "arn:aws:kms:us-west-2:1:key/1234"};
    struct kms_alias alias = {.name = "alias/logs", .key = &kms};
    struct trail trail = {.name = "monitor", .arn = "arn:aws:cloudtrail:us-west-2:1:trail/monitor"};
    struct tag second = {.key = "b", .value = "2"}, first = {.next = &second, .key = "a", .value = "1"};
    open_world(&w);
    roll_add(&w.account.users_roll, &w.arena, &user);
    roll_add(&w.account.groups_roll, &w.arena, &empty);
    roll_add(&w.account.groups_roll, &w.arena, &group);
    roll_add(&w.account.roles_roll, &w.arena, &role);
    roll_add(&w.account.keys_roll, &w.arena, &kms);
    roll_add(&w.account.aliases_roll, &w.arena, &alias);
    list_append(&w.account.trails, &trail);
    user_add_key(&w, &user, &key);
    group_add_user(&w, &group, &user);
    CU_ASSERT(find_user(&w, "ines") == &user && !find_user(&w, "Ines") && !find_user(&w, NULL));
    CU_ASSERT(find_user_by_key(&w, "AKIA1", &found) == &user && found == &key && !find_user_by_key(&w, NULL, NULL));
    CU_ASSERT(find_group(&w, "cooks") == &group && group_has(&group, &user) && !group_has(&empty, &user));
    CU_ASSERT(find_role(&w, "audit") == &role && find_role(&w, role.arn) == &role && !find_role(&w, "x/audit"));
    static const char *const names[] = {"1234", "arn:aws:kms:us-west-2:1:key/1234", "alias/logs",
                                        "arn:aws:kms:us-west-2:1:alias/logs"};
    for (size_t i = 0; i < COUNT(names); i++)
        CU_ASSERT_PTR_EQUAL(find_kms_key(&w, names[i]), &kms);
    CU_ASSERT(!find_kms_key(&w, "alias/none") && !find_kms_key(&w, "arn:none") && !find_kms_key(&w, NULL) &&
              !find_kms_key(&w, ""));
    CU_ASSERT(find_trail(&w, "monitor") == &trail && find_trail(&w, trail.arn) == &trail && !find_trail(&w, "x"));
    CU_ASSERT(find_security_group(&w, "default") && !find_security_group(&w, "web") && !find_bucket(&w, "b") &&
              !find_instance(&w, "i"));
    CU_ASSERT_STRING_EQUAL(tag_value(&first, "b"), "2");
    CU_ASSERT(!tag_value(&first, "c") && !tag_value(NULL, "a"));
    roll_remove(&w.account.groups_roll, &empty);
    CU_ASSERT(w.account.groups == &group && !group.next && !group.prev && !find_group(&w, "none"));
    roll_rename(&w.account.users_roll, &w.arena, &user, "inês");
    group_remove_user(&group, &user);
    user_remove_key(&w, &user, &key);
    CU_ASSERT(find_user(&w, "inês") == &user && !find_user(&w, "ines") && !group_has(&group, &user) && !group.members);
    CU_ASSERT(!find_user_by_key(&w, "AKIA1", NULL) && !user.keys);
    CU_ASSERT(list_remove(&w.account.trails, &trail) && !list_remove(&w.account.trails, &trail));
}

static void test_server(void)
{
    AUTO(world_drop) struct world w;
    struct os_session session = {.number = 7};
    struct process process = {.pid = 31};
    struct daemon daemon = {.unit = "sshd"};
    struct server server = {.name = "cafe", .sessions = &session, .processes = &process, .daemons = &daemon};
    open_world(&w);
    list_append(&w.servers, &server);
    CU_ASSERT(find_server(&w, "cafe") == &server && !find_server(&w, "x") && !find_server(&w, NULL));
    CU_ASSERT(find_session(&server, 7) == &session && !find_session(&server, 8));
    CU_ASSERT(find_process(&server, 31) == &process && !find_process(&server, 1));
    CU_ASSERT(find_daemon(&server, "sshd") == &daemon && !find_daemon(&server, "httpd"));
}

static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\n"
                             "# a comment\n"
                             "broken:x:abc:0::/:\n"
                             "short:x:1\n"
                             "big:x:99999999999:0::/:/bin/sh\n"
                             "ec2-user:x:1000:1000:EC2 Default User:/home/ec2-user:/bin/bash\n"
                             "twin:x:1000:1000::/:/bin/sh\n"
                             "ec2-user:x:7:7::/:/bin/sh\n"
                             "last:x:1001:1001::/home/last:/bin/zsh";

static void test_os_users(void)
{
    AUTO(world_drop) struct world w;
    struct server server = {.name = "cafe"};
    struct os_user user;
    open_world(&w);
    CU_ASSERT(!os_user_find(&w, &server, "root", &user)); /* no tree yet */
    tree_mkdir(&w, &server.tree, "/", 0755, 0, 0, 1);
    tree_mkdir(&w, &server.tree, "/etc", 0755, 0, 0, 1);
    tree_put(&w, &server.tree, "/etc/passwd", passwd, strlen(passwd), 1);
    CU_ASSERT(os_user_find(&w, &server, "ec2-user", &user) && user.uid == 1000 && user.gid == 1000);
    CU_ASSERT_STRING_EQUAL(user.home, "/home/ec2-user");
    CU_ASSERT_STRING_EQUAL(user.shell, "/bin/bash");
    CU_ASSERT(os_user_by_uid(&w, &server, 1000, &user) && text_same(user.name, "ec2-user"));
    CU_ASSERT(os_user_find(&w, &server, "last", &user) && text_same(user.shell, "/bin/zsh"));
    CU_ASSERT(os_user_by_uid(&w, &server, 0, &user) && text_same(user.name, "root"));
    CU_ASSERT(!os_user_find(&w, &server, "broken", &user) && !os_user_find(&w, &server, "short", &user));
    CU_ASSERT(!os_user_find(&w, &server, "big", &user) && !os_user_find(&w, &server, "", &user) &&
              !os_user_find(&w, &server, NULL, &user));
    CU_ASSERT(!os_user_by_uid(&w, &server, 4242, &user));
}

/* A new account has what AWS gives it, and the same for the same seed. */
static void test_new_account(void)
{
    AUTO(world_drop) struct world a, b;
    open_world(&a);
    open_world(&b);
    CU_ASSERT_STRING_EQUAL(a.account.network.vpc_id, b.account.network.vpc_id);
    CU_ASSERT_EQUAL(strlen(a.account.key_prefix), 8);
    const struct security_group *group = a.account.security_groups;
    CU_ASSERT(group && text_same(group->name, "default") && group->rules && group->rules->next && group->rules->next->egress);
    CU_ASSERT(text_starts(group->id, "sg-0") && strlen(group->id) == 20);
}

/* New settings are for what comes after; the first span of a trail begins with what turned it on. */
static void test_spans(void)
{
    struct trail one = {.name = "one"}, other = {.name = "other"};
    struct logging_span list[] = {
        {.next = &list[1], .trail = &one, .from_ms = 100,    .to_ms = 200},
        {.next = &list[2],                .trail = &other,              .from_ms = 50, .to_ms = 300},
        {.next = &list[3],    .trail = &one,                 .from_ms = 200,                   .to_ms = 300},
        {.trail = &one,  .from_ms = 400,.to_ms = INT64_MAX},
    };
    static const struct {
        int64_t time_ms;
        const char *covered; /* by each of the four */
    } rows[] = {
        {99,  "-+--"},
        {100, "++--"},
        {200, "++--"},
        {201, "-++-"},
        {300, "-++-"},
        {301, "----"},
        {400, "---+"},
        {999, "---+"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(list); k++)
            CU_ASSERT_EQUAL(span_covers(&list[k], rows[i].time_ms, span_goes_on(list, &list[k])), rows[i].covered[k] == '+');
}

static void test_data_events(void)
{
    static const struct {
        const char *type, *value, *bucket, *key;
        bool read_only, taken;
    } rows[] = {
        {"All",       "arn:aws:s3:::b/",      "b",  "x",      true,  true },
        {"All",       "arn:aws:s3:::b/",      "b",  NULL,     true,  true }, /* its list */
        {"All",       "arn:aws:s3:::b/",      "bb", "x",      true,  false},
        {"All",       "arn:aws:s3:::b/menu/", "b",  "menu/x", true,  true },
        {"All",       "arn:aws:s3:::b/menu/", "b",  "x",      true,  false},
        {"All",       "arn:aws:s3:::b/menu/", "b",  NULL,     true,  false},
        {"All",       "arn:aws:s3",           "c",  "x",      true,  true },
        {"All",       "arn:aws:s3:::",        "c",  "x",      false, true },
        {"ReadOnly",  "arn:aws:s3:::b/",      "b",  "x",      true,  true },
        {"ReadOnly",  "arn:aws:s3:::b/",      "b",  "x",      false, false},
        {"WriteOnly", "arn:aws:s3:::b/",      "b",  "x",      false, true },
        {"WriteOnly", "arn:aws:s3:::b/",      "b",  "x",      true,  false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_auto_t *selectors = json_pack("[{s:s, s:[{s:s, s:[s]}]}]", "readWriteType", rows[i].type, "dataResources", "type",
                                           "AWS::S3::Object", "values", rows[i].value);
        struct logging_span span = {.data_events = true, .selectors = selectors};
        CU_ASSERT_EQUAL(span_takes_object(&span, rows[i].bucket, rows[i].key, rows[i].read_only), rows[i].taken);
    }
}

/* By key, the newest first; of one moment the one that came last. */
static void test_versions(void)
{
    struct object list[] = {
        {.key = "menu", .version = "1", .modified_ms = 10},
        {.key = "menu", .version = "2", .modified_ms = 20},
        {.key = "menu", .version = "3", .modified_ms = 20},
        {.key = "bill", .version = "4", .modified_ms = 30},
        {.key = "menu", .version = "5", .modified_ms = 15},
    };
    static const char *const order[] = {"4", "3", "2", "5", "1"};
    struct bucket bucket = {.name = "b"};
    for (size_t i = 0; i < COUNT(list); i++)
        bucket_put_older(&bucket, &list[i]);
    const struct object *object = bucket.older;
    for (size_t i = 0; i < COUNT(order); i++, object = object ? object->next : NULL)
        CU_ASSERT(object && text_same(object->version, order[i]));
    CU_ASSERT_PTR_NULL(object);
    CU_ASSERT(find_older(&bucket, "menu") == &list[2] && find_version(&bucket, "menu", "5") == &list[4]);
    CU_ASSERT_PTR_NULL(find_version(&bucket, "bill", "5"));
}

CU_TestInfo world_find_tests[] = {
    {"things of an account", test_account    },
    {"things of a server",   test_server     },
    {"OS accounts",          test_os_users   },
    {"a new account",        test_new_account},
    {"spans of logging",     test_spans      },
    {"data events",          test_data_events},
    {"older versions",       test_versions   },
    CU_TEST_INFO_NULL,
};
