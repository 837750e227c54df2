/* SPDX-License-Identifier: MIT */
/* The artifacts, one row each, in the order in which they are written. */
#include "sim/evidence/writers.h"

#include "sim/evidence/cloudtrail.h"

const struct writer evidence_writers[] = {
    {"event-history",  "account/event-history.json: management events of 90 days, as LookupEvents returns them", false,
     history_write                                                                                                                        },
    {"cloudtrail",     "s3/<bucket>/AWSLogs/...: the trails' log files and digests",                             false, cloudtrail_write  },
    {"server-past",    "what setting up and the last boot left: yum.log, boot.log, dmesg",                       true,  host_write_past   },
    {"server-logs",    "the daemons' logs below /var/log, wtmp, btmp, utmp, lastlog",                            true,  host_write_logs   },
    {"server-history", ".bash_history of shells that have ended",                                                true,  host_write_history},
    {"server-scripts", "scripts that SSM ran, as the agent keeps them below /var/lib/amazon/ssm",                true,  host_write_scripts},
    {"server-views",   "server/NAME/: ps, ss, who, w and uptime at the end",                                     true,  host_write_views  },
    {NULL,             NULL,                                                                                     false, NULL              }, /* the end */
};

static bool run_writers(const struct evidence_task *asked, bool host, struct err *e)
{
    AUTO(account_plan_drop) struct account_plan shared = {0};
    struct evidence_task with = *asked;
    const struct evidence_task *task = &with;
    with.shared = &shared;
    for (const struct writer *writer = evidence_writers; writer->name; writer++)
        if (writer->host == host && !writer->write(task, e))
            return err_wrap(e, "%s", writer->name);
    return true;
}

bool evidence_write_account(const struct evidence_task *task, struct err *e)
{
    return run_writers(task, false, e);
}

bool evidence_write_servers(const struct evidence_task *task, struct err *e)
{
    return run_writers(task, true, e);
}
