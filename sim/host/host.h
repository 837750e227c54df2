/* SPDX-License-Identifier: MIT */
/*
 * Operations on a server, through the same door as the account's: log in, run a command, edit a file, kill. Depends on act.
 *
 * All are host: operations with `on` naming the server. Files change in the server's tree; sessions, processes and
 * daemons in the world. All but host:LogIn happen as an OS user (PRINCIPAL_OS):
 *     os_session N   in that login: its uid, tty, shell and working directory. What that user may not do himself he does
 *                    with sudo, as far as sudoers lets him
 *     os_session 0   no login: a daemon runs it as the user `name`. That is how SSM runs commands: who = {PRINCIPAL_OS,
 *                    "root"}, op host:Run, the document's lines joined by newlines
 *
 * host:LogIn        user! by! ("password" | "publickey" | "ssm") password key fromPort#   reply: {"session": 7}
 *                   key: the public key's line, as in authorized_keys, of the private key that the caller holds
 * host:LogOut       (none)              ends the caller's own session
 * host:Run          command! cwd commandId documentName   a command line, as typed: "sudo userdel -r chaos-user". Programs
 *                   are rows in commands.c; an unknown one is "command not found". reply: {"exitCode", "stdout", "stderr"}.
 *                   A command that fails is no error of the operation: it ran. SSM says which of its commands it is
 *
 * The rest are commands, too, that a person need not type; with sudo where the session's user needs it. They reply like
 * host:Run, and fail with a code of ours (UserInUse, PermissionDenied, ...) when the command's exit status is not 0.
 *
 * host:AddUser      user! system? shell home          useradd
 * host:SetPassword  user! password!                   chpasswd
 * host:DeleteUser   user! removeHome?                 userdel; UserInUse while the user has a live process
 * host:Edit         file! set{} text                  vi: `set` {"PasswordAuthentication": "no"} changes directives in place
 *                   (comments the other lines of that keyword out, as vi users do), `text` replaces the content
 * host:Put          file! text fixture tag            scp; `fixture` "defaced" is the vandal's picture with `tag` on it. Where
 *                   the user may not write it is uploaded to the home directory, then moved (or copied over) with sudo
 * host:Move         from! to!                         mv
 * host:Remove       file! recursive?                  rm
 * host:Kill         pid# signal                       kill (signal "KILL", "9", "TERM"; TERM without)
 * host:RestartService  service! action ("restart" | "start" | "stop" | "reload")   systemctl
 *
 * Nothing here asks a clock or unseeded chance: the same entry on the same tree does the same again (act_replay).
 *
 * ---- What is in a journal entry's `response`: all that the log writers get to see ----
 *
 * Times are epoch milliseconds at or a little after the entry's. Modes are numbers with the file's type (33188 = 0100644).
 * "uid" is effective, "auid" and "ses" are those of audit: absent when unset (4294967295). Absent keys: none, or not known.
 *
 * host:LogIn, whoever got as far as sshd (by ssh):
 *   {"user": "chaos-user", "by": "password", "addr": "198.51.100.23", "port": 51560, "laddr": "10.0.1.23",
 *    "listener": 3312,                         pid of the listening sshd
 *    "pids": {"monitor": 3021, "preauth": 3022, "child": 3023, "shell": 3024},   the last two only after success
 *    "known": true, "uid": 1001, "gid": 1001,  the account; only "known": false when there is none
 *    "key": {"type": "ED25519", "bits": 256, "fingerprint": "SHA256:..."},       by publickey
 *    "offered": "publickey,gssapi-keyex,gssapi-with-mic,password",               methods as sshd lists them
 *    success: "session": 7, "tty": "pts/0", "home": "/home/chaos-user", "shell": "/bin/bash"
 *    refusal: "reason": "bad-password"    the hash does not fit; also for unknown users, locked and empty passwords
 *                       "no-such-key"     no line of authorized_keys fits
 *                       "method-off"      sshd does not offer the method ("offered" says what it does)
 *                       "not-allowed"     AllowUsers, AllowGroups: "User x from y not allowed because not listed in AllowUsers"
 *                       "denied"          DenyUsers, DenyGroups: "... because listed in DenyUsers"
 *                                         "by_option" names the option for both
 *                       "no-shell"        the account's shell does not exist (not /sbin/nologin, which lets in and out)
 *                       "root-login"      PermitRootLogin: "ROOT LOGIN REFUSED FROM"
 *                       "expired"         the account's day is over (pam_unix); "nologin-file": /etc/nologin is there
 *                       "strict-modes"    "Authentication refused: bad ownership or modes for file"; "file" names it
 *             "said": "Permission denied (publickey,gssapi-keyex,gssapi-with-mic)."  }
 * host:LogIn by ssm: {"user", "by": "ssm", "uid", "gid", "session", "tty", "pids": {"monitor" (ssm-session-worker),
 *    "shell"}, "programs": [useradd] when the agent had to make its user}. SSM sets no loginuid; its sessions count from 100001
 * host:LogIn, ConnectionTimedOut (no packet arrived) and ConnectionRefused (no sshd): {"addr", "port"}
 *
 * host:LogOut: {"session", "user", "uid", "gid", "by", "addr", "port", "tty", "pids": {...}, "how": "exit"}
 *
 * All others:
 *   {"session": 7, "user": "chaos-user", "uid": 1001, "gid": 1001, "tty": "pts/0", "addr": "198.51.100.23",
 *    "shell": 3024,                  pid of the shell that takes the line
 *    "typed": "sudo mv a b",         goes into .bash_history of "home"; absent when no interactive shell saw it
 *    "home": "/home/chaos-user", "cwd": "/home/chaos-user", "exit": 0,
 *    "commandId", "documentName",    as SSM said
 *    "programs": [PROGRAM...]}       in the order of their start
 * PROGRAM:
 *   {"pid": 3071, "ppid": 3070, "at": 1760550000123, "until": 1760550000131, "exit": 0,
 *    "comm": "mv", "exe": "/usr/bin/mv", "argv": ["mv", "a", "b"], "cwd": "/var/www/html/cafe/images",
 *    "uid": 0, "gid": 0, "auid": 1001, "ses": 7, "tty": "pts/0",
 *    "builtin": true,                the shell itself (pid is its own), for a builtin or a redirection
 *    "sudo": {...}, "files": [...], "accounts": [...], "services": [...], "signals": [...], "ended": [...]}
 * sudo: {"user": "ec2-user", "runas": "root", "command": "/bin/mv a b" (as logged), "allowed": true, "child": pid}
 *   or "allowed": false with "reason": "user NOT in sudoers" | "command not allowed" | "a password is required"
 *      (sudo has no way to ask for one here), as sudo logs it
 *
 * files: what changed, or was tried, in order:
 *   {"does": ..., "path": "/etc/ssh/sshd_config" (absolute, resolved), "name": as the program said it, "at",
 *    "errno": "EACCES" when it failed, "parent": {"path", "inode", "mode", "uid", "gid"},
 *    "inode", "mode", "uid", "gid", "size", "mtime" of the file: afterwards, but before it for chmod, chown, unlink, rmdir,
 *    "was": the same six of what the path was before, absent when nothing was there}
 *   does "open"     for writing; "flags": "O_WRONLY|O_CREAT|O_TRUNC"; "created": true when it made the file
 *        "rename"   "to", "to_name", "to_parent"; "replaced": the six of what stood at the target. useradd and its like
 *                   write passwd+ and rename it to passwd, sed -i likewise
 *        "unlink", "rmdir", "mkdir", "symlink" ("target"), "chmod" ("to_mode"), "chown" ("to_uid", "to_gid"), "utimes"
 *        "read"     refused reads only (errno)
 * accounts:
 *   {"does": "add-group" | "add-shadow-group" | "add-user" | "add-home-dir" | "add-mail-file" | "change-password" |
 *            "delete-user" | "delete-group" | "delete-shadow-group" | "delete-home-dir" | "delete-mail-file" | "add-to-group" |
 *            "delete-from-group" | "lock-password" | "unlock-password" | "change-shell" | "change-home" | "change-uid" |
 *            "change-gid" | "change-name" | "change-expiry",
 *    "name", "uid", "gid", "home", "shell", "group", "at",
 *    when refused: "result": "failed", and for a user in use "reason": "in-use", "by": pid}
 * services: a restart is a stop and a start
 *   {"unit": "sshd", "does": "stop" | "start" | "reload", "result": "success" | "failed", "at",
 *    "description": "OpenSSH server daemon", "old_pid", "new_pid",
 *    when it failed: "main_exit": 255, "complaint": "/etc/ssh/sshd_config: line 41: ..."}
 * signals: {"pid", "signal": 9, "at", "comm", "title", "uid" of the target, "errno": "EPERM" | "ESRCH" when refused}
 * ended: sessions that this program ended
 *   {"session", "user", "uid", "gid", "by", "addr", "port", "tty", "pids": {...}, "at",
 *    "how": "child-killed" | "shell-killed" | "monitor-killed" | "exit"}
 *   After monitor-killed nobody closes the session in wtmp and audit (sshd's monitor would have); child and shell live on as
 *   orphans until they are killed, too
 */
#pragma once

#include "sim/act/act.h"

extern const struct service host_service;

/* A server as it boots: tree from fixtures/host/amazon-linux-2, daemons, first processes, the site, hostname and
 * owner's key filled in. Called by lab before the story. */
struct server_plan {
    const char *name, *login_user, *public_key, *site; /* site: directory below fixtures/site; NULL = none */
    int64_t booted_ms, installed_ms;                   /* mtimes of the tree lie between */
};
struct server *host_boot(struct world *, struct instance *, const struct server_plan *, struct err *);

/* What host:Put takes from the fixtures is read now and kept: for whoever replays journals where no file can be opened. */
void host_keep_fixtures(void);

/* What systemd knows of a service. NULL = nothing; `name` with or without ".service". */
struct unit {
    const char *name, *description, *exe, *title;
    int64_t restarts_ms; /* Restart=on-failure after so long; 0 = no */
    unsigned uid_children, children;
    const char *child_title;
    const char *pid_file; /* where it keeps its process id while it runs; NULL = nowhere */
};
const struct unit *unit_find(const char *name);

/* Do the instance's security groups let this address through to a TCP port, and does it run? */
bool host_reachable(const struct instance *, const char *addr, int port);

/* Would host:LogIn work now? NULL = yes, else the code it would fail with ("PermissionDenied", "ConnectionTimedOut", ...) and
 * in *why its `reason` (or the code again). Nothing happens on the server. */
struct login_try {
    const char *user, *by; /* "password" | "publickey" */
    const char *password, *key, *ip;
};
const char *host_login_refusal(struct world *, const struct server *, const struct login_try *, const char **why);

/* What root finds at an absolute path, links followed; NULL: nothing. */
const struct file *host_file(const struct tree *, const char *path);

/* sshd's answer for one option, as `sshd -T -C user=..,addr=..` would give it: first value wins, Match blocks
 * (User, Group, Address with CIDR lists and negation, Host, LocalPort, LocalAddress, all), Include with globs, keywords in
 * any case, quoted arguments. The value is in the arena; lists ("allowusers") are joined by blanks, "" when empty. NULL when
 * the text does not parse (*why says file:line as sshd does) or there is no such option (*why says so). How many lines were
 * read, and names tried for an Include, is added to *steps, which may be NULL. */
struct sshd_client {
    const char *user, *addr, *host;
    const char *local_addr; /* NULL = not known */
    int local_port;         /* 0 = not known */
};
const char *sshd_effective(const struct tree *, const char *config_text, const char *keyword, const struct sshd_client *,
                           size_t *steps, struct arena *, const char **why);
