/* SPDX-License-Identifier: MIT */
/*
 * The kernel's part of audit.log: changes of files that /etc/audit/rules.d watches.
 *
 * An event is SYSCALL, CWD, one PATH for each name the call resolved (the directory first), PROCTITLE. Field order and
 * the cap_* tail are those of kernel 4.14 without SELinux (host-lab.md 4.1; auditctl(8) for -w, -p and -k).
 */
#include "sim/evidence/host_traces.h"

#include <string.h>

#define ROOT_DEVICE "103:01" /* nvme0n1p1: block-extended major 259 */

/* ---- the rules ---- */

static const char *word(struct traces *t, const char **at, const char *end)
{
    const char *start;

    while (*at < end && (**at == ' ' || **at == '\t'))
        (*at)++;
    start = *at;
    while (*at < end && **at != ' ' && **at != '\t')
        (*at)++;
    return start == *at ? NULL : arena_dupn(&t->arena, start, (size_t)(*at - start));
}

static void read_rule(struct traces *t, const char *at, const char *end)
{
    struct watch watch = {.write = true, .attributes = true}; /* without -p: rwxa */
    const char *option, *value;

    while ((option = word(t, &at, end)) && option[0] == '-' && (value = word(t, &at, end))) {
        if (text_same(option, "-w"))
            watch.path = value;
        else if (text_same(option, "-k"))
            watch.key = value;
        else if (text_same(option, "-p"))
            watch.write = strchr(value, 'w') != NULL, watch.attributes = strchr(value, 'a') != NULL;
        else
            return;
    }
    if (watch.path && watch.path[0] == '/')
        *GROW(t->watches, t->n_watches, t->cap_watches) = watch;
}

#define MAX_WATCHES 256

void watches_read(struct traces *t, const char *rules, size_t n)
{
    const char *end = rules + n;

    while (rules < end && t->n_watches < MAX_WATCHES) {
        const char *stop = memchr(rules, '\n', (size_t)(end - rules));
        stop = stop ? stop : end;
        if (stop - rules > 2 && memcmp(rules, "-w", 2) == 0)
            read_rule(t, rules, stop);
        rules = stop + 1;
    }
}

static bool is_below(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    while (n > 1 && dir[n - 1] == '/')
        n--;
    return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

const char *watch_key(const struct traces *t, const char *path, bool attributes)
{
    for (size_t i = 0; path && i < t->n_watches; i++) {
        const struct watch *watch = &t->watches[i];
        if ((attributes ? watch->attributes : watch->write) && is_below(path, watch->path))
            return watch->key ? watch->key : "(null)";
    }
    return NULL;
}

/* ---- system calls ---- */

struct call_made { /* how a change looks as a system call of x86_64 (asm/unistd_64.h) */
    const char *does;
    int number;
    bool attributes;
    const char *nametype; /* of the file's PATH */
    bool at_fdcwd;        /* first argument is AT_FDCWD */
};
static const struct call_made calls_made[] = {
    {"open",    257, false, "NORMAL", true }, /* openat */
    {"rename",  82,  false, "DELETE", false},
    {"unlink",  263, false, "DELETE", true }, /* unlinkat */
    {"rmdir",   84,  false, "DELETE", false},
    {"mkdir",   83,  false, "CREATE", false},
    {"symlink", 88,  false, "CREATE", false},
    {"chmod",   268, true,  "NORMAL", true }, /* fchmodat */
    {"chown",   260, true,  "NORMAL", true }, /* fchownat */
};

static const struct call_made *call_for(const char *does)
{
    for (size_t i = 0; does && i < COUNT(calls_made); i++)
        if (text_same(calls_made[i].does, does))
            return &calls_made[i];
    return NULL;
}

static const struct {
    const char *name;
    int number;
} errors[] = {
    {"EPERM",     1 },
    {"ENOENT",    2 },
    {"ESRCH",     3 },
    {"EACCES",    13},
    {"EBUSY",     16},
    {"EEXIST",    17},
    {"EXDEV",     18},
    {"ENOTDIR",   20},
    {"EISDIR",    21},
    {"EINVAL",    22},
    {"ENOTEMPTY", 39},
};

static int error_number(const char *name)
{
    for (size_t i = 0; name && i < COUNT(errors); i++)
        if (text_same(errors[i].name, name))
            return errors[i].number;
    return name ? 1 : 0;
}

static unsigned open_flags(const char *text)
{
    static const struct {
        const char *name;
        unsigned bits;
    } flags[] = {
        {"O_WRONLY", 01   },
        {"O_RDWR",   02   },
        {"O_CREAT",  0100 },
        {"O_EXCL",   0200 },
        {"O_TRUNC",  01000},
        {"O_APPEND", 02000},
    };
    unsigned bits = 0;

    for (size_t i = 0; text && i < COUNT(flags); i++)
        if (strstr(text, flags[i].name))
            bits |= flags[i].bits;
    return bits;
}

/* ---- records ---- */

static uint32_t audit_id(const json_t *program, const char *key)
{
    return (uint32_t)json_int_or(program, key, AUDIT_UNSET);
}

static const char *audit_tty(struct traces *t, const json_t *program)
{
    const char *tty = json_str_or(program, "tty", "?");

    if (text_starts(tty, "pts/"))
        return arena_printf(&t->arena, "pts%s", tty + 4);
    return "(none)";
}

static void add_path(struct str *out, int item, const char *name, const json_t *of, const char *nametype)
{
    str_addf(out, "PATH item=%d name=", item);
    audit_value(out, name, strlen(name));
    str_addf(out,
             " inode=%lld dev=" ROOT_DEVICE " mode=0%llo ouid=%lld ogid=%lld rdev=00:00 nametype=%s"
             " cap_fp=0000000000000000 cap_fi=0000000000000000 cap_fe=0 cap_fver=0\n",
             (long long)json_int_or(of, "inode", 0), (long long)json_int_or(of, "mode", 0),
             (long long)json_int_or(of, "uid", 0), (long long)json_int_or(of, "gid", 0), nametype);
}

/* The directory's PATH is what the name holds up to its last slash; the working directory for a bare name. */
static const char *directory_named(struct traces *t, const char *name, const char *cwd)
{
    const char *slash = strrchr(name, '/');

    return slash ? arena_dupn(&t->arena, name, (size_t)(slash - name) + 1) : cwd;
}

static int add_paths(struct traces *t, struct str *out, const json_t *change, const struct call_made *made, const char *cwd)
{
    const char *name = json_str_or(change, "name", json_str_or(change, "path", "?"));
    const char *to_name = json_str_or(change, "to_name", json_str_or(change, "to", "?"));
    const json_t *parent = json_object_get(change, "parent"), *to_parent = json_object_get(change, "to_parent");
    const json_t *was = json_object_get(change, "was"); /* what stood at the name, or at a rename's target */
    bool renames = text_same(made->does, "rename"), opens = text_same(made->does, "open");
    const char *nametype = opens && !json_is_object(was) ? "CREATE" : made->nametype;
    int item = 0;

    if (!made->attributes && (!opens || (open_flags(json_str(change, "flags")) & 0100)))
        add_path(out, item++, directory_named(t, name, cwd), parent, "PARENT");
    if (renames)
        add_path(out, item++, directory_named(t, to_name, cwd), json_is_object(to_parent) ? to_parent : parent, "PARENT");
    if (!json_str(change, "errno") || json_object_get(change, "inode"))
        add_path(out, item++, name, change, nametype);
    if (renames && json_is_object(was))
        add_path(out, item++, to_name, was, "DELETE");
    if (renames && !json_str(change, "errno"))
        add_path(out, item++, to_name, change, "CREATE");
    return item;
}

static void add_proctitle(struct str *out, const json_t *program)
{
    AUTO(str_drop) struct str title = {0};
    const json_t *argv = json_object_get(program, "argv");
    size_t i;
    const json_t *argument;

    json_array_foreach(argv, i, argument)
    {
        if (i)
            str_addn(&title, "", 1);
        str_add(&title, json_is_string(argument) ? json_string_value(argument) : "");
    }
    str_add(out, "PROCTITLE proctitle=");
    audit_value(out, str_text(&title), title.len < 128 ? title.len : 128); /* MAX_PROCTITLE_AUDIT_LEN */
    str_addc(out, '\n');
}

static void add_syscall(struct traces *t, struct str *out, const json_t *program, const json_t *change,
                        const struct call_made *made, int items, const char *key)
{
    int error = error_number(json_str(change, "errno"));
    unsigned uid = (unsigned)json_int_or(program, "uid", 0), gid = (unsigned)json_int_or(program, "gid", 0);
    struct chance draw =
        chance_of(&t->task->seed, "audit/%lld/%s", (long long)json_int_or(program, "pid", 0), json_str_or(change, "path", ""));
    uint64_t heap = 0x55d0c0000000 + (chance_below(&draw, 1u << 28) << 4),
             stack = 0x7ffc00000000 + chance_below(&draw, 1u << 30);
    bool opens = text_same(made->does, "open");
    unsigned flags = opens ? open_flags(json_str(change, "flags")) : 0;

    str_addf(out, "SYSCALL arch=c000003e syscall=%d success=%s exit=%d ", made->number, error ? "no" : "yes",
             error   ? -error
             : opens ? 3
                     : 0);
    if (made->at_fdcwd)
        str_addf(out, "a0=ffffff9c a1=%llx a2=%x a3=%x ", (unsigned long long)heap,
                 opens ? flags : (unsigned)json_int_or(change, "to_mode", 0) & 07777, opens && (flags & 0100) ? 0x1b6 : 0);
    else
        str_addf(out, "a0=%llx a1=%llx a2=0 a3=%llx ", (unsigned long long)stack, (unsigned long long)stack + 26,
                 (unsigned long long)stack - 0x9f1);
    str_addf(out,
             "items=%d ppid=%lld pid=%lld auid=%u uid=%u gid=%u euid=%u suid=%u fsuid=%u egid=%u sgid=%u fsgid=%u tty=%s "
             "ses=%u comm=",
             items, (long long)json_int_or(program, "ppid", 1), (long long)json_int_or(program, "pid", 0),
             audit_id(program, "auid"), uid, gid, uid, uid, uid, gid, gid, gid, audit_tty(t, program),
             audit_id(program, "ses"));
    audit_value(out, json_str_or(program, "comm", "?"), strlen(json_str_or(program, "comm", "?")));
    str_add(out, " exe=");
    audit_value(out, json_str_or(program, "exe", "?"), strlen(json_str_or(program, "exe", "?")));
    str_addf(out, text_same(key, "(null)") ? " key=%s\n" : " key=\"%s\"\n", key);
}

static void traces_of_change(struct traces *t, const json_t *program, const json_t *change)
{
    const struct call_made *made = call_for(json_str(change, "does"));
    const char *cwd = json_str_or(program, "cwd", "/");
    const char *key = NULL;
    AUTO(str_drop) struct str paths = {0}, out = {0};

    if (made && !(key = watch_key(t, json_str(change, "path"), made->attributes)))
        key = watch_key(t, json_str(change, "to"), made->attributes);
    if (!key)
        return;
    int items = add_paths(t, &paths, change, made, cwd);
    add_syscall(t, &out, program, change, made, items, key);
    str_add(&out, "CWD cwd=");
    audit_value(&out, cwd, strlen(cwd));
    str_addc(&out, '\n');
    str_add(&out, str_text(&paths));
    add_proctitle(&out, program);
    audit_event(t, json_int_or(change, "at", json_int_or(program, "at", 0)), &out);
}

void traces_of_files(struct traces *t, const json_t *program)
{
    const json_t *change;
    size_t i;

    json_array_foreach(json_object_get(program, "files"), i, change) traces_of_change(t, program, change);
}
