/* SPDX-License-Identifier: MIT */
/*
 * IAM: the whole account at a glance, as auditors and intruders ask for it: the credential report, everybody's policies,
 * and what somebody may do.
 * Sources: IAM API Reference 2010-05-08; IAM user guide, "Generate credential reports" (the columns).
 */
#include "sim/aws/iam.h"

/* ---- the credential report: CSV, a snapshot of when it was generated ---- */

#define FRESH_MS (4 * 3600000LL) /* a report is good for four hours */

static void add_time(struct str *out, int64_t ms, const char *otherwise)
{
    if (ms)
        str_add_time(out, ms, "%Y-%m-%dT%H:%M:%S+00:00");
    else
        str_add(out, otherwise);
    str_addc(out, ',');
}

static void add_key(struct str *out, const struct access_key *key)
{
    str_addf(out, "%s,", key && key->active ? "true" : "false");
    add_time(out, key ? key->created_ms : 0, "N/A");
    add_time(out, key ? key->last_used_ms : 0, "N/A");
    str_addf(out, "%s,%s,", key && key->last_region ? key->last_region : "N/A",
             key && key->last_service ? key->last_service : "N/A");
}

static void add_user(struct str *out, const struct user *user)
{
    const struct access_key *first = user->keys;
    str_addf(out, "\n%s,%s,", user->name, user->arn);
    add_time(out, user->created_ms, "N/A");
    str_addf(out, "%s,", user->has_login_profile ? "true" : "false");
    add_time(out, user->has_login_profile ? user->password_last_used_ms : 0,
             user->has_login_profile ? "no_information" : "N/A");
    add_time(out, user->has_login_profile ? user->login_profile_ms : 0, "N/A");
    str_addf(out, "N/A,%s,", user->mfa ? "true" : "false");
    add_key(out, first);
    add_key(out, first ? first->next : NULL);
    str_add(out, "false,N/A,false,N/A");
}

static const char *report(const struct call *c)
{
    AUTO(str_drop) struct str out = {0};
    int64_t oldest = c->now_ms;
    str_add(&out,
            "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
            "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
            "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
            "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
            "cert_1_last_rotated,cert_2_active,cert_2_last_rotated");
    for (const struct user *user = c->w->account.users; user; user = user->next)
        oldest = user->created_ms < oldest ? user->created_ms : oldest;
    str_addf(&out, "\n<root_account>,arn:aws:iam::%s:root,", c->w->account.id);
    add_time(&out, oldest, "N/A"); /* the account is as old as its oldest user */
    str_add(&out, "not_supported,no_information,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,"
                  "false,N/A,false,N/A");
    for (const struct user *user = c->w->account.users; user; user = user->next)
        add_user(&out, user);
    return arena_dup(c->arena, str_text(&out));
}

void iam_generate_report(struct call *c)
{
    struct account *account = &c->w->account;
    bool fresh = account->report && c->now_ms - account->report_ms < FRESH_MS;
    c->reply = json_pack("{s:s}", "State", fresh ? "COMPLETE" : "STARTED");
    if (fresh)
        return;
    json_put_text(c->reply, "Description", "No report exists. Starting a new report generation task");
    if (!c->entry->seq) /* a rehearsal changes nothing */
        return;
    account->report = report(c);
    account->report_ms = c->now_ms;
}

void iam_get_report(struct call *c)
{
    const struct account *account = &c->w->account;
    AUTO(str_drop) struct str content = {0};
    if (!account->report)
        return call_fail(c, "ReportNotPresent", "Credential report not generated.");
    if (c->now_ms - account->report_ms >= FRESH_MS)
        return call_fail(c, "ReportExpired", "Credential report has expired.");
    str_add_base64(&content, account->report, strlen(account->report));
    c->reply = json_pack("{s:s, s:s, s:o}", "Content", str_text(&content), "ReportFormat", "text/csv", "GeneratedTime",
                         date_iso(account->report_ms));
}

/* ---- everybody's policies ---- */

static json_t *inline_list(const struct policy_doc *policy)
{
    json_t *list = json_array();
    for (; policy; policy = policy->next)
        json_array_append_new(list, json_pack("{s:s, s:O}", "PolicyName", policy->name, "PolicyDocument", policy->document));
    return list;
}

static json_t *attached_list(const struct attachment *a)
{
    json_t *list = json_array();
    for (; a; a = a->next)
        json_array_append_new(list, json_pack("{s:s, s:s}", "PolicyName", a->policy->name, "PolicyArn", a->policy->arn));
    return list;
}

static json_t *detail(const char *kind, const char *name, const char *path, const char *id, const char *arn, int64_t created_ms)
{
    json_t *j = json_object();
    AUTO(str_drop) struct str key = {0};
    json_put_text(j, "Path", path);
    str_addf(&key, "%sName", kind);
    json_put_text(j, str_text(&key), name);
    str_clear(&key);
    str_addf(&key, "%sId", kind);
    json_put_text(j, str_text(&key), id);
    json_put_text(j, "Arn", arn);
    json_put(j, "CreateDate", date_iso(created_ms));
    return j;
}

static json_t *user_detail(const struct call *c, const struct user *user)
{
    json_t *j = detail("User", user->name, user->path, user->id, user->arn, user->created_ms), *groups = json_array();
    for (const struct group *group = c->w->account.groups; group; group = group->next)
        if (group_has(group, user))
            json_array_append_new(groups, json_string(group->name));
    json_put(j, "UserPolicyList", inline_list(user->inline_policies));
    json_put(j, "GroupList", groups);
    json_put(j, "AttachedManagedPolicies", attached_list(user->attached));
    json_put(j, "Tags", tags_reply(user->tags));
    return j;
}

static json_t *group_detail(const struct group *group)
{
    json_t *j = detail("Group", group->name, group->path, group->id, group->arn, group->created_ms);
    json_put(j, "GroupPolicyList", inline_list(group->inline_policies));
    json_put(j, "AttachedManagedPolicies", attached_list(group->attached));
    return j;
}

static json_t *role_detail(const struct call *c, const struct role *role)
{
    json_t *j = detail("Role", role->name, role->path, role->id, role->arn, role->created_ms);
    json_put(j, "AssumeRolePolicyDocument", json_incref(role->trust));
    json_put(j, "InstanceProfileList", iam_profiles_of(c, role));
    json_put(j, "RolePolicyList", inline_list(role->inline_policies));
    json_put(j, "AttachedManagedPolicies", attached_list(role->attached));
    return j;
}

static json_t *policy_detail(const struct policy_doc *policy)
{
    const json_t *document = policy->document ? policy->document : managed_policy(policy->arn);
    json_t *j = detail("Policy", policy->name, text_or(policy->path, "/"), policy->policy_id, policy->arn, policy->created_ms);
    json_put_text(j, "DefaultVersionId", "v1");
    json_put(j, "IsAttachable", json_true());
    json_put(j, "PolicyVersionList",
             json_pack("[{s:O, s:s, s:b}]", "Document", document, "VersionId", "v1", "IsDefaultVersion", 1));
    return j;
}

static bool wanted(const struct call *c, const char *kind)
{
    const json_t *filter = json_object_get(c->params, "filter");
    for (size_t i = 0; i < json_array_size(filter); i++)
        if (text_same(json_string_value(json_array_get(filter, i)), kind))
            return true;
    return !json_array_size(filter);
}

void iam_get_authorization_details(struct call *c)
{
    const struct account *account = &c->w->account;
    json_t *users = json_array(), *groups = json_array(), *roles = json_array(), *policies = json_array();
    for (const struct user *user = account->users; user && wanted(c, "User"); user = user->next)
        json_array_append_new(users, user_detail(c, user));
    for (const struct group *group = account->groups; group && wanted(c, "Group"); group = group->next)
        json_array_append_new(groups, group_detail(group));
    for (const struct role *role = account->roles; role && wanted(c, "Role"); role = role->next)
        json_array_append_new(roles, role_detail(c, role));
    for (const struct policy_doc *policy = account->policies; policy; policy = policy->next)
        if (wanted(c, policy->document ? "LocalManagedPolicy" : "AWSManagedPolicy"))
            json_array_append_new(policies, policy_detail(policy));
    c->reply = json_pack("{s:o, s:o, s:o, s:o, s:b}", "UserDetailList", users, "GroupDetailList", groups, "RoleDetailList",
                         roles, "Policies", policies, "IsTruncated", 0);
}

/* ---- what somebody may do ---- */

/* A user or role of the account, by ARN. False after a failure. */
static bool find_source(struct call *c, const char *arn, struct principal *who)
{
    const struct role *role = find_role(c->w, arn);
    for (const struct user *user = c->w->account.users; user; user = user->next)
        if (text_same(user->arn, arn))
            *who = (struct principal){.kind = PRINCIPAL_USER, .name = user->name};
    if (role)
        *who = (struct principal){.kind = PRINCIPAL_ROLE, .name = role->name};
    if (!who->name)
        call_fail(c, "NoSuchEntity", "The principal %s cannot be found.", arn);
    return who->name != NULL;
}

/* [{"contextKeyName", "contextKeyValues"}] as condition keys. New reference. */
static json_t *given_context(const struct call *c)
{
    const json_t *entries = json_object_get(c->params, "contextEntries");
    json_t *context = json_object();
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *one = json_array_get(entries, i);
        json_t *values = json_object_get(one, "contextKeyValues");
        if (json_str(one, "contextKeyName") && values)
            json_put(context, json_str(one, "contextKeyName"), json_deep_copy(values));
    }
    return context;
}

static json_t *simulated(const struct call *c, const struct principal *who, const char *action, const char *resource)
{
    json_auto_t *context = given_context(c);
    struct decision d =
        authorise(c->w, &(struct question_of_access){
                            .who = who, .action = action, .resource = resource, .now_ms = c->now_ms, .context = context});
    return json_pack("{s:s, s:s, s:s, s:[], s:[]}", "EvalActionName", action, "EvalResourceName", resource, "EvalDecision",
                     d.allowed         ? "allowed"
                     : d.explicit_deny ? "explicitDeny"
                                       : "implicitDeny",
                     "MatchedStatements", "MissingContextValues");
}

void iam_simulate_policy(struct call *c)
{
    struct principal who = {0};
    const json_t *actions = json_object_get(c->params, "actionNames"), *resources = json_object_get(c->params, "resourceArns");
    size_t n = json_array_size(resources);
    if (!find_source(c, call_text(c, "policySourceArn"), &who))
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(actions); i++)
        for (size_t k = 0; k < (n ? n : 1); k++)
            json_array_append_new(list, simulated(c, &who, text_or(json_string_value(json_array_get(actions, i)), ""),
                                                  text_or(json_string_value(json_array_get(resources, k)), "*")));
    iam_page(c, "EvaluationResults", list);
}
