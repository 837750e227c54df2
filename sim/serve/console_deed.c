/* SPDX-License-Identifier: MIT */
/* What the console does: parameters filled in, one operation, and the steps of a deed one after the other. */
#include "sim/athena/athena.h"
#include "sim/serve/console.h"

#include <stdlib.h>
#include <string.h>

#define MOST_EACH 1000 /* elements that one step is done for */

/* What CloudTrail's console writes behind "Create Athena table". */
static const char *table_statement(const struct visit *v)
{
    AUTO(str_drop) struct str out = {0};
    struct arena *arena = &v->r->arena;
    const char *bucket = form_get(&v->form, "Bucket");
    if (!bucket)
        return NULL;
    struct athena_logs logs = {.table = athena_table_name(arena, bucket),
                               .bucket = bucket,
                               .prefix = arena_printf(arena, "AWSLogs/%s/CloudTrail", v->account)};
    athena_add_ddl(&out, "athena", &logs);
    return arena_dup(arena, str_text(&out));
}

/* Of the form, or one of ours; NULL if absent. */
static const char *field_of(const struct visit *v, const char *name)
{
    const struct {
        const char *name, *value;
    } ours[] = {
        {"id",                           v->id},
        {          "account",                    v->account     },
        { "location", text_same(v->region,      "us-east-1") ? "" : v->region}, /* of that one there is nothing to be said */
    };
    for (size_t i = 0; i < COUNT(ours); i++)
        if (text_same(ours[i].name, name))
            return ours[i].value;
    return text_same(name, "table") ? table_statement(v) : form_get(&v->form, name);
}

/* ---- parameters ---- */

/* "..${name}.." with the names' values. */
static const char *expanded(const struct visit *v, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    for (const char *open; (open = strstr(text, "${")); text = strchr(open, '}') + 1) {
        const char *name = arena_dupn(&v->r->arena, open + 2, strcspn(open + 2, "}")), *value = field_of(v, name);
        str_addn(&out, text, (size_t)(open - text));
        str_add(&out, value ? value : "");
    }
    str_add(&out, text);
    return arena_dup(&v->r->arena, str_text(&out));
}

static json_t *number(const char *text)
{
    char *end;
    long long n = strtoll(text, &end, 10);
    return *text && !*end ? json_integer(n) : json_clean(text); /* the operation says what it thinks of such a number */
}

/* One text of the template; NULL = it is left out. */
static json_t *filled_text(const struct visit *v, const char *text, const json_t *about)
{
    if (text_starts(text, "$.")) {
        const json_t *found = text[2] ? json_path(about, text + 2) : about;
        return found ? json_deep_copy(found) : NULL;
    }
    if ((*text != '$' && *text != '#') || text[1] == '{')
        return json_clean(expanded(v, text));
    const char *value = field_of(v, text + 1);
    if (!value || !*value)
        return NULL;
    return *text == '#' ? number(value) : json_clean(value);
}

static json_t *filled(const struct visit *v, const json_t *template, const json_t *about);

static json_t *filled_list(const struct visit *v, const json_t *template, const json_t *about)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(template); i++) {
        json_t *item = filled(v, json_array_get(template, i), about);
        if (item)
            json_array_append_new(list, item);
    }
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}

/* {"$json": document}: what the API takes as a text. */
static json_t *as_text(json_t *object)
{
    AUTO(str_drop) struct str text = {0};
    str_add_json_value(&text, json_object_get(object, "$json"));
    json_decref(object);
    return json_clean(str_text(&text));
}

static json_t *filled_object(const struct visit *v, const json_t *template, const json_t *about)
{
    json_t *object = json_object(), *member, *document = json_object_get(template, "$json");
    const char *key;
    json_object_foreach((json_t *)template, key, member)
    {
        json_t *value = filled(v, member, about);
        if (value)
            json_put(object, key, value);
    }
    if (json_object_size(object))
        return document ? as_text(object) : object;
    json_decref(object);
    return NULL;
}

static json_t *filled(const struct visit *v, const json_t *template, const json_t *about)
{
    if (json_is_string(template))
        return filled_text(v, json_string_value(template), about);
    if (json_is_array(template))
        return filled_list(v, template, about);
    if (json_is_object(template))
        return filled_object(v, template, about);
    return json_deep_copy(template);
}

/* The tables are ours: a template that is no JSON is a bug. */
static json_t *params_from(const struct visit *v, const char *template, const json_t *about)
{
    struct err e = {0};
    char *text = arena_dup(&v->r->arena, template);
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_auto_t *read = json_read(text, strlen(text), &e);
    if (!read)
        abort();
    json_t *params = filled(v, read, about);
    return params ? params : json_object();
}

/* ---- one operation ---- */

void console_answer_drop(struct console_answer *a)
{
    json_decref(a->reply);
    a->reply = NULL;
}

/* Back ends of the console name themselves; those that do not pass the browser's name on (genuine records, sim/aws). */
static const char *agent_of(const struct visit *v, const char *op)
{
    const struct service *service = NULL;
    const char *browser = http_header(v->r, "user-agent");
    if (catalog_find(&lab_catalog, op, &service) && service->console_agent)
        return service->console_agent;
    return browser ? browser : "-";
}

bool console_act(const struct visit *v, const char *op, const char *params, const json_t *about, struct console_answer *out)
{
    struct err e = {0};
    struct live_answer answer = {0};
    const char *name = arena_dupn(&v->r->arena, op, strcspn(op, ":"));
    const struct wire_service *service = wire_service_find(name);
    json_auto_t *asked = params_from(v, params, about);
    json_auto_t *given = service->protocol == PROTOCOL_S3 ? json_incref(asked) : params_of(service, op, asked);
    struct action action = {
        .time_ms = clock_now_ms(),
        .who = v->user.who,
        .from = {live_student_ip(v->live, &v->r->arena), agent_of(v, op), false},
        .op = op,
        .region = v->region,
        .params = given,
    };
    *out = (struct console_answer){0};
    if (!live_act(v->live, &action, &v->r->arena, &answer, &e)) {
        fprintf(stderr, "cafelab: %s\n", e.msg);
        *out = (struct console_answer){NULL, "InternalFailure", "The lab could not write its journal."};
        return false;
    }
    *out = (struct console_answer){answer.reply, answer.error_code, answer.error_message};
    return !answer.error_code;
}

/* ---- deeds ---- */

struct doing {
    const struct visit *v;
    struct console_answer last; /* of the step before */
    const char **says;
};

static bool one(struct doing *d, const struct console_step *step, const json_t *about, struct console_answer *out)
{
    if (console_act(d->v, step->op, step->params, about, out))
        return true;
    if (text_same(out->code, step->tolerates))
        return true;
    *d->says = arena_printf(&d->v->r->arena, "%s: %s: %s", step->op, out->code, out->says ? out->says : "");
    return false;
}

static bool for_each(struct doing *d, const struct console_step *step)
{
    const json_t *list = json_path(d->last.reply, step->each);
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(list) && i < MOST_EACH; i++) {
        struct console_answer answer;
        good = one(d, step, json_array_get(list, i), &answer);
        console_answer_drop(&answer);
    }
    return good;
}

static bool once(struct doing *d, const struct console_step *step)
{
    struct console_answer answer;
    bool good = one(d, step, d->last.reply, &answer);
    console_answer_drop(&d->last);
    d->last = answer;
    return good;
}

/* "query/$.QueryExecutionId": the page, and what it is about. */
static const char *place_led_to(struct doing *d, const char *leads)
{
    const char *dot = leads ? strstr(leads, "/$.") : NULL;
    struct arena *arena = &d->v->r->arena;
    if (!dot)
        return leads;
    const json_t *id = json_path(d->last.reply, dot + 3);
    return arena_printf(arena, "%.*s/%s", (int)(dot - leads), leads, json_is_string(id) ? json_string_value(id) : "");
}

bool console_do(const struct visit *v, const struct console_deed *deed, const char **says, const char **leads)
{
    struct doing d = {.v = v, .says = says};
    bool good = true;
    for (const struct console_step *step = deed->steps; good && step->op; step++)
        good = step->each ? for_each(&d, step) : once(&d, step);
    if (good)
        *leads = place_led_to(&d, deed->leads);
    console_answer_drop(&d.last);
    return good;
}
