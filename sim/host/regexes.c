/* SPDX-License-Identifier: MIT */
/* Regular expressions with a lid on. */
#include "sim/host/regexes.h"

#include <ctype.h>
#include <stdlib.h>

/* How often all its repetitions together could copy a part of the pattern; and is there a back-reference? */
static bool cheap(const char *p, bool extended, const char **why)
{
    unsigned long copies = 1, groups = 0;

    for (; *p; p++) {
        bool escaped = *p == '\\' && p[1];
        char c = escaped ? *++p : *p;

        if (escaped && c >= '1' && c <= '9') {
            *why = "back-references are not part of this lab's regular expressions";
            return false;
        }
        if (c == '[' && !escaped) {
            p += p[1] == '^' ? 2 : 1;
            p += *p == ']';
            p += strcspn(p, "]");
            if (!*p)
                break;
        } else if (c == '{' && escaped != extended) {
            unsigned long n = strtoul(p + 1, NULL, 10);
            const char *comma = strpbrk(p, ",}");

            if (comma && *comma == ',' && isdigit((unsigned char)comma[1]))
                n = strtoul(comma + 1, NULL, 10);
            copies *= n > 0 ? n : 1;
        } else if (c == '(' && escaped != extended) {
            groups++;
        }
        if (copies > 255 || groups > 30) {
            *why = "Regular expression too big";
            return false;
        }
    }
    return true;
}

bool regex_make(struct regex *r, struct machine *m, const char *pattern, int flags, const char **why)
{
    char text[128];
    int error;

    *r = (struct regex){.m = m};
    if (strlen(pattern) > REGEX_MAX_BYTES) {
        *why = "Regular expression too big";
        return false;
    }
    if (!cheap(pattern, flags & REG_EXTENDED, why))
        return false;
    error = regcomp(&r->compiled, pattern, flags);
    if (error) {
        regerror(error, &r->compiled, text, sizeof(text));
        *why = arena_dup(&m->arena, text);
        return false;
    }
    r->good = true;
    return true;
}

bool regex_find(struct regex *r, const char *s, size_t n, size_t from, struct regex_span spans[10])
{
    regmatch_t m[10];

    if (from > n || n > INT32_MAX)
        return false;
    r->m->regex_work += (uint64_t)(n - from) * (n - from) + 64;
    if (regex_spent(r->m))
        return false;
    m[0] = (regmatch_t){.rm_so = (regoff_t)from, .rm_eo = (regoff_t)n};
    if (regexec(&r->compiled, s, COUNT(m), m, REG_STARTEND | (from > 0 ? REG_NOTBOL : 0)) != 0)
        return false;
    for (size_t i = 0; i < COUNT(m); i++)
        spans[i] =
            (struct regex_span){m[i].rm_so < 0 ? SIZE_MAX : (size_t)m[i].rm_so, m[i].rm_eo < 0 ? SIZE_MAX : (size_t)m[i].rm_eo};
    return true;
}

bool regex_spent(const struct machine *m)
{
    return m->regex_work > REGEX_MAX_WORK;
}

void regex_drop(struct regex *r)
{
    if (r->good)
        regfree(&r->compiled);
    *r = (struct regex){0};
}
