/* SPDX-License-Identifier: MIT */
/* Marks on pictures: the same bytes each time, only where they belong, and no harm from a hostile file. */
#include "sim/host/picture.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

struct pixels {
    unsigned char *rgb;
    int width, height;
};

static void pixels_drop(struct pixels *p)
{
    free(p->rgb);
}

static void read_defaced(struct str *out)
{
    AUTO(arena_drop) struct arena a = {0};
    struct err e = {0};
    CU_ASSERT(file_read(data_path(&a, "fixtures/pictures/defaced.jpg"), 4u << 20, out, &e));
}

static void make_jpeg(int width, int height, bool progressive, bool grey, struct str *out)
{
    struct jpeg_error_mgr handler;
    struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&handler)};
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = grey ? 1 : 3;
    jpeg.in_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    if (progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    unsigned char *row = xcalloc((size_t)width, 3);
    while (jpeg.next_scanline < jpeg.image_height)
        jpeg_write_scanlines(&jpeg, &row, 1);
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    str_addn(out, bytes, size);
    free(bytes);
    free(row);
}

static void read_pixels(const struct str *in, struct pixels *out)
{
    struct jpeg_error_mgr handler;
    struct jpeg_decompress_struct jpeg = {.err = jpeg_std_error(&handler)};
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, (const unsigned char *)in->s, in->len);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    out->width = (int)jpeg.output_width;
    out->height = (int)jpeg.output_height;
    size_t stride = (size_t)out->width * 3;
    out->rgb = xmalloc(stride * (size_t)out->height);
    while (jpeg.output_scanline < jpeg.output_height)
        jpeg_read_scanlines(&jpeg, &(JSAMPROW){out->rgb + jpeg.output_scanline * stride}, 1);
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
}

static bool deface(const struct str *in, const char *mark, struct str *out, struct err *e)
{
    return picture_deface((const unsigned char *)str_text(in), in->len, mark, out, e);
}

static void same_mark_same_bytes(void)
{
    AUTO(str_drop) struct str in = {0}, one = {0}, two = {0}, other = {0};
    struct err e = {0};
    read_defaced(&in);
    CU_ASSERT(deface(&in, "amber-otter", &one, &e));
    CU_ASSERT(deface(&in, "amber-otter", &two, &e));
    CU_ASSERT(deface(&in, "amber-heron", &other, &e));
    CU_ASSERT(one.len == two.len && memcmp(str_text(&one), str_text(&two), one.len) == 0);
    CU_ASSERT(one.len != other.len || memcmp(str_text(&one), str_text(&other), one.len) != 0);
    CU_ASSERT(one.len > 100000 && one.len < 400000);
}

/* Lower-case and capital letters are sprayed alike, but they are two marks. */
static void marks_are_told_apart_by_case(void)
{
    AUTO(str_drop) struct str in = {0}, low = {0}, high = {0};
    struct err e = {0};
    read_defaced(&in);
    CU_ASSERT(deface(&in, "otter", &low, &e));
    CU_ASSERT(deface(&in, "OTTER", &high, &e));
    CU_ASSERT(low.len != high.len || memcmp(str_text(&low), str_text(&high), low.len) != 0);
}

static bool painted(const unsigned char *p)
{
    return p[0] > 150 && p[1] > 190 && p[2] < 130;
}

static void mark_is_large_and_low(void)
{
    AUTO(str_drop) struct str in = {0}, out = {0};
    AUTO(pixels_drop) struct pixels before = {0}, after = {0};
    struct err e = {0};
    read_defaced(&in);
    CU_ASSERT(deface(&in, "0123456789-0123456789-ab", &out, &e)); /* the longest: the smallest letters */
    read_pixels(&in, &before);
    read_pixels(&out, &after);
    CU_ASSERT(before.width == after.width && before.height == after.height);
    int first = after.height, last = 0, above = 0;
    for (int y = 0; y < after.height; y++)
        for (int x = 0; x < after.width; x++) {
            size_t at = ((size_t)y * (size_t)after.width + (size_t)x) * 3;
            bool new = painted(after.rgb + at) && !painted(before.rgb + at);
            first = new &&y < first ? y : first;
            last = new &&y > last ? y : last;
            above += new &&y < after.height * 3 / 4;
        }
    CU_ASSERT(last - first >= 40);
    CU_ASSERT(above < 50);
}

static void every_character_can_be_sprayed(void)
{
    AUTO(str_drop) struct str in = {0}, plain = {0};
    struct err e = {0};
    make_jpeg(400, 240, false, false, &in);
    CU_ASSERT(deface(&in, "-", &plain, &e));
    for (const char *c = ALPHABET_ALNUM; *c; c++) {
        AUTO(str_drop) struct str out = {0};
        CU_ASSERT(deface(&in, (char[]){*c, '\0'}, &out, &e));
        CU_ASSERT(out.len > plain.len / 2);
    }
    CU_ASSERT_FALSE(e.set);
}

static void grey_picture_is_taken(void)
{
    AUTO(str_drop) struct str in = {0}, out = {0};
    AUTO(pixels_drop) struct pixels after = {0};
    struct err e = {0};
    make_jpeg(640, 480, false, true, &in);
    CU_ASSERT(deface(&in, "teal-owl", &out, &e));
    read_pixels(&out, &after);
    CU_ASSERT(after.width == 640 && after.height == 480);
}

static void refuses(const struct str *in, const char *mark, const char *said)
{
    AUTO(str_drop) struct str out = {0};
    struct err e = {0};
    str_add(&out, "kept");
    CU_ASSERT_FALSE(deface(in, mark, &out, &e));
    CU_ASSERT_STRING_EQUAL(str_text(&out), "kept");
    CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, said));
}

static void marks_are_refused(void)
{
    static const struct {
        const char *mark, *said;
    } rows[] = {
        {"",                          "mark of 0 characters: expected 1 to 24"                       },
        {"aaaaaaaaaaaaaaaaaaaaaaaaa", "mark of 25 characters: expected 1 to 24"                      },
        {"under_score",               "mark 'under_score': expected letters, digits and hyphens only"},
        {"caf\xc3\xa9",               "expected letters, digits and hyphens only"                    },
        {"two words",                 "expected letters, digits and hyphens only"                    },
        {"abcdefghijklmnopqrst",      "does not fit on a picture 400 pixels wide"                    },
    };
    AUTO(str_drop) struct str in = {0};
    make_jpeg(400, 240, false, false, &in);
    for (size_t i = 0; i < COUNT(rows); i++)
        refuses(&in, rows[i].mark, rows[i].said);
}

static void pictures_are_refused(void)
{
    static const struct {
        int width, height;
        bool progressive;
        const char *said;
    } rows[] = {
        {199,  300,  false, "picture of 199x300 pixels: expected sides from 200 to 4096"},
        {300,  199,  false, "picture of 300x199 pixels"                                 },
        {4097, 200,  false, "picture of 4097x200 pixels"                                },
        {200,  4097, false, "picture of 200x4097 pixels"                                },
        {640,  480,  true,  "progressive JPEG: expected a baseline one"                 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str in = {0};
        make_jpeg(rows[i].width, rows[i].height, rows[i].progressive, false, &in);
        refuses(&in, "a", rows[i].said);
    }
}

static void damage_is_an_error(void)
{
    AUTO(str_drop) struct str in = {0}, junk = {0};
    read_defaced(&in);
    str_add(&junk, "\x89PNG\r\n\x1a\n, not a JPEG at all");
    refuses(&junk, "a", "cannot read the JPEG: ");
    size_t whole = in.len, cuts[] = {0, 1, 2, 20, 300, 700, whole / 2, whole - 3000};
    for (size_t i = 0; i < COUNT(cuts); i++) {
        in.len = cuts[i];
        refuses(&in, "a", "cannot read the JPEG: ");
    }
}

CU_TestInfo host_picture_tests[] = {
    {"same mark, same bytes",              same_mark_same_bytes          },
    {"marks are told apart by case",       marks_are_told_apart_by_case  },
    {"the mark is large and low",          mark_is_large_and_low         },
    {"every character can be sprayed",     every_character_can_be_sprayed},
    {"a grey picture is taken",            grey_picture_is_taken         },
    {"marks that cannot be are refused",   marks_are_refused             },
    {"pictures out of bounds are refused", pictures_are_refused          },
    {"damage is an error",                 damage_is_an_error            },
    CU_TEST_INFO_NULL,
};
