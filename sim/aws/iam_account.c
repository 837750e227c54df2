/* SPDX-License-Identifier: MIT */
/* IAM: console passwords, second factors, and what concerns the whole account. */
#include "sim/aws/iam.h"

/* ---- login profiles and MFA ---- */

static json_t *profile_json(const struct user *user, bool log)
{
    json_t *j = json_object();
    json_put_text(j, log ? "userName" : "UserName", user->name);
    json_put(j, log ? "createDate" : "CreateDate", log ? date_log(user->login_profile_ms) : date_iso(user->login_profile_ms));
    json_put(j, log ? "passwordResetRequired" : "PasswordResetRequired", json_boolean(user->password_reset_required));
    return j;
}

static bool has_profile(struct call *c, const struct user *user)
{
    if (user && !user->has_login_profile)
        call_fail(c, "NoSuchEntity", "Login Profile for User %s cannot be found.", user->name);
    return user && user->has_login_profile;
}

static bool long_enough(struct call *c, const char *password)
{
    if (strlen(password) < 8)
        call_fail(c, "PasswordPolicyViolation", "Password should have a minimum length of 8");
    return !c->failed;
}

void iam_create_login_profile(struct call *c)
{
    struct user *user = iam_user(c);
    if (!user)
        return;
    if (user->has_login_profile)
        return call_fail(c, "EntityAlreadyExists", "Login Profile for user %s already exists.", user->name);
    if (!long_enough(c, call_text(c, "password")))
        return;
    user->has_login_profile = true;
    user->password = kept(c, call_text(c, "password"));
    user->password_reset_required = call_bool(c, "passwordResetRequired", false);
    user->login_profile_ms = c->now_ms;
    call_log_response(c, wrapped("loginProfile", profile_json(user, true)));
    c->reply = wrapped("LoginProfile", profile_json(user, false));
}

void iam_get_login_profile(struct call *c)
{
    struct user *user = iam_user(c);
    if (has_profile(c, user))
        c->reply = wrapped("LoginProfile", profile_json(user, false));
}

void iam_update_login_profile(struct call *c)
{
    struct user *user = iam_user(c);
    if (!has_profile(c, user))
        return;
    if (call_text(c, "password")) {
        if (!long_enough(c, call_text(c, "password")))
            return;
        user->password = kept(c, call_text(c, "password"));
    }
    user->password_reset_required = call_bool(c, "passwordResetRequired", user->password_reset_required);
}

void iam_delete_login_profile(struct call *c)
{
    struct user *user = iam_user(c);
    if (has_profile(c, user))
        user->has_login_profile = false;
}

static struct mfa_device *find_mfa(struct mfa_device *list, const char *serial)
{
    while (list && !text_same(list->serial, serial))
        list = list->next;
    return list;
}

static bool mfa_in_use(const struct call *c, const char *serial)
{
    const struct user *user = c->w->account.users;
    while (user && !find_mfa(user->mfa, serial))
        user = user->next;
    return user != NULL;
}

/* Others that have an ARN, keys for FIDO, go when they are taken off. */
static bool is_virtual(const struct mfa_device *device)
{
    return text_starts(device->serial, "arn:") && strstr(device->serial, ":mfa/");
}

static bool code_valid(const char *code)
{
    return !code || (strlen(code) == 6 && code[strspn(code, "0123456789")] == 0);
}

/* Which codes the device shows nobody here knows: any two of six digits are good. Whoever names a device
 * that nobody has made has one at hand. */
void iam_enable_mfa(struct call *c)
{
    const char *serial = call_text(c, "serialNumber");
    const char *codes[] = {call_text(c, "authenticationCode1"), call_text(c, "authenticationCode2")};
    struct user *user = iam_user(c);
    if (!user)
        return;
    if (mfa_in_use(c, serial))
        return call_fail(c, "EntityAlreadyExists", "MFA Device is already in use");
    if (!code_valid(codes[0]) || !code_valid(codes[1]) || (codes[0] && text_same(codes[0], codes[1])))
        return call_fail(c, "InvalidAuthenticationCode", "Authentication code for device is not valid");
    struct mfa_device *device = find_mfa(c->w->account.idle_mfa, serial);
    if (device) {
        list_remove(&c->w->account.idle_mfa, device);
    } else {
        device = arena_alloc(c->arena, sizeof(*device));
        device->serial = kept(c, serial);
    }
    device->enabled_ms = c->now_ms;
    list_append(&user->mfa, device);
}

/* The user does without; a virtual device stays in the account. */
void iam_deactivate_mfa(struct call *c)
{
    struct user *user = iam_user(c);
    struct mfa_device *device = user ? find_mfa(user->mfa, call_text(c, "serialNumber")) : NULL;
    if (!device) {
        if (user)
            call_fail(c, "NoSuchEntity", "MFA Device invalid for user.");
        return;
    }
    list_remove(&user->mfa, device);
    device->enabled_ms = 0;
    if (is_virtual(device))
        list_append(&c->w->account.idle_mfa, device);
}

void iam_delete_virtual_mfa(struct call *c)
{
    const char *serial = call_text(c, "serialNumber");
    struct mfa_device *device = find_mfa(c->w->account.idle_mfa, serial);
    if (device)
        list_remove(&c->w->account.idle_mfa, device);
    else if (mfa_in_use(c, serial))
        call_fail(c, "DeleteConflict", "Cannot delete the MFA Device. The device is still in use.");
    else
        call_fail(c, "NoSuchEntity", "VirtualMFADevice with serial number %s does not exist.", serial);
}

void iam_list_mfa_devices(struct call *c)
{
    struct user *user = iam_user(c);
    if (!user)
        return;
    json_t *list = json_array();
    for (const struct mfa_device *device = user->mfa; device; device = device->next)
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "UserName", user->name, "SerialNumber", device->serial,
                                              "EnableDate", date_iso(device->enabled_ms)));
    iam_page(c, "MFADevices", list);
}

void iam_list_virtual_mfa_devices(struct call *c)
{
    const char *status = text_or(call_text(c, "assignmentStatus"), "Any");
    if (!text_same(status, "Any") && !text_same(status, "Assigned") && !text_same(status, "Unassigned"))
        return call_fail(
            c, "ValidationError",
            "1 validation error detected: Value '%s' at 'assignmentStatus' failed to satisfy constraint: Member must "
            "satisfy enum value set: [Any, Unassigned, Assigned]",
            status);
    json_t *list = json_array();
    for (const struct user *user = c->w->account.users; user && !text_same(status, "Unassigned"); user = user->next)
        for (const struct mfa_device *device = user->mfa; device; device = device->next)
            if (is_virtual(device))
                json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "SerialNumber", device->serial, "User",
                                                      iam_user_json(user, false), "EnableDate", date_iso(device->enabled_ms)));
    for (const struct mfa_device *device = c->w->account.idle_mfa; device && !text_same(status, "Assigned");
         device = device->next)
        json_array_append_new(list, wrapped("SerialNumber", json_string(device->serial)));
    iam_page(c, "VirtualMFADevices", list);
}

/* Of one's own. */
void iam_change_password(struct call *c)
{
    struct user *user = find_user(c->w, c->action->who.name);
    if (!user || c->action->who.kind != PRINCIPAL_USER || !user->has_login_profile)
        return call_fail(c, "InvalidUserType", "Only IAM Users can change their own password");
    if (!text_same(user->password, call_text(c, "oldPassword")))
        return call_fail(c, "AccessDenied", "The old password was incorrect.");
    if (long_enough(c, call_text(c, "newPassword")))
        user->password = kept(c, call_text(c, "newPassword"));
}

/* ---- the account ---- */

void iam_list_account_aliases(struct call *c)
{
    iam_page(c, "AccountAliases",
             c->w->account.alias && *c->w->account.alias ? text_list(&c->w->account.alias, 1) : json_array());
}

/* ---- what there is, and how much there may be ---- */

static int length(const void *list)
{
    int n = 0;
    for (const struct rolled *item = list; item; item = item->next)
        n++;
    return n;
}

static int groups(const struct account *a)
{
    return length(a->groups);
}

static int roles(const struct account *a)
{
    return length(a->roles);
}

static int users(const struct account *a)
{
    return length(a->users);
}

static int profiles(const struct account *a)
{
    int n = 0;
    for (const struct role *role = a->roles; role; role = role->next)
        n += iam_has_profile(role);
    return n;
}

static int policies(const struct account *a) /* of its own */
{
    int n = 0;
    for (const struct policy_doc *policy = a->policies; policy; policy = policy->next)
        n += policy->arn && !text_starts(policy->arn, "arn:aws:iam::aws:");
    return n;
}

static int devices_in_use(const struct account *a)
{
    int n = 0;
    for (const struct user *user = a->users; user; user = user->next)
        n += length(user->mfa);
    return n;
}

static int devices(const struct account *a)
{
    return length(a->idle_mfa) + devices_in_use(a);
}

/* Quotas: IAM user guide, "IAM and AWS STS quotas". */
static const struct {
    const char *key;
    int n;                                /* what is the same in every account */
    int (*count)(const struct account *); /* or is counted; NULL = it is not */
} summary[] = {
    {"AccessKeysPerUserQuota",            IAM_KEYS_PER_USER,     NULL          },
    {"AccountAccessKeysPresent",          0,                     NULL          },
    {"AccountMFAEnabled",                 1,                     NULL          },
    {"AccountPasswordPresent",            1,                     NULL          },
    {"AccountSigningCertificatesPresent", 0,                     NULL          },
    {"AssumeRolePolicySizeQuota",         2048,                  NULL          },
    {"AttachedPoliciesPerGroupQuota",     IAM_POLICIES_ATTACHED, NULL          },
    {"AttachedPoliciesPerRoleQuota",      IAM_POLICIES_ATTACHED, NULL          },
    {"AttachedPoliciesPerUserQuota",      IAM_POLICIES_ATTACHED, NULL          },
    {"GlobalEndpointTokenVersion",        1,                     NULL          },
    {"GroupPolicySizeQuota",              5120,                  NULL          },
    {"Groups",                            0,                     groups        },
    {"GroupsPerUserQuota",                10,                    NULL          },
    {"GroupsQuota",                       300,                   NULL          },
    {"InstanceProfiles",                  0,                     profiles      },
    {"InstanceProfilesQuota",             1000,                  NULL          },
    {"MFADevices",                        0,                     devices       },
    {"MFADevicesInUse",                   0,                     devices_in_use},
    {"Policies",                          0,                     policies      },
    {"PoliciesQuota",                     1500,                  NULL          },
    {"PolicySizeQuota",                   6144,                  NULL          },
    {"PolicyVersionsInUse",               0,                     policies      },
    {"PolicyVersionsInUseQuota",          10000,                 NULL          },
    {"Providers",                         0,                     NULL          },
    {"RolePolicySizeQuota",               10240,                 NULL          },
    {"Roles",                             0,                     roles         },
    {"RolesQuota",                        1000,                  NULL          },
    {"ServerCertificates",                0,                     NULL          },
    {"ServerCertificatesQuota",           20,                    NULL          },
    {"SigningCertificatesPerUserQuota",   2,                     NULL          },
    {"UserPolicySizeQuota",               2048,                  NULL          },
    {"Users",                             0,                     users         },
    {"UsersQuota",                        5000,                  NULL          },
    {"VersionsPerPolicyQuota",            5,                     NULL          },
};

void iam_get_account_summary(struct call *c)
{
    const struct account *a = &c->w->account;
    json_t *map = json_object();
    for (size_t i = 0; i < COUNT(summary); i++)
        json_put(map, summary[i].key, json_integer(summary[i].count ? summary[i].count(a) : summary[i].n));
    c->reply = wrapped("SummaryMap", map);
}

/* ---- what nobody has here ---- */

void iam_get_password_policy(struct call *c)
{
    call_fail(c, "NoSuchEntity", "The Password Policy with domain name %s cannot be found.", c->w->account.id);
}

/* Kinds of credentials that nobody here has; the user must exist all the same. */
void iam_list_no_credentials(struct call *c)
{
    const char *key = text_ends(c->op->name, "SSHPublicKeys")         ? "SSHPublicKeys"
                      : text_ends(c->op->name, "SigningCertificates") ? "Certificates"
                                                                      : "ServiceSpecificCredentials";
    if (iam_user(c))
        iam_page(c, key, json_array());
}
