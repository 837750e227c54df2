/* SPDX-License-Identifier: MIT */
/* What a request claims to be signed with: an Authorization header, then a blank line, then a query string. */
#include "sim/serve/sigv4.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_drop) struct arena arena = {0};
    char *text = arena_dupn(&arena, (const char *)data, size), *query = strchr(text, '\n');
    struct form_field headers[] = {
        {"host",          "h"               },
        {"x-amz-date",    "20150830T123600Z"},
        {"authorization", text              }
    };
    struct signed_request r = {"GET", "/", "", headers, 3, "00"};
    struct signature claimed;
    if (query) {
        *query = '\0';
        r.query = query + 1;
        r.n_headers = *text ? 3 : 2;
    }
    if (signature_read(&r, &arena, &claimed) == SIGNATURE_GOOD &&
        signature_check(&r, &claimed, "secret", claimed.time_ms, &arena) == SIGNATURE_GOOD)
        __builtin_trap(); /* nobody knows the secret */
    return 0;
}
