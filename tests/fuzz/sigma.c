/* SPDX-License-Identifier: MIT */
/* A detection rule, and behind a line of dashes the log that it is run over: any bytes as both. */
#include "sim/sigma/sigma.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char some_records[] = "{\"Records\":[{\"eventID\":\"a\",\"eventName\":\"ConsoleLogin\",\"sourceIPAddress\":"
                                   "\"192.0.2.7\",\"requestParameters\":{\"x\":[1,{\"y\":null}]}}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char line[] = "\n----\n";
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(sigma_log_free) struct sigma_log *log = sigma_log_new();
    struct err e = {0};
    const char *text = (const char *)data, *behind = size ? memmem(text, size, line, strlen(line)) : NULL;
    size_t n = behind ? (size_t)(behind - text) : size;
    if (!sigma_log_add(log, "fixed", some_records, strlen(some_records), &e))
        abort();
    if (behind && sigma_log_add(log, "fuzzed", behind + strlen(line), size - n - strlen(line), &e) == e.set)
        abort();
    AUTO(sigma_free) struct sigma_rule *rule = sigma_read(text, n, &diags);
    if (!rule == !diags.n_errors)
        abort();
    const char *meant = NULL;
    bool *hits = xcalloc(sigma_log_size(log) + 1, sizeof(*hits));
    struct err slow = {0};
    if (rule && sigma_run(rule, log, 1000, hits, &slow) == slow.set)
        abort();
    if (rule)
        sigma_unknown_field(rule, log, &meant);
    free(hits);
    return 0;
}
