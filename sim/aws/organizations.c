/* SPDX-License-Identifier: MIT */
/*
 * Organizations: the café's account is in none, and whoever asks is told so. Recorded in us-east-1.
 * Sources: Organizations API Reference 2016-11-28; the sentence is AWS's.
 */
#include "sim/aws/shapes.h"

static op_fn not_in_use;

/* clang-format off */
static const struct op organizations_ops[] = {
    {"organizations:DescribeOrganization", "",                      OP_READ | OP_GLOBAL, "*", NULL, not_in_use},
    {"organizations:ListAccounts",         "maxResults# nextToken", OP_READ | OP_GLOBAL, "*", NULL, not_in_use},
    {"organizations:ListDelegatedAdministrators", "servicePrincipal maxResults# nextToken", OP_READ | OP_GLOBAL, "*", NULL,
     not_in_use},
};
/* clang-format on */

const struct service aws_organizations = {
    .name = "organizations",
    .source = "organizations.amazonaws.com",
    .event_version = "1.08",
    .host = "organizations.us-east-1.amazonaws.com",
    .denied_code = "AccessDeniedException",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = organizations_ops,
    .n = COUNT(organizations_ops),
};

static void not_in_use(struct call *c)
{
    call_fail(c, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.");
}
