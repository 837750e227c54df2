/* SPDX-License-Identifier: MIT */
/* A command line typed on a server by its owner: whatever it says, it ends, within limits. */
#include "tests/unit/host_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool ready;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_drop) struct str line = {0};
    struct lab_server s;
    struct outcome out;

    if (size > 4096)
        return 0;
    if (!ready)
        json_begin();
    ready = true;
    for (size_t i = 0; i < size; i++) /* a JSON text */
        str_addc(&line, data[i] >= 32 && data[i] < 127 ? (char)data[i] : '\n');
    server_open(&s, NULL);
    if (!s.server)
        __builtin_trap();
    server_login(&s, "ec2-user", NULL);
    out = server_run(&s, str_text(&line));
    if (out.error_code || json_int_or(out.reply, "exitCode", -1) < 0)
        __builtin_trap();
    if (strlen(json_str_or(out.reply, "stdout", "")) > REPLY_MAX_BYTES)
        __builtin_trap();
    server_close(&s);
    return 0;
}
