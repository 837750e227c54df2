/* SPDX-License-Identifier: MIT */
/* A folder that is written: the disk and whoever takes the files get the same. */
#include "sim/base/base.h"

#include <string.h>
#include <sys/stat.h>

static int path_byte(char c)
{
    return c == '/' ? 1 : c ? (unsigned char)c + 1 : 0;
}

/* What both begin with is long where thousands of paths are sorted: eight bytes at a time. */
int path_order(const char *a, const char *b)
{
    for (size_t left = strnlen(b, strlen(a)); left >= 8 && memcmp(a, b, 8) == 0; left -= 8)
        a += 8, b += 8;
    while (*a && *a == *b)
        a++, b++;
    return path_byte(*a) - path_byte(*b);
}

bool folder_give(const struct folder *to, const struct made_file *file, struct err *e)
{
    return !to->take || to->take(to->context, file, e);
}

static const char *path_in(struct arena *arena, const struct folder *to, const char *path)
{
    return *path ? arena_printf(arena, "%s/%s", to->dir, path) : to->dir;
}

bool folder_put(const struct folder *to, const char *path, const void *data, size_t n, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct made_file file = {.path = path, .mode = S_IFREG | 0644, .mtime_ms = MADE_NOW, .data = data, .n = n};
    return folder_give(to, &file, e) && (!to->dir || file_write(path_in(&arena, to, path), data, n, 0644, e));
}

bool folder_make(const struct folder *to, const char *path, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct made_file file = {.path = path, .mode = S_IFDIR | 0755, .mtime_ms = MADE_NOW, .data = ""};
    return folder_give(to, &file, e) && (!to->dir || dir_make_in(to->dir, path_in(&arena, to, path), e));
}
