/* SPDX-License-Identifier: MIT */
/*
 * The import: every record of every log as columns in one file that is mapped, LAB/.cafelab/athena/logs. It is made
 * beside its place and renamed, so that two processes may do so at once; where the lab is read-only it lives in memory. Logs
 * that are at hand without a lab are imported into plain memory, without a descriptor, by one thread.
 * Its key names the logs it was made from. Private to sim/athena; depends on base.
 *
 * The file: struct store_head, groups, and at the end the groups' places, the logs' paths and the warnings. A group holds
 * at most GROUP_ROWS rows; each leaf of it has a dictionary of its distinct texts and a code per row (0 = NULL), in as
 * many bytes as the codes need: none where every row has the same.
 */
#pragma once

#include "sim/athena/logs.h"
#include "sim/athena/record.h"

#define GROUP_ROWS 8192

struct leaf_block {                 /* places are bytes from the start of the group */
    uint32_t n_texts;               /* codes are 0..n_texts */
    uint32_t width;                 /* bytes of a code: 0, 1 or 2; with 0 every row's code is n_texts, which is 0 or 1 */
    uint64_t codes, offsets, texts; /* offsets: n_texts + 1 of uint32_t into the texts */
};
struct group {
    uint64_t size;
    uint32_t rows, unused; /* the logs of the rows, uint32_t each, stand behind this struct */
    struct leaf_block leaf[LEAVES];
};

/* ---- making groups ---- */

struct packer;
/* Gets a finished group; false ends the packing. */
typedef bool group_fn(void *context, const struct group *, struct err *);
struct packer *packer_new(group_fn *done, void *context);
void packer_free(struct packer *);
void packer_add(struct packer *, uint32_t file, const struct cell row[LEAVES]);
bool packer_finish(struct packer *, struct err *);

/* ---- the file ---- */

struct store {
    const uint8_t *map;
    size_t size;
    bool plain; /* the map is memory of ours, not a file's */
    const struct group **groups;
    size_t n_groups;
    uint64_t rows;
    const char **paths; /* of the logs */
    size_t n_paths;
    unsigned char *checked; /* by group and leaf: store_check_leaf() found it good */
    struct arena arena;
};
struct store_plan {
    const char *lab; /* NULL: logs at hand */
    unsigned threads;
    void (*progress)(void *context, uint64_t done, uint64_t all); /* one call at a time, from any thread */
    void *context;
    const volatile int *cancelled; /* ends the import; may be NULL */
};
/* Damaged logs are named in `warnings`, also when the import was made by an earlier run. */
bool store_open(struct store *, const struct logs *, const struct store_plan *, struct str *warnings, struct err *);
void store_close(struct store *);
/* The codes and texts of one leaf, looked at when they are first read: most queries read few. */
bool store_check_leaf(const struct store *, size_t group, size_t leaf);

static inline const uint32_t *group_files(const struct group *g)
{
    return (const uint32_t *)(g + 1);
}
