/* SPDX-License-Identifier: MIT */
/*
 * A base for images: an OCI layout in a tar (podman save --format oci-archive, skopeo copy ... oci-archive:), what `docker
 * save` writes, or a plain tar of a root file system (debootstrap and tar, mmdebstrap). It is mapped, not copied; layers go
 * into the new image byte by byte, after their hashes are found to be true.
 */
#include "sim/shell/image_parts.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MEMBERS_MOST 500000
#define DOCUMENT_MOST (4u << 20) /* of JSON */
#define LAYERS_MOST 127          /* as overlay file systems have it */
#define PATH_MOST 4096

const char *image_architecture(void)
{
    static const char *const names[][2] = {
        {"x86_64",  "amd64"},
        {"aarch64", "arm64"}
    };
    static struct utsname machine;
    uname(&machine);
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_same(machine.machine, names[i][0]))
            return names[i][1];
    return machine.machine;
}

/* ---- members of the outer archive ---- */

struct packed {
    const char *path, *bytes;
    size_t size;
};
struct packed_list {
    struct packed *list;
    size_t n, cap;
};

static void packed_drop(struct packed_list *m)
{
    free(m->list);
}

static void archive_close(struct archive **a)
{
    archive_read_free(*a);
}

static const char *plain_path(const char *path)
{
    while (text_starts(path, "./"))
        path += 2;
    while (*path == '/')
        path++;
    return path;
}

/* Where a member's bytes lie: an archive that is not compressed is not copied by libarchive. */
static bool find_bytes(struct archive *a, const struct base *b, struct packed *m, struct err *e)
{
    const void *at = NULL;
    size_t n = 0;
    la_int64_t offset = 0;
    if (!m->size)
        return true;
    int got = archive_read_data_block(a, &at, &n, &offset);
    m->bytes = at;
    return (got == ARCHIVE_OK && !offset && n == m->size && m->bytes >= b->bytes && m->bytes + n <= b->bytes + b->size) ||
           err_set(e, "'%s' in it is cut off, sparse or compressed in a way that a base cannot be", m->path);
}

static bool read_members(struct base *b, struct packed_list *ret, struct err *e)
{
    AUTO(archive_close) struct archive *a = archive_read_new();
    struct archive_entry *entry;
    int got;
    archive_read_support_format_tar(a);
    if (archive_read_open_memory(a, b->bytes, b->size) != ARCHIVE_OK)
        return err_set(e, "it is no tar archive");
    while ((got = archive_read_next_header(a, &entry)) == ARCHIVE_OK || got == ARCHIVE_WARN) {
        const char *path = archive_entry_pathname(entry);
        struct packed m = {.path = arena_dup(&b->arena, plain_path(path ? path : ""))};
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
            continue;
        m.size = archive_entry_size(entry) > 0 ? (size_t)archive_entry_size(entry) : 0;
        if (ret->n == MEMBERS_MOST)
            return err_set(e, "it has more than %d files", MEMBERS_MOST);
        if (!find_bytes(a, b, &m, e))
            return false;
        *GROW(ret->list, ret->n, ret->cap) = m;
    }
    return got == ARCHIVE_EOF || err_set(e, "it is no tar archive, or damaged (%s)", archive_error_string(a));
}

static const struct packed *packed_find(const struct packed_list *all, const char *path)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->list[i].path, path))
            return &all->list[i];
    return NULL;
}

static json_t *read_json(const struct packed_list *all, const char *path, struct err *e)
{
    const struct packed *m = packed_find(all, path);
    if (!m || m->size > DOCUMENT_MOST) {
        err_set(e, "it has no '%s' of an image", path);
        return NULL;
    }
    json_t *json = json_read(m->size ? m->bytes : "", m->size, e);
    if (!json)
        err_wrap(e, "'%s' in it", path);
    return json;
}

void digest_of(const void *bytes, size_t n, char ret[DIGEST_LEN + 1])
{
    char hex[65];
    sha256_hex(bytes, n, hex);
    snprintf(ret, DIGEST_LEN + 1, "sha256:%s", hex);
}

/* ---- an OCI layout ---- */

/* The blob that a descriptor names: {"digest": "sha256:...", "size": N}. */
static const struct packed *blob_of(const struct packed_list *all, const json_t *descriptor, struct err *e)
{
    const char *digest = json_str(descriptor, "digest");
    char path[96], is[DIGEST_LEN + 1];
    bool good = digest && strlen(digest) == DIGEST_LEN && text_starts(digest, "sha256:");
    snprintf(path, sizeof(path), "blobs/sha256/%s", good ? digest + 7 : "");
    const struct packed *m = good ? packed_find(all, path) : NULL;
    if (!m) {
        err_set(e, "it lacks the blob %s", digest ? digest : "without a digest");
        return NULL;
    }
    digest_of(m->bytes, m->size, is);
    if (text_same(is, digest) && (int64_t)m->size == json_int_or(descriptor, "size", -1))
        return m;
    err_set(e, "blob %s in it is damaged", digest);
    return NULL;
}

static json_t *blob_json(const struct packed_list *all, const json_t *descriptor, struct err *e)
{
    const struct packed *m = blob_of(all, descriptor, e);
    if (m && m->size > DOCUMENT_MOST) {
        err_set(e, "blob %s in it is too big for a document", json_str(descriptor, "digest"));
        return NULL;
    }
    json_t *json = m ? json_read(m->size ? m->bytes : "", m->size, e) : NULL;
    if (m && !json)
        err_wrap(e, "blob %s in it", json_str(descriptor, "digest"));
    return json;
}

static bool fits(const json_t *descriptor, const char *architecture)
{
    const json_t *platform = json_object_get(descriptor, "platform");
    return !platform || (text_same(json_str(platform, "architecture"), architecture) &&
                         text_same(json_str_or(platform, "os", "linux"), "linux"));
}

/* The manifest for this machine: in the index, or in an index that it names. */
static json_t *find_manifest(const struct packed_list *all, json_t *index, const char *architecture, struct err *e)
{
    json_t *now = json_incref(index);
    for (int depth = 0; depth < 4 && now; depth++) {
        const json_t *list = json_object_get(now, "manifests"), *found = NULL;
        if (!json_is_array(list)) {
            if (depth > 0)
                return now;
            break;
        }
        for (size_t i = 0; i < json_array_size(list) && !found; i++)
            found = fits(json_array_get(list, i), architecture) ? json_array_get(list, i) : NULL;
        if (!found)
            break;
        json_t *next = blob_json(all, found, e);
        json_decref(now);
        now = next;
    }
    if (now)
        json_decref(now);
    if (!e->set)
        err_set(e, "it holds no image for %s", architecture);
    return NULL;
}

static bool add_layer(struct base *b, const struct packed *m, const char *media_type, struct err *e)
{
    struct base_layer *l = GROW(b->layers, b->n, b->cap);
    *l = (struct base_layer){.bytes = m->size ? m->bytes : "", .size = m->size, .media_type = media_type};
    digest_of(l->bytes, l->size, l->digest);
    return b->n <= LAYERS_MOST || err_set(e, "it has more than %d layers", LAYERS_MOST);
}

static bool is_gzip(const struct packed *m)
{
    return m->size > 2 && !memcmp(m->bytes, "\x1f\x8b", 2);
}

/* Docker's names for the same things. */
static const char *media_type_of(struct arena *arena, const json_t *descriptor, const struct packed *m)
{
    const char *named = json_str_or(descriptor, "mediaType", "");
    if (text_starts(named, "application/vnd.oci.image.layer.v1.tar"))
        return arena_dup(arena, named);
    return is_gzip(m) ? "application/vnd.oci.image.layer.v1.tar+gzip" : "application/vnd.oci.image.layer.v1.tar";
}

static bool read_oci(struct base *b, const struct packed_list *all, const char *architecture, struct err *e)
{
    json_auto_t *index = read_json(all, "index.json", e);
    json_auto_t *manifest = index ? find_manifest(all, index, architecture, e) : NULL;
    const json_t *layers = json_object_get(manifest, "layers");
    if (!manifest)
        return false;
    b->config = blob_json(all, json_object_get(manifest, "config"), e);
    if (!b->config || !json_is_array(layers))
        return e->set ? false : err_set(e, "its manifest names no layers");
    for (size_t i = 0; i < json_array_size(layers); i++) {
        const json_t *descriptor = json_array_get(layers, i);
        const struct packed *m = blob_of(all, descriptor, e);
        if (!m || !add_layer(b, m, media_type_of(&b->arena, descriptor, m), e))
            return false;
    }
    return true;
}

/* ---- docker save: manifest.json is a list of images, the paths in it are members ---- */

static bool read_docker(struct base *b, const struct packed_list *all, struct err *e)
{
    json_auto_t *list = read_json(all, "manifest.json", e);
    const json_t *image = json_array_get(list, 0), *layers = json_object_get(image, "Layers");
    const char *config = json_str(image, "Config");
    if (!config || !json_is_array(layers))
        return e->set ? false : err_set(e, "its manifest.json names no image");
    b->config = read_json(all, config, e);
    for (size_t i = 0; b->config && i < json_array_size(layers); i++) {
        const char *path = json_string_value(json_array_get(layers, i));
        const struct packed *m = path ? packed_find(all, path) : NULL;
        if (!m)
            return err_set(e, "it lacks the layer '%s'", path ? path : "without a name");
        if (!add_layer(b, m, media_type_of(&b->arena, NULL, m), e))
            return false;
    }
    return b->config != NULL;
}

/* ---- what is in it ---- */

static void forget_below(json_t *paths, const char *dir, bool itself)
{
    size_t n = strlen(dir);
    const char *path;
    json_t *value;
    void *next;
    json_object_foreach_safe(paths, next, path, value) if (!strncmp(path, dir, n) && (path[n] == '/' || (itself && !path[n])))
        json_object_del(paths, path);
}

/* layer.md, "whiteouts": .wh.NAME takes NAME away, .wh..wh..opq all that the layers below have in its folder. */
static void take_path(json_t *paths, const char *path, const struct archive_entry *entry)
{
    const char *name = strrchr(path, '/') + 1;
    AUTO(str_drop) struct str target = {0};
    bool is_dir = archive_entry_filetype((struct archive_entry *)entry) == AE_IFDIR;
    str_addn(&target, path, (size_t)(name - path) - 1);
    if (text_same(name, ".wh..wh..opq"))
        return forget_below(paths, str_text(&target), false);
    if (text_starts(name, ".wh.")) {
        str_addf(&target, "/%s", name + 4);
        return forget_below(paths, str_text(&target), true);
    }
    if (!is_dir && json_is_true(json_object_get(paths, path)))
        forget_below(paths, path, true);
    json_object_set_new_nocheck(paths, path, json_boolean(is_dir));
}

static bool read_paths(struct base *b, const struct base_layer *l, struct err *e)
{
    AUTO(archive_close) struct archive *a = archive_read_new();
    struct archive_entry *entry;
    int got;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_empty(a);
    if (archive_read_open_memory(a, l->bytes, l->size) != ARCHIVE_OK)
        return err_set(e, "layer %s in it is no tar archive", l->digest);
    while ((got = archive_read_next_header(a, &entry)) == ARCHIVE_OK || got == ARCHIVE_WARN) {
        const char *named = archive_entry_pathname(entry);
        AUTO(str_drop) struct str path = {0};
        str_addf(&path, "/%s", plain_path(named ? named : ""));
        while (path.len > 1 && path.s[path.len - 1] == '/')
            path.s[--path.len] = 0;
        if (path.len > PATH_MOST || json_object_size(b->paths) >= MEMBERS_MOST)
            return err_set(e, "layer %s in it has more files, or longer names, than a base may have", l->digest);
        if (path.len > 1)
            take_path(b->paths, str_text(&path), entry);
    }
    return got == ARCHIVE_EOF ||
           err_set(e, "layer %s in it is no tar archive, or damaged (%s)", l->digest, archive_error_string(a));
}

/* What a layer hashes to before it was compressed is the config's to say; of a plain tar it is its own hash. */
static bool take_diff_ids(struct base *b, struct err *e)
{
    const json_t *ids = json_path(b->config, "rootfs.diff_ids");
    if (b->config && json_array_size(ids) != b->n)
        return err_set(e, "its config speaks of %zu layers, and there are %zu", json_array_size(ids), b->n);
    for (size_t i = 0; i < b->n; i++) {
        const char *id = b->config ? json_string_value(json_array_get(ids, i)) : b->layers[i].digest;
        if (!id || strlen(id) != DIGEST_LEN || !text_starts(id, "sha256:"))
            return err_set(e, "its config has a diff_id that is no SHA-256");
        memcpy(b->layers[i].diff_id, id, DIGEST_LEN + 1);
    }
    return true;
}

bool base_has(const struct base *b, const char *path)
{
    return json_object_get(b->paths, path) != NULL;
}

static bool is_usable(const struct base *b, const char *architecture, struct err *e)
{
    const char *is = json_str_or(b->config, "architecture", architecture);
    if (!text_same(is, architecture))
        return err_set(e, "it is for %s, and this program is for %s", is, architecture);
    if (!base_has(b, "/usr/bin/bash") || json_is_true(json_object_get(b->paths, "/bin")))
        return err_set(e, "it is no base for a server: expected a Linux with /usr/bin/bash, and /bin a link to /usr/bin");
    return true;
}

bool base_read(const char *bytes, size_t n, const char *architecture, struct base *b, struct err *e)
{
    AUTO(packed_drop) struct packed_list all = {0};
    *b = (struct base){.bytes = bytes, .size = n, .paths = json_object()};
    bool good = read_members(b, &all, e);
    if (good && packed_find(&all, "index.json"))
        good = read_oci(b, &all, architecture, e);
    else if (good && packed_find(&all, "manifest.json"))
        good = read_docker(b, &all, e);
    else if (good)
        good = add_layer(b, &(struct packed){.bytes = bytes, .size = n}, "application/vnd.oci.image.layer.v1.tar", e);
    good = good && take_diff_ids(b, e);
    for (size_t i = 0; good && i < b->n; i++)
        good = read_paths(b, &b->layers[i], e);
    return good && is_usable(b, architecture, e);
}

static bool is_compressed(const char *bytes, size_t n)
{
    static const struct {
        const char *magic;
        size_t n;
    } all[] = {
        {"\x1f\x8b",         2},
        {"BZh",              3},
        {"\xfd\x37zXZ",      5},
        {"\x28\xb5\x2f\xfd", 4}
    };
    for (size_t i = 0; i < COUNT(all); i++)
        if (n > all[i].n && !memcmp(bytes, all[i].magic, all[i].n))
            return true;
    return false;
}

bool base_open(const char *path, struct base *b, struct err *e)
{
    struct stat st = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *b = (struct base){0};
    bool good = (fd >= 0 && !fstat(fd, &st)) || err_set(e, "open '%s': %m", path);
    good = good && ((S_ISREG(st.st_mode) && st.st_size > 0) || err_set(e, "'%s' is no file with an image in it", path));
    void *map = good ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    good = good && (map != MAP_FAILED || err_set(e, "map '%s': %m", path));
    if (fd >= 0)
        close(fd);
    if (!good)
        return false;
    if (is_compressed(map, (size_t)st.st_size)) {
        munmap(map, (size_t)st.st_size);
        return err_set(e, "'%s' is compressed: unpack it first (gunzip, unxz, zstd -d)", path);
    }
    good = base_read(map, (size_t)st.st_size, image_architecture(), b, e) || err_wrap(e, "'%s'", path);
    b->mapped = true;
    return good;
}

void base_drop(struct base *b)
{
    if (b->config)
        json_decref(b->config);
    if (b->paths)
        json_decref(b->paths);
    if (b->mapped)
        munmap((void *)b->bytes, b->size);
    free(b->layers);
    arena_drop(&b->arena);
    *b = (struct base){0};
}
