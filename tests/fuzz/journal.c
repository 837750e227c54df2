/* SPDX-License-Identifier: MIT */
/* Lines of a journal: read, written and read again; then done again by act(), whatever they ask for. */
#include "sim/aws/aws.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct service *const services[] = {
    &aws_athena,     &aws_cloudtrail,    &aws_ec2, &aws_health, &aws_iam, &aws_kms, &aws_logs,
    &aws_monitoring, &aws_organizations, &aws_s3,  &aws_signin, &aws_ssm, &aws_sts,
};
static const struct catalog catalog = {.services = services, .n = COUNT(services)};

static void one_line(struct world *w, const char *line, size_t n)
{
    AUTO(str_drop) struct str first = {0}, second = {0};
    struct entry entry, again;
    struct err e = {0};
    if (!entry_read(w, line, n, &entry, &e)) {
        if (!e.set)
            __builtin_trap();
        return;
    }
    entry_add_json(&first, &entry, false);
    if (!entry_read(w, first.s, first.len, &again, &e))
        __builtin_trap();
    entry_add_json(&second, &again, false);
    if (first.len != second.len || memcmp(first.s, second.s, first.len) != 0)
        __builtin_trap();
    act_replay(w, &entry, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(world_drop) struct world w;
    struct seed seed = seed_from_text("a desk");
    const char *at = (const char *)data, *end = at + size;
    json_begin();
    world_init(&w, &seed, "123456789012", "us-west-2", 1760371200000);
    w.catalog = &catalog;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        one_line(&w, at, (size_t)(stop - at));
        at = newline ? newline + 1 : end;
    }
    return 0;
}
