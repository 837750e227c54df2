/* SPDX-License-Identifier: MIT */
/* Which role an instance has, and how its metadata is asked. */
#include "tests/unit/aws_desk.inc"

#define RUN(more)                                                                                                              \
    "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'minCount': 1, 'maxCount': 1, 'keyName': 'cafe'}]}, "    \
    "'instanceType': 't3.micro'" more "}"
#define BY(filter, value) "{'filterSet': {'items': [{'name': '" filter "', 'valueSet': {'items': [{'value': '" value "'}]}}]}}"
#define ROLE(name, service)                                                                                                    \
    "{'roleName': '" name "', 'assumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', "        \
    "'Principal': {'Service': '" service "'}, 'Action': 'sts:AssumeRole'}]}}"

/* EC2 gives an instance no role that is not for it. */
static void test_profiles(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "iam:CreateRole", ROLE("of-lambda", "lambda.amazonaws.com"), NULL, NULL},
         {"sofia", "iam:CreateRole", ROLE("of-servers", "ec2.amazonaws.com"), NULL, NULL},
         {"sofia", "iam:GetAccountAuthorizationDetails", "{'filter': ['Role']}", NULL,
          "reply.RoleDetailList.0.InstanceProfileList = []\n"
          "reply.RoleDetailList.1.InstanceProfileList.0.InstanceProfileName = of-servers"},
         {"sofia", "iam:GetAccountSummary", NULL, NULL, "reply.SummaryMap.Roles = 2\nreply.SummaryMap.InstanceProfiles = 1"},
         {"chaos", "ec2:RunInstances", RUN(", 'iamInstanceProfile': {'name': 'of-lambda'}"), "InvalidParameterValue", NULL},
         {"chaos", "ec2:DescribeInstances", NULL, NULL, "reply.Reservations = []"},
         {"chaos", "ec2:RunInstances", RUN(", 'iamInstanceProfile': {'name': 'of-servers'}"), NULL,
          "reply.Instances.0.IamInstanceProfile.Id = AIPA*\n"
          "reply.Instances.0.IamInstanceProfile.Arn = arn:aws:iam::123456789012:instance-profile/of-servers"},
         {"chaos", "ec2:DescribeInstances", BY("iam-instance-profile.arn", "*:instance-profile/of-servers"), NULL,
          "reply.Reservations.0.Instances.0.State.Name = running"},
         {"sofia", "iam:DeleteRole", "{'roleName': 'of-servers'}", "DeleteConflict",
          "says = *must remove roles from instance profile first."});
    desk_replay(&d);
}

#define PROFILE(name) "'IamInstanceProfile': {'Name': '" name "'}"

/* An instance's profile is taken away, replaced, given. */
static void test_profile_changes(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "iam:CreateRole", ROLE("web", "ec2.amazonaws.com"), NULL, NULL},
         {"sofia", "iam:CreateRole", ROLE("bare", "ec2.amazonaws.com"), NULL, NULL},
         {"chaos", "ec2:RunInstances", RUN(", 'iamInstanceProfile': {'name': 'web'}"), NULL,
          "keep i = reply.Instances.0.InstanceId"},
         {"chaos", "ec2:DescribeIamInstanceProfileAssociations", BY("instance-id", "{i}"), NULL,
          "keep a = reply.IamInstanceProfileAssociations.0.AssociationId\n"
          "reply.IamInstanceProfileAssociations.0.AssociationId = iip-assoc-0????????????????\n"
          "reply.IamInstanceProfileAssociations.0.State = associated"},
         {"chaos", "ec2:DescribeIamInstanceProfileAssociations", "{'associationIds': ['iip-assoc-0']}", NULL,
          "reply.IamInstanceProfileAssociations = []"},
         {"chaos", "ec2:DescribeIamInstanceProfileAssociations", BY("colour", "red"), "InvalidParameterValue", NULL},
         {"chaos", "ec2:AssociateIamInstanceProfile",
          "{'AssociateIamInstanceProfileRequest': {'InstanceId': '{i}', " PROFILE("bare") "}}", "IncorrectState",
          "says = There is an existing association for instance {i}"},
         {"chaos", "ec2:ReplaceIamInstanceProfileAssociation",
          "{'ReplaceIamInstanceProfileAssociationRequest': {'AssociationId': 'iip-assoc-0', " PROFILE("bare") "}}",
          "InvalidAssociationID.NotFound", NULL},
         {"chaos", "ec2:ReplaceIamInstanceProfileAssociation",
          "{'ReplaceIamInstanceProfileAssociationRequest': {'AssociationId': '{a}', " PROFILE("none") "}}",
          "InvalidParameterValue", NULL},
         {"chaos", "ec2:ReplaceIamInstanceProfileAssociation",
          "{'ReplaceIamInstanceProfileAssociationRequest': {'AssociationId': '{a}'}}", "MissingParameter", NULL},
         {"chaos", "ec2:ReplaceIamInstanceProfileAssociation",
          "{'ReplaceIamInstanceProfileAssociationRequest': {'AssociationId': '{a}', " PROFILE("bare") "}}", NULL,
          "keep b = reply.IamInstanceProfileAssociation.AssociationId\n"
          "reply.IamInstanceProfileAssociation.IamInstanceProfile.Arn = *:instance-profile/bare\n"
          "record.params.ReplaceIamInstanceProfileAssociationRequest.AssociationId = {a}\n"
          "record.response.ReplaceIamInstanceProfileAssociationResponse.iamInstanceProfileAssociation.instanceId = {i}"},
         {"chaos", "ec2:DisassociateIamInstanceProfile", "{'DisassociateIamInstanceProfileRequest': {'AssociationId': '{a}'}}",
          "InvalidAssociationID.NotFound", "says = An invalid association-id of '{a}' was given"},
         {"chaos", "ec2:DisassociateIamInstanceProfile", "{'DisassociateIamInstanceProfileRequest': {'AssociationId': '{b}'}}",
          NULL, "reply.IamInstanceProfileAssociation.State = disassociating"},
         {"chaos", "ec2:DescribeInstances", NULL, NULL, "reply.Reservations.0.Instances.0.IamInstanceProfile = -"},
         {"chaos", "ec2:AssociateIamInstanceProfile",
          "{'AssociateIamInstanceProfileRequest': {'InstanceId': 'i-none', " PROFILE("web") "}}", "InvalidInstanceID.NotFound",
          NULL},
         {"chaos", "ec2:AssociateIamInstanceProfile",
          "{'AssociateIamInstanceProfileRequest': {'InstanceId': '{i}', 'IamInstanceProfile': {'Arn': "
          "'arn:aws:iam::123456789012:instance-profile/web'}}}",
          NULL, "reply.IamInstanceProfileAssociation.AssociationId = {a}"});
    desk_replay(&d);
}

#define OPTIONS(more) "{'ModifyInstanceMetadataOptionsRequest': {'InstanceId': '{i}'" more "}}"
#define TOLD "reply.Reservations.0.Instances.0.MetadataOptions."

/* How metadata is asked: with a token or without, from how far away, not at all. */
static void test_metadata_options(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"chaos", "ec2:RunInstances", RUN(", 'metadataOptions': {'httpTokens': 'always'}"), "InvalidParameterValue", NULL},
         {"chaos", "ec2:RunInstances", RUN(", 'metadataOptions': {'httpTokens': 'required', 'httpPutResponseHopLimit': 2}"),
          NULL, "keep i = reply.Instances.0.InstanceId\nreply.Instances.0.MetadataOptions.HttpTokens = required"},
         {"chaos", "ec2:ModifyInstanceMetadataOptions", OPTIONS(", 'HttpTokens': 'optional'"), NULL,
          "reply.InstanceId = {i}\nreply.InstanceMetadataOptions.State = pending\n"
          "reply.InstanceMetadataOptions.HttpPutResponseHopLimit = 2\n"
          "record.params.ModifyInstanceMetadataOptionsRequest.HttpTokens = optional\n"
          "record.response.ModifyInstanceMetadataOptionsResponse.instanceMetadataOptions.httpTokens = optional"},
         {"chaos", "ec2:DescribeInstances", NULL, NULL, TOLD "HttpTokens = optional\n" TOLD "State = applied"},
         {"chaos", "ec2:ModifyInstanceMetadataOptions",
          OPTIONS(", 'HttpTokens': 'required', 'HttpEndpoint': 'disabled', 'HttpPutResponseHopLimit': 65"),
          "InvalidParameterValue", NULL},
         {"chaos", "ec2:ModifyInstanceMetadataOptions", OPTIONS(", 'HttpTokens': 'required', 'HttpEndpoint': 'off'"),
          "InvalidParameterValue", NULL},
         {"chaos", "ec2:DescribeInstances", NULL, NULL, TOLD "HttpTokens = optional\n" TOLD "HttpEndpoint = enabled"},
         {"chaos", "ec2:ModifyInstanceMetadataOptions", OPTIONS(", 'HttpEndpoint': 'disabled'"), NULL, NULL},
         {"chaos", "ec2:DescribeInstances", NULL, NULL, TOLD "HttpEndpoint = disabled"},
         {"chaos", "ec2:ModifyInstanceMetadataOptions", "{'ModifyInstanceMetadataOptionsRequest': {'InstanceId': 'i-none'}}",
          "InvalidInstanceID.NotFound", NULL});
    desk_replay(&d);
}

CU_TestInfo aws_ec2_metadata_tests[] = {
    {"profiles of instances",     test_profiles        },
    {"profiles that are changed", test_profile_changes },
    {"how metadata is asked",     test_metadata_options},
    CU_TEST_INFO_NULL,
};
