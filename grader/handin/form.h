/* SPDX-License-Identifier: MIT */
/* Private: the names that packing and reading share. */
#pragma once

#define FORM_NUMBER 1
#define FORM_HEAD "submission.json"
#define FORM_SHEET "answers.yaml"
#define FORM_JOURNAL "journal.jsonl"
#define FORM_HINTS "hints.jsonl"
#define FORM_WORK "work.jsonl" /* when the commands were used: grader/pace.h */
#define FORM_CHANGES "changes.jsonl"
#define FORM_METADATA "s3-metadata.jsonl" /* of a live lab: signatures of the digests among s3/... */
#define FORM_FILES "files/"               /* files/1, files/2, ... */

extern const char *const form_kinds[]; /* by enum file_kind: "file", "dir", "link"; ends with NULL */
