/* SPDX-License-Identifier: MIT */
/* Bodies in AWS's own chunks: the first byte says of which kind. Nobody can sign one without the key. */
#include "sim/serve/chunked.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                                        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"};
    AUTO(arena_drop) struct arena arena = {0};
    const uint8_t key[32] = {1};
    struct chunked_body body;
    if (!size)
        return 0;
    const size_t kind = data[0] % COUNT(kinds);
    const struct signature claim = {.day = "20130524",
                                    .region = "us-east-1",
                                    .service = "s3",
                                    .stamp = "20130524T000000Z",
                                    .payload = kinds[kind],
                                    .hex = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"};
    enum chunked_fault fault = chunked_read(&(struct chunked){&claim, key}, (const char *)data + 1, size - 1, &arena, &body);
    if (fault == CHUNKED_GOOD && (kind != 0 || body.bytes.len > size))
        __builtin_trap();
    str_drop(&body.bytes);
    return 0;
}
