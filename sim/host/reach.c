/* SPDX-License-Identifier: MIT */
/* Who gets through to a server: what its security groups let in (EC2 user guide, "Security group rules"). */
#include "sim/host/host.h"

#include <string.h>

static bool lets_in(const struct sg_rule *rule, const char *addr, int port)
{
    bool all = strcmp(rule->protocol, "-1") == 0;
    if (rule->egress || (!all && (strcmp(rule->protocol, "tcp") != 0 || port < rule->from_port || port > rule->to_port)))
        return false;
    return (rule->cidr4 && ip_in(addr, rule->cidr4)) || (rule->cidr6 && ip_in(addr, rule->cidr6));
}

bool host_reachable(const struct instance *instance, const char *addr, int port)
{
    if (strcmp(instance->state, "running") != 0)
        return false;
    for (size_t i = 0; i < instance->n_groups; i++)
        for (const struct sg_rule *rule = instance->groups[i]->rules; rule; rule = rule->next)
            if (lets_in(rule, addr, port))
                return true;
    return false;
}
