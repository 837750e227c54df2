/* SPDX-License-Identifier: MIT */
/*
 * One seed: its lab is built aside, everything is proved of it, and what came out is JSON for whoever started the process,
 * which ends then. So nothing is given back piece by piece: that would be a thirtieth of the whole.
 */
#include "grader/verify/seed.h"
#include "grader/verify/proof.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *query_command(struct proof *p, const char *sql)
{
    AUTO(str_drop) struct str out = {0};
    str_add(&out, "cafelab query try \"");
    for (const char *s = sql; *s; s++) {
        if (strchr("\"\\$`", *s))
            str_addc(&out, '\\');
        str_addc(&out, *s);
    }
    str_addc(&out, '"');
    return arena_dup(&p->arena, str_text(&out));
}

const char *line_command(struct proof *p, const char *line)
{
    return arena_printf(&p->arena, "(cd try && %s)", line);
}

/* Building the same lab by hand, and looking. */
static void add_command(struct str *out, const struct proof *p, const struct fault *fault)
{
    str_add(out, fault->held ? "cafelab verify " : "cafelab build ");
    str_add_shell_word(out, p->plan->scenario);
    str_add(out, fault->held ? " --seed " : " -o try --replace --seed ");
    str_add_shell_word(out, p->play.seed);
    if (p->play.events >= 0)
        str_addf(out, " --events %lld", (long long)p->play.events);
    if (fault->command && !fault->held)
        str_addf(out, " && %s", fault->command);
}

static struct src_pos fault_place(const struct proof *p, const struct fault *fault, const char *message)
{
    struct src_pos at = fault->at.line ? fault->at : place_in_message(p->scenario, message);
    return at.line ? at : usual_place(p->scenario, fault->property);
}

/* "scenario.yaml:28:5: iam:ListUsers: ..." of a fault that is told at that place anyway. */
static void leave_out_place(struct str *message, struct src_pos at)
{
    AUTO(str_drop) struct str place = {0}, rest = {0};
    str_addf(&place, "%s:%u:%u: ", at.file, at.line, at.col);
    char *found = strstr(message->s, str_text(&place));
    if (!found)
        return;
    str_add(&rest, found + place.len);
    message->len = (size_t)(found - message->s);
    *found = 0;
    str_add(message, str_text(&rest));
}

void fault_note(struct proof *p, const struct fault *fault, const char *fmt, ...)
{
    AUTO(str_drop) struct str message = {0}, line = {0}, command = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&message, fmt, args);
    va_end(args);
    str_add_log(&line, str_text(&message));
    add_command(&command, p, fault);
    struct src_pos at = fault_place(p, fault, str_text(&line));
    leave_out_place(&line, at);
    json_t *f = json_object();
    json_put(f, "property", json_integer(fault->property));
    json_put(f, "warns", json_boolean(fault->warns));
    json_put_text(f, "scenario", at.file);
    json_put(f, "line", json_integer(at.line));
    json_put(f, "column", json_integer(at.col));
    json_put_text(f, "message", str_text(&line));
    json_put_text(f, "about", fault->about ? fault->about : fault->at.line ? "" : str_text(&line));
    json_put_text(f, "file", fault->file || fault->no_lab ? fault->file : usual_file(fault->property));
    json_put_text(f, "command", str_text(&command));
    json_array_append_new(p->findings, f);
}

/* What the child learns of the files that it makes goes to its parent beside them. */
static const char *delivered_path(struct proof *p)
{
    return arena_printf(&p->arena, "%s.delivered", p->dir);
}

static bool build_lab(struct proof *p, struct play *story, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(delivered_drop) struct delivered delivered = {0};
    struct delivering delivering;
    struct looking *looking = p->has_history ? NULL : leak_begin(p, story);
    struct lab_plan plan = {.scenario = p->scenario->file,
                            .out = p->dir,
                            .play = p->play,
                            .played = story,
                            .threads = 1,
                            .unsigned_digests = !p->on_disk,
                            .sheet = answers_for_play,
                            .history = looking ? leak_take_history : NULL,
                            .history_context = looking,
                            .take = delivered_take,
                            .take_context = &delivering};
    delivered_begin(&delivering, story);
    bool good = lab_build(&plan, &diags, e);
    delivered_end(&delivering, &delivered);
    if (looking)
        leak_end(looking);
    return good && delivered_save(delivered_path(p), "of the lab beside it", &delivered, e);
}

/* ---- in a fork ---- */

static void work_apart(struct proof *p, void (*work)(struct proof *, void *, struct str *), void *context, int to)
{
    AUTO(str_drop) struct str said = {0};
    size_t from = 0;
    work(p, context, &said);
    for (ssize_t n; from < said.len && (n = write(to, said.s + from, said.len - from)) > 0;)
        from += (size_t)n;
    _exit(from < said.len);
}

bool proof_apart(struct proof *p, void (*work)(struct proof *, void *, struct str *), void *context, struct str *said)
{
    int ends[2] = {-1, -1}, status = 0;
    pid_t pid = pipe(ends) ? -1 : fork();
    if (pid == 0)
        work_apart(p, work, context, ends[1]);
    close(ends[1]);
    for (ssize_t n = 1; pid > 0 && (n > 0 || (n < 0 && errno == EINTR));) {
        n = read(ends[0], str_reserve(said, 1024), 1024);
        said->len += n > 0 ? (size_t)n : 0;
    }
    close(ends[0]);
    str_reserve(said, 1)[0] = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

/* Says what was noticed meanwhile, {"facts", "findings"}; or '!' and what went wrong. */
static void build(struct proof *p, void *story, struct str *said)
{
    struct err e = {0};
    json_auto_t *noticed = json_object();
    if (!build_lab(p, story, &e)) {
        str_addf(said, "!%s", e.msg);
        return;
    }
    json_put(noticed, "facts", json_integer((json_int_t)p->facts[PROVE_LEAK]));
    json_put(noticed, "findings", json_incref(p->findings));
    str_add_json_value(said, noticed);
}

/* Apart, since the writers add to the servers' files and the key wants the story without that. */
static bool build_aside(struct proof *p, struct play *story, struct err *e)
{
    AUTO(str_drop) struct str said = {0};
    if (!proof_apart(p, build, story, &said))
        return err_set(e, "the process that built it came to grief");
    if (*str_text(&said) == '!')
        return err_set(e, "%s", str_text(&said) + 1);
    json_auto_t *noticed = json_read(str_text(&said), said.len, e);
    if (!noticed)
        return false;
    p->facts[PROVE_LEAK] += (uint64_t)json_int_or(noticed, "facts", 0);
    json_array_extend(p->findings, json_object_get(noticed, "findings"));
    return true;
}

static bool names_history(const char *text)
{
    return text && strstr(text, "event-history");
}

static bool method_asks(const struct method *m)
{
    bool only_command = m->command && !m->sql && !m->file && !m->validate;
    return only_command || names_history(m->command) || names_history(m->file);
}

static bool steps_ask(const struct list *steps)
{
    const struct step *step = steps->items;
    for (size_t i = 0; i < steps->n; i++)
        if (text_same(step[i].op, "cloudtrail:LookupEvents"))
            return true;
    return false;
}

/* Whether a question, a repair or a command line may ask for event history. */
static bool asks_for_history(const struct proof *p)
{
    const struct question *q = p->author->questions.items;
    const struct repair *other = p->scenario->other_repairs.items;
    bool asks = p->runs_commands || steps_ask(&p->scenario->solution);
    for (size_t i = 0; i < p->author->questions.n; i++)
        asks = asks || method_asks(&q[i].solve);
    for (size_t i = 0; i < p->scenario->other_repairs.n; i++)
        asks = asks || steps_ask(&other[i].steps);
    return asks;
}

/* What the lab has as the story left it is the same memory: every grading compares all files, and there are many. */
static void share_contents(const struct world *lab, const struct world *story)
{
    for (const struct server *server = lab->servers; server; server = server->next) {
        const struct server *played = find_server(story, server->name);
        for (struct file *f = played ? server->tree.files : NULL; f; f = f->next) {
            const struct file *was = tree_find(&played->tree, f->path);
            if (was && was->size == f->size && was->data && f->data && !memcmp(was->data, f->data, f->size)) {
                f->data = was->data;
                f->owner = NULL;
            }
        }
    }
}

/* The story is played once, and serves the lab and the key. */
static bool make_lab(struct proof *p, struct err *e)
{
    AUTO(delivered_drop) struct delivered delivered = {0};
    struct play story;
    p->has_history = asks_for_history(p);
    if (!play(p->scenario, &p->play, &story, e))
        return false;
    if (!build_aside(p, &story, e) || (!delivered_load(delivered_path(p), "of the lab beside it", &delivered) &&
                                       !err_set(e, "'%s' cannot be read", delivered_path(p)))) {
        play_drop(&story);
        return false;
    }
    unlink(delivered_path(p));
    p->key = key_of_built(&story, &p->play, p->dir, &delivered, e);
    if (!p->key || !(p->untouched = submission_open(p->dir, e)))
        return false;
    share_contents(&p->untouched->lab.world, &p->key->play.world);
    return true;
}

static bool open_sql(struct proof *p)
{
    AUTO(str_drop) struct str warnings = {0};
    struct athena_options options = {.lab = p->dir, .now_ms = p->untouched->lab.world.now_ms, .threads = 1};
    p->athena = athena_open(&options, &warnings, &p->failed);
    if (p->athena && warnings.len)
        fault_note(p, &(struct fault){.property = PROVE_REALISM, .file = "s3"}, "%s", str_text(&warnings));
    return p->athena;
}

/* The solution comes last: it changes the lab. Mutations come before SQL: they fork. */
static void prove_all(struct proof *p)
{
    static void (*const before[])(struct proof *) = {prove_untouched, prove_mutation, prove_no_leak, prove_server};
    static void (*const asking[])(struct proof *) = {prove_answers, prove_hints, prove_records};
    for (size_t i = 0; i < COUNT(before); i++)
        before[i](p);
    if (!open_sql(p))
        return;
    for (size_t i = 0; i < COUNT(asking); i++)
        asking[i](p);
    if (p->scenario->solution.n)
        prove_solution(p);
}

static void add_outcome(const struct proof *p, struct str *out)
{
    json_auto_t *said = json_object();
    json_t *facts = json_array();
    for (size_t i = 0; i < PROPERTIES; i++)
        json_array_append_new(facts, json_integer((json_int_t)p->facts[i]));
    json_put(said, "facts", facts);
    json_put(said, "findings", json_incref(p->findings));
    json_put(said, "answers", json_incref(p->answers));
    json_put(said, "written", json_boolean(p->written));
    json_put_text(said, "failed", p->failed.set ? p->failed.msg : NULL);
    str_add_json_value(out, said);
}

/* A step of the story that fails is the author's: the message has its place. */
static void story_fails(struct proof *p, const char *message)
{
    fault_note(p, &(struct fault){.property = PROVE_SOLVABLE, .no_lab = true, .about = "not built"},
               "the lab cannot be built: %s", message);
}

void seed_prove(const struct seed_plan *of, struct str *out)
{
    struct err e = {0};
    struct proof p = {
        .plan = of->plan,
        .scenario = of->scenario,
        .author = of->author,
        .dir = of->dir,
        .on_disk = of->on_disk,
        .runs_commands = of->runs_commands,
        .play = {.seed = of->seed, .student = "", .events = of->plan->events},
        .findings = json_array(),
        .answers = json_array()
    };
    if (make_lab(&p, &e))
        prove_all(&p);
    else
        story_fails(&p, e.msg);
    add_outcome(&p, out);
}
