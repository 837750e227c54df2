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
/* POST to it, without a signature: live_skip(). */
#define SERVE_SKIP_PATH "/_cafelab/skip"
/* POST to it with this header, which no page of another site can send: live_stay(). */
#define SERVE_STAY_PATH "/_cafelab/stay"
#define SERVE_STAY_HEADER "x-cafelab-stay"

struct aws_server;
struct aws_server *serve_start(const struct server_options *, struct err *);
unsigned serve_port(const struct aws_server *);
unsigned serve_site_port(const struct aws_server *); /* 0 = none */
void serve_stop(struct aws_server *);
