/* SPDX-License-Identifier: MIT */
/*
 * A scenario and files that it uses: the bytes are cut at lines "=== NAME"; what comes before the first is the scenario.
 * Whatever uses whatever, it ends, and every mistake is told in a file that there is.
 */
#include "sim/scenario/scenario.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct cut {
    const char *text;
    size_t len;
    unsigned reads; /* a file that is not read twice costs nothing the second time */
};

/* The part that begins behind the line "=== NAME". */
static bool find_part(const struct cut *c, const char *name, const char **part, size_t *len)
{
    AUTO(str_drop) struct str head = {0};
    const char *end = c->text + c->len;
    str_addf(&head, "\n=== %s\n", name);
    const char *at = memmem(c->text, c->len, head.s, head.len);
    if (!at)
        return false;
    *part = at + head.len;
    const char *next = memmem(*part, (size_t)(end - *part), "\n=== ", 5);
    *len = (size_t)((next ? next + 1 : end) - *part);
    return true;
}

static bool read_part(void *context, const char *home, const char *from, const char *name, struct str *path, struct str *text,
                      struct err *e)
{
    struct cut *c = context;
    const char *part;
    size_t len;
    if (!*home || !*from || strlen(name) > 100 || strstr(name, ".."))
        __builtin_trap(); /* a name that leads elsewhere must not come this far */
    if (++c->reads > 4096)
        __builtin_trap();
    if (!find_part(c, name, &part, &len))
        return err_set(e, "no part");
    str_addf(path, "%s.yaml", name);
    str_addn(text, part, len);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str said = {0}, copy = {0};
    str_addn(&copy, data, size);
    struct cut cut = {str_text(&copy), copy.len, 0};
    struct shelf shelf = {read_part, &cut};
    const char *first = memmem(cut.text, cut.len, "\n=== ", 5);
    size_t len = first ? (size_t)(first + 1 - cut.text) : cut.len;
    AUTO(scenario_free) struct scenario *s = scenario_read_from(&shelf, "fuzz.yaml", cut.text, len, &diags);

    diags_show(&diags, &said);
    if ((diags.n_errors > 0) != (said.len > 0) || (!s && diags.n_errors == 0))
        __builtin_trap();
    for (size_t i = 0; i < diags.n; i++)
        if (!diags.list[i].at.file || !text_ends(diags.list[i].at.file, ".yaml"))
            __builtin_trap();
    const struct used_file *used = s ? s->used.items : NULL;
    for (size_t i = 0; s && i < s->used.n; i++)
        if (strstr(used[i].as, "..") || used[i].as[0] == '/')
            __builtin_trap(); /* where a class would copy it to */
    return 0;
}
