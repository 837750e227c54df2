/* SPDX-License-Identifier: MIT */
/* Private to sim/host: tar's wishes (commands_tar.c), and what makes an archive (tar_write.c) and reads one (tar_read.c). */
#pragma once

#include "sim/host/commands.h"

struct archive_entry;

struct tar_names {
    const char **list;
    size_t n, cap;
};
struct tar {
    struct program *p;
    char does;        /* 'c', 't', 'x' */
    const char *file; /* "-" = standard input, output */
    bool gzip, absolute, follow, permissions, owners, numeric, keep, no_time, to_stdout, wildcards, no_recursion;
    unsigned verbose, strip;
    size_t width;                 /* of owner and size in its list: what was wide makes what follows wide, too */
    struct tar_names names, dirs; /* operands; for each the directory (-C) that it stands in, "" = the shell's */
    struct tar_names excluded;
    const char *dir; /* the last -C */
    int status;
    const char *removed; /* what was told to be removed from names */
};

int tar_create(struct tar *);
int tar_read(struct tar *); /* list or extract */

#define TAR_FATAL 2
/* "tar: ..."; its status, 2, is tar's at the end. */
void tar_complain(struct tar *, const char *fmt, ...) PRINTF(2, 3);
int tar_dies(struct tar *, const char *fmt, ...) PRINTF(2, 3);       /* the same, and it is over; 2 */
const char *tar_in(struct tar *, const char *dir, const char *name); /* a name as seen from -C */
bool tar_excludes(const struct tar *, const char *name);
/* Without what would lead out of where it is unpacked ("/", "../"), which is told once. */
const char *tar_safe_name(struct tar *, const char *name);
int64_t tar_time_ms(struct archive_entry *);                      /* no earlier and no later than a server's files can be */
void tar_add_mode(struct str *out, unsigned type, unsigned mode); /* "drwxr-xr-x" */
/* A line of its list: the name, or all about it. */
void tar_show(struct tar *, struct str *out, struct archive_entry *, const char *name);
