// JSON-RPC 2.0.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/rpc.h"

#include <stdio.h>
#include <stdlib.h>

// --- Values --------------------------------------------------------------------------------------------------

json_t *rpc_number(uint64_t value)
{
    char text[2 + 16 + 1];
    (void)snprintf(text, sizeof text, "0x%llx", (unsigned long long)value);
    return json_string(text);
}

json_t *rpc_bytes(struct span bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 + 2 * bytes.n + 1);
    if (text == NULL) {
        return NULL;
    }
    memcpy(text, "0x", 2);
    for (size_t i = 0; i < bytes.n; i++) {
        text[2 + 2 * i] = digits[bytes.p[i] >> 4];
        text[3 + 2 * i] = digits[bytes.p[i] & 15];
    }
    text[2 + 2 * bytes.n] = '\0';
    json_t *value = json_string(text);
    free(text);
    return value;
}

// -1: none.
static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// What stands behind 0x; NULL: no such text.
static const char *digits_of(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && strlen(text) == json_string_length(value) && text[0] == '0' && text[1] == 'x'
               ? text + 2
               : NULL;
}

bool rpc_take_number(const json_t *value, uint64_t *number)
{
    const char *text = digits_of(value);
    const size_t n = text != NULL ? strlen(text) : 0;
    if (n == 0 || n > 16) {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < n; i++) {
        if (digit(text[i]) < 0) {
            return false;
        }
        *number = *number << 4 | (uint64_t)digit(text[i]);
    }
    return true;
}

bool rpc_take_digits(struct span digits, struct writer *bytes)
{
    if (digits.n % 2 != 0 || digits.n > RPC_HEX_MAX) {
        return false;
    }
    for (size_t i = 0; i < digits.n; i += 2) {
        const int high = digit((char)digits.p[i]), low = digit((char)digits.p[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        writer_put_u8(bytes, (uint8_t)(high << 4 | low));
    }
    return !bytes->overflow;
}

bool rpc_take_bytes(const json_t *value, struct writer *bytes)
{
    const char *text = digits_of(value);
    return text != NULL && rpc_take_digits(span_of(text, strlen(text)), bytes);
}

// --- Calls ---------------------------------------------------------------------------------------------------

// The node's refusal, without control characters.
static enum jumin_error refuse(const json_t *error, const char *method, struct detail *detail)
{
    const char *message = json_string_value(json_object_get(error, "message"));
    char text[160] = "";
    for (size_t i = 0; message != NULL && message[i] != '\0' && i + 1 < sizeof text; i++) {
        const unsigned char c = (unsigned char)message[i];
        text[i] = (char)(c < 0x20 || c >= 0x7F ? '?' : c);
        text[i + 1] = '\0';
    }
    return detail_set(detail, JUMIN_ERROR_STATUS, "the chain's node refuses %s: %s", method, text);
}

static enum jumin_error read_answer(const struct http_client_answer *answer, uint64_t number,
                                    const char *method, json_t **result, struct detail *detail)
{
    // Nodes put what a contract refuses with into their sentence, whatever bytes that are.
    json_t *json =
        json_loadb((const char *)answer->body, answer->n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    const json_t *id = json_object_get(json, "id"), *refusal = json_object_get(json, "error");
    enum jumin_error error = JUMIN_OK;
    if (json_is_object(refusal)) {
        error = refuse(refusal, method, detail);
    } else if (!json_is_integer(id) || (uint64_t)json_integer_value(id) != number ||
               json_object_get(json, "result") == NULL) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED, "the chain's node answers %s with status %d",
                           method, answer->status);
    } else {
        *result = json_incref(json_object_get(json, "result"));
    }
    json_decref(json);
    return error;
}

enum jumin_error rpc_call(struct rpc *rpc, const char *method, json_t *parameters, json_t **result,
                          struct detail *detail)
{
    const uint64_t number = ++rpc->next;
    struct http_client_answer answer = {0};
    json_t *question = json_pack("{s:s, s:I, s:s, s:o}", "jsonrpc", "2.0", "id", (json_int_t)number, "method",
                                 method, "params", parameters);
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    json_decref(question);
    *result = NULL;
    if (text == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    const struct http_client_request request = {
        .method = "POST", .url = rpc->url, .type = "application/json", .body = span_of(text, strlen(text))};
    enum jumin_error error = http_client_ask(&rpc->client, &request, &answer, detail);
    free(text);
    if (error == JUMIN_OK) {
        error = read_answer(&answer, number, method, result, detail);
    }
    http_client_answer_release(&answer);
    return error;
}
