/* SPDX-License-Identifier: MIT */
/* systemctl and service. */
#include "sim/host/commands.h"

#include <stdlib.h>

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
