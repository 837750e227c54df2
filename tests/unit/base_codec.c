/* SPDX-License-Identifier: MIT */
/* Hashes (published vectors), base64 (RFC 4648) and networks. */
#include "sim/base/base.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static void test_hashes(void)
{
    AUTO(str_drop) struct str hex = {0};
    char text[65];
    uint8_t mac[32];

    sha256_hex("", 0, text);
    CU_ASSERT_STRING_EQUAL(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_hex("abc", 3, text);
    CU_ASSERT_STRING_EQUAL(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    md5_hex("message digest", 14, text);
    CU_ASSERT_STRING_EQUAL(text, "f96b697d7cb7938d525a2f31aaf161d0");
    hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac); /* RFC 4231, case 2 */
    str_add_hex(&hex, mac, sizeof(mac));
    CU_ASSERT_STRING_EQUAL(hex.s, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_base64(void)
{
    static const char *const rows[][2] = {
        {"",             ""        },
        {"f",            "Zg=="    },
        {"fo",           "Zm8="    },
        {"foo",          "Zm9v"    },
        {"foob",         "Zm9vYg=="},
        {"fooba",        "Zm9vYmE="},
        {"foobar",       "Zm9vYmFy"},
        {"\xff\xfe\xfd", "//79"    }
    };
    static const char *const bad[] = {"Z", "Zg", "Zg=", "Zg==Zg==", "Z===", "====", "Zm9v\n", "Zm 9", "Zm9-", "Zm\xc3\xa9"};

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0}, bytes = {0};
        str_add_base64(&text, rows[i][0], strlen(rows[i][0]));
        CU_ASSERT_STRING_EQUAL(str_text(&text), rows[i][1]);
        CU_ASSERT(base64_decode(rows[i][1], strlen(rows[i][1]), &bytes));
        CU_ASSERT_STRING_EQUAL(str_text(&bytes), rows[i][0]);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        AUTO(str_drop) struct str bytes = {0};
        CU_ASSERT_FALSE(base64_decode(bad[i], strlen(bad[i]), &bytes));
    }
}

static void test_hex(void)
{
    static const char *const bad[] = {"0", "0g", "0A", "ab ", "a b", "0x12"};
    AUTO(str_drop) struct str bytes = {0};

    CU_ASSERT(hex_decode("", 0, &bytes) && bytes.len == 0);
    CU_ASSERT(hex_decode("00ff61", 6, &bytes));
    CU_ASSERT(bytes.len == 3 && memcmp(bytes.s, "\0\377a", 3) == 0);
    CU_ASSERT_FALSE(hex_decode("ab\0c", 4, &bytes));
    for (size_t i = 0; i < COUNT(bad); i++)
        CU_ASSERT_FALSE(hex_decode(bad[i], strlen(bad[i]), &bytes));
    CU_ASSERT_EQUAL(bytes.len, 3);
}

static void test_hash_in_hex(void)
{
    char hash[65];
    CU_ASSERT_FALSE(sha256_is_hex(NULL));
    sha256_hex("", 0, hash);
    CU_ASSERT(sha256_is_hex(hash));
    hash[63] = 'F';
    CU_ASSERT_FALSE(sha256_is_hex(hash));
    hash[63] = 0;
    CU_ASSERT_FALSE(sha256_is_hex(hash));
}

static void test_network(void)
{
    static const char *const rows[][2] = {
        {"203.0.113.7/28",  "203.0.113.0/28" },
        {"203.0.113.23/28", "203.0.113.16/28"},
        {"203.0.113.7",     "203.0.113.7/32" },
        {"203.0.113.7/0",   "0.0.0.0/0"      },
        {"2001:db8::17/60", "2001:db8::/60"  },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        struct cidr c = {0};
        CU_ASSERT(cidr_parse(rows[i][0], &c));
        CU_ASSERT_STRING_EQUAL(cidr_network(&arena, &c), rows[i][1]);
    }
}

static void test_cidr(void)
{
    static const struct {
        const char *text;
        int family, bits; /* family 0: refused */
        bool strict;
    } rows[] = {
        {"0.0.0.0/0",      4, 0,   true },
        {"203.0.113.0/28", 4, 28,  true },
        {"203.0.113.5/28", 4, 28,  false},
        {"203.0.113.5",    4, 32,  true },
        {"203.0.113.5/32", 4, 32,  true },
        {"::/0",           6, 0,   true },
        {"2001:db8::/32",  6, 32,  true },
        {"2001:db8::1/32", 6, 32,  false},
        {"2001:db8::1",    6, 128, true },
        {"::ffff:1.2.3.4", 6, 128, true },
        {"",               0, 0,   false},
        {"/",              0, 0,   false},
        {"1.2.3.4/",       0, 0,   false},
        {"1.2.3.4/33",     0, 0,   false},
        {"1.2.3.4/-1",     0, 0,   false},
        {"1.2.3.4/08",     0, 0,   false},
        {"1.2.3.4/8 ",     0, 0,   false},
        {"1.2.3/8",        0, 0,   false},
        {"01.2.3.4",       0, 0,   false},
        {"1.2.3.256",      0, 0,   false},
        {" 1.2.3.4",       0, 0,   false},
        {"2001:db8::/129", 0, 0,   false},
        {"1.2.3.4/9999",   0, 0,   false},
        {"example.org",    0, 0,   false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cidr c = {0};
        bool good = cidr_parse(rows[i].text, &c);
        CU_ASSERT_EQUAL(good, rows[i].family != 0);
        if (!good)
            continue;
        CU_ASSERT(c.family == rows[i].family && c.bits == rows[i].bits);
        CU_ASSERT_EQUAL(cidr_strict(&c), rows[i].strict);
    }
}

static void test_within(void)
{
    static const struct {
        const char *ip, *net;
        bool in;
    } rows[] = {
        {"203.0.113.15",   "203.0.113.0/28", true },
        {"203.0.113.16",   "203.0.113.0/28", false},
        {"1.2.3.4",        "0.0.0.0/0",      true },
        {"203.0.113.5",    "203.0.113.5/32", true },
        {"203.0.113.5",    "203.0.113.5",    true },
        {"203.0.113.0/24", "203.0.113.0/28", false},
        {"203.0.113.0/28", "203.0.113.0/24", true },
        {"2001:db8::5",    "2001:db8::/32",  true },
        {"2001:db9::5",    "2001:db8::/32",  false},
        {"1.2.3.4",        "::/0",           false},
        {"::1",            "0.0.0.0/0",      false},
        {"x",              "0.0.0.0/0",      false},
        {"1.2.3.4",        "x",              false},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        CU_ASSERT_EQUAL(ip_in(rows[i].ip, rows[i].net), rows[i].in);
}

/* The first blocks of AES-256 under a key of zeros: NIST's known answer for block 0; GCM's test cases 13 and 14 hold 1 and 2.
 */
static void test_mask(void)
{
    const uint8_t key[32] = {0};
    uint8_t bytes[48] = {0}, text[5] = "seal";
    AUTO(str_drop) struct str hex = {0};

    aes256_mask(key, bytes, sizeof(bytes));
    str_add_hex(&hex, bytes, sizeof(bytes));
    CU_ASSERT_STRING_EQUAL(str_text(&hex), "dc95c078a2408989ad48a21492842087"
                                           "530f8afbc74536b9a963b4f1c4cb738b"
                                           "cea7403d4d606b6e074ec5d3baf39d18");
    aes256_mask(key, text, 0);
    CU_ASSERT_STRING_EQUAL((char *)text, "seal");
    aes256_mask(key, text, 4);
    CU_ASSERT_STRING_NOT_EQUAL((char *)text, "seal");
    aes256_mask(key, text, 4);
    CU_ASSERT_STRING_EQUAL((char *)text, "seal");
}

/* Streams drawn in turn from two seeds: the state of a key serves that key alone. */
static void test_keys_in_turn(void)
{
    const struct seed one = seed_from_text("one"), two = seed_from_text("two");
    struct seed first = seed_derive(&one, "path"), second = seed_derive(&two, "path"), again = seed_derive(&one, "path");
    uint8_t plain[32];

    CU_ASSERT(memcmp(&first, &again, sizeof(first)) == 0);
    CU_ASSERT(memcmp(&first, &second, sizeof(first)) != 0);
    hmac_sha256(two.key, sizeof(two.key), "path", 4, plain);
    CU_ASSERT(memcmp(plain, second.key, sizeof(plain)) == 0);
}

CU_TestInfo base_codec_tests[] = {
    {"hashes",            test_hashes      },
    {"base64",            test_base64      },
    {"hex",               test_hex         },
    {"a hash in hex",     test_hash_in_hex },
    {"networks",          test_cidr        },
    {"without host bits", test_network     },
    {"within a network",  test_within      },
    {"mask",              test_mask        },
    {"keys in turn",      test_keys_in_turn},
    CU_TEST_INFO_NULL,
};
