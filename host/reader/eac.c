// Extended Access Control version 2: a terminal that proves what it may do to a chip that proves what it is
// (TR-03110-2 §3.2 to §3.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/eac.h"

#include "host/reader/card_security.h"
#include "host/reader/suite.h"
#include "host/reader/terminal_authentication.h"

// --- What to ask for -----------------------------------------------------------------------------------------

static const char *name_of_first(rights set)
{
    for (unsigned i = 0; i < JUMIN_RIGHT_COUNT; i++) {
        const char *name = (set >> i & 1) != 0 ? jumin_right_name((enum jumin_right)i) : NULL;
        if (name != NULL) {
            return name;
        }
    }
    return "something unknown";
}

// The card would refuse later and say less.
static enum jumin_error ask(struct jumin_reader *reader, const struct eac_request *request)
{
    struct cv_certificate own;
    const enum jumin_error error = terminal_certificate(request->terminal, &own);
    if (error != JUMIN_OK) {
        return detail_set(&reader->detail, error, "%s", jumin_terminal_detail(request->terminal));
    }
    const rights certified = own.authorization.rights;
    rights asked = request->rights == 0 ? certified : request->rights;
    if (own.authorization.type == TERMINAL_AUTHENTICATION && reader->password == PACE_PASSWORD_CAN) {
        asked |= right_of(RIGHT_CAN_ALLOWED);
    }
    if ((asked & ~certified) != 0) {
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "the certificate of %.*s does not carry the right: %s", (int)own.holder.n,
                          (const char *)own.holder.p, name_of_first(asked & ~certified));
    }
    reader->asked = (struct authorization){own.authorization.type, ROLE_TERMINAL, asked};
    return JUMIN_OK;
}

// --- Passive authentication ----------------------------------------------------------------------------------

enum jumin_error eac_passive_authentication(struct detail *detail, struct span card_access,
                                            struct span card_security, const struct jumin_trust *trust,
                                            int64_t time, enum jumin_cipher preferred, struct span *infos,
                                            struct ca_offer *offer)
{
    enum { VERSION = 2 };
    const struct finding security = card_security_check(card_security, "EF.CardSecurity", trust, time, infos);
    if (security.verdict != JUMIN_PASSED) {
        return detail_set(detail, security.error, "passive authentication: %s", security.detail.text);
    }
    const struct finding access = card_access_check(card_access, *infos, "EF.CardSecurity");
    if (access.verdict == JUMIN_FAILED) {
        return detail_set(detail, access.error, "passive authentication: %s", access.detail.text);
    }
    return ca_choose(*infos, VERSION, preferred, offer)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                            "EF.CardSecurity offers no chip authentication of version 2 that is known here");
}

static enum jumin_error authenticate_passively(struct jumin_reader *reader, const struct eac_request *request,
                                               struct span *infos, struct ca_offer *offer)
{
    const enum jumin_error error = reader_read_file(reader, JUMIN_FILE_CARD_SECURITY);
    if (error != JUMIN_OK) {
        return error;
    }
    return eac_passive_authentication(
        &reader->detail, document_span(reader->document, JUMIN_FILE_CARD_ACCESS),
        document_span(reader->document, JUMIN_FILE_CARD_SECURITY), request->trust, request->time,
        suite_cipher_of(reader->document->evidence.protocol.suite), infos, offer);
}

// --- Chip Authentication -------------------------------------------------------------------------------------

static enum jumin_error agree(struct jumin_reader *reader, const struct ca_offer *offer,
                              const struct crypto_ec_key *ephemeral, struct span data)
{
    struct ca_answer answer;
    struct sm_session session = {0};
    if (!ca_parse_answer(data, &answer)) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "chip authentication: the card's answer is not as TR-03110-3 wants it");
    }
    switch (ca_agree(offer, ephemeral, &reader->random, &answer, &session)) {
    case CA_OK:
        sm_move(&reader->channel.sm, &session);
        return JUMIN_OK;
    case CA_WRONG_TOKEN:
        return detail_set(&reader->detail, JUMIN_ERROR_CLONED,
                          "chip authentication: the chip does not hold the key of EF.CardSecurity");
    case CA_WRONG_POINT:
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "chip authentication: the key of EF.CardSecurity is no point of its curve");
    default:
        return detail_set(&reader->detail, JUMIN_ERROR_CRYPTO,
                          "chip authentication: the crypto library failed");
    }
}

static enum jumin_error authenticate_chip(struct jumin_reader *reader, const struct ca_offer *offer,
                                          const struct crypto_ec_key *ephemeral, struct span point)
{
    uint8_t buffer[CA_DATA_MAX];
    struct writer data = writer_of(buffer, sizeof buffer);
    struct apdu_command command = ca_set_at(offer, &data);
    struct span answer;
    channel_enter(&reader->channel, JUMIN_STEP_CHIP_AUTHENTICATION, "chip authentication");
    enum jumin_error error = channel_command(&reader->channel, &command, &answer);
    if (error != JUMIN_OK) {
        return error;
    }
    data = writer_of(buffer, sizeof buffer);
    command = ca_general_authenticate(point, &data);
    error = channel_command(&reader->channel, &command, &answer);
    return error == JUMIN_OK ? agree(reader, offer, ephemeral, answer) : error;
}

// --- The whole ---------------------------------------------------------------------------------------------

// Both sides sign and agree with the terminal's one ephemeral key.
static enum jumin_error authenticate_both(struct jumin_reader *reader, const struct eac_request *request,
                                          const struct ca_offer *offer, rights *granted)
{
    const struct document_evidence *evidence = &reader->document->evidence;
    const enum crypto_curve pace_curve = evidence->protocol.curve;
    struct crypto_ec_key ephemeral = {0};
    uint8_t bytes[CRYPTO_POINT_MAX];
    if (!crypto_ec_generate(&ephemeral, offer->curve, &reader->random) ||
        !crypto_ec_public(&ephemeral, bytes)) {
        crypto_ec_release(&ephemeral);
        return detail_set(&reader->detail, JUMIN_ERROR_CRYPTO, "no random bytes for an ephemeral key");
    }
    const struct span point = span_of(bytes, crypto_curve_point_length(offer->curve));
    struct ta_run run = {
        .version = 2,
        .terminal = request->terminal,
        .identifier =
            comp_point(pace_curve, span_of(evidence->pace_point, crypto_curve_point_length(pace_curve))),
        .compressed_key = comp_point(offer->curve, point),
        .auxiliary_data = request->auxiliary_data,
    };
    enum jumin_error error = reader_terminal_authentication(reader, &run);
    if (error == JUMIN_OK) {
        error = authenticate_chip(reader, offer, &ephemeral, point);
    }
    *granted = error == JUMIN_OK ? run.granted & reader->asked.rights : 0;
    crypto_ec_release(&ephemeral);
    return error;
}

enum jumin_error eac_run(struct jumin_reader *reader, const struct eac_request *request, rights *granted,
                         struct span *infos)
{
    struct ca_offer offer = {.point = {NULL, 0}};
    *granted = 0;
    *infos = span_of(NULL, 0);
    enum jumin_error error = ask(reader, request);
    if (error == JUMIN_OK) {
        error = reader_connect(reader);
    }
    if (error == JUMIN_OK) {
        error = reader_pace(reader);
    }
    if (error == JUMIN_OK) {
        error = authenticate_passively(reader, request, infos, &offer);
    }
    if (error == JUMIN_OK) {
        error = authenticate_both(reader, request, &offer, granted);
    }
    memset(&reader->asked, 0, sizeof reader->asked);
    return reader_explain_refusal(reader, error);
}
