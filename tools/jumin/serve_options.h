// What every server of the command line listens with, and how it runs until it is told to stop.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SERVE_OPTIONS_H
#define JUMIN_TOOLS_SERVE_OPTIONS_H

#include "tools/jumin/cli.h"
#include <stdint.h>

#define SERVE_OPTIONS                                                                                        \
    {"listen", "ADDRESS:PORT", "where to listen; 127.0.0.1:8080 unless given, port 0 is any free one"},      \
        {"certificate", "FILE", "TLS: the server's certificate and those above it, in PEM"},                 \
        {"certificate-key", "FILE", "its key, in PEM and not encrypted"},                                    \
        {"behind-proxy", NULL,                                                                               \
         "believe X-Forwarded-For and X-Forwarded-Proto: a proxy of ours writes them"},                      \
        {"workers", "COUNT", "threads that answer; 2 unless given, of a venue 8"},                           \
        {"drain", "SECONDS", "how long to answer what was asked before the stop; 30 unless given"},          \
        {"log", NULL, "a line a request on standard error: nothing of who asked, or for what"},              \
        {"unlimited", NULL, "no limits of rate, for benches and tests of load"}

struct serve_options {
    char address[64];
    uint16_t port;
    const char *certificate, *key; // of argv
    bool behind_proxy, unlimited;
    unsigned workers, drain;
    void (*log)(void *context, const char *line); // NULL: nothing is logged
};
// False: said so on stderr. For the command's check and for its run.
bool serve_options_take(const struct cli_arguments *arguments, struct serve_options *options);

// A server that runs.
struct serving {
    uint16_t port;
    bool (*drain)(void *server, unsigned seconds);
    void (*reload)(void *server); // on SIGHUP; NULL: nothing is to be read again
    void *server;
};
// Before the server's threads begin, which inherit it: signals are taken by the thread that waits for them.
void serve_block_signals(void);
// Says where it listens, waits for SIGTERM or SIGINT, and answers first what was asked.
enum cli_exit serve_until_stopped(const struct cli_arguments *arguments, const struct serve_options *options,
                                  const struct serving *serving);

#endif
