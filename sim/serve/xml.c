/* SPDX-License-Identifier: MIT */
/*
 * The few XML bodies that S3 receives, as JSON documents: an element with elements in it is an object, a repeated one a
 * list, any other a text. Hostile bytes: no DTD (so no entities), and limits on depth and count.
 */
#include "sim/serve/wire.h"

#include <expat.h>
#include <string.h>

#define MAX_DEPTH 12
#define MAX_ELEMENTS 20000

struct reading {
    XML_Parser parser;
    json_t *open[MAX_DEPTH + 1]; /* open[0] holds the root element */
    char *names[MAX_DEPTH + 1];
    struct str text;
    size_t depth, count;
    const char *why;
};

static void stop(struct reading *r, const char *why)
{
    if (!r->why)
        r->why = why;
    XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL start_doctype(void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                                  int subset)
{
    (void)name, (void)system, (void)public, (void)subset;
    stop(context, "a document type is not allowed");
}

static void XMLCALL start_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    struct reading *r = context;
    const char *local = strchr(name, ':') ? strchr(name, ':') + 1 : name;
    if (r->depth == MAX_DEPTH || ++r->count > MAX_ELEMENTS) {
        stop(r, r->depth == MAX_DEPTH ? "nested too deep" : "too many elements");
        return;
    }
    r->depth++;
    r->names[r->depth] = xstrdup(local);
    r->open[r->depth] = json_object();
    str_clear(&r->text);
}

static void XMLCALL add_text(void *context, const XML_Char *s, int n)
{
    struct reading *r = context;
    str_addn(&r->text, s, (size_t)n);
}

/* A second element of the same name makes a list of both. */
static void put(json_t *object, const char *key, json_t *value)
{
    json_t *there = json_object_get(object, key);
    if (!there)
        json_object_set_new(object, key, value);
    else if (json_is_array(there))
        json_array_append_new(there, value);
    else
        json_object_set_new(object, key, json_pack("[O, o]", there, value));
}

static void XMLCALL end_element(void *context, const XML_Char *name)
{
    (void)name;
    struct reading *r = context;
    json_t *value = r->open[r->depth];
    if (!json_object_size(value)) {
        json_decref(value);
        value = json_clean(str_text(&r->text));
    }
    r->open[r->depth] = NULL;
    r->depth--;
    put(r->open[r->depth], r->names[r->depth + 1], value);
    free_text(&r->names[r->depth + 1]);
    str_clear(&r->text);
}

json_t *xml_read(const char *s, size_t n, struct arena *arena, const char **why)
{
    struct reading r = {.parser = XML_ParserCreate(NULL), .open = {json_object()}};
    XML_SetUserData(r.parser, &r);
    XML_SetStartDoctypeDeclHandler(r.parser, start_doctype);
    XML_SetElementHandler(r.parser, start_element, end_element);
    XML_SetCharacterDataHandler(r.parser, add_text);
    bool good = n <= XML_MAX_BYTES && XML_Parse(r.parser, s, (int)n, 1) == XML_STATUS_OK;
    *why = good ? NULL
                : arena_printf(arena, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(r.parser),
                               r.why               ? r.why
                               : n > XML_MAX_BYTES ? "too long"
                                                   : XML_ErrorString(XML_GetErrorCode(r.parser)));
    for (size_t i = 1; i <= MAX_DEPTH; i++) {
        json_decref(r.open[i]);
        free_text(&r.names[i]);
    }
    XML_ParserFree(r.parser);
    str_drop(&r.text);
    if (good)
        return r.open[0];
    json_decref(r.open[0]);
    return NULL;
}
