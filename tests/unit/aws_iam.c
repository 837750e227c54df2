/* SPDX-License-Identifier: MIT */
#include "tests/unit/aws_desk.inc"

#define READ_S3 "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:Get*', 'Resource': '*'}]}"
#define TRUST                                                                                                                  \
    "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': 'arn:aws:iam::123456789012:root'}, "     \
    "'Action': 'sts:AssumeRole'}]}"

static const struct row users[] = {
    {"sofia", "iam:CreateUser",              "{'userName': 'a b'}",                                                              "ValidationError",     "record.error = ValidationException"                      },
    {"sofia", "iam:CreateUser",              "{'userName': 'ines', 'path': '/web/', 'tags': [{'key': 'team', 'value': 'web'}]}", NULL,
     "reply.User.UserId = AIDA?????????????????\nreply.User.Arn = arn:aws:iam::123456789012:user/web/ines\n"
     "record.response.user.createDate = Oct 13, 2025 4:*\nrecord.region = us-east-1"                                                                                                                              },
    {"sofia", "iam:CreateUser",              "{'userName': 'ines'}",                                                             "EntityAlreadyExists",
     "says = User with name ines already exists.\nrecord.error = EntityAlreadyExistsException"                                                                                                                    },
    {"sofia", "iam:CreateUser",              "{}",                                                                               "ValidationError",     "says = missing parameter \"userName\""                   },
    {"sofia", "iam:GetUser",                 "{'userName': 'ines'}",                                                             NULL,                  "reply.User.Tags.0.Value = web\nrecord.response = null"   },
    {"sofia", "iam:GetUser",                 NULL,                                                                               NULL,                  "reply.User.UserName = sofia\nrecord.params = null"       },
    {"sofia", "iam:ListUsers",               "{'pathPrefix': '/web/'}",                                                          NULL,                  "reply.Users.0.UserName = ines\nreply.Users.1 = -"        },
    {"sofia", "iam:ListUsers",               "{'maxItems': 2}",                                                                  NULL,                  "reply.IsTruncated = true\nreply.Marker = 2"              },
    {"sofia", "iam:ListUsers",               "{'maxItems': 2, 'marker': '2'}",                                                   NULL,
     "reply.Users.0.UserName = ines\nreply.IsTruncated = false"                                                                                                                                                   },
    {"sofia", "iam:TagUser",                 "{'userName': 'ines', 'tags': [{'key': 'team', 'value': 'kitchen'}]}",              NULL,                  NULL                                                      },
    {"sofia", "iam:ListUserTags",            "{'userName': 'ines'}",                                                             NULL,                  "reply.Tags.0.Value = kitchen\nreply.Tags.1 = -"          },
    {"sofia", "iam:UntagUser",               "{'userName': 'ines', 'tagKeys': ['team']}",                                        NULL,                  NULL                                                      },
    {"sofia", "iam:ListUserTags",            "{'userName': 'ines'}",                                                             NULL,                  "reply.Tags = []"                                         },
    {"sofia", "iam:UpdateUser",              "{'userName': 'ines', 'newUserName': 'sofia'}",                                     "EntityAlreadyExists", NULL                                                      },
    {"sofia", "iam:UpdateUser",              "{'userName': 'ines', 'newUserName': 'inez'}",                                      NULL,                  NULL                                                      },
    {"sofia", "iam:GetUser",                 "{'userName': 'inez'}",                                                             NULL,                  "reply.User.Arn = arn:aws:iam::123456789012:user/web/inez"},
    {"sofia", "iam:UpdateUser",              "{'userName': 'inez', 'newUserName': 'ines', 'newPath': '/'}",                      NULL,                  NULL                                                      },
    {"sofia", "iam:ListSigningCertificates", "{'userName': 'ines'}",                                                             NULL,                  "reply.Certificates = []"                                 },
    {"sofia", "iam:ListSSHPublicKeys",       "{'userName': 'nobody'}",                                                           "NoSuchEntity",        NULL                                                      },
};

static const struct row credentials[] = {
    {"sofia",        "iam:CreateAccessKey",          "{'userName': 'ines'}",                                                               NULL,
     "keep key = reply.AccessKey.AccessKeyId\nreply.AccessKey.SecretAccessKey = ????????????????????????????????????????\n"
     "record.response.accessKey.status = Active\nrecord.response.accessKey.secretAccessKey = -"                                                                                                                           },
    {"sofia",        "iam:CreateAccessKey",          "{'userName': 'ines'}",                                                               NULL,                      NULL                                                },
    {"sofia",        "iam:CreateAccessKey",          "{'userName': 'ines'}",                                                               "LimitExceeded",
     "says = Cannot exceed quota for AccessKeysPerUser: 2"                                                                                                                                                                },
    {"sofia",        "iam:UpdateAccessKey",          "{'userName': 'ines', 'accessKeyId': '{key}', 'status': 'Off'}",                      "ValidationError",         NULL                                                },
    {"sofia",        "iam:UpdateAccessKey",          "{'userName': 'ines', 'accessKeyId': '{key}', 'status': 'Inactive'}",                 NULL,                      NULL                                                },
    {"sofia",        "iam:ListAccessKeys",           "{'userName': 'ines'}",                                                               NULL,                      "reply.AccessKeyMetadata.0.Status = Inactive"       },
    {"sofia",        "iam:GetAccessKeyLastUsed",     "{'accessKeyId': '{key}'}",                                                           NULL,                      "reply.AccessKeyLastUsed.ServiceName = N/A"         },
    {"sofia",        "iam:GetAccessKeyLastUsed",     "{'accessKeyId': 'AKIANONE'}",                                                        "AccessDenied",            NULL                                                },
    {"sofia",        "iam:DeleteAccessKey",          "{'userName': 'ines', 'accessKeyId': 'AKIANONE'}",                                    "NoSuchEntity",
     "says = The Access Key with id AKIANONE cannot be found."                                                                                                                                                            },
    {"sofia",        "iam:GetLoginProfile",          "{'userName': 'ines'}",                                                               "NoSuchEntity",
     "says = Login Profile for User ines cannot be found."                                                                                                                                                                },
    {"sofia",        "iam:CreateLoginProfile",       "{'userName': 'ines', 'password': 'short'}",                                          "PasswordPolicyViolation", NULL                                                },
    {"sofia",        "iam:CreateLoginProfile",       "{'userName': 'ines', 'password': 'long enough', 'passwordResetRequired': true}",     NULL,
     "record.params.password = -\nrecord.response.loginProfile.passwordResetRequired = true"                                                                                                                              },
    {"sofia",        "iam:CreateLoginProfile",       "{'userName': 'ines', 'password': 'long enough'}",                                    "EntityAlreadyExists",
     "record.params.password = -"                                                                                                                                                                                         },
    {"sofia",        "iam:UpdateLoginProfile",       "{'userName': 'ines', 'password': 'short'}",                                          "PasswordPolicyViolation", NULL                                                },
    {"sofia",        "iam:UpdateLoginProfile",       "{'userName': 'ines', 'passwordResetRequired': false}",                               NULL,                      NULL                                                },
    {"ines@console", "iam:ChangePassword",           "{'oldPassword': 'wrong', 'newPassword': 'even longer'}",                             "AccessDenied",            NULL                                                },
    {"-",            "iam:AttachUserPolicy",         "{'userName': 'ines', 'policyArn': 'arn:aws:iam::aws:policy/IAMUserChangePassword'}", NULL,
     NULL                                                                                                                                                                                                                 },
    {"ines@console", "iam:ChangePassword",           "{'oldPassword': 'wrong', 'newPassword': 'even longer'}",                             "AccessDenied",
     "says = The old password was incorrect.\nrecord.params = null"                                                                                                                                                       },
    {"ines@console", "iam:ChangePassword",           "{'oldPassword': 'long enough', 'newPassword': 'even longer'}",                       NULL,
     "record.params = null\nrecord.identity.sessionContext.attributes.mfaAuthenticated = false"                                                                                                                           },
    {"ines@console", "iam:GetAccountPasswordPolicy", NULL,                                                                                 "NoSuchEntity",            NULL                                                },
    {"sofia",        "iam:EnableMFADevice",          "{'userName': 'ines', 'serialNumber': 'arn:aws:iam::123456789012:mfa/ines'}",         NULL,                      NULL                                                },
    {"sofia",        "iam:EnableMFADevice",          "{'userName': 'ines', 'serialNumber': 'arn:aws:iam::123456789012:mfa/ines'}",
     "EntityAlreadyExists",                                                                                                                                           NULL                                                },
    {"sofia",        "iam:ListMFADevices",           "{'userName': 'ines'}",                                                               NULL,                      "reply.MFADevices.0.SerialNumber = *mfa/ines"       },
    {"sofia",        "iam:ListVirtualMFADevices",    NULL,                                                                                 NULL,                      "reply.VirtualMFADevices.0.SerialNumber = *mfa/ines"},
};

static const struct row policies[] = {
    {"sofia", "iam:PutUserPolicy",
     "{'userName': 'ines', 'policyName': 'p', 'policyDocument': {'Statement': [{'Effect': 'Allow'}]}}",                 "MalformedPolicyDocument",
     "says = Policy statement must contain actions.\nrecord.error = MalformedPolicyDocumentException"                                                                                                         },
    {"sofia", "iam:PutUserPolicy",            "{'userName': 'ines', 'policyName': 'p', 'policyDocument': 'no'}",        "MalformedPolicyDocument",
     NULL                                                                                                                                                                                                     },
    {"sofia", "iam:PutUserPolicy",            "{'userName': 'ines', 'policyName': 'p', 'policyDocument': " READ_S3 "}", NULL,
     "record.params.policyDocument = {\"Version\":\"2012-10-17\"*"                                                                                                                                            },
    {"sofia", "iam:GetUserPolicy",            "{'userName': 'ines', 'policyName': 'p'}",                                NULL,
     "reply.PolicyDocument.Statement.0.Action = s3:Get*"                                                                                                                                                      },
    {"sofia", "iam:GetUserPolicy",            "{'userName': 'ines', 'policyName': 'q'}",                                "NoSuchEntity",
     "says = The user policy with name q cannot be found."                                                                                                                                                    },
    {"sofia", "iam:ListUserPolicies",         "{'userName': 'ines'}",                                                   NULL,                      "reply.PolicyNames.0 = p"                                  },
    {"sofia", "iam:CreatePolicy",             "{'policyName': 'reads', 'policyDocument': " READ_S3 "}",                 NULL,
     "record.response.policy.attachmentCount = 0\nkeep policy = reply.Policy.Arn"                                                                                                                             },
    {"sofia", "iam:CreatePolicy",             "{'policyName': 'reads', 'policyDocument': " READ_S3 "}",                 "EntityAlreadyExists",     NULL                                                       },
    {"sofia", "iam:AttachUserPolicy",         "{'userName': 'ines', 'policyArn': '{policy}'}",                          NULL,                      NULL                                                       },
    {"sofia", "iam:AttachUserPolicy",         "{'userName': 'ines', 'policyArn': '{policy}'}",                          NULL,                      NULL                                                       },
    {"sofia", "iam:AttachUserPolicy",         "{'userName': 'ines', 'policyArn': 'arn:aws:iam::aws:policy/Nothing'}",   "NoSuchEntity",
     NULL                                                                                                                                                                                                     },
    {"sofia", "iam:ListAttachedUserPolicies", "{'userName': 'ines'}",                                                   NULL,
     "reply.AttachedPolicies.1.PolicyName = reads\nreply.AttachedPolicies.2 = -"                                                                                                                              },
    {"sofia", "iam:ListEntitiesForPolicy",    "{'policyArn': '{policy}'}",                                              NULL,
     "reply.PolicyUsers.0.UserName = ines\nreply.PolicyRoles = []"                                                                                                                                            },
    {"sofia", "iam:DeletePolicy",             "{'policyArn': '{policy}'}",                                              "DeleteConflict",
     "says = Cannot delete a policy attached to entities."                                                                                                                                                    },
    {"sofia", "iam:GetPolicy",                "{'policyArn': '{policy}'}",                                              NULL,                      "reply.Policy.AttachmentCount = 1"                         },
    {"sofia", "iam:GetPolicyVersion",         "{'policyArn': '{policy}', 'versionId': 'v1'}",                           NULL,
     "reply.PolicyVersion.Document.Statement.0.Effect = Allow"                                                                                                                                                },
    {"sofia", "iam:GetPolicyVersion",         "{'policyArn': '{policy}', 'versionId': 'v2'}",                           "NoSuchEntity",            NULL                                                       },
    {"sofia", "iam:ListPolicies",             "{'scope': 'Local'}",                                                     NULL,                      "reply.Policies.1.PolicyName = reads\nreply.Policies.2 = -"},
    {"sofia", "iam:DetachUserPolicy",         "{'userName': 'ines', 'policyArn': '{policy}'}",                          NULL,                      NULL                                                       },
    {"sofia", "iam:DeletePolicy",             "{'policyArn': '{policy}'}",                                              NULL,                      NULL                                                       },
    {"sofia", "iam:DeletePolicy",             "{'policyArn': 'arn:aws:iam::aws:policy/AdministratorAccess'}",           "AccessDenied",            NULL                                                       },
};

static const struct row roles_and_groups[] = {
    {"sofia", "iam:CreateRole",                  "{'roleName': 'audit', 'assumeRolePolicyDocument': " TRUST "}",                  NULL,
     "record.response.role.roleName = audit"                                                                                                                                                                               },
    {"sofia", "iam:CreateRole",                  "{'roleName': 'audit', 'assumeRolePolicyDocument': " TRUST "}",                  "EntityAlreadyExists",     NULL                                                          },
    {"sofia", "iam:CreateRole",                  "{'roleName': 'b', 'assumeRolePolicyDocument': " READ_S3 "}",                    "MalformedPolicyDocument",
     "says = Missing required field Principal"                                                                                                                                                                             },
    {"sofia", "iam:AttachRolePolicy",            "{'roleName': 'audit', 'policyArn': 'arn:aws:iam::aws:policy/SecurityAudit'}",   NULL,
     NULL                                                                                                                                                                                                                  },
    {"sofia", "iam:ListAttachedRolePolicies",    "{'roleName': 'audit'}",                                                         NULL,
     "reply.AttachedPolicies.0.PolicyName = SecurityAudit"                                                                                                                                                                 },
    {"sofia", "iam:GetRole",                     "{'roleName': 'audit'}",                                                         NULL,                      "reply.Role.AssumeRolePolicyDocument.Version = 2012-10-17"    },
    {"sofia", "iam:GetRole",                     "{'roleName': 'none'}",                                                          "NoSuchEntity",            "says = The role with name none cannot be found."             },
    {"sofia", "iam:ListRoles",                   NULL,                                                                            NULL,                      "reply.Roles.0.RoleName = audit"                              },
    {"sofia", "iam:DeleteRole",                  "{'roleName': 'audit'}",                                                         "DeleteConflict",          NULL                                                          },
    {"sofia", "iam:DetachRolePolicy",            "{'roleName': 'audit', 'policyArn': 'arn:aws:iam::aws:policy/SecurityAudit'}",   NULL,
     NULL                                                                                                                                                                                                                  },
    {"sofia", "iam:PutRolePolicy",               "{'roleName': 'audit', 'policyName': 'p', 'policyDocument': " READ_S3 "}",       NULL,                      NULL                                                          },
    {"sofia", "iam:DeleteRole",                  "{'roleName': 'audit'}",                                                         "DeleteConflict",
     "says = Cannot delete entity, must delete policies first."                                                                                                                                                            },
    {"sofia", "iam:DeleteRolePolicy",            "{'roleName': 'audit', 'policyName': 'p'}",                                      NULL,                      NULL                                                          },
    {"sofia", "iam:DeleteRole",                  "{'roleName': 'audit'}",                                                         NULL,                      NULL                                                          },
    {"sofia", "iam:CreateGroup",                 "{'groupName': 'cooks'}",                                                        NULL,                      "reply.Group.GroupId = AGPA*"                                 },
    {"sofia", "iam:CreateGroup",                 "{'groupName': 'cooks'}",                                                        "EntityAlreadyExists",     NULL                                                          },
    {"sofia", "iam:AddUserToGroup",              "{'groupName': 'cooks', 'userName': 'ines'}",                                    NULL,                      NULL                                                          },
    {"sofia", "iam:AddUserToGroup",              "{'groupName': 'none', 'userName': 'ines'}",                                     "NoSuchEntity",
     "says = The group with name none cannot be found."                                                                                                                                                                    },
    {"sofia", "iam:GetGroup",                    "{'groupName': 'cooks'}",                                                        NULL,                      "reply.Users.0.UserName = ines\nreply.Group.GroupName = cooks"},
    {"sofia", "iam:GetGroup",                    "{'groupName': 'cooks', 'marker': 'x'}",                                         "ValidationError",         NULL                                                          },
    {"sofia", "iam:ListGroups",                  NULL,                                                                            NULL,                      "reply.Groups.1.GroupName = cooks"                            },
    {"sofia", "iam:ListGroupsForUser",           "{'userName': 'ines'}",                                                          NULL,                      "reply.Groups.0.GroupName = cooks"                            },
    {"sofia", "iam:AttachGroupPolicy",           "{'groupName': 'cooks', 'policyArn': 'arn:aws:iam::aws:policy/ReadOnlyAccess'}", NULL,
     NULL                                                                                                                                                                                                                  },
    {"sofia", "iam:PutGroupPolicy",              "{'groupName': 'cooks', 'policyName': 'p', 'policyDocument': " READ_S3 "}",      NULL,                      NULL                                                          },
    {"sofia", "iam:DeleteGroup",                 "{'groupName': 'cooks'}",                                                        "DeleteConflict",          "says = *must remove users from group first."                 },
    {"sofia", "iam:ListPolicyVersions",          "{'policyArn': 'arn:aws:iam::aws:policy/ReadOnlyAccess'}",                       NULL,
     "reply.Versions.0.VersionId = v1\nreply.Versions.0.Document = -"                                                                                                                                                      },
    {"sofia", "iam:ListPolicyVersions",          "{'policyArn': 'arn:aws:iam::aws:policy/NoSuchThing'}",                          "NoSuchEntity",            NULL                                                          },
    {"sofia", "iam:CreateRole",
     "{'roleName': 'on-servers', 'assumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', "
     "'Principal': {'Service': ['ec2.amazonaws.com']}, 'Action': 'sts:AssumeRole'}]}}",                                           NULL,                      NULL                                                          },
    {"sofia", "iam:CreateRole",
     "{'roleName': 'of-nobody', 'assumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', "
     "'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}}",                                          NULL,                      NULL                                                          },
    {"sofia", "iam:ListInstanceProfilesForRole", "{'roleName': 'on-servers'}",                                                    NULL,
     "reply.InstanceProfiles.0.InstanceProfileId = AIPA*\nreply.InstanceProfiles.0.Roles.0.RoleName = on-servers"                                                                                                          },
    {"sofia", "iam:ListInstanceProfilesForRole", "{'roleName': 'of-nobody'}",                                                     NULL,                      "reply.InstanceProfiles = []"                                 },
    {"sofia", "iam:ListInstanceProfilesForRole", "{'roleName': 'nobody'}",                                                        "NoSuchEntity",            NULL                                                          },
    {"sofia", "iam:GetInstanceProfile",          "{'instanceProfileName': 'on-servers'}",                                         NULL,
     "reply.InstanceProfile.Arn = arn:aws:iam::123456789012:instance-profile/on-servers"                                                                                                                                   },
    {"sofia", "iam:GetInstanceProfile",          "{'instanceProfileName': 'of-nobody'}",                                          "NoSuchEntity",
     "says = Instance Profile of-nobody cannot be found."                                                                                                                                                                  },
    {"sofia", "iam:ListInstanceProfiles",        NULL,                                                                            NULL,                      "reply.InstanceProfiles.0.InstanceProfileName = *"            },
    {"sofia", "iam:ListInstanceProfiles",        "{'pathPrefix': '/x/'}",                                                         NULL,                      "reply.InstanceProfiles = []"                                 },
    {"sofia", "iam:GetInstanceProfile",          "{'instanceProfileName': 'arn:aws:iam::123456789012:role/on-servers'}",          "NoSuchEntity",
     NULL                                                                                                                                                                                                                  },
    {"sofia", "iam:ListUsers",                   "{'marker': '18446744073709551615', 'maxItems': 1}",                             NULL,
     "reply.Users = []\nreply.IsTruncated = false"                                                                                                                                                                         },
    {"sofia", "iam:DeleteRole",                  "{'roleName': 'on-servers'}",                                                    NULL,                      NULL                                                          },
    {"sofia", "iam:DeleteRole",                  "{'roleName': 'of-nobody'}",                                                     NULL,                      NULL                                                          },
    {"sofia", "iam:ListUsers",                   "{'marker': 'garbage'}",                                                         "ValidationError",         "says = Invalid Marker."                                      },
    {"sofia", "iam:GetAccountSummary",           NULL,                                                                            NULL,
     "reply.SummaryMap.MFADevices = 1\nreply.SummaryMap.MFADevicesInUse = 1\nreply.SummaryMap.AccountAccessKeysPresent = "
     "0\nreply.SummaryMap.UsersQuota = 5000"                                                                                                                                                                               },
    {"sofia", "iam:GetAccountSummary",           NULL,                                                                            NULL,                      "reply.SummaryMap.Users = 3\nreply.SummaryMap.Groups = 2"     },
    {"sofia", "iam:ListAccountAliases",          NULL,                                                                            NULL,                      "reply.AccountAliases = []"                                   },
};

/* Everything that holds a user back, one after the other. */
static const struct row farewell[] = {
    {"sofia", "iam:DeleteUser",             "{'userName': 'ines'}",                                                               "DeleteConflict",            "says = *must delete login profile first."           },
    {"sofia", "iam:DeleteLoginProfile",     "{'userName': 'ines'}",                                                               NULL,                        NULL                                                 },
    {"sofia", "iam:DeleteLoginProfile",     "{'userName': 'ines'}",                                                               "NoSuchEntity",              NULL                                                 },
    {"sofia", "iam:ListAccessKeys",         "{'userName': 'ines'}",                                                               NULL,                        "keep second = reply.AccessKeyMetadata.1.AccessKeyId"},
    {"sofia", "iam:DeleteUser",             "{'userName': 'ines'}",                                                               "DeleteConflict",            "says = *must delete access keys first."             },
    {"sofia", "iam:DeleteAccessKey",        "{'userName': 'ines', 'accessKeyId': '{key}'}",                                       NULL,                        NULL                                                 },
    {"sofia", "iam:DeleteAccessKey",        "{'userName': 'ines', 'accessKeyId': '{second}'}",                                    NULL,                        NULL                                                 },
    {"sofia", "iam:DeleteUser",             "{'userName': 'ines'}",                                                               "DeleteConflict",            "says = *must delete MFA device first."              },
    {"sofia", "iam:DeactivateMFADevice",    "{'userName': 'ines', 'serialNumber': 'arn:aws:iam::123456789012:mfa/ines'}",         NULL,
     NULL                                                                                                                                                                                                           },
    {"sofia", "iam:DeactivateMFADevice",    "{'userName': 'ines', 'serialNumber': 'arn:aws:iam::123456789012:mfa/ines'}",
     "NoSuchEntity",                                                                                                                                           NULL                                                 },
    {"sofia", "iam:ListVirtualMFADevices",  NULL,                                                                                 NULL,
     "reply.VirtualMFADevices.0.SerialNumber = *mfa/ines\nreply.VirtualMFADevices.0.User = "
     "-\nreply.VirtualMFADevices.0.EnableDate = -\nreply.VirtualMFADevices.1 = -"                                                                                                                                   },
    {"sofia", "iam:ListVirtualMFADevices",  "{'assignmentStatus': 'Assigned'}",                                                   NULL,                        "reply.VirtualMFADevices = []"                       },
    {"sofia", "iam:ListVirtualMFADevices",  "{'assignmentStatus': 'Unassigned'}",                                                 NULL,
     "reply.VirtualMFADevices.0.SerialNumber = *mfa/ines"                                                                                                                                                           },
    {"sofia", "iam:ListVirtualMFADevices",  "{'assignmentStatus': 'Lost'}",                                                       "ValidationError",           NULL                                                 },
    {"sofia", "iam:EnableMFADevice",
     "{'userName': 'ines', 'serialNumber': 'arn:aws:iam::123456789012:mfa/ines', 'authenticationCode1': '12345a', "
     "'authenticationCode2': '123456'}",                                                                                          "InvalidAuthenticationCode", NULL                                                 },
    {"sofia", "iam:EnableMFADevice",
     "{'userName': 'ines', 'serialNumber': 'arn:aws:iam::123456789012:mfa/ines', 'authenticationCode1': '123455', "
     "'authenticationCode2': '123456'}",                                                                                          NULL,                        "record.params.authenticationCode1 = -"              },
    {"sofia", "iam:ListVirtualMFADevices",  NULL,                                                                                 NULL,
     "reply.VirtualMFADevices.0.User.UserName = ines\nreply.VirtualMFADevices.0.EnableDate = 20*\nreply.VirtualMFADevices.1 = "
     "-"                                                                                                                                                                                                            },
    {"sofia", "iam:DeleteVirtualMFADevice", "{'serialNumber': 'arn:aws:iam::123456789012:mfa/ines'}",                             "DeleteConflict",            NULL                                                 },
    {"sofia", "iam:DeactivateMFADevice",    "{'userName': 'ines', 'serialNumber': 'arn:aws:iam::123456789012:mfa/ines'}",         NULL,
     NULL                                                                                                                                                                                                           },
    {"sofia", "iam:DeleteVirtualMFADevice", "{'serialNumber': 'arn:aws:iam::123456789012:mfa/ines'}",                             NULL,
     "record.params.serialNumber = *mfa/ines"                                                                                                                                                                       },
    {"sofia", "iam:DeleteVirtualMFADevice", "{'serialNumber': 'arn:aws:iam::123456789012:mfa/ines'}",                             "NoSuchEntity",              NULL                                                 },
    {"sofia", "iam:ListVirtualMFADevices",  NULL,                                                                                 NULL,                        "reply.VirtualMFADevices = []"                       },
    {"sofia", "iam:DeleteUser",             "{'userName': 'ines'}",                                                               "DeleteConflict",            "says = *must delete policies first."                },
    {"sofia", "iam:DeleteUserPolicy",       "{'userName': 'ines', 'policyName': 'p'}",                                            NULL,                        NULL                                                 },
    {"sofia", "iam:DeleteUserPolicy",       "{'userName': 'ines', 'policyName': 'p'}",                                            "NoSuchEntity",              NULL                                                 },
    {"sofia", "iam:DeleteUser",             "{'userName': 'ines'}",                                                               "DeleteConflict",            "says = *must detach all policies first."            },
    {"sofia", "iam:DetachUserPolicy",       "{'userName': 'ines', 'policyArn': 'arn:aws:iam::aws:policy/IAMUserChangePassword'}",
     NULL,                                                                                                                                                     NULL                                                 },
    {"sofia", "iam:DeleteUser",             "{'userName': 'ines'}",                                                               "DeleteConflict",            "says = *must remove users from group first."        },
    {"sofia", "iam:RemoveUserFromGroup",    "{'groupName': 'cooks', 'userName': 'ines'}",                                         NULL,                        NULL                                                 },
    {"sofia", "iam:DeleteUser",             "{'userName': 'ines'}",                                                               NULL,                        NULL                                                 },
    {"sofia", "iam:DeleteUser",             "{'userName': 'ines'}",                                                               "NoSuchEntity",              NULL                                                 },
    {"sofia", "iam:DeleteGroup",            "{'groupName': 'cooks'}",                                                             "DeleteConflict",            "says = *must detach all policies first."            },
    {"sofia", "iam:DetachGroupPolicy",      "{'groupName': 'cooks', 'policyArn': 'arn:aws:iam::aws:policy/ReadOnlyAccess'}",      NULL,
     NULL                                                                                                                                                                                                           },
    {"sofia", "iam:DeleteGroup",            "{'groupName': 'cooks'}",                                                             "DeleteConflict",            "says = *must delete policies first."                },
    {"sofia", "iam:DeleteGroupPolicy",      "{'groupName': 'cooks', 'policyName': 'p'}",                                          NULL,                        NULL                                                 },
    {"sofia", "iam:DeleteGroup",            "{'groupName': 'cooks'}",                                                             NULL,                        NULL                                                 },
};

static const struct row at_a_glance[] = {
    {"sofia", "iam:GetCredentialReport",            NULL,                                                                 "ReportNotPresent", "record.error = CredentialReportNotPresentException"},
    {"sofia", "iam:GenerateCredentialReport",       NULL,                                                                 NULL,               "reply.State = STARTED"                             },
    {"sofia", "iam:GenerateCredentialReport",       NULL,                                                                 NULL,               "reply.State = COMPLETE"                            },
    {"sofia", "iam:GetCredentialReport",            NULL,                                                                 NULL,
     "reply.ReportFormat = text/csv\nreply.Content = dXNlcixhcm4sdXNlcl9jcmVhdGlvbl90aW1l*"                                                                                                       },
    {"sofia", "iam:GetAccountAuthorizationDetails", "{'filter': ['User', 'LocalManagedPolicy']}",                         NULL,
     "reply.UserDetailList.0.GroupList.0 = responders\nreply.UserDetailList.1.AttachedManagedPolicies.1.PolicyName = "
     "AmazonSSMFullAccess\n"
     "reply.GroupDetailList = []\nreply.Policies.0.PolicyName = incident-response\nreply.Policies.1 = -"                                                                                          },
    {"sofia", "iam:GetAccountAuthorizationDetails", NULL,                                                                 NULL,
     "reply.GroupDetailList.0.GroupName = responders\nreply.Policies.1.PolicyVersionList.0.Document.Statement.0.Effect = "
     "Allow"                                                                                                                                                                                      },
    {"sofia", "iam:SimulatePrincipalPolicy",
     "{'policySourceArn': 'arn:aws:iam::123456789012:user/chaos', 'actionNames': ['ec2:RunInstances', 'iam:ListUsers']}", NULL,
     "reply.EvaluationResults.0.EvalDecision = allowed\nreply.EvaluationResults.1.EvalDecision = implicitDeny\n"
     "reply.EvaluationResults.1.EvalResourceName = *"                                                                                                                                             },
    {"sofia", "iam:SimulatePrincipalPolicy",
     "{'policySourceArn': 'arn:aws:iam::123456789012:user/none', 'actionNames': ['a:b']}",                                "NoSuchEntity",     NULL                                                },
};

/* A policy of AWS's is there for who asks, and comes into the account when it is attached. */
#define OF_AWS(name) "'policyArn': 'arn:aws:iam::aws:policy/" name "'"
/* clang-format off */
static const struct row of_aws[] = {
    {"sofia", "iam:GetPolicy", "{" OF_AWS("SecurityAudit") "}", NULL,
     "keep id = reply.Policy.PolicyId\nreply.Policy.PolicyId = ANPA?????????????????\nreply.Policy.AttachmentCount = 0"},
    {"sofia", "iam:GetPolicy", "{" OF_AWS("SecurityAudit") "}", NULL, "reply.Policy.PolicyId = {id}"},
    {"sofia", "iam:GetPolicyVersion", "{" OF_AWS("SecurityAudit") ", 'versionId': 'v1'}", NULL,
     "reply.PolicyVersion.Document.Statement.0.Effect = Allow"},
    {"sofia", "iam:GetPolicyVersion", "{" OF_AWS("IAMFullAccess") ", 'versionId': 'v2'}", "NoSuchEntity", NULL},
    {"sofia", "iam:ListPolicyVersions", "{" OF_AWS("PowerUserAccess") "}", NULL, "reply.Versions.0.VersionId = v1"},
    {"sofia", "iam:ListEntitiesForPolicy", "{" OF_AWS("PowerUserAccess") "}", NULL, "reply.PolicyUsers = []"},
    {"sofia", "iam:GetPolicy", "{" OF_AWS("Nothing") "}", "NoSuchEntity", "says = Policy arn:aws:iam::aws:policy/Nothing was not found."},
    {"sofia", "iam:DeletePolicy", "{" OF_AWS("PowerUserAccess") "}", "AccessDenied", "says = Policy is outside your own account."},
    {"sofia", "iam:ListPolicies", "{'scope': 'AWS'}", NULL, "reply.Policies.1.PolicyName = AmazonSSMFullAccess\nreply.Policies.2 = -"},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("SecurityAudit") "}", NULL, NULL},
    {"sofia", "iam:GetPolicy", "{" OF_AWS("SecurityAudit") "}", NULL, "keep id = reply.Policy.PolicyId\nreply.Policy.AttachmentCount = 1"},
    {"sofia", "iam:GetPolicy", "{" OF_AWS("SecurityAudit") "}", NULL, "reply.Policy.PolicyId = {id}"},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("AdministratorAccess") "}", NULL, NULL},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("AmazonEC2FullAccess") "}", NULL, NULL},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("AmazonS3FullAccess") "}", NULL, NULL},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("AmazonSSMFullAccess") "}", NULL, NULL},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("IAMFullAccess") "}", NULL, NULL},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("IAMReadOnlyAccess") "}", NULL, NULL},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("ReadOnlyAccess") "}", NULL, NULL},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("AmazonS3ReadOnlyAccess") "}", NULL, NULL},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("PowerUserAccess") "}", "LimitExceeded",
     "says = Cannot exceed quota for PoliciesPerGroup: 10"},
    {"sofia", "iam:AttachGroupPolicy", "{'groupName': 'responders', " OF_AWS("Nothing") "}", "NoSuchEntity",
     "says = Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable."},
};
/* clang-format on */

/* Who signs with a key that is switched off is nobody, and in no record. */
static void test_key_off(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(
        &d, {"chaos", "ec2:DescribeInstances", NULL, NULL, "record.silent = false"},
        {"sofia", "iam:UpdateAccessKey", "{'userName': 'chaos', 'accessKeyId': '{chaos_key}', 'status': 'Inactive'}", NULL,
         NULL},
        {"chaos", "ec2:DescribeInstances", NULL, "AuthFailure", "record.silent = true"},
        {"sofia", "iam:UpdateAccessKey", "{'userName': 'chaos', 'accessKeyId': '{chaos_key}', 'status': 'Active'}", NULL, NULL},
        {"chaos", "ec2:DescribeInstances", NULL, NULL, "record.silent = false"});
    desk_replay(&d);
}

/* Codes are two, and a key for FIDO leaves with its user. */
#define DEVICE(serial, more) "{'userName': 'sofia', 'serialNumber': 'arn:aws:iam::123456789012:" serial "'" more "}"
static void test_devices(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d,
         {"sofia", "iam:EnableMFADevice", DEVICE("mfa/s", ", 'authenticationCode1': '123456', 'authenticationCode2': '123456'"),
          "InvalidAuthenticationCode", "record.params.authenticationCode1 = -\nrecord.params.userName = sofia"},
         {"sofia", "iam:EnableMFADevice", DEVICE("mfa/s", ", 'authenticationCode1': '123456', 'colour': 'red'"),
          "ValidationError", "record.params.authenticationCode1 = -\nrecord.params.colour = red"},
         {"sofia", "iam:EnableMFADevice", DEVICE("u2f/user/sofia/k", ""), NULL, NULL},
         {"sofia", "iam:ListMFADevices", "{'userName': 'sofia'}", NULL, "reply.MFADevices.0.SerialNumber = *:u2f/user/sofia/k"},
         {"sofia", "iam:ListVirtualMFADevices", NULL, NULL, "reply.VirtualMFADevices = []"},
         {"sofia", "iam:DeactivateMFADevice", DEVICE("u2f/user/sofia/k", ""), NULL, NULL},
         {"sofia", "iam:ListVirtualMFADevices", NULL, NULL, "reply.VirtualMFADevices = []"});
    desk_replay(&d);
}

static void test_of_aws(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, of_aws, COUNT(of_aws));
    desk_replay(&d);
}

static void test_all(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, at_a_glance, COUNT(at_a_glance));
    desk_play(&d, users, COUNT(users));
    desk_play(&d, credentials, COUNT(credentials));
    desk_play(&d, policies, COUNT(policies));
    desk_play(&d, roles_and_groups, COUNT(roles_and_groups));
    desk_play(&d, farewell, COUNT(farewell));
    desk_replay(&d);
}

CU_TestInfo aws_iam_tests[] = {
    {"users, credentials, policies, roles, groups, and how they go", test_all    },
    {"policies of AWS's",                                            test_of_aws },
    {"second factors",                                               test_devices},
    {"a key that is switched off",                                   test_key_off},
    CU_TEST_INFO_NULL,
};
