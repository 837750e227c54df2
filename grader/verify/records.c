/* SPDX-License-Identifier: MIT */
/*
 * What must hold of the trail's records, each a query that finds what is wrong: anybody can repeat it with `cafelab query`.
 * A tell is a value that only the intruders' records have: it gives them away without any understanding.
 */
#include "grader/verify/proof.h"

enum { LEAST_PAUSES = 3 };

/* Rules of single records: the value that is told, and which records break it. All are asked in one query; the first record
 * that breaks one is looked for when there is any. */
static const struct {
    enum property property;
    const char *says, *value, *broken;
} rules[] = {
    {PROVE_REALISM, "an event id is no version 4 UUID",                                     "eventid",
     "NOT regexp_like(eventid, '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')"              },
    {PROVE_REALISM, "an access key id is none of AWS's",                                    "useridentity.accesskeyid",
     "useridentity.accesskeyid <> '' AND NOT regexp_like(useridentity.accesskeyid, '^(AKIA|ASIA)[A-Z2-7]{16}$')"      },
    {PROVE_REALISM, "a user's principal id is none of AWS's",                               "useridentity.principalid",
     "useridentity.type = 'IAMUser' AND NOT regexp_like(useridentity.principalid, '^AIDA[A-Z2-7]{17}$')"              },
    {PROVE_REALISM, "there is no such region",                                              "awsregion",
     "NOT regexp_like(awsregion, "
     "'^(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south|east|west|northeast|northwest|southeast|southwest)-[1-9]$')"},
    {PROVE_REALISM, "an account number has not twelve digits",                              "recipientaccountid",
     "NOT regexp_like(recipientaccountid, '^[0-9]{12}$')"                                                             },
    {PROVE_REALISM, "an event source is no service of AWS",                                 "eventsource",
     "NOT regexp_like(eventsource, '^[a-z0-9-]+\\.amazonaws\\.com$')"                                                 },
    {PROVE_REALISM, "a source is neither an address nor a service",                         "sourceipaddress",
     "NOT regexp_like(sourceipaddress, "
     "'^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:]+:[0-9a-f:]*|[a-z0-9.-]+\\.amazonaws\\.com|AWS Internal)$')"           },
    {PROVE_REALISM, "a request from the internet comes from a private or reserved address", "sourceipaddress",
     "coalesce(vpcendpointid, '') = '' AND regexp_like(sourceipaddress, "
     "'^(0|10|127|22[4-9]|2[3-5][0-9])\\.|^169\\.254\\.|^192\\.168\\.|^172\\.(1[6-9]|2[0-9]|3[01])\\.')"              },
    {PROVE_REALISM, "a user has a name that IAM does not take",                             "useridentity.username",
     "useridentity.type = 'IAMUser' AND useridentity.username <> '' AND "
     "NOT regexp_like(useridentity.username, '^[A-Za-z0-9+=,.@_-]{1,64}$')"                                           },
    {PROVE_REALISM, "IAM answers from another region than us-east-1",                       "awsregion",
     "eventsource = 'iam.amazonaws.com' AND awsregion <> 'us-east-1'"                                                 },
    {PROVE_REALISM, "a call that changes something says that it only reads",                "eventname",
     "readonly = 'true' AND eventsource <> 'athena.amazonaws.com' AND regexp_like(eventname, "
     "'^(Create|Delete|Put|Attach|Detach|Authorize|Revoke|Run|Terminate|Stop|Start|Update|Modify)[A-Z]')"             },
    {PROVE_REALISM, "the console's own session is signed by a long-lived key",              "eventid",
     "sessioncredentialfromconsole = 'true' AND useridentity.accesskeyid LIKE 'AKIA%'"                                },
    {PROVE_REALISM, "the console signs with a long-lived key",                              "eventid",
     "(useragent IN ('AWS Internal', 'console.amazonaws.com', 'signin.amazonaws.com') OR useragent LIKE '%S3Console%') AND "
     "useridentity.accesskeyid LIKE 'AKIA%'"                                                                          },
    {PROVE_REALISM, "a sign-in to the console is signed by a key",                          "eventid",
     "eventname = 'ConsoleLogin' AND useridentity.accesskeyid <> ''"                                                  },
    {PROVE_REALISM, "a call says nothing of the program that made it",                      "eventid",
     "eventtype = 'AwsApiCall' AND useridentity.type <> 'AWSService' AND coalesce(useragent, '') = ''"                },
    {PROVE_REALISM, "an error has a message and no code",                                   "eventid",
     "errormessage <> '' AND coalesce(errorcode, '') = '' AND eventname <> 'ConsoleLogin'"                            },
    {PROVE_LEAK,    "a record holds a secret access key",                                   "eventid",
     "responseelements LIKE '%secretAccessKey%' AND "
     "NOT regexp_like(responseelements, '\"secretAccessKey\":\"?(HIDDEN|\\*)')"                                       },
};

/* Rules of several records: the first column is what is told. */
static const struct {
    const char *says, *sql, *column; /* in which the value stands */
} relations[] = {
    {"an event id comes twice",                                 "SELECT eventid FROM logs GROUP BY eventid HAVING count(*) > 1", "eventid"                 },
    {"one access key is of two users",
     "SELECT useridentity.accesskeyid FROM logs WHERE useridentity.type = 'IAMUser' AND useridentity.accesskeyid <> '' "
     "GROUP BY useridentity.accesskeyid HAVING count(DISTINCT useridentity.username) > 1",                                       "useridentity.accesskeyid"},
    {"one user has two principal ids, and was never made anew",
     "SELECT useridentity.username FROM logs WHERE useridentity.type = 'IAMUser' AND useridentity.principalid <> '' AND "
     "useridentity.username NOT IN (SELECT coalesce(json_extract_scalar(requestparameters, '$.userName'), '') FROM logs WHERE "
     "eventname = 'CreateUser') GROUP BY useridentity.username HAVING count(DISTINCT useridentity.principalid) > 1",             "useridentity.username"   },
};

/* The step of the story whose record is among those that the query names by their ids; line 0 = everyday life's. */
static struct src_pos step_among(struct proof *p, const struct fault *fault, const char *sql)
{
    const struct step *step = p->scenario->timeline.items;
    struct src_pos at = {0};
    struct athena_result ids;
    if (!proof_query(p, fault, sql, &ids))
        return at;
    for (size_t i = 0; i < ids.n_rows; i++)
        for (size_t j = 0; ids.cells[i] && !at.line && j < p->scenario->timeline.n; j++) {
            const struct entry *entry = play_step_entry(&p->key->play, j);
            at = entry && text_same(entry->event_id, ids.cells[i]) ? step[j].at : at;
        }
    athena_result_drop(&ids);
    return at;
}

/* The step that `ids` (SQL; NULL = none) leads to, or the person whose value it is. */
static struct src_pos place_of_record(struct proof *p, const struct fault *fault, const char *ids, const char *value)
{
    struct src_pos at = ids ? step_among(p, fault, ids) : (struct src_pos){0};
    return at.line || !value ? at : place_of_person(&p->key->play, value);
}

static void prove_rule(struct proof *p, enum property property, const char *says, const char *sql, const char *ids)
{
    struct athena_result result;
    struct fault fault = {.property = property, .file = "s3", .command = query_command(p, sql), .about = says};
    p->facts[property]++;
    if (proof_query(p, &fault, sql, &result) && result.n_rows) {
        fault.at = place_of_record(p, &fault, ids, result.cells[0]);
        fault_note(p, &fault, "%s: \"%s\"", says, result.cells[0] ? result.cells[0] : "NULL");
    }
    athena_result_drop(&result);
}

static const char *rule_sql(struct arena *arena, size_t i)
{
    return arena_printf(arena, "SELECT %s FROM logs WHERE %s LIMIT 1", rules[i].value, rules[i].broken);
}

static void list_rule(json_t *list, enum property property, const char *says, const char *sql)
{
    json_array_append_new(list,
                          json_pack("{s:s, s:s, s:s}", "property", verify_properties[property].name, "says", says, "sql", sql));
}

json_t *verify_rules(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(rules); i++)
        list_rule(list, rules[i].property, rules[i].says, rule_sql(&arena, i));
    for (size_t i = 0; i < COUNT(relations); i++)
        list_rule(list, PROVE_REALISM, relations[i].says, relations[i].sql);
    return list;
}

static void prove_rules(struct proof *p)
{
    AUTO(str_drop) struct str sql = {0};
    struct athena_result result;
    for (size_t i = 0; i < COUNT(rules); i++)
        str_addf(&sql, "%ssum(CASE WHEN %s THEN 1 ELSE 0 END)", i ? ", " : "SELECT ", rules[i].broken);
    str_add(&sql, " FROM logs");
    struct fault fault = {.property = PROVE_REALISM, .file = "s3", .command = query_command(p, str_text(&sql))};
    bool asked = proof_query(p, &fault, str_text(&sql), &result) && result.n_rows == 1;
    for (size_t i = 0; asked && i < COUNT(rules); i++) {
        const char *broken = result.cells[i];
        if (broken && !text_same(broken, "0"))
            prove_rule(p, rules[i].property, rules[i].says, rule_sql(&p->arena, i),
                       arena_printf(&p->arena, "SELECT eventid FROM logs WHERE %s LIMIT 1000", rules[i].broken));
        else
            p->facts[rules[i].property]++;
    }
    athena_result_drop(&result);
    for (size_t i = 0; i < COUNT(relations); i++)
        prove_rule(p, PROVE_REALISM, relations[i].says, relations[i].sql,
                   arena_printf(&p->arena, "SELECT eventid FROM logs WHERE %s IN (%s) ORDER BY eventtime DESC LIMIT 1000",
                                relations[i].column, relations[i].sql));
}

/* ---- causality ---- */

/* What the trail's service does to deliver the last files comes after the end, as the files do. */
static void prove_span(struct proof *p)
{
    char *from = arena_time(&p->arena, p->untouched->lab.from_ms, TIME_ISO);
    char *until = arena_time(&p->arena, p->untouched->lab.until_ms, TIME_ISO);
    const char *outside =
        arena_printf(&p->arena, "(eventtime < '%s' OR eventtime > '%s') AND useridentity.type <> 'AWSService'", from, until);
    prove_rule(p, PROVE_CAUSALITY, "a record lies outside of the lab's time",
               arena_printf(&p->arena, "SELECT eventtime FROM logs WHERE %s", outside),
               arena_printf(&p->arena, "SELECT eventid FROM logs WHERE %s LIMIT 1000", outside));
}

/* Who was there before the story and is made anew in it has acted before. */
static bool was_made_before(const struct journal *j, const char *user)
{
    for (size_t i = 0; i < j->n; i++)
        if (j->list[i]->prelude && text_same(j->list[i]->op, "iam:CreateUser") &&
            text_same(json_str(j->list[i]->params, "userName"), user))
            return true;
    return false;
}

/* Nobody acts with a key, or as a user, before the record that made it. */
static void prove_makers(struct proof *p)
{
    const struct journal *j = &p->key->play.world.journal;
    for (size_t i = 0; i < j->n; i++) {
        const struct entry *entry = j->list[i];
        bool key = text_same(entry->op, "iam:CreateAccessKey"), user = text_same(entry->op, "iam:CreateUser");
        const json_t *made = json_path(entry->response, key ? "accessKey.accessKeyId" : "user.userName");
        if (entry->prelude || entry->error_code || !(key || user) || !json_is_string(made) ||
            (user && was_made_before(j, json_string_value(made))))
            continue;
        const char *sql = arena_printf(&p->arena, "SELECT eventid FROM logs WHERE useridentity.%s = '%s' AND eventtime < '%s'",
                                       key ? "accesskeyid" : "username", json_string_value(made),
                                       arena_time(&p->arena, entry->time_ms, TIME_ISO));
        prove_rule(p, PROVE_CAUSALITY, key ? "a key is used before it is made" : "a user acts before it is made", sql, sql);
    }
}

/* The mark whose record has this id. */
static const struct mark *mark_of(const struct play *story, const char *event_id)
{
    for (size_t i = 0; i < story->n_marks; i++)
        if (story->marks[i].entry && text_same(story->marks[i].entry->event_id, event_id))
            return &story->marks[i];
    return NULL;
}

/* A marked step's record has the time at which it happened, to the second. */
static void prove_marks(struct proof *p)
{
    const struct play *story = &p->key->play;
    AUTO(str_drop) struct str sql = {0};
    struct athena_result result;
    struct fault asking = {.property = PROVE_CAUSALITY};
    for (size_t i = 0; i < story->n_marks; i++) {
        const struct entry *entry = story->marks[i].entry;
        if (entry && entry->event_id && !entry->silent) {
            str_addf(&sql, "%s'%s'", sql.len ? ", " : "SELECT eventid, eventtime FROM logs WHERE eventid IN (",
                     entry->event_id);
            p->facts[PROVE_CAUSALITY]++;
        }
    }
    if (!sql.len)
        return;
    str_add(&sql, ")");
    bool asked = proof_query(p, &asking, str_text(&sql), &result);
    for (size_t i = 0; asked && i < result.n_rows; i++) {
        const char *id = result.cells[2 * i], *says = result.cells[2 * i + 1];
        const struct mark *mark = mark_of(story, id);
        const char *time = mark ? arena_time(&p->arena, mark->entry->time_ms, TIME_ISO) : says;
        struct fault fault = {
            .property = PROVE_CAUSALITY,
            .at = mark ? mark->step->at : (struct src_pos){0},
            .file = "s3",
            .command = query_command(p, arena_printf(&p->arena, "SELECT eventtime FROM logs WHERE eventid = '%s'", id))};
        if (!text_same(says, time))
            fault_note(p, &fault, "the record of \"%s\" says %s; it happened at %s", mark->name, says, time);
    }
    athena_result_drop(&result);
}

/* ---- tells ---- */

static const struct {
    const char *column, *says;
    const char *of; /* what it is made of, which has few values: it is made once of each. NULL = of each record */
} tell_columns[] = {
    {"regexp_replace(useragent, '^\\[|\\]$|,? md/command#[^ ]*', '')", "user agent",               "useragent"      },
    {"awsregion",                                                      "region",                   NULL             },
    {"eventname",                                                      "operation",                NULL             },
    {"eventsource",                                                    "service",                  NULL             },
    {"errorcode",                                                      "error code",               NULL             },
    {"eventtype",                                                      "event type",               NULL             },
    {"eventversion",                                                   "event version",            NULL             },
    {"tlsdetails.tlsversion",                                          "TLS version",              NULL             },
    {"tlsdetails.ciphersuite",                                         "cipher suite",             NULL             },
    {"substr(eventtime, 12, 2)",                                       "hour of day",              NULL             },
    {"split_part(sourceipaddress, '.', 1)",                            "first part of an address", "sourceipaddress"},
};

/* An intruder is an address from which a step with a technique was done: whose key it was is another matter. */
struct intruder {
    const char *ip;
    struct src_pos at; /* of the first such step */
};
struct intruders {
    struct intruder list[32];
    size_t n;
};

static void find_intruders(const struct proof *p, struct intruders *out)
{
    const struct step *step = p->scenario->timeline.items;
    for (size_t i = 0; i < p->scenario->timeline.n; i++) {
        const struct member *does = play_member(&p->key->play, step[i].as);
        const struct entry *entry = step[i].technique ? play_step_entry(&p->key->play, i) : NULL;
        bool known = !entry || !entry->from.ip || !does || (does->person->student && !step[i].place);
        for (size_t j = 0; !known && j < out->n; j++)
            known = text_same(out->list[j].ip, entry->from.ip);
        if (!known && out->n < COUNT(out->list))
            out->list[out->n++] = (struct intruder){entry->from.ip, step[i].at};
    }
}

/* Values of the column that intruders' records have, and nobody else's. */
static const char *tell_sql(struct proof *p, size_t column, const char *intruders)
{
    const char *value = tell_columns[column].column, *of = tell_columns[column].of;
    const char *theirs = arena_printf(&p->arena, "sum(CASE WHEN sourceipaddress IN (%s) THEN 1 ELSE 0 END)", intruders);
    const char *from =
        of ? arena_printf(&p->arena, "(SELECT %s, count(*) AS n, %s AS theirs FROM logs GROUP BY 1)", of, theirs) : "logs";
    return arena_printf(&p->arena, "SELECT %s FROM %s WHERE %s IS NOT NULL AND %s <> '' GROUP BY 1 HAVING %s = %s ORDER BY 1",
                        value, from, value, value, of ? "sum(n)" : "count(*)", of ? "sum(theirs)" : theirs);
}

static void prove_tell(struct proof *p, size_t column, const char *intruders, struct src_pos at)
{
    struct athena_result result;
    const char *says = tell_columns[column].says, *sql = tell_sql(p, column, intruders);
    struct fault fault = {.property = PROVE_TELL, .warns = true, .at = at, .file = "s3", .command = query_command(p, sql)};
    p->facts[PROVE_TELL]++;
    if (proof_query(p, &fault, sql, &result))
        for (size_t i = 0; i < result.n_rows; i++) {
            fault.about = arena_printf(&p->arena, "%s %s", says, result.cells[i * result.n_columns]);
            fault_note(p, &fault, "only intruders' records have this %s: \"%s\"", says, result.cells[i * result.n_columns]);
        }
    athena_result_drop(&result);
}

/* Pauses that are all the same to the second are a machine's, and nobody else's here: draw them. */
static void prove_rhythm(struct proof *p, const struct intruder *intruder)
{
    const struct journal *j = &p->key->play.world.journal;
    int64_t last_s = 0, pause = 0;
    size_t n = 0;
    p->facts[PROVE_TELL]++;
    for (size_t i = 0; i < j->n; i++) {
        const struct entry *e = j->list[i];
        if (e->prelude || e->silent || !e->event_id || !text_same(e->from.ip, intruder->ip))
            continue;
        int64_t gap = e->time_ms / 1000 - last_s;
        if (n == 1)
            pause = gap;
        else if (n > 1 && (gap - pause > 1 || pause - gap > 1))
            return;
        last_s = e->time_ms / 1000;
        n++;
    }
    const char *sql =
        arena_printf(&p->arena, "SELECT eventtime, eventname FROM logs WHERE sourceipaddress = '%s' ORDER BY 1", intruder->ip);
    struct fault fault = {
        .property = PROVE_TELL, .warns = true, .at = intruder->at, .file = "s3", .command = query_command(p, sql)};
    if (n > LEAST_PAUSES)
        fault_note(p, &fault, "%s acts in a rhythm of its own: %zu records, each %lld s after the one before", intruder->ip, n,
                   (long long)pause);
}

void prove_records(struct proof *p)
{
    AUTO(str_drop) struct str addresses = {0};
    struct intruders intruders = {0};
    prove_rules(p);
    prove_span(p);
    prove_makers(p);
    prove_marks(p);
    find_intruders(p, &intruders);
    for (size_t i = 0; i < intruders.n; i++) {
        str_addf(&addresses, "%s'%s'", i ? ", " : "", intruders.list[i].ip);
        prove_rhythm(p, &intruders.list[i]);
    }
    for (size_t i = 0; intruders.n && i < COUNT(tell_columns); i++)
        prove_tell(p, i, str_text(&addresses), intruders.list[0].at);
}
