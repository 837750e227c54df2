/* SPDX-License-Identifier: MIT */
/*
 * The keeper of a lab's server: the process that has it inside. Guests, one for each terminal, ask it through a socket for a
 * login and pass bytes themselves; it notes about every second in the lab what has been done inside, and takes in what
 * happened in the lab meanwhile. When the last guest has gone it tells the lab the rest and ends, and everything inside
 * with it. When it is killed the kernel ends everything inside, and what was noted is in the lab.
 */
#include "sim/shell/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_S 10 /* with PID 1 */

/* ---- the socket ---- */

int keeper_socket(const char *dir, bool listens)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    AUTO(close_fd) int folder = open(arena_printf(&arena, "%s/.cafelab", dir), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = folder >= 0 ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/shell.sock", folder); /* a lab's path may be too long */
    if (listens)
        unlink(at.sun_path);
    if (fd >= 0 && !(listens ? bind(fd, (struct sockaddr *)&at, sizeof(at)) || chmod(at.sun_path, 0600) || listen(fd, 8)
                             : connect(fd, (struct sockaddr *)&at, sizeof(at))))
        return fd;
    close_fd(&fd);
    return -1;
}

/* Nobody else can listen there yet: we hold the lab's shells. */
static void leave_socket(const char *dir)
{
    AUTO(arena_drop) struct arena arena = {0};
    unlink(arena_printf(&arena, "%s/.cafelab/shell.sock", dir));
}

static bool is_ours(int fd)
{
    struct ucred peer;
    socklen_t n = sizeof(peer);
    return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) && (peer.uid == geteuid() || peer.uid == 0);
}

/* ---- somebody comes ---- */

static void dismiss(struct keeper *k, struct guest *g)
{
    close_fd(&g->fd);
    *g = k->guests[--k->n_guests];
}

static json_t *refusal_of(const struct lab *lab, const struct server *s, json_t *answer)
{
    json_put_text(answer, "user", s->login_user);
    json_put_text(answer, "host", s->instance->public_ip ? s->instance->public_ip : s->instance->private_ip);
    json_put_text(answer, "from", lab->me.from.ip);
    return answer;
}

/* Before the lab is opened: it builds the server's root meanwhile, and has nothing of the lab in its memory. */
static bool prepare_inside(struct keeper *k, struct err *e)
{
    int ends[2];
    if (k->waiting.pid > 0)
        return true;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return err_set(e, "socketpair: %m");
    close_fd(&k->link);
    k->link = ends[0];
    const struct timeval patience = {.tv_sec = PATIENCE_S}; /* root inside can stop PID 1 (ptrace(2)): we go on */
    setsockopt(k->link, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(k->link, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    bool good = gate_open(k->house, ends[1], &k->waiting, e);
    close(ends[1]);
    return good;
}

static json_t *visitor_of_wish(const json_t *wish, long session)
{
    json_t *visitor = json_deep_copy(wish);
    json_put(visitor, "session", json_integer(session));
    return visitor;
}

/* The gate has what it waits for. */
static void begin_inside(struct keeper *k, json_t *visitor)
{
    AUTO(str_drop) struct str text = {0};
    k->one_id = k->house->means->mode == SHELL_SINGLE;
    k->now_ms = clock_now_ms();
    k->lab_ms = k->lab.live ? k->now_ms : k->lab.world.now_ms;
    k->gate = k->waiting.pid;
    json_auto_t *brief = brief_of(&k->lab.world, k->server, k->lab_ms, k->now_ms, visitor);
    str_add_json_value(&text, brief);
    link_send(k->link, LINK_BRIEF, text.s, text.len, NULL, 0); /* if it is gone it has said why */
}

/* Where all is root's: the files as they are before anybody is let in. Which is which can be told from then on. */
static bool begin_alone(struct keeper *k, const struct message *m, struct err *e)
{
    struct state lab = {0};
    k->latest = k->agreed = xcalloc(1, sizeof(*k->agreed));
    state_copy(&lab, &k->server->tree);
    bool good = state_take(&m->bytes, &lab, k->lab_ms, k->now_ms, k->agreed, e);
    if (good)
        state_own(k->agreed, &lab, false);
    state_drop(&lab);
    return good;
}

/* Its root stands. */
static bool begin_files(struct keeper *k, struct message *doors, struct err *e)
{
    doors_take(doors, k->door_fds);
    return (k->stays ? root_refresh(&k->server->tree, e) : root_fill(k->gate, &k->server->tree, k->one_id, e)) &&
           (link_say(k->link, LINK_FILES, "") || err_set(e, "the server's first process is gone"));
}

void keeper_attend_doors(struct keeper *k)
{
    struct metadata *about = xcalloc(1, sizeof(*about));
    uint8_t print[32];
    metadata_begin(about, &k->lab.world, k->server, k->house);
    metadata_print(about, print);
    if (k->doors <= 0 || memcmp(print, k->metadata, sizeof(print)) != 0) {
        if (k->doors > 0)
            kill(k->doors, SIGTERM);
        memcpy(k->metadata, print, sizeof(print));
        k->doors = doors_attend(k->house, about, k->door_fds);
    }
    free(about);
}

/* Its shell runs, or did not come to that: what nobody had to wait for comes now. */
static void know_start(struct keeper *k, bool runs)
{
    if (runs)
        keeper_attend_doors(k);
    while (k->waiting.giver > 0 && waitpid(k->waiting.giver, NULL, 0) < 0 && errno == EINTR)
        ;
    k->waiting = (struct gate){0};
    if (runs && !k->agreed) {
        k->latest = k->agreed = xcalloc(1, sizeof(*k->agreed));
        state_copy(k->agreed, &k->server->tree);
    }
}

static void follow_start(struct keeper *k, struct guest *g, bool runs)
{
    struct err e = {0};
    know_start(k, runs);
    if (!k->house->arrived(k->house->context, &k->lab, &e))
        link_say(g->fd, LINK_NOTE, e.msg);
    keeper_begin(k);
}

static bool receive_start(struct keeper *k, struct err *e)
{
    for (;;) {
        AUTO(message_drop)
        struct message m = {
            .fds = {-1, -1, -1}
        };
        if (!link_receive(k->link, &m, e))
            return false;
        if (m.kind == LINK_ERROR)
            return err_set(e, "%s", str_text(&m.bytes));
        if (m.kind == LINK_STATE && !begin_alone(k, &m, e))
            return false;
        if (m.kind == LINK_DOORS && !begin_files(k, &m, e))
            return false;
        keeper_pass_on(k, &m);
        if (m.kind == LINK_GO)
            return true;
    }
}

static bool join_inside(struct keeper *k, struct lab *lab, json_t *wish, long session, struct err *e)
{
    return keeper_bring(k, lab, visitor_of_wish(wish, session), e);
}

/* The server did not let it in: the guest is told why. */
static bool turn_away(struct keeper *k, struct guest *g, struct lab *lab, const json_t *refusal, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    str_add_json_value(&text, refusal);
    link_send(g->fd, LINK_REFUSED, text.s, text.len, NULL, 0);
    bool kept = k->house->arrived(k->house->context, lab, e);
    lab_drop(lab);
    dismiss(k, g);
    return kept;
}

static bool admit(struct keeper *k, struct guest *g, json_t *wish, struct err *e)
{
    struct lab lab;
    json_auto_t *came = NULL;
    struct arrival arrival = {.on = json_str(wish, "on"),
                              .console = json_bool_or(wish, "console", false),
                              .joins = k->gate && (!k->stays || k->visited)};
    if (k->gate ? !keeper_exchange(k, e) : !prepare_inside(k, e))
        return false;
    if (k->gate && arrival.on && !text_same(arrival.on, k->server->name))
        return err_set(e, "a shell is open on the server \"%s\": leave it first", k->server->name);
    arrival.on = k->gate ? k->server->name : arrival.on;
    if (!k->house->arrive(k->house->context, &arrival, &lab, &came, e))
        return false;
    k->visited = true;
    const struct server *server = arrival.on ? find_server(&lab.world, arrival.on) : lab.world.servers;
    long session = (long)json_int_or(came, "session", 0);
    if (server && json_str(came, "code"))
        return turn_away(k, g, &lab, refusal_of(&lab, server, came), e);
    if (!server || !find_session(server, session)) {
        k->house->arrived(k->house->context, &lab, e);
        lab_drop(&lab);
        return server ? err_set(e, "the lab knows of no session %ld", session) : err_set(e, "there is no server in this lab");
    }
    g->session = session;
    if (k->gate)
        return k->house->arrived(k->house->context, &lab, e) ? join_inside(k, &lab, wish, session, e) : (lab_drop(&lab), false);
    k->lab = lab;
    k->server = find_server(&k->lab.world, server->name);
    begin_inside(k, visitor_of_wish(wish, session));
    bool runs = k->house->trace(k->house->context, &k->lab, e) && receive_start(k, e);
    follow_start(k, g, runs);
    return runs;
}

static void hear_guest(struct keeper *k, struct guest *g)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    struct err e = {0};
    char number[32];
    bool good = link_receive(g->fd, &m, &e);
    if (good && m.kind == LINK_VISIT && !g->session) {
        json_auto_t *wish = json_read(m.bytes.s, m.bytes.len, &e);
        if (wish && admit(k, g, wish, &e))
            return;
        link_say(g->fd, LINK_ERROR, e.msg);
        if (!g->session || !k->gate)
            return dismiss(k, g);
        g->gone = true;
        return;
    }
    snprintf(number, sizeof(number), "%ld", g->session);
    if (g->session && !g->gone)
        link_say(k->link, LINK_HANGUP, number);
    if (!good && g->session)
        close_fd(&g->fd); /* what is done about it comes from inside */
    else if (!good)
        dismiss(k, g);
}

/* ---- somebody goes ---- */

static void end_process(pid_t *pid)
{
    if (*pid > 0)
        kill(*pid, SIGKILL);
    while (*pid > 0 && waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *pid = 0;
}

static void end_inside(struct keeper *k)
{
    bool had = k->gate > 0;
    end_process(had ? &k->gate : &k->waiting.pid);
    end_process(&k->waiting.giver);
    end_process(&k->doors);
    k->gate = had ? -1 : k->gate;
}

/* After its shell's end: all that it did is in the lab before its guest is told. */
static void see_off(struct keeper *k, struct guest *g)
{
    struct err e = {0}, ignored = {0};
    bool good = k->agreed && (k->broken || keeper_ask(k, &e)) && keeper_tell(k, g->session, &e);
    if (!k->agreed)
        good = !e.set;
    k->news_due = true;
    k->next_note_ms = 0;
    if (!good && !e.set)
        err_set(&e, "the server's first process is gone");
    bool last = k->n_guests == 1 && !k->stays;
    if (last)
        end_inside(k);
    if (!good && k->agreed && keeper_tell(k, g->session, &ignored))
        link_say(g->fd, LINK_NOTE, "what was done in the last second may be lost");
    else if (!good)
        link_say(g->fd, LINK_ERROR, e.msg);
    link_say(g->fd, LINK_SAVED, last ? LINK_SAVED_LAST : "");
    dismiss(k, g);
}

static void break_off(struct keeper *k)
{
    const unsigned char status = 255;
    for (size_t i = 0; i < k->n_guests; i++) {
        struct guest *g = &k->guests[i];
        if (g->session && !g->gone)
            link_send(g->fd, LINK_STATUS, &status, 1, NULL, 0);
        if (g->session)
            link_say(g->fd, LINK_NOTE, "the server's first process was killed: what was done in the last second may be lost");
        g->gone = true;
    }
}

/* ---- the loop ---- */

static void accept_guest(struct keeper *k)
{
    int fd = accept4(k->listening, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    if (k->n_guests == GUESTS || !is_ours(fd) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 2}, sizeof(struct timeval))) {
        close(fd);
        return;
    }
    k->guests[k->n_guests++] = (struct guest){.fd = fd};
}

static void hear_inside(struct keeper *k)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    struct err e = {0};
    if (link_receive(k->link, &m, &e))
        keeper_pass_on(k, &m);
    else
        k->broken = true;
}

static void turn(struct keeper *k)
{
    struct pollfd fds[2 + GUESTS] = {
        {.fd = k->listening,                             .events = POLLIN},
        {.fd = k->gate > 0 && !k->broken ? k->link : -1, .events = POLLIN},
    };
    size_t n = k->n_guests;
    for (size_t i = 0; i < n; i++)
        fds[2 + i] = (struct pollfd){.fd = k->guests[i].gone ? -1 : k->guests[i].fd, .events = POLLIN};
    poll(fds, 2 + n, LOOK_EVERY_MS / 2);
    if (fds[1].revents)
        hear_inside(k);
    for (size_t i = n; i-- > 0;)
        if (fds[2 + i].revents)
            hear_guest(k, &k->guests[i]);
    if (k->broken)
        break_off(k);
    for (size_t i = k->n_guests; i-- > 0;)
        if (k->guests[i].gone)
            see_off(k, &k->guests[i]);
    if (fds[0].revents)
        accept_guest(k);
    if (k->gate > 0 && !k->broken && (k->n_guests || k->stays))
        keeper_note(k);
}

static void become_background(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsid();
    prctl(PR_SET_NAME, "cafelab-keeper");
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGWINCH, SIG_IGN);
}

_Noreturn void keeper_run(const struct shell_house *house, int first, int lock)
{
    struct keeper k = {.house = house, .n_guests = 1, .guests = {{.fd = first}}, .link = -1};
    become_background();
    k.listening = keeper_socket(house->dir, true);
    (void)lock; /* its end of life is ours */
    while (k.n_guests)
        turn(&k);
    end_inside(&k);
    leave_socket(house->dir);
    _exit(0);
}

/* ---- a container ---- */

static volatile sig_atomic_t told_to_stop;

static void stop_soon(int signal)
{
    (void)signal;
    told_to_stop = 1;
}

static bool begin_staying(struct keeper *k, const char *on, struct err *e)
{
    if (!k->house->look(k->house->context, &k->lab, e))
        return false;
    k->server = on ? find_server(&k->lab.world, on) : k->lab.world.servers;
    if (!k->server)
        return err_set(e, "there is no server \"%s\" in this lab", on ? on : "");
    begin_inside(k, NULL);
    k->gate = 1;
    if (!receive_start(k, e))
        return false;
    know_start(k, true);
    keeper_begin(k);
    return true;
}

_Noreturn void keeper_stay(const struct shell_house *house, const char *on, int link, int lock)
{
    struct keeper k = {.house = house, .link = link, .stays = true, .listening = keeper_socket(house->dir, true)};
    struct err e = {0};
    (void)lock; /* its end of life is ours */
    signal(SIGTERM, stop_soon);
    if (!begin_staying(&k, on, &e)) {
        fprintf(stderr, "cafelab: %s\n", e.msg);
        _exit(1);
    }
    become_background();
    signal(SIGTERM, stop_soon);
    while (!told_to_stop && !k.broken)
        turn(&k);
    if (!k.broken)
        keeper_exchange(&k, &e); /* what was done in the last half second */
    for (size_t i = 0; i < k.n_guests; i++)
        if (k.guests[i].session)
            keeper_tell(&k, k.guests[i].session, &e); /* nobody is on a server that stops */
    end_process(&k.doors);
    leave_socket(house->dir);
    _exit(0);
}
