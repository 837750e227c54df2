/* SPDX-License-Identifier: MIT */
/*
 * compose.yaml for an image of a lab (compose-spec): two services of one image, who serves the account and the server. They
 * share a network that has no interface but loopback, and the lab's folder as a volume, which begins as the image has it.
 *
 * A scalar is always quoted: a scenario's or a student's name never is YAML.
 */
#include "sim/shell/image_parts.h"

#include <string.h>

static const char lab[] = IMAGE_LAB;

static void line(struct str *out, int depth, const char *key, const char *value)
{
    str_addf(out, "%*s%s: ", 2 * depth, "", key);
    str_add_json(out, value); /* JSON's strings are YAML's, too */
    str_addc(out, '\n');
}

static void list(struct str *out, int depth, const char *key, const char *const *values)
{
    str_addf(out, "%*s%s: [", 2 * depth, "", key);
    for (size_t i = 0; values[i]; i++) {
        str_add(out, i ? ", " : "");
        str_add_json(out, values[i]);
    }
    str_add(out, "]\n");
}

/* A volume is filled once and outlives its containers: each image has its own, else a new lab's server would find an old
 * lab. Compose's `name` would not tell two images of one name apart, and docker-compose 1 refuses it. */
static void add_volume(struct str *out, const struct image_wish *w, const char *digest)
{
    AUTO(str_drop) struct str name = {0};
    str_add(&name, "cafelab-");
    for (const char *at = strrchr(w->name, '/') ? strrchr(w->name, '/') + 1 : w->name; *at; at++)
        if (strchr(ALPHABET_LOWER "-_", *at))
            str_addc(&name, *at);
        else if (*at == ':')
            str_addc(&name, '-');
    str_addf(&name, "-%.12s", digest + strlen("sha256:"));
    str_add(out, "volumes:\n  lab:\n");
    line(out, 2, "name", str_text(&name));
}

static void add_head(struct str *out)
{
    str_add(out, "# Written by `cafelab host export`. Load the image first: docker load -i, podman load -i.\n"
                 "#   docker compose up -d\n"
                 "#   docker compose exec server cafelab shell " IMAGE_LAB "      # as by ssh\n"
                 "#   docker compose exec account cafelab call " IMAGE_LAB " iam:ListUsers '{}'  # the account, without aws\n"
                 "#   docker compose exec -T account sh -c \\\n"
                 "#     'cafelab submit " IMAGE_LAB " -o /tmp/h.tar.gz >&2; cat /tmp/h.tar.gz' >handin.tar.gz\n");
}

static void add_service(struct str *out, const struct image_wish *w, const char *name, const char *const *command)
{
    str_addf(out, "  %s:\n", name);
    line(out, 2, "image", w->name);
    line(out, 2, "pull_policy", "never");
    list(out, 2, "command", command);
    str_add(out, "    volumes:\n"
                 "      - type: volume\n"
                 "        source: lab\n"
                 "        target: " IMAGE_LAB "\n");
    line(out, 2, "restart", "no");
}

/* Without rights, and nothing of it can be written but the lab. */
static void add_account(struct str *out, const struct image_wish *w)
{
    static const char *const command[] = {"start", lab, "--port", "4567", NULL};
    static const char *const all[] = {"ALL", NULL}, *const none[] = {"no-new-privileges:true", NULL},
                             *const tmp[] = {"/tmp", NULL};
    AUTO(str_drop) struct str host = {0};
    str_addn(&host, w->server->hostname, strcspn(w->server->hostname, "."));
    add_service(out, w, "account", command);
    line(out, 2, "network_mode", "none");
    line(out, 2, "hostname", str_text(&host)); /* who shares a network has its name */
    str_add(out, "    read_only: true\n");
    list(out, 2, "tmpfs", tmp);
    list(out, 2, "cap_drop", all);
    list(out, 2, "security_opt", none);
}

/* Docker's own list but for what the server has no use for; SYS_PTRACE, without which userdel does not see a session;
 * NET_ADMIN, to bring up the server's addresses on a loopback that leads nowhere. */
static void add_server(struct str *out, const struct image_wish *w)
{
    static const char *const command[] = {"shell", lab, NULL};
    static const char *const drop[] = {"NET_RAW", "MKNOD", "SETFCAP", "SETPCAP", NULL};
    static const char *const add[] = {"SYS_PTRACE", "NET_ADMIN", NULL};
    add_service(out, w, "server", command);
    str_add(out, "    depends_on: [account]\n");
    line(out, 2, "network_mode", "service:account");
    list(out, 2, "cap_drop", drop);
    list(out, 2, "cap_add", add);
}

void image_add_compose(struct str *out, const struct image_wish *w, const char *digest)
{
    add_head(out);
    str_add(out, "services:\n");
    add_account(out, w);
    add_server(out, w);
    add_volume(out, w, digest);
}
