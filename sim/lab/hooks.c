/* SPDX-License-Identifier: MIT */
/* What operations need of the layers above the services: event history, the digests' public key. Athena's are in queries.c. */
#include "sim/lab/hooks.h"

#include "sim/evidence/evidence.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HISTORY_MAX (1u << 30)

bool hook_about(const struct world *w, const char *op, struct record_facts *facts)
{
    const struct service *service = NULL;
    const struct op *found = catalog_find(w->catalog, op, &service);
    if (!found)
        return false;
    *facts = (struct record_facts){.source = service->source,
                                   .name = strchr(found->name, ':') + 1,
                                   .version = service->event_version,
                                   .host = service->host,
                                   .api_version = service->api_version};
    return true;
}

void hook_lookup_form(struct str *out, const struct world *w, const struct entry *entry)
{
    struct record_facts facts;
    if (hook_about(w, entry->op, &facts))
        record_add_lookup(out, w, &facts, entry);
}

/* One event a line, behind a first line and with a comma at the end of each but the last. */
static void hand_out(const char *text, size_t size, bool (*each)(void *context, const char *event, size_t n), void *context)
{
    const char *end = text + size, *line = memchr(text, '\n', size);
    while (line && ++line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((stop ? stop : end) - line);
        if (*line != '{' || !each(context, line, n - (line[n - 1] == ',')))
            return;
        line = stop;
    }
}

/* The file may be large and is asked for often: it is mapped, and read no further than need be. */
bool hook_event_history(const struct world *w, bool (*each)(void *context, const char *event, size_t n), void *context)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct stat st;
    if (!w->lab)
        return false;
    int fd = open(arena_printf(&arena, "%s/account/event-history.json", w->lab), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool there = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= HISTORY_MAX;
    void *map = there ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (map == MAP_FAILED)
        return false;
    hand_out(map, (size_t)st.st_size, each, context);
    munmap(map, (size_t)st.st_size);
    return true;
}

/* CloudTrail has a new key every few years; ours holds for the century. */
json_t *hook_public_keys(const struct world *w)
{
    AUTO(str_drop) struct str der = {0}, value = {0};
    char fingerprint[33];
    struct err ignored = {0};
    (void)w;
    if (!digest_public_key(&der, fingerprint, &ignored))
        return NULL;
    str_add_base64(&value, str_text(&der), der.len);
    return json_pack("[{s:s, s:s, s:s, s:s}]", "Value", str_text(&value), "ValidityStartTime", "2020-01-01T00:00:00Z",
                     "ValidityEndTime", "2100-01-01T00:00:00Z", "Fingerprint", fingerprint);
}
