/* SPDX-License-Identifier: MIT */
/* Bulk gzip with a coder that is set up once and used for many files: one per thread. Depends on base. */
#pragma once

#include "sim/base/base.h"

struct gzip_coder; /* ISA-L's buffers where the build has it, else zlib's */
struct gzip_coder *gzip_coder_new(void);
void gzip_coder_drop(struct gzip_coder **); /* NULL is fine */
/* Appends one gzip member: header without a name or time, deflate, CRC-32 and length. Same bytes for the same input. */
void gzip_coder_add(struct gzip_coder *, struct str *out, const void *data, size_t n);
/* Appends deflate blocks alone, none of them the last; they end on a whole byte and refer to nothing before them. */
void gzip_coder_add_part(struct gzip_coder *, struct str *out, const void *data, size_t n);
extern const char gzip_coder_name[]; /* "ISA-L level 1": for the bench */
