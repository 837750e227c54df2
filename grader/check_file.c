/* SPDX-License-Identifier: MIT */
/*
 * Checks of one file on a server: its content, by whatever road it came back, be it a link; its mode and owner.
 */
#include "grader/checks.h"

#include <string.h>

enum { FILE_ANY, FILE_ABSENT, FILE_PRESENT };
static const char *const file_states[] = {"any", "absent", "present", NULL};
struct file_params {
    const char *server, *path, *same_as_before, *sha256, *contains, *lacks, *matches, *owner;
    int is;
    int64_t mode; /* -1 = any */
    bool has_mode;
};

bool decode_file_mode(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct file_params *p = out;
    p->has_mode = true;
    return decode_mode(d, node, field, &p->mode);
}

#define FILE_(member) offsetof(struct file_params, member)
static const struct field file_list[] = {
    {"server",         decode_server,    FILE_(server),         true,  "the server",                                       NULL       },
    {"path",           decode_path,      FILE_(path),           true,  "absolute path",                                    NULL       },
    {"is",             decode_choice,    FILE_(is),             false, "absent or present",                                file_states},
    {"same_as_before", decode_mark,      FILE_(same_as_before), false, "its content is what it was just before this mark", NULL       },
    {"sha256",         decode_sha256,    FILE_(sha256),         false, "its content has this hash",                        NULL       },
    {"contains",       decode_filled,    FILE_(contains),       false, "this text is in it",                               NULL       },
    {"lacks",          decode_filled,    FILE_(lacks),          false, "this text is not in it",                           NULL       },
    {"matches",        decode_pattern,   FILE_(matches),        false, "this regular expression matches in it",            NULL       },
    {"mode",           decode_file_mode, 0,                     false, "its mode, such as \"0644\"",                       NULL       },
    {"owner",          decode_filled,    FILE_(owner),          false, "the OS account that owns it",                      NULL       },
};
static const struct fields file_fields = FIELDS("file", file_list, struct file_params);

static void lint_file(struct decoder *d, const struct node *node, const void *params)
{
    const struct file_params *p = params;
    bool content = p->same_as_before || p->sha256 || p->contains || p->lacks || p->matches || p->has_mode || p->owner;
    if (p->is == FILE_ANY && !content)
        node_error(d->diags, node, "empty", "file: asserts nothing about %s", p->path ? p->path : "it");
    if (p->is == FILE_ABSENT && content)
        node_error(d->diags, node, "contradiction", "file: an absent file has no content, mode or owner");
    if ((p->contains && !*p->contains) || (p->lacks && !*p->lacks))
        node_error(d->diags, node, "cannot-fail", "file: every file contains an empty text");
}

static bool same_content(const struct file *a, const struct file *b)
{
    return a->kind == b->kind && a->size == b->size && (!a->size || (a->data && b->data && !memcmp(a->data, b->data, a->size)));
}

static const char *hash_of(struct scene *scene, const struct file *file, struct known *known)
{
    return known_hash(known, scene->arena, file->data ? file->data : "", file->data ? file->size : 0);
}

static bool check_content(struct scene *scene, const struct file_params *p, const struct file *file, struct result *r)
{
    bool good = true;
    if (p->same_as_before) {
        const struct file *before = scene->play ? play_file_before(scene->play, p->same_as_before, p->path) : NULL;
        expected(r, "%s is as it was before %s", p->path, p->same_as_before);
        if (!before) {
            r->broken = true;
            found(r, "it is not known what %s was before %s", p->path, p->same_as_before);
            return false;
        }
        good = same_content(before, file);
        const char *hash = hash_of(scene, before, scene->known);
        found(r, good ? "it is: SHA-256 %.12s" : "another content: SHA-256 %.12s", good ? hash : hash_of(scene, file, NULL));
        if (!good)
            expected(r, "SHA-256 %.12s", hash);
    }
    if (p->sha256) {
        const char *hash = hash_of(scene, file, NULL);
        expected(r, "%s has SHA-256 %.12s", p->path, p->sha256);
        found(r, "SHA-256 %.12s", hash);
        good &= text_same(hash, p->sha256);
    }
    return good;
}

static const char *find_text(const struct file *file, const char *text)
{
    return file->data ? memmem(file->data, file->size, text, strlen(text)) : NULL;
}

static bool check_text(struct scene *scene, const struct file_params *p, const struct file *file, struct result *r)
{
    bool good = true;
    if (p->contains) {
        bool has = find_text(file, p->contains) != NULL;
        expected(r, "%s contains \"%s\"", p->path, p->contains);
        found(r, has ? "it does" : "it does not contain that");
        good &= has;
    }
    if (p->lacks) {
        const char *at = find_text(file, p->lacks);
        expected(r, "%s does not contain \"%s\"", p->path, p->lacks);
        found(r, at ? "it contains that" : "it does not");
        struct line line = {0};
        while (at && next_line(file, &line))
            if (at >= line.s && at <= line.s + line.n)
                cite_line(scene, r, find_server(scene->now, p->server), p->path, line.number, line_text(scene->arena, &line));
        good &= !at;
    }
    if (p->matches) {
        AUTO(str_drop) struct str why = {0};
        AUTO(pattern_drop) struct pattern *pattern = pattern_new(p->matches, &why);
        int matched = pattern && file->data ? pattern_find(pattern, file->data, file->size, 0, NULL) : 0;
        expected(r, "%s matches /%s/", p->path, p->matches);
        found(r, matched > 0 ? "it does" : matched ? "it takes too long to match" : "nothing in it matches");
        r->broken |= matched < 0;
        good &= matched > 0;
    }
    return good;
}

static bool check_owner(struct scene *scene, const struct file_params *p, const struct file *file, struct result *r)
{
    bool good = true;
    if (p->has_mode) {
        expected(r, "mode %04o", (unsigned)p->mode);
        found(r, "mode %04o", file->mode);
        good &= file->mode == (unsigned)p->mode;
    }
    if (p->owner) {
        struct os_user user;
        bool known = os_user_find(scene->now, find_server(scene->now, p->server), p->owner, &user);
        expected(r, "owned by %s", p->owner);
        found(r, "owned by uid %u", file->uid);
        good &= known && user.uid == file->uid;
    }
    return good;
}

static void run_file(struct scene *scene, const void *params, struct result *r)
{
    const struct file_params *p = params;
    const struct server *server = scene_server(scene, p->server, r);
    if (!server)
        return;
    const struct file *file = p->is == FILE_ABSENT ? tree_find(&server->tree, p->path) : host_file(&server->tree, p->path);
    if (p->is != FILE_ANY)
        expected(r, "%s is %s", p->path, file_states[p->is]);
    if (!file || p->is == FILE_ABSENT) {
        found(r, file ? "%s is there" : "there is no %s", p->path);
        r->good = !file && p->is == FILE_ABSENT;
        if (!file && p->is == FILE_ANY)
            expected(r, "%s is there, and right", p->path);
        cite(r, &(struct exhibit){.file = lab_path(scene, server, p->path)});
        return;
    }
    r->good = check_content(scene, p, file, r);
    r->good &= check_text(scene, p, file, r);
    r->good &= check_owner(scene, p, file, r);
    cite(r, &(struct exhibit){.file = lab_path(scene, server, p->path)});
}

const struct check_kind check_file = {"file", "a file's content, mode and owner", &file_fields, lint_file, run_file};
