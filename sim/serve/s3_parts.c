/* SPDX-License-Identifier: MIT */
/*
 * The bytes of parts: files of their own, in a folder named by the hash of bucket, key and upload, until a Complete joins
 * those that it names. Which are good the lab says (sim/aws/s3_uploads.c).
 */
#include "sim/serve/exchange.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *folder_of(struct exchange *ex)
{
    const char *id = json_str_or(ex->params, "uploadId", "");
    const char *name = arena_printf(&ex->r->arena, "%s\n%s", ex->s3.key, id); /* no key of an object's */
    return arena_printf(&ex->r->arena, "%s.parts", lab_object_path(&ex->r->arena, live_dir(ex->live), ex->s3.bucket, name));
}

bool parts_keep(struct exchange *ex)
{
    const char *number = json_str_or(ex->params, "partNumber", "");
    if (!*number || strlen(number) > 5 || number[strspn(number, ALPHABET_DIGITS)])
        return true; /* the lab refuses it */
    const char *place = arena_printf(&ex->r->arena, "%s/%d", folder_of(ex), atoi(number));
    return text_same(ex->op, "s3:UploadPart") ? objects_keep_aside(ex, place, &ex->r->body) : objects_keep_copy(ex, place);
}

static bool append(int to, const char *path)
{
    char buffer[65536];
    ssize_t n = 0;
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0)
        return true; /* a part that never came: the lab says so */
    while ((n = read(from, buffer, sizeof(buffer))) > 0)
        for (ssize_t done = 0, w; done < n; done += w)
            if ((w = write(to, buffer + done, (size_t)(n - done))) <= 0) {
                close(from);
                return false;
            }
    close(from);
    return n == 0;
}

bool parts_join(struct exchange *ex)
{
    const json_t *parts = json_object_get(ex->params, "parts");
    ex->aside = arena_printf(&ex->r->arena, "%s.%s", ex->place, ex->request_id);
    int to = open(ex->aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good = to >= 0 || access(folder_of(ex), F_OK); /* no folder: no such upload, as the lab says */
    for (size_t i = 0; i < json_array_size(parts) && good && to >= 0; i++)
        good = append(to, arena_printf(&ex->r->arena, "%s/%d", folder_of(ex),
                                       (int)json_int_or(json_array_get(parts, i), "partNumber", 0)));
    if (to >= 0) {
        good = good && fsync(to) == 0;
        close(to);
    }
    return good || objects_internal(ex);
}

void parts_forget(struct exchange *ex)
{
    struct err ignored = {0};
    if (file_exists(folder_of(ex)))
        dir_remove(folder_of(ex), &ignored);
}
