/* SPDX-License-Identifier: MIT */
/*
 * IAM: the table; users, groups and access keys. Policies and roles are in iam_policies.c; passwords, second factors and what
 * concerns the whole account are in iam_account.c.
 * Sources: IAM API Reference 2010-05-08; responseElements as in genuine logs.
 */
#include "sim/aws/iam.h"

#include "sim/base/services.h"

#define USER "arn:aws:iam::$account:user/{userName}"
#define GROUP "arn:aws:iam::$account:group/{groupName}"
#define ROLE "arn:aws:iam::$account:role/{roleName}"

/* Everything of IAM is recorded in us-east-1. */
enum { WRITE = OP_GLOBAL, READ = OP_GLOBAL | OP_READ };

/* clang-format off */
static const struct op iam_ops[] = {
    {"iam:AddUserToGroup",              "groupName! userName!", WRITE, GROUP, NULL, iam_add_user_to_group},
    {"iam:AttachGroupPolicy",           "groupName! policyArn!", WRITE, GROUP, NULL, iam_attach_policy},
    {"iam:AttachRolePolicy",            "roleName! policyArn!", WRITE, ROLE, NULL, iam_attach_policy},
    {"iam:AttachUserPolicy",            "userName! policyArn!", WRITE, USER, NULL, iam_attach_policy},
    {"iam:ChangePassword",              "oldPassword! newPassword!",
     WRITE, USER, NULL, iam_change_password},
    {"iam:CreateAccessKey",             "userName", WRITE, USER, NULL, iam_create_access_key},
    {"iam:CreateGroup",                 "groupName! path", WRITE, GROUP, NULL, iam_create_group},
    {"iam:CreateLoginProfile",          "userName! password! passwordResetRequired?",
     WRITE, USER, NULL, iam_create_login_profile},
    {"iam:CreatePolicy",                "policyName! policyDocument~! path description tags[]",
     WRITE, "arn:aws:iam::$account:policy/{policyName}", NULL, iam_create_policy},
    {"iam:CreateRole",                  "roleName! assumeRolePolicyDocument~! path description maxSessionDuration# tags[]",
     WRITE, ROLE, NULL, iam_create_role},
    {"iam:CreateUser",                  "userName! path tags[]", WRITE, USER, NULL, iam_create_user},
    {"iam:DeactivateMFADevice",         "userName! serialNumber!", WRITE, USER, NULL, iam_deactivate_mfa},
    {"iam:DeleteAccessKey",             "accessKeyId! userName", WRITE, USER, NULL, iam_delete_access_key},
    {"iam:DeleteGroup",                 "groupName!", WRITE, GROUP, NULL, iam_delete_group},
    {"iam:DeleteGroupPolicy",           "groupName! policyName!", WRITE, GROUP, NULL, iam_delete_inline_policy},
    {"iam:DeleteLoginProfile",          "userName!", WRITE, USER, NULL, iam_delete_login_profile},
    {"iam:DeletePolicy",                "policyArn!", WRITE, "{policyArn}", NULL, iam_delete_policy},
    {"iam:DeleteRole",                  "roleName!", WRITE, ROLE, NULL, iam_delete_role},
    {"iam:DeleteRolePolicy",            "roleName! policyName!", WRITE, ROLE, NULL, iam_delete_inline_policy},
    {"iam:DeleteUser",                  "userName!", WRITE, USER, NULL, iam_delete_user},
    {"iam:DeleteUserPolicy",            "userName! policyName!", WRITE, USER, NULL, iam_delete_inline_policy},
    {"iam:DeleteVirtualMFADevice",      "serialNumber!", WRITE, "{serialNumber}", NULL, iam_delete_virtual_mfa},
    {"iam:DetachGroupPolicy",           "groupName! policyArn!", WRITE, GROUP, NULL, iam_detach_policy},
    {"iam:DetachRolePolicy",            "roleName! policyArn!", WRITE, ROLE, NULL, iam_detach_policy},
    {"iam:DetachUserPolicy",            "userName! policyArn!", WRITE, USER, NULL, iam_detach_policy},
    {"iam:EnableMFADevice",             "userName! serialNumber! authenticationCode1 authenticationCode2", WRITE, USER, NULL, iam_enable_mfa},
    {"iam:GenerateCredentialReport",    "", READ | OP_LEAVES, "*", NULL, iam_generate_report},
    {"iam:GetAccessKeyLastUsed",        "accessKeyId!", READ, "*", NULL, iam_get_access_key_last_used},
    {"iam:GetAccountAuthorizationDetails", "filter[] marker maxItems#", READ, "*", NULL, iam_get_authorization_details},
    {"iam:GetAccountPasswordPolicy",    "", READ, "*", NULL, iam_get_password_policy},
    {"iam:GetAccountSummary",           "", READ, "*", NULL, iam_get_account_summary},
    {"iam:GetCredentialReport",         "", READ, "*", NULL, iam_get_report},
    {"iam:GetGroup",                    "groupName! marker maxItems#", READ, GROUP, NULL, iam_get_group},
    {"iam:GetGroupPolicy",              "groupName! policyName!", READ, GROUP, NULL, iam_get_inline_policy},
    {"iam:GetInstanceProfile",          "instanceProfileName!",
     READ, "arn:aws:iam::$account:instance-profile/{instanceProfileName}", NULL, iam_get_instance_profile},
    {"iam:GetLoginProfile",             "userName", READ, USER, NULL, iam_get_login_profile},
    {"iam:GetPolicy",                   "policyArn!", READ, "{policyArn}", NULL, iam_get_policy},
    {"iam:GetPolicyVersion",            "policyArn! versionId!", READ, "{policyArn}", NULL, iam_get_policy_version},
    {"iam:GetRole",                     "roleName!", READ, ROLE, NULL, iam_get_role},
    {"iam:GetRolePolicy",               "roleName! policyName!", READ, ROLE, NULL, iam_get_inline_policy},
    {"iam:GetUser",                     "userName", READ, USER, NULL, iam_get_user},
    {"iam:GetUserPolicy",               "userName! policyName!", READ, USER, NULL, iam_get_inline_policy},
    {"iam:ListAccessKeys",              "userName marker maxItems#", READ, USER, NULL, iam_list_access_keys},
    {"iam:ListAccountAliases",          "marker maxItems#", READ, "*", NULL, iam_list_account_aliases},
    {"iam:ListAttachedGroupPolicies",   "groupName! marker maxItems#", READ, GROUP, NULL, iam_list_attached_policies},
    {"iam:ListAttachedRolePolicies",    "roleName! marker maxItems#", READ, ROLE, NULL, iam_list_attached_policies},
    {"iam:ListAttachedUserPolicies",    "userName! marker maxItems#", READ, USER, NULL, iam_list_attached_policies},
    {"iam:ListEntitiesForPolicy",       "policyArn! entityFilter marker maxItems#",
     READ, "{policyArn}", NULL, iam_list_entities},
    {"iam:ListGroupPolicies",           "groupName! marker maxItems#", READ, GROUP, NULL, iam_list_inline_policies},
    {"iam:ListGroups",                  "pathPrefix marker maxItems#",
     READ, "arn:aws:iam::$account:group/", NULL, iam_list_groups},
    {"iam:ListGroupsForUser",           "userName! marker maxItems#", READ, USER, NULL, iam_list_groups_for_user},
    {"iam:ListInstanceProfiles",        "pathPrefix marker maxItems#",
     READ, "arn:aws:iam::$account:instance-profile/", NULL, iam_list_instance_profiles},
    {"iam:ListInstanceProfilesForRole", "roleName! marker maxItems#", READ, ROLE, NULL, iam_list_instance_profiles_for_role},
    {"iam:ListMFADevices",              "userName marker maxItems#", READ, USER, NULL, iam_list_mfa_devices},
    {"iam:ListPolicies",                "scope onlyAttached? pathPrefix marker maxItems#",
     READ, "arn:aws:iam::$account:policy/", NULL, iam_list_policies},
    {"iam:ListPolicyVersions",          "policyArn! marker maxItems#", READ, "{policyArn}", NULL, iam_list_policy_versions},
    {"iam:ListRolePolicies",            "roleName! marker maxItems#", READ, ROLE, NULL, iam_list_inline_policies},
    {"iam:ListRoles",                   "pathPrefix marker maxItems#",
     READ, "arn:aws:iam::$account:role/", NULL, iam_list_roles},
    {"iam:ListSSHPublicKeys",           "userName marker maxItems#", READ, USER, NULL, iam_list_no_credentials},
    {"iam:ListServiceSpecificCredentials", "userName serviceName", READ, USER, NULL, iam_list_no_credentials},
    {"iam:ListSigningCertificates",     "userName marker maxItems#", READ, USER, NULL, iam_list_no_credentials},
    {"iam:ListUserPolicies",            "userName! marker maxItems#", READ, USER, NULL, iam_list_inline_policies},
    {"iam:ListUserTags",                "userName! marker maxItems#", READ, USER, NULL, iam_list_user_tags},
    {"iam:ListUsers",                   "pathPrefix marker maxItems#",
     READ, "arn:aws:iam::$account:user/", NULL, iam_list_users},
    {"iam:ListVirtualMFADevices",       "assignmentStatus marker maxItems#",
     READ, "arn:aws:iam::$account:mfa/", NULL, iam_list_virtual_mfa_devices},
    {"iam:PutGroupPolicy",              "groupName! policyName! policyDocument~!", WRITE, GROUP, NULL, iam_put_inline_policy},
    {"iam:PutRolePolicy",               "roleName! policyName! policyDocument~!", WRITE, ROLE, NULL, iam_put_inline_policy},
    {"iam:PutUserPolicy",               "userName! policyName! policyDocument~!", WRITE, USER, NULL, iam_put_inline_policy},
    {"iam:RemoveUserFromGroup",         "groupName! userName!", WRITE, GROUP, NULL, iam_remove_user_from_group},
    {"iam:SimulatePrincipalPolicy",     "policySourceArn! actionNames[]! resourceArns[] contextEntries[] callerArn marker maxItems#",
     READ, "{policySourceArn}", NULL, iam_simulate_policy},
    {"iam:TagUser",                     "userName! tags[]!", WRITE, USER, NULL, iam_tag_user},
    {"iam:UntagUser",                   "userName! tagKeys[]!", WRITE, USER, NULL, iam_untag_user},
    {"iam:UpdateAccessKey",             "accessKeyId! status! userName", WRITE, USER, NULL, iam_update_access_key},
    {"iam:UpdateLoginProfile",          "userName! password passwordResetRequired?",
     WRITE, USER, NULL, iam_update_login_profile},
    {"iam:UpdateUser",                  "userName! newUserName newPath", WRITE, USER, NULL, iam_update_user},
};
/* clang-format on */

const struct service aws_iam = {
    .name = "iam",
    .source = SERVICE_IAM,
    .event_version = "1.11",
    .host = "iam.amazonaws.com",
    .denied_code = "AccessDenied",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = iam_ops,
    .n = COUNT(iam_ops),
};

/* ---- look-ups that fail as IAM does ---- */

static const char *own_name(struct call *c)
{
    const char *name = call_text(c, "userName");
    return name ? name : c->action->who.kind == PRINCIPAL_USER ? c->action->who.name : "root";
}

struct user *iam_user(struct call *c)
{
    struct user *user = find_user(c->w, own_name(c));
    if (!user)
        call_fail(c, "NoSuchEntity", "The user with name %s cannot be found.", own_name(c));
    return user;
}

struct group *iam_group(struct call *c)
{
    struct group *group = find_group(c->w, call_text(c, "groupName"));
    if (!group)
        call_fail(c, "NoSuchEntity", "The group with name %s cannot be found.", call_text(c, "groupName"));
    return group;
}

struct role *iam_role(struct call *c)
{
    struct role *role = find_role(c->w, call_text(c, "roleName"));
    if (!role)
        call_fail(c, "NoSuchEntity", "The role with name %s cannot be found.", call_text(c, "roleName"));
    return role;
}

static struct access_key *iam_key(struct call *c, struct user *user)
{
    const char *id = call_text(c, "accessKeyId");
    for (struct access_key *key = user->keys; key; key = key->next)
        if (text_same(key->id, id))
            return key;
    call_fail(c, "NoSuchEntity", "The Access Key with id %s cannot be found.", id);
    return NULL;
}

bool iam_name_valid(struct call *c, const char *param, const char *name)
{
    size_t n = strlen(name);
    if (n && n <= 128 && name[strspn(name, ALPHABET_ALNUM "+=,.@_-")] == 0)
        return true;
    call_fail(
        c, "ValidationError",
        "The specified value for %s is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
        param);
    return false;
}

json_t *iam_user_json(const struct user *user, bool log)
{
    json_t *j = json_object();
    json_put_text(j, log ? "path" : "Path", user->path);
    json_put_text(j, log ? "userName" : "UserName", user->name);
    json_put_text(j, log ? "userId" : "UserId", user->id);
    json_put_text(j, log ? "arn" : "Arn", user->arn);
    json_put(j, log ? "createDate" : "CreateDate", log ? date_log(user->created_ms) : date_iso(user->created_ms));
    if (!log && user->password_last_used_ms)
        json_put(j, "PasswordLastUsed", date_iso(user->password_last_used_ms));
    return j;
}

static json_t *group_json(const struct group *group, bool log)
{
    json_t *j = json_object();
    json_put_text(j, log ? "path" : "Path", group->path);
    json_put_text(j, log ? "groupName" : "GroupName", group->name);
    json_put_text(j, log ? "groupId" : "GroupId", group->id);
    json_put_text(j, log ? "arn" : "Arn", group->arn);
    json_put(j, log ? "createDate" : "CreateDate", log ? date_log(group->created_ms) : date_iso(group->created_ms));
    return j;
}

void iam_page(struct call *c, const char *key, json_t *list)
{
    static const struct paging markers = {"maxItems", "marker", "Marker", "IsTruncated"};
    reply_page_by(c, &markers, key, list, 100);
}

/* ---- users ---- */

void iam_create_user(struct call *c)
{
    const char *name = call_text(c, "userName");
    if (!iam_name_valid(c, "userName", name))
        return;
    if (find_user(c->w, name))
        return call_fail(c, "EntityAlreadyExists", "User with name %s already exists.", name);
    struct user *user = arena_alloc(c->arena, sizeof(*user));
    user->name = kept(c, name);
    user->path = kept(c, text_or(call_text(c, "path"), "/"));
    user->id = call_account_id(c, "AIDA");
    user->arn = arena_printf(c->arena, "arn:aws:iam::%s:user%s%s", c->w->account.id, user->path, name);
    user->created_ms = c->now_ms;
    user->tags = tags_read(c, json_object_get(c->params, "tags"));
    roll_add(&c->w->account.users_roll, c->arena, user);
    call_log_response(c, wrapped("user", iam_user_json(user, true)));
    c->reply = wrapped("User", iam_user_json(user, false));
}

void iam_get_user(struct call *c)
{
    struct user *user = iam_user(c);
    if (!user)
        return;
    json_t *j = iam_user_json(user, false);
    if (user->tags)
        json_put(j, "Tags", tags_reply(user->tags));
    c->reply = wrapped("User", j);
}

void iam_list_users(struct call *c)
{
    json_t *list = json_array();
    const char *prefix = text_or(call_text(c, "pathPrefix"), "/");
    for (const struct user *user = c->w->account.users; user; user = user->next)
        if (text_starts(user->path, prefix))
            json_array_append_new(list, iam_user_json(user, false));
    iam_page(c, "Users", list);
}

void iam_update_user(struct call *c)
{
    struct user *user = iam_user(c);
    const char *name = call_text(c, "newUserName"), *path = call_text(c, "newPath");
    if (!user || (name && !iam_name_valid(c, "newUserName", name)))
        return;
    if (name && find_user(c->w, name))
        return call_fail(c, "EntityAlreadyExists", "User with name %s already exists.", name);
    if (name)
        roll_rename(&c->w->account.users_roll, c->arena, user, kept(c, name));
    user->path = path ? kept(c, path) : user->path;
    user->arn = arena_printf(c->arena, "arn:aws:iam::%s:user%s%s", c->w->account.id, user->path, user->name);
}

static const struct group *in_a_group(const struct call *c, const struct user *user)
{
    const struct group *group = c->w->account.groups;
    while (group && !group_has(group, user))
        group = group->next;
    return group;
}

/* In the order in which IAM is seen to name the conflicts. */
void iam_delete_user(struct call *c)
{
    struct user *user = iam_user(c);
    if (!user)
        return;
    const struct group *group = in_a_group(c, user);
    const void *profile = user->has_login_profile ? user : NULL;
    const void *keys = user->keys, *mfa = user->mfa, *inlined = user->inline_policies, *attached = user->attached;
    const struct {
        const void *stands;
        const char *said;
    } conflicts[] = {
        {profile,  "must delete login profile first."   },
        {keys,     "must delete access keys first."     },
        {mfa,      "must delete MFA device first."      },
        {inlined,  "must delete policies first."        },
        {attached, "must detach all policies first."    },
        {group,    "must remove users from group first."},
    };
    for (size_t i = 0; i < COUNT(conflicts); i++)
        if (conflicts[i].stands)
            return call_fail(c, "DeleteConflict", "Cannot delete entity, %s", conflicts[i].said);
    roll_remove(&c->w->account.users_roll, user);
}

void iam_tag_user(struct call *c)
{
    struct user *user = iam_user(c);
    if (user)
        tags_add(&user->tags, tags_read(c, json_object_get(c->params, "tags")));
}

void iam_untag_user(struct call *c)
{
    struct user *user = iam_user(c);
    const json_t *keys = json_object_get(c->params, "tagKeys");
    for (size_t i = 0; user && i < json_array_size(keys); i++)
        tag_drop(&user->tags, json_string_value(json_array_get(keys, i)));
}

void iam_list_user_tags(struct call *c)
{
    struct user *user = iam_user(c);
    if (user)
        iam_page(c, "Tags", tags_reply(user->tags));
}

/* ---- access keys ---- */

static json_t *key_json(const struct access_key *key, const char *user)
{
    json_t *j = json_object();
    json_put_text(j, "UserName", user);
    json_put_text(j, "AccessKeyId", key->id);
    json_put_text(j, "Status", key->active ? "Active" : "Inactive");
    json_put(j, "CreateDate", date_iso(key->created_ms));
    return j;
}

void iam_create_access_key(struct call *c)
{
    struct user *user = iam_user(c);
    if (!user)
        return;
    if (user->keys && user->keys->next)
        return call_fail(c, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: %d", IAM_KEYS_PER_USER);
    struct access_key *key = arena_alloc(c->arena, sizeof(*key));
    key->id = call_account_id(c, "AKIA");
    key->secret = call_id(c, "", ALPHABET_ALNUM "+/", 40);
    key->active = true;
    key->created_ms = c->now_ms;
    user_add_key(c->w, user, key);
    json_t *log = json_object();
    json_put_text(log, "accessKeyId", key->id);
    json_put_text(log, "status", "Active");
    json_put_text(log, "userName", user->name);
    json_put(log, "createDate", date_log(key->created_ms));
    call_log_response(c, wrapped("accessKey", log));
    json_t *j = key_json(key, user->name);
    json_put_text(j, "SecretAccessKey", key->secret);
    c->reply = wrapped("AccessKey", j);
}

void iam_list_access_keys(struct call *c)
{
    struct user *user = iam_user(c);
    json_t *list = user ? json_array() : NULL;
    for (const struct access_key *key = user ? user->keys : NULL; key; key = key->next)
        json_array_append_new(list, key_json(key, user->name));
    if (user)
        iam_page(c, "AccessKeyMetadata", list);
}

void iam_update_access_key(struct call *c)
{
    struct user *user = iam_user(c);
    struct access_key *key = user ? iam_key(c, user) : NULL;
    const char *status = call_text(c, "status");
    if (!key)
        return;
    if (!text_same(status, "Active") && !text_same(status, "Inactive"))
        return call_fail(c, "ValidationError",
                         "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy "
                         "enum value set: [Active, Inactive, Expired]");
    key->active = text_same(status, "Active");
}

void iam_delete_access_key(struct call *c)
{
    struct user *user = iam_user(c);
    struct access_key *key = user ? iam_key(c, user) : NULL;
    if (key)
        user_remove_key(c->w, user, key);
}

void iam_get_access_key_last_used(struct call *c)
{
    struct access_key *key = NULL;
    struct user *user = find_user_by_key(c->w, call_text(c, "accessKeyId"), &key);
    if (!user)
        return call_fail(c, "AccessDenied",
                         "User: %s is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key %s",
                         principal_arn(c->w, c->arena, &c->action->who), call_text(c, "accessKeyId"));
    json_t *used = json_object();
    if (key->last_used_ms)
        json_put(used, "LastUsedDate", date_iso(key->last_used_ms));
    json_put_text(used, "ServiceName", text_or(key->last_service, "N/A"));
    json_put_text(used, "Region", text_or(key->last_region, "N/A"));
    c->reply = wrapped("AccessKeyLastUsed", used);
    json_put_text(c->reply, "UserName", user->name);
}

/* ---- groups ---- */

void iam_create_group(struct call *c)
{
    const char *name = call_text(c, "groupName");
    if (!iam_name_valid(c, "groupName", name))
        return;
    if (find_group(c->w, name))
        return call_fail(c, "EntityAlreadyExists", "Group with name %s already exists.", name);
    struct group *group = arena_alloc(c->arena, sizeof(*group));
    group->name = kept(c, name);
    group->path = kept(c, text_or(call_text(c, "path"), "/"));
    group->id = call_account_id(c, "AGPA");
    group->arn = arena_printf(c->arena, "arn:aws:iam::%s:group%s%s", c->w->account.id, group->path, name);
    group->created_ms = c->now_ms;
    roll_add(&c->w->account.groups_roll, c->arena, group);
    call_log_response(c, wrapped("group", group_json(group, true)));
    c->reply = wrapped("Group", group_json(group, false));
}

void iam_delete_group(struct call *c)
{
    struct group *group = iam_group(c);
    if (!group)
        return;
    if (group->members)
        return call_fail(c, "DeleteConflict", "Cannot delete entity, must remove users from group first.");
    if (group->attached)
        return call_fail(c, "DeleteConflict", "Cannot delete entity, must detach all policies first.");
    if (group->inline_policies)
        return call_fail(c, "DeleteConflict", "Cannot delete entity, must delete policies first.");
    roll_remove(&c->w->account.groups_roll, group);
}

void iam_add_user_to_group(struct call *c)
{
    struct group *group = iam_group(c);
    struct user *user = group ? iam_user(c) : NULL;
    if (user && !group_has(group, user))
        group_add_user(c->w, group, user);
}

void iam_remove_user_from_group(struct call *c)
{
    struct group *group = iam_group(c);
    struct user *user = group ? iam_user(c) : NULL;
    if (user)
        group_remove_user(group, user);
}

void iam_get_group(struct call *c)
{
    struct group *group = iam_group(c);
    if (!group)
        return;
    json_t *users = json_array();
    for (const struct membership *member = group->members; member; member = member->next)
        json_array_append_new(users, iam_user_json(member->user, false));
    iam_page(c, "Users", users);
    if (!c->failed)
        json_put(c->reply, "Group", group_json(group, false));
}

void iam_list_groups(struct call *c)
{
    const char *prefix = text_or(call_text(c, "pathPrefix"), "/");
    json_t *list = json_array();
    for (const struct group *group = c->w->account.groups; group; group = group->next)
        if (text_starts(group->path, prefix))
            json_array_append_new(list, group_json(group, false));
    iam_page(c, "Groups", list);
}

void iam_list_groups_for_user(struct call *c)
{
    struct user *user = iam_user(c);
    if (!user)
        return;
    json_t *list = json_array();
    for (const struct group *group = c->w->account.groups; group; group = group->next)
        if (group_has(group, user))
            json_array_append_new(list, group_json(group, false));
    iam_page(c, "Groups", list);
}
