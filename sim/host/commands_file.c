/* SPDX-License-Identifier: MIT */
/*
 * file: 5.11's words for what is likely on a server of this kind. A file is what its first bytes say; text is told apart by
 * its encoding and its ends of lines.
 */
#include "sim/host/commands.h"

struct kind {
    size_t at;
    const char *bytes;
    size_t n;
    const char *says, *mime;
};
#define BYTES(text) text, sizeof(text) - 1
static const struct kind kinds[] = {
    {0,   BYTES("\x1f\x8b"),               "gzip compressed data",                       "application/x-gzip"      },
    {0,   BYTES("BZh"),                    "bzip2 compressed data",                      "application/x-bzip2"     },
    {0,
     BYTES("\xfd"
           "7zXZ"),
     "XZ compressed data",                                                               "application/x-xz"        },
    {0,   BYTES("PK\3\4"),                 "Zip archive data, at least v2.0 to extract", "application/zip"         },
    {257, BYTES("ustar  "),                "POSIX tar archive (GNU)",                    "application/x-tar"       },
    {257, BYTES("ustar"),                  "POSIX tar archive",                          "application/x-tar"       },
    {0,
     BYTES("\x7f"
           "ELF"),
     "ELF 64-bit LSB executable, x86-64",                                                "application/x-executable"},
    {0,   BYTES("\xff\xd8\xff"),           "JPEG image data",                            "image/jpeg"              },
    {0,   BYTES("\x89PNG\r\n\x1a\n"),      "PNG image data",                             "image/png"               },
    {0,   BYTES("GIF8"),                   "GIF image data",                             "image/gif"               },
    {0,   BYTES("%PDF-"),                  "PDF document",                               "application/pdf"         },
    {0,   BYTES("ssh-rsa "),               "OpenSSH RSA public key",                     "text/plain"              },
    {0,   BYTES("ssh-ed25519 "),           "OpenSSH ED25519 public key",                 "text/plain"              },
    {0,   BYTES("ecdsa-sha2-"),            "OpenSSH ECDSA public key",                   "text/plain"              },
    {0,   BYTES("-----BEGIN RSA PRIVATE"), "PEM RSA private key",                        "text/plain"              },
    {0,   BYTES("-----BEGIN CERTIFICATE"), "PEM certificate",                            "text/plain"              },
};
static const struct kind texts[] = {
  /* what stands before "ASCII text" */
    {0, BYTES("#!/bin/sh"),         "POSIX shell script, ",        "text/x-shellscript"},
    {0, BYTES("#!/bin/bash"),       "Bourne-Again shell script, ", "text/x-shellscript"},
    {0, BYTES("#!/usr/bin/bash"),   "Bourne-Again shell script, ", "text/x-shellscript"},
    {0, BYTES("#!/usr/bin/python"), "Python script, ",             "text/x-python"     },
    {0, BYTES("#!/usr/bin/perl"),   "Perl script, ",               "text/x-perl"       },
    {0, BYTES("<!DOCTYPE html"),    "HTML document, ",             "text/html"         },
    {0, BYTES("<!doctype html"),    "HTML document, ",             "text/html"         },
    {0, BYTES("<html"),             "HTML document, ",             "text/html"         },
    {0, BYTES("<?xml"),             "XML document text, ",         "application/xml"   },
};

struct about {
    struct program *p;
    bool brief, mime, mime_type, follow, no_pad;
    const char *separator;
};

static const struct kind *kind_of(const struct kind *list, size_t count, const char *data, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].at + list[i].n <= n && memcmp(data + list[i].at, list[i].bytes, list[i].n) == 0)
            return &list[i];
    return NULL;
}

/* ---- text ---- */

enum charset { ASCII, UTF8, LATIN1, BINARY };

static enum charset charset_of(const char *data, size_t n)
{
    bool utf8 = text_utf8(data, n), high = false;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)data[i];

        if ((c < ' ' && !strchr("\a\b\t\n\f\r\x1b", c)) || c == 0 || c == 127)
            return BINARY;
        if (c >= 128 && c < 160 && !utf8)
            return BINARY;
        high |= c >= 128;
    }
    return !high ? ASCII : utf8 ? UTF8 : LATIN1;
}

static void add_text(struct str *out, const char *data, size_t n, enum charset charset)
{
    static const char *const names[] = {"ASCII text", "UTF-8 Unicode text", "ISO-8859 text"};
    const struct kind *kind = kind_of(texts, COUNT(texts), data, n);
    size_t crlf = 0, lf = 0, line = 0, longest = 0;

    for (size_t i = 0; i < n; i++) {
        bool end = data[i] == '\n';

        crlf += end && i > 0 && data[i - 1] == '\r';
        lf += end && !(i > 0 && data[i - 1] == '\r');
        line = end ? 0 : line + 1;
        longest = line > longest ? line : longest;
    }
    str_addf(out, "%s%s%s", kind ? kind->says : "", names[charset], kind && data[0] == '#' ? " executable" : "");
    if (longest > 300)
        str_add(out, ", with very long lines");
    if (crlf + lf == 0)
        str_add(out, ", with no line terminators");
    else if (crlf > 0)
        str_add(out, lf ? ", with CRLF, LF line terminators" : ", with CRLF line terminators");
}

/* ---- one file ---- */

static void add_png(struct str *out, const unsigned char *data, size_t n)
{
    static const char *const colours[] = {"grayscale", "?", "/color RGB", "colormap", "gray+alpha", "?", "/color RGBA"};

    if (n < 29 || data[25] > 6)
        return;
    str_addf(out, ", %u x %u, %u-bit%s%s, %sinterlaced", data[18] * 256u + data[19], data[22] * 256u + data[23], data[24],
             colours[data[25]][0] == '/' ? "" : " ", colours[data[25]], data[28] ? "" : "non-");
}

static void add_jpeg(struct str *out, const char *data, size_t n)
{
    if (n > 12 && memcmp(data + 6, "JFIF", 4) == 0)
        str_addf(out, ", JFIF standard %d.%02d", data[11], data[12]);
    else if (n > 12 && memcmp(data + 6, "Exif", 4) == 0)
        str_add(out, ", EXIF standard");
}

/* RFC 1952: flags (8: there is a name) at 3, the time at 4, the system at 9. */
static void add_gzip(struct str *out, const unsigned char *data, size_t n)
{
    if (n < 10)
        return;
    int64_t seconds = data[4] | data[5] << 8 | data[6] << 16 | (int64_t)data[7] << 24;

    if (data[3] == 8)
        str_addf(out, ", was \"%.*s\"", (int)strnlen((const char *)data + 10, n - 10), data + 10);
    if (data[9] == 3)
        str_add(out, ", from Unix");
    if (seconds)
        str_add_time(out, seconds * 1000, ", last modified: %a %b %e %H:%M:%S %Y");
}

/* So much of a file is looked at: no character of UTF-8 is cut. */
static size_t looked_at(const char *data, size_t n)
{
    size_t some = n < 65536 ? n : 65536;

    for (int i = 0; some < n && i < 3 && ((unsigned char)data[some] & 0xc0) == 0x80; i++)
        some--;
    return some;
}

static void add_content(const struct about *a, struct str *out, const struct file *file)
{
    const char *data = file->data ? file->data : "";
    size_t n = file->data ? file->size : 0, some = looked_at(data, n);
    const struct kind *kind = kind_of(kinds, COUNT(kinds), data, n);
    enum charset charset = charset_of(data, some);
    static const char *const sets[] = {"us-ascii", "utf-8", "iso-8859-1", "binary"};

    if (a->mime || a->mime_type) {
        const struct kind *text = charset == BINARY ? NULL : kind_of(texts, COUNT(texts), data, n);

        str_add(out, n == 0             ? "inode/x-empty"
                     : kind             ? kind->mime
                     : text             ? text->mime
                     : charset < BINARY ? "text/plain"
                                        : "application/octet-stream");
        if (!a->mime_type)
            str_addf(out, "; charset=%s", n == 0 ? "binary" : sets[charset]);
    } else if (n == 0) {
        str_add(out, "empty");
    } else if (kind) {
        str_add(out, kind->says);
        if (text_same(kind->mime, "image/png"))
            add_png(out, (const unsigned char *)data, n);
        else if (text_same(kind->mime, "image/jpeg"))
            add_jpeg(out, data, n);
        else if (text_same(kind->mime, "application/x-gzip"))
            add_gzip(out, (const unsigned char *)data, n);
    } else if (charset == BINARY) {
        str_add(out, "data");
    } else {
        add_text(out, data, some, charset);
    }
}

static void show(const struct about *a, const char *name, int pad)
{
    AUTO(str_drop) struct str out = {0};
    struct place at = place_find(a->p, name, a->follow);
    const char *mime_end = a->mime_type ? "" : "; charset=binary";

    if (!a->brief)
        str_addf(&out, "%s%s%*s ", name, a->separator, a->no_pad ? 0 : pad - (int)strlen(name), "");
    if (at.error)
        str_addf(&out, "cannot open (%s)", strerror(at.error));
    else if (at.file->kind == FILE_DIR)
        str_addf(&out, a->mime || a->mime_type ? "inode/directory%s" : "%sdirectory",
                 a->mime || a->mime_type ? mime_end
                 : at.file->mode & 01000 ? "sticky "
                                         : "");
    else if (at.file->kind == FILE_LINK && (a->mime || a->mime_type))
        str_addf(&out, "inode/symlink%s", mime_end);
    else if (at.file->kind == FILE_LINK)
        str_addf(&out, "%ssymbolic link to `%s'", place_find(a->p, name, FOLLOW).error ? "broken " : "", at.file->data);
    else if (!may(&a->p->cred, at.file, 4))
        str_addf(&out, at.file->size ? "regular file, no read permission" : "empty");
    else
        add_content(a, &out, at.file);
    sayf(a->p, "%s\n", str_text(&out));
}

int run_file(struct program *p)
{
    static const struct option_spec spec = {"bF:hiLNks\1",
                                            "brief=b separator=F no-dereference=h mime=i dereference=L no-pad=N "
                                            "keep-going=k special-files=s mime-type=\1",
                                            false};
    struct options o = {.p = p, .spec = &spec};
    struct about a = {.p = p, .separator = ":"};
    const char *value;
    int letter, pad = 0;

    while ((letter = options_next(&o, &value))) {
        a.brief |= letter == 'b';
        a.mime |= letter == 'i';
        a.mime_type |= letter == '\1';
        a.follow |= letter == 'L';
        a.no_pad |= letter == 'N';
        a.separator = letter == 'F' ? value : a.separator;
    }
    if (o.failed || o.at >= p->argc) {
        str_add(p->io.err,
                "Usage: file [-bchiklLNnprsvz0] [--apple] [--mime-encoding] [--mime-type]\n            [-e testname] [-F "
                "separator] [-f namefile] [-m magicfiles] file ...\n       file -C [-m magicfiles]\n       file "
                "[--help]\n");
        return 1;
    }
    for (int i = o.at; i < p->argc; i++)
        pad = (int)strlen(p->argv[i]) > pad ? (int)strlen(p->argv[i]) : pad;
    for (int i = o.at; i < p->argc; i++)
        show(&a, p->argv[i], pad);
    return 0;
}
