/* SPDX-License-Identifier: MIT */
/*
 * Addresses and networks. Equivalent spellings are one: 10.0.0.7/24 is 10.0.0.0/24, as AWS itself takes it, and so are
 * 10.0.0.0/255.255.255.0 and 10.0.0.0-10.0.0.255.
 */
#include "grader/types.h"

#include <string.h>

static void mask(struct cidr *c)
{
    for (int bit = c->bits; bit < (c->family == 4 ? 32 : 128); bit++)
        c->addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

static const char *norm_of(struct arena *arena, struct cidr *c)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (c->family == 6 && c->bits >= 96 && !memcmp(c->addr, mapped, sizeof(mapped))) { /* ::ffff:192.0.2.7 */
        memmove(c->addr, c->addr + 12, 4);
        c->family = 4;
        c->bits -= 96;
    }
    AUTO(str_drop) struct str s = {0};
    str_addf(&s, "%d/%d/", c->family, c->bits);
    str_add_hex(&s, c->addr, c->family == 4 ? 4 : 16);
    return arena_dup(arena, str_text(&s));
}

/* "192.0.2[.]7": as people in this trade write what must not become a link. */
static const char *bare_address(struct arena *arena, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    for (const char *s = bare_text(arena, text); *s; s++) {
        bool marked = text_starts(s, "[.]");
        str_addc(&out, marked ? '.' : *s);
        s += marked ? 2 : 0;
    }
    return arena_dup(arena, str_text(&out));
}

bool read_ip(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const char *s = bare_address(r->arena, text);
    bool good = cidr_parse(s, &out->cidr) && out->cidr.bits == (out->cidr.family == 4 ? 32 : 128);
    if (good) {
        out->norm = norm_of(r->arena, &out->cidr);
        return true;
    }
    const char *colon = strrchr(s, ':'), *slash = strchr(s, '/');
    struct cidr before;
    if (colon && strchr(s, '.') && cidr_parse(arena_dupn(r->arena, s, (size_t)(colon - s)), &before))
        str_add(why, "expected the address alone, without a port");
    else if (slash && cidr_parse(s, &before))
        str_add(why, "expected one address, not a network");
    else
        str_add(why, "expected an address such as 192.0.2.7");
    return false;
}

/* "10.0.0.0/255.255.255.0" */
static bool read_netmask(struct arena *arena, const char *s, struct cidr *out)
{
    const char *slash = strchr(s, '/');
    struct cidr m;
    if (!slash || !strchr(slash, '.') || !cidr_parse(arena_dupn(arena, s, (size_t)(slash - s)), out) ||
        !cidr_parse(slash + 1, &m) || m.family != 4 || out->family != 4)
        return false;
    uint32_t bits = (uint32_t)m.addr[0] << 24 | (uint32_t)m.addr[1] << 16 | (uint32_t)m.addr[2] << 8 | m.addr[3];
    out->bits = __builtin_popcount(bits);
    return bits == (out->bits ? ~0u << (32 - out->bits) : 0);
}

/* "10.0.0.0-10.0.0.255", when it is a network */
static bool read_span(struct arena *arena, const char *s, struct cidr *out)
{
    const char *dash = strchr(s, '-');
    struct cidr last;
    if (!dash || !cidr_parse(bare_text(arena, arena_dupn(arena, s, (size_t)(dash - s))), out) ||
        !cidr_parse(bare_text(arena, dash + 1), &last) || out->family != 4 || last.family != 4 || out->bits != 32 ||
        last.bits != 32)
        return false;
    for (out->bits = 0; out->bits <= 32; out->bits++) {
        struct cidr low = *out, high = *out;
        mask(&low);
        for (int bit = out->bits; bit < 32; bit++)
            high.addr[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
        if (!memcmp(low.addr, out->addr, 4) && !memcmp(high.addr, last.addr, 4))
            return true;
    }
    return false;
}

bool read_cidr(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const char *s = bare_address(r->arena, text);
    if (!cidr_parse(s, &out->cidr) && !read_netmask(r->arena, s, &out->cidr) && !read_span(r->arena, s, &out->cidr)) {
        str_add(why, "expected a network such as 192.0.2.0/24");
        return false;
    }
    mask(&out->cidr);
    out->norm = norm_of(r->arena, &out->cidr);
    return true;
}

void near_cidr(const struct reading *key, const struct reading *given, struct str *says)
{
    if (cidr_contains(&given->cidr, &key->cidr))
        str_add(says, "that network is wider than what is asked for");
    else if (cidr_contains(&key->cidr, &given->cidr))
        str_add(says, "that is only a part of it");
}
