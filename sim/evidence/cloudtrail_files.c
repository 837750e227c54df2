/* SPDX-License-Identifier: MIT */
/*
 * Log files: one line {"Records":[...]} without a newline, gzipped. Records do not come in order: some reach the file late
 * (in genuine files none to 30 per cent of neighbours are swapped, 5 per cent in the median).
 */
#include "sim/evidence/cloudtrail.h"
#include "sim/evidence/gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the records of a file, in its order ---- */

static uint64_t scatter(uint64_t x) /* murmur3's finaliser (Appleby, public domain) */
{
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53u;
    return x ^ x >> 33;
}

/* A brief's is that of its entry: the place of a record does not tell where it was kept. */
static uint64_t number_of(const struct plan *p, const struct ref *ref)
{
    if (ref->kind == REF_SERVICE)
        return p->service[ref->index].number;
    if (ref->kind == REF_BRIEF)
        return ((uint64_t)p->task->w->journal.briefs[ref->index].seq - 1) * 2 + REF_ENTRY;
    return (uint64_t)ref->index * 2 + ref->kind;
}

/* Late ones are overtaken: how many there are differs from file to file. Nearly sorted, so insertion is quick. */
static void place(struct hand *h, const struct plan *p, const struct log_file *file, const struct ref *ref)
{
    uint64_t who = number_of(p, ref);
    uint64_t luck = scatter(file->number + who), rate = file->number >> 40 & 63;
    int64_t arrival = ref->time_ms;
    if ((luck & 511) < rate)
        arrival += 400 + (int64_t)(luck >> 32 & 0x7fff) * ((luck >> 20 & 3) == 0 ? 4 : 1);
    size_t i = h->n;
    (void)GROW(h->list, h->n, h->cap);
    for (; i > 0 && h->list[i - 1].arrival_ms > arrival; i--)
        h->list[i] = h->list[i - 1];
    h->list[i] = (struct placed){arrival, *ref};
}

static void gather_some(struct hand *h, const struct plan *p, const struct log_file *file, const struct ref *list, size_t from,
                        size_t to, size_t *seen)
{
    for (size_t i = from; i < to; i++)
        if ((file->takes_all || channel_takes(file->channel, p, &list[i])) &&
            (file->parts == 1 || (*seen)++ % file->parts == file->part))
            place(h, p, file, &list[i]);
}

static void gather(struct hand *h, const struct plan *p, const struct log_file *file)
{
    const struct stream *s = file->channel->stream;
    size_t seen = 0;
    h->n = 0;
    gather_some(h, p, file, s->list, file->from, file->to, &seen);
    gather_some(h, p, file, s->service, file->service_from, file->service_to, &seen);
}

/* ---- the text ---- */

static void add_entry(struct hand *h, const struct plan *p, const struct ref *ref)
{
    AUTO(recalled_drop) struct recalled recalled = {0};
    const struct entry *entry = plan_entry(p, ref, &recalled, &h->failed);
    struct record_facts facts;
    if (!entry)
        return;
    if (!p->task->about(p->task->w, entry->op, &facts))
        abort(); /* the channel let it through */
    record_add(&h->text, p->task->w, &facts, entry);
}

static void add_records(struct hand *h, const struct plan *p)
{
    str_clear(&h->text);
    str_add(&h->text, "{\"Records\":[");
    for (size_t i = 0; i < h->n; i++) {
        const struct template *template;
        const struct caller *caller;
        struct moment moment;
        if (i)
            str_addc(&h->text, ',');
        if (!stock_find(p->stock, p, &h->list[i].ref, false, &template, &caller, &moment)) {
            add_entry(h, p, &h->list[i].ref);
            continue;
        }
        template_add(&h->text, template, caller, &h->emitter, &moment);
    }
    str_add(&h->text, "]}");
}

void hand_write(struct hand *h, const struct plan *p, const struct log_file *file)
{
    gather(h, p, file);
    add_records(h, p);
}

static void note_results(const struct hand *h, struct log_file *file)
{
    file->n = h->n;
    file->newest_ms = INT64_MIN;
    file->oldest_ms = INT64_MAX;
    for (size_t i = 0; i < h->n; i++) {
        int64_t t = h->list[i].ref.time_ms;
        file->newest_ms = t > file->newest_ms ? t : file->newest_ms;
        file->oldest_ms = t < file->oldest_ms ? t : file->oldest_ms;
    }
    if (file->channel->span->validation)
        sha256_hex(h->text.s, h->text.len, file->hash);
}

/* ---- the disk ---- */

static bool fill(int fd, const struct str *data, int64_t mtime_ms)
{
    const struct timespec time = {.tv_sec = mtime_ms / 1000, .tv_nsec = mtime_ms % 1000 * 1000000};
    for (size_t done = 0; done < data->len;) {
        ssize_t got = write(fd, data->s + done, data->len - done);
        if (got < 0 && errno != EINTR)
            return false;
        done += got > 0 ? (size_t)got : 0;
    }
    return !fchmod(fd, 0644) && !futimens(fd, (const struct timespec[]){time, time});
}

/* A build's files lie in a folder that nobody sees yet, and no name comes twice. Later ones are written aside and renamed:
 * nobody ever sees half of one, and those of a run that was killed are written again. The path lies in `folder`, or that is
 * AT_FDCWD. */
static bool save(const struct plan *p, int folder, const char *path, const struct str *data, int64_t mtime_ms, struct err *e)
{
    AUTO(str_drop) struct str aside = {0};
    bool building = p->task->first == 0 && !p->task->live;
    const char *name = folder == AT_FDCWD ? path : strrchr(path, '/') + 1;
    str_addf(&aside, building ? "%s" : "%s~", name);
    if (!building)
        unlinkat(folder, str_text(&aside), 0);
    int fd = openat(folder, str_text(&aside), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_set(e, "create '%s': %m", path);
    bool good = fill(fd, data, mtime_ms);
    int why = errno;
    good = !close(fd) && good;
    if (good && (building || !renameat(folder, str_text(&aside), folder, name)))
        return true;
    errno = good ? errno : why;
    err_set(e, "write '%s': %m", path);
    unlinkat(folder, str_text(&aside), 0);
    return false;
}

static void set_path(struct str *path, const struct plan *p, const char *bucket, const char *key)
{
    str_clear(path);
    if (p->task->to.dir)
        str_addf(path, "%s/", p->task->to.dir);
    str_addf(path, "s3/%s/%s", bucket, key);
}

/* To whoever takes files: the path without the disk's folder. */
static bool give(const struct plan *p, const char *path, const struct packed *is, struct err *e)
{
    const struct folder *to = &p->task->to;
    return folder_give(to,
                       &(struct made_file){.path = to->dir ? path + strlen(to->dir) + 1 : path,
                                           .mode = S_IFREG | 0644,
                                           .mtime_ms = is->mtime_ms,
                                           .data = is->gz->s,
                                           .n = is->gz->len,
                                           .unpacked = is->text,
                                           .unpacked_hash = is->hash},
                       e);
}

bool lab_object_write(const struct plan *p, const char *bucket, const char *key, const struct packed *is, struct err *e)
{
    AUTO(str_drop) struct str path = {0};
    set_path(&path, p, bucket, key);
    return give(p, str_text(&path), is, e) && (!p->task->to.dir || save(p, AT_FDCWD, str_text(&path), is->gz, is->mtime_ms, e));
}

bool lab_folder_make(const struct plan *p, const char *bucket, const char *key, struct str *made, struct err *e)
{
    AUTO(str_drop) struct str path = {0};
    if (!p->task->to.dir)
        return true;
    set_path(&path, p, bucket, key);
    path.len = (size_t)(strrchr(path.s, '/') - path.s);
    path.s[path.len] = 0;
    if (text_same(path.s, str_text(made)))
        return true;
    str_clear(made);
    str_addn(made, path.s, path.len);
    return dir_make_in(p->task->to.dir, path.s, e);
}

/* Channel by channel, since one channel's files lie day by day in one folder. */
static bool make_folders(const struct plan *p, struct err *e)
{
    AUTO(str_drop) struct str made = {0};
    for (size_t c = 0; c < p->n_channels; c++)
        for (size_t i = 0; i < p->n_files; i++)
            if (p->files[i].channel == &p->channels[c] &&
                !lab_folder_make(p, p->channels[c].span->bucket, p->files[i].key, &made, e))
                return false;
    return true;
}

/* ---- threads ---- */

void *hand_new(void *plan)
{
    struct hand *h = xcalloc(1, sizeof(*h));
    h->gzip = gzip_coder_new();
    h->folder = -1;
    h->emitter.salt = ((const struct plan *)plan)->stock->salt;
    return h;
}

void hand_drop(void *own)
{
    struct hand *h = own;
    gzip_coder_drop(&h->gzip);
    str_drop(&h->text);
    str_drop(&h->gz);
    str_drop(&h->path);
    str_drop(&h->folder_path);
    if (h->folder >= 0)
        close(h->folder);
    free(h->list);
    free(h);
}

/* Files of a day lie in one folder, ten names deep: it is looked up once. */
static bool enter_folder(struct hand *h, struct err *e)
{
    const char *path = str_text(&h->path);
    size_t len = (size_t)(strrchr(path, '/') - path);
    if (h->folder >= 0 && len == h->folder_path.len && !memcmp(path, h->folder_path.s, len))
        return true;
    if (h->folder >= 0)
        close(h->folder);
    str_clear(&h->folder_path);
    str_addn(&h->folder_path, path, len);
    h->folder = open(str_text(&h->folder_path), O_DIRECTORY | O_PATH | O_CLOEXEC | O_NOFOLLOW);
    return h->folder >= 0 || err_set(e, "open '%s': %m", str_text(&h->folder_path));
}

static bool write_file(void *plan, void *own, size_t i, struct err *e)
{
    struct plan *p = plan;
    struct hand *h = own;
    struct log_file *file = &p->files[i];
    hand_write(h, p, file);
    if (h->failed.set)
        return err_set(e, "%s", h->failed.msg);
    note_results(h, file);
    if (deleted_is(p, file->channel->span->bucket, file->key, file->written_ms))
        return true;
    str_clear(&h->gz);
    gzip_coder_add(h->gzip, &h->gz, h->text.s, h->text.len);
    set_path(&h->path, p, file->channel->span->bucket, file->key);
    const struct packed is = {&h->gz, &h->text, *file->hash ? file->hash : NULL, file->written_ms};
    return give(p, str_text(&h->path), &is, e) &&
           (!p->task->to.dir || (enter_folder(h, e) && save(p, h->folder, str_text(&h->path), &h->gz, file->written_ms, e)));
}

bool files_write(struct plan *p, struct err *e)
{
    const struct work work = {p->n_files, p, hand_new, hand_drop, write_file};
    if (!make_folders(p, e))
        return false;
    deleted_find(p);
    if (p->task->first > 0 || p->task->live)
        deleted_remove(p);
    return parallel_run(&work, p->task->threads, e);
}
