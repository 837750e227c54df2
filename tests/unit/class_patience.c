/* SPDX-License-Identifier: MIT */
/* When no more of a zip is looked at: junk alone is given up, a class's zip is not, whatever lies beside what is graded. */
#include "grader/batch/patience.h"

#include <CUnit/CUnit.h>

enum { NOBODY = -1, STUDENTS = 30 };

static void note(struct patience *p, size_t zip, int named, int student, bool graded, int times)
{
    for (int i = 0; i < times; i++)
        patience_note(p, zip, named, student, graded);
}

static void test_junk_alone(void)
{
    struct patience p;
    patience_begin(&p, STUDENTS);
    size_t zip = patience_zip(&p, "a.zip");
    CU_ASSERT_EQUAL(zip, 1);
    note(&p, zip, NOBODY, NOBODY, false, PATIENCE_BAD - 1);
    CU_ASSERT_EQUAL(patience_left(&p, NOBODY), 1);
    note(&p, zip, NOBODY, NOBODY, false, 1);
    CU_ASSERT_EQUAL(patience_left(&p, NOBODY), 0);
    CU_ASSERT_EQUAL(patience_left(&p, 7), PATIENCE_BAD); /* other names' files have done nothing */
    CU_ASSERT(!patience_is_over(&p, NOBODY));
    CU_ASSERT(patience_end(&p, NOBODY));
    CU_ASSERT(!patience_end(&p, NOBODY)); /* told once */
    note(&p, zip, NOBODY, 3, true, 1);
    CU_ASSERT(patience_is_over(&p, NOBODY) && !patience_left(&p, NOBODY)); /* and stays so */
    patience_drop(&p);
}

/* Names that mean nobody in the class, a report beside each lab: the labs say themselves whose they are. */
static void test_report_beside_each_lab(void)
{
    struct patience p;
    patience_begin(&p, STUDENTS);
    size_t zip = patience_zip(&p, "a.zip");
    for (int i = 0; i < STUDENTS; i++) {
        note(&p, zip, NOBODY, NOBODY, false, PATIENCE_GOOD);
        note(&p, zip, NOBODY, i, true, 1);
    }
    CU_ASSERT_EQUAL(patience_left(&p, NOBODY), PATIENCE_BAD);
    patience_drop(&p);
}

static void test_one_lab_many_times(void)
{
    struct patience p;
    patience_begin(&p, STUDENTS);
    size_t zip = patience_zip(&p, "a.zip");
    note(&p, zip, 3, 3, true, 500);
    note(&p, zip, 3, 3, false, PATIENCE_BAD);
    CU_ASSERT_EQUAL(patience_left(&p, 3), PATIENCE_GOOD);
    patience_drop(&p);
}

static void test_each_zip_anew(void)
{
    struct patience p;
    patience_begin(&p, STUDENTS);
    size_t zip = patience_zip(&p, "a.zip");
    note(&p, zip, 3, 3, false, PATIENCE_BAD);
    patience_end(&p, 3);
    CU_ASSERT_EQUAL(patience_zip(&p, "a.zip"), zip);
    CU_ASSERT_EQUAL(patience_zip(&p, NULL), 0);
    CU_ASSERT_EQUAL(patience_zip(&p, "b.zip"), zip + 1);
    CU_ASSERT_EQUAL(patience_left(&p, 3), PATIENCE_BAD);
    note(&p, zip, 3, 3, false, PATIENCE_BAD); /* what was still judged of the other one */
    note(&p, 0, 3, 3, false, PATIENCE_BAD);   /* what lay in none */
    CU_ASSERT_EQUAL(patience_left(&p, 3), PATIENCE_BAD);
    patience_drop(&p);
}

CU_TestInfo class_patience_tests[] = {
    {"junk alone",                          test_junk_alone            },
    {"a report beside each lab",            test_report_beside_each_lab},
    {"one lab, over and over, wins little", test_one_lab_many_times    },
    {"each zip anew",                       test_each_zip_anew         },
    CU_TEST_INFO_NULL,
};
