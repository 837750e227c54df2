/* SPDX-License-Identifier: MIT */
/* Who is answered by an instance's metadata, and who is not. */
#include "sim/shell/parts.h"
#include "tests/unit/lab_plays.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW INT64_C(1760000000000)
#define ID "GET /latest/meta-data/instance-id HTTP/1.1\r\n"

/* The status of the reply, or of what comes of it with a token got beforehand. */
static int status_of(const struct metadata *m, const char *head, int64_t now_ms, struct str *reply)
{
    str_clear(reply);
    metadata_answer(m, head, now_ms, reply);
    const char *space = strchr(str_text(reply), ' ');
    return space ? atoi(space) : 0;
}

static int with_token(const struct metadata *m, const char *token, int64_t now_ms)
{
    AUTO(str_drop) struct str head = {0}, reply = {0};
    str_addf(&head, ID "X-aws-ec2-metadata-token: %s\r\n\r\n", token);
    return status_of(m, str_text(&head), now_ms, &reply);
}

static void asked(void)
{
    static const struct shell_house house = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    AUTO(str_drop) struct str reply = {0};
    struct play p = {0};
    struct metadata m;
    if (!play_of("tests/data/roles", &alone, &p, &s))
        return;
    struct instance *i = p.world.account.instances;
    const struct server server = {.name = "box", .hostname = "box", .public_key = "", .instance = i};
    i->tokens_required = i->metadata_off = false;
    metadata_begin(&m, &p.world, &server, &house);
    CU_ASSERT_EQUAL(status_of(&m, ID "\r\n", NOW, &reply), 200);
    CU_ASSERT(text_ends(str_text(&reply), i->id));
    CU_ASSERT_EQUAL(with_token(&m, "made-up", NOW), 401);
    i->tokens_required = true;
    metadata_begin(&m, &p.world, &server, &house);
    CU_ASSERT_EQUAL(status_of(&m, ID "\r\n", NOW, &reply), 401);
    const char *put = "PUT /latest/api/token HTTP/1.1\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n";
    CU_ASSERT_EQUAL(status_of(&m, put, NOW, &reply), 200);
    const char *body = strstr(str_text(&reply), "\r\n\r\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    CU_ASSERT_EQUAL(with_token(&m, body + 4, NOW + 59000), 200);
    CU_ASSERT_EQUAL(with_token(&m, body + 4, NOW + 61000), 401);
    i->metadata_off = true;
    metadata_begin(&m, &p.world, &server, &house);
    CU_ASSERT_EQUAL(with_token(&m, body + 4, NOW), 403);
    CU_ASSERT_EQUAL(status_of(&m, put, NOW, &reply), 403);
    play_drop(&p);
}

/* Who sits at the door is relieved when what is told has changed, and only then. */
static void changed(void)
{
    static const struct shell_house house = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    struct play p = {0};
    struct metadata m;
    uint8_t first[32], now[32];
    if (!play_of("tests/data/roles", &alone, &p, &s))
        return;
    struct instance *i = p.world.account.instances, was = *i;
    const struct server server = {.name = "box", .hostname = "box", .public_key = "", .instance = i};
    struct instance others[] = {was, was, was, was, was};
    others[1].tokens_required = !was.tokens_required;
    others[2].metadata_off = !was.metadata_off;
    others[3].profile_role = was.profile_role ? NULL : "shop";
    others[4].public_ip = "203.0.113.77";
    metadata_begin(&m, &p.world, &server, &house);
    metadata_print(&m, first);
    for (size_t k = 0; k < COUNT(others); k++) {
        *i = others[k];
        metadata_begin(&m, &p.world, &server, &house);
        metadata_print(&m, now);
        CU_ASSERT_EQUAL(memcmp(first, now, sizeof(now)) != 0, k > 0);
    }
    *i = was;
    play_drop(&p);
}

/* The keeper takes no notice of SIGTERM, and relieves whom it has just begun. */
static void relieved_at_once(void)
{
    void (*was)(int) = signal(SIGTERM, SIG_IGN);
    pid_t pid = doors_attend(NULL, NULL, (const int[DOORS]){-1, -1});
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    CU_ASSERT_FATAL(pid > 0 && end.fd >= 0);
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(poll(&end, 1, 20000), 1);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(end.fd);
    signal(SIGTERM, was);
}

CU_TestInfo shell_metadata_tests[] = {
    {"with a token, without, not at all", asked           },
    {"what it tells has changed",         changed         },
    {"relieved at once",                  relieved_at_once},
    CU_TEST_INFO_NULL,
};
