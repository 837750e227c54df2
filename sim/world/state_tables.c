/* SPDX-License-Identifier: MIT */
/*
 * The tables of a world's state: each struct member by member, in the order in which they are written and read. What is
 * pointed to comes before what points to it.
 */
#include "sim/world/state.h"

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
#define ROLL_OF(key, type, member, shape)                                                                                      \
    {                                                                                                                          \
        key, ROLLED, offsetof(struct type, member), &(shape), 0, false                                                         \
    }
#define REF(key, type, member, to, needed)                                                                                     \
    {                                                                                                                          \
        key, REFERENCE, offsetof(struct type, member), NULL, to, needed                                                        \
    }

/* ---- IAM ---- */

static const struct state_part policy_parts[] = {
    M("name", policy_doc, name),          T("arn", policy_doc, arn),
    T("path", policy_doc, path),          T("description", policy_doc, description),
    T("id", policy_doc, policy_id),       D("document", policy_doc, document),
    N("created", policy_doc, created_ms),
};
static const struct state_shape policy_shape = SHAPE(policy_doc, policy_parts);
static const struct state_part attachment_parts[] = {REF("policy", attachment, policy, TO_POLICY, true)};
static const struct state_shape attachment_shape = SHAPE(attachment, attachment_parts);
static const struct state_part key_parts[] = {
    M("id", access_key, id),
    T("secret", access_key, secret),
    F("active", access_key, active),
    N("created", access_key, created_ms),
    N("lastUsed", access_key, last_used_ms),
    T("lastService", access_key, last_service),
    T("lastRegion", access_key, last_region),
};
static const struct state_shape key_shape = SHAPE(access_key, key_parts);
static const struct state_part mfa_parts[] = {M("serial", mfa_device, serial), N("enabled", mfa_device, enabled_ms)};
static const struct state_shape mfa_shape = SHAPE(mfa_device, mfa_parts);
static const struct state_part tag_parts[] = {M("key", tag, key), M("value", tag, value)};
static const struct state_shape tag_shape = SHAPE(tag, tag_parts);
static const struct state_part user_parts[] = {
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
static const struct state_shape user_shape = SHAPE(user, user_parts);
static const struct state_part member_parts[] = {REF("user", membership, user, TO_USER, true)};
static const struct state_shape member_shape = SHAPE(membership, member_parts);
static const struct state_part group_parts[] = {
    M("name", group, name),
    M("path", group, path),
    M("id", group, id),
    M("arn", group, arn),
    N("created", group, created_ms),
    {"members", MEMBERS, offsetof(struct group, members), &member_shape, 0, false},
    LIST_OF("inlinePolicies", group, inline_policies, policy_shape),
    LIST_OF("attached", group, attached, attachment_shape),
};
static const struct state_shape group_shape = SHAPE(group, group_parts);
static const struct state_part role_parts[] = {
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
static const struct state_shape role_shape = SHAPE(role, role_parts);

/* NOLINTBEGIN(bugprone-macro-parentheses): a member's name takes none */
#define PRINCIPAL(type, member)                                                                                                \
    I("whoKind", type, member.kind), T("who", type, member.name), T("whoKey", type, member.access_key_id),                     \
        T("whoSession", type, member.session_name), T("whoDelivery", type, member.delivery),                                   \
        T("whoInvokedBy", type, member.invoked_by), N("whoStart", type, member.session_start_ms),                              \
        F("whoMfa", type, member.mfa), F("whoConsole", type, member.console), L("whoOsSession", type, member.os_session)
/* NOLINTEND(bugprone-macro-parentheses) */
static const struct state_part session_key_parts[] = {
    M("id", session_key, id),       M("secret", session_key, secret),
    M("token", session_key, token), N("expires", session_key, expires_ms),
    PRINCIPAL(session_key, who),
};
static const struct state_shape session_key_shape = SHAPE(session_key, session_key_parts);

/* ---- EC2 ---- */

static const struct state_part rule_parts[] = {
    M("id", sg_rule, id),          F("egress", sg_rule, egress),  M("protocol", sg_rule, protocol),
    I("from", sg_rule, from_port), I("to", sg_rule, to_port),     T("cidr4", sg_rule, cidr4),
    T("cidr6", sg_rule, cidr6),    T("group", sg_rule, group_id), T("description", sg_rule, description),
};
static const struct state_shape rule_shape = SHAPE(sg_rule, rule_parts);
static const struct state_part security_group_parts[] = {
    M("id", security_group, id),
    M("name", security_group, name),
    M("description", security_group, description),
    M("vpc", security_group, vpc_id),
    LIST_OF("rules", security_group, rules, rule_shape),
    LIST_OF("tags", security_group, tags, tag_shape),
};
static const struct state_shape security_group_shape = SHAPE(security_group, security_group_parts);
static const struct state_part instance_parts[] = {
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
    F("tokensRequired", instance, tokens_required),
    F("metadataOff", instance, metadata_off),
    I("hops", instance, hops),
    N("launched", instance, launched_ms),
    {"groups", PLACES, offsetof(struct instance, groups), NULL, 0, false},
    LIST_OF("tags", instance, tags, tag_shape),
    T("server", instance, server),
    T("userData", instance, user_data),
};
static const struct state_shape instance_shape = SHAPE(instance, instance_parts);

static const struct state_part key_pair_parts[] = {
    M("id", key_pair, id),
    M("name", key_pair, name),
    M("type", key_pair, type),
    M("fingerprint", key_pair, fingerprint),
    M("region", key_pair, region),
    N("created", key_pair, created_ms),
    LIST_OF("tags", key_pair, tags, tag_shape),
};
static const struct state_shape key_pair_shape = SHAPE(key_pair, key_pair_parts);

/* ---- S3, KMS ---- */

static const struct state_part object_parts[] = {
    M("key", object, key),
    N("size", object, size),
    T("etag", object, etag),
    {"data", CONTENT, offsetof(struct object, data), NULL, 0, false}, /* after its size */
    N("modified", object, modified_ms),
    T("kmsKey", object, kms_key),
    D("headers", object, headers),
    T("storageClass", object, storage_class),
    LIST_OF("tags", object, tags, tag_shape),
    T("acl", object, acl),
    T("version", object, version),
    F("marker", object, marker),
};
const struct state_shape state_object = SHAPE(object, object_parts);
static const struct state_part upload_part_parts[] = {
    N("number", upload_part, number),
    N("modified", upload_part, modified_ms),
    N("size", upload_part, size),
    T("etag", upload_part, etag),
};
static const struct state_shape upload_part_shape = SHAPE(upload_part, upload_part_parts);
static const struct state_part upload_parts[] = {
    M("id", upload, id),
    M("key", upload, key),
    N("started", upload, started_ms),
    T("objectKey", upload, said.key),
    T("kmsKey", upload, said.kms_key),
    D("headers", upload, said.headers),
    T("storageClass", upload, said.storage_class),
    LIST_OF("tags", upload, said.tags, tag_shape),
    T("acl", upload, said.acl),
    LIST_OF("parts", upload, parts, upload_part_shape),
};
static const struct state_shape upload_shape = SHAPE(upload, upload_parts);
static const struct state_part bucket_parts[] = {
    M("name", bucket, name),
    M("region", bucket, region),
    N("created", bucket, created_ms),
    D("policy", bucket, policy),
    D("encryption", bucket, encryption),
    D("publicBlock", bucket, public_block),
    D("logging", bucket, logging),
    M("ownership", bucket, ownership),
    M("versioning", bucket, versioning),
    N("versioned", bucket, versioned_ms),
    N("suspended", bucket, suspended_ms),
    M("acl", bucket, acl),
    LIST_OF("tags", bucket, tags, tag_shape),
    ROLL_OF("objects", bucket, objects, state_object),
    LIST_OF("older", bucket, older, state_object),
    LIST_OF("uploads", bucket, uploads, upload_shape),
};
static const struct state_shape bucket_shape = SHAPE(bucket, bucket_parts);
static const struct state_part kms_parts[] = {
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
static const struct state_shape kms_shape = SHAPE(kms_key, kms_parts);
static const struct state_part alias_parts[] = {
    M("name", kms_alias, name),
    REF("key", kms_alias, key, TO_KEY, true),
    N("created", kms_alias, created_ms),
};
static const struct state_shape alias_shape = SHAPE(kms_alias, alias_parts);

/* ---- CloudTrail, Athena, SSM ---- */

static const struct state_part trail_parts[] = {
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
const struct state_shape state_trail = SHAPE(trail, trail_parts);
static const struct state_part span_parts[] = {
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
static const struct state_shape span_shape = SHAPE(logging_span, span_parts);
static const struct state_part query_parts[] = {
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
static const struct state_shape query_shape = SHAPE(query_execution, query_parts);
static const struct state_part named_query_parts[] = {
    M("id", named_query, id),
    M("name", named_query, name),
    T("description", named_query, description),
    M("database", named_query, database),
    M("sql", named_query, sql),
    M("workgroup", named_query, workgroup),
};
static const struct state_shape named_query_shape = SHAPE(named_query, named_query_parts);
static const struct state_part workgroup_parts[] = {
    M("name", workgroup, name),         M("description", workgroup, description), T("output", workgroup, output),
    F("enforced", workgroup, enforced), N("created", workgroup, created_ms),
};
static const struct state_shape workgroup_shape = SHAPE(workgroup, workgroup_parts);
static const struct state_part command_parts[] = {
    M("id", ssm_command, id),           M("document", ssm_command, document),      M("comment", ssm_command, comment),
    M("status", ssm_command, status),   D("instances", ssm_command, instance_ids), D("commands", ssm_command, commands),
    D("results", ssm_command, results), N("requested", ssm_command, requested_ms),
};
static const struct state_shape command_shape = SHAPE(ssm_command, command_parts);
static const struct state_part ssm_session_parts[] = {
    M("id", ssm_session, id),
    M("target", ssm_session, target),
    M("owner", ssm_session, owner),
    L("osSession", ssm_session, os_session),
    N("started", ssm_session, started_ms),
    N("ended", ssm_session, ended_ms),
};
static const struct state_shape ssm_session_shape = SHAPE(ssm_session, ssm_session_parts);

/* ---- the account ---- */

static const struct state_part account_parts[] = {
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
    ROLL_OF("policies", account, policies, policy_shape),
    ROLL_OF("users", account, users, user_shape),
    LIST_OF("idleMfa", account, idle_mfa, mfa_shape),
    ROLL_OF("groups", account, groups, group_shape),
    ROLL_OF("roles", account, roles, role_shape),
    ROLL_OF("sessionKeys", account, session_keys, session_key_shape),
    ROLL_OF("securityGroups", account, security_groups, security_group_shape),
    ROLL_OF("instances", account, instances, instance_shape),
    ROLL_OF("keyPairs", account, key_pairs, key_pair_shape),
    ROLL_OF("buckets", account, buckets, bucket_shape),
    ROLL_OF("kmsKeys", account, keys, kms_shape),
    ROLL_OF("aliases", account, aliases, alias_shape),
    LIST_OF("trails", account, trails, state_trail),
    ROLL_OF("queries", account, queries, query_shape),
    ROLL_OF("namedQueries", account, named_queries, named_query_shape),
    ROLL_OF("workgroups", account, workgroups, workgroup_shape),
    ROLL_OF("commands", account, commands, command_shape),
    ROLL_OF("ssmSessions", account, ssm_sessions, ssm_session_shape),
};
const struct state_shape state_account = SHAPE(account, account_parts);
static const struct state_part spans_parts[] = {LIST_OF("spans", account, spans, span_shape)};
const struct state_shape state_spans = SHAPE(account, spans_parts);

/* ---- servers ---- */

static const struct state_part process_parts[] = {
    I("pid", process, pid),
    I("ppid", process, ppid),
    U("uid", process, uid),
    M("title", process, title),
    M("exe", process, exe),
    T("tty", process, tty),
    N("started", process, started_ms),
    L("session", process, session),
};
static const struct state_shape process_shape = SHAPE(process, process_parts);
static const struct state_part os_session_parts[] = {
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
static const struct state_shape os_session_shape = SHAPE(os_session, os_session_parts);
static const struct state_part daemon_parts[] = {
    M("unit", daemon, unit),          I("pid", daemon, pid),
    F("running", daemon, running),    N("started", daemon, started_ms),
    N("restart", daemon, restart_ms), T("config", daemon, config),
};
static const struct state_shape daemon_shape = SHAPE(daemon, daemon_parts);
static const struct state_part server_parts[] = {
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
static const struct state_shape server_shape = SHAPE(server, server_parts);
static const struct state_part world_parts[] = {N("now", world, now_ms), N("start", world, start_ms)};
const struct state_shape state_world = SHAPE(world, world_parts);
static const struct state_part world_servers_parts[] = {LIST_OF("servers", world, servers, server_shape)};
const struct state_shape state_servers = SHAPE(world, world_servers_parts);

/* Whoever adds a member to one of these adds its line to the table, too; then the number here. */
#ifdef __x86_64__
#define KNOWN(type, bytes)                                                                                                     \
    _Static_assert(sizeof(struct type) == (bytes), "a member of struct " #type " is missing from its table")
KNOWN(policy_doc, 72);
KNOWN(attachment, 16);
KNOWN(access_key, 64);
KNOWN(session_key, 120);
KNOWN(mfa_device, 24);
KNOWN(tag, 24);
KNOWN(user, 128);
KNOWN(membership, 32);
KNOWN(group, 96);
KNOWN(role, 96);
KNOWN(sg_rule, 72);
KNOWN(security_group, 64);
KNOWN(instance, 216);
KNOWN(key_pair, 72);
KNOWN(network, 112);
KNOWN(object, 112);
KNOWN(upload_part, 40);
KNOWN(upload, 152);
KNOWN(bucket, 160);
KNOWN(kms_key, 96);
KNOWN(kms_alias, 40);
KNOWN(trail, 104);
KNOWN(logging_span, 88);
KNOWN(query_execution, 192);
KNOWN(named_query, 64);
KNOWN(workgroup, 56);
KNOWN(ssm_command, 80);
KNOWN(ssm_session, 64);
KNOWN(account, 584);
KNOWN(process, 64);
KNOWN(os_session, 96);
KNOWN(daemon, 56);
KNOWN(server, 160);
KNOWN(principal, 72);
#endif

/* What is in a roll begins as struct rolled does. */
#define IN_A_ROLL(type, by)                                                                                                    \
    _Static_assert(offsetof(struct type, prev) == offsetof(struct rolled, prev) &&                                             \
                       offsetof(struct type, by) == offsetof(struct rolled, name),                                             \
                   "struct " #type " is not what a roll takes")
IN_A_ROLL(session_key, id);
IN_A_ROLL(user, name);
IN_A_ROLL(membership, user_id);
IN_A_ROLL(group, name);
IN_A_ROLL(role, name);
IN_A_ROLL(policy_doc, arn);
IN_A_ROLL(security_group, id);
IN_A_ROLL(instance, id);
IN_A_ROLL(key_pair, id);
IN_A_ROLL(bucket, name);
IN_A_ROLL(object, key);
IN_A_ROLL(kms_key, id);
IN_A_ROLL(kms_alias, name);
IN_A_ROLL(query_execution, id);
IN_A_ROLL(named_query, id);
IN_A_ROLL(workgroup, name);
IN_A_ROLL(ssm_command, id);
IN_A_ROLL(ssm_session, id);
