/* SPDX-License-Identifier: MIT */
/*
 * A lab's server as a container image: an OCI image layout in one tar file (image-spec 1.0: image-layout.md, manifest.md,
 * config.md, layer.md), with the list that `docker load` reads beside it. Made without Docker. Depends on lab.
 *
 *     layers   base's ...   what runs in it: somebody else's image or root file system, as it came (none without a base)
 *              programs     /usr/lib/cafelab: this program with its libraries; only on a base
 *              server       the lab's tree with its owners, modes and times; on a base, without what the base has below /etc,
 *                           /var, /home, ...: as in `cafelab shell`, only programs are not the server's own
 *              lab          /usr/lib/cafelab/lab: the lab's folder, for the container's entry point; only on a base
 *
 * The layers `server` and `lab` are the same bytes for the same lab, wherever and whenever: no clock, no owner of a disk, no
 * compressor has a part in them.
 */
#pragma once

#include "sim/lab/lab.h"

#define IMAGE_HOME "/usr/lib/cafelab"
#define IMAGE_LAB IMAGE_HOME "/lab"
#define IMAGE_MARK IMAGE_HOME "/server"  /* its name: what has this file is such an image */
#define IMAGE_PROGRAM "/usr/bin/cafelab" /* a script: the program with its own loader and libraries, whatever the base has */

struct image_wish {
    const struct lab *lab;
    const struct server *server;
    const char *name; /* "localhost/cafelab/cafe-breach:4711": image_name()'s, or the caller's */
    const char *base; /* a file: an OCI or Docker archive, or a plain tar of a root file system; NULL = none */
};
struct image_facts { /* texts in the arena */
    struct arena arena;
    const char *digest;  /* "sha256:..." of the manifest */
    const char *server;  /* and of the server's layer */
    const char *missing; /* packages whose programs the base has not; NULL = none, or there is no base */
    size_t files, layers;
    uint64_t bytes;  /* of the file */
    size_t left_out; /* files that no layer can hold: names that begin with ".wh." */
};
/* The archive is written aside and renamed to `path`, which must not exist. */
bool image_write(const struct image_wish *, const char *path, struct image_facts *ret, struct err *);
void image_facts_drop(struct image_facts *);
/* "localhost/cafelab/SCENARIO:STUDENT": only what a reference may hold; for others of a lab, the server's name behind it. */
char *image_name(struct arena *, const struct lab *, const struct server *);
bool image_name_ok(const char *name);

/* compose.yaml for such an image, `digest` its facts': who serves the account, and the server, without a network that leads
 * anywhere. */
void image_add_compose(struct str *, const struct image_wish *, const char *digest);
