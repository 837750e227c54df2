/* SPDX-License-Identifier: MIT */
/*
 * Checks of the way in: what sshd's configuration means for whoever may come.
 *
 * An option is asked for as sshd -T -C asks: with a user and an address, for a Match block may say yes to one of them only.
 */
#include "grader/checks.h"

#include <string.h>
#include <strings.h>

#define SSHD_CONFIG "/etc/ssh/sshd_config"

struct sshd_params {
    const char *server, *option, *equals;
    bool running;
};

#define SSHD(member) offsetof(struct sshd_params, member)
static const struct field sshd_list[] = {
    {"server",  decode_server, SSHD(server),  true,  "the server",                                             NULL},
    {"option",  decode_filled, SSHD(option),  true,  "a keyword of sshd_config",                               NULL},
    {"equals",  decode_filled, SSHD(equals),  true,  "what it means in effect, for everybody from everywhere", NULL},
    {"running", decode_bool,   SSHD(running), false, "true: also in the configuration that the daemon loaded", NULL},
};
static const struct fields sshd_fields = FIELDS("sshd", sshd_list, struct sshd_params);

/* Who may come: everybody that the scenario knows, and a stranger; accounts that only the server knows, from one address. */
struct callers {
    const char *users[96], *addresses[24];
    size_t n_known, n_users, n_addresses;
};
enum { MOST_KNOWN = 24 };

static void add_once(const char **list, size_t *n, size_t most, const char *text)
{
    for (size_t i = 0; i < *n; i++)
        if (text_same(list[i], text))
            return;
    if (text && *n < most)
        list[(*n)++] = text;
}

static void add_accounts(struct scene *scene, const struct server *server, struct callers *c)
{
    struct line line = {0};
    c->n_known = c->n_users;
    while (c->n_users < COUNT(c->users) && next_line(tree_find(&server->tree, "/etc/passwd"), &line)) {
        const char *colon = memchr(line.s, ':', line.n);
        if (colon && colon > line.s)
            add_once(c->users, &c->n_users, COUNT(c->users), arena_dupn(scene->arena, line.s, (size_t)(colon - line.s)));
    }
}

static void find_callers(struct scene *scene, const struct server *server, struct callers *c)
{
    add_once(c->users, &c->n_users, MOST_KNOWN, "somebody");
    add_once(c->users, &c->n_users, MOST_KNOWN, "root");
    add_once(c->users, &c->n_users, MOST_KNOWN, server->login_user);
    for (const struct os_session *s = server->sessions; s; s = s->next)
        add_once(c->users, &c->n_users, MOST_KNOWN, s->user);
    add_once(c->addresses, &c->n_addresses, COUNT(c->addresses), "192.0.2.250");
    for (size_t i = 0; scene->play && i < scene->play->n_cast; i++)
        add_once(c->addresses, &c->n_addresses, COUNT(c->addresses), scene->play->cast[i].from.ip);
    for (const struct os_session *s = server->sessions; s; s = s->next)
        add_once(c->addresses, &c->n_addresses, COUNT(c->addresses), s->host && *s->host ? s->host : NULL);
    add_accounts(scene, server, c);
}

/* Without a line that begins with Match or Include everybody gets the same answer: asked once. sshd takes quotes off first. */
static bool same_for_all(const char *config)
{
    while (*config) {
        config += strspn(config, " \t\r\n");
        bool quoted = *config != '#' && memchr(config, '"', strcspn(config, " \t\r\n="));
        if (quoted || !strncasecmp(config, "match", 5) || !strncasecmp(config, "include", 7))
            return false;
        config += strcspn(config, "\n");
    }
    return true;
}

struct asked { /* one text of sshd_config and what is asked of it */
    struct scene *scene;
    const struct server *server;
    const char *config, *where; /* where: in messages */
    const struct sshd_params *p;
    size_t steps; /* that reading it took so far */
};

/* A text of some hundred lines for everybody who may come takes a tenth of it. */
enum { MOST_STEPS = 1000000 };

static bool ask(struct asked *a, const char *user, const char *addr, struct result *r)
{
    struct sshd_client client = {.user = user, .addr = addr, .host = addr, .local_port = 22};
    const char *why = NULL;
    const char *value = sshd_effective(&a->server->tree, a->config, a->p->option, &client, &a->steps, a->scene->arena, &why);
    if (!value) {
        found(r, "%s cannot be read: %s", a->where, why ? why : "no such option");
        return false;
    }
    if (a->steps > MOST_STEPS) {
        found(r, "%s is too long to be asked for everybody who may come", a->where);
        return false;
    }
    if (!strcasecmp(value, a->p->equals))
        return true;
    found(r, "%s: %s is %s for %s from %s", a->where, a->p->option, value, user, addr);
    return false;
}

static bool ask_all(struct asked *a, struct result *r)
{
    struct callers c = {0};
    find_callers(a->scene, a->server, &c);
    bool once = same_for_all(a->config);
    for (size_t i = 0; i < c.n_users; i++)
        for (size_t j = 0; j < (i < c.n_known ? c.n_addresses : 1); j++) {
            if (!ask(a, c.users[i], c.addresses[j], r)) /* the first one says it */
                return false;
            if (once)
                return true;
        }
    return true;
}

static void cite_option(struct scene *scene, const struct server *server, const char *option, struct result *r)
{
    struct line line = {0};
    const struct file *file = host_file(&server->tree, SSHD_CONFIG);
    size_t n = strlen(option);
    while (next_line(file, &line)) {
        size_t lead = strspn(line.s, " \t");
        if (lead + n < line.n && !strncasecmp(line.s + lead, option, n) && strchr(" \t=", line.s[lead + n]))
            cite_line(scene, r, server, SSHD_CONFIG, line.number, line_text(scene->arena, &line));
    }
}

static void run_sshd(struct scene *scene, const void *params, struct result *r)
{
    const struct sshd_params *p = params;
    const struct server *server = scene_server(scene, p->server, r);
    if (!server)
        return;
    const struct file *file = host_file(&server->tree, SSHD_CONFIG);
    const struct daemon *daemon = find_daemon(server, "sshd");
    expected(r, "%s is %s in effect, for everybody%s", p->option, p->equals,
             p->running ? "; the running sshd has loaded that" : "");
    if (!file || file->kind != FILE_REGULAR || !file->data) {
        found(r, SSHD_CONFIG " is gone");
        return;
    }
    struct asked on_disk = {scene, server, arena_dupn(scene->arena, file->data, file->size), SSHD_CONFIG, p, 0};
    r->good = ask_all(&on_disk, r);
    if (r->good)
        found(r, SSHD_CONFIG ": %s is %s", p->option, p->equals);
    bool same_text = r->good && daemon && text_same(daemon->config, on_disk.config); /* what was good is good */
    if (p->running && daemon && daemon->running && daemon->config && !same_text) {
        struct asked loaded = {scene, server, daemon->config, "the running sshd", p, 0};
        bool good = ask_all(&loaded, r);
        if (!good && r->good)
            found(r, "it was not restarted since the change");
        r->good &= good;
    }
    if (!r->good)
        cite_option(scene, server, p->option, r);
}

const struct check_kind check_sshd = {"sshd", "an option of sshd as it is in effect", &sshd_fields, NULL, run_sshd};
