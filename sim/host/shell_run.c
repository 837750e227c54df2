/* SPDX-License-Identifier: MIT */
/*
 * Runs command lines: lists, pipelines, redirections, builtins in the shell itself and programs as processes of their own.
 * A pipeline's parts run one after the other, each reading what the one before wrote.
 */
#include "sim/host/shell.h"

static int run_list(struct shell *, const struct line_list *, const struct streams *);

/* ---- the shell's own ---- */

const char *shell_get(const struct shell *sh, const char *name)
{
    for (const struct variable *v = sh->variables; v; v = v->next)
        if (strcmp(v->name, name) == 0)
            return v->value;
    return NULL;
}

/* The newest hides the others, so that a subshell's settings end with it. */
void shell_set(struct shell *sh, const char *name, const char *value)
{
    struct variable *v = arena_alloc(&sh->m->arena, sizeof(*v));

    *v = (struct variable){sh->variables, arena_dup(&sh->m->arena, name), arena_dup(&sh->m->arena, value)};
    sh->variables = v;
}

int shell_complain(struct shell *sh, const struct streams *io, int status, const char *fmt, ...)
{
    va_list args;

    str_addf(io->err, "%s: ", sh->name);
    if (sh->script)
        str_addf(io->err, "line %u: ", sh->line);
    va_start(args, fmt);
    str_vaddf(io->err, fmt, args);
    va_end(args);
    str_addc(io->err, '\n');
    return status;
}

/* ---- redirections ---- */

struct sink { /* a file that output goes to */
    const char *path;
    struct str text;
};
struct redirection {
    struct program opener; /* who opens the files: the child before it becomes another program, or the shell */
    struct streams io;
    struct sink sinks[8];
    size_t n_sinks;
    bool began;
};

static const char *reason(int error)
{
    return strerror(error);
}

static bool open_sink(struct redirection *r, struct shell *sh, const struct streams *io, const struct redirect *redirect,
                      const char *path)
{
    struct sink *sink = &r->sinks[r->n_sinks];
    int error = r->n_sinks == COUNT(r->sinks) ? EMFILE : 0;

    if (!r->began)
        program_begin(&r->opener, "/usr/bin/bash", true);
    r->began = true;
    if (!error)
        error = (redirect->kind == REDIRECT_APPEND ? fs_append : fs_write)(&r->opener, path, "", 0);
    if (error)
        return shell_complain(sh, io, 1, "%s: %s", path, reason(error)), false;
    sink->path = path;
    r->n_sinks++;
    if (redirect->fd == 1 || redirect->kind == REDIRECT_BOTH) {
        r->io.out = &sink->text;
        r->io.out_pipe = true;
    }
    if (redirect->fd == 2 || redirect->kind == REDIRECT_BOTH)
        r->io.err = &sink->text;
    return true;
}

static bool open_source(struct redirection *r, struct shell *sh, const struct streams *io, const char *path)
{
    int error = fs_read(&r->opener, path, &r->io.in, &r->io.in_len);

    r->io.in_given = true;
    r->io.in_taken = NULL;
    if (error)
        return shell_complain(sh, io, 1, "%s: %s", path, reason(error)), false;
    return true;
}

static bool apply(struct redirection *r, struct shell *sh, const struct streams *io, const struct redirect *redirect)
{
    const char *word;

    if (redirect->kind == REDIRECT_DUP) {
        if (redirect->fd == 2 && redirect->to == 1)
            r->io.err = r->io.out;
        else if (redirect->fd == 1 && redirect->to == 2)
            r->io.out = r->io.err;
        return true;
    }
    word = shell_expand_one(sh, io, redirect->word);
    if (!word)
        return false;
    if (redirect->kind == REDIRECT_TEXT) {
        r->io.in = arena_printf(&sh->m->arena, "%s\n", word);
        r->io.in_len = strlen(r->io.in);
        r->io.in_given = true;
        r->io.in_taken = NULL;
        return true;
    }
    return redirect->kind == REDIRECT_IN ? open_source(r, sh, io, word) : open_sink(r, sh, io, redirect, word);
}

/* False when one failed (told). `pid` is who opens the files; 0 = a child that is still to come. */
static bool redirect_open(struct redirection *r, struct shell *sh, const struct simple *simple, const struct streams *io,
                          int pid)
{
    *r = (struct redirection){.io = *io};
    r->opener = (struct program){.m = sh->m,
                                 .shell = sh,
                                 .pid = pid,
                                 .ppid = pid == sh->pid ? sh->ppid : sh->pid,
                                 .cred = sh->cred,
                                 .cwd = sh->cwd,
                                 .umask = sh->umask,
                                 .argv = sh->argv,
                                 .io = *io};
    for (const struct redirect *at = simple->redirects; at; at = at->next)
        if (!apply(r, sh, io, at))
            return false;
    return true;
}

static void redirect_close(struct redirection *r)
{
    for (size_t i = 0; i < r->n_sinks; i++) {
        fs_fill(&r->opener, r->sinks[i].path, str_text(&r->sinks[i].text), r->sinks[i].text.len);
        str_drop(&r->sinks[i].text);
    }
    if (r->began)
        program_end(&r->opener, 0);
}

/* ---- programs ---- */

/* A builtin that touched nothing is not worth a fact. */
static void forget_idle(struct machine *m, json_t *fact)
{
    static const char *const lists[] = {"files", "signals", "ended", "services", "accounts"};

    for (size_t i = 0; i < COUNT(lists); i++)
        if (json_object_get(fact, lists[i]))
            return;
    for (size_t i = json_array_size(m->programs); i > 0; i--)
        if (json_array_get(m->programs, i - 1) == fact) {
            json_array_remove(m->programs, i - 1);
            return;
        }
}

static int run_builtin(struct shell *sh, const struct command *command, struct fields *words, const struct streams *io)
{
    struct program p = {.m = sh->m,
                        .shell = sh,
                        .pid = sh->pid,
                        .ppid = sh->ppid,
                        .cred = sh->cred,
                        .cwd = sh->cwd,
                        .umask = sh->umask,
                        .argv = words->list,
                        .argc = (int)words->n,
                        .io = *io};
    const char **argv = words->list;
    int status;

    p.argv = sh->argv; /* what the process was started with is what audit sees */
    program_begin(&p, "/usr/bin/bash", true);
    p.argv = argv;
    status = command->run(&p);
    program_end(&p, status);
    forget_idle(sh->m, p.fact);
    return status;
}

int spawn(const struct spawned *s, const struct streams *io)
{
    struct machine *m = s->shell->m;
    struct program p = {.m = m,
                        .shell = s->shell,
                        .ppid = s->ppid,
                        .cred = s->cred,
                        .cwd = s->cwd,
                        .umask = s->umask,
                        .argv = s->argv,
                        .io = *io};
    struct shell shell = *s->shell;
    int status;

    while (p.argv[p.argc])
        p.argc++;
    shell.cred = s->cred;
    shell.cwd = s->cwd;
    shell.umask = s->umask;
    shell.user = s->user;
    shell.home = s->home;
    shell.depth++;
    shell.loops = 0;
    p.shell = &shell;
    if (++m->n_programs > PROGRAMS_MAX || shell.depth > SHELL_MAX_DEPTH)
        return shell_complain(s->shell, io, 254, "fork: retry: No child processes");
    program_begin(&p, s->command->exe, false);
    status = s->command->run(&p);
    program_end(&p, status);
    return status;
}

/* ---- finding a program ---- */

static int not_run(struct shell *sh, const struct streams *io, const char *name)
{
    struct program probe = {.m = sh->m, .cred = sh->cred, .cwd = sh->cwd};
    struct place at;

    if (!strchr(name, '/'))
        return shell_complain(sh, io, 127, "%s: command not found", name);
    at = place_find(&probe, name, FOLLOW);
    if (at.error)
        return shell_complain(sh, io, at.error == EACCES ? 126 : 127, "%s: %s", name, reason(at.error));
    if (at.file->kind == FILE_DIR)
        return shell_complain(sh, io, 126, "%s: Is a directory", name);
    return shell_complain(sh, io, 126, "%s: Permission denied", name);
}

/* A script that may be executed is given to bash. */
static bool is_script(struct shell *sh, const char *name)
{
    struct program probe = {.m = sh->m, .cred = sh->cred, .cwd = sh->cwd};
    struct place at;

    if (!strchr(name, '/'))
        return false;
    at = place_find(&probe, name, FOLLOW);
    return at.file && at.file->kind == FILE_REGULAR && may(&sh->cred, at.file, 1);
}

static void put_first(struct shell *sh, struct fields *words, const char *word)
{
    const char **list = arena_alloc(&sh->m->arena, (words->n + 2) * sizeof(*list));

    list[0] = word;
    memcpy(list + 1, words->list, (words->n + 1) * sizeof(*list));
    words->list = list;
    words->n++;
}

static int run_external(struct shell *sh, struct fields *words, const struct simple *simple, const struct streams *io)
{
    const struct command *command = command_at(words->list[0]);
    struct redirection r;
    struct spawned s;
    int status = 1;

    if (!command && is_script(sh, words->list[0])) {
        put_first(sh, words, "/bin/bash");
        command = command_find("bash");
    }
    if (!redirect_open(&r, sh, simple, io, 0)) {
        redirect_close(&r);
        return 1;
    }
    s = (struct spawned){sh, command, words->list, sh->pid, sh->cred, sh->cwd, sh->user, sh->home, sh->umask};
    status = command ? spawn(&s, &r.io) : not_run(sh, &r.io, words->list[0]);
    redirect_close(&r);
    return status;
}

/* ---- one command ---- */

static bool is_assignment(const char *word)
{
    size_t n = strspn(word, ALPHABET_ALNUM "_");

    return n > 0 && word[n] == '=' && !strchr(ALPHABET_DIGITS, word[0]);
}

static int assign(struct shell *sh, const struct simple *simple, const struct streams *io)
{
    for (size_t i = 0; i < simple->n && is_assignment(simple->words[i]); i++) {
        const char *equals = strchr(simple->words[i], '=');
        const char *value = shell_expand_one(sh, io, equals + 1);

        if (!value)
            return 1;
        shell_set(sh, arena_dupn(&sh->m->arena, simple->words[i], (size_t)(equals - simple->words[i])), value);
    }
    return 0;
}

/* ---- loops ---- */

/* break and continue count loops from within: is this one left? */
static bool loop_left(struct shell *sh)
{
    bool left = sh->leaves > 1 || (sh->leaves == 1 && !sh->goes_on);

    sh->leaves -= sh->leaves > 0;
    return left || sh->exited;
}

/* An endless one ends with the number of programs that an operation may start. */
static int run_while(struct shell *sh, const struct simple *simple, const struct streams *io)
{
    int status = 0;

    sh->loops++;
    while (!sh->exited) {
        bool holds = run_list(sh, simple->test, io) == 0;

        if (!sh->leaves && holds == (simple->kind == COMPOUND_UNTIL))
            break;
        if (!sh->leaves)
            status = run_list(sh, simple->inner, io);
        if (loop_left(sh))
            break;
    }
    sh->loops--;
    return sh->exited ? sh->status : status;
}

static int run_for(struct shell *sh, const struct simple *simple, const struct streams *io)
{
    struct fields words = {0};
    int status = 0;

    for (size_t i = 0; i < simple->n; i++)
        if (!shell_expand(sh, io, simple->words[i], &words))
            return 1;
    sh->loops++;
    for (size_t i = 0; i < words.n && !sh->exited; i++) {
        shell_set(sh, simple->variable, words.list[i]);
        status = run_list(sh, simple->inner, io);
        if (loop_left(sh))
            break;
    }
    sh->loops--;
    return sh->exited ? sh->status : status;
}

static int run_compound(struct shell *sh, const struct simple *simple, const struct streams *io)
{
    switch (simple->kind) {
    case COMPOUND_IF:
        if (run_list(sh, simple->test, io) == 0)
            return run_list(sh, simple->inner, io);
        return sh->exited ? sh->status : simple->other ? run_list(sh, simple->other, io) : 0;
    case COMPOUND_WHILE:
    case COMPOUND_UNTIL: return run_while(sh, simple, io);
    case COMPOUND_FOR: return run_for(sh, simple, io);
    case COMPOUND_NONE:
    case COMPOUND_GROUP:
    case COMPOUND_SUBSHELL: break;
    }
    return run_list(sh, simple->inner, io);
}

static int run_inner(struct shell *sh, const struct simple *simple, const struct streams *io)
{
    struct shell copy = *sh, *inner = simple->kind == COMPOUND_SUBSHELL ? &copy : sh;
    struct redirection r;
    size_t taken = 0;
    int status = 1;

    if (++inner->depth > SHELL_MAX_DEPTH)
        status = shell_complain(sh, io, 1, "nested too deep");
    else if (redirect_open(&r, sh, simple, io, sh->pid)) {
        if (!r.io.in_taken) /* what one command in it has read, the next does not read again */
            r.io.in_taken = &taken;
        status = run_compound(inner, simple, &r.io);
        redirect_close(&r);
    }
    inner->depth--;
    return status;
}

static int run_in_shell(struct shell *sh, const struct command *command, struct fields *words, const struct simple *simple,
                        const struct streams *io)
{
    struct redirection r;
    int status = 1;

    if (redirect_open(&r, sh, simple, io, sh->pid))
        status = command ? run_builtin(sh, command, words, &r.io) : 0;
    redirect_close(&r);
    return status;
}

/* NAME=value before a command is for that command: from `own` up to `before`. What it set itself stays. */
static void forget_own(struct shell *sh, struct variable *own, struct variable *before)
{
    struct variable **at = &sh->variables;

    while (*at && *at != own)
        at = &(*at)->next;
    if (*at && own != before)
        *at = before;
}

static int run_simple(struct shell *sh, const struct simple *simple, const struct streams *io)
{
    struct fields words = {0};
    const struct command *command;
    struct variable *before = sh->variables, *own;
    size_t first = 0;
    int status;

    sh->line = simple->line;
    if (++sh->m->n_programs > PROGRAMS_MAX) {
        sh->exited = true;
        return shell_complain(sh, io, 254, "fork: retry: No child processes");
    }
    if (simple->inner)
        return run_inner(sh, simple, io);
    while (first < simple->n && is_assignment(simple->words[first]))
        first++;
    for (size_t i = first; i < simple->n; i++)
        if (!shell_expand(sh, io, simple->words[i], &words))
            return 1;
    if (assign(sh, simple, io) != 0)
        return 1;
    if (words.n == 0) {
        int last = sh->status; /* of a substitution, if there was one */

        return simple->redirects ? run_in_shell(sh, NULL, &words, simple, io) : first && simple->n ? 0 : last;
    }
    own = sh->variables;
    command = strchr(words.list[0], '/') ? NULL : command_find(words.list[0]);
    status = command && command->builtin ? run_in_shell(sh, command, &words, simple, io) : run_external(sh, &words, simple, io);
    forget_own(sh, own, before);
    return status;
}

/* ---- pipelines and lists ---- */

static int run_pipeline(struct shell *sh, const struct pipeline *pipeline, const struct streams *io)
{
    AUTO(str_drop) struct str before = {0}, after = {0};
    struct streams part = *io;
    int status = 0;

    if (!pipeline->first->next) {
        status = run_simple(sh, pipeline->first, io);
        return pipeline->negated ? !status : status;
    }
    for (const struct simple *at = pipeline->first; at; at = at->next) {
        struct shell copy = *sh; /* each part is a process of its own */
        struct str swap;

        copy.depth++;
        str_clear(&after);
        part.out = at->next ? &after : io->out;
        part.out_pipe = at->next || io->out_pipe;
        status = copy.depth > SHELL_MAX_DEPTH ? 1 : run_simple(&copy, at, &part);
        sh->exited |= sh->m->n_programs > PROGRAMS_MAX;
        swap = before;
        before = after;
        after = swap;
        part.in = str_text(&before);
        part.in_len = before.len;
        part.in_given = true;
        part.in_taken = NULL;
    }
    return pipeline->negated ? !status : status;
}

static int run_list(struct shell *sh, const struct line_list *list, const struct streams *io)
{
    for (const struct pipeline *at = list->first; at && !sh->exited && !sh->leaves; at = at->next) {
        bool skipped = (at->joined == JOIN_AND && sh->status != 0) || (at->joined == JOIN_OR && sh->status == 0);

        if (!skipped)
            sh->status = run_pipeline(sh, at, io);
    }
    return sh->status;
}

int shell_run(struct shell *sh, const char *text, const struct streams *io)
{
    const char *why;
    struct line_list *list = shell_parse(&sh->m->arena, text, &why);

    if (!list) {
        sh->status = shell_complain(sh, io, 2, "%s", why);
        return sh->status;
    }
    return run_list(sh, list, io);
}
