/* SPDX-License-Identifier: MIT */
/* What cppcheck has to know of the Makefile, and of jansson.h, which it does not read. */
#define CAFELAB_VERSION ""
#define json_array_foreach(array, index, value) for (index = 0; (value = json_array_get(array, index)); index++)
#define json_object_foreach(object, key, value)                                                                                \
    for (key = json_object_iter_key(json_object_iter(object)); key && (value = json_object_get(object, key));                  \
         key = json_object_iter_key(json_object_iter_next(object, json_object_key_to_iter(key))))
