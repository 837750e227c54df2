/* SPDX-License-Identifier: MIT */
/* cafelab schema: the scenario language for editors. */
#include "grader/schema/schema.h"
#include "sim/cli/cli.h"

static int run(const struct request *r)
{
    json_auto_t *schema = request_has(r, "library") ? schema_library_json() : schema_json();
    print_json(schema);
    return EXIT_GOOD;
}

const struct command command_schema = {
    .name = "schema",
    .synopsis = "",
    .says = "print the scenario language as a JSON Schema",
    .more = "For editors that complete and explain keys by it: write it to a file, and name that in the first line of a\n"
            "scenario: # yaml-language-server: $schema=cafelab.schema.json\n"
            "What needs more than one key to be seen is told by `cafelab lint` alone.",
    .least = 0,
    .most = 0,
    .run = run,
    .options = {{"library", 0, NULL, "of library files, which scenarios use"}},
};
