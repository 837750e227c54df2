/* SPDX-License-Identifier: MIT */
/*
 * What the server holds of the time before the story: what the owner installed and typed when setting it up (yum.log,
 * .bash_history), and the console's view of the last boot (boot.log, dmesg).
 */
#include "sim/evidence/writers.h"

#include "sim/evidence/host_traces.h"

/* ---- setting it up: minutes before the last change of httpd.conf ---- */

static const struct {
    int seconds_before;
    const char *package; /* as yum.log names it */
} packages[] = {
    {641, "apr-1.7.2-1.amzn2.0.1.x86_64"              },
    {641, "apr-util-1.6.3-1.amzn2.0.1.x86_64"         },
    {640, "apr-util-bdb-1.6.3-1.amzn2.0.1.x86_64"     },
    {640, "httpd-tools-2.4.62-1.amzn2.0.2.x86_64"     },
    {640, "generic-logos-httpd-18.0.0-4.amzn2.noarch" },
    {639, "mailcap-2.1.41-2.amzn2.noarch"             },
    {639, "httpd-filesystem-2.4.62-1.amzn2.0.2.noarch"},
    {638, "httpd-2.4.62-1.amzn2.0.2.x86_64"           },
};
static const struct {
    int seconds_before;
    const char *typed;
} commands[] = {
    {689, "sudo yum update -y"                    },
    {652, "sudo yum install -y httpd"             },
    {611, "cd /etc/httpd/conf"                    },
    {588, "sudo vi httpd.conf"                    },
    {433, "sudo vi ../conf.d/cafe.conf"           },
    {371, "sudo vi /etc/audit/rules.d/audit.rules"},
    {240, "sudo augenrules --load"                },
    {214, "sudo vi /etc/profile.d/history.sh"     },
    {166, "sudo mkdir -p /var/www/html/cafe"      },
    {61,  "sudo vi httpd.conf"                    },
    {0,   "sudo systemctl enable httpd"           },
    {-9,  "exit"                                  },
};

static void write_set_up(const struct evidence_task *task, struct server *server, int64_t done_ms)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str yum = {0}, history = {0};
    const char *home = arena_printf(&arena, "/home/%s", server->login_user ? server->login_user : "ec2-user");
    const struct file *owner = tree_find(&server->tree, home);

    for (size_t i = 0; i < COUNT(packages); i++) {
        str_add_time(&yum, done_ms - packages[i].seconds_before * 1000, "%b %d %H:%M:%S ");
        str_addf(&yum, "Installed: %s\n", packages[i].package);
    }
    host_put(task, server, "/var/log/yum.log", &yum, 0600, 0, 0, done_ms - packages[COUNT(packages) - 1].seconds_before * 1000);
    for (size_t i = 0; i < COUNT(commands); i++)
        str_addf(&history, "#%lld\n%s\n", (long long)(done_ms / 1000 - commands[i].seconds_before), commands[i].typed);
    if (owner)
        host_put(task, server, arena_printf(&arena, "%s/.bash_history", home), &history, 0600, owner->uid, owner->gid,
                 done_ms + 9000);
}

/* ---- the boot ---- */

static const char *const started[] = {
    "Journal Service",
    "Security Auditing Service",
    "NTP client/server",
    "Login Service",
    "LSB: Bring up/down networking",
    "OpenSSH server daemon",
    "System Logging Service",
    "Command Scheduler",
    "The Apache HTTP Server",
    "amazon-ssm-agent",
    "Getty on tty1",
    "Serial Getty on ttyS0",
};

static const struct {
    int us;
    const char *says;
} kernel_lines[] = {
    {0,       "Linux version " HOST_KERNEL " (mockbuild@ip-10-0-49-70) (gcc version 7.3.1 20180712 (Red Hat 7.3.1-17) (GCC)) #1 SMP"},
    {0,       "x86/fpu: Supporting XSAVE feature 0x001: 'x87 floating point registers'"                                             },
    {0,       "e820: BIOS-provided physical RAM map:"                                                                               },
    {0,       "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable"                                                       },
    {0,       "BIOS-e820: [mem 0x0000000000100000-0x000000003ffe9fff] usable"                                                       },
    {0,       "DMI: Amazon EC2 t3.micro/, BIOS 1.0 10/16/2017"                                                                      },
    {0,       "Hypervisor detected: KVM"                                                                                            },
    {10321,   "Memory: 957456K/1015808K available (12300K kernel code, 2018K rwdata, 3596K rodata, 2052K init, 3880K bss)"          },
    {112004,  "smpboot: CPU0: Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz (family: 0x6, model: 0x55, stepping: 0x7)"             },
    {204518,  "audit: initializing netlink subsys (disabled)"                                                                       },
    {655120,  "nvme nvme0: pci function 0000:00:04.0"                                                                               },
    {666212,  " nvme0n1: p1 p128"                                                                                                   },
    {1502833, "XFS (nvme0n1p1): Mounting V5 Filesystem"                                                                             },
    {1531920, "XFS (nvme0n1p1): Ending clean mount"                                                                                 },
    {2140277, "ena 0000:00:05.0: Elastic Network Adapter (ENA) v2.12.3g"                                                            },
    {2611004, "audit: type=1305 audit: audit_pid set"                                                                               },
};

static void write_boot(const struct evidence_task *task, struct server *server)
{
    AUTO(str_drop) struct str boot = {0}, dmesg = {0};

    for (size_t i = 0; i < COUNT(started); i++)
        str_addf(&boot, "[  OK  ] Started %s.\n", started[i]);
    for (size_t i = 0; i < COUNT(kernel_lines); i++)
        str_addf(&dmesg, "[%5d.%06d] %s\n", kernel_lines[i].us / 1000000, kernel_lines[i].us % 1000000, kernel_lines[i].says);
    host_put(task, server, "/var/log/boot.log", &boot, 0600, 0, 0, server->booted_ms + 9300);
    host_put(task, server, "/var/log/dmesg", &dmesg, 0644, 0, 0, server->booted_ms + 4300);
}

bool host_write_past(const struct evidence_task *task, struct err *e)
{
    (void)e;
    if (task->first > 0)
        return true;
    for (struct server *server = task->w->servers; server; server = server->next) {
        const struct file *conf = tree_find(&server->tree, "/etc/httpd/conf/httpd.conf");
        if (conf && conf->mtime_ms > 0)
            write_set_up(task, server, conf->mtime_ms);
        if (server->booted_ms > 0)
            write_boot(task, server);
    }
    return true;
}
