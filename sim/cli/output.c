/* SPDX-License-Identifier: MIT */
/* What a person sees: errors on stderr, results on stdout, progress on a terminal only. */
#include "sim/cli/cli.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void complain(const char *command, const char *fmt, va_list args)
{
    AUTO(str_drop) struct str text = {0}, line = {0};
    str_vaddf(&text, fmt, args);
    str_add_log(&line, str_text(&text)); /* it may quote what was typed or read */
    progress_end();
    fprintf(stderr, "cafelab%s%s: %s\n", command ? " " : "", command ? command : "", str_text(&line));
}

int trouble(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    complain(NULL, fmt, args);
    va_end(args);
    return EXIT_TROUBLE;
}

int trouble_err(const struct err *e)
{
    return trouble("%s", e->msg);
}

int misused(const struct request *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    complain(r->command->name, fmt, args);
    va_end(args);
    fprintf(stderr, "usage: cafelab %s%s%s; see cafelab help %s\n", r->command->name, *r->command->synopsis ? " " : "",
            r->command->synopsis, r->command->name);
    return EXIT_TROUBLE;
}

void print_text(const struct str *text)
{
    fwrite(str_text(text), 1, text->len, stdout);
}

void print_json(const json_t *value)
{
    AUTO(str_drop) struct str text = {0};
    str_add_json_pretty(&text, value);
    print_text(&text);
}

unsigned terminal_width(FILE *f)
{
    struct winsize size = {0};
    if (!isatty(fileno(f)))
        return 0;
    return ioctl(fileno(f), TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

bool wants_colour(FILE *f)
{
    return isatty(fileno(f)) && !env_get("NO_COLOR") && !text_same(env_get("TERM"), "dumb");
}

/* ---- progress ---- */

#define BAR_CELLS 24
static bool bar_shown;
static char bar_line[160]; /* what is shown: it is drawn again only when it is another */

void progress_show(void *context, const char *what, unsigned done, unsigned all)
{
    (void)context;
    if (!isatty(STDERR_FILENO) || !all)
        return;
    char bar[BAR_CELLS + 1];
    unsigned full = done >= all ? BAR_CELLS : (unsigned)((uint64_t)done * BAR_CELLS / all);
    memset(bar, '#', full);
    memset(bar + full, '.', BAR_CELLS - full);
    bar[BAR_CELLS] = 0;
    char line[sizeof(bar_line)];
    snprintf(line, sizeof(line), "\r\033[K[%s] %s", bar, what);
    if (bar_shown && text_same(line, bar_line))
        return;
    memcpy(bar_line, line, sizeof(line));
    fputs(line, stderr);
    bar_shown = true;
}

void progress_end(void)
{
    if (bar_shown)
        fputs("\r\033[K", stderr);
    bar_shown = false;
}

void progress_tell(void *context, const char *line)
{
    AUTO(str_drop) struct str clean = {0};
    (void)context;
    str_add_log(&clean, line);
    progress_end();
    fprintf(stderr, "%s\n", str_text(&clean));
}
