/* SPDX-License-Identifier: MIT */
/*
 * What students hand in: bytes from strangers. They are read in memory with limits on everything, never unpacked to a disk,
 * never executed; links are texts. Whatever is wrong has a name, a place and a reason. Depends on grader.
 *
 *     file, folder ── uploads_each ──▶ one upload after the other (an LMS's bulk zip holds hundreds)
 *     upload ── parcel_read ──▶ parcel: its members in memory
 *     parcel ── parcel_claim ──▶ claim: which lab of which student this says it is
 *     claim + key + parcel ── submission_open_memory ──▶ submission, for grade()
 *
 * From parcel_read() on nothing opens a file: it works where only memory is allowed.
 */
#pragma once

#include "grader/grader.h"

/* ---- what can be wrong ---- */

enum handin {
    HANDIN_GOOD,
    /* the file */
    HANDIN_UNREADABLE, /* the system does not give it to us */
    HANDIN_EMPTY,      /* no bytes, or no member */
    HANDIN_TOO_BIG,    /* as it came */
    HANDIN_NO_ARCHIVE, /* neither tar, tar.gz nor zip */
    HANDIN_TRUNCATED,  /* ends in the middle */
    HANDIN_DAMAGED,    /* check sums or headers are wrong */
    HANDIN_ENCRYPTED,
    /* its members */
    HANDIN_BOMB,     /* unpacks to more than any lab, or out of all proportion */
    HANDIN_TOO_MANY, /* members */
    HANDIN_HUGE_MEMBER,
    HANDIN_SPARSE,
    HANDIN_LINK,      /* where a lab has none; hard links */
    HANDIN_DEVICE,    /* devices, pipes, sockets */
    HANDIN_BAD_PATH,  /* absolute, .., backslash, control bytes, too long, too deep */
    HANDIN_DUPLICATE, /* two members of one name */
    HANDIN_NESTED,    /* an archive in an archive in an archive */
    /* what they say */
    HANDIN_NO_LAB,    /* an archive, but of something else */
    HANDIN_LIVE,      /* a live lab whose story is not over; or in a class that hands out bundles */
    HANDIN_MALFORMED, /* submission.json, lab.json, changes.json: not as cafelab writes them */
    HANDIN_OTHER_VERSION,
    HANDIN_OTHER_SCENARIO,
    HANDIN_OTHER_STUDENT, /* handed in under another's name */
    HANDIN_UNKNOWN_STUDENT,
    HANDIN_OTHER_CLASS, /* the same scenario and student, but not drawn from this secret */
    HANDIN_EDITED_PAST, /* the build's part is not what was handed out */
    HANDIN_BAD_JOURNAL, /* a line is no entry */
    HANDIN_IMPOSSIBLE,  /* an entry cannot have happened */
    HANDIN_BAD_FILES,   /* what it says of the server's files contradicts itself */
    HANDIN_UNTOUCHED,   /* a bundle as it was handed out */
    HANDIN_OUTCOMES
};
extern const char *const handin_names[]; /* "good", "truncated", "edited-past", ... */
/* What students read of HANDIN_UNTOUCHED: grader/sentences.c translates it. */
#define HANDIN_NOTHING_DONE                                                                                                    \
    "nothing is answered, no hint was taken, and account, servers and journal are as they were handed out: perhaps the work "  \
    "was done in another copy of the lab"
struct handin_fault { /* zeroed = good */
    enum handin outcome;
    char place[256];  /* "bulk.zip: Roe Jane/me.tar.gz: host/etc/passwd", "journal.jsonl:17"; safe to print */
    char reason[512]; /* one line, as messages are */
};

/* ---- uploads ---- */

#define UPLOAD_MAX_BYTES (64u << 20)  /* one student's, packed */
#define PARCEL_MAX_BYTES (192u << 20) /* unpacked */
#define PARCEL_MAX_MEMBERS 30000
#define PARCEL_MAX_MEMBER (64u << 20)
#define PARCEL_MAX_RATIO 250           /* unpacked to packed, beyond the first 16 MiB: real labs come to 15 */
#define UPLOADS_MAX_BYTES (4ull << 30) /* a bulk zip */
struct arrival {
    const char *from;   /* "subs/bulk.zip: roejane_4711_88_me.tar.gz": for messages; safe to print */
    const char *owner;  /* whose the name says it is, as text for roster_meant(): Canvas's user id, Moodle's full name, or a
                           file's name; "" = it says nothing */
    bool by_lms;        /* the owner is what an LMS wrote into the name */
    const char *within; /* the folders that it lies in, "week 1/ana", or a zip of that name, whose names may say it, too; NULL
                           or "" = none, or their names are the student's: below what Moodle named */
    bool dated, late;   /* it is Canvas's file name, which says whether it is late; it is */
    bool typed;         /* a text that was typed into the LMS beside or instead of a file: nothing to judge */
    const char *zip;    /* the bulk zip that it lies in, or NULL */
    const char *folder; /* a folder on this disk, or NULL */
    const void *bytes;  /* of a file */
    size_t size;
    const char *sha256;        /* of the bytes, where it is known; NULL: parcel_read() sees to it */
    struct handin_fault fault; /* not good: it could not even be taken out of what it came in */
};
/* `path` is one student's file or folder (a lab), a folder of such, or a bulk zip of Canvas or Moodle. One upload at a time is
 * in memory; it is the callee's until it returns. False when `each` says so or the path itself cannot be read. */
bool uploads_each(const char *path, bool (*each)(void *context, const struct arrival *), void *context, struct err *);

/* ---- one upload, taken apart ---- */

enum member_kind { MEMBER_FILE, MEMBER_FOLDER, MEMBER_LINK };
struct packed {       /* a member */
    const char *path; /* "host/etc/passwd": below the lab, whatever folder the archive put around it; no trailing slash */
    enum member_kind kind;
    const char *data; /* size bytes and a NUL; of a link the target */
    size_t size;
};
struct parcel { /* zeroed = empty; everything in it lives in its arena */
    struct arena arena;
    struct packed *list; /* sorted by path, no duplicates */
    size_t n;
    size_t bytes;    /* of all data */
    char sha256[65]; /* of what was handed in: the file's bytes; of a folder, its members' */
};
bool parcel_read(const struct arrival *, struct parcel *, struct handin_fault *);
const struct packed *parcel_find(const struct parcel *, const char *path); /* NULL if absent */
void parcel_drop(struct parcel *);

struct claim { /* texts live as long as the parcel */
    const char *scenario_id, *content_hash, *version, *student, *language;
    const char *seed; /* of a lab for self-study; NULL = of a class */
    const char *built_hash;
    size_t built_entries, entries; /* entries: the student's own, of a packed one */
    int64_t events;
    bool live;
    int64_t start_ms; /* of a live lab: when its world begins; else 0 */
    bool whole;       /* a lab as it lies on the disk; false = what `cafelab submit` packs */
};
bool parcel_claim(struct parcel *, struct claim *, struct handin_fault *);
/* Makes ahead what every submission of a class begins with: for whoever forks a process for each. */
void submission_begin(struct key *);
/* The student's part of the journal is played on a copy of the world at the end of the key's story; the files are that story's
 * with what was handed in. Parcel and key must outlive it. NULL with a fault: it is ungradable. */
struct submission *submission_open_memory(struct key *, const struct parcel *, const struct claim *, struct handin_fault *);

/* ---- handing in: cafelab submit ---- */

struct packing { /* what is in it, for people */
    struct arena arena;
    enum { SHEET_READ, SHEET_NONE, SHEET_UNREADABLE } sheet;
    size_t answers, empty; /* of a sheet that was read */
    size_t entries;        /* of the journal: the student's own */
    size_t hints;          /* taken */
    int64_t at_work_ms;    /* as the commands noted it (grader/pace.h); 0 = not known */
    size_t files;          /* of servers, changed, new or gone */
    size_t evidence;       /* files of the evidence that are changed or gone */
    const char **notes;    /* what is missing or cannot be graded like this */
    size_t n_notes, cap_notes;
};
/* The lab must be open, so that all that happened is on the disk. A tar.gz; the same lab gives the same bytes. */
bool submission_pack(struct lab *, struct str *out, struct packing *, struct err *);
void packing_drop(struct packing *);
