/* SPDX-License-Identifier: MIT */
/* What operations need of the layers above the services: event history, the digests' public key, Athena's engine. */
#include "sim/lab/hooks.h"

#include "sim/athena/athena.h"
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

/* ---- Athena ---- */

static json_t *result_json(const struct athena_result *r)
{
    json_t *columns = json_array(), *rows = json_array();
    for (size_t i = 0; i < r->n_columns; i++)
        json_array_append_new(columns, json_pack("{s:s, s:s}", "Name", r->columns[i].name, "Type", r->columns[i].type));
    for (size_t i = 0; i < r->n_rows; i++) {
        json_t *row = json_array();
        for (size_t k = 0; k < r->n_columns; k++) {
            const char *cell = r->cells[i * r->n_columns + k];
            json_array_append_new(row, cell ? json_clean(cell) : json_null());
        }
        json_array_append_new(rows, row);
    }
    return json_pack("{s:o, s:o, s:s, s:I}", "columns", columns, "rows", rows, "statementType",
                     r->statement ? r->statement : "DML", "milliseconds", (json_int_t)(r->time_us / 1000));
}

bool hook_run_sql(const struct world *w, const char *sql, json_t **ret, struct err *e)
{
    AUTO(str_drop) struct str warnings = {0};
    struct athena_result result = {0};
    if (!w->lab) { /* a replay: nobody reads the result */
        *ret = result_json(&result);
        return true;
    }
    struct athena *athena = athena_open(&(struct athena_options){.lab = w->lab, .now_ms = w->now_ms}, &warnings, e);
    bool good = athena && athena_query(athena, sql, &result, e);
    if (good)
        *ret = result_json(&result);
    athena_result_drop(&result);
    athena_close(athena);
    return good;
}
