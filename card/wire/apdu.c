// Command and response APDUs (ISO 7816-3 §12.1.3, ISO 7816-4 §5.1): parsing and coding.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/apdu.h"

enum {
    HEADER = 4,
    SHORT_FIELD = 1,     // bytes of a short Lc or Le
    EXTENDED_MARKER = 1, // the 00 before the first extended length field
    EXTENDED_FIELD = 2,  // bytes of an extended Lc or Le behind the marker
    STATUS_WORD_BYTES = 2,
};

static uint32_t u16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

// `body` starts behind the header. Le 00 means the most that the field can say.
static bool parse_short(struct span body, struct apdu_command *command)
{
    const size_t lc = body.p[0];
    if (body.n == SHORT_FIELD) { // case 2S
        command->ne = lc == 0 ? APDU_SHORT_LE_MAX : (uint32_t)lc;
        return true;
    }
    if (lc == 0) {
        return false;
    }
    struct span rest = span_from(body, SHORT_FIELD);
    if (!span_take(&rest, lc, &command->data) || rest.n > SHORT_FIELD) {
        return false;
    }
    if (rest.n == SHORT_FIELD) { // case 4S
        command->ne = rest.p[0] == 0 ? APDU_SHORT_LE_MAX : rest.p[0];
    }
    return true;
}

static uint32_t extended_le(const uint8_t *p)
{
    const uint32_t le = u16(p);
    return le == 0 ? APDU_EXTENDED_LE_MAX : le;
}

static bool parse_extended(struct span body, struct apdu_command *command)
{
    command->extended = true;
    struct span rest = span_from(body, EXTENDED_MARKER);
    struct span field;
    if (!span_take(&rest, EXTENDED_FIELD, &field)) {
        return false;
    }
    if (rest.n == 0) { // case 2E
        command->ne = extended_le(field.p);
        return true;
    }
    const size_t lc = u16(field.p);
    if (lc == 0 || !span_take(&rest, lc, &command->data)) {
        return false;
    }
    if (rest.n == EXTENDED_FIELD) { // case 4E
        command->ne = extended_le(rest.p);
        return true;
    }
    return rest.n == 0;
}

bool apdu_parse(struct span bytes, struct apdu_command *command)
{
    memset(command, 0, sizeof *command);
    struct span body = bytes;
    struct span header;
    if (!span_take(&body, HEADER, &header)) {
        return false;
    }
    command->cla = header.p[0];
    command->ins = header.p[1];
    command->p1 = header.p[2];
    command->p2 = header.p[3];
    if (body.n == 0) { // case 1
        return true;
    }
    if (body.n > SHORT_FIELD && body.p[0] == 0) {
        return parse_extended(body, command);
    }
    return parse_short(body, command);
}

static bool needs_extended(const struct apdu_command *command)
{
    return command->extended || command->data.n > APDU_SHORT_LC_MAX || command->ne > APDU_SHORT_LE_MAX;
}

enum apdu_case apdu_case_of(const struct apdu_command *command)
{
    const bool extended = needs_extended(command);
    if (command->data.n == 0) {
        if (command->ne == 0) {
            return APDU_CASE_1;
        }
        return extended ? APDU_CASE_2E : APDU_CASE_2S;
    }
    if (command->ne == 0) {
        return extended ? APDU_CASE_3E : APDU_CASE_3S;
    }
    return extended ? APDU_CASE_4E : APDU_CASE_4S;
}

void apdu_put(struct writer *w, const struct apdu_command *command)
{
    if (command->data.n > APDU_EXTENDED_LC_MAX || command->ne > APDU_EXTENDED_LE_MAX) {
        w->overflow = true;
        return;
    }
    const bool extended = needs_extended(command);
    const bool has_body = command->data.n > 0 || command->ne > 0;
    const uint8_t header[HEADER] = {command->cla, command->ins, command->p1, command->p2};
    writer_put(w, span_of(header, sizeof header));
    if (extended && has_body) {
        writer_put_u8(w, 0);
    }
    if (command->data.n > 0) {
        if (extended) {
            writer_put_u16(w, (uint16_t)command->data.n);
        } else {
            writer_put_u8(w, (uint8_t)command->data.n);
        }
        writer_put(w, command->data);
    }
    if (command->ne > 0) { // the largest value of either form is coded as zero
        if (extended) {
            writer_put_u16(w, (uint16_t)command->ne);
        } else {
            writer_put_u8(w, (uint8_t)command->ne);
        }
    }
}

bool apdu_response_parse(struct span bytes, struct span *data, uint16_t *status)
{
    if (bytes.n < STATUS_WORD_BYTES || bytes.n > APDU_RESPONSE_MAX) {
        return false;
    }
    *data = span_first(bytes, bytes.n - STATUS_WORD_BYTES);
    *status = (uint16_t)u16(bytes.p + data->n);
    return true;
}
