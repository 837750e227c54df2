/* SPDX-License-Identifier: MIT */
/* What the evidence suites share: a small account with a trail, a few entries, a day of everyday calls, a folder to write to.
 */
#pragma once

#include "sim/evidence/cloudtrail.h"
#include "sim/evidence/writers.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define RIG_START 1760371200000 /* 2025-10-13T16:00:00Z */
#define RIG_HOURS 6

struct rig {
    struct world w;
    struct everyday everyday;
    struct evidence_task task;
    struct trail trail;
    struct logging_span span;
    char lab[64];
};

static inline bool rig_about(const struct world *w, const char *op, struct record_facts *facts)
{
    static const struct {
        const char *op;
        struct record_facts facts;
    } rows[] = {
        {"ec2:DescribeInstances",             {"ec2.amazonaws.com", "DescribeInstances", "1.11", "ec2.$region.amazonaws.com", NULL}},
        {"ec2:AuthorizeSecurityGroupIngress",
         {"ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", "1.11", "ec2.$region.amazonaws.com", NULL}                         },
        {"iam:ListUsers",                     {"iam.amazonaws.com", "ListUsers", "1.10", "iam.amazonaws.com", NULL}                },
        {"iam:CreateUser",                    {"iam.amazonaws.com", "CreateUser", "1.10", "iam.amazonaws.com", NULL}               },
        {"s3:ListBuckets",                    {"s3.amazonaws.com", "ListBuckets", "1.09", "s3.$region.amazonaws.com", NULL}        },
        {"s3:GetObject",                      {"s3.amazonaws.com", "GetObject", "1.09", "s3.$region.amazonaws.com", NULL}          },
        {"kms:ListKeys",                      {"kms.amazonaws.com", "ListKeys", "1.11", "kms.$region.amazonaws.com", NULL}         },
        {"lambda:ListFunctions",              {"lambda.amazonaws.com", "ListFunctions20150331", "1.11", NULL, "2015-03-31"}        },
        {"signin:ConsoleLogin",               {"signin.amazonaws.com", "ConsoleLogin", "1.08", "signin.aws.amazon.com", NULL}      },
    };
    (void)w;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(rows[i].op, op) == 0) {
            *facts = rows[i].facts;
            return true;
        }
    return false;
}

static inline json_t *rig_json(const char *text)
{
    struct err e = {0};
    json_t *value = json_read(text, strlen(text), &e);
    if (!value)
        abort();
    return value;
}

/* Fills an entry; JSON texts may be NULL for null. */
static inline void rig_entry(struct rig *r, struct entry *entry, const char *op, int64_t after_ms, const char *params,
                             const char *response)
{
    entry->op = op;
    entry->time_ms = RIG_START + after_ms;
    entry->region = text_starts(op, "iam:") || text_starts(op, "signin:") ? "us-east-1" : "us-west-2";
    entry->who = (struct principal){.kind = PRINCIPAL_USER, .name = "ada", .access_key_id = "AKIATFQR7NSCAAAAAAAA"};
    entry->from = (struct origin){"203.0.113.5", "aws-cli/2.17.32 md/prompt#off md/command#x", true};
    entry->identity = world_keep(&r->w, rig_json("{\"type\":\"IAMUser\",\"principalId\":\"AIDATFQR7NSCAAAAAAAAA\",\"arn\":"
                                                 "\"arn:aws:iam::123456789012:user/ada\",\"accountId\":\"123456789012\","
                                                 "\"accessKeyId\":\"AKIATFQR7NSCAAAAAAAA\",\"userName\":\"ada\"}"));
    entry->params = params ? world_keep(&r->w, rig_json(params)) : json_null();
    entry->response = response ? world_keep(&r->w, rig_json(response)) : json_null();
    entry->request_id = "0a1b2c3d-0000-4000-8000-00000000000a";
    entry->event_id = arena_printf(&r->w.arena, "0a1b2c3d-0000-4000-8000-%012lld", (long long)after_ms);
    entry->read_only = strstr(op, ":List") || strstr(op, ":Describe") || strstr(op, ":Get");
    entry->data_event = strcmp(op, "s3:GetObject") == 0;
    entry->signin = text_starts(op, "signin:");
}

static inline struct entry *rig_add(struct rig *r, const char *op, int64_t after_ms, const char *params, const char *response)
{
    struct entry *entry = journal_add(&r->w);
    rig_entry(r, entry, op, after_ms, params, response);
    return entry;
}

static inline void rig_session(struct rig *r, const char *identity, const char *ip, const char *agent, bool console, bool tls13)
{
    *GROW(r->everyday.sessions, r->everyday.n_sessions, r->everyday.cap_sessions) = (struct everyday_session){
        identity, strlen(identity), {ip, agent, tls13},
          console
    };
}

/* Three clients, six kinds of calls, `n` of them over the rig's hours. */
static inline void rig_everyday(struct rig *r, size_t n)
{
    static const char *const ops[] = {"ec2:DescribeInstances", "iam:ListUsers", "s3:ListBuckets",
                                      "kms:ListKeys",          "s3:GetObject",  "lambda:ListFunctions"};
    struct chance c = chance_of(&r->task.seed, "rig");
    for (size_t i = 0; i < COUNT(ops); i++) {
        struct entry *shape = arena_alloc(&r->w.arena, sizeof(*shape));
        rig_entry(r, shape, ops[i], 0,
                  text_starts(ops[i], "s3:") ? "{\"bucketName\":\"b\",\"Host\":\"b.s3.us-west-2.amazonaws.com\"}" : NULL, NULL);
        if (text_starts(ops[i], "s3:")) {
            shape->request_id = "0123456789ABCDEF";
            shape->additional = world_keep(
                &r->w, rig_json("{\"SignatureVersion\":\"SigV4\",\"x-amz-id-2\":\"abc/+=\",\"bytesTransferredOut\":7}"));
        }
        *GROW(r->everyday.calls, r->everyday.n_calls, r->everyday.cap_calls) = (struct everyday_call){.shape = shape};
    }
    rig_session(
        r, "{\"type\":\"IAMUser\",\"accountId\":\"123456789012\",\"accessKeyId\":\"AKIATFQR7NSCBBBBBBBB\",\"userName\":\"bo\"}",
        "203.0.113.9", "Boto3/1.34 \"x\"", false, false);
    rig_session(
        r, "{\"type\":\"IAMUser\",\"accountId\":\"123456789012\",\"accessKeyId\":\"ASIATFQR7NSCCCCCCCCC\",\"userName\":\"cy\"}",
        "203.0.113.10", "AWS Internal", true, true);
    rig_session(r, "{\"type\":\"AssumedRole\",\"principalId\":\"AROATFQR7NSCDDDDDDDDD:audit\",\"accountId\":\"123456789012\"}",
                "203.0.113.11", "aws-sdk-go-v2/1.30", false, true);
    for (size_t i = 0; i < n; i++)
        *GROW(r->everyday.list, r->everyday.n, r->everyday.cap) =
            (struct occurrence){RIG_START + (int64_t)i * RIG_HOURS * 3600000 / (int64_t)n,
                                (uint32_t)chance_below(&c, COUNT(ops)), (uint32_t)chance_below(&c, 3)};
    r->task.everyday = &r->everyday;
}

static inline void rig_open(struct rig *r)
{
    struct err e = {0};
    *r = (struct rig){.lab = "/tmp/cafelab-unit-XXXXXX"};
    json_begin();
    struct seed seed = seed_from_text("rig");
    world_init(&r->w, &seed, "123456789012", "us-west-2", RIG_START);
    struct kms_key *key = arena_alloc(&r->w.arena, sizeof(*key));
    key->arn = "arn:aws:kms:us-west-2:123456789012:key/1111";
    r->trail = (struct trail){.name = "monitor",
                              .arn = "arn:aws:cloudtrail:us-west-2:123456789012:trail/monitor",
                              .bucket = "monitoring1234",
                              .prefix = "",
                              .home_region = "us-west-2"};
    r->span = (struct logging_span){.trail = &r->trail,
                                    .from_ms = RIG_START + 960500,
                                    .to_ms = INT64_MAX,
                                    .management = true,
                                    .reads = true,
                                    .writes = true,
                                    .bucket = "monitoring1234",
                                    .prefix = "",
                                    .validation = true,
                                    .key = key,
                                    .multi_region = true,
                                    .global_events = true};
    r->w.account.spans = &r->span;
    r->task = (struct evidence_task){.w = &r->w,
                                     .about = rig_about,
                                     .seed = seed,
                                     .to.dir = r->lab,
                                     .from_ms = RIG_START,
                                     .until_ms = RIG_START + RIG_HOURS * 3600000LL,
                                     .threads = 1};
    if (!mkdtemp(r->lab))
        abort();
    (void)e;
}

static inline void rig_drop(struct rig *r)
{
    struct err e = {0};
    CU_ASSERT(dir_remove(r->lab, &e));
    free(r->everyday.calls);
    free(r->everyday.sessions);
    free(r->everyday.list);
    world_drop(&r->w);
}

/* The text of a gzipped file, or of a plain one. */
static inline bool rig_read(const char *path, struct str *out)
{
    struct err e = {0};
    if (!text_ends(path, ".gz"))
        return file_read(path, 64u << 20, out, &e);
    gzFile f = gzopen(path, "rb");
    int n = 0;
    while (f && (n = gzread(f, str_reserve(out, 65536), 65536)) > 0)
        out->len += (size_t)n;
    str_addn(out, "", 0);
    return f && gzclose(f) == Z_OK && n == 0;
}

/* All that the task asks for. */
static inline void rig_write(struct rig *r)
{
    struct err e = {0};
    CU_ASSERT(evidence_write_account(&r->task, &e));
    CU_ASSERT_STRING_EQUAL(e.msg, "");
}
