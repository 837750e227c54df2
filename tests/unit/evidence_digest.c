/* SPDX-License-Identifier: MIT */
/* Digests are judged as `aws cloudtrail validate-logs` judges them: signature, chain, hashes of what lies on the disk. */
#include "evidence_rig.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

static EVP_PKEY *public_key(char fingerprint[33])
{
    AUTO(str_drop) struct str der = {0};
    struct err e = {0};
    CU_ASSERT(digest_public_key(&der, fingerprint, &e));
    const unsigned char *at = (const unsigned char *)der.s;
    return d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.len);
}

static bool verifies(EVP_PKEY *key, const char *text, const char *hex)
{
    unsigned char signature[256];
    for (size_t i = 0; i < sizeof(signature); i++) {
        unsigned byte = 0;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        signature[i] = (unsigned char)byte;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, signature, sizeof(signature), (const unsigned char *)text, strlen(text)) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

struct judge {
    struct rig *r;
    EVP_PKEY *key;
    char fingerprint[33];
    size_t digests, empty, files, starts;
    char last_signature[2][513], last_key[2][300], last_hash[2][65], last_end[2][32]; /* by region */
    size_t odd;                                                                       /* shorter than an hour */
};

static void judge_files(struct judge *j, const json_t *files)
{
    for (size_t i = 0; i < json_array_size(files); i++) {
        AUTO(str_drop) struct str path = {0}, text = {0};
        char hash[65];
        const json_t *file = json_array_get(files, i);
        str_addf(&path, "%s/s3/%s/%s", j->r->lab, json_str(file, "s3Bucket"), json_str(file, "s3Object"));
        CU_ASSERT(rig_read(str_text(&path), &text));
        sha256_hex(text.s, text.len, hash);
        CU_ASSERT_STRING_EQUAL(json_str_or(file, "hashValue", "?"), hash);
        CU_ASSERT_STRING_EQUAL(json_str_or(file, "hashAlgorithm", "?"), "SHA-256");
        CU_ASSERT(strcmp(json_str_or(file, "newestEventTime", ""), json_str_or(file, "oldestEventTime", "")) >= 0);
        j->files++;
    }
    j->empty += json_array_size(files) == 0;
}

static void judge_chain(struct judge *j, int region, const json_t *digest)
{
    bool start = json_is_null(json_object_get(digest, "previousDigestS3Object"));
    static const char *const five[] = {"previousDigestS3Bucket", "previousDigestS3Object", "previousDigestHashValue",
                                       "previousDigestHashAlgorithm", "previousDigestSignature"};
    for (size_t i = 0; i < COUNT(five); i++)
        CU_ASSERT_EQUAL(json_is_null(json_object_get(digest, five[i])), start);
    j->starts += start;
    if (start)
        return;
    CU_ASSERT_STRING_EQUAL(json_str_or(digest, "previousDigestS3Object", "?"), j->last_key[region]);
    CU_ASSERT_STRING_EQUAL(json_str_or(digest, "previousDigestHashValue", "?"), j->last_hash[region]);
    CU_ASSERT_STRING_EQUAL(json_str_or(digest, "previousDigestSignature", "?"), j->last_signature[region]);
    CU_ASSERT_STRING_EQUAL(json_str_or(digest, "digestStartTime", "?"), j->last_end[region]);
}

/* A line of s3-metadata.jsonl: the object and its signature. Lines of a region stand in order. */
static void judge_line(struct judge *j, const char *line, size_t n)
{
    struct err e = {0};
    json_auto_t *object = json_read(line, n, &e);
    const char *key = json_str_or(object, "Key", "?");
    const char *signature = json_string_value(json_path(object, "Metadata.signature"));
    int region = strstr(key, "_us-east-1_monitor") != NULL;
    AUTO(str_drop) struct str path = {0}, text = {0}, signed_text = {0};
    char hash[65];
    str_addf(&path, "%s/s3/%s/%s", j->r->lab, json_str_or(object, "Bucket", "?"), key);
    CU_ASSERT(rig_read(str_text(&path), &text));
    sha256_hex(text.s, text.len, hash);
    json_auto_t *digest = json_read(text.s, text.len, &e);
    const char *before = json_str(digest, "previousDigestSignature");
    str_addf(&signed_text, "%s\n%s/%s\n%s\n%s", json_str_or(digest, "digestEndTime", "?"), json_str_or(object, "Bucket", "?"),
             key, hash, before ? before : "null");
    CU_ASSERT(signature && verifies(j->key, signed_text.s, signature));
    CU_ASSERT_STRING_EQUAL(json_str_or(digest, "digestS3Object", "?"), key);
    CU_ASSERT_STRING_EQUAL(json_str_or(digest, "digestPublicKeyFingerprint", "?"), j->fingerprint);
    judge_chain(j, region, digest);
    int64_t from = 0, to = 0;
    CU_ASSERT(time_parse(json_str_or(digest, "digestStartTime", ""), &from, NULL));
    CU_ASSERT(time_parse(json_str_or(digest, "digestEndTime", ""), &to, NULL));
    CU_ASSERT(from < to && to - from <= HOUR_MS);
    j->odd += to - from < HOUR_MS;
    judge_files(j, json_object_get(digest, "logFiles"));
    snprintf(j->last_signature[region], 513, "%s", signature ? signature : "");
    snprintf(j->last_key[region], 300, "%s", key);
    snprintf(j->last_hash[region], 65, "%s", hash);
    snprintf(j->last_end[region], 32, "%s", json_str_or(digest, "digestEndTime", "?"));
    j->digests++;
}

static void judge_all(struct judge *j, struct rig *r)
{
    AUTO(str_drop) struct str path = {0}, lines = {0};
    struct err e = {0};
    *j = (struct judge){.r = r};
    j->key = public_key(j->fingerprint);
    CU_ASSERT_EQUAL(strlen(j->fingerprint), 32);
    str_addf(&path, "%s/.cafelab/s3-metadata.jsonl", r->lab);
    CU_ASSERT(file_read(str_text(&path), 64u << 20, &lines, &e));
    for (const char *at = str_text(&lines), *end; (end = strchr(at, '\n')); at = end + 1)
        judge_line(j, at, (size_t)(end - at));
    EVP_PKEY_free(j->key);
}

static void hours_are_chained_and_signed(void)
{
    struct rig r;
    struct judge j;
    struct err e = {0};
    rig_open(&r);
    rig_everyday(&r, 400);
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    CU_ASSERT(evidence_write_account(&r.task, &e));
    judge_all(&j, &r);
    CU_ASSERT_EQUAL(j.digests, 2 * (RIG_HOURS - 1));
    CU_ASSERT_EQUAL(j.starts, 2);
    CU_ASSERT(j.files > 12 * (RIG_HOURS - 2));
    rig_drop(&r);
}

static void empty_hours_have_digests(void)
{
    struct rig r;
    struct judge j;
    struct err e = {0};
    rig_open(&r);
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL); /* us-east-1 has nothing else */
    CU_ASSERT(evidence_write_account(&r.task, &e));
    judge_all(&j, &r);
    CU_ASSERT_EQUAL(j.digests, 2 * (RIG_HOURS - 1));
    CU_ASSERT_EQUAL(j.empty, RIG_HOURS - 2);
    rig_drop(&r);
}

/* Settings changed at two hours: the chain goes on. Logging stopped at three and resumed at four: a new chain. */
static void chains_follow_the_trail(void)
{
    struct rig r;
    struct judge j;
    struct err e = {0};
    rig_open(&r);
    rig_everyday(&r, 2000);
    struct logging_span changed = r.span, resumed = r.span;
    r.span.to_ms = changed.from_ms = RIG_START + 2 * 3600000;
    changed.to_ms = RIG_START + 3 * 3600000;
    resumed.from_ms = RIG_START + 4 * 3600000 + 500;
    r.span.next = &changed;
    changed.next = &resumed;
    r.task.until_ms += 1000;
    CU_ASSERT(evidence_write_account(&r.task, &e));
    judge_all(&j, &r);
    CU_ASSERT_EQUAL(j.starts, 4);
    CU_ASSERT_EQUAL(j.digests, 2 * 3 + 2 * 2);
    rig_drop(&r);
}

static void tail_goes_on_with_the_chain(void)
{
    struct rig r;
    struct judge j;
    struct err e = {0};
    rig_open(&r);
    rig_everyday(&r, 400);
    rig_add(&r, "iam:CreateUser", 1, NULL, NULL);
    CU_ASSERT(evidence_write_account(&r.task, &e));
    r.task.everyday = NULL;
    for (int i = 0; i < 4; i++) {
        r.task.first = r.w.journal.n;
        r.task.until_ms += 2400000;
        rig_add(&r, "iam:CreateUser", r.task.until_ms - RIG_START, NULL, NULL);
        CU_ASSERT(evidence_write_account(&r.task, &e));
    }
    judge_all(&j, &r);
    CU_ASSERT_EQUAL(j.starts, 2);
    CU_ASSERT_EQUAL(j.digests, 2 * (RIG_HOURS + 2));
    rig_drop(&r);
}

/* A digest out of turn splits its hour in two; two flushes in a second are one. All files until a flush are named. */
static void flushed_digests_fit_into_the_chain(void)
{
    static const int64_t at[] = {961000, 1000123, 1000400, 4500000, 4560000, 4570777, 9000700, 14000000};
    static const bool flush[] = {false, true, true, false, true, true, true, false};
    struct rig r;
    struct judge j;
    rig_open(&r);
    rig_everyday(&r, 2000);
    r.task.live = true;
    for (size_t i = 0; i < COUNT(at); i++) {
        struct err e = {0};
        AUTO(str_drop) struct str path = {0}, state = {0};
        r.task.until_ms = RIG_START + at[i];
        r.task.flush = flush[i];
        CU_ASSERT(evidence_write_account(&r.task, &e));
        str_addf(&path, "%s/.cafelab/delivery.json", r.lab);
        CU_ASSERT(rig_read(str_text(&path), &state));
        json_auto_t *now = json_read(state.s, state.len, &e);
        CU_ASSERT(!flush[i] || i == 2 || json_array_size(json_object_get(now, "waiting")) == 0);
    }
    judge_all(&j, &r);
    CU_ASSERT_EQUAL(j.starts, 2);
    /* at 16:16:40, 17:16:00 which is the hour of 16:16:00, 17:16:10, 18:16:00, 18:30:00, 19:16:00; the hour's ends as ever */
    CU_ASSERT_EQUAL(j.digests, 2 * 6);
    CU_ASSERT_EQUAL(j.odd, 2 * 6);
    CU_ASSERT_STRING_EQUAL(j.last_end[0], "2025-10-13T19:16:00Z");
    CU_ASSERT_STRING_EQUAL(j.last_end[1], "2025-10-13T19:16:00Z");
    rig_drop(&r);
}

static void without_validation_there_are_none(void)
{
    struct rig r;
    struct err e = {0};
    rig_open(&r);
    rig_everyday(&r, 400);
    r.span.validation = false;
    CU_ASSERT(evidence_write_account(&r.task, &e));
    CU_ASSERT_FALSE(file_exists(arena_printf(&r.w.arena, "%s/.cafelab/s3-metadata.jsonl", r.lab)));
    CU_ASSERT_FALSE(
        file_exists(arena_printf(&r.w.arena, "%s/s3/monitoring1234/AWSLogs/123456789012/CloudTrail-Digest", r.lab)));
    CU_ASSERT(file_exists(arena_printf(&r.w.arena, "%s/s3/monitoring1234/AWSLogs/123456789012/CloudTrail", r.lab)));
    rig_drop(&r);
}

/* Of a lab that nobody validates: all but the signatures. */
static void unsigned_ones_are_as_many(void)
{
    struct rig r;
    struct err e = {0};
    AUTO(str_drop) struct str lines = {0}, zeros = {0};
    size_t n = 0, marked = 0;
    rig_open(&r);
    rig_everyday(&r, 400);
    r.task.unsigned_digests = true;
    CU_ASSERT(evidence_write_account(&r.task, &e));
    CU_ASSERT(file_read(arena_printf(&r.w.arena, "%s/.cafelab/s3-metadata.jsonl", r.lab), 64u << 20, &lines, &e));
    str_addf(&zeros, "\"signature\":\"%0512d\"", 0);
    for (const char *at = str_text(&lines); (at = strchr(at, '\n')); at++)
        n++;
    for (const char *at = str_text(&lines); (at = strstr(at, str_text(&zeros))); at++)
        marked++;
    CU_ASSERT_EQUAL(n, 2 * (RIG_HOURS - 1));
    CU_ASSERT_EQUAL(marked, n);
    rig_drop(&r);
}

CU_TestInfo evidence_digest_tests[] = {
    {"hours are chained and signed",       hours_are_chained_and_signed      },
    {"empty hours have digests",           empty_hours_have_digests          },
    {"chains follow the trail",            chains_follow_the_trail           },
    {"a tail goes on with the chain",      tail_goes_on_with_the_chain       },
    {"flushed digests fit into the chain", flushed_digests_fit_into_the_chain},
    {"without validation there are none",  without_validation_there_are_none },
    {"unsigned ones are as many",          unsigned_ones_are_as_many         },
    CU_TEST_INFO_NULL,
};
