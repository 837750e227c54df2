/* SPDX-License-Identifier: MIT */
/* Allocation that cannot fail, and arenas: bump allocation, but one block per item under sanitizers (exact bounds). */
#include "sim/base/base.h"
#include "sim/base/json_memory.h"
#include "sim/base/sanitized.h"

#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t BLOCK_SIZE = SANITIZED ? 0 : 64 << 10;

static void *or_abort(void *p)
{
    if (!p) {
        fputs("cafelab: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *xmalloc(size_t size)
{
    return or_abort(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
    return or_abort(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
    return or_abort(realloc(p, size ? size : 1));
}

char *xstrdup(const char *s)
{
    return or_abort(strdup(s));
}

void free_text(char **s)
{
    free(*s);
    *s = NULL;
}

void *grow(void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 16;
    return or_abort(reallocarray(items, *cap, size));
}

#if defined(__GLIBC__) && !SANITIZED
/* What malloc will have at its end, untouched so far. */
static void ask_for_large_pages(size_t expected)
{
    const uintptr_t page = 2u << 20;
    uintptr_t from = ((uintptr_t)sbrk(0) + page - 1) / page * page;
    void *volatile room = malloc(expected); /* volatile, else compilers leave both calls out */
    free(room);                             /* where there is not that much, what there is will do */
    uintptr_t end = (uintptr_t)sbrk(0) / page * page;
    if (from < end)
        madvise((void *)from, end - from, MADV_HUGEPAGE); /* a kernel without them refuses */
}
#endif

void memory_keep(size_t expected)
{
#if defined(__GLIBC__) && !SANITIZED
    mallopt(M_MMAP_THRESHOLD, 1 << 30); /* large blocks, too, are given back to malloc and not to the kernel */
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_MXFAST, 0); /* what large blocks lie among is joined at once, and not looked for over and over */
    ask_for_large_pages(expected);
#endif
    (void)expected;
}

void memory_touch(void *p, size_t n)
{
#ifdef MADV_POPULATE_WRITE /* Linux 5.14; where it fails pages come one by one */
    size_t page = (size_t)sysconf(_SC_PAGESIZE), lead = (page - (uintptr_t)p % page) % page;
    if (n > lead + 8 * page)
        madvise((char *)p + lead, (n - lead) / page * page, MADV_POPULATE_WRITE);
#else
    (void)p, (void)n;
#endif
}

void memory_trim(void)
{
    json_memory_drop();
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

size_t memory_mapped(void)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    unsigned long long pages = 0;
    if (file_read("/proc/self/statm", 4096, &text, &e) && sscanf(str_text(&text), "%llu", &pages) == 1)
        return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
    return (size_t)1 << 30;
}

struct arena_block {
    struct arena_block *before;
    size_t used, size;
    max_align_t data[];
};

/* What is big has a block of its own, behind the one that is being filled. New memory is zero, and stays untouched until it is
 * used: half of what a big file costs is to touch its memory first. */
static void *alloc_alone(struct arena *a, size_t size, bool zero)
{
    struct arena_block *block = zero ? xcalloc(1, sizeof(*block) + size) : xmalloc(sizeof(*block) + size);
    struct arena_block **behind = a->last ? &a->last->before : &a->last;
    block->used = block->size = size;
    block->before = *behind;
    *behind = block;
    return block->data;
}

static void *alloc(struct arena *a, size_t size, bool zero)
{
    const size_t align = sizeof(max_align_t);
    size_t need = (size + align - 1) / align * align;
    if (BLOCK_SIZE && need > BLOCK_SIZE)
        return alloc_alone(a, need, zero);
    if (!a->last || a->last->size - a->last->used < need) {
        size_t room = BLOCK_SIZE ? BLOCK_SIZE : size;
        struct arena_block *block = xmalloc(sizeof(*block) + room);
        *block = (struct arena_block){a->last, 0, room};
        a->last = block;
    }
    void *p = (char *)a->last->data + a->last->used;
    a->last->used = a->last->size - a->last->used < need ? a->last->size : a->last->used + need;
    return zero ? memset(p, 0, size) : p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    return alloc(a, size, true);
}

void *arena_room(struct arena *a, size_t size)
{
    return alloc(a, size, false);
}

char *arena_dupn(struct arena *a, const char *s, size_t n)
{
    char *copy = arena_room(a, n + 1);
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *arena_dup(struct arena *a, const char *s)
{
    return s ? arena_dupn(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    return arena_dupn(a, str_text(&text), text.len);
}

void arena_drop(struct arena *a)
{
    for (struct arena_block *block = a->last, *before; block; block = before) {
        before = block->before;
        free(block);
    }
    a->last = NULL;
}

void arena_join(struct arena *a, struct arena *steals)
{
    struct arena_block *first = steals->last;
    while (first && first->before)
        first = first->before;
    if (first) {
        first->before = a->last;
        a->last = steals->last;
    }
    steals->last = NULL;
}
