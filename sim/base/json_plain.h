/* SPDX-License-Identifier: MIT */
/* Private to json.c and its fuzz target: the fast way of json_read. */
#pragma once

#include <jansson.h>
#include <stddef.h>

/* A new reference; NULL: it is not as plain as that, or no JSON, or nested deeper than JSON_MAX_DEPTH. */
json_t *json_read_plain(const char *s, size_t n);
