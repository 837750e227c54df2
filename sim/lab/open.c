/* SPDX-License-Identifier: MIT */
/*
 * Opening a lab: its journal is replayed, with servers booted where the prelude ends; then the servers' files are taken
 * from the disk. Nothing in the directory is trusted: the build's part of the journal must hash to what lab.json says,
 * and every line must come out of the replay as it was written.
 */
#include "sim/lab/ahead.h"
#include "sim/lab/parts.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATIENCE_MS 3000 /* with whoever writes the files just now */
#define JOURNAL_MAX (1u << 30)

struct opening_lab {
    struct lab *lab;
    struct lab_facts facts;
    const char *path; /* of the journal, for messages */
    struct str text;
    struct written written;
    bool booted, on_disk;
    bool served; /* who opens it goes on for long: entries that nobody needs in memory are left in the journal's file */
    const struct retelling *retelling; /* NULL: the lab as it is now */
    struct ahead *ahead;
    struct disk_reading *readings; /* of the servers in lab.json */
};

static bool lab_written_get(const char *dir, struct written *ret, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    char *blank = NULL, *end = NULL;
    const char *path = lab_file(&arena, dir, ".cafelab/written");
    if (!file_read(path, 64, &text, e))
        return false;
    ret->trees = strtoull(str_text(&text), &blank, 10);
    ret->cloud = strtoull(blank, &end, 10);
    if (blank == str_text(&text) || *blank != ' ' || end == blank + 1 || *end != '\n' || end[1])
        return err_set(e, "%s: expected two numbers", path);
    return true;
}

/* ---- replay ---- */

static bool boot_servers(struct opening_lab *o, struct err *e)
{
    struct world *w = &o->lab->world;
    for (size_t i = 0; i < o->facts.n_servers; i++) {
        const struct boot *boot = &o->facts.servers[i];
        struct instance *instance = find_instance(w, boot->instance_id);
        if (!instance)
            return err_set(e, "there is no instance %s for the server \"%s\"", boot->instance_id, boot->plan.name);
        if (!host_boot(w, instance, &boot->plan, e))
            return err_wrap(e, "server \"%s\"", boot->plan.name);
    }
    o->booted = true;
    return true;
}

static const struct disk_reading *reading_of(const struct opening_lab *o, const struct server *server)
{
    for (size_t i = 0; i < o->facts.n_servers; i++)
        if (text_same(o->readings[i].server, server->name))
            return &o->readings[i];
    return NULL;
}

/* From here on operations work on the files as they are on the disk. */
static bool turn_to_disk(struct opening_lab *o, struct err *e)
{
    o->lab->world.contents_come = false;
    ahead_trees(o->ahead, &o->lab->world.arena);
    for (struct server *server = o->lab->world.servers; server; server = server->next) {
        const struct disk_reading *r = reading_of(o, server);
        if (!r)
            return err_set(e, "the server \"%s\" is not in lab.json", server->name);
        if (!disk_adopt(o->lab, server, r, e))
            return false;
    }
    if (!redo_apply(&o->lab->world, o->lab->dir, e))
        return false;
    disk_forget_redone(o->lab);
    o->on_disk = true;
    return true;
}

/* A bundle's state knows what its first entries came to: they are only remembered. */
static bool remember_line(struct opening_lab *o, json_t *document, size_t number, struct err *e)
{
    struct world *w = &o->lab->world;
    struct entry *entry = journal_add(w);
    return entry_borrow(world_keep(w, json_incref(document)), entry, e) || err_wrap(e, "%s:%zu", o->path, number);
}

static bool replay_line(struct opening_lab *o, size_t number, struct err *e)
{
    struct world *w = &o->lab->world;
    struct entry entry;
    json_auto_t *document = ahead_document(o->ahead, e);
    if (document && o->facts.ids && w->journal.n < o->written.trees)
        return remember_line(o, document, number, e);
    if (!document || !entry_borrow(document, &entry, e) || (!o->booted && !entry.prelude && !boot_servers(o, e)) ||
        (!o->retelling && !o->on_disk && number == o->written.trees + 1 && !turn_to_disk(o, e)))
        return err_wrap(e, "%s:%zu", o->path, number);
    if (o->retelling)
        o->retelling->before(o->retelling->context, w, &entry);
    struct err differs = {0};
    /* After a kill the last operations on a server are done again on its files as they are: somebody may have changed them
     * between the operation and the kill. A lab opens all the same. */
    bool on_found_files = entry.on && w->journal.n >= o->written.trees && !o->retelling;
    if (act_replay(w, &entry, &differs) || on_found_files)
        return true;
    return err_set(e, "%s:%zu: the journal was changed: %s", o->path, number, differs.msg);
}

/* What a served lab was asked and has no need of any more: see aside.c. A hint first, since reading costs memory; and nothing
 * of the servers may be made aside. */
static bool may_go_aside(const struct opening_lab *o, const char *line, size_t n, size_t number)
{
    static const char hint[] = "\"readOnly\":true";
    return o->served && o->booted && o->lab->world.journal.n >= o->facts.built_entries &&
           (o->on_disk || number != o->written.trees + 1) && memmem(line, n, hint, strlen(hint));
}

static bool replay_aside(struct opening_lab *o, const char *line, size_t n, size_t number, struct err *e)
{
    struct world *w = &o->lab->world;
    struct scratch scratch;
    size_t before = w->journal.n;
    world_scratch(w, &scratch);
    bool good = replay_line(o, number, e);
    lab_put_aside(o->lab, &scratch, before, (uint64_t)(line - str_text(&o->text)), n);
    return good;
}

static bool replay(struct opening_lab *o, struct err *e)
{
    const char *line = str_text(&o->text), *end = line + o->text.len;
    size_t last = o->retelling ? o->retelling->entries : SIZE_MAX;
    for (size_t number = 1; line < end && number <= last; number++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) /* a call was killed while it wrote: it has not happened; the next one cuts the rest off */
            break;
        size_t n = (size_t)(stop - line);
        bool aside = may_go_aside(o, line, n, number);
        if (aside ? !replay_aside(o, line, n, number, e) : !replay_line(o, number, e))
            return false;
        line = stop + 1;
        o->lab->journal_len = (size_t)(line - str_text(&o->text));
    }
    return (o->booted || boot_servers(o, e)) && (o->on_disk || o->retelling || turn_to_disk(o, e));
}

/* What a bundle has instead of its past. */
static bool begin_with_state(struct opening_lab *o, struct err *e)
{
    struct world *w = &o->lab->world;
    if (o->written.trees < o->facts.built_entries)
        return err_set(e, "%s: expected at least %zu", lab_file(&o->lab->arena, o->lab->dir, ".cafelab/written"),
                       o->facts.built_entries);
    o->lab->n_state = o->written.trees;
    o->booted = true;
    if (!lab_state_take(w, o->lab->dir, o->written.trees, e))
        return false;
    journal_skip(w, o->facts.built_entries);
    return turn_to_disk(o, e);
}

/* The build's lines are as the build wrote them. */
static bool check_past(struct opening_lab *o, struct err *e)
{
    const char *end = str_text(&o->text);
    char hash[65];
    for (size_t i = 0; i < o->facts.built_entries; i++) {
        end = strchr(end, '\n');
        if (!end++)
            return err_set(e, "%s: expected at least %zu lines, found %zu", o->path, o->facts.built_entries, i);
    }
    sha256_hex(str_text(&o->text), (size_t)(end - str_text(&o->text)), hash);
    if (strcmp(hash, o->facts.built_hash) != 0)
        return err_set(e, "%s: the past was changed: the first %zu lines are not those that the build wrote", o->path,
                       o->facts.built_entries);
    return true;
}

/* ---- the scenario, where it is on this machine ---- */

/* Beside the replay: of the lab it sets the scenario and uses nothing that changes. */
static void find_scenario(void *context)
{
    struct lab *lab = context;
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str origin = {0};
    struct err ignored = {0};
    file_read(lab_file(&arena, lab->dir, ".cafelab/scenario"), 4096, &origin, &ignored);
    const char *names[] = {str_text(&origin), data_path(&arena, "scenarios/%s", lab->scenario_id)};
    for (size_t i = 0; i < COUNT(names) && !lab->scenario; i++) {
        ignored = (struct err){0};
        AUTO(diags_drop) struct diags diags = {0};
        lab->scenario = scenario_load(names[i], &diags, &ignored);
        if (lab->scenario && (diags.n_errors || !text_same(lab->scenario->content_hash, lab->content_hash)))
            scenario_free(&lab->scenario);
    }
}

static void take_facts(struct lab *lab, const struct lab_facts *f)
{
    lab->scenario_id = f->scenario_id;
    lab->content_hash = f->content_hash;
    lab->version = f->version;
    lab->seed = f->seed;
    lab->student = f->student;
    lab->language = f->language;
    lab->events = f->events;
    lab->live = f->live;
    lab->from_ms = f->from_ms;
    lab->until_ms = f->until_ms;
    lab->built_entries = f->built_entries;
    memcpy(lab->built_hash, f->built_hash, sizeof(lab->built_hash));
    lab->table = f->table;
    lab->visitors_site = f->visitors_site;
}

static void meet_student(struct lab *lab, const struct lab_facts *f)
{
    const struct user *user = find_user(&lab->world, f->my_user);
    const struct person *person = lab->scenario ? lab->scenario->cast.items : NULL;
    for (size_t i = 0; person && i < lab->scenario->cast.n; i++)
        if (text_same(person[i].name, f->me))
            lab->me.person = &person[i];
    lab->me.who = (struct principal){.kind = PRINCIPAL_USER, .name = f->my_user};
    lab->me.from = (struct origin){f->my_ip, f->my_agent, f->my_tls13};
    if (user && user->keys) {
        lab->me.access_key_id = lab->me.who.access_key_id = user->keys->id;
        lab->me.secret = user->keys->secret;
    }
}

/* ---- whoever prepared it ---- */

static bool is_no_link(const char *path, struct err *e)
{
    struct stat st;
    return lstat(path, &st) || !S_ISLNK(st.st_mode) || err_set(e, "'%s' is a link: folders of a lab are its own", path);
}

/* What is written goes to these folders: one that leads elsewhere would take it there. In trees of servers links are files. */
static bool folders_are_its_own(const char *dir, struct err *e)
{
    static const char *const written[] = {".cafelab", "s3", "account", "server"};
    AUTO(arena_drop) struct arena arena = {0};
    bool good = true;
    for (size_t i = 0; good && i < COUNT(written); i++) {
        const char *path = lab_file(&arena, dir, written[i]);
        DIR *folder = is_no_link(path, e) ? opendir(path) : NULL;
        for (struct dirent *d; folder && !e->set && (d = readdir(folder));)
            good = d->d_type != DT_LNK || is_no_link(arena_printf(&arena, "%s/%s", path, d->d_name), e);
        good &= !e->set;
        if (folder)
            closedir(folder);
    }
    return good;
}

/* ---- all of it ---- */

static bool read_ahead(struct opening_lab *o, struct err *e)
{
    struct lab *lab = o->lab;
    size_t n = o->facts.n_servers;
    o->readings = arena_alloc(&lab->arena, (n + 1) * sizeof(*o->readings));
    for (size_t i = 0; i < n; i++) {
        o->readings[i].server = o->facts.servers[i].plan.name;
        lab_tree_paths(&lab->arena, lab->dir, o->readings[i].server, i == 0, &o->readings[i].at);
        if (!is_no_link(o->readings[i].at.root, e))
            return false;
    }
    o->ahead = ahead_begin(&(struct ahead_plan){.journal = str_text(&o->text),
                                                .n = o->text.len,
                                                .lines = o->retelling ? o->retelling->entries : SIZE_MAX,
                                                .start_ms = o->facts.start_ms,
                                                .readings = o->readings,
                                                .n_readings = o->retelling ? 0 : n,
                                                .last = lab->seed && !o->served ? find_scenario : NULL,
                                                .context = lab});
    return true;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool open_lab(struct opening_lab *o, struct err *e)
{
    struct lab *lab = o->lab;
    o->facts.arena = &lab->arena;
    if (!lab_facts_read(lab->dir, &o->facts, e) || !lab_written_get(lab->dir, &o->written, e) ||
        !redo_entries(lab->dir, &o->written.trees, e))
        return false;
    o->path = lab_file(&lab->arena, lab->dir, ".cafelab/journal.jsonl");
    if (!file_read(o->path, JOURNAL_MAX, &o->text, e))
        return false;
    take_facts(lab, &o->facts);
    if (lab->seed && o->served) /* what goes aside depends on it; it would tell a bundle nothing that it may know */
        find_scenario(lab);
    if (!read_ahead(o, e) || (!o->facts.ids && !check_past(o, e)))
        return false;
    struct seed seed = {0};
    if (lab->seed)
        seed = lab_seed(lab->seed, lab->scenario_id, lab->content_hash, lab->student);
    else
        lab_ids_parse(o->facts.ids, &seed);
    world_init(&lab->world, &seed, o->facts.account_id, o->facts.region, o->facts.start_ms);
    lab->world.catalog = &lab_catalog;
    lab->world.contents_come = !o->retelling;
    if ((!lab->seed && !begin_with_state(o, e)) || !replay(o, e))
        return false;
    ahead_finish(o->ahead);
    meet_student(lab, &o->facts);
    lab->world.lab = lab->dir;
    lab->n_written = smaller(o->written.trees, lab->world.journal.n);
    lab->n_told = smaller(o->written.cloud, lab->world.journal.n);
    return true;
}

static bool open_dir(const char *dir, const struct retelling *retelling, bool served, struct lab *lab, struct err *e)
{
    *lab = (struct lab){.dir = xstrdup(dir)};
    struct opening_lab o = {.lab = lab, .retelling = retelling, .served = served};
    bool good = folders_are_its_own(dir, e);
    int claim = good ? lab_files_claim(dir, true, PATIENCE_MS) : -1;
    good = good && open_lab(&o, e);
    lab_files_release(claim);
    ahead_end(o.ahead);
    str_drop(&o.text);
    if (!good)
        lab_drop(lab);
    return good;
}

bool lab_open(const char *dir, struct lab *lab, struct err *e)
{
    return open_dir(dir, NULL, false, lab, e);
}

bool lab_open_served(const char *dir, struct lab *lab, struct err *e)
{
    return open_dir(dir, NULL, true, lab, e);
}

bool lab_retell(const char *dir, const struct retelling *retelling, struct lab *lab, struct err *e)
{
    return open_dir(dir, retelling, false, lab, e);
}

void lab_drop(struct lab *lab)
{
    free(lab->changes);
    if (lab->before)
        play_drop(lab->before);
    free(lab->before);
    scenario_free(&lab->scenario);
    world_drop(&lab->world);
    arena_drop(&lab->arena);
    free(lab->dir);
    *lab = (struct lab){0};
}
