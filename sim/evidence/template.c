/* SPDX-License-Identifier: MIT */
/*
 * Marks are a byte 1, which JSON text never holds, and a letter. A record's text is made with marks, then cut at them.
 * For LookupEvents the record stands inside a string: its pieces are escaped when they are cut, once.
 */
#include "sim/evidence/template.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define MARK(letter) "\x01" letter
#define AMZ_ID_LEN 76

static const struct {
    char letter;
    enum slot slot;
    size_t len; /* of those made for each occurrence */
} marks[] = {
    {'I', SLOT_IDENTITY,      0         },
    {'P', SLOT_IP,            0         },
    {'K', SLOT_KEY,           0         },
    {'N', SLOT_NAME,          0         },
    {'T', SLOT_TIME,          20        },
    {'E', SLOT_EVENT_ID,      UUID_LEN  },
    {'R', SLOT_REQUEST_ID,    UUID_LEN  },
    {'S', SLOT_S3_REQUEST_ID, 16        },
    {'H', SLOT_SHARED_ID,     UUID_LEN  },
    {'X', SLOT_AMZ_ID,        AMZ_ID_LEN},
    {'O', SLOT_OBJECT,        0         },
};

/* ---- making templates ---- */

static void add_text(struct template *t, const char *s, size_t n, bool escaped)
{
    struct piece *last = t->n ? &t->list[t->n - 1] : NULL;
    size_t at = t->text.len;
    if (n == 0)
        return;
    if (escaped)
        str_add_json_inside(&t->text, s, n);
    else
        str_addn(&t->text, s, n);
    t->fixed += t->text.len - at;
    if (last && last->slot == SLOT_TEXT)
        last->len += t->text.len - at;
    else
        *GROW(t->list, t->n, t->cap) = (struct piece){SLOT_TEXT, false, at, t->text.len - at};
}

static void add_mark(struct template *t, char letter, bool escaped)
{
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (marks[i].letter != letter)
            continue;
        *GROW(t->list, t->n, t->cap) = (struct piece){marks[i].slot, escaped, 0, marks[i].len};
        t->fixed += marks[i].len;
        t->has_object |= marks[i].slot == SLOT_OBJECT;
        return;
    }
    abort();
}

static void cut(struct template *t, const struct str *marked, bool escaped)
{
    const char *at = str_text(marked), *end = at + marked->len;
    for (const char *mark; (mark = memchr(at, 1, (size_t)(end - at))); at = mark + 2) {
        add_text(t, at, (size_t)(mark - at), escaped);
        add_mark(t, mark[1], escaped);
    }
    add_text(t, at, (size_t)(end - at), escaped);
}

void template_set(struct template *plain, struct template *lookup, const struct world *w, const struct record_facts *facts,
                  const struct entry *entry, enum record_client client)
{
    AUTO(str_drop) struct str record = {0}, head = {0}, agent = {0};
    bool s3 = record_is_s3(facts);
    record_add_agent(&agent, facts, entry->from.agent ? entry->from.agent : "", client == CLIENT_SERVICE);
    const struct record_parts parts = {
        .identity = MARK("I"),
        .time = MARK("T"),
        .ip = MARK("P"),
        .agent = str_text(&agent),
        .request_id = entry->signin ? NULL
                      : s3          ? MARK("S")
                                    : MARK("R"),
        .in_request_id = entry->signin ? NULL
                         : s3          ? MARK("S")
                                       : MARK("R"),
        .event_id = MARK("E"),
        .shared_id = entry->shared_event_id ? MARK("H") : NULL,
        .in_amz_id = MARK("X"),
        .in_object = entry->who.kind == PRINCIPAL_SERVICE ? MARK("O") : NULL,
        .client = client,
    };
    record_add_parts(&record, w, facts, entry, &parts);
    if (plain)
        cut(plain, &record, false);
    if (!lookup)
        return;
    lookup_add_head(&head, facts, entry, &(struct lookup_head){MARK("E"), MARK("T"), MARK("K"), MARK("N")});
    str_addc(&head, '"');
    cut(lookup, &head, false);
    cut(lookup, &record, true);
    add_text(lookup, "\"}", 2, false);
}

void template_drop(struct template *t)
{
    str_drop(&t->text);
    free(t->list);
    *t = (struct template){0};
}

/* ---- callers ---- */

static void escape(struct caller *c)
{
    for (size_t i = 0; i < CALLER_SLOTS; i++) {
        str_addn(&c->plain[i], "", 0); /* never NULL from here on */
        str_addn(&c->escaped[i], "", 0);
        str_add_json_inside(&c->escaped[i], c->plain[i].s, c->plain[i].len);
        c->most += c->escaped[i].len;
    }
}

void caller_set(struct caller *c, const char *identity, size_t len, const char *ip, bool console)
{
    struct err e = {0};
    json_auto_t *document = json_read(identity, len, &e);
    caller_drop(c);
    c->console = console;
    c->service = json_object_get(document, "invokedBy") != NULL;
    str_addn(&c->plain[SLOT_IDENTITY], identity, len);
    str_add_json(&c->plain[SLOT_IP], ip ? ip : "");
    lookup_add_key(&c->plain[SLOT_KEY], document);
    lookup_add_name(&c->plain[SLOT_NAME], document);
    escape(c);
}

enum record_client caller_client(const struct caller *c, const struct entry *shape)
{
    return c->service ? CLIENT_SERVICE : c->console ? CLIENT_CONSOLE : shape->from.tls13 ? CLIENT_TLS13 : CLIENT_TLS12;
}

void caller_drop(struct caller *c)
{
    c->most = 0;
    for (size_t i = 0; i < CALLER_SLOTS; i++) {
        str_drop(&c->plain[i]);
        str_drop(&c->escaped[i]);
    }
}

/* ---- ids: functions of the occurrence's number, so that log files and event history agree without a memory ---- */

uint64_t emitter_salt(const struct seed *seed)
{
    struct chance c = chance_of(seed, "cloudtrail/ids of everyday records");
    return chance_u64(&c);
}

static uint64_t mix(uint64_t x) /* splitmix64 (Steele, Lea and Flood) */
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Eight hexadecimal digits of 32 bits at once, the first one in the highest byte: a nibble to each byte, then "0" or, above
 * nine, "a" is added to all. */
static uint64_t hex32(uint32_t x)
{
    uint64_t n = x;
    n = (n | n << 16) & 0x0000ffff0000ffffu;
    n = (n | n << 8) & 0x00ff00ff00ff00ffu;
    n = (n | n << 4) & 0x0f0f0f0f0f0f0f0fu;
    return n + 0x3030303030303030u + ((n + 0x0606060606060606u) >> 4 & 0x0101010101010101u) * ('a' - '0' - 10);
}

static void put4(char *to, uint64_t digits)
{
    uint32_t bytes = htobe32((uint32_t)digits);
    memcpy(to, &bytes, sizeof(bytes));
}

static void put8(char *to, uint64_t digits)
{
    uint64_t bytes = htobe64(digits);
    memcpy(to, &bytes, sizeof(bytes));
}

/* Version 4: two draws of 64 bits, all of them printed but six. Digits go from registers to their places: by way of a buffer
 * they would be read back before they are written. */
static void write_uuid(uint64_t high, uint64_t low, char *to)
{
    high = (high & 0xffffffffffff0fffu) | 0x4000;
    low = (low & 0x3fffffffffffffffu) | 0x8000000000000000u;
    uint64_t middle = hex32((uint32_t)high), then = hex32((uint32_t)(low >> 32));
    put8(to, hex32((uint32_t)(high >> 32)));
    to[8] = '-';
    put4(to + 9, middle >> 32);
    to[13] = '-';
    put4(to + 14, middle);
    to[18] = '-';
    put4(to + 19, then >> 32);
    to[23] = '-';
    put4(to + 24, then);
    put8(to + 28, hex32((uint32_t)low));
}

/* Characters of an alphabet by multiplication: 16 bits of chance for each are enough here. */
static void write_text(uint64_t draw, const char *alphabet, unsigned letters, size_t n, char *to)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        bits = i % 4 ? bits >> 16 : mix(draw + i);
        to[i] = alphabet[(bits & 0xffff) * letters >> 16];
    }
}

static void write_id(const struct emitter *em, const struct moment *m, const struct piece *p, char *to)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t draw = mix(mix(em->salt ^ m->number) + p->slot);
    switch (p->slot) {
    case SLOT_S3_REQUEST_ID: write_text(draw, ALPHABET_UPPER, 36, p->len, to); break;
    case SLOT_AMZ_ID:
        write_text(draw, base64, 64, p->len - 1, to); /* 56 bytes: the last character has but four bits */
        to[p->len - 2] = "AEIMQUYcgkosw048"[draw & 15];
        to[p->len - 1] = '=';
        break;
    default: write_uuid(draw, mix(draw ^ em->salt), to); break;
    }
}

/* ---- time ---- */

static void write_pair(char *to, int64_t n)
{
    to[0] = (char)('0' + n / 10);
    to[1] = (char)('0' + n % 10);
}

static void write_time(struct emitter *em, int64_t ms, char *to)
{
    const int64_t day_ms = 86400000;
    int64_t day = ms / day_ms, seconds = ms % day_ms / 1000;
    if (day != em->day || !em->date[0]) {
        AUTO(str_drop) struct str date = {0};
        str_add_time(&date, ms, "%Y-%m-%dT00:00:00Z");
        snprintf(em->date, sizeof(em->date), "%s", str_text(&date));
        em->day = day;
    }
    memcpy(to, em->date, 20);
    write_pair(to + 11, seconds / 3600);
    write_pair(to + 14, seconds / 60 % 60);
    write_pair(to + 17, seconds % 60);
}

/* ---- emitting ---- */

size_t template_size(const struct template *t, const struct caller *caller, const struct moment *m)
{
    size_t size = t->fixed;
    for (size_t i = 0; i < t->n; i++) {
        const struct piece *p = &t->list[i];
        if (p->slot < CALLER_SLOTS)
            size += p->escaped ? caller->escaped[p->slot].len : caller->plain[p->slot].len;
        else if (p->slot == SLOT_OBJECT)
            size += m->object_len;
    }
    return size;
}

char *template_emit(const struct template *t, const struct caller *caller, struct emitter *em, const struct moment *m, char *to)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct piece *p = &t->list[i];
        size_t len = p->len;
        if (p->slot == SLOT_TEXT)
            memcpy(to, t->text.s + p->at, len);
        else if (p->slot < CALLER_SLOTS) {
            const struct str *text = p->escaped ? &caller->escaped[p->slot] : &caller->plain[p->slot];
            len = text->len;
            memcpy(to, text->s, len);
        } else if (p->slot == SLOT_TIME)
            write_time(em, m->time_ms, to);
        else if (p->slot == SLOT_OBJECT) {
            len = m->object_len;
            memcpy(to, m->object, len);
        } else
            write_id(em, m, p, to);
        to += len;
    }
    return to;
}

void template_add(struct str *out, const struct template *t, const struct caller *caller, struct emitter *em,
                  const struct moment *m)
{
    char *to = str_reserve(out, t->fixed + caller->most + m->object_len);
    out->len += (size_t)(template_emit(t, caller, em, m, to) - to);
}
