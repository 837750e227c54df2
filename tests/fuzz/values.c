/* SPDX-License-Identifier: MIT */
/* The small parsers: networks, times, durations, zones, base64, globs. What one writes the other reads as the same. */
#include "sim/base/base.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void networks(const char *s)
{
    struct cidr net;

    if (!cidr_parse(s, &net))
        return;
    need(net.bits >= 0 && net.bits <= (net.family == 6 ? 128 : 32));
    need(cidr_contains(&net, &net));
    cidr_strict(&net);
}

static void times(const char *s)
{
    AUTO(str_drop) struct str text = {0};
    int64_t ms, again;
    bool zoned;
    int minutes;

    if (zone_parse(s, &minutes))
        need(minutes > -24 * 60 && minutes < 24 * 60);
    if (!time_parse(s, &ms, &zoned))
        return;
    str_add_time(&text, ms, "%Y-%m-%dT%H:%M:%S.%LZ");
    if (civil_from_ms(ms).year < 1900 || civil_from_ms(ms).year > 9999)
        return; /* a zone has moved it out of what is read */
    need(time_parse(str_text(&text), &again, NULL) && again == ms);
}

static void durations(const char *s)
{
    AUTO(str_drop) struct str text = {0};
    int64_t ms, again;

    if (!duration_parse(s, &ms))
        return;
    str_add_duration(&text, ms);
    need(duration_parse(str_text(&text), &again) && again == ms);
}

static void codecs(const char *s, size_t n)
{
    AUTO(str_drop) struct str bytes = {0}, text = {0}, log = {0}, json = {0};
    struct err e = {0};

    if (base64_decode(s, n, &bytes)) {
        str_add_base64(&text, str_text(&bytes), bytes.len);
        need(text.len == n);
    }
    str_add_log(&log, s);
    need(text_utf8(str_text(&log), log.len));
    str_add_jsonn(&json, s, n);
    json_auto_t *value = json_read(str_text(&json), json.len, &e);
    need(value || memchr(s, 0, n)); /* jansson takes no NUL */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(free_text) char *s = xcalloc(size + 1, 1);

    memcpy(s, data, size);
    networks(s);
    times(s);
    durations(s);
    codecs(s, size);
    char *half = s + size / 2;
    text_glob_any_case(half, s);
    need(text_distance(s, s) == 0);
    need(text_distance(half, s) == text_distance(s, half));
    return 0;
}
