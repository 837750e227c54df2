/* SPDX-License-Identifier: MIT */
/* Policy documents: any JSON as a user's own policy and as a resource's, judged by the grammar and asked questions. */
#include "sim/act/act.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct world *w, const json_t *document, const struct principal *who, const char *action)
{
    json_auto_t *context = json_pack("{s:s, s:[s, s]}", "s3:prefix", "images/", "aws:TagKeys", "a", "b");
    struct question_of_access q = {.who = who,
                                   .action = action,
                                   .resource = "arn:aws:s3:::b/k",
                                   .source_ip = "203.0.113.9",
                                   .now_ms = 1760371200000,
                                   .context = context,
                                   .resource_policy = document};
    struct decision d = authorise(w, &q);
    if (d.allowed && d.explicit_deny)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(world_drop) struct world w;
    struct seed seed = seed_from_text("fuzz");
    struct policy_doc own = {.name = "own"};
    struct user user = {.name = "sofia", .id = "AIDA", .arn = "arn:aws:iam::123456789012:user/sofia", .inline_policies = &own};
    const struct principal whos[] = {
        {.kind = PRINCIPAL_USER,              .name = "sofia"},
        {.kind = PRINCIPAL_SERVICE,                                   .name = "cloudtrail.amazonaws.com"},
        {.kind = PRINCIPAL_ROOT},
        {.kind = PRINCIPAL_ANONYMOUS             }
    };
    struct err e = {0};
    const char *why;
    json_begin();
    world_init(&w, &seed, "123456789012", "us-west-2", 1000);
    own.document = json_read((const char *)data, size, &e);
    roll_add(&w.account.users_roll, &w.arena, &user);
    if (own.document && !policy_valid(own.document, false, &why) && !*why)
        __builtin_trap();
    if (own.document)
        policy_valid(own.document, true, &why);
    for (size_t i = 0; i < COUNT(whos) && own.document; i++) {
        ask(&w, own.document, &whos[i], "s3:GetObject");
        ask(&w, own.document, &whos[i], "kms:Decrypt");
    }
    json_decref(own.document);
    return 0;
}
