/* SPDX-License-Identifier: MIT */
/*
 * struct utmp of glibc on x86_64, little endian, 384 bytes: short type, 2 pad, int pid, char line[32] id[4] user[32]
 * host[256], short termination and exit, int session, int sec, int usec, int addr_v6[4], 20 unused (utmp(5); sizes and
 * offsets proven with who, last and utmpdump, host-lab.md 4.2).
 */
#include "sim/evidence/host_traces.h"

#include <arpa/inet.h>
#include <string.h>

#define AT_PID 4
#define AT_LINE 8
#define AT_ID 40
#define AT_USER 44
#define AT_HOST 76
#define AT_SES 336
#define AT_SEC 340
#define AT_USEC 344
#define AT_ADDR 348

static void put32(char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (char)(value >> (8 * i));
}

static uint32_t get32(const char *at)
{
    uint32_t value = 0;

    for (int i = 3; i >= 0; i--)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

static void put_text(char *at, size_t size, const char *text)
{
    size_t n = strlen(text);

    memcpy(at, text, n < size ? n : size);
}

static void get_text(const char *at, size_t size, char *out)
{
    const char *end = memchr(at, '\0', size);
    size_t n = end ? (size_t)(end - at) : size;

    memcpy(out, at, n);
    out[n] = '\0';
}

void utmp_add(struct str *out, const struct utmp_record *r)
{
    char bytes[UTMP_SIZE] = {0};

    bytes[0] = (char)r->type;
    put32(bytes + AT_PID, (uint32_t)r->pid);
    put_text(bytes + AT_LINE, 32, r->line);
    put_text(bytes + AT_ID, 4, r->id);
    put_text(bytes + AT_USER, 32, r->user);
    put_text(bytes + AT_HOST, 256, r->host);
    put32(bytes + AT_SES, (uint32_t)r->session);
    put32(bytes + AT_SEC, (uint32_t)(r->time_us / 1000000));
    put32(bytes + AT_USEC, (uint32_t)(r->time_us % 1000000));
    memcpy(bytes + AT_ADDR, r->addr, sizeof(r->addr));
    str_addn(out, bytes, sizeof(bytes));
}

bool utmp_read(const char *data, size_t n, size_t *pos, struct utmp_record *out)
{
    const char *at = data + *pos;

    if (*pos > n || n - *pos < UTMP_SIZE)
        return false;
    *out = (struct utmp_record){.type = (short)((unsigned char)at[0] | (unsigned char)at[1] << 8)};
    out->pid = (int)get32(at + AT_PID);
    get_text(at + AT_LINE, 32, out->line);
    get_text(at + AT_ID, 4, out->id);
    get_text(at + AT_USER, 32, out->user);
    get_text(at + AT_HOST, 256, out->host);
    out->session = (int)get32(at + AT_SES);
    out->time_us = (int64_t)(int32_t)get32(at + AT_SEC) * 1000000 + (int32_t)get32(at + AT_USEC);
    memcpy(out->addr, at + AT_ADDR, sizeof(out->addr));
    *pos += UTMP_SIZE;
    return true;
}

void utmp_address(struct utmp_record *r, const char *ip)
{
    snprintf(r->host, sizeof(r->host), "%s", ip);
    if (inet_pton(AF_INET, ip, r->addr) != 1)
        inet_pton(AF_INET6, ip, r->addr);
}

void trace_utmp(struct traces *t, enum channel to, int64_t ms, const struct utmp_record *r)
{
    AUTO(str_drop) struct str bytes = {0};

    utmp_add(&bytes, r);
    trace_bytes(t, to, ms, bytes.s, bytes.len);
}

/* pututline(3): a record takes the slot with its id; run level and boot have one each. */
static size_t slot_for(const struct str *slots, const struct utmp_record *r)
{
    struct utmp_record old;
    size_t pos = 0, at = 0;

    while (utmp_read(str_text(slots), slots->len, &pos, &old)) {
        bool same = r->type == UTMP_RUN_LEVEL || r->type == UTMP_BOOT ? old.type == r->type
                                                                      : old.type >= UTMP_INIT && text_same(old.id, r->id);
        if (same)
            return at;
        at = pos;
    }
    return slots->len;
}

void utmp_slots(const struct str *wtmp, struct str *out)
{
    struct utmp_record r;
    size_t pos = 0;

    while (utmp_read(str_text(wtmp), wtmp->len, &pos, &r)) {
        if (r.type == UTMP_BOOT)
            str_clear(out); /* systemd-tmpfiles makes /run/utmp anew */
        size_t at = slot_for(out, &r);
        AUTO(str_drop) struct str bytes = {0};
        utmp_add(&bytes, &r);
        if (at == out->len)
            str_addn(out, bytes.s, bytes.len);
        else
            memcpy(out->s + at, bytes.s, bytes.len);
    }
}
