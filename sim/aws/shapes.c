/* SPDX-License-Identifier: MIT */
/* Shapes that many operations share. Sources: genuine CloudTrail logs for responseElements, the API references for replies. */
#include "sim/aws/shapes.h"

#include <stdlib.h>

json_t *date_iso(int64_t ms)
{
    AUTO(str_drop) struct str text = {0};
    str_add_time(&text, ms, TIME_ISO);
    return json_string(str_text(&text));
}

static json_t *date_with(int64_t ms, const char *after_year)
{
    AUTO(str_drop) struct str text = {0};
    struct civil t = civil_from_ms(ms);
    str_add_time(&text, ms, "%b ");
    str_addf(&text, "%d, %d%s %d:%02d:%02d %s", t.day, t.year, after_year, t.hour % 12 ? t.hour % 12 : 12, t.minute, t.second,
             t.hour < 12 ? "AM" : "PM");
    return json_string(str_text(&text));
}

json_t *date_log(int64_t ms)
{
    return date_with(ms, "");
}

json_t *date_log_comma(int64_t ms)
{
    return date_with(ms, ",");
}

json_t *wrapped(const char *key, json_t *value)
{
    json_t *object = json_object();
    json_put(object, key, value);
    return object;
}

json_t *items(json_t *list)
{
    if (json_array_size(list))
        return wrapped("items", list);
    json_decref(list);
    return json_object();
}

json_t *text_list(const char *const *list, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_clean(list[i]));
    return array;
}

json_t *tags_reply(const struct tag *tag)
{
    json_t *list = json_array();
    for (; tag; tag = tag->next) {
        json_t *item = json_object();
        json_put_text(item, "Key", tag->key);
        json_put_text(item, "Value", tag->value);
        json_array_append_new(list, item);
    }
    return list;
}

static const char *either(const json_t *object, const char *a, const char *b)
{
    const char *s = json_str(object, a);
    return s ? s : json_str(object, b);
}

struct tag *tags_read(struct call *c, const json_t *list)
{
    struct tag *head = NULL;
    if (json_is_object(list))
        list = json_object_get(list, "items");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        struct tag *tag = arena_alloc(c->arena, sizeof(*tag));
        tag->key = kept(c, text_or(either(item, "key", "Key"), ""));
        tag->value = kept(c, text_or(either(item, "value", "Value"), ""));
        list_append(&head, tag);
    }
    return head;
}

void tag_drop(struct tag **tags, const char *key)
{
    struct tag *tag = *tags;
    while (tag && !text_same(tag->key, key))
        tag = tag->next;
    if (tag)
        list_remove(tags, tag);
}

void tags_add(struct tag **tags, struct tag *given)
{
    for (struct tag *next; given; given = next) {
        next = given->next;
        given->next = NULL;
        tag_drop(tags, given->key);
        list_append(tags, given);
    }
}

const char *kept(struct call *c, const char *s)
{
    return arena_dup(c->arena, s);
}

const char *text_or(const char *s, const char *otherwise)
{
    return s ? s : otherwise;
}

json_t *document_given(const struct call *c, const char *param)
{
    json_t *given = json_object_get(c->params, param);
    if (json_is_string(given))
        return json_read(json_string_value(given), json_string_length(given), NULL);
    return json_is_object(given) ? json_deep_copy(given) : NULL;
}

void log_document_as_text(struct call *c, const char *param)
{
    const json_t *given = json_object_get(c->params, param);
    if (!json_is_object(given))
        return;
    AUTO(str_drop) struct str text = {0};
    str_add_json_value(&text, given);
    json_t *params = json_copy((json_t *)c->params);
    json_put_text(params, param, str_text(&text));
    call_log_params(c, params);
}

/* ---- what is where the call is ---- */

struct instance *instance_here(const struct call *c, const char *id)
{
    struct instance *i = find_instance(c->w, id);
    return i && instance_in(i, c->entry->region) ? i : NULL;
}

struct network network_here(const struct call *c)
{
    return network_in(c->w, c->entry->region);
}

const char *instance_profile_arn(const struct call *c, const char *name)
{
    return arena_printf(c->arena, "arn:aws:iam::%s:instance-profile/%s", c->w->account.id, name);
}

/* ---- lists ---- */

/* Where a page begins. Tokens are what was handed out: numbers; what is none is refused in the service's words. */
static bool page_from(struct call *c, const char *token, size_t n, size_t *from)
{
    static const struct {
        const char *service, *code, *says;
    } words[] = {
        {"athena",     "InvalidRequestException",   "Invalid NextToken"                                        },
        {"cloudtrail", "InvalidNextTokenException", "The next token is not valid"                              },
        {"cloudwatch", "InvalidParameterValue",     "Request parameter NextToken is invalid"                   },
        {"ec2",        "InvalidNextToken",          "The specified NextToken is not valid."                    },
        {"iam",        "ValidationError",           "Invalid Marker."                                          },
        {"kms",        "InvalidMarkerException",    "The request was rejected because the marker is not valid."},
        {"ssm",        "InvalidNextToken",          "The specified token is not valid."                        },
    };
    char *end = NULL;
    *from = token ? (size_t)strtoul(token, &end, 10) : 0;
    bool good = !token || (*token >= '0' && *token <= '9' && !*end);
    *from = good && *from < n ? *from : n; /* what was listed may have gone meanwhile */
    if (good)
        return true;
    for (size_t i = 0; i < COUNT(words); i++)
        if (text_same(words[i].service, c->service->name))
            call_fail(c, words[i].code, "%s", words[i].says);
    return !c->failed;
}

/* EC2 wants five at least. */
static bool page_of(struct call *c, const char *most_param, int64_t asked)
{
    if (asked >= 5 || !text_same(c->service->name, "ec2") || !most_param || !json_object_get(c->params, most_param))
        return true;
    call_fail(c, "InvalidParameterValue",
              "Value ( %lld ) for parameter maxResults is invalid. Expecting a value greater than 5.", (long long)asked);
    return false;
}

void reply_page(struct call *c, const char *list_key, json_t *list, int64_t most)
{
    static const struct paging usual = {"maxResults", "nextToken", "NextToken", NULL};
    reply_page_by(c, &usual, list_key, list, most);
}

void reply_page_by(struct call *c, const struct paging *by, const char *list_key, json_t *list, int64_t most)
{
    int64_t asked = by->most_param ? call_int(c, by->most_param, most) : most;
    size_t from = 0, n = json_array_size(list);
    if (!page_from(c, call_text(c, by->marker_param), n, &from) || !page_of(c, by->most_param, asked))
        return json_decref(list);
    size_t to = asked > 0 && asked < most ? from + (size_t)asked : from + (size_t)most;
    json_t *page = json_array();
    for (size_t i = from; i < n && i < to; i++)
        json_array_append(page, json_array_get(list, i));
    json_decref(list);
    c->reply = wrapped(list_key, page);
    if (by->truncated_key)
        json_put(c->reply, by->truncated_key, json_boolean(to < n));
    if (to < n)
        json_put(c->reply, by->marker_key, json_textf("%zu", to));
}

/* ---- EC2's filters and sets ---- */

static const json_t *filter_list(const struct call *c)
{
    return json_path(c->params, "filterSet.items");
}

bool filters_known(struct call *c, const char *const *known)
{
    for (size_t i = 0; i < json_array_size(filter_list(c)); i++) {
        const char *name = json_str_or(json_array_get(filter_list(c), i), "name", "");
        const char *const *k = known;
        while (*k && !text_glob(*k, name))
            k++;
        if (!*k) {
            call_fail(c, "InvalidParameterValue", "The filter '%s' is invalid", name);
            return false;
        }
    }
    return true;
}

static bool one_filter(const json_t *filter, const struct filter_value *values, size_t n)
{
    const char *name = json_str_or(filter, "name", "");
    const json_t *wanted = json_path(filter, "valueSet.items");
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; text_same(values[i].name, name) && values[i].value && j < json_array_size(wanted); j++)
            if (text_glob(json_str_or(json_array_get(wanted, j), "value", ""), values[i].value))
                return true;
    return false;
}

bool filters_pass(const struct call *c, const struct filter_value *values, size_t n)
{
    for (size_t i = 0; i < json_array_size(filter_list(c)); i++)
        if (!one_filter(json_array_get(filter_list(c), i), values, n))
            return false;
    return true;
}

json_t *asked_ids(const struct call *c, const char *set, const char *member)
{
    const json_t *list = json_object_get(json_object_get(c->params, set), "items");
    if (!json_array_size(list))
        return NULL;
    json_t *ids = json_array();
    for (size_t i = 0; i < json_array_size(list); i++)
        json_array_append_new(ids, json_clean(json_str_or(json_array_get(list, i), member, "")));
    return ids;
}
