// A server with handlers of the tests' own, and clients that speak to it byte by byte.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_HTTP_STAGE_H
#define JUMIN_TESTS_MOBILE_HTTP_STAGE_H

#include "host/http/client_curl.h"
#include "host/http/server.h"
#include <semaphore.h>

enum { STAGE_NOW = 1796256000, STAGE_ECHO_MAX = 1000, STAGE_BIG = 8 << 20, STAGE_LOG = 65536 };

// POST /echo      the body, with what the request was in headers X-Part, X-Query, X-Peer, X-Secure
// GET  /part/{}   the part
// GET  /slow      tells `entered`, then waits for `go_on`
// GET  /big       STAGE_BIG bytes that are shared
// GET  /nothing   answers nothing
// GET  /away      302
// GET  /limited   two at once, and one more a minute
struct http_stage {
    struct http_server *server;
    sem_t entered, go_on;
    pthread_mutex_t lock;
    char log[STAGE_LOG]; // lines so far
    size_t let_go;       // how often the shared body was let go
    bool failing;
};

// Zeroes in `options` are filled in, but for the times. Asserts that it starts.
struct http_stage *http_stage_begin(struct http_server_options options);
void http_stage_end(struct http_stage *stage);

// A connection; sends text; reads to the end of the stream into `answer`, which is ended by a zero byte.
int http_stage_connect(const struct http_stage *stage);
void http_stage_send(int fd, const char *text);
size_t http_stage_receive(int fd, char *answer, size_t capacity);
// All of it, on a connection of its own: "Connection: close" is the caller's to send.
void http_stage_ask(const struct http_stage *stage, const char *text, char *answer, size_t capacity);
// The text's status; 0 when it is no answer.
int http_stage_status(const char *answer);

#endif
