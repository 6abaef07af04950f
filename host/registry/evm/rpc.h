// A node of an EVM chain, asked by JSON-RPC 2.0 over HTTP.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_RPC_H
#define JUMIN_HOST_REGISTRY_EVM_RPC_H

#include "host/mobile/http_client.h"
#include <jansson.h>

enum { RPC_HEX_MAX = 131072 }; // characters of a value in hexadecimal digits

struct rpc {
    struct http_client client;
    const char *url;
    uint64_t next; // number of the next question
};

// Takes `parameters` (NULL: no memory). `result` is the caller's (json_decref). JUMIN_ERROR_LINK,
// JUMIN_ERROR_TIMEOUT: the node does not answer; JUMIN_ERROR_MALFORMED: not as JSON-RPC has it;
// JUMIN_ERROR_STATUS: it refuses, with its own sentence.
enum jumin_error rpc_call(struct rpc *rpc, const char *method, json_t *parameters, json_t **result,
                          struct detail *detail);

// "0x" and digits: a number without leading zeros; bytes. The text is the value's; NULL: no memory.
json_t *rpc_number(uint64_t value);
json_t *rpc_bytes(struct span bytes);
// False: anything else, or more than 64 bits.
bool rpc_take_number(const json_t *value, uint64_t *number);
// Pairs of hexadecimal digits, without a copy that stays anywhere. False: anything else, or no room.
bool rpc_take_digits(struct span digits, struct writer *bytes);
// False: anything else, or no room.
bool rpc_take_bytes(const json_t *value, struct writer *bytes);

#endif
