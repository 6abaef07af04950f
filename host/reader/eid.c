// A session in the eID application: how it is opened, and reading and writing data groups (TR-03110-2 §3,
// TR-03110-4 §2.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/eid_internal.h"

#include "card/wire/lds.h"
#include "host/reader/eac.h"
#include "host/reader/eid_value.h"
#include <stdlib.h>
#include <time.h>

enum { INS_UPDATE_BINARY = 0xD6, SHORT_IDENTIFIER = 0x80 };

// --- What the terminal brings --------------------------------------------------------------------------------

// Eight digits; that they are a day is for the card to say.
static bool is_day(const char *text)
{
    for (size_t i = 0; i < EID_DATE; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    return text[EID_DATE] == '\0';
}

// The day that the card's last one is compared with is a day of its issuer.
static bool put_today(struct writer *w, int64_t now)
{
    char day[EID_DATE + 1];
    struct tm parts;
    if (now > INT64_MAX - JUMIN_KOREAN_CLOCK) {
        return false;
    }
    const time_t clock = (time_t)(now + JUMIN_KOREAN_CLOCK);
    if (gmtime_r(&clock, &parts) == NULL || strftime(day, sizeof day, "%Y%m%d", &parts) != EID_DATE) {
        return false;
    }
    auxiliary_data_put(w, OID_DATE_OF_EXPIRY, span_of(day, EID_DATE));
    return true;
}

// Authenticated auxiliary data: what the questions are about (TR-03110-3 §A.6.5).
static enum jumin_error put_auxiliary_data(struct jumin_eid *eid, const struct jumin_eid_request *request,
                                           struct writer *w)
{
    struct detail *detail = &eid->reader->detail;
    const size_t opened = tlv_open(w, TAG_AUXILIARY_DATA);
    if (request->born_until != NULL) {
        if (!is_day(request->born_until)) {
            return detail_set(detail, JUMIN_ERROR_ARGUMENT, "a birth date has eight digits, YYYYMMDD");
        }
        auxiliary_data_put(w, OID_DATE_OF_BIRTH, span_of(request->born_until, EID_DATE));
        eid->brought[JUMIN_EID_AGE] = true;
    }
    if (!put_today(w, request->time)) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "the time is no time");
    }
    eid->brought[JUMIN_EID_VALIDITY] = true;
    if (request->municipality != NULL) {
        auxiliary_data_put(w, OID_MUNICIPALITY, span_of(request->municipality, request->municipality_length));
        eid->brought[JUMIN_EID_MUNICIPALITY] = true;
    }
    tlv_close(w, opened);
    return w->overflow || (request->municipality != NULL && request->municipality_length == 0)
               ? detail_set(detail, JUMIN_ERROR_ARGUMENT, "the municipality is empty or too long")
               : JUMIN_OK;
}

// RestrictedIdentificationInfo {OID, {version, keyId, authorizedOnly} …} (TR-03110-3 §A.1.1.5): what takes a
// right is the pseudonym.
static void keep_identification(struct jumin_eid *eid, const struct security_info *info)
{
    struct span whole = info->whole;
    struct tlv sequence, oid, parameters, version, key_id, authorized;
    enum crypto_hash hash;
    if (!oid_ri_ecdh_parse(info->oid, &hash) || !tlv_expect(&whole, DER_SEQUENCE, &sequence) ||
        !tlv_expect(&sequence.value, DER_OID, &oid) ||
        !tlv_expect(&sequence.value, DER_SEQUENCE, &parameters) ||
        !tlv_expect(&parameters.value, DER_INTEGER, &version) ||
        !tlv_expect(&parameters.value, DER_INTEGER, &key_id) || key_id.value.n != 1 ||
        !tlv_expect(&parameters.value, DER_BOOLEAN, &authorized) || authorized.value.n != 1) {
        return;
    }
    const bool pseudonym = authorized.value.p[0] != 0;
    eid->identifications[pseudonym ? JUMIN_EID_PSEUDONYM : JUMIN_EID_BLOCKING] =
        (struct eid_identification){.known = true, .key_id = key_id.value.p[0]};
}

static void keep_identifications(struct jumin_eid *eid, struct span infos)
{
    struct security_info info;
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        keep_identification(eid, &info);
    }
}

// --- Opening -------------------------------------------------------------------------------------------------

static enum jumin_error open_session(struct jumin_eid *eid, const struct jumin_eid_request *request)
{
    struct jumin_reader *reader = eid->reader;
    uint8_t buffer[EID_AUXILIARY_MAX];
    struct writer auxiliary = writer_of(buffer, sizeof buffer);
    enum jumin_error error = put_auxiliary_data(eid, request, &auxiliary);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct eac_request eac = {.terminal = request->terminal,
                                    .trust = request->trust,
                                    .time = request->time,
                                    .rights = request->rights == JUMIN_RIGHTS_ALL ? 0 : request->rights,
                                    .auxiliary_data = writer_span(&auxiliary)};
    struct span infos;
    error = eac_run(reader, &eac, &eid->granted, &infos);
    if (error == JUMIN_OK) {
        keep_identifications(eid, infos);
        error = reader_select(reader, AID_EID, "SELECT eID");
    }
    eid->connection = reader->channel.connections;
    return error;
}

enum jumin_error jumin_eid_open(struct jumin_eid **eid, struct jumin_reader *reader,
                                const struct jumin_eid_request *request)
{
    if (eid == NULL || reader == NULL || request == NULL || request->terminal == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *eid = NULL;
    detail_clear(&reader->detail);
    jumin_reader_restart(reader);
    if (reader->password == PACE_PASSWORD_NONE) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "no password was given: PIN or CAN");
    }
    struct jumin_eid *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        return detail_set(&reader->detail, JUMIN_ERROR_MEMORY, "no memory for the session");
    }
    opened->reader = reader;
    reader->unit_now = reader->unit;
    const enum jumin_error error = open_session(opened, request);
    jumin_reader_restart(reader); // EF.CardAccess and EF.CardSecurity have served
    if (error != JUMIN_OK) {
        channel_end(&reader->channel);
        free(opened);
        return error;
    }
    detail_clear(&reader->detail);
    *eid = opened;
    return JUMIN_OK;
}

static void forget_group(struct eid_group_state *group)
{
    document_file_release(&group->file);
    if (group->arena != NULL) {
        crypto_wipe(group->arena, group->arena_length);
        free(group->arena);
    }
    *group = (struct eid_group_state){.arena = NULL};
}

void jumin_eid_free(struct jumin_eid *eid)
{
    if (eid == NULL) {
        return;
    }
    for (size_t i = 0; i <= EID_GROUPS; i++) {
        forget_group(&eid->groups[i]);
    }
    if (eid->connection == eid->reader->channel.connections) {
        channel_end(&eid->reader->channel);
    }
    crypto_wipe(eid, sizeof *eid);
    free(eid);
}

const char *jumin_eid_detail(const struct jumin_eid *eid)
{
    return eid != NULL ? eid->reader->detail.text : "";
}

jumin_rights jumin_eid_rights(const struct jumin_eid *eid)
{
    return eid != NULL ? eid->granted : 0;
}

// --- Commands ------------------------------------------------------------------------------------------------

enum jumin_error eid_check(struct jumin_eid *eid)
{
    struct channel *channel = &eid->reader->channel;
    detail_clear(&eid->reader->detail);
    return channel->connected && channel->sm.active && channel->connections == eid->connection
               ? JUMIN_OK
               : detail_set(&eid->reader->detail, JUMIN_ERROR_CARD_RESET,
                            "the session with the card has ended: open it again");
}

enum jumin_error eid_need(struct jumin_eid *eid, rights needed, const char *what)
{
    return (eid->granted & needed) != 0
               ? JUMIN_OK
               : detail_set(&eid->reader->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                            "%s: the terminal has not asked for the right, or has no certificate for it",
                            what);
}

enum jumin_error eid_command(struct jumin_eid *eid, const char *name, const struct apdu_command *command,
                             struct span *answer)
{
    struct channel *channel = &eid->reader->channel;
    struct span data;
    channel_enter(channel, JUMIN_STEP_EID, name);
    const enum jumin_error error = channel_command(channel, command, &data);
    if (error == JUMIN_OK && answer != NULL) {
        *answer = data;
    }
    return error == JUMIN_ERROR_ACCESS_DENIED ? JUMIN_ERROR_NOT_AUTHORIZED : error;
}

// --- Reading -------------------------------------------------------------------------------------------------

static enum jumin_error read_file(struct jumin_eid *eid, unsigned group)
{
    struct document_file *content = &eid->groups[group].file;
    const struct elementary_file file = {.name = jumin_eid_group_name(group),
                                         .identifier = (uint16_t)(FID_DG1 - 1 + group),
                                         .short_identifier = (uint8_t)group,
                                         .tag = eid_tag_of_group(group),
                                         .content = content};
    enum jumin_error error = eid_check(eid);
    if (error == JUMIN_OK) {
        error = eid_need(eid, right_to_read(group) | right_of(RIGHT_INSPECTION_READ_EID), file.name);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    document_file_release(content); // a read that was interrupted begins anew
    error = elementary_file_read(eid->reader, &file);
    return error == JUMIN_ERROR_ACCESS_DENIED ? JUMIN_ERROR_NOT_AUTHORIZED : error;
}

static enum jumin_error parse_group(struct jumin_eid *eid, unsigned group, struct jumin_eid_value *value)
{
    struct eid_group_state *state = &eid->groups[group];
    const struct span file = span_of(state->file.bytes, state->file.n);
    const char *why = "";
    if (state->arena == NULL) {
        state->arena_length = eid_value_arena(file.n);
        state->arena = malloc(state->arena_length);
    }
    if (state->arena == NULL) {
        return detail_set(&eid->reader->detail, JUMIN_ERROR_MEMORY, "no memory for %s",
                          jumin_eid_group_name(group));
    }
    struct writer arena = writer_of(state->arena, state->arena_length);
    return eid_value_parse(group, file, &arena, value, &why)
               ? JUMIN_OK
               : detail_set(&eid->reader->detail, JUMIN_ERROR_MALFORMED, "%s: %s",
                            jumin_eid_group_name(group), why);
}

enum jumin_error jumin_eid_read(struct jumin_eid *eid, unsigned group, struct jumin_eid_value *value)
{
    if (eid == NULL || value == NULL || jumin_eid_group_name(group) == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    memset(value, 0, sizeof *value);
    detail_clear(&eid->reader->detail);
    if (eid->groups[group].file.state != FILE_COMPLETE) {
        const enum jumin_error error = read_file(eid, group);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    return parse_group(eid, group, value);
}

// --- Writing -------------------------------------------------------------------------------------------------

// One command, chained where it is long: the card takes the whole file or none of it.
static enum jumin_error update(struct jumin_eid *eid, unsigned group, struct span file)
{
    const struct apdu_command command = {
        .ins = INS_UPDATE_BINARY, .p1 = (uint8_t)(SHORT_IDENTIFIER | group), .data = file};
    enum jumin_error error = eid_check(eid);
    if (error == JUMIN_OK) {
        error = eid_need(eid, right_to_write(group), jumin_eid_group_name(group));
    }
    if (error == JUMIN_OK) {
        error = eid_command(eid, jumin_eid_group_name(group), &command, NULL);
    }
    if (error == JUMIN_OK) {
        forget_group(&eid->groups[group]);
    }
    return error;
}

enum jumin_error jumin_eid_write_file(struct jumin_eid *eid, unsigned group, const uint8_t *file, size_t n)
{
    if (eid == NULL || file == NULL || jumin_eid_group_name(group) == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct span rest = span_of(file, n);
    struct tlv object;
    if (n > EID_FILE_MAX || !tlv_expect(&rest, eid_tag_of_group(group), &object) || rest.n != 0) {
        return detail_set(&eid->reader->detail, JUMIN_ERROR_ARGUMENT,
                          "%s: the file is not one object with the group's tag, of at most %d bytes",
                          jumin_eid_group_name(group), EID_FILE_MAX);
    }
    return update(eid, group, span_of(file, n));
}

enum jumin_error jumin_eid_write(struct jumin_eid *eid, unsigned group, const struct jumin_eid_value *value)
{
    if (eid == NULL || value == NULL || jumin_eid_group_name(group) == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    uint8_t buffer[EID_FILE_MAX];
    struct writer file = writer_of(buffer, sizeof buffer);
    const char *why = "";
    enum jumin_error error = JUMIN_OK;
    if (!eid_value_put(&file, group, value, &why)) {
        error = detail_set(&eid->reader->detail, JUMIN_ERROR_ARGUMENT, "%s: %s", jumin_eid_group_name(group),
                           why);
    } else {
        error = update(eid, group, writer_span(&file));
    }
    crypto_wipe(buffer, sizeof buffer);
    return error;
}
