// A document's accessors: the person, the portrait, the issue (9303-10 §4.7).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/document_internal.h"
#include "host/reader/lds.h"

#include <stdlib.h>

enum { TEXTS_PERSON, TEXTS_ISSUE };

// The file's bytes, or why not.
static enum jumin_error open_file(struct jumin_document *document, enum jumin_file file, struct span *bytes)
{
    detail_clear(&document->detail);
    *bytes = document_span(document, file);
    if (document->files[file].state == FILE_COMPLETE) {
        return JUMIN_OK;
    }
    return detail_set(&document->detail, JUMIN_ERROR_NO_SUCH_FILE, "%s was not read", jumin_file_name(file));
}

static enum jumin_error parsed(struct jumin_document *document, bool good, const char *why)
{
    return good ? JUMIN_OK : detail_set(&document->detail, JUMIN_ERROR_MALFORMED, "%s", why);
}

enum jumin_error jumin_document_mrz(struct jumin_document *document, struct jumin_mrz *mrz)
{
    if (document == NULL || mrz == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    memset(mrz, 0, sizeof *mrz);
    struct span file, text;
    const char *why = "";
    const enum jumin_error error = open_file(document, JUMIN_FILE_DG1, &file);
    if (error != JUMIN_OK) {
        return error;
    }
    const bool good = lds_dg1_parse(file, &text, &why) && mrz_parse(text, mrz, &why);
    return parsed(document, good, why);
}

enum jumin_error jumin_document_portrait(struct jumin_document *document, struct jumin_portrait *portrait)
{
    if (document == NULL || portrait == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    memset(portrait, 0, sizeof *portrait);
    struct span file;
    const char *why = "";
    const enum jumin_error error = open_file(document, JUMIN_FILE_DG2, &file);
    if (error != JUMIN_OK) {
        return error;
    }
    const bool good = lds_dg2_parse(file, portrait, &why);
    return parsed(document, good, why);
}

// Room for texts, kept by the document; a second call uses it again.
static bool open_arena(struct jumin_document *document, unsigned which, struct writer *arena)
{
    char **texts = &document->texts[which];
    *texts = *texts != NULL ? *texts : malloc(DOCUMENT_TEXT_MAX);
    *arena = writer_of(*texts, DOCUMENT_TEXT_MAX);
    return *texts != NULL;
}

enum jumin_error jumin_document_person(struct jumin_document *document, struct jumin_person *person)
{
    if (document == NULL || person == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const char *why = "";
    struct writer arena;
    struct span file;
    (void)lds_dg11_parse(span_of(NULL, 0), &(struct writer){0}, person, &why); // every text empty
    const enum jumin_error error = open_file(document, JUMIN_FILE_DG11, &file);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!open_arena(document, TEXTS_PERSON, &arena)) {
        return JUMIN_ERROR_MEMORY;
    }
    struct jumin_person found;
    const bool good = lds_dg11_parse(file, &arena, &found, &why);
    *person = good ? found : *person;
    return parsed(document, good, why);
}

enum jumin_error jumin_document_issue(struct jumin_document *document, struct jumin_issue *issue)
{
    if (document == NULL || issue == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const char *why = "";
    struct writer arena;
    struct span file;
    (void)lds_dg12_parse(span_of(NULL, 0), &(struct writer){0}, issue, &why);
    const enum jumin_error error = open_file(document, JUMIN_FILE_DG12, &file);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!open_arena(document, TEXTS_ISSUE, &arena)) {
        return JUMIN_ERROR_MEMORY;
    }
    struct jumin_issue found;
    const bool good = lds_dg12_parse(file, &arena, &found, &why);
    *issue = good ? found : *issue;
    return parsed(document, good, why);
}

enum jumin_error jumin_document_groups(struct jumin_document *document, uint32_t *groups)
{
    if (document == NULL || groups == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *groups = 0;
    struct lds_sod sod;
    struct span file;
    const char *why = "";
    const enum jumin_error error = open_file(document, JUMIN_FILE_SOD, &file);
    if (error != JUMIN_OK) {
        return error;
    }
    const bool good = lds_sod_parse(file, &sod, &why);
    *groups = good ? sod.groups : 0;
    return parsed(document, good, why);
}
