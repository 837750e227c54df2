/* SPDX-License-Identifier: MIT */
/* httpd's error_log: its starts and stops (Apache 2.4, prefork as Amazon Linux 2's default). */
#include "sim/evidence/host_traces.h"

/* "[Wed Oct 15 17:20:01.118203 2025]" */
static const char *stamp(struct traces *t, int64_t ms, int us)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct civil c = civil_from_ms(ms);

    return arena_printf(&t->arena, "[%s %s.%03d%03d %d]", days[c.weekday], arena_time(&t->arena, ms, "%b %d %H:%M:%S"), c.ms,
                        us, c.year);
}

void trace_httpd_start(struct traces *t, int64_t ms, int pid)
{
    trace_line(t, TO_HTTPD_ERRORS, ms + 14,
               "%s [mpm_prefork:notice] [pid %d] AH00163: Apache/2.4.62 () configured -- resuming normal operations",
               stamp(t, ms + 14, 655), pid);
    trace_line(t, TO_HTTPD_ERRORS, ms + 14, "%s [core:notice] [pid %d] AH00094: Command line: '/usr/sbin/httpd -D FOREGROUND'",
               stamp(t, ms + 14, 671), pid);
}

void trace_httpd_stop(struct traces *t, int64_t ms, int pid)
{
    trace_line(t, TO_HTTPD_ERRORS, ms, "%s [mpm_prefork:notice] [pid %d] AH00170: caught SIGWINCH, shutting down gracefully",
               stamp(t, ms, 29), pid);
}

void trace_httpd_reload(struct traces *t, int64_t ms, int pid)
{
    trace_line(t, TO_HTTPD_ERRORS, ms, "%s [mpm_prefork:notice] [pid %d] AH00171: Graceful restart requested, doing restart",
               stamp(t, ms, 803), pid);
    trace_httpd_start(t, ms + 6, pid);
}

void trace_httpd_error(struct traces *t, int64_t ms, int pid, const char *says)
{
    trace_line(t, TO_HTTPD_ERRORS, ms, "%s [core:error] [pid %d] %s", stamp(t, ms, (int)(ms % 7919 * 31 % 1000)), pid, says);
}
