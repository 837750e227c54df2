/* SPDX-License-Identifier: MIT */
/*
 * The stock of templates: everyday calls by everyday clients, and what CloudTrail itself does for a delivery, which is
 * recorded too: it looks whether it may write to the bucket, and with an own key it asks KMS for a data key for each file.
 * Both as in genuine logs (s3 GetBucketAcl, kms GenerateDataKey by AWSService cloudtrail.amazonaws.com).
 */
#include "sim/evidence/cloudtrail.h"

#include "sim/base/services.h"

#include <stdlib.h>
#include <string.h>

/* ---- CloudTrail's own calls ---- */

static json_t *resource(const char *account, const char *type, const char *arn)
{
    return json_pack("[{s:s, s:s, s:s}]", "accountId", account, "type", type, "ARN", arn);
}

static struct entry *own_call(struct stock *s, const char *op, const char *region, json_t *params, json_t *resources)
{
    struct entry *entry = arena_alloc(&s->arena, sizeof(*entry));
    *entry = (struct entry){
        .op = op,
        .region = region,
        .who = {.kind = PRINCIPAL_SERVICE, .name = SERVICE_CLOUDTRAIL},
        .from = { SERVICE_CLOUDTRAIL,       SERVICE_CLOUDTRAIL,                       true},
        .params = params,
        .response = json_null(),
        .resources = resources,
        .request_id = "(request)",
        .event_id = "(event)",
        .shared_event_id = "(shared)",
        .read_only = true
    };
    return entry;
}

static const struct entry *bucket_acl(struct stock *s, const struct logging_span *span)
{
    const struct account *account = &s->task->w->account;
    const struct bucket *bucket = find_bucket(s->task->w, span->bucket);
    const char *region = bucket ? bucket->region : account->region;
    const char *host = arena_printf(&s->arena, "%s.s3.%s.amazonaws.com", span->bucket, region);
    const char *arn = arena_printf(&s->arena, "arn:aws:s3:::%s", span->bucket);
    struct entry *entry = own_call(s, "s3:GetBucketAcl", region,
                                   json_pack("{s:s, s:s, s:s}", "bucketName", span->bucket, "Host", host, "acl", ""),
                                   resource(account->id, "AWS::S3::Bucket", arn));
    entry->additional =
        json_pack("{s:s, s:s, s:i, s:s, s:s, s:i}", "SignatureVersion", "SigV4", "CipherSuite", "TLS_AES_128_GCM_SHA256",
                  "bytesTransferredIn", 0, "AuthenticationMethod", "AuthHeader", "x-amz-id-2", "", "bytesTransferredOut", 542);
    return entry;
}

static const struct entry *data_key(struct stock *s, const struct logging_span *span)
{
    const struct account *account = &s->task->w->account;
    json_t *context = json_pack("{s:s, s:s}", "aws:cloudtrail:arn", span->trail->arn, "aws:s3:arn",
                                arena_printf(&s->arena, "arn:aws:s3:::%s/" OBJECT_GOES_HERE, span->bucket));
    json_t *params = json_pack("{s:s, s:s, s:o}", "keySpec", "AES_256", "keyId", span->key->arn, "encryptionContext", context);
    return own_call(s, "kms:GenerateDataKey", span->trail->home_region, params,
                    resource(account->id, "AWS::KMS::Key", span->key->arn));
}

/* ---- opening ---- */

/* What the records say of the two operations when the account has no such services. */
static const struct record_facts own_facts[] = {
    {SERVICE_S3,  "GetBucketAcl",    "1.11", "s3.$region.amazonaws.com",  NULL},
    {SERVICE_KMS, "GenerateDataKey", "1.11", "kms.$region.amazonaws.com", NULL},
};

static void add_call(struct stock *s, const struct entry *shape)
{
    struct stock_call *call = &s->calls[s->n_calls++];
    call->shape = shape;
    call->known = shape && s->task->about && s->task->about(s->task->w, shape->op, &call->facts);
    for (size_t i = 0; shape && !call->known && s->n_calls > s->n_everyday && i < COUNT(own_facts); i++)
        if (text_ends(shape->op, own_facts[i].name)) {
            call->facts = own_facts[i];
            call->known = true;
        }
}

static void add_callers(struct stock *s, const struct everyday *everyday)
{
    static const char own[] = "{\"type\":\"AWSService\",\"invokedBy\":\"" SERVICE_CLOUDTRAIL "\"}";
    size_t n = everyday ? everyday->n_sessions : 0;
    s->n_callers = n + 1;
    s->callers = xcalloc(s->n_callers, sizeof(*s->callers));
    for (size_t i = 0; i < n; i++)
        caller_set(&s->callers[i], everyday->sessions[i].identity, everyday->sessions[i].len, everyday->sessions[i].from.ip,
                   everyday->sessions[i].console);
    caller_set(&s->callers[n], own, sizeof(own) - 1, SERVICE_CLOUDTRAIL, false);
}

void stock_open(struct stock *s, const struct evidence_task *task)
{
    const struct everyday *everyday = task->everyday;
    size_t spans = 0;
    *s = (struct stock){.task = task, .salt = emitter_salt(&task->seed)};
    for (const struct logging_span *span = task->w->account.spans; span; span = span->next)
        spans++;
    s->n_everyday = everyday ? everyday->n_calls : 0;
    s->calls = xcalloc(s->n_everyday + 2 * spans, sizeof(*s->calls));
    for (size_t i = 0; i < s->n_everyday; i++)
        add_call(s, everyday->calls[i].shape);
    for (const struct logging_span *span = task->w->account.spans; span; span = span->next) {
        add_call(s, bucket_acl(s, span));
        add_call(s, span->key ? data_key(s, span) : NULL);
    }
    add_callers(s, everyday);
    for (size_t i = 0; i < COUNT(s->templates); i++)
        s->templates[i] = xcalloc(s->n_calls * CLIENTS, sizeof(struct template));
}

void stock_drop(struct stock *s)
{
    for (size_t i = 0; i < s->n_callers; i++)
        caller_drop(&s->callers[i]);
    for (size_t i = 0; i < 2 * s->n_calls * CLIENTS; i++)
        template_drop(&s->templates[i % 2][i / 2]);
    for (size_t i = s->n_everyday; i < s->n_calls; i++)
        if (s->calls[i].shape) {
            json_decref(s->calls[i].shape->params);
            json_decref(s->calls[i].shape->additional);
            json_decref(s->calls[i].shape->resources);
        }
    free(s->callers);
    free(s->calls);
    free(s->templates[0]);
    free(s->templates[1]);
    arena_drop(&s->arena);
    *s = (struct stock){0};
}

/* ---- finding ---- */

static struct template *template_of(const struct stock *s, size_t call, const struct caller *caller, bool lookup)
{
    return &s->templates[lookup][call * CLIENTS + caller_client(caller, s->calls[call].shape)];
}

/* Which templates are wanted, by call and client: each is made once, by any thread. */
struct wanted {
    const struct stock *stock;
    const struct caller **callers; /* call * CLIENTS + client: one that makes the call so; NULL = nobody does */
    unsigned forms;
};

/* Of a form that is wanted and not there yet; else NULL. */
static struct template *unmade(const struct wanted *wanted, size_t call, const struct caller *caller, enum stock_forms form)
{
    struct template *t = wanted->forms & form ? template_of(wanted->stock, call, caller, form == STOCK_LOOKUP) : NULL;
    return t && !t->n ? t : NULL;
}

static bool make(void *context, void *own, size_t call, struct err *e)
{
    const struct wanted *wanted = context;
    const struct stock *s = wanted->stock;
    (void)own, (void)e;
    for (size_t client = 0; client < CLIENTS; client++) {
        const struct caller *caller = wanted->callers[call * CLIENTS + client];
        struct template *plain = caller ? unmade(wanted, call, caller, STOCK_PLAIN) : NULL;
        struct template *lookup = caller ? unmade(wanted, call, caller, STOCK_LOOKUP) : NULL;
        if (plain || lookup)
            template_set(plain, lookup, s->task->w, &s->calls[call].facts, s->calls[call].shape, (enum record_client)client);
    }
    return true;
}

static void want(struct wanted *wanted, size_t call, const struct caller *caller)
{
    if (wanted->stock->calls[call].known)
        wanted->callers[call * CLIENTS + caller_client(caller, wanted->stock->calls[call].shape)] = caller;
}

void stock_prepare(struct stock *s, const struct plan *plan, unsigned forms)
{
    const struct everyday *everyday = s->task->everyday;
    struct err e = {0};
    struct wanted wanted = {s, xcalloc(s->n_calls * CLIENTS, sizeof(*wanted.callers)), forms};
    const struct work work = {.n = s->n_calls, .context = &wanted, .each = make};
    for (size_t i = plan->first_occurrence; everyday && i < everyday->n; i++)
        want(&wanted, everyday->list[i].call, &s->callers[everyday->list[i].session]);
    for (size_t i = 0; i < plan->n_service; i++)
        want(&wanted, plan->service[i].call, &s->callers[s->n_callers - 1]);
    parallel_run(&work, s->task->threads, &e); /* cannot fail */
    free(wanted.callers);
}

bool stock_find(const struct stock *s, const struct plan *plan, const struct ref *ref, bool lookup, const struct template **t,
                const struct caller **caller, struct moment *m)
{
    size_t call, who = s->n_callers - 1;
    *m = (struct moment){.time_ms = ref->time_ms, .number = ref->index, .object = ""};
    if (ref->kind == REF_ENTRY || ref->kind == REF_BRIEF)
        return false;
    if (ref->kind == REF_OCCURRENCE) {
        call = s->task->everyday->list[ref->index].call;
        who = s->task->everyday->list[ref->index].session;
    } else {
        const struct service_call *own = &plan->service[ref->index];
        call = own->call;
        m->number = own->number;
        m->object = own->object;
        m->object_len = strlen(own->object);
    }
    *caller = &s->callers[who];
    *t = template_of(s, call, *caller, lookup);
    return true;
}
