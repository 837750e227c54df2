/* SPDX-License-Identifier: MIT */
/*
 * The files that a scenario names: its brief and the brief's translations beside it, a server's website. What a lab could
 * not be built without is told with its place, in the brief's own lines, too.
 */
#include "sim/lab/playing.h"

#include <string.h>
#include <sys/stat.h>

char *brief_translation(struct arena *arena, const struct scenario *s, const char *language)
{
    size_t stem = strlen(s->brief) - (text_ends(s->brief, ".md") ? 3 : 0);
    return arena_printf(arena, "%.*s.%s.md", (int)stem, s->brief, language);
}

static void check_brief_file(const struct scenario *s, const char *name, struct diags *diags)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    unsigned width;
    struct src_pos at = scenario_place(s, s->brief, &width);
    const char *path = text_same(s->dir, ".") ? name : arena_printf(&arena, "%s/%s", s->dir, name);
    if (!file_read(path, BRIEF_MAX_BYTES, &text, &e))
        diag_error(diags, at, width, "no-brief", "the brief cannot be read: %s", e.msg);
    else if (!text_utf8(str_text(&text), text.len) || memchr(str_text(&text), 0, text.len))
        diag_error(diags, at, width, "no-brief", "the brief \"%s\" is no UTF-8 text", name);
    else if (!str_text(&text)[strspn(str_text(&text), " \t\r\n")])
        diag_error(diags, at, width, "no-brief", "the brief \"%s\" says nothing", name);
    else
        scenario_check_lines(s, diags, path, str_text(&text), text.len);
}

static void check_brief(const struct scenario *s, struct diags *diags)
{
    AUTO(arena_drop) struct arena arena = {0};
    unsigned width;
    struct src_pos at = scenario_place(s, s->brief, &width);
    if (strchr(s->brief, '/')) {
        diag_error(diags, at, width, "no-brief", "expected a file beside the scenario, got \"%s\"", s->brief);
        return;
    }
    check_brief_file(s, s->brief, diags);
    for (size_t i = 1; i < LANGUAGES; i++) {
        const char *name = brief_translation(&arena, s, scenario_languages[i]);
        if (file_exists(arena_printf(&arena, "%s/%s", s->dir, name)))
            check_brief_file(s, name, diags);
    }
}

/* A folder of fixtures/site: nothing else of this machine is put up on a simulated server. */
static void check_site(const struct scenario *s, const char *site, struct diags *diags)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct stat st;
    unsigned width;
    struct src_pos at = scenario_place(s, site, &width);
    if (!*site || site[strspn(site, ALPHABET_LOWER "_-")] || stat(data_path(&arena, "fixtures/site/%s", site), &st) ||
        !S_ISDIR(st.st_mode))
        diag_error(diags, at, width, "unknown-site", "no website \"%s\" in fixtures/site", site);
}

void check_files(const struct scenario *s, struct diags *diags)
{
    const struct server_spec *server = s->servers.items;
    if (s->brief)
        check_brief(s, diags);
    for (size_t i = 0; i < s->servers.n; i++)
        if (server[i].site)
            check_site(s, server[i].site, diags);
}
