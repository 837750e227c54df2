/* SPDX-License-Identifier: MIT */
/*
 * Entries that are in the journal's file alone. A live lab answers many calls that only read: nothing of them counts later but
 * their records, and those are written from the file. So a lab that is asked a hundred thousand times stays as large as it was.
 */
#include "sim/world/world.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void journal_put_aside(struct world *w, uint64_t at, size_t bytes, bool recorded)
{
    struct journal *j = &w->journal;
    const struct entry *entry = j->list[j->n - 1];

    if (recorded)
        *GROW(j->briefs, j->n_briefs, j->cap_briefs) = (struct brief){.time_ms = entry->time_ms,
                                                                      .at = at,
                                                                      .op = entry->op,
                                                                      .region = world_region(w, entry->region),
                                                                      .seq = (uint32_t)entry->seq,
                                                                      .bytes = (uint32_t)bytes,
                                                                      .data_event = entry->data_event};
    if (!j->absent)
        j->absent = journal_absent(w->lasting ? w->lasting : &w->arena);
    j->list[j->n - 1] = j->absent;
}

void journal_forget(struct journal *j, size_t n)
{
    j->n_briefs -= n;
    if (!n)
        return;
    memmove(j->briefs, j->briefs + n, j->n_briefs * sizeof(*j->briefs));
    if (j->n_briefs < j->cap_briefs / 4 && j->n_briefs > 0) {
        j->cap_briefs = j->n_briefs * 2;
        j->briefs = xrealloc(j->briefs, j->cap_briefs * sizeof(*j->briefs));
    }
}

static bool read_line(int fd, char *line, size_t n, uint64_t at, struct err *e)
{
    while (n) {
        ssize_t got = pread(fd, line, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? err_set(e, "read the journal: %m") : err_set(e, "read the journal: it is shorter than it was");
        line += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

bool brief_recall(const struct brief *brief, int journal, struct recalled *out, struct err *e)
{
    AUTO(str_drop) struct str line = {0};

    *out = (struct recalled){0};
    if (!read_line(journal, str_reserve(&line, brief->bytes), brief->bytes, brief->at, e))
        return false;
    if (entry_read(&out->aside, line.s, brief->bytes, &out->entry, e) && out->entry.seq == brief->seq &&
        text_same(out->entry.op, brief->op))
        return true;
    recalled_drop(out);
    return e->set ? false : err_set(e, "the journal was changed: entry %u is not where it was written", brief->seq);
}

void recalled_drop(struct recalled *recalled)
{
    world_drop(&recalled->aside);
    *recalled = (struct recalled){0};
}
