/* SPDX-License-Identifier: MIT */
/*
 * Variation: every variable draws from a stream named by its own path ("vary/attacker_ip"), so that a new variable
 * leaves all others as they were.
 */
#include "sim/scenario/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Short, friendly, hard to mistake for one another, and never about a person. */
static const char *const words[] = {
    "amber",  "anchor", "apricot", "basil",   "beacon",  "birch",  "biscuit", "bramble", "canyon",  "cedar",  "cello",
    "cinder", "clover", "cobalt",  "comet",   "copper",  "coral",  "cotton",  "crater",  "cricket", "delta",  "dune",
    "ember",  "falcon", "fennel",  "fern",    "flint",   "galaxy", "garnet",  "ginger",  "glacier", "harbor", "hazel",
    "heron",  "indigo", "ivory",   "jasmine", "juniper", "kettle", "lagoon",  "lantern", "lemon",   "lichen", "lotus",
    "magnet", "maple",  "marble",  "meadow",  "mint",    "nectar", "nutmeg",  "ocean",   "olive",   "onyx",   "opal",
    "orchid", "otter",  "pebble",  "pepper",  "pigeon",  "pine",   "plum",    "poppy",   "prairie", "quartz", "quill",
    "raven",  "reef",   "river",   "rocket",  "saffron", "sage",   "salmon",  "sierra",  "silver",  "sorrel", "sparrow",
    "spruce", "sunset", "thistle", "thyme",   "timber",  "topaz",  "tulip",   "tundra",  "velvet",  "violet", "walnut",
    "willow", "winter", "yarrow",  "zephyr",  "zinc",    "zinnia",
};
static const char *const given_names[] = {"Alma", "Bruno", "Clara", "Dario", "Elif",   "Farid", "Greta", "Hugo",
                                          "Ilse", "Jonas", "Kaia",  "Leon",  "Mirela", "Nuno",  "Olga",  "Pavel",
                                          "Rosa", "Samir", "Tomas", "Vera",  "Wanda",  "Yusuf", "Zoe",   "Andrei"};

static const char *draw_words(struct chance *c, struct arena *arena, int64_t count)
{
    AUTO(str_drop) struct str text = {0};
    for (int64_t i = 0; i < count; i++)
        str_addf(&text, "%s%s", i ? "-" : "", words[chance_below(c, COUNT(words))]);
    return arena_dup(arena, str_text(&text));
}

static const char *draw_ip(struct chance *c, struct arena *arena, const struct cidr *net)
{
    uint32_t base = 0;
    for (int i = 0; i < 4; i++)
        base = base << 8 | net->addr[i];
    uint64_t hosts = UINT64_C(1) << (32 - net->bits);
    uint32_t ip = base + 1 + (uint32_t)chance_below(c, hosts - 2);
    return arena_printf(arena, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

static const char *draw_digits(struct chance *c, struct arena *arena, int64_t count)
{
    char digits[16];
    chance_text(c, ALPHABET_DIGITS, (size_t)count, digits);
    return arena_dup(arena, digits);
}

static const char *draw_duration(struct chance *c, struct arena *arena, const struct variable *v)
{
    AUTO(str_drop) struct str text = {0};
    str_add_duration(&text, chance_between(c, v->low / 1000, v->high / 1000) * 1000);
    return arena_dup(arena, str_text(&text));
}

struct drawn_so_far {
    const struct scenario *s;
    const struct draw *draw;
};

static const char *earlier_variable(void *context, const char *name, const char *field)
{
    const struct drawn_so_far *so_far = context;
    return *field ? NULL : draw_value(so_far->s, so_far->draw, name);
}

static const char *draw_text(const struct scenario *s, const struct draw *draw, const struct variable *v, struct arena *arena,
                             struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    struct drawn_so_far so_far = {s, draw};
    if (!scenario_expand(v->text.text, earlier_variable, &so_far, &text, e))
        return NULL;
    return arena_dup(arena, str_text(&text));
}

bool scenario_draw(const struct scenario *s, const struct seed *seed, struct arena *arena, struct draw *draw, struct err *e)
{
    const struct variable *v = s->vary.items;
    draw->values = arena_alloc(arena, (s->vary.n + 1) * sizeof(*draw->values));
    for (draw->n = 0; draw->n < s->vary.n; v++) {
        struct chance c = chance_of(seed, "vary/%s", v->name);
        const char *value = NULL;
        switch (v->kind) {
        case VARY_PICK: value = v->pick.list[chance_below(&c, v->pick.n)]; break;
        case VARY_IP: value = draw_ip(&c, arena, &v->net); break;
        case VARY_PORT:
        case VARY_NUMBER: value = arena_printf(arena, "%lld", (long long)chance_between(&c, v->low, v->high)); break;
        case VARY_TIME: value = arena_time(arena, chance_between(&c, v->low / 1000, v->high / 1000) * 1000, TIME_ISO); break;
        case VARY_DURATION: value = draw_duration(&c, arena, v); break;
        case VARY_DIGITS: value = draw_digits(&c, arena, v->count); break;
        case VARY_WORDS: value = draw_words(&c, arena, v->count); break;
        case VARY_NAME: value = given_names[chance_below(&c, COUNT(given_names))]; break;
        case VARY_TEXT: value = draw_text(s, draw, v, arena, e); break;
        }
        if (!value)
            return false;
        draw->values[draw->n++] = value;
    }
    return true;
}

const char *draw_value(const struct scenario *s, const struct draw *draw, const char *variable)
{
    const struct variable *v = s->vary.items;
    for (size_t i = 0; i < draw->n; i++)
        if (text_same(v[i].name, variable))
            return draw->values[i];
    return NULL;
}

double variable_variants(const struct variable *v)
{
    double n = 1;
    switch (v->kind) {
    case VARY_PICK: return (double)v->pick.n;
    case VARY_IP: return (double)((1ull << (32 - v->net.bits)) - 2);
    case VARY_PORT:
    case VARY_NUMBER: return (double)(v->high - v->low + 1);
    case VARY_TIME:
    case VARY_DURATION: return (double)(v->high - v->low) / 1000 + 1; /* to the second */
    case VARY_DIGITS:
        for (int64_t i = 0; i < v->count; i++)
            n *= 10;
        return n;
    case VARY_WORDS:
    case VARY_NAME:
    case VARY_TEXT: /* made of others; words and names are drawn from lists that may grow: not counted */ return 1;
    }
    return 1;
}

void str_add_variants(struct str *out, double n)
{
    char text[32];
    if (n < 1e6) {
        str_addf(out, "%.0f", n);
        return;
    }
    snprintf(text, sizeof(text), "%.1e", n); /* "8.1e+31" */
    const char *exponent = strchr(text, 'e');
    str_addf(out, "about %.*s x 10^%ld", (int)(exponent - text), text, strtol(exponent + 1, NULL, 10));
}
