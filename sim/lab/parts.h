/* SPDX-License-Identifier: MIT */
/* Private, but for grader/handin, which opens labs in memory. What the files of a lab directory share: names within it,
 * lab.json, the journal's file, the writers' task. */
#pragma once

#include "sim/lab/playing.h"

/* ---- what lab.json says ---- */

struct lab_facts {
    struct arena *arena; /* of the texts */
    const char *scenario_id, *title, *content_hash, *version, *student, *language;
    const char *seed, *ids;                                  /* one of them: ids in a bundle, 64 hex digits */
    const char *account_id, *region, *table, *visitors_site; /* the last two NULL = none */
    int64_t events, start_ms, from_ms, until_ms;
    const char *me, *my_user, *my_ip, *my_agent; /* the student */
    bool my_tls13, live;
    struct boot *servers;
    size_t n_servers;
    size_t built_entries;
    char built_hash[65];
};
void lab_facts_of(struct play *, struct lab_facts *); /* all but what only the build knows */
bool lab_facts_write(const struct lab_facts *, const struct folder *, struct err *);
bool lab_facts_read(const char *dir, struct lab_facts *, struct err *); /* texts in facts->arena */
bool lab_facts_parse(const char *text, size_t n, struct lab_facts *, struct err *);
struct seed lab_seed(const char *seed, const char *id, const char *content_hash, const char *student);

/* ---- paths: the first server's tree is host/, another's host-NAME/ ---- */

char *lab_file(struct arena *, const char *dir, const char *below);
struct tree_paths {
    char *root, *manifest;
};
void lab_tree_paths(struct arena *, const char *dir, const char *name, bool first, struct tree_paths *ret);
char *lab_tree_path(struct arena *, const char *dir, const struct world *, const struct server *);

/* ---- writing ---- */

struct evidence_task lab_task(const struct world *, const struct seed *, const char *dir); /* without times */
bool lab_trees_write(struct world *, const struct folder *, bool all, struct err *);
/* account/: what describe and list calls return. `hashes` knows what is on the disk already: only what differs is written;
 * NULL = all. */
bool lab_views_write(struct world *, const struct folder *, uint64_t hashes[LAB_VIEWS], struct err *);
bool lab_readme_write(struct play *, const struct lab_facts *, const struct folder *, const char *questions, struct err *);
int64_t lab_now(const struct lab *); /* of a static lab: its clock goes on with every call */
/* How many entries' traces are in the servers' trees, and how many in s3/ and account/: after a kill, less than there are
 * entries. */
struct written {
    size_t trees, cloud;
};
bool lab_written_put(const struct folder *, struct written, struct err *);

/* ---- follow.c: files, logs and views follow what happened ---- */

/* All of it as of a time: what a trail delivers later waits for a later call. */
bool lab_traces_write(struct lab *, int64_t now_ms, struct err *);
/* In halves. The servers' trees, to which their daemons have written; nothing is done where nothing can have changed. */
bool lab_servers_follow(struct lab *, int64_t now_ms, struct err *);
bool lab_servers_see(struct lab *, int64_t now_ms, struct err *); /* its first half: the trees in memory, not the disk's */
/* And the rest, from a picture of the world that whoever goes on with the lab may not change any more. */
struct cloud {
    struct arena arena;
    struct world view;
    struct evidence_task task; /* of the view */
    size_t n;                  /* entries in it */
    int64_t settled_ms;        /* see struct evidence_task */
    bool views;                /* the account may have changed: its views are due, see lab_views_write() */
};
void cloud_see(struct lab *, int64_t now_ms, struct cloud *);
bool cloud_write(struct cloud *, struct err *);                    /* any thread */
bool cloud_done(struct lab *, const struct cloud *, struct err *); /* notes it */
void cloud_drop(struct cloud *);

/* ---- log_file.c ---- */

const char *lab_file_with(struct world *, const struct entry *); /* key of the file on the disk; NULL = none holds it */

/* ---- bundle.c: .cafelab/state-N, the world after N journal entries ---- */

bool lab_state_put(const struct world *, const struct seed *ids, const struct folder *, struct err *);
void lab_state_forget(const char *dir, size_t n);
bool lab_state_take(struct world *, const char *dir, size_t n, struct err *);
bool lab_ids_parse(const char *hex, struct seed *ret);

/* ---- everyday.c ---- */

bool lab_everyday_open(struct lab *, struct err *); /* lab->before, if it is needed */

/* ---- hold.c ---- */

/* Keeps readers and the following of files apart. -1: the others did not make way in time, or nobody ever held the lab. */
int lab_files_claim(const char *dir, bool to_read, int patience_ms);
void lab_files_release(int claim); /* -1 is fine */

/* ---- objects.c ---- */

bool lab_objects_take(struct lab *, struct err *); /* buckets get what trails delivered: the files below s3/ */
/* The same for what an operation is about to look at: who removed a file by hand sees it with the next request. */
void lab_objects_see(struct lab *, const char *op, const json_t *params);
/* After it: the files of what it deleted, put anew or brought back go where they belong. */
void lab_objects_settle(struct lab *, const char *op, const json_t *params);
/* Where the bytes of a version are (NULL = the current one), or would be; NULL = there is no such version. */
const char *lab_object_file(struct lab *, struct arena *, const char *bucket, const char *key, const char *version);

/* ---- open.c ---- */

struct retelling {  /* a replay in memory alone: what people did to files by hand does not come in */
    size_t entries; /* how many */
    void (*before)(void *context, struct world *, const struct entry *); /* the next one */
    void *context;
};
bool lab_open_served(const char *dir, struct lab *, struct err *); /* see aside.c */
bool lab_retell(const char *dir, const struct retelling *, struct lab *, struct err *);

/* ---- retell.c ---- */

/* lab_story() of a live lab that lies in no directory: `again` makes what lab_retell() would. */
bool lab_story_again(struct lab *, bool (*again)(void *, const struct retelling *, struct lab *then, struct err *),
                     void *context, struct play *, struct err *);

/* ---- aside.c ---- */

/* May calls of this operation be made aside: does it only read, and does the story not wait for it? */
bool lab_may_put_aside(const struct lab *, const char *op);
/* Ends what world_scratch() began. If it came to one entry after the first `before`, and nobody needs that in memory, it leaves
 * it: its line, of n bytes, begins at `at`. */
void lab_put_aside(struct lab *, struct scratch *, size_t before, uint64_t at, size_t n);

/* ---- redo.c: a call that is killed while it writes the trees is done to the end later ---- */

bool redo_write(const struct world *, const char *dir, struct err *); /* before lab_trees_write() */
bool redo_done(const char *dir, struct err *);                        /* after it */
/* How many entries the trees agree to once a redo that was left behind is applied; *ret stays when there is none. */
bool redo_entries(const char *dir, size_t *ret, struct err *);
bool redo_apply(struct world *, const char *dir, struct err *); /* to the trees in memory; they are dirty then */
bool redo_apply_text(struct world *, const char *text, size_t n, struct err *);

/* ---- disk_take.c: what people did to the files by hand ---- */

struct disk_change {
    const struct server *server;
    const char *path;
    const char *does; /* "write", "mkdir", "link", "remove" */
    const char *data; /* content or target */
    size_t size;
    unsigned mode;
};
/* In two steps: any thread may read a tree off the disk (of the world its arena is used, and its start); whoever has the lab
 * makes it the server's, and what differs from the manifest is added to lab->changes. */
struct disk_reading {
    const char *server; /* its name */
    struct tree_paths at;
    struct tree tree, listed; /* set; listed: as the manifest has it */
    struct err err;           /* set: why not */
};
void disk_read(struct world *, struct disk_reading *);
bool disk_adopt(struct lab *, struct server *, const struct disk_reading *, struct err *);
/* Is something there that the trees in memory do not hold, by names, kinds, sizes and times? */
bool disk_differs(const struct lab *);
bool lab_disk_take(struct lab *, int64_t now_ms, struct err *); /* of all servers; what changed is in the journal then */
void disk_forget_redone(struct lab *);                          /* what a redo has brought about is nobody's change */
void disk_note_changes(struct lab *, int64_t now_ms);           /* journals them */

/* ---- call.c ---- */

/* lab_call() without what follows: neither journal nor files are written. */
bool lab_act(struct lab *, const char *as, const char *op, const char *on, json_t *params, struct outcome *, struct err *);

/* ---- stay.c ---- */

void stay_act(struct lab *, const char *on, const char *op, json_t *params,
              int64_t now_ms); /* as the disk: operations happen */
struct stay;
struct arrival;
bool stay_from_json(struct stay *, const json_t *asked); /* for stay_drop(), whatever it returns */
/* What a stay's begin and end do to the world; nothing is written. */
json_t *stay_enter(struct lab *, const struct arrival *, struct err *);
json_t *stay_credentials(struct lab *, const char *on, struct err *);
bool stay_leave(struct lab *, const struct stay *, struct err *);
