/* SPDX-License-Identifier: MIT */
/* The console's tables: whatever a row names is there. What pages do is tried in tests/real/console.sh. */
#include "sim/serve/console.h"

#include <CUnit/CUnit.h>
#include <string.h>

static bool is_template(const char *params)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    str_add(&text, params);
    for (size_t i = 0; i < text.len; i++)
        if (text.s[i] == '\'')
            text.s[i] = '"';
    json_auto_t *read = json_read(str_text(&text), text.len, &e);
    return json_is_object(read);
}

static bool is_operation(const char *op)
{
    return catalog_find(&lab_catalog, op, NULL) != NULL;
}

static void check_deeds(const char *const *names)
{
    for (; names && *names; names++) {
        const struct console_deed *deed = console_deed_find(*names);
        CU_ASSERT(deed && deed->steps[0].op);
        for (const struct console_step *step = deed ? deed->steps : NULL; step && step->op; step++)
            CU_ASSERT(is_operation(step->op) && is_template(step->params));
    }
}

static void check_columns(const struct console_column *c)
{
    for (; c->title; c++) {
        char page[64] = "";
        if (!c->page)
            continue;
        memcpy(page, c->page, strcspn(c->page, "?"));
        CU_ASSERT(console_page_find(page) != NULL || text_same(page, "object"));
    }
}

static void rows_name_what_is_there(void)
{
    CU_ASSERT(console_n_pages > 10);
    for (size_t i = 0; i < console_n_pages; i++) {
        const struct console_page *page = &console_page_list[i];
        CU_ASSERT_PTR_EQUAL(console_page_find(page->name), page);
        CU_ASSERT(page->parts[0].op != NULL);
        check_deeds(page->deeds);
        for (const struct console_part *part = page->parts; part->title; part++) {
            CU_ASSERT(!part->op || (is_operation(part->op) && is_template(part->params)));
            check_columns(part->columns);
            check_deeds(part->deeds);
        }
    }
}

static void cells_follow_paths(void)
{
    static const struct {
        const char *item, *path, *text;
    } rows[] = {
        {"{\"a\": {\"b\": \"x\"}}",                "a.b",   "x"      },
        {"{\"a\": [{\"b\": 1}, {\"b\": true}]}",   "a.*.b", "1, yes" },
        {"{\"a\": [[\"x\"], [], [\"y\", \"z\"]]}", "a.*.*", "x, y, z"},
        {"\"x\"",                                  "",      "x"      },
        {"{\"a\": 1}",                             "a.b.c", ""       },
        {"{\"a\": 1}",                             "*",     ""       },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str text = {0};
        json_auto_t *item = json_loads(rows[i].item, JSON_DECODE_ANY, NULL);
        console_add_cell(&text, item, rows[i].path);
        CU_ASSERT_STRING_EQUAL(str_text(&text), rows[i].text);
    }
}

CU_TestInfo serve_console_tests[] = {
    {"rows_name_what_is_there", rows_name_what_is_there},
    {"cells_follow_paths",      cells_follow_paths     },
    CU_TEST_INFO_NULL,
};
