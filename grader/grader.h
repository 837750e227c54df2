/* SPDX-License-Identifier: MIT */
/*
 * Grading: what a scenario asks (rubric), the right answers for one student (key), what the student left behind
 * (submission), and what that is worth and why (report). Depends on lab and everything below it.
 *
 *     scenario ── rubric_read ──▶ rubric          every mistake of questions and checks, for lint
 *     scenario, seed, student ── key_make ──▶ key  the story played again, every reference filled in
 *     lab directory ── submission_open ──▶ submission
 *     key + submission ── grade ──▶ report ── report_text, report_json; every other format: grader/formats
 *
 * Nothing of a student's is executed or trusted: the sheet is read with limits, the world is the journal replayed, files
 * are compared with what the same scenario and seed build here. A report is a pure function of submission, scenario,
 * seed and version; its receipt says which.
 */
#pragma once

#include "sim/lab/lab.h"

/* ---- the rubric: `questions` and `checks` of a scenario, decoded ---- */

struct rubric;
/* Tells every mistake of questions, checks and of what solution steps earn. Never NULL: a rubric with errors in `diags`
 * must not be graded with. Texts live as long as the scenario. rubric_free takes NULL, too. */
struct rubric *rubric_read(const struct scenario *, struct diags *);
/* Warns of texts that lack a language which the scenario's title has, and of a brief that lies beside it in no translation. */
void rubric_check_translations(const struct rubric *, struct diags *);
/* Tells what the engine says to its queries, tried on no logs; those with references are left out. False when there is no
 * engine here, and queries to try. */
bool rubric_try_queries(const struct rubric *, struct diags *, struct err *);
/* A rubric with every reference filled in for one student. NULL when one has no value or a filled-in value is no such
 * thing (an answer that is no time): the message names the question or check. */
struct rubric *rubric_fill(const struct scenario *, reference_fn *, void *context, struct err *);
void rubric_free(struct rubric **);
size_t rubric_questions(const struct rubric *);
/* The question or the check's title; NULL if there is none, or it has references that are not filled in. */
const char *rubric_title(const struct rubric *, const char *id, const char *language);
int64_t rubric_worth(const struct rubric *); /* of all its questions and checks, in hundredths of points */

/* The sheet to fill in: one empty key per question under its text. The questions' list for the README beside it. */
void answers_sheet(const struct rubric *, const char *language, struct str *yaml);
void questions_text(const struct rubric *, const char *language, struct str *markdown);
/* Both for a play: lab_plan.sheet. */
bool answers_for_play(const struct play *, const char *language, struct str *answers, struct str *questions, struct err *);

/* ---- the key ---- */

struct key;
/* Plays the story and, if a check asks for it, builds the evidence aside to know what was delivered (about 0.3 s; one key
 * serves every submission of the same seed, student and number of events). The scenario must outlive it. */
struct key *key_make(const struct scenario *, const struct play_options *, struct err *);
/* The same; what was delivered is remembered in the file `kept` (mode 0600): an eighth of the time when it is there. */
struct key *key_make_kept(const struct scenario *, const struct play_options *, const char *kept, struct err *);
/* The same for what was packed of a live lab (live_from_ms of the options: when its world begins): the story is that of the
 * submission which it is used for, one alone, and its references are filled in by opening that. */
struct key *key_make_live(const struct scenario *, const struct play_options *, struct err *);
/* The same of a story that was played, which is taken over, beside the lab that was built of it and that nobody has touched:
 * what was delivered is what its files were when they were made (delivered.h); it is taken over, too. */
struct delivered;
struct key *key_of_built(struct play *, const struct play_options *, const char *dir, struct delivered *, struct err *);
/* The key for one lab: of a static one as above, with what lab.json says; a live one's story is told again from its journal,
 * and its files are not compared with anything. The scenario must outlive it, of a live lab the lab, too (its scenario is
 * used). */
struct key *key_of_lab(const struct scenario *, struct lab *, struct err *);
const struct rubric *key_rubric(const struct key *);
const char *key_commitment(const struct key *); /* binds a receipt to the seed without telling it: 64 hex digits */
/* Of a live one: the variant that rules are also run over is drawn from this, and not from the lab's own seed. */
void key_hold_back(struct key *, const char *seed);
/* From now on evidence is not read from disk and hashed: for whoever has verified the files otherwise, and for measuring. */
void key_trust_files(struct key *);
/* Answers that are queries or rules are run over logs that are written here. That is done when the first of them is judged, or
 * by this, for whoever judges where no file can be opened; of a live lab they are read from what is handed in. Rules are also
 * run over a variant that nobody is handed out: *shared serves as that if it fits; NULL becomes it, and is the caller's, who
 * keeps it as long as such keys: one serves a whole class. What went wrong shows itself in judging.
 */
struct held_back;
void key_prepare(const struct key *, struct held_back **shared);
void held_back_free(struct held_back **); /* takes NULL, too */
void key_free(struct key **);

/* ---- the submission ---- */

struct submission;
/* A lab directory. NULL with an error when it is none, or its journal cannot have happened. */
struct submission *submission_open(const char *dir, struct err *);
void submission_free(struct submission **);
/* What else a class report looks at: {"sheet": SHA-256 of the answers, "work": SHA-256 of what was done, without times and
 * ids, "entries": the student's own, "answers": {id: [texts]}, "time": {"first", "last", "seconds", "questions": {id: seconds}}
 * (grader/pace.h) where it was noted}. A new reference.
 */
json_t *submission_facts(const struct submission *);
struct lab *submission_lab(struct submission *);

/* ---- the report ---- */

enum judged { OUTCOME_PASS, OUTCOME_PARTIAL, OUTCOME_FAIL, OUTCOME_SKIPPED, OUTCOME_ERROR, OUTCOME_UNGRADABLE, OUTCOME_MANUAL };
extern const char *const outcome_names[]; /* "pass", "partial", ... */
extern const char *const finding_names[]; /* "question", "check", ... */
enum finding_kind { FINDING_QUESTION, FINDING_CHECK, FINDING_PENALTY, FINDING_VETO };
struct exhibit {      /* one piece of evidence; absent parts are NULL or 0 */
    const char *file; /* within the lab: "host/etc/passwd", "s3/.../x.json.gz" */
    unsigned line;
    const char *event_id;
    uint64_t seq; /* of the journal */
    int64_t time_ms;
    const char *query; /* SQL that shows it */
    const char *text;  /* the line itself, or what is to be seen there */
};
struct finding {
    enum finding_kind kind;
    const char *id, *title;
    enum judged outcome;
    int64_t points, max; /* hundredths; a penalty has max 0 and points 0 or less */
    const char *expected, *found;
    struct exhibit *evidence;
    size_t n_evidence, cap_evidence;
    const char *feedback;   /* NULL = none */
    const char *depends_on; /* skipped: the item that must be right first; NULL = not for that reason */
    unsigned hints;         /* taken for this question */
    int64_t hint_cost;      /* of them, hundredths */
};
struct report { /* everything in it lives in its arena */
    struct arena arena;
    const char *scenario, *title, *student;
    const char *language; /* of titles and feedback; NULL when it was read */
    struct finding *findings;
    size_t n;
    int64_t score, max;     /* hundredths; 0 <= score <= max */
    const char *ungradable; /* why there is no score (with line and column), or NULL */
    const char **notes;     /* about the submission as a whole: unknown keys in the sheet, another version */
    size_t n_notes, cap_notes;
    const char *vetoed; /* title of the failed veto that took the whole score; NULL = none */
    struct {
        const char *content_hash, *seed_commitment, *lab_version, *version, *submission_hash, *journal_hash;
        int64_t events;
    } receipt;
};
/* `language`: of titles and feedback; NULL = as the lab is. */
void grade(const struct key *, const struct submission *, const char *language, struct report *);
void report_drop(struct report *);
struct report_style {
    unsigned width; /* columns; 0 = not wrapped */
    bool colour;
    bool hide_answers; /* leaves out what questions expected and what would tell it: before the deadline */
};
void report_text(const struct report *, const struct report_style *, struct str *out);
json_t *report_json(const struct report *, bool hide_answers); /* {score, max, percent, findings, receipt, ...}: score and
                                                                  percent null when ungradable */
/* What a student may see of it who can still answer: not what a question expected, nor the reason of a repair that
 * holds an answer which is not right yet. Copies lie in the arena. */
struct finding finding_veiled(const struct report *, const struct finding *, const char *language, struct arena *);
/* What report_json wrote as a report again, all of it in the report's arena. False when it is no such thing: drop it then, too.
 */
bool report_read(const json_t *, struct report *, struct err *);
int report_percent(const struct report *);             /* whole, rounded down: 100 only for the full score */
void str_add_points(struct str *, int64_t hundredths); /* "12", "3.33", "-5" */
json_t *json_points(int64_t hundredths);               /* 12 or 3.33 */
/* Points as people and spreadsheets write them: "7.5", or "7,5" as in half of the world; 0 to 100000, nothing behind them. */
bool points_parse(const char *, int64_t *ret_hundredths);

/* ---- what a student may know before handing in ---- */

enum self_state { SELF_EMPTY, SELF_ANSWERED, SELF_MALFORMED, SELF_HOLDS, SELF_NOT_YET, SELF_UNKNOWN };
struct self_item { /* never says whether an answer is right, nor why a check does not hold */
    enum finding_kind kind;
    const char *id, *title;
    enum self_state state; /* of a question one of the first three */
    const char *why;       /* of SELF_MALFORMED: "expected an address such as 192.0.2.7" */
};
struct self_check {
    struct arena arena;
    struct self_item *items;
    size_t n;
    const char *ungradable; /* as in the report: the sheet cannot be read, or the lab's past is another */
    const char **notes;
    size_t n_notes, cap_notes;
};
void self_check(const struct key *, const struct submission *, const char *language, struct self_check *);
void self_check_drop(struct self_check *);

/* ---- hints ---- */

struct hint_offer { /* the next one; texts live as long as rubric and offer's arena */
    struct arena arena;
    const char *question;
    unsigned number, of;         /* 1 of 6 */
    int64_t cost;                /* points */
    int64_t left;                /* points that the question is still worth after it */
    const char *text;            /* shown only when taken */
    const char *query, *command; /* to try; NULL = none */
};
/* False: no such question (did you mean), no hints, the last one was taken. */
bool hint_next(const struct rubric *, const char *lab_dir, const char *question, const char *language, struct hint_offer *,
               struct err *);
/* Records it in .cafelab/hints.jsonl. */
bool hint_take(const char *lab_dir, const struct hint_offer *, int64_t now_ms, struct err *);
void hint_drop(struct hint_offer *);

/* ---- what a bundle knows of its questions ---- */

/* Questions, types, options and hints of a filled-in rubric as text; no answers, no checks. Hints are sealed, each by itself:
 * unreadable to who looks into the file, not to who takes the program apart. */
void rubric_seal(const struct rubric *, const struct seed *, struct str *out);
/* The rubric that a bundle's `hint` and `check` work with: its .cafelab/questions.json. NULL with what is wrong. */
struct rubric *rubric_of_bundle(const struct lab *, struct err *);
/* self_check() without a key: of questions only. */
void sheet_check(const struct rubric *, const struct submission *, const char *language, struct self_check *);

/* ---- answers by their declared method (authors, verify) ---- */

/* Executes every question's `solve` on the lab as delivered, its SQL through athena, or its pattern on a file, and writes
 * LAB/answers.yaml. The same value found twice counts once; a question with one answer for which several are found, or
 * none, is an error that names it. */
bool grader_fill(struct lab *, const struct rubric *, struct err *);
