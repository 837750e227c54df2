/* SPDX-License-Identifier: MIT */
/* IAM: policies, inline and managed, of users, groups and roles alike; and roles themselves. */
#include "sim/aws/iam.h"

/* Whose policies a call is about: userName, groupName or roleName says. */
struct holder {
    struct policy_doc **inline_policies;
    struct attachment **attached;
    const char *param, *key, *name; /* "userName", "UserName" */
};

static bool find_holder(struct call *c, struct holder *h)
{
    if (call_text(c, "groupName")) {
        struct group *group = iam_group(c);
        if (group)
            *h = (struct holder){&group->inline_policies, &group->attached, "groupName", "GroupName", group->name};
        return group != NULL;
    }
    if (call_text(c, "roleName")) {
        struct role *role = iam_role(c);
        if (role)
            *h = (struct holder){&role->inline_policies, &role->attached, "roleName", "RoleName", role->name};
        return role != NULL;
    }
    struct user *user = iam_user(c);
    if (user)
        *h = (struct holder){&user->inline_policies, &user->attached, "userName", "UserName", user->name};
    return user != NULL;
}

/* NULL after a failure. */
static json_t *read_document(struct call *c, const char *param, bool resource_policy)
{
    json_t *document = document_given(c, param);
    const char *why = "The policy is not in the valid JSON format.";
    if (json_is_object(document) && policy_valid(document, resource_policy, &why))
        return world_keep(c->w, document);
    json_decref(document);
    call_fail(c, "MalformedPolicyDocument", "%s", why);
    return NULL;
}

/* ---- inline ---- */

static struct policy_doc *find_inline(struct call *c, const struct holder *h)
{
    const char *name = call_text(c, "policyName");
    for (struct policy_doc *policy = *h->inline_policies; policy; policy = policy->next)
        if (text_same(policy->name, name))
            return policy;
    return NULL;
}

static void no_inline(struct call *c, const struct holder *h)
{
    const char *what = text_same(h->param, "userName") ? "user" : text_same(h->param, "groupName") ? "group" : "role";
    call_fail(c, "NoSuchEntity", "The %s policy with name %s cannot be found.", what, call_text(c, "policyName"));
}

void iam_put_inline_policy(struct call *c)
{
    struct holder h;
    log_document_as_text(c, "policyDocument");
    if (!find_holder(c, &h) || !iam_name_valid(c, "policyName", call_text(c, "policyName")))
        return;
    json_t *document = read_document(c, "policyDocument", false);
    if (!document)
        return;
    struct policy_doc *policy = find_inline(c, &h);
    if (!policy) {
        policy = arena_alloc(c->arena, sizeof(*policy));
        policy->name = kept(c, call_text(c, "policyName"));
        policy->created_ms = c->now_ms;
        list_append(h.inline_policies, policy);
    }
    policy->document = document;
}

void iam_get_inline_policy(struct call *c)
{
    struct holder h;
    if (!find_holder(c, &h))
        return;
    struct policy_doc *policy = find_inline(c, &h);
    if (!policy)
        return no_inline(c, &h);
    c->reply = json_object();
    json_put_text(c->reply, h.key, h.name);
    json_put_text(c->reply, "PolicyName", policy->name);
    json_put(c->reply, "PolicyDocument", json_incref(policy->document));
}

void iam_delete_inline_policy(struct call *c)
{
    struct holder h;
    if (!find_holder(c, &h))
        return;
    struct policy_doc *policy = find_inline(c, &h);
    if (!policy)
        return no_inline(c, &h);
    list_remove(h.inline_policies, policy);
}

void iam_list_inline_policies(struct call *c)
{
    struct holder h;
    if (!find_holder(c, &h))
        return;
    json_t *list = json_array();
    for (const struct policy_doc *policy = *h.inline_policies; policy; policy = policy->next)
        json_array_append_new(list, json_string(policy->name));
    iam_page(c, "PolicyNames", list);
}

/* ---- managed ---- */

/* AWS's own policies come into an account's list when they are first attached; before that one is made up when it is asked for,
 * with the same id each time. */
static struct policy_doc *policy_of_aws(struct call *c, const char *arn)
{
    struct seed seed = seed_from_text(arn);
    struct chance ids = chance_of(&seed, "policy");
    struct policy_doc *policy = arena_alloc(c->arena, sizeof(*policy));
    char id[18];
    chance_text(&ids, ALPHABET_BASE32, 17, id);
    policy->arn = kept(c, arn);
    policy->name = strrchr(policy->arn, '/') + 1;
    policy->policy_id = arena_printf(c->arena, "ANPA%s", id);
    policy->created_ms = 1423176000000; /* AWS's own are as old as managed policies are: February 2015 */
    return policy;
}

/* Of the account or of AWS; may be one that is in no list yet. NULL after a failure. */
static struct policy_doc *asked_policy(struct call *c, const char *when_missing)
{
    const char *arn = call_text(c, "policyArn");
    struct policy_doc *policy = find_policy(c->w, arn);
    if (policy)
        return policy;
    if (managed_policy(arn))
        return policy_of_aws(c, arn);
    call_fail(c, "NoSuchEntity", "Policy %s %s.", arn, when_missing);
    return NULL;
}

static struct attachment *find_attachment(const struct holder *h, const struct policy_doc *policy)
{
    for (struct attachment *a = *h->attached; a; a = a->next)
        if (a->policy == policy)
            return a;
    return NULL;
}

void iam_attach_policy(struct call *c)
{
    struct holder h;
    struct policy_doc *policy = find_holder(c, &h) ? asked_policy(c, "does not exist or is not attachable") : NULL;
    if (!policy || find_attachment(&h, policy))
        return;
    int n = 0;
    for (const struct attachment *a = *h.attached; a; a = a->next)
        n++;
    if (n >= IAM_POLICIES_ATTACHED)
        return call_fail(c, "LimitExceeded", "Cannot exceed quota for PoliciesPer%.*s: %d", (int)strlen(h.key) - 4, h.key,
                         IAM_POLICIES_ATTACHED);
    if (!find_policy(c->w, policy->arn)) {
        policy->policy_id = call_id(c, "ANPA", ALPHABET_BASE32, 17);
        roll_add(&c->w->account.policies_roll, c->arena, policy);
    }
    struct attachment *a = arena_alloc(c->arena, sizeof(*a));
    a->policy = policy;
    list_append(h.attached, a);
}

void iam_detach_policy(struct call *c)
{
    struct holder h;
    if (!find_holder(c, &h))
        return;
    const char *arn = call_text(c, "policyArn");
    struct policy_doc *policy = find_policy(c->w, arn);
    struct attachment *a = policy ? find_attachment(&h, policy) : NULL;
    if (!a)
        return call_fail(c, "NoSuchEntity", "Policy %s was not found.", arn);
    list_remove(h.attached, a);
}

void iam_list_attached_policies(struct call *c)
{
    struct holder h;
    if (!find_holder(c, &h))
        return;
    json_t *list = json_array();
    for (const struct attachment *a = *h.attached; a; a = a->next) {
        json_t *j = json_object();
        json_put_text(j, "PolicyName", a->policy->name);
        json_put_text(j, "PolicyArn", a->policy->arn);
        json_array_append_new(list, j);
    }
    iam_page(c, "AttachedPolicies", list);
}

static int count_attached(const struct world *w, const struct policy_doc *policy)
{
    int n = 0;
    for (const struct user *u = w->account.users; u; u = u->next)
        for (const struct attachment *a = u->attached; a; a = a->next)
            n += a->policy == policy;
    for (const struct group *g = w->account.groups; g; g = g->next)
        for (const struct attachment *a = g->attached; a; a = a->next)
            n += a->policy == policy;
    for (const struct role *r = w->account.roles; r; r = r->next)
        for (const struct attachment *a = r->attached; a; a = a->next)
            n += a->policy == policy;
    return n;
}

static json_t *policy_json(const struct world *w, const struct policy_doc *policy, bool log)
{
    json_t *j = json_object();
    json_put_text(j, log ? "policyName" : "PolicyName", policy->name);
    json_put_text(j, log ? "policyId" : "PolicyId", policy->policy_id);
    json_put_text(j, log ? "arn" : "Arn", policy->arn);
    json_put_text(j, log ? "path" : "Path", text_or(policy->path, "/"));
    json_put_text(j, log ? "defaultVersionId" : "DefaultVersionId", "v1");
    json_put(j, log ? "attachmentCount" : "AttachmentCount", json_integer(count_attached(w, policy)));
    json_put(j, log ? "permissionsBoundaryUsageCount" : "PermissionsBoundaryUsageCount", json_integer(0));
    json_put(j, log ? "isAttachable" : "IsAttachable", json_true());
    json_put_text(j, log ? "description" : "Description", policy->description);
    json_put(j, log ? "createDate" : "CreateDate", log ? date_log(policy->created_ms) : date_iso(policy->created_ms));
    json_put(j, log ? "updateDate" : "UpdateDate", log ? date_log(policy->created_ms) : date_iso(policy->created_ms));
    return j;
}

void iam_create_policy(struct call *c)
{
    const char *name = call_text(c, "policyName"), *path = text_or(call_text(c, "path"), "/");
    log_document_as_text(c, "policyDocument");
    if (!iam_name_valid(c, "policyName", name))
        return;
    const char *arn = arena_printf(c->arena, "arn:aws:iam::%s:policy%s%s", c->w->account.id, path, name);
    if (find_policy(c->w, arn))
        return call_fail(c, "EntityAlreadyExists", "A policy called %s already exists. Duplicate names are not allowed.", name);
    json_t *document = read_document(c, "policyDocument", false);
    if (!document)
        return;
    struct policy_doc *policy = arena_alloc(c->arena, sizeof(*policy));
    policy->name = kept(c, name);
    policy->arn = arn;
    policy->policy_id = call_account_id(c, "ANPA");
    policy->path = kept(c, path);
    policy->description = kept(c, call_text(c, "description"));
    policy->document = document;
    policy->created_ms = c->now_ms;
    roll_add(&c->w->account.policies_roll, c->arena, policy);
    call_log_response(c, wrapped("policy", policy_json(c->w, policy, true)));
    c->reply = wrapped("Policy", policy_json(c->w, policy, false));
}

static struct policy_doc *known_policy(struct call *c)
{
    return asked_policy(c, "was not found");
}

void iam_delete_policy(struct call *c)
{
    struct policy_doc *policy = known_policy(c);
    if (!policy)
        return;
    if (!policy->document)
        return call_fail(c, "AccessDenied", "Policy is outside your own account.");
    if (count_attached(c->w, policy))
        return call_fail(c, "DeleteConflict", "Cannot delete a policy attached to entities.");
    roll_remove(&c->w->account.policies_roll, policy);
}

void iam_get_policy(struct call *c)
{
    struct policy_doc *policy = known_policy(c);
    if (policy)
        c->reply = wrapped("Policy", policy_json(c->w, policy, false));
}

static json_t *version_json(const struct policy_doc *policy)
{
    return json_pack("{s:s, s:b, s:o}", "VersionId", "v1", "IsDefaultVersion", 1, "CreateDate", date_iso(policy->created_ms));
}

void iam_get_policy_version(struct call *c)
{
    struct policy_doc *policy = known_policy(c);
    if (!policy)
        return;
    if (!text_same(call_text(c, "versionId"), "v1"))
        return call_fail(c, "NoSuchEntity", "Policy %s version %s does not exist or is not attachable.", policy->arn,
                         call_text(c, "versionId"));
    const json_t *document = policy->document ? policy->document : managed_policy(policy->arn);
    json_t *j = version_json(policy);
    json_put(j, "Document", json_deep_copy(document));
    c->reply = wrapped("PolicyVersion", j);
}

/* Nobody makes a second one here. */
void iam_list_policy_versions(struct call *c)
{
    struct policy_doc *policy = known_policy(c);
    if (policy)
        iam_page(c, "Versions", json_pack("[o]", version_json(policy)));
}

static bool attached_here(const struct attachment *a, const struct policy_doc *policy)
{
    for (; a; a = a->next)
        if (a->policy == policy)
            return true;
    return false;
}

void iam_list_entities(struct call *c)
{
    struct policy_doc *policy = known_policy(c);
    if (!policy)
        return;
    json_t *users = json_array(), *groups = json_array(), *roles = json_array();
    for (const struct user *u = c->w->account.users; u; u = u->next)
        if (attached_here(u->attached, policy))
            json_array_append_new(users, json_pack("{s:s, s:s}", "UserName", u->name, "UserId", u->id));
    for (const struct group *g = c->w->account.groups; g; g = g->next)
        if (attached_here(g->attached, policy))
            json_array_append_new(groups, json_pack("{s:s, s:s}", "GroupName", g->name, "GroupId", g->id));
    for (const struct role *r = c->w->account.roles; r; r = r->next)
        if (attached_here(r->attached, policy))
            json_array_append_new(roles, json_pack("{s:s, s:s}", "RoleName", r->name, "RoleId", r->id));
    c->reply =
        json_pack("{s:o, s:o, s:o, s:b}", "PolicyGroups", groups, "PolicyUsers", users, "PolicyRoles", roles, "IsTruncated", 0);
}

void iam_list_policies(struct call *c)
{
    const char *scope = text_or(call_text(c, "scope"), "All"), *prefix = text_or(call_text(c, "pathPrefix"), "/");
    json_t *list = json_array();
    for (const struct policy_doc *policy = c->w->account.policies; policy; policy = policy->next)
        if ((text_same(scope, "All") || text_same(scope, policy->document ? "Local" : "AWS")) &&
            text_starts(text_or(policy->path, "/"), prefix) &&
            (!call_bool(c, "onlyAttached", false) || count_attached(c->w, policy)))
            json_array_append_new(list, policy_json(c->w, policy, false));
    iam_page(c, "Policies", list);
}

/* ---- roles ---- */

json_t *iam_role_json(const struct role *role, bool log)
{
    json_t *j = json_object();
    json_put_text(j, log ? "path" : "Path", role->path);
    json_put_text(j, log ? "roleName" : "RoleName", role->name);
    json_put_text(j, log ? "roleId" : "RoleId", role->id);
    json_put_text(j, log ? "arn" : "Arn", role->arn);
    json_put(j, log ? "createDate" : "CreateDate", log ? date_log(role->created_ms) : date_iso(role->created_ms));
    json_put_text(j, log ? "description" : "Description", role->description);
    if (log)
        return j;
    json_put(j, "AssumeRolePolicyDocument", json_incref(role->trust));
    json_put(j, "MaxSessionDuration", json_integer(role->max_session_s));
    return j;
}

void iam_create_role(struct call *c)
{
    const char *name = call_text(c, "roleName");
    log_document_as_text(c, "assumeRolePolicyDocument");
    if (!iam_name_valid(c, "roleName", name))
        return;
    if (find_role(c->w, name))
        return call_fail(c, "EntityAlreadyExists", "Role with name %s already exists.", name);
    json_t *trust = read_document(c, "assumeRolePolicyDocument", true);
    if (!trust)
        return;
    struct role *role = arena_alloc(c->arena, sizeof(*role));
    role->name = kept(c, name);
    role->path = kept(c, text_or(call_text(c, "path"), "/"));
    role->id = call_account_id(c, "AROA");
    role->arn = arena_printf(c->arena, "arn:aws:iam::%s:role%s%s", c->w->account.id, role->path, name);
    role->trust = trust;
    role->description = kept(c, call_text(c, "description"));
    role->max_session_s = call_int(c, "maxSessionDuration", 3600);
    role->created_ms = c->now_ms;
    roll_add(&c->w->account.roles_roll, c->arena, role);
    call_log_response(c, wrapped("role", iam_role_json(role, true)));
    c->reply = wrapped("Role", iam_role_json(role, false));
}

void iam_delete_role(struct call *c)
{
    struct role *role = iam_role(c);
    if (!role)
        return;
    for (const struct instance *i = c->w->account.instances; i; i = i->next)
        if (text_same(i->profile_role, role->name))
            return call_fail(c, "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.");
    if (role->attached)
        return call_fail(c, "DeleteConflict", "Cannot delete entity, must detach all policies first.");
    if (role->inline_policies)
        return call_fail(c, "DeleteConflict", "Cannot delete entity, must delete policies first.");
    roll_remove(&c->w->account.roles_roll, role);
}

void iam_get_role(struct call *c)
{
    struct role *role = iam_role(c);
    if (role)
        c->reply = wrapped("Role", iam_role_json(role, false));
}

void iam_list_roles(struct call *c)
{
    json_t *list = json_array();
    for (const struct role *role = c->w->account.roles; role; role = role->next)
        if (text_starts(role->path, text_or(call_text(c, "pathPrefix"), "/")))
            json_array_append_new(list, iam_role_json(role, false));
    iam_page(c, "Roles", list);
}
