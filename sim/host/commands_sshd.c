/* SPDX-License-Identifier: MIT */
/* sshd as a command: -t tests its configuration, -T shows what it comes to. */
#include "sim/host/commands.h"
#include "sim/host/sshd.h"

#include <stdlib.h>

static void show_settings(struct program *p, const struct sshd_config *c)
{
    for (size_t i = 0; i < sshd_n_keywords; i++) {
        const struct sshd_keyword *known = &sshd_keywords[i];
        const char *value = c->value[i];

        if (known->alias_of || !value || !*value)
            continue;
        if (known->kind != SSHD_USERS && known->kind != SSHD_GROUPS && known->kind != SSHD_ADD && known->kind != SSHD_PORT) {
            sayf(p, "%s %s\n", known->name, value);
            continue;
        }
        while (*value) { /* one line for each */
            size_t n = strcspn(value, " ");

            sayf(p, "%s %.*s\n", known->name, (int)n, value);
            value += n + strspn(value + n, " ");
        }
    }
}

static bool client_part(struct sshd_client *client, struct arena *arena, const char *part, size_t n)
{
    const char *value = memchr(part, '=', n);
    const char *text = value ? arena_dupn(arena, value + 1, n - (size_t)(value - part) - 1) : NULL;
    size_t name = value ? (size_t)(value - part) : 0;

    if (name == 4 && strncmp(part, "user", 4) == 0)
        client->user = text;
    else if (name == 4 && strncmp(part, "host", 4) == 0)
        client->host = text;
    else if (name == 4 && strncmp(part, "addr", 4) == 0)
        client->addr = text;
    else if (name == 5 && strncmp(part, "laddr", 5) == 0)
        client->local_addr = text;
    else if (name == 5 && strncmp(part, "lport", 5) == 0)
        client->local_port = atoi(text);
    else
        return false;
    return true;
}

static int read_client(struct program *p, const char *spec, struct sshd_client *client)
{
    while (*spec) {
        size_t n = strcspn(spec, ",");

        if (!client_part(client, &p->m->arena, spec, n)) {
            str_addf(p->io.err, "Invalid test mode specification %.*s\n", (int)n, spec);
            return 1;
        }
        spec += n + (spec[n] == ',');
    }
    return 0;
}

int run_sshd(struct program *p)
{
    static const struct option_spec spec = {"46C:c:Dde:E:f:g:h:iko:p:qTtu:", "", false};
    struct options o = {.p = p, .spec = &spec};
    struct sshd_client client = {0};
    struct sshd_config c = {.tree = p->m->tree, .arena = &p->m->arena};
    const char *value, *file = SSHD_CONFIG_NAME, *data;
    bool test = false, show = false;
    int letter, error;
    size_t n;

    while ((letter = options_next(&o, &value))) {
        test |= letter == 't';
        show |= letter == 'T';
        file = letter == 'f' ? value : file;
        if (letter == 'C') {
            c.client = &client;
            if (read_client(p, value, &client) != 0)
                return 1;
        }
    }
    if (o.failed)
        return 1;
    error = fs_read(p, file, &data, &n);
    if (error) {
        str_addf(p->io.err, "%s: %s\n", file, strerror(error));
        return 1;
    }
    if (p->cred.uid != 0) {
        str_add(p->io.err, "sshd: no hostkeys available -- exiting.\n");
        return 1;
    }
    if (!sshd_config_read(&c, arena_dupn(&p->m->arena, data, n))) {
        str_addf(p->io.err, "%s\n", c.why);
        return 255;
    }
    if (show)
        show_settings(p, &c);
    if (!show && !test) {
        str_add(p->io.err, "sshd re-exec requires execution with an absolute path\n");
        return 255;
    }
    return 0;
}
