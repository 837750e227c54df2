/* SPDX-License-Identifier: MIT */
/*
 * host:LogIn and host:LogOut. A login by ssh passes, in this order: the security groups, the listening sshd, sshd's rules about
 * who may come at all, the method offered, the password or key, PAM. What sshd knew and decided goes into the response,
 * refused or not; what the network swallowed leaves nothing on the server.
 */
#include "sim/host/login.h"
#include "sim/host/accounts.h"
#include "sim/host/deeds.h"

#include <stdlib.h>

#define SSM_SESSIONS 100000 /* their numbers; audit knows none */

struct login {
    struct machine *m;
    struct call *c;
    const char *user, *by, *addr;
    int port;
    struct daemon *sshd;
    struct sshd_client client;
    struct sshd_config config;
    struct os_user account;
    bool known;
    struct public_key key;
    bool key_good;
    int monitor, preauth;
    json_t *response; /* owned until the call takes it */
    const char *method;
};

/* ---- the network ---- */

static bool rule_lets_in(const struct sg_rule *rule, const char *addr)
{
    bool tcp = strcmp(rule->protocol, "tcp") == 0 && (rule->from_port == -1 || (rule->from_port <= 22 && rule->to_port >= 22));

    if (rule->egress || !(tcp || strcmp(rule->protocol, "-1") == 0))
        return false;
    return (rule->cidr4 && ip_in(addr, rule->cidr4)) || (rule->cidr6 && ip_in(addr, rule->cidr6));
}

static bool reachable(const struct instance *instance, const char *addr)
{
    if (strcmp(instance->state, "running") != 0)
        return false;
    for (size_t i = 0; i < instance->n_groups; i++)
        for (const struct sg_rule *rule = instance->groups[i]->rules; rule; rule = rule->next)
            if (rule_lets_in(rule, addr))
                return true;
    return false;
}

static const char *server_addr(const struct login *l)
{
    const struct instance *i = l->m->server->instance;

    return i->public_ip ? i->public_ip : i->private_ip;
}

static bool listens(const struct login *l, const struct sshd_config *global)
{
    const char *ports = sshd_value(global, "port");

    (void)l;
    while (*ports) {
        size_t n = strcspn(ports, " ");

        if (n == 2 && strncmp(ports, "22", 2) == 0)
            return true;
        ports += n + strspn(ports + n, " ");
    }
    return false;
}

static bool connect_to(struct login *l)
{
    json_put_text(l->response, "addr", l->addr);
    json_put(l->response, "port", json_integer(l->port));
    if (!reachable(l->m->server->instance, l->addr)) {
        call_fail(l->c, "ConnectionTimedOut", "ssh: connect to host %s port 22: Connection timed out", server_addr(l));
        return false;
    }
    l->sshd = find_daemon(l->m->server, "sshd");
    if (!l->sshd || !l->sshd->running || !l->sshd->config || !sshd_config_read(&l->config, l->sshd->config) ||
        !listens(l, &l->config)) {
        call_fail(l->c, "ConnectionRefused", "ssh: connect to host %s port 22: Connection refused", server_addr(l));
        return false;
    }
    return true;
}

/* ---- what sshd thinks ---- */

/* The methods as "Permission denied (...)" lists them. */
static const char *offered(struct login *l)
{
    AUTO(str_drop) struct str list = {0};

    if (sshd_value_is(&l->config, "pubkeyauthentication", "yes"))
        str_add(&list, "publickey,");
    if (sshd_value_is(&l->config, "gssapiauthentication", "yes"))
        str_add(&list, "gssapi-keyex,gssapi-with-mic,");
    if (sshd_value_is(&l->config, "passwordauthentication", "yes"))
        str_add(&list, "password,");
    if (sshd_value_is(&l->config, "kbdinteractiveauthentication", "yes"))
        str_add(&list, "keyboard-interactive,");
    return arena_dupn(&l->m->arena, str_text(&list), list.len ? list.len - 1 : 0);
}

static bool refuse(struct login *l, const char *reason)
{
    const char *said = arena_printf(&l->m->arena, "Permission denied (%s).", offered(l));

    json_put_text(l->response, "reason", reason);
    json_put_text(l->response, "said", said);
    call_fail(l->c, "PermissionDenied", "%s", said);
    return false;
}

static bool any_user_fits(struct login *l, const char *patterns)
{
    while (*patterns) {
        size_t n = strcspn(patterns, " ");

        if (sshd_user_fits(&l->client, arena_dupn(&l->m->arena, patterns, n)))
            return true;
        patterns += n + strspn(patterns + n, " ");
    }
    return false;
}

static bool any_group_fits(struct login *l, const char *patterns)
{
    while (*patterns) {
        size_t n = strcspn(patterns, " ");

        if (sshd_groups_fit(l->m->tree, l->user, arena_dupn(&l->m->arena, patterns, n)) == 1)
            return true;
        patterns += n + strspn(patterns + n, " ");
    }
    return false;
}

/* Which option keeps the user out (auth.c allowed_user()), or NULL. */
static const char *keeps_out(struct login *l)
{
    static const struct {
        const char *option, *name;
        bool allow, groups;
    } lists[] = {
        {"denyusers",   "DenyUsers",   false, false},
        {"allowusers",  "AllowUsers",  true,  false},
        {"denygroups",  "DenyGroups",  false, true },
        {"allowgroups", "AllowGroups", true,  true },
    };

    for (size_t i = 0; i < COUNT(lists); i++) {
        const char *patterns = sshd_value(&l->config, lists[i].option);
        bool fits;

        if (!*patterns)
            continue;
        fits = lists[i].groups ? any_group_fits(l, patterns) : any_user_fits(l, patterns);
        if (fits != lists[i].allow)
            return lists[i].name;
    }
    return NULL;
}

/* Programs are not in the tree, but these shells are on every server. */
static bool shell_there(const struct login *l)
{
    static const char *const shells[] = {"/bin/bash",      "/bin/sh",           "/sbin/nologin",  "/usr/bin/bash",
                                         "/usr/bin/sh",    "/usr/sbin/nologin", "/bin/false",     "/bin/true",
                                         "/usr/bin/false", "/bin/sync",         "/sbin/shutdown", "/sbin/halt"};
    struct file *file = tree_find(l->m->tree, l->account.shell);

    for (size_t i = 0; i < COUNT(shells); i++)
        if (strcmp(l->account.shell, shells[i]) == 0)
            return true;
    return *l->account.shell == '\0' || (file && file->kind == FILE_REGULAR && file->mode & 0111);
}

static bool allowed(struct login *l)
{
    const char *option;

    if (!l->known)
        return true; /* sshd goes on as if, and no password is right */
    if (!shell_there(l))
        return refuse(l, "no-shell");
    option = keeps_out(l);
    if (!option)
        return true;
    json_put_text(l->response, "by_option", option);
    return refuse(l, text_starts(option, "Allow") ? "not-allowed" : "denied");
}

/* Is one proof enough, and may it be this one? */
static bool method_suffices(struct login *l, const char *method)
{
    const char *lists = sshd_value(&l->config, "authenticationmethods");

    if (strcmp(lists, "any") == 0)
        return true;
    while (*lists) {
        size_t n = strcspn(lists, " "), name = strcspn(lists, " :,");

        if (name == strlen(method) && strncmp(lists, method, name) == 0 && !memchr(lists, ',', n))
            return true;
        lists += n + strspn(lists + n, " ");
    }
    return false;
}

static bool root_refused(struct login *l)
{
    const char *may_root = sshd_value(&l->config, "permitrootlogin");

    if (!l->known || l->account.uid != 0 || strcmp(may_root, "yes") == 0)
        return false;
    return strcmp(may_root, "no") == 0 || strcmp(l->by, "publickey") != 0 || strcmp(may_root, "forced-commands-only") == 0;
}

/* ---- passwords ---- */

static bool password_good(struct login *l)
{
    const char *password = call_text(l->c, "password");
    struct rows shadow;
    const struct row *row;
    const char *hash = NULL;

    if (!password || !l->known)
        return false;
    rows_read(l->m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, l->user);
    if (row && row->n > SP_HASH)
        hash = row->field[SP_HASH];
    rows_drop(&shadow);
    if (!hash || (*hash == '\0' && !sshd_value_is(&l->config, "permitemptypasswords", "yes")))
        return false;
    return password_fits(l->m, hash, password);
}

static bool by_password(struct login *l)
{
    bool plain = sshd_value_is(&l->config, "passwordauthentication", "yes");
    bool asked = sshd_value_is(&l->config, "kbdinteractiveauthentication", "yes") && sshd_value_is(&l->config, "usepam", "yes");

    if (!plain && !asked)
        return refuse(l, "method-off");
    l->method = plain ? "password" : "keyboard-interactive/pam";
    json_put_text(l->response, "method", l->method);
    if (!method_suffices(l, plain ? "password" : "keyboard-interactive"))
        return refuse(l, "method-off");
    if (!password_good(l))
        return refuse(l, "bad-password");
    return root_refused(l) ? refuse(l, "root-login") : true;
}

/* ---- keys ---- */

static void put_key(struct login *l)
{
    json_t *key = json_object();

    json_put_text(key, "type", l->key.kind);
    json_put(key, "bits", json_integer(l->key.bits));
    json_put_text(key, "fingerprint", l->key.fingerprint);
    json_put(l->response, "key", key);
}

static bool by_key(struct login *l)
{
    struct key_search s = {
        .key = l->key_good ? &l->key : NULL, .user = &l->account, .client = &l->client, .config = &l->config};
    enum key_answer answer;

    if (l->key_good)
        put_key(l);
    if (!sshd_value_is(&l->config, "pubkeyauthentication", "yes") || !method_suffices(l, "publickey"))
        return refuse(l, "method-off");
    answer = l->known ? authorized_keys_ask(l->m, &s) : KEY_UNKNOWN;
    if (answer == KEY_BAD_MODES)
        json_put_text(l->response, "file", s.file);
    if (answer == KEY_BAD_MODES || answer == KEY_UNKNOWN)
        return refuse(l, answer == KEY_BAD_MODES ? "strict-modes" : "no-such-key");
    if (root_refused(l) && !(answer == KEY_FORCED && sshd_value_is(&l->config, "permitrootlogin", "forced-commands-only")))
        return refuse(l, "root-login");
    if (answer == KEY_FORCED) { /* it runs, says its piece, and the connection is over */
        json_put_text(l->response, "reason", "forced-command");
        json_put_text(l->response, "command", s.command);
        call_fail(l->c, "ConnectionClosed", "the key only lets in to run: %.200s", s.command);
        return false;
    }
    return true;
}

/* ---- what comes after the proof ---- */

/* pam_unix and pam_nologin: accounts that have expired, and a server that lets nobody in. */
static bool account_open(struct login *l)
{
    struct rows shadow;
    const struct row *row;
    unsigned expires = 0;
    bool expired;

    if (l->account.uid != 0 && tree_find(l->m->tree, "/etc/nologin"))
        return refuse(l, "nologin-file");
    rows_read(l->m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, l->user);
    expired = row && row->n > SP_EXPIRES && *row->field[SP_EXPIRES] && id_parse(row->field[SP_EXPIRES], &expires) &&
              l->m->now_ms / 86400000 >= expires;
    rows_drop(&shadow);
    if (expired)
        return refuse(l, "expired");
    if (text_ends(l->account.shell, "/nologin") || text_ends(l->account.shell, "/false") ||
        text_ends(l->account.shell, "/true")) {
        json_put_text(l->response, "reason", "nologin-shell");
        json_put_text(l->response, "said", "This account is currently not available.");
        call_fail(l->c, "ConnectionClosed", "This account is currently not available.");
        return false;
    }
    return true;
}

static const char *free_tty(const struct login *l)
{
    for (int n = 0;; n++) {
        const char *tty = arena_printf(&l->m->w->arena, "pts/%d", n);
        bool taken = false;

        for (const struct os_session *s = l->m->server->sessions; s && !taken; s = s->next)
            taken = !s->ended_ms && strcmp(s->tty, tty) == 0;
        if (!taken)
            return tty;
    }
}

static struct os_session *session_begin(struct login *l, long number)
{
    struct os_session *s = arena_alloc(&l->m->w->arena, sizeof(*s));

    *s = (struct os_session){
        .number = number,
        .user = arena_dup(&l->m->w->arena, l->account.name),
        .uid = l->account.uid,
        .tty = free_tty(l),
        .host = arena_dup(&l->m->w->arena, l->addr ? l->addr : ""),
        .remote_port = l->port,
        .method = arena_dup(&l->m->w->arena, l->by),
        .started_ms = l->m->now_ms,
    };
    list_append(&l->m->server->sessions, s);
    return s;
}

static void put_session(struct login *l, const struct os_session *s)
{
    json_t *reply = json_object();

    json_put(l->response, "session", json_integer(s->number));
    json_put_text(l->response, "tty", s->tty);
    json_put_text(l->response, "home", l->account.home);
    json_put_text(l->response, "shell", l->account.shell);
    json_put(reply, "session", json_integer(s->number));
    l->c->reply = reply;
}

static void open_session(struct login *l)
{
    struct machine *m = l->m;
    struct world *w = m->w;
    struct os_session *s = session_begin(l, server_take_session(m->server, m->now_ms));
    json_t *pids = json_object_get(l->response, "pids");

    s->monitor_pid = l->monitor;
    process_add(m, s->monitor_pid, l->sshd->pid, 0, arena_printf(&w->arena, "sshd: %s [priv]", s->user), "/usr/sbin/sshd", "?",
                s->number);
    s->child_pid = server_take_pid(m->server, m->now_ms);
    process_add(m, s->child_pid, s->monitor_pid, s->uid, arena_printf(&w->arena, "sshd: %s@%s", s->user, s->tty),
                "/usr/sbin/sshd", "?", s->number);
    s->shell_pid = server_take_pid(m->server, m->now_ms);
    process_add(m, s->shell_pid, s->child_pid, s->uid, "-bash", "/usr/bin/bash", s->tty, s->number);
    json_put(pids, "child", json_integer(s->child_pid));
    json_put(pids, "shell", json_integer(s->shell_pid));
    put_session(l, s);
}

/* ---- SSM: no network, no sshd; the agent makes its user when it is missing ---- */

static bool make_ssm_user(struct login *l)
{
    static const char sudoers[] = "# User rules for ssm-user\nssm-user ALL=(ALL) NOPASSWD:ALL\n";
    AUTO(str_drop) struct str out = {0}, err = {0};
    struct program p = {
        .m = l->m, .cwd = "/", .umask = 022, .io = {.out = &out, .err = &err},
                   .ppid = l->monitor
    };
    const char *argv[] = {"useradd", "-m", "-c", "", l->user, NULL};
    int status;

    p.argv = argv;
    p.argc = COUNT(argv) - 1;
    program_begin(&p, "/usr/sbin/useradd", false);
    status = command_find("useradd")->run(&p);
    fs_write(&p, "/etc/sudoers.d/ssm-agent-users", sudoers, strlen(sudoers), false);
    program_end(&p, status);
    l->known = os_user_find(l->m->w, l->m->server, l->user, &l->account);
    return l->known;
}

static void log_in_by_ssm(struct login *l)
{
    struct machine *m = l->m;
    const struct daemon *agent = find_daemon(m->server, "amazon-ssm-agent");
    json_t *pids = json_object();
    struct os_session *s;
    long number = SSM_SESSIONS;

    if (!agent || !agent->running || strcmp(m->server->instance->state, "running") != 0) {
        json_decref(pids);
        call_fail(l->c, "TargetNotConnected", "%s is not connected.", m->server->instance->id);
        return;
    }
    l->monitor = server_take_pid(m->server, m->now_ms);
    l->addr = "";
    for (s = m->server->sessions; s; s = s->next)
        number = s->number > number ? s->number : number;
    if (!l->known && (strcmp(l->user, "ssm-user") != 0 || !make_ssm_user(l))) {
        json_decref(pids);
        call_fail(l->c, "NoSuchUser", "there is no user \"%.64s\" on this server", l->user);
        return;
    }
    s = session_begin(l, number + 1);
    s->monitor_pid = l->monitor;
    process_add(m, s->monitor_pid, agent->pid, 0, "/usr/bin/ssm-session-worker", "/usr/bin/ssm-session-worker", "?", s->number);
    s->shell_pid = server_take_pid(m->server, m->now_ms);
    process_add(m, s->shell_pid, s->monitor_pid, s->uid, "sh", "/usr/bin/bash", s->tty, s->number);
    json_put(l->response, "uid", json_integer(s->uid));
    json_put(l->response, "gid", json_integer(l->account.gid));
    json_put(pids, "monitor", json_integer(s->monitor_pid));
    json_put(pids, "shell", json_integer(s->shell_pid));
    json_put(l->response, "pids", pids);
    put_session(l, s);
}

/* ---- the operations ---- */

static void put_peers(struct login *l)
{
    json_t *pids = json_object();

    l->monitor = server_take_pid(l->m->server, l->m->now_ms);
    l->preauth = server_take_pid(l->m->server, l->m->now_ms);
    json_put_text(l->response, "laddr", l->m->server->instance->private_ip);
    json_put(l->response, "listener", json_integer(l->sshd->pid));
    json_put(pids, "monitor", json_integer(l->monitor));
    json_put(pids, "preauth", json_integer(l->preauth));
    json_put(l->response, "pids", pids);
    json_put(l->response, "known", json_boolean(l->known));
    if (l->known) {
        json_put(l->response, "uid", json_integer(l->account.uid));
        json_put(l->response, "gid", json_integer(l->account.gid));
    }
    json_put_text(l->response, "offered", offered(l));
}

static void log_in_by_ssh(struct login *l)
{
    bool password = strcmp(l->by, "password") == 0;

    if (!connect_to(l))
        return;
    l->config = (struct sshd_config){.tree = l->m->tree, .arena = &l->m->arena, .client = &l->client};
    if (!sshd_config_read(&l->config, l->sshd->config)) { /* an Include'd file has changed since; sshd drops the client */
        call_fail(l->c, "ConnectionClosed", "Connection closed by %s port 22", server_addr(l));
        return;
    }
    put_peers(l);
    if (!allowed(l) || !(password ? by_password(l) : by_key(l)) || !account_open(l))
        return;
    open_session(l);
}

void run_log_in(struct call *c)
{
    struct machine m;
    struct login l = {.m = &m, .c = c, .user = call_text(c, "user"), .by = call_text(c, "by"), .addr = c->entry->from.ip};
    const char *key = call_text(c, "key");

    if (strcmp(l.by, "password") != 0 && strcmp(l.by, "publickey") != 0 && strcmp(l.by, "ssm") != 0) {
        call_fail(c, "InvalidParameter", "by: \"%.40s\" is not \"password\", \"publickey\" or \"ssm\"", l.by);
        return;
    }
    if (strlen(l.user) > 64 || strpbrk(l.user, "\n:/")) {
        call_fail(c, "InvalidParameter", "user: \"%.64s\" is no user name", l.user);
        return;
    }
    machine_open(&m, c);
    l.addr = l.addr ? l.addr : "0.0.0.0";
    l.port = (int)call_int(c, "fromPort", chance_between(&c->ids, 32768, 60999)); /* Linux's ephemeral ports */
    l.response = json_object();
    json_put_text(l.response, "user", l.user);
    json_put_text(l.response, "by", l.by);
    l.known = os_user_find(m.w, m.server, l.user, &l.account);
    l.client = (struct sshd_client){l.user, l.addr, l.addr, m.server->instance->private_ip, 22};
    l.config = (struct sshd_config){.tree = m.tree, .arena = &m.arena};
    l.key_good = key && public_key_read(&m.arena, key, &l.key);
    if (strcmp(l.by, "ssm") == 0)
        log_in_by_ssm(&l);
    else
        log_in_by_ssh(&l);
    if (json_array_size(m.programs) > 0)
        json_put(l.response, "programs", json_incref(m.programs));
    call_log_response(c, l.response);
    machine_close(&m);
}

void run_log_out(struct call *c)
{
    struct machine m;
    struct program p = {.m = &m};
    struct os_session *s;
    struct os_user user;
    json_t *response;
    bool known;

    machine_open(&m, c);
    s = find_session(m.server, c->entry->who.os_session);
    if (!s || s->ended_ms) {
        call_fail(c, "NoSuchSession", "there is no session %ld on this server", c->entry->who.os_session);
        machine_close(&m);
        return;
    }
    known = os_user_find(m.w, m.server, s->user, &user);
    response = session_fact(s, known ? user.gid : s->uid);
    json_put_text(response, "how", "exit");
    session_end(&p, s, "exit");
    call_log_response(c, response);
    machine_close(&m);
}
