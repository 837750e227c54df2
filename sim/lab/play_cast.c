/* SPDX-License-Identifier: MIT */
/*
 * The cast as the outside world sees it: an address in the person's network, one client of the right kind, and, once
 * there is an account, a user with keys. Each is drawn from a stream of its own.
 */
#include "sim/lab/playing.h"

const struct member *play_member(const struct play *p, const char *person)
{
    for (size_t i = 0; i < p->n_cast; i++)
        if (text_same(p->cast[i].person->name, person))
            return &p->cast[i];
    return NULL;
}

const struct member *play_student(const struct play *p)
{
    for (size_t i = 0; i < p->n_cast; i++)
        if (p->cast[i].person->student)
            return &p->cast[i];
    return NULL;
}

/* ---- addresses ---- */

char *place_cidr(struct play *p, const char *place, struct err *e)
{
    const void *item = NULL;
    AUTO(str_drop) struct str text = {0};
    scenario_name(p->scenario, place, &item);
    const struct place *found = item;
    if (!scenario_expand(found->cidr.text, play_lookup, p, &text, e))
        return NULL;
    return arena_dup(&p->world.arena, str_text(&text));
}

/* Never the first or the last of a network; a network of one is that address. */
static const char *address_within(struct arena *arena, struct chance *c, const struct cidr *net)
{
    uint32_t base = 0, host = 0;
    for (int i = 0; i < 4; i++)
        base = base << 8 | net->addr[i];
    if (net->bits < 31) {
        base &= ~(uint32_t)0 << (32 - net->bits);
        host = 1 + (uint32_t)chance_below(c, (UINT64_C(1) << (32 - net->bits)) - 2);
    }
    uint32_t ip = base + host;
    return arena_printf(arena, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

static bool address_taken(const struct play *p, size_t n, const char *ip)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(p->cast[i].from.ip, ip))
            return true;
    return false;
}

/* An address in the place that is none of the first n of the cast. NULL: the place is no network, and the text says where. */
static const char *draw_address(struct play *p, const char *place, struct src_pos at, struct chance *c, size_t n, struct err *e)
{
    struct cidr net;
    const char *cidr = place_cidr(p, place, e), *ip = NULL;
    if (!cidr) {
        err_wrap(e, "%s:%u:%u: place \"%s\"", at.file, at.line, at.col, place);
        return NULL;
    }
    if (!cidr_parse(cidr, &net) || net.family != 4) {
        err_set(e, "%s:%u:%u: place \"%s\": expected an IPv4 network, got \"%s\"", at.file, at.line, at.col, place, cidr);
        return NULL;
    }
    unsigned tries = 0;
    do
        ip = address_within(&p->world.arena, c, &net);
    while (net.bits < 31 && address_taken(p, n, ip) && ++tries < 64);
    return ip;
}

/* ---- clients ---- */

static const char *draw_agent(struct chance c, const char *client)
{
    const struct client *kind = client_find(client);
    size_t n = 0;
    while (kind->agents[n])
        n++;
    return kind->agents[chance_below(&c, n)];
}

/* Who has no part in everyday life takes a program that somebody there has, too, if they share a client: nobody is to be
 * known by a version number alone. */
static const char *common_agent(const struct play *p, struct chance c, const char *client)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_cast; i++)
        n += p->cast[i].person->habit && text_same(p->cast[i].person->client, client);
    size_t chosen = n ? chance_below(&c, n) : 0;
    for (size_t i = 0; n && i < p->n_cast; i++)
        if (p->cast[i].person->habit && text_same(p->cast[i].person->client, client) && chosen-- == 0)
            return p->cast[i].from.agent;
    return draw_agent(c, client);
}

bool cast_draw(struct play *p, struct err *e)
{
    const struct person *person = p->scenario->cast.items;
    p->cast = arena_alloc(&p->world.arena, (p->scenario->cast.n + 1) * sizeof(*p->cast));
    for (size_t i = 0; i < p->scenario->cast.n; i++) {
        p->cast[i].person = &person[i];
        struct chance c = chance_of(&p->seed, "cast/%s/address", person[i].name);
        p->cast[i].from.ip = draw_address(p, person[i].place, person[i].at, &c, i, e);
        if (!p->cast[i].from.ip)
            return false;
        p->cast[i].from.agent =
            draw_agent(chance_of(&p->seed, "cast/%s/client/%s", person[i].name, person[i].client), person[i].client);
        p->cast[i].from.tls13 = !client_find(person[i].client)->console;
        p->n_cast++;
    }
    for (size_t i = 0; i < p->n_cast; i++)
        if (!person[i].habit)
            p->cast[i].from.agent =
                common_agent(p, chance_of(&p->seed, "cast/%s/client/%s", person[i].name, person[i].client), person[i].client);
    return true;
}

void cast_meet_account(struct play *p)
{
    for (size_t i = 0; i < p->n_cast; i++) {
        struct member *m = &p->cast[i];
        const struct user *user = m->person->user ? find_user(&p->world, m->person->user) : NULL;
        m->who = (struct principal){.kind = user ? PRINCIPAL_USER : PRINCIPAL_ANONYMOUS, .name = m->person->user};
        if (user && user->keys) {
            m->access_key_id = m->who.access_key_id = user->keys->id;
            m->secret = user->keys->secret;
        }
        if (user && user->has_login_profile)
            m->password = user->password;
    }
}

const struct member *member_of_step(struct play *p, const struct step *step, struct err *e)
{
    const struct member *usual = play_member(p, step->as);
    if (!step->place || text_same(step->place, usual->person->place))
        return usual;
    struct member *there = arena_alloc(&p->world.arena, sizeof(*there));
    struct chance c = chance_of(&p->seed, "cast/%s/at/%s/address", step->as, step->place);
    *there = *usual;
    there->from.ip = draw_address(p, step->place, step->at, &c, p->n_cast, e);
    there->from.agent =
        common_agent(p, chance_of(&p->seed, "cast/%s/at/%s/client", step->as, step->place), usual->person->client);
    return there->from.ip ? there : NULL;
}

struct origin member_origin(struct arena *arena, const struct member *m, const char *client, const char *op)
{
    static const char browser[] = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                                  "Chrome/141.0.0.0 Safari/537.36";
    struct origin from = m->from;
    const struct client *kind = client_find(client ? client : m->person->client);
    const struct client *other = client && !text_same(client, m->person->client) ? kind : NULL;
    const struct service *service = NULL;
    if (other) {
        from.agent = other->agents[0];
        from.tls13 = !other->console;
    }
    catalog_find(&lab_catalog, op, &service);
    if (text_same(op, "signin:ConsoleLogin"))
        from.agent = browser;
    else if (service && kind && kind->console)
        from.agent = service->console_agent;
    from.agent = client_agent(arena, from.agent, op);
    return from;
}

struct origin step_origin(struct play *p, const struct member *m, const char *as, const char *client, const char *op)
{
    struct origin from = member_origin(&p->world.arena, m, client, op);
    if (client && !text_same(client, m->person->client) && !client_find(client)->console)
        from.agent =
            client_agent(&p->world.arena, common_agent(p, chance_of(&p->seed, "cast/%s/client/%s", as, client), client), op);
    return from;
}

struct principal member_principal(const struct member *m, const char *client, const struct sign_in *console)
{
    const struct client *kind = client_find(client ? client : m->person->client);
    struct principal who = m->who;
    if (kind && kind->console && console && console->key) {
        who.access_key_id = console->key;
        who.session_start_ms = console->time_ms / 1000 * 1000;
        who.mfa = m->person->mfa;
        who.console = true;
    }
    return who;
}
