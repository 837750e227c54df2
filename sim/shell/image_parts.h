/* SPDX-License-Identifier: MIT */
/* Private: what the files about images share. */
#pragma once

#include "sim/lab/tar.h"
#include "sim/shell/image.h"
#include "sim/shell/shell.h"

#define DIGEST_LEN 71 /* "sha256:" and 64 digits */
void digest_of(const void *bytes, size_t n, char ret[DIGEST_LEN + 1]);

/* ---- image_base.c: somebody else's image, read without trust; what it says points into the bytes that are given ---- */

struct base_layer {
    const char *bytes;
    size_t size;
    const char *media_type;
    char digest[DIGEST_LEN + 1], diff_id[DIGEST_LEN + 1];
};
struct base {
    struct arena arena;
    const char *bytes; /* of the file */
    size_t size;
    bool mapped;
    json_t *config; /* the image's; NULL = it is a plain root file system */
    struct base_layer *layers;
    size_t n, cap;
    json_t *paths; /* "/etc/passwd": true (a folder) or false; what is there after the last layer */
};
bool base_open(const char *path, struct base *, struct err *);
/* `architecture` as images name it: "amd64". */
bool base_read(const char *bytes, size_t n, const char *architecture, struct base *, struct err *);
bool base_has(const struct base *, const char *path);
void base_drop(struct base *);
const char *image_architecture(void); /* of this machine */

/* ---- layers ---- */

/* image_server.c: the server's tree; names that an image cannot have are counted, not added. */
void layer_add_server(struct str *tar, const struct tree *, const struct base *, size_t *ret_left_out);
/* image_lab.c: a folder of the disk, hostile or not: no link is followed, nothing outside it is read. */
bool layer_add_lab(struct str *tar, const char *dir, const char *server, int64_t latest_ms, struct err *);
/* image_program.c: this program, what it is linked with, its data. */
bool layer_add_program(struct str *tar, struct err *);
