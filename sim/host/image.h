/* SPDX-License-Identifier: MIT */
/* What servers are installed from, as it lies in fixtures/: private to sim/host. Depends on world. */
#pragma once

#include "sim/world/world.h"

/* A tree like the image's. Contents are the process's, and nobody writes into them. */
bool image_tree(struct world *, struct tree *, struct err *);

struct image_file {
    const char *path; /* below the site */
    bool is_dir;
    const char *data; /* the process's */
    size_t n;
};
struct image_site {
    struct image_site *next;
    const char *name;
    struct image_file *files; /* sorted by bytes; directories before what is in them */
    size_t n;
};
/* fixtures/site/NAME, read once. NULL when it cannot be read. */
const struct image_site *image_site(const char *name, struct err *);
