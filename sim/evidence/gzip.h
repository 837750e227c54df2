/* SPDX-License-Identifier: MIT */
/* Bulk gzip with a coder that is set up once and used for many files: one per thread. Depends on base. */
#pragma once

#include "sim/base/base.h"

struct gzip_parts;
struct gzip_coder; /* ISA-L's buffers where the build has it, else zlib's */
struct gzip_coder *gzip_coder_new(void);
void gzip_coder_drop(struct gzip_coder **); /* NULL is fine */
/* Appends one gzip member: header without a name or time, deflate, CRC-32 and length. Same bytes for the same input. */
void gzip_coder_add(struct gzip_coder *, struct str *out, const void *data, size_t n);
/* Appends blocks of raw deflate that need nothing before them and end with a whole byte; more may follow. */
void gzip_coder_run(struct gzip_coder *, struct str *out, const void *data, size_t n);
/* What gzip_parts_add() chooses between: as it is, or by the coder. */
void gzip_parts_store(struct gzip_parts *, const void *data, size_t n);
void gzip_parts_code(struct gzip_parts *, const void *data, size_t n);
uint32_t gzip_sum(uint32_t sum, const void *data, size_t n); /* CRC-32, begun with 0 */
extern const char gzip_sample[];                             /* a typical short text */
extern const char gzip_coder_name[];                         /* "ISA-L level 1": for the bench */
