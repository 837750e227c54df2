/* SPDX-License-Identifier: MIT */
/*
 * A receipt's mac is HMAC-SHA256 of its other members, as compact JSON in their order, with a key that is drawn from the
 * class's secret for nothing else. The secret draws the seed, too: whoever has it can say whether the commitment is right.
 */
#include "grader/batch/receipt.h"
#include "grader/batch/results.h"

#include <string.h>

static void mac_of(const struct class *c, const json_t *receipt, char out[65])
{
    static const char purpose[] = "cafelab grade receipt";
    uint8_t key[32], mac[32];
    AUTO(str_drop) struct str text = {0}, hex = {0};
    json_auto_t *bare = json_copy((json_t *)receipt);
    json_object_del(bare, "mac");
    str_add_json_value(&text, bare);
    hmac_sha256(c->secret, strlen(c->secret), purpose, strlen(purpose), key);
    hmac_sha256(key, sizeof(key), str_text(&text), text.len, mac);
    str_add_hex(&hex, mac, sizeof(mac));
    memcpy(out, str_text(&hex), 65);
}

static bool stand(struct class *c, const struct student *s, struct standing *out, struct err *e)
{
    struct class_rules rules;
    AUTO(overrides_drop) struct overrides overrides = {0};
    return rules_read(c, &rules, e) && overrides_read(c, &overrides, e) &&
           standing_read(c, RESULTS, &rules, &overrides, s, out, e) && overrides_good(&overrides, e);
}

json_t *receipt_make(struct class *c, const struct student *student, struct err *e)
{
    AUTO(standing_drop) struct standing s = {0};
    char mac[65];
    if (!stand(c, student, &s, e))
        return NULL;
    if (!s.graded || !s.n) {
        err_set(e, "%s has no grade that an upload stands behind", student->id);
        return NULL;
    }
    json_t *out = json_object();
    json_auto_t *report = report_json(&s.report, true);
    json_put_text(out, "class", c->name);
    json_put_text(out, "student", student->id);
    json_put(out, "score", json_points(s.report.score));
    json_put(out, "max", json_points(s.report.max));
    json_put_text(out, "why", s.why);
    json_put_text(out, "upload", json_str_or(s.attempts[s.kept].json, "sha256", ""));
    json_put_text(out, "submitted", json_str(s.attempts[s.kept].json, "submitted"));
    json_put(out, "receipt", json_incref(json_object_get(report, "receipt")));
    mac_of(c, out, mac);
    json_put_text(out, "mac", mac);
    return out;
}

static bool same_seed(struct class *c, const struct student *student, const char *commitment, bool *ret, struct err *e)
{
    AUTO(variants_drop) struct variants variants = {0};
    AUTO(key_free) struct key *key = NULL;
    if (!class_variants(c, &variants, e))
        return false;
    const struct variant *v = variants_of(&variants, student->id);
    key = v ? class_key(c, v, e) : NULL;
    *ret = key && text_same(key_commitment(key), commitment);
    return key != NULL;
}

bool receipt_verify(struct class *c, const char *text, size_t n, struct receipt_answer *out, struct err *e)
{
    AUTO(standing_drop) struct standing s = {0};
    char mac[65];
    json_auto_t *receipt = json_read(text, n, e);
    *out = (struct receipt_answer){0};
    const char *id = json_str(receipt, "student"), *said = json_str(receipt, "mac");
    const json_t *inner = json_object_get(receipt, "receipt");
    if (!receipt)
        return false;
    if (!id || !said || !json_is_object(inner))
        return err_set(e, "no receipt of cafelab: expected \"student\", \"receipt\" and \"mac\"");
    const struct student *student = roster_student(&c->roster, id);
    if (!student)
        return err_set(e, "the class has no student \"%.100s\"", id);
    mac_of(c, receipt, mac);
    out->authentic = text_same(mac, said);
    if (!same_seed(c, student, json_str(inner, "seed_commitment"), &out->same_seed, e) || !stand(c, student, &s, e))
        return false;
    json_auto_t *score = json_points(s.report.score), *max = json_points(s.report.max);
    out->same_grade =
        s.graded && json_equal(score, json_object_get(receipt, "score")) && json_equal(max, json_object_get(receipt, "max"));
    AUTO(str_drop) struct str now = {0};
    str_add_points(&now, s.report.score);
    str_add(&now, " of ");
    str_add_points(&now, s.report.max);
    snprintf(out->now, sizeof(out->now), "%s", s.graded ? str_text(&now) : "no grade");
    return true;
}
