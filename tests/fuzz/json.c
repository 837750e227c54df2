/* SPDX-License-Identifier: MIT */
/* Any bytes as a JSON document: what is read can be written, and reads the same again; what is read the fast way is what
 * jansson reads. */
#include "sim/base/base.h"
#include "sim/base/json_plain.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Equal, and in the same order. */
static void compare(const char *s, size_t n)
{
    AUTO(str_drop) struct str plain = {0}, jansson = {0};
    json_auto_t *value = json_read_plain(s, n), *other = NULL;
    if (!value)
        return;
    other = json_loadb(s, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (!json_equal(value, other))
        __builtin_trap();
    str_add_json_value(&plain, value);
    str_add_json_value(&jansson, other);
    if (!text_same(str_text(&plain), str_text(&jansson)))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    compare((const char *)data, size);
    AUTO(str_drop) struct str compact = {0}, pretty = {0};
    struct err e = {0};
    json_auto_t *value = json_read((const char *)data, size, &e);

    if (!value != e.set)
        __builtin_trap();
    if (!value)
        return 0;
    str_add_json_value(&compact, value);
    str_add_json_pretty(&pretty, value);
    json_auto_t *again = json_read(str_text(&compact), compact.len, &e);
    json_auto_t *once_more = json_read(str_text(&pretty), pretty.len, &e);
    if (!json_equal(value, again) || !json_equal(value, once_more))
        __builtin_trap();
    json_path(value, "a.0.b");
    json_int_or(value, "a", 0);
    json_bool_or(value, "a", false);
    return 0;
}
