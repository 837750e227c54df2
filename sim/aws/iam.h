/* SPDX-License-Identifier: MIT */
/* Private: the functions behind iam.c's table, and what its files share. */
#pragma once

#include "sim/aws/shapes.h"

enum { IAM_KEYS_PER_USER = 2, IAM_POLICIES_ATTACHED = 10 }; /* quotas */

struct user *iam_user(struct call *); /* of userName, or the caller; NULL after NoSuchEntity */
struct group *iam_group(struct call *);
struct role *iam_role(struct call *);
void iam_page(struct call *, const char *key, json_t *list); /* marker, maxItems; steals the list */
json_t *iam_role_json(const struct role *, bool log);
json_t *iam_user_json(const struct user *, bool log);              /* as replies have it, or responseElements */
bool iam_has_profile(const struct role *);                         /* may EC2 assume it? */
json_t *iam_profiles_of(const struct call *, const struct role *); /* new reference: a list of one or none */
bool iam_name_valid(struct call *, const char *param, const char *name);

op_fn iam_get_instance_profile, iam_list_instance_profiles, iam_list_instance_profiles_for_role, iam_list_policy_versions,
    iam_delete_virtual_mfa, iam_add_user_to_group, iam_attach_policy, iam_create_access_key, iam_create_group,
    iam_create_login_profile, iam_create_policy, iam_create_role, iam_create_user, iam_deactivate_mfa, iam_delete_access_key,
    iam_delete_group, iam_delete_inline_policy, iam_delete_login_profile, iam_delete_policy, iam_delete_user, iam_detach_policy,
    iam_enable_mfa, iam_get_access_key_last_used, iam_get_account_summary, iam_get_group, iam_get_inline_policy,
    iam_get_login_profile, iam_get_policy, iam_get_policy_version, iam_get_role, iam_get_user, iam_list_access_keys,
    iam_list_account_aliases, iam_list_attached_policies, iam_list_groups, iam_list_groups_for_user, iam_list_inline_policies,
    iam_list_mfa_devices, iam_list_policies, iam_list_roles, iam_list_user_tags, iam_list_users, iam_list_virtual_mfa_devices,
    iam_put_inline_policy, iam_remove_user_from_group, iam_tag_user, iam_update_access_key, iam_update_login_profile,
    iam_update_user, iam_change_password, iam_get_password_policy, iam_list_no_credentials, iam_list_entities, iam_delete_role,
    iam_untag_user, iam_generate_report, iam_get_report, iam_get_authorization_details, iam_simulate_policy;
