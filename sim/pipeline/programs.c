/* SPDX-License-Identifier: MIT */
/*
 * The programs that a line may use: those that read and print. What else their options can do (write a file, start a program,
 * wait for ever) is refused by name, so that the author is told; what is not thought of here, confine.c makes impossible.
 * Facts: the manual pages of GNU grep, sed, findutils, coreutils, gzip, jq, mawk, util-linux, audit.
 */
#include "sim/pipeline/parts.h"

#include <string.h>

/* tac(1) of a pipe makes a temporary file, which nothing here may: each file's lines from the last to the first, so. */
static const char tac[] = "function tell() { for (; n; n--) print line[n] } "
                          "FNR == 1 { tell() } { line[++n] = $0 } END { tell() }";

static const struct program programs[] = {
    {"grep",      "grep",      {NULL},        NULL,                                                               1},
    {"egrep",     "grep",      {"-E"},        NULL,                                                               1},
    {"fgrep",     "grep",      {"-F"},        NULL,                                                               1},
    {"zcat",      "gzip",      {"-cd"},       "-k -f -S --keep --force --suffix",                                 0},
    {"gunzip",    "gzip",      {"-cd"},       "-k -f -S --keep --force --suffix",                                 0},
    {"gzip",      "gzip",      {"-c"},        "-k -f -S -r --keep --force --suffix",                              0},
    {"jq",        "jq",        {NULL},        NULL,                                                               0},
    {"cat",       "cat",       {NULL},        NULL,                                                               0},
    {"tac",       "awk",       {tac},         "-b -r -s --before --regex --separator",                            0},
    {"nl",        "nl",        {NULL},        NULL,                                                               0},
    {"head",      "head",      {NULL},        NULL,                                                               0},
    {"tail",      "tail",      {NULL},        "-f -F --follow --retry --pid",                                     0},
    {"sort",      "sort",      {NULL},        "-o -T --output --compress-program --temporary-directory",          0},
    {"uniq",      "uniq",      {NULL},        NULL,                                                               0},
    {"cut",       "cut",       {NULL},        NULL,                                                               0},
    {"tr",        "tr",        {NULL},        NULL,                                                               0},
    {"wc",        "wc",        {NULL},        NULL,                                                               0},
    {"sed",       "sed",       {"--sandbox"}, "-i --in-place",                                                    0},
    {"awk",       "awk",       {NULL},        NULL,                                                               0},
    {"ls",        "ls",        {NULL},        NULL,                                                               0},
    {"stat",      "stat",      {NULL},        NULL,                                                               0},
    {"find",      "find",      {NULL},        "-exec -execdir -ok -okdir -delete -fprint -fprint0 -fprintf -fls", 0},
    {"diff",      "diff",      {NULL},        "--to-file",                                                        1},
    {"sha256sum", "sha256sum", {NULL},        NULL,                                                               0},
    {"md5sum",    "md5sum",    {NULL},        NULL,                                                               0},
    {"base64",    "base64",    {NULL},        NULL,                                                               0},
    {"aureport",  "aureport",  {NULL},        NULL,                                                               1},
    {"ausearch",  "ausearch",  {NULL},        NULL,                                                               1},
    {"last",      "last",      {NULL},        NULL,                                                               0},
    {"lastb",     "lastb",     {NULL},        NULL,                                                               0},
    {"who",       "who",       {NULL},        NULL,                                                               0},
};

const char *const *pipeline_programs(void)
{
    static const char *names[COUNT(programs) + 1];
    for (size_t i = 0; i < COUNT(programs); i++)
        names[i] = programs[i].name;
    return names;
}

const struct program *program_named(const char *name)
{
    for (size_t i = 0; i < COUNT(programs); i++)
        if (text_same(programs[i].name, name))
            return &programs[i];
    return NULL;
}

/* "-o", "-oFILE", "--output=FILE"; find's "-exec" is one word with one dash. */
static bool is_option(const char *word, const char *option, size_t n)
{
    bool letter = n == 2;
    return strncmp(word, option, n) == 0 && (letter || !word[n] || word[n] == '=');
}

const char *program_refuses(const struct program *p, const char *word)
{
    static char says[40];
    for (const char *at = p->refused; at && *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        if (is_option(word, at, n)) {
            snprintf(says, sizeof(says), "%.*s", (int)n, at);
            return says;
        }
        at += n;
    }
    return NULL;
}
