// A terminal's credential behind its functions, whoever implements them.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/terminal.h"

#include <stdlib.h>

enum jumin_error jumin_terminal_new(struct jumin_terminal **terminal,
                                    const struct jumin_terminal_functions *functions, void *context)
{
    if (terminal == NULL || functions == NULL || functions->certificate == NULL || functions->chain == NULL ||
        functions->sign == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *terminal = calloc(1, sizeof **terminal);
    if (*terminal == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    (*terminal)->functions = functions;
    (*terminal)->context = context;
    return JUMIN_OK;
}

void jumin_terminal_free(struct jumin_terminal *terminal)
{
    if (terminal == NULL) {
        return;
    }
    if (terminal->functions->release != NULL) {
        terminal->functions->release(terminal->context);
    }
    free(terminal);
}

const char *jumin_terminal_detail(const struct jumin_terminal *terminal)
{
    return terminal != NULL ? terminal->detail.text : "";
}

// A failure of the implementation, in its words where it has some.
static enum jumin_error failed(struct jumin_terminal *terminal, enum jumin_error error, const char *what)
{
    const char *why =
        terminal->functions->detail != NULL ? terminal->functions->detail(terminal->context) : "";
    return detail_set(&terminal->detail, error, "%s: %s", what,
                      why != NULL && why[0] != '\0' ? why : jumin_error_text(error));
}

enum jumin_error terminal_certificate(struct jumin_terminal *terminal, struct cv_certificate *certificate)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    detail_clear(&terminal->detail);
    const enum jumin_error error = terminal->functions->certificate(terminal->context, &bytes, &n);
    if (error != JUMIN_OK) {
        return failed(terminal, error, "the terminal's certificate");
    }
    if (bytes == NULL || !cv_certificate_parse_file(span_of(bytes, n), certificate)) {
        return detail_set(&terminal->detail, JUMIN_ERROR_INPUT,
                          "the terminal's certificate is no card verifiable certificate");
    }
    if (certificate->authorization.role != ROLE_TERMINAL) {
        return detail_set(&terminal->detail, JUMIN_ERROR_INPUT,
                          "the certificate of %.*s is that of an authority, not of a terminal",
                          (int)certificate->holder.n, (const char *)certificate->holder.p);
    }
    return JUMIN_OK;
}

enum jumin_error terminal_chain(struct jumin_terminal *terminal, struct span authority, struct span *chain)
{
    char name[CVC_REFERENCE_MAX + 1] = "";
    const uint8_t *bytes = NULL;
    size_t n = 0;
    detail_clear(&terminal->detail);
    if (authority.n > CVC_REFERENCE_MAX) {
        return detail_set(&terminal->detail, JUMIN_ERROR_ARGUMENT, "a reference has at most %d characters",
                          CVC_REFERENCE_MAX);
    }
    memcpy(name, authority.p, authority.n);
    const enum jumin_error error = terminal->functions->chain(terminal->context, name, &bytes, &n);
    *chain = span_of(bytes, error == JUMIN_OK ? n : 0);
    return error == JUMIN_OK ? JUMIN_OK : failed(terminal, error, "the way to the trust point");
}

enum jumin_error terminal_sign(struct jumin_terminal *terminal, struct span message, struct writer *signature)
{
    size_t length = 0;
    detail_clear(&terminal->detail);
    const enum jumin_error error = terminal->functions->sign(terminal->context, message.p, message.n,
                                                             signature->p, signature->capacity, &length);
    if (error != JUMIN_OK) {
        return failed(terminal, error, "the terminal's signature");
    }
    if (length == 0 || length > signature->capacity) {
        return detail_set(&terminal->detail, JUMIN_ERROR_INPUT, "the terminal's signature has %zu bytes",
                          length);
    }
    signature->n = length;
    return JUMIN_OK;
}

// --- The public calls ----------------------------------------------------------------------------------------

static void put_reference(char text[CVC_REFERENCE_MAX + 1], struct span reference)
{
    struct writer w = writer_of(text, CVC_REFERENCE_MAX);
    writer_put(&w, reference);
    text[w.n] = '\0';
}

// YYMMDD as a number to YYYYMMDD.
static void put_date(char text[9], cvc_date date)
{
    uint32_t number = 20000000U + date;
    for (int i = 7; i >= 0; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
    text[8] = '\0';
}

enum jumin_error jumin_terminal_certificate(struct jumin_terminal *terminal,
                                            struct jumin_terminal_certificate *certificate)
{
    struct cv_certificate parsed = {.has_parameters = false};
    if (terminal == NULL || certificate == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    memset(certificate, 0, sizeof *certificate);
    const enum jumin_error error = terminal_certificate(terminal, &parsed);
    if (error != JUMIN_OK) {
        return error;
    }
    put_reference(certificate->holder, parsed.holder);
    put_reference(certificate->authority, parsed.authority);
    certificate->type = (enum jumin_terminal_type)parsed.authorization.type;
    certificate->rights = parsed.authorization.rights;
    put_date(certificate->effective, parsed.effective);
    put_date(certificate->expiration, parsed.expiration);
    return JUMIN_OK;
}

enum jumin_error jumin_terminal_chain(struct jumin_terminal *terminal, const char *authority,
                                      const uint8_t **certificates, size_t *n)
{
    struct span chain = {NULL, 0};
    if (terminal == NULL || authority == NULL || certificates == NULL || n == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = terminal_chain(terminal, span_of(authority, strlen(authority)), &chain);
    *certificates = error == JUMIN_OK ? chain.p : NULL;
    *n = error == JUMIN_OK ? chain.n : 0;
    return error;
}

enum jumin_error jumin_terminal_sign(struct jumin_terminal *terminal, const uint8_t *message, size_t n,
                                     uint8_t *signature, size_t capacity, size_t *length)
{
    if (terminal == NULL || message == NULL || signature == NULL || length == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct writer w = writer_of(signature, capacity);
    const enum jumin_error error = terminal_sign(terminal, span_of(message, n), &w);
    *length = error == JUMIN_OK ? w.n : 0;
    return error;
}
