/* SPDX-License-Identifier: MIT */
/* Pages of the console as HTML: tables with headings, forms with labels, no script, nothing from anywhere else. */
#include "sim/serve/console.h"

#include <string.h>

/* ---- items ---- */

struct each {
    void (*run)(void *context, const json_t *item);
    void *context;
};

/* Everything that the path leads to. */
static void walk(const json_t *value, const char *path, const struct each *each)
{
    char part[64];
    size_t n = strcspn(path, ".");
    if (!value || n >= sizeof(part))
        return;
    if (!*path) {
        each->run(each->context, value);
        return;
    }
    memcpy(part, path, n);
    part[n] = 0;
    path += n + (path[n] == '.');
    if (!text_same(part, "*")) {
        walk(json_object_get(value, part), path, each);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        walk(json_array_get(value, i), path, each);
}

static void add_text(void *context, const json_t *value)
{
    struct str *s = context;
    if (s->len)
        str_add(s, ", ");
    if (json_is_string(value))
        str_add(s, json_string_value(value));
    else if (json_is_boolean(value))
        str_add(s, json_is_true(value) ? "yes" : "no");
    else
        str_add_json_value(s, value);
}

void console_add_cell(struct str *s, const json_t *item, const char *path)
{
    AUTO(str_drop) struct str text = {0};
    walk(item, path, &(struct each){add_text, &text});
    str_add(s, str_text(&text));
}

/* ---- what pages are made of ---- */

static struct str *body_of(struct visit *v)
{
    return &v->reply->wire.body;
}

/* <TAG>text</TAG> */
static void add_tagged(struct str *s, const char *tag, const char *text)
{
    str_addf(s, "<%s>", tag);
    str_add_html(s, text);
    str_addf(s, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void add_hidden(struct str *s, const char *name, const char *value)
{
    str_add(s, "<input type=\"hidden\" name=\"");
    str_add_html(s, name);
    str_add(s, "\" value=\"");
    str_add_html(s, value);
    str_add(s, "\">");
}

/* "security-group" and "sg-1": a page about that. "bucket?prefix" and "AWSLogs/": the same thing, a field of the query. */
static void add_address(struct str *s, const struct visit *v, const char *page, const char *text)
{
    size_t n = strcspn(page, "?");
    str_addf(s, "/console/%s/%.*s/", v->region, (int)n, page);
    str_add_uri(s, page[n] ? v->id : text);
    if (page[n]) {
        str_addf(s, "?%s=", page + n + 1);
        str_add_uri(s, text);
    }
}

static void add_link(struct str *s, const struct visit *v, const char *page, const char *text)
{
    str_add(s, "<a href=\"");
    add_address(s, v, page, text);
    str_add(s, "\">");
    str_add_html(s, text);
    str_add(s, "</a>");
}

static void add_choice(struct str *s, const struct console_field *f, const char *chosen)
{
    str_addf(s, "<select id=\"%s\" name=\"%s\">", f->name, f->name);
    for (const char *at = f->value;; at++) {
        size_t n = strcspn(at, "|");
        bool is = chosen && strlen(chosen) == n && !memcmp(chosen, at, n);
        str_addf(s, "<option%s>%.*s</option>", is ? " selected" : "", (int)n, at);
        at += n;
        if (!*at)
            break;
    }
    str_add(s, "</select>");
}

static void add_field(struct str *s, const struct console_field *f, const char *given)
{
    const char *value = given ? given : f->value, *must = f->may_be_missing ? "" : " required";
    str_addf(s, "<div><label for=\"%s\">%s</label> ", f->name, f->label);
    if (strchr(f->value, '|')) {
        add_choice(s, f, given);
    } else if (f->lines) {
        str_addf(s, "<textarea id=\"%s\" name=\"%s\" rows=\"%u\" spellcheck=\"false\"%s>\n", f->name, f->name, f->lines, must);
        str_add_html(s, value);
        str_add(s, "</textarea>");
    } else {
        str_addf(s, "<input id=\"%s\" name=\"%s\" autocomplete=\"off\" value=\"", f->name, f->name);
        str_add_html(s, value);
        str_addf(s, "\"%s>", must);
    }
    str_add(s, "</div>\n");
}

static void begin_deed(struct str *s, const struct visit *v, const struct console_deed *deed)
{
    str_add(s, "<form method=\"post\">");
    add_hidden(s, "form", v->user.form);
    add_hidden(s, "do", deed->name);
}

static void add_deed(struct visit *v, const struct console_deed *deed)
{
    struct str *s = body_of(v);
    str_add(s, "<section>");
    if (deed->fields[0].name || deed->says)
        add_tagged(s, "h2", deed->label);
    if (deed->says)
        add_tagged(s, "p", deed->says);
    begin_deed(s, v, deed);
    for (const struct console_field *f = deed->fields; f->name; f++)
        add_field(s, f, NULL);
    add_tagged(s, "button", deed->label);
    str_add(s, "</form></section>\n");
}

/* A button of an item: what it is about are the item's columns. */
static void add_button(struct visit *v, const struct console_deed *deed, const struct console_part *part, const json_t *item)
{
    struct str *s = body_of(v);
    begin_deed(s, v, deed);
    for (const struct console_column *c = part->columns; c->title; c++) {
        AUTO(str_drop) struct str text = {0};
        console_add_cell(&text, item, c->path);
        add_hidden(s, c->title, str_text(&text));
    }
    add_tagged(s, "button", deed->label);
    str_add(s, "</form>");
}

/* ---- parts ---- */

struct table {
    struct visit *v;
    const struct console_part *part;
    size_t rows;
};

static void add_cell(struct visit *v, const struct console_column *c, const json_t *item)
{
    AUTO(str_drop) struct str text = {0};
    console_add_cell(&text, item, c->path);
    if (c->page && text.len)
        add_link(body_of(v), v, c->page, str_text(&text));
    else
        str_add_html(body_of(v), str_text(&text));
}

static void add_row(void *context, const json_t *item)
{
    struct table *t = context;
    struct str *s = body_of(t->v);
    if (t->part->but && json_bool_or(item, t->part->but, false))
        return;
    t->rows++;
    str_add(s, "<tr>");
    for (const struct console_column *c = t->part->columns; c->title; c++) {
        str_add(s, "<td>");
        add_cell(t->v, c, item);
        str_add(s, "</td>");
    }
    if (t->part->deeds)
        str_add(s, "<td>");
    for (const char *const *name = t->part->deeds; name && *name; name++)
        add_button(t->v, console_deed_find(*name), t->part, item);
    str_add(s, t->part->deeds ? "</td></tr>\n" : "</tr>\n");
}

static void add_table(struct visit *v, const struct console_part *part, const json_t *reply)
{
    struct str *s = body_of(v);
    struct table t = {v, part, 0};
    str_add(s, "<table><thead><tr>");
    for (const struct console_column *c = part->columns; c->title; c++)
        add_tagged(s, "th scope=\"col\"", c->title);
    str_add(s, part->deeds ? "<th scope=\"col\">Actions</th></tr></thead><tbody>\n" : "</tr></thead><tbody>\n");
    walk(reply, part->list, &(struct each){add_row, &t});
    str_add(s, "</tbody></table>\n");
    if (!t.rows)
        str_add(s, "<p>None.</p>\n");
}

static void add_facts(struct visit *v, const struct console_part *part, const json_t *reply)
{
    struct str *s = body_of(v);
    const json_t *item = json_path(reply, part->list);
    str_add(s, "<table><tbody>\n");
    for (const struct console_column *c = part->columns; c->title; c++) {
        str_add(s, "<tr>");
        add_tagged(s, "th scope=\"row\"", c->title);
        str_add(s, "<td>");
        add_cell(v, c, item);
        str_add(s, "</td></tr>\n");
    }
    str_add(s, "</tbody></table>\n");
}

static void add_record(void *context, const json_t *item)
{
    struct table *t = context;
    struct err ignored = {0};
    AUTO(str_drop) struct str text = {0}, pretty = {0};
    console_add_cell(&text, item, t->part->columns[0].path);
    json_auto_t *record = json_read(str_text(&text), text.len, &ignored);
    if (record)
        str_add_json_pretty(&pretty, record);
    add_tagged(body_of(t->v), "pre", str_text(record ? &pretty : &text));
}

struct cells {
    struct str *s;
    const char *tag;
};

static void add_datum(void *context, const json_t *datum)
{
    const struct cells *c = context;
    add_tagged(c->s, c->tag, json_str_or(datum, "VarCharValue", ""));
}

static void add_result(void *context, const json_t *item)
{
    struct table *t = context;
    struct cells cells = {body_of(t->v), t->rows++ ? "td" : "th scope=\"col\""};
    str_add(cells.s, "<tr>");
    walk(item, "Data.*", &(struct each){add_datum, &cells});
    str_add(cells.s, "</tr>\n");
}

/* The rest of a long list. */
static void add_next(struct visit *v, const struct console_page *page, const json_t *reply)
{
    static const char *const names[] = {"NextToken", "NextContinuationToken", "Marker"};
    struct str *s = body_of(v);
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *token = json_str(reply, names[i]);
        if (!token || !*token)
            continue;
        str_addf(s, "<p><a href=\"/console/%s/%s/", v->region, page->name);
        str_add_uri(s, v->id);
        str_add(s, "?NextToken=");
        str_add_uri(s, token);
        for (size_t k = 0; k < v->form.n; k++)
            if (!text_same(v->form.list[k].name, "NextToken")) {
                str_add(s, "&amp;");
                str_add_uri(s, v->form.list[k].name);
                str_add(s, "=");
                str_add_uri(s, v->form.list[k].value);
            }
        str_add(s, "\">Next page</a></p>\n");
        return;
    }
}

static void add_part(struct visit *v, const struct console_part *part, const json_t *reply)
{
    struct table t = {v, part, 0};
    switch (part->kind) {
    case CONSOLE_TABLE: add_table(v, part, reply); break;
    case CONSOLE_FACTS: add_facts(v, part, reply); break;
    case CONSOLE_RECORD: walk(reply, part->list, &(struct each){add_record, &t}); break;
    case CONSOLE_ROWS:
        str_add(body_of(v), "<table>\n");
        walk(reply, part->list, &(struct each){add_result, &t});
        str_add(body_of(v), "</table>\n");
    }
}

/* Is the part there yet? "Status.State=SUCCEEDED" */
static bool is_time(struct visit *v, const struct console_part *part, const json_t *reply)
{
    AUTO(str_drop) struct str is = {0};
    if (!part->when)
        return true;
    size_t n = strcspn(part->when, "=");
    console_add_cell(&is, reply, arena_dupn(&v->r->arena, part->when, n));
    if (text_same(str_text(&is), "QUEUED") || text_same(str_text(&is), "RUNNING"))
        http_reply_header(v->reply, "Refresh", "1");
    return text_same(str_text(&is), part->when + n + 1);
}

static void add_failure(struct str *s, const char *code, const char *says)
{
    str_add(s, "<p role=\"alert\"><strong>");
    str_add_html(s, code);
    str_add(s, "</strong>: ");
    str_add_html(s, says);
    str_add(s, "</p>\n");
}

static void add_parts(struct visit *v, const struct console_page *page)
{
    struct console_answer a = {0};
    for (const struct console_part *part = page->parts; part->title; part++) {
        if (!is_time(v, part, a.reply))
            continue;
        add_tagged(body_of(v), "h2", part->title);
        bool good = !part->op;
        if (part->op) {
            console_answer_drop(&a);
            good = console_act(v, part->op, part->params, NULL, &a);
        }
        if (!good && a.code)
            add_failure(body_of(v), a.code, a.says);
        else
            add_part(v, part, a.reply);
        if (part->op && good)
            add_next(v, page, a.reply);
    }
    console_answer_drop(&a);
}

/* ---- pages ---- */

static const char style[] =
    "body{margin:0;font:16px/1.45 system-ui,sans-serif;color:#1b1b1b;background:#faf7f2}"
    "header{background:#3b2a20;color:#fff;padding:.6rem 1rem;display:flex;gap:1rem;flex-wrap:wrap;align-items:center}"
    "header form{margin:0}header strong{margin-right:auto}"
    "nav{float:left;width:12rem;padding:1rem}nav h2{font-size:1rem;margin:.8rem 0 .2rem}nav "
    "ul{list-style:none;margin:0;padding:0}"
    "main{margin-left:13rem;padding:1rem}h1{font-size:1.5rem;margin:.3rem 0}h2{font-size:1.15rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto;font-size:.9rem}td{background:#fff;white-space:nowrap}"
    "th,td{border:1px solid #c9bfb3;padding:.3rem .5rem;text-align:left;vertical-align:top}th{background:#efe7dc}"
    "[scope=row]+td{white-space:normal}td form{display:inline}section label{display:inline-block;min-width:11rem}"
    "textarea{width:100%;box-sizing:border-box;font-family:monospace;display:block}pre{background:#fff;border:1px solid "
    "#c9bfb3;padding:.6rem;overflow:auto}"
    "section form input,section form select{margin:.2rem 1rem .2rem 0}"
    "[role=alert]{border-left:.4rem solid #a40000;background:#fff;padding:.5rem}"
    "[role=status]{border-left:.4rem solid #1d6b2f;background:#fff;padding:.5rem}"
    "@media(max-width:45rem){nav{float:none;width:auto}main{margin:0}}";

static void begin(struct visit *v, const char *title)
{
    struct str *s = body_of(v);
    v->reply->wire.content_type = "text/html; charset=UTF-8";
    http_reply_header(v->reply, "Cache-Control", "no-store");
    http_reply_header(
        v->reply, "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    str_add(s, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    str_add_html(s, title);
    str_addf(s, " - cafelab console</title>\n<style>%s</style></head>\n<body>\n", style);
}

static void end(struct visit *v)
{
    str_add(body_of(v), "</main>\n</body></html>\n");
}

static void add_head(struct visit *v)
{
    struct str *s = body_of(v);
    str_add(s, "<header><strong>cafelab console</strong> <span>");
    str_add_html(s, v->user.who.name);
    str_add(s, " @ ");
    str_add_html(s, v->account);
    str_add(s, "</span>\n<form action=\"/console/\"><label for=\"region\">Region</label> <input id=\"region\" name=\"region\" "
               "size=\"14\" value=\"");
    str_add_html(s, v->region);
    str_add(s, "\"> <button>Go</button></form>\n<form method=\"post\" action=\"/console/sign-out\">");
    add_hidden(s, "form", v->user.form);
    str_add(s, "<button>Sign out</button></form></header>\n");
}

static void add_menu(struct visit *v)
{
    struct str *s = body_of(v);
    const char *service = "";
    str_add(s, "<nav aria-label=\"Services\">");
    for (const struct console_page *p = console_page_list; p < console_page_list + console_n_pages; p++) {
        if (!p->listed)
            continue;
        if (!text_same(service, p->service)) {
            str_add(s, *service ? "</ul>\n" : "");
            add_tagged(s, "h2", p->service);
            str_add(s, "<ul>");
        }
        service = p->service;
        str_addf(s, "<li><a href=\"/console/%s/%s/\">%s</a></li>", v->region, p->name, p->title);
    }
    str_add(s, "</ul></nav>\n<main>\n");
}

static void add_filter(struct visit *v, const struct console_page *page)
{
    struct str *s = body_of(v);
    str_add(s, "<section><form>");
    for (const struct console_field *f = page->filter; f->name; f++)
        add_field(s, f, form_get(&v->form, f->name));
    str_add(s, "<button>Search</button></form></section>\n");
}

void console_show(struct visit *v, const struct console_page *page)
{
    struct str *s = body_of(v);
    const char *about = *v->id ? v->id : NULL;
    begin(v, about ? arena_printf(&v->r->arena, "%s %s - %s", page->title, about, page->service)
                   : arena_printf(&v->r->arena, "%s - %s", page->title, page->service));
    add_head(v);
    add_menu(v);
    str_add(s, "<h1>");
    str_add_html(s, about ? arena_printf(&v->r->arena, "%s: %s", page->title, about) : page->title);
    str_add(s, "</h1>\n");
    if (v->user.said) {
        str_addf(s, "<p role=\"%s\">", v->user.bad ? "alert" : "status");
        str_add_html(s, v->user.said);
        str_add(s, "</p>\n");
    }
    if (page->filter)
        add_filter(v, page);
    add_parts(v, page);
    for (const char *const *name = page->deeds; name && *name; name++)
        add_deed(v, console_deed_find(*name));
    end(v);
}

void console_show_sign_in(struct visit *v, const char *says, unsigned status)
{
    static const struct console_field user = {"userName", "IAM user name", "", 0, false};
    struct str *s = body_of(v);
    v->reply->wire.status = status;
    begin(v, "Sign in");
    str_add(s, "<header><strong>cafelab console</strong> <span>account ");
    str_add_html(s, v->account);
    str_add(s, "</span></header>\n<main><h1>Sign in as an IAM user</h1>\n");
    if (says)
        add_failure(s, "Sign-in failed", says);
    str_add(s, "<section><form method=\"post\" action=\"/console/sign-in\">");
    add_field(s, &user, form_get(&v->form, "userName"));
    str_add(s, "<div><label for=\"password\">Password</label> <input id=\"password\" name=\"password\" type=\"password\" "
               "required></div>\n"
               "<button>Sign in</button></form></section>\n"
               "<p>A user without a console password gets one by <code>aws iam create-login-profile --user-name NAME "
               "--password PASSWORD</code>.</p>\n");
    end(v);
}

void console_show_missing(struct visit *v)
{
    v->reply->wire.status = 404;
    begin(v, "No such page");
    add_head(v);
    add_menu(v);
    str_add(body_of(v), "<h1>No such page</h1><p>The console has the pages that stand beside this.</p>\n");
    end(v);
}
