// A tap from the first APDU to the last: the order of the steps, and going on after an interruption.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "host/reader/lds.h"
#include "host/reader/limits.h"
#include "host/reader/reader_internal.h"

enum { INS_SELECT = 0xA4 };

// --- Before PACE -------------------------------------------------------------------------------------------

// A file that a document may lack or keep to itself.
static enum jumin_error read_optional(struct jumin_reader *reader, enum jumin_file file)
{
    const enum jumin_error error = reader_read_file(reader, file);
    const enum file_state state = reader->document->files[file].state;
    return state == FILE_ABSENT || state == FILE_DENIED ? JUMIN_OK : error;
}

// A file in the MF that any answer but its content makes absent: cards differ in how they lack it.
static enum jumin_error read_if_there(struct jumin_reader *reader, enum jumin_file file)
{
    const enum jumin_error error = reader_read_file(reader, file);
    if (error != JUMIN_ERROR_STATUS && error != JUMIN_ERROR_NOT_SUPPORTED && error != JUMIN_ERROR_MALFORMED &&
        error != JUMIN_ERROR_NO_SUCH_FILE && error != JUMIN_ERROR_ACCESS_DENIED) {
        return error;
    }
    reader->document->files[file].state = FILE_ABSENT;
    return JUMIN_OK;
}

static enum jumin_error connect_card(struct jumin_reader *reader)
{
    if (reader->document == NULL && jumin_document_new(&reader->document) != JUMIN_OK) {
        return detail_set(&reader->detail, JUMIN_ERROR_MEMORY, "no memory for the document");
    }
    reader->channel.cost = (struct jumin_reader_cost){0};
    return channel_connect(&reader->channel);
}

// Extended length where everybody can: transport, card, caller.
static enum jumin_error agree_on_limits(struct jumin_reader *reader)
{
    struct jumin_limits *limits = &reader->channel.limits;
    if (!limits->extended || reader->extended == JUMIN_EXTENDED_OFF) {
        limits_short(limits);
        return JUMIN_OK;
    }
    if (reader->extended == JUMIN_EXTENDED_ON) {
        return JUMIN_OK;
    }
    const struct jumin_limits link = *limits;
    limits_short(limits); // until the card has said otherwise
    const enum jumin_error error = read_if_there(reader, JUMIN_FILE_ATR_INFO);
    if (error == JUMIN_OK) {
        *limits = link;
        limits_of_card(document_span(reader->document, JUMIN_FILE_ATR_INFO), limits);
    }
    return error;
}

// Documents without PACE answer anything where EF.CardAccess should be; but a malformed one is not as good as
// none, for BAC may follow.
static enum jumin_error read_card_access(struct jumin_reader *reader)
{
    channel_enter(&reader->channel, JUMIN_STEP_CARD_ACCESS, "EF.CardAccess");
    const enum jumin_error error = read_optional(reader, JUMIN_FILE_CARD_ACCESS);
    if (error != JUMIN_ERROR_STATUS && error != JUMIN_ERROR_NOT_SUPPORTED) {
        return error;
    }
    if (reader->bac == JUMIN_BAC_OFF) {
        const struct detail reason = reader->detail;
        return detail_set(&reader->detail, error,
                          "%.160s; BAC, for documents without PACE, was not asked for", reason.text);
    }
    reader->document->files[JUMIN_FILE_CARD_ACCESS].state = FILE_ABSENT;
    return JUMIN_OK;
}

enum jumin_error reader_connect(struct jumin_reader *reader)
{
    enum jumin_error error = connect_card(reader);
    if (error == JUMIN_OK) {
        error = read_card_access(reader);
    }
    return error == JUMIN_OK ? agree_on_limits(reader) : error;
}

// --- The eMRTD application ---------------------------------------------------------------------------------

enum jumin_error reader_select(struct jumin_reader *reader, struct span application, const char *name)
{
    channel_enter(&reader->channel, JUMIN_STEP_SELECT, name);
    const struct apdu_command command = {.ins = INS_SELECT, .p1 = 0x04, .p2 = 0x0C, .data = application};
    struct span answer;
    const enum jumin_error error = channel_command(&reader->channel, &command, &answer);
    if (error == JUMIN_ERROR_NO_SUCH_FILE) {
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "%s: the card does not have the application", name);
    }
    return error;
}

static enum jumin_error select_application(struct jumin_reader *reader)
{
    return reader_select(reader, AID_EMRTD, "SELECT eMRTD");
}

// PACE in the MF, or BAC in the application where the caller wants that (9303-11 §4.2).
static enum jumin_error open_application(struct jumin_reader *reader)
{
    const bool offered = pace_is_offered(document_span(reader->document, JUMIN_FILE_CARD_ACCESS));
    if (!offered && reader->bac == JUMIN_BAC_OFF) {
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "the document offers no PACE; only BAC may open it, which was not asked for");
    }
    if (reader->bac == JUMIN_BAC_ALWAYS || !offered) {
        const enum jumin_error error = select_application(reader);
        return error == JUMIN_OK ? reader_bac(reader) : error;
    }
    enum jumin_error error = reader_pace(reader);
    if (error == JUMIN_OK && reader->document->evidence.protocol.mapping == PACE_ECDH_CAM) {
        error = read_optional(reader, JUMIN_FILE_CARD_SECURITY);
    }
    return error == JUMIN_OK ? select_application(reader) : error;
}

// The groups to read: those that EF.SOD signs, for want of it those that EF.COM lists.
static uint32_t listed_groups(struct jumin_reader *reader)
{
    struct lds_sod sod;
    uint32_t groups = 0;
    const char *why = "";
    const struct span sod_file = document_span(reader->document, JUMIN_FILE_SOD);
    const struct span com_file = document_span(reader->document, JUMIN_FILE_COM);
    if (sod_file.n > 0 && lds_sod_parse(sod_file, &sod, &why)) {
        reader->hash = sod.hash;
        reader->hash_known = true;
        return sod.groups;
    }
    return com_file.n > 0 && lds_com_parse(com_file, &groups, &why) ? groups : READER_GROUPS;
}

// Whether the card refused a command for how many bytes it asks.
static bool refused_length(const struct jumin_reader *reader)
{
    const uint16_t status = reader->channel.last_status;
    return status == SW_WRONG_LENGTH || status == SW_WRONG_OFFSET || (status & 0xFF00) == SW_WRONG_LE;
}

// Under the keys of Chip Authentication, an answer that opens proves the chip; one that does not, a copy. A
// genuine card, too, may end the session over a length.
static enum jumin_error judge_chip(struct jumin_reader *reader, enum jumin_error error)
{
    struct document_evidence *evidence = &reader->document->evidence;
    const bool pending = evidence->chip_point_length > 0 && !evidence->chip_answered;
    if (pending && error == JUMIN_OK) {
        evidence->chip_answered = true;
    }
    if (pending && error == JUMIN_ERROR_SECURE_MESSAGING && !refused_length(reader)) {
        return detail_set(&reader->detail, JUMIN_ERROR_CLONED,
                          "chip authentication: the chip does not hold the key of DG14");
    }
    return error;
}

static enum jumin_error read_group(struct jumin_reader *reader, unsigned group)
{
    const enum jumin_file file = (enum jumin_file)(JUMIN_FILE_DG1 + group - 1);
    const unsigned before = reader->channel.cost.commands;
    const enum jumin_error error = group == 1 ? reader_read_file(reader, file) : read_optional(reader, file);
    // A file that is there already takes no answer, and so proves nothing.
    return reader->channel.cost.commands > before ? judge_chip(reader, error) : error;
}

// DG14 and Chip Authentication first, so that everything else travels under the chip's own keys.
static enum jumin_error prove_chip(struct jumin_reader *reader, uint32_t listed)
{
    enum jumin_error error = JUMIN_OK;
    if (reader->chip_authentication && (listed & 1U << 14) != 0) {
        error = read_group(reader, 14);
        if (error == JUMIN_OK) {
            error = reader_chip_authentication(reader);
        }
    }
    if (error == JUMIN_OK && reader->active_authentication && (listed & 1U << 15) != 0) {
        error = read_group(reader, 15);
        const bool due = document_span(reader->document, JUMIN_FILE_DG15).n > 0 &&
                         !reader->document->evidence.active_authentication;
        if (error == JUMIN_OK && due) {
            error = judge_chip(reader, reader_active_authentication(reader));
        }
    }
    return error;
}

// Groups 3 and 4 take a terminal that has proved itself, which is done where the document has them.
static enum jumin_error prove_terminal(struct jumin_reader *reader, uint32_t listed, uint32_t *groups)
{
    enum { SENSITIVE = 1U << 3 | 1U << 4 };
    *groups = reader->groups;
    if (reader->terminal == NULL || (listed & SENSITIVE) == 0) {
        return JUMIN_OK;
    }
    uint32_t granted = 0;
    const enum jumin_error error = judge_chip(reader, reader_inspection(reader, &granted));
    *groups |= granted;
    return error;
}

static enum jumin_error read_application(struct jumin_reader *reader)
{
    // The portrait, by far the longest, comes last.
    static const unsigned order[] = {1, 11, 12, 13, 16, 14, 15, 3, 4, 5, 6, 7, 8, 9, 10, 2};
    enum jumin_error error = read_optional(reader, JUMIN_FILE_SOD);
    if (error == JUMIN_OK) {
        error = read_optional(reader, JUMIN_FILE_COM);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    const uint32_t listed = listed_groups(reader);
    uint32_t groups = 0;
    error = prove_chip(reader, listed);
    if (error == JUMIN_OK) {
        error = prove_terminal(reader, listed, &groups);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order && error == JUMIN_OK; i++) {
        if ((listed & groups & 1U << order[i]) != 0) {
            error = read_group(reader, order[i]);
        }
    }
    const struct document_evidence *evidence = &reader->document->evidence;
    if (error == JUMIN_OK && evidence->chip_point_length > 0 && !evidence->chip_answered) {
        error = judge_chip(reader, reader_compare_file(reader, JUMIN_FILE_DG14));
    }
    return error;
}

// --- The whole ---------------------------------------------------------------------------------------------

static enum jumin_error tap(struct jumin_reader *reader)
{
    const bool resumed = reader->document != NULL && reader->document->files[JUMIN_FILE_SOD].n > 0;
    enum jumin_error error = reader_connect(reader);
    if (error == JUMIN_OK) {
        error = open_application(reader);
    }
    if (error == JUMIN_OK && resumed) {
        error = reader_compare_file(reader, JUMIN_FILE_SOD);
    }
    return error == JUMIN_OK ? reader_explain_refusal(reader, read_application(reader)) : error;
}

// Cards that refuse to give so many bytes at once, often by ending the session: the next smaller unit to try.
static bool lower_unit(struct jumin_reader *reader, enum jumin_error error)
{
    static const size_t units[] = {223, 192, 160, 128, 112, 96};
    if (reader->channel.step != JUMIN_STEP_READ_FILE || !refused_length(reader) ||
        (error != JUMIN_ERROR_STATUS && error != JUMIN_ERROR_SECURE_MESSAGING)) {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i] < reader->unit_now) {
            reader->unit_now = units[i];
            reader->header_first = true;
            return true;
        }
    }
    return false;
}

// What a second call can go on from.
static bool is_interruption(enum jumin_error error)
{
    return error == JUMIN_ERROR_CARD_REMOVED || error == JUMIN_ERROR_READER_REMOVED ||
           error == JUMIN_ERROR_NO_CARD || error == JUMIN_ERROR_TIMEOUT || error == JUMIN_ERROR_LINK;
}

static void hand_over(struct jumin_reader *reader, struct jumin_document **document)
{
    *document = reader->document;
    reader->document = NULL;
    detail_clear(&(*document)->detail);
    jumin_reader_restart(reader);
    detail_clear(&reader->detail);
}

// What a reader needs to have set, and what it forgets, before a tap of its own.
static enum jumin_error begin(struct jumin_reader *reader)
{
    detail_clear(&reader->detail);
    if (reader->password == PACE_PASSWORD_NONE) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "no password was given: CAN, MRZ or PIN");
    }
    reader->unit_now = reader->unit;
    reader->header_first = false;
    return JUMIN_OK;
}

enum jumin_error jumin_reader_read(struct jumin_reader *reader, struct jumin_document **document)
{
    if (reader == NULL || document == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *document = NULL;
    enum jumin_error error = begin(reader);
    if (error != JUMIN_OK) {
        return error;
    }
    error = tap(reader);
    while (error != JUMIN_OK && lower_unit(reader, error)) {
        error = tap(reader);
    }
    if (error == JUMIN_OK) {
        hand_over(reader, document);
        return JUMIN_OK;
    }
    channel_end(&reader->channel);
    if (!is_interruption(error)) {
        jumin_reader_restart(reader);
    }
    return error;
}

enum jumin_error jumin_reader_read_card(struct jumin_reader *reader, struct jumin_document **document)
{
    if (reader == NULL || document == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *document = NULL;
    enum jumin_error error = begin(reader);
    if (error != JUMIN_OK) {
        return error;
    }
    jumin_reader_restart(reader);
    error = reader_connect(reader);
    if (error == JUMIN_OK) {
        error = reader_pace(reader);
    }
    if (error == JUMIN_OK) {
        error = read_optional(reader, JUMIN_FILE_CARD_SECURITY);
    }
    if (error != JUMIN_OK) {
        channel_end(&reader->channel);
        jumin_reader_restart(reader);
        return error;
    }
    hand_over(reader, document);
    return JUMIN_OK;
}

enum jumin_error jumin_reader_inspect(struct jumin_reader *reader, struct jumin_document **document)
{
    if (reader == NULL || document == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *document = NULL;
    detail_clear(&reader->detail);
    jumin_reader_restart(reader);
    reader->unit_now = APDU_SHORT_LE_MAX;
    enum jumin_error error = connect_card(reader);
    if (error == JUMIN_OK) {
        limits_short(&reader->channel.limits);
        error = read_if_there(reader, JUMIN_FILE_CARD_ACCESS);
    }
    if (error == JUMIN_OK) {
        error = read_if_there(reader, JUMIN_FILE_ATR_INFO);
    }
    if (error == JUMIN_OK) {
        error = read_if_there(reader, JUMIN_FILE_DIR);
    }
    if (error != JUMIN_OK) {
        jumin_reader_restart(reader);
        return error;
    }
    hand_over(reader, document);
    return JUMIN_OK;
}

enum jumin_error jumin_reader_transmit(struct jumin_reader *reader, const uint8_t *command, size_t n,
                                       uint8_t *response, size_t capacity, size_t *length)
{
    struct apdu_command parsed;
    if (reader == NULL || command == NULL || response == NULL || length == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *length = 0;
    detail_clear(&reader->detail);
    if (!reader->channel.connected || !apdu_parse(span_of(command, n), &parsed)) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT,
                          reader->channel.connected ? "the command is no APDU" : "no card is connected");
    }
    reader->channel.name = apdu_instruction_name(parsed.cla, parsed.ins);
    struct span data;
    uint16_t status = 0;
    const enum jumin_error error = channel_transmit(&reader->channel, &parsed, &data, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    struct writer w = writer_of(response, capacity);
    writer_put(&w, data);
    writer_put_u16(&w, status);
    if (w.overflow) {
        return detail_set(&reader->detail, JUMIN_ERROR_TOO_LONG, "the answer has %zu bytes", data.n + 2);
    }
    *length = w.n;
    return JUMIN_OK;
}
