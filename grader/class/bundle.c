/* SPDX-License-Identifier: MIT */
/*
 * A student's bundle: the lab without what it was made from, as a tar.gz. It is built on memory's disk where there is one,
 * packed, and gone.
 *
 * Not in it: secret, seed, story, key, checks, solution; other people's passwords and secret keys; and hints in the clear. What
 * is in it beside the evidence follows from the world as it is at the end, which the evidence shows.
 */
#include "grader/class/bundle.h"

#include "grader/delivered.h"
#include "grader/handin/built.h"
#include "grader/handin/tar.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char aside_prefix[] = "cafelab-bundle.";

/* ---- what a bundle has that other labs have not ---- */

static bool write_questions(const struct play *p, const struct rubric *rubric, const char *dir, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct seed seed = lab_bundle_seed(&p->seed);
    rubric_seal(rubric, &seed, &text);
    return file_write(arena_printf(&arena, "%s/.cafelab/questions.json", dir), str_text(&text), text.len, 0644, e);
}

static bool write_more(void *context, const struct play *p, const char *dir, struct err *e)
{
    return write_questions(p, context, dir, e);
}

/* ---- the place where it is built ---- */

/* What a killed run left behind. */
void bundle_sweep(void)
{
    const char *place = place_aside();
    DIR *d = opendir(place);
    for (struct dirent *entry; d && (entry = readdir(d));) {
        const char *name = entry->d_name + (entry->d_name[0] == '.');
        long pid = text_starts(name, aside_prefix) ? strtol(name + strlen(aside_prefix), NULL, 10) : 0;
        if (pid <= 0 || !kill((pid_t)pid, 0) || errno != ESRCH)
            continue;
        AUTO(str_drop) struct str path = {0};
        str_addf(&path, "%s/%s", place, entry->d_name);
        dir_remove(str_text(&path), &(struct err){0}); /* if it stays, it only takes room */
    }
    if (d)
        closedir(d);
}

struct looks { /* at what is packed, for two who want to know what was handed out */
    const struct play *play;
    struct built built;         /* `submit`, which packs what differs */
    struct delivered delivered; /* the grader's key */
};

static void looks_drop(struct looks *l)
{
    built_drop(&l->built);
    delivered_drop(&l->delivered);
}

static bool look(void *context, const char *path, const void *data, size_t n, struct err *e)
{
    struct looks *l = context;
    delivered_look(&l->delivered, l->play, path, data, n);
    return built_look_at_file(&l->built, path, data, n, e);
}

/* .cafelab/built comes last: it is written from what was read to pack it. */
static bool add_built(struct str *tar, const char *under, const struct play *p, int64_t latest_ms, struct built *built,
                      struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct seed ids = lab_bundle_seed(&p->seed);
    built_look_at_trees(&p->world, built);
    built_end(built);
    built_add_json(&text, built);
    lab_seal(&ids, "built", text.s, text.len);
    return tar_add_file(tar, arena_printf(&arena, "%s/.cafelab/built", under), text.s, text.len, 0644, latest_ms, e);
}

static bool pack(struct class *c, const struct variant *v, struct looks *l, const char *dir, struct str *out, struct err *e)
{
    AUTO(str_drop) struct str tar = {0}, name = {0};
    int64_t latest_ms = c->scenario->clock.start + c->scenario->clock.length;
    str_addf(&name, "%s-%s", c->name, v->student->id);
    if (!tar_add_dir(&tar, dir, str_text(&name), latest_ms, &(struct tar_look){look, l}, e) ||
        !add_built(&tar, str_text(&name), l->play, latest_ms, &l->built, e))
        return false;
    tar_end(&tar);
    gzip_add(out, tar.s, tar.len);
    return true;
}

/* The instructor's side: what the grader's key of this student begins with. It is there before the bundle is. */
static bool remember(struct class *c, const struct variant *v, const struct looks *l, const struct rubric *rubric,
                     struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    return dir_make(class_path(&arena, c, "keys"), e) &&
           key_remember(l->play, rubric, c->events, &l->delivered, class_path(&arena, c, "keys/%s", v->student->id), e);
}

static bool make(struct class *c, const struct variant *v, struct lab_plan *plan, const struct play *story, struct str *out,
                 struct err *e)
{
    AUTO(looks_drop) struct looks l = {.play = story};
    AUTO(rubric_free) struct rubric *rubric = rubric_fill(c->scenario, play_lookup, (void *)story, e);
    struct diags none = {0};
    plan->more_context = rubric;
    return rubric && lab_build(plan, &none, e) && pack(c, v, &l, plan->out, out, e) && remember(c, v, &l, rubric, e);
}

bool bundle_make(struct class *c, const struct variant *v, struct str *out, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *dir = arena_printf(&arena, "%s/%s%d", place_aside(), aside_prefix, (int)getpid());
    struct play story;
    struct lab_plan plan = {.out = dir,
                            .play = class_options(c, v->student, v->draw),
                            .played = &story,
                            .threads = 1,
                            .language = c->language,
                            .sheet = answers_for_play,
                            .bundle = true,
                            .more = write_more};
    struct err ignored = {0};
    if (!play(c->scenario, &plan.play, &story, e))
        return false;
    dir_remove(dir, &ignored);
    bool good = make(c, v, &plan, &story, out, e);
    dir_remove(dir, &ignored);
    play_drop(&story);
    return good;
}
