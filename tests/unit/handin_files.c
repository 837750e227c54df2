/* SPDX-License-Identifier: MIT */
/* What changes.jsonl says of a server's files: taken as it stands, or refused with the line and the reason. */
#include "grader/handin/files.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define FILE_X "{'path': 'host/a/x', 'kind': 'file', 'content': 'files/1'"

static const struct {
    const char *changes; /* ' for ", and a line break before each { */
    const char *path;    /* on the server */
    const char *says;    /* kind mode uid gid time: data of that file; "gone"; or place: outcome: reason */
} rows[] = {
    {FILE_X ", 'mode': 2541, 'uid': 7, 'gid': 8, 'time': 9000}",                                        "/a/x",    "file 4755 7 8 9000: new"                                         },
    {"{'path': 'host/a/x', 'kind': 'dir', 'mode': 448, 'uid': 7, 'time': 9}",                           "/a/x",    "dir 700 7 0 9: "                                                 },
    {"{'path': 'host/a/x', 'kind': 'link', 'target': 'log', 'time': 9}",                                "/a/x",    "link 0 0 0 9: log"                                               },
    {"{'path': 'host/a/log', 'kind': 'dir', 'mode': 493, 'time': 9}",                                   "/a/log",  "dir 755 0 0 9: "                                                 },
    {"{'path': 'host/a', 'kind': 'file', 'mode': 420, 'time': 9}",                                      "/a/log",  "gone"                                                            },
    {"{'path': 'host/a', 'gone': true}",                                                                "/a/log",  "gone"                                                            },
    {"{'path': 'host', 'kind': 'dir', 'mode': 448, 'time': 9}",                                         "/",       "dir 700 0 0 9: "                                                 },
 /* what was there stays, and the rest is behind it */
    {"{'path': 'host/a/log', 'kind': 'file', 'mode': 420, 'time': 9, 'kept': 4, 'content': 'files/1'}", "/a/log",
     "file 644 0 0 9: log\nnew"                                                                                                                                                      },
    {"{'path': 'host/a/log', 'kind': 'file', 'mode': 384, 'time': 9, 'kept': 4}",                       "/a/log",  "file 600 0 0 9: log\n"                                           },
    {"{'path': 'host/a/log', 'kind': 'file', 'kept': 5, 'content': 'files/1'}",                         "/a/log",
     "file 644 0 0 40: log\n"                                                                                                                                                        }, /* a log that no story has */
    {"{'path': 'host/a/none', 'kind': 'file', 'kept': 5, 'content': 'files/1'}",                        "/a/none", "gone"                                                            },
 /* refused */
    {"{'path': 'hostess/x', 'kind': 'dir'}",                                                            NULL,      "changes.jsonl:1: bad-files: \"hostess/x\" is no file of a server"},
    {FILE_X ", 'mode': 4096}",                                                                          NULL,      "changes.jsonl:1: bad-files: \"mode\": expected a whole number"   },
    {FILE_X ", 'uid': 4294967296}",                                                                     NULL,      "changes.jsonl:1: bad-files: \"uid\": expected a whole number"    },
    {FILE_X ", 'gid': -1}",                                                                             NULL,      "changes.jsonl:1: bad-files: \"gid\": expected a whole number"    },
    {FILE_X ", 'kept': 67108865}",                                                                      NULL,      "changes.jsonl:1: bad-files: \"kept\": expected a whole number"   },
    {FILE_X ", 'time': 253402300800000}",                                                               NULL,      "changes.jsonl:1: bad-files: \"time\": expected a whole number"   },
    {"{'path': 'host/a/x', 'kind': 'file', 'content': 'files'}",                                        NULL,
     "changes.jsonl:1: bad-files: \"files\": there is no such member"                                                                                                                },
    {"{'path': 'host/a/x', 'kind': 'file', 'content': 'files/d'}",                                      NULL,
     "changes.jsonl:1: bad-files: \"files/d\": there is no such member"                                                                                                              },
    {FILE_X "}{'path': 's3/b/k', 'gone': true}{'path': 's3/b/k', 'gone': true}",                        NULL,
     "changes.jsonl: bad-files: \"s3/b/k\" is listed twice"                                                                                                                          },
};

static char *lines_of(struct arena *arena, const char *text)
{
    AUTO(str_drop) struct str out = {0};
    for (const char *s = text; *s; s++) {
        if (*s == '{' && s > text)
            str_addc(&out, '\n');
        str_addc(&out, *s == '\'' ? '"' : *s);
    }
    return arena_dup(arena, str_text(&out));
}

static void say(const struct file *f, struct str *out)
{
    static const char *const kinds[] = {[FILE_REGULAR] = "file", [FILE_DIR] = "dir", [FILE_LINK] = "link"};
    if (!f)
        str_add(out, "gone");
    else {
        str_addf(out, "%s %o %u %u %lld: ", kinds[f->kind], f->mode, f->uid, f->gid, (long long)f->mtime_ms);
        str_addn(out, f->data ? f->data : "", f->kind == FILE_DIR ? 0 : f->size);
    }
}

/* A server with /a/log, which says "log" and a line break, and what was handed in: `changes`, a file and a folder. */
struct desk {
    struct world w;
    struct server cafe;
    struct packed list[4];
    struct parcel parcel;
    struct handed *handed;
    struct handin_fault fault;
};

static bool desk_open(struct desk *d, const char *changes, size_t n)
{
    static const struct claim packed = {0};
    struct seed seed = seed_from_text("files");
    *d = (struct desk){
        .cafe = {.name = "cafe"                                        },
        .list = { {.path = "changes.jsonl", .kind = MEMBER_FILE, .data = changes, .size = n},
                 {.path = "files", .kind = MEMBER_FILE, .data = "", .size = 0},
                 {.path = "files/1", .kind = MEMBER_FILE, .data = "new", .size = 3},
                 {.path = "files/d", .kind = MEMBER_FOLDER, .data = ""}},
    };
    d->parcel = (struct parcel){.list = d->list, .n = COUNT(d->list)};
    world_init(&d->w, &seed, "123456789012", "us-west-2", 1000);
    CU_ASSERT(tree_mkdir(&d->w, &d->cafe.tree, "/", 0755, 0, 0, 10) && tree_mkdir(&d->w, &d->cafe.tree, "/a", 0755, 0, 0, 20) &&
              tree_put(&d->w, &d->cafe.tree, "/a/log", "log\n", 4, 40));
    d->w.servers = &d->cafe;
    d->handed = handed_new(&d->parcel, &packed);
    return files_take(&d->w, &d->parcel, &packed, d->handed, &d->fault);
}

static void desk_close(struct desk *d)
{
    handed_drop(d->handed);
    d->w.servers = NULL;
    world_drop(&d->w);
}

static void take(const char *changes, size_t n, const char *path, struct str *out)
{
    struct desk d;
    if (desk_open(&d, changes, n))
        say(path ? tree_find(&d.cafe.tree, path) : NULL, out);
    else
        str_addf(out, "%s: %s: %s", d.fault.place, handin_names[d.fault.outcome], d.fault.reason);
    desk_close(&d);
}

static void line_by_line(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(str_drop) struct str said = {0};
        const char *changes = lines_of(&arena, rows[i].changes);
        take(changes, strlen(changes), rows[i].path, &said);
        if (!text_same(str_text(&said), rows[i].says))
            printf("handin_files: row %zu: %s\n", i, str_text(&said));
        CU_ASSERT_STRING_EQUAL(str_text(&said), rows[i].says);
    }
}

/* A path, a line, a list at its limit, and one more. */
static void limits(void)
{
    enum { LINE = 64 << 10, LINES = 60000 };
    AUTO(str_drop) struct str path = {0}, line = {0}, list = {0}, said = {0};
    for (size_t i = 0; i <= TREE_MAX_PATH; i++)
        str_addc(&path, 'x');
    str_addf(&line, "{\"gone\": true, \"path\": \"%s\"}", str_text(&path));
    take(line.s, line.len, NULL, &said);
    CU_ASSERT_STRING_EQUAL(str_text(&said), "changes.jsonl:1: bad-files: \"path\": expected a path");
    str_clear(&line);
    str_add(&line, "{\"gone\": true, \"path\": \"host/a/log\"}");
    while (line.len < LINE)
        str_addc(&line, ' ');
    str_clear(&said);
    take(line.s, line.len, "/a/log", &said);
    CU_ASSERT_STRING_EQUAL(str_text(&said), "gone");
    str_addc(&line, ' ');
    str_clear(&said);
    take(line.s, line.len, NULL, &said);
    CU_ASSERT_STRING_EQUAL(str_text(&said), "changes.jsonl:1: malformed: a line of more than 64 KiB");
    for (size_t i = 0; i <= LINES; i++)
        str_addf(&list, "{\"gone\": true, \"path\": \"s3/b/%zu\"}\n", i);
    str_clear(&said);
    take(list.s, list.len, NULL, &said);
    CU_ASSERT_STRING_EQUAL(str_text(&said), "changes.jsonl:60001: bad-files: more than 60000 lines");
}

/* ---- the evidence ---- */

struct delivery { /* what was delivered, and what the grader says of what was handed in */
    const char *path, *bytes, *unpacked;
    bool grows;
    const char *says;
};

static void expect(const struct handed *handed, const struct delivery *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct delivered_file file = {.path = rows[i].path, .size = strlen(rows[i].bytes), .grows = rows[i].grows};
        sha256_hex(rows[i].bytes, file.size, file.sha256);
        if (rows[i].unpacked)
            sha256_hex(rows[i].unpacked, strlen(rows[i].unpacked), file.unpacked);
        const char *says = handed_altered(handed, &file);
        if (!says != !rows[i].says || (says && !text_same(says, rows[i].says)))
            printf("handin_files: %s, row %zu: %s\n", rows[i].path, i, says ? says : "as it was");
        CU_ASSERT(says ? text_same(says, rows[i].says) : !rows[i].says);
    }
}

static void evidence_of_a_whole_lab(void)
{
    static struct packed list[] = {
        {.path = "host/log",     .kind = MEMBER_FILE,   .data = "log, more", .size = 9},
        {.path = "s3/b/a.gz",    .kind = MEMBER_FILE,   .data = "aaa",       .size = 3},
        {.path = "s3/b/d.gz",    .kind = MEMBER_FOLDER, .data = ""         },
        {.path = "s3/b/e", .kind = MEMBER_FOLDER,            .data = ""                   },
        {.path = "s3/b/t",        .kind = MEMBER_FILE,                    .data = "text",                    .size = 4         },
    };
    static const struct delivery rows[] = {
        {"s3/b/a.gz", "aaa",  NULL,   false, NULL                 },
        {"s3/b/a.gz", "aab",  "x",    false, "was edited"         },
        {"s3/b/a.gz", "aa",   NULL,   false, "was edited"         },
        {"s3/b/a.gz", "aaaa", NULL,   false, "was cut"            },
        {"s3/b/d.gz", "",     NULL,   false, "is no file any more"},
        {"s3/b/e.gz", "e",    "e",    false, "is gone"            },
        {"s3/b/t.gz", "t",    "text", false, NULL                 }, /* gunzip puts the text in its place */
        {"s3/b/t.gz", "t",    "test", false, "was edited"         },
        {"s3/b/t.gz", "t",    NULL,   false, "is gone"            },
        {"s3/b/n.gz", "n",    "n",    false, "is gone"            },
        {"host/log",  "log",  NULL,   true,  NULL                 },
        {"host/log",  "lag",  NULL,   true,  "was edited"         },
        {"host/log",  "log",  NULL,   false, "was edited"         },
    };
    const struct parcel parcel = {.list = list, .n = COUNT(list)};
    struct handed *handed = handed_new(&parcel, &(struct claim){.whole = true});
    expect(handed, rows, COUNT(rows));
    handed_drop(handed);
}

static void evidence_by_its_changes(void)
{
    static const struct delivery rows[] = {
        {"s3/b/other",  "x",     NULL,   false, NULL        },
        {"s3/b/gone",   "x",     NULL,   false, "is gone"   },
        {"s3/b/cut",    "xyz",   NULL,   false, "was cut"   },
        {"s3/b/cut",    "xy",    NULL,   false, "was edited"},
        {"s3/b/t.gz",   "t",     "text", false, NULL        },
        {"s3/b/t.gz",   "t",     "test", false, "was edited"},
        {"host/a/log",  "log\n", NULL,   true,  NULL        },
        {"host/a/log",  "log\n", NULL,   false, "was edited"},
        {"host/a/x",    "lag",   NULL,   true,  "was edited"}, /* written anew */
        {"host/a/x",    "long",  NULL,   true,  "was cut"   },
        {"host/a/x",    "",      NULL,   true,  NULL        },
        {"host/a/none", "",      NULL,   true,  "is gone"   },
    };
    AUTO(arena_drop) struct arena arena = {0};
    char text[65];
    struct desk d;
    sha256_hex("text", 4, text);
    const char *changes =
        lines_of(&arena, arena_printf(&arena,
                                      "{'path': 's3/b/t.gz', 'unpacked': '%s'}{'path': 's3/b/gone', 'gone': true}"
                                      "{'path': 's3/b/cut', 'size': 2}{'path': 'host/a/none', 'gone': true}"
                                      "{'path': 'host/a/log', 'kind': 'file', 'kept': 4, 'content': 'files/1'}" FILE_X "}",
                                      text));
    CU_ASSERT(desk_open(&d, changes, strlen(changes)));
    expect(d.handed, rows, COUNT(rows));
    CU_ASSERT(handed_changed_servers(d.handed));
    desk_close(&d);
    static const char trail[] = "{\"path\": \"s3/b/gone\", \"gone\": true}\n";
    CU_ASSERT(desk_open(&d, trail, strlen(trail)) && !handed_changed_servers(d.handed));
    desk_close(&d);
}

CU_TestInfo handin_files_tests[] = {
    {"line by line",            line_by_line           },
    {"limits",                  limits                 },
    {"evidence of a whole lab", evidence_of_a_whole_lab},
    {"evidence by its changes", evidence_by_its_changes},
    CU_TEST_INFO_NULL,
};
