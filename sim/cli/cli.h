/* SPDX-License-Identifier: MIT */
/*
 * The program's commands, one file each, and what they share: arguments by table, output, progress. Depends on everything.
 *
 * A command is a const struct command, exported by its file, declared below and listed in sim/main.c. Parsing, `--help`,
 * the completion script and the test of the man page read the same table. A command returns the exit status:
 * EXIT_GOOD; EXIT_FINDINGS (a lint error, a lost point where asked to fail on it); EXIT_TROUBLE (usage or failure).
 */
#pragma once

#include "sim/base/base.h"

enum { EXIT_GOOD = 0, EXIT_FINDINGS = 1, EXIT_TROUBLE = 2 };

struct option {
    const char *name;  /* "seed" for --seed */
    char letter;       /* 'o' for -o; 0 = none */
    const char *value; /* what it takes, for the help: "DIR"; NULL = a flag */
    const char *says;
};
#define OPTION_JSON                                                                                                            \
    {                                                                                                                          \
        "json", 0, NULL, "print JSON for a machine to read"                                                                    \
    }
#define COMMAND_OPTIONS 12 /* at most */

struct request;
struct command {
    const char *name;
    const char *synopsis; /* its arguments: "DIR OPERATION [JSON]" */
    const char *says;     /* one line, for the list of commands */
    const char *more;     /* paragraphs for `cafelab help NAME`; NULL = none */
    size_t least, most;   /* how many arguments */
    int (*run)(const struct request *);
    bool stays; /* as a server does, or processes that are forked from it: no memory is taken ahead */
    struct option options[COMMAND_OPTIONS]; /* ends with the first without a name */
    /* Its parts, "class init", "class build", ...: ends with NULL. A command with parts does nothing of its own. */
    const struct command *const *parts;
};
extern const struct command command_build;
extern const struct command command_call;
extern const struct command command_check;
extern const struct command command_class;
extern const struct command command_class_build;
extern const struct command command_class_grade;
extern const struct command command_class_init;
extern const struct command command_class_receipt;
extern const struct command command_class_regrade;
extern const struct command command_class_report;
extern const struct command command_grade;
extern const struct command command_help;
extern const struct command command_hint;
extern const struct command command_host;
extern const struct command command_lint;
extern const struct command command_list;
extern const struct command command_query;
extern const struct command command_solve;
extern const struct command command_aws;
extern const struct command command_env;
extern const struct command command_operations;
extern const struct command command_rm;
extern const struct command command_shell;
extern const struct command command_ddl;
extern const struct command command_doctor;
extern const struct command command_export;
extern const struct command command_gradescope_zip;
extern const struct command command_skip;
extern const struct command command_start;
extern const struct command command_debrief;
extern const struct command command_new;
extern const struct command command_preview;
extern const struct command command_schema;
extern const struct command command_submit;
extern const struct command command_verify;
extern const struct command command_version;

struct program { /* sim/main.c's table */
    const struct command *const *commands;
    size_t n;
};
int program_run(const struct program *, int argc, char **argv);
const struct command *program_find(const struct program *, const char *name); /* NULL if there is none */
const struct command *command_part(const struct command *, const char *word); /* "init" of class; NULL if there is none */

/* ---- what was typed ---- */

struct request {
    const struct program *program;
    const struct command *command;
    const char **args;
    size_t n_args;
    const char *values[COMMAND_OPTIONS]; /* by option; "" for a flag that was given, NULL = not given */
};
const char *request_arg(const struct request *, size_t i);             /* NULL if there are fewer */
const char *request_value(const struct request *, const char *option); /* NULL if it was not given */
bool request_has(const struct request *, const char *option);
/* A whole number; *ret stays as it is when the option was not given. False after telling what was wrong. */
bool request_int(const struct request *, const char *option, int64_t least, int64_t most, int64_t *ret);

/* Which row of a table an option names; every row begins with its name, a const char *. `without` when it was not given; -1
 * after telling what was wrong. */
int request_choice(const struct request *, const char *option, const void *rows, size_t n, size_t size, int without);
#define REQUEST_CHOICE(r, option, rows, without) request_choice(r, option, rows, COUNT(rows), sizeof((rows)[0]), without)
/* --format of commands that print text and, with --json, JSON: those are the first two rows. */
#define REQUEST_FORMAT(r, rows) REQUEST_CHOICE(r, "format", rows, request_has(r, "json") ? 1 : 0)

/* --lang: en, pt or es; NULL after telling what was wrong, "en" when it was not given. */
const char *request_language(const struct request *);
/* The same of what shows a lab: *ret is NULL when it was not given, and the lab's own language counts. */
bool request_own_language(const struct request *, const char **ret);

/* What `cafelab rm` does: false with why not, where it is no lab, is served, or has a shell open. */
bool remove_lab(const char *dir, struct err *);
bool lab_may_go(const char *dir, struct err *); /* the same, and nothing is removed */

/* ---- output ---- */

int trouble(const char *fmt, ...) PRINTF(1, 2);                         /* "cafelab: ..." on stderr; EXIT_TROUBLE */
int trouble_err(const struct err *);                                    /* the same for an error of ours */
int misused(const struct request *, const char *fmt, ...) PRINTF(2, 3); /* names the command and its help */
void print_text(const struct str *);                                    /* on stdout */
void print_json(const json_t *);                                        /* on stdout, laid out for people, too */
bool wants_colour(FILE *);                                              /* a terminal, and no NO_COLOR */
unsigned terminal_width(FILE *);                                        /* columns; 0 = no terminal */
/* Long work: a line on a terminal, nothing in a pipe. Has the shape that lab_plan and athena_options want. */
void progress_show(void *context, const char *what, unsigned done, unsigned all);
void progress_end(void);
void progress_tell(void *context,
                   const char *line); /* a line of its own, in a pipe, too; on stderr, without control characters */

/* ---- help ---- */

void add_command_help(struct str *, const struct command *);
void add_bash_completion(struct str *, const struct program *);
