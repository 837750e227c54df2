/* SPDX-License-Identifier: MIT */
/*
 * The clients that people work with, and the user agents by which CloudTrail and web logs know them (shapes of late
 * 2025). $command becomes "ec2.describe-instances", the command that was typed.
 */
#include "sim/scenario/scenario.h"

static const char *const aws_cli[] = {
    "aws-cli/2.31.9 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-85-generic md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython "
    "m/E,b,Z cfg/retry-mode#standard md/installer#exe md/distrib#ubuntu.24 md/prompt#off md/command#$command",
    "aws-cli/2.30.2 md/awscrt#0.27.6 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.13.7 md/pyimpl#CPython "
    "m/E,b,Z cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#$command",
    "aws-cli/2.28.21 md/awscrt#0.27.6 ua/2.1 os/linux#6.1.0-39-amd64 md/arch#x86_64 lang/python#3.13.4 md/pyimpl#CPython "
    "m/E,b,Z cfg/retry-mode#standard md/installer#exe md/distrib#debian.12 md/prompt#off md/command#$command",
    NULL};
static const char *const aws_cli_v1[] = {
    "aws-cli/1.42.46 md/Botocore#1.40.46 ua/2.1 os/linux#5.15.0-157-generic md/arch#x86_64 lang/python#3.10.12 "
    "md/pyimpl#CPython m/Z,b cfg/retry-mode#legacy botocore/1.40.46",
    NULL};
static const char *const boto3[] = {
    "Boto3/1.40.46 md/Botocore#1.40.46 ua/2.1 os/linux#6.1.150-174.273.amzn2023.x86_64 md/arch#x86_64 lang/python#3.12.11 "
    "md/pyimpl#CPython m/b,Z,D cfg/retry-mode#legacy Botocore/1.40.46",
    NULL};
static const char *const terraform[] = {
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.15.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6 "
    "md/GOOS#linux md/GOARCH#amd64 m/g,E",
    NULL};
static const char *const console[] = {"AWS Internal", NULL};
static const char *const ssh[] = {"SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.14", "SSH-2.0-OpenSSH_9.9", NULL};

const struct client scenario_clients[] = {
    {"aws-cli",    "AWS CLI, version 2",         false, aws_cli   },
    {"aws-cli-v1", "AWS CLI, version 1",         false, aws_cli_v1},
    {"boto3",      "a Python program",           false, boto3     },
    {"terraform",  "Terraform",                  false, terraform },
    {"console",    "the AWS Management Console", true,  console   },
    {"ssh",        "an SSH client",              false, ssh       },
};
const size_t scenario_n_clients = COUNT(scenario_clients);

const struct client *client_find(const char *name)
{
    for (size_t i = 0; i < scenario_n_clients; i++)
        if (text_same(scenario_clients[i].name, name))
            return &scenario_clients[i];
    return NULL;
}
