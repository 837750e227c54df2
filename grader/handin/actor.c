/* SPDX-License-Identifier: MIT */
/*
 * Who can have taken a step that stands in a student's journal. The world asks root and services for no permission, and what is
 * signed was looked at where it arrived: so whoever writes his own lines must not be either, nor act in a session that he never
 * got. To act as somebody else of the account is another matter: `call --as` does it, and the report says so.
 */
#include "grader/handin/unfolding.h"

#include "sim/base/services.h"

/* The credentials of an instance's role, as its metadata hands them out. */
static bool is_of_instance(const struct world *w, const struct entry *entry)
{
    const struct instance *i = find_instance(w, json_str(entry->asked, "roleSessionName"));
    const struct role *role = i && i->profile_role ? find_role(w, i->profile_role) : NULL;
    return role && text_same(role->arn, json_str(entry->asked, "roleArn"));
}

static const char *not_a_service(const struct world *w, const struct entry *entry)
{
    bool metadata = text_same(entry->who.name, SERVICE_EC2) && text_same(entry->op, "sts:AssumeRole");
    bool query = text_same(entry->who.name, SERVICE_ATHENA) && text_starts(entry->op, "query:");
    return query || (metadata && is_of_instance(w, entry)) ? NULL : "no service does that of itself";
}

/* What STS gave out; of a bundle, whose student knows nobody's secrets, since it was handed out. */
static const char *not_given_out(const struct unfolding *o, const struct principal *who)
{
    const struct session_key *key = find_session_key(&o->s->lab.world, who->access_key_id);
    bool handed_out = o->claim->live || o->claim->seed;
    if (!key || key->who.kind != who->kind || !text_same(key->who.name, who->name) ||
        !text_same(key->who.session_name, who->session_name) || key->who.mfa != who->mfa ||
        (who->delivery && !text_same(key->who.delivery, who->delivery)))
        return "nobody was given these temporary credentials";
    return handed_out || key->who.session_start_ms >= o->s->lab.until_ms ? NULL : "these temporary credentials are not yours";
}

/* An own session: of the student's login, or begun since the lab was handed out. The lab itself notes changed files as root. */
static const char *not_logged_in(const struct unfolding *o, const struct entry *entry)
{
    const struct server *server = find_server(&o->s->lab.world, entry->on);
    const struct os_session *s = server && entry->who.os_session ? find_session(server, entry->who.os_session) : NULL;
    if (!entry->who.os_session)
        return text_starts(entry->op, "disk:") ? NULL : "nobody is on a server without a session";
    bool own = !s || o->claim->live || text_same(s->user, server->login_user) || s->started_ms >= o->s->lab.until_ms;
    return own ? NULL : "it is somebody else's session";
}

const char *actor_impossible(const struct unfolding *o, const struct entry *entry)
{
    const struct principal *who = &entry->who;
    bool temporary = who->access_key_id && text_starts(who->access_key_id, "ASIA");
    if (entry->cause || entry->stream) /* caused ones are compared; a live one's story, too, when all is played */
        return NULL;
    if (who->invoked_by)
        return "no service calls for you here";
    switch (who->kind) {
    case PRINCIPAL_ROOT: return "nobody signs in as root";
    case PRINCIPAL_SERVICE: return not_a_service(&o->s->lab.world, entry);
    case PRINCIPAL_ROLE: return not_given_out(o, who);
    case PRINCIPAL_USER: return !who->console && (temporary || who->mfa) ? not_given_out(o, who) : NULL;
    case PRINCIPAL_OS: return not_logged_in(o, entry);
    case PRINCIPAL_ANONYMOUS: return NULL;
    }
    return NULL;
}
