/* SPDX-License-Identifier: MIT */
/* cafelab hint: the next hint to a question, its price first. */
#include "grader/pace.h"
#include "grader/grader.h"
#include "sim/cli/cli.h"
#include "sim/cli/grading.h"

#include <unistd.h>

static bool asked_and_agreed(void)
{
    char line[16] = "";
    if (!isatty(STDIN_FILENO))
        return false;
    printf("Take it? [y/N] ");
    fflush(stdout);
    return fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
}

static void print_hint(const struct hint_offer *offer)
{
    printf("%s\n", offer->text);
    if (offer->query)
        printf("query: %s\n", offer->query);
    if (offer->command)
        printf("try: %s\n", offer->command);
}

static void print_price(const struct hint_offer *offer)
{
    printf("hint %u of %u for \"%s\" costs %lld point%s; solved, the question is then worth %lld\n", offer->number, offer->of,
           offer->question, (long long)offer->cost, offer->cost == 1 ? "" : "s", (long long)offer->left);
}

/* The price, and the hint itself where it was taken. */
static void print_offer(const struct hint_offer *offer, bool taken)
{
    json_auto_t *out = json_pack("{s:I, s:I, s:I, s:I, s:b}", "hint", (json_int_t)offer->number, "of", (json_int_t)offer->of,
                                 "cost", (json_int_t)offer->cost, "worth", (json_int_t)offer->left, "taken", taken);
    json_put_text(out, "question", offer->question);
    if (taken) {
        json_put_text(out, "text", offer->text);
        json_put_text(out, "query", offer->query);
        json_put_text(out, "command", offer->command);
    }
    print_json(out);
}

static bool agreed(const struct request *r, const struct hint_offer *offer)
{
    if (request_has(r, "yes") || !offer->cost)
        return true;
    if (request_has(r, "json"))
        return false;
    if (asked_and_agreed())
        return true;
    if (!isatty(STDIN_FILENO))
        printf("not taken: say --yes to take it\n");
    return false;
}

static int offer_hint(const struct request *r, const struct lab *lab, const struct rubric *rubric, const char *language)
{
    struct err e = {0};
    AUTO(hint_drop) struct hint_offer offer = {0};
    if (!hint_next(rubric, lab->dir, request_arg(r, 1), language, &offer, &e))
        return trouble_err(&e);
    bool json = request_has(r, "json");
    if (!json)
        print_price(&offer);
    bool taken = agreed(r, &offer);
    if (taken && !hint_take(lab->dir, &offer, lab->world.now_ms, &e))
        return trouble_err(&e);
    if (json)
        print_offer(&offer, taken);
    else if (taken)
        print_hint(&offer);
    return EXIT_GOOD;
}

static int run(const struct request *r)
{
    struct err e = {0};
    struct lab lab = {0};
    struct grading_key k = {0};
    const char *language;
    if (!request_own_language(r, &language))
        return EXIT_TROUBLE;
    pace_note(request_arg(r, 0), "hint", clock_now_ms());
    bool open = lab_open(request_arg(r, 0), &lab, &e);
    struct rubric *own = open && !lab.seed ? rubric_of_bundle(&lab, &e) : NULL;
    const struct key *key = open && lab.seed ? grading_key_for(&k, &lab, NULL, &e) : NULL;
    int status =
        own || key ? offer_hint(r, &lab, own ? own : key_rubric(key), language ? language : lab.language) : trouble_err(&e);
    rubric_free(&own);
    grading_key_drop(&k);
    lab_drop(&lab);
    return status;
}

const struct command command_hint = {
    .name = "hint",
    .synopsis = "DIR QUESTION",
    .says = "the next hint to a question; its price is shown first",
    .more = "Hints come one after the other and lower what their question brings when it is solved, nothing else.\n"
            "A hint that costs nothing is given at once. With --json nobody is asked: --yes takes it.",
    .least = 2,
    .most = 2,
    .run = run,
    .options = {{"yes", 'y', NULL, "take it without asking"},
                {"lang", 0, "LANG", "en, pt or es; the lab's own without"},
                OPTION_JSON},
};
