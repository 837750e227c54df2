/* SPDX-License-Identifier: MIT */
/* Any bytes as a base for an image: it is one, with layers that lie in the bytes and hash to what they say, or a message. */
#include "sim/shell/image_parts.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct base *b, const char *data, size_t size)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct base_layer *l = &b->layers[i];
        char is[DIGEST_LEN + 1];
        digest_of(l->bytes, l->size, is);
        if ((l->size && (l->bytes < data || l->bytes + l->size > data + size)) || !text_same(is, l->digest) ||
            strlen(l->diff_id) != DIGEST_LEN)
            __builtin_trap();
    }
    if (!base_has(b, "/usr/bin/bash"))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(base_drop) struct base base;
    struct err e = {0};
    bool good = base_read((const char *)data, size, "amd64", &base, &e);
    if (good == e.set)
        __builtin_trap();
    if (good)
        look_at(&base, (const char *)data, size);
    return 0;
}
