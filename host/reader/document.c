// A document: its files, and how they were read.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/document_internal.h"
#include "host/reader/suite.h"

#include "card/wire/kdf.h"
#include <stdlib.h>

enum jumin_error jumin_document_new(struct jumin_document **document)
{
    if (document == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *document = calloc(1, sizeof **document);
    return *document != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

void document_file_release(struct document_file *file)
{
    if (file->bytes != NULL) {
        crypto_wipe(file->bytes, file->total);
        free(file->bytes);
    }
    crypto_wipe(file, sizeof *file);
}

void jumin_document_free(struct jumin_document *document)
{
    if (document == NULL) {
        return;
    }
    for (size_t i = 0; i < JUMIN_FILE_COUNT; i++) {
        document_file_release(&document->files[i]);
    }
    for (size_t i = 0; i < sizeof document->texts / sizeof *document->texts; i++) {
        if (document->texts[i] != NULL) {
            crypto_wipe(document->texts[i], DOCUMENT_TEXT_MAX);
            free(document->texts[i]);
        }
    }
    crypto_wipe(document, sizeof *document);
    free(document);
}

const char *jumin_document_detail(const struct jumin_document *document)
{
    return document != NULL ? document->detail.text : "";
}

const char *jumin_file_name(enum jumin_file file)
{
    static const char *const names[JUMIN_FILE_COUNT] = {
        "EF.CardAccess", "EF.CardSecurity",
        "EF.ATR/INFO",   "EF.DIR",
        "EF.COM",        "EF.SOD",
        "DG1",           "DG2",
        "DG3",           "DG4",
        "DG5",           "DG6",
        "DG7",           "DG8",
        "DG9",           "DG10",
        "DG11",          "DG12",
        "DG13",          "DG14",
        "DG15",          "DG16",
    };
    return (unsigned)file < JUMIN_FILE_COUNT ? names[file] : NULL;
}

struct span document_span(const struct jumin_document *document, enum jumin_file file)
{
    const struct document_file *from = &document->files[file];
    return from->state == FILE_COMPLETE ? span_of(from->bytes, from->n) : span_of(NULL, 0);
}

enum jumin_error document_file_start(struct document_file *file, size_t total)
{
    if (total > DOCUMENT_FILE_MAX) {
        return JUMIN_ERROR_MALFORMED;
    }
    document_file_release(file);
    file->bytes = malloc(total > 0 ? total : 1);
    if (file->bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    file->total = total;
    file->state = FILE_STARTED;
    return JUMIN_OK;
}

enum jumin_error jumin_document_file(const struct jumin_document *document, enum jumin_file file,
                                     const uint8_t **bytes, size_t *n)
{
    if (document == NULL || bytes == NULL || n == NULL || (unsigned)file >= JUMIN_FILE_COUNT) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct span content = document_span(document, file);
    *bytes = content.p;
    *n = content.n;
    return document->files[file].state == FILE_COMPLETE ? JUMIN_OK : JUMIN_ERROR_NO_SUCH_FILE;
}

enum jumin_error jumin_document_set_file(struct jumin_document *document, enum jumin_file file,
                                         const uint8_t *bytes, size_t n)
{
    if (document == NULL || (bytes == NULL && n > 0) || (unsigned)file >= JUMIN_FILE_COUNT) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct document_file *to = &document->files[file];
    const enum jumin_error error = document_file_start(to, n);
    if (error != JUMIN_OK) {
        return detail_set(&document->detail, error, "%s: there is no room for %zu bytes",
                          jumin_file_name(file), n);
    }
    if (n > 0) {
        memcpy(to->bytes, bytes, n);
    }
    to->n = n;
    to->state = FILE_COMPLETE;
    return JUMIN_OK;
}

enum jumin_access jumin_document_access(const struct jumin_document *document)
{
    if (document == NULL) {
        return JUMIN_ACCESS_NONE;
    }
    const struct document_evidence *evidence = &document->evidence;
    return evidence->bac ? JUMIN_ACCESS_BAC : evidence->pace ? JUMIN_ACCESS_PACE : JUMIN_ACCESS_NONE;
}

enum jumin_error jumin_document_pace(const struct jumin_document *document,
                                     struct jumin_pace_protocol *protocol)
{
    if (document == NULL || protocol == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *protocol = (struct jumin_pace_protocol){0};
    if (!document->evidence.pace) {
        return JUMIN_ERROR_NO_SUCH_FILE;
    }
    protocol->mapping = (enum jumin_pace_mapping)document->evidence.protocol.mapping;
    protocol->key_bits = suite_bits(document->evidence.protocol.suite);
    protocol->parameter = pace_parameter_of_curve(document->evidence.protocol.curve);
    protocol->cipher = suite_cipher_of(document->evidence.protocol.suite);
    return JUMIN_OK;
}
