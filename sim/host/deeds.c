/* SPDX-License-Identifier: MIT */
/*
 * The operations but for logging in and out. All come down to a command line in the shell of a session (or of SSM's agent), so
 * that a student who calls host:DeleteUser leaves the traces of one who typed sudo userdel.
 */
#include "sim/host/deeds.h"
#include "sim/host/accounts.h"
#include "sim/host/edits.h"
#include "sim/host/picture.h"

#include <stdlib.h>

struct deed {
    struct call *c;
    struct machine m;
    struct shell sh;
    struct os_user user;
    struct str out, err, typed;
    json_t *response;
    int status;
};

/* ---- begin ---- */

static unsigned login_umask(struct machine *m, const struct os_user *user)
{
    const char *group = os_group_name(m, user->gid);

    return user->uid > 199 && group && strcmp(group, user->name) == 0 ? 002 : 022; /* /etc/profile */
}

static bool find_caller(struct deed *d)
{
    const struct principal *who = &d->c->entry->who;
    struct machine *m = &d->m;

    if (who->kind != PRINCIPAL_OS) {
        call_fail(d->c, "NotLoggedIn", "\"%.64s\" is not logged in on server \"%s\"", who->name ? who->name : "?",
                  m->server->name);
        return false;
    }
    if (who->os_session) {
        m->session = find_session(m->server, who->os_session);
        if (!m->session || m->session->ended_ms) {
            m->session = NULL;
            call_fail(d->c, "NoSuchSession", "session %ld on server \"%s\" is over", who->os_session, m->server->name);
            return false;
        }
        if (!os_user_find(m->w, m->server, m->session->user, &d->user)) /* deleted by force while logged in */
            d->user = (struct os_user){m->session->user, "/", "/bin/bash", m->session->uid, m->session->uid};
        d->user.uid = m->session->uid;
        return true;
    }
    if (os_user_find(m->w, m->server, who->name, &d->user))
        return true;
    call_fail(d->c, "NoSuchUser", "there is no user \"%.64s\" on server \"%s\"", who->name, m->server->name);
    return false;
}

static const char **argv_of(struct arena *arena, const char *a, const char *b, const char *c)
{
    const char **argv = arena_alloc(arena, 4 * sizeof(*argv));

    argv[0] = a;
    argv[1] = b;
    argv[2] = b ? c : NULL;
    return argv;
}

static void shell_of_session(struct deed *d)
{
    const struct os_session *s = d->m.session;
    bool ssm = strcmp(s->method, "ssm") == 0;

    d->sh.pid = s->shell_pid;
    d->sh.ppid = s->child_pid ? s->child_pid : s->monitor_pid;
    d->sh.name = ssm ? "sh" : "-bash";
    d->sh.argv = argv_of(&d->m.arena, d->sh.name, NULL, NULL);
    d->sh.cwd = s->cwd ? s->cwd : ssm ? "/usr/bin" : d->user.home;
}

/* The agent's worker starts a document worker, that one the shell with the script. */
static void shell_of_ssm(struct deed *d)
{
    struct machine *m = &d->m;
    struct daemon *agent = find_daemon(m->server, "amazon-ssm-agent");
    const char *id = call_text(d->c, "commandId"), *script;
    struct program worker = {.m = m, .ppid = agent && agent->running ? agent->pid : 1, .cred = d->sh.cred, .cwd = "/usr/bin"};
    struct program sh = {.m = m, .cred = d->sh.cred, .cwd = "/usr/bin"};

    script = arena_printf(&m->arena,
                          "/var/lib/amazon/ssm/%s/document/orchestration/%s/awsrunShellScript/0.awsrunShellScript/_script.sh",
                          m->server->instance->id, id ? id : "local");
    worker.argv = argv_of(&m->arena, "/usr/bin/ssm-document-worker", id, NULL);
    program_begin(&worker, "/usr/bin/ssm-document-worker", false);
    sh.ppid = worker.pid;
    sh.argv = argv_of(&m->arena, "sh", "-c", script);
    program_begin(&sh, "/usr/bin/bash", false);
    d->sh.pid = sh.pid;
    d->sh.ppid = worker.pid;
    d->sh.name = script;
    d->sh.script = true;
    d->sh.argv = sh.argv;
    d->sh.cwd = "/usr/bin";
}

static bool deed_begin(struct deed *d, struct call *c)
{
    *d = (struct deed){.c = c};
    machine_open(&d->m, c);
    if (!find_caller(d)) {
        machine_close(&d->m);
        return false;
    }
    d->sh.m = &d->m;
    d->sh.cred = cred_of(&d->m, &d->user);
    d->sh.user = d->user.name;
    d->sh.home = d->user.home;
    d->sh.umask = login_umask(&d->m, &d->user);
    if (d->m.session)
        shell_of_session(d);
    else
        shell_of_ssm(d);
    if (!tree_find(d->m.tree, d->sh.cwd))
        d->sh.cwd = "/";
    shell_set(&d->sh, "HOME", d->user.home);
    shell_set(&d->sh, "USER", d->user.name);
    shell_set(&d->sh, "LOGNAME", d->user.name);
    shell_set(&d->sh, "PWD", d->sh.cwd);
    shell_set(&d->sh, "HOSTNAME", d->m.server->hostname);
    shell_set(&d->sh, "SHELL", d->user.shell);
    shell_set(&d->sh, "PATH", "/usr/local/bin:/bin:/usr/bin:/usr/local/sbin:/usr/sbin");
    d->response = json_object();
    return true;
}

/* ---- the line ---- */

/* A line typed at the prompt. */
static void type(struct deed *d, const char *line)
{
    struct streams io = {.in = "", .out = &d->out, .err = &d->err};

    if (d->m.session && strcmp(d->m.session->method, "ssm") != 0)
        str_addf(&d->typed, "%s%s", d->typed.len ? "\n" : "", line);
    d->status = shell_run(&d->sh, line, &io);
}

/* ---- end ---- */

static void put_who(struct deed *d, const char *cwd)
{
    const struct os_session *s = d->m.session;
    json_t *r = d->response;

    if (s)
        json_put(r, "session", json_integer(s->number));
    json_put_text(r, "user", d->user.name);
    json_put(r, "uid", json_integer(d->user.uid));
    json_put(r, "gid", json_integer(d->user.gid));
    if (s) {
        json_put_text(r, "tty", s->tty);
        json_put_text(r, "addr", s->host);
    }
    json_put(r, "shell", json_integer(d->sh.pid));
    if (d->typed.len)
        json_put(r, "typed", json_clean(d->typed.s));
    json_put_text(r, "home", d->user.home);
    json_put_text(r, "cwd", cwd);
    json_put(r, "exit", json_integer(d->status));
    json_put_text(r, "commandId", call_text(d->c, "commandId"));
    json_put_text(r, "documentName", call_text(d->c, "documentName"));
}

static json_t *output(struct str *text)
{
    if (text->len > REPLY_MAX_BYTES)
        text->s[text->len = REPLY_MAX_BYTES] = '\0';
    for (size_t i = 0; i < text->len; i++) /* JSON texts end at a zero byte */
        if (text->s[i] == '\0')
            text->s[i] = '?';
    return json_clean(str_text(text));
}

static void end_ssm_programs(struct deed *d)
{
    for (size_t i = 0; i < 2; i++) {
        json_t *fact = json_array_get(d->m.programs, i);

        json_put(fact, "until", json_integer(d->m.now_ms));
        json_put(fact, "exit", json_integer(i ? d->status : 0));
    }
}

static void deed_end(struct deed *d, const char *cwd)
{
    json_t *reply = json_object();

    if (d->m.session && strcmp(d->sh.cwd, cwd) != 0)
        d->m.session->cwd = arena_dup(&d->m.w->arena, d->sh.cwd);
    if (!d->m.session)
        end_ssm_programs(d);
    put_who(d, cwd);
    json_put(d->response, "programs", json_incref(d->m.programs));
    call_log_response(d->c, d->response);
    json_put(reply, "exitCode", json_integer(d->status));
    json_put(reply, "stdout", output(&d->out));
    json_put(reply, "stderr", output(&d->err));
    d->c->reply = reply;
    str_drop(&d->out);
    str_drop(&d->err);
    str_drop(&d->typed);
    machine_close(&d->m);
}

/* What a failed command's complaint means as a code of ours. */
static const char *code_of(const struct deed *d)
{
    static const struct {
        const char *says, *code;
    } codes[] = {
        {"is currently used by process", "UserInUse"       },
        {"user '",                       "NoSuchUser"      }, /* refined below: "already exists" */
        {"password not changed",         "NoSuchUser"      },
        {"not removing",                 "HomeNotRemoved"  },
        {"No such file or directory",    "NoSuchFile"      },
        {"No such process",              "NoSuchProcess"   },
        {"Is a directory",               "IsDirectory"     },
        {"Unit not found",               "NoSuchService"   },
        {"Job for ",                     "ServiceFailed"   },
        {"invalid ",                     "InvalidParameter"},
        {"ermission denied",             "PermissionDenied"},
        {"not permitted",                "PermissionDenied"},
        {"sudo:",                        "PermissionDenied"},
        {"sudoers",                      "PermissionDenied"},
        {"not allowed to execute",       "PermissionDenied"},
    };
    const char *said = str_text(&d->err);

    if (strstr(said, "already exists") || strstr(said, "exists - if you want"))
        return "UserExists";
    for (size_t i = 0; i < COUNT(codes); i++)
        if (strstr(said, codes[i].says))
            return codes[i].code;
    return "CommandFailed";
}

static void deed_end_strict(struct deed *d, const char *cwd)
{
    const char *said = str_text(&d->err);

    if (d->status != 0)
        call_fail(d->c, code_of(d), "%.*s", (int)(strcspn(said, "\n") < 300 ? strcspn(said, "\n") : 300),
                  *said ? said : "it failed");
    deed_end(d, cwd);
}

/* ---- writing lines ---- */

static const char *quoted(struct arena *arena, const char *text)
{
    AUTO(str_drop) struct str out = {0};

    if (*text && strspn(text, ALPHABET_ALNUM "/._-+:,@%^=") == strlen(text))
        return text;
    str_add_shell(&out, text);
    return arena_dup(arena, str_text(&out));
}

static struct program probe_of(struct deed *d)
{
    return (struct program){.m = &d->m, .cred = d->sh.cred, .cwd = d->sh.cwd, .umask = d->sh.umask};
}

/* May the user make or take away this name himself? */
static bool may_name(struct deed *d, const char *name)
{
    struct program p = probe_of(d);
    struct place at = place_find(&p, name, NO_FOLLOW);

    return at.parent && may(&p.cred, at.parent, 3) &&
           !(at.file && at.parent->mode & 01000 && at.file->uid != p.cred.uid && p.cred.uid != 0);
}

static bool may_write(struct deed *d, const char *name)
{
    struct program p = probe_of(d);
    struct place at = place_find(&p, name, FOLLOW);

    return at.file ? may(&p.cred, at.file, 2) : at.parent && may(&p.cred, at.parent, 3);
}

static const char *sudo_unless(const struct deed *d, bool able)
{
    return able || d->sh.cred.uid == 0 ? "" : "sudo ";
}

/* ---- the operations ---- */

void run_run(struct call *c)
{
    const char *cwd = call_text(c, "cwd"), *before;
    struct deed d;

    if (!deed_begin(&d, c))
        return;
    if (cwd && *cwd == '/' && tree_find(d.m.tree, path_absolute(&d.m.arena, "/", cwd)))
        d.sh.cwd = path_absolute(&d.m.arena, "/", cwd);
    before = d.sh.cwd;
    type(&d, call_text(c, "command"));
    deed_end(&d, before);
}

void run_add_user(struct call *c)
{
    AUTO(str_drop) struct str line = {0};
    const char *shell = call_text(c, "shell"), *home = call_text(c, "home");
    struct deed d;

    if (!deed_begin(&d, c))
        return;
    str_addf(&line, "%suseradd", sudo_unless(&d, false));
    if (call_bool(c, "system", false))
        str_add(&line, " -r");
    if (shell)
        str_addf(&line, " -s %s", quoted(&d.m.arena, shell));
    if (home)
        str_addf(&line, " -d %s", quoted(&d.m.arena, home));
    str_addf(&line, " %s", quoted(&d.m.arena, call_text(c, "user")));
    type(&d, str_text(&line));
    deed_end_strict(&d, d.sh.cwd);
}

void run_set_password(struct call *c)
{
    struct deed d;

    if (!deed_begin(&d, c))
        return;
    type(&d, arena_printf(&d.m.arena, "echo %s | %schpasswd",
                          quoted(&d.m.arena, arena_printf(&d.m.arena, "%s:%s", call_text(c, "user"), call_text(c, "password"))),
                          sudo_unless(&d, false)));
    deed_end_strict(&d, d.sh.cwd);
}

void run_delete_user(struct call *c)
{
    struct deed d;

    if (!deed_begin(&d, c))
        return;
    type(&d, arena_printf(&d.m.arena, "%suserdel %s%s", sudo_unless(&d, false), call_bool(c, "removeHome", false) ? "-r " : "",
                          quoted(&d.m.arena, call_text(c, "user"))));
    deed_end_strict(&d, d.sh.cwd);
}

void run_edit(struct call *c)
{
    AUTO(str_drop) struct str text = {0};
    const char *file = call_text(c, "file"), *content = call_text(c, "text");
    const json_t *set = json_object_get(c->params, "set");
    struct program root = {0};
    struct place at;
    struct deed d;

    if (!content == !set) {
        call_fail(c, "InvalidParameter", "either set or text says how the file changes");
        return;
    }
    if (!deed_begin(&d, c))
        return;
    root = probe_of(&d);
    root.cred = (struct cred){0};
    at = place_find(&root, file, FOLLOW);
    if (content)
        str_add(&text, content);
    else if (at.file && at.file->kind == FILE_REGULAR)
        set_directives(&text, at.file->data ? at.file->data : "", at.file->data ? at.file->size : 0, set);
    else
        call_fail(c, "NoSuchFile", "%.200s: there is no such file to set anything in", file);
    if (!c->failed) {
        d.m.edited = str_text(&text);
        d.m.edited_len = text.len;
        type(&d, arena_printf(&d.m.arena, "%svi %s", sudo_unless(&d, may_write(&d, file)), quoted(&d.m.arena, file)));
    }
    deed_end_strict(&d, d.sh.cwd);
}

void run_move(struct call *c)
{
    const char *from = call_text(c, "from"), *to = call_text(c, "to");
    struct deed d;

    if (!deed_begin(&d, c))
        return;
    type(&d, arena_printf(&d.m.arena, "%smv %s %s", sudo_unless(&d, may_name(&d, from) && may_name(&d, to)),
                          quoted(&d.m.arena, from), quoted(&d.m.arena, to)));
    deed_end_strict(&d, d.sh.cwd);
}

void run_remove(struct call *c)
{
    const char *file = call_text(c, "file");
    struct deed d;

    if (!deed_begin(&d, c))
        return;
    type(&d, arena_printf(&d.m.arena, "%srm %s%s", sudo_unless(&d, may_name(&d, file)),
                          call_bool(c, "recursive", false) ? "-r " : "", quoted(&d.m.arena, file)));
    deed_end_strict(&d, d.sh.cwd);
}

void run_kill_process(struct call *c)
{
    const char *signal = call_text(c, "signal");
    const struct process *target;
    int number = signal ? signal_number(signal) : 15;
    struct deed d;

    if (!json_object_get(c->params, "pid") || number < 0) {
        call_fail(c, number < 0 ? "InvalidParameter" : "MissingParameter",
                  number < 0 ? "signal: \"%.20s\" is no signal" : "pid is missing%s", number < 0 ? signal : "");
        return;
    }
    if (!deed_begin(&d, c))
        return;
    target = find_process(d.m.server, (int)call_int(c, "pid", 0));
    type(&d, arena_printf(&d.m.arena, "%skill -%d %lld", sudo_unless(&d, !target || target->uid == d.sh.cred.uid), number,
                          (long long)call_int(c, "pid", 0)));
    deed_end_strict(&d, d.sh.cwd);
}

void run_restart_service(struct call *c)
{
    static const char *const actions[] = {"restart", "start", "stop", "reload"};
    const char *action = call_text(c, "action");
    bool known = !action;
    struct deed d;

    for (size_t i = 0; i < COUNT(actions) && !known; i++)
        known = strcmp(action, actions[i]) == 0;
    if (!known) {
        call_fail(c, "InvalidParameter", "action: \"%.40s\" is not \"restart\", \"start\", \"stop\" or \"reload\"", action);
        return;
    }
    if (!deed_begin(&d, c))
        return;
    type(&d, arena_printf(&d.m.arena, "%ssystemctl %s %s", sudo_unless(&d, false), action ? action : "restart",
                          quoted(&d.m.arena, call_text(c, "service"))));
    deed_end_strict(&d, d.sh.cwd);
}

/* ---- host:Put ---- */

static struct str kept; /* "defaced"; empty = it is read when it is wanted */

static bool read_defaced(struct str *out, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};

    return file_read(data_path(&arena, "fixtures/pictures/defaced.jpg"), FILE_MAX_BYTES, out, e);
}

void host_keep_fixtures(void)
{
    struct err ignored = {0};

    if (!kept.len)
        read_defaced(&kept, &ignored);
}

static bool fixture_read(struct deed *d, const char *name, struct str *out)
{
    AUTO(str_drop) struct str read = {0};
    const struct str *picture = kept.len ? &kept : &read;
    const char *tag = d->c->w->contents_come ? NULL : call_text(d->c, "tag");
    struct err e = {0};

    if (strcmp(name, "defaced") != 0) {
        call_fail(d->c, "NoSuchFixture", "there is no fixture \"%.40s\" (there is \"defaced\")", name);
        return false;
    }
    if ((!kept.len && !read_defaced(&read, &e)) ||
        (tag && !picture_deface((const unsigned char *)picture->s, picture->len, tag, out, &e))) {
        call_fail(d->c, "NoSuchFixture", "%s", e.msg);
        return false;
    }
    if (!tag)
        str_addn(out, picture->s, picture->len);
    return true;
}

/* scp's far end, started by sshd without a terminal. */
static void upload(struct deed *d, const char *file, const struct str *content)
{
    struct streams io = {.in = str_text(content), .in_len = content->len, .in_given = true, .out = &d->out, .err = &d->err};
    const struct os_session *s = d->m.session;
    size_t before = json_array_size(d->m.programs);
    json_t *fact;

    d->status = spawn(&(struct spawned){&d->sh, command_find("scp"), argv_of(&d->m.arena, "scp", "-t", file),
                                        s && s->child_pid ? s->child_pid : d->sh.pid, d->sh.cred, d->user.home, d->user.name,
                                        d->user.home, d->sh.umask},
                      &io);
    fact = json_array_get(d->m.programs, before);
    if (fact)
        json_object_del(fact, "tty");
}

static void put_by_sudo(struct deed *d, const char *file, const struct str *content)
{
    struct arena *arena = &d->m.arena;
    struct program root = probe_of(d);
    const char *loaded = path_join(arena, d->user.home, path_base(file));
    bool there;

    root.cred = (struct cred){0};
    there = place_find(&root, file, FOLLOW).file != NULL;
    upload(d, loaded, content);
    if (d->status == 0)
        type(d, arena_printf(arena, there ? "sudo cp %s %s && rm %s" : "sudo mv %s %s", quoted(arena, loaded),
                             quoted(arena, file), quoted(arena, loaded)));
}

void run_put(struct call *c)
{
    AUTO(str_drop) struct str content = {0};
    const char *file = call_text(c, "file"), *text = call_text(c, "text"), *fixture = call_text(c, "fixture");
    struct deed d;

    if (!text == !fixture) {
        call_fail(c, "InvalidParameter", "either text or fixture says what is uploaded");
        return;
    }
    if (!deed_begin(&d, c))
        return;
    if (text)
        str_add(&content, text);
    if (text || fixture_read(&d, fixture, &content)) {
        if (may_write(&d, file))
            upload(&d, file, &content);
        else
            put_by_sudo(&d, file, &content);
    }
    deed_end_strict(&d, d.sh.cwd);
}
