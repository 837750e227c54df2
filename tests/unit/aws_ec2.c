/* SPDX-License-Identifier: MIT */
#include "tests/unit/aws_desk.inc"

#define RULE(port, cidr)                                                                                                       \
    "{'groupId': '{sg}', 'ipProtocol': 'tcp', 'fromPort': " port ", 'toPort': " port ", 'cidrIp': '" cidr "'}"
#define RUN(more)                                                                                                              \
    "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'minCount': 1, 'maxCount': 1, 'keyName': 'cafe'}]}, "    \
    "'instanceType': 't3.micro'" more "}"
#define IDS "{'instancesSet': {'items': [{'instanceId': '{i}'}]}}"

static const struct row groups[] = {
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'sg-x', 'groupDescription': 'd'}",                                                                                     "InvalidParameterValue",NULL                                  },
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'web', 'groupDescription': 'd', 'vpcId': 'vpc-0'}",
     "InvalidVpcID.NotFound",NULL                                  },
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'web', 'groupDescription': 'd', 'dryRun': true}",                                                                      "DryRunOperation",
     "says = Request would have succeeded, but DryRun flag is set.\nrecord.error = Client.DryRunOperation"},
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'web', 'groupDescription': 'd'}",                                                                                      NULL,
     "keep sg = reply.GroupId\nreply.GroupId = sg-0????????????????\nrecord.response.groupId = {sg}"},
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'web', 'groupDescription': 'd'}",                                                                                      "InvalidGroup.Duplicate",
     "says = The security group 'web' already exists for VPC 'vpc-*'"},
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       "{'groupId': 'x', 'ipProtocol': 'tcp'}",                                                                                              "InvalidGroupId.Malformed",NULL                                  },
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       "{'groupId': 'sg-0123'}",                                                                                                             "InvalidGroup.NotFound",
     "says = The security group 'sg-0123' does not exist\nrecord.error = Client.InvalidGroup.NotFound\nrecord.params.groupId = "
     "sg-0123"},
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       "{}",                                                                                                                                 "MissingParameter",NULL                                  },
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       "{'groupId': '{sg}'}",                                                                                                                "MissingParameter",NULL                                  },
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       RULE("22",                                                                                                                            "10.0.0.0"),"InvalidParameterValue",
     "says = CIDR block 10.0.0.0 is malformed"},
    {"chaos",                                      "ec2:AuthorizeSecurityGroupIngress",                                                                                                         RULE("70000",                                                                                                                                                                     "10.0.0.0/8"),"InvalidParameterValue",NULL},
    {"chaos",                                  "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{sg}', 'ipProtocol': 'gre', 'fromPort': 1, 'toPort': 2, 'cidrIp': '10.0.0.0/8'}",                                                                                                                                                                                                                                         "InvalidParameterValue",
     NULL},
    {"chaos",                                   "ec2:AuthorizeSecurityGroupIngress",                                                                                                            RULE("22",                                                                                                                                                                                                                                          "10.1.2.3/8"),NULL,
     "reply.SecurityGroupRules.0.CidrIpv4 = 10.0.0.0/8\nrecord.response.securityGroupRuleSet.items.0.isEgress = false"},
    {"chaos",                                  "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{sg}', 'ipPermissions': {'items': [{'ipProtocol': '6', 'fromPort': 443, 'toPort': 443, 'ipRanges': "
     "{'items': "
     "[{'cidrIp': '0.0.0.0/0', 'description': 'all'}]}, 'ipv6Ranges': {'items': [{'cidrIpv6': '::/0'}]}, 'groups': {'items': "
     "[{'groupId': '{sg}'}]}}, {'ipProtocol': '-1', 'ipRanges': {'items': [{'cidrIp': '10.9.0.0/16'}]}}]}}",                                                                                                                                     NULL,
     "reply.SecurityGroupRules.0.Description = all\nreply.SecurityGroupRules.1.CidrIpv6 = ::/0\n"
     "reply.SecurityGroupRules.2.ReferencedGroupInfo.GroupId = {sg}\nreply.SecurityGroupRules.3.IpProtocol = -1\n"
     "reply.SecurityGroupRules.3.FromPort = -1"},
    {"chaos",                                  "ec2:DescribeSecurityGroups",
     "{'filterSet': {'items': [{'name': 'ip-permission.cidr', 'valueSet': {'items': "
     "[{'value': '0.0.0.0/*'}]}}]}}",                                                                                                                                                                                                            NULL,
     "reply.SecurityGroups.0.GroupId = {sg}\nreply.SecurityGroups.1 = -\nreply.SecurityGroups.0.IpPermissions.1.FromPort = "
     "443\n"
     "reply.SecurityGroups.0.IpPermissions.1.IpRanges.0.Description = all\n"
     "reply.SecurityGroups.0.IpPermissions.1.Ipv6Ranges.0.CidrIpv6 = ::/0"                                                                              },
    {"chaos",                                  "ec2:DescribeSecurityGroups",                                             "{'filterSet': {'items': [{'name': 'colour', 'valueSet': {'items': []}}]}}",
     "InvalidParameterValue","says = The filter 'colour' is invalid"},
    {"chaos",                "ec2:DescribeSecurityGroups",                                                  "{'securityGroupIdSet': {'items': [{'groupId': 'sg-none'}]}}",
     "InvalidGroup.NotFound",      NULL                                                                                                                                                                                                                                      },
    {"chaos",                "ec2:DescribeSecurityGroups",                                                                                     "{'securityGroupSet': {'items': [{'groupName': 'web'}]}}",                                                                                                                                                                                                                         NULL,
     "reply.SecurityGroups.0.GroupName = web"},
    {"chaos",                                  "ec2:DescribeSecurityGroupRules",
     "{'filterSet': {'items': [{'name': 'group-id', 'valueSet': {'items': [{'value': "
     "'{sg}'}]}}]}}",                                                                                                                                                                                                              NULL,"reply.SecurityGroupRules.0.IsEgress = true\nkeep rule = reply.SecurityGroupRules.1.SecurityGroupRuleId"                                                                                                                                                                                                          },
    {"chaos",                                  "ec2:ModifySecurityGroupRules",
     "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}', 'SecurityGroupRule': [{'SecurityGroupRuleId': '{rule}', "
     "'SecurityGroupRule': {'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'CidrIpv4': '10.0.0.0/9'}}]}}",NULL,NULL},
    {"chaos",                                  "ec2:ModifySecurityGroupRules",
     "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}', 'SecurityGroupRule': {'SecurityGroupRuleId': 'sgr-none', "
     "'SecurityGroupRule': {'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'CidrIpv4': '10.0.0.0/9'}}}}",                                                                                                                                                                                                                                                                                                                  "InvalidSecurityGroupRuleId.NotFound",                                                                                                                                                                                                                                                                                     NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  },
    {"chaos", "ec2:ModifySecurityGroupRules",                                                                      "{'ModifySecurityGroupRulesRequest': {'GroupId': 'sg-none'}}",
     "InvalidGroup.NotFound",NULL},
    {"chaos",                "ec2:RevokeSecurityGroupIngress",                                                                                     RULE("22",                                                                                                                                                                                                                         "10.0.0.0/9"),                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   NULL},
    {"chaos",                         "ec2:AuthorizeSecurityGroupEgress",                                                                                              RULE("25",      "10.0.0.0/8"),NULL,
     "record.response.securityGroupRuleSet.items.0.isEgress = true"},
    {"chaos",                             "ec2:RevokeSecurityGroupEgress",RULE("25",                                                                                                                       "10.0.0.0/8"),NULL,NULL},
    {"chaos","ec2:CreateTags",
     "{'resourcesSet': {'items': [{'resourceId': '{sg}'}]}, 'tagSet': {'items': [{'key': 'Name', 'value': "
     "'front door'}]}}",                                                 NULL,NULL},
    {"chaos",                                "ec2:CreateTags",                                                                                                               "{'resourcesSet': {'items': [{'resourceId': 'x-1'}]}, 'tagSet': {'items': []}}",                                                                                                                                                                                                                                      "InvalidID",
     NULL                                                       },
    {"chaos",                                "ec2:DescribeTags",                                                          NULL, NULL,"reply.Tags.0.Value = front door\nreply.Tags.0.ResourceType = security-group"},
    {"chaos",                                "ec2:DescribeSecurityGroups",
     "{'filterSet': {'items': [{'name': 'tag:Name', 'valueSet': {'items': [{'value': 'front*'}]}}]}}",                                                                                                                               NULL,
     "reply.SecurityGroups.0.GroupId = {sg}"                                                                                                                                                                                                                                                                                                                                   },
    {"chaos",                                "ec2:DeleteTags",                                              "{'resourcesSet': {'items': [{'resourceId': '{sg}'}]}, 'tagSet': {'items': [{'key': 'Name'}]}}",
     NULL,NULL},
    {"chaos",                                "ec2:DeleteSecurityGroup",                                                          "{'groupName': 'default'}",                                                  "CannotDelete",NULL                                                                                                                                                                                                                                                                  },
};

static const struct row instances[] = {
    {"chaos", "ec2:RunInstances",              "{'instancesSet': {'items': [{'imageId': 'x'}]}, 'instanceType': 't3.micro'}",
     "InvalidAMIID.Malformed",                                                                                                                               NULL                                                                                                },
    {"chaos", "ec2:RunInstances",
     "{'instancesSet': {'items': [{'imageId': 'ami-1', 'minCount': 50, 'maxCount': 50}]}, 'instanceType': 't3.micro'}",       "InstanceLimitExceeded",       NULL                                                                                                },
    {"chaos", "ec2:RunInstances",              RUN(", 'groupSet': {'items': [{'groupId': 'sg-none'}]}"),                      "InvalidGroup.NotFound",       NULL                                                                                                },
    {"chaos", "ec2:RunInstances",
     RUN(", 'groupSet': {'items': [{'groupId': '{sg}'}]}, 'tagSpecificationSet': {'items': [{'resourceType': "
         "'instance', 'tags': [{'key': 'Name', 'value': 'web'}]}]}"),
     NULL,                                                                                                                                                   "keep i = reply.Instances.0.InstanceId\nreply.Instances.0.InstanceId = i-0????????????????\n"
     "record.response.instancesSet.items.0.instanceState.name = "
     "pending\nrecord.response.instancesSet.items.0.groupSet.items.0.groupId = {sg}"                                                                                                                                                                   },
    {"chaos", "ec2:DeleteSecurityGroup",       "{'groupId': '{sg}'}",                                                         "DependencyViolation",
     "says = resource {sg} has a dependent object"                                                                                                                                                                                                               },
    {"chaos", "ec2:DescribeInstances",
     "{'filterSet': {'items': [{'name': 'tag:Name', 'valueSet': {'items': [{'value': 'w*'}]}}, {'name': "
     "'instance-state-name', 'valueSet': {'items': [{'value': 'running'}]}}]}}",                                              NULL,                          "reply.Reservations.0.Instances.0.InstanceId = {i}\nreply.Reservations.0.Instances.0.KeyName = cafe"},
    {"chaos", "ec2:DescribeInstances",         "{'instancesSet': {'items': [{'instanceId': 'i-0123456789abcdef0'}]}}",
     "InvalidInstanceID.NotFound",                                                                                                                           "says = The instance ID 'i-0123456789abcdef0' does not exist"                                       },
    {"chaos", "ec2:DescribeInstances",         "{'instancesSet': {'items': [{'instanceId': 'web'}]}}",                        "InvalidInstanceID.Malformed",
     "says = Invalid id: \"web\""                                                                                                                                                                                                                                },
    {"chaos", "ec2:DescribeInstanceStatus",    NULL,                                                                          NULL,                          "reply.InstanceStatuses.0.InstanceStatus.Status = ok"                                               },
    {"chaos", "ec2:DescribeInstanceAttribute", "{'instanceId': '{i}', 'attribute': 'instanceType'}",                          NULL,
     "reply.InstanceType.Value = t3.micro"                                                                                                                                                                                                                       },
    {"chaos", "ec2:DescribeInstanceAttribute", "{'instanceId': '{i}', 'attribute': 'groupSet'}",                              NULL,
     "reply.Groups.0.GroupId = {sg}"                                                                                                                                                                                                                             },
    {"chaos", "ec2:DescribeInstanceAttribute", "{'instanceId': '{i}', 'attribute': 'colour'}",                                "InvalidParameterValue",       NULL                                                                                                },
    {"chaos", "ec2:StartInstances",            IDS,                                                                           NULL,                          NULL                                                                                                },
    {"chaos", "ec2:StopInstances",             IDS,                                                                           NULL,                          "record.response.instancesSet.items.0.currentState.name = stopping"                                 },
    {"chaos", "ec2:RebootInstances",           "{'instancesSet': {'items': [{'instanceId': 'i-0123456789abcdef0'}]}}",
     "InvalidInstanceID.NotFound",                                                                                                                           NULL                                                                                                },
    {"chaos", "ec2:StartInstances",            IDS,                                                                           NULL,                          "reply.StartingInstances.0.PreviousState.Name = stopped"                                            },
    {"chaos", "ec2:RebootInstances",           IDS,                                                                           NULL,                          NULL                                                                                                },
    {"chaos", "ec2:DescribeVolumes",           NULL,                                                                          NULL,                          "reply.Volumes.0.Attachments.0.InstanceId = {i}"                                                    },
    {"chaos", "ec2:DescribeNetworkInterfaces", NULL,                                                                          NULL,                          "reply.NetworkInterfaces.0.Attachment.InstanceId = {i}"                                             },
    {"chaos", "ec2:DescribeKeyPairs",          NULL,                                                                          NULL,                          "reply.KeyPairs.0.KeyName = cafe"                                                                   },
    {"chaos", "ec2:DescribeImages",            NULL,                                                                          NULL,                          "reply.Images.0.ImageId = ami-0abcdef1234567890"                                                    },
    {"chaos", "ec2:TerminateInstances",        IDS,                                                                           NULL,                          NULL                                                                                                },
    {"chaos", "ec2:StopInstances",             IDS,                                                                           "IncorrectInstanceState",      NULL                                                                                                },
    {"chaos", "ec2:DeleteSecurityGroup",       "{'groupId': '{sg}'}",                                                         NULL,                          NULL                                                                                                },
};

static const struct row network[] = {
    {"chaos", "ec2:DescribeVpcs",              NULL,                    NULL,                    "reply.Vpcs.0.IsDefault = true"                      },
    {"chaos", "ec2:DescribeSubnets",           NULL,                    NULL,                    "reply.Subnets.2.AvailabilityZone = us-west-2c"      },
    {"chaos", "ec2:DescribeInternetGateways",  NULL,                    NULL,                    "reply.InternetGateways.0.InternetGatewayId = igw-0*"},
    {"chaos", "ec2:DescribeRouteTables",       NULL,                    NULL,                    "reply.RouteTables.0.Routes.0.GatewayId = local"     },
    {"chaos", "ec2:DescribeNetworkAcls",       NULL,                    NULL,                    "reply.NetworkAcls.0.IsDefault = true"               },
    {"chaos", "ec2:DescribeAddresses",         NULL,                    NULL,                    "reply.Addresses = []"                               },
    {"chaos", "ec2:DescribeFlowLogs",          NULL,                    NULL,                    "reply.FlowLogs = []"                                },
    {"chaos", "ec2:DescribeRegions",           NULL,                    NULL,                    "reply.Regions.0.RegionName = ap-northeast-1"        },
    {"chaos", "ec2:DescribeAvailabilityZones", NULL,                    NULL,                    "reply.AvailabilityZones.0.ZoneName = us-west-2a"    },
    {"chaos", "ec2:DescribeAccountAttributes", NULL,                    NULL,
     "reply.AccountAttributes.1.AttributeValues.0.AttributeValue = vpc-0*"                                                                            },
    {"-",     "iam:CreateUser",                "{'userName': 'guest'}", NULL,                    NULL                                                 },
    {"guest", "ec2:DescribeVpcs",              NULL,                    "UnauthorizedOperation",
     "says = You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/guest is not authorized to "
     "perform: "
     "ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action\nrecord.error = "
     "Client.UnauthorizedOperation"                                                                                                                   },
    {"guest", "ec2:StopInstances",             IDS,                     "UnauthorizedOperation",
     "says = *because no identity-based policy allows the ec2:StopInstances action. Encoded authorization failure message: *\n"
     "record.params.instancesSet.items.0.instanceId = i-*"                                                                                            },
};

static void test_all(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, groups, COUNT(groups));
    desk_play(&d, instances, COUNT(instances));
    desk_play(&d, network, COUNT(network));
    desk_replay(&d);
}

CU_TestInfo aws_ec2_tests[] = {
    {"security groups, instances, the network", test_all},
    CU_TEST_INFO_NULL,
};
