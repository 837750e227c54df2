# SPDX-License-Identifier: MIT
"""What aws_oracle.py asks: a service a function, each operation once well and once with an error that its users meet.

`lab.ok(operation, ...)` has to be answered, `lab.no(operation, code, ...)` refused with that code; parameters are the API's.
"""
import hashlib
import json

# They take nothing that could be wrong, or show nothing of what is not there: their refusal is the one for lack of a policy.
NO_ERROR_OF_THEIR_OWN = {
    'athena:ListDataCatalogs', 'athena:ListWorkGroups', 'cloudtrail:ListTrails', 'cloudtrail:DescribeTrails',
    'ec2:DescribeAccountAttributes', 'ec2:DescribeTags', 'health:DescribeEventAggregates', 'health:DescribeEvents',
    'iam:GenerateCredentialReport', 'iam:GetAccountAuthorizationDetails', 'iam:GetAccountSummary', 'iam:ListAccountAliases',
    'iam:ListGroups', 'iam:ListPolicies', 'iam:ListRoles', 'iam:ListUsers', 'iam:ListVirtualMFADevices',
    'iam:GetAccessKeyLastUsed', 'iam:GetCredentialReport', 'iam:GetAccountPasswordPolicy',
    'kms:ListKeys', 'logs:DescribeLogGroups', 'logs:DescribeQueries', 'organizations:DescribeOrganization',
    'organizations:ListAccounts', 'organizations:ListDelegatedAdministrators', 's3:ListBuckets',
    'ssm:DescribeInstanceInformation', 'ssm:DescribeSessions', 'ssm:ListCommands', 'ssm:ListCommandInvocations',
    'sts:GetCallerIdentity', 'sts:GetSessionToken',
}
ALLOW_ALL = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]})
NO_SUCH_ID = '11111111-2222-3333-4444-555555555555'


def everything(lab):
    people(lab)
    for service in (sts, iam_users, iam_groups, iam_policies, iam_roles, iam_account, ec2_groups, ec2_instances, ec2_network, s3_buckets,
                    s3_settings, s3_objects, kms, cloudtrail, athena, ssm, logs_health_organizations, iam_ends):
        try:
            service(lab)
        except (LookupError, TypeError) as error: # a reply lacks what the next call needs
            lab.note(service.__name__, [f'stopped by {error!r}'])


def people(lab):
    """One who may do everything and one who may do nothing; from here on they ask."""
    for name in ('oracle-admin', 'oracle-nobody'):
        lab.ok('iam:CreateUser', UserName=name)
    lab.ok('iam:AttachUserPolicy', UserName='oracle-admin', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
    admin = lab.ok('iam:CreateAccessKey', UserName='oracle-admin')
    nobody = lab.ok('iam:CreateAccessKey', UserName='oracle-nobody')
    lab.admin = lab.caller(admin['AccessKey'])
    lab.nobody = lab.caller(nobody['AccessKey'])
    lab.admin_key = admin['AccessKey']['AccessKeyId']
    lab.account = lab.ok('sts:GetCallerIdentity')['Account']


def sts(lab):
    lab.ok('sts:GetSessionToken')
    lab.no('sts:GetSessionToken', 'ValidationError', DurationSeconds=5)
    lab.ok('sts:GetAccessKeyInfo', AccessKeyId=lab.admin_key)
    lab.no('sts:GetAccessKeyInfo', 'ValidationError', AccessKeyId='short')


# ---- IAM ----


def iam_users(lab):
    lab.ok('iam:ListUsers')
    lab.ok('iam:ListUsers', MaxItems=2)
    lab.ok('iam:GetUser')
    lab.ok('iam:GetUser', UserName='martha')
    lab.no('iam:GetUser', 'NoSuchEntity', UserName='nobody-of-that-name')
    lab.ok('iam:CreateUser', UserName='oracle', Path='/probes/', Tags=[{'Key': 'team', 'Value': 'oracle <&>'}])
    lab.no('iam:CreateUser', 'EntityAlreadyExists', UserName='oracle')
    lab.no('iam:CreateUser', 'ValidationError')
    lab.ok('iam:UpdateUser', UserName='oracle', NewUserName='oracle-2')
    lab.no('iam:UpdateUser', 'NoSuchEntity', UserName='oracle', NewUserName='x')
    lab.ok('iam:UpdateUser', UserName='oracle-2', NewUserName='oracle')
    lab.ok('iam:TagUser', UserName='oracle', Tags=[{'Key': 'floor', 'Value': '2'}])
    lab.no('iam:TagUser', 'NoSuchEntity', UserName='none', Tags=[{'Key': 'a', 'Value': 'b'}])
    lab.ok('iam:ListUserTags', UserName='oracle')
    lab.no('iam:ListUserTags', 'NoSuchEntity', UserName='none')
    lab.ok('iam:UntagUser', UserName='oracle', TagKeys=['floor'])
    lab.no('iam:UntagUser', 'NoSuchEntity', UserName='none', TagKeys=['floor'])
    iam_keys(lab)
    iam_profiles(lab)
    for what in ('ListSSHPublicKeys', 'ListServiceSpecificCredentials', 'ListSigningCertificates', 'ListMFADevices',
                 'ListGroupsForUser', 'ListUserPolicies', 'ListAttachedUserPolicies', 'ListAccessKeys'):
        lab.ok('iam:' + what, UserName='martha')
        lab.no('iam:' + what, 'NoSuchEntity', UserName='none')


def iam_keys(lab):
    key = lab.ok('iam:CreateAccessKey', UserName='oracle')['AccessKey']['AccessKeyId']
    lab.ok('iam:CreateAccessKey', UserName='oracle')
    lab.no('iam:CreateAccessKey', 'LimitExceeded', UserName='oracle')
    lab.no('iam:CreateAccessKey', 'NoSuchEntity', UserName='none')
    lab.ok('iam:ListAccessKeys', UserName='oracle')
    lab.ok('iam:GetAccessKeyLastUsed', AccessKeyId=lab.admin_key)
    lab.ok('iam:GetAccessKeyLastUsed', AccessKeyId=key)
    lab.ok('iam:UpdateAccessKey', UserName='oracle', AccessKeyId=key, Status='Inactive')
    lab.no('iam:UpdateAccessKey', 'NoSuchEntity', UserName='oracle', AccessKeyId='AKIAIOSFODNN7EXAMPLE', Status='Active')
    lab.no('iam:UpdateAccessKey', 'ValidationError', UserName='oracle', AccessKeyId=key, Status='Sleepy')
    lab.ok('iam:DeleteAccessKey', UserName='oracle', AccessKeyId=key)
    lab.no('iam:DeleteAccessKey', 'NoSuchEntity', UserName='oracle', AccessKeyId=key)


def iam_profiles(lab):
    lab.ok('iam:CreateLoginProfile', UserName='oracle', Password='Latte-Macchiato-42', PasswordResetRequired=False)
    lab.no('iam:CreateLoginProfile', 'EntityAlreadyExists', UserName='oracle', Password='Latte-Macchiato-42')
    lab.ok('iam:GetLoginProfile', UserName='oracle')
    lab.no('iam:GetLoginProfile', 'NoSuchEntity', UserName='oracle-nobody')
    lab.ok('iam:UpdateLoginProfile', UserName='oracle', Password='Latte-Macchiato-43')
    lab.no('iam:UpdateLoginProfile', 'NoSuchEntity', UserName='oracle-nobody', Password='Latte-Macchiato-43')
    lab.ok('iam:DeleteLoginProfile', UserName='oracle')
    lab.no('iam:DeleteLoginProfile', 'NoSuchEntity', UserName='oracle')
    lab.ok('iam:CreateLoginProfile', UserName='oracle-admin', Password='Latte-Macchiato-42')
    lab.ok('iam:ChangePassword', OldPassword='Latte-Macchiato-42', NewPassword='Latte-Macchiato-44')
    lab.no('iam:ChangePassword', 'AccessDenied', OldPassword='wrong', NewPassword='Latte-Macchiato-45')
    serial = lab.ok('iam:ListMFADevices', UserName='martha')['MFADevices'][0]['SerialNumber']
    lab.ok('iam:DeactivateMFADevice', UserName='martha', SerialNumber=serial)
    lab.no('iam:DeactivateMFADevice', 'NoSuchEntity', UserName='martha', SerialNumber=serial)
    unassigned = lab.ok('iam:ListVirtualMFADevices', AssignmentStatus='Unassigned')['VirtualMFADevices']
    lab.note('iam:ListVirtualMFADevices', [] if [device['SerialNumber'] for device in unassigned] == [serial] else
             ['a device that was deactivated is not there'])
    lab.ok('iam:EnableMFADevice', UserName='martha', SerialNumber=serial, AuthenticationCode1='123456', AuthenticationCode2='654321')
    lab.no('iam:DeleteVirtualMFADevice', 'DeleteConflict', SerialNumber=serial)
    lab.ok('iam:EnableMFADevice', UserName='oracle', SerialNumber=serial + '-2', AuthenticationCode1='123456', AuthenticationCode2='654321')
    lab.ok('iam:DeactivateMFADevice', UserName='oracle', SerialNumber=serial + '-2')
    lab.ok('iam:DeleteVirtualMFADevice', SerialNumber=serial + '-2')
    lab.no('iam:EnableMFADevice', 'NoSuchEntity', UserName='none', SerialNumber=serial, AuthenticationCode1='123456',
           AuthenticationCode2='654321')


def iam_groups(lab):
    policy = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
    lab.ok('iam:CreateGroup', GroupName='oracles')
    lab.no('iam:CreateGroup', 'EntityAlreadyExists', GroupName='oracles')
    lab.ok('iam:ListGroups')
    lab.ok('iam:AddUserToGroup', GroupName='oracles', UserName='oracle')
    lab.no('iam:AddUserToGroup', 'NoSuchEntity', GroupName='none', UserName='oracle')
    lab.ok('iam:GetGroup', GroupName='oracles')
    lab.no('iam:GetGroup', 'NoSuchEntity', GroupName='none')
    lab.ok('iam:ListGroupsForUser', UserName='oracle')
    lab.ok('iam:AttachGroupPolicy', GroupName='oracles', PolicyArn=policy)
    lab.no('iam:AttachGroupPolicy', 'NoSuchEntity', GroupName='none', PolicyArn=policy)
    lab.ok('iam:ListAttachedGroupPolicies', GroupName='oracles')
    lab.no('iam:ListAttachedGroupPolicies', 'NoSuchEntity', GroupName='none')
    lab.ok('iam:PutGroupPolicy', GroupName='oracles', PolicyName='inline', PolicyDocument=ALLOW_ALL)
    lab.no('iam:PutGroupPolicy', 'MalformedPolicyDocument', GroupName='oracles', PolicyName='inline', PolicyDocument='{}')
    lab.ok('iam:GetGroupPolicy', GroupName='oracles', PolicyName='inline')
    lab.no('iam:GetGroupPolicy', 'NoSuchEntity', GroupName='oracles', PolicyName='none')
    lab.ok('iam:ListGroupPolicies', GroupName='oracles')
    lab.no('iam:ListGroupPolicies', 'NoSuchEntity', GroupName='none')
    lab.no('iam:DeleteGroup', 'DeleteConflict', GroupName='oracles')
    lab.ok('iam:DeleteGroupPolicy', GroupName='oracles', PolicyName='inline')
    lab.no('iam:DeleteGroupPolicy', 'NoSuchEntity', GroupName='oracles', PolicyName='inline')
    lab.ok('iam:DetachGroupPolicy', GroupName='oracles', PolicyArn=policy)
    lab.no('iam:DetachGroupPolicy', 'NoSuchEntity', GroupName='oracles', PolicyArn=policy)
    lab.ok('iam:RemoveUserFromGroup', GroupName='oracles', UserName='oracle')
    lab.no('iam:RemoveUserFromGroup', 'NoSuchEntity', GroupName='none', UserName='oracle')
    lab.ok('iam:DeleteGroup', GroupName='oracles')
    lab.no('iam:DeleteGroup', 'NoSuchEntity', GroupName='oracles')


def iam_policies(lab):
    arn = lab.ok('iam:CreatePolicy', PolicyName='oracle-policy', PolicyDocument=ALLOW_ALL, Description='all')['Policy']['Arn']
    lab.no('iam:CreatePolicy', 'EntityAlreadyExists', PolicyName='oracle-policy', PolicyDocument=ALLOW_ALL)
    lab.no('iam:CreatePolicy', 'MalformedPolicyDocument', PolicyName='oracle-bad', PolicyDocument='{"Version": "1999-01-01"}')
    lab.ok('iam:ListPolicies', Scope='Local')
    lab.ok('iam:ListPolicies', MaxItems=3)
    lab.ok('iam:GetPolicy', PolicyArn=arn)
    lab.no('iam:GetPolicy', 'NoSuchEntity', PolicyArn=arn + '-none')
    lab.ok('iam:GetPolicyVersion', PolicyArn=arn, VersionId='v1')
    lab.no('iam:GetPolicyVersion', 'NoSuchEntity', PolicyArn=arn, VersionId='v9')
    lab.ok('iam:ListPolicyVersions', PolicyArn=arn)
    lab.no('iam:ListPolicyVersions', 'NoSuchEntity', PolicyArn=arn + '-none')
    lab.ok('iam:AttachUserPolicy', UserName='oracle', PolicyArn=arn)
    lab.no('iam:AttachUserPolicy', 'NoSuchEntity', UserName='none', PolicyArn=arn)
    lab.ok('iam:ListAttachedUserPolicies', UserName='oracle')
    lab.ok('iam:ListEntitiesForPolicy', PolicyArn=arn)
    lab.no('iam:ListEntitiesForPolicy', 'NoSuchEntity', PolicyArn=arn + '-none')
    lab.no('iam:DeletePolicy', 'DeleteConflict', PolicyArn=arn)
    lab.ok('iam:DetachUserPolicy', UserName='oracle', PolicyArn=arn)
    lab.no('iam:DetachUserPolicy', 'NoSuchEntity', UserName='oracle', PolicyArn=arn)
    lab.ok('iam:DeletePolicy', PolicyArn=arn)
    lab.ok('iam:PutUserPolicy', UserName='oracle', PolicyName='inline', PolicyDocument=ALLOW_ALL)
    lab.no('iam:PutUserPolicy', 'NoSuchEntity', UserName='none', PolicyName='inline', PolicyDocument=ALLOW_ALL)
    lab.ok('iam:GetUserPolicy', UserName='oracle', PolicyName='inline')
    lab.no('iam:GetUserPolicy', 'NoSuchEntity', UserName='oracle', PolicyName='none')
    lab.ok('iam:ListUserPolicies', UserName='oracle')
    lab.ok('iam:SimulatePrincipalPolicy', PolicySourceArn=f'arn:aws:iam::{lab.account}:user/martha', ActionNames=['ec2:RunInstances'])
    lab.no('iam:SimulatePrincipalPolicy', 'NoSuchEntity', PolicySourceArn=f'arn:aws:iam::{lab.account}:user/none',
           ActionNames=['ec2:RunInstances'])
    lab.ok('iam:DeleteUserPolicy', UserName='oracle', PolicyName='inline')
    lab.no('iam:DeleteUserPolicy', 'NoSuchEntity', UserName='oracle', PolicyName='inline')


def iam_roles(lab):
    policy = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
    trust = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole',
                        'Principal': {'AWS': f'arn:aws:iam::{lab.account}:root'}}]})
    role = lab.ok('iam:CreateRole', RoleName='oracle-role', AssumeRolePolicyDocument=trust, Description='probe')['Role']['Arn']
    lab.no('iam:CreateRole', 'EntityAlreadyExists', RoleName='oracle-role', AssumeRolePolicyDocument=trust)
    lab.ok('iam:ListRoles')
    lab.ok('iam:GetRole', RoleName='oracle-role')
    lab.no('iam:GetRole', 'NoSuchEntity', RoleName='none')
    lab.ok('iam:ListInstanceProfiles')
    lab.no('iam:ListInstanceProfiles', 'ValidationError', Marker='nowhere')
    lab.ok('iam:GetInstanceProfile', InstanceProfileName='SSMInstanceProfile')
    lab.no('iam:GetInstanceProfile', 'NoSuchEntity', InstanceProfileName='oracle-role')
    lab.ok('iam:ListInstanceProfilesForRole', RoleName='SSMInstanceProfile')
    lab.no('iam:ListInstanceProfilesForRole', 'NoSuchEntity', RoleName='none')
    lab.ok('iam:AttachRolePolicy', RoleName='oracle-role', PolicyArn=policy)
    lab.no('iam:AttachRolePolicy', 'NoSuchEntity', RoleName='none', PolicyArn=policy)
    lab.ok('iam:ListAttachedRolePolicies', RoleName='oracle-role')
    lab.no('iam:ListAttachedRolePolicies', 'NoSuchEntity', RoleName='none')
    lab.ok('iam:PutRolePolicy', RoleName='oracle-role', PolicyName='inline', PolicyDocument=ALLOW_ALL)
    lab.no('iam:PutRolePolicy', 'NoSuchEntity', RoleName='none', PolicyName='inline', PolicyDocument=ALLOW_ALL)
    lab.ok('iam:GetRolePolicy', RoleName='oracle-role', PolicyName='inline')
    lab.no('iam:GetRolePolicy', 'NoSuchEntity', RoleName='oracle-role', PolicyName='none')
    lab.ok('iam:ListRolePolicies', RoleName='oracle-role')
    lab.no('iam:ListRolePolicies', 'NoSuchEntity', RoleName='none')
    lab.ok('sts:AssumeRole', RoleArn=role, RoleSessionName='probe')
    lab.no('sts:AssumeRole', 'AccessDenied', RoleArn=role + '-none', RoleSessionName='probe')
    lab.no('iam:DeleteRole', 'DeleteConflict', RoleName='oracle-role')
    lab.ok('iam:DeleteRolePolicy', RoleName='oracle-role', PolicyName='inline')
    lab.no('iam:DeleteRolePolicy', 'NoSuchEntity', RoleName='oracle-role', PolicyName='inline')
    lab.ok('iam:DetachRolePolicy', RoleName='oracle-role', PolicyArn=policy)
    lab.no('iam:DetachRolePolicy', 'NoSuchEntity', RoleName='oracle-role', PolicyArn=policy)
    lab.ok('iam:DeleteRole', RoleName='oracle-role')


def iam_account(lab):
    lab.ok('iam:GetAccountSummary')
    lab.ok('iam:ListAccountAliases')
    lab.ok('iam:ListVirtualMFADevices')
    lab.ok('iam:GetAccountAuthorizationDetails')
    lab.no('iam:GetCredentialReport', 'ReportNotPresent')
    lab.ok('iam:GenerateCredentialReport')
    lab.ok('iam:GetCredentialReport')
    lab.no('iam:GetAccountPasswordPolicy', 'NoSuchEntity')


def iam_ends(lab):
    lab.no('iam:DeleteUser', 'DeleteConflict', UserName='oracle')
    for key in lab.ok('iam:ListAccessKeys', UserName='oracle')['AccessKeyMetadata']:
        lab.ok('iam:DeleteAccessKey', UserName='oracle', AccessKeyId=key['AccessKeyId'])
    lab.ok('iam:DeleteUser', UserName='oracle')
    lab.no('iam:DeleteUser', 'NoSuchEntity', UserName='oracle')


# ---- EC2 ----


def ec2_groups(lab):
    groups = lab.ok('ec2:DescribeSecurityGroups')['SecurityGroups']
    vpc = groups[0]['VpcId']
    lab.no('ec2:DescribeSecurityGroups', 'InvalidGroup.NotFound', GroupIds=['sg-00000000000000000'])
    lab.no('ec2:DescribeSecurityGroups', 'InvalidParameterValue', Filters=[{'Name': 'no-such-filter', 'Values': ['x']}])
    group = lab.ok('ec2:CreateSecurityGroup', GroupName='oracle', Description='probe', VpcId=vpc, TagSpecifications=[
        {'ResourceType': 'security-group', 'Tags': [{'Key': 'Name', 'Value': 'ora & cle'}]}])['GroupId']
    lab.no('ec2:CreateSecurityGroup', 'InvalidGroup.Duplicate', GroupName='oracle', Description='probe', VpcId=vpc)
    rule = {'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'IpRanges': [{'CidrIp': '192.0.2.1/32', 'Description': 'me'}]}
    for way in ('Ingress', 'Egress'):
        lab.ok('ec2:AuthorizeSecurityGroup' + way, GroupId=group, IpPermissions=[rule])
        lab.no('ec2:AuthorizeSecurityGroup' + way, 'InvalidPermission.Duplicate', GroupId=group, IpPermissions=[rule])
        lab.no('ec2:AuthorizeSecurityGroup' + way, 'DryRunOperation', GroupId=group, IpPermissions=[rule], DryRun=True)
        lab.ok('ec2:RevokeSecurityGroup' + way, GroupId=group, IpPermissions=[rule])
        lab.no('ec2:RevokeSecurityGroup' + way, 'InvalidPermission.NotFound', GroupId=group, IpPermissions=[rule])
    six = {'IpProtocol': 'tcp', 'FromPort': 443, 'ToPort': 443, 'Ipv6Ranges': [{'CidrIpv6': '::/0'}],
           'UserIdGroupPairs': [{'GroupId': group}]}
    rules = lab.ok('ec2:AuthorizeSecurityGroupIngress', GroupId=group, IpPermissions=[six])['SecurityGroupRules']
    lab.ok('ec2:DescribeSecurityGroups', Filters=[{'Name': 'group-name', 'Values': ['ora*']}])
    lab.ok('ec2:DescribeSecurityGroupRules', Filters=[{'Name': 'group-id', 'Values': [group]}])
    lab.no('ec2:DescribeSecurityGroupRules', 'InvalidSecurityGroupRuleId.NotFound', SecurityGroupRuleIds=['sgr-00000000000000000'])
    change = {'SecurityGroupRuleId': rules[0]['SecurityGroupRuleId'],
              'SecurityGroupRule': {'IpProtocol': 'tcp', 'FromPort': 8443, 'ToPort': 8443, 'CidrIpv6': '::/0'}}
    lab.ok('ec2:ModifySecurityGroupRules', GroupId=group, SecurityGroupRules=[change])
    lab.no('ec2:ModifySecurityGroupRules', 'InvalidSecurityGroupRuleId.NotFound', GroupId=group,
           SecurityGroupRules=[dict(change, SecurityGroupRuleId='sgr-00000000000000000')])
    lab.ok('ec2:CreateTags', Resources=[group], Tags=[{'Key': 'use', 'Value': 'probe'}])
    lab.no('ec2:CreateTags', 'InvalidGroup.NotFound', Resources=['sg-00000000000000000'], Tags=[{'Key': 'a', 'Value': 'b'}])
    lab.ok('ec2:DescribeTags', Filters=[{'Name': 'resource-id', 'Values': [group]}])
    lab.ok('ec2:DeleteTags', Resources=[group], Tags=[{'Key': 'use'}])
    lab.no('ec2:DeleteTags', 'InvalidGroup.NotFound', Resources=['sg-00000000000000000'], Tags=[{'Key': 'a'}])
    lab.ok('ec2:DeleteSecurityGroup', GroupId=group)
    lab.no('ec2:DeleteSecurityGroup', 'InvalidGroup.NotFound', GroupId=group)


def ec2_instances(lab):
    found = lab.ok('ec2:DescribeInstances')['Reservations']
    first = found[0]['Instances'][0]
    image, subnet = first['ImageId'], first['SubnetId']
    group = first['SecurityGroups'][0]['GroupId']
    lab.no('ec2:DescribeInstances', 'InvalidInstanceID.NotFound', InstanceIds=['i-00000000000000000'])
    lab.no('ec2:DescribeInstances', 'InvalidInstanceID.Malformed', InstanceIds=['web'])
    lab.ok('ec2:DescribeInstances', MaxResults=5)
    lab.ok('ec2:DescribeInstances', Filters=[{'Name': 'tag:Name', 'Values': ['Café*']}])
    made = lab.ok('ec2:RunInstances', ImageId=image, MinCount=1, MaxCount=1, InstanceType='t3.micro', SubnetId=subnet,
                  SecurityGroupIds=[group], TagSpecifications=[{'ResourceType': 'instance', 'Tags': [{'Key': 'Name', 'Value': 'probe'}]}])
    instance = made['Instances'][0]['InstanceId']
    lab.no('ec2:RunInstances', 'InvalidAMIID.Malformed', ImageId='image-1', MinCount=1, MaxCount=1, InstanceType='t3.micro')
    for step in ('StopInstances', 'StartInstances', 'RebootInstances'):
        lab.ok('ec2:' + step, InstanceIds=[instance])
        lab.no('ec2:' + step, 'InvalidInstanceID.NotFound', InstanceIds=['i-00000000000000000'])
    lab.ok('ec2:DescribeInstanceStatus', IncludeAllInstances=True)
    lab.no('ec2:DescribeInstanceStatus', 'InvalidInstanceID.NotFound', InstanceIds=['i-00000000000000000'])
    lab.ok('ec2:GetConsoleOutput', InstanceId=instance)
    lab.no('ec2:GetConsoleOutput', 'InvalidInstanceID.NotFound', InstanceId='i-00000000000000000')
    for attribute in ('instanceType', 'groupSet', 'disableApiTermination', 'userData', 'ebsOptimized', 'sourceDestCheck'):
        lab.ok('ec2:DescribeInstanceAttribute', InstanceId=instance, Attribute=attribute)
    lab.no('ec2:DescribeInstanceAttribute', 'InvalidInstanceID.NotFound', InstanceId='i-00000000000000000', Attribute='instanceType')
    lab.ok('ec2:ModifyInstanceAttribute', InstanceId=instance, DisableApiTermination={'Value': True})
    lab.no('ec2:ModifyInstanceAttribute', 'InvalidGroup.NotFound', InstanceId=instance, Groups=['sg-00000000000000000'])
    lab.no('ec2:TerminateInstances', 'OperationNotPermitted', InstanceIds=[instance])
    lab.ok('ec2:ModifyInstanceAttribute', InstanceId=instance, DisableApiTermination={'Value': False})
    ec2_metadata(lab, instance)
    lab.ok('ec2:TerminateInstances', InstanceIds=[instance])


def ec2_metadata(lab, instance):
    lab.ok('ec2:ModifyInstanceMetadataOptions', InstanceId=instance, HttpTokens='required', HttpEndpoint='enabled')
    lab.no('ec2:ModifyInstanceMetadataOptions', 'InvalidInstanceID.NotFound', InstanceId='i-00000000000000000', HttpTokens='required')
    profile = {'Name': lab.ok('iam:ListInstanceProfiles')['InstanceProfiles'][0]['InstanceProfileName']}
    none = 'iip-assoc-00000000000000000'
    lab.ok('ec2:AssociateIamInstanceProfile', InstanceId=instance, IamInstanceProfile=profile)
    lab.no('ec2:AssociateIamInstanceProfile', 'IncorrectState', InstanceId=instance, IamInstanceProfile=profile)
    ours = lab.ok('ec2:DescribeIamInstanceProfileAssociations', Filters=[{'Name': 'instance-id', 'Values': [instance]}])
    ours = ours['IamInstanceProfileAssociations'][0]['AssociationId']
    lab.no('ec2:DescribeIamInstanceProfileAssociations', 'InvalidParameterValue', Filters=[{'Name': 'colour', 'Values': ['red']}])
    lab.ok('ec2:ReplaceIamInstanceProfileAssociation', AssociationId=ours, IamInstanceProfile=profile)
    lab.no('ec2:ReplaceIamInstanceProfileAssociation', 'InvalidAssociationID.NotFound', AssociationId=none, IamInstanceProfile=profile)
    lab.ok('ec2:DisassociateIamInstanceProfile', AssociationId=ours)
    lab.no('ec2:DisassociateIamInstanceProfile', 'InvalidAssociationID.NotFound', AssociationId=none)


def ec2_network(lab):
    rows = [ # operation, the parameter that takes an id, an id of nothing, its error
        ('DescribeVpcs', 'VpcIds', 'vpc-00000000000000000', 'InvalidVpcID.NotFound'),
        ('DescribeSubnets', 'SubnetIds', 'subnet-00000000000000000', 'InvalidSubnetID.NotFound'),
        ('DescribeNetworkInterfaces', 'NetworkInterfaceIds', 'eni-00000000000000000', 'InvalidNetworkInterfaceID.NotFound'),
        ('DescribeNetworkAcls', 'NetworkAclIds', 'acl-00000000000000000', 'InvalidNetworkAclID.NotFound'),
        ('DescribeRouteTables', 'RouteTableIds', 'rtb-00000000000000000', 'InvalidRouteTableID.NotFound'),
        ('DescribeInternetGateways', 'InternetGatewayIds', 'igw-00000000000000000', 'InvalidInternetGatewayID.NotFound'),
        ('DescribeNatGateways', 'NatGatewayIds', 'nat-00000000000000000', 'NatGatewayNotFound'),
        ('DescribeAddresses', 'AllocationIds', 'eipalloc-00000000000000000', 'InvalidAllocationID.NotFound'),
        ('DescribeVolumes', 'VolumeIds', 'vol-00000000000000000', 'InvalidVolume.NotFound'),
        ('DescribeSnapshots', 'SnapshotIds', 'snap-00000000000000000', 'InvalidSnapshot.NotFound'),
        ('DescribeImages', 'ImageIds', 'ami-00000000000000000', 'InvalidAMIID.NotFound'),
        ('DescribeKeyPairs', 'KeyNames', 'none', 'InvalidKeyPair.NotFound'),
        ('DescribeLaunchTemplates', 'LaunchTemplateIds', 'lt-00000000000000000', 'InvalidLaunchTemplateId.NotFound'),
        ('DescribeFlowLogs', 'FlowLogIds', 'fl-00000000000000000', 'InvalidFlowLogId.NotFound'),
        ('DescribeRegions', 'RegionNames', 'mars-north-1', 'InvalidParameterValue'),
        ('DescribeAvailabilityZones', 'ZoneNames', 'mars-north-1a', 'InvalidParameterValue'),
    ]
    for operation, parameter, nothing, code in rows:
        lab.ok('ec2:' + operation)
        lab.no('ec2:' + operation, code, **{parameter: [nothing]})
    lab.ok('ec2:DescribeAccountAttributes')
    ec2_keys(lab)


def ec2_keys(lab):
    key = b'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDIhz2GK/XCUj4i6Q5yQJNL1MKgOGGKZ0NsaPCgBC7nN probe'
    lab.ok('ec2:CreateKeyPair', KeyName='oracle', KeyType='ed25519', TagSpecifications=[
        {'ResourceType': 'key-pair', 'Tags': [{'Key': 'use', 'Value': 'probe'}]}])
    lab.no('ec2:CreateKeyPair', 'InvalidKeyPair.Duplicate', KeyName='oracle')
    lab.ok('ec2:ImportKeyPair', KeyName='oracle-2', PublicKeyMaterial=key)
    lab.no('ec2:ImportKeyPair', 'InvalidKeyPair.Duplicate', KeyName='oracle-2', PublicKeyMaterial=key)
    lab.ok('ec2:DescribeKeyPairs', KeyNames=['oracle', 'oracle-2'])
    lab.ok('ec2:DeleteKeyPair', KeyName='oracle')
    lab.ok('ec2:DeleteKeyPair', KeyName='oracle-2')
    lab.no('ec2:DeleteKeyPair', 'MissingParameter')


# ---- S3 ----


def s3_buckets(lab):
    lab.ok('s3:ListBuckets')
    lab.ok('s3:CreateBucket', Bucket='oracle-bucket', CreateBucketConfiguration={'LocationConstraint': lab.region})
    lab.no('s3:CreateBucket', 'BucketAlreadyOwnedByYou', Bucket='oracle-bucket', CreateBucketConfiguration={'LocationConstraint': lab.region})
    lab.no('s3:CreateBucket', 'InvalidBucketName', Bucket='No_Such.Name', CreateBucketConfiguration={'LocationConstraint': lab.region})
    lab.ok('s3:HeadBucket', Bucket='oracle-bucket')
    lab.no('s3:HeadBucket', '404', Bucket='oracle-none')
    lab.ok('s3:GetBucketLocation', Bucket='oracle-bucket')
    lab.no('s3:GetBucketLocation', 'NoSuchBucket', Bucket='oracle-none')


def s3_settings(lab):
    bucket = 'oracle-bucket'
    lab.ok('s3:GetBucketAcl', Bucket=bucket)
    lab.no('s3:GetBucketAcl', 'NoSuchBucket', Bucket='oracle-none')
    lab.ok('s3:PutBucketOwnershipControls', Bucket=bucket, OwnershipControls={'Rules': [{'ObjectOwnership': 'BucketOwnerPreferred'}]})
    lab.no('s3:PutBucketOwnershipControls', 'NoSuchBucket', Bucket='oracle-none', OwnershipControls={'Rules': [{'ObjectOwnership': 'BucketOwnerPreferred'}]})
    lab.ok('s3:GetBucketOwnershipControls', Bucket=bucket)
    lab.no('s3:GetBucketOwnershipControls', 'NoSuchBucket', Bucket='oracle-none')
    lab.ok('s3:PutBucketAcl', Bucket=bucket, ACL='private')
    lab.no('s3:PutBucketAcl', 'NoSuchBucket', Bucket='oracle-none', ACL='private')
    rule = {'Rules': [{'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'AES256'}}]}
    lab.ok('s3:GetBucketEncryption', Bucket=bucket)
    lab.no('s3:GetBucketEncryption', 'NoSuchBucket', Bucket='oracle-none')
    lab.ok('s3:PutBucketEncryption', Bucket=bucket, ServerSideEncryptionConfiguration=rule)
    lab.no('s3:PutBucketEncryption', 'NoSuchBucket', Bucket='oracle-none', ServerSideEncryptionConfiguration=rule)
    lab.ok('s3:DeleteBucketEncryption', Bucket=bucket)
    lab.no('s3:DeleteBucketEncryption', 'NoSuchBucket', Bucket='oracle-none')
    lab.ok('s3:PutBucketVersioning', Bucket=bucket, VersioningConfiguration={'Status': 'Enabled'})
    lab.no('s3:PutBucketVersioning', 'NoSuchBucket', Bucket='oracle-none', VersioningConfiguration={'Status': 'Suspended'})
    lab.ok('s3:GetBucketVersioning', Bucket=bucket)
    lab.no('s3:GetBucketVersioning', 'NoSuchBucket', Bucket='oracle-none')
    target = {'LoggingEnabled': {'TargetBucket': bucket, 'TargetPrefix': 'log/'}}
    lab.ok('s3:PutBucketLogging', Bucket=bucket, BucketLoggingStatus=target)
    lab.no('s3:PutBucketLogging', 'NoSuchBucket', Bucket='oracle-none', BucketLoggingStatus=target)
    lab.ok('s3:GetBucketLogging', Bucket=bucket)
    lab.no('s3:GetBucketLogging', 'NoSuchBucket', Bucket='oracle-none')
    lab.no('s3:GetBucketTagging', 'NoSuchTagSet', Bucket=bucket)
    tags = {'TagSet': [{'Key': 'team', 'Value': 'a&b'}, {'Key': 'floor', 'Value': '2'}]}
    lab.ok('s3:PutBucketTagging', Bucket=bucket, Tagging=tags)
    lab.no('s3:PutBucketTagging', 'NoSuchBucket', Bucket='oracle-none', Tagging=tags)
    lab.ok('s3:GetBucketTagging', Bucket=bucket)
    lab.ok('s3:DeleteBucketTagging', Bucket=bucket)
    lab.no('s3:DeleteBucketTagging', 'NoSuchBucket', Bucket='oracle-none')
    s3_access(lab, bucket)
    lab.ok('s3:GetBucketAccelerateConfiguration', Bucket=bucket)
    lab.no('s3:GetBucketAccelerateConfiguration', 'NoSuchBucket', Bucket='oracle-none')
    lab.ok('s3:GetBucketNotificationConfiguration', Bucket=bucket)
    lab.no('s3:GetBucketNotificationConfiguration', 'NoSuchBucket', Bucket='oracle-none')
    for operation, code in (('GetBucketCors', 'NoSuchCORSConfiguration'), ('GetBucketWebsite', 'NoSuchWebsiteConfiguration'),
                            ('GetBucketLifecycleConfiguration', 'NoSuchLifecycleConfiguration'),
                            ('GetBucketReplication', 'ReplicationConfigurationNotFoundError'),
                            ('GetObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError')):
        lab.no('s3:' + operation, code, Bucket=bucket)
        lab.answered.add(lab.catalog_name('s3:' + operation)) # nobody here ever sets these: to be refused is their good answer


def s3_access(lab, bucket):
    policy = json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Principal': {'AWS': f'arn:aws:iam::{lab.account}:user/martha'}, 'Action': 's3:GetObject',
         'Resource': f'arn:aws:s3:::{bucket}/*'}]})
    lab.no('s3:GetBucketPolicy', 'NoSuchBucketPolicy', Bucket=bucket)
    lab.no('s3:GetBucketPolicyStatus', 'NoSuchBucketPolicy', Bucket=bucket)
    lab.ok('s3:PutBucketPolicy', Bucket=bucket, Policy=policy)
    lab.no('s3:PutBucketPolicy', 'MalformedPolicy', Bucket=bucket, Policy='{"Version": 1}')
    lab.ok('s3:GetBucketPolicy', Bucket=bucket)
    lab.ok('s3:GetBucketPolicyStatus', Bucket=bucket)
    lab.ok('s3:DeleteBucketPolicy', Bucket=bucket)
    lab.no('s3:DeleteBucketPolicy', 'NoSuchBucket', Bucket='oracle-none')
    block = {'BlockPublicAcls': True, 'IgnorePublicAcls': True, 'BlockPublicPolicy': True, 'RestrictPublicBuckets': True}
    lab.ok('s3:PutPublicAccessBlock', Bucket=bucket, PublicAccessBlockConfiguration=block)
    lab.no('s3:PutPublicAccessBlock', 'NoSuchBucket', Bucket='oracle-none', PublicAccessBlockConfiguration=block)
    lab.ok('s3:GetPublicAccessBlock', Bucket=bucket)
    lab.ok('s3:DeletePublicAccessBlock', Bucket=bucket)
    lab.no('s3:DeletePublicAccessBlock', 'NoSuchBucket', Bucket='oracle-none')
    lab.no('s3:GetPublicAccessBlock', 'NoSuchPublicAccessBlockConfiguration', Bucket=bucket)


def s3_objects(lab):
    bucket, key = 'oracle-bucket', 'a/sp ace+é&<x>.txt'
    body = b'one two three'
    lab.ok('s3:PutObject', Bucket=bucket, Key=key, Body=body)
    lab.no('s3:PutObject', 'NoSuchBucket', Bucket='oracle-none', Key=key, Body=body)
    lab.no('s3:PutObject', 'BadDigest', Bucket=bucket, Key=key, Body=body, ContentMD5='1B2M2Y8AsgTpgAmY7PhCfg==')
    got = lab.ok('s3:GetObject', Bucket=bucket, Key=key)
    if got['ETag'] != f'"{hashlib.md5(body).hexdigest()}"' or got['ContentLength'] != len(body):
        lab.note('s3:GetObject', [f'ETag {got["ETag"]}, {got["ContentLength"]} bytes'])
    lab.ok('s3:GetObject', Bucket=bucket, Key=key, Range='bytes=4-6')
    lab.no('s3:GetObject', 'NoSuchKey', Bucket=bucket, Key='none')
    lab.no('s3:GetObject', 'InvalidRange', Bucket=bucket, Key=key, Range='bytes=99-')
    lab.no('s3:GetObject', 'PreconditionFailed', Bucket=bucket, Key=key, IfMatch='"0"')
    lab.ok('s3:HeadObject', Bucket=bucket, Key=key)
    lab.no('s3:HeadObject', '404', Bucket=bucket, Key='none')
    lab.ok('s3:GetObjectTagging', Bucket=bucket, Key=key)
    lab.no('s3:GetObjectTagging', 'NoSuchKey', Bucket=bucket, Key='none')
    tags = {'TagSet': [{'Key': 'team', 'Value': 'a&b'}]}
    lab.ok('s3:PutObjectTagging', Bucket=bucket, Key=key, Tagging=tags)
    lab.no('s3:PutObjectTagging', 'NoSuchKey', Bucket=bucket, Key='none', Tagging=tags)
    if lab.ok('s3:GetObjectTagging', Bucket=bucket, Key=key)['TagSet'] != tags['TagSet']:
        lab.note('s3:GetObjectTagging', ['other tags than those that were put'])
    lab.ok('s3:DeleteObjectTagging', Bucket=bucket, Key=key)
    lab.no('s3:DeleteObjectTagging', 'NoSuchKey', Bucket=bucket, Key='none')
    lab.ok('s3:GetObjectAcl', Bucket=bucket, Key=key)
    lab.no('s3:GetObjectAcl', 'NoSuchKey', Bucket=bucket, Key='none')
    lab.ok('s3:PutObjectAcl', Bucket=bucket, Key=key, ACL='bucket-owner-full-control')
    lab.no('s3:PutObjectAcl', 'NoSuchKey', Bucket=bucket, Key='none', ACL='private')
    s3_parts(lab, bucket)
    lab.ok('s3:CopyObject', Bucket=bucket, Key='copy', CopySource={'Bucket': bucket, 'Key': key})
    lab.no('s3:CopyObject', 'NoSuchKey', Bucket=bucket, Key='copy', CopySource={'Bucket': bucket, 'Key': 'none'})
    lab.ok('s3:PutObject', Bucket=bucket, Key='b/c', Body=b'')
    for api in ('ListObjects', 'ListObjectsV2', 'ListObjectVersions'):
        lab.ok('s3:' + api, Bucket=bucket)
        lab.ok('s3:' + api, Bucket=bucket, Prefix='a/', Delimiter='/')
        lab.ok('s3:' + api, Bucket=bucket, Delimiter='/', MaxKeys=1)
        lab.no('s3:' + api, 'NoSuchBucket', Bucket='oracle-none')
    lab.no('s3:DeleteBucket', 'BucketNotEmpty', Bucket=bucket)
    lab.ok('s3:DeleteObject', Bucket=bucket, Key='copy')
    lab.no('s3:DeleteObject', 'NoSuchBucket', Bucket='oracle-none', Key='copy')
    lab.ok('s3:DeleteObjects', Bucket=bucket, Delete={'Objects': [{'Key': key}, {'Key': 'b/c'}]})
    lab.no('s3:DeleteObjects', 'NoSuchBucket', Bucket='oracle-none', Delete={'Objects': [{'Key': key}]})
    s3_versions(lab, bucket, key)
    lab.ok('s3:DeleteBucket', Bucket=bucket)


def s3_versions(lab, bucket, key):
    """What is left of a versioned bucket whose objects were deleted."""
    left = lab.ok('s3:ListObjectVersions', Bucket=bucket)
    of_key = {'Bucket': bucket, 'Key': key}
    lab.no('s3:GetObject', 'MethodNotAllowed', **of_key, VersionId=left['DeleteMarkers'][0]['VersionId'])
    lab.no('s3:GetObject', 'NoSuchVersion', **of_key, VersionId='a' * 32)
    lab.ok('s3:GetObject', Bucket=bucket, Key=left['Versions'][0]['Key'], VersionId=left['Versions'][0]['VersionId'])
    every = [{'Key': v['Key'], 'VersionId': v['VersionId']} for v in left['Versions'] + left['DeleteMarkers']]
    lab.ok('s3:DeleteObjects', Bucket=bucket, Delete={'Objects': every})


def s3_parts(lab, bucket):
    upload = lab.ok('s3:CreateMultipartUpload', Bucket=bucket, Key='parts', ContentType='text/plain', Metadata={'roast': 'dark'})['UploadId']
    lab.no('s3:CreateMultipartUpload', 'NoSuchBucket', Bucket='oracle-none', Key='parts')
    this = {'Bucket': bucket, 'Key': 'parts', 'UploadId': upload}
    other = dict(this, UploadId='no-such-upload')
    etag = lab.ok('s3:UploadPart', PartNumber=1, Body=b'one', **this)['ETag']
    lab.no('s3:UploadPart', 'NoSuchUpload', PartNumber=1, Body=b'one', **other)
    lab.no('s3:UploadPart', 'InvalidArgument', PartNumber=10001, Body=b'one', **this)
    lab.ok('s3:UploadPart', PartNumber=2, Body=b'two', **this)
    source = {'Bucket': bucket, 'Key': 'source'}
    lab.ok('s3:PutObject', Body=b'0123456789', **source)
    lab.ok('s3:UploadPartCopy', PartNumber=3, CopySource=source, CopySourceRange='bytes=2-4', **this)
    lab.no('s3:UploadPartCopy', 'InvalidArgument', PartNumber=3, CopySource=source, CopySourceRange='bytes=20-40', **this)
    lab.no('s3:UploadPartCopy', 'NoSuchKey', PartNumber=3, CopySource=dict(source, Key='none'), **this)
    lab.no('s3:UploadPartCopy', 'NoSuchUpload', PartNumber=3, CopySource=source, **other)
    lab.ok('s3:DeleteObject', **source)
    third = lab.ok('s3:ListParts', **this)['Parts'][2]
    if third['ETag'].strip('"') != hashlib.md5(b'234').hexdigest() or third['Size'] != 3:
        lab.note('s3:UploadPartCopy', [f'the part is {third}'])
    lab.ok('s3:ListParts', **this)
    lab.ok('s3:ListParts', MaxParts=1, **this)
    lab.no('s3:ListParts', 'NoSuchUpload', **other)
    lab.ok('s3:ListMultipartUploads', Bucket=bucket)
    lab.no('s3:ListMultipartUploads', 'NoSuchBucket', Bucket='oracle-none')
    one, two = {'PartNumber': 1, 'ETag': etag}, {'PartNumber': 2, 'ETag': hashlib.md5(b'two').hexdigest()}
    for parts, code in (([one, two], 'EntityTooSmall'), ([two, one], 'InvalidPartOrder'), ([dict(one, ETag=two['ETag'])], 'InvalidPart'),
                        ([{'PartNumber': 9, 'ETag': etag}], 'InvalidPart')):
        lab.no('s3:CompleteMultipartUpload', code, MultipartUpload={'Parts': parts}, **this)
    lab.no('s3:CompleteMultipartUpload', 'NoSuchUpload', MultipartUpload={'Parts': [one]}, **other)
    done = lab.ok('s3:CompleteMultipartUpload', MultipartUpload={'Parts': [one]}, **this)
    wanted = '"%s-1"' % hashlib.md5(hashlib.md5(b'one').digest()).hexdigest()
    got = lab.ok('s3:HeadObject', Bucket=bucket, Key='parts')
    if (done['ETag'], got['ETag'], got['ContentLength'], got['Metadata']) != (wanted, wanted, 3, {'roast': 'dark'}):
        lab.note('s3:CompleteMultipartUpload', [f'the object is {got}'])
    this['UploadId'] = lab.ok('s3:CreateMultipartUpload', Bucket=bucket, Key='parts')['UploadId']
    lab.ok('s3:AbortMultipartUpload', **this)
    lab.no('s3:AbortMultipartUpload', 'NoSuchUpload', **this)
    lab.ok('s3:DeleteObject', Bucket=bucket, Key='parts')


# ---- KMS, CloudTrail ----


def kms(lab):
    key = lab.ok('kms:CreateKey', Description='probe', Tags=[{'TagKey': 'a', 'TagValue': 'b'}])['KeyMetadata']['KeyId']
    lab.no('kms:CreateKey', 'MalformedPolicyDocumentException', Policy='{}')
    lab.ok('kms:CreateAlias', AliasName='alias/oracle', TargetKeyId=key)
    lab.no('kms:CreateAlias', 'AlreadyExistsException', AliasName='alias/oracle', TargetKeyId=key)
    lab.ok('kms:UpdateAlias', AliasName='alias/oracle', TargetKeyId=key)
    lab.no('kms:UpdateAlias', 'NotFoundException', AliasName='alias/none', TargetKeyId=key)
    lab.ok('kms:ListAliases')
    lab.ok('kms:ListAliases', KeyId=key)
    lab.no('kms:ListAliases', 'NotFoundException', KeyId=NO_SUCH_ID)
    lab.ok('kms:ListKeys')
    for operation in ('DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListKeyPolicies', 'ListGrants', 'ListResourceTags',
                      'EnableKeyRotation', 'DisableKeyRotation', 'DisableKey', 'EnableKey'):
        lab.ok('kms:' + operation, KeyId=key)
        lab.no('kms:' + operation, 'NotFoundException', KeyId=NO_SUCH_ID)
    policy = lab.ok('kms:GetKeyPolicy', KeyId=key, PolicyName='default')['Policy']
    lab.ok('kms:PutKeyPolicy', KeyId=key, PolicyName='default', Policy=policy)
    lab.no('kms:PutKeyPolicy', 'MalformedPolicyDocumentException', KeyId=key, PolicyName='default', Policy='[]')
    lab.ok('kms:UpdateKeyDescription', KeyId=key, Description='another')
    lab.no('kms:UpdateKeyDescription', 'NotFoundException', KeyId=NO_SUCH_ID, Description='another')
    sealed = lab.ok('kms:Encrypt', KeyId=key, Plaintext=b'secret').get('CiphertextBlob', b'')
    lab.no('kms:Encrypt', 'NotFoundException', KeyId=NO_SUCH_ID, Plaintext=b'secret')
    lab.ok('kms:Decrypt', CiphertextBlob=sealed)
    lab.no('kms:Decrypt', 'InvalidCiphertextException', CiphertextBlob=b'nothing of ours')
    for operation in ('GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'):
        lab.ok('kms:' + operation, KeyId=key, KeySpec='AES_256')
        lab.no('kms:' + operation, 'NotFoundException', KeyId=NO_SUCH_ID, KeySpec='AES_256')
    lab.ok('kms:DeleteAlias', AliasName='alias/oracle')
    lab.no('kms:DeleteAlias', 'NotFoundException', AliasName='alias/oracle')
    lab.no('kms:CancelKeyDeletion', 'KMSInvalidStateException', KeyId=key)
    lab.ok('kms:ScheduleKeyDeletion', KeyId=key, PendingWindowInDays=7)
    lab.no('kms:ScheduleKeyDeletion', 'KMSInvalidStateException', KeyId=key)
    lab.ok('kms:CancelKeyDeletion', KeyId=key)
    lab.no('kms:GenerateDataKey', 'DisabledException', KeyId=key, KeySpec='AES_256')
    lab.ok('kms:EnableKey', KeyId=key)


def cloudtrail(lab):
    bucket = 'oracle-trail'
    lab.ok('s3:CreateBucket', Bucket=bucket, CreateBucketConfiguration={'LocationConstraint': lab.region})
    service = {'Service': 'cloudtrail.amazonaws.com'}
    lab.no('cloudtrail:CreateTrail', 'S3BucketDoesNotExistException', Name='oracle', S3BucketName='oracle-none')
    lab.no('cloudtrail:CreateTrail', 'InsufficientS3BucketPolicyException', Name='oracle', S3BucketName=bucket)
    lab.ok('s3:PutBucketPolicy', Bucket=bucket, Policy=json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Principal': service, 'Action': 's3:GetBucketAcl', 'Resource': f'arn:aws:s3:::{bucket}'},
        {'Effect': 'Allow', 'Principal': service, 'Action': 's3:PutObject', 'Resource': f'arn:aws:s3:::{bucket}/AWSLogs/{lab.account}/*',
         'Condition': {'StringEquals': {'s3:x-amz-acl': 'bucket-owner-full-control'}}}]}))
    arn = lab.ok('cloudtrail:CreateTrail', Name='oracle', S3BucketName=bucket, EnableLogFileValidation=True,
                 TagsList=[{'Key': 'a', 'Value': 'b'}])['TrailARN']
    lab.no('cloudtrail:CreateTrail', 'TrailAlreadyExistsException', Name='oracle', S3BucketName=bucket)
    lab.no('cloudtrail:CreateTrail', 'InvalidTrailNameException', Name='x', S3BucketName=bucket)
    lab.ok('cloudtrail:UpdateTrail', Name='oracle', IsMultiRegionTrail=True)
    lab.no('cloudtrail:UpdateTrail', 'TrailNotFoundException', Name='none-here')
    lab.ok('cloudtrail:GetTrailStatus', Name='oracle')
    for operation in ('StartLogging', 'GetTrailStatus', 'GetTrail', 'StopLogging'):
        lab.ok('cloudtrail:' + operation, Name='oracle')
        lab.no('cloudtrail:' + operation, 'TrailNotFoundException', Name='none-here')
    lab.ok('cloudtrail:GetTrailStatus', Name=arn)
    lab.ok('cloudtrail:DescribeTrails')
    lab.ok('cloudtrail:ListTrails')
    selectors = [{'ReadWriteType': 'All', 'IncludeManagementEvents': True,
                  'DataResources': [{'Type': 'AWS::S3::Object', 'Values': [f'arn:aws:s3:::{bucket}/']}]}]
    lab.ok('cloudtrail:GetEventSelectors', TrailName='oracle')
    lab.no('cloudtrail:GetEventSelectors', 'TrailNotFoundException', TrailName='none-here')
    lab.ok('cloudtrail:PutEventSelectors', TrailName='oracle', EventSelectors=selectors)
    lab.no('cloudtrail:PutEventSelectors', 'TrailNotFoundException', TrailName='none-here', EventSelectors=selectors)
    lab.ok('cloudtrail:GetEventSelectors', TrailName='oracle')
    lab.ok('cloudtrail:AddTags', ResourceId=arn, TagsList=[{'Key': 'c', 'Value': 'd'}])
    lab.no('cloudtrail:AddTags', 'ResourceNotFoundException', ResourceId=arn + '-none', TagsList=[{'Key': 'c', 'Value': 'd'}])
    lab.ok('cloudtrail:ListTags', ResourceIdList=[arn])
    lab.no('cloudtrail:ListTags', 'ResourceNotFoundException', ResourceIdList=[arn + '-none'])
    lab.ok('cloudtrail:RemoveTags', ResourceId=arn, TagsList=[{'Key': 'c', 'Value': 'd'}])
    lab.no('cloudtrail:RemoveTags', 'ResourceNotFoundException', ResourceId=arn + '-none', TagsList=[{'Key': 'c', 'Value': 'd'}])
    lab.ok('cloudtrail:LookupEvents', MaxResults=50)
    lab.ok('cloudtrail:LookupEvents', LookupAttributes=[{'AttributeKey': 'EventName', 'AttributeValue': 'RunInstances'}])
    lab.no('cloudtrail:LookupEvents', 'InvalidMaxResultsException', MaxResults=51)
    lab.no('cloudtrail:LookupEvents', 'InvalidTimeRangeException', StartTime=1800000000, EndTime=1700000000)
    lab.no('cloudtrail:LookupEvents', 'InvalidNextTokenException', NextToken='no token')
    lab.ok('cloudtrail:ListPublicKeys')
    lab.no('cloudtrail:ListPublicKeys', 'InvalidTimeRangeException', StartTime=1800000000, EndTime=1700000000)
    lab.ok('cloudtrail:DeleteTrail', Name='oracle')
    lab.no('cloudtrail:DeleteTrail', 'TrailNotFoundException', Name='oracle')


# ---- the rest ----


def athena_saved(lab, wrong, place):
    """A work group of one's own, and a query that is saved in it."""
    lab.ok('athena:CreateWorkGroup', Name='oracle', Description='a & b', Configuration={'ResultConfiguration': place})
    lab.no('athena:CreateWorkGroup', wrong, Name='oracle')
    lab.ok('athena:GetWorkGroup', WorkGroup='oracle')
    saved = {'Name': 'doors', 'Database': 'default', 'QueryString': 'SELECT 1', 'WorkGroup': 'oracle'}
    query = lab.ok('athena:CreateNamedQuery', Description='who opened one', **saved)['NamedQueryId']
    lab.no('athena:CreateNamedQuery', wrong, **{**saved, 'WorkGroup': 'none'})
    lab.ok('athena:GetNamedQuery', NamedQueryId=query)
    lab.no('athena:GetNamedQuery', wrong, NamedQueryId=NO_SUCH_ID)
    lab.ok('athena:BatchGetNamedQuery', NamedQueryIds=[query, NO_SUCH_ID])
    lab.no('athena:BatchGetNamedQuery', wrong, NamedQueryIds=[])
    if lab.ok('athena:ListNamedQueries', WorkGroup='oracle')['NamedQueryIds'] != [query] or lab.ok('athena:ListNamedQueries')['NamedQueryIds']:
        lab.note('athena:ListNamedQueries', ['queries of another work group'])
    lab.no('athena:ListNamedQueries', wrong, WorkGroup='none')
    lab.no('athena:DeleteWorkGroup', wrong, WorkGroup='oracle')
    lab.ok('athena:DeleteNamedQuery', NamedQueryId=query)
    lab.no('athena:DeleteNamedQuery', wrong, NamedQueryId=query)
    lab.ok('athena:DeleteWorkGroup', WorkGroup='oracle')


def athena(lab):
    place = {'OutputLocation': 's3://oracle-trail/results/'}
    wrong = 'InvalidRequestException'
    lab.ok('athena:ListDataCatalogs')
    lab.ok('athena:ListWorkGroups')
    lab.ok('athena:GetWorkGroup', WorkGroup='primary')
    lab.no('athena:GetWorkGroup', wrong, WorkGroup='none')
    athena_saved(lab, wrong, place)
    lab.no('athena:StartQueryExecution', wrong, QueryString='SELECT 1')
    lab.ok('athena:UpdateWorkGroup', WorkGroup='primary', ConfigurationUpdates={'ResultConfigurationUpdates': place})
    lab.no('athena:UpdateWorkGroup', wrong, WorkGroup='none', ConfigurationUpdates={'ResultConfigurationUpdates': place})
    lab.ok('athena:GetWorkGroup', WorkGroup='primary')
    query = lab.ok('athena:StartQueryExecution', QueryString='SELECT 1 AS one', ResultConfiguration=place)['QueryExecutionId']
    lab.ok('athena:GetQueryExecution', QueryExecutionId=query)
    lab.no('athena:GetQueryExecution', wrong, QueryExecutionId=NO_SUCH_ID)
    lab.ok('athena:BatchGetQueryExecution', QueryExecutionIds=[query, NO_SUCH_ID])
    lab.no('athena:BatchGetQueryExecution', wrong, QueryExecutionIds=[])
    lab.ok('athena:ListQueryExecutions')
    lab.no('athena:ListQueryExecutions', wrong, WorkGroup='none')
    lab.until(lambda: lab.state(query) not in ('QUEUED', 'RUNNING'))
    lab.ok('athena:GetQueryResults', QueryExecutionId=query)
    lab.no('athena:GetQueryResults', wrong, QueryExecutionId=NO_SUCH_ID)
    lab.ok('athena:StopQueryExecution', QueryExecutionId=query)
    lab.no('athena:StopQueryExecution', wrong, QueryExecutionId=NO_SUCH_ID)
    lab.ok('athena:ListDatabases', CatalogName='AwsDataCatalog')
    lab.no('athena:ListDatabases', wrong, CatalogName='none')
    lab.ok('athena:GetDatabase', CatalogName='AwsDataCatalog', DatabaseName='default')
    lab.no('athena:GetDatabase', 'MetadataException', CatalogName='AwsDataCatalog', DatabaseName='none')
    tables = lab.ok('athena:ListTableMetadata', CatalogName='AwsDataCatalog', DatabaseName='default')['TableMetadataList']
    lab.no('athena:ListTableMetadata', 'MetadataException', CatalogName='AwsDataCatalog', DatabaseName='none')
    lab.ok('athena:GetTableMetadata', CatalogName='AwsDataCatalog', DatabaseName='default', TableName=tables[0]['Name'])
    lab.no('athena:GetTableMetadata', 'MetadataException', CatalogName='AwsDataCatalog', DatabaseName='default', TableName='none')


def ssm(lab):
    known = lab.ok('ssm:DescribeInstanceInformation')['InstanceInformationList']
    instance = known[0]['InstanceId']
    command = lab.ok('ssm:SendCommand', DocumentName='AWS-RunShellScript', InstanceIds=[instance],
                     Parameters={'commands': ['id', 'echo "<&>"']}, Comment='probe')['Command']['CommandId']
    lab.no('ssm:SendCommand', 'InvalidInstanceId', DocumentName='AWS-RunShellScript', InstanceIds=['i-00000000000000000'],
           Parameters={'commands': ['id']})
    lab.no('ssm:SendCommand', 'InvalidDocument', DocumentName='No-Such-Document', InstanceIds=[instance])
    lab.ok('ssm:GetCommandInvocation', CommandId=command, InstanceId=instance)
    lab.no('ssm:GetCommandInvocation', 'InvocationDoesNotExist', CommandId=NO_SUCH_ID, InstanceId=instance)
    lab.ok('ssm:ListCommands')
    lab.ok('ssm:ListCommandInvocations', Details=True)
    session = lab.ok('ssm:StartSession', Target=instance)['SessionId']
    lab.no('ssm:StartSession', 'TargetNotConnected', Target='i-00000000000000000')
    lab.ok('ssm:DescribeSessions', State='Active')
    lab.ok('ssm:GetConnectionStatus', Target=instance)
    lab.no('ssm:GetConnectionStatus', 'ValidationException')
    lab.ok('ssm:TerminateSession', SessionId=session)
    lab.no('ssm:TerminateSession', 'DoesNotExistException', SessionId='sofia-00000000000000000')


def logs_health_organizations(lab):
    groups = lab.ok('logs:DescribeLogGroups')['logGroups']
    if groups:
        lab.note('logs:DescribeLogGroups', ['there are log groups now: add calls that read them'])
    lab.ok('logs:DescribeQueries')
    lab.ok('logs:DescribeMetricFilters')
    for operation in ('DescribeMetricFilters', 'DescribeLogStreams', 'FilterLogEvents'):
        lab.no('logs:' + operation, 'ResourceNotFoundException', logGroupName='none')
    lab.no('logs:GetLogEvents', 'ResourceNotFoundException', logGroupName='none', logStreamName='none')
    # no log group is ever made: to be refused is their good answer
    lab.answered |= {'logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents', 'iam:GetAccountPasswordPolicy'}
    lab.ok('health:DescribeEventAggregates', aggregateField='eventTypeCategory')
    lab.ok('health:DescribeEvents')
    lab.no('organizations:DescribeOrganization', 'AWSOrganizationsNotInUseException')
    lab.no('organizations:ListAccounts', 'AWSOrganizationsNotInUseException')
    lab.no('organizations:ListDelegatedAdministrators', 'AWSOrganizationsNotInUseException')
    lab.answered |= {'organizations:DescribeOrganization', 'organizations:ListAccounts', 'organizations:ListDelegatedAdministrators'}
