/* SPDX-License-Identifier: MIT */
/*
 * Signatures: AWS's published examples (get-vanilla, get-vanilla-query-order-key-case), requests as botocore 1.43 signs
 * them, and every way of being wrong.
 */
#include "sim/serve/sigv4.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SCOPE(region, service) "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/" region "/" service "/aws4_request, "
#define PRESIGNED(seconds)                                                                                                     \
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-west-2%2Fs3%2Faws4_request"                 \
    "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=" seconds "&X-Amz-SignedHeaders=host"                                          \
    "&X-Amz-Signature=633e94ee4dafa67a96affcb076172bd4ceeb37bcfd24cb0c423ea1756974c7a6"
#define DATE                                                                                                                   \
    {                                                                                                                          \
        "x-amz-date", "20150830T123600Z"                                                                                       \
    }
#define LOCAL                                                                                                                  \
    {                                                                                                                          \
        "host", "127.0.0.1:4599"                                                                                               \
    }

static const int64_t signed_ms = INT64_C(1440938160000);

static const struct sample {
    const char *name, *method, *path, *query, *body;
    struct form_field headers[6];
} samples[] = {
    {"get-vanilla",
     "GET",                        "/",
     "",                                                                           "",
     {{"host", "example.amazonaws.com"},
      DATE,
      {"authorization",
       SCOPE("us-east-1", "service") "SignedHeaders=host;x-amz-date, "
                                     "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"}}                      },
    {"query order",
     "GET",                        "/",
     "Param2=value2&Param1=value1",                                                "",
     {{"host", "example.amazonaws.com"},
      DATE,
      {"authorization",
       SCOPE("us-east-1", "service") "SignedHeaders=host;x-amz-date, "
                                     "Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"}}                      },
    {"a form",
     "POST",                       "/",
     "",                                                                           "Action=DescribeInstances&Version=2016-11-15",
     {LOCAL,
      DATE,
      {"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
      {"authorization",
       SCOPE("us-west-2", "ec2") "SignedHeaders=content-type;host;x-amz-date, "
                                 "Signature=9125a340f4aff66fc9cfc973f4cea628a2ab0b8fb172ccb76de37e8e1bccf831"}}                          },
    {"a session token",
     "POST",                       "/",
     "",                                                                           "{}",
     {LOCAL,
      DATE,
      {"x-amz-target", "a.b"},
      {"x-amz-security-token", "TOKEN/abc+="},
      {"authorization",
       SCOPE("us-east-1", "sts") "SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target,"
                                 "Signature=2374d53f9aaeaea3ea3d478d8fd71538915d484862f5d3ed434dfd31a29915f2"}}                          },
    {"an S3 key",
     "GET",                        "/bucket/sp%20ace%2B%C3%A9",
     "prefix=a%2Fb&list-type=2&delimiter=",                                        "",
     {LOCAL,
      DATE,
      {"x-amz-content-sha256", EMPTY},
      {"authorization",
       SCOPE("us-west-2", "s3") "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
                                "Signature=11bdd91e4139055382e278a4e56c8c6dbab273e00d0c511edf2aa352548422c1"}}                           },
    {"a presigned address", "GET", "/bucket/key",               PRESIGNED("3600"), "",                                            {LOCAL}},
};

static const struct sample *sample_of(const char *name)
{
    for (size_t i = 0; i < COUNT(samples); i++)
        if (text_same(samples[i].name, name))
            return &samples[i];
    return NULL;
}

static enum signature_fault verify(const struct sample *s, const char *secret, int64_t now_ms)
{
    AUTO(arena_drop) struct arena arena = {0};
    char hash[65];
    struct signature claimed;
    struct signed_request r = {s->method, s->path, s->query, s->headers, 0, hash};
    while (r.n_headers < COUNT(s->headers) && s->headers[r.n_headers].name)
        r.n_headers++;
    sha256_hex(s->body, strlen(s->body), hash);
    enum signature_fault fault = signature_read(&r, &arena, &claimed);
    return fault == SIGNATURE_GOOD ? signature_check(&r, &claimed, secret, now_ms, &arena) : fault;
}

static void takes_what_clients_sign(void)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        enum signature_fault fault = verify(&samples[i], SECRET, signed_ms + 1000);
        if (fault)
            printf("%s: fault %d\n", samples[i].name, fault);
        CU_ASSERT_EQUAL(fault, SIGNATURE_GOOD);
    }
}

static void refuses_another_secret(void)
{
    for (size_t i = 0; i < COUNT(samples); i++)
        CU_ASSERT_EQUAL(verify(&samples[i], "another", signed_ms), SIGNATURE_MISMATCH);
}

static void knows_when(void)
{
    const struct {
        const char *name;
        int64_t after_ms;
        enum signature_fault want;
    } rows[] = {
        {"a form",              SIGNATURE_SKEW_MS,      SIGNATURE_GOOD },
        {"a form",              SIGNATURE_SKEW_MS + 1,  SIGNATURE_LATE },
        {"a form",              -SIGNATURE_SKEW_MS,     SIGNATURE_GOOD },
        {"a form",              -SIGNATURE_SKEW_MS - 1, SIGNATURE_EARLY},
        {"a presigned address", 3600 * 1000,            SIGNATURE_GOOD },
        {"a presigned address", 3600 * 1000 + 1,        SIGNATURE_LATE },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        CU_ASSERT_EQUAL(verify(sample_of(rows[i].name), SECRET, signed_ms + rows[i].after_ms), rows[i].want);
}

/* Each row changes one thing of a good request. */
static void refuses_what_was_altered(void)
{
    struct sample s;
#define ALTERED(base, change, want)                                                                                            \
    do {                                                                                                                       \
        s = *sample_of(base);                                                                                                  \
        change;                                                                                                                \
        CU_ASSERT_EQUAL(verify(&s, SECRET, signed_ms), want);                                                                  \
    } while (0)
    ALTERED("a form", s.body = "Action=DescribeInstances&Version=2016-11-16", SIGNATURE_MISMATCH);
    ALTERED("a form", s.method = "PUT", SIGNATURE_MISMATCH);
    ALTERED("a form", s.path = "/x", SIGNATURE_MISMATCH);
    ALTERED("a form", s.query = "a=b", SIGNATURE_MISMATCH);
    ALTERED("a form", s.headers[2].value = "text/plain", SIGNATURE_MISMATCH);
    ALTERED("a form", s.headers[0].value = "127.0.0.1:4600", SIGNATURE_MISMATCH);
    ALTERED("a form", s.headers[1].value = "20150830T123601Z", SIGNATURE_MISMATCH);
    ALTERED("a form", s.headers[1].value = "20150831T123600Z", SIGNATURE_DAY);
    ALTERED("a form", s.headers[1].value = "2015-08-30", SIGNATURE_MALFORMED);
    ALTERED("a form", s.headers[1].name = "date", SIGNATURE_MALFORMED);
    ALTERED("a form", s.headers[4] = ((struct form_field){"x-amz-security-token", "stolen"}), SIGNATURE_UNSIGNED);
    ALTERED("a form", s.headers[3].name = "cookie", SIGNATURE_ABSENT);
    ALTERED("a form", s.headers[3].value = "Basic dTpw", SIGNATURE_MALFORMED);
    ALTERED("a form", s.headers[3].value = "AWS4-HMAC-SHA256 Credential=a/b", SIGNATURE_MALFORMED);
    ALTERED("a form",
            s.headers[3].value =
                SCOPE("..", "ec2") "SignedHeaders=content-type;host;x-amz-date, "
                                   "Signature=9125a340f4aff66fc9cfc973f4cea628a2ab0b8fb172ccb76de37e8e1bccf831",
            SIGNATURE_MALFORMED);
    const char *const of_form = "SignedHeaders=content-type;host;x-amz-date, Signature=" EMPTY;
    AUTO(arena_drop) struct arena arena = {0};
    for (int n = 32; n <= 33; n++) /* letters of a region */
        ALTERED("a form",
                s.headers[3].value =
                    arena_printf(&arena, SCOPE("%.*s", "ec2") "%s", n, "abcdefghijklmnopqrstuvwxyz-abcdefghijklm", of_form),
                n > 32 ? SIGNATURE_MALFORMED : SIGNATURE_MISMATCH);
    ALTERED("a form", s.headers[1].value = "20150830T123660Z", SIGNATURE_MISMATCH); /* a leap second */
    ALTERED("a form", s.headers[1].value = "20150830T123661Z", SIGNATURE_MALFORMED);
    ALTERED("a form", s.headers[3].value = SCOPE("us-west-2", "ec2") "SignedHeaders=content-type;x-amz-date, Signature=" EMPTY,
            SIGNATURE_UNSIGNED);
    ALTERED("a presigned address", s.query = PRESIGNED("604800"), SIGNATURE_MISMATCH); /* a week */
    ALTERED("a presigned address", s.query = PRESIGNED("604801"), SIGNATURE_MALFORMED);
    ALTERED("a presigned address", s.query = PRESIGNED("0"), SIGNATURE_MALFORMED);
    ALTERED("an S3 key", s.body = "x", SIGNATURE_BODY);
    ALTERED("an S3 key", s.headers[2].value = "UNSIGNED-PAYLOAD", SIGNATURE_MISMATCH);
    ALTERED("an S3 key", s.path = "/bucket/sp ace%2B%C3%A9", SIGNATURE_MISMATCH);
    ALTERED("a presigned address", s.path = "/bucket/other", SIGNATURE_MISMATCH);
    ALTERED("a presigned address", s.method = "DELETE", SIGNATURE_MISMATCH);
#undef ALTERED
}

CU_TestInfo serve_sigv4_tests[] = {
    {"takes what clients sign",  takes_what_clients_sign },
    {"refuses another secret",   refuses_another_secret  },
    {"knows when",               knows_when              },
    {"refuses what was altered", refuses_what_was_altered},
    CU_TEST_INFO_NULL,
};
