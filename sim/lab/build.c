/* SPDX-License-Identifier: MIT */
/*
 * Building a lab: the scenario is played in memory, then everything is written aside and renamed into place as a whole.
 * Killed anywhere, it leaves no lab or a whole one.
 */
#include "sim/lab/hooks.h"
#include "sim/lab/parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- paths ---- */

void lab_tree_paths(struct arena *arena, const char *dir, const char *name, bool first, struct tree_paths *ret)
{
    const char *dash = first ? "" : "-", *after = first ? "" : name;
    ret->root = arena_printf(arena, "%s/host%s%s", dir, dash, after);
    ret->manifest = arena_printf(arena, "%s/.cafelab/host%s%s.mtree", dir, dash, after);
}

static struct tree_paths paths_of(struct arena *arena, const char *dir, const struct world *w, const struct server *server)
{
    struct tree_paths paths;
    lab_tree_paths(arena, dir, server->name, server == w->servers, &paths);
    return paths;
}

char *lab_tree_path(struct arena *arena, const char *dir, const struct world *w, const struct server *server)
{
    return paths_of(arena, dir, w, server).root;
}

/* ---- writers ---- */

struct evidence_task lab_task(const struct world *w, const struct seed *seed, const char *dir)
{
    return (struct evidence_task){.w = w, .about = hook_about, .seed = *seed, .to.dir = dir};
}

static bool give_tree(const struct world *w, const struct server *server, const struct folder *to, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str manifest = {0};
    const struct tree_paths paths = paths_of(&arena, "", w, server); /* "/host": a slash too much */
    tree_add_manifest(&manifest, &server->tree);
    const struct made_file file = {
        .path = paths.manifest + 1, .mode = S_IFREG | 0644, .mtime_ms = MADE_NOW, .data = manifest.s, .n = manifest.len};
    return tree_give(&server->tree, paths.root + 1, to, e) && folder_give(to, &file, e);
}

static bool save_tree(const struct world *w, struct server *server, const struct folder *to, bool all, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct tree_paths paths = paths_of(&arena, to->dir, w, server);
    return tree_save(&server->tree, paths.root, paths.manifest, all, e);
}

bool lab_trees_write(struct world *w, const struct folder *to, bool all, struct err *e)
{
    for (struct server *server = w->servers; server; server = server->next)
        if ((to->take && !give_tree(w, server, to, e)) || (to->dir && !save_tree(w, server, to, all, e)))
            return err_wrap(e, "server \"%s\"", server->name);
    return true;
}

void lab_journal_add(struct str *out, const struct world *w, size_t first)
{
    for (size_t i = first; i < w->journal.n; i++)
        entry_add_json(out, w->journal.list[i], true);
}

bool lab_written_put(const struct folder *to, struct written written, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *text = arena_printf(&arena, "%zu %zu\n", written.trees, written.cloud);
    return folder_put(to, ".cafelab/written", text, strlen(text), e);
}

/* ---- the steps of a build ---- */

struct building {
    const struct lab_plan *plan;
    const struct scenario *s;
    struct play p;
    struct lab_facts facts;
    struct evidence_task task;
    struct stage stage;
    struct folder to;
    struct str answers, questions;
};

static bool build_host(struct building *b, struct err *e)
{
    struct evidence_task task = b->task;
    task.first = b->p.n_logged;
    task.held_ms = b->p.logged_ms;
    return evidence_write_servers(&task, e) && lab_trees_write(&b->p.world, &b->to, true, e);
}

static bool build_cloud(struct building *b, struct err *e)
{
    return evidence_write_account(&b->task, e);
}

/* The servers' files and the account's are written at the same time: both read the journal, and each adds to its own alone. */
static bool build_piece(void *building, void *own, size_t i, struct err *e)
{
    (void)own;
    return i == 0 ? build_cloud(building, e) : build_host(building, e);
}

static bool build_evidence(struct building *b, struct err *e)
{
    return parallel_run(&(struct work){.n = 2, .context = b, .each = build_piece}, b->plan->threads, e);
}

static bool build_views(struct building *b, struct err *e)
{
    return lab_views_write(&b->p.world, &b->to, NULL, e);
}

static bool build_sheet(struct building *b, struct err *e)
{
    if (b->plan->sheet && !b->plan->sheet(&b->p, b->facts.language, &b->answers, &b->questions, e))
        return false;
    if (b->plan->sheet && !folder_put(&b->to, "answers.yaml", str_text(&b->answers), b->answers.len, e))
        return false;
    return lab_readme_write(&b->p, &b->facts, &b->to, str_text(&b->questions), e);
}

/* A scenario that has no place among ours is found again by its path; it stands apart, since the same scenario makes the
 * same bytes wherever it lies. */
static bool note_origin(struct building *b, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(free_text) char *path = realpath(b->s->file, NULL);
    AUTO(free_text) char *ours = realpath(data_path(&arena, "scenarios/%s/scenario.yaml", b->s->id), NULL);
    if (!path || text_same(path, ours))
        return true;
    return folder_put(&b->to, ".cafelab/scenario", path, strlen(path), e);
}

/* In a bundle the past is what it came to. */
static bool build_past(struct building *b, const struct str *lines, struct err *e)
{
    static const char path[] = ".cafelab/journal.jsonl";
    if (!b->plan->bundle)
        return folder_put(&b->to, path, str_text(lines), lines->len, e);
    struct seed ids = lab_bundle_seed(&b->p.seed);
    world_forget_secrets(&b->p.world, b->facts.my_user);
    return folder_put(&b->to, path, "", 0, e) && lab_state_put(&b->p.world, &ids, &b->to, e);
}

static bool build_more(struct building *b, struct err *e)
{
    return !b->plan->more || b->plan->more(b->plan->more_context, &b->p, &b->to, e);
}

static bool build_journal(struct building *b, struct err *e)
{
    AUTO(str_drop) struct str lines = {0};
    lab_journal_add(&lines, &b->p.world, 0);
    b->facts.built_entries = b->p.world.journal.n;
    sha256_hex(str_text(&lines), lines.len, b->facts.built_hash);
    return lab_written_put(&b->to, (struct written){b->p.world.journal.n, b->p.world.journal.n}, e) &&
           lab_facts_write(&b->facts, &b->to, e) && (b->plan->bundle || note_origin(b, e)) && build_more(b, e) &&
           build_past(b, &lines, e);
}

static const struct {
    const char *what;
    bool (*run)(struct building *, struct err *);
} phases[] = {
    {"the evidence", build_evidence},
    {"the account",  build_views   },
    {"the sheet",    build_sheet   },
    {"the journal",  build_journal },
};

static void tell(const struct lab_plan *plan, const char *what, size_t done)
{
    if (plan->progress)
        plan->progress(plan->context, what, (unsigned)done, (unsigned)COUNT(phases) + 1);
}

static void collect_facts(struct building *b)
{
    const struct lab_plan *plan = b->plan;
    lab_facts_of(&b->p, &b->facts);
    if (plan->bundle) {
        AUTO(str_drop) struct str ids = {0};
        struct seed seed = lab_bundle_seed(&b->p.seed);
        str_add_hex(&ids, seed.key, sizeof(seed.key));
        b->facts.ids = arena_dup(b->facts.arena, str_text(&ids));
    } else
        b->facts.seed = plan->play.seed ? plan->play.seed : "0";
    b->facts.student = plan->play.student ? plan->play.student : "";
    b->facts.language = plan->language ? plan->language : "en";
    b->facts.title = local_text_get(&b->s->title, b->facts.language);
    b->facts.events = plan->play.events >= 0 ? plan->play.events : b->s->background.events;
}

static bool write_lab(struct building *b, struct err *e)
{
    b->to = (struct folder){.dir = b->stage.aside, .take = b->plan->take, .context = b->plan->take_context};
    if (!folder_make(&b->to, ".cafelab", e) || !folder_make(&b->to, "s3", e))
        return false;
    collect_facts(b);
    b->task = lab_task(&b->p.world, &b->p.seed, NULL);
    b->task.to = b->to;
    b->task.everyday = play_everyday(&b->p);
    b->task.from_ms = b->p.from_ms;
    b->task.until_ms = b->p.until_ms;
    b->task.live = b->p.shift_ms != 0;
    b->task.threads = b->plan->threads;
    b->task.unsigned_digests = b->plan->unsigned_digests;
    b->task.history = b->plan->history;
    b->task.history_context = b->plan->history_context;
    b->task.no_history = b->plan->no_history;
    b->task.visitors_site = b->facts.visitors_site;
    for (size_t i = 0; i < COUNT(phases); i++) {
        tell(b->plan, phases[i].what, i + 1);
        if (!phases[i].run(b, e))
            return false;
    }
    return !b->plan->out || stage_commit(&b->stage, e);
}

static bool build_played(struct building *b, struct err *e)
{
    tell(b->plan, "the story", 0);
    bool good = !b->plan->out || stage_open(&b->stage, b->plan->out, e);
    if (good && b->plan->played)
        b->p = *b->plan->played;
    else
        good = good && play(b->s, &b->plan->play, &b->p, e);
    good = good && write_lab(b, e);
    stage_drop(&b->stage);
    str_drop(&b->answers);
    str_drop(&b->questions);
    if (!b->plan->played)
        play_drop(&b->p);
    else if (b->p.scenario)
        *b->plan->played = b->p;
    return good;
}

bool lab_build(const struct lab_plan *plan, struct diags *diags, struct err *e)
{
    if (plan->played)
        return build_played(&(struct building){.plan = plan, .s = plan->played->scenario}, e);
    AUTO(scenario_free) struct scenario *s = scenario_load(plan->scenario, diags, e);
    if (s)
        lab_check(s, diags);
    return s && !diags->n_errors && build_played(&(struct building){.plan = plan, .s = s}, e);
}
