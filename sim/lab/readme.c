/* SPDX-License-Identifier: MIT */
/*
 * A lab's README.md: the scenario's brief with its references filled in, the questions, and how to work. The frame is
 * fixtures/lab/README.LANGUAGE.md.
 */
#include "sim/lab/parts.h"

#include <string.h>

struct frame {
    struct play *p;
    const struct lab_facts *facts;
    const char *brief, *questions;
};

static const char *frame_lookup(void *context, const char *name, const char *field)
{
    struct frame *f = context;
    const struct world *w = &f->p->world;
    const struct {
        const char *name, *text;
    } blanks[] = {
        {"brief",     f->brief                                  },
        {"questions", f->questions                              },
        {"table",     f->facts->table ? f->facts->table : "logs"},
        {"account",   w->account.id                             },
        {"region",    w->account.region                         },
        {"server",    w->servers ? w->servers->name : ""        },
    };
    for (size_t i = 0; i < COUNT(blanks); i++)
        if (!*field && text_same(blanks[i].name, name))
            return blanks[i].text;
    return NULL;
}

/* "brief.md" in English; "brief.pt.md" in Portuguese, if there is one. */
static const char *brief_path(struct arena *arena, const struct scenario *s, const char *language)
{
    const char *translated = arena_printf(arena, "%s/%s", s->dir, brief_translation(arena, s, language));
    return file_exists(translated) ? translated : arena_printf(arena, "%s/%s", s->dir, s->brief);
}

static void trim_end(struct str *text)
{
    while (text->len && (text->s[text->len - 1] == '\n' || text->s[text->len - 1] == ' '))
        text->s[--text->len] = 0;
}

static bool read_brief(struct play *p, const char *language, struct str *out, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    const char *path = brief_path(&arena, p->scenario, language);
    if (!file_read(path, BRIEF_MAX_BYTES, &text, e))
        return false;
    if (!scenario_expand(str_text(&text), play_lookup, p, out, e))
        return err_wrap(e, "%s", path);
    trim_end(out);
    return true;
}

/* Of a frame, what is true of this lab: lines between "<!-- with a server -->", "<!-- without a server -->" and "<!-- end -->",
 * the same of a table that is named for the trail's bucket.
 */
static void add_true_parts(const char *frame, bool has_server, bool has_table, struct str *out)
{
    const struct {
        const char *mark;
        bool kept;
    } marks[] = {
        {"<!-- with a server -->",    has_server },
        {"<!-- without a server -->", !has_server},
        {"<!-- with a table -->",     has_table  },
        {"<!-- without a table -->",  !has_table },
        {"<!-- end -->",              true       },
    };
    bool kept = true;
    for (const char *line = frame, *end; *line; line = end) {
        size_t i = 0;
        end = line + strcspn(line, "\n");
        end += *end == '\n';
        while (i < COUNT(marks) && !text_starts(line, marks[i].mark))
            i++;
        if (i < COUNT(marks))
            kept = marks[i].kept;
        else if (kept)
            str_addn(out, line, (size_t)(end - line));
    }
}

bool lab_readme_write(struct play *p, const struct lab_facts *facts, const struct folder *to, const char *questions,
                      struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str brief = {0}, asked = {0}, frame = {0}, parts = {0}, text = {0};
    const char *path = data_path(&arena, "fixtures/lab/README.%s.md", facts->language);
    str_add(&asked, questions);
    trim_end(&asked);
    if (!read_brief(p, facts->language, &brief, e) || !file_read(path, 1 << 20, &frame, e))
        return false;
    struct frame f = {p, facts, str_text(&brief), str_text(&asked)};
    add_true_parts(str_text(&frame), p->world.servers, facts->table, &parts);
    if (!scenario_expand(str_text(&parts), frame_lookup, &f, &text, e))
        return err_wrap(e, "%s", path);
    if (facts->live && !file_read(data_path(&arena, "fixtures/lab/live.%s.md", facts->language), 1 << 20, &text, e))
        return false;
    if (facts->ids && !file_read(data_path(&arena, "fixtures/lab/handin.%s.md", facts->language), 1 << 20, &text, e))
        return false;
    return folder_put(to, "README.md", str_text(&text), text.len, e);
}
