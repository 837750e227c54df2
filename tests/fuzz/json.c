/* SPDX-License-Identifier: MIT */
/* Any bytes as a JSON document: what is read can be written, and reads the same again. */
#include "sim/base/base.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
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
