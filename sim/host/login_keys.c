/* SPDX-License-Identifier: MIT */
/*
 * Logging in by key: the key offered against the lines of AuthorizedKeysFile, in files that nobody else may write
 * (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"; misc.c safe_path()).
 */
#include "sim/host/login.h"

#define LINES_MAX 2000

/* ---- one line ---- */

static const struct {
    const char *type, *kind;
    int bits; /* 0 = look at the key */
} key_types[] = {
    {"ssh-rsa",             "RSA",     0   },
    {"ssh-ed25519",         "ED25519", 256 },
    {"ecdsa-sha2-nistp256", "ECDSA",   256 },
    {"ecdsa-sha2-nistp384", "ECDSA",   384 },
    {"ecdsa-sha2-nistp521", "ECDSA",   521 },
    {"ssh-dss",             "DSA",     1024},
};

static unsigned big_endian(const char *s)
{
    const unsigned char *b = (const unsigned char *)s;

    return (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 | b[3];
}

/* The modulus is the third string of an RSA key's blob (RFC 4253, 6.6). */
static int rsa_bits(const struct str *blob)
{
    size_t at = 0;
    unsigned n = 0;

    for (int i = 0; i < 3; i++) {
        at += n;
        if (blob->len - at < 4)
            return 0;
        n = big_endian(blob->s + at);
        at += 4;
        if (n > blob->len - at)
            return 0;
    }
    while (n > 0 && blob->s[at] == '\0')
        at++, n--;
    if (n == 0)
        return 0;
    return (int)n * 8 - (__builtin_clz((unsigned char)blob->s[at]) - 24);
}

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* Options end at a blank outside of quotes. */
static const char *skip_options(const char *s)
{
    bool quoted = false;

    for (; *s && (quoted || (*s != ' ' && *s != '\t')); s++) {
        if (*s == '\\' && s[1] == '"')
            s++;
        else if (*s == '"')
            quoted = !quoted;
    }
    return skip_blanks(s);
}

static int type_at(const char *s)
{
    size_t n = strcspn(s, " \t");

    for (size_t i = 0; i < COUNT(key_types); i++)
        if (strlen(key_types[i].type) == n && strncmp(key_types[i].type, s, n) == 0)
            return (int)i;
    return -1;
}

bool public_key_read(struct arena *arena, const char *line, struct public_key *out)
{
    AUTO(str_drop) struct str blob = {0}, digest = {0};
    uint8_t hash[32];
    int type;

    line = skip_blanks(line);
    type = type_at(line);
    if (type < 0)
        type = type_at(line = skip_options(line));
    if (type < 0)
        return false;
    line = skip_blanks(line + strlen(key_types[type].type));
    if (!base64_decode(line, strcspn(line, " \t\r\n"), &blob) || blob.len == 0)
        return false;
    sha256(blob.s, blob.len, hash);
    str_add_base64(&digest, hash, sizeof(hash));
    *out = (struct public_key){
        .type = key_types[type].type,
        .kind = key_types[type].kind,
        .bits = key_types[type].bits ? key_types[type].bits : rsa_bits(&blob),
        .fingerprint = arena_printf(arena, "SHA256:%.*s", (int)strcspn(digest.s, "="), digest.s),
        .blob = arena_dupn(arena, line, strcspn(line, " \t\r\n")),
    };
    return true;
}

/* ---- its options ---- */

/* The value of an option like command="..." with its quotes off, or NULL. */
static const char *option_value(struct arena *arena, const char *options, const char *name)
{
    const char *end = skip_options(options);
    size_t n = strlen(name);

    while (options < end) {
        const char *at = options;
        bool quoted = false;

        while (at < end && (quoted || !strchr(", \t", *at))) {
            if (*at == '\\' && at[1] == '"')
                at++;
            else if (*at == '"')
                quoted = !quoted;
            at++;
        }
        if (strncasecmp(options, name, n) == 0 && options[n] == '=' && options[n + 1] == '"' && at - options >= (long)n + 3)
            return arena_dupn(arena, options + n + 2, (size_t)(at - options) - n - 3);
        if (at >= end || *at != ',')
            return NULL;
        options = at + 1;
    }
    return NULL;
}

static bool line_lets_in(struct machine *m, const struct key_search *s, const char *line)
{
    const char *from = option_value(&m->arena, line, "from");

    if (!from)
        return true;
    return sshd_addr_fits(s->client->addr, from) == 1 || (s->client->host && sshd_list_fits(s->client->host, from, true) == 1);
}

static enum key_answer ask_line(struct machine *m, struct key_search *s, const char *line)
{
    struct public_key known;

    line = skip_blanks(line);
    if (*line == '#' || !public_key_read(&m->arena, line, &known))
        return KEY_UNKNOWN;
    if (strcmp(known.type, s->key->type) != 0 || strcmp(known.blob, s->key->blob) != 0 || !line_lets_in(m, s, line))
        return KEY_UNKNOWN;
    s->command = type_at(line) < 0 ? option_value(&m->arena, line, "command") : NULL;
    return s->command ? KEY_FORCED : KEY_FITS;
}

/* ---- files ---- */

static bool safe(const struct key_search *s, const struct file *file)
{
    return (file->uid == 0 || file->uid == s->user->uid) && !(file->mode & 022);
}

/* The file, and every directory up to the home directory or the root. */
static bool modes_good(struct machine *m, struct key_search *s, const struct file *file)
{
    const char *path = file->path;

    if (!sshd_value_is(s->config, "strictmodes", "yes"))
        return true;
    for (;;) {
        const struct file *at = tree_find(m->tree, path);
        const char *slash = strrchr(path, '/');

        if (at && !safe(s, at)) {
            s->file = at->path;
            return false;
        }
        if (strcmp(path, s->user->home) == 0 || strcmp(path, "/") == 0)
            return true;
        path = slash == path ? "/" : arena_dupn(&m->arena, path, (size_t)(slash - path));
    }
}

static enum key_answer ask_file(struct machine *m, struct key_search *s, const char *path)
{
    struct cred cred = cred_of(m, s->user); /* sshd reads it as the user */
    struct place at = place_walk(&cred, m->tree, &m->arena, "/", path, FOLLOW);
    const char *text;
    enum key_answer answer = KEY_UNKNOWN;

    if (at.error || at.file->kind != FILE_REGULAR || !at.file->data || !may(&cred, at.file, 4))
        return KEY_UNKNOWN;
    if (!modes_good(m, s, at.file))
        return KEY_BAD_MODES;
    s->file = at.path;
    text = arena_dupn(&m->arena, at.file->data, at.file->size);
    for (unsigned n = 0; *text && answer == KEY_UNKNOWN && n < LINES_MAX; n++) {
        size_t len = strcspn(text, "\n");

        answer = ask_line(m, s, arena_dupn(&m->arena, text, len));
        text += len + (text[len] == '\n');
    }
    return answer;
}

/* %h, %u, %U and %%; a path that does not begin with a slash is below the home directory. */
static const char *expanded(struct machine *m, const struct os_user *user, const char *pattern, size_t n)
{
    AUTO(str_drop) struct str out = {0};

    for (size_t i = 0; i < n; i++) {
        if (pattern[i] != '%' || i + 1 == n) {
            str_addc(&out, pattern[i]);
            continue;
        }
        i++;
        if (pattern[i] == 'U')
            str_addf(&out, "%u", user->uid);
        else
            str_add(&out, pattern[i] == 'h' ? user->home : pattern[i] == 'u' ? user->name : "%");
    }
    return *str_text(&out) == '/' ? arena_dup(&m->arena, out.s) : path_join(&m->arena, user->home, str_text(&out));
}

enum key_answer authorized_keys_ask(struct machine *m, struct key_search *s)
{
    const char *files = sshd_value(s->config, "authorizedkeysfile");
    enum key_answer answer = KEY_UNKNOWN, bad = KEY_UNKNOWN;

    if (!s->key || strcasecmp(files, "none") == 0)
        return KEY_UNKNOWN;
    while (*files && answer != KEY_FITS && answer != KEY_FORCED) {
        size_t n = strcspn(files, " ");

        answer = ask_file(m, s, expanded(m, s->user, files, n));
        bad = answer == KEY_BAD_MODES ? answer : bad;
        files += n + strspn(files + n, " ");
    }
    return answer == KEY_UNKNOWN ? bad : answer;
}
