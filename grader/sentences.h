/* SPDX-License-Identifier: MIT */
/*
 * Private to grader and the folders below it: what graders say to students, in the languages after English. The English
 * sentence is the key, where it is said: a sentence without a row is said in English. Clauses of checks that are put together
 * from words of configuration and of commands (states, options, paths) have none: they name what stands in files and programs,
 * which speak English, too.
 */
#pragma once

#include "sim/scenario/scenario.h"

/* A format with the same conversions in the same order. Of a text that ends in a list ("expected one of a, b") what comes
 * before it. `ret_rest`: what of the text was no key; may be NULL, then only whole texts are found. */
const char *sentence(const char *english, const char *language, const char **ret_rest);
/* The text in the language, appended. */
void str_add_sentence(struct str *, const char *english, const char *language);

struct sentence {
    const char *in[LANGUAGES]; /* English, ... */
};
extern const struct sentence sentences[];
extern const size_t n_sentences;
