/* SPDX-License-Identifier: MIT */
/*
 * A story in which somebody reads the servers' logs, or changes them. A static lab's logs are written from the journal
 * when the story is over; so before whatever speaks of them they are written as far as the story has come. What is done
 * to them then stays, and what happens later is appended.
 */
#include "sim/lab/parts.h"
#include "sim/lab/playing.h"

#include <string.h>

/* What a line that has to do with logs has in it. One too many costs milliseconds and changes nothing. */
static const char *const words[] = {
    "/var/log", "/httpd/logs", "/var/lib/amazon/ssm", ".bash_history", "utmp", "wtmp", "btmp", "last",
    "who",      "aureport",    "journalctl",          "ausearch",      " / ",
};

static bool text_speaks(const char *text)
{
    for (size_t i = 0; text && i < COUNT(words); i++)
        if (strstr(text, words[i]))
            return true;
    return false;
}

static bool speaks_of_logs(const json_t *value)
{
    const char *key;
    json_t *member;
    if (json_is_string(value))
        return text_speaks(json_string_value(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        if (speaks_of_logs(json_array_get(value, i)))
            return true;
    json_object_foreach((json_t *)value, key, member)
    {
        if (speaks_of_logs(member))
            return true;
    }
    return false;
}

/* `cd /var/log` was an earlier line. */
static bool stands_among_logs(const struct play *p, const char *on, long session)
{
    const struct server *server = on ? find_server(&p->world, on) : NULL;
    const struct os_session *s = server ? find_session(server, session) : NULL;
    return s && text_speaks(s->cwd);
}

const char *play_visitors_site(struct play *p)
{
    const struct server_spec *spec = p->scenario->servers.items;
    for (size_t i = 0; i < p->scenario->servers.n; i++)
        if (spec[i].site)
            return arena_printf(&p->world.arena, "/%s/", spec[i].site);
    return NULL;
}

bool play_logs_before(struct play *p, const struct deed *deed, long session, int64_t now_ms, struct err *e)
{
    if (!p->logs_at_end || !p->world.servers || (!speaks_of_logs(deed->params) && !stands_among_logs(p, deed->on, session)))
        return true;
    struct evidence_task task = lab_task(&p->world, &p->seed, NULL);
    task.first = p->n_logged;
    task.from_ms = p->from_ms;
    task.until_ms = now_ms - 1;
    task.midway = true;
    task.held_ms = p->logged_ms;
    task.visitors_site = play_visitors_site(p);
    p->n_logged = p->world.journal.n;
    p->logged_ms = task.until_ms;
    return evidence_write_servers(&task, e);
}
