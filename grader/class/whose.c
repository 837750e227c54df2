/* SPDX-License-Identifier: MIT */
/* Whose submission it is: what is in it says so, and its name must not say otherwise. What cannot be opened has only names. */
#include "grader/class/class.h"
#include "grader/handin/archive.h"

#include <string.h>
#include <strings.h>

/* What else people hand in by mistake, and a browser's "me (2)". An id may hold a dot itself: the whole name is tried first. */
static bool cut_ending(char *name)
{
    static const char *const endings[] = {"yaml", "yml", "txt", "md",   "pdf", "doc", "docx", "odt", "rtf", "htm",
                                          "html", "png", "jpg", "jpeg", "rar", "7z",  "xz",   "bz2", "zst", "gz",
                                          "tar",  "tgz", "zip", "json", "csv", "log", "sh",   "sql", "part"};
    char *dot = strrchr(name, '.'), *copy = strrchr(name, '(');
    if (copy && copy > name + 1 && copy[-1] == ' ' && text_same(copy + 1 + strspn(copy + 1, ALPHABET_DIGITS), ")")) {
        copy[-1] = 0;
        return true;
    }
    for (size_t i = 0; dot && dot != name && i < COUNT(endings); i++)
        if (!strcasecmp(dot + 1, endings[i])) {
            *dot = 0;
            return true;
        }
    return false;
}

/* ---- names ---- */

struct naming {
    const struct student *student;
    bool sure;
};

/* "12" is a week or an attempt as well as somebody. */
static bool is_small_number(const char *text)
{
    size_t n = strspn(text, ALPHABET_DIGITS);
    return n && n <= 2 && !text[n];
}

static struct naming by_whole(const struct class *c, const char *text)
{
    AUTO(free_text) char *name = xstrdup(text);
    const struct student *s = *name ? roster_meant(&c->roster, name) : NULL;
    while (!s && cut_ending(name))
        s = roster_meant(&c->roster, name);
    return (struct naming){s, s && !is_small_number(name)};
}

/* One of two names, the sure one first. Two that are as good as each other and mean two mean nobody, who is sure to stay. */
static void add_naming(struct naming *found, bool *ret_torn, struct naming another)
{
    if (!another.student || (found->student && found->sure && !another.sure))
        return;
    bool better = !found->student || another.sure > found->sure;
    *ret_torn = !better && (*ret_torn || found->student != another.student);
    *found = better ? another : *found;
}

static const struct student *by_split(const struct class *c, const char *text, const char *at)
{
    AUTO(free_text) char *name = xstrdup(text);
    struct naming found = {0};
    bool torn = false;
    for (char *rest = name, *part; (part = strsep(&rest, at));)
        if (*part && !is_small_number(part))
            add_naming(&found, &torn, (struct naming){roster_meant(&c->roster, part), false});
    return torn ? NULL : found.student;
}

/* "Ana_4711_lab", "312-88 - Jane Roe - 1 March", "report 4711": a part may mean somebody, or be chance. */
static const struct student *by_parts(const struct class *c, const char *text)
{
    AUTO(free_text) char *name = xstrdup(text);
    while (cut_ending(name))
        ;
    for (char *dash = name; (dash = strstr(dash, " - "));)
        memset(dash, '_', 3);
    const struct student *s = by_split(c, name, "_");
    return s ? s : by_split(c, name, "_ -,()");
}

/* Folders of a week and of a student, and who knows which in them are the student's own: those that mean two mean nobody. */
static struct naming by_folders(const struct class *c, const char *within)
{
    AUTO(free_text) char *path = xstrdup(within ? within : "");
    struct naming found = {0};
    bool torn = false;
    for (char *rest = path, *part; (part = strsep(&rest, "/"));) {
        struct naming n = by_whole(c, part);
        if (!n.student)
            n.student = by_parts(c, part);
        add_naming(&found, &torn, n);
    }
    const struct naming nobody = {0};
    return torn ? nobody : found;
}

const struct student *class_named(const struct class *c, const struct arrival *f, bool *ret_sure)
{
    struct naming own = by_whole(c, f->owner);
    *ret_sure = own.student && (own.sure || f->by_lms);
    if (*ret_sure)
        return own.student;
    struct naming folders = by_folders(c, f->within);
    *ret_sure = folders.sure;
    if (folders.sure || f->by_lms)
        return folders.student;
    const struct student *part = own.student ? own.student : by_parts(c, f->owner);
    return part ? part : folders.student;
}

/* ---- what is in it ---- */

static bool is_of_secret(const struct class *c, const struct student *s, const struct claim *claim)
{
    struct class lent = {.live = true};
    memcpy(lent.secret, c->secret, sizeof(lent.secret));
    bool same = text_same(class_options(&lent, s, 0).seed, claim->seed);
    explicit_bzero(lent.secret, sizeof(lent.secret));
    arena_drop(&lent.arena);
    return same;
}

const struct student *class_student_of(const struct class *c, const struct arrival *f, const struct claim *claim,
                                       struct handin_fault *fault)
{
    const struct student *s = roster_student(&c->roster, claim->student);
    bool sure = false;
    const struct student *named = class_named(c, f, &sure);
    if (!text_same(claim->scenario_id, c->scenario_id))
        fault_set(fault, HANDIN_OTHER_SCENARIO, f->from, "of the scenario \"%s\": the class is of \"%s\"", claim->scenario_id,
                  c->scenario_id);
    else if (c->live && !claim->live)
        fault_set(fault, HANDIN_OTHER_CLASS, f->from, "no live lab: those of this class are started with `cafelab start`");
    else if (!c->live && claim->live)
        fault_set(fault, HANDIN_LIVE, f->from, "a live lab: this class hands out bundles");
    else if (!c->live && claim->seed)
        fault_set(fault, HANDIN_OTHER_CLASS, f->from, "a lab that \"%s\" built, not the bundle that was handed out",
                  *claim->student ? claim->student : "somebody");
    else if (!s)
        fault_set(fault, HANDIN_UNKNOWN_STUDENT, f->from, "the bundle of \"%s\", who is not in roster.csv%s", claim->student,
                  roster_alike(&c->roster, claim->student) ? " (as it is spelled there: case counts)" : "");
    else if (named && sure && named != s)
        fault_set(fault, HANDIN_OTHER_STUDENT, f->from, "handed in as \"%s\", but it is the bundle of \"%s\"", named->id,
                  s->id);
    if (s && c->live && fault->outcome == HANDIN_GOOD && !is_of_secret(c, s, claim))
        fault_set(fault, HANDIN_OTHER_CLASS, f->from, "not started with the seed that \"%s\" was given", s->id);
    return fault->outcome == HANDIN_GOOD ? s : NULL;
}
