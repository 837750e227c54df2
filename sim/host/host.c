/* SPDX-License-Identifier: MIT */
/*
 * The table of operations on a server. Beside each row: what its entry's `response` holds on success and when it is refused.
 * The shapes that they share (PROGRAM, sudo, files, accounts, services, signals, ended) are in host.h.
 */
#include "sim/host/deeds.h"

static const struct op ops[] = {
  /* sorted by name */
  /* done     {session, user, uid, gid, tty, addr, shell, typed, home, cwd, exit: 0, programs: [sudo, useradd with
  * accounts add-group,   add-shadow-group, add-user {home, shell}, add-home-dir, add-mail-file and the files they wrote]}
  * refused  the same with exit and an account fact {result: "failed"}: UserExists (9), InvalidParameter (3),
  * PermissionDenied */
    {"host:AddUser",        "user! system? shell home",            OP_HOST, "*", NULL, run_add_user       },
 /* done     {..., exit: 0, programs: [sudo, userdel with accounts delete-user, delete-from-group, delete-group,
  *          delete-shadow-group, delete-mail-file, delete-home-dir]}
  * refused  UserInUse (8): accounts [{does: "delete-user", result: "failed", reason: "in-use", by: pid}]; NoSuchUser
  * (6);   HomeNotRemoved (12): the account is gone all the same; PermissionDenied */
    {"host:DeleteUser",     "user! removeHome?",                   OP_HOST, "*", NULL, run_delete_user    },
 /* done     {..., exit: 0, programs: [sudo if needed, vi (exe /usr/bin/vim) with files [open for writing]]}
  * refused  NoSuchFile, PermissionDenied, with the failed open in files */
    {"host:Edit",           "file! set{} text",                    OP_HOST, "*", NULL, run_edit           },
 /* done     {..., exit: 0, programs: [the shell as builtin, or sudo and kill, with signals [{pid, signal, comm, title,
  * uid}], ended   [sessions], services [{does: "stop"}] of daemons that it ended]}   refused  NoSuchProcess (signals errno
  * ESRCH), PermissionDenied (EPERM) */
    {"host:Kill",           "pid# signal",                         OP_HOST, "*", NULL, run_kill_process   },
 /* done     {user, by, addr, port, laddr, listener, pids {monitor, preauth, child, shell}, known: true, uid, gid,
  * offered, method,   key {type, bits, fingerprint}, session, tty, home, shell}; by ssm {user, by, uid, gid, session, tty,
  * home, shell, pids   {monitor, shell}, programs [useradd] when the agent had to make its user}   refused  PermissionDenied:
  * the same up to the last that sshd got to, with reason, said, by_option, file as in host.h;   ConnectionClosed: the
  * proof was good and the connection over: reason "nologin-shell" | "forced-command" {command};   ConnectionTimedOut,
  * ConnectionRefused: {user, by, addr, port} only: nothing is on the server */
    {"host:LogIn",          "user! by! password key fromPort#",    OP_HOST, "*", NULL, run_log_in         },
 /* done     {session, user, uid, gid, by, addr, port, tty, pids {monitor, child, shell}, how: "exit"}
  * refused  NoSuchSession: null */
    {"host:LogOut",         "",                                    OP_HOST, "*", NULL, run_log_out        },
 /* done     {..., exit: 0, programs: [sudo if needed, mv with files [rename {was: what stood at the target}]]}
  * refused  NoSuchFile, PermissionDenied */
    {"host:Move",           "from! to!",                           OP_HOST, "*", NULL, run_move           },
 /* done     {..., exit: 0, programs: [scp -t (no tty) with files [open], and where the user may not write: sudo, mv or
  * cp]}   refused  NoSuchFile (a directory that is not there), NoSuchFixture, PermissionDenied */
    {"host:Put",            "file! text fixture tag",              OP_HOST, "*", NULL, run_put            },
 /* done     {..., exit: 0, programs: [sudo if needed, rm with files [unlink and rmdir, the innermost first]]}
  * refused  NoSuchFile, IsDirectory, PermissionDenied */
    {"host:Remove",         "file! recursive?",                    OP_HOST, "*", NULL, run_remove         },
 /* done     {..., exit: 0, programs: [sudo, systemctl with services [stop {old_pid}, start {new_pid}] or [reload
  * {old_pid, new_pid}]]}   refused  ServiceFailed: the start has result "failed", complaint, main_exit; the old daemon is
  * gone, systemd tries again by   itself every 42 s; NoSuchService (5), PermissionDenied */
    {"host:RestartService", "service! action",                     OP_HOST, "*", NULL, run_restart_service},
 /* done     {session, user, uid, gid, tty, addr, shell, typed, home, cwd, exit, commandId, documentName, programs}:
  * whatever the exit   status. Without a login: no session, tty, addr, typed; programs begins with ssm-document-worker and
  * sh   refused  NoSuchSession, NotLoggedIn, NoSuchUser: null; nothing ran */
    {"host:Run",            "command! cwd commandId documentName", OP_HOST, "*", NULL, run_run            },
 /* done     {..., exit: 0, programs: [sudo, chpasswd with accounts [change-password] and files [open /etc/nshadow,
  * rename to   /etc/shadow]]}; the password is in none of them   refused  NoSuchUser, PermissionDenied */
    {"host:SetPassword",    "user! password!",                     OP_HOST, "*", NULL, run_set_password   },
};

const struct service host_service = {
    .name = "host",
    .source = "",
    .event_version = "",
    .host = "",
    .denied_code = "PermissionDenied",
    .error_prefix = "",
    .console_agent = "",
    .ops = ops,
    .n = COUNT(ops),
};
