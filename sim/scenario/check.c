/* SPDX-License-Identifier: MIT */
/*
 * What no single table can see: names used twice, people and resources that refer to what is not there. Every mistake is
 * told; none stops the others from being found. Steps and variables are in check_steps.c.
 */
#include "sim/scenario/check.h"

#include "sim/base/services.h"

#include <string.h>

#define AT(item) (item)->at, (unsigned)strlen((item)->name)

void word_error(const struct scenario *s, struct diags *diags, const char *word, const char *rule, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    unsigned width;
    struct src_pos at = scenario_place(s, word, &width);
    va_list args;

    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    diag_error(diags, at, width, rule, "%s", str_text(&text));
}

/* ---- names are one space ---- */

/* Where the name stands that `scenario_name` finds for this one. */
static const char *first_named(struct scenario *s, const char *name, struct src_pos second)
{
    const void *item = NULL;
    unsigned width;
    bool mark = scenario_name(s, name, &item) == NAME_MARK;
    struct src_pos first =
        mark ? scenario_place(s, ((const struct step *)item)->mark, &width) : ((const struct variable *)item)->at;
    return first_is(&s->arena, first, second);
}

static void check_unique(struct scenario *s, struct diags *diags, const struct list *list, size_t size)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct variable *item = (const void *)((const char *)list->items + i * size); /* name and place come first */
        const void *first = NULL;
        scenario_name(s, item->name, &first);
        if (first != (const void *)item)
            diag_error(diags, AT(item), "name-taken", "\"%s\" is the name of something else already: %s", item->name,
                       first_named(s, item->name, item->at));
        else if (text_same(item->name, "account"))
            diag_error(diags, AT(item), "name-taken", "\"account\" is the account's own name: expected another");
        else if (item->name[strspn(item->name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
            diag_error(diags, AT(item), "bad-name", "expected a name of a-z, 0-9 and _, got \"%s\"", item->name);
    }
}

static void check_names(struct scenario *s, struct diags *diags)
{
    check_unique(s, diags, &s->vary, sizeof(struct variable));
    check_unique(s, diags, &s->places, sizeof(struct place));
    check_unique(s, diags, &s->cast, sizeof(struct person));
    check_unique(s, diags, &s->account.security_groups, sizeof(struct security_group_spec));
    check_unique(s, diags, &s->account.roles, sizeof(struct role_spec));
    check_unique(s, diags, &s->account.instances, sizeof(struct instance_spec));
    check_unique(s, diags, &s->account.buckets, sizeof(struct bucket_spec));
    check_unique(s, diags, &s->servers, sizeof(struct server_spec));
    const struct step *step = s->timeline.items;
    for (size_t i = 0; i < s->timeline.n; i++) {
        const void *first = NULL;
        unsigned width;
        if (!step[i].mark || (scenario_name(s, step[i].mark, &first), first == (const void *)&step[i]))
            continue;
        struct src_pos at = scenario_place(s, step[i].mark, &width);
        if (!first)
            diag_error(diags, at, width, "name-taken", "\"%s\" is the account's own name: expected another", step[i].mark);
        else
            diag_error(diags, at, width, "name-taken", "\"%s\" is the name of something else already: %s", step[i].mark,
                       first_named(s, step[i].mark, at));
    }
}

/* What something lacks may lack because it was written wrong: that is told then, and nothing more. */
static bool sure(const struct diags *diags)
{
    return diags->n_errors == 0;
}

/* ---- what a word refers to ---- */

static const char *const *names_of(struct scenario *s, const struct list *list, size_t size)
{
    const char **names = arena_alloc(&s->arena, (list->n + 1) * sizeof(*names));

    for (size_t i = 0; i < list->n; i++)
        names[i] = *(const char *const *)((const char *)list->items + i * size);
    return names;
}

/* " (did you mean ..?)" or "" */
static const char *meant_among(struct scenario *s, const char *const *names, const char *word)
{
    const char *meant = text_meant(word, names);

    return meant ? arena_printf(&s->arena, " (did you mean \"%s\"?)", meant) : "";
}

static const char *const *names_of_kind(struct scenario *s, enum name_kind kind)
{
    switch (kind) {
    case NAME_PLACE: return names_of(s, &s->places, sizeof(struct place));
    case NAME_PERSON: return names_of(s, &s->cast, sizeof(struct person));
    case NAME_GROUP: return names_of(s, &s->account.security_groups, sizeof(struct security_group_spec));
    case NAME_ROLE: return names_of(s, &s->account.roles, sizeof(struct role_spec));
    case NAME_INSTANCE: return names_of(s, &s->account.instances, sizeof(struct instance_spec));
    case NAME_SERVER: return names_of(s, &s->servers, sizeof(struct server_spec));
    default: return scenario_marks(s);
    }
}

static const char *person_with_user(const struct scenario *s, const char *user)
{
    const struct person *p = s->cast.items;
    for (size_t i = 0; i < s->cast.n; i++)
        if (text_same(p[i].user, user))
            return p[i].name;
    return NULL;
}

void expect_kind(struct scenario *s, struct diags *diags, const char *word, enum name_kind kind)
{
    static const char *const words[] = {
        [NAME_PLACE] = "no place \"%s\" under places%s",
        [NAME_PERSON] = "no person \"%s\" under cast%s",
        [NAME_GROUP] = "no security group \"%s\" under account.security_groups%s",
        [NAME_ROLE] = "no role \"%s\" under account.roles%s",
        [NAME_INSTANCE] = "no instance \"%s\" under account.instances%s",
        [NAME_SERVER] = "no server \"%s\" under servers%s",
        [NAME_MARK] = "no mark \"%s\" in the timeline%s",
    };
    enum name_kind found = word ? scenario_name(s, word, NULL) : kind;
    if (found != kind && !(s->library && found == NAME_NONE)) {
        const char *user_of = kind == NAME_PERSON ? person_with_user(s, word) : NULL;
        const char *meant = user_of ? arena_printf(&s->arena, " (that is the user of \"%s\")", user_of)
                                    : meant_among(s, names_of_kind(s, kind), word);
        const char *said = arena_printf(&s->arena, words[kind], word, meant);
        word_error(s, diags, word, "dangling-reference", "%s", said);
    }
}

static bool is_among(const char *const *names, const char *word)
{
    while (*names && strcmp(*names, word) != 0)
        names++;
    return *names;
}

void check_client(struct scenario *s, struct diags *diags, const char *client)
{
    const char **names = arena_alloc(&s->arena, (scenario_n_clients + 1) * sizeof(*names));
    AUTO(str_drop) struct str all = {0};

    if (!client || client_find(client))
        return;
    for (size_t i = 0; i < scenario_n_clients; i++) {
        names[i] = scenario_clients[i].name;
        str_addf(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *meant = meant_among(s, names, client);
    if (*meant)
        word_error(s, diags, client, "unknown-client", "unknown client \"%s\"%s", client, meant);
    else
        word_error(s, diags, client, "unknown-client", "unknown client \"%s\": expected one of %s", client, str_text(&all));
}

/* ---- people ---- */

static void check_policies(struct scenario *s, struct diags *diags, const struct texts *policies)
{
    const char *const *own = names_of(s, &s->account.policies, sizeof(struct policy));

    for (size_t i = 0; i < policies->n; i++) {
        const char *name = policies->list[i];
        bool like_aws = name[0] >= 'A' && name[0] <= 'Z' && name[strspn(name, ALPHABET_ALNUM "_")] == 0;
        if (!like_aws && !s->library && !is_among(own, name))
            word_error(s, diags, name, "dangling-reference",
                       "no policy \"%s\" under account.policies, nor is it named like one of AWS%s", name,
                       meant_among(s, own, name));
    }
}

static void check_groups(struct scenario *s, struct diags *diags, const struct texts *groups)
{
    const char *const *known = names_of(s, &s->account.groups, sizeof(struct group_spec));

    for (size_t i = 0; i < groups->n && !s->library; i++)
        if (!is_among(known, groups->list[i]))
            word_error(s, diags, groups->list[i], "dangling-reference", "no group \"%s\" under account.groups%s",
                       groups->list[i], meant_among(s, known, groups->list[i]));
}

static void check_credentials(struct diags *diags, const struct person *p)
{
    const struct client *client = p->client ? client_find(p->client) : NULL;

    if (!p->user && sure(diags) && (p->access_key || p->console_password || p->groups.n || p->policies.n))
        diag_error(diags, AT(p), "no-user", "\"%s\" has keys, a password, groups or policies, but no user in the account",
                   p->name);
    if (!client || !p->user || text_same(client->name, "ssh"))
        return;
    if (client->console && !p->console_password)
        diag_error(diags, AT(p), "no-credentials", "\"%s\" works with %s and so needs console_password: true", p->name,
                   p->client);
    if (!client->console && !p->access_key)
        diag_error(diags, AT(p), "no-credentials", "\"%s\" works with %s and so needs access_key: true", p->name, p->client);
    if (p->mfa && !p->console_password)
        diag_error(diags, AT(p), "no-credentials", "\"%s\" has a second factor and so needs console_password: true", p->name);
}

static void check_cast(struct scenario *s, struct diags *diags)
{
    const struct person *p = s->cast.items;
    size_t students = 0;

    for (size_t i = 0; i < s->cast.n; i++) {
        expect_kind(s, diags, p[i].place, NAME_PLACE);
        check_groups(s, diags, &p[i].groups);
        check_policies(s, diags, &p[i].policies);
        check_client(s, diags, p[i].client);
        check_credentials(diags, &p[i]);
        students += p[i].student;
        for (size_t j = 0; j < i && p[i].user; j++)
            if (text_same(p[i].user, p[j].user))
                word_error(s, diags, p[i].user, "name-taken", "\"%s\" is the user of \"%s\" already", p[i].user, p[j].name);
    }
    if (s->cast.n && students != 1 && !(s->library && !students) && (students || sure(diags)))
        diag_error(diags, AT(&p[0]), "one-student", "expected exactly one person with student: true, found %zu", students);
}

/* ---- places and resources ---- */

static void check_cidr(const struct scenario *s, struct diags *diags, const struct value *v)
{
    struct cidr cidr;

    if (!v->text)
        return;
    scenario_check_references(s, diags, v->text, v->at, v->width);
    if (strstr(v->text, "{{"))
        return;
    if (!cidr_parse(v->text, &cidr))
        diag_error(diags, v->at, v->width, "bad-cidr", "expected a network such as 203.0.113.0/28, got \"%s\"", v->text);
    else if (!cidr_strict(&cidr))
        diag_error(diags, v->at, v->width, "bad-cidr", "\"%s\" has bits set behind its prefix: expected %s", v->text,
                   cidr_network(&diags->arena, &cidr));
}

/* "ec2:Describe*", "*" */
static void check_actions(const struct scenario *s, struct diags *diags, const struct texts *actions)
{
    for (size_t i = 0; i < actions->n; i++) {
        const char *action = actions->list[i], *colon = strchr(action, ':');
        bool good =
            text_same(action, "*") || (colon && colon != action && colon[1] && !action[strspn(action, ALPHABET_ALNUM ":*?-_")]);
        if (!good)
            word_error(s, diags, action, "bad-action", "expected an action such as ec2:Describe*, got \"%s\"", action);
    }
}

static void check_own_policies(const struct scenario *s, struct diags *diags, const struct list *policies)
{
    const struct policy *policy = policies->items;

    for (size_t i = 0; i < policies->n; i++) {
        if (!policy[i].allow.n && !policy[i].deny.n && !policy[i].document && sure(diags))
            diag_error(diags, AT(&policy[i]), "empty", "the policy \"%s\" says nothing: expected allow, deny or document",
                       policy[i].name);
        if (policy[i].document && (policy[i].allow.n || policy[i].deny.n))
            diag_error(
                diags, AT(&policy[i]), "two-policies",
                "the policy \"%s\" has a document and more beside it: expected either \"document\", or \"allow\" and \"deny\"",
                policy[i].name);
        check_actions(s, diags, &policy[i].allow);
        check_actions(s, diags, &policy[i].deny);
    }
}

/* ---- roles ---- */

static bool node_names(const struct node *services, const char *service)
{
    if (!services || services->kind == NODE_TEXT)
        return services && text_same(services->text, service);
    for (size_t i = 0; i < services->n && services->kind == NODE_LIST; i++)
        if (node_names(services->items[i], service))
            return true;
    return false;
}

static bool statement_names(const struct node *statement, const char *service)
{
    return node_names(node_get(node_get(statement, "Principal"), "Service"), service);
}

/* May it assume the role? */
static bool role_trusts(const struct role_spec *role, const char *service)
{
    const struct node *statements = node_get(role->trust, "Statement");

    for (size_t i = 0; i < role->trusts.n; i++)
        if (text_same(role->trusts.list[i], service))
            return true;
    for (size_t i = 0; statements && statements->kind == NODE_LIST && i < statements->n; i++)
        if (statement_names(statements->items[i], service))
            return true;
    return statement_names(statements, service);
}

static void check_trusted(struct scenario *s, struct diags *diags, const char *who)
{
    const void *item = NULL;

    if (text_same(who, "account") || text_ends(who, ".amazonaws.com"))
        return;
    if (scenario_name(s, who, &item) != NAME_PERSON) {
        if (!s->library)
            word_error(s, diags, who, "dangling-reference",
                       "nobody is called \"%s\": expected a service such as " SERVICE_EC2
                       ", a person under cast, or \"account\" for everybody in it%s",
                       who, meant_among(s, names_of_kind(s, NAME_PERSON), who));
    } else if (!((const struct person *)item)->user)
        word_error(s, diags, who, "no-user", "\"%s\" has no user in the account, and so cannot be trusted with a role", who);
}

static void check_roles(struct scenario *s, struct diags *diags)
{
    const struct role_spec *role = s->account.roles.items;

    for (size_t i = 0; i < s->account.roles.n; i++) {
        if (!role[i].trusts.n == !role[i].trust && (role[i].trust || sure(diags)))
            diag_error(diags, AT(&role[i]), "no-trust",
                       "who may assume the role \"%s\"? expected either \"trusts\" with services and people, or \"trust\" "
                       "with a whole document",
                       role[i].name);
        for (size_t j = 0; j < role[i].trusts.n; j++)
            check_trusted(s, diags, role[i].trusts.list[j]);
        scenario_check_node(s, diags, role[i].trust);
        check_policies(s, diags, &role[i].policies);
        check_own_policies(s, diags, &role[i].inline_policies);
        for (size_t j = 0; j < i && role[i].called; j++)
            if (text_same(role[i].called, role[j].called))
                word_error(s, diags, role[i].called, "name-taken", "\"%s\" is the name of the role \"%s\" already",
                           role[i].called, role[j].name);
    }
}

/* Whose profile an instance has, EC2 must be trusted with. */
static void check_role_of(struct scenario *s, struct diags *diags, const struct instance_spec *instance)
{
    const void *item = NULL;

    expect_kind(s, diags, instance->role, NAME_ROLE);
    if (!instance->role || scenario_name(s, instance->role, &item) != NAME_ROLE)
        return;
    const struct role_spec *role = item;
    if ((role->trusts.n || role->trust) && !role_trusts(role, SERVICE_EC2))
        word_error(s, diags, instance->role, "untrusted",
                   "no instance can have the role \"%s\": its trust does not name " SERVICE_EC2, instance->role);
}

/* ---- the network ---- */

static void check_opening(const struct scenario *s, struct diags *diags, const struct opening *o)
{
    int64_t port = o->tcp ? o->tcp : o->udp;

    check_cidr(s, diags, &o->from);
    if ((o->tcp && o->udp) || (!o->tcp && !o->udp && sure(diags)))
        diag_error(diags, o->from.at, o->from.width, "bad-opening",
                   "an opening is of one port: expected either \"tcp: 22\" or \"udp: 53\" beside \"from\"");
    else if (o->to && o->to < port)
        diag_error(diags, o->from.at, o->from.width, "bad-opening", "the ports end (%lld) before they begin (%lld)",
                   (long long)o->to, (long long)port);
}

static void check_security_groups(const struct scenario *s, struct diags *diags)
{
    const struct security_group_spec *sg = s->account.security_groups.items;

    for (size_t i = 0; i < s->account.security_groups.n; i++) {
        for (size_t j = 0; j < sg[i].lets_in.n; j++)
            check_opening(s, diags, (const struct opening *)sg[i].lets_in.items + j);
        for (const char *c = sg[i].description ? sg[i].description : ""; *c; c++)
            if ((unsigned char)*c >= 0x80) { /* EC2 refuses it (CreateSecurityGroup, GroupDescription) */
                word_error(s, diags, sg[i].description, "not-ascii", "EC2 takes no letters beyond ASCII in \"description\"");
                break;
            }
    }
}

static void check_instances(struct scenario *s, struct diags *diags)
{
    const struct instance_spec *instance = s->account.instances.items;

    for (size_t i = 0; i < s->account.instances.n; i++) {
        for (size_t j = 0; j < instance[i].groups.n; j++)
            expect_kind(s, diags, instance[i].groups.list[j], NAME_GROUP);
        check_role_of(s, diags, &instance[i]);
        const char *dot = instance[i].type ? strchr(instance[i].type, '.') : NULL;
        if (instance[i].type && (!dot || dot == instance[i].type || !dot[1]))
            word_error(s, diags, instance[i].type, "bad-type", "expected an instance type such as t3.micro, got \"%s\"",
                       instance[i].type);
    }
}

static void check_servers(struct scenario *s, struct diags *diags)
{
    const struct server_spec *server = s->servers.items;

    for (size_t i = 0; i < s->servers.n; i++) {
        expect_kind(s, diags, server[i].instance, NAME_INSTANCE);
        if (server[i].like && !text_same(server[i].like, "amazon-linux-2"))
            word_error(s, diags, server[i].like, "unknown-base", "unknown base tree \"%s\": expected amazon-linux-2",
                       server[i].like);
    }
}

static void check_value(struct scenario *s, struct diags *diags, const struct value *v)
{
    if (v->text)
        scenario_check_references(s, diags, v->text, v->at, v->width);
}

static void check_bucket(struct scenario *s, struct diags *diags, const struct bucket_spec *bucket)
{
    const struct object_spec *object = bucket->objects.items;

    check_value(s, diags, &bucket->called);
    scenario_check_node(s, diags, bucket->policy);
    for (size_t i = 0; i < bucket->objects.n; i++) {
        check_value(s, diags, &object[i].key);
        check_value(s, diags, &object[i].size);
        check_value(s, diags, &object[i].text);
        if (object[i].key.text && !object[i].size.text == !object[i].text.text)
            diag_error(diags, object[i].key.at, object[i].key.width, "missing-key",
                       "an object needs either \"size\" or \"text\"");
    }
}

static void check_account(struct scenario *s, struct diags *diags)
{
    const struct group_spec *group = s->account.groups.items;
    const struct bucket_spec *bucket = s->account.buckets.items;
    const struct place *place = s->places.items;

    for (size_t i = 0; i < s->places.n; i++)
        check_cidr(s, diags, &place[i].cidr);
    check_own_policies(s, diags, &s->account.policies);
    for (size_t i = 0; i < s->account.groups.n; i++)
        check_policies(s, diags, &group[i].policies);
    check_roles(s, diags);
    check_security_groups(s, diags);
    check_instances(s, diags);
    for (size_t i = 0; i < s->account.buckets.n; i++)
        check_bucket(s, diags, &bucket[i]);
}

const char *const scenario_regions[] = {"us-east-1",      "us-east-2",      "us-west-1",
                                        "us-west-2",      "ca-central-1",   "ca-west-1",
                                        "sa-east-1",      "mx-central-1",   "eu-west-1",
                                        "eu-west-2",      "eu-west-3",      "eu-central-1",
                                        "eu-central-2",   "eu-north-1",     "eu-south-1",
                                        "eu-south-2",     "ap-east-1",      "ap-south-1",
                                        "ap-south-2",     "ap-northeast-1", "ap-northeast-2",
                                        "ap-northeast-3", "ap-southeast-1", "ap-southeast-2",
                                        "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
                                        "ap-southeast-7", "me-south-1",     "me-central-1",
                                        "il-central-1",   "af-south-1",     NULL};

bool region_known(const char *region)
{
    return is_among(scenario_regions, region);
}

static void check_region(struct scenario *s, struct diags *diags)
{
    if (!s->region || is_among(scenario_regions, s->region))
        return;
    const char *meant = meant_among(s, scenario_regions, s->region);
    word_error(s, diags, s->region, "unknown-region", "unknown region \"%s\"%s", s->region,
               *meant ? meant : ": expected one such as eu-west-1");
}

/* Names that are not there may be in whatever uses the file, and so may the clock: expect_kind() and its like know. */
void scenario_check_library(struct scenario *s, struct diags *diags)
{
    check_names(s, diags);
    check_account(s, diags);
    check_servers(s, diags);
    check_cast(s, diags);
}

void scenario_check(struct scenario *s, struct diags *diags)
{
    check_names(s, diags);
    check_region(s, diags);
    check_account(s, diags);
    check_servers(s, diags);
    check_cast(s, diags);
    check_steps(s, diags);
    expect_kind(s, diags, s->background.scanned_after, NAME_MARK);
}
