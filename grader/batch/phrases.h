/* SPDX-License-Identifier: MIT */
/* Private: what the class page says, and what is said of a grade, in each language of cafelab. */
#pragma once

#include "grader/batch/analysis.h"

enum phrase {
    /* the class as a whole */
    PHRASE_CLASS,
    PHRASE_SCORES,
    PHRASE_SCORES_ARE,
    PHRASE_SCORES_CAPTION,
    PHRASE_SCORE,
    PHRASE_STUDENTS,
    PHRASE_BIN,
    PHRASE_LAST_BIN,
    PHRASE_NONE,
    /* items */
    PHRASE_ITEMS,
    PHRASE_ITEMS_NOTE,
    PHRASE_ITEMS_CAPTION,
    PHRASE_ITEM,
    PHRASE_RIGHT,
    PHRASE_RIGHT_OF,
    PHRASE_PARTLY,
    PHRASE_FACILITY,
    PHRASE_FIRST,
    PHRASE_DISCRIMINATION,
    PHRASE_TRIES,
    PHRASE_HINTS,
    PHRASE_REMARKS,
    PHRASE_NOBODY_HAS_IT,
    PHRASE_EVERYBODY_HAS_IT,
    PHRASE_GOOD_MISS_IT,
    PHRASE_TELLS_LITTLE,
    /* grades */
    PHRASE_GRADES,
    PHRASE_GRADES_CAPTION,
    PHRASE_STUDENT,
    PHRASE_NAME,
    PHRASE_PERCENT,
    PHRASE_ATTEMPTS,
    PHRASE_MINUTES,
    PHRASE_VETOED,
    /* time at work */
    PHRASE_NOT_KNOWN,
    PHRASE_TIME,
    PHRASE_TIME_NOTE,
    PHRASE_TIME_IS,
    PHRASE_TIME_NOTHING,
    PHRASE_TIME_CAPTION,
    /* who got what */
    PHRASE_MATRIX,
    PHRASE_MATRIX_NOTE,
    PHRASE_MATRIX_CAPTION,
    PHRASE_YES,
    PHRASE_PART,
    PHRASE_NO,
    PHRASE_SKIP,
    PHRASE_HAND,
    /* what is alike */
    PHRASE_ALIKE,
    PHRASE_ALIKE_NOTE,
    PHRASE_ALIKE_NOTHING,
    PHRASE_ALIKE_CAPTION,
    PHRASE_ALIKE_LEFT_OFF,
    PHRASE_KIND,
    PHRASE_WHAT,
    PHRASE_HOW_COMMON,
    PHRASE_MORE,
    PHRASE_LIKE_VALUE, /* in the order of enum like */
    PHRASE_LIKE_LAB,
    PHRASE_LIKE_BYTES,
    PHRASE_LIKE_ANSWERS,
    PHRASE_LIKE_STEPS,
    PHRASE_LIKE_TEXT,
    PHRASE_LIKE_FAST,
    PHRASE_VALUE_WHAT,
    PHRASE_VALUE_BASE,
    PHRASE_LAB_BASE,
    PHRASE_BYTES_WHAT,
    PHRASE_ANSWERS_WHAT,
    PHRASE_STEPS_WHAT,
    PHRASE_TEXT_WHAT,
    PHRASE_TEXT_BASE,
    PHRASE_FAST_WHAT,
    PHRASE_FAST_BASE,
    PHRASE_SHARE_BASE,
    /* what was done to a score */
    PHRASE_PENALTY,
    PHRASE_LATE,
    PHRASE_LATE_BY,
    PHRASE_BY_HAND,
    PHRASE_ITEM_BY_HAND,
    PHRASE_HINTS_BEFORE,
    PHRASE_NOT_HANDED_IN,
    PHRASE_UNCLAIMED,
    PHRASE_OUTDATED,
    PHRASE_UNTIMED,
    PHRASE_IDLE_DEADLINE,
    N_PHRASES
};
/* Of the language, else English. Those with conversions (%zu, %s) are formats: the same ones, in the same order, in each. */
const char *phrase(const char *language, enum phrase);
/* Numbers in what was added behind `from` get the language's decimal sign: 3.33 or 3,33. */
void phrase_decimals(struct str *, size_t from, const char *language);
