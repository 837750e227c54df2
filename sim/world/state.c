/* SPDX-License-Identifier: MIT */
/*
 * The world as it is now, as one JSON text: no story, no journal, nobody who did anything. What a replay would come to is
 * taken from it at once, and a student's bundle begins with it instead of with the past.
 *
 * Tables say once how each struct is written and read. What is NULL, 0 or false is left out. Things that are pointed to are
 * named: a policy by its ARN, a user by name. Servers' files are not in it; they are trees of their own. The text lies on a
 * student's disk, so everything read is checked.
 */
#include "sim/world/world.h"

#include <string.h>

enum kind {
    TEXT,
    MUST_TEXT,
    NUMBER_INT,
    NUMBER_LONG,
    NUMBER_UINT,
    NUMBER_64,
    FLAG,
    DOCUMENT,
    LIST,
    REFERENCE,
    PLACES,
    CONTENT
};

enum target { TO_POLICY, TO_USER, TO_KEY, TO_TRAIL, TO_INSTANCE };
struct shape;
struct part {
    const char *key;
    enum kind kind;
    size_t offset;
    const struct shape *of; /* LIST */
    enum target to;         /* REFERENCE */
    bool needed;            /* REFERENCE */
};
struct shape {
    size_t size;
    const struct part *parts;
    size_t n;
};
#define SHAPE(type, parts)                                                                                                     \
    {                                                                                                                          \
        sizeof(struct type), parts, COUNT(parts)                                                                               \
    }
#define T(key, type, member)                                                                                                   \
    {                                                                                                                          \
        key, TEXT, offsetof(struct type, member), NULL, 0, false                                                               \
    }
#define M(key, type, member)                                                                                                   \
    {                                                                                                                          \
        key, MUST_TEXT, offsetof(struct type, member), NULL, 0, false                                                          \
    }
#define I(key, type, member)                                                                                                   \
    {                                                                                                                          \
        key, NUMBER_INT, offsetof(struct type, member), NULL, 0, false                                                         \
    }
#define L(key, type, member)                                                                                                   \
    {                                                                                                                          \
        key, NUMBER_LONG, offsetof(struct type, member), NULL, 0, false                                                        \
    }
#define U(key, type, member)                                                                                                   \
    {                                                                                                                          \
        key, NUMBER_UINT, offsetof(struct type, member), NULL, 0, false                                                        \
    }
#define N(key, type, member)                                                                                                   \
    {                                                                                                                          \
        key, NUMBER_64, offsetof(struct type, member), NULL, 0, false                                                          \
    }
#define F(key, type, member)                                                                                                   \
    {                                                                                                                          \
        key, FLAG, offsetof(struct type, member), NULL, 0, false                                                               \
    }
#define D(key, type, member)                                                                                                   \
    {                                                                                                                          \
        key, DOCUMENT, offsetof(struct type, member), NULL, 0, false                                                           \
    }
#define LIST_OF(key, type, member, shape)                                                                                      \
    {                                                                                                                          \
        key, LIST, offsetof(struct type, member), &(shape), 0, false                                                           \
    }
#define REF(key, type, member, to, needed)                                                                                     \
    {                                                                                                                          \
        key, REFERENCE, offsetof(struct type, member), NULL, to, needed                                                        \
    }

/* ---- IAM ---- */

static const struct part policy_parts[] = {
    M("name", policy_doc, name),          T("arn", policy_doc, arn),
    T("path", policy_doc, path),          T("description", policy_doc, description),
    T("id", policy_doc, policy_id),       D("document", policy_doc, document),
    N("created", policy_doc, created_ms),
};
static const struct shape policy_shape = SHAPE(policy_doc, policy_parts);
static const struct part attachment_parts[] = {REF("policy", attachment, policy, TO_POLICY, true)};
static const struct shape attachment_shape = SHAPE(attachment, attachment_parts);
static const struct part key_parts[] = {
    M("id", access_key, id),
    T("secret", access_key, secret),
    F("active", access_key, active),
    N("created", access_key, created_ms),
    N("lastUsed", access_key, last_used_ms),
    T("lastService", access_key, last_service),
    T("lastRegion", access_key, last_region),
};
static const struct shape key_shape = SHAPE(access_key, key_parts);
static const struct part mfa_parts[] = {M("serial", mfa_device, serial), N("enabled", mfa_device, enabled_ms)};
static const struct shape mfa_shape = SHAPE(mfa_device, mfa_parts);
static const struct part tag_parts[] = {M("key", tag, key), M("value", tag, value)};
static const struct shape tag_shape = SHAPE(tag, tag_parts);
static const struct part user_parts[] = {
    M("name", user, name),
    M("path", user, path),
    M("id", user, id),
    M("arn", user, arn),
    N("created", user, created_ms),
    N("passwordLastUsed", user, password_last_used_ms),
    F("loginProfile", user, has_login_profile),
    F("passwordReset", user, password_reset_required),
    T("password", user, password),
    N("loginProfileCreated", user, login_profile_ms),
    LIST_OF("keys", user, keys, key_shape),
    LIST_OF("inlinePolicies", user, inline_policies, policy_shape),
    LIST_OF("attached", user, attached, attachment_shape),
    LIST_OF("mfa", user, mfa, mfa_shape),
    LIST_OF("tags", user, tags, tag_shape),
};
static const struct shape user_shape = SHAPE(user, user_parts);
static const struct part member_parts[] = {REF("user", membership, user, TO_USER, true)};
static const struct shape member_shape = SHAPE(membership, member_parts);
static const struct part group_parts[] = {
    M("name", group, name),
    M("path", group, path),
    M("id", group, id),
    M("arn", group, arn),
    N("created", group, created_ms),
    LIST_OF("members", group, members, member_shape),
    LIST_OF("inlinePolicies", group, inline_policies, policy_shape),
    LIST_OF("attached", group, attached, attachment_shape),
};
static const struct shape group_shape = SHAPE(group, group_parts);
static const struct part role_parts[] = {
    M("name", role, name),
    M("path", role, path),
    M("id", role, id),
    M("arn", role, arn),
    T("description", role, description),
    N("created", role, created_ms),
    N("maxSession", role, max_session_s),
    D("trust", role, trust),
    LIST_OF("inlinePolicies", role, inline_policies, policy_shape),
    LIST_OF("attached", role, attached, attachment_shape),
};
static const struct shape role_shape = SHAPE(role, role_parts);

#define PRINCIPAL(type, member)                                                                                                \
    I("whoKind", type, member.kind), T("who", type, member.name), T("whoKey", type, member.access_key_id),                     \
        T("whoSession", type, member.session_name), T("whoInvokedBy", type, member.invoked_by),                                \
        N("whoStart", type, member.session_start_ms), F("whoMfa", type, member.mfa), F("whoConsole", type, member.console),    \
        L("whoOsSession", type, member.os_session)
static const struct part session_key_parts[] = {
    M("id", session_key, id),       M("secret", session_key, secret),
    M("token", session_key, token), N("expires", session_key, expires_ms),
    PRINCIPAL(session_key, who),
};
static const struct shape session_key_shape = SHAPE(session_key, session_key_parts);

/* ---- EC2 ---- */

static const struct part rule_parts[] = {
    M("id", sg_rule, id),          F("egress", sg_rule, egress),  M("protocol", sg_rule, protocol),
    I("from", sg_rule, from_port), I("to", sg_rule, to_port),     T("cidr4", sg_rule, cidr4),
    T("cidr6", sg_rule, cidr6),    T("group", sg_rule, group_id), T("description", sg_rule, description),
};
static const struct shape rule_shape = SHAPE(sg_rule, rule_parts);
static const struct part security_group_parts[] = {
    M("id", security_group, id),
    M("name", security_group, name),
    M("description", security_group, description),
    M("vpc", security_group, vpc_id),
    LIST_OF("rules", security_group, rules, rule_shape),
    LIST_OF("tags", security_group, tags, tag_shape),
};
static const struct shape security_group_shape = SHAPE(security_group, security_group_parts);
static const struct part instance_parts[] = {
    M("id", instance, id),
    M("reservation", instance, reservation_id),
    M("image", instance, image_id),
    M("type", instance, type),
    T("keyName", instance, key_name),
    M("vpc", instance, vpc_id),
    M("subnet", instance, subnet_id),
    M("zone", instance, zone),
    M("privateIp", instance, private_ip),
    T("publicIp", instance, public_ip),
    M("eni", instance, eni_id),
    M("volume", instance, volume_id),
    M("state", instance, state),
    T("profileRole", instance, profile_role),
    F("keep", instance, keep),
    N("launched", instance, launched_ms),
    {"groups", PLACES, offsetof(struct instance, groups), NULL, 0, false},
    LIST_OF("tags", instance, tags, tag_shape),
    T("server", instance, server),
};
static const struct shape instance_shape = SHAPE(instance, instance_parts);

/* ---- S3, KMS ---- */

static const struct part object_parts[] = {
    M("key", object, key),
    N("size", object, size),
    T("etag", object, etag),
    {"data", CONTENT, offsetof(struct object, data), NULL, 0, false}, /* after its size */
    N("modified", object, modified_ms),
    T("kmsKey", object, kms_key),
    D("headers", object, headers),
    T("storageClass", object, storage_class),
    LIST_OF("tags", object, tags, tag_shape),
};
static const struct shape object_shape = SHAPE(object, object_parts);
static const struct part upload_part_parts[] = {
    N("number", upload_part, number),
    N("modified", upload_part, modified_ms),
    N("size", upload_part, size),
    T("etag", upload_part, etag),
};
static const struct shape upload_part_shape = SHAPE(upload_part, upload_part_parts);
static const struct part upload_parts[] = {
    M("id", upload, id),
    M("key", upload, key),
    N("started", upload, started_ms),
    T("objectKey", upload, said.key),
    T("kmsKey", upload, said.kms_key),
    D("headers", upload, said.headers),
    T("storageClass", upload, said.storage_class),
    LIST_OF("tags", upload, said.tags, tag_shape),
    LIST_OF("parts", upload, parts, upload_part_shape),
};
static const struct shape upload_shape = SHAPE(upload, upload_parts);
static const struct part bucket_parts[] = {
    M("name", bucket, name),
    M("region", bucket, region),
    N("created", bucket, created_ms),
    D("policy", bucket, policy),
    D("encryption", bucket, encryption),
    D("publicBlock", bucket, public_block),
    D("logging", bucket, logging),
    M("ownership", bucket, ownership),
    M("versioning", bucket, versioning),
    M("acl", bucket, acl),
    LIST_OF("tags", bucket, tags, tag_shape),
    LIST_OF("objects", bucket, objects, object_shape),
    LIST_OF("uploads", bucket, uploads, upload_shape),
    LIST_OF("uploads", bucket, uploads, upload_shape),
};
static const struct shape bucket_shape = SHAPE(bucket, bucket_parts);
static const struct part kms_parts[] = {
    M("id", kms_key, id),
    M("arn", kms_key, arn),
    M("description", kms_key, description),
    M("state", kms_key, state),
    M("manager", kms_key, manager),
    LIST_OF("tags", kms_key, tags, tag_shape),
    D("policy", kms_key, policy),
    N("created", kms_key, created_ms),
    N("deletion", kms_key, deletion_ms),
    F("rotation", kms_key, rotation),
};
static const struct shape kms_shape = SHAPE(kms_key, kms_parts);
static const struct part alias_parts[] = {
    M("name", kms_alias, name),
    REF("key", kms_alias, key, TO_KEY, true),
    N("created", kms_alias, created_ms),
};
static const struct shape alias_shape = SHAPE(kms_alias, alias_parts);

/* ---- CloudTrail, Athena, SSM ---- */

static const struct part trail_parts[] = {
    M("name", trail, name),
    M("arn", trail, arn),
    M("bucket", trail, bucket),
    M("prefix", trail, prefix),
    M("homeRegion", trail, home_region),
    REF("key", trail, key, TO_KEY, false),
    F("multiRegion", trail, multi_region),
    F("globalEvents", trail, global_events),
    F("validation", trail, validation),
    F("logging", trail, logging),
    D("selectors", trail, selectors),
    N("created", trail, created_ms),
    N("started", trail, started_ms),
    N("stopped", trail, stopped_ms),
    LIST_OF("tags", trail, tags, tag_shape),
};
static const struct shape trail_shape = SHAPE(trail, trail_parts);
static const struct part span_parts[] = {
    REF("trail", logging_span, trail, TO_TRAIL, true),
    N("from", logging_span, from_ms),
    N("until", logging_span, to_ms),
    F("management", logging_span, management),
    F("reads", logging_span, reads),
    F("writes", logging_span, writes),
    F("dataEvents", logging_span, data_events),
    D("selectors", logging_span, selectors),
    M("bucket", logging_span, bucket),
    M("prefix", logging_span, prefix),
    F("validation", logging_span, validation),
    REF("key", logging_span, key, TO_KEY, false),
    F("multiRegion", logging_span, multi_region),
    F("globalEvents", logging_span, global_events),
};
static const struct shape span_shape = SHAPE(logging_span, span_parts);
static const struct part query_parts[] = {
    M("id", query_execution, id),
    M("sql", query_execution, sql),
    M("workgroup", query_execution, workgroup),
    M("database", query_execution, database),
    T("output", query_execution, output),
    T("statement", query_execution, statement),
    T("token", query_execution, token),
    PRINCIPAL(query_execution, who),
    {"state", NUMBER_INT, offsetof(struct query_execution, state), NULL, 0, false},
    T("reason", query_execution, reason),
    N("submitted", query_execution, submitted_ms),
    N("ended", query_execution, ended_ms),
    N("engine", query_execution, engine_ms),
    N("scanned", query_execution, scanned),
};
static const struct shape query_shape = SHAPE(query_execution, query_parts);
static const struct part command_parts[] = {
    M("id", ssm_command, id),           M("document", ssm_command, document),      M("comment", ssm_command, comment),
    M("status", ssm_command, status),   D("instances", ssm_command, instance_ids), D("commands", ssm_command, commands),
    D("results", ssm_command, results), N("requested", ssm_command, requested_ms),
};
static const struct shape command_shape = SHAPE(ssm_command, command_parts);
static const struct part ssm_session_parts[] = {
    M("id", ssm_session, id),
    M("target", ssm_session, target),
    M("owner", ssm_session, owner),
    L("osSession", ssm_session, os_session),
    N("started", ssm_session, started_ms),
    N("ended", ssm_session, ended_ms),
};
static const struct shape ssm_session_shape = SHAPE(ssm_session, ssm_session_parts);

/* ---- the account ---- */

static const struct part account_parts[] = {
    M("id", account, id),
    M("region", account, region),
    M("alias", account, alias),
    M("keyPrefix", account, key_prefix),
    T("report", account, report),
    N("reportMade", account, report_ms),
    M("vpc", account, network.vpc_id),
    M("vpcCidr", account, network.vpc_cidr),
    M("igw", account, network.igw_id),
    M("rtb", account, network.rtb_id),
    M("acl", account, network.acl_id),
    M("subnet0", account, network.subnet_ids[0]),
    M("subnet1", account, network.subnet_ids[1]),
    M("subnet2", account, network.subnet_ids[2]),
    M("cidr0", account, network.subnet_cidrs[0]),
    M("cidr1", account, network.subnet_cidrs[1]),
    M("cidr2", account, network.subnet_cidrs[2]),
    M("zone0", account, network.zones[0]),
    M("zone1", account, network.zones[1]),
    M("zone2", account, network.zones[2]),
    /* what is pointed to comes before what points to it */
    LIST_OF("policies", account, policies, policy_shape),
    LIST_OF("users", account, users, user_shape),
    LIST_OF("groups", account, groups, group_shape),
    LIST_OF("roles", account, roles, role_shape),
    LIST_OF("sessionKeys", account, session_keys, session_key_shape),
    LIST_OF("securityGroups", account, security_groups, security_group_shape),
    LIST_OF("instances", account, instances, instance_shape),
    LIST_OF("buckets", account, buckets, bucket_shape),
    LIST_OF("kmsKeys", account, keys, kms_shape),
    LIST_OF("aliases", account, aliases, alias_shape),
    LIST_OF("trails", account, trails, trail_shape),
    LIST_OF("queries", account, queries, query_shape),
    T("athenaOutput", account, athena_output),
    F("athenaEnforced", account, athena_enforced),
    LIST_OF("commands", account, commands, command_shape),
    LIST_OF("ssmSessions", account, ssm_sessions, ssm_session_shape),
};
static const struct shape account_shape = SHAPE(account, account_parts);
static const struct part spans_parts[] = {LIST_OF("spans", account, spans, span_shape)};
static const struct shape spans_shape = SHAPE(account, spans_parts);

/* ---- servers ---- */

static const struct part process_parts[] = {
    I("pid", process, pid),
    I("ppid", process, ppid),
    U("uid", process, uid),
    M("title", process, title),
    M("exe", process, exe),
    T("tty", process, tty),
    N("started", process, started_ms),
    L("session", process, session),
};
static const struct shape process_shape = SHAPE(process, process_parts);
static const struct part os_session_parts[] = {
    L("number", os_session, number),
    M("user", os_session, user),
    U("uid", os_session, uid),
    M("tty", os_session, tty),
    M("host", os_session, host),
    I("port", os_session, remote_port),
    I("monitor", os_session, monitor_pid),
    I("child", os_session, child_pid),
    I("shell", os_session, shell_pid),
    M("method", os_session, method),
    N("started", os_session, started_ms),
    N("ended", os_session, ended_ms),
    T("cwd", os_session, cwd),
};
static const struct shape os_session_shape = SHAPE(os_session, os_session_parts);
static const struct part daemon_parts[] = {
    M("unit", daemon, unit),          I("pid", daemon, pid),
    F("running", daemon, running),    N("started", daemon, started_ms),
    N("restart", daemon, restart_ms), T("config", daemon, config),
};
static const struct shape daemon_shape = SHAPE(daemon, daemon_parts);
static const struct part server_parts[] = {
    M("name", server, name),
    M("hostname", server, hostname),
    REF("instance", server, instance, TO_INSTANCE, true),
    LIST_OF("processes", server, processes, process_shape),
    LIST_OF("sessions", server, sessions, os_session_shape),
    LIST_OF("daemons", server, daemons, daemon_shape),
    I("nextPid", server, next_pid),
    N("pidsGiven", server, pids_given),
    L("sessionsGiven", server, sessions_given),
    N("booted", server, booted_ms),
    M("loginUser", server, login_user),
    M("publicKey", server, public_key),
};
static const struct shape server_shape = SHAPE(server, server_parts);
static const struct part world_parts[] = {N("now", world, now_ms), N("start", world, start_ms)};
static const struct shape world_shape = SHAPE(world, world_parts);
static const struct part world_servers_parts[] = {LIST_OF("servers", world, servers, server_shape)};
static const struct shape world_servers_shape = SHAPE(world, world_servers_parts);

/* Whoever adds a member to one of these adds its line to the table, too; then the number here. */
#ifdef __x86_64__
#define KNOWN(type, bytes)                                                                                                     \
    _Static_assert(sizeof(struct type) == (bytes), "a member of struct " #type " is missing from its table")
KNOWN(policy_doc, 64);
KNOWN(attachment, 16);
KNOWN(access_key, 64);
KNOWN(session_key, 104);
KNOWN(mfa_device, 24);
KNOWN(tag, 24);
KNOWN(user, 120);
KNOWN(membership, 16);
KNOWN(group, 72);
KNOWN(role, 88);
KNOWN(sg_rule, 72);
KNOWN(security_group, 56);
KNOWN(instance, 200);
KNOWN(network, 112);
KNOWN(object, 88);
KNOWN(upload_part, 40);
KNOWN(upload, 128);
KNOWN(bucket, 112);
KNOWN(kms_key, 88);
KNOWN(kms_alias, 32);
KNOWN(trail, 104);
KNOWN(logging_span, 88);
KNOWN(query_execution, 176);
KNOWN(ssm_command, 72);
KNOWN(ssm_session, 56);
KNOWN(account, 296);
KNOWN(process, 64);
KNOWN(os_session, 96);
KNOWN(daemon, 48);
KNOWN(server, 160);
KNOWN(principal, 64);
#endif

/* ---- names of what is pointed to ---- */

static const char *name_of(enum target to, const void *thing)
{
    switch (to) {
    case TO_POLICY: return ((const struct policy_doc *)thing)->arn;
    case TO_USER: return ((const struct user *)thing)->name;
    case TO_KEY: return ((const struct kms_key *)thing)->arn;
    case TO_TRAIL: return ((const struct trail *)thing)->arn;
    case TO_INSTANCE: return ((const struct instance *)thing)->id;
    }
    return NULL;
}

/* Trails that were deleted, which spans still name: listed before the spans, and in no list of the account. */
struct taking {
    struct world *w;
    struct trail *gone;
    struct err *e;
};

static void *thing_named(const struct taking *t, enum target to, const char *name)
{
    switch (to) {
    case TO_POLICY: return find_policy(t->w, name);
    case TO_USER: return find_user(t->w, name);
    case TO_KEY: return find_kms_key(t->w, name);
    case TO_INSTANCE: return find_instance(t->w, name);
    case TO_TRAIL:
        for (struct trail *trail = t->gone; trail; trail = trail->next)
            if (text_same(trail->arn, name))
                return trail;
        return find_trail(t->w, name);
    }
    return NULL;
}

/* ---- writing ---- */

struct linked { /* what every listed struct begins with */
    struct linked *next;
};

static void add_shape(struct str *out, const struct shape *shape, const void *from);

static void add_key(struct str *out, const char *key)
{
    if (out->s[out->len - 1] != '{')
        str_addc(out, ',');
    str_addf(out, "\"%s\":", key);
}

static void add_number(struct str *out, const char *key, int64_t value)
{
    if (!value)
        return;
    add_key(out, key);
    str_addf(out, "%lld", (long long)value);
}

static void add_text(struct str *out, const char *key, const char *text)
{
    if (!text)
        return;
    add_key(out, key);
    str_add_json(out, text);
}

static void add_list(struct str *out, const char *key, const struct shape *of, const struct linked *list)
{
    if (!list)
        return;
    add_key(out, key);
    str_addc(out, '[');
    for (const struct linked *item = list; item; item = item->next) {
        if (of == &object_shape && ((const struct object *)item)->delivered)
            continue; /* its file is below s3/ */
        if (out->s[out->len - 1] != '[')
            str_addc(out, ',');
        add_shape(out, of, item);
    }
    str_addc(out, ']');
}

static void add_places(struct str *out, const char *key, const struct instance *i)
{
    if (!i->n_groups)
        return;
    add_key(out, key);
    for (size_t k = 0; k < i->n_groups; k++) {
        str_addc(out, k ? ',' : '[');
        str_add_json(out, i->groups[k]->id);
    }
    str_addc(out, ']');
}

static void add_content(struct str *out, const char *key, const struct object *o)
{
    if (!o->data)
        return;
    add_key(out, key);
    str_addc(out, '"');
    str_add_base64(out, o->data, o->size);
    str_addc(out, '"');
}

static void add_part(struct str *out, const struct part *part, const void *from)
{
    const void *member = (const char *)from + part->offset;
    switch (part->kind) {
    case TEXT:
    case MUST_TEXT: add_text(out, part->key, *(const char *const *)member); break;
    case NUMBER_INT: add_number(out, part->key, *(const int *)member); break;
    case NUMBER_LONG: add_number(out, part->key, *(const long *)member); break;
    case NUMBER_UINT: add_number(out, part->key, *(const unsigned *)member); break;
    case NUMBER_64: add_number(out, part->key, *(const int64_t *)member); break;
    case FLAG: add_number(out, part->key, *(const bool *)member); break;
    case DOCUMENT:
        if (*(json_t *const *)member) {
            add_key(out, part->key);
            str_add_json_value(out, *(json_t *const *)member);
        }
        break;
    case LIST: add_list(out, part->key, part->of, *(struct linked *const *)member); break;
    case REFERENCE:
        if (*(void *const *)member)
            add_text(out, part->key, name_of(part->to, *(void *const *)member));
        break;
    case PLACES: add_places(out, part->key, from); break;
    case CONTENT: add_content(out, part->key, from); break;
    }
}

static void add_parts(struct str *out, const struct shape *shape, const void *from)
{
    for (size_t i = 0; i < shape->n; i++)
        add_part(out, &shape->parts[i], from);
}

static void add_shape(struct str *out, const struct shape *shape, const void *from)
{
    str_addc(out, '{');
    add_parts(out, shape, from);
    str_addc(out, '}');
}

static bool is_listed(const struct account *a, const struct trail *trail)
{
    for (const struct trail *t = a->trails; t; t = t->next)
        if (t == trail)
            return true;
    return false;
}

/* Each once, by the first span that names it. */
static void add_gone_trails(struct str *out, const struct account *a)
{
    add_key(out, "goneTrails");
    str_addc(out, '[');
    for (const struct logging_span *span = a->spans; span; span = span->next) {
        const struct logging_span *first = a->spans;
        while (first->trail != span->trail)
            first = first->next;
        if (first != span || is_listed(a, span->trail))
            continue;
        if (out->s[out->len - 1] != '[')
            str_addc(out, ',');
        add_shape(out, &trail_shape, span->trail);
    }
    str_addc(out, ']');
}

void world_add_state(struct str *out, const struct world *w)
{
    str_addc(out, '{');
    add_parts(out, &world_shape, w);
    add_key(out, "account");
    str_addc(out, '{');
    add_parts(out, &account_shape, &w->account);
    add_gone_trails(out, &w->account);
    add_parts(out, &spans_shape, &w->account);
    str_addc(out, '}');
    add_parts(out, &world_servers_shape, w);
    str_add(out, "}\n");
}

/* ---- reading ---- */

static bool take_shape(struct taking *, const struct shape *, const json_t *, void *to);

static bool take_number(struct taking *t, const struct part *part, const json_t *value, int64_t least, int64_t most,
                        int64_t *ret)
{
    *ret = value ? json_integer_value(value) : 0;
    if ((value && !json_is_integer(value)) || *ret < least || *ret > most)
        return err_set(t->e, "\"%s\": expected a whole number", part->key);
    return true;
}

static bool take_text(struct taking *t, const struct part *part, const json_t *value, const char **ret)
{
    if (!value && part->kind == TEXT)
        return true;
    if (!json_is_string(value))
        return err_set(t->e, "\"%s\": expected a text", part->key);
    *ret = arena_dup(&t->w->arena, json_string_value(value));
    return true;
}

static bool take_list(struct taking *t, const struct part *part, const json_t *value, struct linked **end)
{
    const json_t *one;
    size_t i;
    if (value && !json_is_array(value))
        return err_set(t->e, "\"%s\": expected a list", part->key);
    json_array_foreach(value, i, one)
    {
        struct linked *item = arena_alloc(&t->w->arena, part->of->size);
        if (!take_shape(t, part->of, one, item))
            return err_wrap(t->e, "%s %zu", part->key, i + 1);
        *end = item;
        end = &item->next;
    }
    return true;
}

static bool take_places(struct taking *t, const struct part *part, const json_t *value, struct instance *to)
{
    if (json_array_size(value) > COUNT(to->groups))
        return err_set(t->e, "\"%s\": at most %zu", part->key, COUNT(to->groups));
    for (; to->n_groups < json_array_size(value); to->n_groups++) {
        const char *id = json_string_value(json_array_get(value, to->n_groups));
        to->groups[to->n_groups] = id ? find_security_group(t->w, id) : NULL;
        if (!to->groups[to->n_groups])
            return err_set(t->e, "\"%s\": no such group", part->key);
    }
    return true;
}

static bool take_content(struct taking *t, const struct part *part, const json_t *value, struct object *to)
{
    const char *text = json_string_value(value);
    AUTO(str_drop) struct str data = {0};
    if (!value)
        return true;
    if (!text || !base64_decode(text, strlen(text), &data) || data.len != to->size)
        return err_set(t->e, "\"%s\": expected %llu bytes in base64", part->key, (unsigned long long)to->size);
    to->data = arena_dupn(&t->w->arena, str_text(&data), data.len);
    return true;
}

static bool take_reference(struct taking *t, const struct part *part, const json_t *value, void **ret)
{
    if (!value && !part->needed)
        return true;
    *ret = json_is_string(value) ? thing_named(t, part->to, json_string_value(value)) : NULL;
    return *ret || err_set(t->e, "\"%s\": expected the name of something that is there", part->key);
}

static bool take_part(struct taking *t, const struct part *part, json_t *value, void *to)
{
    void *member = (char *)to + part->offset;
    int64_t number = 0;
    bool good = true;
    switch (part->kind) {
    case TEXT:
    case MUST_TEXT: return take_text(t, part, value, member);
    case NUMBER_INT:
        good = take_number(t, part, value, INT32_MIN, INT32_MAX, &number);
        *(int *)member = (int)number;
        return good;
    case NUMBER_LONG:
        good = take_number(t, part, value, 0, INT32_MAX, &number);
        *(long *)member = (long)number;
        return good;
    case NUMBER_UINT:
        good = take_number(t, part, value, 0, UINT32_MAX, &number);
        *(unsigned *)member = (unsigned)number;
        return good;
    case NUMBER_64: return take_number(t, part, value, INT64_MIN, INT64_MAX, member);
    case FLAG:
        good = take_number(t, part, value, 0, 1, &number);
        *(bool *)member = number;
        return good;
    case DOCUMENT: *(json_t **)member = value ? world_keep(t->w, json_incref(value)) : NULL; return true;
    case LIST: return take_list(t, part, value, member);
    case REFERENCE: return take_reference(t, part, value, member);
    case PLACES: return take_places(t, part, value, to);
    case CONTENT: return take_content(t, part, value, to);
    }
    return false;
}

static bool take_shape(struct taking *t, const struct shape *shape, const json_t *from, void *to)
{
    if (!json_is_object(from))
        return err_set(t->e, "expected an object");
    for (size_t i = 0; i < shape->n; i++)
        if (!take_part(t, &shape->parts[i], json_object_get(from, shape->parts[i].key), to))
            return false;
    return true;
}

static bool take_gone_trails(struct taking *t, const json_t *list)
{
    const struct part part = {"goneTrails", LIST, 0, &trail_shape, 0, false};
    return take_list(t, &part, list, (struct linked **)&t->gone);
}

bool world_take_state(struct world *w, const char *text, size_t n, struct err *e)
{
    struct taking t = {w, NULL, e};
    json_auto_t *state = json_read(text, n, e);
    const json_t *account = json_object_get(state, "account");
    w->account = (struct account){0};
    w->servers = NULL;
    return (state && take_shape(&t, &world_shape, state, w) && take_shape(&t, &account_shape, account, &w->account) &&
            take_gone_trails(&t, json_object_get(account, "goneTrails")) &&
            take_shape(&t, &spans_shape, account, &w->account) && take_shape(&t, &world_servers_shape, state, w)) ||
           err_wrap(e, "state");
}

/* ---- giving it away ---- */

void world_forget_secrets(struct world *w, const char *but_user)
{
    for (struct user *user = w->account.users; user; user = user->next) {
        if (text_same(user->name, but_user))
            continue;
        user->password = NULL;
        for (struct access_key *key = user->keys; key; key = key->next)
            key->secret = NULL;
    }
    w->account.session_keys = NULL;
}
