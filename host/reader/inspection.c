// An inspection system in the eMRTD application: Terminal Authentication version 1 (9303-11 §7.1, TR-03110-3
// §A.7.2.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "host/reader/lds.h"
#include "host/reader/terminal_authentication.h"

enum { DOCUMENT_NUMBER = 10, TD1_COLUMNS = 30, TD1_NUMBER = 5, SHORT_IDENTIFIER_CVCA = 0x1C };

// The trust points for inspection systems.
static enum jumin_error read_ef_cvca(struct jumin_reader *reader)
{
    struct document_file content = {.state = FILE_UNREAD};
    const struct elementary_file file = {.name = "EF.CVCA",
                                         .identifier = FID_CVCA,
                                         .short_identifier = SHORT_IDENTIFIER_CVCA,
                                         .content = &content};
    enum jumin_error error = elementary_file_read(reader, &file);
    if (error == JUMIN_OK && !ta_parse_ef_cvca(span_of(content.bytes, content.n), &reader->authorities)) {
        error = detail_set(&reader->detail, JUMIN_ERROR_MALFORMED, "EF.CVCA is not as TR-03110-3 wants it");
    }
    document_file_release(&content);
    return error;
}

// ID_PICC: Comp of the chip's key in PACE; after BAC the document number with its check digit.
static enum jumin_error identifier_of(struct jumin_reader *reader, uint8_t number[DOCUMENT_NUMBER],
                                      struct span *identifier)
{
    const struct document_evidence *evidence = &reader->document->evidence;
    const enum crypto_curve curve = evidence->protocol.curve;
    struct span text;
    struct jumin_mrz mrz;
    const char *why = "";
    if (!evidence->bac) {
        *identifier = comp_point(curve, span_of(evidence->pace_point, crypto_curve_point_length(curve)));
        return JUMIN_OK;
    }
    const enum jumin_error error = reader_read_file(reader, JUMIN_FILE_DG1);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!lds_dg1_parse(document_span(reader->document, JUMIN_FILE_DG1), &text, &why) ||
        !mrz_parse(text, &mrz, &why)) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED, "DG1: %s", why);
    }
    const size_t at = mrz.columns == TD1_COLUMNS ? TD1_NUMBER : mrz.columns;
    memcpy(number, mrz.text + at, DOCUMENT_NUMBER);
    *identifier = span_of(number, DOCUMENT_NUMBER);
    return JUMIN_OK;
}

static uint32_t groups_of(rights granted)
{
    const uint32_t dg3 = (granted & right_of(RIGHT_INSPECTION_READ_DG3)) != 0 ? 1U << 3 : 0;
    const uint32_t dg4 = (granted & right_of(RIGHT_INSPECTION_READ_DG4)) != 0 ? 1U << 4 : 0;
    return dg3 | dg4;
}

enum jumin_error reader_inspection(struct jumin_reader *reader, uint32_t *groups)
{
    const struct document_evidence *evidence = &reader->document->evidence;
    uint8_t number[DOCUMENT_NUMBER];
    struct ta_run run = {
        .version = 1,
        .terminal = reader->terminal,
        .compressed_key = span_of(evidence->compressed_key, evidence->compressed_key_length),
    };
    *groups = 0;
    if (run.compressed_key.n == 0) {
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "terminal authentication follows chip authentication, which was not run");
    }
    enum jumin_error error = read_ef_cvca(reader);
    if (error == JUMIN_OK) {
        error = identifier_of(reader, number, &run.identifier);
    }
    if (error == JUMIN_OK) {
        error = reader_terminal_authentication(reader, &run);
    }
    *groups = error == JUMIN_OK ? groups_of(run.granted) : 0;
    return error;
}
