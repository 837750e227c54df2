/* SPDX-License-Identifier: MIT */
/*
 * What colleagues change now and then, so that an intruder's change is one among others. Nothing here opens a port to
 * everybody, touches a group that a server is in, the server's accounts or its settings, or stops a trail: what a lab
 * asks about must have one answer.
 */
#include "sim/background/habits.h"

#include <string.h>

struct change {
    const char *name;
    enum way way;
    unsigned one_in; /* working times of that way */
    const char *op, *params;
    const char *undo_op, *undo_params; /* later in the same working time; NULL = it stays */
    bool tried;                        /* only by those who may not: a benign AccessDenied */
};
#define RULE "{'groupId': '$opengroup', 'ipProtocol': 'tcp', 'fromPort': "

/* clang-format off */
static const struct change changes[] = {
    /* a travelling or home-working colleague wants to see the staging site */
    {"let me in",    BY_COMMAND, 7,  "ec2:AuthorizeSecurityGroupIngress", RULE "8080, 'toPort': 8080, 'cidrIp': '$own/32'}",
                                     "ec2:RevokeSecurityGroupIngress",    RULE "8080, 'toPort': 8080, 'cidrIp': '$own/32'}", false},
    {"try https",    BY_COMMAND, 16, "ec2:AuthorizeSecurityGroupIngress", RULE "8443, 'toPort': 8443, 'cidrIp': '$own/32'}",
                                     "ec2:RevokeSecurityGroupIngress",    RULE "8443, 'toPort': 8443, 'cidrIp': '$own/32'}", false},
    {"console rule", BY_CONSOLE, 18, "ec2:AuthorizeSecurityGroupIngress",
         "{'groupId': '$opengroup', 'ipPermissions': {'items': [{'ipProtocol': 'tcp', 'fromPort': 3000, 'toPort': 3000, 'groups': {}, "
         "'ipRanges': {'items': [{'cidrIp': '$own/32', 'description': 'preview'}]}, 'ipv6Ranges': {}, 'prefixListIds': {}}]}}",
                                     "ec2:RevokeSecurityGroupIngress",    RULE "3000, 'toPort': 3000, 'cidrIp': '$own/32'}", false},
    {"tag",          BY_COMMAND, 9,  "ec2:CreateTags",
         "{'resourcesSet': {'items': [{'resourceId': '$staging'}]}, 'tagSet': {'items': [{'key': 'Release', 'value': '2025.41'}]}}", NULL, NULL, false},
    {"tag backup",   BY_CONSOLE, 14, "ec2:CreateTags",
         "{'resourcesSet': {'items': [{'resourceId': '$staging'}]}, 'tagSet': {'items': [{'key': 'Backup', 'value': 'nightly'}]}}", NULL, NULL, false},
    {"untag",        BY_CONSOLE, 30, "ec2:DeleteTags",
         "{'resourcesSet': {'items': [{'resourceId': '$staging'}]}, 'tagSet': {'items': [{'key': 'Temporary'}]}}", NULL, NULL, false},
    {"reboot",       BY_COMMAND, 13, "ec2:RebootInstances", "{'instancesSet': {'items': [{'instanceId': '$staging'}]}}", NULL, NULL, false},
    {"nap",          BY_COMMAND, 12, "ec2:StopInstances",   "{'instancesSet': {'items': [{'instanceId': '$staging'}]}, 'force': false}",
                                     "ec2:StartInstances",  "{'instancesSet': {'items': [{'instanceId': '$staging'}]}}", false},
    {"new key",      BY_CONSOLE, 16, "iam:CreateAccessKey", "{'userName': '$colleague'}", NULL, NULL, false},
    {"new password", BY_CONSOLE, 14, "iam:UpdateLoginProfile", "{'userName': '$signer', 'password': '$password', 'passwordResetRequired': false}", NULL, NULL, false},
    {"more rights",  BY_CONSOLE, 11, "iam:AttachGroupPolicy", "{'groupName': '$group', 'policyArn': 'arn:aws:iam::aws:policy/AWSBillingReadOnlyAccess'}",
                                     "iam:DetachGroupPolicy", "{'groupName': '$group', 'policyArn': 'arn:aws:iam::aws:policy/AWSBillingReadOnlyAccess'}", false},
    {"name user",    BY_CONSOLE, 18, "iam:TagUser", "{'userName': '$colleague', 'tags': [{'key': 'Team', 'value': 'cafe'}]}", NULL, NULL, false},
    /* web people who think they may */
    {"key myself",   BY_COMMAND, 10, "iam:CreateAccessKey", "{'userName': '$me'}", NULL, NULL, true},
    {"bucket",       BY_COMMAND, 14, "s3:PutBucketVersioning", "{'bucketName': '$bucket', 'VersioningConfiguration': {'Status': 'Enabled'}}", NULL, NULL, true},
    /* an apply after the plan */
    {"apply",        BY_PROGRAM, 5,  "ec2:CreateTags",
         "{'resourcesSet': {'items': [{'resourceId': '$staging'}, {'resourceId': '$opengroup'}]}, 'tagSet': {'items': [{'key': 'ManagedBy', 'value': 'terraform'}]}}", NULL, NULL, false},
    {"apply ports",  BY_PROGRAM, 9,  "ec2:AuthorizeSecurityGroupIngress", RULE "9100, 'toPort': 9100, 'cidrIp': '$own/32'}",
                                     "ec2:RevokeSecurityGroupIngress",    RULE "9100, 'toPort': 9100, 'cidrIp': '$own/32'}", false},
    /* looking after the web server, without ssh */
    {"look at logs", BY_COMMAND, 3,  "ssm:SendCommand", "{'documentName': 'AWS-RunShellScript', 'instanceIds': ['$server'], 'parameters': {'commands': ['uptime', 'systemctl status httpd', 'ls -l /var/log/httpd']}}", NULL, NULL, false},
    {"reload",       BY_COMMAND, 6,  "ssm:SendCommand", "{'documentName': 'AWS-RunShellScript', 'instanceIds': ['$server'], 'parameters': {'commands': ['systemctl reload httpd']}, 'comment': 'deploy'}", NULL, NULL, false},
};
/* clang-format on */

/* May that person? Rows are about the account's own things, so that a policy for everything decides. */
static bool may(const struct drawing *d, const struct working_time *t, const char *op)
{
    const struct question_of_access q = {
        .who = &t->who, .action = op, .resource = "*", .source_ip = t->from.ip, .now_ms = t->start_ms};

    return authorise(d->plan->w, &q).allowed;
}

static void change(struct drawing *d, size_t time, const struct change *row, struct chance *c)
{
    const struct working_time *t = &d->times[time];
    const struct own own = {t->from.ip, t->worker->r->who.name};
    int64_t length = t->end_ms - t->start_ms;
    int64_t when = t->start_ms + chance_between(c, length / 20, length * 3 / 4);
    int64_t undone = when + chance_between(c, (t->end_ms - when) / 4, (t->end_ms - when) * 9 / 10);
    size_t variant = (size_t)chance_below(c, things_variants(&d->things, row->params));

    if (strstr(row->params, "$signer") &&
        text_same(d->things.list[THING_SIGNER][variant % d->things.n[THING_SIGNER]], own.user))
        return; /* one's own is changed elsewhere */

    if (!draft_add(d, time, when, row->op, things_fill(&d->things, row->params, variant, &own)) || !row->undo_op)
        return;
    draft_add(d, time, undone, row->undo_op, things_fill(&d->things, row->undo_params, variant, &own));
}

void changes_draw(struct drawing *d, size_t time)
{
    for (size_t i = 0; i < COUNT(changes); i++) {
        const struct change *row = &changes[i];
        const struct working_time *t = &d->times[time];
        if (row->way != t->hours->way || !catalog_find(d->plan->w->catalog, row->op, NULL) ||
            things_variants(&d->things, row->params) == 0)
            continue;
        struct chance c = chance_of(&d->plan->seed, "background/%s/%s/%zu/%s", t->worker->r->id, t->date, t->nth, row->name);
        if (chance_one_in(&c, row->one_in) && may(d, t, row->op) != row->tried)
            change(d, time, row, &c);
    }
}
