/* SPDX-License-Identifier: MIT */
/* What operations need of the layers above the services: event history, the digests' public key. Athena's are in queries.c. */
#include "sim/lab/hooks.h"

#include "sim/evidence/evidence.h"

#include <stdlib.h>
#include <string.h>

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

json_t *hook_event_history(const struct world *w)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    if (!w->lab || !file_read(arena_printf(&arena, "%s/account/event-history.json", w->lab), HISTORY_MAX, &text, &ignored))
        return NULL;
    json_auto_t *history = json_read(str_text(&text), text.len, &ignored);
    return json_incref(json_object_get(history, "Events"));
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
