/* SPDX-License-Identifier: MIT */
/* cafelab host: the server elsewhere than in `cafelab shell`. */
#include "sim/cli/cli.h"
#include "sim/cli/served.h"
#include "sim/shell/image.h"

#include <unistd.h>

static void report(const struct request *r, const struct image_wish *w, const char *out, const struct image_facts *f)
{
    if (request_has(r, "json")) {
        json_auto_t *report =
            json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s?}", "file", out, "name", w->name, "digest", f->digest,
                      "server_layer", f->server, "layers", (json_int_t)f->layers, "files", (json_int_t)f->files, "bytes",
                      (json_int_t)f->bytes, "left_out", (json_int_t)f->left_out, "missing", f->missing);
        return print_json(report);
    }
    printf("%s: %s, %zu files of the server, %llu bytes\n", out, w->name, f->files, (unsigned long long)f->bytes);
    printf("  %s\n", f->digest);
}

/* What somebody should know before it is handed out. */
static void warn(const struct image_wish *w, const struct image_facts *f)
{
    if (f->left_out)
        fprintf(stderr, "cafelab: %zu files are left out: no image can hold a name that begins with .wh.\n", f->left_out);
    if (!w->base)
        fprintf(stderr, "cafelab: the image holds the server's files and no programs, so nothing runs in it: --base FILE puts "
                        "them on an image that has some\n");
    if (f->missing)
        fprintf(stderr, "cafelab: the base lacks programs that the story needs: %s\n", f->missing);
    if (w->base && w->lab->seed)
        fprintf(stderr, "cafelab: the lab in it knows its seed: for a class, export the bundles of `cafelab class build`\n");
}

static bool write_compose(const struct image_wish *w, const char *digest, const char *path, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    image_add_compose(&text, w, digest);
    return (!file_exists(path) || err_set(e, "'%s' is there already", path)) && file_write(path, text.s, text.len, 0644, e);
}

static int export_lab(const struct request *r, const struct lab *lab)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(image_facts_drop) struct image_facts facts = {0};
    struct err e = {0};
    const char *out = request_value(r, "output"), *compose = request_value(r, "compose"), *on = request_value(r, "on");
    const struct server *server = on ? find_server(&lab->world, on) : lab->world.servers;
    if (!server)
        return on ? trouble("no server \"%s\" in '%s'", on, lab->dir) : trouble("there is no server in '%s'", lab->dir);
    struct image_wish wish = {.lab = lab, .server = server, .name = request_value(r, "name"), .base = request_value(r, "base")};
    if (!wish.name)
        wish.name = image_name(&arena, lab, server);
    if (!image_name_ok(wish.name))
        return trouble("\"%s\" is no name of an image: expected one like localhost/cafelab/lab:1", wish.name);
    if (!image_write(&wish, out, &facts, &e) || (compose && !write_compose(&wish, facts.digest, compose, &e)))
        return trouble_err(&e);
    warn(&wish, &facts);
    report(r, &wish, out, &facts);
    return EXIT_GOOD;
}

static int run_export(const struct request *r)
{
    struct err e = {0};
    struct lab lab;
    if (!request_value(r, "output"))
        return misused(r, "expected -o FILE");
    if (request_has(r, "compose") && !request_has(r, "base"))
        return misused(r, "--compose needs --base: without programs there is nothing to run");
    int held = lab_hold(r->args[0], &e); /* nobody writes while it is read */
    if (held < 0 || !lab_open(r->args[0], &lab, &e)) {
        if (held >= 0)
            close(held);
        return trouble_err(&e);
    }
    int status = export_lab(r, &lab);
    lab_drop(&lab);
    close(held);
    return status;
}

static const struct command command_host_export = {
    .name = "host export",
    .synopsis = "DIR",
    .says = "a lab's server as a container image",
    .more =
        "OUT is an OCI image layout in a tar file, which skopeo, buildah, podman and docker load. It is made without any of\n"
        "them and without a network; the same lab gives the same layers. Programs come from the base: an image that was\n"
        "saved (OCI or Docker archive), or a plain tar of a root file system. docs/shell.md says how to make one, and what\n"
        "a container can show of the server.",
    .least = 1,
    .most = 1,
    .run = run_export,
    .options = {{"output", 'o', "FILE", "the image; must not be there yet"},
                {"base", 'b', "FILE", "what runs in it; without, the image has the server's files and nothing else"},
                {"compose", 0, "FILE", "a compose.yaml, too: the account and the server, without a way out"},
                {"name", 0, "NAME", "the image's; localhost/cafelab/SCENARIO:STUDENT without"},
                {"on", 0, "SERVER", "which server; the lab's first without"},
                OPTION_JSON},
};

static const struct command *const parts[] = {&command_host_export, NULL};

const struct command command_host = {
    .name = "host",
    .synopsis = "PART ...",
    .says = "the lab's server elsewhere: as a container image",
    .parts = parts,
};
