/* SPDX-License-Identifier: MIT */
/*
 * .cafelab/built: what a bundle was handed out with, a line of JSON for each file of the servers and of the evidence, with its
 * hash; sealed (lab_seal). `cafelab submit` packs what differs from it. Depends on lab.
 */
#pragma once

#include "sim/lab/lab.h"

struct built_file {
    const char *path; /* below the lab: "s3/...", "host/etc/passwd" */
    enum file_kind kind;
    unsigned mode, uid, gid; /* of a server's file */
    uint64_t size;
    char sha256[65]; /* of a link, of its target; of a folder, "" */
};
struct built { /* zeroed = empty; sorted by path */
    struct arena arena;
    struct built_file *list;
    size_t n, cap;
};
/* What there is now: servers' files as the world has them, files below s3/ as they lie in the directory. */
bool built_look(const struct world *, const char *dir, struct built *, struct err *);
/* The same for one who has them at hand: servers' files, each file below s3/ (others are left out), and the end. Hashes of
 * servers' files that are known already need not be made again. */
struct built_known {
    const char *(*hash)(const void *context, const char *path); /* "" = not known */
    const void *context;
};
void built_look_at_trees(const struct world *, const struct built_known *, struct built *); /* NULL = nothing is known */
bool built_look_at_file(struct built *, const char *path, size_t n, const char *hash, struct err *);
void built_end(struct built *);
void built_add_json(struct str *, const struct built *);
bool built_read(const char *text, size_t n, struct built *, struct err *);
const struct built_file *built_find(const struct built *, const char *path); /* NULL if absent */
bool built_same(const struct built_file *, const struct built_file *);       /* whatever their paths */
void built_drop(struct built *);
/* "host" of the first server, "host-NAME" of another. In the arena. */
const char *built_tree_name(struct arena *, const struct world *, const struct server *);
