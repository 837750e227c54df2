/* SPDX-License-Identifier: MIT */
/*
 * One seed: its lab is built aside, everything is proved of it, and what came out is JSON for whoever started the process,
 * which ends then. So nothing is given back piece by piece: that would be a thirtieth of the whole.
 */
#include "grader/verify/seed.h"
#include "grader/verify/proof.h"

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

const char *shell_word(struct proof *p, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    str_add_shell(&out, text);
    return arena_dup(&p->arena, str_text(&out));
}

const char *line_command(struct proof *p, const char *line)
{
    return arena_printf(&p->arena, "(cd try && %s)", line);
}

/* Building the same lab by hand, and looking. */
static void add_command(struct str *out, const struct proof *p, const struct fault *fault)
{
    str_addf(out, "cafelab %s %s%s --seed %s", fault->held ? "verify" : "build", p->plan->scenario,
             fault->held ? "" : " -o try", p->play.seed);
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
    struct lab_plan plan = {.scenario = p->scenario->file,
                            .out = p->dir,
                            .play = p->play,
                            .played = story,
                            .threads = 1,
                            .sheet = answers_for_play,
                            .take = delivered_take,
                            .take_context = &delivering};
    delivered_begin(&delivering, story);
    bool good = lab_build(&plan, &diags, e);
    delivered_end(&delivering, &delivered);
    return good && delivered_save(delivered_path(p), "of the lab beside it", &delivered, e);
}

/* In a fork, since the writers add to the servers' files and the key wants the story without that. Writes what went wrong. */
static void build(struct proof *p, struct play *story, int to)
{
    struct err e = {0};
    bool good = build_lab(p, story, &e);
    _exit(good || (write(to, e.msg, strlen(e.msg)) > 0 && e.set) ? 0 : 1);
}

static bool build_aside(struct proof *p, struct play *story, struct err *e)
{
    int ends[2] = {-1, -1}, status = 0;
    char said[sizeof(e->msg)] = "";
    pid_t pid = pipe(ends) ? -1 : fork();
    if (pid == 0)
        build(p, story, ends[1]);
    close(ends[1]);
    ssize_t n = pid > 0 ? read(ends[0], said, sizeof(said) - 1) : 0;
    close(ends[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
        return err_set(e, "the process that built it came to grief");
    return n <= 0 || err_set(e, "%s", said);
}

/* The story is played once, and serves the lab and the key. */
static bool make_lab(struct proof *p, struct err *e)
{
    AUTO(delivered_drop) struct delivered delivered = {0};
    struct play story;
    if (!play(p->scenario, &p->play, &story, e))
        return false;
    if (!build_aside(p, &story, e) || (!delivered_load(delivered_path(p), "of the lab beside it", &delivered) &&
                                       !err_set(e, "'%s' cannot be read", delivered_path(p)))) {
        play_drop(&story);
        return false;
    }
    unlink(delivered_path(p));
    p->key = key_of_built(&story, &p->play, p->dir, &delivered, e);
    return p->key && (p->untouched = submission_open(p->dir, e));
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
    athena_drop(&p->athena);
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

void seed_prove(const struct verify_plan *plan, const struct scenario *s, const struct rubric *author, const char *seed,
                const char *dir, bool on_disk, bool runs_commands, struct str *out)
{
    struct err e = {0};
    struct proof p = {
        .plan = plan,
        .scenario = s,
        .author = author,
        .dir = dir,
        .on_disk = on_disk,
        .runs_commands = runs_commands,
        .play = {.seed = seed, .student = "", .events = plan->events},
        .findings = json_array(),
        .answers = json_array()
    };
    if (make_lab(&p, &e))
        prove_all(&p);
    else
        story_fails(&p, e.msg);
    add_outcome(&p, out);
}
