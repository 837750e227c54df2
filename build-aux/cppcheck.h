/* SPDX-License-Identifier: MIT */
/* What cppcheck has to know of jansson.h, which it does not read. */
#define json_array_foreach(array, index, value) for (index = 0; (value = json_array_get(array, index)); index++)
