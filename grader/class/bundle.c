/* SPDX-License-Identifier: MIT */
/*
 * A student's bundle: the lab without what it was made from, as a tar.gz. It is built and packed in memory.
 *
 * Not in it: secret, seed, story, key, checks, solution; other people's passwords and secret keys; and hints in the clear. What
 * is in it beside the evidence follows from the world as it is at the end, which the evidence shows.
 */
#include "grader/class/class.h"

#include "grader/delivered.h"
#include "grader/handin/built.h"
#include "grader/handin/tar.h"

#include <sys/stat.h>

/* ---- what a bundle has that other labs have not ---- */

static bool write_questions(const struct play *p, const struct rubric *rubric, const struct folder *to, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    struct seed seed = lab_bundle_seed(&p->seed);
    rubric_seal(rubric, &seed, &text);
    return folder_put(to, ".cafelab/questions.json", str_text(&text), text.len, e);
}

static bool write_more(void *context, const struct play *p, const struct folder *to, struct err *e)
{
    return write_questions(p, context, to, e);
}

/* ---- packing ---- */

struct making {                   /* what comes of the files as they are made */
    struct tar_load load;         /* the archive */
    struct delivering delivering; /* the grader's key */
};

/* Evidence and servers' files are hashed once for all: for the key, and for .cafelab/built. */
static bool take(void *context, const struct made_file *made, struct err *e)
{
    struct making *m = context;
    struct made_file file = *made;
    char hash[65];
    if (S_ISREG(file.mode) && (text_starts(file.path, "s3/") || text_starts(file.path, "host"))) {
        sha256_hex(file.data, file.n, hash);
        file.hash = hash;
    }
    return delivered_take(&m->delivering, &file, e) && tar_load_take(&m->load, &file, e);
}

static bool look(void *built, const char *path, size_t n, const char *hash, struct err *e)
{
    return built_look_at_file(built, path, n, hash, e);
}

static const char *hash_of(const void *load, const char *path)
{
    return tar_load_hash(load, path);
}

/* .cafelab/built comes last: it is written from what was read to pack it. */
static bool add_built(struct gzip_parts *gz, const char *under, const struct play *p, int64_t latest_ms,
                      const struct tar_load *load, struct built *built, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct seed ids = lab_bundle_seed(&p->seed);
    built_look_at_trees(&p->world, &(struct built_known){hash_of, load}, built);
    built_end(built);
    built_add_json(&text, built);
    lab_seal(&ids, "built", text.s, text.len);
    return tar_pack_file(gz, arena_printf(&arena, "%s/.cafelab/built", under), text.s, text.len, 0644, latest_ms, e);
}

static bool pack(struct class *c, const struct variant *v, const struct play *p, struct tar_load *load, struct str *out,
                 struct err *e)
{
    AUTO(str_drop) struct str name = {0};
    AUTO(built_drop) struct built built = {0};
    int64_t latest_ms = c->scenario->clock.start + c->scenario->clock.length;
    struct gzip_parts *gz = gzip_parts_new(out);
    str_addf(&name, "%s-%s", c->name, v->student->id);
    bool good = tar_pack_load(gz, load, str_text(&name), latest_ms, &(struct tar_look){look, &built}, e) &&
                add_built(gz, str_text(&name), p, latest_ms, load, &built, e);
    tar_pack_end(gz);
    return good;
}

/* The instructor's side: what the grader's key of this student begins with. It is there before the bundle is. */
static bool remember(struct class *c, const struct variant *v, const struct play *p, const struct delivered *d,
                     const struct rubric *rubric, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    return dir_make(class_path(&arena, c, "keys"), e) &&
           key_remember(p, rubric, c->events, d, class_path(&arena, c, "keys/%s", v->student->id), e);
}

static bool make(struct class *c, const struct variant *v, const struct lab_plan *all, const struct play *story,
                 struct str *out, struct err *e)
{
    AUTO(tar_load_drop) struct tar_load load = {0};
    AUTO(delivered_drop) struct delivered delivered = {0};
    AUTO(rubric_free) struct rubric *rubric = rubric_fill(c->scenario, play_lookup, (void *)story, e);
    struct diags none = {0};
    struct making making = {0};
    struct lab_plan plan = *all;
    if (!rubric)
        return false;
    delivered_begin(&making.delivering, story);
    plan.more_context = rubric;
    plan.take = take;
    plan.take_context = &making;
    bool good = lab_build(&plan, &none, e);
    delivered_end(&making.delivering, &delivered);
    load = making.load;
    return good && pack(c, v, story, &load, out, e) && remember(c, v, story, &delivered, rubric, e);
}

bool bundle_make(struct class *c, const struct variant *v, struct str *out, struct err *e)
{
    struct play story;
    struct lab_plan plan = {.play = class_options(c, v->student, v->draw),
                            .played = &story,
                            .threads = 1,
                            .language = c->language,
                            .sheet = answers_for_play,
                            .bundle = true,
                            .more = write_more};
    if (!play(c->scenario, &plan.play, &story, e))
        return false;
    bool good = make(c, v, &plan, &story, out, e);
    play_drop(&story);
    return good;
}
