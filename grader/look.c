/* SPDX-License-Identifier: MIT */
/* What the checks share in looking around: servers, lines of files, entries of the journal. */
#include "grader/checks.h"

#include <string.h>

struct server *scene_server(struct scene *scene, const char *name, struct result *r)
{
    struct server *server = find_server(scene->now, name);
    if (!server) {
        r->broken = true;
        found(r, "there is no server \"%s\" in this lab", name);
    }
    return server;
}

/* The lab of one server has its tree in host/. */
const char *lab_path(struct scene *scene, const struct server *server, const char *path)
{
    bool only = scene->now->servers && !scene->now->servers->next;
    return only || !server ? arena_printf(scene->arena, "host%s", path)
                           : arena_printf(scene->arena, "host/%s%s", server->name, path);
}

bool scene_uid(struct scene *scene, const char *server, const char *user, unsigned *ret_uid)
{
    struct world *worlds[] = {scene->then, scene->now};
    for (size_t i = 0; i < COUNT(worlds); i++) {
        const struct server *s = worlds[i] ? find_server(worlds[i], server) : NULL;
        struct os_user found_user;
        if (s && os_user_find(worlds[i], s, user, &found_user)) {
            *ret_uid = found_user.uid;
            return true;
        }
    }
    return false;
}

static bool holds(const json_t *value, const char *text)
{
    if (json_is_string(value))
        return text_same(json_string_value(value), text);
    const char *key;
    json_t *item;
    size_t i;
    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, item) if (holds(item, text)) return true;
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, item) if (holds(item, text)) return true;
    }
    return false;
}

const struct entry *entry_about(const struct world *w, const char *op, const char *text)
{
    for (size_t i = w->journal.n; i-- > 0;) {
        const struct entry *entry = w->journal.list[i];
        if (!entry->error_code && text_same(entry->op, op) && (holds(entry->asked, text) || holds(entry->response, text)))
            return entry;
    }
    return NULL;
}

bool next_line(const struct file *file, struct line *line)
{
    if (!file || file->kind != FILE_REGULAR || !file->data)
        return false;
    const char *at = line->s ? line->s + line->n : file->data, *end = file->data + file->size;
    if (line->s && at < end)
        at++;
    if (at >= end)
        return false;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *line = (struct line){at, (size_t)((stop ? stop : end) - at), line->number + 1};
    return true;
}

const char *line_text(struct arena *arena, const struct line *line)
{
    AUTO(str_drop) struct str clean = {0};
    str_add_log(&clean, arena_dupn(arena, line->s, line->n > 300 ? 300 : line->n));
    return arena_dup(arena, str_text(&clean));
}

bool excepted(const struct texts *globs, const char *path)
{
    for (size_t i = 0; i < globs->n; i++) {
        const char *glob = globs->list[i];
        size_t n = strlen(glob);
        if (text_glob(glob, path) || (!strncmp(path, glob, n) && path[n] == '/'))
            return true;
    }
    return false;
}
