/* SPDX-License-Identifier: MIT */
/*
 * Digest files: every hour since a trail began to log, for each of its regions, which log files were delivered and their
 * hashes, empty hours too, and one out of turn when somebody does not want to wait for the hour. Each digest names the one
 * before and is signed, so that what was there cannot be changed unnoticed.
 *
 * Format and signature: CloudTrail user guide, "CloudTrail digest file structure" and "Custom implementations of log file
 * validation". S3 keeps the signature as the object's metadata; here it is in .cafelab/s3-metadata.jsonl, as head-object would
 * show it, so that s3/ looks like a download. A file delivered after its hour's digest would need a backfill digest; deliveries
 * here are never that late.
 */
#include "sim/evidence/cloudtrail.h"
#include "sim/evidence/gzip.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define METADATA ".cafelab/s3-metadata.jsonl"
#define METADATA_MAX_BYTES (256u << 20)
#define SIGNATURE_BYTES 256 /* of RSA with 2048 bits */

/* ---- the key ---- */

static void bio_drop(BIO **bio)
{
    BIO_free(*bio);
}

/* AWS has a key for each region; the simulated service has one for all, which comes with the program. */
static EVP_PKEY *load_key(struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str pem = {0};
    const char *path = data_path(&arena, "fixtures/cloudtrail/digest-key.pem");
    if (!file_read(path, 64 << 10, &pem, e))
        return NULL;
    AUTO(bio_drop) BIO *bio = BIO_new_mem_buf(pem.s, (int)pem.len);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return key;
    EVP_PKEY_free(key);
    err_set(e, "'%s': expected an RSA key", path);
    return NULL;
}

/* Read once in a process: a class's build writes digests by the hundred. */
static EVP_PKEY *read_key(struct err *e)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static EVP_PKEY *key;
    pthread_mutex_lock(&lock);
    if (!key)
        key = load_key(e);
    pthread_mutex_unlock(&lock);
    return key;
}

/* MD5 of the DER: 32 hex characters, as AWS's fingerprints have; how AWS makes them is not documented. */
static bool public_part(EVP_PKEY *key, struct str *der, char fingerprint[33], struct err *e)
{
    unsigned char *bytes = NULL;
    int n = i2d_PublicKey(key, &bytes); /* for RSA: PKCS#1 RSAPublicKey */
    if (n <= 0)
        return err_set(e, "cannot encode the public key");
    md5_hex(bytes, (size_t)n, fingerprint);
    if (der)
        str_addn(der, bytes, (size_t)n);
    OPENSSL_free(bytes);
    return true;
}

bool digest_public_key(struct str *der, char fingerprint[33], struct err *e)
{
    EVP_PKEY *key = read_key(e);
    return key && public_part(key, der, fingerprint, e);
}

static void signer_drop(EVP_PKEY_CTX **signer)
{
    EVP_PKEY_CTX_free(*signer);
    *signer = NULL;
}

/* For many signatures: looking up what signs costs a twentieth of signing. */
static EVP_PKEY_CTX *signer_new(EVP_PKEY *key)
{
    EVP_PKEY_CTX *signer = EVP_PKEY_CTX_new(key, NULL);
    if (signer && EVP_PKEY_sign_init(signer) == 1 && EVP_PKEY_CTX_set_rsa_padding(signer, RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_CTX_set_signature_md(signer, EVP_sha256()) == 1)
        return signer;
    signer_drop(&signer);
    return NULL;
}

static bool sign(EVP_PKEY_CTX *signer, const struct str *text, struct str *hex, struct err *e)
{
    unsigned char signature[512];
    uint8_t hash[32];
    size_t n = sizeof(signature);
    sha256(text->s, text->len, hash);
    if (!signer || EVP_PKEY_sign(signer, signature, &n, hash, sizeof(hash)) != 1)
        return err_set(e, "cannot sign a digest");
    str_add_hex(hex, signature, n);
    return true;
}

/* ---- one digest ---- */

struct made { /* of one chain, by one thread */
    struct chain *chain;
    const struct logging_span *span; /* whose hours these are */
    struct waiting **waiting;        /* those of the plan that are its own, and in no digest yet */
    size_t n_waiting, cap_waiting;
    struct str metadata; /* lines for s3-metadata.jsonl */
    struct arena arena;
};
struct digests {
    struct plan *plan;
    EVP_PKEY *key;
    char fingerprint[33];
    struct made *list; /* for each chain */
};

static const char *key_of(struct arena *arena, const struct plan *p, const struct made *m, int64_t end)
{
    const struct trail *trail = m->span->trail;
    const char *account = p->task->w->account.id, *prefix = m->span->prefix ? m->span->prefix : "";
    return arena_printf(arena, "%s%sAWSLogs/%s/CloudTrail-Digest/%s/%s/%s_CloudTrail-Digest_%s_%s_%s_%s.json.gz", prefix,
                        *prefix ? "/" : "", account, m->chain->region, arena_time(arena, end, "%Y/%m/%d"), account,
                        m->chain->region, trail->name, trail->home_region, arena_time(arena, end, "%Y%m%dT%H%M%SZ"));
}

static void add_time(struct str *out, const char *key, int64_t ms)
{
    str_add_json_key(out, key);
    if (ms == INT64_MIN || ms == INT64_MAX)
        return str_add(out, "null");
    str_addc(out, '"');
    str_add_time(out, ms, TIME_ISO);
    str_addc(out, '"');
}

static void add_text(struct str *out, const char *key, const char *value)
{
    str_add_json_key(out, key);
    if (value)
        str_add_json(out, value);
    else
        str_add(out, "null");
}

/* Delivered by then; those that a digest names already wait no more. */
static bool in_window(const struct waiting *f, int64_t end)
{
    return f->written_ms <= end;
}

static void add_log_files(struct str *out, const struct made *m, int64_t end)
{
    bool first = true;
    str_add(out, ",\"logFiles\":[");
    for (size_t i = 0; i < m->n_waiting; i++) {
        const struct waiting *f = m->waiting[i];
        if (!in_window(f, end))
            continue;
        str_add(out, first ? "{\"s3Bucket\":" : ",{\"s3Bucket\":");
        str_add_json(out, f->bucket);
        add_text(out, "s3Object", f->key);
        add_text(out, "hashValue", f->hash);
        add_text(out, "hashAlgorithm", "SHA-256");
        add_time(out, "newestEventTime", f->newest_ms);
        add_time(out, "oldestEventTime", f->oldest_ms);
        str_addc(out, '}');
        first = false;
    }
    str_add(out, "]}");
}

static void add_digest(struct str *out, const struct digests *d, const struct made *m, const char *key, int64_t end)
{
    const struct chain *c = m->chain;
    int64_t newest = INT64_MIN, oldest = INT64_MAX;
    for (size_t i = 0; i < m->n_waiting; i++) {
        const struct waiting *f = m->waiting[i];
        if (!in_window(f, end))
            continue;
        newest = f->newest_ms > newest ? f->newest_ms : newest;
        oldest = f->oldest_ms < oldest ? f->oldest_ms : oldest;
    }
    str_addf(out, "{\"awsAccountId\":\"%s\"", d->plan->task->w->account.id);
    add_time(out, "digestStartTime", c->end_ms);
    add_time(out, "digestEndTime", end);
    add_text(out, "digestS3Bucket", m->span->bucket);
    add_text(out, "digestS3Object", key);
    add_text(out, "digestPublicKeyFingerprint", d->fingerprint);
    add_text(out, "digestSignatureAlgorithm", "SHA256withRSA");
    add_time(out, "newestEventTime", newest);
    add_time(out, "oldestEventTime", oldest);
    add_text(out, "previousDigestS3Bucket", c->bucket);
    add_text(out, "previousDigestS3Object", c->key);
    add_text(out, "previousDigestHashValue", c->hash);
    add_text(out, "previousDigestHashAlgorithm", c->key ? "SHA-256" : NULL);
    add_text(out, "previousDigestSignature", c->signature);
    add_log_files(out, m, end);
}

/* What is signed: when it ends, where it is, its hash, and the signature before it (the word null for the first). */
static bool seal(const struct digests *d, EVP_PKEY_CTX *signer, struct made *m, const char *key, const char *hash, int64_t end,
                 struct err *e)
{
    AUTO(str_drop) struct str text = {0}, signature = {0};
    struct chain *c = m->chain;
    str_add_time(&text, end, TIME_ISO);
    str_addf(&text, "\n%s/%s\n%s\n%s", m->span->bucket, key, hash, c->signature ? c->signature : "null");
    if (d->plan->task->unsigned_digests)
        str_add_hex(&signature, (const uint8_t[SIGNATURE_BYTES]){0}, SIGNATURE_BYTES);
    else if (!sign(signer, &text, &signature, e))
        return false;
    c->bucket = m->span->bucket;
    c->key = key;
    c->hash = arena_dup(&m->arena, hash);
    c->signature = arena_dup(&m->arena, str_text(&signature));
    c->end_ms = end;
    str_add(&m->metadata, "{\"Bucket\":");
    str_add_json(&m->metadata, c->bucket);
    add_text(&m->metadata, "Key", key);
    str_addf(&m->metadata, ",\"Metadata\":{\"signature-algorithm\":\"SHA256withRSA\",\"signature\":\"%s\"}}\n", c->signature);
    return true;
}

/* What one thread uses for all its chains. */
struct seat {
    EVP_PKEY_CTX *signer;
    struct gzip_coder *gzip;
    struct str text, gz, folder;
};

static void mark_named(struct made *m, int64_t end)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->n_waiting; i++)
        if (in_window(m->waiting[i], end))
            m->waiting[i]->named = true;
        else
            m->waiting[kept++] = m->waiting[i];
    m->n_waiting = kept;
}

static bool make_digest(const struct digests *d, struct made *m, struct seat *seat, int64_t end, int64_t delay_ms,
                        struct err *e)
{
    char hash[65];
    const char *bucket = m->span->bucket, *key = key_of(&m->arena, d->plan, m, end);
    str_clear(&seat->text);
    str_clear(&seat->gz);
    add_digest(&seat->text, d, m, key, end);
    sha256_hex(seat->text.s, seat->text.len, hash);
    gzip_coder_add(seat->gzip, &seat->gz, seat->text.s, seat->text.len);
    mark_named(m, end);
    return seal(d, seat->signer, m, key, hash, end, e) && lab_folder_make(d->plan, bucket, key, &seat->folder, e) &&
           lab_object_write(d->plan, bucket, key, &(struct packed){&seat->gz, &seat->text, hash, end + delay_ms}, e);
}

static bool make_hourly(const struct digests *d, struct made *m, struct seat *seat, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    int64_t end = m->chain->hour_ms + HOUR_MS;
    struct chance chance = chance_of(&d->plan->task->seed, "cloudtrail/digest/%s", key_of(&arena, d->plan, m, end));
    m->chain->hour_ms = end;
    return make_digest(d, m, seat, end, chance_between(&chance, 60000, 400000), e);
}

/* ---- all hours of a chain ---- */

/* A change of the trail's settings goes on with the chain; after a pause in logging a new one begins. */
static bool goes_on(const struct plan *p, const struct logging_span *span)
{
    for (const struct logging_span *s = p->task->w->account.spans; s; s = s->next)
        if (s != span && s->trail == span->trail && s->validation && s->to_ms == span->from_ms)
            return true;
    return false;
}

static bool last_of_trail(const struct logging_span *span)
{
    for (const struct logging_span *s = span->next; s; s = s->next)
        if (s->trail == span->trail)
            return false;
    return true;
}

/* While the trail logs, and until all its files are named. */
static bool wants_more(const struct made *m)
{
    return m->chain->end_ms < m->span->to_ms || (last_of_trail(m->span) && m->n_waiting);
}

/* Every whole hour; and when deliveries are flushed, what there is since. */
static bool make_hours(const struct digests *d, struct made *m, struct seat *seat, struct err *e)
{
    struct chain *c = m->chain;
    const struct logging_span *span = m->span;
    const struct evidence_task *task = d->plan->task;
    int64_t begin = span->from_ms / 1000 * 1000, now = task->until_ms / 1000 * 1000;
    if (!goes_on(d->plan, span) && c->end_ms < begin)
        *c = (struct chain){.trail = c->trail, .region = c->region, .end_ms = begin, .hour_ms = begin};
    while (c->hour_ms + HOUR_MS <= task->until_ms && wants_more(m))
        if (!make_hourly(d, m, seat, e))
            return false;
    return !task->live || !task->flush || c->end_ms >= now || !wants_more(m) || make_digest(d, m, seat, now, 0, e);
}

static bool make_chain(void *digests, void *own, size_t i, struct err *e)
{
    const struct digests *d = digests;
    struct made *m = &d->list[i];
    for (const struct logging_span *span = d->plan->task->w->account.spans; span; span = span->next) {
        m->span = span;
        if (span->validation && strcmp(span->trail->arn, m->chain->trail) == 0 && !make_hours(d, m, own, e))
            return false;
    }
    return true;
}

/* ---- all chains ---- */

static void *seat_new(void *digests)
{
    struct seat *seat = xcalloc(1, sizeof(*seat));
    seat->signer = signer_new(((const struct digests *)digests)->key);
    seat->gzip = gzip_coder_new();
    return seat;
}

static void seat_drop(void *own)
{
    struct seat *seat = own;
    signer_drop(&seat->signer);
    gzip_coder_drop(&seat->gzip);
    str_drop(&seat->text);
    str_drop(&seat->gz);
    str_drop(&seat->folder);
    free(seat);
}

static void note_files(struct plan *p)
{
    for (size_t i = 0; i < p->n_files; i++) {
        const struct log_file *f = &p->files[i];
        const struct logging_span *span = f->channel->span;
        if (span->validation)
            *GROW(p->waiting, p->n_waiting, p->cap_waiting) = (struct waiting){
                .trail = span->trail->arn,
                .region = f->channel->stream->region,
                .bucket = span->bucket,
                .key = f->key,
                .hash = f->hash,
                .newest_ms = f->newest_ms,
                .oldest_ms = f->oldest_ms,
                .written_ms = f->written_ms,
            };
    }
}

static void find_waiting(struct plan *p, struct made *m)
{
    for (size_t i = 0; i < p->n_waiting; i++) {
        struct waiting *f = &p->waiting[i];
        if (!f->named && strcmp(f->region, m->chain->region) == 0 && strcmp(f->trail, m->chain->trail) == 0)
            *GROW(m->waiting, m->n_waiting, m->cap_waiting) = f;
    }
}

static void find_chains(struct plan *p)
{
    for (size_t i = 0; i < p->n_channels; i++) {
        const char *trail = p->channels[i].span->trail->arn, *region = p->channels[i].stream->region;
        bool known = !p->channels[i].span->validation;
        for (size_t j = 0; j < p->n_chains && !known; j++)
            known = text_same(p->chains[j].trail, trail) && text_same(p->chains[j].region, region);
        if (!known)
            *GROW(p->chains, p->n_chains, p->cap_chains) = (struct chain){.trail = trail, .region = region};
    }
}

static void forget_named(struct plan *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n_waiting; i++)
        if (!p->waiting[i].named)
            p->waiting[kept++] = p->waiting[i];
    p->n_waiting = kept;
}

/* A line begins {"Bucket":...,"Key":...,"Metadata": up to there it says which object. */
static size_t name_of(const char *line)
{
    const char *end = strstr(line, ",\"Metadata\":");
    return end ? (size_t)(end - line) : 0;
}

/* The lines that were there, but for those of digests that are made again (an earlier run was killed). */
static void keep_lines(struct str *out, const struct str *old, const struct str *new_lines)
{
    for (const char *line = str_text(old), *end; (end = strchr(line, '\n')); line = end + 1) {
        size_t n = name_of(line);
        if (n == 0 || !memmem(new_lines->s, new_lines->len, line, n))
            str_addn(out, line, (size_t)(end - line) + 1);
    }
}

static bool write_metadata(const struct digests *d, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str lines = {0}, old = {0}, all = {0};
    const struct folder *to = &d->plan->task->to;
    const char *path = to->dir ? arena_printf(&arena, "%s/" METADATA, to->dir) : NULL;
    for (size_t i = 0; i < d->plan->n_chains; i++)
        str_addn(&lines, str_text(&d->list[i].metadata), d->list[i].metadata.len);
    if (!lines.len)
        return true;
    if (path && file_exists(path) && !file_read(path, METADATA_MAX_BYTES, &old, e))
        return false;
    keep_lines(&all, &old, &lines);
    str_addn(&all, lines.s, lines.len);
    return folder_make(to, ".cafelab", e) && folder_put(to, METADATA, all.s, all.len, e);
}

/* What the chains point to outlives the work: it moves to the plan's arena. */
static void keep_chain(struct plan *p, struct chain *c)
{
    c->key = arena_dup(&p->arena, c->key);
    c->hash = arena_dup(&p->arena, c->hash);
    c->signature = arena_dup(&p->arena, c->signature);
}

static bool make_all(struct digests *d, struct err *e)
{
    const struct work work = {d->plan->n_chains, d, seat_new, seat_drop, make_chain};
    d->list = xcalloc(d->plan->n_chains, sizeof(*d->list));
    for (size_t i = 0; i < d->plan->n_chains; i++) {
        d->list[i].chain = &d->plan->chains[i];
        find_waiting(d->plan, &d->list[i]);
    }
    bool good = parallel_run(&work, d->plan->task->threads, e) && write_metadata(d, e);
    for (size_t i = 0; i < d->plan->n_chains; i++) {
        keep_chain(d->plan, &d->plan->chains[i]);
        free(d->list[i].waiting);
        str_drop(&d->list[i].metadata);
        arena_drop(&d->list[i].arena);
    }
    free(d->list);
    return good;
}

bool digests_write(struct plan *p, struct err *e)
{
    EVP_PKEY *key;
    note_files(p);
    find_chains(p);
    if (p->n_chains == 0)
        return true;
    key = read_key(e);
    struct digests d = {.plan = p, .key = key};
    if (!key || !public_part(key, NULL, d.fingerprint, e) || !make_all(&d, e))
        return false;
    forget_named(p);
    return true;
}
