/* SPDX-License-Identifier: MIT */
/*
 * The console's door: who is signed in, which page is meant, what is to be done there. Only a browser on this machine gets in:
 * the Host must be loopback's, the session's cookie is not sent from other sites, and each form holds a token of its session.
 */
#include "sim/serve/console.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ROOT "/console/"
#define SESSIONS 32
#define SESSION_MS (INT64_C(12) * 3600 * 1000) /* IAM user guide: a console session lasts 12 hours */
#define COOKIE "cafelab_console="

struct session {
    char token[CONSOLE_TOKEN + 1], form[CONSOLE_TOKEN + 1];
    char *name, *key; /* the user's; of the session's temporary credentials */
    int64_t began_ms;
    char *said;
    bool bad;
};
struct console {
    pthread_mutex_t lock;
    struct session list[SESSIONS]; /* by age, the newest last; without a name = free */
};

struct console *console_new(void)
{
    struct console *c = xcalloc(1, sizeof(*c));
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static void forget(struct session *s)
{
    free(s->name);
    free(s->key);
    free(s->said);
    *s = (struct session){0};
}

void console_free(struct console *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < SESSIONS; i++)
        forget(&c->list[i]);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- sessions; all under the lock ---- */

static const char *cookie_of(const struct http_request *r)
{
    const char *cookies = http_header(r, "cookie"), *at = cookies ? strstr(cookies, COOKIE) : NULL;
    return at ? at + strlen(COOKIE) : NULL;
}

static struct session *session_of(struct console *c, const struct http_request *r, int64_t now_ms)
{
    const char *token = cookie_of(r);
    for (size_t i = 0; token && i < SESSIONS; i++) {
        struct session *s = &c->list[i];
        if (s->name && !strncmp(s->token, token, CONSOLE_TOKEN) && now_ms - s->began_ms < SESSION_MS)
            return s;
    }
    return NULL;
}

static bool draw_token(char token[CONSOLE_TOKEN + 1], struct err *e)
{
    AUTO(str_drop) struct str hex = {0};
    uint8_t bytes[CONSOLE_TOKEN / 2];
    if (!chance_of_system(bytes, sizeof(bytes), e))
        return false;
    str_add_hex(&hex, bytes, sizeof(bytes));
    memcpy(token, str_text(&hex), CONSOLE_TOKEN + 1);
    return true;
}

/* The oldest makes room. */
static bool begin_session(struct console *c, const char *user, const char *key, int64_t now_ms, char token[CONSOLE_TOKEN + 1],
                          struct err *e)
{
    struct session s = {.began_ms = now_ms};
    if (!draw_token(s.token, e) || !draw_token(s.form, e))
        return false;
    s.name = xstrdup(user);
    s.key = xstrdup(key);
    memcpy(token, s.token, sizeof(s.token));
    pthread_mutex_lock(&c->lock);
    forget(&c->list[0]);
    memmove(c->list, c->list + 1, (SESSIONS - 1) * sizeof(s));
    c->list[SESSIONS - 1] = s;
    pthread_mutex_unlock(&c->lock);
    return true;
}

/* Who asks? What was said to him is said once. */
static bool meet(struct console *c, struct visit *v, bool listens)
{
    struct arena *arena = &v->r->arena;
    pthread_mutex_lock(&c->lock);
    struct session *s = session_of(c, v->r, clock_now_ms());
    if (s) {
        v->user.who = (struct principal){
            .kind = PRINCIPAL_USER,
            .name = arena_dup(arena, s->name),
            .access_key_id = arena_dup(arena, s->key),
            .session_start_ms = s->began_ms / 1000 * 1000,
            .console = true,
        };
        v->user.form = arena_dup(arena, s->form);
        v->user.bad = s->bad;
        if (listens) {
            v->user.said = arena_dup(arena, s->said);
            free(s->said);
            s->said = NULL;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return s != NULL;
}

static void tell(struct console *c, const struct visit *v, const char *says, bool bad)
{
    pthread_mutex_lock(&c->lock);
    struct session *s = session_of(c, v->r, clock_now_ms());
    if (s) {
        free(s->said);
        s->said = xstrdup(says);
        s->bad = bad;
    }
    pthread_mutex_unlock(&c->lock);
}

/* ---- going elsewhere ---- */

static void lead(struct visit *v, const char *to)
{
    v->reply->wire.status = 303;
    http_reply_header(v->reply, "Location", to);
}

static void refuse(struct visit *v, unsigned status, const char *why)
{
    v->reply->wire.status = status;
    v->reply->wire.content_type = "text/plain; charset=UTF-8";
    str_addf(&v->reply->wire.body, "%s\n", why);
}

/* ---- signing in and out ---- */

static void sign_in(struct console *c, struct visit *v)
{
    struct err e = {0};
    struct live_answer answer = {0};
    char token[CONSOLE_TOKEN + 1];
    const char *user = form_get(&v->form, "userName"), *password = form_get(&v->form, "password");
    const char *agent = http_header(v->r, "user-agent");
    if (!user || !*user || !password || !*password)
        return console_show_sign_in(v, "a user name and a password are needed", 400);
    json_auto_t *params = json_object();
    json_put_text(params, "userName", user);
    json_put_text(params, "password", password);
    struct action action = {
        .time_ms = clock_now_ms(),
        .who = {.kind = PRINCIPAL_USER, .name = user},
        .from = { live_student_ip(v->live, &v->r->arena),          agent ? agent : "-", false},
        .op = "signin:ConsoleLogin",
        .params = params,
    };
    if (!live_act(v->live, &action, &v->r->arena, &answer, &e))
        return refuse(v, 500, e.msg);
    bool right = answer.reply != NULL;
    json_decref(answer.reply);
    if (!right)
        return console_show_sign_in(v, "your authentication information is incorrect", 403);
    const char *key = live_console_key(v->live, &v->r->arena, &e);
    if (!key || !begin_session(c, user, key, clock_now_ms(), token, &e))
        return refuse(v, 500, e.msg);
    http_reply_header(v->reply, "Set-Cookie",
                      arena_printf(&v->r->arena, COOKIE "%s; Path=" ROOT "; HttpOnly; SameSite=Strict", token));
    lead(v, ROOT);
}

static void sign_out(struct console *c, struct visit *v)
{
    pthread_mutex_lock(&c->lock);
    struct session *s = session_of(c, v->r, clock_now_ms());
    if (s)
        forget(s);
    pthread_mutex_unlock(&c->lock);
    lead(v, ROOT);
}

/* ---- pages ---- */

static bool has(const char *const *names, const char *name)
{
    while (names && *names)
        if (text_same(*names++, name))
            return true;
    return false;
}

/* A deed is done on the page that shows it. */
static const struct console_deed *deed_of(const struct console_page *page, const char *name)
{
    bool here = name && has(page->deeds, name);
    for (const struct console_part *part = page->parts; name && part->title; part++)
        here |= has(part->deeds, name);
    return here ? console_deed_find(name) : NULL;
}

static void do_it(struct console *c, struct visit *v, const struct console_page *page)
{
    const struct console_deed *deed = deed_of(page, form_get(&v->form, "do"));
    const char *says = NULL, *leads = NULL;
    if (!deed)
        return refuse(v, 400, "this page has no such action");
    bool good = console_do(v, deed, &says, &leads);
    tell(c, v, good ? arena_printf(&v->r->arena, "Done: %s", deed->label) : says, !good);
    lead(v, good && leads ? arena_printf(&v->r->arena, ROOT "%s/%s", v->region, leads) : v->r->path);
}

/* An object's bytes, for the browser to keep. */
static void download(struct visit *v)
{
    struct err e = {0};
    struct console_answer a;
    AUTO(str_drop) struct str bytes = {0};
    const char *key = form_get(&v->form, "key");
    if (!key)
        return console_show_missing(v);
    bool good = console_act(v, "s3:GetObject", "{'bucketName': '$id', 'key': '$key'}", NULL, &a);
    console_answer_drop(&a);
    if (!good)
        return refuse(v, wire_status(PROTOCOL_S3, a.code), a.says ? a.says : a.code);
    const char *path = live_object_file(v->live, &v->r->arena, v->id, key, NULL), *slash = strrchr(key, '/');
    if (!path || !file_read(path, HTTP_MAX_BODY, &bytes, &e))
        return refuse(v, 404, path ? e.msg : "its bytes are not in this lab");
    AUTO(str_drop) struct str name = {0};
    str_add_uri(&name, slash ? slash + 1 : key);
    v->reply->wire.status = 200;
    v->reply->wire.content_type = "application/octet-stream";
    http_reply_header(v->reply, "Content-Disposition",
                      arena_printf(&v->r->arena, "attachment; filename*=UTF-8''%s", str_text(&name)));
    str_addn(&v->reply->wire.body, bytes.s, bytes.len);
}

/* REGION/PAGE/THING; the thing may have slashes. */
static bool read_place(struct visit *v, const char *path, const char **ret_page)
{
    const char *page = strchr(path, '/'), *id = page ? strchr(page + 1, '/') : NULL;
    struct arena *arena = &v->r->arena;
    if (!page)
        return false;
    v->region = arena_dupn(arena, path, (size_t)(page - path));
    *ret_page = id ? arena_dupn(arena, page + 1, (size_t)(id - page - 1)) : arena_dup(arena, page + 1);
    return region_known(v->region) && uri_decode(arena, id ? id + 1 : "", id ? strlen(id + 1) : 0, false, &v->id);
}

static void visit_page(struct console *c, struct visit *v, bool posts)
{
    const char *name = NULL;
    const char *home = v->region;
    bool good = read_place(v, v->r->path + strlen(ROOT), &name);
    const struct console_page *page = good ? console_page_find(name) : NULL;
    if (page && posts)
        do_it(c, v, page);
    else if (page)
        console_show(v, page);
    else if (good && text_same(name, "object") && !posts)
        download(v);
    else {
        v->region = home;
        v->id = "";
        console_show_missing(v);
    }
}

/* "/console/", or with the region that somebody asks for. */
static void visit_front(struct visit *v)
{
    const char *region = form_get(&v->form, "region");
    lead(v, arena_printf(&v->r->arena, ROOT "%s/instances/", region && region_known(region) ? region : v->region));
}

/* ---- the door ---- */

static bool is_for_us(const struct http_request *r)
{
    bool here = text_same(r->path, "/console") || text_starts(r->path, ROOT);
    return here && !http_header(r, "authorization") && !strstr(r->query, "X-Amz-") && !strstr(r->query, "AWSAccessKeyId");
}

/* A name that somebody else made lead here is not ours. */
static bool host_is_here(const struct http_request *r)
{
    const char *host = http_header(r, "host");
    size_t n = host ? strcspn(host, ":") : 0;
    return host && ((n == 9 && (!memcmp(host, "127.0.0.1", n) || !memcmp(host, "localhost", n))));
}

static void let_in(struct console *c, struct visit *v)
{
    const char *path = v->r->path;
    bool posts = text_same(v->r->method, "POST"), in = meet(c, v, !posts);
    if (posts && text_same(path, ROOT "sign-in"))
        return sign_in(c, v);
    if (!in)
        return console_show_sign_in(v, NULL, posts ? 403 : 200);
    if (posts && !text_same(form_get(&v->form, "form"), v->user.form))
        return refuse(v, 403, "this form is of another session: load the page again");
    if (posts && text_same(path, ROOT "sign-out"))
        return sign_out(c, v);
    if (text_same(path, ROOT))
        return visit_front(v);
    visit_page(c, v, posts);
}

bool console_answer(struct console *c, struct live *live, struct http_request *r, struct http_reply *reply)
{
    struct visit v = {.live = live, .r = r, .reply = reply, .id = ""};
    struct live_account account;
    if (!is_for_us(r))
        return false;
    bool posts = text_same(r->method, "POST");
    const char *fields = posts ? str_text(&r->body) : r->query;
    live_account(live, &r->arena, &account);
    v.region = account.region;
    v.account = account.id;
    reply->wire.status = 200;
    if (!host_is_here(r))
        refuse(&v, 403, "the console is for browsers on this machine");
    else if (!posts && !text_same(r->method, "GET") && !text_same(r->method, "HEAD"))
        refuse(&v, 405, "expected GET or POST");
    else if (!form_read(&r->arena, fields, strlen(fields), true, &v.form))
        refuse(&v, 400, "the form cannot be read");
    else if (text_same(r->path, "/console"))
        lead(&v, ROOT);
    else
        let_in(c, &v);
    return true;
}
