/* SPDX-License-Identifier: MIT */
/*
 * What no scenario can break, since the program does it: a lab is built, damaged by hand, and each property of verify that is
 * about labs must tell exactly that. An honest lab is silent.
 */
#include "grader/evidence.h"
#include "grader/verify/proof.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bench { /* one lab, and what is needed to prove it */
    char dir[40];
    struct scenario *scenario;
    struct rubric *author;
    struct proof p;
    bool copied; /* a log file is there twice */
};

static bool build_lab(struct bench *b, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(delivered_drop) struct delivered delivered = {0};
    struct delivering delivering;
    struct play story;
    struct lab_plan plan = {.scenario = b->scenario->file,
                            .out = b->p.dir,
                            .play = b->p.play,
                            .threads = 1,
                            .sheet = answers_for_play,
                            .take = delivered_take,
                            .take_context = &delivering};
    if (!play(b->scenario, &b->p.play, &story, e))
        return false;
    delivered_begin(&delivering, &story);
    bool built = lab_build(&plan, &diags, e);
    delivered_end(&delivering, &delivered);
    b->p.key = built ? key_of_built(&story, &b->p.play, b->p.dir, &delivered, e) : NULL;
    return b->p.key && (b->p.untouched = submission_open(b->p.dir, e));
}

static bool set_up(struct bench *b, const char *scenario)
{
    static struct verify_plan plan;
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    plan.scenario = scenario;
    *b = (struct bench){.dir = "/tmp/cafelab-proof-XXXXXX"};
    if (!mkdtemp(b->dir) || !(b->scenario = scenario_load(plan.scenario, &diags, &e)) ||
        !(b->author = rubric_read(b->scenario, &diags)))
        return false;
    b->p = (struct proof){
        .plan = &plan,
        .scenario = b->scenario,
        .author = b->author,
        .play = {.seed = "1", .student = "", .events = 300},
        .findings = json_array(),
        .answers = json_array()
    };
    b->p.dir = arena_printf(&b->p.arena, "%s/lab", b->dir);
    bool good = build_lab(b, &e);
    if (!good)
        printf("%s\n", e.msg);
    return good;
}

static void tear_down(struct bench *b)
{
    struct err ignored = {0};
    athena_drop(&b->p.athena);
    submission_free(&b->p.untouched);
    key_free(&b->p.key);
    str_drop(&b->p.sheet);
    json_decref(b->p.findings);
    json_decref(b->p.answers);
    arena_drop(&b->p.arena);
    rubric_free(&b->author);
    scenario_free(&b->scenario);
    dir_remove(b->dir, &ignored);
}

/* Whatever it is: a line of the scenario or of what it uses, a file of the lab that is there, a command that begins with the
 * same lab. */
static void is_placed(struct bench *b, const json_t *f)
{
    const char *file = json_str_or(f, "file", "none"), *command = json_str_or(f, "command", "");
    bool good = json_str(f, "scenario") && json_int_or(f, "line", 0) > 0 &&
                file_exists(arena_printf(&b->p.arena, "%s/%s", b->p.dir, file)) &&
                text_starts(command, arena_printf(&b->p.arena, "cafelab build %s -o try --replace --seed 1 --events 300 && ",
                                                  b->p.plan->scenario));
    if (!good)
        printf("not placed: %s (%s, %s)\n", json_str(f, "message"), file, command);
    CU_ASSERT_TRUE(good);
}

/* The messages of what was found since, a line each; what is only warned of is not among them. */
static void take_findings(struct bench *b, struct str *out)
{
    size_t i;
    json_t *f;
    str_clear(out);
    json_array_foreach(b->p.findings, i, f)
    {
        is_placed(b, f);
        if (!json_bool_or(f, "warns", false))
            str_addf(out, "%s\n", json_str(f, "message"));
    }
    json_array_clear(b->p.findings);
}

static void expect(struct bench *b, const char *says)
{
    AUTO(str_drop) struct str found = {0};
    take_findings(b, &found);
    const char *first = strchr(str_text(&found), '\n');
    bool good = *says ? strstr(str_text(&found), says) && first && !first[1] : !found.len;
    if (!good)
        printf("expected '%s', found '%s'\n", says, str_text(&found));
    CU_ASSERT_TRUE(good);
}

/* ---- files ---- */

static const struct {
    void (*prove)(struct proof *);
    const char *file, *adds; /* text behind it; {secret} is a colleague's secret access key, {own} the student's, {inline} a
                                short answer, {until} the end of the lab's time */
    const char *says;
} rows[] = {
    {prove_no_leak, "host/etc/motd",                "{secret}\n",                                         "the secret access key of \"faythe\" stands in host/etc/motd"},
    {prove_no_leak, "account/iam/list-users.json",  "{secret}\n",
     "the secret access key of \"faythe\" stands in account/iam/list-users.json"                                                                                       },
    {prove_no_leak, ".cafelab/journal.jsonl",       "{\"mark\":\"planted\"}\n",                           ".cafelab/journal.jsonl names the story's marks"             },
    {prove_no_leak, "account/event-history.json",   "{\"EventTime\":\"2031-01-01T00:00:00Z\"}",
     "account/event-history.json tells of what comes after the end"                                                                                                    },
    {prove_no_leak, "README.md",                    "\nIt was chaos_made.\n",                             ""                                                           },
    {prove_no_leak, "README.md",                    "\nThe server fetches nothing any more\n",            "the title of \"job-gone\" stands in README.md"              },
    {prove_no_leak, "answers.yaml",                 "# That is where Inês works.\n",
     "the diagnosis of a wrong answer of \"from\" stands in answers.yaml"                                                                                              },
    {prove_server,  "host/var/log/secure",
     "h sshd[2]: Accepted password for eve from 192.0.2.1\nh useradd[1]: new user: name=eve, UID=1001\n", "\"eve\" logs in before line"                                },
    {prove_server,  "host/var/log/cron",            "Oct 25 01:00:00 h crond[1]: x\n",                    "host/var/log/cron"                                          },
    {prove_server,  "host/var/log/messages",        "Oct 25 01:00:00 h x[1]: x\n",                        "host/var/log/messages"                                      },
    {prove_server,  "host/var/log/audit/audit.log", "type=X msg=audit(1.000:1): x\n",                     "host/var/log/audit/audit.log"                               },
    {prove_server,  "host/var/log/wtmp",            "x",                                                  "host/var/log/wtmp"                                          },
    {prove_server,  "host/var/log/btmp",            "x",                                                  "host/var/log/btmp"                                          },
    {prove_no_leak, "README.md",                    "{inline}",                                           "the answer of \"inline\" stands in README.md"               },
    {prove_no_leak, "README.md",                    "{inline}d un{inline} _{inline}",                     ""                                                           },
    {prove_no_leak, "host/etc/motd",                "{own}\n",                                            ""                                                           },
    {prove_no_leak, "account/event-history.json",   "{\"EventTime\":\"{until}\"}",                        ""                                                           },
    {prove_no_leak, "README.md",                    "\nNada se abre\n",                                   "the title of \"job-gone\" stands in README.md"              },
};

/* A server's files are looked at as they were when the lab was opened, all others on the disk. */
static void read_servers_again(struct bench *b, void (*prove)(struct proof *))
{
    struct err e = {0};
    if (prove != prove_server)
        return;
    submission_free(&b->p.untouched);
    b->p.untouched = submission_open(b->p.dir, &e);
}

static const char *answer_of(struct bench *b, const char *id)
{
    const struct question *q = b->p.key->rubric->questions.items;
    for (size_t i = 0; i < b->p.key->rubric->questions.n; i++)
        if (text_same(q[i].id, id))
            return q[i].answer.list[0];
    return "";
}

static const char *secret_of_student(struct bench *b)
{
    const struct play *story = &b->p.key->play;
    for (size_t i = 0; i < story->n_cast; i++)
        if (story->cast[i].person->student && story->cast[i].secret)
            return story->cast[i].secret;
    CU_FAIL("a student with an access key");
    return "";
}

/* Titles in other languages are told no less; one is as short as can be, and ends as the next begins. */
static void translate_title(struct bench *b)
{
    struct check *c = b->p.key->rubric->checks.items;
    for (size_t i = 0; i < b->p.key->rubric->checks.n; i++)
        if (text_same(c[i].id, "job-gone")) {
            c[i].title.in[1] = "Nada se abre";
            c[i].title.in[2] = "brevemente nada";
        }
}

static void add_filled(struct bench *b, const char *text, struct str *out)
{
    const char *const names[] = {"{secret}", "{own}", "{inline}", "{until}"};
    const char *const values[] = {play_member(&b->p.key->play, "faythe")->secret, secret_of_student(b), answer_of(b, "inline"),
                                  arena_time(&b->p.arena, b->p.untouched->lab.until_ms, TIME_ISO)};
    while (*text) {
        size_t i = 0;
        while (i < COUNT(names) && !text_starts(text, names[i]))
            i++;
        if (i < COUNT(names))
            str_add(out, values[i]);
        else
            str_addc(out, *text);
        text += i < COUNT(names) ? strlen(names[i]) : 1;
    }
}

static void damaged_files(void)
{
    struct bench b;
    CU_ASSERT_TRUE(set_up(&b, "cafe-breach-root-cause"));
    if (b.p.key)
        translate_title(&b);
    for (size_t i = 0; b.p.untouched && i < COUNT(rows); i++) {
        AUTO(str_drop) struct str was = {0}, is = {0};
        struct err e = {0};
        const char *path = arena_printf(&b.p.arena, "%s/%s", b.p.dir, rows[i].file);
        CU_ASSERT_TRUE(file_read(path, 64 << 20, &was, &e));
        str_addn(&is, str_text(&was), was.len);
        add_filled(&b, rows[i].adds, &is);
        rows[i].prove(&b.p);
        expect(&b, "");
        CU_ASSERT_TRUE(file_write(path, str_text(&is), is.len, 0644, &e));
        read_servers_again(&b, rows[i].prove);
        rows[i].prove(&b.p);
        expect(&b, rows[i].says);
        CU_ASSERT_TRUE(file_write(path, str_text(&was), was.len, 0644, &e));
        read_servers_again(&b, rows[i].prove);
    }
    tear_down(&b);
}

/* Event history that is looked into while it is made, and no file: the same is told of it. */
static void history_in_parts(void)
{
    struct bench b;
    struct err e = {0};
    AUTO(str_drop) struct str secret = {0}, found = {0};
    CU_ASSERT_TRUE(set_up(&b, "cafe-breach-root-cause"));
    struct looking *l = b.p.key ? leak_begin(&b.p, &b.p.key->play) : NULL;
    for (size_t i = 0; l && i < b.p.key->play.n_cast && !secret.len; i++)
        if (b.p.key->play.cast[i].secret && !b.p.key->play.cast[i].person->student)
            str_addf(&secret, "{\"EventTime\":\"2025-01-01T00:00:00Z\",\"a\":\"%s\"},\n", b.p.key->play.cast[i].secret);
    CU_ASSERT_NOT_EQUAL(secret.len, 0);
    if (l) {
        CU_ASSERT_TRUE(b.p.facts[PROVE_LEAK] > 1);
        CU_ASSERT_TRUE(leak_take_history(l, "{\"EventTime\":\"2025-01-01T00:00:00Z\"},\n", 38, &e));
        expect(&b, "");
        CU_ASSERT_TRUE(leak_take_history(l, str_text(&secret), secret.len, &e));
        CU_ASSERT_TRUE(leak_take_history(l, "{\"EventTime\":\"2031-01-01T00:00:00Z\"}\n", 37, &e));
        take_findings(&b, &found);
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&found), "the secret access key of "));
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&found), "account/event-history.json tells of what comes after the end"));
        leak_end(l);
    }
    tear_down(&b);
}

/* ---- records: the story says another thing than its logs ---- */

static struct entry *entry_of(struct bench *b, const char *mark)
{
    const struct mark *m = play_mark(&b->p.key->play, mark);
    return m ? (struct entry *)m->entry : NULL;
}

static void told_otherwise(struct bench *b, const char *mark, int64_t later_ms, const char *says)
{
    struct entry *entry = entry_of(b, mark);
    CU_ASSERT_PTR_NOT_NULL(entry);
    if (!entry)
        return;
    entry->time_ms += later_ms;
    prove_records(&b->p);
    expect(b, says);
    entry->time_ms -= later_ms;
}

/* A log file beside itself: all that is in it is told twice. */
static bool copy_first_log(void *bench, const struct dir_entry *entry, struct err *e)
{
    struct bench *b = bench;
    AUTO(str_drop) struct str bytes = {0};
    if (b->copied || !text_starts(entry->path, "s3/") || strstr(entry->path, "Digest") || !text_ends(entry->path, ".json.gz"))
        return true;
    const char *path = arena_printf(&b->p.arena, "%s/%s", b->p.dir, entry->path);
    b->copied = true;
    return file_read(path, 64 << 20, &bytes, e) &&
           file_write(arena_printf(&b->p.arena, "%.*s-2.json.gz", (int)strlen(path) - 8, path), str_text(&bytes), bytes.len,
                      0644, e);
}

static bool tells(struct bench *b, const char *text)
{
    size_t i;
    json_t *f;
    bool found = false;
    prove_records(&b->p);
    json_array_foreach(b->p.findings, i, f) found |= strstr(json_str_or(f, "message", ""), text) != NULL;
    json_array_clear(b->p.findings);
    return found;
}

/* All of an intruder's records, 30 s after each other, but for one. */
static void pace(struct bench *b, int64_t longer_ms)
{
    const struct journal *j = &b->p.key->play.world.journal;
    const struct entry *first = entry_of(b, "chaos_made");
    const char *ip = first->from.ip;
    int64_t time_ms = first->time_ms;
    for (size_t i = 0, n = 0; i < j->n; i++)
        if (!j->list[i]->prelude && !j->list[i]->silent && j->list[i]->event_id && text_same(j->list[i]->from.ip, ip))
            ((struct entry *)j->list[i])->time_ms = time_ms += 30000 + (++n == 3 ? longer_ms : 0);
}

/* Who is made anew was there before: it is no wonder that the name acts earlier. */
static void made_anew(struct bench *b)
{
    const struct journal *j = &b->p.key->play.world.journal;
    struct entry *made = NULL;
    for (size_t i = 0; i < j->n; i++)
        if (j->list[i]->prelude && text_same(j->list[i]->op, "iam:CreateUser"))
            made = (struct entry *)j->list[i];
    CU_ASSERT_PTR_NOT_NULL(made);
    if (!made)
        return;
    json_t *was = made->params;
    entry_of(b, "chaos_made")->time_ms += 7200000;
    CU_ASSERT_TRUE(tells(b, "a user acts before it is made"));
    made->params = json_pack("{s:s}", "userName", "chaos");
    CU_ASSERT_FALSE(tells(b, "a user acts before it is made"));
    json_decref(made->params);
    made->params = was;
    entry_of(b, "chaos_made")->time_ms -= 7200000;
}

static void causality(void)
{
    struct bench b;
    struct err e = {0};
    CU_ASSERT_TRUE(set_up(&b, "cafe-breach-root-cause"));
    struct athena_options options = {
        .lab = b.p.dir, .now_ms = b.p.untouched ? b.p.untouched->lab.world.now_ms : 0, .threads = 1};
    AUTO(str_drop) struct str warnings = {0};
    b.p.athena = b.p.untouched ? athena_open(&options, &warnings, &e) : NULL;
    CU_ASSERT_PTR_NOT_NULL(b.p.athena);
    if (b.p.athena) {
        prove_records(&b.p);
        expect(&b, "");
        told_otherwise(&b, "planted", 5000, "the record of \"planted\" says 2025-10-29T");
        entry_of(&b, "chaos_key")->mark = NULL;
        AUTO(str_drop) struct str found = {0};
        entry_of(&b, "chaos_key")->time_ms += 3600000;
        entry_of(&b, "chaos_made")->time_ms += 7200000;
        prove_records(&b.p);
        take_findings(&b, &found);
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&found), "a key is used before it is made"));
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&found), "a user acts before it is made"));
        entry_of(&b, "chaos_key")->time_ms -= 3600000;
        entry_of(&b, "chaos_made")->time_ms -= 7200000;
        b.p.untouched->lab.until_ms -= 86400000;
        prove_records(&b.p);
        expect(&b, "a record lies outside of the lab's time");
        b.p.untouched->lab.until_ms += 86400000;
        int64_t from_ms = b.p.untouched->lab.from_ms;
        b.p.untouched->lab.from_ms = b.p.untouched->lab.until_ms - 86400000;
        prove_records(&b.p);
        expect(&b, "a record lies outside of the lab's time");
        b.p.untouched->lab.from_ms = from_ms;
        made_anew(&b);
        pace(&b, 0);
        CU_ASSERT_TRUE(tells(&b, "acts in a rhythm of its own"));
        pace(&b, 5000);
        CU_ASSERT_FALSE(tells(&b, "acts in a rhythm of its own"));
        pace(&b, -5000);
        CU_ASSERT_FALSE(tells(&b, "acts in a rhythm of its own"));
        athena_drop(&b.p.athena);
        CU_ASSERT_TRUE(dir_walk(b.p.dir, copy_first_log, &b, &e));
        CU_ASSERT_PTR_NOT_NULL(b.p.athena = athena_open(&options, &warnings, &e));
        CU_ASSERT_TRUE(tells(&b, "an event id comes twice"));
    }
    tear_down(&b);
}

/* ---- what is judged by running it ---- */

static const struct question *rule_among(const struct rubric *r)
{
    const struct question *q = r->questions.items;
    for (size_t i = 0; i < r->questions.n; i++)
        if (q[i].type->judge == judge_rule)
            return &q[i];
    return NULL;
}

/* The records of a variant that nobody sees are looked for as those of one's own. */
static void held_back(void)
{
    struct bench b;
    CU_ASSERT_TRUE(set_up(&b, "open-bucket"));
    const struct question *author = b.p.key ? rule_among(b.author) : NULL, *key = author ? rule_among(b.p.key->rubric) : NULL;
    CU_ASSERT_PTR_NOT_NULL(key);
    if (key) {
        CU_ASSERT_TRUE(prove_run(&b.p, author, key));
        expect(&b, "");
        struct sigma_log **log = &b.p.key->running->held_back->evidence.log;
        sigma_log_free(log);
        *log = sigma_log_new();
        CU_ASSERT_FALSE(prove_run(&b.p, author, key));
        expect(&b, "did has no record in the logs");
    }
    tear_down(&b);
}

/* ---- repairs ---- */

/* A process that was to prove something, and ended otherwise, has proved nothing. */
static void crashed(void)
{
    struct bench b;
    CU_ASSERT_TRUE(set_up(&b, "cafe-breach-root-cause"));
    struct key *key = b.p.key;
    b.p.key = NULL;
    prove_mutation(&b.p);
    b.p.key = key;
    expect(&b, "the solution cannot be played: the process that played it came to grief");
    CU_ASSERT_EQUAL(b.p.facts[PROVE_MUTATION], 0);
    tear_down(&b);
}

static size_t size_of(struct bench *b, const char *file)
{
    AUTO(str_drop) struct str is = {0};
    struct err e = {0};
    CU_ASSERT_TRUE(file_read(arena_printf(&b->p.arena, "%s/%s", b->p.dir, file), 64 << 20, &is, &e));
    return is.len;
}

/* On the disk it is written: the sheet, and what was done; in memory it is not. Either way it is graded. */
static void written(void)
{
    static const char sheet[] = "from: 192.0.2.99\n", journal[] = ".cafelab/journal.jsonl";
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct bench b;
        CU_ASSERT_TRUE(set_up(&b, "cafe-breach-root-cause"));
        size_t before = size_of(&b, journal);
        b.p.on_disk = on_disk;
        str_add(&b.p.sheet, sheet);
        prove_solution(&b.p);
        CU_ASSERT_EQUAL(b.p.written, on_disk);
        CU_ASSERT_EQUAL(size_of(&b, "answers.yaml") == strlen(sheet), on_disk);
        CU_ASSERT_EQUAL(size_of(&b, journal) > before, on_disk);
        CU_ASSERT_TRUE(b.p.facts[PROVE_SOLUTION] > 5);
        expect(&b, "");
        tear_down(&b);
    }
}

CU_TestInfo grader_verify_lab_tests[] = {
    {"damaged files",          damaged_files   },
    {"history in parts",       history_in_parts},
    {"causality of records",   causality       },
    {"held back",              held_back       },
    {"a crash proves nothing", crashed         },
    {"solutions on the disk",  written         },
    CU_TEST_INFO_NULL,
};
