/* SPDX-License-Identifier: MIT */
/* cafelab class grade: everything that was handed in, judged where it can do no harm. */
#include "sim/cli/class_parts.h"

static void print_done(const struct batch_done *d)
{
    printf("%zu upload%s: %zu graded, %zu known from before", d->uploads, d->uploads == 1 ? "" : "s", d->graded, d->kept);
    if (d->kept_ungradable)
        printf(" (%zu of them not gradable)", d->kept_ungradable);
    printf(", %zu not gradable, %zu error%s", d->ungradable, d->errors, d->errors == 1 ? "" : "s");
    if (d->elsewhere)
        printf(", %zu of other shards", d->elsewhere);
    if (d->unclaimed)
        printf("; %zu of nobody in the class", d->unclaimed);
    if (d->unclaimed_told)
        printf(" (%zu told before: see cafelab class report)", d->unclaimed_told);
    putchar('\n');
    if (d->standing)
        printf("%zu of those not gradable had a grade, which stands: only `class regrade --apply` takes one away\n",
               d->standing);
    if (d->misplaced)
        printf("%zu judged as whose bundle it is, though a number or a part of its names may mean another student\n",
               d->misplaced);
    if (d->several)
        printf("%zu student%s handed in more than one: attempts in the order of a zip, or of the paths\n", d->several,
               d->several == 1 ? "" : "s");
}

static void print_counts(const struct batch_done *d)
{
    const struct {
        const char *name;
        size_t n;
    } counts[] = {
        {"uploads",         d->uploads        },
        {"graded",          d->graded         },
        {"kept",            d->kept           },
        {"kept_ungradable", d->kept_ungradable},
        {"ungradable",      d->ungradable     },
        {"errors",          d->errors         },
        {"standing",        d->standing       },
        {"unclaimed",       d->unclaimed      },
        {"misplaced",       d->misplaced      },
        {"typed",           d->typed          },
        {"nothing",         d->nothing        },
        {"elsewhere",       d->elsewhere      },
    };
    json_auto_t *out = json_object();
    for (size_t i = 0; i < COUNT(counts); i++)
        json_put(out, counts[i].name, json_integer((json_int_t)counts[i].n));
    print_json(out);
}

static int tell_done(const struct request *r, const struct batch_done *d)
{
    if (request_has(r, "json"))
        print_counts(d);
    else
        print_done(d);
    bool all = !d->ungradable && !d->kept_ungradable && !d->unclaimed && !d->nothing;
    return d->errors ? EXIT_TROUBLE : all ? EXIT_GOOD : EXIT_FINDINGS;
}

static int run(const struct request *r)
{
    AUTO(class_close) struct class c = {0};
    struct batch_done done = {0};
    struct batch_plan plan = {.again = request_has(r, "again")};
    if (!request_shard(r, &plan.shard, &plan.shards) || !class_judge_told(r, &plan, &c, &done))
        return EXIT_TROUBLE;
    return tell_done(r, &done);
}

const struct command command_class_grade = {
    .name = "class grade",
    .synopsis = "CLASS UPLOAD...",
    .says = "judge what students handed in",
    .more =
        "An upload is a file of `cafelab submit`, a lab or an archive of one, a folder of such, or a bulk download of Canvas\n"
        "or Moodle. Each is judged by a process that has only memory, queries and rules among the answers, too; whatever is\n"
        "wrong with one is its outcome and stops no other, and no grade that the same bytes had is lost. Results are in\n"
        "CLASS/results; a run that was killed goes on where it was. What was judged before is left alone unless --again is\n"
        "given; times are noted for it, too.\n"
        "Exit status 1: some uploads could not be graded, now or before, or there are none; 2: judging one failed.",
    .least = 2,
    .most = SIZE_MAX,
    .run = run,
    .options = {{"workers", 0, "N", "how many at a time; one a core without"},
                {"shard", 0, "I/N", "only the I-th of N parts of the class: several machines share the work"},
                {"times", 0, "FILE", "CSV with student and submitted: when each handed in"},
                {"again", 0, NULL, "judge what was judged before, too"},
                OPTION_JSON},
};
