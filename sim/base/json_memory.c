/* SPDX-License-Identifier: MIT */
/*
 * Where JSON documents get their memory. A document is hundreds of small blocks, which are given back together when it has
 * been read; malloc keeps seven of a size at hand and sorts the others in among its free memory, only to cut them out again
 * for the next document: a tenth of what judging an upload takes. So a thread keeps some of each size. They are malloc's
 * blocks: any thread may free them, and what is too many goes back to it.
 */
#include "sim/base/json_memory.h"

#include "sim/base/base.h"
#include "sim/base/sanitized.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

enum { SMALLEST = 24, STEP = 16, SIZES = 16 }; /* the room in glibc's blocks: 24, 40, 56, ... bytes */
enum { MOST_KEPT = SANITIZED ? 0 : 512 };      /* of each size: a megabyte at most */

struct kept {
    struct kept *next;
};
static _Thread_local struct {
    struct kept *first;
    int n;
} shelves[SIZES];
static _Thread_local bool ends_known; /* the thread's end empties its shelves */
static pthread_key_t at_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

void json_memory_drop(void)
{
    for (size_t i = 0; i < SIZES; i++) {
        for (struct kept *block; (block = shelves[i].first);) {
            shelves[i].first = block->next;
            free(block);
        }
        shelves[i].n = 0;
    }
}

static void thread_ends(void *unused)
{
    (void)unused;
    ends_known = false; /* others' ends may come later, and give back more */
    json_memory_drop();
}

static void make_key(void)
{
    if (pthread_key_create(&at_end, thread_ends))
        abort();
}

static void mind_the_end(void)
{
    pthread_once(&once, make_key);
    ends_known = !pthread_setspecific(at_end, &shelves);
}

void *json_memory_take(size_t size)
{
    size_t shelf = ((size < SMALLEST ? SMALLEST : size) - SMALLEST + STEP - 1) / STEP;
    struct kept *block = shelf < SIZES ? shelves[shelf].first : NULL;
    if (!block)
        return xmalloc(size);
    shelves[shelf].first = block->next;
    shelves[shelf].n--;
    return block;
}

void json_memory_give(void *p)
{
    size_t room = p ? malloc_usable_size(p) : 0, shelf = (room - SMALLEST) / STEP;
    if (room < SMALLEST || shelf >= SIZES || shelves[shelf].n >= MOST_KEPT) {
        free(p);
        return;
    }
    if (!ends_known)
        mind_the_end();
    struct kept *block = p;
    block->next = shelves[shelf].first;
    shelves[shelf].first = block;
    shelves[shelf].n++;
}
