/* SPDX-License-Identifier: MIT */
/* An image from its layers: blobs named by their hashes, config, manifest, index, in one tar. */
#include "sim/shell/image_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OCI "application/vnd.oci.image."
#define LAYER_TYPE OCI "layer.v1.tar"
#define OWN_LAYERS 3
#define ID_MOST 32 /* of a student, in a tag */

struct blob {
    const char *bytes, *media_type, *says; /* says: of a layer of ours, in the history */
    size_t size;
    char digest[DIGEST_LEN + 1], diff_id[DIGEST_LEN + 1]; /* diff_id: of a layer */
};
struct image {
    const struct image_wish *wish;
    const char *created;
    struct base base;
    bool has_base;
    struct str own[OWN_LAYERS];
    struct blob *layers;
    size_t n, cap;
    struct str config_text, manifest_text, index_text, docker_text;
    struct blob config, manifest;
};

static void image_drop(struct image *i)
{
    struct str *texts[] = {&i->own[0],        &i->own[1],     &i->own[2],     &i->config_text,
                           &i->manifest_text, &i->index_text, &i->docker_text};
    for (size_t k = 0; k < COUNT(texts); k++)
        str_drop(texts[k]);
    free(i->layers);
    base_drop(&i->base);
}

static void blob_of(struct blob *b, const struct str *text, const char *media_type)
{
    *b = (struct blob){.bytes = str_text(text), .size = text->len, .media_type = media_type};
    digest_of(b->bytes, b->size, b->digest);
}

/* ---- layers ---- */

static void add_own_layer(struct image *i, const struct str *tar, const char *says)
{
    struct blob *b = GROW(i->layers, i->n, i->cap);
    blob_of(b, tar, LAYER_TYPE);
    memcpy(b->diff_id, b->digest, sizeof(b->diff_id));
    b->says = says;
}

static void add_base_layers(struct image *i)
{
    for (size_t k = 0; k < i->base.n; k++) {
        const struct base_layer *l = &i->base.layers[k];
        struct blob *b = GROW(i->layers, i->n, i->cap);
        *b = (struct blob){.bytes = l->bytes, .size = l->size, .media_type = l->media_type};
        memcpy(b->digest, l->digest, sizeof(b->digest));
        memcpy(b->diff_id, l->diff_id, sizeof(b->diff_id));
    }
}

static bool make_layers(struct image *i, struct image_facts *facts, struct err *e)
{
    const struct lab *lab = i->wish->lab;
    if (i->has_base) {
        add_base_layers(i);
        if (!layer_add_program(&i->own[0], e))
            return false;
        add_own_layer(i, &i->own[0], "cafelab host export: cafelab " CAFELAB_VERSION);
    }
    layer_add_server(&i->own[1], &i->wish->server->tree, i->has_base ? &i->base : NULL, &facts->left_out);
    add_own_layer(i, &i->own[1], "cafelab host export: the server's files");
    facts->server = arena_dup(&facts->arena, i->layers[i->n - 1].digest);
    if (i->has_base) {
        if (!layer_add_lab(&i->own[2], lab->dir, i->wish->server->name, lab->world.now_ms, e))
            return false;
        add_own_layer(i, &i->own[2], "cafelab host export: the lab");
    }
    return true;
}

/* ---- documents ---- */

static json_t *texts(const char *const *list, size_t n)
{
    json_t *array = json_array();
    for (size_t k = 0; k < n; k++)
        json_array_append_new(array, json_clean(list[k]));
    return array;
}

/* How a container is run. The way in is a shell on the lab; without a base there is nothing to be run. */
static json_t *run_config(const struct image *i)
{
    static const char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
    static const char *const entry[] = {IMAGE_PROGRAM}, *const command[] = {"shell", IMAGE_LAB};
    const struct lab *lab = i->wish->lab;
    json_t *c = json_object(), *labels = json_object();
    json_put(c, "Env", texts(env, COUNT(env)));
    if (i->has_base) {
        json_put(c, "Entrypoint", texts(entry, COUNT(entry)));
        json_put(c, "Cmd", texts(command, COUNT(command)));
    }
    json_put_text(c, "WorkingDir", "/");
    json_put_text(labels, "cafelab.hostname", i->wish->server->hostname);
    json_put_text(labels, "cafelab.scenario", lab->scenario_id);
    json_put_text(labels, "cafelab.server", i->wish->server->name);
    json_put_text(labels, "cafelab.student", lab->student);
    json_put_text(labels, "cafelab.version", lab->version);
    json_put(c, "Labels", labels);
    json_put_text(c, "StopSignal", "SIGTERM");
    return c;
}

/* The base's own, if it has a line for each of its layers. */
static json_t *history(const struct image *i)
{
    const json_t *was = json_object_get(i->base.config, "history");
    json_t *list = json_array();
    size_t k, n = 0;
    json_t *line;
    json_array_foreach((json_t *)was, k, line) n += !json_is_true(json_object_get(line, "empty_layer"));
    if (was && n == i->base.n)
        json_array_extend(list, (json_t *)was);
    else
        for (k = 0; k < i->base.n; k++)
            json_array_append_new(list, json_pack("{s:s, s:s}", "created", i->created, "created_by", "a base"));
    for (k = i->base.n; k < i->n; k++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "created", i->created, "created_by", i->layers[k].says));
    return list;
}

static void make_config(struct image *i)
{
    json_auto_t *c = json_object();
    json_t *ids = json_array();
    json_put_text(c, "created", i->created);
    json_put_text(c, "architecture", image_architecture());
    json_put_text(c, "os", "linux");
    if (json_str(i->base.config, "variant"))
        json_put_text(c, "variant", json_str(i->base.config, "variant"));
    json_put(c, "config", run_config(i));
    for (size_t k = 0; k < i->n; k++)
        json_array_append_new(ids, json_string(i->layers[k].diff_id));
    json_put(c, "rootfs", json_pack("{s:s, s:o}", "type", "layers", "diff_ids", ids));
    json_put(c, "history", history(i));
    str_add_json_value(&i->config_text, c);
    blob_of(&i->config, &i->config_text, OCI "config.v1+json");
}

static json_t *descriptor(const struct blob *b)
{
    return json_pack("{s:s, s:s, s:I}", "mediaType", b->media_type, "digest", b->digest, "size", (json_int_t)b->size);
}

static void make_manifest(struct image *i)
{
    json_auto_t *m = json_object();
    json_t *layers = json_array();
    for (size_t k = 0; k < i->n; k++)
        json_array_append_new(layers, descriptor(&i->layers[k]));
    json_put(m, "schemaVersion", json_integer(2));
    json_put_text(m, "mediaType", OCI "manifest.v1+json");
    json_put(m, "config", descriptor(&i->config));
    json_put(m, "layers", layers);
    json_put(m, "annotations", json_pack("{s:s}", "org.opencontainers.image.created", i->created));
    str_add_json_value(&i->manifest_text, m);
    blob_of(&i->manifest, &i->manifest_text, OCI "manifest.v1+json");
}

/* By the annotations skopeo, podman and containerd find the image's name. */
static void make_index(struct image *i)
{
    json_auto_t *index = json_object();
    json_t *one = descriptor(&i->manifest);
    json_put(one, "platform", json_pack("{s:s, s:s}", "architecture", image_architecture(), "os", "linux"));
    json_put(
        one, "annotations",
        json_pack("{s:s, s:s}", "org.opencontainers.image.ref.name", i->wish->name, "io.containerd.image.name", i->wish->name));
    json_put(index, "schemaVersion", json_integer(2));
    json_put_text(index, "mediaType", OCI "index.v1+json");
    json_put(index, "manifests", json_pack("[o]", one));
    str_add_json_value(&i->index_text, index);
}

/* What `docker load` reads where it does not know the layout (before 25). */
static void make_docker(struct image *i)
{
    json_auto_t *list = json_array();
    json_t *layers = json_array();
    for (size_t k = 0; k < i->n; k++)
        json_array_append_new(layers, json_textf("blobs/sha256/%s", i->layers[k].digest + 7));
    json_array_append_new(list, json_pack("{s:o, s:[s], s:o}", "Config", json_textf("blobs/sha256/%s", i->config.digest + 7),
                                          "RepoTags", i->wish->name, "Layers", layers));
    str_add_json_value(&i->docker_text, list);
}

/* ---- the archive ---- */

struct out {
    int fd;
    uint64_t bytes;
    int64_t time_ms;
    struct err *e;
};

static bool put(struct out *o, const void *data, size_t n)
{
    o->bytes += n;
    for (size_t done = 0; done < n;) {
        ssize_t got = write(o->fd, (const char *)data + done, n - done);
        if (got < 0 && errno != EINTR)
            return err_set(o->e, "write the image: %m");
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static bool put_member(struct out *o, const char *path, enum tar_type type, const void *data, size_t n)
{
    static const char zeros[TAR_BLOCK];
    AUTO(str_drop) struct str head = {0};
    tar_add_header(&head,
                   &(struct tar_member){
                       .path = path, .type = type, .mode = type == TAR_DIR ? 0755 : 0644, .mtime_ms = o->time_ms, .size = n});
    return put(o, head.s, head.len) && put(o, data, n) && put(o, zeros, tar_pad(n));
}

static bool is_there_before(const struct image *i, size_t k)
{
    for (size_t before = 0; before < k; before++)
        if (text_same(i->layers[before].digest, i->layers[k].digest))
            return true;
    return false;
}

static bool put_blob(struct out *o, const struct blob *b)
{
    char path[96];
    snprintf(path, sizeof(path), "blobs/sha256/%s", b->digest + 7);
    return put_member(o, path, TAR_FILE, b->bytes, b->size);
}

static bool put_all(struct out *o, const struct image *i)
{
    static const char layout[] = "{\"imageLayoutVersion\":\"1.0.0\"}";
    static const char end[2 * TAR_BLOCK];
    bool good = put_member(o, "oci-layout", TAR_FILE, layout, strlen(layout)) &&
                put_member(o, "index.json", TAR_FILE, i->index_text.s, i->index_text.len) &&
                put_member(o, "manifest.json", TAR_FILE, i->docker_text.s, i->docker_text.len) &&
                put_member(o, "blobs/", TAR_DIR, NULL, 0) && put_member(o, "blobs/sha256/", TAR_DIR, NULL, 0) &&
                put_blob(o, &i->manifest) && put_blob(o, &i->config);
    for (size_t k = 0; good && k < i->n; k++)
        good = is_there_before(i, k) || put_blob(o, &i->layers[k]);
    return good && put(o, end, sizeof(end));
}

static bool write_archive(const struct image *i, const char *path, uint64_t *ret_bytes, struct err *e)
{
    AUTO(str_drop) struct str name = {0};
    file_sweep(path);
    struct out o = {
        .fd = aside_open(path, &name), .time_ms = i->wish->lab->world.now_ms - i->wish->lab->world.now_ms % 1000, .e = e};
    const char *aside = str_text(&name);
    if (o.fd < 0)
        return err_set(e, "create '%s': %m", aside);
    bool good = put_all(&o, i) && (!fchmod(o.fd, 0644) || err_set(e, "write '%s': %m", aside));
    good = (!close(o.fd) || err_set(e, "write '%s': %m", aside)) && good;
    /* a link, not a rename: what is there already stays */
    good = good && (!link(aside, path) || err_set(e, "put '%s' in place: %m", path));
    unlink(aside);
    *ret_bytes = o.bytes;
    return good;
}

static bool has_path(const void *base, const char *path)
{
    return base_has(base, path);
}

bool image_write(const struct image_wish *wish, const char *path, struct image_facts *ret, struct err *e)
{
    struct image i = {.wish = wish, .has_base = wish->base != NULL};
    *ret = (struct image_facts){.files = wish->server->tree.n};
    i.created = arena_time(&ret->arena, wish->lab->world.now_ms, TIME_ISO);
    bool good = !file_exists(path) || err_set(e, "'%s' is there already", path);
    good = good && (!wish->base || base_open(wish->base, &i.base, e)) && make_layers(&i, ret, e);
    if (good) {
        make_config(&i);
        make_manifest(&i);
        make_index(&i);
        make_docker(&i);
        ret->digest = arena_dup(&ret->arena, i.manifest.digest);
        ret->layers = i.n;
        ret->missing = i.has_base ? shell_missing_of(&ret->arena, has_path, &i.base) : NULL;
        good = write_archive(&i, path, &ret->bytes, e);
    }
    image_drop(&i);
    return good;
}

void image_facts_drop(struct image_facts *f)
{
    arena_drop(&f->arena);
}

/* ---- names ---- */

/* distribution-spec: components of [a-z0-9] with separators between, a tag of [A-Za-z0-9_.-]. What else a student's id may hold
 * is spelled out, so that two ids never are one. */
static void add_component(struct str *out, const char *text, bool tag)
{
    for (const char *at = text; *at; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') ||
                     (tag && at > text && (*at == '-' || (*at >= 'A' && *at <= 'Z'))) ||
                     (!tag && *at == '-' && at > text && at[1] && at[1] != '-');
        if (plain)
            str_addc(out, *at);
        else
            str_addf(out, tag ? "%s_%02x" : "%sx%02x", at == text && tag ? "u" : "", (unsigned char)*at);
    }
}

char *image_name(struct arena *arena, const struct lab *lab, const struct server *server)
{
    AUTO(str_drop) struct str name = {0};
    char hash[65];
    bool others = lab->world.servers != server;
    str_add(&name, "localhost/cafelab/");
    add_component(&name, lab->scenario_id, false);
    if (others) {
        str_addc(&name, '/');
        add_component(&name, server->name, false);
    }
    str_addc(&name, ':');
    if (!lab->student || !*lab->student)
        str_add(&name, "lab");
    else if (strlen(lab->student) <= ID_MOST)
        add_component(&name, lab->student, true);
    else
        str_addf(&name, "%.16s", (sha256_hex(lab->student, strlen(lab->student), hash), hash));
    return arena_dup(arena, str_text(&name));
}

bool image_name_ok(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-/:"), all = strlen(name);
    const char *slash = strrchr(name, '/'), *tag = strrchr(name, ':');
    bool has_tag = tag && (!slash || tag > slash);
    if (has_tag && (strspn(tag + 1, ALPHABET_ALNUM "_.-") != strlen(tag + 1) || !tag[1] || strlen(tag + 1) > 128 ||
                    tag[1] == '.' || tag[1] == '-'))
        return false;
    size_t repository = has_tag ? (size_t)(tag - name) : all;
    return repository && all < 256 && n >= repository && strchr("._-/:", name[0]) == NULL &&
           strchr("._-/:", name[repository - 1]) == NULL && !strstr(name, "//");
}
