/* SPDX-License-Identifier: MIT */
/* Finding an operation's row by its name, and the nearest name for one that there is not. */
#include "sim/act/act.h"

#include <stdlib.h>
#include <string.h>

static int name_order(const void *name, const void *row)
{
    return strcmp(name, ((const struct op *)row)->name);
}

/* The service before the colon. */
static const struct service *service_of(const struct catalog *catalog, const char *name)
{
    size_t n = strcspn(name, ":");

    for (size_t i = 0; i < catalog->n; i++)
        if (strlen(catalog->services[i]->name) == n && memcmp(catalog->services[i]->name, name, n) == 0)
            return catalog->services[i];
    return NULL;
}

const struct op *catalog_find(const struct catalog *catalog, const char *name, const struct service **ret_service)
{
    const struct service *service = catalog && name ? service_of(catalog, name) : NULL;

    if (ret_service)
        *ret_service = service;
    return service ? bsearch(name, service->ops, service->n, sizeof(*service->ops), name_order) : NULL;
}

static void free_words(const char ***words)
{
    free(*words);
}

const char *catalog_meant(const struct catalog *catalog, const char *name)
{
    AUTO(free_words) const char **words = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; catalog && i < catalog->n; i++)
        for (size_t j = 0; j < catalog->services[i]->n; j++)
            *GROW(words, n, cap) = catalog->services[i]->ops[j].name;
    *GROW(words, n, cap) = NULL;
    return text_meant(name, words);
}

bool op_only_reads(const struct op *op)
{
    return op && (op->flags & (OP_READ | OP_LEAVES)) == OP_READ;
}
