/* SPDX-License-Identifier: MIT */
/* Private to handin and class: archives in memory, member by member, with a name for everything that is wrong with them. */
#pragma once

#include "grader/handin/handin.h"

/* Notes the first fault: place and reason are made fit to print. Always false. */
bool fault_set(struct handin_fault *, enum handin, const char *place, const char *fmt, ...) PRINTF(4, 5);

enum archive_kind { ARCHIVE_TAR, ARCHIVE_ZIP, ARCHIVE_GZIP, ARCHIVE_NONE };
enum archive_kind archive_look(const char *bytes, size_t n, const char **says); /* says: what it is instead; of NONE */

/* libarchive drops names that are marked as UTF-8 where there is no locale that knows it: without the marks it gives them as
 * they stand. Changes the zip's bytes in place. */
void zip_unmark_names(char *bytes, size_t n);
struct archive_entry;
const char *archive_name(struct archive_entry *); /* as it stands in the archive, "" if it has none */
struct raw_member {                               /* as the archive has it; path is not checked */
    const char *path;
    enum member_kind kind;
    const char *data; /* n bytes and a NUL, in the arena; of a link the target */
    size_t n;
};
struct unpacking { /* what is used up, over all archives in one upload */
    struct arena *arena;
    const char *from; /* for places */
    size_t packed, bytes, members;
    struct handin_fault *fault;
};
bool archive_fail(struct unpacking *, enum handin, const char *member, const char *says); /* always false; member: or NULL */
/* May there be n more bytes, of this member or of none? Else a fault. */
bool archive_may_grow(struct unpacking *, const char *member, size_t n);
size_t archive_room(const struct unpacking *); /* how many more that are */
/* Of a file by which a lab is known, how long the path of its folder is, with the slash; SIZE_MAX: it is another. */
size_t lab_prefix(const char *path);
/* What was packed, in the arena, with a NUL behind it. */
bool parcel_gunzip(struct unpacking *, const char *bytes, size_t n, char **ret, size_t *ret_n);
/* Calls `each` for every member: tar, zip, or gzip of a tar. False when it says so or there is a fault. */
bool archive_read_all(struct unpacking *, const char *bytes, size_t n, bool (*each)(void *, const struct raw_member *),
                      void *context);
