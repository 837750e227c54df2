/* SPDX-License-Identifier: MIT */
/* Writes docs/reference from the tables: reference FOLDER. `make reference` runs it; the unit test grader_reference compares.
 */
#include "grader/schema/schema.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    bool good = argc == 2 && dir_make(argv[1], &e);
    for (size_t i = 0; good && i < n_reference_pages; i++) {
        AUTO(str_drop) struct str text = {0};
        reference_pages[i].write(&text);
        good = file_write(arena_printf(&arena, "%s/%s", argv[1], reference_pages[i].file), str_text(&text), text.len, 0644, &e);
    }
    if (!good)
        fprintf(stderr, "reference: %s\n", e.set ? e.msg : "expected a folder");
    return !good;
}
