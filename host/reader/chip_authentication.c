// Chip Authentication as the terminal plays it (9303-11 §6.2, TR-03110-3 §B.2): ECDH; with AES in the form of
// MSE:Set AT and GENERAL AUTHENTICATE, with 3DES in that of MSE:Set KAT.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/tlv.h"
#include "host/reader/ca_key.h"
#include "host/reader/lds.h"
#include "host/reader/reader_internal.h"
#include "host/reader/suite.h"

enum {
    DO_DYNAMIC_AUTHENTICATION = 0x7C,
    DO_EPHEMERAL = 0x80,
    DO_MECHANISM = 0x80,
    DO_KEY = 0x84,
    DO_EPHEMERAL_KAT = 0x91,
    VERSION = 1, // of the protocol that is run here
};

// One offer of DG14: a mechanism, and the key that it goes with.
struct offer {
    enum secure_messaging_suite suite;
    bool has_key_id;
    uint32_t key_id;
    enum crypto_curve curve;
    struct span point;
    bool guessed; // DG14 does not say how the key is used
};

// --- Choosing --------------------------------------------------------------------------------------------

// The key that a ChipAuthenticationInfo means: with its key id, or the only one without.
static bool find_key(struct span infos, struct offer *offer)
{
    struct security_info info;
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY && info.has_key_id == offer->has_key_id &&
            (!info.has_key_id || info.key_id == offer->key_id) &&
            ca_key_of(&info, &offer->curve, &offer->point)) {
            return true;
        }
    }
    return false;
}

// Some old documents hold a key and do not say what it is for: then it is for 3DES.
static bool choose_key_alone(struct span infos, struct offer *chosen)
{
    struct security_info info;
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION) {
            return false;
        }
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY &&
            ca_key_of(&info, &chosen->curve, &chosen->point)) {
            chosen->suite = SUITE_3DES_CBC_CBC;
            chosen->guessed = true;
            chosen->has_key_id = info.has_key_id;
            chosen->key_id = info.key_id;
        }
    }
    return chosen->point.n > 0;
}

// The strongest: longest key, 3DES last, then longest curve.
static bool choose(struct span infos, struct offer *chosen)
{
    bool found = false;
    struct span rest = infos;
    struct security_info info;
    while (security_infos_next(&rest, &info) == TLV_OBJECT) {
        if (info.kind != SECURITY_INFO_CHIP_AUTHENTICATION || info.version != VERSION) {
            continue;
        }
        struct offer offer = {.suite = info.suite, .has_key_id = info.has_key_id, .key_id = info.key_id};
        const bool better = find_key(infos, &offer) &&
                            (!found || offer.suite > chosen->suite ||
                             (offer.suite == chosen->suite &&
                              crypto_curve_length(offer.curve) > crypto_curve_length(chosen->curve)));
        if (better) {
            *chosen = offer;
            found = true;
        }
    }
    return found || choose_key_alone(infos, chosen);
}

// --- Protocol --------------------------------------------------------------------------------------------

// The key's reference in the fewest bytes; nothing where the document has one key without.
static void put_key_reference(struct writer *data, const struct offer *offer)
{
    uint8_t key_id[4];
    size_t n = 0;
    if (!offer->has_key_id) {
        return;
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        const uint8_t byte = (uint8_t)(offer->key_id >> shift);
        if (n > 0 || byte != 0 || shift == 0) {
            key_id[n++] = byte;
        }
    }
    tlv_put(data, DO_KEY, span_of(key_id, n));
}

static enum jumin_error set_authentication_template(struct jumin_reader *reader, const struct offer *offer)
{
    uint8_t oid[OID_CA_MAX], buffer[OID_CA_MAX + 16];
    struct writer data = writer_of(buffer, sizeof buffer);
    const size_t n = oid_ca_ecdh(offer->suite, oid);
    tlv_put(&data, DO_MECHANISM, span_of(oid, n));
    put_key_reference(&data, offer);
    const struct apdu_command command = {.ins = 0x22, .p1 = 0x41, .p2 = 0xA4, .data = writer_span(&data)};
    struct span answer;
    return channel_command(&reader->channel, &command, &answer);
}

static enum jumin_error send_ephemeral(struct jumin_reader *reader, struct span point)
{
    uint8_t buffer[CRYPTO_POINT_MAX + 8];
    struct writer data = writer_of(buffer, sizeof buffer);
    const size_t template = tlv_open(&data, DO_DYNAMIC_AUTHENTICATION);
    tlv_put(&data, DO_EPHEMERAL, point);
    tlv_close(&data, template);
    const struct apdu_command command = {.ins = 0x86, .data = writer_span(&data), .ne = APDU_SHORT_LE_MAX};
    struct span answer;
    const enum jumin_error error = channel_command(&reader->channel, &command, &answer);
    struct tlv object;
    if (error == JUMIN_OK && (!tlv_expect(&answer, DO_DYNAMIC_AUTHENTICATION, &object) || answer.n != 0)) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "chip authentication: the card's answer is not as 9303-11 wants it");
    }
    return error;
}

// MSE:Set KAT, the whole protocol in one command (9303-11 §6.2.4.1).
static enum jumin_error set_key_agreement_template(struct jumin_reader *reader, const struct offer *offer,
                                                   struct span point)
{
    uint8_t buffer[CRYPTO_POINT_MAX + 16];
    struct writer data = writer_of(buffer, sizeof buffer);
    tlv_put(&data, DO_EPHEMERAL_KAT, point);
    put_key_reference(&data, offer);
    const struct apdu_command command = {.ins = 0x22, .p1 = 0x41, .p2 = 0xA6, .data = writer_span(&data)};
    struct span answer;
    return channel_command(&reader->channel, &command, &answer);
}

static enum jumin_error give_ephemeral(struct jumin_reader *reader, const struct offer *offer,
                                       struct span point)
{
    if (offer->suite == SUITE_3DES_CBC_CBC) {
        return set_key_agreement_template(reader, offer, point);
    }
    const enum jumin_error error = set_authentication_template(reader, offer);
    return error == JUMIN_OK ? send_ephemeral(reader, point) : error;
}

static enum jumin_error agree(struct jumin_reader *reader, const struct offer *offer)
{
    struct crypto_ec_key key = {0};
    struct sm_session session = {0};
    uint8_t point[CRYPTO_POINT_MAX], shared[CRYPTO_FIELD_MAX];
    enum jumin_error error =
        detail_set(&reader->detail, JUMIN_ERROR_CRYPTO, "chip authentication: the crypto library failed");
    if (!crypto_ec_generate(&key, offer->curve, &reader->random) || !crypto_ec_public(&key, point)) {
        goto out;
    }
    if (!crypto_ecdh(&key, &reader->random, offer->point, shared)) {
        error = detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                           "chip authentication: the key in DG14 is no point of its curve");
        goto out;
    }
    if (!suite_start_session(&session, offer->suite, span_of(shared, crypto_curve_length(offer->curve)))) {
        goto out;
    }
    error = give_ephemeral(reader, offer, span_of(point, crypto_curve_point_length(offer->curve)));
    if (error == JUMIN_OK) {
        sm_move(&reader->channel.sm, &session);
    }
out:
    sm_end(&session);
    crypto_ec_release(&key);
    crypto_wipe(shared, sizeof shared);
    return error;
}

enum jumin_error reader_chip_authentication(struct jumin_reader *reader)
{
    struct document_evidence *evidence = &reader->document->evidence;
    const struct span file = document_span(reader->document, JUMIN_FILE_DG14);
    struct span set, infos;
    struct offer offer = {.point = {NULL, 0}};
    const char *why = "";
    if (file.n == 0 || !lds_dg14_parse(file, &set, &why) || !security_infos_open(set, &infos) ||
        !choose(infos, &offer)) {
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
    // The proof is that the chip answers under the new keys: the very next command shows it.
    evidence->chip_answered = false;
    return JUMIN_OK;
}
