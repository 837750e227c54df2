/* SPDX-License-Identifier: MIT */
/*
 * The boot as the logs tell it: kernel, systemd, cloud-init, the daemons; audit's rules; the first records of wtmp.
 * Facts: /var/log/messages and audit.log of Amazon Linux 2 instances (systemd 219, kernel 4.14, SELinux off).
 */
#include "sim/evidence/host_traces.h"

#include <string.h>

/* ---- who started with which pid: what the journal says about a daemon's first stop, else its pid now ---- */

static int first_stop(const json_t *program, const char *unit)
{
    const json_t *service;
    size_t i;

    json_array_foreach(json_object_get(program, "services"), i,
                       service) if (text_same(json_str(service, "unit"), unit) &&
                                    text_same(json_str(service, "does"), "stop")) return (int)json_int_or(service, "old_pid",
                                                                                                          0);
    return 0;
}

static int pid_at_boot(struct traces *t, const char *unit)
{
    const struct journal *journal = &t->task->w->journal;
    const struct daemon *daemon = find_daemon(t->server, unit);

    for (size_t i = 0; i < journal->n; i++) {
        const json_t *programs = json_object_get(journal->list[i]->response, "programs");
        for (size_t p = 0; text_same(journal->list[i]->on, t->server->name) && p < json_array_size(programs); p++) {
            int pid = first_stop(json_array_get(programs, p), unit);
            if (pid > 0)
                return pid;
        }
    }
    return daemon && daemon->pid > 0 ? daemon->pid : 2000;
}

/* ---- messages, secure, cron ---- */

static const struct boot_line {
    int ms; /* after the boot */
    enum channel to;
    const char *tag, *unit; /* unit: whose pid stands behind the tag; NULL = none */
    const char *says;       /* $host, $ip */
} boot_lines[] = {
    {2000,  TO_MESSAGES, "kernel",     NULL,
     "Linux version " HOST_KERNEL " (mockbuild@ip-10-0-49-70) (gcc version 7.3.1 20180712 "
     "(Red Hat 7.3.1-17) (GCC)) #1 SMP"                                                                               },
    {2000,  TO_MESSAGES, "kernel",     NULL,
     "Command line: BOOT_IMAGE=/boot/vmlinuz-" HOST_KERNEL " root=UUID=c8bd9ac1-4c6d-4dd5-8f9b-"
     "bd1c6aa5a8b1 ro console=tty0 console=ttyS0,115200n8 net.ifnames=0 biosdevname=0 "
     "nvme_core.io_timeout=4294967295 rd.emergency=poweroff rd.shell=0"                                               },
    {2000,  TO_MESSAGES, "kernel",     NULL,      "DMI: Amazon EC2 t3.micro/, BIOS 1.0 10/16/2017"                    },
    {2000,  TO_MESSAGES, "kernel",     NULL,      "Hypervisor detected: KVM"                                          },
    {2001,  TO_MESSAGES, "kernel",     NULL,      "Memory: 957456K/1015808K available"                                },
    {2001,  TO_MESSAGES, "kernel",     NULL,
     "smpboot: CPU0: Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz (family: 0x6, model: 0x55, "
     "stepping: 0x7)"                                                                                                 },
    {2001,  TO_MESSAGES, "kernel",     NULL,      "audit: initializing netlink subsys (disabled)"                     },
    {2002,  TO_MESSAGES, "kernel",     NULL,      "nvme0n1: p1 p128"                                                  },
    {2002,  TO_MESSAGES, "kernel",     NULL,      "XFS (nvme0n1p1): Mounting V5 Filesystem"                           },
    {2002,  TO_MESSAGES, "kernel",     NULL,      "XFS (nvme0n1p1): Ending clean mount"                               },
    {2002,  TO_MESSAGES, "kernel",     NULL,      "ena 0000:00:05.0: Elastic Network Adapter (ENA) v2.12.3g"          },
    {2100,  TO_MESSAGES, "systemd",    NULL,
     "systemd 219 running in system mode. (+PAM +AUDIT +SELINUX +IMA -APPARMOR +SMACK +SYSVINIT "
     "+UTMP +LIBCRYPTSETUP +GCRYPT +GNUTLS +ACL +XZ +LZ4 -SECCOMP +BLKID +ELFUTILS +KMOD +IDN)"                       },
    {2100,  TO_MESSAGES, "systemd",    NULL,      "Detected virtualization kvm."                                      },
    {2100,  TO_MESSAGES, "systemd",    NULL,      "Detected architecture x86-64."                                     },
    {2600,  TO_MESSAGES, "systemd",    NULL,      "Starting Security Auditing Service..."                             },
    {2700,  TO_MESSAGES, "systemd",    NULL,      "Started Security Auditing Service."                                },
    {4100,  TO_MESSAGES, "systemd",    NULL,      "Starting NTP client/server..."                                     },
    {4150,  TO_MESSAGES, "systemd",    NULL,      "Starting Login Service..."                                         },
    {4200,  TO_MESSAGES, "systemd",    NULL,      "Started NTP client/server."                                        },
    {4250,  TO_MESSAGES, "systemd",    NULL,      "Started Login Service."                                            },
    {4700,  TO_MESSAGES, "systemd",    NULL,      "Started Initial cloud-init job (pre-networking)."                  },
    {4900,  TO_MESSAGES, "systemd",    NULL,      "Starting LSB: Bring up/down networking..."                         },
    {7300,  TO_MESSAGES, "systemd",    NULL,      "Started LSB: Bring up/down networking."                            },
    {7300,  TO_MESSAGES, "systemd",    NULL,      "Reached target Network."                                           },
    {7900,  TO_MESSAGES, "cloud-init", NULL,      "ci-info: |  eth0  | True |  $ip  |"                                },
    {8300,  TO_MESSAGES, "systemd",    NULL,      "Started Initial cloud-init job (metadata service crawler)."        },
    {8500,  TO_MESSAGES, "systemd",    NULL,      "Starting OpenSSH server daemon..."                                 },
    {8520,  TO_SECURE,   "sshd",       "sshd",    "Server listening on 0.0.0.0 port 22."                              },
    {8520,  TO_SECURE,   "sshd",       "sshd",    "Server listening on :: port 22."                                   },
    {8540,  TO_MESSAGES, "systemd",    NULL,      "Started OpenSSH server daemon."                                    },
    {8600,  TO_MESSAGES, "systemd",    NULL,      "Starting System Logging Service..."                                },
    {8640,  TO_MESSAGES, "rsyslogd",   NULL,
     "[origin software=\"rsyslogd\" swVersion=\"8.24.0-57.amzn2.2.0.2\" x-info="
     "\"http://www.rsyslog.com\"] start"                                                                              },
    {8660,  TO_MESSAGES, "systemd",    NULL,      "Started System Logging Service."                                   },
    {8700,  TO_MESSAGES, "systemd",    NULL,      "Started Command Scheduler."                                        },
    {8710,  TO_CRON,     "crond",      "crond",   "(CRON) INFO (RANDOM_DELAY will be scaled with factor 42% if used.)"},
    {8720,  TO_CRON,     "crond",      "crond",   "(CRON) INFO (running with inotify support)"                        },
    {8800,  TO_MESSAGES, "systemd",    NULL,      "Starting The Apache HTTP Server..."                                },
    {8990,  TO_MESSAGES, "systemd",    NULL,      "Started The Apache HTTP Server."                                   },
    {9100,  TO_MESSAGES, "systemd",    NULL,      "Started amazon-ssm-agent."                                         },
    {9300,  TO_MESSAGES, "systemd",    NULL,      "Reached target Multi-User System."                                 },
    {9800,  TO_MESSAGES, "systemd",    NULL,
     "Startup finished in 1.214s (kernel) + 1.371s (initrd) + 7.203s (userspace) = 9.790s."                           },
    {13700, TO_MESSAGES, "chronyd",    "chronyd", "Selected source 169.254.169.123"                                   },
};

static const char *filled(struct traces *t, const char *says)
{
    const char *at = strstr(says, "$ip");

    if (!at)
        return says;
    return arena_printf(&t->arena, "%.*s%s%s", (int)(at - says), says,
                        t->server->instance ? t->server->instance->private_ip : "10.0.0.10", at + 3);
}

static void lines_of_boot(struct traces *t, int64_t boot)
{
    for (size_t i = 0; i < COUNT(boot_lines); i++) {
        const struct boot_line *line = &boot_lines[i];
        trace_syslog(t, line->to, boot + line->ms, line->tag, line->unit ? pid_at_boot(t, line->unit) : 0, "%s",
                     filled(t, line->says));
    }
}

/* ---- audit ---- */

static void rules_loaded(struct traces *t, int64_t ms)
{
    for (size_t i = 0; i < t->n_watches; i++) {
        AUTO(str_drop) struct str out = {0};
        str_add(&out, "CONFIG_CHANGE auid=4294967295 ses=4294967295 op=add_rule key=");
        if (t->watches[i].key)
            audit_value(&out, t->watches[i].key, strlen(t->watches[i].key));
        else
            str_add(&out, "(null)");
        str_add(&out, " list=4 res=1\n");
        audit_event(t, ms, &out);
    }
}

static void audit_of_boot(struct traces *t, int64_t boot)
{
    static const struct {
        int ms;
        const char *unit;
    } units[] = {
        {2700, "auditd"          },
        {4200, "chronyd"         },
        {4250, "systemd-logind"  },
        {4700, "cloud-init-local"},
        {7300, "network"         },
        {8300, "cloud-init"      },
        {8540, "sshd"            },
        {8660, "rsyslog"         },
        {8700, "crond"           },
        {8990, "httpd"           },
        {9100, "amazon-ssm-agent"},
    };
    struct actor utmp = ACTOR_UNSET(pid_at_boot(t, "auditd") + 23), systemd = ACTOR_UNSET(1);
    AUTO(str_drop) struct str start = {0}, limit = {0};

    str_addf(&start,
             "DAEMON_START op=start ver=2.8.1 format=raw kernel=" HOST_KERNEL
             " auid=4294967295 pid=%d uid=0 ses=4294967295 res=success\n",
             pid_at_boot(t, "auditd"));
    audit_event(t, boot + 2640, &start);
    str_add(&limit, "CONFIG_CHANGE audit_backlog_limit=8192 old=64 auid=4294967295 ses=4294967295 res=1\n");
    audit_event(t, boot + 2650, &limit);
    rules_loaded(t, boot + 2652);
    audit_user(
        t, boot + 2690, "SYSTEM_BOOT", &utmp,
        " comm=\"systemd-update-utmp\" exe=\"/usr/lib/systemd/systemd-update-utmp\" hostname=? addr=? terminal=? res=success");
    for (size_t i = 0; i < COUNT(units); i++)
        audit_user(t, boot + units[i].ms, "SERVICE_START", &systemd,
                   "unit=%s comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=success",
                   units[i].unit);
    audit_user(
        t, boot + 9400, "SYSTEM_RUNLEVEL", &utmp,
        "old-level=N new-level=3 comm=\"systemd-update-utmp\" exe=\"/usr/lib/systemd/systemd-update-utmp\" hostname=? addr=? "
        "terminal=? res=success");
}

/* ---- wtmp ---- */

/* When the instance was launched long before, it has booted before, and was shut down for this boot. */
static void utmp_of_first_boot(struct traces *t, int64_t launched)
{
    struct utmp_record r = {.type = UTMP_BOOT, .line = "~", .id = "~~", .user = "reboot", .host = HOST_KERNEL};

    r.time_us = (launched + 36690) * 1000 + 114;
    trace_utmp(t, TO_WTMP, launched + 36690, &r);
    r.type = UTMP_RUN_LEVEL;
    r.pid = '3';
    snprintf(r.user, sizeof(r.user), "runlevel");
    r.time_us = (launched + 43400) * 1000 + 904;
    trace_utmp(t, TO_WTMP, launched + 43400, &r);
    r.pid = 0;
    snprintf(r.user, sizeof(r.user), "shutdown");
    r.time_us = (t->server->booted_ms - 9300) * 1000 + 207;
    trace_utmp(t, TO_WTMP, t->server->booted_ms - 9300, &r);
}

static void utmp_of_boot(struct traces *t, int64_t boot)
{
    static const struct {
        const char *line, *id;
        int pid;
    } consoles[] = {
        {"ttyS0", "tyS0", 3101},
        {"tty1",  "tty1", 3102}
    };
    struct utmp_record r = {.type = UTMP_BOOT, .line = "~", .id = "~~", .user = "reboot", .host = HOST_KERNEL};

    r.time_us = (boot + 2690) * 1000 + 214;
    trace_utmp(t, TO_WTMP, boot + 2690, &r);
    r.type = UTMP_RUN_LEVEL;
    r.pid = '3';
    snprintf(r.user, sizeof(r.user), "runlevel");
    r.time_us = (boot + 9400) * 1000 + 871;
    trace_utmp(t, TO_WTMP, boot + 9400, &r);
    for (size_t i = 0; i < COUNT(consoles); i++) {
        struct utmp_record getty = {.type = UTMP_LOGIN, .user = "LOGIN"};
        getty.pid = getty.session = pid_titled(t->server, "agetty", consoles[i].line, consoles[i].pid);
        snprintf(getty.line, sizeof(getty.line), "%s", consoles[i].line);
        snprintf(getty.id, sizeof(getty.id), "%s", consoles[i].id);
        getty.time_us = (boot + 8740 + (int64_t)i) * 1000 + 33;
        trace_utmp(t, TO_WTMP, boot + 8740 + (int64_t)i, &getty);
    }
}

void traces_of_boot(struct traces *t)
{
    int64_t boot = t->server->booted_ms;
    const struct instance *instance = t->server->instance;

    if (boot <= 0)
        return;
    lines_of_boot(t, boot);
    audit_of_boot(t, boot);
    if (instance && instance->launched_ms > 0 && instance->launched_ms + 3600000 < boot)
        utmp_of_first_boot(t, instance->launched_ms / 1000 * 1000);
    utmp_of_boot(t, boot);
    if (find_daemon(t->server, "httpd"))
        trace_httpd_start(t, boot + 8960, pid_at_boot(t, "httpd"));
    traces_of_agent_start(t, boot + 9150);
}
