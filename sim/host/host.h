/* SPDX-License-Identifier: MIT */
/*
 * Operations on a server, through the same door as the account's: log in, run a command, edit a file, kill. Depends on act.
 *
 * All are host: operations with `on` naming the server. Who does them is an OS user (PRINCIPAL_OS with the session's
 * number) or, for host:LogIn and host:LogOut, whoever sits at the far end. Files change in the server's tree; sessions,
 * processes and daemons in the world. What a journal entry's `response` holds for each operation is said beside its row
 * in host.c: it is all that the log writers (sim/evidence) get to see.
 *
 * host:LogIn        user! by! ("password" | "publickey" | "ssm") password key fromPort#   refused as a network would:
 *                   ConnectionTimedOut while the security groups do not let the origin's address reach tcp/22;
 *                   PermissionDenied by sshd's configuration as loaded (Match blocks), password hash or keys
 * host:LogOut       session#
 * host:Run          command! cwd        a command line, as typed: "sudo userdel -r chaos-user". Programs are rows in
 *                   commands.c; an unknown one is "command not found". reply: {"exitCode", "stdout", "stderr"}
 * host:AddUser      user! system? shell home
 * host:SetPassword  user! password!
 * host:DeleteUser   user! removeHome?   refused while the user has a live process: UserInUse
 * host:Edit         file! set{} text    what an editor does: `set` {"PasswordAuthentication": "no"} changes directives
 *                   in place (comments the old line out as vi users do), `text` replaces the content
 * host:Put          file! text fixture tag   uploads a file (scp)
 * host:Move         from! to!
 * host:Remove       file! recursive?
 * host:Kill         pid! signal
 * host:RestartService  service! action ("restart" | "start" | "stop" | "reload")
 */
#pragma once

#include "sim/act/act.h"

extern const struct service host_service;

/* A server as it boots: tree from fixtures/host/amazon-linux-2, daemons, first processes, the café site, hostname and
 * owner's key filled in. Called by lab before the story. */
struct server_plan {
    const char *name, *login_user, *public_key, *site; /* site: directory below fixtures/site; NULL = none */
    int64_t booted_ms, installed_ms;                    /* mtimes of the tree lie between */
};
struct server *host_boot(struct world *, struct instance *, const struct server_plan *, struct err *);

/* sshd's answer for one option, as `sshd -T -C user=..,addr=..` would give it: first value wins, Match blocks
 * (User, Group, Address with CIDR lists and negation, Host, LocalPort, all), Include with globs, keywords in any case,
 * quoted arguments. The value is in the arena; NULL when the text does not parse (why says file:line). */
struct sshd_client {
    const char *user, *addr, *host;
    int local_port;
};
const char *sshd_effective(struct world *, const struct tree *, const char *config_text, const char *keyword,
                           const struct sshd_client *, struct arena *, const char **why);
