// The commands that an issuer sends to the card through a phone that can neither read nor change them.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/sealed_commands.h"

#include "card/wire/lds.h"
#include "card/wire/sm_session.h"
#include "card/wire/status_word.h"
#include "host/mobile/cbor.h"

enum {
    INS_SELECT = 0xA4,
    INS_READ_BINARY = 0xB0,
    P1_SHORT_IDENTIFIER = 0x80,
    SFI_CHIP_SECURITY = 0x1B, // TR-03110-3 §A.1.2
    SFI_DG2 = 2,
    SHORT_UNIT = 223,        // what fits under Le 00 with AES (9303-11 §9.8.6)
    EXTENDED_UNIT = 1024,    // near where longer units stop paying on the air
    SHORT_COMMAND_MAX = 261, // ISO 7816-3 §12.1.3
    SEALED_MAX = 300,        // bytes of one of our commands, protected
};

static struct sealed_file file_of(size_t most, size_t unit)
{
    return (struct sealed_file){most, (most + unit - 1) / unit};
}

void sealed_plan(struct sealed_plan *plan, const struct sealed_limits *limits, size_t chip_security,
                 size_t portrait)
{
    const bool long_answers = limits->extended && limits->command_max > SHORT_COMMAND_MAX &&
                              limits->response_max >= EXTENDED_UNIT + SM_OVERHEAD + 2;
    plan->unit = long_answers ? EXTENDED_UNIT : SHORT_UNIT;
    plan->chip_security = file_of(chip_security, plan->unit);
    plan->portrait = file_of(portrait, plan->unit);
    plan->count = plan->chip_security.reads + (portrait > 0 ? 1 + plan->portrait.reads : 0) + 2;
}

// One command of a plan.
struct step {
    enum { READ_CHIP_SECURITY, SELECT_EMRTD, READ_PORTRAIT, SELECT_PROVISIONING, BIND } kind;
    size_t read; // its number among those of its file
};

static struct step step_of(const struct sealed_plan *plan, size_t index)
{
    const size_t first_select = plan->chip_security.reads, last_select = plan->count - 2;
    if (index < first_select) {
        return (struct step){READ_CHIP_SECURITY, index};
    }
    if (index >= last_select) {
        return (struct step){index == last_select ? SELECT_PROVISIONING : BIND, 0};
    }
    return index == first_select ? (struct step){SELECT_EMRTD, 0}
                                 : (struct step){READ_PORTRAIT, index - first_select - 1};
}

static struct apdu_command select_application(struct span identifier)
{
    return (struct apdu_command){.ins = INS_SELECT, .p1 = 0x04, .p2 = 0x0C, .data = identifier};
}

// The first read names the file, the others go on in it.
static struct apdu_command read_file(const struct sealed_file *file, size_t unit, uint8_t short_identifier,
                                     size_t read)
{
    const size_t offset = read * unit, left = file->most - offset;
    struct apdu_command command = {.ins = INS_READ_BINARY,
                                   .p1 = (uint8_t)(offset >> 8),
                                   .p2 = (uint8_t)offset,
                                   .ne = (uint32_t)(left < unit ? left : unit),
                                   .extended = unit > APDU_SHORT_LE_MAX};
    if (read == 0) {
        command.p1 = P1_SHORT_IDENTIFIER | short_identifier;
    }
    return command;
}

// Command `index` of the plan.
static struct apdu_command command_of(const struct sealed_plan *plan, size_t index, struct span thumbprint)
{
    const struct step step = step_of(plan, index);
    switch (step.kind) {
    case READ_CHIP_SECURITY:
        return read_file(&plan->chip_security, plan->unit, SFI_CHIP_SECURITY, step.read);
    case SELECT_EMRTD:
        return select_application(AID_EMRTD);
    case READ_PORTRAIT:
        return read_file(&plan->portrait, plan->unit, SFI_DG2, step.read);
    case SELECT_PROVISIONING:
        return select_application(AID_PROVISIONING);
    default:
        return (struct apdu_command){
            .cla = PROVISIONING_CLA, .ins = INS_BIND_DEVICE, .data = thumbprint, .ne = APDU_SHORT_LE_MAX};
    }
}

// The counter's step of the side that does not speak now (9303-11 §9.8.6.3): an answer's while commands are
// made, a command's while answers are opened.
static void skip_other_side(struct sm_session *session)
{
    uint8_t ssc[CRYPTO_BLOCK];
    sm_next_ssc(session, ssc);
    sm_set_ssc(session, ssc);
}

bool sealed_put_commands(struct writer *w, struct sm_session *session, const struct sealed_plan *plan,
                         struct span thumbprint)
{
    const uint8_t beginning[CRYPTO_BLOCK] = {0}; // as Chip Authentication has left it
    for (size_t i = 0; i < plan->count; i++) {
        uint8_t bytes[SEALED_MAX];
        struct writer sealed = writer_of(bytes, sizeof bytes);
        const struct apdu_command command = command_of(plan, i, thumbprint);
        if (!sm_protect_command(session, &command, &sealed)) {
            return false;
        }
        cbor_put_bytes(w, writer_span(&sealed));
        skip_other_side(session);
    }
    sm_set_ssc(session, beginning);
    return !w->overflow;
}

// --- Answers -------------------------------------------------------------------------------------------------

static enum jumin_error refused(struct detail *detail, const char *what, uint16_t status)
{
    enum jumin_error error = JUMIN_ERROR_STATUS;
    if (status == SW_SECURITY_STATUS_NOT_SATISFIED) {
        error = JUMIN_ERROR_ACCESS_DENIED;
    } else if (status == SW_FILE_NOT_FOUND) {
        error = JUMIN_ERROR_NO_SUCH_FILE;
    }
    return detail_set(detail, error, "%s was answered with %04X (%s)", what, (unsigned)status,
                      status_word_text(status));
}

// A part of a file, or the answer to a read behind its end.
static enum jumin_error take_file(struct writer *file, const char *what, struct span data, uint16_t status,
                                  struct detail *detail)
{
    const bool behind_the_end = status == SW_WRONG_OFFSET || status == SW_END_OF_FILE;
    if (status != SW_OK && !behind_the_end) {
        return refused(detail, what, status);
    }
    writer_put(file, data);
    return file->overflow
               ? detail_set(detail, JUMIN_ERROR_MALFORMED, "%s brought more than was asked for", what)
               : JUMIN_OK;
}

static enum jumin_error take_binding(struct sealed_result *result, struct span data, uint16_t status,
                                     struct detail *detail)
{
    struct span thumbprint, counter;
    if (status != SW_OK) {
        return refused(detail, "BIND DEVICE", status);
    }
    if (!span_take(&data, BINDING_THUMBPRINT, &thumbprint) || !span_take(&data, BINDING_COUNTER, &counter) ||
        data.n != 0) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the answer to BIND DEVICE is malformed");
    }
    memcpy(result->thumbprint, thumbprint.p, thumbprint.n);
    result->counter = 0;
    for (size_t i = 0; i < counter.n; i++) {
        result->counter = result->counter << 8 | counter.p[i];
    }
    return JUMIN_OK;
}

// What the answer to command `index` of the plan says.
static enum jumin_error take_answer(const struct sealed_plan *plan, size_t index, struct span data,
                                    uint16_t status, struct sealed_result *result, struct detail *detail)
{
    switch (step_of(plan, index).kind) {
    case READ_CHIP_SECURITY:
        return take_file(result->chip_security, "READ BINARY of EF.ChipSecurity", data, status, detail);
    case READ_PORTRAIT:
        return take_file(result->portrait, "READ BINARY of DG2", data, status, detail);
    case BIND:
        return take_binding(result, data, status, detail);
    default:
        return status == SW_OK ? JUMIN_OK : refused(detail, "SELECT", status);
    }
}

// Opens the next answer as the card's.
static enum jumin_error open_answer(struct sm_session *session, struct span response, struct writer *plain,
                                    uint16_t *status, struct detail *detail)
{
    struct span body;
    uint16_t outer;
    skip_other_side(session);
    if (!apdu_response_parse(response, &body, &outer) ||
        sm_open_response(session, body, plain, status) != SM_OK) {
        return detail_set(detail, JUMIN_ERROR_SECURE_MESSAGING,
                          "an answer is not the card's, or not in its place");
    }
    return JUMIN_OK;
}

enum jumin_error sealed_open_responses(struct binding_apdus *responses, struct sm_session *session,
                                       const struct sealed_plan *plan, struct sealed_result *result,
                                       struct detail *detail)
{
    uint8_t bytes[EXTENDED_UNIT + SM_OVERHEAD];
    enum jumin_error error = JUMIN_OK;
    enum jumin_error first_refusal = JUMIN_OK; // told only when all answers are the card's
    struct span response;
    struct detail refusal = {0};
    for (size_t i = 0; error == JUMIN_OK && binding_next_apdu(responses, &response); i++) {
        struct writer plain = writer_of(bytes, sizeof bytes);
        uint16_t status = 0;
        error = open_answer(session, response, &plain, &status, detail);
        if (error == JUMIN_OK && first_refusal == JUMIN_OK) {
            first_refusal = take_answer(plan, i, writer_span(&plain), status, result, &refusal);
        }
    }
    crypto_wipe(bytes, sizeof bytes);
    if (error == JUMIN_OK && first_refusal != JUMIN_OK) {
        *detail = refusal;
        return first_refusal;
    }
    return error;
}
