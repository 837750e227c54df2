/* SPDX-License-Identifier: MIT */
/*
 * .cafelab/lab.json: what a lab is, and what a replay of its journal begins with. One table says how each fact is
 * written and read. It comes back from a student's disk: everything is checked.
 */
#include "sim/athena/athena.h"
#include "sim/lab/parts.h"

#include <string.h>

struct seed lab_seed(const char *seed, const char *id, const char *content_hash, const char *student)
{
    struct seed class = seed_from_text(seed);
    return seed_derive(&class, "%s/%s/%s", id, content_hash, student);
}

char *lab_file(struct arena *arena, const char *dir, const char *below)
{
    return arena_printf(arena, "%s/%s", dir, below);
}

bool is_lab(const char *dir)
{
    AUTO(arena_drop) struct arena arena = {0};
    return file_exists(lab_file(&arena, dir, ".cafelab/lab.json"));
}

bool lab_expected(const char *dir, struct err *e)
{
    return is_lab(dir) || err_set(e, "'%s' is no lab: expected a directory that `cafelab build` made", dir);
}

/* ---- the table ---- */

enum kind {
    TEXT,
    TEXT_IF_ANY,
    NAME, /* goes into paths: a-z, 0-9, _ and - */
    NAME_IF_ANY,
    NUMBER, /* of milliseconds, at most */
    FLAG,
};
struct fact {
    const char *key;
    enum kind kind;
    size_t offset;
};

#define FACT(member) offsetof(struct lab_facts, member)
static const struct fact lab_table[] = {
    {"id",           NAME,        FACT(scenario_id)  },
    {"title",        TEXT,        FACT(title)        },
    {"hash",         TEXT,        FACT(content_hash) },
    {"version",      TEXT,        FACT(version)      },
    {"seed",         TEXT_IF_ANY, FACT(seed)         },
    {"ids",          TEXT_IF_ANY, FACT(ids)          },
    {"student",      TEXT,        FACT(student)      },
    {"language",     NAME,        FACT(language)     },
    {"account",      NAME,        FACT(account_id)   },
    {"region",       NAME,        FACT(region)       },
    {"table",        TEXT_IF_ANY, FACT(table)        },
    {"visitorsSite", TEXT_IF_ANY, FACT(visitors_site)},
    {"events",       NUMBER,      FACT(events)       },
    {"startMs",      NUMBER,      FACT(start_ms)     },
    {"fromMs",       NUMBER,      FACT(from_ms)      },
    {"untilMs",      NUMBER,      FACT(until_ms)     },
    {"me",           TEXT,        FACT(me)           },
    {"myUser",       TEXT,        FACT(my_user)      },
    {"myIp",         TEXT,        FACT(my_ip)        },
    {"myAgent",      TEXT,        FACT(my_agent)     },
    {"myTls13",      FLAG,        FACT(my_tls13)     },
    {"live",         FLAG,        FACT(live)         },
};

#define BOOT(member) offsetof(struct boot, member)
static const struct fact boot_table[] = {
    {"name",        NAME,        BOOT(plan.name)        },
    {"instance",    TEXT,        BOOT(instance_id)      },
    {"loginUser",   TEXT,        BOOT(plan.login_user)  },
    {"publicKey",   TEXT,        BOOT(plan.public_key)  },
    {"site",        NAME_IF_ANY, BOOT(plan.site)        },
    {"bootedMs",    NUMBER,      BOOT(plan.booted_ms)   },
    {"installedMs", NUMBER,      BOOT(plan.installed_ms)},
};

/* ---- writing ---- */

static json_t *facts_json(const struct fact *table, size_t n, const void *from)
{
    json_t *object = json_object();
    for (size_t i = 0; i < n; i++) {
        const void *member = (const char *)from + table[i].offset;
        if (table[i].kind == NUMBER)
            json_put(object, table[i].key, json_integer(*(const int64_t *)member));
        else if (table[i].kind == FLAG)
            json_put(object, table[i].key, json_boolean(*(const bool *)member));
        else
            json_put_text(object, table[i].key, *(const char *const *)member);
    }
    return object;
}

bool lab_facts_write(const struct lab_facts *facts, const struct folder *to, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    json_auto_t *lab = facts_json(lab_table, COUNT(lab_table), facts);
    json_t *servers = json_array();
    for (size_t i = 0; i < facts->n_servers; i++)
        json_array_append_new(servers, facts_json(boot_table, COUNT(boot_table), &facts->servers[i]));
    json_put(lab, "servers", servers);
    json_put(lab, "built", json_pack("{s:I, s:s}", "entries", (json_int_t)facts->built_entries, "hash", facts->built_hash));
    str_add_json_pretty(&text, lab);
    return folder_put(to, ".cafelab/lab.json", str_text(&text), text.len, e);
}

/* ---- reading ---- */

#define LATEST_MS INT64_C(253402300799999) /* the end of the year 9999: what is added to a time does not overflow */

static bool name_good(const char *s)
{
    size_t n = strlen(s);
    return n && n <= 40 && strspn(s, ALPHABET_LOWER "_-") == n;
}

static bool fact_take(struct arena *arena, const struct fact *fact, const json_t *value, void *member, struct err *e)
{
    bool any = fact->kind == TEXT_IF_ANY || fact->kind == NAME_IF_ANY, name = fact->kind == NAME || fact->kind == NAME_IF_ANY;
    int64_t number = json_is_integer(value) ? json_integer_value(value) : -1;
    if (!value && any)
        return true;
    if (fact->kind == NUMBER) {
        *(int64_t *)member = number;
        return (number >= 0 && number <= LATEST_MS) || err_set(e, "\"%s\": expected a whole number", fact->key);
    }
    if (fact->kind == FLAG) {
        *(bool *)member = json_is_true(value);
        return json_is_boolean(value) || err_set(e, "\"%s\": expected true or false", fact->key);
    }
    if (!json_is_string(value) || (name && !name_good(json_string_value(value))))
        return err_set(e, "\"%s\": expected a %s", fact->key, name ? "name of a-z, 0-9, _ and -" : "text");
    *(const char **)member = arena_dup(arena, json_string_value(value));
    return true;
}

static bool facts_take(struct arena *arena, const struct fact *table, size_t n, const json_t *object, void *to, struct err *e)
{
    if (!json_is_object(object))
        return err_set(e, "expected an object");
    for (size_t i = 0; i < n; i++)
        if (!fact_take(arena, &table[i], json_object_get(object, table[i].key), (char *)to + table[i].offset, e))
            return false;
    return true;
}

#define MAX_SERVERS 16

static bool servers_take(struct lab_facts *facts, const json_t *list, struct err *e)
{
    if (!json_is_array(list) || json_array_size(list) > MAX_SERVERS)
        return err_set(e, "\"servers\": expected a list of at most %d", MAX_SERVERS);
    facts->servers = arena_alloc(facts->arena, (json_array_size(list) + 1) * sizeof(*facts->servers));
    for (; facts->n_servers < json_array_size(list); facts->n_servers++)
        if (!facts_take(facts->arena, boot_table, COUNT(boot_table), json_array_get(list, facts->n_servers),
                        &facts->servers[facts->n_servers], e))
            return err_wrap(e, "\"servers\"");
    return true;
}

static bool built_take(struct lab_facts *facts, const json_t *built, struct err *e)
{
    const char *hash = json_str(built, "hash");
    int64_t entries = json_int_or(built, "entries", -1);
    if (!hash || strlen(hash) != 64 || entries < 0)
        return err_set(e, "\"built\": expected entries and a hash");
    facts->built_entries = (size_t)entries;
    memcpy(facts->built_hash, hash, 65);
    return true;
}

bool lab_facts_parse(const char *text, size_t n, struct lab_facts *facts, struct err *e)
{
    json_auto_t *lab = json_read(text, n, e);
    bool good = lab && facts_take(facts->arena, lab_table, COUNT(lab_table), lab, facts, e) &&
                servers_take(facts, json_object_get(lab, "servers"), e) && built_take(facts, json_object_get(lab, "built"), e);
    struct seed ignored;
    if (good && (facts->ids ? facts->seed || facts->live || !lab_ids_parse(facts->ids, &ignored) : !facts->seed))
        return err_set(e, "expected \"seed\", or \"ids\" with 64 digits of 0-9 a-f");
    return good && (facts->events <= LAB_MAX_EVENTS || err_set(e, "\"events\": expected at most %d", LAB_MAX_EVENTS));
}

bool lab_facts_read(const char *dir, struct lab_facts *facts, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const char *path = lab_file(facts->arena, dir, ".cafelab/lab.json");
    if (!lab_expected(dir, e) || !file_read(path, 1 << 20, &text, e))
        return false;
    return lab_facts_parse(str_text(&text), text.len, facts, e) || err_wrap(e, "%s", path);
}

/* ---- of a play ---- */

void lab_facts_of(struct play *p, struct lab_facts *facts)
{
    const struct scenario *s = p->scenario;
    const struct member *me = play_student(p);
    const struct trail *trail = p->world.account.trails;
    const struct server_spec *spec = s->servers.items;
    facts->arena = &p->world.arena;
    facts->scenario_id = s->id;
    facts->content_hash = s->content_hash;
    facts->version = CAFELAB_VERSION;
    facts->account_id = p->world.account.id;
    facts->region = p->world.account.region;
    facts->table = trail ? athena_table_name(facts->arena, trail->bucket) : NULL; /* none while no trail writes */
    facts->start_ms = p->world.start_ms;
    facts->live = p->shift_ms != 0;
    facts->from_ms = p->from_ms;
    facts->until_ms = p->until_ms;
    facts->me = me->person->name;
    facts->my_user = me->person->user ? me->person->user : "";
    facts->my_ip = me->from.ip;
    facts->my_agent = me->from.agent;
    facts->my_tls13 = me->from.tls13;
    facts->visitors_site = arena_dup(facts->arena, play_visitors_site(p));
    facts->servers = arena_alloc(facts->arena, (s->servers.n + 1) * sizeof(*facts->servers));
    for (facts->n_servers = 0; facts->n_servers < s->servers.n; facts->n_servers++) {
        facts->servers[facts->n_servers] = boot_of(p, &spec[facts->n_servers]);
    }
}
