/* SPDX-License-Identifier: MIT */
/* Small languages inside SQL texts: patterns of times (MySQL's and Joda's into strftime's) and JSON paths. */
#include "sim/athena/rewrite.h"

#include <string.h>

/* MySQL's letters that mean something else to strftime; NULL: it has nothing of the kind. The others are the same. */
static const struct {
    char letter;
    const char *to;
} mysql[] = {
    {'i', "%M"         },
    {'M', "%B"         },
    {'s', "%S"         },
    {'T', "%H:%M:%S"   },
    {'r', "%I:%M:%S %p"},
    {'W', "%A"         },
    {'h', "%I"         },
    {'c', "%-m"        },
    {'e', "%-d"        },
    {'k', "%-H"        },
    {'l', "%-I"        },
    {'a', "%a"         },
    {'b', "%b"         },
    {'d', "%d"         },
    {'f', "%f"         },
    {'H', "%H"         },
    {'I', "%I"         },
    {'j', "%j"         },
    {'m', "%m"         },
    {'p', "%p"         },
    {'S', "%S"         },
    {'Y', "%Y"         },
    {'y', "%y"         },
    {'v', "%V"         },
    {'x', "%G"         },
    {'%', "%%"         },
};

static void add_literal(struct str *s, char c)
{
    str_add(s, c == '%' ? "%%" : c == '\'' ? "''" : (char[]){c, 0});
}

bool pattern_from_mysql(struct str *s, const char *p)
{
    str_addc(s, '\'');
    for (; *p; p++) {
        if (*p != '%' || !p[1]) {
            add_literal(s, *p);
            continue;
        }
        const char *to = NULL;
        p++;
        for (size_t i = 0; i < COUNT(mysql); i++)
            to = mysql[i].letter == *p ? mysql[i].to : to;
        if (!to)
            return false;
        str_add(s, to);
    }
    str_addc(s, '\'');
    return true;
}

/* Joda's runs of letters, the longest first. */
static const struct {
    const char *run, *to;
} joda[] = {
    {"yyyy", "%Y" },
    {"YYYY", "%Y" },
    {"yy",   "%y" },
    {"y",    "%Y" },
    {"MMMM", "%B" },
    {"MMM",  "%b" },
    {"MM",   "%m" },
    {"M",    "%-m"},
    {"dd",   "%d" },
    {"d",    "%-d"},
    {"HH",   "%H" },
    {"H",    "%-H"},
    {"hh",   "%I" },
    {"h",    "%-I"},
    {"mm",   "%M" },
    {"m",    "%-M"},
    {"ss",   "%S" },
    {"s",    "%-S"},
    {"SSS",  "%g" },
    {"EEEE", "%A" },
    {"EEE",  "%a" },
    {"E",    "%a" },
    {"e",    "%u" },
    {"a",    "%p" },
    {"D",    "%-j"},
    {"ww",   "%V" },
    {"xxxx", "%G" },
    {"ZZ",   "%z" },
    {"Z",    "%z" },
    {"z",    "%Z" },
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* 'T' stands for T, '' for a quote. Gives what comes behind. */
static const char *joda_quoted(struct str *s, const char *p)
{
    if (p[1] == '\'') {
        str_add(s, "''");
        return p + 2;
    }
    for (p++; *p && *p != '\''; p++)
        add_literal(s, *p);
    return *p ? p + 1 : p;
}

bool pattern_from_joda(struct str *s, const char *p)
{
    str_addc(s, '\'');
    while (*p) {
        size_t n = 1;
        const char *to = NULL;
        if (*p == '\'') {
            p = joda_quoted(s, p);
            continue;
        }
        while (is_letter(*p) && p[n] == *p)
            n++;
        for (size_t i = 0; i < COUNT(joda); i++)
            if (strlen(joda[i].run) == n && !strncmp(joda[i].run, p, n))
                to = joda[i].to;
        if (is_letter(*p) && !to)
            return false;
        if (to)
            str_add(s, to);
        else
            add_literal(s, *p);
        p += n;
    }
    str_addc(s, '\'');
    return true;
}

void path_from_trino(struct str *s, const char *p)
{
    str_addc(s, '\'');
    while (*p) {
        const char *end = p[0] == '[' && (p[1] == '"' || p[1] == '\'') ? strchr(p + 2, p[1]) : NULL;
        if (end && end[1] == ']') {
            str_add(s, ".\"");
            for (p += 2; p < end; p++)
                str_add(s, *p == '\'' ? "''" : (char[]){*p, 0});
            str_addc(s, '"');
            p = end + 2;
        } else {
            str_add(s, *p == '\'' ? "''" : (char[]){*p, 0});
            p++;
        }
    }
    str_addc(s, '\'');
}
