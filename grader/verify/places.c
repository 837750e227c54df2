/* SPDX-License-Identifier: MIT */
/*
 * Where a fault belongs: a line of the scenario and a file of the lab, for every fault there is. Who knows better says so; this
 * is for what no step, question or check is to blame for alone.
 */
#include "grader/verify/proof.h"

#include <string.h>

/* By property: the part of the scenario that decides it, and the file in which a student would come upon it. */
static const struct {
    const char *part, *file;
} usual[PROPERTIES] = {
    [PROVE_SOLVABLE] = {"questions",  "s3"                    },
    [PROVE_UNIQUE] = {"questions",  "s3"                    },
    [PROVE_HINTS] = {"questions",  "s3"                    },
    [PROVE_WRONG] = {"questions",  "answers.yaml"          },
    [PROVE_UNTOUCHED] = {"checks",     "answers.yaml"          },
    [PROVE_SOLUTION] = {"solution",   ".cafelab/journal.jsonl"},
    [PROVE_MUTATION] = {"solution",   ".cafelab/journal.jsonl"},
    [PROVE_VARIANTS] = {"vary",       "answers.yaml"          },
    [PROVE_LEAK] = {"timeline",   "README.md"             },
    [PROVE_CAUSALITY] = {"timeline",   "s3"                    },
    [PROVE_TELL] = {"timeline",   "s3"                    },
    [PROVE_REALISM] = {"background", "s3"                    },
};

const char *usual_file(enum property property)
{
    return usual[property].file;
}

struct src_pos place_of_part(const struct scenario *s, const char *key)
{
    for (size_t i = 0; s->root && i < s->root->n; i++)
        if (s->root->kind == NODE_MAP && text_same(s->root->pairs[i].key->text, key))
            return s->root->pairs[i].key->at;
    unsigned width;
    return scenario_place(s, s->id, &width);
}

struct src_pos usual_place(const struct scenario *s, enum property property)
{
    return place_of_part(s, usual[property].part);
}

static const char *file_of_scenario(const struct scenario *s, const char *path, size_t n)
{
    const struct used_file *used = s->used.items;
    if (strlen(s->file) == n && !memcmp(s->file, path, n))
        return s->file;
    for (size_t i = 0; i < s->used.n; i++)
        if (strlen(used[i].path) == n && !memcmp(used[i].path, path, n))
            return used[i].path;
    return NULL;
}

/* Of "scenario.yaml:28:5: iam:ListUsers: ...", as the steps that could not be played say it. */
struct src_pos place_in_message(const struct scenario *s, const char *message)
{
    for (const char *at = strchr(message, ':'); at; at = strchr(at + 1, ':')) {
        unsigned line, col;
        char after;
        const char *from = at;
        while (from > message && from[-1] != ' ')
            from--;
        const char *file = file_of_scenario(s, from, (size_t)(at - from));
        if (file && sscanf(at, ":%u:%u%c", &line, &col, &after) == 3 && after == ':')
            return (struct src_pos){file, line, col};
    }
    return (struct src_pos){0};
}

struct src_pos place_of_person(const struct play *story, const char *value)
{
    for (size_t i = 0; i < story->n_cast; i++) {
        const struct member *m = &story->cast[i];
        if (text_same(m->person->user, value) || text_same(m->access_key_id, value) || text_same(m->from.ip, value))
            return m->person->at;
    }
    return (struct src_pos){0};
}

struct src_pos place_that_names(const struct scenario *s, const char *path)
{
    const struct step *step = s->timeline.items;
    for (size_t i = 0; i < s->timeline.n; i++)
        for (size_t j = 0; j < step[i].run.n; j++)
            if (strstr(step[i].run.list[j], path))
                return step[i].at;
    return (struct src_pos){0};
}

struct src_pos place_of_server(const struct scenario *s, const char *name)
{
    const struct server_spec *server = s->servers.items;
    for (size_t i = 0; i < s->servers.n; i++)
        if (text_same(server[i].name, name))
            return server[i].at;
    return place_of_part(s, "servers");
}

/* The first word of a command line that lies in a lab, as far as no pattern begins: "s3" of "zcat s3/ * /AWSLogs/...". */
const char *file_of_line(struct arena *arena, const char *line)
{
    static const char *const folders[] = {"s3/", "host", "account/", "server/"};
    for (const char *at = line; *at; at += strcspn(at, " '\"|"), at += strspn(at, " '\"|")) {
        size_t n = strcspn(at, " '\"|*?[");
        for (size_t i = 0; i < COUNT(folders); i++) {
            if (!text_starts(at, folders[i]) || !memchr(at, '/', n))
                continue;
            while (strchr("*?[", at[n]) && at[n] && at[n - 1] != '/') /* a pattern within a name: the folder above it */
                n--;
            return arena_printf(arena, "%.*s", (int)(at[n - 1] == '/' ? n - 1 : n), at);
        }
    }
    return NULL;
}
