/* SPDX-License-Identifier: MIT */
/*
 * Reports in the forms that other systems take: one record (struct report), one row here for each form. Depends on grader.
 *
 *     struct writing w = {.format = format_find("junit"), .style = &style, .out = &text, .of = n};
 *     writing_begin(&w, &e); for each submission: writing_add(&w, &graded); writing_end(&w);
 *
 * A report is needed only while it is added. To add a form write one file with its functions, declare them in rows.h, and give
 * it a row in formats.c. Facts: the documents of Gradescope, PrairieLearn, check50 and Autolab, the importers of Canvas and
 * Moodle. Numbers are never in a locale's spelling, lines end with \n.
 */
#pragma once

#include "grader/grader.h"

struct graded {
    const struct report *report;
    const char *submission;                 /* as it was named: a path, a file of an upload */
    const char *name, *email, *login, *due; /* of the class list; NULL = not known. due: why points were taken for lateness */
    int64_t lowered;                        /* hundredths that lateness and attempts before took */
    bool absent;                            /* nothing was handed in */
};
struct format_style {
    const char *language; /* of words around the report's own: "en", "pt", "es"; NULL = as the report is */
    unsigned width;       /* of text, as in struct report_style */
    bool colour;
    bool answers;       /* tell what questions expected and where it is to be seen, in forms that students see, too */
    bool hide_answers;  /* never tell it, in none */
    const char *column; /* title of the grade in gradebooks; NULL = the scenario's title */
    struct str *roster; /* canvas: the gradebook as it was exported; NULL = none was given */
};
struct writing { /* one run of one form */
    const struct format *format;
    const struct format_style *style;
    struct str *out;
    size_t of; /* submissions that will be added; 0 = not known */
    size_t n;  /* that were */
    void *own; /* the form's; gone after writing_end or writing_drop */
};
struct format {
    const char *name, *says;
    const char *file;  /* what such a file is called where it is expected, or how its name ends */
    bool alone;        /* it is about one submission */
    bool to_students;  /* the system shows it to students: answers are left out unless they are asked for */
    bool wants_roster; /* nothing without style.roster */
    bool (*begin)(struct writing *, struct err *); /* may be NULL */
    void (*add)(struct writing *, const struct graded *);
    void (*end)(struct writing *);  /* may be NULL */
    void (*drop)(struct writing *); /* frees own; may be NULL */
};
extern const struct format formats[];
extern const size_t n_formats;
const struct format *format_find(const char *name); /* NULL if there is none */
const char *format_meant(const char *name);         /* the nearest name; NULL if none is near */
void formats_list(struct str *);                    /* "text, json, ..." */

bool writing_begin(struct writing *, struct err *); /* false: more submissions than the form takes, or no roster */
void writing_add(struct writing *, const struct graded *);
void writing_end(struct writing *);
void writing_drop(struct writing *); /* after a failure, or after the end: both are fine */

/* A submission that could not even be opened, as a report: ungradable, with the reason. report_drop it. */
void report_unreadable(struct report *, const char *why);
