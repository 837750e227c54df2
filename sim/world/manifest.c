/* SPDX-License-Identifier: MIT */
/*
 * The manifest of a tree: what a student's disk cannot represent (owners, modes, exact times), one line for each file.
 *
 *     ./etc/passwd type=file mode=0644 uid=0 gid=0 time=1727942412.000 size=1120
 *     ./bin type=link mode=0777 uid=0 gid=0 time=1727740800.000 link=usr/bin
 *
 * The form is mtree(5) with full paths: blanks, control bytes, backslashes, '#' and bytes above 126 are \ooo. Times are
 * seconds with decimals. Lines that begin with '#' are comments, but for the first: "#mtree saved" is by tree_save().
 */
#include "sim/world/tree.h"

#include <stdlib.h>
#include <string.h>

#define SAVED_MARK "#mtree saved"

static const char *const kind_names[] = {[FILE_REGULAR] = "file", [FILE_DIR] = "dir", [FILE_LINK] = "link"};

/* ---- reading ---- */

struct line { /* one line being read */
    const char *at, *end;
    unsigned number;
    struct world *w;
    struct file *file;
    unsigned seen; /* bits by index in the table of words */
};

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* A word up to the next blank, \ooo undone; NULL when an escape is bad or gives a NUL. */
static const char *decode_name(struct world *w, const char *s, size_t n)
{
    AUTO(str_drop) struct str out = {0};

    for (size_t i = 0; i < n; i++) {
        unsigned byte = (unsigned char)s[i];

        if (s[i] == '\\') {
            if (n - i < 4 || s[i + 1] > '3' || !is_octal(s[i + 1]) || !is_octal(s[i + 2]) || !is_octal(s[i + 3]))
                return NULL;
            byte = (unsigned)((s[i + 1] - '0') * 64 + (s[i + 2] - '0') * 8 + (s[i + 3] - '0'));
            i += 3;
        }
        if (byte == 0)
            return NULL;
        str_addc(&out, (char)byte);
    }
    return arena_dupn(&w->arena, str_text(&out), out.len);
}

/* Digits of a base up to `max`; the rest of the word, if any, is left in *rest. */
static bool read_digits(const char **s, const char *end, unsigned base, uint64_t max, uint64_t *ret)
{
    uint64_t value = 0;
    const char *at = *s;

    for (; at < end && *at >= '0' && *at < (char)('0' + base); at++) {
        value = value * base + (uint64_t)(*at - '0');
        if (value > max)
            return false;
    }
    if (at == *s)
        return false;
    *s = at;
    *ret = value;
    return true;
}

static bool read_number(const char *s, size_t n, unsigned base, uint64_t max, uint64_t *ret)
{
    const char *end = s + n;

    return read_digits(&s, end, base, max, ret) && s == end;
}

static bool read_type(struct line *line, const char *s, size_t n)
{
    for (size_t i = 0; i < COUNT(kind_names); i++) {
        if (strlen(kind_names[i]) == n && memcmp(kind_names[i], s, n) == 0) {
            line->file->kind = (enum file_kind)i;
            return true;
        }
    }
    return false;
}

static bool read_mode(struct line *line, const char *s, size_t n)
{
    uint64_t value = 0;
    bool good = read_number(s, n, 8, 07777, &value);

    line->file->mode = (unsigned)value;
    return good;
}

static bool read_uid(struct line *line, const char *s, size_t n)
{
    uint64_t value = 0;
    bool good = read_number(s, n, 10, UINT32_MAX, &value);

    line->file->uid = (unsigned)value;
    return good;
}

static bool read_gid(struct line *line, const char *s, size_t n)
{
    uint64_t value = 0;
    bool good = read_number(s, n, 10, UINT32_MAX, &value);

    line->file->gid = (unsigned)value;
    return good;
}

/* "1727942412.25": 250 ms. Digits beyond the third are dropped. */
static bool read_time(struct line *line, const char *s, size_t n)
{
    const char *end = s + n;
    uint64_t seconds;
    int64_t ms = 0, unit = 100;

    if (!read_digits(&s, end, 10, 253402300799, &seconds)) /* the year 9999 */
        return false;
    if (s < end && *s++ != '.')
        return false;
    for (; s < end; s++, unit /= 10) {
        if (*s < '0' || *s > '9')
            return false;
        ms += (*s - '0') * unit;
    }
    line->file->mtime_ms = (int64_t)seconds * 1000 + ms;
    return true;
}

static bool read_size(struct line *line, const char *s, size_t n)
{
    uint64_t value = 0;
    bool good = read_number(s, n, 10, INT64_MAX, &value);

    line->file->size = (size_t)value;
    return good;
}

static bool read_inode(struct line *line, const char *s, size_t n)
{
    return read_number(s, n, 10, UINT32_MAX, &line->file->inode);
}

static bool read_target(struct line *line, const char *s, size_t n)
{
    line->file->data = decode_name(line->w, s, n);
    return line->file->data && n > 0 && n <= (size_t)4 * TREE_MAX_PATH;
}

static const struct word {
    const char *key;
    bool required;
    bool (*read)(struct line *, const char *, size_t);
    const char *expected;
} words[] = {
    {"type",  true,  read_type,   "file, dir or link"             },
    {"mode",  true,  read_mode,   "octal digits such as 0644"     },
    {"uid",   true,  read_uid,    "a number"                      },
    {"gid",   true,  read_gid,    "a number"                      },
    {"time",  true,  read_time,   "seconds such as 1727942412.250"},
    {"size",  false, read_size,   "a number"                      },
    {"inode", false, read_inode,  "a number"                      },
    {"link",  false, read_target, "the target of a link"          },
};

static bool complain(const struct line *line, struct err *e, const char *what, const char *s, size_t n)
{
    AUTO(str_drop) struct str shown = {0};
    AUTO(str_drop) struct str cleaned = {0};

    str_addn(&shown, s, n < 80 ? n : 80);
    str_add_log(&cleaned, str_text(&shown));
    return err_set(e, "line %u: %s \"%s\"", line->number, what, str_text(&cleaned));
}

/* Takes the next word of the line: false at its end. */
static bool next_word(struct line *line, const char **word, size_t *n)
{
    while (line->at < line->end && *line->at == ' ')
        line->at++;
    *word = line->at;
    while (line->at < line->end && *line->at != ' ')
        line->at++;
    *n = (size_t)(line->at - *word);
    return *n > 0;
}

static bool read_word(struct line *line, const char *word, size_t n, struct err *e)
{
    const char *equals = memchr(word, '=', n);
    size_t key_len = equals ? (size_t)(equals - word) : n;

    for (size_t i = 0; i < COUNT(words); i++) {
        if (strlen(words[i].key) != key_len || memcmp(words[i].key, word, key_len) != 0)
            continue;
        if (line->seen & 1u << i)
            return complain(line, e, "given twice:", word, key_len);
        line->seen |= 1u << i;
        if (equals && words[i].read(line, equals + 1, n - key_len - 1))
            return true;
        return complain(line, e, arena_printf(&line->w->arena, "expected %s after %s=, not", words[i].expected, words[i].key),
                        word, n);
    }
    return complain(line, e, "unknown word", word, n);
}

/* "./etc/passwd" is "/etc/passwd", "." the root. */
static bool read_path(struct line *line, const char *word, size_t n, struct err *e)
{
    const char *name = decode_name(line->w, word, n);

    if (name && strcmp(name, ".") == 0)
        line->file->path = "/";
    else if (name && text_starts(name, "./"))
        line->file->path = name + 1;
    if (!line->file->path || !tree_path_ok(line->file->path))
        return complain(line, e, "not a path below \".\":", word, n);
    return true;
}

static bool read_line(struct line *line, struct err *e)
{
    const char *word;
    size_t n;

    if (!next_word(line, &word, &n))
        return err_set(e, "line %u: names no path", line->number);
    if (!read_path(line, word, n, e))
        return false;
    while (next_word(line, &word, &n))
        if (!read_word(line, word, n, e))
            return false;
    for (size_t i = 0; i < COUNT(words); i++)
        if (words[i].required && !(line->seen & 1u << i))
            return err_set(e, "line %u: no %s= for \"%s\"", line->number, words[i].key, line->file->path);
    if ((line->file->kind == FILE_LINK) != (line->file->data != NULL))
        return err_set(e, "line %u: link= belongs to links, and only to them", line->number);
    if (line->file->kind == FILE_LINK)
        line->file->size = strlen(line->file->data);
    return true;
}

static bool read_lines(struct world *w, const char *text, size_t n, struct file ***files, size_t *n_files, struct err *e)
{
    const char *end = text + n;
    size_t cap = 0;
    unsigned number = 1;

    for (const char *at = text; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct line line = {.at = at, .end = newline ? newline : end, .number = number, .w = w};

        at = line.end + 1;
        if (line.at == line.end || *line.at == '#')
            continue;
        if (*n_files >= TREE_MAX_FILES)
            return err_set(e, "more than %d files", TREE_MAX_FILES);
        line.file = arena_alloc(&w->arena, sizeof(*line.file));
        if (!read_line(&line, e))
            return false;
        *GROW(*files, *n_files, cap) = line.file;
    }
    return true;
}

static void free_list(struct file ***list)
{
    free(*list);
}

bool tree_read_manifest(struct world *w, struct tree *tree, const char *text, size_t n, bool *ret_saved, struct err *e)
{
    AUTO(free_list) struct file **files = NULL;
    size_t n_files = 0;
    size_t mark = strlen(SAVED_MARK);

    if (!read_lines(w, text, n, &files, &n_files, e) || !tree_take(w, tree, files, n_files, w->start_ms, e)) {
        *tree = (struct tree){0};
        return false;
    }
    if (ret_saved)
        *ret_saved = n > mark && memcmp(text, SAVED_MARK "\n", mark + 1) == 0;
    return true;
}

/* ---- writing ---- */

static void add_name(struct str *out, const char *name)
{
    for (; *name; name++) {
        unsigned char byte = (unsigned char)*name;

        if (byte <= ' ' || byte > '~' || byte == '\\' || byte == '#')
            str_addf(out, "\\%03o", byte);
        else
            str_addc(out, *name);
    }
}

void tree_add_manifest(struct str *out, const struct tree *tree)
{
    str_add(out, SAVED_MARK "\n");
    for (const struct file *file = tree->files; file; file = file->next) {
        int64_t time_ms = file->mtime_ms > 0 ? file->mtime_ms : 0;

        str_addc(out, '.');
        if (file->path[1])
            add_name(out, file->path);
        str_addf(out, " type=%s mode=%04o uid=%u gid=%u time=%lld.%03d", kind_names[file->kind], file->mode, file->uid,
                 file->gid, (long long)(time_ms / 1000), (int)(time_ms % 1000));
        if (file->kind == FILE_REGULAR)
            str_addf(out, " size=%zu", file->size);
        str_addf(out, " inode=%llu", (unsigned long long)file->inode);
        if (file->kind == FILE_LINK) {
            str_add(out, " link=");
            add_name(out, file->data);
        }
        str_addc(out, '\n');
    }
}
