/* SPDX-License-Identifier: MIT */
/* Bodies in AWS's own chunks: the published examples, and what is wrong with others. */
#include "sim/serve/chunked.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define LONG_CHUNK 65536
#define SHORT_CHUNK 1024

/* S3 API Reference, "Signature calculations": 65 KB of the letter a, with and without trailing headers. */
static const struct example {
    const char *payload, *seed, *chunks[3], *trailer;
} examples[] = {
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
     "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9", {"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
      "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"},
     "\r\n"                                                                    },
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
     "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e", {"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"},
     "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:"
     "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"},
};

static struct signature claim_of(const char *payload, const char *seed)
{
    return (struct signature){.day = "20130524",
                              .region = "us-east-1",
                              .service = "s3",
                              .stamp = "20130524T000000Z",
                              .payload = payload,
                              .hex = seed};
}

static enum chunked_fault read_body(const struct signature *claim, const struct str *text, struct arena *arena,
                                    struct chunked_body *out)
{
    uint8_t key[32];
    signature_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", claim, key);
    return chunked_read(&(struct chunked){claim, key}, str_text(text), text->len, arena, out);
}

static void add_letters(struct str *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addc(out, 'a');
}

static void write_example(struct str *out, const struct example *example)
{
    static const size_t sizes[] = {LONG_CHUNK, SHORT_CHUNK, 0};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        str_addf(out, "%zx;chunk-signature=%s\r\n", sizes[i], example->chunks[i]);
        add_letters(out, sizes[i]);
        str_add(out, sizes[i] ? "\r\n" : "");
    }
    str_add(out, example->trailer);
}

static void reads_the_published_examples(void)
{
    for (size_t i = 0; i < COUNT(examples); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(str_drop) struct str text = {0};
        struct chunked_body body;
        const struct signature claim = claim_of(examples[i].payload, examples[i].seed);
        write_example(&text, &examples[i]);
        CU_ASSERT_EQUAL(read_body(&claim, &text, &arena, &body), CHUNKED_GOOD);
        CU_ASSERT_EQUAL(body.bytes.len, LONG_CHUNK + SHORT_CHUNK);
        CU_ASSERT_EQUAL(body.n_trailers, i == 0 ? 0 : 2);
        str_drop(&body.bytes);
        text.s[200] = 'b'; /* a letter of the first chunk */
        CU_ASSERT_EQUAL(read_body(&claim, &text, &arena, &body), CHUNKED_MISMATCH);
        str_drop(&body.bytes);
    }
}

/* Where none was announced, none may trail. */
static void takes_no_more_than_was_said(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct chunked_body body;
    struct example longer = examples[0];
    const struct signature claim = claim_of(longer.payload, longer.seed);
    longer.trailer = "x-amz-checksum-crc32c:sOO8/Q==\r\n\r\n";
    write_example(&text, &longer);
    CU_ASSERT_EQUAL(read_body(&claim, &text, &arena, &body), CHUNKED_MALFORMED);
    str_drop(&body.bytes);
}

static void reads_and_refuses(void)
{
    static const char unsigned_kind[] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                      signed_kind[] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    static const struct {
        const char *payload, *text;
        enum chunked_fault want;
        const char *bytes;
    } rows[] = {
        {unsigned_kind,      "3\r\nhi\n\r\n0\r\nx-amz-checksum-crc32:7W96eg==\r\n\r\n",                  CHUNKED_GOOD,      "hi\n"},
        {unsigned_kind,      "2\r\nab\r\n1\r\nc\r\n0\r\nX-Amz-Checksum-Crc32: NSRBwg==\r\n\r\n",         CHUNKED_GOOD,      "abc" },
        {unsigned_kind,      "0\r\n\r\n",                                                                CHUNKED_GOOD,      ""    },
        {unsigned_kind,      "",                                                                         CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "3\r\nabc\r\n",                                                             CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "4\r\nabc\r\n0\r\n\r\n",                                                    CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "2\r\nabc\r\n0\r\n\r\n",                                                    CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "ffffffff\r\nabc\r\n0\r\n\r\n",                                             CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "fffffffff\r\nabc\r\n0\r\n\r\n",                                            CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "000000003\r\nabc\r\n0\r\n\r\n",                                            CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "-1\r\nabc\r\n0\r\n\r\n",                                                   CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "3;x=1\r\nabc\r\n0\r\n\r\n",                                                CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "0\r\nno colon\r\n\r\n",                                                    CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "0\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\ng:7\r\nh:8\r\ni:9\r\n\r\n", CHUNKED_MALFORMED, NULL  },
        {unsigned_kind,      "0\r\na:1\r\n\r\nmore",                                                     CHUNKED_MALFORMED, NULL  },
        {signed_kind,        "3\r\nabc\r\n0\r\n\r\n",                                                    CHUNKED_MALFORMED, NULL  },
        {signed_kind,        "3;chunk-signature=00\r\nabc\r\n0;chunk-signature=00\r\n\r\n",              CHUNKED_MISMATCH,  NULL  },
        {"UNSIGNED-PAYLOAD", "0\r\n\r\n",                                                                CHUNKED_MALFORMED, NULL  },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(str_drop) struct str text = {0};
        struct chunked_body body;
        const struct signature claim = claim_of(rows[i].payload, examples[0].seed);
        str_add(&text, rows[i].text);
        enum chunked_fault got = read_body(&claim, &text, &arena, &body);
        if (got != rows[i].want)
            printf("%s: %d\n", rows[i].text, got);
        CU_ASSERT_EQUAL(got, rows[i].want);
        if (rows[i].bytes)
            CU_ASSERT_STRING_EQUAL(str_text(&body.bytes), rows[i].bytes);
        str_drop(&body.bytes);
    }
}

CU_TestInfo serve_chunked_tests[] = {
    {"reads the published examples", reads_the_published_examples},
    {"reads and refuses",            reads_and_refuses           },
    {"takes no more than was said",  takes_no_more_than_was_said },
    CU_TEST_INFO_NULL,
};
