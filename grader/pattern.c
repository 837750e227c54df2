/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions of authors over texts of students: PCRE2 without its escape hatches, with a limit on its work.
 */
#include "grader/rubric.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

/* Generous for a log of some megabytes, and over in a fraction of a second for a hostile pair of pattern and text. */
enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 2000, HEAP_LIMIT_KIB = 8192 };

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
};

struct pattern *pattern_new(const char *text, struct str *why)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
    if (!code) {
        PCRE2_UCHAR message[160];
        pcre2_get_error_message(error, message, sizeof(message));
        str_addf(why, "%s at character %zu", (const char *)message, (size_t)offset + 1);
        return NULL;
    }
    struct pattern *p = xmalloc(sizeof(*p));
    p->code = code;
    p->limits = pcre2_match_context_create(NULL);
    if (!p->limits)
        abort();
    pcre2_set_match_limit(p->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(p->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(p->limits, HEAP_LIMIT_KIB);
    return p;
}

void pattern_drop(struct pattern **p)
{
    if (!*p)
        return;
    pcre2_match_context_free((*p)->limits);
    pcre2_code_free((*p)->code);
    free(*p);
    *p = NULL;
}

static int match(const struct pattern *p, const char *s, size_t n, size_t from, uint32_t options, struct pattern_hit *ret)
{
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(p->code, NULL);
    if (!data)
        abort();
    int found = pcre2_match(p->code, (PCRE2_SPTR)s, n, from, options, data, p->limits);
    if (found > 0 && ret) {
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);
        int group = found > 1 && at[2] != PCRE2_UNSET ? 1 : 0;
        PCRE2_SIZE begin = at[2 * group], end = at[2 * group + 1];
        *ret = (struct pattern_hit){.at = begin, .n = end > begin ? end - begin : 0, .end = at[1]};
    }
    pcre2_match_data_free(data);
    return found > 0 ? 1 : found == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

int pattern_is_all(const struct pattern *p, const char *s, size_t n)
{
    return match(p, s, n, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, NULL);
}

int pattern_find(const struct pattern *p, const char *s, size_t n, size_t from, struct pattern_hit *ret)
{
    return match(p, s, n, from, 0, ret);
}
