/* SPDX-License-Identifier: MIT */
/*
 * Memory, text, errors, time, chance, codecs, JSON documents and files. Depends on nothing of cafelab.
 *
 * Out of memory and our own bugs abort; nothing here returns NULL for want of memory.
 */
#pragma once

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define AUTO(drop) __attribute__((cleanup(drop)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- memory: three lifetimes. Run and request own an arena; scope is AUTO(..._drop). ---- */

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
void free_text(char **s); /* for AUTO(free_text) char * */

/* For a process that does the like over and over, or ends soon: what one piece of work gave back serves the next one, and
 * the next `expected` bytes come in large pages where there are any. */
void memory_keep(size_t expected);
void memory_touch(void *p, size_t n); /* what will be written all at once comes in one go: a page at a time takes longer */
void memory_trim(void);               /* gives back what is free: for a process that goes on after a big piece of work */
size_t memory_mapped(void);           /* bytes of this process's address space, as far as that is known */
/* Makes room for one more element: `items` grows by doubling. Usage: *GROW(list, n, cap) = x; n is counted up. */
void *grow(void *items, size_t n, size_t *cap, size_t size);
#define GROW(items, n, cap) ((items) = grow((items), (n), &(cap), sizeof(*(items))), &(items)[(n)++])

struct arena_block;
struct arena { /* zeroed = empty; everything in it dies together */
    struct arena_block *last;
};
void *arena_alloc(struct arena *, size_t size); /* zeroed, aligned for any type */
void *arena_room(struct arena *, size_t size);  /* the same, not zeroed: for what is filled at once */
char *arena_dup(struct arena *, const char *s); /* NULL gives NULL */
char *arena_dupn(struct arena *, const char *s, size_t n);
char *arena_printf(struct arena *, const char *fmt, ...) PRINTF(2, 3);
void arena_drop(struct arena *);
void arena_join(struct arena *, struct arena *steals); /* what was in one arena lives as long as the other then */

/* ---- text: a growing string; `s` is always NUL-terminated once anything was added ---- */

struct str {
    char *s;
    size_t len, cap;
};
void str_drop(struct str *);
void str_clear(struct str *);              /* keeps the memory */
char *str_steal(struct str *);             /* the caller frees; "" when empty */
char *str_reserve(struct str *, size_t n); /* where n bytes may be written; then add to len */
void str_add(struct str *s, const char *from);
void str_addn(struct str *s, const void *from, size_t n);
void str_addc(struct str *, char c);
void str_add_int(struct str *, int64_t); /* "-42" */
void str_addf(struct str *, const char *fmt, ...) PRINTF(2, 3);
void str_vaddf(struct str *, const char *fmt, va_list);
void str_add_json(struct str *, const char *s); /* "quoted and escaped"; bytes that are not UTF-8 become U+FFFD */
void str_add_jsonn(struct str *, const char *s, size_t n);
void str_add_json_inside(struct str *, const char *s, size_t n); /* without the quotes */
void str_add_json_key(struct str *, const char *key);            /* of an object: after a comma, unless it is the first */
void str_add_json_member(struct str *, const char *key, const char *s); /* the same with its text; nothing for NULL */
void str_add_shell(struct str *, const char *s);      /* 'in single quotes': one word of a shell, whatever is in it */
void str_add_shell_word(struct str *, const char *s); /* the same, bare where a shell needs no quotes: for people to copy */
void str_add_uri(struct str *, const char *s);        /* percent-encoded but for A-Za-z0-9-_.~ */
void str_add_html(struct str *, const char *s);       /* text or attribute value of HTML and SVG; NULL is nothing */
/* Untrusted text on a terminal or in a log: controls, those of direction too, as \xNN; in prose lines stay lines, and a tab is
 * a blank. */
void str_add_log(struct str *, const char *s);
void str_add_prose(struct str *, const char *s);
void str_add_hex(struct str *, const void *data, size_t n);       /* "0fa3" */
void str_add_hex_upper(struct str *, const void *data, size_t n); /* "0FA3" */
const char *str_text(const struct str *);                         /* "" when empty */

bool text_same(const char *a, const char *b); /* NULL only equals NULL */
bool text_starts(const char *s, const char *prefix);
int texts_order(const void *a, const void *b);  /* by bytes: for qsort() and bsearch() over const char *[] */
size_t texts_once(const char **list, size_t n); /* sorts them, and leaves each once: how many are left */
bool text_ends(const char *s, const char *suffix);
bool text_glob(const char *pattern, const char *s); /* * and ?; no backtracking blow-up */
bool text_glob_any_case(const char *pattern, const char *s);
size_t text_distance(const char *a, const char *b); /* Damerau-Levenshtein, at most 255 bytes each */
bool text_utf8(const char *s, size_t n);            /* well-formed, no NUL */
/* The candidate nearest to `word` if it is near enough to be meant, else NULL. `words` ends with NULL. */
const char *text_meant(const char *word, const char *const *words);
const char *arena_shell_word(struct arena *, const char *s); /* one word of a shell, see str_add_shell_word() */
const char *arena_meant(struct arena *, const char *word, const char *const *words); /* " (did you mean "x"?)", or "" */

/* ---- errors: an operation of ours failed. Zeroed = none; the first error wins; always returns false. ---- */

struct err {
    bool set;
    char msg[512]; /* one line, lower case, values quoted, no trailing stop */
};
bool err_set(struct err *, const char *fmt, ...) PRINTF(2, 3);  /* %m works */
bool err_wrap(struct err *, const char *fmt, ...) PRINTF(2, 3); /* prefixes "context: " */

/* ---- time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds. No time zone but the ones asked for. ---- */

struct civil {
    int year, month, day, hour, minute, second, ms;
    int weekday; /* 0 = Sunday */
    int yearday; /* 0..365 */
};
struct civil civil_from_ms(int64_t ms);
int64_t ms_from_civil(const struct civil *); /* weekday and yearday are not read */
/* strftime-like for fixed, locale-free needs: %Y %m %d %H %M %S %L(ms) %b %a %e(space padded day) %j %y %% */
void str_add_time(struct str *, int64_t ms, const char *fmt);
#define TIME_ISO "%Y-%m-%dT%H:%M:%SZ"
char *arena_time(struct arena *, int64_t ms, const char *fmt);
/* ISO 8601: date, "T" or blank, time to minutes, seconds or fractions, zone "Z", "+hh:mm", "-hhmm".
 * Without a zone it is UTC and *zoned (may be NULL) is false. */
bool time_parse(const char *s, int64_t *ret_ms, bool *zoned);
bool duration_parse(const char *s, int64_t *ret_ms); /* "90s", "4m30s", "2d", "150ms"; not negative */
void str_add_duration(struct str *, int64_t ms);     /* "4m30s" */
bool zone_parse(const char *s, int *ret_minutes);    /* "Z", "+02:00", "-07:00" */
/* The only clock. Used by the commands for progress and time-outs, never by what is simulated. */
int64_t clock_now_ms(void);
int64_t clock_monotonic_us(void);
int64_t clock_boot_us(void);           /* that this machine is up */
int64_t clock_cpu_us(void);            /* that this process has used */
const char *env_get(const char *name); /* the only getenv */

/* ---- chance: streams named by a path, so that adding one thing reshuffles nothing else ---- */

struct seed {
    uint8_t key[32];
};
struct seed seed_from_text(const char *text);                                    /* SHA-256 of the text */
struct seed seed_derive(const struct seed *, const char *fmt, ...) PRINTF(2, 3); /* HMAC-SHA256(seed, path) */
struct chance {
    uint64_t s[4]; /* xoshiro256** */
};
struct chance chance_of(const struct seed *, const char *fmt, ...) PRINTF(2, 3);
uint64_t chance_u64(struct chance *);
uint64_t chance_below(struct chance *, uint64_t n);                 /* 0..n-1 without bias; n > 0 */
int64_t chance_between(struct chance *, int64_t low, int64_t high); /* inclusive */
bool chance_one_in(struct chance *, uint64_t n);
int64_t chance_gap(struct chance *, int64_t mean); /* exponential by integers only: same on every machine */
/* What nobody can foresee, for secrets: the system's. Everything else is drawn from a seed. */
bool chance_of_system(void *out, size_t n, struct err *);
#define ALPHABET_BASE32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define ALPHABET_ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define ALPHABET_UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define ALPHABET_LOWER "abcdefghijklmnopqrstuvwxyz0123456789"
#define ALPHABET_HEX "0123456789abcdef"
#define ALPHABET_DIGITS "0123456789"
void chance_text(struct chance *, const char *alphabet, size_t n, char *out); /* n characters and a NUL */
#define UUID_LEN 36
void chance_uuid(struct chance *, char *out); /* version 4; UUID_LEN characters, no NUL is written */

/* ---- codecs ---- */

void sha256(const void *data, size_t n, uint8_t out[32]);
void sha256_hex(const void *data, size_t n, char out[65]);
bool sha256_is_hex(const char *); /* 64 digits of ALPHABET_HEX; NULL is none */
void hmac_sha256(const void *key, size_t key_len, const void *data, size_t n, uint8_t out[32]);
/* Makes bytes unreadable, and readable again: AES-256 in counter mode, from 0. A key is for one text. */
void aes256_mask(const uint8_t key[32], void *bytes, size_t n);
void md5_hex(const void *data, size_t n, char out[33]);
void str_add_base64(struct str *, const void *data, size_t n);
bool base64_decode(const char *s, size_t n, struct str *out);
bool hex_decode(const char *s, size_t n, struct str *out); /* pairs of digits of ALPHABET_HEX */

struct cidr { /* IPv4 (family 4) or IPv6 (family 6) */
    int family, bits;
    uint8_t addr[16];
};
bool cidr_parse(const char *s, struct cidr *out);        /* host bits set are kept as they are; a bare address has all bits */
bool cidr_strict(const struct cidr *);                   /* no host bits set */
char *cidr_network(struct arena *, const struct cidr *); /* "203.0.113.0/28": without host bits */
bool cidr_contains(const struct cidr *net, const struct cidr *inner);
bool ip_in(const char *ip, const char *cidr);

/* ---- JSON documents (jansson). Never NULL for want of memory: see json_begin(). ---- */

void json_begin(void); /* once, at start of a program or test: allocation by xmalloc, fixed hash seed */
#define JSON_MAX_DEPTH 64
json_t *json_read(const char *s, size_t n, struct err *); /* duplicates and trailing text refused, depth capped */
struct json_fault {
    unsigned line, col; /* from 1, where what is refused ends; 0 = the text as a whole */
    char says[192];
};
json_t *json_read_told(const char *s, size_t n, struct json_fault *); /* the same, for files that people write */
const char *json_str(const json_t *object, const char *key);          /* NULL if absent or no string */
const char *json_str_or(const json_t *object, const char *key, const char *otherwise);
int64_t json_int_or(const json_t *object, const char *key, int64_t otherwise); /* accepts "22" too */
bool json_bool_or(const json_t *object, const char *key, bool otherwise);      /* accepts "true" too */
const json_t *json_path(const json_t *, const char *path); /* "ipPermissions.items.0.fromPort"; NULL if absent */
json_t *json_textf(const char *fmt, ...) PRINTF(1, 2);
json_t *json_clean(const char *s); /* a string of any bytes: those that are not UTF-8 become U+FFFD */
void json_put(json_t *object, const char *key, json_t *steals);     /* steals; NULL value is a bug: aborts */
void json_put_text(json_t *object, const char *key, const char *s); /* cleaned; nothing is put for NULL */
void str_add_json_value(struct str *, const json_t *);              /* compact, keys in order of insertion; NULL: nothing */
void str_add_json_pretty(struct str *, const json_t *);             /* two blanks, ends with a newline */

/* ---- files ---- */

bool file_read(const char *path, size_t limit, struct str *out, struct err *); /* regular files only */
bool file_read_at(int dirfd, const char *path, size_t limit, struct str *out, struct err *);
/* Written aside and renamed into place; mode as given. Whoever is killed meanwhile leaves PATH.PID~ beside it. */
bool file_write(const char *path, const void *data, size_t n, mode_t mode, struct err *);
bool file_append(const char *path, const void *data, size_t n, struct err *); /* one write and fsync */
bool file_exists(const char *path);
/* A file to be renamed to `path` when it is whole: PATH.PID~, 0600, locked for as long as it is open; -1 with errno. */
int aside_open(const char *path, struct str *aside);
/* Take away what killed processes left aside of a file, or of those in a folder whose names are like `names` ("*.html"). The
 * lock tells: whoever writes holds it, on another machine, too, and loses it when killed. A pid says nothing: it may be another
 * machine's, one that waits for its parent, or somebody else's by now. Where the file system has no locks nothing goes. */
void file_sweep(const char *path);
void dir_sweep(const char *dir, const char *names);
bool dir_make(const char *path, struct err *); /* with parents */
/* The same of a path that begins with `root`: a folder below it that is a link, and leads elsewhere, is refused. */
bool dir_make_in(const char *root, const char *path, struct err *);
bool dir_remove(const char *path, struct err *); /* the whole tree; never follows links */
/* Calls `each` for every entry below `path`, sorted by bytes, depth first; directories before what is in them. */
struct dir_entry {
    const char *path; /* relative to the root of the walk */
    int dir;          /* the directory that it lies in, open while `each` runs ... */
    const char *name; /* ... and its name there */
    bool is_dir, is_link;
    int64_t size, mtime_ms;
    mode_t mode;
};
bool dir_walk(const char *path, bool (*each)(void *context, const struct dir_entry *, struct err *), void *context,
              struct err *);

/* A folder that is written: on the disk, to somebody who takes the files as they come, or both. */
struct made_file {    /* is there until take() returns */
    const char *path; /* below the folder */
    mode_t mode;      /* with S_IFREG, S_IFDIR or S_IFLNK */
    int64_t mtime_ms; /* MADE_NOW = of no account */
    const char *data; /* content; a link's target */
    size_t n;
    const struct str *unpacked; /* of a .gz: what is in it; else NULL */
    const char *unpacked_hash;  /* its SHA-256, 64 hex digits, where it is known; else NULL */
    const char *hash;           /* the same of the data */
    bool stays;                 /* the data outlive take(): they belong to what the folder is made of */
    struct str *gives;          /* holds the data, and whoever takes may steal them; else NULL */
};
#define MADE_NOW INT64_MAX
struct folder {
    const char *dir;                                                     /* NULL = not on the disk */
    bool (*take)(void *context, const struct made_file *, struct err *); /* called by any thread; NULL = nobody takes */
    void *context;
};
/* By bytes with '/' lowest, so that a directory is followed by all that it holds. */
int path_order(const char *a, const char *b);
bool folder_give(const struct folder *, const struct made_file *, struct err *); /* to whoever takes; true where nobody does */
/* A text file, 0644, to all whom it concerns. The directory that it lies in comes first, by folder_make(). */
bool folder_put(const struct folder *, const char *path, const void *data, size_t n, struct err *);
bool folder_make(const struct folder *, const char *path,
                 struct err *); /* a directory, with parents; whoever takes gets it alone */

/* A directory built aside and renamed into place as a whole: after kill -9 there is no half of it.
 *     AUTO(stage_drop) struct stage st = {0};
 *     if (!stage_open(&st, "mylab", &e)) ...; write below st.aside; if (!stage_commit(&st, &e)) ...
 * stage_open refuses an existing target and clears what killed runs left behind. As with files a lock tells who lives. */
struct stage {
    char *target, *aside;
    int lock; /* while there is an `aside` */
};
bool stage_open(struct stage *, const char *target, struct err *);
bool stage_commit(struct stage *, struct err *);
void stage_drop(struct stage *);
/* What is made is the same for everybody (umask 022); but where the caller's umask hides his files from others, the top of
 * what stage_commit() puts in place is hidden. Called once, when the program starts. */
void umask_settle(void);

/* Where scenarios/ and fixtures/ are: $CAFELAB_DATA, else beside or above the program. In the arena. */
char *data_path(struct arena *, const char *fmt, ...) PRINTF(2, 3);

/* ---- many independent pieces of work on several threads. What comes out never depends on how many. ---- */

struct work {
    size_t n;
    void *context;                 /* of all; a piece changes only what belongs to it */
    void *(*begin)(void *context); /* a thread's own things; NULL = none */
    void (*end)(void *own);
    bool (*each)(void *context, void *own, size_t i, struct err *); /* piece i, 0 <= i < n */
};
/* 0 threads = one per core. False with the error of the first piece (by its number) that failed; the others may have run. */
bool parallel_run(const struct work *, unsigned threads, struct err *);
