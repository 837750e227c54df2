/* SPDX-License-Identifier: MIT */
/* What AWS can do beyond what is simulated, by name: a table that build-aux/wire-shapes derives. */
#include "sim/serve/serve.h"

#include <string.h>

static const struct {
    const char *service, *names; /* each with a blank behind it */
} known[] = {
#include "sim/serve/names.inc"
};
/* CloudTrail's names, and so the catalog's, where the API has another. */
static const struct {
    const char *api, *event;
} renamed[] = {
    {"s3:DeletePublicAccessBlock",            "s3:DeleteBucketPublicAccessBlock"   },
    {"s3:GetBucketAccelerateConfiguration",   "s3:GetAccelerateConfiguration"      },
    {"s3:GetBucketLifecycleConfiguration",    "s3:GetBucketLifecycle"              },
    {"s3:GetBucketNotificationConfiguration", "s3:GetBucketNotification"           },
    {"s3:GetObjectLockConfiguration",         "s3:GetBucketObjectLockConfiguration"},
    {"s3:GetPublicAccessBlock",               "s3:GetBucketPublicAccessBlock"      },
    {"s3:ListObjectsV2",                      "s3:ListObjects"                     },
    {"s3:PutPublicAccessBlock",               "s3:PutBucketPublicAccessBlock"      },
};

static bool is_simulated(const char *op)
{
    for (size_t i = 0; i < COUNT(renamed); i++)
        if (text_same(renamed[i].api, op))
            op = renamed[i].event;
    return catalog_find(&lab_catalog, op, NULL) != NULL;
}

void serve_absent(struct arena *arena, void (*each)(void *context, const char *op), void *context)
{
    for (size_t i = 0; i < COUNT(known); i++)
        for (const char *name = known[i].names; *name; name += strcspn(name, " ") + 1) {
            const char *op = arena_printf(arena, "%s:%.*s", known[i].service, (int)strcspn(name, " "), name);
            if (!is_simulated(op))
                each(context, op);
        }
}
