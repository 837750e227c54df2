/* SPDX-License-Identifier: MIT */
/*
 * The clients that people work with, and the user agents by which CloudTrail and web logs know them (shapes of late
 * 2025). $command becomes "ec2.describe-instances", the command that was typed.
 */
#include "sim/scenario/scenario.h"

#include <ctype.h>
#include <string.h>

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
static const char *const browser[] = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Mobile/15E148 "
    "Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", NULL};
static const char *const crawler[] = {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                                      "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", NULL};
static const char *const curl[] = {"curl/8.5.0", NULL};
static const char *const python[] = {"python-requests/2.32.5", NULL};
static const char *const console[] = {"AWS Internal", NULL};
static const char *const ssh[] = {"SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.14", "SSH-2.0-OpenSSH_9.9", NULL};

const struct client scenario_clients[] = {
    {"aws-cli",    "AWS CLI, version 2",             false, aws_cli   },
    {"aws-cli-v1", "AWS CLI, version 1",             false, aws_cli_v1},
    {"boto3",      "a Python program",               false, boto3     },
    {"terraform",  "Terraform",                      false, terraform },
    {"console",    "the AWS Management Console",     true,  console   },
    {"ssh",        "an SSH client",                  false, ssh       },
    {"browser",    "a web browser",                  false, browser   },
    {"crawler",    "a search engine",                false, crawler   },
    {"curl",       "curl",                           false, curl      },
    {"python",     "a Python script without an SDK", false, python    },
};
const size_t scenario_n_clients = COUNT(scenario_clients);

const struct client *client_find(const char *name)
{
    for (size_t i = 0; i < scenario_n_clients; i++)
        if (text_same(scenario_clients[i].name, name))
            return &scenario_clients[i];
    return NULL;
}

/* ---- the command in an agent ---- */

/* "DescribeDBInstances" to "describe-db-instances", as botocore's xform_name() names commands. */
static void add_kebab(struct str *out, const char *name)
{
    for (const char *c = name; *c; c++) {
        bool up = isupper((unsigned char)*c), before = c > name && islower((unsigned char)c[-1]);
        bool starts = up && c > name && islower((unsigned char)c[1]) && c[-1] != '-';
        if (up && (before || starts || (c > name && isdigit((unsigned char)c[-1]))))
            str_addc(out, '-');
        str_addc(out, (char)tolower((unsigned char)*c));
    }
}

static void add_command(struct str *out, const char *op)
{
    size_t service = strcspn(op, ":");

    str_addn(out, op, service);
    if (text_starts(op, "s3:"))
        str_add(out, "api");
    str_addc(out, '.');
    add_kebab(out, op[service] ? op + service + 1 : "");
}

const char *client_agent(struct arena *arena, const char *agent, const char *op)
{
    static const char blank[] = "$command";
    const char *at = agent ? strstr(agent, blank) : NULL;
    AUTO(str_drop) struct str filled = {0};

    if (!at)
        return agent;
    str_addn(&filled, agent, (size_t)(at - agent));
    add_command(&filled, op);
    str_add(&filled, at + strlen(blank));
    return arena_dup(arena, str_text(&filled));
}
