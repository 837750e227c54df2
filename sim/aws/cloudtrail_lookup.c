/* SPDX-License-Identifier: MIT */
/*
 * CloudTrail: LookupEvents, the event history. It holds 90 days of management events, trail or not, newest first; at most
 * one attribute to look for, and a page of 50. The forms of events come from the layers above (catalog, act.h).
 */
#include "sim/aws/cloudtrail.h"

#define DAYS_90_MS (90 * 86400000LL)
#define PAGE 50

/* ---- what is asked ---- */

struct lookup {
    const char *key, *value; /* NULL = any */
    int64_t from_ms, to_ms;  /* inclusive */
    int64_t most;
    const char *after; /* EventId of the last one of the page before; NULL = from the start */
};

static const char *const attributes[] = {"AccessKeyId", "EventId",      "EventName",    "EventSource",
                                         "ReadOnly",    "ResourceName", "ResourceType", "Username"};

static bool read_attribute(struct call *c, struct lookup *l)
{
    const json_t *list = json_object_get(c->params, "lookupAttributes"), *first = json_array_get(list, 0);
    const char *code = "InvalidLookupAttributesException", *key = json_str(first, "attributeKey");
    bool known = false;
    for (size_t i = 0; i < COUNT(attributes); i++)
        known |= text_same(attributes[i], key);
    if (json_array_size(list) > 1)
        call_fail(c, code, "Only one lookup attribute may be given");
    else if (first && !known)
        call_fail(c, code,
                  "Lookup attribute key %s is not one of AccessKeyId, EventId, EventName, EventSource, ReadOnly, "
                  "ResourceName, ResourceType, Username",
                  text_or(key, ""));
    else if (first && !json_str(first, "attributeValue"))
        call_fail(c, code, "Lookup attribute %s has no value", key);
    l->key = key;
    l->value = json_str(first, "attributeValue");
    return !c->failed;
}

/* In records times stand as "Oct 14, 2025, 1:00:00 PM". */
static bool read_time(struct call *c, json_t *logged, const char *param, int64_t *ms)
{
    const char *text = call_text(c, param);
    if (!text)
        return true;
    if (!time_parse(text, ms, NULL)) {
        call_fail(c, "InvalidTimeRangeException", "%s: \"%.40s\" is no time; expected ISO 8601", param, text);
        return false;
    }
    json_put(logged, param, date_log_comma(*ms));
    return true;
}

static bool read_range(struct call *c, struct lookup *l)
{
    json_t *logged = json_copy((json_t *)c->params);
    bool good = read_time(c, logged, "startTime", &l->from_ms) && read_time(c, logged, "endTime", &l->to_ms);
    if (json_object_size(logged))
        call_log_params(c, logged);
    else
        json_decref(logged);
    if (good && l->from_ms > l->to_ms)
        call_fail(c, "InvalidTimeRangeException", "The start time must not be after the end time");
    return !c->failed;
}

static bool read_lookup(struct call *c, struct lookup *l)
{
    *l = (struct lookup){.from_ms = c->now_ms - DAYS_90_MS, .to_ms = c->now_ms, .after = call_text(c, "nextToken")};
    l->most = call_int(c, "maxResults", PAGE);
    if (l->most < 1 || l->most > PAGE)
        call_fail(c, "InvalidMaxResultsException", "MaxResults must be between 1 and %d", PAGE);
    else if (call_text(c, "eventCategory") && !text_same(call_text(c, "eventCategory"), "insight"))
        call_fail(c, "InvalidEventCategoryException", "The event category must be insight, or be left out");
    if (c->failed || !read_attribute(c, l) || !read_range(c, l))
        return false;
    if (l->from_ms < c->now_ms - DAYS_90_MS)
        l->from_ms = c->now_ms - DAYS_90_MS;
    return true;
}

/* ---- the history ---- */

static bool in_history(const struct entry *entry)
{
    return !entry->silent && !entry->prelude && !entry->data_event && entry->event_id;
}

static int64_t time_of(const json_t *event)
{
    const json_t *time = json_object_get(event, "EventTime");
    int64_t ms = 0;
    if (json_is_number(time))
        return (int64_t)(json_number_value(time) * 1000);
    return json_is_string(time) && time_parse(json_string_value(time), &ms, NULL) ? ms : 0;
}

static bool has_resource(const json_t *event, const char *key, const char *value)
{
    const json_t *list = json_object_get(event, "Resources");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (text_same(json_str(json_array_get(list, i), key), value))
            return true;
    return false;
}

static bool passes(const struct lookup *l, const json_t *event)
{
    int64_t ms = time_of(event);
    if (ms < l->from_ms || ms > l->to_ms)
        return false;
    if (!l->key)
        return true;
    return text_starts(l->key, "Resource") ? has_resource(event, l->key, l->value)
                                           : text_same(json_str(event, l->key), l->value);
}

/* ---- the page ---- */

struct page {
    const struct lookup *lookup;
    struct str value; /* as it stands in JSON, with its quotes */
    json_t *events;
    bool found, more; /* found: the event that the page comes after */
};

/* What is cheap to see: most events are passed over without being read. */
static bool may_pass(const struct page *p, const char *event, size_t n)
{
    const char *record = memmem(event, n, "\"CloudTrailEvent\":", strlen("\"CloudTrailEvent\":"));
    size_t head = record ? (size_t)(record - event) : n;
    return !p->lookup->value || memmem(event, head, str_text(&p->value), p->value.len);
}

static bool is_event(const char *event, size_t n, const char *id)
{
    const char *begin = "{\"EventId\":\"";
    size_t k = strlen(begin), len = strlen(id);
    return n > k + len && !memcmp(event, begin, k) && !memcmp(event + k, id, len) && event[k + len] == '"';
}

static bool take_event(void *context, const char *event, size_t n)
{
    struct page *p = context;
    struct err ignored = {0};
    if (!p->found) {
        p->found = is_event(event, n, p->lookup->after);
        return true;
    }
    if (!may_pass(p, event, n))
        return true;
    json_auto_t *read = json_read(event, n, &ignored);
    if (!read || !passes(p->lookup, read))
        return true;
    p->more = (int64_t)json_array_size(p->events) == p->lookup->most;
    if (!p->more)
        json_array_append(p->events, read);
    return !p->more;
}

/* Without a history of the lab's own the journal is all there is; newest first. */
static bool look_through_journal(const struct call *c, struct page *p)
{
    const struct world *w = c->w;
    bool on = w->catalog->lookup_form != NULL;
    for (size_t i = w->journal.n; on && i-- > 0;) {
        AUTO(str_drop) struct str form = {0};
        if (!in_history(w->journal.list[i]) || w->journal.list[i] == c->entry) /* nor itself */
            continue;
        w->catalog->lookup_form(&form, w, w->journal.list[i]);
        on = take_event(p, str_text(&form), form.len);
    }
    return w->catalog->lookup_form != NULL;
}

static bool look_through(const struct call *c, struct page *p)
{
    const struct catalog *catalog = c->w->catalog;
    return (catalog->event_history && catalog->event_history(c->w, take_event, p)) || look_through_journal(c, p);
}

void ct_lookup_events(struct call *c)
{
    struct lookup l;
    if (!read_lookup(c, &l))
        return;
    bool insight = call_text(c, "eventCategory") != NULL; /* of which there are none */
    struct page p = {.lookup = &l, .events = json_array(), .found = !l.after};
    if (l.value)
        str_add_json(&p.value, l.value);
    if (!insight && !look_through(c, &p))
        call_fail(c, "UnsupportedOperationException", "event history is in the lab's account/event-history.json");
    else if (!insight && !p.found)
        call_fail(c, "InvalidNextTokenException", "Invalid nextToken");
    str_drop(&p.value);
    c->reply = wrapped("Events", p.events);
    if (p.more)
        json_put_text(c->reply, "NextToken", json_str(json_array_get(p.events, json_array_size(p.events) - 1), "EventId"));
}
