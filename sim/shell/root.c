/* SPDX-License-Identifier: MIT */
/*
 * The server's file system, in memory: a tmpfs with the lab's files under their true owners, the machine's /usr below an
 * overlay that nobody can write to (on top of it what must be the server's root's: sudo, and our systemctl), fresh /proc,
 * /dev and terminals. All of it but /proc is built before it is known whose root it will be (gate.c); the lab's files come when
 * it has become / (fill.c).
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AT "/tmp" /* where it is built: a directory that every machine has */
#define ROOT AT "/root"
#define OVER AT "/over"

/* ---- what is ours in the tree ---- */

static const char *const ours[] = {
    "/usr",
    "/proc",
    "/sys",
    "/dev",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/run/systemd",
    "/etc/alternatives",
    "/etc/libaudit.conf",
    "/etc/ssh/ssh_host_ecdsa_key",
    "/etc/ssh/ssh_host_ecdsa_key.pub",
    "/etc/ssh/ssh_host_ed25519_key",
    "/etc/ssh/ssh_host_ed25519_key.pub",
    "/etc/ssh/ssh_host_rsa_key",
    "/etc/ssh/ssh_host_rsa_key.pub",
    "/run/sshd",
    "/run/sshd.pid",
    "/run/sudo",
    "/etc/terminfo",
    "/etc/vim",
};

bool root_is_ours(const char *path)
{
    for (size_t i = 0; i < COUNT(ours); i++)
        if (text_starts(path, ours[i]) && (!path[strlen(ours[i])] || path[strlen(ours[i])] == '/'))
            return true;
    return container_mounted(path);
}

/* ---- copies of the machine's files ---- */

static bool copy_file(const char *from, const char *to, unsigned mode, struct err *e)
{
    AUTO(close_fd) int in = open(from, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (in < 0 || fstat(in, &st) || !S_ISREG(st.st_mode))
        return err_set(e, "read %s: %m", from);
    AUTO(close_fd) int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    while (out >= 0 && st.st_size > 0) {
        ssize_t n = copy_file_range(in, NULL, out, NULL, (size_t)st.st_size, 0);
        if (n < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP)) {
            char bytes[65536];
            n = read(in, bytes, sizeof(bytes));
            n = n > 0 && write(out, bytes, (size_t)n) != n ? -1 : n;
        }
        if (n <= 0)
            break;
        st.st_size -= n;
    }
    return (out >= 0 && !st.st_size && !fchmod(out, mode)) || err_set(e, "copy %s: %m", from);
}

static void copy_matching(const char *pattern, const char *to, unsigned mode)
{
    glob_t found = {0};
    if (!glob(pattern, 0, NULL, &found))
        for (size_t i = 0; i < found.gl_pathc; i++) {
            struct err ignored = {0};
            char path[4200], target[4096];
            const char *name = strrchr(found.gl_pathv[i], '/');
            ssize_t n = readlink(found.gl_pathv[i], target, sizeof(target) - 1);
            snprintf(path, sizeof(path), "%s%s", to, name);
            if (n > 0) {
                target[n] = 0;
                if (symlink(target, path))
                    continue;
            } else {
                copy_file(found.gl_pathv[i], path, mode, &ignored); /* what is missing is missing on the machine */
            }
        }
    globfree(&found);
}

/* ---- mounts ---- */

static bool mount_on(const char *what, const char *where, const char *type, unsigned long flags, const char *options,
                     struct err *e)
{
    mkdir(where, 0755);
    return !mount(what, where, type, flags, options) || err_set(e, "mount %s on %s: %m", type ? type : what, where);
}

/* Where there is one id, and it is root's already: what is left of sudo is its trace. */
static const char sudo_alone[] =
    "#!/bin/bash\n"
    "PATH=/sbin:/bin:/usr/sbin:/usr/bin\n"
    "while :; do case $1 in -n|-E|-H|-S|-k) shift ;; -u) shift 2 ;; -i|-s) shift; [ $# -gt 0 ] || set -- /bin/bash ;;\n"
    "  --) shift; break ;; -*) echo \"sudo: $1: there is one user here, and it is root\" >&2; exit 1 ;; *) break ;; esac; "
    "done\n"
    "[ $# -gt 0 ] || { echo 'usage: sudo [-u user] command' >&2; exit 1; }\n"
    "c=$(type -P -- \"$1\") || { echo \"sudo: $1: command not found\" >&2; exit 1; }\n"
    "t=$(tty) && t=\" TTY=${t#/dev/} ;\" || t=\n"
    "shift\n"
    "logger -p authpriv.notice -t sudo -- \"${USER:-ec2-user} :$t PWD=$PWD ; USER=root ; COMMAND=$c${*:+ $*}\"\n"
    "exec \"$c\" \"$@\"\n";

static bool write_script(const char *path, const char *text, struct err *e)
{
    AUTO(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    return (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !fchmod(fd, 0755)) ||
           err_set(e, "write %s: %m", path);
}

static bool write_anew(const char *path, const char *text, struct err *e)
{
    unlink(path);
    return write_script(path, text, e);
}

/* Amazon Linux 2 has a python, Debian a python3 alone: `python -m json.tool` shall do on both. */
static bool lay_python(const char *usr, struct err *e)
{
    char path[64];
    snprintf(path, sizeof(path), "%s/bin/python", usr);
    return file_exists("/usr/bin/python") || !file_exists("/usr/bin/python3") || !symlink("python3", path) ||
           err_set(e, "link python: %m");
}

static bool lay_scripts(const char *usr, struct err *e)
{
    char path[64];
    for (const struct server_script *one = server_scripts; one->path; one++) {
        snprintf(path, sizeof(path), "%s/%s", usr, one->path);
        if (!write_anew(path, one->text, e))
            return false;
    }
    return lay_python(usr, e);
}

/* ---- below /usr/lib/cafelab: the way to the account, and the owner's key ---- */

#define LAB AT "/lab" /* a mount of its own: what the brief says comes when the rest has long been laid */
#define TURNED_LAB "/usr/lib/cafelab"

static bool lay_text(const char *below, const char *path, const char *text, unsigned mode, struct err *e)
{
    char full[512];
    snprintf(full, sizeof(full), "%s/%s", below, path);
    for (char *slash = strchr(full + strlen(below) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(full, 0755);
        *slash = '/';
    }
    unlink(full); /* of a container's start before this one */
    AUTO(close_fd) int fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    return (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !fchmod(fd, mode)) ||
           err_set(e, "write %s: %m", full);
}

static bool lay_texts_of_brief(const struct inside *in, struct err *e)
{
    struct os_user owner;
    if (!lay_text(TURNED_LAB, "region", in->region, 0644, e))
        return false;
    if (in->key && os_user_find(in->w, in->server, in->server->login_user, &owner) &&
        (!lay_text(TURNED_LAB, "labsuser.pem", in->key, 0400, e) ||
         (chown(TURNED_LAB "/labsuser.pem", owner.uid, owner.gid) && errno != EINVAL)))
        return e->set ? false : err_set(e, "give away the owner's key: %m");
    return true;
}

/* What the brief says: after that nobody writes there any more. */
static bool lay_brief(const struct inside *in, struct err *e)
{
    if (!lay_texts_of_brief(in, e))
        return false;
    return !mount(NULL, TURNED_LAB, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NODEV | MS_NOSUID, NULL) ||
           err_set(e, "close " TURNED_LAB ": %m");
}

/* The machine's CLI, if it has one, behind a script that turns it to the lab's account and nowhere else. */
static const char aws_script[] =
    "#!/bin/sh\n"
    "export AWS_DATA_PATH=/usr/lib/cafelab/models AWS_ENDPOINT_URL=" SHELL_API_URL " AWS_PAGER=\n"
    "export HTTPS_PROXY=$AWS_ENDPOINT_URL HTTP_PROXY=$AWS_ENDPOINT_URL NO_PROXY=127.0.0.1,localhost,169.254.169.254\n"
    "[ -n \"$AWS_REGION$AWS_DEFAULT_REGION\" ] || [ -f ~/.aws/config ] || {\n"
    "    read -r AWS_DEFAULT_REGION </usr/lib/cafelab/region\n    export AWS_DEFAULT_REGION\n}\n"
    "exec /usr/lib/cafelab/aws-cli \"$@\"\n";

static bool lay_aws(struct err *e)
{
    static const char *const places[] = {"/usr/local/bin/aws", "/usr/bin/aws"};
    bool found = false;
    for (size_t i = 0; i < COUNT(places); i++) {
        AUTO(free_text) char *real = realpath(places[i], NULL);
        if (!real || !text_starts(real, "/usr/"))
            continue;
        bool itself = text_same(real, "/usr/bin/aws") || text_same(real, "/usr/local/bin/aws");
        if (!found && !(itself ? copy_file(real, LAB "/aws-cli", 0755, e) : !symlink(real, LAB "/aws-cli")))
            return e->set ? false : err_set(e, "link the CLI: %m");
        found = true;
    }
    return !found || (write_script(OVER "/bin/aws", aws_script, e) && write_script(OVER "/local/bin/aws", aws_script, e));
}

static bool lay_lab(const struct inside *in, struct err *e)
{
    for (size_t i = 0; i < in->house->n_files; i++)
        if (!lay_text(LAB, in->house->files[i].path, in->house->files[i].text, 0644, e))
            return false;
    return lay_aws(e);
}

/* What lies over the machine's /usr: sudo must be root's own, and the machine's root is nobody here. */
static bool lay_over(const struct inside *in, struct err *e)
{
    static const char *const dirs[] = {LAB,
                                       OVER,
                                       OVER "/bin",
                                       OVER "/sbin",
                                       OVER "/libexec",
                                       OVER "/libexec/sudo",
                                       OVER "/lib",
                                       OVER "/lib/sudo",
                                       OVER "/lib/cafelab",
                                       OVER "/local",
                                       OVER "/local/bin"};
    for (size_t i = 0; i < COUNT(dirs); i++)
        if (mkdir(dirs[i], 0755))
            return err_set(e, "make %s: %m", dirs[i]);
    copy_matching("/usr/libexec/sudo/*.so*", OVER "/libexec/sudo", 0644);
    copy_matching("/usr/lib/sudo/*.so*", OVER "/lib/sudo", 0644);
    copy_matching("/usr/bin/su", OVER "/bin", 04755);
    copy_matching("/usr/bin/passwd", OVER "/bin", 04755);
    bool alone = in->means->mode == SHELL_SINGLE;
    return (alone ? write_script(OVER "/bin/sudo", sudo_alone, e) : copy_file("/usr/bin/sudo", OVER "/bin/sudo", 04755, e)) &&
           lay_scripts(OVER, e) && lay_lab(in, e);
}

static bool mount_usr(const struct inside *in, struct err *e)
{
    AUTO(str_drop) struct str layers = {0};
    str_add(&layers, "lowerdir=" OVER);
    for (size_t i = 0; i < in->n_tools; i++)
        str_addf(&layers, ":/proc/self/fd/%d", in->tools[i]);
    str_add(&layers, ":/usr");
    bool good = lay_over(in, e) && mount_on("overlay", ROOT "/usr", "overlay", MS_RDONLY | MS_NODEV, str_text(&layers), e);
    for (size_t i = 0; i < in->n_tools; i++)
        close(in->tools[i]); /* by /proc/1/fd the server's root would walk from there into the machine's folders */
    return good && (!mount(LAB, ROOT TURNED_LAB, NULL, MS_BIND, NULL) || err_set(e, "mount " TURNED_LAB ": %m"));
}

static bool mount_dev(bool alone, struct err *e)
{
    static const char *const nodes[] = {"null", "zero", "full", "random", "urandom", "tty"};
    static const char *const links[][2] = {
        {"pts/ptmx",        "ptmx"  },
        {"/proc/self/fd",   "fd"    },
        {"/proc/self/fd/0", "stdin" },
        {"/proc/self/fd/1", "stdout"},
        {"/proc/self/fd/2", "stderr"}
    };
    char path[64], node[64];
    if (!mount_on("tmpfs", ROOT "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k,nr_inodes=64", e))
        return false;
    for (size_t i = 0; i < COUNT(nodes); i++) {
        snprintf(path, sizeof(path), ROOT "/dev/%s", nodes[i]);
        snprintf(node, sizeof(node), "/dev/%s", nodes[i]);
        AUTO(close_fd) int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
        (void)fd;
        if (mount(node, path, NULL, MS_BIND, NULL))
            return err_set(e, "bring in %s: %m", node);
    }
    for (size_t i = 0; i < COUNT(links); i++) {
        snprintf(path, sizeof(path), ROOT "/dev/%s", links[i][1]);
        if (symlink(links[i][0], path))
            return err_set(e, "link %s: %m", path);
    }
    return mount_on("tmpfs", ROOT "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=16m", e) &&
           mount_on("devpts", ROOT "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
                    alone ? "newinstance,ptmxmode=0666,mode=620" : "newinstance,ptmxmode=0666,mode=620,gid=5", e);
}

/* Read-only, as far as the kernel lets a namespace say so anew: flags that the machine's mount has stay. */
static void bring_dir(const char *from, const char *to)
{
    if (mkdir(to, 0755) || mount(from, to, NULL, MS_BIND, NULL))
        return; /* what is missing is missing on the machine */
    unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY;
    if (mount(NULL, to, NULL, flags | MS_NOSUID | MS_NODEV, NULL) && mount(NULL, to, NULL, flags, NULL))
        umount2(to, MNT_DETACH);
}

/* /etc of the machine, as far as its programs need it. */
static void bring_etc(void)
{
    copy_matching("/etc/ld.so.cache", ROOT "/etc", 0644);
    copy_matching("/etc/ld.so.conf", ROOT "/etc", 0644);
    copy_matching("/etc/libaudit.conf", ROOT "/etc", 0644);
    bring_dir("/etc/ld.so.conf.d", ROOT "/etc/ld.so.conf.d");
    bring_dir("/etc/alternatives", ROOT "/etc/alternatives");
    bring_dir("/etc/vim", ROOT "/etc/vim");
}

/* ---- a container: its /usr is nobody else's ---- */

bool root_lay_here(struct inside *in, struct err *e)
{
    static const char *const kinds[] = {"ecdsa", "ed25519", "rsa"};
    char path[64];
    for (size_t i = 0; i < 2 * COUNT(kinds); i++) { /* the image's, or of a start before this one */
        snprintf(path, sizeof(path), "/etc/ssh/ssh_host_%s_key%s", kinds[i / 2], i % 2 ? ".pub" : "");
        unlink(path);
    }
    for (size_t i = 0; i < in->house->n_files; i++)
        if (!lay_text(TURNED_LAB, in->house->files[i].path, in->house->files[i].text, 0644, e))
            return false;
    unlink(TURNED_LAB "/aws-cli");
    if (file_exists("/usr/bin/aws") && !symlink("/usr/bin/aws", TURNED_LAB "/aws-cli")) {
        mkdir("/usr/local/bin", 0755);
        if (!write_anew("/usr/local/bin/aws", aws_script, e))
            return false;
    }
    return lay_scripts("/usr", e) && lay_texts_of_brief(in, e) && host_keys_make("/etc/ssh", &in->host_keys, e);
}

bool root_build(struct inside *in, struct err *e)
{
    umask(022);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
        return err_set(e, "keep mounts to ourselves: %m");
    if (!mount_on("tmpfs", AT, "tmpfs", MS_NODEV, "mode=755,size=256m,nr_inodes=60000", e))
        return false;
    if (mkdir(ROOT, 0755) || mount(ROOT, ROOT, NULL, MS_BIND, NULL) || mkdir(ROOT "/etc", 0755) || mkdir(ROOT "/sys", 0555))
        return err_set(e, "make the server's root: %m");
    bring_etc();
    return mount_usr(in, e) && mount_dev(in->means->mode == SHELL_SINGLE, e) &&
           (!mkdir(ROOT "/etc/ssh", 0755) || err_set(e, "make /etc/ssh: %m")) &&
           host_keys_make(ROOT "/etc/ssh", &in->host_keys, e);
}

/* Processes are those of whoever mounts /proc. */
bool root_turn(const struct inside *in, struct err *e)
{
    const char *hostname = in->server->hostname;
    if (!mount_on("proc", ROOT "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, e))
        return false;
    if (chdir(ROOT) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
        return err_set(e, "turn to the server's root: %m");
    return lay_brief(in, e) && (!sethostname(hostname, strlen(hostname)) || err_set(e, "set the host name: %m"));
}
