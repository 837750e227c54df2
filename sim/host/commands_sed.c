/* SPDX-License-Identifier: MIT */
/* sed: runs a script over lines. With -i the result goes to a file sedXXXXXX beside the old one, then over it. */
#include "sim/host/commands.h"
#include "sim/host/sed.h"

struct sed {
    struct program *p;
    struct sed_script *script;
    bool quiet, separate; /* -n; each file has its own last line */
    struct regex *last;   /* for the empty expression */
    unsigned long line;
    struct str space, appended;
    struct str *out;
    const char *data, *end; /* what is still to read */
    bool newline, quits, failed;
    int code;
};

static bool next_line(struct sed *s)
{
    const char *newline;

    if (s->data >= s->end)
        return false;
    newline = memchr(s->data, '\n', (size_t)(s->end - s->data));
    s->newline = newline != NULL;
    str_clear(&s->space);
    str_addn(&s->space, s->data, (size_t)((newline ? newline : s->end) - s->data));
    s->data = newline ? newline + 1 : s->end;
    s->line++;
    return true;
}

static void put(struct sed *s, const char *text, size_t n, bool newline)
{
    if (s->out->len + n > STREAM_MAX_BYTES)
        return;
    str_addn(s->out, text, n);
    if (newline)
        str_addc(s->out, '\n');
}

static bool find(struct sed *s, struct regex *regex, size_t from, struct regex_span spans[10])
{
    regex = regex ? regex : s->last;
    if (!regex) {
        s->failed = true;
        return false;
    }
    s->last = regex;
    return regex_find(regex, str_text(&s->space), s->space.len, from, spans);
}

/* ---- addresses ---- */

static bool at_address(struct sed *s, const struct sed_address *a)
{
    struct regex_span spans[10];

    switch (a->where) {
    case SED_ANY: return true;
    case SED_LINE: return s->line == a->n;
    case SED_LAST: return s->data >= s->end;
    case SED_STEP: return a->step == 0 ? s->line == a->n : s->line >= a->n && (s->line - a->n) % a->step == 0;
    case SED_MATCH: return find(s, a->regex, 0, spans);
    }
    return false;
}

static bool in_range(struct sed *s, struct sed_command *c)
{
    if (c->to.where == SED_ANY)
        return at_address(s, &c->from);
    if (c->open) {
        if (c->plus)
            c->open = s->line < c->stop;
        else if (c->to.where == SED_LINE)
            c->open = s->line < c->to.n;
        else
            c->open = !at_address(s, &c->to);
        return c->to.where != SED_LINE || c->plus || s->line <= c->to.n;
    }
    if (!at_address(s, &c->from))
        return false;
    c->stop = s->line + c->to.n;
    c->open = c->plus ? c->to.n > 0 : c->to.where != SED_LINE || c->to.n > s->line;
    return true;
}

/* ---- s and y ---- */

static void replacement(struct sed *s, struct str *out, const char *text, const struct regex_span spans[10])
{
    for (; *text; text++) {
        int group = *text == '&' ? 0 : -1;

        if (*text == '\\' && text[1]) {
            text++;
            group = *text >= '0' && *text <= '9' ? *text - '0' : -1;
            if (group < 0)
                str_addc(out, *text == 'n' ? '\n' : *text == 't' ? '\t' : *text);
        } else if (group < 0) {
            str_addc(out, *text);
        }
        if (group >= 0 && spans[group].from != SIZE_MAX)
            str_addn(out, s->space.s + spans[group].from, spans[group].to - spans[group].from);
    }
}

static bool substitute(struct sed *s, const struct sed_command *c)
{
    AUTO(str_drop) struct str out = {0};
    struct regex_span spans[10];
    unsigned long count = 0;
    size_t from = 0, copied = 0, last_end = SIZE_MAX;
    bool done = false;

    while (from <= s->space.len && out.len < STREAM_MAX_BYTES && find(s, c->regex, from, spans)) {
        bool wanted;

        if (spans[0].from == spans[0].to && spans[0].from == last_end) { /* nothing, right behind a match, is no match */
            from = spans[0].to + 1;
            last_end = SIZE_MAX;
            continue;
        }
        last_end = spans[0].to;
        wanted = ++count >= (c->nth ? c->nth : 1);

        if (wanted) {
            str_addn(&out, str_text(&s->space) + copied, spans[0].from - copied);
            replacement(s, &out, c->text, spans);
            copied = spans[0].to;
            done = true;
            if (!c->global)
                break;
        }
        from = spans[0].to > spans[0].from ? spans[0].to : spans[0].to + 1;
    }
    if (!done)
        return false;
    str_addn(&out, str_text(&s->space) + copied, s->space.len - copied);
    str_clear(&s->space);
    str_addn(&s->space, str_text(&out), out.len);
    return true;
}

static void transliterate(struct sed *s, const struct sed_command *c)
{
    for (size_t i = 0; i < s->space.len; i++) {
        const char *at = s->space.s[i] ? strchr(c->text, s->space.s[i]) : NULL;

        if (at)
            s->space.s[i] = c->other[at - c->text];
    }
}

/* ---- running ---- */

enum sed_next { SED_GO_ON, SED_END_CYCLE, SED_DELETE };

static enum sed_next run_command(struct sed *s, struct sed_command *c)
{
    AUTO(str_drop) struct str number = {0};

    switch (c->name) {
    case 's':
        if (substitute(s, c) && c->print)
            put(s, str_text(&s->space), s->space.len, true);
        break;
    case 'y': transliterate(s, c); break;
    case 'p': put(s, str_text(&s->space), s->space.len, true); break;
    case 'd': return SED_DELETE;
    case 'q':
        s->quits = true;
        s->code = (int)c->nth;
        return SED_END_CYCLE;
    case '=':
        str_addf(&number, "%lu", s->line);
        put(s, number.s, number.len, true);
        break;
    case 'a': str_addf(&s->appended, "%s\n", c->text); break;
    case 'i': put(s, c->text, strlen(c->text), true); break;
    case 'c':
        if (c->to.where == SED_ANY || c->negated || !c->open)
            put(s, c->text, strlen(c->text), true);
        return SED_DELETE;
    case 'n':
        if (s->data >= s->end)
            return SED_END_CYCLE;
        if (!s->quiet)
            put(s, str_text(&s->space), s->space.len, true);
        next_line(s);
        break;
    default: break; /* { and } */
    }
    return SED_GO_ON;
}

static void cycle(struct sed *s)
{
    enum sed_next next = SED_GO_ON;

    for (size_t i = 0; i < s->script->n && next == SED_GO_ON; i++) {
        struct sed_command *c = &s->script->list[i];

        if (in_range(s, c) != c->negated)
            next = run_command(s, c);
        else if (c->name == '{')
            i = c->end;
    }
    if (s->failed)
        return;
    if (next != SED_DELETE && !s->quiet)
        put(s, str_text(&s->space), s->space.len, s->newline || s->appended.len > 0);
    put(s, str_text(&s->appended), s->appended.len, false);
    str_clear(&s->appended);
}

static void run_over(struct sed *s, const char *data, size_t n)
{
    s->data = data;
    s->end = data + n;
    while (!s->quits && !s->failed && next_line(s))
        cycle(s);
    if (s->quits && s->separate) /* -i: the rest stays */
        put(s, s->data, (size_t)(s->end - s->data), false);
}

/* ---- in place ---- */

static int edit(struct sed *s, const char *name, const char *suffix)
{
    AUTO(str_drop) struct str out = {0};
    struct program *p = s->p;
    struct place at = place_find(p, name, NO_FOLLOW);
    const char *data, *aside, *backup;
    char random[7];
    size_t n;
    int error;

    if (at.error)
        return complain(p, 2, "can't read %s: %s", name, strerror(at.error));
    if (at.file->kind != FILE_REGULAR)
        return complain(p, 4, "couldn't edit %s: not a regular file", name);
    error = fs_read(p, name, &data, &n);
    if (error)
        return complain(p, 2, "can't read %s: %s", name, strerror(error));
    s->line = 0;
    s->out = &out;
    run_over(s, data, n);
    s->out = NULL;
    chance_text(&p->m->c->ids, ALPHABET_ALNUM, 6, random);
    aside = arena_printf(&p->m->arena, "%.*ssed%s", (int)(path_base(name) - name), name, random);
    if (!*suffix) {
        error = fs_replace(p, name, aside, str_text(&out), out.len);
        return error ? complain(p, 4, "couldn't open temporary file %s: %s", aside, strerror(error)) : 0;
    }
    backup = strchr(suffix, '*') ? suffix : arena_printf(&p->m->arena, "%s%s", name, suffix);
    error = fs_replace(p, name, aside, data, n); /* the old content, which then makes way */
    if (!error)
        error = fs_rename(p, name, backup);
    if (!error)
        error = fs_write(p, name, str_text(&out), out.len);
    if (error)
        return complain(p, 4, "cannot rename %s: %s", name, strerror(error));
    fs_chmod(p, name, at.file->mode);
    return 0;
}

static int over_files(struct sed *s, struct options *o)
{
    AUTO(str_drop) struct str all = {0};
    struct program *p = s->p;
    bool none = o->at >= p->argc;
    int status = 0, error;

    for (int i = o->at; i < p->argc || (none && i == o->at); i++) { /* the files are one stream */
        const char *data, *name = none ? "-" : p->argv[i];
        size_t n;

        error = input_read(p, name, &data, &n);
        if (error) {
            status = complain(p, 2, error == EISDIR ? "couldn't read %s: %s" : "can't read %s: %s", name, strerror(error));
            continue;
        }
        if (all.len > 0 && all.s[all.len - 1] != '\n')
            str_addc(&all, '\n');
        str_addn(&all, data, n);
        if (all.len > STREAM_MAX_BYTES)
            break;
    }
    run_over(s, str_text(&all), all.len);
    return status;
}

static int run_script(struct sed *s, struct options *o, const char *in_place)
{
    AUTO(str_drop) struct str out = {0};
    struct program *p = s->p;
    int status = 0, one;

    s->separate = in_place != NULL;
    if (in_place && o->at >= p->argc)
        return complain(p, 4, "no input files");
    if (!in_place) {
        s->out = &out;
        status = over_files(s, o);
        s->out = NULL;
        say(p, str_text(&out), out.len);
    }
    for (int i = o->at; in_place && i < p->argc; i++) {
        one = edit(s, p->argv[i], in_place);
        status = one ? one : status;
        s->quits = false;
    }
    if (regex_spent(p->m))
        return complain(p, 4, "couldn't allocate memory");
    if (s->failed)
        return complain(p, 1, "no previous regular expression");
    return s->code ? s->code : status;
}

/* -i takes a value only when it is attached: it is taken apart before getopt sees it. */
static const char *take_in_place(struct program *p)
{
    const char *suffix = NULL, **argv = arena_alloc(&p->m->arena, ((size_t)p->argc + 1) * sizeof(*argv));
    int n = 0;

    for (int i = 0; i < p->argc; i++) {
        const char *word = p->argv[i], *letter = word[0] == '-' && word[1] != '-' ? strpbrk(word + 1, "ief") : NULL;

        if (i > 0 && text_starts(word, "--in-place")) {
            suffix = word[strlen("--in-place")] == '=' ? word + strlen("--in-place=") : "";
        } else if (i > 0 && letter && *letter == 'i' && (i < 2 || strcmp(p->argv[i - 1], "-e") != 0)) {
            suffix = letter + 1;
            if (letter > word + 1)
                argv[n++] = arena_dupn(&p->m->arena, word, (size_t)(letter - word));
        } else {
            argv[n++] = word;
        }
    }
    argv[n] = NULL;
    p->argv = argv;
    p->argc = n;
    return suffix;
}

int run_sed(struct program *p)
{
    static const struct option_spec spec = {"e:Ef:nrsuz", "expression=e file=f quiet=n silent=n regexp-extended=r separate=s",
                                            true};
    struct options o = {.p = p, .spec = &spec};
    struct sed_script *script = arena_alloc(&p->m->arena, sizeof(*script));
    struct sed s = {.p = p, .script = script};
    AUTO(str_drop) struct str text = {0};
    const char *in_place = take_in_place(p), *value, *data;
    bool given = false;
    int letter, status;
    size_t n;

    while ((letter = options_next(&o, &value))) {
        s.quiet |= letter == 'n';
        script->flags |= letter == 'E' || letter == 'r' ? REG_EXTENDED : 0;
        if (letter == 'e')
            str_addf(&text, "%s%s", given ? "\n" : "", value);
        else if (letter == 'f' && fs_read(p, value, &data, &n) == 0)
            str_addn(&text, data, n);
        else if (letter == 'f')
            return complain(p, 1, "couldn't open file %s: No such file or directory", value);
        given |= letter == 'e' || letter == 'f';
    }
    if (o.failed)
        return 1;
    if (!given && o.at >= p->argc) {
        str_add(p->io.err, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n");
        return 1;
    }
    if (!given)
        str_add(&text, p->argv[o.at++]);
    script->arena = &p->m->arena;
    script->m = p->m;
    if (!sed_parse(script, str_text(&text)))
        status = complain(p, 1, "-e expression #1, %s", script->why);
    else
        status = run_script(&s, &o, in_place);
    sed_drop(script);
    str_drop(&s.space);
    str_drop(&s.appended);
    return status;
}
