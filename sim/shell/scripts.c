/* SPDX-License-Identifier: MIT */
/* Programs of the server that the machine's own cannot stand for: they would ask a systemd, a journal, a kernel's audit or a
 * spool that are not the server's. To add one: a file with its text, a row here. */
#include "sim/shell/parts.h"

static const char systemctl[] =
#include "sim/shell/systemctl.inc"
    ;
static const char journalctl[] =
#include "sim/shell/journalctl.inc"
    ;
static const char auditctl[] =
#include "sim/shell/auditctl.inc"
    ;
static const char crontab[] =
#include "sim/shell/crontab.inc"
    ;
static const char service[] =
    "#!/bin/bash\n"
    "# service NAME VERB, as on Amazon Linux 2: systemctl does it\n"
    "[ $# -ge 2 ] || { echo \"Usage: service < option > | --status-all | [ service_name [ command ] ]\"; exit 1; }\n"
    "echo \"Redirecting to /bin/systemctl $2 $1.service\"\n"
    "exec /bin/systemctl \"$2\" \"$1.service\"\n";

const struct server_script server_scripts[] = {
    {"bin/systemctl",  systemctl },
    {"bin/journalctl", journalctl},
    {"bin/crontab",    crontab   },
    {"sbin/service",   service   },
    {"sbin/auditctl",  auditctl  },
    {NULL,             NULL      },
};
