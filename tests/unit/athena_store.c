/* SPDX-License-Identifier: MIT */
/* gunzip's limits, and the import: the same rows in the same order with any number of threads. */
#include "sim/athena/athena.h"
#include "sim/athena/store.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static void pack(struct str *out, const char *text, size_t n)
{
    z_stream z = {.next_in = (Bytef *)text, .avail_in = (uInt)n};
    if (deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    z.next_out = (Bytef *)str_reserve(out, n + 1000);
    z.avail_out = (uInt)(n + 1000);
    deflate(&z, Z_FINISH);
    out->len += z.total_out;
    deflateEnd(&z);
}

static void unpacks(void)
{
    AUTO(str_drop) struct str packed = {0}, got = {0}, text = {0};
    struct err e = {0};
    for (int i = 0; i < 5000; i++)
        str_addf(&text, "line %d\n", i * i);
    pack(&packed, text.s, text.len);
    CU_ASSERT(gunzip(packed.s, packed.len, 1 << 20, &got, &e));
    CU_ASSERT(got.len == text.len && !memcmp(got.s, text.s, text.len));
    pack(&packed, "more", 4); /* a second member */
    str_clear(&got);
    CU_ASSERT(gunzip(packed.s, packed.len, 1 << 20, &got, &e) && got.len == text.len + 4);
    str_clear(&got);
    CU_ASSERT(gunzip(packed.s, packed.len, text.len + 4, &got, &e));
    str_clear(&got);
    CU_ASSERT_FALSE(gunzip(packed.s, packed.len, text.len + 3, &got, &e));
    CU_ASSERT(text_starts(e.msg, "it unpacks to more than"));
}

/* Every way to cut it is found; so is every byte of the check sum. */
static void finds_damage(void)
{
    AUTO(str_drop) struct str packed = {0};
    pack(&packed, "{\"Records\":[]} and some more text", 33);
    for (size_t n = 0; n < packed.len; n++) {
        AUTO(str_drop) struct str got = {0};
        CU_ASSERT_FALSE(gunzip(packed.s, n, 1 << 20, &got, NULL));
    }
    for (size_t i = packed.len - 8; i < packed.len - 4; i++) {
        AUTO(str_drop) struct str got = {0};
        packed.s[i] = (char)(packed.s[i] ^ 1);
        CU_ASSERT_FALSE(gunzip(packed.s, packed.len, 1 << 20, &got, NULL));
        packed.s[i] = (char)(packed.s[i] ^ 1);
    }
}

static void write_lab(const char *dir, unsigned files, unsigned records)
{
    AUTO(str_drop) struct str s3 = {0};
    str_addf(&s3, "%s/s3/bucket", dir);
    CU_ASSERT(dir_make(str_text(&s3), NULL));
    for (unsigned f = 0; f < files; f++) {
        AUTO(str_drop) struct str path = {0}, text = {0}, packed = {0};
        str_add(&text, "{\"Records\":[");
        for (unsigned i = 0; i < records; i++)
            str_addf(&text, "%s{\"eventID\":\"%u-%u\",\"eventName\":\"Name%u\",\"userIdentity\":{\"arn\":\"a%u\"}}",
                     i ? "," : "", f, i, i % 300, i % 7);
        str_add(&text, "]}");
        pack(&packed, text.s, text.len);
        str_addf(&path, "%s/%04u.json.gz", str_text(&s3), f);
        CU_ASSERT(file_write(str_text(&path), packed.s, packed.len, 0644, NULL));
    }
}

/* All event ids in their order. */
static void list_ids(const struct store *st, struct str *ids)
{
    size_t leaf = leaf_find("eventid");
    for (size_t i = 0; i < st->n_groups; i++) {
        const struct group *g = st->groups[i];
        const struct leaf_block *b = &g->leaf[leaf];
        CU_ASSERT(store_check_leaf(st, i, leaf));
        for (uint32_t row = 0; row < g->rows; row++) {
            const uint8_t *codes = (const uint8_t *)g + b->codes;
            uint32_t code = b->width == 1   ? codes[row]
                            : b->width == 2 ? ((const uint16_t *)(const void *)codes)[row]
                                            : b->n_texts;
            const uint32_t *offsets = (const uint32_t *)(const void *)((const uint8_t *)g + b->offsets);
            str_addn(ids, (const char *)g + b->texts + offsets[code - 1], offsets[code] - offsets[code - 1]);
            str_addc(ids, '\n');
        }
    }
}

static void imports(void)
{
    char dir[] = "/tmp/cafelab-unit-XXXXXX";
    CU_ASSERT(mkdtemp(dir) != NULL);
    write_lab(dir, 600, 30); /* two portions, three groups */
    AUTO(str_drop) struct str first = {0}, warnings = {0}, kept = {0};
    str_addf(&kept, "%s/.cafelab/athena/logs", dir);
    for (unsigned threads = 1; threads <= 5; threads += 2) {
        AUTO(str_drop) struct str ids = {0};
        struct logs logs;
        struct store st;
        struct err e = {0};
        struct store_plan plan = {.lab = dir, .threads = threads};
        unlink(str_text(&kept));
        CU_ASSERT(logs_list(&logs, dir, &warnings, &e) && store_open(&st, &logs, &plan, &warnings, &e));
        CU_ASSERT_EQUAL(st.rows, 18000);
        CU_ASSERT(st.n_groups >= 3 && st.n_paths == 600 && text_same(st.paths[599], "bucket/0599.json.gz"));
        list_ids(&st, threads == 1 ? &first : &ids);
        if (threads > 1)
            CU_ASSERT(ids.len == first.len && !memcmp(ids.s, first.s, ids.len));
        store_close(&st);
        logs_drop(&logs);
    }
    CU_ASSERT(text_starts(str_text(&first), "0-0\n0-1\n") && text_ends(str_text(&first), "599-28\n599-29\n"));
    CU_ASSERT_EQUAL(warnings.len, 0);
    CU_ASSERT(dir_remove(dir, NULL));
}

/* Logs at hand come to the same rows, whatever the plan says of threads; digests and what is no log are left out. */
static void takes_texts(void)
{
    static const char one[] = "{\"Records\":[{\"eventID\":\"a\"},{\"eventID\":\"b\"}]}",
                      two[] = "{\"Records\":[{\"eventID\":\"c\"}]}";
    const struct athena_log list[] = {
        {"s3/first/1.json.gz",                        one,   sizeof(one) - 1},
        {"s3/first/AWSLogs/CloudTrail-Digest/d.json", one,   sizeof(one) - 1},
        {"s3/first/notes.txt",                        "x",   1              },
        {"s3/second/2.json.gz",                       two,   sizeof(two) - 1},
        {"s3/second/3.json",                          "{x}", 3              },
    };
    AUTO(str_drop) struct str ids = {0}, warnings = {0};
    struct logs logs;
    struct store st;
    struct err e = {0};
    struct store_plan plan = {.threads = 5};
    logs_take(&logs, list, COUNT(list));
    CU_ASSERT_EQUAL(logs.n, 3);
    CU_ASSERT(logs.n_buckets == 2 && text_same(logs.buckets[0], "first") && text_same(logs.buckets[1], "second"));
    CU_ASSERT(store_open(&st, &logs, &plan, &warnings, &e));
    CU_ASSERT(st.n_paths == 3 && text_same(st.paths[1], "second/2.json.gz"));
    list_ids(&st, &ids);
    CU_ASSERT_STRING_EQUAL(str_text(&ids), "a\nb\nc\n");
    CU_ASSERT(text_starts(str_text(&warnings), "'s3/second/3.json' is left out: "));
    store_close(&st);
    logs_drop(&logs);
    logs_take(&logs, NULL, 0);
    CU_ASSERT(store_open(&st, &logs, &plan, &warnings, &e) && st.rows == 0);
    store_close(&st);
    logs_drop(&logs);
}

static void stops(void)
{
    char dir[] = "/tmp/cafelab-unit-XXXXXX";
    volatile int cancelled = 1;
    struct logs logs;
    struct store st;
    struct err e = {0};
    AUTO(str_drop) struct str warnings = {0};
    CU_ASSERT(mkdtemp(dir) != NULL);
    write_lab(dir, 2, 2);
    struct store_plan plan = {.lab = dir, .threads = 1, .cancelled = &cancelled};
    CU_ASSERT(logs_list(&logs, dir, &warnings, &e));
    CU_ASSERT_FALSE(store_open(&st, &logs, &plan, &warnings, &e));
    CU_ASSERT_STRING_EQUAL(e.msg, "query cancelled");
    logs_drop(&logs);
    CU_ASSERT(dir_remove(dir, NULL));
}

CU_TestInfo athena_store_tests[] = {
    {"unpacks",      unpacks     },
    {"finds damage", finds_damage},
    {"imports",      imports     },
    {"takes texts",  takes_texts },
    {"stops",        stops       },
    CU_TEST_INFO_NULL,
};
