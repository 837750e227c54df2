/* SPDX-License-Identifier: MIT */
/* Checksums made and checked: md5sum, sha1sum, sha224sum .. sha512sum, of GNU coreutils 8.22. */
#include "sim/host/commands.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

static unsigned char *md5_digest(const unsigned char *data, size_t n, unsigned char *digest)
{
    EVP_Digest(data, n, digest, NULL, EVP_md5(), NULL);
    return digest;
}

static const struct sum_kind {
    const char *program, *name;
    size_t digits;
    unsigned char *(*sum)(const unsigned char *, size_t, unsigned char *digest);
} kinds[] = {
    {"md5sum",    "MD5",    32,  md5_digest},
    {"sha1sum",   "SHA1",   40,  SHA1      },
    {"sha224sum", "SHA224", 56,  SHA224    },
    {"sha256sum", "SHA256", 64,  SHA256    },
    {"sha384sum", "SHA384", 96,  SHA384    },
    {"sha512sum", "SHA512", 128, SHA512    },
};

struct sums {
    struct program *p;
    const struct sum_kind *kind;
    bool check, binary, tag, quiet, silent, warn, strict;
    size_t checked, unfit, unread, ill; /* lines: well formed, with another sum, not read, no such lines */
    bool cut;                           /* the list was too long */
    const char *list;
};

/* An input's sum in hex; 0 or an errno. */
static int sum_of(const struct sums *s, const char *name, struct str *hex)
{
    unsigned char digest[SHA512_DIGEST_LENGTH];
    const char *data;
    size_t n;
    int error = input_read(s->p, name, &data, &n);

    if (error)
        return error;
    if (!work_on(s->p->m, n))
        return ENOMEM;
    str_add_hex(hex, s->kind->sum((const unsigned char *)data, n, digest), s->kind->digits / 2);
    return 0;
}

/* ---- making ---- */

static int make_sums(struct sums *s, int at)
{
    struct program *p = s->p;
    bool none = at >= p->argc;
    int status = 0;

    for (int i = at; i < p->argc || (none && i == at); i++) {
        const char *name = none ? "-" : p->argv[i];
        AUTO(str_drop) struct str hex = {0};
        int error = sum_of(s, name, &hex);

        if (error) {
            status = complain(p, 1, "%s: %s", name, strerror(error));
            continue;
        }
        if (s->tag)
            sayf(p, "%s (%s) = %s\n", s->kind->name, name, str_text(&hex));
        else
            sayf(p, "%s %c%s\n", str_text(&hex), s->binary ? '*' : ' ', name);
    }
    return status;
}

/* ---- checking ---- */

static bool is_hex(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isxdigit((unsigned char)s[i]))
            return false;
    return true;
}

/* "HEX  NAME", "HEX *NAME" or "SHA256 (NAME) = HEX". */
static bool take_line(const struct sums *s, char *line, const char **ret_hex, const char **ret_name)
{
    size_t n = strlen(line), digits = s->kind->digits, kind = strlen(s->kind->name);

    while (n > 0 && line[n - 1] == '\r')
        line[--n] = '\0';
    line += strspn(line, " \t");
    n = strlen(line);
    if (n > digits + 2 && is_hex(line, digits) && line[digits] == ' ' && strchr(" *", line[digits + 1])) {
        line[digits] = '\0';
        *ret_hex = line;
        *ret_name = line + digits + 2;
        return true;
    }
    if (strncmp(line, s->kind->name, kind) != 0 || strncmp(line + kind, " (", 2) != 0 || n < kind + digits + 7 ||
        strncmp(line + n - digits - 4, ") = ", 4) != 0 || !is_hex(line + n - digits, digits))
        return false;
    line[n - digits - 4] = '\0';
    *ret_hex = line + n - digits;
    *ret_name = line + kind + 2;
    return true;
}

static void check_one(struct sums *s, const char *hex, const char *name)
{
    AUTO(str_drop) struct str is = {0};
    int error = sum_of(s, name, &is);

    s->checked++;
    if (error) {
        s->unread++;
        complain(s->p, 1, "%s: %s", name, strerror(error));
        if (!s->silent)
            sayf(s->p, "%s: FAILED open or read\n", name);
        return;
    }
    bool same = strcasecmp(str_text(&is), hex) == 0;
    s->unfit += !same;
    if (!s->silent && !(same && s->quiet))
        sayf(s->p, "%s: %s\n", name, same ? "OK" : "FAILED");
}

static bool check_line(void *context, const struct text_line *line)
{
    struct sums *s = context;
    const char *hex, *name;

    if (!work_on(s->p->m, line->n)) {
        s->cut = true;
        return false;
    }
    char *text = arena_dupn(&s->p->m->arena, line->s, line->n);
    if (*text == '#')
        return true;
    if (take_line(s, text, &hex, &name)) {
        check_one(s, hex, name);
        return true;
    }
    s->ill++;
    if (s->warn)
        complain(s->p, 0, "%s: %u: improperly formatted %s checksum line", s->list, line->number, s->kind->name);
    return true;
}

static void warn(struct sums *s, size_t n, const char *one, const char *many)
{
    if (n > 0)
        complain(s->p, 0, "WARNING: %zu %s", n, n == 1 ? one : many);
}

/* One list of sums: it is good when all in it is. */
static bool check_list(struct sums *s, int argc, int at)
{
    int all = s->p->argc, failed;

    s->checked = s->unfit = s->unread = s->ill = 0;
    s->list = at < argc && strcmp(s->p->argv[at], "-") != 0 ? s->p->argv[at] : "standard input";
    s->p->argc = at < argc ? at + 1 : argc; /* this one alone */
    failed = each_line(s->p, at, check_line, s);
    s->p->argc = all;
    if (failed)
        return false;
    if (s->cut)
        complain(s->p, 1, "%s: %s", s->list, strerror(ENOMEM));
    if (s->checked == 0) {
        complain(s->p, 1, "%s: no properly formatted %s checksum lines found", s->list, s->kind->name);
        return false;
    }
    if (!s->silent) {
        warn(s, s->ill, "line is improperly formatted", "lines are improperly formatted");
        warn(s, s->unread, "listed file could not be read", "listed files could not be read");
        warn(s, s->unfit, "computed checksum did NOT match", "computed checksums did NOT match");
    }
    return s->unfit == 0 && s->unread == 0 && !s->cut && !(s->strict && s->ill > 0);
}

/* ---- options ---- */

static int refuse(struct sums *s, const char *why)
{
    complain(s->p, 1, "%s", why);
    return usage_hint(s->p);
}

static int run(struct sums *s, int at)
{
    int argc = s->p->argc;
    bool good = true;

    if (s->tag && s->check)
        return refuse(s, "the --tag option is meaningless when verifying checksums");
    if (!s->check && s->silent)
        return refuse(s, "the --status option is meaningful only when verifying checksums");
    if (!s->check && s->warn)
        return refuse(s, "the --warn option is meaningful only when verifying checksums");
    if (!s->check && s->quiet)
        return refuse(s, "the --quiet option is meaningful only when verifying checksums");
    if (!s->check && s->strict)
        return refuse(s, "the --strict option is meaningful only when verifying checksums");
    if (!s->check)
        return make_sums(s, at);
    for (int i = at; i < argc || i == at; i++)
        good &= check_list(s, argc, i);
    return good ? 0 : 1;
}

int run_sums(struct program *p)
{
    static const struct option_spec spec = {"bctw\1\2\3\4",
                                            "binary=b check=c text=t warn=w quiet=\1 status=\2 strict=\3 tag=\4", true};
    struct options o = {.p = p, .spec = &spec};
    struct sums s = {.p = p, .kind = kinds};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        s.binary = letter == 'b' || (s.binary && letter != 't');
        s.check |= letter == 'c';
        s.warn |= letter == 'w';
        s.quiet |= letter == '\1';
        s.silent |= letter == '\2';
        s.strict |= letter == '\3';
        s.tag |= letter == '\4';
    }
    while (strcmp(s.kind->program, path_base(p->argv[0])) != 0)
        s.kind++;
    return o.failed ? 1 : run(&s, o.at);
}
