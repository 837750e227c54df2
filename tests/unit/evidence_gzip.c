/* SPDX-License-Identifier: MIT */
/* What the coder writes, zlib reads back; the same input gives the same bytes, whatever the coder did before. */
#include "sim/evidence/gzip.h"

#include "sim/evidence/evidence.h"

#include <CUnit/CUnit.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static bool inflates_to(const struct str *gz, const char *data, size_t n)
{
    char *back = xmalloc(n + 1);
    z_stream z = {.next_in = (Bytef *)gz->s, .avail_in = (uInt)gz->len, .next_out = (Bytef *)back, .avail_out = (uInt)n + 1};
    bool same = inflateInit2(&z, 15 + 16) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0 &&
                z.total_out == n && memcmp(back, data, n) == 0;
    inflateEnd(&z);
    free(back);
    return same;
}

static void fill(struct str *data, size_t n, bool random)
{
    struct seed seed = seed_from_text("gzip");
    struct chance c = chance_of(&seed, "data");
    while (data->len < n)
        if (random)
            str_addc(data, (char)chance_below(&c, 256));
        else
            str_addf(data, "{\"eventName\":\"DescribeInstances\",\"n\":%d},", (int)chance_below(&c, 1000));
    data->len = n;
}

static void zlib_reads_it_back(void)
{
    static const size_t sizes[] = {0, 1, 20, 4095, 16383, 16384, 70000, 3000000};
    AUTO(gzip_coder_drop) struct gzip_coder *g = gzip_coder_new();
    for (size_t i = 0; i < 2 * COUNT(sizes); i++) {
        AUTO(str_drop) struct str data = {0}, gz = {0};
        fill(&data, sizes[i / 2], i % 2);
        gzip_coder_add(g, &gz, str_text(&data), data.len);
        CU_ASSERT(inflates_to(&gz, str_text(&data), data.len));
        CU_ASSERT(i % 2 || data.len < 4000 || gz.len < data.len / 4);
    }
}

static void header_has_no_time(void)
{
    AUTO(str_drop) struct str gz = {0};
    gzip_add(&gz, "x", 1);
    CU_ASSERT(gz.len > 18 && memcmp(gz.s, "\x1f\x8b\x08\0\0\0\0\0", 8) == 0); /* deflate, no flags, no time */
}

static void earlier_data_leave_no_trace(void)
{
    AUTO(gzip_coder_drop) struct gzip_coder *g = gzip_coder_new();
    AUTO(str_drop) struct str data = {0}, other = {0}, first = {0}, again = {0}, ignored = {0};
    fill(&data, 100000, false);
    fill(&other, 500000, true);
    gzip_add(&first, data.s, data.len);
    gzip_coder_add(g, &ignored, other.s, other.len);
    gzip_coder_add(g, &again, data.s, data.len);
    CU_ASSERT(first.len == again.len && memcmp(first.s, again.s, first.len) == 0);
}

/* What malloc gives next is full of a number. ISA-L's isal_deflate_stateless_init leaves hist_bits as it finds it: 1 to 13
 * shorten the window. */
static void dirty_the_heap(uint16_t number)
{
    uint16_t *dirt[64];
    const size_t n = 100u << 10;
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    for (size_t i = 0; i < COUNT(dirt); i++) {
        dirt[i] = xmalloc(n);
        for (size_t j = 0; j < n / sizeof(*dirt[i]); j++)
            dirt[i][j] = number;
    }
    for (size_t i = 0; i < COUNT(dirt); i++)
        free(dirt[i]);
}

static void memory_leaves_no_trace(void)
{
    static const size_t sizes[] = {200, 2000, 15000, 100000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        AUTO(str_drop) struct str data = {0}, first = {0}, again = {0};
        fill(&data, sizes[i], false);
        dirty_the_heap(0);
        gzip_add(&first, data.s, data.len);
        dirty_the_heap(7);
        gzip_add(&again, data.s, data.len);
        CU_ASSERT(first.len == again.len && memcmp(first.s, again.s, first.len) == 0);
    }
}

/* Text, then random bytes, then text: what is random is stored, what is text is not. */
static void of_a_mixture(void)
{
    static const struct {
        size_t text, random, more_text;
    } rows[] = {
        {0,      0,      0     },
        {1,      0,      0     },
        {0,      4096,   0     },
        {0,      70000,  0     },
        {5000,   0,      0     },
        {5000,   100000, 5000  },
        {300000, 66000,  1     },
        {1,      200000, 300000}
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str data = {0}, part = {0}, gz = {0}, again = {0};
        fill(&data, rows[i].text, false);
        fill(&part, rows[i].random, true);
        str_addn(&data, str_text(&part), part.len);
        fill(&data, data.len + rows[i].more_text, false);
        gzip_add_mixed(&gz, str_text(&data), data.len);
        CU_ASSERT(inflates_to(&gz, str_text(&data), data.len));
        CU_ASSERT(gz.len < rows[i].random + (rows[i].text + rows[i].more_text) / 4 + rows[i].random / 1000 + 8192);
        CU_ASSERT(rows[i].random < 8192 || memmem(gz.s, gz.len, part.s + 4096, 4096)); /* as it stands */
        gzip_add_mixed(&again, str_text(&data), data.len);
        CU_ASSERT(gz.len == again.len && memcmp(gz.s, again.s, gz.len) == 0);
    }
}

/* One member, whatever comes in which order; what is packed already is not packed again. */
static void parts_are_one_member(void)
{
    static const struct {
        size_t n;
        bool packed;
    } rows[] = {
        {0,       0},
        {512,     0},
        {2000,    1},
        {700,     0},
        {511,     1},
        {1,       0},
        {65535,   1},
        {65536,   1},
        {200000,  0},
        {200000,  0},
        {512,     1},
        {400000,  0},
        {512,     0},
        {3000000, 1},
        {0,       0},
        {1024,    0}
    };
    AUTO(str_drop) struct str all = {0}, gz = {0};
    size_t stored = 0;
    struct gzip_parts *parts = gzip_parts_new(&gz);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str data = {0};
        fill(&data, rows[i].n, rows[i].packed);
        if (rows[i].packed)
            memcpy(data.s, i % 2 ? "\xff\xd8\xff" : "\x1f\x8b\x08", 3);
        stored += rows[i].packed ? rows[i].n : 0;
        str_addn(&all, str_text(&data), data.len);
        gzip_parts_add(parts, str_text(&data), data.len);
    }
    gzip_parts_end(parts);
    CU_ASSERT(inflates_to(&gz, all.s, all.len));
    CU_ASSERT(gz.len > stored && gz.len < stored + (all.len - stored) / 4);
    for (const char *begin = "\xff\xd8\xff"; begin; begin = *begin == '\x1f' ? NULL : "\x1f\x8b\x08")
        CU_ASSERT_PTR_NOT_NULL(memmem(gz.s + 10, gz.len - 10, begin, 3));
}

CU_TestInfo evidence_gzip_tests[] = {
    {"zlib reads it back",          zlib_reads_it_back         },
    {"the header has no time",      header_has_no_time         },
    {"earlier data leave no trace", earlier_data_leave_no_trace},
    {"memory leaves no trace",      memory_leaves_no_trace     },
    {"of a mixture",                of_a_mixture               },
    {"parts are one member",        parts_are_one_member       },
    CU_TEST_INFO_NULL,
};
