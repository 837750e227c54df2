/* SPDX-License-Identifier: MIT */
/* cafelab version. */
#include "sim/cli/cli.h"

static int run(const struct request *r)
{
    if (request_has(r, "json")) {
        json_auto_t *version = json_object();
        json_put_text(version, "version", CAFELAB_VERSION);
        print_json(version);
    } else
        printf("cafelab %s\n", CAFELAB_VERSION);
    return EXIT_GOOD;
}

const struct command command_version = {
    .name = "version",
    .synopsis = "",
    .says = "the version of this program",
    .run = run,
    .options = {OPTION_JSON},
};
