/* SPDX-License-Identifier: MIT */
/* Vandalises a picture: sprays a mark onto a JPEG, so that every student's defaced picture is another file. Depends on base. */
#pragma once

#include "sim/base/base.h"

#define PICTURE_MARK_MAX 24   /* characters of a mark */
#define PICTURE_MIN_SIDE 200  /* pixels: below it a mark could not be read */
#define PICTURE_MAX_SIDE 4096 /* pixels */

/*
 * Appends to `out` the baseline JPEG `jpeg` with `mark` ("amber-otter": ASCII letters, digits and hyphens) sprayed along
 * its lower edge in letters at least 40 pixels high; a picture too narrow for that is refused. The same picture and mark
 * give the same bytes: whole numbers only, libjpeg's exact DCT, and no time in the file. `jpeg` may be hostile: limits
 * above, no progressive files (their scans are unlimited), and damage is an error. On an error `out` is as it was.
 */
bool picture_deface(const unsigned char *jpeg, size_t len, const char *mark, struct str *out, struct err *);
