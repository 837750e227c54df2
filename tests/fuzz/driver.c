/* SPDX-License-Identifier: MIT */
/* Replays files through a fuzz target where libFuzzer is not linked: fuzz-yaml FILE|FOLDER... */
#include "sim/base/base.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replayed;

static bool replay(const char *path, struct err *e)
{
    AUTO(str_drop) struct str bytes = {0};
    uint8_t *exact; /* so that a sanitizer sees the first byte read beyond the end */

    if (!file_read(path, 64u << 20, &bytes, e))
        return false;
    exact = xmalloc(bytes.len ? bytes.len : 1);
    for (size_t i = 0; i < bytes.len; i++)
        exact[i] = (uint8_t)bytes.s[i];
    LLVMFuzzerTestOneInput(exact, bytes.len);
    free(exact);
    replayed++;
    return true;
}

static bool each(void *folder, const struct dir_entry *entry, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    return entry->is_dir || replay(arena_printf(&arena, "%s/%s", (const char *)folder, entry->path), e);
}

int main(int argc, char **argv)
{
    struct err e = {0};

    json_begin();
    for (int i = 1; i < argc && !e.set; i++)
        if (!dir_walk(argv[i], each, argv[i], &e) && !e.set)
            err_set(&e, "cannot walk '%s'", argv[i]);
    if (e.set || !replayed) {
        fprintf(stderr, "%s: %s\n", argv[0], e.set ? e.msg : "no input was replayed");
        return 2;
    }
    printf("%s: %zu passed, 0 failed\n", argv[0], replayed);
    return 0;
}
