/* SPDX-License-Identifier: MIT */
/* cafelab shell: a shell on the lab's server, as by ssh. */
#include "sim/cli/cli.h"
#include "sim/cli/served.h"
#include "sim/cli/staying.h"
#include "sim/shell/image.h"
#include "sim/shell/shell.h"

#include <unistd.h>

/* ---- what the keeper asks of who knows the lab ---- */

struct knows {
    const char *dir;
    int held; /* between arrive() and arrived() */
};

static bool arrive(void *context, const struct arrival *arrival, struct lab *lab, json_t **ret, struct err *e)
{
    struct knows *k = context;
    return staying_begin(k->dir, arrival, lab, ret, &k->held, e);
}

static bool trace(void *context, struct lab *lab, struct err *e)
{
    return staying_trace(lab, ((struct knows *)context)->held, e);
}

static bool arrived(void *context, struct lab *lab, struct err *e)
{
    struct knows *k = context;
    return staying_begun(lab, k->held, e);
}

static bool tell(void *context, const struct stay *stay, struct err *e)
{
    return staying_end(((struct knows *)context)->dir, stay, e);
}

static bool look(void *context, struct lab *lab, struct err *e)
{
    return lab_open(((struct knows *)context)->dir, lab, e);
}

static unsigned served(void *context)
{
    struct err nobody = {0};
    return served_port(((struct knows *)context)->dir, &nobody);
}

static json_t *credentials(void *context, const char *on, struct err *e)
{
    return staying_credentials(((struct knows *)context)->dir, on, e);
}

/* ---- the command ---- */

static bool find_means(const char *dir, struct arena *arena, struct shell_means *ret, struct err *e)
{
    shell_means(arena, ret);
    const struct shell_means means = *ret;
    const char *missing = shell_missing(arena);
    if (!lab_expected(dir, e))
        return false;
    if (means.mode == SHELL_NONE)
        return err_set(e, "no shell on this machine: %s%s%s; `cafelab call %s host:Run` simulates commands", means.why,
                       means.cure ? "; what helps: " : "", means.cure ? means.cure : "", arena_shell_word(arena, dir));
    if (shell_cannot(means.mode) && !missing)
        fprintf(stderr, "cafelab: %s: %s%s%s%s\n", shell_mode_name(means.mode), shell_cannot(means.mode), means.why ? "; " : "",
                means.why ? means.why : "", means.cure ? ". `cafelab doctor` says what helps." : "");
    return !missing || err_set(e, "a shell needs programs of this machine: sudo apt-get install %s", missing);
}

/* Which of the lab's servers this container is. */
static const char *served_in_image(struct arena *arena)
{
    AUTO(str_drop) struct str name = {0};
    struct err ignored = {0};
    return file_read(IMAGE_MARK, 256, &name, &ignored) ? arena_dup(arena, str_text(&name)) : NULL;
}

static const char *joined(struct arena *arena, const struct request *r)
{
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 1; i < r->n_args; i++)
        str_addf(&text, "%s%s", i > 1 ? " " : "", r->args[i]);
    return r->n_args > 1 ? arena_dup(arena, str_text(&text)) : NULL;
}

/* As ssh words it, with a line of advice. */
static int not_let_in(const json_t *refused)
{
    const char *where = json_str_or(refused, "host", "?"), *code = json_str(refused, "code");
    if (text_same(code, "ConnectionTimedOut"))
        fprintf(stderr,
                "ssh: connect to host %s port 22: Connection timed out\n"
                "cafelab: no packet of %s reaches port 22: look at the inbound rules of the instance's security groups "
                "(--console gets you in)\n",
                where, json_str_or(refused, "from", "?"));
    else if (text_same(code, "ConnectionRefused"))
        fprintf(stderr,
                "ssh: connect to host %s port 22: Connection refused\ncafelab: no sshd listens there; --console gets you in\n",
                where);
    else
        fprintf(stderr, "%s@%s: %s\n", json_str_or(refused, "user", "?"), where,
                json_str_or(refused, "message", code ? code : "refused"));
    return 255;
}

/* The files that lead AWS's own client on the server to the simulated account. */
static size_t client_files(struct arena *arena, struct shell_file files[CLIENT_RULES])
{
    struct client_variable rules[CLIENT_RULES];
    size_t n = client_rules(arena, SHELL_API_URL, rules);
    for (size_t i = 0; i < n; i++)
        files[i] = (struct shell_file){rules[i].name, rules[i].value};
    return n;
}

static struct shell_wish wish_of(struct arena *arena, const struct request *r)
{
    struct shell_wish wish = {.on = request_value(r, "on"), .command = joined(arena, r), .console = request_has(r, "console")};
    struct client_plan client;
    struct err nobody = {0};
    if (served_client(r->args[0], arena, &client, &nobody)) {
        wish.access_key_id = client.access_key_id;
        wish.secret = client.secret;
    }
    return wish;
}

static int status_of(const struct request *r, const struct shell_visit *visit)
{
    if (visit->refused) {
        int status = not_let_in(visit->refused);
        json_decref(visit->refused);
        return status;
    }
    if (request_has(r, "timing"))
        fprintf(stderr, "shell ready after %lld us\n", (long long)visit->ready_us);
    return visit->status;
}

static int run(const struct request *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    struct shell_visit visit = {0};
    struct shell_file files[CLIENT_RULES];
    size_t n_files = client_files(&arena, files);
    struct knows knows = {r->args[0], -1};
    struct shell_means means;
    const struct shell_house house = {.context = &knows,
                                      .dir = r->args[0],
                                      .means = &means,
                                      .arrive = arrive,
                                      .trace = trace,
                                      .arrived = arrived,
                                      .tell = tell,
                                      .look = look,
                                      .served = served,
                                      .credentials = credentials,
                                      .files = files,
                                      .n_files = n_files};
    struct shell_wish wish = wish_of(&arena, r);
    if (!find_means(r->args[0], &arena, &means, &e))
        return trouble_err(&e);
    if (means.mode == SHELL_CONTAINER && !wish.on)
        wish.on = served_in_image(&arena);
    if (means.mode == SHELL_CONTAINER && getpid() == 1 && !shell_contain(&house, &wish, &e))
        return trouble_err(&e);
    if (!shell_visit(&house, &wish, &visit, &e))
        return shell_leave(trouble_err(&e));
    return shell_leave(status_of(r, &visit));
}

const struct command command_shell = {
    .name = "shell",
    .synopsis = "DIR [-- CMD ...]",
    .says = "a shell on the lab's server, as by ssh",
    .more =
        "The server's real users, processes, sudo and sshd, isolated from this machine. With CMD that is run instead, its\n"
        "words joined with spaces as by ssh, and its exit status returned. What you do is the lab's state a second later; a\n"
        "second shell joins the first. `cafelab doctor` says what this machine allows.",
    .least = 1,
    .most = 1000,
    .run = run,
    .stays = true,
    .options = {{"on", 0, "SERVER", "which server; the lab's first without"},
                {"console", 0, NULL, "by Session Manager instead of ssh: the way back in; the trail records it"},
                {"timing", 0, NULL, "say how long it took until the shell was ready"}},
};
