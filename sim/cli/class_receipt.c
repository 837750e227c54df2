/* SPDX-License-Identifier: MIT */
/* cafelab class receipt: what a grade was made from, signed; and whether such a paper tells the truth. */
#include "grader/batch/receipt.h"
#include "sim/cli/class_parts.h"
#include "sim/cli/cli.h"

enum { RECEIPT_MAX = 64 << 10 };

static int make(struct class *c, const char *id)
{
    struct err e = {0};
    const struct student *s = roster_student(&c->roster, id);
    s = s ? s : roster_meant(&c->roster, id);
    if (!s)
        return trouble("the class has no student \"%s\"", id);
    json_auto_t *receipt = receipt_make(c, s, &e);
    if (!receipt)
        return class_mistakes(&c->told, &e);
    print_json(receipt);
    return EXIT_GOOD;
}

static int verify(struct class *c, const char *path)
{
    struct err e = {0};
    struct receipt_answer answer;
    AUTO(str_drop) struct str text = {0};
    if (!file_read(path, RECEIPT_MAX, &text, &e))
        return trouble_err(&e);
    if (!receipt_verify(c, str_text(&text), text.len, &answer, &e)) {
        err_wrap(&e, "%s", path);
        return class_mistakes(&c->told, &e);
    }
    printf("signature: %s\n", answer.authentic ? "made with this class's secret, and not changed since"
                                               : "NOT of this class's secret, or changed since");
    printf("seed: %s\n", answer.same_seed ? "the student's own" : "NOT what this class draws for the student");
    printf("grade: %s (now %s)\n", answer.same_grade ? "as it stands in results" : "another one stands in results", answer.now);
    return answer.authentic && answer.same_seed ? EXIT_GOOD : EXIT_FINDINGS;
}

static int run(const struct request *r)
{
    AUTO(class_close) struct class c = {0};
    const char *file = request_value(r, "verify");
    if (!file == (r->n_args < 2))
        return misused(r, file ? "--verify takes no student" : "expected a student, or --verify FILE");
    if (!class_open_told(r->args[0], &c))
        return EXIT_TROUBLE;
    return file ? verify(&c, file) : make(&c, r->args[1]);
}

const struct command command_class_receipt = {
    .name = "class receipt",
    .synopsis = "CLASS [STUDENT]",
    .says = "a signed receipt of a grade; --verify tells whether one is true",
    .more =
        "A receipt names the upload by its hash, scenario, version and seed (as a commitment, which tells nothing of it), and\n"
        "the grade. It is signed with the class's secret: years later whoever has the class folder can verify it.\n"
        "Exit status 1: it is not genuine.",
    .least = 1,
    .most = 2,
    .run = run,
    .options = {{"verify", 0, "FILE", "a receipt to look at"}},
};
