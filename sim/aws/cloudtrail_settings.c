/* SPDX-License-Identifier: MIT */
/* CloudTrail: what trails there are and how they are set: descriptions, status, event selectors, tags, public keys. */
#include "sim/aws/cloudtrail.h"

/* ---- descriptions ---- */

static json_t *description(const struct trail *trail)
{
    json_t *j = json_object();
    json_put_text(j, "Name", trail->name);
    json_put_text(j, "S3BucketName", trail->bucket);
    if (*trail->prefix)
        json_put_text(j, "S3KeyPrefix", trail->prefix);
    json_put(j, "IncludeGlobalServiceEvents", json_boolean(trail->global_events));
    json_put(j, "IsMultiRegionTrail", json_boolean(trail->multi_region));
    json_put_text(j, "HomeRegion", trail->home_region);
    json_put_text(j, "TrailARN", trail->arn);
    json_put(j, "LogFileValidationEnabled", json_boolean(trail->validation));
    json_put_text(j, "KmsKeyId", trail->key ? trail->key->arn : NULL);
    json_put(j, "HasCustomEventSelectors", json_boolean(trail->selectors != NULL));
    json_put(j, "HasInsightSelectors", json_false());
    json_put(j, "IsOrganizationTrail", json_false());
    return j;
}

static bool named(const json_t *names, const struct trail *trail)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (text_same(name, trail->name) || text_same(name, trail->arn))
            return true;
    }
    return !json_array_size(names);
}

/* Unknown names are passed over. A multi-region trail has a shadow in every other region. */
void ct_describe_trails(struct call *c)
{
    const json_t *names = json_object_get(c->params, "trailNameList");
    bool shadows = call_bool(c, "includeShadowTrails", true);
    json_t *list = json_array();
    for (const struct trail *trail = c->w->account.trails; trail; trail = trail->next)
        if (named(names, trail) && (text_same(trail->home_region, c->entry->region) || (shadows && trail->multi_region)))
            json_array_append_new(list, description(trail));
    c->reply = wrapped("trailList", list);
}

void ct_get_trail(struct call *c)
{
    struct trail *trail = ct_trail(c, "name");
    if (trail)
        c->reply = wrapped("Trail", description(trail));
}

void ct_list_trails(struct call *c)
{
    json_t *list = json_array();
    for (const struct trail *trail = c->w->account.trails; trail; trail = trail->next)
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "TrailARN", trail->arn, "Name", trail->name, "HomeRegion", trail->home_region));
    reply_page(c, "Trails", list, 1000);
}

#define MARK_MS (5 * 60000LL)  /* log files come on five-minute marks */
#define HOUR_MS (60 * 60000LL) /* digests every hour, a little after it */

/* The last mark before `ms` that the trail has seen since it was started, or 0. */
static int64_t last_mark(const struct trail *trail, int64_t ms, int64_t step)
{
    int64_t mark = ms / step * step;
    return trail->started_ms && mark > trail->started_ms ? mark : 0;
}

static void put_time(json_t *j, const char *key, const char *attempt_key, int64_t ms)
{
    if (!ms)
        return;
    json_put(j, key, date_iso(ms));
    if (!attempt_key)
        return;
    json_t *text = date_iso(ms);
    json_put(j, attempt_key, text);
}

/* When the newest file of a kind was delivered; digests carry the trail's name. Where the files are not known (a static lab's
 * are all there) they came on their marks. */
static int64_t last_delivery(struct call *c, const struct trail *trail, bool digest)
{
    const struct bucket *bucket = find_bucket(c->w, trail->bucket);
    const char *folder = digest ? "/CloudTrail-Digest/" : "/CloudTrail/";
    const char *name = digest ? arena_printf(c->arena, "_%s_", trail->name) : "";
    int64_t newest = 0, until = trail->logging ? c->now_ms : trail->stopped_ms + MARK_MS;
    if (!c->w->deliveries_known)
        return last_mark(trail, until < c->now_ms ? until : c->now_ms, digest ? HOUR_MS : MARK_MS);
    for (const struct object *object = bucket ? bucket->objects : NULL; object; object = object->next)
        if (object->delivered && text_starts(object->key, trail->prefix) && strstr(object->key, folder) &&
            strstr(object->key, name) && object->modified_ms > newest)
            newest = object->modified_ms;
    return newest;
}

/* Times that never were are left out. */
void ct_get_trail_status(struct call *c)
{
    struct trail *trail = ct_trail(c, "name");
    if (!trail)
        return;
    c->reply = wrapped("IsLogging", json_boolean(trail->logging));
    put_time(c->reply, "LatestDeliveryTime", "LatestDeliveryAttemptTime", last_delivery(c, trail, false));
    put_time(c->reply, "StartLoggingTime", "TimeLoggingStarted", trail->started_ms);
    put_time(c->reply, "StopLoggingTime", "TimeLoggingStopped", trail->stopped_ms);
    if (trail->validation)
        put_time(c->reply, "LatestDigestDeliveryTime", NULL, last_delivery(c, trail, true));
}

/* ---- event selectors ---- */

static const char *const data_types[] = {"AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"};

static bool known(const char *const *list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(list[i], text))
            return true;
    return false;
}

static const char *selector_fault(const json_t *selector)
{
    static const char *const kinds[] = {"All", "ReadOnly", "WriteOnly"};
    const json_t *resources = json_object_get(selector, "dataResources");
    if (!known(kinds, COUNT(kinds), json_str_or(selector, "readWriteType", "All")))
        return "readWriteType must be one of All, ReadOnly, WriteOnly";
    for (size_t i = 0; i < json_array_size(resources); i++)
        if (!known(data_types, COUNT(data_types), json_str(json_array_get(resources, i), "type")))
            return "a data resource's type must be one of AWS::S3::Object, AWS::Lambda::Function, AWS::DynamoDB::Table";
    return NULL;
}

/* Every selector with all its members, in the order of records. */
static json_t *complete_selector(const json_t *given)
{
    static const char *const lists[] = {"dataResources", "excludeManagementEventSources"};
    json_t *j = json_object();
    json_put_text(j, "readWriteType", json_str_or(given, "readWriteType", "All"));
    json_put(j, "includeManagementEvents", json_boolean(json_bool_or(given, "includeManagementEvents", true)));
    for (size_t i = 0; i < COUNT(lists); i++) {
        json_t *list = json_object_get(given, lists[i]);
        json_put(j, lists[i], list ? json_deep_copy(list) : json_array());
    }
    return j;
}

static json_t *resources_reply(const json_t *resources)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const json_t *one = json_array_get(resources, i);
        json_t *values = json_object_get(one, "values");
        json_array_append_new(list, json_pack("{s:s, s:o}", "Type", json_str_or(one, "type", ""), "Values",
                                              values ? json_deep_copy(values) : json_array()));
    }
    return list;
}

static json_t *selectors_reply(const struct trail *trail)
{
    json_t *list = json_array();
    size_t n = trail->selectors ? json_array_size(trail->selectors) : 1;
    for (size_t i = 0; i < n; i++) {
        json_t *selector = complete_selector(json_array_get(trail->selectors, i));
        json_t *j = json_object();
        json_put_text(j, "ReadWriteType", json_str(selector, "readWriteType"));
        json_put(j, "IncludeManagementEvents", json_incref(json_object_get(selector, "includeManagementEvents")));
        json_put(j, "DataResources", resources_reply(json_object_get(selector, "dataResources")));
        json_put(j, "ExcludeManagementEventSources", json_incref(json_object_get(selector, "excludeManagementEventSources")));
        json_array_append_new(list, j);
        json_decref(selector);
    }
    return json_pack("{s:s, s:o}", "TrailARN", trail->arn, "EventSelectors", list);
}

void ct_get_event_selectors(struct call *c)
{
    struct trail *trail = ct_trail(c, "trailName");
    if (trail)
        c->reply = selectors_reply(trail);
}

void ct_put_event_selectors(struct call *c)
{
    struct trail *trail = ct_own_trail(c, "trailName");
    const json_t *given = json_object_get(c->params, "eventSelectors");
    if (!trail)
        return;
    if (!json_array_size(given) || json_array_size(given) > 5)
        return call_fail(c, "InvalidEventSelectorsException", "A trail must have 1 to 5 event selectors");
    json_t *list = world_keep(c->w, json_array());
    for (size_t i = 0; i < json_array_size(given); i++) {
        const char *fault = selector_fault(json_array_get(given, i));
        if (fault)
            return call_fail(c, "InvalidEventSelectorsException", "%s", fault);
        json_array_append_new(list, complete_selector(json_array_get(given, i)));
    }
    trail->selectors = list;
    ct_new_span(c, trail);
    call_log_params(c, json_pack("{s:s, s:o}", "trailName", call_text(c, "trailName"), "eventSelectors", json_deep_copy(list)));
    call_log_response(c, json_pack("{s:s, s:o}", "trailARN", trail->arn, "eventSelectors", json_deep_copy(list)));
    c->reply = selectors_reply(trail);
}

/* ---- tags ---- */

static struct trail *tagged(struct call *c, const char *arn)
{
    struct trail *trail = text_starts(arn, "arn:") ? find_trail(c->w, arn) : NULL;
    if (!text_starts(arn, "arn:aws:cloudtrail:"))
        call_fail(c, "CloudTrailARNInvalidException", "Trail ARN %s is not valid", arn);
    else if (!trail)
        call_fail(c, "ResourceNotFoundException", "Resource not found: %s", arn);
    return trail;
}

void ct_add_tags(struct call *c)
{
    struct trail *trail = tagged(c, call_text(c, "resourceId"));
    if (trail)
        tags_add(&trail->tags, tags_read(c, json_object_get(c->params, "tagsList")));
}

void ct_remove_tags(struct call *c)
{
    struct trail *trail = tagged(c, call_text(c, "resourceId"));
    const struct tag *given = trail ? tags_read(c, json_object_get(c->params, "tagsList")) : NULL;
    for (; given; given = given->next)
        tag_drop(&trail->tags, given->key);
}

void ct_list_tags(struct call *c)
{
    const json_t *ids = json_object_get(c->params, "resourceIdList");
    json_t *list = world_keep(c->w, json_array());
    for (size_t i = 0; i < json_array_size(ids) && !c->failed; i++) {
        const char *arn = text_or(json_string_value(json_array_get(ids, i)), "");
        const struct trail *trail = tagged(c, arn);
        if (trail)
            json_array_append_new(list, json_pack("{s:s, s:o}", "ResourceId", trail->arn, "TagsList", tags_reply(trail->tags)));
    }
    c->reply = c->failed ? NULL : wrapped("ResourceTagList", json_incref(list));
}

/* ---- public keys: the pair belongs to whoever writes the digests ---- */

void ct_list_public_keys(struct call *c)
{
    const char *from = call_text(c, "startTime"), *to = call_text(c, "endTime");
    int64_t from_ms = 0, to_ms = INT64_MAX;
    if ((from && !time_parse(from, &from_ms, NULL)) || (to && !time_parse(to, &to_ms, NULL)) || from_ms > to_ms)
        return call_fail(c, "InvalidTimeRangeException", "The start time must not be after the end time");
    json_t *(*keys)(const struct world *) = c->w->catalog->public_keys;
    json_t *list = keys ? keys(c->w) : NULL;
    if (list)
        c->reply = wrapped("PublicKeyList", list);
    else
        call_fail(c, "UnsupportedOperationException", "the public key of the digests is in the lab's folder .cafelab");
}
