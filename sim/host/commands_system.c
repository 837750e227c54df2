/* SPDX-License-Identifier: MIT */
/* The system: hostname, uname, date, sleep, crontab. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

#include <stdlib.h>

/* ---- names and times ---- */

int run_hostname(struct program *p)
{
    const char *name = p->m->server->hostname, *flag = p->argc > 1 ? p->argv[1] : "";

    if (strcmp(flag, "-s") == 0)
        sayf(p, "%.*s\n", (int)strcspn(name, "."), name);
    else if (strcmp(flag, "-i") == 0 || strcmp(flag, "-I") == 0)
        sayf(p, "%s%s\n", p->m->server->instance->private_ip, flag[1] == 'I' ? " " : "");
    else if (strcmp(flag, "-d") == 0)
        sayf(p, "%s\n", strchr(name, '.') ? strchr(name, '.') + 1 : "");
    else if (*flag && *flag != '-')
        return complain(
            p, 1, p->cred.uid == 0 ? "the name of this server is its instance's" : "you must be root to change the host name");
    else
        sayf(p, "%s\n", name);
    return 0;
}

int run_uname(struct program *p)
{
    static const struct option_spec spec = {"amnoprsv", "all=a kernel-name=s nodename=n kernel-release=r machine=m", true};
    struct options o = {.p = p, .spec = &spec};
    const char *parts[] = {
        "Linux",    p->m->server->hostname, "4.14.355-277.643.amzn2.x86_64", "#1 SMP Wed Apr 16 20:29:17 UTC 2025", "x86_64",
        "GNU/Linux"};
    static const char letters[] = "snrvmo";
    const char *value, *gap = "";
    bool wanted[COUNT(parts)] = {0}, any = false;
    int letter;

    while ((letter = options_next(&o, &value)))
        for (size_t i = 0; i < COUNT(parts); i++) {
            bool is = letter == 'a' || letter == letters[i] || (letter == 'p' && i == 4);

            wanted[i] |= is;
            any |= is;
        }
    if (o.failed)
        return 1;
    for (size_t i = 0; i < COUNT(parts); i++)
        if (wanted[i] || (!any && i == 0)) {
            sayf(p, "%s%s", gap, parts[i]);
            gap = " ";
        }
    sayf(p, "\n");
    return 0;
}

static void add_date(struct program *p, struct str *out, const char *format, int64_t ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    (void)p;

    for (; *format; format++) {
        if (*format != '%' || !format[1]) {
            str_addc(out, *format);
            continue;
        }
        switch (*++format) {
        case 'F': str_add_time(out, ms, "%Y-%m-%d"); break;
        case 'T': str_add_time(out, ms, "%H:%M:%S"); break;
        case 'R': str_add_time(out, ms, "%H:%M"); break;
        case 's': str_addf(out, "%lld", (long long)(ms / 1000)); break;
        case 'N': str_add_time(out, ms, "%L000000"); break;
        case 'Z': str_add(out, "UTC"); break;
        case 'z': str_add(out, "+0000"); break;
        case 'n': str_addc(out, '\n'); break;
        case 'w': str_addf(out, "%d", civil_from_ms(ms).weekday); break;
        case 'A':
        case 'a': str_add(out, days[civil_from_ms(ms).weekday]); break;
        default:
            if (strchr("YmdHMSbejy%", *format))
                str_add_time(out, ms, (const char[]){'%', *format, '\0'});
            else
                str_addf(out, "%%%c", *format);
        }
    }
}

int run_date(struct program *p)
{
    static const struct option_spec spec = {"d:Iuf:r:Rs:", "date=d utc=u universal=u iso-8601=I reference=r set=s rfc-2822=R",
                                            true};
    struct options o = {.p = p, .spec = &spec};
    AUTO(str_drop) struct str out = {0};
    const char *value, *format = "%a %b %e %H:%M:%S UTC %Y";
    int64_t ms = p->m->now_ms;
    int letter;

    while ((letter = options_next(&o, &value))) {
        struct place at;

        if (letter == 's')
            return complain(p, 1, "cannot set date: Operation not permitted");
        if (letter == 'd' && *value == '@')
            ms = strtoll(value + 1, NULL, 10) % 100000000000 * 1000;
        else if (letter == 'd' && strcmp(value, "now") != 0 && !time_parse(value, &ms, NULL))
            return complain(p, 1, "invalid date '%s'", value);
        if (letter == 'r') {
            at = place_find(p, value, FOLLOW);
            if (at.error)
                return complain(p, 1, "%s: %s", value, strerror(at.error));
            ms = at.file->mtime_ms;
        }
        format = letter == 'I' ? "%F" : format;
    }
    if (o.failed)
        return 1;
    if (o.at < p->argc && *p->argv[o.at] == '+')
        format = p->argv[o.at] + 1;
    else if (o.at < p->argc)
        return complain(p, 1, "cannot set date: Operation not permitted");
    add_date(p, &out, format, ms);
    sayf(p, "%s\n", str_text(&out));
    return 0;
}

int run_sleep(struct program *p)
{
    double seconds;
    char *end;

    if (p->argc < 2)
        return usage_missing(p, "operand");
    seconds = strtod(p->argv[1], &end);
    if (end == p->argv[1] || *end || !(seconds >= 0))
        return complain(p, 1, "invalid time interval '%s'", p->argv[1]);
    p->m->now_ms += seconds < 60 ? (int64_t)(seconds * 1000) : 60000;
    return 0;
}

/* ---- crontab ---- */

int run_crontab(struct program *p)
{
    static const struct option_spec spec = {"eilru:", "", false};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *user = os_user_name(p->m, p->cred.uid), *path, *data;
    struct program root = *p; /* crontab is setuid: the spool is root's */
    struct os_user account;
    bool list = false, drop = false;
    int letter, error;
    size_t n;

    while ((letter = options_next(&o, &value))) {
        list |= letter == 'l';
        drop |= letter == 'r';
        user = letter == 'u' ? value : user;
        if (letter == 'u' && p->cred.uid != 0)
            return str_add(p->io.err, "must be privileged to use -u\n"), 1;
    }
    if (o.failed)
        return 1;
    if (!user || !os_user_find(p->m->w, p->m->server, user, &account))
        return str_addf(p->io.err, "crontab:  user `%s' unknown\n", user ? user : "?"), 1;
    path = path_join(&p->m->arena, "/var/spool/cron", user);
    root.cred = (struct cred){0};
    if (list || drop) {
        error = list ? fs_read(&root, path, &data, &n) : fs_unlink(&root, path);
        if (error)
            return str_addf(p->io.err, "no crontab for %s\n", user), 1;
        if (list)
            say(p, data, n);
        return 0;
    }
    error = input_read(p, o.at < p->argc ? p->argv[o.at] : "-", &data, &n);
    if (error)
        return str_addf(p->io.err, "%s: %s\n", p->argv[o.at], strerror(error)), 1;
    root.umask = 077;
    error = fs_write(&root, path, data, n);
    if (!error)
        fs_chown(&root, path, account.uid, account.gid, FOLLOW);
    return error != 0;
}
