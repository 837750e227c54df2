/* SPDX-License-Identifier: MIT */
/* Private: the words of pages for people, in each language of cafelab. */
#pragma once

#include "grader/formats/formats.h"

enum word {
    WORD_STUDENT,
    WORD_LAB,
    WORD_SCORE,
    WORD_SCORE_IS,
    WORD_NOT_GRADED,
    WORD_NO_ATTEMPT,
    WORD_VETO,
    WORD_SUMMARY,
    WORD_CAPTION,
    WORD_QUESTIONS,
    WORD_REPAIRS,
    WORD_KEPT,
    WORD_ITEM,
    WORD_RESULT,
    WORD_POINTS,
    WORD_OF,
    WORD_FOUND,
    WORD_EXPECTED,
    WORD_SEE,
    WORD_QUERY,
    WORD_HINTS,
    WORD_HINTS_COST,
    WORD_NOTES,
    WORD_RECEIPT,
    WORD_DETAILS,
    WORD_LINE,
    WORD_TOTAL,
    WORD_PASS,
    WORD_PARTIAL,
    WORD_FAIL,
    WORD_SKIPPED,
    WORD_ERROR,
    WORD_UNGRADABLE,
    WORD_MANUAL,
    WORD_KEPT_PASS,
    WORD_NOT_ANSWERED,
    WORD_KEPT_FAIL,
    WORD_COUNTS,
    WORD_WAITING,
    N_WORDS
};
const char *word(const char *language, enum word);                                 /* of the language, else English */
const char *outcome_word(const char *language, enum judged);                       /* "Passed" */
void str_add_local_points(struct str *, const char *language, int64_t hundredths); /* 3.33 or 3,33 */
