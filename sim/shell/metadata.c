/* SPDX-License-Identifier: MIT */
/*
 * Instance metadata as an instance finds it on 169.254.169.254, both versions: with a token (PUT /latest/api/token) and
 * without. What there is is a table of paths; directories are listed from it.
 *
 * Sources: EC2 user guide, "Instance metadata categories" and "Use IMDSv2"; instance identity documents, ibid.
 */
#include "sim/shell/parts.h"

#include <stdlib.h>
#include <string.h>

#define TOKEN_MOST_S 21600
#define ROLE_DIR "meta-data/iam/security-credentials/"

/* ---- what there is ---- */

static void put(struct metadata *m, const char *path, const char *value)
{
    if (value && m->n < COUNT(m->items))
        m->items[m->n++] = (struct metadata_item){path, value};
}

static const char *identity_document(struct arena *arena, const struct world *w, const struct instance *i)
{
    return arena_printf(
        arena,
        "{\n  \"accountId\" : \"%s\",\n  \"architecture\" : \"x86_64\",\n  \"availabilityZone\" : \"%s\",\n"
        "  \"billingProducts\" : null,\n  \"devpayProductCodes\" : null,\n  \"marketplaceProductCodes\" : null,\n"
        "  \"imageId\" : \"%s\",\n  \"instanceId\" : \"%s\",\n  \"instanceType\" : \"%s\",\n  \"kernelId\" : null,\n"
        "  \"pendingTime\" : \"%s\",\n  \"privateIp\" : \"%s\",\n  \"ramdiskId\" : null,\n  \"region\" : \"%s\",\n"
        "  \"version\" : \"2017-09-30\"\n}",
        w->account.id, i->zone, i->image_id, i->id, i->type, arena_time(arena, i->launched_ms, TIME_ISO), i->private_ip,
        w->account.region);
}

static void put_network(struct metadata *m, struct arena *arena, const struct world *w, const struct instance *i)
{
    const char *mac = instance_mac(arena, i);
    const char *at = arena_printf(arena, "meta-data/network/interfaces/macs/%s", mac);
    AUTO(str_drop) struct str ids = {0};
    for (size_t k = 0; k < i->n_groups; k++)
        str_addf(&ids, "%s%s", k ? "\n" : "", i->groups[k]->id);
    put(m, "meta-data/mac", mac);
    put(m, arena_printf(arena, "%s/device-number", at), "0");
    put(m, arena_printf(arena, "%s/interface-id", at), i->eni_id);
    put(m, arena_printf(arena, "%s/local-ipv4s", at), i->private_ip);
    put(m, arena_printf(arena, "%s/mac", at), mac);
    put(m, arena_printf(arena, "%s/owner-id", at), w->account.id);
    put(m, arena_printf(arena, "%s/public-ipv4s", at), i->public_ip);
    put(m, arena_printf(arena, "%s/security-group-ids", at), arena_dup(arena, str_text(&ids)));
    put(m, arena_printf(arena, "%s/subnet-id", at), i->subnet_id);
    put(m, arena_printf(arena, "%s/vpc-id", at), i->vpc_id);
    put(m, arena_printf(arena, "%s/vpc-ipv4-cidr-block", at), w->account.network.vpc_cidr);
}

static void put_role(struct metadata *m, struct arena *arena, const struct world *w, const struct instance *i)
{
    if (!i->profile_role)
        return;
    m->role = i->profile_role;
    put(m, "meta-data/iam/info",
        arena_printf(arena,
                     "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"%s\",\n  \"InstanceProfileArn\" : "
                     "\"arn:aws:iam::%s:instance-profile/%s\",\n  \"InstanceProfileId\" : \"%s\"\n}",
                     arena_time(arena, i->launched_ms, TIME_ISO), w->account.id, i->profile_role,
                     instance_profile_id(w, arena, i->profile_role)));
    put(m, arena_printf(arena, ROLE_DIR "%s", i->profile_role), "");
}

void metadata_begin(struct metadata *m, struct world *w, const struct server *server, const struct shell_house *house)
{
    const struct instance *i = server->instance;
    struct arena *arena = &w->arena;
    const char *region = w->account.region;
    AUTO(str_drop) struct str names = {0};
    *m = (struct metadata){.house = house,
                           .server = server->name,
                           .key = seed_derive(&w->seed, "metadata/%s", server->name),
                           .off = i->metadata_off,
                           .insists = i->tokens_required};
    for (size_t k = 0; k < i->n_groups; k++)
        str_addf(&names, "%s%s", k ? "\n" : "", i->groups[k]->name);
    put(m, "dynamic/instance-identity/document", identity_document(arena, w, i));
    put(m, "meta-data/ami-id", i->image_id);
    put(m, "meta-data/ami-launch-index", "0");
    put(m, "meta-data/ami-manifest-path", "(unknown)");
    put(m, "meta-data/block-device-mapping/ami", "/dev/xvda");
    put(m, "meta-data/block-device-mapping/root", "/dev/xvda");
    put(m, "meta-data/hostname", server->hostname);
    put_role(m, arena, w, i);
    put(m, "meta-data/instance-action", "none");
    put(m, "meta-data/instance-id", i->id);
    put(m, "meta-data/instance-life-cycle", "on-demand");
    put(m, "meta-data/instance-type", i->type);
    put(m, "meta-data/local-hostname", server->hostname);
    put(m, "meta-data/local-ipv4", i->private_ip);
    put_network(m, arena, w, i);
    put(m, "meta-data/placement/availability-zone", i->zone);
    put(m, "meta-data/placement/region", region);
    put(m, "meta-data/profile", "default-hvm");
    put(m, "meta-data/public-hostname", instance_public_dns(arena, i, region));
    put(m, "meta-data/public-ipv4", i->public_ip);
    if (i->key_name && *server->public_key) {
        put(m, "meta-data/public-keys/0/openssh-key", server->public_key);
        m->key_name = i->key_name;
    }
    put(m, "meta-data/reservation-id", i->reservation_id);
    put(m, "meta-data/security-groups", arena_dup(arena, str_text(&names)));
    put(m, "meta-data/services/domain", "amazonaws.com");
    put(m, "meta-data/services/partition", "aws");
}

void metadata_print(const struct metadata *m, uint8_t ret[32])
{
    AUTO(str_drop) struct str all = {0};
    str_addf(&all, "%d %d %s\n", m->off, m->insists, m->key_name ? m->key_name : "");
    for (size_t i = 0; i < m->n; i++)
        str_addf(&all, "%s %s\n", m->items[i].path, m->items[i].value);
    sha256(all.s, all.len, ret);
}

/* ---- requests ---- */

/* The value of a header, trimmed; NULL = it is not there. `name` in small letters. */
static const char *header(const char *head, const char *name, size_t *n)
{
    size_t len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, len) != 0 || line[2 + len] != ':')
            continue;
        const char *value = line + 3 + len;
        value += strspn(value, " \t");
        *n = strcspn(value, "\r\n");
        return value;
    }
    return NULL;
}

static void reply(struct str *out, const char *status, const char *type, const char *more, const char *body)
{
    str_addf(out, "HTTP/1.1 %s\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\nServer: EC2ws\r\nConnection: close\r\n\r\n%s",
             status, type, more, strlen(body), body);
}

static void refuse(struct str *out, const char *status)
{
    AUTO(str_drop) struct str body = {0};
    str_addf(&body,
             "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
             "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
             "\t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
             "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n <head>\n  <title>%.3s - %s</title>\n"
             " </head>\n <body>\n  <h1>%.3s - %s</h1>\n </body>\n</html>\n",
             status, status + 4, status, status + 4);
    reply(out, status, "text/html", "", str_text(&body));
}

/* A token says until when it is good, and is ours: nothing needs to be remembered. */
static void add_token(struct str *out, const struct metadata *m, int64_t until_ms)
{
    uint8_t mac[32];
    char text[32];
    int n = snprintf(text, sizeof(text), "%lld", (long long)until_ms);
    hmac_sha256(m->key.key, sizeof(m->key.key), text, (size_t)n, mac);
    str_addf(out, "AQAEA%s-", text);
    str_add_hex(out, mac, 20);
    str_add(out, "==");
}

static bool token_good(const struct metadata *m, const char *token, size_t n, int64_t now_ms)
{
    AUTO(str_drop) struct str wanted = {0};
    int64_t until_ms = n > 5 ? strtoll(token + 5, NULL, 10) : 0;
    add_token(&wanted, m, until_ms);
    return until_ms > now_ms && wanted.len == n && !memcmp(wanted.s, token, n);
}

static void give_token(const struct metadata *m, const char *head, int64_t now_ms, struct str *out)
{
    AUTO(str_drop) struct str token = {0};
    size_t n = 0, n_for = 0;
    const char *ttl = header(head, "x-aws-ec2-metadata-token-ttl-seconds", &n);
    long seconds = ttl ? strtol(ttl, NULL, 10) : 0;
    char more[64];
    if (header(head, "x-forwarded-for", &n_for))
        return refuse(out, "403 Forbidden");
    if (seconds < 1 || seconds > TOKEN_MOST_S)
        return refuse(out, "400 Bad Request");
    add_token(&token, m, now_ms + seconds * 1000);
    snprintf(more, sizeof(more), "X-Aws-Ec2-Metadata-Token-Ttl-Seconds: %ld\r\n", seconds);
    reply(out, "200 OK", "text/plain", more, str_text(&token));
}

static bool is_below(const char *path, const char *dir, size_t n)
{
    return !strncmp(path, dir, n) && (!n || path[n] == '/');
}

/* The next parts of all paths below it, a slash after those that go on; "0=name" for the key, as EC2 lists it. */
static bool list_dir(const struct metadata *m, const char *dir, size_t n, struct str *out)
{
    const char *last = "";
    size_t last_len = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (!is_below(m->items[i].path, dir, n))
            continue;
        const char *part = m->items[i].path + n + (n > 0);
        size_t len = strcspn(part, "/");
        if (len == last_len && !memcmp(part, last, len))
            continue;
        str_addf(out, "%s%.*s", out->len ? "\n" : "", (int)len, part);
        if (m->key_name && n == strlen("meta-data/public-keys") && !strncmp(dir, "meta-data/public-keys", n))
            str_addf(out, "=%s", m->key_name);
        else if (part[len])
            str_addc(out, '/');
        last = part;
        last_len = len;
    }
    return out->len > 0;
}

static bool credentials(const struct metadata *m, struct str *out)
{
    struct err ignored = {0};
    json_auto_t *got = m->house->credentials ? m->house->credentials(m->house->context, m->server, &ignored) : NULL;
    if (!got || !json_str(got, "AccessKeyId"))
        return false;
    str_addf(
        out,
        "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"%s\",\n  \"Type\" : \"AWS-HMAC\",\n  \"AccessKeyId\" : \"%s\",\n"
        "  \"SecretAccessKey\" : \"%s\",\n  \"Token\" : \"%s\",\n  \"Expiration\" : \"%s\"\n}",
        json_str_or(got, "LastUpdated", ""), json_str(got, "AccessKeyId"), json_str_or(got, "SecretAccessKey", ""),
        json_str_or(got, "SessionToken", ""), json_str_or(got, "Expiration", ""));
    return true;
}

static void give(const struct metadata *m, const char *path, size_t n, struct str *out)
{
    AUTO(str_drop) struct str body = {0};
    while (n && path[n - 1] == '/')
        n--;
    for (size_t i = 0; i < m->n; i++) {
        const struct metadata_item *it = &m->items[i];
        if (strlen(it->path) != n || memcmp(it->path, path, n) != 0)
            continue;
        bool is_role = text_starts(it->path, ROLE_DIR);
        if (is_role && !credentials(m, &body))
            return refuse(out, "503 Service Unavailable");
        return reply(out, "200 OK", "text/plain", "", is_role ? str_text(&body) : it->value);
    }
    if (list_dir(m, path, n, &body))
        return reply(out, "200 OK", "text/plain", "", str_text(&body));
    refuse(out, "404 Not Found");
}

bool metadata_answer(const struct metadata *m, const char *head, int64_t now_ms, struct str *out)
{
    static const char *const versions[] = {"latest", "1.0", "2021-07-15", "2016-09-02", "2009-04-04"};
    size_t n_method = strcspn(head, " \r\n"), n_token = 0;
    const char *path = head[n_method] == ' ' ? head + n_method + 1 : "";
    size_t n = strcspn(path, " ?\r\n");
    const char *token = header(head, "x-aws-ec2-metadata-token", &n_token);
    bool put = n_method == 3 && !memcmp(head, "PUT", 3);
    if (m->off)
        refuse(out, "403 Forbidden");
    else if (put && n == strlen("/latest/api/token") && !memcmp(path, "/latest/api/token", n))
        give_token(m, head, now_ms, out);
    else if (n_method != 3 || memcmp(head, "GET", 3) != 0)
        refuse(out, "405 Method Not Allowed");
    else if (token ? !token_good(m, token, n_token, now_ms) : m->insists)
        refuse(out, "401 Unauthorized");
    else if (n == 1 && *path == '/')
        reply(out, "200 OK", "text/plain", "", "1.0\n2009-04-04\n2016-09-02\n2021-07-15\nlatest");
    else {
        for (size_t i = 0; i < COUNT(versions); i++) {
            size_t len = strlen(versions[i]);
            if (n > len && *path == '/' && !memcmp(path + 1, versions[i], len) && (n == len + 1 || path[len + 1] == '/'))
                return give(m, path + len + 1 + (n > len + 1), n - len - 1 - (n > len + 1), out), false;
        }
        refuse(out, "404 Not Found");
    }
    return false;
}
