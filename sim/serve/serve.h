/* SPDX-License-Identifier: MIT */
/*
 * A live lab served on loopback over HTTP: the account for the real `aws` CLI and SDKs, the café's website. Depends on lab.
 *
 * Bytes become an action, an outcome becomes bytes; nothing is simulated here. One port serves all services: the
 * credential scope of the signature names the service, then Action, X-Amz-Target or method and path the operation.
 */
#pragma once

#include "sim/lab/live.h"

struct server_options {
    struct live *live;
    unsigned port;      /* 0 = any */
    unsigned site_port; /* the website alone, besides; 0 = none */
    unsigned threads;   /* 0 = 8: they wait for the disk more than they compute */
    const char *site;   /* directory of the server's tree that holds the website: "/var/www/html"; NULL = none */
};
/* The lab's own door, for cafelab's commands: POST JSON without a signature, but with a header that no page of another site can
 * send. 200 with JSON, or 409 with one line of text: live_skip(), live_stay(), live_call(). */
#define SERVE_SKIP_PATH "/_cafelab/skip"
#define SERVE_STAY_PATH "/_cafelab/stay"
#define SERVE_CALL_PATH "/_cafelab/call"
#define SERVE_OWN_HEADER "x-cafelab"

/* Requests from this address of loopback, 127.77.0.1, come from a shell on the lab's server: SHELL_API_FROM. */
#define SERVE_SERVER_FROM 0x7f4d0001u

struct aws_server;
struct aws_server *serve_start(const struct server_options *, struct err *);
unsigned serve_port(const struct aws_server *);
unsigned serve_site_port(const struct aws_server *); /* 0 = none */
void serve_stop(struct aws_server *);

/* The operations that AWS has and this program has not, of the services that are served: "ec2:CreateSnapshot". */
void serve_absent(struct arena *, void (*each)(void *context, const char *op), void *context);
