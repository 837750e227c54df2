/* SPDX-License-Identifier: MIT */
#include "grader/batch/patience.h"

#include "sim/base/base.h"

#include <stdlib.h>
#include <string.h>

void patience_begin(struct patience *p, size_t n_students)
{
    *p = (struct patience){
        .by = xcalloc(n_students + 1, sizeof(*p->by)), .seen = xcalloc(n_students, sizeof(*p->seen)), .n_students = n_students};
}

void patience_drop(struct patience *p)
{
    free(p->by);
    free(p->seen);
    free(p->path);
}

size_t patience_zip(struct patience *p, const char *path)
{
    if (!path)
        return 0;
    if (text_same(p->path, path))
        return p->n_zips;
    free(p->path);
    p->path = xstrdup(path);
    memset(p->by, 0, (p->n_students + 1) * sizeof(*p->by));
    memset(p->seen, 0, p->n_students * sizeof(*p->seen));
    return ++p->n_zips;
}

void patience_note(struct patience *p, size_t zip, int named, int student, bool graded)
{
    struct tally *tally = &p->by[named + 1];
    if (!zip || zip != p->n_zips)
        return;
    tally->bad += !graded;
    if (graded && student >= 0 && !p->seen[student]) {
        p->seen[student] = true;
        tally->good++;
    }
}

unsigned patience_left(const struct patience *p, int named)
{
    const struct tally *tally = &p->by[named + 1];
    unsigned most = PATIENCE_BAD + PATIENCE_GOOD * tally->good;
    return tally->over || tally->bad >= most ? 0 : most - tally->bad;
}

bool patience_end(struct patience *p, int named)
{
    struct tally *tally = &p->by[named + 1];
    bool first = !tally->over;
    tally->over = true;
    return first;
}

bool patience_is_over(const struct patience *p, int named)
{
    return p->by[named + 1].over;
}
