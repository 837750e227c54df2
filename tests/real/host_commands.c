/* SPDX-License-Identifier: MIT */
/*
 * For tests/real/host_commands.sh: runs each line of FILE in the simulated shell, one after the other in one session, and
 * writes what it said on standard output, and its exit status, to DIR/N. host_commands FILE DIR
 */
#include "tests/unit/host_server.h"

#include <stdlib.h>

static void put(const char *dir, int n, const struct outcome *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};

    str_addf(&text, "%s\n[%lld]\n", json_str_or(out->reply, "stdout", ""), (long long)json_int_or(out->reply, "exitCode", -1));
    if (!file_write(arena_printf(&arena, "%s/%d", dir, n), text.s, text.len, 0644, &e))
        exit(2);
}

int main(int argc, char **argv)
{
    AUTO(str_drop) struct str lines = {0};
    struct lab_server s;
    struct err e = {0};
    int n = 0;

    json_begin();
    if (argc != 3 || !file_read(argv[1], 1u << 20, &lines, &e))
        return 2;
    server_open(&s, NULL);
    server_login(&s, "ec2-user", NULL);
    server_run(&s, "mkdir w; cd w");
    for (char *at = lines.s; *at;) {
        char *end = strchr(at, '\n');
        struct outcome out;

        *end = '\0';
        out = server_run(&s, arena_printf(&s.w.arena, "umask 022;%s", at)); /* not 002, as of a user with a group of his own */
        put(argv[2], n++, &out);
        at = end + 1;
    }
    server_close(&s);
    printf("%d\n", n);
    return 0;
}
