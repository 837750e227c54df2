/* SPDX-License-Identifier: MIT */
/* cafelab call: one operation as the student, without any AWS tool. */
#include "grader/pace.h"
#include "sim/cli/served.h"
#include "sim/lab/lab.h"

#include <string.h>
#include <unistd.h>

#define MOST_INPUT (1u << 20)

static bool read_input(struct str *text, struct err *e)
{
    size_t n;
    do {
        char *to = str_reserve(text, 4096);
        n = fread(to, 1, 4096, stdin);
        text->len += n;
        to[n] = 0;
    } while (n && text->len <= MOST_INPUT);
    if (ferror(stdin))
        return err_set(e, "read standard input: %m");
    return text->len <= MOST_INPUT || err_set(e, "standard input: more than %u KiB", MOST_INPUT >> 10);
}

/* The parameters: an object, from the command line or "-", standard input. */
static json_t *read_params(const char *typed, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    if (!typed)
        return json_object();
    if (text_same(typed, "-") && !read_input(&text, e))
        return NULL;
    const char *s = text_same(typed, "-") ? str_text(&text) : typed;
    json_t *params = json_read(s, strlen(s), e);
    if (params && !json_is_object(params)) {
        err_set(e, "expected an object such as {\"userName\": \"frank\"}");
        json_decref(params);
        params = NULL;
    }
    if (!params)
        err_wrap(e, "parameters");
    return params;
}

/* As the AWS CLI words a refusal; a command on a server speaks for itself. */
static int print_outcome(const char *op, const struct outcome *out)
{
    if (out->error_code) {
        AUTO(str_drop) struct str line = {0};
        str_add_log(&line, out->error_message);
        fprintf(stderr, "An error occurred (%s) when calling the %s operation: %s\n", out->error_code, strchr(op, ':') + 1,
                str_text(&line));
        return EXIT_FINDINGS;
    }
    if (out->reply)
        print_json(out->reply);
    return EXIT_GOOD;
}

/* What a command printed, as it printed it. */
static int print_command(const struct outcome *out)
{
    fputs(json_str_or(out->reply, "stdout", ""), stdout);
    fflush(stdout);
    fputs(json_str_or(out->reply, "stderr", ""), stderr);
    return json_int_or(out->reply, "exitCode", 0) ? EXIT_FINDINGS : EXIT_GOOD;
}

static int print_any(const struct request *r, const struct outcome *out)
{
    const char *op = r->args[1];
    if (text_same(op, "host:Run") && !out->error_code && !request_has(r, "json"))
        return print_command(out);
    return print_outcome(op, out);
}

static int call_held(const struct request *r, json_t *params)
{
    struct err e = {0};
    struct lab lab;
    struct outcome out = {0};
    if (!lab_open(r->args[0], &lab, &e))
        return trouble_err(&e);
    lab.region = request_value(r, "region");
    bool good = lab_call(&lab, request_value(r, "as"), r->args[1], request_value(r, "on"), params, &out, &e);
    int status = good ? print_any(r, &out) : trouble_err(&e);
    lab_drop(&lab);
    return status;
}

static int call_served(const struct request *r, unsigned port, json_t *params)
{
    struct err e = {0};
    json_auto_t *asked = json_pack("{s:s, s:O}", "op", r->args[1], "params", params);
    json_put_text(asked, "as", request_value(r, "as"));
    json_put_text(asked, "on", request_value(r, "on"));
    json_put_text(asked, "region", request_value(r, "region"));
    json_auto_t *answer = served_ask(port, SERVE_CALL_PATH, asked, &e);
    struct outcome out = {.error_code = json_str(answer, "errorCode"),
                          .error_message = json_str(answer, "errorMessage"),
                          .reply = json_object_get(answer, "reply")};
    return answer ? print_any(r, &out) : trouble_err(&e);
}

static int run(const struct request *r)
{
    struct err e = {0};
    unsigned port = 0;
    const char *region = request_value(r, "region");
    if (region && !region_known(region))
        return trouble("there is no region '%s'", region);
    json_auto_t *params = read_params(request_arg(r, 2), &e);
    int held = params ? served_or_hold(r->args[0], &port, &e) : -1;
    if (held < 0 && !port)
        return trouble_err(&e);
    pace_note(r->args[0], "call", clock_now_ms());
    int status = port ? call_served(r, port, params) : call_held(r, params);
    if (held >= 0)
        close(held);
    return status;
}

const struct command command_call = {
    .name = "call",
    .synopsis = "DIR OPERATION [JSON]",
    .says = "one operation as the student: ec2:DescribeInstances, host:Run",
    .more = "JSON holds the parameters in CloudTrail's names; - reads them from standard input. The reply is printed as\n"
            "the AWS CLI prints it. A refusal is printed on standard error and gives exit status 1. Where somebody serves the\n"
            "lab (cafelab start), the call is made there.",
    .least = 2,
    .most = 3,
    .run = run,
    .options = {{"on", 0, "SERVER", "where a host: operation happens, if there are several"},
                {"region", 0, "R", "in another region than the lab's own"},
                {"as", 0, "PERSON", "somebody else of the scenario's cast"},
                {"json", 0, NULL, "print the reply of host:Run as JSON, too"}},
};
