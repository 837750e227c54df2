/* SPDX-License-Identifier: MIT */
/* The system: systemctl, service, sshd -t and -T, hostname, uname, date, crontab. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"
#include "sim/host/sshd.h"

#include <stdlib.h>

/* ---- systemctl ---- */

static const char *age(struct program *p, int64_t since_ms)
{
    int64_t s = (p->m->now_ms - since_ms) / 1000;

    if (s >= 86400)
        return arena_printf(&p->m->arena, "%lld days ago", (long long)(s / 86400));
    if (s >= 3600)
        return arena_printf(&p->m->arena, "%lldh %lldmin ago", (long long)(s / 3600), (long long)(s / 60 % 60));
    if (s >= 60)
        return arena_printf(&p->m->arena, "%lldmin %llds ago", (long long)(s / 60), (long long)(s % 60));
    return arena_printf(&p->m->arena, "%llds ago", (long long)s);
}

static const char *stamp(struct program *p, int64_t ms)
{
    static const char *const names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

    return arena_printf(&p->m->arena, "%s %s", names[civil_from_ms(ms).weekday],
                        arena_time(&p->m->arena, ms, "%Y-%m-%d %H:%M:%S UTC"));
}

static bool is_enabled(struct program *p, const struct unit *unit)
{
    return tree_find(p->m->tree,
                     arena_printf(&p->m->arena, "/etc/systemd/system/multi-user.target.wants/%s.service", unit->name));
}

static int show_status(struct program *p, const struct unit *unit)
{
    const struct daemon *daemon = find_daemon(p->m->server, unit->name);
    bool running = daemon && daemon->running;

    sayf(p,
         "\xe2\x97\x8f %s.service - %s\n   Loaded: loaded (/usr/lib/systemd/system/%s.service; %s; vendor preset: enabled)\n",
         unit->name, unit->description, unit->name, is_enabled(p, unit) ? "enabled" : "disabled");
    if (running) {
        sayf(p, "   Active: active (running) since %s; %s\n", stamp(p, daemon->started_ms), age(p, daemon->started_ms));
        sayf(p, " Main PID: %d (%s)\n   CGroup: /system.slice/%s.service\n           \xe2\x94\x94\xe2\x94\x80%d %s\n",
             daemon->pid, path_base(unit->exe), unit->name, daemon->pid, unit->title);
        return 0;
    }
    if (daemon && daemon->restart_ms)
        sayf(p, "   Active: activating (auto-restart) (Result: exit-code)\n");
    else
        sayf(p, "   Active: inactive (dead)\n");
    return 3;
}

static int start_unit(struct program *p, const struct unit *unit)
{
    if (unit_start(p->m, unit, p))
        return 0;
    str_addf(
        p->io.err,
        "Job for %s.service failed because the control process exited with error code. See \"systemctl status %s.service\" and "
        "\"journalctl -xe\" for details.\n",
        unit->name, unit->name);
    return 1;
}

static bool runs(struct program *p, const struct unit *unit)
{
    const struct daemon *daemon = find_daemon(p->m->server, unit->name);

    return daemon && daemon->running;
}

/* Enabling is a link in multi-user.target.wants. */
static int enable(struct program *p, const struct unit *unit, bool on)
{
    const char *link = arena_printf(&p->m->arena, "/etc/systemd/system/multi-user.target.wants/%s.service", unit->name);
    const char *target = arena_printf(&p->m->arena, "/usr/lib/systemd/system/%s.service", unit->name);

    if (on == is_enabled(p, unit))
        return 0;
    if (on && fs_symlink(p, target, link) == 0)
        str_addf(p->io.err, "Created symlink from %s to %s.\n", link, target);
    else if (!on && fs_unlink(p, link) == 0)
        str_addf(p->io.err, "Removed symlink %s.\n", link);
    else
        return 1;
    return 0;
}

/* auditd is not to be stopped by hand: its unit has RefuseManualStop=yes. */
static bool refuses_stop(struct program *p, const struct unit *unit, const char *verb)
{
    if (strcmp(unit->name, "auditd") != 0 || (strcmp(verb, "stop") != 0 && strcmp(verb, "restart") != 0))
        return false;
    str_addf(p->io.err,
             "Failed to %s auditd.service: Operation refused, unit auditd.service may be requested by dependency only (it is "
             "configured "
             "to refuse manual start/stop).\nSee system logs and 'systemctl status auditd.service' for details.\n",
             verb);
    return true;
}

static int change_unit(struct program *p, const char *verb, const struct unit *unit)
{
    bool restart = strcmp(verb, "restart") == 0 || (strcmp(verb, "try-restart") == 0 && runs(p, unit));

    if (refuses_stop(p, unit, verb))
        return 4;
    if (strcmp(verb, "start") == 0)
        return runs(p, unit) ? 0 : start_unit(p, unit);
    if (strcmp(verb, "stop") == 0)
        return unit_stop(p->m, unit, p) ? 0 : 1;
    if (restart) {
        unit_stop(p->m, unit, p);
        return start_unit(p, unit);
    }
    if (strcmp(verb, "reload") == 0 || strcmp(verb, "reload-or-restart") == 0) {
        if (unit_reload(p->m, unit, p))
            return 0;
        if (verb[6])
            return start_unit(p, unit);
        str_addf(p->io.err, "Job for %s.service invalid.\n", unit->name);
        return 1;
    }
    if (strcmp(verb, "enable") == 0 || strcmp(verb, "disable") == 0)
        return enable(p, unit, *verb == 'e');
    return 0;
}

static int look_at_unit(struct program *p, const char *verb, const struct unit *unit)
{
    bool running = runs(p, unit);

    if (strcmp(verb, "status") == 0)
        return show_status(p, unit);
    if (strcmp(verb, "is-active") == 0)
        sayf(p, running ? "active\n" : "inactive\n");
    else if (strcmp(verb, "is-enabled") == 0)
        sayf(p, is_enabled(p, unit) ? "enabled\n" : "disabled\n");
    else
        sayf(p, "inactive\n");
    return strcmp(verb, "is-enabled") == 0 ? !is_enabled(p, unit) : running ? 0 : 3;
}

static int list_units(struct program *p)
{
    unsigned n = 0;

    sayf(p, "UNIT                     LOAD   ACTIVE SUB     DESCRIPTION\n");
    for (const struct unit *unit = unit_next(NULL); unit; unit = unit_next(unit)) {
        if (!find_daemon(p->m->server, unit->name))
            continue;
        sayf(p, "%-24s loaded %s %s\n", arena_printf(&p->m->arena, "%s.service", unit->name),
             runs(p, unit) ? "active running" : "inactive dead ", unit->description);
        n++;
    }
    sayf(p, "\n%u loaded units listed.\n", n);
    return 0;
}

static bool any_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static int unit_verb(struct program *p, const char *verb, const char *name)
{
    static const char *const changes[] = {"start",  "stop",    "restart", "try-restart", "reload", "reload-or-restart",
                                          "enable", "disable", NULL};
    static const char *const looks[] = {"status", "is-active", "is-enabled", NULL};
    const struct unit *unit = unit_find(name);
    const char *full = text_ends(name, ".service") ? name : arena_printf(&p->m->arena, "%s.service", name);

    if (!any_of(verb, changes) && !any_of(verb, looks)) {
        str_addf(p->io.err, "Unknown operation '%s'.\n", verb);
        return 1;
    }
    if (any_of(verb, changes) && p->cred.uid != 0) {
        str_addf(
            p->io.err,
            "Failed to %s %s: The name org.freedesktop.PolicyKit1 was not provided by any .service files\nSee system logs and "
            "'systemctl status %s' for details.\n",
            verb, full, full);
        return 4;
    }
    if (!unit || !find_daemon(p->m->server, unit->name)) {
        if (strcmp(verb, "is-active") == 0)
            return sayf(p, "unknown\n"), 3;
        if (strcmp(verb, "status") == 0)
            return str_addf(p->io.err, "Unit %s could not be found.\n", full), 4;
        str_addf(p->io.err, "Failed to %s %s: Unit not found.\n", verb, full);
        return 5;
    }
    return any_of(verb, looks) ? look_at_unit(p, verb, unit) : change_unit(p, verb, unit);
}

int run_systemctl(struct program *p)
{
    static const struct option_spec spec = {"ahlqt:", "all=a quiet=q no-pager=l full=l type=t now=a no-block=a", false};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *verb;
    int status = 0, one;

    while (options_next(&o, &value))
        ;
    if (o.failed)
        return 1;
    verb = o.at < p->argc ? p->argv[o.at] : "list-units";
    if (strcmp(verb, "list-units") == 0)
        return list_units(p);
    if (strcmp(verb, "daemon-reload") == 0 || strcmp(verb, "reset-failed") == 0)
        return p->cred.uid == 0 ? 0 : complain(p, 1, "Access denied");
    if (o.at + 1 >= p->argc) {
        str_add(p->io.err, "Too few arguments.\n");
        return 1;
    }
    for (int i = o.at + 1; i < p->argc; i++) {
        one = unit_verb(p, verb, p->argv[i]);
        status = one ? one : status;
    }
    return status;
}

/* service NAME VERB: hands over to systemctl, as a child. */
int run_service(struct program *p)
{
    const char **argv = arena_alloc(&p->m->arena, 4 * sizeof(*argv));

    if (p->argc < 3) {
        str_add(p->io.err, "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n");
        return p->argc < 2 ? 0 : 1;
    }
    argv[0] = "/bin/systemctl";
    argv[1] = p->argv[2];
    argv[2] = text_ends(p->argv[1], ".service") ? p->argv[1] : arena_printf(&p->m->arena, "%s.service", p->argv[1]);
    str_addf(p->io.err, "Redirecting to /bin/systemctl %s %s\n", argv[1], argv[2]);
    return spawn(&(struct spawned){p->shell, command_find("systemctl"), argv, p->pid, p->cred, p->cwd, p->shell->user,
                                   p->shell->home, p->umask},
                 &p->io);
}

/* ---- sshd -t, -T ---- */

static void show_settings(struct program *p, const struct sshd_config *c)
{
    for (size_t i = 0; i < sshd_n_keywords; i++) {
        const struct sshd_keyword *known = &sshd_keywords[i];
        const char *value = c->value[i];

        if (known->alias_of || !value || !*value)
            continue;
        if (known->kind != SSHD_USERS && known->kind != SSHD_GROUPS && known->kind != SSHD_ADD && known->kind != SSHD_PORT) {
            sayf(p, "%s %s\n", known->name, value);
            continue;
        }
        while (*value) { /* one line for each */
            size_t n = strcspn(value, " ");

            sayf(p, "%s %.*s\n", known->name, (int)n, value);
            value += n + strspn(value + n, " ");
        }
    }
}

static bool client_part(struct sshd_client *client, struct arena *arena, const char *part, size_t n)
{
    const char *value = memchr(part, '=', n);
    const char *text = value ? arena_dupn(arena, value + 1, n - (size_t)(value - part) - 1) : NULL;
    size_t name = value ? (size_t)(value - part) : 0;

    if (name == 4 && strncmp(part, "user", 4) == 0)
        client->user = text;
    else if (name == 4 && strncmp(part, "host", 4) == 0)
        client->host = text;
    else if (name == 4 && strncmp(part, "addr", 4) == 0)
        client->addr = text;
    else if (name == 5 && strncmp(part, "laddr", 5) == 0)
        client->local_addr = text;
    else if (name == 5 && strncmp(part, "lport", 5) == 0)
        client->local_port = atoi(text);
    else
        return false;
    return true;
}

static int read_client(struct program *p, const char *spec, struct sshd_client *client)
{
    while (*spec) {
        size_t n = strcspn(spec, ",");

        if (!client_part(client, &p->m->arena, spec, n)) {
            str_addf(p->io.err, "Invalid test mode specification %.*s\n", (int)n, spec);
            return 1;
        }
        spec += n + (spec[n] == ',');
    }
    return 0;
}

int run_sshd(struct program *p)
{
    static const struct option_spec spec = {"46C:c:Dde:E:f:g:h:iko:p:qTtu:", "", false};
    struct options o = {.p = p, .spec = &spec};
    struct sshd_client client = {0};
    struct sshd_config c = {.tree = p->m->tree, .arena = &p->m->arena};
    const char *value, *file = SSHD_CONFIG_NAME, *data;
    bool test = false, show = false;
    int letter, error;
    size_t n;

    while ((letter = options_next(&o, &value))) {
        test |= letter == 't';
        show |= letter == 'T';
        file = letter == 'f' ? value : file;
        if (letter == 'C') {
            c.client = &client;
            if (read_client(p, value, &client) != 0)
                return 1;
        }
    }
    if (o.failed)
        return 1;
    error = fs_read(p, file, &data, &n);
    if (error) {
        str_addf(p->io.err, "%s: %s\n", file, strerror(error));
        return 1;
    }
    if (p->cred.uid != 0) {
        str_add(p->io.err, "sshd: no hostkeys available -- exiting.\n");
        return 1;
    }
    if (!sshd_config_read(&c, arena_dupn(&p->m->arena, data, n))) {
        str_addf(p->io.err, "%s\n", c.why);
        return 255;
    }
    if (show)
        show_settings(p, &c);
    if (!show && !test) {
        str_add(p->io.err, "sshd re-exec requires execution with an absolute path\n");
        return 255;
    }
    return 0;
}

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
