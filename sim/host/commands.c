/* SPDX-License-Identifier: MIT */
/* The programs of the server. To add one: a row here, a function in the file of its theme, its prototype in commands.h. */
#include "sim/host/commands.h"

#include <ctype.h>
#include <stdlib.h>

/* Sorted by name. The file is where Amazon Linux 2 has it (/bin and /sbin are links). */
static const struct command commands[] = {
    {":",          NULL,                  true,  run_true      },
    {"[",          "/usr/bin/[",          true,  run_test      },
    {"aureport",   "/usr/sbin/aureport",  false, run_aureport  },
    {"base64",     "/usr/bin/base64",     false, run_base64    },
    {"basename",   "/usr/bin/basename",   false, run_basename  },
    {"bash",       "/usr/bin/bash",       false, run_bash      },
    {"break",      NULL,                  true,  run_break     },
    {"cat",        "/usr/bin/cat",        false, run_cat       },
    {"cd",         NULL,                  true,  run_cd        },
    {"chage",      "/usr/bin/chage",      false, run_chage     },
    {"chgrp",      "/usr/bin/chgrp",      false, run_chown     },
    {"chmod",      "/usr/bin/chmod",      false, run_chmod     },
    {"chown",      "/usr/bin/chown",      false, run_chown     },
    {"chpasswd",   "/usr/sbin/chpasswd",  false, run_chpasswd  },
    {"cmp",        "/usr/bin/cmp",        false, run_cmp       },
    {"continue",   NULL,                  true,  run_break     },
    {"cp",         "/usr/bin/cp",         false, run_cp        },
    {"crontab",    "/usr/bin/crontab",    false, run_crontab   },
    {"cut",        "/usr/bin/cut",        false, run_cut       },
    {"date",       "/usr/bin/date",       false, run_date      },
    {"dd",         "/usr/bin/dd",         false, run_dd        },
    {"diff",       "/usr/bin/diff",       false, run_diff      },
    {"dirname",    "/usr/bin/dirname",    false, run_dirname   },
    {"echo",       "/usr/bin/echo",       true,  run_echo      },
    {"egrep",      "/usr/bin/egrep",      false, run_grep      },
    {"env",        "/usr/bin/env",        false, run_env       },
    {"exit",       NULL,                  true,  run_exit      },
    {"export",     NULL,                  true,  run_export    },
    {"false",      "/usr/bin/false",      true,  run_false     },
    {"fgrep",      "/usr/bin/fgrep",      false, run_grep      },
    {"file",       "/usr/bin/file",       false, run_file      },
    {"find",       "/usr/bin/find",       false, run_find      },
    {"getent",     "/usr/bin/getent",     false, run_getent    },
    {"gpasswd",    "/usr/bin/gpasswd",    false, run_gpasswd   },
    {"grep",       "/usr/bin/grep",       false, run_grep      },
    {"groupadd",   "/usr/sbin/groupadd",  false, run_groupadd  },
    {"groupdel",   "/usr/sbin/groupdel",  false, run_groupdel  },
    {"groups",     "/usr/bin/groups",     false, run_groups    },
    {"gunzip",     "/usr/bin/gunzip",     false, run_gzip      },
    {"gzip",       "/usr/bin/gzip",       false, run_gzip      },
    {"head",       "/usr/bin/head",       false, run_head      },
    {"hexdump",    "/usr/bin/hexdump",    false, run_hexdump   },
    {"history",    NULL,                  true,  run_history   },
    {"hostname",   "/usr/bin/hostname",   false, run_hostname  },
    {"id",         "/usr/bin/id",         false, run_id        },
    {"install",    "/usr/bin/install",    false, run_install   },
    {"journalctl", "/usr/bin/journalctl", false, run_journalctl},
    {"kill",       "/usr/bin/kill",       true,  run_kill      },
    {"killall",    "/usr/bin/killall",    false, run_killall   },
    {"last",       "/usr/bin/last",       false, run_last      },
    {"lastb",      "/usr/bin/lastb",      false, run_last      },
    {"less",       "/usr/bin/less",       false, run_cat       },
    {"ln",         "/usr/bin/ln",         false, run_ln        },
    {"loginctl",   "/usr/bin/loginctl",   false, run_loginctl  },
    {"logout",     NULL,                  true,  run_exit      },
    {"ls",         "/usr/bin/ls",         false, run_ls        },
    {"md5sum",     "/usr/bin/md5sum",     false, run_sums      },
    {"mkdir",      "/usr/bin/mkdir",      false, run_mkdir     },
    {"more",       "/usr/bin/more",       false, run_cat       },
    {"mv",         "/usr/bin/mv",         false, run_mv        },
    {"netstat",    "/usr/bin/netstat",    false, run_netstat   },
    {"passwd",     "/usr/bin/passwd",     false, run_passwd    },
    {"pgrep",      "/usr/bin/pgrep",      false, run_pgrep     },
    {"pidof",      "/usr/sbin/pidof",     false, run_pidof     },
    {"pkill",      "/usr/bin/pkill",      false, run_pkill     },
    {"printf",     "/usr/bin/printf",     true,  run_printf    },
    {"ps",         "/usr/bin/ps",         false, run_ps        },
    {"pwd",        "/usr/bin/pwd",        true,  run_pwd       },
    {"read",       NULL,                  true,  run_read      },
    {"readlink",   "/usr/bin/readlink",   false, run_readlink  },
    {"realpath",   "/usr/bin/realpath",   false, run_realpath  },
    {"rm",         "/usr/bin/rm",         false, run_rm        },
    {"rmdir",      "/usr/bin/rmdir",      false, run_rmdir     },
    {"rsync",      "/usr/bin/rsync",      false, run_rsync     },
    {"scp",        "/usr/bin/scp",        false, run_scp       },
    {"sed",        "/usr/bin/sed",        false, run_sed       },
    {"seq",        "/usr/bin/seq",        false, run_seq       },
    {"service",    "/usr/sbin/service",   false, run_service   },
    {"sh",         "/usr/bin/bash",       false, run_bash      },
    {"sha1sum",    "/usr/bin/sha1sum",    false, run_sums      },
    {"sha224sum",  "/usr/bin/sha224sum",  false, run_sums      },
    {"sha256sum",  "/usr/bin/sha256sum",  false, run_sums      },
    {"sha384sum",  "/usr/bin/sha384sum",  false, run_sums      },
    {"sha512sum",  "/usr/bin/sha512sum",  false, run_sums      },
    {"sleep",      "/usr/bin/sleep",      false, run_sleep     },
    {"sort",       "/usr/bin/sort",       false, run_sort      },
    {"ss",         "/usr/sbin/ss",        false, run_ss        },
    {"sshd",       "/usr/sbin/sshd",      false, run_sshd      },
    {"stat",       "/usr/bin/stat",       false, run_stat      },
    {"strings",    "/usr/bin/strings",    false, run_strings   },
    {"su",         "/usr/bin/su",         false, run_su        },
    {"sudo",       "/usr/bin/sudo",       false, run_sudo      },
    {"systemctl",  "/usr/bin/systemctl",  false, run_systemctl },
    {"tac",        "/usr/bin/tac",        false, run_tac       },
    {"tail",       "/usr/bin/tail",       false, run_tail      },
    {"tar",        "/usr/bin/tar",        false, run_tar       },
    {"tee",        "/usr/bin/tee",        false, run_tee       },
    {"test",       "/usr/bin/test",       true,  run_test      },
    {"touch",      "/usr/bin/touch",      false, run_touch     },
    {"tr",         "/usr/bin/tr",         false, run_tr        },
    {"true",       "/usr/bin/true",       true,  run_true      },
    {"truncate",   "/usr/bin/truncate",   false, run_truncate  },
    {"type",       NULL,                  true,  run_type      },
    {"umask",      "/usr/bin/umask",      true,  run_umask     },
    {"uname",      "/usr/bin/uname",      false, run_uname     },
    {"uniq",       "/usr/bin/uniq",       false, run_uniq      },
    {"uptime",     "/usr/bin/uptime",     false, run_uptime    },
    {"useradd",    "/usr/sbin/useradd",   false, run_useradd   },
    {"userdel",    "/usr/sbin/userdel",   false, run_userdel   },
    {"usermod",    "/usr/sbin/usermod",   false, run_usermod   },
    {"vi",         "/usr/bin/vi",         false, run_vi        },
    {"vim",        "/usr/bin/vim",        false, run_vi        },
    {"visudo",     "/usr/sbin/visudo",    false, run_visudo    },
    {"w",          "/usr/bin/w",          false, run_w         },
    {"wc",         "/usr/bin/wc",         false, run_wc        },
    {"which",      "/usr/bin/which",      false, run_which     },
    {"who",        "/usr/bin/who",        false, run_who       },
    {"whoami",     "/usr/bin/whoami",     false, run_whoami    },
    {"xargs",      "/usr/bin/xargs",      false, run_xargs     },
    {"xxd",        "/usr/bin/xxd",        false, run_xxd       },
    {"yes",        "/usr/bin/yes",        false, run_yes       },
    {"zcat",       "/usr/bin/zcat",       false, run_gzip      },
};

static int by_name(const void *name, const void *command)
{
    return strcmp(name, ((const struct command *)command)->name);
}

const struct command *command_find(const char *name)
{
    return bsearch(name, commands, COUNT(commands), sizeof(commands[0]), by_name);
}

const struct command *command_at(const char *path)
{
    const char *base = path_base(path);
    const struct command *command = command_find(base);
    size_t dir = (size_t)(base - path);

    if (!command || !command->exe)
        return NULL;
    if (dir == 0)
        return command;
    for (const char *const *at = (const char *const[]){"/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", NULL}; *at; at++)
        if (strlen(*at) == dir && strncmp(*at, path, dir) == 0) { /* /bin is /usr/bin, /sbin is /usr/sbin */
            const char *tail = strstr(*at, "sbin/") ? "/sbin/" : "/bin/";

            return strstr(command->exe, tail) ? command : NULL;
        }
    return NULL;
}

const struct command *command_next(const struct command *last)
{
    const struct command *next = last ? last + 1 : commands;

    return next < commands + COUNT(commands) ? next : NULL;
}

int usage_hint(struct program *p)
{
    str_addf(p->io.err, "Try '%s --help' for more information.\n", path_base(p->argv[0]));
    return 1;
}

int usage_missing(struct program *p, const char *what)
{
    complain(p, 1, "missing %s", what);
    return usage_hint(p);
}

bool number_take(const char *text, int base, size_t *ret, const char **ret_end)
{
    char *end;

    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    *ret = strtoul(text, &end, base);
    *ret_end = end;
    return errno == 0;
}

int input_read(struct program *p, const char *name, const char **ret_data, size_t *ret_len)
{
    if (strcmp(name, "-") != 0)
        return fs_read(p, name, ret_data, ret_len);
    size_t taken = p->io.in_taken ? *p->io.in_taken : 0;

    *ret_data = p->io.in_given ? p->io.in + taken : "";
    *ret_len = p->io.in_given ? p->io.in_len - taken : 0;
    if (p->io.in_taken)
        *p->io.in_taken = p->io.in_len;
    return 0;
}

static void lines_of(const char *file, const char *data, size_t n, line_fn *each, void *context)
{
    const char *end = data + n;

    for (unsigned number = 1; data < end; number++) {
        const char *newline = memchr(data, '\n', (size_t)(end - data)), *stop = newline ? newline : end;
        struct text_line line = {file, data, (size_t)(stop - data), newline != NULL, number};

        if (!each(context, &line))
            return;
        data = stop + 1;
    }
}

int each_line(struct program *p, int at, line_fn *each, void *context)
{
    int status = 0;
    bool none = at >= p->argc;

    for (int i = at; i < p->argc || none; i++) {
        const char *name = none ? "-" : p->argv[i], *data;
        size_t n;
        int error = input_read(p, name, &data, &n);

        if (error == EISDIR)
            status = complain(p, 1, "%s: Is a directory", name);
        else if (error)
            status = complain(p, 1, "%s: %s", name, strerror(error));
        else
            lines_of(strcmp(name, "-") == 0 ? "(standard input)" : name, data, n, each, context);
        if (none)
            break;
    }
    return status;
}
