/* SPDX-License-Identifier: MIT */
/*
 * The world before the story, made by actions of the account's owner: policies, groups, users with their keys, roles,
 * security groups, instances, buckets, as the scenario has them. Months pass between opening the account and the first
 * evidence; ids and dates come from streams of each thing's own, so that one user more changes nobody else.
 */
#include "sim/lab/playing.h"

#include "sim/base/services.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define DAY (INT64_C(24) * 3600 * 1000)

struct prelude {
    struct play *p;
    int64_t opened_ms, ready_ms; /* the account's first day, and when all must be there */
    size_t things, done;         /* how many there are; how many have come */
    int64_t now_ms;
    struct err *e;
};

/* Each thing (a user, a group) has its own days; its parts follow within minutes. */
static void next_thing(struct prelude *l, const char *kind, const char *name)
{
    struct chance c = chance_of(&l->p->seed, "prelude/%s/%s", kind, name);
    int64_t share = (l->ready_ms - l->opened_ms) / (int64_t)(l->things + 1);
    int64_t begins = l->opened_ms + share * (int64_t)l->done++;
    l->now_ms = begins + chance_between(&c, share / 8, share / 2);
}

/* Steals `params`. `path` names the action's stream. */
static bool does(struct prelude *l, const char *op, json_t *params, const char *path, struct outcome *out)
{
    struct world *w = &l->p->world;
    struct chance c = chance_of(&l->p->seed, "prelude/pause/%s/%s", op, path);
    struct outcome ignored = {0};
    out = out ? out : &ignored;
    l->now_ms += chance_between(&c, 20000, 240000);
    act(w,
        &(struct action){
            .time_ms = l->now_ms,
            .who = {.kind = PRINCIPAL_ROOT, .name = "root"         },
            .from = {.ip = "203.0.113.2",    .agent = "AWS Internal"},
            .op = op,
            .params = params,
            .stream = stream_name(w, "prelude/%s/%s", op, path),
            .prelude = true
    },
        out);
    json_decref(params);
    return !out->error_code ||
           err_set(l->e, "before the story: %s for \"%s\": %s: %s", op, path, out->error_code, out->error_message);
}

/* ---- IAM ---- */

static json_t *statement(const char *effect, const struct texts *actions)
{
    json_t *list = json_array();
    for (size_t i = 0; i < actions->n; i++)
        json_array_append_new(list, json_clean(actions->list[i]));
    return json_pack("{s:s, s:o, s:s}", "Effect", effect, "Action", list, "Resource", "*");
}

static json_t *policy_document(const struct policy *policy)
{
    if (policy->document)
        return node_json(policy->document);
    json_t *statements = json_array();
    if (policy->allow.n)
        json_array_append_new(statements, statement("Allow", &policy->allow));
    if (policy->deny.n)
        json_array_append_new(statements, statement("Deny", &policy->deny));
    return json_pack("{s:s, s:o}", "Version", "2012-10-17", "Statement", statements);
}

static bool make_policies(struct prelude *l)
{
    const struct policy *policy = l->p->scenario->account.policies.items;
    for (size_t i = 0; i < l->p->scenario->account.policies.n; i++) {
        AUTO(str_drop) struct str text = {0};
        json_auto_t *document = policy_document(&policy[i]);
        str_add_json_value(&text, document);
        next_thing(l, "policy", policy[i].name);
        if (!does(l, "iam:CreatePolicy",
                  json_pack("{s:s, s:s}", "policyName", policy[i].name, "policyDocument", str_text(&text)), policy[i].name,
                  NULL))
            return false;
    }
    return true;
}

/* Some lie below a path. */
const char *aws_policy_arn(struct arena *arena, const char *name)
{
    static const char *const paths[] = {"", "job-function/", "service-role/", "aws-service-role/"};
    for (size_t i = 0; i < COUNT(paths); i++) {
        const char *arn = arena_printf(arena, "arn:aws:iam::aws:policy/%s%s", paths[i], name);
        if (managed_policy(arn))
            return arn;
    }
    return NULL;
}

/* A policy of this file, or one of AWS. */
static const char *policy_arn(struct prelude *l, const char *name)
{
    struct arena *arena = &l->p->world.arena;
    const struct policy *own = l->p->scenario->account.policies.items;
    for (size_t i = 0; i < l->p->scenario->account.policies.n; i++)
        if (text_same(own[i].name, name))
            return arena_printf(arena, "arn:aws:iam::%s:policy/%s", l->p->world.account.id, name);
    const char *arn = aws_policy_arn(arena, name);
    return arn ? arn : arena_printf(arena, "arn:aws:iam::aws:policy/%s", name);
}

static bool attach(struct prelude *l, const char *op, const char *key, const char *to, const struct texts *policies)
{
    for (size_t i = 0; i < policies->n; i++) {
        AUTO(str_drop) struct str path = {0};
        str_addf(&path, "%s/%s", to, policies->list[i]);
        if (!does(l, op, json_pack("{s:s, s:s}", key, to, "policyArn", policy_arn(l, policies->list[i])), str_text(&path),
                  NULL))
            return false;
    }
    return true;
}

static bool make_groups(struct prelude *l)
{
    const struct group_spec *group = l->p->scenario->account.groups.items;
    for (size_t i = 0; i < l->p->scenario->account.groups.n; i++) {
        next_thing(l, "group", group[i].name);
        if (!does(l, "iam:CreateGroup", json_pack("{s:s}", "groupName", group[i].name), group[i].name, NULL) ||
            !attach(l, "iam:AttachGroupPolicy", "groupName", group[i].name, &group[i].policies))
            return false;
    }
    return true;
}

static bool give_password(struct prelude *l, const char *user)
{
    struct chance c = chance_of(&l->p->seed, "prelude/password/%s", user);
    char password[24];
    chance_text(&c, ALPHABET_ALNUM, 14, password);
    memcpy(password + 14, "-9aZ", sizeof("-9aZ")); /* whatever was drawn, a password policy is content */
    return does(l, "iam:CreateLoginProfile", json_pack("{s:s, s:s}", "userName", user, "password", password), user, NULL);
}

static bool give_mfa(struct prelude *l, const char *user)
{
    const char *serial = arena_printf(&l->p->world.arena, "arn:aws:iam::%s:mfa/%s", l->p->world.account.id, user);
    return does(l, "iam:EnableMFADevice", json_pack("{s:s, s:s}", "userName", user, "serialNumber", serial), user, NULL);
}

static bool make_user(struct prelude *l, const struct person *person)
{
    const char *user = person->user;
    next_thing(l, "user", user);
    if (!does(l, "iam:CreateUser", json_pack("{s:s}", "userName", user), user, NULL))
        return false;
    for (size_t i = 0; i < person->groups.n; i++) {
        AUTO(str_drop) struct str path = {0};
        str_addf(&path, "%s/%s", user, person->groups.list[i]);
        if (!does(l, "iam:AddUserToGroup", json_pack("{s:s, s:s}", "userName", user, "groupName", person->groups.list[i]),
                  str_text(&path), NULL))
            return false;
    }
    return attach(l, "iam:AttachUserPolicy", "userName", user, &person->policies) &&
           (!person->access_key || does(l, "iam:CreateAccessKey", json_pack("{s:s}", "userName", user), user, NULL)) &&
           (!person->console_password || give_password(l, user)) && (!person->mfa || give_mfa(l, user));
}

static bool make_users(struct prelude *l)
{
    const struct person *person = l->p->scenario->cast.items;
    for (size_t i = 0; i < l->p->scenario->cast.n; i++)
        if (person[i].user && !make_user(l, &person[i]))
            return false;
    return true;
}

/* ---- roles ---- */

/* "ec2.amazonaws.com", a person, "account". */
static json_t *trusted(struct prelude *l, const char *who)
{
    const void *item = NULL;
    if (scenario_name(l->p->scenario, who, &item) == NAME_PERSON)
        return json_pack("{s:o}", "AWS",
                         json_textf("arn:aws:iam::%s:user/%s", l->p->world.account.id, ((const struct person *)item)->user));
    if (text_same(who, "account"))
        return json_pack("{s:o}", "AWS", json_textf("arn:aws:iam::%s:root", l->p->world.account.id));
    return json_pack("{s:s}", "Service", who);
}

static json_t *trust_policy(struct prelude *l, const struct role_spec *role)
{
    if (role->trust)
        return scenario_expand_node(role->trust, play_lookup, l->p, l->e);
    json_t *statements = json_array();
    for (size_t i = 0; i < role->trusts.n; i++)
        json_array_append_new(statements, json_pack("{s:s, s:o, s:s}", "Effect", "Allow", "Principal",
                                                    trusted(l, role->trusts.list[i]), "Action", "sts:AssumeRole"));
    return json_pack("{s:s, s:o}", "Version", "2012-10-17", "Statement", statements);
}

static bool put_inline(struct prelude *l, const struct role_spec *role)
{
    const struct policy *policy = role->inline_policies.items;
    for (size_t i = 0; i < role->inline_policies.n; i++) {
        AUTO(str_drop) struct str text = {0}, path = {0};
        json_auto_t *document = policy_document(&policy[i]);
        str_add_json_value(&text, document);
        str_addf(&path, "%s/%s", role->name, policy[i].name);
        if (!does(l, "iam:PutRolePolicy",
                  json_pack("{s:s, s:s, s:s}", "roleName", role->called, "policyName", policy[i].name, "policyDocument",
                            str_text(&text)),
                  str_text(&path), NULL))
            return false;
    }
    return true;
}

static bool make_role(struct prelude *l, const struct role_spec *role)
{
    AUTO(str_drop) struct str text = {0};
    json_auto_t *trust = trust_policy(l, role);
    if (!trust)
        return err_wrap(l->e, "the trust of the role \"%s\"", role->name);
    str_add_json_value(&text, trust);
    json_t *params = json_pack("{s:s, s:s}", "roleName", role->called, "assumeRolePolicyDocument", str_text(&text));
    json_put_text(params, "description", role->description);
    next_thing(l, "role", role->name);
    return does(l, "iam:CreateRole", params, role->name, NULL) &&
           attach(l, "iam:AttachRolePolicy", "roleName", role->called, &role->policies) && put_inline(l, role);
}

static bool make_roles(struct prelude *l)
{
    const struct role_spec *role = l->p->scenario->account.roles.items;
    for (size_t i = 0; i < l->p->scenario->account.roles.n; i++)
        if (!make_role(l, &role[i]))
            return false;
    return true;
}

/* Systems Manager reaches an instance by its role. Whose scenario gives it none has that of the console's quick setup. */
#define QUICK_SETUP "SSMInstanceProfile"
static bool make_instance_role(struct prelude *l)
{
    static const char *trusts[] = {SERVICE_EC2}, *core[] = {"AmazonSSMManagedInstanceCore"};
    static const struct role_spec quick = {
        .name = QUICK_SETUP, .called = QUICK_SETUP, .trusts = {trusts, COUNT(trusts)},
                .policies = {core,   COUNT(core)  }
    };
    const struct instance_spec *instance = l->p->scenario->account.instances.items;
    bool wanted = false;
    for (size_t i = 0; i < l->p->scenario->account.instances.n; i++)
        wanted |= !instance[i].role;
    return !wanted || make_role(l, &quick);
}

static const char *profile_of(struct prelude *l, const struct instance_spec *spec)
{
    const void *item = NULL;
    bool own = spec->role && scenario_name(l->p->scenario, spec->role, &item) == NAME_ROLE;
    return own ? ((const struct role_spec *)item)->called : QUICK_SETUP;
}

/* ---- EC2 ---- */

static json_t *set_of(json_t *item)
{
    return json_pack("{s:[o]}", "items", item);
}

static bool open_port(struct prelude *l, const struct security_group_spec *group, const char *id, const struct opening *o)
{
    AUTO(str_drop) struct str from = {0}, path = {0};
    if (!scenario_expand(o->from.text, play_lookup, l->p, &from, l->e))
        return err_wrap(l->e, "%s:%u:%u", o->from.at.file, o->from.at.line, o->from.at.col);
    int64_t port = o->tcp ? o->tcp : o->udp;
    json_t *range = json_pack("{s:s}", "cidrIp", str_text(&from));
    json_put_text(range, "description", o->description);
    json_t *permission = json_pack("{s:s, s:I, s:I, s:o}", "ipProtocol", o->tcp ? "tcp" : "udp", "fromPort", (json_int_t)port,
                                   "toPort", (json_int_t)(o->to ? o->to : port), "ipRanges", set_of(range));
    str_addf(&path, "%s/%lld/%s", group->name, (long long)port, o->from.text);
    return does(l, "ec2:AuthorizeSecurityGroupIngress",
                json_pack("{s:s, s:o}", "groupId", id, "ipPermissions", set_of(permission)), str_text(&path), NULL);
}

static bool make_security_groups(struct prelude *l)
{
    const struct security_group_spec *group = l->p->scenario->account.security_groups.items;
    for (size_t i = 0; i < l->p->scenario->account.security_groups.n; i++) {
        struct outcome out;
        next_thing(l, "security-group", group[i].name);
        if (!does(l, "ec2:CreateSecurityGroup",
                  json_pack("{s:s, s:s, s:s}", "groupName", group[i].called, "groupDescription", group[i].description, "vpcId",
                            l->p->world.account.network.vpc_id),
                  group[i].name, &out))
            return false;
        const char *id = json_str_or(out.reply, "GroupId", "");
        const struct opening *opening = group[i].lets_in.items;
        for (size_t k = 0; k < group[i].lets_in.n; k++)
            if (!open_port(l, &group[i], id, &opening[k]))
                return false;
    }
    return true;
}

static const struct security_group_spec *group_spec(const struct scenario *s, const char *name)
{
    const void *item = NULL;
    return scenario_name(s, name, &item) == NAME_GROUP ? item : NULL;
}

static json_t *run_params(struct prelude *l, const struct instance_spec *spec)
{
    struct chance c = chance_of(&l->p->seed, "prelude/image"); /* all run the same */
    char image[18];
    image[0] = '0';
    chance_text(&c, ALPHABET_HEX, 16, image + 1);
    json_t *groups = json_array();
    for (size_t i = 0; i < spec->groups.n; i++) {
        const struct security_group_spec *group = group_spec(l->p->scenario, spec->groups.list[i]);
        const struct security_group *made = group ? find_security_group(&l->p->world, group->called) : NULL;
        if (made)
            json_array_append_new(groups, json_pack("{s:s}", "groupId", made->id));
    }
    json_t *asked = json_pack("{s:o, s:i, s:i}", "imageId", json_textf("ami-%s", image), "minCount", 1, "maxCount", 1);
    json_put_text(asked, "keyName", spec->key_name);
    json_t *tags = json_pack("{s:s, s:[{s:s, s:s}]}", "resourceType", "instance", "tags", "key", "Name", "value", spec->called);
    json_t *params =
        json_pack("{s:o, s:s, s:{s:o}, s:o, s:{s:s}}", "instancesSet", set_of(asked), "instanceType", spec->type, "groupSet",
                  "items", groups, "tagSpecificationSet", set_of(tags), "iamInstanceProfile", "name", profile_of(l, spec));
    if (spec->tokens == TOKENS_REQUIRED)
        json_put(params, "metadataOptions", json_pack("{s:s, s:s}", "httpTokens", "required", "httpEndpoint", "enabled"));
    return params;
}

static bool make_instances(struct prelude *l)
{
    const struct instance_spec *spec = l->p->scenario->account.instances.items;
    for (size_t i = 0; i < l->p->scenario->account.instances.n; i++) {
        next_thing(l, "instance", spec[i].name);
        if (!does(l, "ec2:RunInstances", run_params(l, &spec[i]), spec[i].name, NULL))
            return false;
    }
    return true;
}

/* ---- S3 ---- */

static bool open_bucket(struct prelude *l, const struct bucket_spec *spec, const char *name)
{
    if (spec->public && !does(l, "s3:DeleteBucketPublicAccessBlock", json_pack("{s:s}", "bucketName", name), spec->name, NULL))
        return false;
    json_t *policy = spec->policy ? scenario_expand_node(spec->policy, play_lookup, l->p, l->e) : NULL;
    if (spec->policy && !policy)
        return err_wrap(l->e, "the policy of the bucket \"%s\"", spec->name);
    return !policy ||
           does(l, "s3:PutBucketPolicy", json_pack("{s:s, s:o}", "bucketName", name, "bucketPolicy", policy), spec->name, NULL);
}

static bool filled(struct prelude *l, const struct value *v, struct str *out)
{
    return !v->text || scenario_expand(v->text, play_lookup, l->p, out, l->e) ||
           err_wrap(l->e, "%s:%u:%u", v->at.file, v->at.line, v->at.col);
}

static bool make_objects(struct prelude *l, const struct bucket_spec *spec, const char *bucket)
{
    const struct object_spec *object = spec->objects.items;
    for (size_t i = 0; i < spec->objects.n; i++) {
        AUTO(str_drop) struct str key = {0}, size = {0}, text = {0}, path = {0};
        if (!filled(l, &object[i].key, &key) || !filled(l, &object[i].size, &size) || !filled(l, &object[i].text, &text))
            return false;
        json_t *params = json_pack("{s:s, s:s}", "bucketName", bucket, "key", str_text(&key));
        if (object[i].text.text)
            json_put_text(params, "body", str_text(&text));
        else
            json_put(params, "size", json_integer(strtoll(str_text(&size), NULL, 10)));
        str_addf(&path, "%s/%zu", spec->name, i);
        if (!does(l, "s3:PutObject", params, str_text(&path), NULL))
            return false;
    }
    return true;
}

static bool make_buckets(struct prelude *l)
{
    const struct bucket_spec *spec = l->p->scenario->account.buckets.items;
    for (size_t i = 0; i < l->p->scenario->account.buckets.n; i++) {
        AUTO(str_drop) struct str name = {0};
        next_thing(l, "bucket", spec[i].name);
        if (!scenario_expand(spec[i].called.text, play_lookup, l->p, &name, l->e))
            return err_wrap(l->e, "%s:%u:%u", spec[i].called.at.file, spec[i].called.at.line, spec[i].called.at.col);
        if (!does(l, "s3:CreateBucket", json_pack("{s:s}", "bucketName", str_text(&name)), spec[i].name, NULL) ||
            !open_bucket(l, &spec[i], str_text(&name)) || !make_objects(l, &spec[i], str_text(&name)))
            return false;
    }
    return true;
}

/* In an order in which each finds what it needs. Instances come last: servers have not been up for a year. */
bool prelude_play(struct play *p, struct err *e)
{
    struct chance c = chance_of(&p->seed, "prelude/opened");
    const struct account_spec *a = &p->scenario->account;
    struct prelude l = {.p = p, .e = e, .ready_ms = p->from_ms - 9 * DAY};
    l.opened_ms = l.ready_ms - chance_between(&c, 200 * DAY, 400 * DAY) / 1000 * 1000;
    l.things = a->policies.n + a->groups.n + p->scenario->cast.n + a->roles.n + a->security_groups.n + a->buckets.n +
               a->instances.n + 1;
    bool people = make_policies(&l) && make_groups(&l) && make_users(&l);
    cast_meet_account(p);
    if (!people || !make_roles(&l) || !make_buckets(&l) || !make_instance_role(&l) || !make_security_groups(&l) ||
        !make_instances(&l))
        return false;
    keys_begin(p);
    return true;
}

/* ---- servers ---- */

/* The owner's key: a real one, so that a client that has the private part gets in. */
static const char *owner_key(struct play *p, const char *server, const char *owner)
{
    struct seed private = seed_derive(&p->seed, "server/%s/key", server);
    uint8_t blob[51] = "\0\0\0\13ssh-ed25519\0\0\0\40"; /* RFC 8709: name and key, each with its length before it */
    size_t n = 32;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private.key, sizeof(private.key));
    if (!key || !EVP_PKEY_get_raw_public_key(key, blob + 19, &n))
        abort();
    EVP_PKEY_free(key);
    AUTO(str_drop) struct str line = {0};
    str_add(&line, "ssh-ed25519 ");
    str_add_base64(&line, blob, sizeof(blob));
    str_addf(&line, " %s", owner);
    return arena_dup(&p->world.arena, str_text(&line));
}

struct instance *instance_of(struct world *w, const struct instance_spec *spec)
{
    struct instance *i = w->account.instances;
    while (i && !text_same(tag_value(i->tags, "Name"), spec->called))
        i = i->next;
    return i;
}

/* From the making of the image in fixtures/host to its first boot as an instance: so long before the launch its files
 * begin, and what its owner set up then follows the launch. */
#define IMAGE_AGE_MS INT64_C(201612000)

/* The newest boot, for a kernel update: some days before everything begins, so that the logs begin with it. */
static int64_t last_boot(const struct play *p, const char *server, int64_t launched_ms)
{
    struct chance c = chance_of(&p->seed, "server/%s/boot", server);
    int64_t boot = p->from_ms - chance_between(&c, 30 * 3600, 100 * 3600) * 1000;

    return boot > launched_ms + DAY ? boot / 1000 * 1000 : launched_ms + DAY;
}

struct boot boot_of(struct play *p, const struct server_spec *spec)
{
    const void *item = NULL;
    scenario_name(p->scenario, spec->instance, &item);
    const struct instance_spec *instance = item;
    const struct instance *made = instance_of(&p->world, instance);
    const struct member *student = play_student(p);
    int64_t launched = made->launched_ms / 1000 * 1000;
    return (struct boot){
        .instance_id = made->id,
        .plan = {.name = spec->name,
                 .login_user = spec->login_user,
                 .site = spec->site,
                 .public_key = owner_key(p, spec->name, instance->key_name ? instance->key_name : student->person->name),
                 .booted_ms = last_boot(p, spec->name, launched),
                 .installed_ms = launched + 34000 - IMAGE_AGE_MS}
    };
}

bool servers_boot(struct play *p, struct err *e)
{
    const struct server_spec *spec = p->scenario->servers.items;
    for (size_t i = 0; i < p->scenario->servers.n; i++) {
        struct boot boot = boot_of(p, &spec[i]);
        if (!host_boot(&p->world, find_instance(&p->world, boot.instance_id), &boot.plan, e))
            return err_wrap(e, "server \"%s\"", spec[i].name);
    }
    return true;
}
