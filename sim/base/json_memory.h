/* SPDX-License-Identifier: MIT */
/* Private to sim/base: memory for jansson. Blocks of malloc's, of which each thread keeps some for the next document. */
#pragma once

#include <stddef.h>

void *json_memory_take(size_t size); /* never NULL */
void json_memory_give(void *);
void json_memory_drop(void); /* what this thread keeps goes back to malloc */
