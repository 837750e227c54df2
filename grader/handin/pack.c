/* SPDX-License-Identifier: MIT */
/*
 * What a student hands in: a tar.gz of
 *
 *     submission.json   which lab this is of, and how much of everything follows: what was cut off is found
 *     answers.yaml      the sheet, as it lies there
 *     journal.jsonl     the student's own entries; of a static lab without what came of them on servers
 *     hints.jsonl       hints taken
 *     work.jsonl        when cafelab was used, by the clock (grader/pace.h)
 *     changes.jsonl     each file of the servers or the evidence that is not as it was handed out
 *     files/N           the contents of those: whole, or what was added behind
 *     s3/...            of a live lab: the trail's files, and s3-metadata.jsonl, the signatures of its digests
 *
 * It says nothing of the world: the grader plays the story itself, and then these entries.
 */
#include "grader/answers.h"
#include "grader/delivered.h"
#include "grader/grading.h"
#include "grader/handin/built.h"
#include "grader/handin/form.h"
#include "grader/handin/handin.h"
#include "grader/handin/tar.h"
#include "grader/pace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct packer {
    struct lab *lab;
    struct packing *says;
    struct built was, is;
    struct str changes, files; /* lines; a tar of their contents, without its end */
    size_t members, others;    /* files/N so far; other members among them */
    bool *told;                /* by place in `is`: it has a line */
};

static void note(struct packer *p, const char *fmt, ...) PRINTF(2, 3);
static void note(struct packer *p, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    *GROW(p->says->notes, p->says->n_notes, p->says->cap_notes) = arena_dup(&p->says->arena, str_text(&text));
}

/* ---- what was handed out ---- */

/* A lab for self-study has no list: it is built once more. */
static bool build_again(struct packer *p, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(diags_drop) struct diags diags = {0};
    struct lab fresh = {0};
    char *aside = arena_printf(&arena, "%s/cafelab-submit-XXXXXX", place_aside());
    if (!p->lab->scenario)
        return err_set(e, "what this lab was built with is not on this machine: expected the scenario \"%s\" as it was then",
                       p->lab->scenario_id);
    if (!mkdtemp(aside))
        return err_set(e, "make a folder at '%s': %m", aside);
    struct lab_plan plan = {
        .scenario = p->lab->scenario->file,
        .out = arena_printf(&arena, "%s/lab", aside),
        .play = {.seed = p->lab->seed,
                 .student = p->lab->student,
                 .events = p->lab->events,
                 .live_from_ms = p->lab->live ? p->lab->world.start_ms : 0}
    };
    bool good = lab_build(&plan, &diags, e) && lab_open(plan.out, &fresh, e) && built_look(&fresh.world, plan.out, &p->was, e);
    lab_drop(&fresh);
    dir_remove(aside, &(struct err){0});
    return good;
}

static bool know_built(struct packer *p, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    const char *path = arena_printf(&arena, "%s/.cafelab/built", p->lab->dir);
    if (p->lab->seed)
        return build_again(p, e);
    if (!file_read(path, 64 << 20, &text, e))
        return false;
    lab_seal(&p->lab->world.seed, "built", text.s, text.len);
    struct err why = {0};
    return built_read(str_text(&text), text.len, &p->was, &why) || err_set(e, "%s: " LAB_SEAL_BROKEN, path);
}

/* ---- files ---- */

static const struct file *tree_file(const struct packer *p, const char *path)
{
    AUTO(arena_drop) struct arena arena = {0};
    for (const struct server *s = p->lab->world.servers; s; s = s->next) {
        const char *name = built_tree_name(&arena, &p->lab->world, s);
        size_t n = strlen(name);
        if (!strncmp(path, name, n) && (!path[n] || path[n] == '/'))
            return tree_find(&s->tree, path[n] ? path + n : "/");
    }
    return NULL;
}

static bool begins_with(const struct file *f, const struct built_file *was)
{
    char hash[65];
    if (was->kind != FILE_REGULAR || f->kind != FILE_REGULAR || !was->size || f->size < was->size)
        return false;
    sha256_hex(f->data, was->size, hash);
    return text_same(hash, was->sha256);
}

static bool add_content(struct packer *p, json_t *line, const char *data, size_t n, int64_t mtime_ms, struct err *e)
{
    AUTO(str_drop) struct str name = {0};
    str_addf(&name, FORM_FILES "%zu", ++p->members);
    json_put_text(line, "content", str_text(&name));
    return tar_add_file(&p->files, str_text(&name), data, n, 0644, mtime_ms, e);
}

static void add_line(struct packer *p, const json_t *line)
{
    str_add_json_value(&p->changes, line);
    str_addc(&p->changes, '\n');
}

static json_t *line_of(const struct built_file *is, int64_t mtime_ms)
{
    json_t *line = json_object();
    json_put(line, "path", json_clean(is->path));
    json_put_text(line, "kind", form_kinds[is->kind]);
    json_put(line, "mode", json_integer(is->mode));
    json_put(line, "uid", json_integer(is->uid));
    json_put(line, "gid", json_integer(is->gid));
    json_put(line, "time", json_integer((json_int_t)mtime_ms));
    return line;
}

/* Folders that something new is in: those which only the writers of evidence made, the grader's story has not. */
static void add_parents(struct packer *p, const char *path)
{
    AUTO(free_text) char *parent = xstrdup(path);
    for (char *slash = strchr(parent, '/'); slash; *slash = '/', slash = strchr(slash + 1, '/')) {
        *slash = 0;
        const struct built_file *is = built_find(&p->is, parent);
        if (!is || is->kind != FILE_DIR || p->told[is - p->is.list] || !strchr(parent, '/'))
            continue;
        json_auto_t *line = line_of(is, tree_file(p, parent)->mtime_ms);
        p->told[is - p->is.list] = true;
        add_line(p, line);
    }
}

static bool add_tree_change(struct packer *p, const struct built_file *was, const struct built_file *is, struct err *e)
{
    const struct file *f = tree_file(p, is->path);
    json_auto_t *line = line_of(is, f->mtime_ms);
    bool same_bytes = was && was->kind == is->kind && was->size == is->size && text_same(was->sha256, is->sha256);
    size_t kept = same_bytes ? f->size : was && begins_with(f, was) ? (size_t)was->size : 0;
    if (is->kind == FILE_LINK)
        json_put(line, "target", json_clean(f->data));
    else if (is->kind == FILE_REGULAR && kept)
        json_put(line, "kept", json_integer((json_int_t)kept));
    p->says->files++;
    p->told[is - p->is.list] = true;
    if (!was)
        add_parents(p, is->path);
    if (is->kind == FILE_REGULAR && f->size > kept && !add_content(p, line, f->data + kept, f->size - kept, f->mtime_ms, e))
        return false;
    add_line(p, line);
    return true;
}

static void add_gone(struct packer *p, const struct built_file *was)
{
    json_auto_t *line = json_object();
    json_put(line, "path", json_clean(was->path));
    json_put(line, "gone", json_true());
    if (text_starts(was->path, "s3/"))
        p->says->evidence++;
    else
        p->says->files++;
    add_line(p, line);
}

/* gunzip puts the text in the file's place: the grader knows that text, too. */
static bool add_unpacked(struct packer *p, const struct built_file *was)
{
    AUTO(free_text) char *name = xstrdup(was->path);
    if (!text_ends(name, ".gz"))
        return false;
    name[strlen(name) - 3] = 0;
    const struct built_file *is = built_find(&p->is, name);
    if (!is)
        return false;
    json_auto_t *line = json_pack("{s:s, s:s}", "path", was->path, "unpacked", is->sha256);
    add_line(p, line);
    return true;
}

static void add_edited_evidence(struct packer *p, const struct built_file *is)
{
    json_auto_t *line = json_pack("{s:s, s:I, s:s}", "path", is->path, "size", (json_int_t)is->size, "sha256", is->sha256);
    p->says->evidence++;
    add_line(p, line);
}

/* Of a live lab all of the trail's files go along: when each came, and what it holds, nobody can build again. */
static bool add_delivered(struct packer *p, const struct built_file *is, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str bytes = {0};
    if (!strstr(is->path, "/AWSLogs/") || !text_ends(is->path, ".json.gz"))
        return true;
    p->others++;
    return file_read(arena_printf(&arena, "%s/%s", p->lab->dir, is->path), PARCEL_MAX_MEMBER, &bytes, e) &&
           tar_add_file(&p->files, is->path, str_text(&bytes), bytes.len, 0644, p->lab->world.now_ms, e);
}

static bool add_changes(struct packer *p, struct err *e)
{
    p->told = xcalloc(p->is.n + 1, sizeof(*p->told));
    for (size_t i = 0; i < p->was.n; i++)
        if (!built_find(&p->is, p->was.list[i].path) && !add_unpacked(p, &p->was.list[i]))
            add_gone(p, &p->was.list[i]);
    for (size_t i = 0; i < p->is.n; i++) {
        const struct built_file *is = &p->is.list[i], *was = built_find(&p->was, is->path);
        bool evidence = text_starts(is->path, "s3/");
        if (evidence && p->lab->live && !add_delivered(p, is, e))
            return false;
        if ((was && built_same(was, is)) || (evidence && !was)) /* what was delivered later is no evidence of the story */
            continue;
        if (evidence)
            add_edited_evidence(p, is);
        else if (!add_tree_change(p, was, is, e))
            return false;
    }
    return true;
}

/* ---- the other members ---- */

static bool is_plain_file(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool add_from_lab(struct packer *p, struct str *tar, const char *below, const char *name, size_t most, size_t *members,
                         struct str *text, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/%s", p->lab->dir, below);
    if (!is_plain_file(path))
        return true;
    ++*members;
    return file_read(path, most, text, e) && tar_add_file(tar, name, str_text(text), text->len, 0644, p->lab->world.now_ms, e);
}

/* Bigger than any that cafelab wrote, it is left out. */
static bool add_work(struct packer *p, struct str *tar, size_t *members, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(pace_drop) struct pace pace = {0};
    struct err too_big = {0};
    size_t before = tar->len;
    if (!add_from_lab(p, tar, ".cafelab/work.jsonl", FORM_WORK, PACE_MAX_BYTES, members, &text, &too_big)) {
        --*members;
        tar->len = before;
        note(p, "%s: it is left out", too_big.msg);
        return true;
    }
    pace_read(str_text(&text), text.len, &pace);
    p->says->at_work_ms = pace.lines > 1 ? pace.at_work_ms : 0;
    return !e->set;
}

static size_t count_lines(const struct str *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->len; i++)
        n += text->s[i] == '\n';
    return n;
}

static void count_answers(struct packer *p, const struct str *sheet, bool is_there)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(answers_drop) struct answers answers = {0};
    p->says->sheet = is_there ? SHEET_READ : SHEET_NONE;
    if (!is_there)
        return;
    if (!answers_read("answers.yaml", str_text(sheet), sheet->len, &answers, &diags)) {
        AUTO(str_drop) struct str shown = {0};
        diags_show(&diags, &shown);
        p->says->sheet = SHEET_UNREADABLE;
        return note(p, "answers.yaml cannot be read: %.*s", (int)strcspn(str_text(&shown), "\n"), str_text(&shown));
    }
    for (size_t i = 0; i < answers.n; i++)
        p->says->answers += answers.list[i].given.n > 0;
    p->says->empty = answers.n - p->says->answers;
}

static void add_head(struct packer *p, struct str *tar, size_t members, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const struct lab *lab = p->lab;
    json_auto_t *head = json_object();
    json_put(head, "format", json_integer(FORM_NUMBER));
    json_put_text(head, "version", lab->version);
    json_put_text(head, "packedBy", CAFELAB_VERSION);
    json_put_text(head, "id", lab->scenario_id);
    json_put_text(head, "hash", lab->content_hash);
    json_put_text(head, "student", lab->student);
    json_put_text(head, "language", lab->language);
    json_put_text(head, "seed", lab->seed);
    json_put(head, "events", json_integer(lab->events));
    json_put(head, "built", json_pack("{s:I, s:s}", "entries", (json_int_t)lab->built_entries, "hash", lab->built_hash));
    if (lab->live)
        json_put(head, "startMs", json_integer((json_int_t)lab->world.start_ms));
    json_put(head, "entries", json_integer((json_int_t)(lab->world.journal.n - lab->built_entries)));
    json_put(head, "members", json_integer((json_int_t)members));
    str_add_json_pretty(&text, head);
    tar_add_file(tar, FORM_HEAD, text.s, text.len, 0644, lab->world.now_ms, e);
}

/* What others do in a live lab has a stream. */
static size_t own_entries(const struct lab *lab)
{
    size_t n = 0;
    for (size_t i = lab->built_entries; i < lab->world.journal.n; i++)
        n += !lab->live || !lab->world.journal.list[i]->stream;
    return n;
}

/* The student's own entries. What came of one on a server is not compared when it is played again, and of a lab whose story is
 * known nothing else asks for it: it would be most of what is to be read. */
static void add_journal(const struct lab *lab, struct str *out)
{
    for (size_t i = lab->built_entries; i < lab->world.journal.n; i++) {
        struct entry told = *lab->world.journal.list[i];
        if (told.on && !lab->live)
            told.response = NULL;
        entry_add_json(out, &told, true);
    }
}

static bool pack(struct packer *p, struct str *tar, struct err *e)
{
    AUTO(str_drop) struct str sheet = {0}, hints = {0}, journal = {0}, rest = {0}, signatures = {0};
    size_t members = 3; /* head, journal, changes */
    add_journal(p->lab, &journal);
    p->says->entries = own_entries(p->lab);
    if (!know_built(p, e) || !built_look(&p->lab->world, p->lab->dir, &p->is, e) || !add_changes(p, e))
        return false;
    size_t before = members;
    if (!add_from_lab(p, &rest, "answers.yaml", FORM_SHEET, ANSWERS_MAX_BYTES, &members, &sheet, e))
        return false;
    count_answers(p, &sheet, members > before);
    if (!add_from_lab(p, &rest, ".cafelab/hints.jsonl", FORM_HINTS, 1 << 20, &members, &hints, e))
        return false;
    p->says->hints = count_lines(&hints);
    if (!add_work(p, &rest, &members, e))
        return false;
    if (p->lab->live &&
        !add_from_lab(p, &rest, ".cafelab/s3-metadata.jsonl", FORM_METADATA, 16 << 20, &members, &signatures, e))
        return false;
    add_head(p, tar, members + p->members + p->others, e);
    str_addn(tar, str_text(&rest), rest.len);
    bool good = !e->set && tar_add_file(tar, FORM_JOURNAL, str_text(&journal), journal.len, 0644, p->lab->world.now_ms, e) &&
                tar_add_file(tar, FORM_CHANGES, str_text(&p->changes), p->changes.len, 0644, p->lab->world.now_ms, e);
    str_addn(tar, str_text(&p->files), p->files.len);
    tar_end(tar);
    return good;
}

/* Of a sheet that cannot be read it is told already, and somebody wrote in it. */
static void note_nothing(struct packer *p)
{
    const struct packing *says = p->says;
    if (!says->answers && !says->entries && !says->hints && !says->files && !says->evidence && says->sheet != SHEET_UNREADABLE)
        note(p, "no question is answered and nothing was done in this lab: there is nothing to grade in it yet");
    else if (says->sheet == SHEET_NONE)
        note(p, "there is no answers.yaml: no question can be answered");
}

bool submission_pack(struct lab *lab, struct str *out, struct packing *says, struct err *e)
{
    struct packer p = {.lab = lab, .says = says};
    AUTO(str_drop) struct str tar = {0};
    *says = (struct packing){0};
    struct err not_over = {0};
    if (lab->live && !lab_story_is_over(lab, &not_over))
        note(&p, "%s; until then it cannot be graded", not_over.msg);
    bool good = pack(&p, &tar, e);
    if (good)
        note_nothing(&p);
    if (good && tar.len > PARCEL_MAX_BYTES)
        good = err_set(e, "%zu MiB are too much to hand in: remove what you put on the servers", tar.len >> 20);
    if (good)
        gzip_add_mixed(out, tar.s, tar.len);
    built_drop(&p.was);
    built_drop(&p.is);
    free(p.told);
    str_drop(&p.changes);
    str_drop(&p.files);
    return good;
}

void packing_drop(struct packing *says)
{
    free(says->notes);
    arena_drop(&says->arena);
    *says = (struct packing){0};
}
