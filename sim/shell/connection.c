/* SPDX-License-Identifier: MIT */
/*
 * The connection that a login came by, for ss, netstat and lsof: the server's half of one, as processes that were frozen get
 * theirs back (TCP_REPAIR of linux/tcp.h). There is no other half: nothing is ever sent, and when nobody holds it any more it
 * is gone without a word. Where the right is missing (a container without NET_ADMIN) there is none.
 */
#include "sim/shell/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define SSH_PORT 22

/* A connection needs one, though nothing goes there: on loopback packets to others are dropped. */
static bool route_to(int fd, const struct sockaddr_in *there)
{
    struct rtentry route = {.rt_flags = RTF_UP | RTF_HOST, .rt_dev = (char[]){"lo"}};
    struct sockaddr_in host = *there;
    host.sin_port = 0;
    memcpy(&route.rt_dst, &host, sizeof(host));
    return !ioctl(fd, SIOCADDRT, &route) || errno == EEXIST;
}

int connection_open(const char *server_ip, const char *peer_ip, int peer_port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(SSH_PORT)},
                       there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)peer_port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && inet_pton(AF_INET, server_ip, &here.sin_addr) == 1 && inet_pton(AF_INET, peer_ip, &there.sin_addr) == 1 &&
        route_to(fd, &there) && !setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &(int){1}, sizeof(int)) &&
        !bind(fd, (struct sockaddr *)&here, sizeof(here)) && !connect(fd, (struct sockaddr *)&there, sizeof(there)))
        return fd;
    close_fd(&fd);
    return -1;
}
