/* SPDX-License-Identifier: MIT */
/* dd: GNU coreutils 8.22 in operands, words and exit codes. It copies between files, pipes and /dev/zero. */
#include "sim/host/commands.h"

#include <ctype.h>
#include <signal.h>

enum dd_flag {
    DD_NOTHING = 0, /* what changes nothing here, such as fsync */
    DD_NOTRUNC = 1 << 0,
    DD_SYNC = 1 << 1,
    DD_UPPER = 1 << 2,
    DD_LOWER = 1 << 3,
    DD_EXCL = 1 << 4,
    DD_NOCREAT = 1 << 5,
    DD_APPEND = 1 << 6,
    DD_COUNT_BYTES = 1 << 7,
    DD_SKIP_BYTES = 1 << 8,
    DD_SEEK_BYTES = 1 << 9,
    DD_QUIET = 1 << 10,
    DD_NO_RATE = 1 << 11,
    DD_NOFOLLOW = 1 << 12,
};
struct dd_word {
    const char *name;
    unsigned flag;
};
static const struct dd_word conversions[] = {
    {"notrunc",   DD_NOTRUNC},
    {"sync",      DD_SYNC   },
    {"ucase",     DD_UPPER  },
    {"lcase",     DD_LOWER  },
    {"excl",      DD_EXCL   },
    {"nocreat",   DD_NOCREAT},
    {"noerror",   DD_NOTHING},
    {"fsync",     DD_NOTHING},
    {"fdatasync", DD_NOTHING},
    {NULL,        0         },
};
static const struct dd_word in_flags[] = {
    {"count_bytes", DD_COUNT_BYTES},
    {"skip_bytes",  DD_SKIP_BYTES },
    {"fullblock",   DD_NOTHING    },
    {"noatime",     DD_NOTHING    },
    {"nofollow",    DD_NOFOLLOW   },
    {NULL,          0             },
};
static const struct dd_word out_flags[] = {
    {"append",     DD_APPEND    },
    {"seek_bytes", DD_SEEK_BYTES},
    {"dsync",      DD_NOTHING   },
    {"sync",       DD_NOTHING   },
    {NULL,         0            },
};
static const struct dd_word levels[] = {
    {"none",   DD_QUIET  },
    {"noxfer", DD_NO_RATE},
    {NULL,     0         }
};

struct dd {
    struct program *p;
    const char *in, *out; /* NULL: standard input, output */
    size_t bs, ibs, obs, count, skip, seek;
    bool counted;
    unsigned flags;
    size_t read, written, blocks_in, blocks_out; /* bytes; whole blocks */
    bool part_in, part_out;
};

static const char *human(struct program *p, double n, double base)
{
    const char *units = base < 1024 ? "kMGT" : "KMGT";
    int unit = -1;

    while (n >= base - 0.5 && unit < 3) {
        n /= base;
        unit++;
    }
    if (unit < 0)
        return arena_printf(&p->m->arena, "%.0f ", n);
    return arena_printf(&p->m->arena, n < 9.95 ? "%.1f %c" : "%.0f %c", n, units[unit]);
}

/* ---- operands ---- */

/* "1M", "64kB", "2x512". */
static bool number(const char *text, size_t *ret)
{
    static const char units[] = "KMGT";
    const char *end;
    size_t n, times = 1;

    if (!number_take(text, 10, &n, &end))
        return false;
    const char *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    if (unit && (*end == 'k' || isupper((unsigned char)*end))) {
        size_t base = end[1] == 'B' ? 1000 : 1024;

        for (const char *at = units; at <= unit; at++)
            times *= base;
        end += end[1] == 'B' ? 2 : 1;
    } else if (*end && strchr("cwb", *end)) {
        times = *end == 'c' ? 1 : *end == 'w' ? 2 : 512;
        end++;
    }
    if (__builtin_mul_overflow(n, times, ret))
        return false;
    if (*end != 'x')
        return *end == '\0';
    return number(end + 1, &times) && !__builtin_mul_overflow(*ret, times, ret);
}

static int take_size(struct dd *d, const char *text, bool zero, size_t *ret)
{
    return number(text, ret) && (zero || *ret > 0) ? 0 : complain(d->p, 1, "invalid number '%s'", text);
}

static int take_words(struct dd *d, const char *list, const struct dd_word *words, const char *what)
{
    while (*list) {
        const char *word = arena_dupn(&d->p->m->arena, list, strcspn(list, ","));
        const struct dd_word *at = words;

        while (at->name && strcmp(at->name, word) != 0)
            at++;
        if (!at->name)
            return complain(d->p, 1, "%s: '%s'", what, word), usage_hint(d->p);
        d->flags |= at->flag;
        list += strcspn(list, ",");
        list += *list == ',';
    }
    return 0;
}

static int take_operand(struct dd *d, const char *word)
{
    const char *value = strchr(word, '=');
    const char *name = arena_dupn(&d->p->m->arena, word, strcspn(word, "="));
    const struct {
        const char *name;
        size_t *to;
        bool zero;
    } sizes[] = {
        {"bs",    &d->bs,    false},
        {"ibs",   &d->ibs,   false},
        {"obs",   &d->obs,   false},
        {"count", &d->count, true },
        {"skip",  &d->skip,  true },
        {"seek",  &d->seek,  true },
    };

    if (!value)
        return complain(d->p, 1, "unrecognized operand '%s'", word), usage_hint(d->p);
    for (size_t i = 0; i < COUNT(sizes); i++)
        if (strcmp(name, sizes[i].name) == 0) {
            d->counted |= sizes[i].to == &d->count;
            return take_size(d, value + 1, sizes[i].zero, sizes[i].to);
        }
    if (strcmp(name, "if") == 0)
        d->in = value + 1;
    else if (strcmp(name, "of") == 0)
        d->out = value + 1;
    else if (strcmp(name, "conv") == 0)
        return take_words(d, value + 1, conversions, "invalid conversion");
    else if (strcmp(name, "iflag") == 0)
        return take_words(d, value + 1, in_flags, "invalid input flag");
    else if (strcmp(name, "oflag") == 0)
        return take_words(d, value + 1, out_flags, "invalid output flag");
    else if (strcmp(name, "status") == 0)
        return take_words(d, value + 1, levels, "invalid status level");
    else
        return complain(d->p, 1, "unrecognized operand '%s'", word), usage_hint(d->p);
    return 0;
}

static int take_operands(struct dd *d)
{
    static const struct option_spec spec = {"", "", true};
    struct options o = {.p = d->p, .spec = &spec};
    const char *value;

    while (options_next(&o, &value))
        ;
    if (o.failed)
        return 1;
    for (int i = o.at; i < d->p->argc; i++)
        if (take_operand(d, d->p->argv[i]) != 0)
            return 1;
    if ((d->flags & (DD_UPPER | DD_LOWER)) == (DD_UPPER | DD_LOWER))
        return complain(d->p, 1, "cannot combine lcase and ucase");
    if ((d->flags & (DD_EXCL | DD_NOCREAT)) == (DD_EXCL | DD_NOCREAT))
        return complain(d->p, 1, "cannot combine excl and nocreat");
    d->ibs = d->bs ? d->bs : d->ibs ? d->ibs : 512;
    d->obs = d->bs ? d->bs : d->obs ? d->obs : 512;
    if (d->flags & DD_SYNC && d->ibs > FILE_MAX_BYTES) /* a block is filled up in memory */
        return complain(d->p, 1, "memory exhausted by input buffer of size %zu bytes (%siB)", d->ibs,
                        human(d->p, (double)d->ibs, 1024));
    return 0;
}

/* ---- the copy ---- */

static size_t bytes_of(size_t n, size_t block, bool bytes)
{
    size_t all;

    return bytes ? n : __builtin_mul_overflow(n, block, &all) ? SIZE_MAX : all;
}

/* What is asked for of what there is. */
static void take_part(struct dd *d, const char *data, size_t n, struct str *out)
{
    size_t skip = bytes_of(d->skip, d->ibs, d->flags & DD_SKIP_BYTES);
    size_t most = d->counted ? bytes_of(d->count, d->ibs, d->flags & DD_COUNT_BYTES) : SIZE_MAX, left;

    if (skip > n) {
        complain(d->p, 0, "'%s': cannot skip to specified offset", d->in ? d->in : "standard input");
        skip = n;
    }
    left = n - skip < most ? n - skip : most;
    str_addn(out, data + skip, left);
    d->read = left;
    d->blocks_in = left / d->ibs;
    d->part_in = left % d->ibs != 0;
    while (d->flags & DD_SYNC && out->len % d->ibs != 0)
        str_addc(out, '\0');
    for (size_t i = 0; i < out->len && d->flags & (DD_UPPER | DD_LOWER); i++)
        out->s[i] = (char)(d->flags & DD_UPPER ? toupper : tolower)((unsigned char)out->s[i]);
}

/* As much as fits: there is no end of it. False: more was asked for. */
static bool take_zeros(struct dd *d, struct str *out)
{
    static const char zeros[4096];
    size_t want = d->counted ? bytes_of(d->count, d->ibs, d->flags & DD_COUNT_BYTES) : SIZE_MAX;
    size_t n = want < FILE_MAX_BYTES ? want : FILE_MAX_BYTES;

    for (size_t left = n; left > 0; left -= left < sizeof(zeros) ? left : sizeof(zeros))
        str_addn(out, zeros, left < sizeof(zeros) ? left : sizeof(zeros));
    d->read = n;
    d->blocks_in = n / d->ibs;
    d->part_in = n % d->ibs != 0;
    return n == want;
}

/* The output's new content: what stays of the old one, before and behind. */
static int put_out(struct dd *d, const struct str *data)
{
    AUTO(str_drop) struct str all = {0};
    struct place at = place_find(d->p, d->out, FOLLOW);
    bool has = at.file && at.file->kind == FILE_REGULAR && at.file->data;
    const char *old = has ? at.file->data : "";
    size_t n = has ? at.file->size : 0;
    size_t seek = bytes_of(d->seek, d->obs, d->flags & DD_SEEK_BYTES), keep = d->flags & DD_NOTRUNC ? n : n < seek ? n : seek;
    size_t start = d->flags & DD_APPEND ? keep : seek;

    if (at.file && d->flags & DD_EXCL)
        return EEXIST;
    if (at.error == ENOENT && d->flags & DD_NOCREAT && !is_null_device(at.path))
        return ENOENT;
    if (start > FILE_MAX_BYTES)
        return EFBIG;
    str_addn(&all, old, keep < start ? keep : start);
    while (all.len < start)
        str_addc(&all, '\0');
    str_addn(&all, str_text(data), data->len);
    if (keep > all.len)
        str_addn(&all, old + all.len, keep - all.len);
    return fs_write(d->p, d->out, str_text(&all), all.len);
}

/* ---- what it says ---- */

static void report(struct dd *d)
{
    struct program *p = d->p;
    double seconds = (double)(140000 + p->pid % 977 * 61 + 3 * (long)d->written + 700 * (long)d->blocks_in) / 1e9;

    if (d->flags & DD_QUIET)
        return;
    str_addf(p->io.err, "%zu+%d records in\n%zu+%d records out\n", d->blocks_in, d->part_in, d->blocks_out, d->part_out);
    if (d->flags & DD_NO_RATE)
        return;
    str_addf(p->io.err, "%zu byte%s (%sB) copied, %g s, %sB/s\n", d->written, d->written == 1 ? "" : "s",
             human(p, (double)d->written, 1000), seconds, d->written ? human(p, (double)d->written / seconds, 1000) : "0.0 k");
}

static void count_out(struct dd *d, size_t n)
{
    d->written = n;
    d->blocks_out = n / d->obs;
    d->part_out = n % d->obs != 0;
}

static bool is_zero_device(struct program *p, const char *name)
{
    return name && text_same(place_find(p, name, FOLLOW).path, "/dev/zero");
}

static bool opens_link(struct dd *d)
{
    const struct file *file = d->in && d->flags & DD_NOFOLLOW ? place_find(d->p, d->in, NO_FOLLOW).file : NULL;

    return file && file->kind == FILE_LINK;
}

int run_dd(struct program *p)
{
    AUTO(str_drop) struct str data = {0};
    struct dd d = {.p = p};
    const char *in;
    size_t n;
    int error, status = take_operands(&d), failed;

    if (status)
        return status;
    bool zeros = is_zero_device(p, d.in), whole = !zeros || take_zeros(&d, &data);
    failed = zeros ? 0 : opens_link(&d) ? ELOOP : input_read(p, d.in ? d.in : "-", &in, &n);
    if (failed && failed != EISDIR)
        return complain(p, 1, "failed to open '%s': %s", d.in, strerror(failed));
    if (!failed && !zeros)
        take_part(&d, in, n, &data);
    error = d.out ? put_out(&d, &data) : 0;
    if (error)
        return complain(p, 1, error == EFBIG ? "error writing '%s': %s" : "failed to open '%s': %s", d.out, strerror(error));
    if (!d.out)
        say(p, str_text(&data), data.len);
    if (failed)
        status = complain(p, 1, "error reading '%s': %s", d.in, strerror(failed));
    if (!whole && !d.out && p->io.out_pipe)
        return 128 + SIGPIPE; /* whoever reads has had enough by now */
    if (!whole)
        status = complain(p, 1, "error writing '%s': %s", d.out ? d.out : "standard output", strerror(ENOSPC));
    count_out(&d, data.len);
    report(&d);
    return status;
}
