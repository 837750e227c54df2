/* SPDX-License-Identifier: MIT */
/* Private to sim/host: the programs' functions, a file for each theme; the table is in commands.c. */
#pragma once

#include "sim/host/options.h"

typedef int command_fn(struct program *);

/* commands_shell.c: builtins */
command_fn run_echo, run_printf, run_cd, run_pwd, run_test, run_true, run_false, run_exit, run_export, run_history, run_umask,
    run_type;
/* commands_script.c */
command_fn run_break, run_read, run_seq, run_truncate, run_yes;
/* commands_sudo.c: becoming somebody else, starting shells */
command_fn run_sudo, run_visudo, run_su, run_bash, run_xargs, run_env, run_which;
/* useradd.c, userdel.c, usermod.c, commands_users.c, commands_groups.c */
command_fn run_useradd, run_userdel, run_usermod, run_passwd, run_chpasswd, run_id, run_whoami, run_groups, run_chage;
command_fn run_groupadd, run_groupdel, run_gpasswd, run_getent;
/* commands_dd.c, commands_install.c, commands_tar.c, commands_rsync.c: files kept and put in place */
command_fn run_dd, run_install, run_tar, run_rsync;
/* commands_files.c, commands_copy.c, commands_modes.c, commands_list.c, commands_find.c */
command_fn run_cp, run_mv, run_rm, run_mkdir, run_rmdir, run_touch, run_ln, run_chmod, run_chown, run_ls, run_stat, run_find,
    run_readlink, run_realpath, run_scp;
/* commands_text.c, commands_sums.c, commands_sort.c, commands_tr.c, commands_grep.c, commands_sed.c, commands_diff.c */
command_fn run_cat, run_head, run_tail, run_sort, run_uniq, run_wc, run_cut, run_tee, run_sums, run_tac, run_tr, run_grep,
    run_sed, run_diff, run_vi, run_basename, run_dirname;
/* commands_bytes.c, commands_gzip.c, commands_file.c */
command_fn run_base64, run_xxd, run_hexdump, run_strings, run_cmp, run_gzip, run_file;
/* commands_system.c, commands_systemctl.c, commands_loginctl.c, commands_sshd.c, commands_process.c, commands_who.c,
 * commands_last.c, commands_net.c, commands_audit.c, commands_journal.c */
command_fn run_who, run_w, run_last, run_uptime, run_ps, run_kill, run_pkill, run_pgrep, run_pidof, run_killall, run_systemctl,
    run_service, run_sshd, run_hostname, run_aureport, run_ss, run_netstat, run_uname, run_date, run_crontab, run_sleep,
    run_loginctl, run_journalctl;

/* Calls `each` for every line of the files named from argv[at] on ("-" and none: standard input). Complains as the
 * program does about those that cannot be read; the exit status is 1 then. */
struct text_line {
    const char *file; /* as named; "(standard input)" */
    const char *s;
    size_t n;
    bool newline; /* it ends with one */
    unsigned number;
};
typedef bool line_fn(void *context, const struct text_line *); /* false = enough of this file */
int each_line(struct program *, int at, line_fn *, void *context);
/* A whole input: a file or, for "-", standard input. 0 or an errno. */
int input_read(struct program *, const char *name, const char **ret_data, size_t *ret_len);
int usage_hint(struct program *);                      /* "Try 'mv --help' for more information."; 1 */
int usage_missing(struct program *, const char *what); /* "mv: missing file operand" and the hint; 1 */

/* A decimal number, or with base 0 also "0x10" and "010"; *ret_end is what follows it. False if there is none that fits. */
bool number_take(const char *text, int base, size_t *ret, const char **ret_end);
bool names_dir(struct program *, const char *name);           /* or a link to one */
const char *path_trimmed(struct program *, const char *name); /* without the slashes at its end */
/* What chmod's "u+rwx,go-w" or "0644" makes of the mode `old`. False when it is none. */
bool mode_change(struct program *, const char *text, bool dir, unsigned old, unsigned *ret);
