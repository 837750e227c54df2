/* SPDX-License-Identifier: MIT */
/* Private: one seed's proof. Each file proves a few properties and notes faults and how many facts it looked at. */
#pragma once

#include "grader/grading.h"
#include "grader/rubric.h"
#include "grader/types.h"
#include "grader/verify/verify.h"
#include "sim/athena/athena.h"

struct proof {
    struct arena arena;
    const struct verify_plan *plan;
    const struct scenario *scenario;
    const struct rubric *author; /* references are open: nothing of the key is in it */
    struct play_options play;
    const char *dir;    /* the lab */
    bool on_disk;       /* the solution is written there, and the lab graded as it is handed in */
    bool written;       /* and it was */
    bool has_history;   /* account/event-history.json is there; else it was looked into while it was made */
    bool runs_commands; /* command lines, too, where there is another way: they take their time */
    struct key *key;
    struct submission *untouched;
    struct athena *athena; /* open once the mutations are through */
    struct err failed;     /* nothing can be proved here: no SQL engine */
    struct str sheet;      /* answers.yaml, as the declared ways found them */
    bool all_solved;       /* every declared way found its answer */
    json_t *findings;      /* array */
    json_t *answers;       /* array: what makes this variant another than others */
    uint64_t facts[PROPERTIES];
};
struct fault {
    enum property property;
    bool warns;
    bool held;           /* it shows only where a command line is held: verify is what repeats it */
    bool no_lab;         /* it could not be built: no file of it shows the fault */
    struct src_pos at;   /* line 0 = that of a step which the message names, or of the part that decides the property */
    const char *file;    /* of the lab; NULL = the one in which the property shows */
    const char *command; /* after the lab was built at "try"; NULL = building it is enough */
    const char *about;   /* what makes it the same fault with another seed; NULL = its place, or without one the message */
};
/* Does `work` in a fork, which changes nothing here; what it says comes back. False when it came to grief. */
bool proof_apart(struct proof *, void (*work)(struct proof *, void *context, struct str *said), void *context,
                 struct str *said);
void fault_note(struct proof *, const struct fault *, const char *fmt, ...) PRINTF(3, 4);
/* "cafelab query try \"...\"", in the proof's arena */
const char *query_command(struct proof *, const char *sql);
const char *line_command(struct proof *, const char *line); /* "(cd try && ...)" */

void prove_answers(struct proof *);                                                        /* solvable, unique, wrong answers */
bool prove_run(struct proof *, const struct question *author, const struct question *key); /* of an answer that is run */
bool proof_right(struct proof *, const struct question *key, const char *const *given, size_t n);
/* Answering so in a lab that was built at "try". */
const char *answer_command(struct proof *, const struct question *key, const char *answer);
/* Of a way that finds the answer, and how a fault of it is told. */
void prove_nothing_hidden(struct proof *, const struct question *author, const struct question *key, enum way,
                          const struct fault *of_way);
void prove_others_wrong(struct proof *, const struct question *author, const struct question *key);
void prove_hints(struct proof *);     /* hints lead somewhere */
void prove_untouched(struct proof *); /* what nobody repaired is worth nothing */
void prove_mutation(struct proof *);  /* each step of the solution earns what it says; forks: before the SQL engine is used */
void prove_solution(struct proof *);  /* changes the lab: comes last */
void prove_no_leak(struct proof *);
void prove_not_told(struct proof *);                          /* of it: what is read before anything is looked into */
bool answer_is_no_secret(const struct question *);            /* among options that are shown, or run: no word to look for */
const char *answer_secret(const struct question *, size_t i); /* of its answers what must not stand anywhere */
/* As a word of its own, spelled so: "Everybody" begins a sentence and tells nothing of "everybody". Of a few letters, nowhere:
 * such stand by chance. */
bool answer_stands_in(const char *text, size_t n, const char *answer);
/* Event history is larger than all other files together: where nobody asks for the file, it is looked into as it is made. */
struct looking *leak_begin(struct proof *, const struct play *story);
bool leak_take_history(void *looking, const char *lines, size_t n, struct err *);
void leak_end(struct looking *);
void prove_records(struct proof *); /* causality, tells and realism of CloudTrail's records, by queries */
void prove_server(struct proof *);  /* causality on servers */

/* Runs SQL; the result is zeroed and a fault noted when it cannot be run. */
bool proof_query(struct proof *, const struct fault *, const char *sql, struct athena_result *);

/* ---- places.c: where a fault belongs, where no step, question or check is to blame alone; line 0, NULL = nowhere ---- */

struct src_pos usual_place(const struct scenario *, enum property); /* always somewhere */
const char *usual_file(enum property);
struct src_pos place_of_part(const struct scenario *, const char *key); /* of the file: "clock"; else where it says its id */
struct src_pos place_in_message(const struct scenario *, const char *message);
struct src_pos place_of_person(const struct play *, const char *value);     /* whose user name, access key or address it is */
struct src_pos place_that_names(const struct scenario *, const char *path); /* the step whose command line does */
struct src_pos place_of_server(const struct scenario *, const char *name);
const char *file_of_line(struct arena *, const char *line); /* of the lab, that a command line reads first */

/* ---- order.c: logs in the order of their times ---- */

#define UTMP_SIZE 384 /* utmp(5) on x86-64 */
struct disorder {     /* where a log goes back in time, or tells an effect before its cause */
    size_t line;      /* from 1; of wtmp the record */
    char says[200];
};
bool audit_in_order(const char *text, size_t n, struct disorder *);      /* audit(SECONDS.ms:SERIAL) */
bool syslog_in_order(const char *text, size_t n, struct disorder *);     /* "Oct 15 17:20:33 host ..."; years may turn */
bool logins_follow_users(const char *text, size_t n, struct disorder *); /* secure: nobody before "new user: name=" */
bool wtmp_in_order(const void *data, size_t n, struct disorder *);
