/* SPDX-License-Identifier: MIT */
/*
 * The web console: pages of the account for a browser, without a script. Private to sim/serve.
 *
 * A page is a row of console_pages.c: parts that list what an operation returns, and deeds, forms that ask for more. To add
 * one is to add its row. Everything goes through live_act() as the user who signed in, so that it leaves the traces of a
 * console. Paths: /console/REGION/PAGE/THING; "THING" is what a page is about, a group's id or a user's name.
 *
 * Parameters are written as JSON with ' for ", in the API's names (S3: in CloudTrail's). A text "$name" in it is replaced by a
 * field of the form, or by "id" (the page's thing), "account", "location" (of a bucket), "table" (the statement that makes the
 * table of "Bucket"); "#name" by the same as a number;
 * "$.Path.In" by what stands there in what a deed's step works on; "..${name}.." is for parts of a text, {"$json": ..} for
 * documents that the API takes as a text. What is empty then is left out.
 */
#pragma once

#include "sim/serve/exchange.h"

struct console_column {
    const char *title;
    const char *path; /* in an item of the list, as json_path() takes it; "*" steps into every element of a list */
    const char *page; /* its text leads to this page about itself; NULL = nowhere */
};
struct console_field { /* of a form */
    const char *name;  /* NULL ends them */
    const char *label;
    const char *value;   /* what stands in it at first; "a|b" = one of these */
    unsigned lines;      /* of a text area; 0 = one line of text */
    bool may_be_missing; /* the browser does not insist */
};
struct console_step { /* of what a deed does, in order */
    const char *op;   /* NULL ends them */
    const char *params;
    const char *each;      /* once for every element of the list that stands there in the last read's reply; NULL = once */
    const char *tolerates; /* a code that is no failure: "NoSuchEntity"; NULL = none */
};
struct console_deed {
    const char *name; /* in a form's hidden field; NULL ends them */
    const char *label;
    const char *says;  /* of a part's deed: under the heading; NULL = nothing */
    const char *leads; /* to this page then, about what "$.Path" names in the last reply; NULL = where one was */
    struct console_field fields[8];
    struct console_step steps[14];
};
enum console_kind {
    CONSOLE_TABLE,  /* a row for each item of the list */
    CONSOLE_FACTS,  /* one item, a line for each column */
    CONSOLE_RECORD, /* the JSON text of an item's first column */
    CONSOLE_ROWS,   /* Athena's: a row of texts each, the first is the heading */
};
struct console_part {
    enum console_kind kind; /* zero: CONSOLE_TABLE */
    const char *title;      /* NULL ends them */
    const char *op;         /* NULL = what the part before was answered */
    const char *params;
    const char *list; /* where the items stand in the reply; "" = the reply is the item */
    struct console_column columns[9];
    const char *const *deeds; /* names of those that each item has; they get the item's columns as fields; NULL = none */
    const char *but;          /* items in which this member is true are not shown: "IsEgress"; NULL = all are */
    const char *when; /* the part is there once this stands in the last reply: "Status.State=SUCCEEDED"; NULL = always. While
                         it says QUEUED or RUNNING there, the browser asks again */
};
struct console_page {
    const char *name; /* in the path */
    const char *service, *title;
    bool listed;                        /* among the links of every page */
    const struct console_field *filter; /* a form that asks for the page anew; NULL = none */
    const char *const *deeds;           /* NULL = none */
    struct console_part parts[7];
};
extern const struct console_page console_page_list[];
extern const size_t console_n_pages;
const struct console_page *console_page_find(const char *name);
const struct console_deed *console_deed_find(const char *name);

/* ---- one visit to a page ---- */

#define CONSOLE_TOKEN 32 /* digits */
struct console_user {    /* who signed in, and in which session; texts in the request's arena */
    struct principal who;
    const char *form; /* token that the session's own forms hold */
    const char *said; /* what came of the last deed, told once; NULL = nothing */
    bool bad;         /* it was a failure */
};
struct visit {
    struct live *live;
    struct http_request *r;
    struct http_reply *reply;
    struct console_user user;
    const char *region, *account;
    const char *id;   /* the page's thing; "" = none */
    struct form form; /* of the query, or of what was posted */
};

/* Does one operation, as the console would. False: `out` says why; the journal could not be written, or a refusal. */
struct console_answer {
    json_t *reply;           /* owned; NULL = none */
    const char *code, *says; /* NULL = it worked */
};
bool console_act(const struct visit *, const char *op, const char *params, const json_t *about, struct console_answer *out);
void console_answer_drop(struct console_answer *);
/* All of a deed. False: *says why, and what was done before stays, as in the real console. Else `leads` is filled in. */
bool console_do(const struct visit *, const struct console_deed *, const char **says, const char **leads);

void console_show(struct visit *, const struct console_page *);               /* a whole page */
void console_show_sign_in(struct visit *, const char *says, unsigned status); /* NULL = nothing went wrong yet */
void console_show_missing(struct visit *);
/* The text that a column has for an item, "" if none. */
void console_add_cell(struct str *, const json_t *item, const char *path);

/* ---- sessions: in memory, so that a restart ends them ---- */

struct console;
struct console *console_new(void);
void console_free(struct console *);
/* False: the path is not the console's, or the request is signed and S3's. */
bool console_answer(struct console *, struct live *, struct http_request *, struct http_reply *);
