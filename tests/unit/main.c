/* SPDX-License-Identifier: MIT */
/* Runs every suite, or those named as arguments. A suite is a file: tests/unit/base_text.c exports base_text_tests. */
#include "sim/base/base.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(name) extern CU_TestInfo name##_tests[];
#include "suites.inc"
#undef SUITE
#define SUITE(name) {.pName = #name, .pTests = name##_tests},
static const CU_SuiteInfo suites[] = {
#include "suites.inc"
};

static bool wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (text_same(argv[i], name))
            return true;
    return argc < 2;
}

static void show_failures(void)
{
    for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext)
        printf("%s:%u: %s: %s: %s\n", f->strFileName ? f->strFileName : "?", f->uiLineNumber,
               f->pSuite ? f->pSuite->pName : "?", f->pTest ? f->pTest->pName : "?", f->strCondition ? f->strCondition : "");
}

int main(int argc, char **argv)
{
    json_begin();
    if (CU_initialize_registry())
        abort();
    for (size_t i = 0; i < COUNT(suites); i++) {
        CU_SuiteInfo chosen[] = {suites[i], CU_SUITE_INFO_NULL};
        if (wanted(suites[i].pName, argc, argv) && CU_register_suites(chosen))
            abort();
    }
    CU_run_all_tests();
    show_failures();
    unsigned failed = CU_get_number_of_tests_failed(), run = CU_get_number_of_tests_run();
    printf("unit: %u passed, %u failed, %u asserts\n", run - failed, failed, CU_get_number_of_asserts());
    bool good = !failed && run > 0 && !CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return good ? 0 : 1;
}
