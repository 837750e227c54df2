/* SPDX-License-Identifier: MIT */
/*
 * Does a login work? By ssh it passes, in this order: the security groups, the listening sshd, sshd's rules about who may come
 * at all, the method offered, the password or key, PAM. What sshd knew and decided goes into the response, refused or not.
 */
#include "sim/host/login.h"
#include "sim/host/accounts.h"

static bool fail(struct login *, const char *code, const char *fmt, ...) PRINTF(3, 4);
static bool fail(struct login *l, const char *code, const char *fmt, ...)
{
    AUTO(str_drop) struct str message = {0};
    va_list args;

    va_start(args, fmt);
    str_vaddf(&message, fmt, args);
    va_end(args);
    l->code = code;
    l->message = arena_dup(&l->m->arena, str_text(&message));
    return false;
}

/* ---- the network ---- */

static const char *server_addr(const struct login *l)
{
    const struct instance *i = l->m->server->instance;

    return i->public_ip ? i->public_ip : i->private_ip;
}

/* The client knocks at 22. */
static bool listens(const struct sshd_config *config)
{
    const char *ports = sshd_value(config, "port");

    while (*ports) {
        size_t n = strcspn(ports, " ");

        if (n == 2 && strncmp(ports, "22", 2) == 0)
            return true;
        ports += n + strspn(ports + n, " ");
    }
    return false;
}

/* The account's owner and a thousand strangers: each login has sshd read the text that it was started with. */
static bool read_config(struct login *l)
{
    struct world *w = l->m->w;
    struct arena *lasting = w->lasting ? w->lasting : &w->arena;

    return l->sshd && l->sshd->running && l->sshd->config &&
           sshd_config_read_again(&l->config, l->sshd->config, &l->sshd->reading, lasting);
}

static bool connect_to(struct login *l)
{
    bool read;

    json_put_text(l->response, "addr", l->addr);
    json_put(l->response, "port", json_integer(l->port));
    if (!host_reachable(l->m->server->instance, l->addr, 22))
        return fail(l, "ConnectionTimedOut", "ssh: connect to host %s port 22: Connection timed out", server_addr(l));
    l->sshd = find_daemon(l->m->server, "sshd");
    read = read_config(l);
    if (!l->sshd || !l->sshd->running || (read && !listens(&l->config)))
        return fail(l, "ConnectionRefused", "ssh: connect to host %s port 22: Connection refused", server_addr(l));
    if (!read) /* an Include'd file is bad by now; sshd drops the client */
        return fail(l, "ConnectionClosed", "Connection closed by %s port 22", server_addr(l));
    return true;
}

/* ---- what sshd thinks ---- */

const char *login_offers(struct login *l)
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
    const char *said = arena_printf(&l->m->arena, "Permission denied (%s).", login_offers(l));

    json_put_text(l->response, "reason", reason);
    json_put_text(l->response, "said", said);
    return fail(l, "PermissionDenied", "%s", said);
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
    struct rows shadow;
    const struct row *row;
    const char *hash = NULL;

    if (!l->password || !l->known)
        return false;
    rows_read(l->m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, l->user);
    if (row && row->n > SP_HASH)
        hash = row->field[SP_HASH];
    rows_drop(&shadow);
    if (!hash || (*hash == '\0' && !sshd_value_is(&l->config, "permitemptypasswords", "yes")))
        return false;
    return password_fits(l->m, hash, l->password);
}

static bool by_password(struct login *l)
{
    bool plain = sshd_value_is(&l->config, "passwordauthentication", "yes");
    bool asked = sshd_value_is(&l->config, "kbdinteractiveauthentication", "yes") && sshd_value_is(&l->config, "usepam", "yes");

    if (!plain && !asked)
        return refuse(l, "method-off");
    json_put_text(l->response, "method", plain ? "password" : "keyboard-interactive/pam");
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
        return fail(l, "ConnectionClosed", "the key only lets in to run: %.200s", s.command);
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
        return fail(l, "ConnectionClosed", "This account is currently not available.");
    }
    return true;
}

/* ---- all of it ---- */

void login_prepare(struct login *l, struct machine *m, const char *user, const char *by, const char *addr, const char *key)
{
    l->m = m;
    l->user = user;
    l->by = by;
    l->addr = addr ? addr : "0.0.0.0";
    l->known = os_user_find(m->w, m->server, user, &l->account);
    l->client = (struct sshd_client){l->user, l->addr, l->addr, m->server->instance->private_ip, 22};
    l->config = (struct sshd_config){.tree = m->tree, .arena = &m->arena, .client = &l->client};
    l->key_good = key && public_key_read(&m->arena, key, &l->key);
    l->response = json_object();
    json_put_text(l->response, "user", l->user);
    json_put_text(l->response, "by", l->by);
}

bool login_decide(struct login *l, void (*peers)(struct login *))
{
    if (!connect_to(l))
        return false;
    if (peers)
        peers(l);
    return allowed(l) && (strcmp(l->by, "password") == 0 ? by_password(l) : by_key(l)) && account_open(l);
}

const char *host_login_refusal(struct world *w, const struct server *server, const struct login_try *t, const char **why)
{
    struct machine m = {.w = w, .server = (struct server *)server, .tree = (struct tree *)&server->tree, .now_ms = w->now_ms};
    struct login l = {.password = t->password, .port = 50000};

    login_prepare(&l, &m, t->user, t->by, t->ip, t->key);
    login_decide(&l, NULL);
    *why = l.code ? arena_dup(&w->arena, json_str_or(l.response, "reason", l.code)) : NULL;
    json_decref(l.response);
    arena_drop(&m.arena);
    return l.code;
}
