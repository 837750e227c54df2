/* SPDX-License-Identifier: MIT */
/* Addresses to come from. Only networks that exist for documentation (RFC 5737): nobody real is ever accused. */
#include "sim/background/habits.h"

static const char *const nets[] = {"192.0.2", "198.51.100", "203.0.113"};

static bool belongs_to_somebody(const struct background_plan *plan, const char *ip)
{
    for (size_t i = 0; i < plan->n_avoid; i++)
        if (plan->avoid[i] && ip_in(ip, plan->avoid[i]))
            return true;
    for (size_t i = 0; i < plan->n_people; i++)
        if (text_same(ip, plan->people[i].from.ip) || (plan->people[i].place && ip_in(ip, plan->people[i].place)))
            return true;
    return false;
}

const char *address_elsewhere(struct arena *arena, struct chance *c, const struct background_plan *plan, bool odd)
{
    const char *ip = NULL;

    for (int tries = 0; tries < 64; tries++) {
        const char *net = nets[chance_below(c, COUNT(nets))];
        unsigned host = (unsigned)chance_between(c, 1, 126) * 2 + (odd ? 1 : 0);
        ip = arena_printf(arena, "%s.%u", net, host);
        if (!belongs_to_somebody(plan, ip))
            return ip;
    }
    return NULL; /* the scenario lives in nearly all of them */
}

const char *address_within(struct arena *arena, struct chance *c, const char *cidr)
{
    struct cidr net;
    uint32_t addr = 0;

    if (!cidr_parse(cidr, &net) || net.family != 4)
        return NULL;
    for (int i = 0; i < 4; i++)
        addr = addr << 8 | net.addr[i];
    if (net.bits < 31) { /* neither the network's own address nor the broadcast */
        uint32_t hosts = net.bits ? (1u << (32 - net.bits)) - 1 : UINT32_MAX;
        addr = (addr & ~hosts) + (uint32_t)chance_between(c, 1, (int64_t)hosts - 1);
    }
    return arena_printf(arena, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 255, addr >> 8 & 255, addr & 255);
}
