/* SPDX-License-Identifier: MIT */
/* Bodies of requests: the first byte says which reader gets the rest (a form, JSON, XML, an S3 target). */
#include "sim/serve/s3.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_form(struct arena *arena, const char *text, size_t n)
{
    struct form form;
    struct shape_fault fault;
    if (form_read(arena, text, n, true, &form))
        json_decref(shape_from_form(wire_shape_find("ec2:RunInstances")->asked, form.list, form.n, true, arena, &fault));
}

static void as_json(struct arena *arena, const char *text, size_t n)
{
    struct err e = {0};
    struct shape_fault fault;
    json_auto_t *body = json_read(text, n, &e);
    json_auto_t *asked =
        body ? shape_from_json(wire_shape_find("cloudtrail:PutEventSelectors")->asked, body, arena, &fault) : NULL;
    if (asked)
        json_decref(params_of(wire_service_find("cloudtrail"), "cloudtrail:PutEventSelectors", asked));
}

static void as_xml(struct arena *arena, const char *text, size_t n)
{
    const char *why;
    json_decref(xml_read(text, n, arena, &why));
}

static void as_target(struct arena *arena, const char *text, size_t n)
{
    struct http_request r = {.method = "GET", .path = arena_printf(arena, "/%s", arena_dupn(arena, text, n)), .query = ""};
    struct s3_asked asked;
    s3_read(&r, &asked);
    json_decref(asked.params);
    arena_drop(&r.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct arena *, const char *, size_t) = {as_form, as_json, as_xml, as_target};
    AUTO(arena_drop) struct arena arena = {0};
    if (size)
        readers[data[0] % COUNT(readers)](&arena, (const char *)data + 1, size - 1);
    return 0;
}
