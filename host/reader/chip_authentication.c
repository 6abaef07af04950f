// Chip Authentication version 1 in the eMRTD application (9303-11 §6.2, TR-03110-3 §B.2): ECDH; with AES in
// the form of MSE:Set AT and GENERAL AUTHENTICATE, with 3DES in that of MSE:Set KAT.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/ca.h"
#include "host/reader/lds.h"
#include "host/reader/reader_internal.h"
#include "host/reader/suite.h"

static enum jumin_error send_ephemeral(struct jumin_reader *reader, struct span point)
{
    uint8_t buffer[CA_DATA_MAX];
    struct writer data = writer_of(buffer, sizeof buffer);
    const struct apdu_command command = ca_general_authenticate(point, &data);
    struct span answer;
    const enum jumin_error error = channel_command(&reader->channel, &command, &answer);
    if (error == JUMIN_OK && !ca_answer_is_template(answer)) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "chip authentication: the card's answer is not as 9303-11 wants it");
    }
    return error;
}

static enum jumin_error give_ephemeral(struct jumin_reader *reader, const struct ca_offer *offer,
                                       struct span point)
{
    const bool triple_des = offer->suite == SUITE_3DES_CBC_CBC;
    uint8_t buffer[CA_DATA_MAX];
    struct writer data = writer_of(buffer, sizeof buffer);
    const struct apdu_command command =
        triple_des ? ca_set_kat(offer, point, &data) : ca_set_at(offer, &data);
    struct span answer;
    const enum jumin_error error = channel_command(&reader->channel, &command, &answer);
    return error == JUMIN_OK && !triple_des ? send_ephemeral(reader, point) : error;
}

static void keep_compressed(struct document_evidence *evidence, enum crypto_curve curve, const uint8_t *point)
{
    const struct span compressed = comp_point(curve, span_of(point, crypto_curve_point_length(curve)));
    memcpy(evidence->compressed_key, compressed.p, compressed.n);
    evidence->compressed_key_length = compressed.n;
}

static enum jumin_error agree(struct jumin_reader *reader, const struct ca_offer *offer)
{
    struct crypto_ec_key key = {0};
    struct sm_session session = {0};
    uint8_t point[CRYPTO_POINT_MAX];
    enum jumin_error error =
        detail_set(&reader->detail, JUMIN_ERROR_CRYPTO, "chip authentication: the crypto library failed");
    if (!crypto_ec_generate(&key, offer->curve, &reader->random) || !crypto_ec_public(&key, point)) {
        goto out;
    }
    const enum ca_result result = ca_agree(offer, &key, &reader->random, NULL, &session);
    if (result == CA_WRONG_POINT) {
        error = detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                           "chip authentication: the key in DG14 is no point of its curve");
    }
    if (result != CA_OK) {
        goto out;
    }
    error = give_ephemeral(reader, offer, span_of(point, crypto_curve_point_length(offer->curve)));
    if (error == JUMIN_OK) {
        sm_move(&reader->channel.sm, &session);
        keep_compressed(&reader->document->evidence, offer->curve, point);
    }
out:
    sm_end(&session);
    crypto_ec_release(&key);
    return error;
}

static enum jumin_cipher cipher_of_pace(const struct document_evidence *evidence)
{
    return evidence->pace ? suite_cipher_of(evidence->protocol.suite) : JUMIN_CIPHER_ANY;
}

enum jumin_error reader_chip_authentication(struct jumin_reader *reader)
{
    enum { VERSION = 1 };
    struct document_evidence *evidence = &reader->document->evidence;
    const struct span file = document_span(reader->document, JUMIN_FILE_DG14);
    struct span set, infos;
    struct ca_offer offer;
    const char *why = "";
    if (file.n == 0 || !lds_dg14_parse(file, &set, &why) || !security_infos_open(set, &infos) ||
        !ca_choose(infos, VERSION, cipher_of_pace(evidence), &offer)) {
        return JUMIN_OK;
    }
    channel_enter(&reader->channel, JUMIN_STEP_CHIP_AUTHENTICATION, "chip authentication");
    const enum jumin_error error = agree(reader, &offer);
    if (offer.guessed && (error == JUMIN_ERROR_STATUS || error == JUMIN_ERROR_NOT_SUPPORTED ||
                          error == JUMIN_ERROR_ACCESS_DENIED)) {
        return JUMIN_OK; // the old session goes on
    }
    if (error != JUMIN_OK) {
        return error;
    }
    memcpy(evidence->chip_point, offer.point.p, offer.point.n);
    evidence->chip_point_length = offer.point.n;
    evidence->chip_suite = offer.suite;
    // The proof is that the chip answers under the new keys: the very next command shows it.
    evidence->chip_answered = false;
    return JUMIN_OK;
}
