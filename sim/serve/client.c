/* SPDX-License-Identifier: MIT */
#include "sim/serve/client.h"
#include "sim/serve/wire.h"

#include <stdlib.h>
#include <string.h>

/* Services that are not simulated and that somebody who investigates may ask: an old CLI is told so then, too, and looks for
 * them nowhere else. Versions are those of botocore's models. */
static const char *const more_services[][2] = {
    {"accessanalyzer", "2019-11-01"},
    {"account",        "2021-02-01"},
    {"ce",             "2017-10-25"},
    {"cloudformation", "2010-05-15"},
    {"cloudfront",     "2020-05-31"},
    {"cloudwatch",     "2010-08-01"},
    {"config",         "2014-11-12"},
    {"detective",      "2018-10-26"},
    {"dynamodb",       "2012-08-10"},
    {"ecr",            "2015-09-21"},
    {"ecs",            "2014-11-13"},
    {"eks",            "2017-11-01"},
    {"events",         "2015-10-07"},
    {"glue",           "2017-03-31"},
    {"guardduty",      "2017-11-28"},
    {"inspector2",     "2020-06-08"},
    {"lambda",         "2015-03-31"},
    {"macie2",         "2020-01-01"},
    {"rds",            "2014-10-31"},
    {"route53",        "2013-04-01"},
    {"secretsmanager", "2017-10-17"},
    {"securityhub",    "2018-10-26"},
    {"sns",            "2010-03-31"},
    {"sqs",            "2012-11-05"},
    {"sso-admin",      "2020-07-20"},
    {"support",        "2013-04-15"},
    {"wafv2",          "2019-07-29"},
};

/* S3's rules put the bucket into the path: botocore takes it out of the address otherwise. */
static void add_rules(struct str *out, const char *service, const char *url)
{
    static const char region[] = "\"Region\":{\"builtIn\":\"AWS::Region\",\"required\":false,\"type\":\"String\"}";
    str_addf(out, "{\"version\":\"1.0\",\"parameters\":{%s", region);
    if (text_same(service, "s3"))
        str_add(out, ",\"Bucket\":{\"required\":false,\"type\":\"String\"},"
                     "\"Endpoint\":{\"builtIn\":\"SDK::Endpoint\",\"required\":false,\"type\":\"String\"}");
    str_add(out, "},\"rules\":[");
    if (text_same(service, "s3"))
        str_addf(out,
                 "{\"type\":\"endpoint\",\"conditions\":[{\"fn\":\"isSet\",\"argv\":[{\"ref\":\"Bucket\"}]}],"
                 "\"endpoint\":{\"url\":\"%s/{Bucket}\",\"properties\":{},\"headers\":{}}},",
                 url);
    str_addf(out,
             "{\"type\":\"endpoint\",\"conditions\":[],\"endpoint\":{\"url\":\"%s\",\"properties\":{},\"headers\":{}}}]}\n",
             url);
}

static struct client_variable rule_file(struct arena *arena, const char *service, const char *version, const char *url)
{
    AUTO(str_drop) struct str rules = {0};
    add_rules(&rules, service, url);
    return (struct client_variable){arena_printf(arena, "models/%s/%s/endpoint-rule-set-1.json", service, version),
                                    arena_dup(arena, str_text(&rules))};
}

size_t client_rules(struct arena *arena, const char *url, struct client_variable out[CLIENT_RULES])
{
    size_t n = 0;
    for (size_t i = 0; i < wire_n_services && n < CLIENT_RULES; i++)
        out[n++] = rule_file(arena, wire_services[i].name, wire_services[i].version, url);
    for (size_t i = 0; i < COUNT(more_services) && n < CLIENT_RULES; i++)
        out[n++] = rule_file(arena, more_services[i][0], more_services[i][1], url);
    return n;
}

/* What is there already is left alone: a lab that is served again at the same port needs no new files. */
static bool write_text(const char *path, const struct str *text, mode_t mode, struct err *e)
{
    AUTO(str_drop) struct str there = {0};
    struct err none = {0};
    if (file_read(path, 1u << 20, &there, &none) && text_same(str_text(&there), str_text(text)))
        return true;
    return file_write(path, str_text(text), text->len, mode, e);
}

static bool write_rules(const char *folder, const char *url, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct client_variable rules[CLIENT_RULES];
    size_t n = client_rules(&arena, url, rules);
    for (size_t i = 0; i < n; i++) {
        AUTO(str_drop) struct str text = {0};
        const char *path = arena_printf(&arena, "%s/%s", folder, rules[i].name);
        const char *below = arena_dupn(&arena, path, (size_t)(strrchr(path, '/') - path));
        str_add(&text, rules[i].value);
        if (!dir_make_in(folder, below, e) || !write_text(path, &text, 0644, e))
            return false;
    }
    return true;
}

static bool write_config(const struct client_plan *p, const char *folder, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str config = {0};
    AUTO(str_drop) struct str credentials = {0};
    str_addf(&config, "[default]\nregion = %s\noutput = json\ncli_pager =\n", p->region);
    str_addf(&credentials, "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", p->access_key_id, p->secret);
    return write_text(arena_printf(&arena, "%s/config", folder), &config, 0644, e) &&
           write_text(arena_printf(&arena, "%s/credentials", folder), &credentials, 0600, e);
}

static const char *port_file(struct arena *arena, const char *dir)
{
    return arena_printf(arena, "%s/.cafelab/aws/port", dir);
}

unsigned client_last_port(const char *dir)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct err none = {0};
    unsigned long port = file_read(port_file(&arena, dir), 16, &text, &none) ? strtoul(str_text(&text), NULL, 10) : 0;
    return port < 65536 ? (unsigned)port : 0;
}

bool client_write(const struct client_plan *p, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *folder = arena_printf(&arena, "%s/.cafelab/aws", p->dir);
    const char *url = arena_printf(&arena, "http://127.0.0.1:%u", p->port);
    AUTO(str_drop) struct str port = {0};
    str_addf(&port, "%u\n", p->port);
    return dir_make(folder, e) && write_config(p, folder, e) && write_rules(folder, url, e) &&
           write_text(port_file(&arena, p->dir), &port, 0644, e);
}

size_t client_environment(const struct client_plan *p, struct arena *arena, struct client_variable out[CLIENT_VARIABLES],
                          struct err *e)
{
    char *dir = realpath(p->dir, NULL);
    if (!dir) {
        err_set(e, "'%s': %m", p->dir);
        return 0;
    }
    const char *folder = arena_printf(arena, "%s/.cafelab/aws", dir);
    const char *url = arena_printf(arena, "http://127.0.0.1:%u", p->port);
    const struct client_variable variables[] = {
        {"AWS_CONFIG_FILE",           arena_printf(arena,                 "%s/config", folder)},
        {"AWS_SHARED_CREDENTIALS_FILE",                    arena_printf(arena,                                                      "%s/credentials", folder)},
        {"AWS_DATA_PATH",arena_printf(arena,"%s/models", folder)},
        {"AWS_ENDPOINT_URL",                           url                                              },
        {"AWS_REGION",                p->region                                                                                        },
        {"AWS_DEFAULT_REGION",          p->region              },
        {"AWS_EC2_METADATA_DISABLED",                "true"                         },
        {"AWS_PAGER",        ""                       },
 /* What is meant for anybody but the lab ends at its door, which opens to nobody else. */
        {"HTTPS_PROXY", url             },
        {"HTTP_PROXY",                 url                                         },
        {"NO_PROXY",               "127.0.0.1,localhost,169.254.169.254"                                             },
        {"AWS_PROFILE",                NULL                              },
        {"AWS_DEFAULT_PROFILE",                  NULL},
        {"AWS_ACCESS_KEY_ID",               NULL                             },
        {"AWS_SECRET_ACCESS_KEY",       NULL                   },
        {"AWS_SESSION_TOKEN",         NULL                        },
        {"https_proxy",     NULL                            },
        {"http_proxy",         NULL                              },
        {"no_proxy",               NULL                                        },
    };
    _Static_assert(COUNT(variables) <= CLIENT_VARIABLES, "room for all");
    free(dir);
    memcpy(out, variables, sizeof(variables));
    return COUNT(variables);
}
