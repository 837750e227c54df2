/* SPDX-License-Identifier: MIT */
/* A small world made by hand, and what may be done to it: for the rows of grader_checks.c, which alone includes this. */
#pragma once

#include "grader/checks.h"

#include <string.h>

/* ---- the world ---- */

static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\nec2-user:x:1000:1000::/home/ec2-user:/bin/bash\n"
                             "chaos-user:x:1001:1001::/home/chaos-user:/bin/bash\n";
static const char shadow[] = "root:*LOCK*:1::::::\nec2-user:!!:1::::::\nchaos-user:$6$x$y:1::::::\n";
static const char group[] = "root:x:0:\nwheel:x:10:ec2-user,chaos-user\nec2-user:x:1000:\nchaos-user:x:1001:\n";
static const char gshadow[] = "wheel:::ec2-user\nchaos-user:!::\n";

static struct user *add_user(struct world *w, const char *name)
{
    struct user *u = arena_alloc(&w->arena, sizeof(*u));
    u->name = name;
    u->id = arena_printf(&w->arena, "AIDA%s", name);
    u->arn = arena_printf(&w->arena, "arn:aws:iam::123456789012:user/%s", name);
    struct access_key *key = arena_alloc(&w->arena, sizeof(*key));
    key->id = arena_printf(&w->arena, "AKIA%s", name);
    key->active = true;
    user_add_key(w, u, key);
    struct attachment *a = arena_alloc(&w->arena, sizeof(*a));
    a->policy = arena_alloc(&w->arena, sizeof(*a->policy));
    a->policy->name = "AmazonEC2FullAccess";
    a->policy->arn = "arn:aws:iam::aws:policy/AmazonEC2FullAccess";
    list_append(&u->attached, a);
    roll_add(&w->account.users_roll, &w->arena, u);
    return u;
}

static struct sg_rule *add_rule(struct world *w, const char *id, const char *protocol, int from, int to, const char *cidr)
{
    struct sg_rule *rule = arena_alloc(&w->arena, sizeof(*rule));
    bool six = strchr(cidr, ':') != NULL, group_source = text_starts(cidr, "sg-");
    *rule = (struct sg_rule){.id = id, .protocol = protocol, .from_port = from, .to_port = to};
    rule->cidr4 = six || group_source ? NULL : cidr;
    rule->cidr6 = six ? cidr : NULL;
    rule->group_id = group_source ? cidr : NULL;
    list_append(&find_security_group(w, "sg-web")->rules, rule);
    return rule;
}

static void put(struct world *w, struct server *s, const char *path, const char *text)
{
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *dir = arena_dupn(&w->arena, path, (size_t)(slash - path));
        if (!tree_find(&s->tree, dir))
            tree_mkdir(w, &s->tree, dir, 0755, 0, 0, 0);
    }
    tree_put(w, &s->tree, path, text, strlen(text), 0);
}

static void add_server(struct world *w)
{
    struct server *s = arena_alloc(&w->arena, sizeof(*s));
    struct instance *box = arena_alloc(&w->arena, sizeof(*box));
    *box = (struct instance){.id = "i-box", .state = "running", .groups = {find_security_group(w, "sg-web")}, .n_groups = 1};
    roll_add(&w->account.instances_roll, &w->arena, box);
    *s = (struct server){.name = "cafe", .login_user = "ec2-user", .instance = box};
    list_append(&w->servers, s);
    tree_mkdir(w, &s->tree, "/", 0755, 0, 0, 0);
    put(w, s, "/etc/passwd", passwd);
    put(w, s, "/etc/shadow", shadow);
    put(w, s, "/etc/group", group);
    put(w, s, "/etc/gshadow", gshadow);
    put(w, s, "/etc/sudoers", "# chaos-user is not here\nec2-user ALL=(ALL) ALL\n");
    put(w, s, "/etc/sudoers.d/chaos", "chaos-user ALL=(ALL) NOPASSWD:ALL\n");
    put(w, s, "/home/chaos-user/.bashrc", "x");
    put(w, s, "/home/ec2-user/.ssh/authorized_keys", "ssh-rsa AAAA\n");
    put(w, s, "/var/www/page.html", "hello\n");
    struct os_session *session = arena_alloc(&w->arena, sizeof(*session));
    *session = (struct os_session){.number = 7, .user = "chaos-user", .uid = 1001, .tty = "pts/0", .host = "198.51.100.7"};
    list_append(&s->sessions, session);
    struct process *p = arena_alloc(&w->arena, sizeof(*p));
    *p = (struct process){.pid = 77, .uid = 1001, .title = "-bash", .exe = "/usr/bin/bash"};
    list_append(&s->processes, p);
    struct daemon *d = arena_alloc(&w->arena, sizeof(*d));
    *d = (struct daemon){.unit = "httpd", .running = true, .started_ms = 5000};
    list_append(&s->daemons, d);
}

static void make_world(struct world *w)
{
    struct seed seed = seed_from_text("checks");
    world_init(w, &seed, "123456789012", "us-west-2", 0);
    struct user *sofia = add_user(w, "sofia");
    sofia->has_login_profile = true;
    sofia->password = "old";
    add_user(w, "chaos");
    struct group *team = arena_alloc(&w->arena, sizeof(*team));
    team->name = "team";
    group_add_user(w, team, w->account.users);
    roll_add(&w->account.groups_roll, &w->arena, team);
    struct security_group *web = arena_alloc(&w->arena, sizeof(*web));
    web->id = "sg-web";
    web->name = "Web";
    roll_add(&w->account.security_groups_roll, &w->arena, web);
    add_rule(w, "sgr-80", "tcp", 80, 80, "0.0.0.0/0");
    add_rule(w, "sgr-own", "tcp", 22, 22, "203.0.113.7/32");
    struct trail *trail = arena_alloc(&w->arena, sizeof(*trail));
    *trail = (struct trail){.name = "monitor", .bucket = "logs", .logging = true, .validation = true};
    list_append(&w->account.trails, trail);
    struct bucket *logs = arena_alloc(&w->arena, sizeof(*logs));
    *logs = (struct bucket){.name = "logs", .acl = "private"};
    roll_add(&w->account.buckets_roll, &w->arena, logs);
    add_server(w);
}

/* ---- what is done to it ---- */

static struct server *server_of(struct world *w)
{
    return w->servers;
}

static void nothing(struct world *w)
{
    (void)w;
}

static void delete_chaos(struct world *w)
{
    roll_remove(&w->account.users_roll, find_user(w, "chaos"));
}

static void lock_chaos(struct world *w)
{
    find_user(w, "chaos")->keys->active = false;
}

static void detach_chaos(struct world *w)
{
    find_user(w, "chaos")->attached = NULL;
}

static void change_sofias_password(struct world *w)
{
    find_user(w, "sofia")->password = "new";
}

static void give_sofia_a_factor(struct world *w)
{
    find_user(w, "sofia")->mfa = arena_alloc(&w->arena, sizeof(struct mfa_device));
}

static void take_sofias_password(struct world *w)
{
    find_user(w, "sofia")->has_login_profile = false;
}

static void delete_sofia(struct world *w)
{
    roll_remove(&w->account.users_roll, find_user(w, "sofia"));
}

static void remake_sofia(struct world *w)
{
    find_user(w, "sofia")->id = "AIDAanother";
}

static void harm_sofia(struct world *w)
{
    struct user *sofia = find_user(w, "sofia");
    sofia->keys->active = false;
    sofia->attached = NULL;
    group_remove_user(w->account.groups, sofia);
}

static void open_ssh(struct world *w)
{
    add_rule(w, "sgr-rogue", "tcp", 22, 22, "0.0.0.0/0");
}

static void open_all(struct world *w)
{
    add_rule(w, "sgr-all", "-1", -1, -1, "0.0.0.0/0");
}

static void open_six(struct world *w)
{
    add_rule(w, "sgr-six", "tcp", 20, 30, "::/0");
}

static void open_group(struct world *w)
{
    add_rule(w, "sgr-group", "tcp", 22, 22, "sg-other");
}

static void open_halves(struct world *w)
{
    add_rule(w, "sgr-low", "tcp", 8000, 8010, "0.0.0.0/1");
    add_rule(w, "sgr-high", "tcp", 8000, 8010, "128.0.0.0/1");
    add_rule(w, "sgr-high2", "tcp", 8011, 8020, "0.0.0.0/0");
}

static void close_web(struct world *w)
{
    struct security_group *web = find_security_group(w, "sg-web");
    list_remove(&web->rules, web->rules);
}

static void stop_instance(struct world *w)
{
    w->account.instances->state = "stopped";
}

static void stop_trail(struct world *w)
{
    w->account.trails->logging = false;
}

static void select_events(struct world *w, const char *selectors)
{
    struct err e = {0};
    w->account.trails->selectors = world_keep(w, json_read(selectors, strlen(selectors), &e));
}

static void narrow_trail(struct world *w)
{
    select_events(w, "[{\"readWriteType\":\"ReadOnly\",\"includeManagementEvents\":true}]");
}

static void watch_some_objects(struct world *w)
{
    select_events(
        w,
        "[{\"readWriteType\":\"ReadOnly\",\"includeManagementEvents\":true},{\"readWriteType\":\"WriteOnly\",\"dataResources\":"
        "[{\"type\":\"AWS::S3::Object\",\"values\":[\"arn:aws:s3:::logs/\"]}]}]");
}

static void watch_objects(struct world *w)
{
    select_events(
        w,
        "[{\"readWriteType\":\"All\",\"dataResources\":[{\"type\":\"AWS::S3::Object\",\"values\":[\"arn:aws:s3:::logs/\"]}]}]");
}

static void delete_trail(struct world *w)
{
    w->account.trails = NULL;
}

static void publish_bucket(struct world *w)
{
    w->account.buckets->acl = "public-read";
}

static void let_in_from(struct world *w, const char *ip)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    const char *text =
        arena_printf(&arena,
                     "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:GetObject\", "
                     "\"Resource\": \"arn:aws:s3:::logs/*\", \"Condition\": {\"IpAddress\": {\"aws:SourceIp\": \"%s\"}}}]}",
                     ip);
    find_bucket(w, "logs")->policy = world_keep(w, json_read(text, strlen(text), &e));
}

static void publish_by_policy(struct world *w)
{
    struct err e = {0};
    static const char text[] =
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"*\"]},\"Action\":\"s3:GetObject\"}]}";
    w->account.buckets->policy = world_keep(w, json_read(text, strlen(text), &e));
}

static void publish_and_block(struct world *w)
{
    publish_by_policy(w);
    w->account.buckets->public_block = world_keep(w, json_pack("{s:b}", "RestrictPublicBuckets", 1));
}

static struct policy_doc *inline_policy(struct world *w, const char *name, const char *text)
{
    struct err e = {0};
    struct policy_doc *policy = arena_alloc(&w->arena, sizeof(*policy));
    *policy = (struct policy_doc){.name = name, .document = world_keep(w, json_read(text, strlen(text), &e))};
    return policy;
}

/* Somebody got temporary credentials of a role that may read objects, and they are over by now. */
static void assume_role(struct world *w)
{
    struct role *role = arena_alloc(&w->arena, sizeof(*role));
    *role = (struct role){.name = "web", .path = "/", .id = "AROAWEB", .arn = "arn:aws:iam::123456789012:role/web"};
    role->inline_policies =
        inline_policy(w, "read", "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}");
    roll_add(&w->account.roles_roll, &w->arena, role);
    struct session_key *key = arena_alloc(&w->arena, sizeof(*key));
    *key = (struct session_key){.id = "ASIAROLE", .secret = "", .token = "", .expires_ms = 1700003600000};
    key->who = (struct principal){.kind = PRINCIPAL_ROLE,
                                  .name = "web",
                                  .session_name = "i-1",
                                  .access_key_id = "ASIAROLE",
                                  .session_start_ms = 1700000000000};
    roll_add(&w->account.session_keys_roll, &w->arena, key);
}

static void revoke_sessions(struct world *w)
{
    assume_role(w);
    find_role(w, "web")->inline_policies->next = inline_policy(
        w, "AWSRevokeOlderSessions",
        "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":[\"*\"],\"Resource\":[\"*\"],\"Condition\":{\"DateLessThan\":"
        "{\"aws:TokenIssueTime\":\"2023-11-15T00:00:00Z\"}}}]}");
}

static void run_far_away(struct world *w)
{
    const char *vpc = network_in(w, "sa-east-1").vpc_id;
    struct security_group *group = arena_alloc(&w->arena, sizeof(*group));
    *group = (struct security_group){.id = "sg-far", .name = "farm", .vpc_id = vpc};
    roll_add(&w->account.security_groups_roll, &w->arena, group);
    struct instance *i = arena_alloc(&w->arena, sizeof(*i));
    *i = (struct instance){.id = "i-far", .type = "c5.large", .zone = "sa-east-1b", .vpc_id = vpc, .state = "stopped"};
    roll_add(&w->account.instances_roll, &w->arena, i);
    struct key_pair *k = arena_alloc(&w->arena, sizeof(*k));
    *k = (struct key_pair){.id = "key-far", .name = "worker", .region = "sa-east-1"};
    roll_add(&w->account.key_pairs_roll, &w->arena, k);
}

static void remove_user(struct world *w)
{
    struct server *s = server_of(w);
    put(w, s, "/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nec2-user:x:1000:1000::/home/ec2-user:/bin/bash\n");
    put(w, s, "/etc/shadow", "root:*LOCK*:1::::::\n");
    put(w, s, "/etc/group", "root:x:0:\nwheel:x:10:ec2-user\n");
    put(w, s, "/etc/gshadow", "wheel:::ec2-user\n");
    tree_remove(&s->tree, "/home/chaos-user", 0);
    tree_remove(&s->tree, "/etc/sudoers.d/chaos", 0);
}

static void remove_user_not_sudo(struct world *w)
{
    remove_user(w);
    put(w, server_of(w), "/etc/sudoers.d/chaos", "chaos-user ALL=(ALL) NOPASSWD:ALL\n");
}

static void remove_user_leave_member(struct world *w)
{
    remove_user(w);
    put(w, server_of(w), "/etc/group", "wheel:x:10:ec2-user,chaos-user\n");
}

static void rename_user(struct world *w)
{
    remove_user(w);
    put(w, server_of(w), "/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nghost:x:1001:1001::/home/ghost:/bin/bash\n");
}

static void leave_cron(struct world *w)
{
    remove_user(w);
    put(w, server_of(w), "/var/spool/cron/chaos-user", "* * * * * x\n");
}

static void comment_sudo(struct world *w)
{
    remove_user(w);
    put(w, server_of(w), "/etc/sudoers.d/chaos", "# chaos-user ALL=(ALL) NOPASSWD:ALL\nxchaos-user ALL=ALL\n");
}

static void set_sudo_aside(struct world *w)
{
    remove_user_not_sudo(w);
    tree_move(w, &server_of(w)->tree, "/etc/sudoers.d/chaos", "/etc/sudoers.d/chaos.disabled", 0);
}

static void lock_user(struct world *w)
{
    put(w, server_of(w), "/etc/shadow", "chaos-user:!$6$x$y:1::::::\n");
}

static void lock_user_comment_keys(struct world *w)
{
    lock_user(w);
    put(w, server_of(w), "/home/chaos-user/.ssh/authorized_keys", "\n  # ssh-rsa AAAA\n");
}

static void lock_user_leave_keys(struct world *w)
{
    lock_user(w);
    put(w, server_of(w), "/home/chaos-user/.ssh/authorized_keys", "# mine\nssh-rsa AAAA");
}

static void link_page(struct world *w)
{
    struct server *s = server_of(w);
    tree_move(w, &s->tree, "/var/www/page.html", "/var/www/page.bak", 0);
    tree_link(w, &s->tree, "/var/www/page.html", "page.bak", 0);
}

static void link_page_to_nothing(struct world *w)
{
    link_page(w);
    tree_remove(&server_of(w)->tree, "/var/www/page.bak", 0);
}

static void passwords_off(struct world *w)
{
    put(w, server_of(w), "/etc/ssh/sshd_config", "PasswordAuthentication no\n");
}

static void passwords_for_one(struct world *w)
{
    put(w, server_of(w), "/etc/ssh/sshd_config",
        "PasswordAuthentication no\n\"Match\" User ec2-user\nPasswordAuthentication yes\n");
}

static void passwords_for_account(struct world *w)
{
    passwords_off(w);
    server_of(w)->sessions = NULL;
    put(w, server_of(w), "/etc/ssh/sshd_config", "PasswordAuthentication no\nMatch User chaos*\nPasswordAuthentication yes\n");
}

/* No caller is let in by a password, but asking for each of them would take long. */
static void passwords_off_at_length(struct world *w)
{
    AUTO(str_drop) struct str config = {0}, accounts = {0};
    passwords_off(w);
    str_add(&config, "PasswordAuthentication no\n");
    for (int i = 0; i < 9000; i++)
        str_addf(&config, "Match User x%d\n", i);
    for (int i = 0; i < 90; i++)
        str_addf(&accounts, "u%d:x:%d:%d::/:/bin/sh\n", i, 2000 + i, 2000 + i);
    put(w, server_of(w), "/etc/ssh/sshd_config", str_text(&config));
    put(w, server_of(w), "/etc/passwd", str_text(&accounts));
}

static void end_session(struct world *w)
{
    server_of(w)->sessions->ended_ms = 9;
}

static void end_all(struct world *w)
{
    end_session(w);
    server_of(w)->processes = NULL;
}

static void stop_httpd(struct world *w)
{
    server_of(w)->daemons->running = false;
}

static void edit_page(struct world *w)
{
    put(w, server_of(w), "/var/www/page.html", "hacked\n");
}

static void remove_page(struct world *w)
{
    tree_remove(&server_of(w)->tree, "/var/www/page.html", 0);
}

static void add_file(struct world *w)
{
    put(w, server_of(w), "/var/www/new.html", "new\n");
}

static void add_call(struct world *w, const char *op, const char *user, const char *error)
{
    struct entry *entry = journal_add(w);
    entry->op = op;
    entry->error_code = error;
    entry->asked = world_keep(w, json_object());
    json_put_text(entry->asked, "userName", user);
    entry->time_ms = 1000 * (int64_t)entry->seq;
}

static void delete_in_order(struct world *w)
{
    add_call(w, "iam:DeleteUser", "chaos", "DeleteConflict");
    add_call(w, "iam:DeleteAccessKey", "chaos", NULL);
    add_call(w, "iam:DeleteUser", "chaos", NULL);
}
