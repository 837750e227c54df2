/* SPDX-License-Identifier: MIT */
#include "tests/unit/aws_desk.inc"

#define RULE(port, cidr)                                                                                                       \
    "{'groupId': '{sg}', 'ipProtocol': 'tcp', 'fromPort': " port ", 'toPort': " port ", 'cidrIp': '" cidr "'}"
#define RUN(more)                                                                                                              \
    "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'minCount': 1, 'maxCount': 1, 'keyName': 'cafe'}]}, "    \
    "'instanceType': 't3.micro'" more "}"
#define TO(rule, source) "{'SecurityGroupRuleId': '" rule "', 'SecurityGroupRule': {'IpProtocol': 'tcp', " source "}}"
#define TURNED(rule, source)                                                                                                   \
    "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}', 'SecurityGroupRule': [" TO(rule, source) "]}}"
#define TURNED_BOTH(one, other)                                                                                                \
    "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}', 'SecurityGroupRule': [" TO("{a}", one) ", " TO("{b}", other) "]}" \
                                                                                                                          "}"
#define PORT(n) "'FromPort': " n ", 'ToPort': " n
#define IDS "{'instancesSet': {'items': [{'instanceId': '{i}'}]}}"

static const struct row groups[] = {
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'sg-x', 'groupDescription': 'd'}",                                                                                     "InvalidParameterValue",NULL},
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'web', 'groupDescription': 'd', 'vpcId': 'vpc-0'}",
     "InvalidVpcID.NotFound",NULL},
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'web', 'groupDescription': 'd', 'dryRun': true}",                                                                      "DryRunOperation",
     "says = Request would have succeeded, but DryRun flag is set.\nrecord.error = Client.DryRunOperation"},
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'web', 'groupDescription': 'd'}",                                                                                      NULL,
     "keep sg = reply.GroupId\nreply.GroupId = sg-0????????????????\nrecord.response.groupId = {sg}"},
    {"chaos",                                "ec2:CreateSecurityGroup",                                                 "{'groupName': 'web', 'groupDescription': 'd'}",                                                                                      "InvalidGroup.Duplicate",
     "says = The security group 'web' already exists for VPC 'vpc-*'"},
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       "{'groupId': 'x', 'ipProtocol': 'tcp'}",                                                                                              "InvalidGroupId.Malformed",NULL},
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       "{'groupId': 'sg-0123'}",                                                                                                             "InvalidGroup.NotFound",
     "says = The security group 'sg-0123' does not exist\nrecord.error = Client.InvalidGroup.NotFound\nrecord.params.groupId = "
     "sg-0123"},
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       "{}",                                                                                                                                 "MissingParameter",NULL},
    {"chaos",                                "ec2:AuthorizeSecurityGroupIngress",                                       "{'groupId': '{sg}'}",                                                                                                                "MissingParameter",NULL},
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
     "InvalidGroup.NotFound",      NULL                                                                                                                                                                                                },
    {"chaos",                "ec2:DescribeSecurityGroups",                                                                                     "{'securityGroupSet': {'items': [{'groupName': 'web'}]}}",                                                                                                                                                                                                                         NULL,
     "reply.SecurityGroups.0.GroupName = web"},
    {"chaos",                                  "ec2:DescribeSecurityGroupRules",
     "{'filterSet': {'items': [{'name': 'group-id', 'valueSet': {'items': [{'value': "
     "'{sg}'}]}}]}}",                                                                                                                                                                                                              NULL,"reply.SecurityGroupRules.0.IsEgress = true\nkeep rule = reply.SecurityGroupRules.1.SecurityGroupRuleId"                                                                                                                                                                    },
    {"chaos",                                  "ec2:ModifySecurityGroupRules",
     "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}', 'SecurityGroupRule': [{'SecurityGroupRuleId': '{rule}', "
     "'SecurityGroupRule': {'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'CidrIpv4': '10.0.0.0/9'}}]}}",NULL,NULL},
    {"chaos",                                  "ec2:ModifySecurityGroupRules",
     "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}', 'SecurityGroupRule': {'SecurityGroupRuleId': 'sgr-none', "
     "'SecurityGroupRule': {'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'CidrIpv4': '10.0.0.0/9'}}}}",                                                                                                                                                                                                                                                                                                                  "InvalidSecurityGroupRuleId.NotFound",                                                                                                                                                                                                                                                                                                                           NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  },
    {"chaos", "ec2:ModifySecurityGroupRules",                                                                      "{'ModifySecurityGroupRulesRequest': {'GroupId': 'sg-none'}}",
     "InvalidGroup.NotFound",NULL},
    {"chaos",                "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{sg}', 'ipPermissions': {'items': [{'ipProtocol': 'tcp', 'fromPort': 1, 'toPort': 1, 'ipRanges': {'items': "
     "[{'cidrIp': '10.0.0.0/8'}, {'cidrIp': '10.0.0.0/8'}]}}]}}",                                                                                                                                                                                                                         "InvalidParameterValue",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "says = The same permission must not appear multiple times"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     },
    {"chaos",               "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{sg}', 'ipProtocol': 'tcp', 'fromPort': 4294967318, 'toPort': 4294967318, 'cidrIp': '10.0.0.0/8'}","InvalidParameterValue",NULL},
    {"chaos",               "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{sg}', 'ipProtocol': 'icmp', 'fromPort': -1, 'toPort': -1, 'cidrIp': '10.0.0.0/8'}",                                                                                                                                                                                                                                                                                NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   },
    {"chaos",                                  "ec2:ModifySecurityGroupRules",
     "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}', 'SecurityGroupRule': {'SecurityGroupRuleId': '{rule}', "
     "'SecurityGroupRule': {'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'CidrIpv6': '::/0'}}}}","InvalidParameterValue",NULL},
    {"chaos",               "ec2:ModifySecurityGroupRules",                                                                                    "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}'}}",                                                                                                                                                                                                                                                             "MissingParameter",
     NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         },
    {"chaos",                    "ec2:RevokeSecurityGroupIngress",
     "{'groupId': '{sg}', 'securityGroupRuleIds': {'items': [{'securityGroupRuleId': '{rule}'}, {'securityGroupRuleId': "
     "'sgr-0'}]}}",                                                                                                                                                                                                                                                  "InvalidSecurityGroupRuleId.NotFound",NULL},
    {"chaos", "ec2:RevokeSecurityGroupIngress",                                                                      RULE("22","10.0.0.0/9"),NULL,                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              NULL},
    {"chaos",                         "ec2:AuthorizeSecurityGroupEgress",                                                                                              RULE("25",                                                                                                                                                                                                                                                                      "10.0.0.0/8"),                                                                                                                                                                                                                                                                                          NULL,
     "record.response.securityGroupRuleSet.items.0.isEgress = true"},
    {"chaos",                             "ec2:RevokeSecurityGroupEgress",RULE("25","10.0.0.0/8"),NULL,NULL},
    {"chaos","ec2:CreateTags",
     "{'resourcesSet': {'items': [{'resourceId': '{sg}'}]}, 'tagSet': {'items': [{'key': 'Name', 'value': "
     "'front door'}]}}",                                                                                                                                                                                                                                                                                                                 NULL,                                                                                                                  NULL                                                                                                                                                                                       },
    {"chaos",                                "ec2:CreateTags",                                                                                                               "{'resourcesSet': {'items': [{'resourceId': 'x-1'}]}, 'tagSet': {'items': []}}",                                                                                                                                                                                                                                      "InvalidID",
     NULL},
    {"chaos",                                "ec2:DescribeTags",                                                          NULL, NULL,"reply.Tags.0.Value = front door\nreply.Tags.0.ResourceType = security-group"},
    {"chaos",                                "ec2:DescribeSecurityGroups",
     "{'filterSet': {'items': [{'name': 'tag:Name', 'valueSet': {'items': [{'value': 'front*'}]}}]}}",                                                                                                                               NULL,
     "reply.SecurityGroups.0.GroupId = {sg}"                                                                                                                                                                                },
    {"chaos",                                "ec2:DeleteTags",                                              "{'resourcesSet': {'items': [{'resourceId': '{sg}'}]}, 'tagSet': {'items': [{'key': 'Name'}]}}",
     NULL,NULL},
    {"chaos",                                "ec2:DeleteSecurityGroup",                                                          "{'groupName': 'default'}",                                                  "CannotDelete",NULL                                                                                                               },
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
    {"chaos", "ec2:DescribeInstanceAttribute", "{'instanceId': '{i}', 'attribute': 'instanceInitiatedShutdownBehavior'}",     NULL,
     "reply.InstanceInitiatedShutdownBehavior.Value = stop"                                                                                                                                                                                                      },
    {"chaos", "ec2:DescribeInstanceAttribute", "{'instanceId': '{i}', 'attribute': 'blockDeviceMapping'}",                    NULL,
     "reply.BlockDeviceMappings.0.Ebs.Status = attached"                                                                                                                                                                                                         },
    {"chaos", "ec2:DescribeInstanceAttribute", "{'instanceId': '{i}', 'attribute': 'enclaveOptions'}",                        NULL,
     "reply.EnclaveOptions.Enabled = false"                                                                                                                                                                                                                      },
    {"chaos", "ec2:GetConsoleOutput",          "{'instanceId': '{i}'}",                                                       NULL,                          "reply.InstanceId = {i}\nreply.Output = -"                                                          },
    {"chaos", "ec2:GetConsoleOutput",          "{'instanceId': 'i-0'}",                                                       "InvalidInstanceID.NotFound",  NULL                                                                                                },
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
    {"chaos", "ec2:ModifyInstanceAttribute",   "{'instanceId': '{i}'}",                                                       "InvalidParameterCombination", NULL                                                                                                },
    {"chaos", "ec2:ModifyInstanceAttribute",   "{'instanceId': '{i}', 'instanceType': {'value': 't3.small'}}",
     "IncorrectInstanceState",                                                                                                                               NULL                                                                                                },
    {"chaos", "ec2:ModifyInstanceAttribute",   "{'instanceId': '{i}', 'groupSet': {'items': [{'groupId': 'sg-none'}]}}",
     "InvalidGroup.NotFound",                                                                                                                                NULL                                                                                                },
    {"chaos", "ec2:ModifyInstanceAttribute",   "{'instanceId': '{i}', 'groupSet': {'items': [{'groupName': 'default'}]}}",    NULL,
     "record.response._return = true"                                                                                                                                                                                                                            },
    {"chaos", "ec2:DescribeInstanceAttribute", "{'instanceId': '{i}', 'attribute': 'groupSet'}",                              NULL,
     "reply.Groups.0.GroupName = default\nreply.Groups.1 = -"                                                                                                                                                                                                    },
    {"chaos", "ec2:ModifyInstanceAttribute",   "{'instanceId': '{i}', 'disableApiTermination': {'value': true}}",             NULL,                          NULL                                                                                                },
    {"chaos", "ec2:TerminateInstances",        IDS,                                                                           "OperationNotPermitted",       "record.error = Client.OperationNotPermitted"                                                       },
    {"chaos", "ec2:ModifyInstanceAttribute",   "{'instanceId': '{i}', 'disableApiTermination': {'value': false}}",            NULL,                          NULL                                                                                                },
    {"chaos", "ec2:RunInstances",              RUN(", 'iamInstanceProfile': {'name': 'none'}, 'userData': 'x'"),              "InvalidParameterValue",
     "record.params.userData = <sensitiveDataRemoved>"                                                                                                                                                                                                           },
    {"chaos", "ec2:TerminateInstances",        IDS,                                                                           NULL,                          NULL                                                                                                },
    {"chaos", "ec2:StopInstances",             IDS,                                                                           "IncorrectInstanceState",      NULL                                                                                                },
    {"chaos", "ec2:DeleteSecurityGroup",       "{'groupId': '{sg}'}",                                                         NULL,                          NULL                                                                                                },
};

static const struct row network[] = {
    {"chaos", "ec2:DescribeSubnets",
     "{'filterSet': {'items': [{'name': 'availability-zone', 'valueSet': {'items': [{'value': 'us-west-2b'}]}}]}}",                       NULL,
     "reply.Subnets.0.AvailabilityZone = us-west-2b\nreply.Subnets.1 = -\nkeep subnet = reply.Subnets.0.SubnetId"                                                                                                          },
    {"chaos", "ec2:DescribeSubnets",           "{'subnetSet': {'items': [{'subnetId': '{subnet}'}]}}",                                    NULL,
     "reply.Subnets.0.SubnetId = {subnet}\nreply.Subnets.1 = -"                                                                                                                                                            },
    {"chaos", "ec2:DescribeSubnets",           "{'subnetSet': {'items': [{'subnetId': 'subnet-0'}]}}",                                    "InvalidSubnetID.NotFound",
     "says = The subnet ID 'subnet-0' does not exist"                                                                                                                                                                      },
    {"chaos", "ec2:DescribeSubnets",           "{'filterSet': {'items': [{'name': 'colour', 'valueSet': {'items': [{'value': 'x'}]}}]}}",
     "InvalidParameterValue",                                                                                                                                         NULL                                                 },
    {"chaos", "ec2:DescribeVpcs",
     "{'filterSet': {'items': [{'name': 'is-default', 'valueSet': {'items': [{'value': 'false'}]}}]}}",                                   NULL,
     "reply.Vpcs = []"                                                                                                                                                                                                     },
    {"chaos", "ec2:DescribeVolumes",           "{'volumeSet': {'items': [{'volumeId': 'vol-0'}]}}",                                       "InvalidVolume.NotFound",   NULL                                                 },
    {"chaos", "ec2:DescribeTags",
     "{'filterSet': {'items': [{'name': 'resource-type', 'valueSet': {'items': [{'value': 'volume'}]}}]}}",                               NULL,
     "reply.Tags = []"                                                                                                                                                                                                     },
    {"chaos", "ec2:DescribeVpcs",              NULL,                                                                                      NULL,                       "reply.Vpcs.0.IsDefault = true"                      },
    {"chaos", "ec2:DescribeSubnets",           NULL,                                                                                      NULL,                       "reply.Subnets.2.AvailabilityZone = us-west-2c"      },
    {"chaos", "ec2:DescribeInternetGateways",  NULL,                                                                                      NULL,                       "reply.InternetGateways.0.InternetGatewayId = igw-0*"},
    {"chaos", "ec2:DescribeRouteTables",       NULL,                                                                                      NULL,                       "reply.RouteTables.0.Routes.0.GatewayId = local"     },
    {"chaos", "ec2:DescribeNetworkAcls",       NULL,                                                                                      NULL,                       "reply.NetworkAcls.0.IsDefault = true"               },
    {"chaos", "ec2:DescribeAddresses",         NULL,                                                                                      NULL,                       "reply.Addresses = []"                               },
    {"chaos", "ec2:DescribeFlowLogs",          NULL,                                                                                      NULL,                       "reply.FlowLogs = []"                                },
    {"chaos", "ec2:DescribeRegions",           NULL,                                                                                      NULL,                       "reply.Regions.0.RegionName = ap-northeast-1"        },
    {"chaos", "ec2:DescribeAvailabilityZones", NULL,                                                                                      NULL,                       "reply.AvailabilityZones.0.ZoneName = us-west-2a"    },
    {"chaos", "ec2:DescribeAccountAttributes", NULL,                                                                                      NULL,
     "reply.AccountAttributes.1.AttributeValues.0.AttributeValue = vpc-0*"                                                                                                                                                 },
    {"-",     "iam:CreateUser",                "{'userName': 'guest'}",                                                                   NULL,                       NULL                                                 },
    {"guest", "ec2:DescribeVpcs",              NULL,                                                                                      "UnauthorizedOperation",
     "says = You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/guest is not authorized to "
     "perform: "
     "ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action\nrecord.error = "
     "Client.UnauthorizedOperation"                                                                                                                                                                                        },
    {"guest", "ec2:StopInstances",             IDS,                                                                                       "UnauthorizedOperation",
     "says = *because no identity-based policy allows the ec2:StopInstances action. Encoded authorization failure message: *\n"
     "record.params.instancesSet.items.0.instanceId = i-*"                                                                                                                                                                 },
};

/* What a caller leaves out is logged as an empty set, of calls that are refused, too. */
static const struct row recorded[] = {
    {"chaos", "ec2:DescribeInstances",             NULL,                                                                      NULL,                    "record.params = {\"instancesSet\":{},\"filterSet\":{}}"                                    },
    {"chaos", "ec2:DescribeInstances",             "{'filterSet': {}, 'nextToken': 'x', 'maxResults': 5, 'instancesSet': 7}",
     "InvalidParameterValue",                                                                                                                          "record.params = {\"maxResults\":5,\"instancesSet\":7,\"filterSet\":{},\"nextToken\":\"x\"}"},
    {"chaos", "ec2:DescribeSecurityGroups",        NULL,                                                                      NULL,
     "record.params = {\"securityGroupSet\":{},\"securityGroupIdSet\":{},\"filterSet\":{}}"                                                                                                                                                        },
    {"chaos", "ec2:DescribeRegions",               NULL,                                                                      NULL,                    "record.params = {\"regionSet\":{}}"                                                        },
    {"guest", "ec2:DescribeVpcs",                  NULL,                                                                      "UnauthorizedOperation", "record.params = {\"vpcSet\":{},\"filterSet\":{}}"                                          },
    {"guest", "ec2:AuthorizeSecurityGroupIngress", "{'groupId': 'sg-0', 'cidrIp': '10.0.0.0/8'}",                             "UnauthorizedOperation",
     "record.params = {\"groupId\":\"sg-0\",\"cidrIp\":\"10.0.0.0/8\",\"ipPermissions\":{}}"                                                                                                                                                       },
    {"guest", "ec2:RevokeSecurityGroupIngress",
     "{'groupId': 'sg-0', 'ipPermissions': {'items': [{'ipRanges': {'items': []}, 'ipProtocol': '-1'}]}}",                    "UnauthorizedOperation",
     "record.params.ipPermissions.items.0 = "
     "{\"ipProtocol\":\"-1\",\"groups\":{},\"ipRanges\":{\"items\":[]},\"ipv6Ranges\":{},\"prefixListIds\":{}}"                                                                                                                                    },
    {"guest", "ec2:StopInstances",                 IDS,                                                                       "UnauthorizedOperation", "record.params.force = false"                                                               },
};

static void test_all(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, groups, COUNT(groups));
    desk_play(&d, instances, COUNT(instances));
    desk_play(&d, network, COUNT(network));
    desk_play(&d, recorded, COUNT(recorded));
    desk_replay(&d);
}

#define IN_GROUP "'groupSet': {'items': [{'groupId': '{far}'}]}"
#define ONE(key) "'instancesSet': {'items': [{'imageId': 'ami-0f58b397bc5c1f2e8', 'maxCount': 2, 'keyName': '" key "'}]}"

/* clang-format off */
/* What belongs to instances and to the network is told whole, and found by what responders look for. */
#define BY(filter, value) "{'filterSet': {'items': [{'name': '" filter "', 'valueSet': {'items': [{'value': '" value "'}]}}]}}"
static const struct row told[] = {
    {"chaos", "ec2:RunInstances", RUN(""), NULL, "keep i = reply.Instances.0.InstanceId"},
    {"chaos", "ec2:CreateSecurityGroup", "{'groupName': 'door', 'groupDescription': 'd'}", NULL, "keep sg = reply.GroupId"},
    {"chaos", "ec2:ModifyInstanceAttribute", "{'instanceId': '{i}', 'groupSet': {'items': [{'groupName': 'default'}, {'groupId': '{sg}'}]}}", NULL, NULL},
    {"chaos", "ec2:DescribeInstances", NULL, NULL,
     "keep eni = reply.Reservations.0.Instances.0.NetworkInterfaces.0.NetworkInterfaceId\nkeep ip = reply.Reservations.0.Instances.0.PublicIpAddress\n"
     "keep mac = reply.Reservations.0.Instances.0.NetworkInterfaces.0.MacAddress\n"
     "keep vol = reply.Reservations.0.Instances.0.BlockDeviceMappings.0.Ebs.VolumeId"},
    {"chaos", "ec2:DescribeNetworkInterfaces", BY("group-id", "{sg}"), NULL,
     "reply.NetworkInterfaces.0.NetworkInterfaceId = {eni}\nreply.NetworkInterfaces.0.Association.PublicIp = {ip}\n"
     "reply.NetworkInterfaces.0.MacAddress = {mac}\nreply.NetworkInterfaces.0.Attachment.AttachmentId = eni-attach-0*\n"
     "reply.NetworkInterfaces.0.Groups.1.GroupId = {sg}\nreply.NetworkInterfaces.1 = -"},
    {"chaos", "ec2:DescribeNetworkInterfaces", BY("group-name", "none"), NULL, "reply.NetworkInterfaces = []"},
    {"chaos", "ec2:DescribeNetworkInterfaces", BY("association.public-ip", "{ip}"), NULL, "reply.NetworkInterfaces.0.NetworkInterfaceId = {eni}"},
    {"chaos", "ec2:DescribeInstances", BY("network-interface.addresses.association.public-ip", "{ip}"), NULL, "reply.Reservations.0.Instances.0.InstanceId = {i}"},
    {"chaos", "ec2:DescribeInstances", BY("block-device-mapping.volume-id", "{vol}"), NULL, "reply.Reservations.0.Instances.0.InstanceId = {i}"},
    {"chaos", "ec2:DescribeInstances", BY("launch-time", "19*"), NULL, "reply.Reservations = []"},
    {"chaos", "ec2:DescribeInstances", BY("launch-time", "20*"), NULL, "reply.Reservations.0.Instances.0.InstanceId = {i}"},
    {"chaos", "ec2:DescribeVolumes", "{'volumeSet': {'items': [{'volumeId': '{vol}'}]}}", NULL, "reply.Volumes.0.SnapshotId = snap-0*\nreply.Volumes.0.Attachments.0.VolumeId = {vol}"},
    {"chaos", "ec2:DescribeVolumes", "{'volumeSet': {'items': [{'volumeId': 'disk'}]}}", "InvalidParameterValue", NULL},
    {"chaos", "ec2:DescribeRouteTables", BY("association.main", "true"), NULL, "reply.RouteTables.0.Associations.0.RouteTableAssociationId = rtbassoc-0*"},
    {"chaos", "ec2:DescribeNetworkAcls", NULL, NULL,
     "reply.NetworkAcls.0.Entries.0.Egress = true\nreply.NetworkAcls.0.Entries.3.RuleAction = deny\nreply.NetworkAcls.0.Entries.3.RuleNumber = 32767\n"
     "reply.NetworkAcls.0.Entries.4 = -\nreply.NetworkAcls.0.Associations.2.SubnetId = subnet-0*\nreply.NetworkAcls.0.Associations.3 = -"},
    {"chaos", "ec2:DescribeSubnets", BY("availability-zone", "us-west-2b"), NULL, "reply.Subnets.0.AvailabilityZoneId = usw2-az2\nreply.Subnets.0.SubnetArn = arn:aws:ec2:us-west-2:123456789012:subnet/subnet-0*"},
    {"chaos", "ec2:DescribeVpcs", NULL, NULL, "reply.Vpcs.0.CidrBlockAssociationSet.0.CidrBlockState.State = associated"},
    {"chaos", "ec2:DescribeSubnets", "{'nextToken': 'x'}", "InvalidNextToken", NULL},
    {"chaos", "ec2:DescribeInstances", "{'maxResults': 4}", "InvalidParameterValue", "says = Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5."},
    {"chaos", "ec2:DescribeInstances", "{'maxResults': 5, 'nextToken': '9'}", NULL, "reply.Reservations = []"},
    {"chaos", "ec2:DescribeImages", "{'ownersSet': {'items': [{'owner': 'self'}]}}", NULL, "reply.Images = []"},
    {"chaos", "ec2:DescribeImages", "{'ownersSet': {'items': [{'owner': 'amazon'}]}}", NULL, "reply.Images.0.ImageId = ami-0abcdef1234567890"},
    {"chaos", "ec2:DescribeImages", "{'imagesSet': {'items': [{'imageId': 'image'}]}}", "InvalidAMIID.Malformed", NULL},
    {"chaos", "ec2:DescribeImages", "{'imagesSet': {'items': [{'imageId': 'ami-0'}]}}", "InvalidAMIID.NotFound", "says = The image id '[ami-0]' does not exist"},
    {"chaos", "ec2:DescribeSecurityGroups", "{'securityGroupIdSet': {'items': [{'groupId': 'none'}]}}", "InvalidGroupId.Malformed", NULL},
    {"chaos", "ec2:DescribeSecurityGroupRules", "{'securityGroupRuleIds': {'items': [{'securityGroupRuleId': 'sgr-0'}]}}", "InvalidSecurityGroupRuleId.NotFound",
     "says = The security group rule ID 'sgr-0' does not exist"},
    {"chaos", "ec2:AuthorizeSecurityGroupIngress", "{'groupId': '{sg}', 'ipPermissions': {'items': [{'ipProtocol': 'tcp', 'fromPort': 1, 'toPort': 1, 'groups': {'items': [{'groupId': 'sg-0'}]}}]}}", "InvalidGroup.NotFound", NULL},
    {"chaos", "ec2:AuthorizeSecurityGroupIngress", "{'groupId': '{sg}', 'ipPermissions': {'items': [{'ipProtocol': 'tcp', 'fromPort': 1, 'toPort': 1, 'groups': {'items': [{'groupName': 'door'}]}}]}}", NULL,
     "reply.SecurityGroupRules.0.ReferencedGroupInfo.GroupId = {sg}"},
    {"chaos", "ec2:StopInstances", IDS, NULL, NULL},
    {"chaos", "ec2:DescribeInstances", NULL, NULL, "reply.Reservations.0.Instances.0.StateReason.Code = Client.UserInitiatedShutdown"},
};

static void test_told(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, told, COUNT(told));
    desk_replay(&d);
}

static const struct row far_away[] = {
    {"chaos", "ec2:DescribeInstances", NULL, NULL, "reply.Reservations = []"},
    {"chaos", "ec2:DescribeKeyPairs", NULL, NULL, "reply.KeyPairs = []"},
    {"chaos", "ec2:DescribeAvailabilityZones", NULL, NULL, "reply.AvailabilityZones.0.ZoneName = sa-east-1a"},
    {"chaos", "ec2:DescribeVpcs", NULL, NULL, "keep vpc = reply.Vpcs.0.VpcId"},
    {"chaos", "ec2:CreateKeyPair", "{'keyName': 'worker', 'keyType': 'dsa'}", "InvalidParameterValue", NULL},
    {"chaos", "ec2:CreateKeyPair", "{'keyName': 'worker'}", NULL,
     "reply.KeyMaterial = -----BEGIN*\nreply.KeyPairId = key-0*\nrecord.region = sa-east-1\n"
     "record.response.keyMaterial = <sensitiveDataRemoved>\nrecord.response.keyFingerprint = *:*:*\nkeep pair = reply.KeyPairId"},
    {"chaos", "ec2:CreateKeyPair", "{'keyName': 'worker'}", "InvalidKeyPair.Duplicate", "says = The keypair already exists"},
    {"chaos", "ec2:ImportKeyPair", "{'keyName': 'mine', 'publicKeyMaterial': 'bm8ga2V5'}", "InvalidKey.Format", NULL},
    {"chaos", "ec2:ImportKeyPair", "{'keyName': 'mine', 'publicKeyMaterial': 'c3NoLWVkMjU1MTkgQUFBQQ=='}", NULL,
     "reply.KeyMaterial = -\nrecord.response.keyMaterial = -"},
    {"chaos", "ec2:DescribeKeyPairs", NULL, NULL, "reply.KeyPairs.1.KeyName = mine\nreply.KeyPairs.1.KeyType = ed25519"},
    {"chaos", "ec2:CreateSecurityGroup", "{'groupName': 'farm', 'groupDescription': 'x'}", NULL, "keep far = reply.GroupId"},
    {"chaos", "ec2:DescribeSecurityGroups", NULL, NULL,
     "reply.SecurityGroups.0.VpcId = {vpc}\nreply.SecurityGroups.0.GroupName = default\n"
     "reply.SecurityGroups.1.VpcId = {vpc}\nreply.SecurityGroups.1.SecurityGroupArn = arn:aws:ec2:sa-east-1:*\n"
     "reply.SecurityGroups.2 = -\nkeep default = reply.SecurityGroups.0.GroupId"},
    {"chaos", "ec2:RunInstances", "{" ONE("none") ", 'instanceType': 'c5.large', " IN_GROUP "}", "InvalidKeyPair.NotFound", NULL},
    {"chaos", "ec2:RunInstances", "{" ONE("worker") ", 'instanceType': 'c5.large', 'userData': '#!/bin/sh', " IN_GROUP "}", NULL,
     "record.params.userData = <sensitiveDataRemoved>\nrecord.response.instancesSet.items.1.placement.availabilityZone = sa-east-1?\n"
     "record.response.instancesSet.items.0.privateDnsName = *.sa-east-1.compute.internal\n"
     "keep a = record.response.instancesSet.items.0.instanceId\nkeep b = record.response.instancesSet.items.1.instanceId"},
    {"chaos", "ec2:DescribeInstanceAttribute", "{'instanceId': '{a}', 'attribute': 'userData'}", NULL,
     "reply.UserData.Value = IyEvYmluL3No"},
    {"chaos", "ec2:DeleteSecurityGroup", "{'groupId': '{far}'}", "DependencyViolation", NULL},
    {"sofia", "cloudwatch:ListMetrics", "{'metricName': 'NetworkIn'}", NULL,
     "reply.Metrics.0.Dimensions.0.Value = {a}\nreply.Metrics.1.Dimensions.0.Value = {b}\nreply.Metrics.2 = -"},
};
/* The group "default" is there before anybody used it, is the same one afterwards, and no call that fails changes that. */
#define NAMED(id) "'securityGroupIdSet': {'items': [{'groupId': '" id "'}]}"
static const struct row default_group[] = {
    {"chaos", "ec2:DescribeSecurityGroups", "{'securityGroupSet': {'items': [{'groupName': 'default'}]}}", NULL,
     "keep sg = reply.SecurityGroups.0.GroupId\nreply.SecurityGroups.0.IpPermissions.0.UserIdGroupPairs.0.GroupId = {sg}\n"
     "reply.SecurityGroups.0.IpPermissionsEgress.0.IpRanges.0.CidrIp = 0.0.0.0/0\nreply.SecurityGroups.1 = -"},
    {"chaos", "ec2:DescribeSecurityGroups", "{" NAMED("{sg}") "}", NULL, "reply.SecurityGroups.0.GroupName = default"},
    {"chaos", "ec2:DescribeSecurityGroupRules", "{'filterSet': {'items': [{'name': 'group-id', 'valueSet': {'items': [{'value': '{sg}'}]}}]}}",
     NULL, "keep out = reply.SecurityGroupRules.1.SecurityGroupRuleId\nreply.SecurityGroupRules.1.IsEgress = true\n"
     "reply.SecurityGroupRules.2 = -"},
    {"chaos", "ec2:DescribeSecurityGroupRules", "{'securityGroupRuleIds': {'items': [{'securityGroupRuleId': '{out}'}]}}", NULL,
     "reply.SecurityGroupRules.0.GroupId = {sg}"},
    {"chaos", "ec2:DescribeSecurityGroupRules",
     "{'securityGroupRuleIds': {'items': [{'securityGroupRuleId': '{out}'}, {'securityGroupRuleId': '{out}'}]}}", NULL,
     "reply.SecurityGroupRules.0.GroupId = {sg}\nreply.SecurityGroupRules.1 = -"},
    {"chaos", "ec2:CreateTags",
     "{'resourcesSet': {'items': [{'resourceId': '{sg}'}, {'resourceId': 'sg-0'}]}, 'tagSet': {'items': [{'key': 'k', 'value': 'v'}]}}",
     "InvalidGroup.NotFound", NULL},
    {"chaos", "ec2:DescribeTags", NULL, NULL, "reply.Tags = []"},
    {"chaos", "ec2:CreateSecurityGroup", "{'groupName': 'default', 'groupDescription': 'd'}", "InvalidParameterValue",
     "says = Cannot use reserved security group name: default"},
    {"chaos", "ec2:DeleteSecurityGroup", "{'groupId': '{sg}'}", "CannotDelete", NULL},
    {"chaos", "ec2:AuthorizeSecurityGroupIngress", RULE("22", "10.0.0.0"), "InvalidParameterValue", NULL},
    {"chaos", "ec2:RevokeSecurityGroupEgress",
     "{'groupId': '{sg}', 'securityGroupRuleIds': {'items': [{'securityGroupRuleId': '{out}'}, {'securityGroupRuleId': 'sgr-0'}]}}",
     "InvalidSecurityGroupRuleId.NotFound", "says = The security group rule ID 'sgr-0' does not exist"},
    {"chaos", "ec2:RevokeSecurityGroupIngress", RULE("22", "10.0.0.0/8"), "InvalidPermission.NotFound", NULL},
    {"chaos", "ec2:RevokeSecurityGroupIngress", "{'groupId': '{sg}'}", "MissingParameter", NULL},
    {"chaos", "ec2:ModifySecurityGroupRules", TURNED("{out}", "'CidrIpv4': '10.0.0.0/33'"), "InvalidParameterValue", NULL},
};
static const struct row default_used[] = {
    {"chaos", "ec2:RunInstances",
     "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'maxCount': 1}]}, 'instanceType': 't3.micro', "
     "'groupSet': {'items': [{'groupName': 'default'}, {'groupId': '{sg}'}]}}", NULL,
     "record.response.instancesSet.items.0.groupSet.items.0.groupId = {sg}\n"
     "record.response.instancesSet.items.0.groupSet.items.1 = -"},
    {"chaos", "ec2:RevokeSecurityGroupEgress",
     "{'groupId': '{sg}', 'securityGroupRuleIds': {'items': [{'securityGroupRuleId': '{out}'}, {'securityGroupRuleId': '{out}'}]}}", NULL,
     "reply.RevokedSecurityGroupRules.0.SecurityGroupRuleId = {out}\nreply.RevokedSecurityGroupRules.1 = -"},
    {"chaos", "ec2:AuthorizeSecurityGroupIngress", RULE("22", "10.0.0.0/8"), NULL, NULL},
    {"chaos", "ec2:DescribeSecurityGroups", NULL, NULL,
     "reply.SecurityGroups.0.GroupId = {sg}\nreply.SecurityGroups.0.IpPermissionsEgress = []\n"
     "reply.SecurityGroups.0.IpPermissions.1.FromPort = 22\nreply.SecurityGroups.1 = -"},
};
static const struct row default_tagged[] = {
    {"chaos", "ec2:DescribeSecurityGroups", NULL, NULL, "keep sg = reply.SecurityGroups.0.GroupId"},
    {"chaos", "ec2:CreateTags", "{'resourcesSet': {'items': [{'resourceId': '{sg}'}]}, 'tagSet': {'items': [{'key': 'k', 'value': 'v'}]}}",
     NULL, NULL},
    {"chaos", "ec2:DescribeTags", NULL, NULL, "reply.Tags.0.ResourceId = {sg}\nreply.Tags.1 = -"},
    {"chaos", "ec2:DescribeSecurityGroups", NULL, NULL, "reply.SecurityGroups.0.Tags.0.Key = k\nreply.SecurityGroups.1 = -"},
};

static size_t listed_groups(const struct world *w)
{
    size_t n = 0;
    for (const struct security_group *g = w->account.security_groups; g; g = g->next)
        n++;
    return n;
}

static void test_default_group(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    size_t listed = listed_groups(&d.w);
    d.region = "eu-west-1";
    desk_play(&d, default_group, COUNT(default_group));
    CU_ASSERT_EQUAL(listed_groups(&d.w), listed);
    desk_play(&d, default_used, COUNT(default_used));
    CU_ASSERT_EQUAL(listed_groups(&d.w), listed + 1);
    d.region = "eu-west-2";
    desk_play(&d, default_tagged, COUNT(default_tagged));
    CU_ASSERT_EQUAL(listed_groups(&d.w), listed + 2);
    desk_replay(&d);
}

/* Where nothing is yet: what an instance takes and gives back. */
#define SOME(n, more) "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'maxCount': " n "}]}, 'instanceType': 't3.micro'" more "}"
static const struct row taken[] = {
    {"chaos", "ec2:DescribeSubnets", NULL, NULL, "keep subnet = reply.Subnets.2.SubnetId\nreply.Subnets.2.AvailableIpAddressCount = 4091"},
    {"chaos", "ec2:CreateKeyPair", "{'keyName': 'worker'}", NULL, "reply.KeyFingerprint = ???????????????????????????????????????????????????????????"},
    {"chaos", "ec2:RunInstances",
     "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'maxCount': 1, 'keyName': 'worker'}]}, 'instanceType': 't3.micro', "
     "'subnetId': '{subnet}'}", NULL, "keep i = reply.Instances.0.InstanceId\nreply.Instances.0.SubnetId = {subnet}"},
    {"chaos", "ec2:DescribeSubnets", NULL, NULL, "reply.Subnets.1.AvailableIpAddressCount = 4091\nreply.Subnets.2.AvailableIpAddressCount = 4090"},
    {"chaos", "ec2:DeleteKeyPair", "{'keyName': 'worker'}", NULL, NULL},
    {"chaos", "ec2:DescribeKeyPairs", NULL, NULL, "reply.KeyPairs = []"},
    {"chaos", "ec2:DescribeImages", "{'ownersSet': {'items': [{'owner': '137112412989'}]}}", NULL, "reply.Images.1 = -\nreply.Images.0.OwnerId = 137112412989"},
    {"chaos", "ec2:CreateTags", "{'resourcesSet': {'items': [{'resourceId': '{i}'}]}, 'tagSet': {'items': [{'key': 'k', 'value': 'v'}]}}", NULL, NULL},
    {"chaos", "ec2:CreateTags", "{'resourcesSet': {'items': [{'resourceId': '{i}'}]}, 'tagSet': {'items': [{'key': 'k', 'value': 'w'}]}}", NULL, NULL},
    {"chaos", "ec2:DescribeTags", NULL, NULL, "reply.Tags.0.Value = w\nreply.Tags.1 = -"},
    {"chaos", "ec2:StopInstances", IDS, NULL, NULL},
    {"chaos", "ec2:DescribeInstances", NULL, NULL, "reply.Reservations.0.Instances.0.PublicIpAddress = -"},
    {"chaos", "ec2:DescribeSubnets", NULL, NULL, "reply.Subnets.2.AvailableIpAddressCount = 4090"},
    {"chaos", "ec2:StartInstances", IDS, NULL, NULL},
    {"chaos", "ec2:DescribeInstances", NULL, NULL, "reply.Reservations.0.Instances.0.PublicIpAddress = *.*.*.*"},
    {"chaos", "ec2:TerminateInstances", IDS, NULL, NULL},
    {"chaos", "ec2:DescribeSubnets", NULL, NULL, "reply.Subnets.2.AvailableIpAddressCount = 4091"},
    {"chaos", "ec2:RunInstances", SOME("21", ""), "InstanceLimitExceeded", NULL},
    {"chaos", "ec2:RunInstances", SOME("20", ""), NULL, "reply.Instances.19.State.Name = running"},
};
static void test_taken(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    d.region = "eu-west-1";
    desk_play(&d, taken, COUNT(taken));
    d.region = NULL;
    PLAY(&d, {"chaos", "ec2:DescribeTags", NULL, NULL, "reply.Tags = []"},
         {"chaos", "ec2:ImportKeyPair", "{'keyName': 'old', 'publicKeyMaterial': 'c3NoLXJzYSBBQUFB'}", NULL,
          "reply.KeyFingerprint = ???????????????????????????????????????????????"});
    desk_replay(&d);
}

/* Rules that one call changes are changed one after the other, or none of them. */
static const struct row changed_together[] = {
    {"chaos", "ec2:CreateSecurityGroup", "{'groupName': 'two', 'groupDescription': 'd'}", NULL, "keep sg = reply.GroupId"},
    {"chaos", "ec2:AuthorizeSecurityGroupIngress", RULE("22", "10.0.0.0/8"), NULL, "keep a = reply.SecurityGroupRules.0.SecurityGroupRuleId"},
    {"chaos", "ec2:AuthorizeSecurityGroupIngress", RULE("23", "10.0.0.0/8"), NULL, "keep b = reply.SecurityGroupRules.0.SecurityGroupRuleId"},
    {"chaos", "ec2:ModifySecurityGroupRules", TURNED_BOTH(PORT("24"), PORT("24")), "InvalidPermission.Duplicate", NULL},
    {"chaos", "ec2:ModifySecurityGroupRules", TURNED_BOTH(PORT("24"), PORT("70000")), "InvalidParameterValue", NULL},
    {"chaos", "ec2:ModifySecurityGroupRules", TURNED_BOTH(PORT("23"), PORT("22")), "InvalidPermission.Duplicate", NULL},
    {"chaos", "ec2:ModifySecurityGroupRules", "{'ModifySecurityGroupRulesRequest': {'GroupId': '{sg}'}}", "MissingParameter", NULL},
    {"chaos", "ec2:DescribeSecurityGroupRules", NULL, NULL, "reply.SecurityGroupRules.3.FromPort = 22\nreply.SecurityGroupRules.4.FromPort = 23"},
    {"chaos", "ec2:ModifySecurityGroupRules", TURNED_BOTH(PORT("24"), PORT("22")), NULL, NULL},
    {"chaos", "ec2:DescribeSecurityGroupRules", NULL, NULL, "reply.SecurityGroupRules.3.FromPort = 24\nreply.SecurityGroupRules.4.FromPort = 22"},
    {"chaos", "ec2:AuthorizeSecurityGroupIngress",
     "{'groupId': '{sg}', 'ipPermissions': {'items': [{'ipProtocol': 'tcp', 'fromPort': 1, 'toPort': 1, 'groups': {'items': [{'groupId': '{sg}'}]}}]}}",
     NULL, "keep a = reply.SecurityGroupRules.0.SecurityGroupRuleId"},
    {"chaos", "ec2:ModifySecurityGroupRules", TURNED("{a}", PORT("1") ", 'ReferencedGroupId': 'sg-0'"), "InvalidGroup.NotFound", NULL},
    {"chaos", "ec2:ModifySecurityGroupRules", TURNED("{a}", PORT("1") ", 'CidrIpv4': '10.0.0.0/8'"), "InvalidParameterValue",
     "says = The type of the source of security group rule {a} cannot be changed"},
};
static const struct row at_home[] = {
    {"sofia", "cloudwatch:ListMetrics", NULL, NULL, "reply.Metrics = []"},
    {"chaos", "ec2:DescribeKeyPairs", NULL, NULL, "reply.KeyPairs = []"},
    {"chaos", "ec2:TerminateInstances", "{'instancesSet': {'items': [{'instanceId': '{a}'}]}}", "InvalidInstanceID.NotFound", NULL},
    {"chaos", "ec2:DeleteSecurityGroup", "{'groupId': '{far}'}", "InvalidGroup.NotFound", NULL},
    {"chaos", "ec2:CreateTags", "{'resourcesSet': {'items': [{'resourceId': '{a}'}]}, 'tagSet': {'items': [{'key': 'k', 'value': 'v'}]}}",
     "InvalidInstanceID.NotFound", NULL},
    {"chaos", "ec2:CreateSecurityGroup", "{'groupName': 'farm', 'groupDescription': 'x'}", NULL, NULL}, /* the same name */
    {"chaos", "ec2:DescribeSecurityGroups", NULL, NULL, "reply.SecurityGroups.1.GroupName = farm\nreply.SecurityGroups.2 = -"},
    {"chaos", "ec2:DeleteKeyPair", "{'keyName': 'worker'}", NULL, "record.response._return = true\nrecord.response.keyPairId = -"},
    {"chaos", "ec2:DeleteKeyPair", "{'keyPairId': '{pair}'}", "InvalidKeyPair.NotFound", NULL},
    {"chaos", "ec2:DeleteKeyPair", NULL, "MissingParameter", NULL},
};
static const struct row far_again[] = {
    {"chaos", "ec2:TerminateInstances", "{'instancesSet': {'items': [{'instanceId': '{a}'}, {'instanceId': '{b}'}]}}", NULL, NULL},
    {"chaos", "ec2:DeleteSecurityGroup", "{'groupName': 'farm'}", NULL, NULL},
    {"chaos", "ec2:DeleteKeyPair", "{'keyPairId': '{pair}'}", NULL, "record.response.keyPairId = {pair}"},
    {"chaos", "ec2:DescribeKeyPairs", NULL, NULL, "reply.KeyPairs.0.KeyName = mine\nreply.KeyPairs.1 = -"},
    {"chaos", "ec2:RunInstances", "{" ONE("mine") ", 'instanceType': 'c5.large'}", NULL,
     "record.response.instancesSet.items.0.groupSet.items.0.groupName = default"},
    {"chaos", "ec2:DescribeSecurityGroups", NULL, NULL, "reply.SecurityGroups.0.GroupId = {default}\nreply.SecurityGroups.1 = -"},
};
/* clang-format on */

/* What is made in one region is not seen in another, and cannot be ended from there. */
static void test_regions(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    d.region = "sa-east-1";
    desk_play(&d, far_away, COUNT(far_away));
    d.region = NULL;
    desk_play(&d, at_home, COUNT(at_home));
    d.region = "sa-east-1";
    desk_play(&d, far_again, COUNT(far_again));
    d.region = "ap-southeast-2";
    PLAY(&d, {"chaos", "ec2:DescribeAvailabilityZones", NULL, NULL, "reply.AvailabilityZones.1.ZoneId = apse2-az2"});
    d.region = "us-gov-west-1"; /* signed for by a client: there is none such here */
    PLAY(&d, {"chaos", "ec2:DescribeAvailabilityZones", NULL, NULL, "reply.AvailabilityZones.0.ZoneId = usgw1-az1"});
    desk_replay(&d);
}

static void test_changed_together(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    desk_play(&d, changed_together, COUNT(changed_together));
    desk_replay(&d);
}

CU_TestInfo aws_ec2_tests[] = {
    {"what is told of instances and networks",  test_told            },
    {"security groups, instances, the network", test_all             },
    {"regions and their key pairs",             test_regions         },
    {"every region has its group \"default\"",  test_default_group   },
    {"what an instance takes",                  test_taken           },
    {"rules that are changed together",         test_changed_together},
    CU_TEST_INFO_NULL,
};
