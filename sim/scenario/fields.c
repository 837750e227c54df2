/* SPDX-License-Identifier: MIT */
/*
 * The scenario language: every key, what it holds, and a line of help. Lint, decoding and the author's guide read
 * these tables.
 */
#include "sim/scenario/decode.h"

#define AT(type, member) offsetof(struct type, member)
#define STEP(member) AT(step, member)
#define SCENARIO(member) AT(scenario, member)

static const int64_t records[2] = {0, 2000000}; /* as many as a lab may have */
static const int64_t minutes[2] = {1, 10000};
static const int64_t port[2] = {0, 65535};
static const char *const levels[] = {"beginner", "intermediate", "advanced", NULL};
static const char *const tokens[] = {"optional", "required", NULL};
static const char *const versions[] = {"1", NULL};

static const struct field clock_list[] = {
    {"start",   decode_time,     SCENARIO(clock.start),   true,  "when the story begins (UTC)", NULL},
    {"history", decode_duration, SCENARIO(clock.history), false, "everyday life before that",   NULL},
    {"length",  decode_duration, SCENARIO(clock.length),  true,  "how long the story lasts",    NULL},
};
static const struct fields clock_fields = {"the clock", clock_list, COUNT(clock_list), 0, 0};

static const struct field place_list[] = {
    {"cidr", decode_value, AT(place, cidr),         true,  "network or address that people there have", NULL},
    {"zone", decode_zone,  AT(place, zone_minutes), false, "local time, as an offset from UTC",         NULL},
};
static const struct fields place_fields = FIELDS("a place", place_list, struct place);

static const struct field person_list[] = {
    {"name",             decode_plain, AT(person, full_name),        false, "full name",                                NULL},
    {"user",             decode_plain, AT(person, user),             false, "IAM user name",                            NULL},
    {"groups",           decode_texts, AT(person, groups),           false, "IAM groups, of account.groups",            NULL},
    {"policies",         decode_texts, AT(person, policies),         false, "policies attached to the user itself",     NULL},
    {"place",            decode_text,  AT(person, place),            true,  "where the person is, of places",           NULL},
    {"client",           decode_text,  AT(person, client),           true,  "what the person works with",               NULL},
    {"habit",            decode_text,  AT(person, habit),            false, "part in everyday life; none without",      NULL},
    {"access_key",       decode_bool,  AT(person, access_key),       false, "has an access key",                        NULL},
    {"console_password", decode_bool,  AT(person, console_password), false, "can sign in to the console",               NULL},
    {"mfa",              decode_bool,  AT(person, mfa),              false, "signs in with a second factor",            NULL},
    {"student",          decode_bool,  AT(person, student),          false, "is played by the student; exactly one is", NULL},
};
static const struct fields person_fields = FIELDS("a person", person_list, struct person);

static const struct field policy_list[] = {
    {"allow",    decode_texts, AT(policy, allow),    false, "actions allowed on every resource", NULL},
    {"deny",     decode_texts, AT(policy, deny),     false, "actions denied on every resource",  NULL},
    {"document", decode_node,  AT(policy, document), false, "a whole policy document",           NULL},
};
static const struct fields policy_fields = FIELDS("a policy", policy_list, struct policy);

static const struct field group_list[] = {
    {"policies", decode_texts, AT(group_spec, policies), true, "policies of AWS or of this file", NULL},
};
static const struct fields group_fields = FIELDS("a group", group_list, struct group_spec);

static const struct field role_list[] = {
    {"name",        decode_plain, AT(role_spec, called),          true,  "RoleName",                                                     NULL          },
    {"description", decode_plain, AT(role_spec, description),     false, "what it is for",                                               NULL          },
    {"trusts",      decode_texts, AT(role_spec, trusts),          false, "who may assume it: ec2.amazonaws.com, people, or \"account\"",
     NULL                                                                                                                                              },
    {"trust",       decode_node,  AT(role_spec, trust),           false, "or its whole trust policy",                                    NULL          },
    {"policies",    decode_texts, AT(role_spec, policies),        false, "policies of AWS or of this file",                              NULL          },
    {"inline",      decode_named, AT(role_spec, inline_policies), false, "policies that are its own alone",                              &policy_fields},
};
static const struct fields role_fields = FIELDS("a role", role_list, struct role_spec);

static const struct field opening_list[] = {
    {"tcp",         decode_int,   AT(opening, tcp),         false, "TCP port",             port},
    {"udp",         decode_int,   AT(opening, udp),         false, "UDP port",             port},
    {"to",          decode_int,   AT(opening, to),          false, "last port of a range", port},
    {"from",        decode_value, AT(opening, from),        true,  "addresses (CIDR)",     NULL},
    {"description", decode_plain, AT(opening, description), false, "what the rule is for", NULL},
};
static const struct fields opening_fields = FIELDS("an opening", opening_list, struct opening);

static const struct field security_group_list[] = {
    {"name",        decode_plain, AT(security_group_spec, called),      true,  "GroupName",                     NULL           },
    {"description", decode_plain, AT(security_group_spec, description), true,  "GroupDescription: plain ASCII", NULL           },
    {"lets_in",     decode_list,  AT(security_group_spec, lets_in),     false, "inbound rules at the start",    &opening_fields},
};
static const struct fields security_group_fields = FIELDS("a security group", security_group_list, struct security_group_spec);

static const struct field instance_list[] = {
    {"name",        decode_plain,  AT(instance_spec, called),   true,  "tag Name",                                    NULL  },
    {"type",        decode_text,   AT(instance_spec, type),     true,  "instance type: t3.micro",                     NULL  },
    {"key",         decode_plain,  AT(instance_spec, key_name), false, "name of the key pair",                        NULL  },
    {"groups",      decode_texts,  AT(instance_spec, groups),   true,  "security groups, of account.security_groups", NULL  },
    {"role",        decode_text,   AT(instance_spec, role),     false, "the role of its profile, of account.roles",   NULL  },
    {"http_tokens", decode_choice, AT(instance_spec, tokens),   false, "required: its metadata answers IMDSv2 only",  tokens},
};
static const struct fields instance_fields = FIELDS("an instance", instance_list, struct instance_spec);

static const struct field object_list[] = {
    {"key",  decode_value, AT(object_spec, key),  true,  "the object's key",               NULL},
    {"size", decode_value, AT(object_spec, size), false, "how many bytes it has",          NULL},
    {"text", decode_value, AT(object_spec, text), false, "what is in it, if it is a text", NULL},
};
static const struct fields object_fields = FIELDS("an object", object_list, struct object_spec);

static const struct field bucket_list[] = {
    {"name",    decode_value, AT(bucket_spec, called),  true,  "the bucket's name",                         NULL          },
    {"public",  decode_bool,  AT(bucket_spec, public),  false, "its policy may let everybody in",           NULL          },
    {"policy",  decode_node,  AT(bucket_spec, policy),  false, "its policy at the start: a whole document", NULL          },
    {"objects", decode_list,  AT(bucket_spec, objects), false, "what lies in it at the start",              &object_fields},
};
static const struct fields bucket_fields = FIELDS("a bucket", bucket_list, struct bucket_spec);

static const struct field account_list[] = {
    {"policies",        decode_named, AT(account_spec, policies),        false, "customer managed policies",    &policy_fields  },
    {"groups",          decode_named, AT(account_spec, groups),          false, "IAM groups",                   &group_fields   },
    {"roles",           decode_named, AT(account_spec, roles),           false, "IAM roles",                    &role_fields    },
    {"security_groups", decode_named, AT(account_spec, security_groups), false, "security groups at the start",
     &security_group_fields                                                                                                     },
    {"instances",       decode_named, AT(account_spec, instances),       false, "instances at the start",       &instance_fields},
    {"buckets",         decode_named, AT(account_spec, buckets),         false, "buckets at the start",         &bucket_fields  },
};
static const struct fields account_fields = FIELDS("the account", account_list, struct account_spec);

static const struct field server_list[] = {
    {"instance",   decode_text, AT(server_spec, instance),   true,  "the instance that it is, of account.instances", NULL},
    {"like",       decode_text, AT(server_spec, like),       true,  "base tree: amazon-linux-2",                     NULL},
    {"login_user", decode_text, AT(server_spec, login_user), true,  "the owner's account: ec2-user",                 NULL},
    {"site",       decode_text, AT(server_spec, site),       false, "website it serves: cafe",                       NULL},
};
static const struct fields server_fields = FIELDS("a server", server_list, struct server_spec);

static const struct field background_list[] = {
    {"events",        decode_int,  SCENARIO(background.events),        true,  "records of everyday life",                  records},
    {"scanned_after", decode_text, SCENARIO(background.scanned_after), false, "mark from which strangers knock at tcp/22",
     NULL                                                                                                                         },
};
static const struct fields background_fields = {"the background", background_list, COUNT(background_list), 0, 0};

bool decode_op(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct step *step = out;
    step->op_at = node->at;
    return decode_text(d, node, field, &step->op);
}

static const struct field live_list[] = {
    {"after", decode_text,  STEP(live.after), false, "after which mark",                                 NULL},
    {"wait",  decode_value, STEP(live.wait),  false, "how long after that",                              NULL},
    {"or_at", decode_value, STEP(live.or_at), false, "at the latest: +90m after the start, mark or not", NULL},
};
const struct fields live_fields = {"live", live_list, COUNT(live_list), 0, 0};

bool decode_live(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    (void)field;
    ((struct step *)out)->live.at = node->at;
    return decode_map(d, node, &live_fields, out);
}

static const struct field step_list[] = {
    {"as",        decode_text,  STEP(as),        true,  "who does it, of the cast",                           NULL},
    {"at",        decode_at,    0,               false, "when: a time, or +10m after the start",              NULL},
    {"after",     decode_after, 0,               false, "after which mark",                                   NULL},
    {"wait",      decode_value, STEP(wait),      false, "how long after that, or after the step before",      NULL},
    {"live",      decode_live,  0,               false, "when it happens in a live lab, if not as above",     NULL},
    {"do",        decode_op,    0,               false, "the operation: ec2:RunInstances, host:LogIn",        NULL},
    {"on",        decode_text,  STEP(on),        false, "server of a host: operation or of run",              NULL},
    {"run",       decode_texts, STEP(run),       false, "command lines: typed, or sent with ssm:SendCommand", NULL},
    {"with",      decode_node,  STEP(with),      false, "parameters, in CloudTrail's names",                  NULL},
    {"client",    decode_text,  STEP(client),    false, "client, if not the person's usual one",              NULL},
    {"place",     decode_text,  STEP(place),     false, "where it is done from, if not the person's place",   NULL},
    {"key",       decode_value, STEP(key),       false, "id of the access key, if not the person's own",      NULL},
    {"session",   decode_text,  STEP(session),   false, "mark of the login in whose session it happens",      NULL},
    {"region",    decode_value, STEP(region),    false, "region that it is done in, if not the home region",  NULL},
    {"times",     decode_value, STEP(times),     false, "how often, a few seconds apart",                     NULL},
    {"mark",      decode_id,    STEP(mark),      false, "a name for what happened here",                      NULL},
    {"expect",    decode_text,  STEP(expect),    false, "error code that it must end with",                   NULL},
    {"technique", decode_text,  STEP(technique), false, "ATT&CK technique: T1136.001",                        NULL},
    {"why",       decode_local, STEP(why),       false, "why it matters: told in the debriefing",             NULL},
    {"earns",     decode_texts, STEP(earns),     false, "of a solution: checks that it serves",               NULL},
};
const struct fields step_fields = FIELDS_AT("a step", step_list, struct step, at);

/* A use of a block is put in its place before steps are decoded (blocks.c): here its keys are looked at, nothing is kept. */
#define USE(member) AT(block_use, member)
static const struct field use_of_block_list[] = {
    {"block",  decode_text, USE(block),  true,  "name of a building block: its steps come here",                  NULL},
    {"prefix", decode_text, USE(prefix), false, "its marks are PREFIX_MARK here: for a block that is used twice", NULL},
    {"with",   decode_node, USE(with),   false, "its arguments, by the names that it takes",                      NULL},
    {"at",     decode_node, USE(at),     false, "when its first step happens, as of a step",                      NULL},
    {"after",  decode_text, USE(after),  false, "after which mark its first step happens",                        NULL},
    {"wait",   decode_node, USE(wait),   false, "how long after that, or after the step before",                  NULL},
    {"live",   decode_node, USE(live),   false, "when its first step happens in a live lab, as of a step",        NULL},
};
const struct fields use_of_block_fields = FIELDS("a use of a block", use_of_block_list, struct block_use);

bool look_at_use(struct decoder *d, const struct node *use)
{
    struct block_use ignored = {0};
    const struct node *with = node_get(use, "with");
    bool good = decode_map(d, use, &use_of_block_fields, &ignored);
    if (!with || with->kind == NODE_MAP)
        return good;
    node_error(d->diags, with, "wrong-kind", "\"with\": expected a map of what the block takes");
    return false;
}

bool decode_steps(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct node plain = *node;
    bool good = true;
    if (node->kind != NODE_LIST || !node->n)
        return decode_list(d, node, field, out);
    plain.n = 0;
    plain.items = arena_alloc(d->arena, (node->n + 1) * sizeof(*plain.items));
    for (size_t i = 0; i < node->n; i++)
        if (node->items[i]->kind == NODE_MAP && node_get(node->items[i], "block"))
            good &= look_at_use(d, node->items[i]);
        else
            plain.items[plain.n++] = node->items[i];
    return (!plain.n || decode_list(d, &plain, field, out)) && good;
}

#define BLOCK(member) AT(block, member)
static const struct field block_list[] = {
    {"about",    decode_text,  BLOCK(about),    false, "what it is, in words",                                        NULL        },
    {"takes",    decode_texts, BLOCK(takes),    false, "names of what its uses give it: {{ name }} in its steps",     NULL        },
    {"defaults", decode_node,  BLOCK(defaults), false, "names and values of what its uses may give it, but need not", NULL        },
    {"steps",    decode_steps, BLOCK(steps),    true,  "its steps",                                                   &step_fields},
};
static const struct fields block_fields = FIELDS("a block", block_list, struct block);

#define REPAIR(member) AT(repair, member)
static const struct field repair_list[] = {
    {"id",         decode_id,    REPAIR(id),         true,  "short name",                                         NULL        },
    {"title",      decode_local, REPAIR(title),      false, "what is done, in words",                             NULL        },
    {"instead_of", decode_texts, REPAIR(instead_of), false, "checks whose steps of the solution are left out",    NULL        },
    {"steps",      decode_steps, REPAIR(steps),      true,  "what is done in their place, or after the solution", &step_fields},
    {"costs",      decode_texts, REPAIR(costs),      false, "checks that it breaks; without, it is right, too",   NULL        },
};
static const struct fields repair_fields = FIELDS_AT("a repair", repair_list, struct repair, at);

bool decode_version(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    (void)out;
    int version = 0; /* there is only one: nothing to keep */
    return decode_choice(d, node, field, &version);
}

bool decode_level(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    int choice = 0;
    if (!decode_choice(d, node, field, &choice))
        return false;
    *(const char **)out = levels[choice];
    return true;
}

static const struct field scenario_list[] = {
    {"cafelab",        decode_version,   0,                        true,  "version of this language: 1",                  versions          },
    {"id",             decode_id,        SCENARIO(id),             true,  "short name, as in the folder's",               NULL              },
    {"title",          decode_local,     SCENARIO(title),          true,  "title",                                        NULL              },
    {"brief",          decode_text,      SCENARIO(brief),          true,  "file with the student's brief",                NULL              },
    {"level",          decode_level,     SCENARIO(level),          true,  "beginner, intermediate, advanced",             levels            },
    {"minutes",        decode_int,       SCENARIO(minutes),        true,  "how long it takes a student",                  minutes           },
    {"attack_version", decode_text,      SCENARIO(attack_version), false, "version of ATT&CK that the ids follow",        NULL              },
    {"clock",          decode_struct,    0,                        true,  "when it happens",                              &clock_fields     },
    {"region",         decode_text,      SCENARIO(region),         true,  "home region: us-west-2",                       NULL              },
    {"use",            decode_texts,     SCENARIO(use),            false, "library files whose content comes first",      NULL              },
    {"vary",           decode_variables, SCENARIO(vary),           false, "what is drawn for every student",              NULL              },
    {"places",         decode_named,     SCENARIO(places),         true,  "networks where people are",                    &place_fields     },
    {"cast",           decode_named,     SCENARIO(cast),           true,  "people and robots",                            &person_fields    },
    {"account",        decode_struct,    SCENARIO(account),        true,  "the account at the start",                     &account_fields   },
    {"servers",        decode_named,     SCENARIO(servers),        false, "simulated servers",                            &server_fields    },
    {"background",     decode_struct,    0,                        false, "everyday life",                                &background_fields},
    {"blocks",         decode_named,     SCENARIO(blocks),         false, "steps that are written once and used by name", &block_fields     },
    {"timeline",       decode_steps,     SCENARIO(timeline),       true,  "what happens",                                 &step_fields      },
    {"questions",      decode_node,      SCENARIO(questions),      true,  "what the student is asked",                    NULL              },
    {"checks",         decode_node,      SCENARIO(checks),         false, "what a repair must achieve",                   NULL              },
    {"solution",       decode_steps,     SCENARIO(solution),       false, "the reference repair",                         &step_fields      },
    {"other_repairs",  decode_list,      SCENARIO(other_repairs),  false, "tried by verify: as right, or overdone",       &repair_fields    },
};
/* What a file of the library begins with. */
const struct field library_field = {"library", decode_version, 0, true, "version of this language: 1", versions};
const struct fields scenario_fields = FIELDS("a scenario", scenario_list, struct scenario);
