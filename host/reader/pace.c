// PACE as the terminal plays it (9303-11 §4.4, TR-03110-3 §B.1): GM, IM and CAM over elliptic curves.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/tlv.h"
#include "host/reader/pace_password.h"
#include "host/reader/suite.h"

// Data objects of GENERAL AUTHENTICATE (9303-11 §4.4.4.2)
enum {
    DO_DYNAMIC_AUTHENTICATION = 0x7C,
    DO_NONCE = 0x80,
    DO_MAPPING = 0x81,
    DO_MAPPING_ANSWER = 0x82,
    DO_EPHEMERAL = 0x83,
    DO_EPHEMERAL_ANSWER = 0x84,
    DO_TOKEN = 0x85,
    DO_TOKEN_ANSWER = 0x86,
    DO_AUTHORITY = 0x87,
    DO_AUTHORITY_BEFORE = 0x88,
    DO_CHIP_DATA = 0x8A,
};

// One run; wiped at its end.
struct run {
    enum pace_password password;
    struct pace_protocol protocol;
    uint8_t oid[OID_PACE_MAX];
    size_t oid_length;
    struct crypto_cipher_key password_key;
    uint8_t nonce[PACE_NONCE_MAX];
    size_t nonce_length;
    struct crypto_ec_key mapping_key;
    uint8_t chip_mapping_point[CRYPTO_POINT_MAX];
    uint8_t generator[CRYPTO_POINT_MAX];
    uint8_t secret[CRYPTO_FIELD_MAX];
    uint8_t point[CRYPTO_POINT_MAX];
    uint8_t chip_point[CRYPTO_POINT_MAX];
    uint8_t shared[CRYPTO_FIELD_MAX];
    struct sm_session session;
    enum terminal_type asked; // named in MSE:Set AT
};

// --- Commands --------------------------------------------------------------------------------------------

static enum jumin_error malformed(struct jumin_reader *reader, const char *what)
{
    (void)detail_set(&reader->detail, JUMIN_ERROR_MALFORMED, "PACE: %s is not as 9303-11 wants it", what);
    return JUMIN_ERROR_MALFORMED;
}

// One step: sends 7C{tag value}, or 7C{} for tag 0. `objects`: what stands in the answer's 7C.
static enum jumin_error general_authenticate(struct jumin_reader *reader, const struct run *run, uint8_t tag,
                                             struct span value, struct span *objects)
{
    uint8_t buffer[CRYPTO_POINT_MAX + 8];
    struct writer data = writer_of(buffer, sizeof buffer);
    const size_t template = tlv_open(&data, DO_DYNAMIC_AUTHENTICATION);
    if (tag != 0) {
        tlv_put(&data, tag, value);
    }
    tlv_close(&data, template);
    const bool last = tag == DO_TOKEN;
    const struct apdu_command command = {
        .cla = last ? 0x00 : CLA_CHAINING, .ins = 0x86, .data = writer_span(&data), .ne = APDU_SHORT_LE_MAX};
    struct span answer;
    uint16_t status = 0;
    const enum jumin_error error = channel_transmit(&reader->channel, &command, &answer, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    if (status != SW_OK) {
        return pace_password_refused(reader, &command, run->password, status);
    }
    struct tlv template_object;
    if (!tlv_expect(&answer, DO_DYNAMIC_AUTHENTICATION, &template_object) || answer.n != 0) {
        return malformed(reader, "an answer of GENERAL AUTHENTICATE");
    }
    *objects = template_object.value;
    return JUMIN_OK;
}

// A step whose answer holds one object and nothing else.
static enum jumin_error general_authenticate_one(struct jumin_reader *reader, const struct run *run,
                                                 uint8_t tag, struct span value, uint8_t answer_tag,
                                                 struct span *answer)
{
    struct span objects;
    struct tlv object;
    const enum jumin_error error = general_authenticate(reader, run, tag, value, &objects);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!tlv_expect(&objects, answer_tag, &object) || objects.n != 0) {
        return malformed(reader, "an answer of GENERAL AUTHENTICATE");
    }
    *answer = object.value;
    return JUMIN_OK;
}

// --- Steps -----------------------------------------------------------------------------------------------

static enum jumin_error crypto_failed(struct jumin_reader *reader)
{
    return detail_set(&reader->detail, JUMIN_ERROR_CRYPTO, "PACE: the crypto library failed");
}

static enum jumin_error get_nonce(struct jumin_reader *reader, struct run *run)
{
    struct span encrypted;
    const enum jumin_error error =
        general_authenticate_one(reader, run, 0, span_of(NULL, 0), DO_NONCE, &encrypted);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!pace_nonce_length_allowed(&run->protocol, encrypted.n)) {
        return malformed(reader, "the encrypted nonce");
    }
    run->nonce_length = encrypted.n;
    return pace_decrypt_nonce(&run->password_key, encrypted, run->nonce) ? JUMIN_OK : crypto_failed(reader);
}

// A point of the chip, checked by the first computation that uses it.
static bool keep_point(const struct run *run, struct span bytes, uint8_t *point)
{
    if (bytes.n != crypto_curve_point_length(run->protocol.curve)) {
        return false;
    }
    memcpy(point, bytes.p, bytes.n);
    return true;
}

// GM and CAM: exchanges mapping keys.
static enum jumin_error map_nonce_generic(struct jumin_reader *reader, struct run *run)
{
    uint8_t own[CRYPTO_POINT_MAX];
    const size_t n = crypto_curve_point_length(run->protocol.curve);
    if (!crypto_ec_generate(&run->mapping_key, run->protocol.curve, &reader->random) ||
        !crypto_ec_public(&run->mapping_key, own)) {
        return crypto_failed(reader);
    }
    struct span answer;
    const enum jumin_error error =
        general_authenticate_one(reader, run, DO_MAPPING, span_of(own, n), DO_MAPPING_ANSWER, &answer);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct span nonce = span_of(run->nonce, run->nonce_length);
    if (!keep_point(run, answer, run->chip_mapping_point) || span_equal(answer, span_of(own, n)) ||
        !pace_map_generic(&run->protocol, &reader->random, &run->mapping_key, answer, nonce,
                          run->generator)) {
        return malformed(reader, "the card's mapping key");
    }
    return JUMIN_OK;
}

// IM: sends the second nonce; the answer is empty.
static enum jumin_error map_nonce_integrated(struct jumin_reader *reader, struct run *run)
{
    uint8_t terminal_nonce[PACE_NONCE_MAX];
    const size_t n = suite_key_bytes(run->protocol.suite); // as long as a key
    if (!reader->random.fill(reader->random.context, terminal_nonce, n)) {
        return crypto_failed(reader);
    }
    struct span answer;
    const enum jumin_error error = general_authenticate_one(
        reader, run, DO_MAPPING, span_of(terminal_nonce, n), DO_MAPPING_ANSWER, &answer);
    if (error != JUMIN_OK) {
        return error;
    }
    if (answer.n != 0) {
        return malformed(reader, "the answer to the terminal's nonce");
    }
    return suite_map_integrated(&run->protocol, span_of(run->nonce, run->nonce_length),
                                span_of(terminal_nonce, n), run->generator)
               ? JUMIN_OK
               : crypto_failed(reader);
}

static enum jumin_error agree_on_key(struct jumin_reader *reader, struct run *run)
{
    const enum crypto_curve curve = run->protocol.curve;
    const size_t n = crypto_curve_point_length(curve);
    if (!pace_generate_ephemeral(curve, &reader->random, span_of(run->generator, n), run->secret,
                                 run->point)) {
        return crypto_failed(reader);
    }
    struct span answer;
    const enum jumin_error error = general_authenticate_one(reader, run, DO_EPHEMERAL, span_of(run->point, n),
                                                            DO_EPHEMERAL_ANSWER, &answer);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!keep_point(run, answer, run->chip_point) ||
        !pace_agree(curve, &reader->random, span_of(run->secret, crypto_curve_length(curve)),
                    span_of(run->point, n), answer, run->shared)) {
        return malformed(reader, "the card's ephemeral key");
    }
    const struct span shared = span_of(run->shared, crypto_curve_length(curve));
    return suite_start_session(&run->session, run->protocol.suite, shared) ? JUMIN_OK : crypto_failed(reader);
}

// PACE-CAM: the chip's proof, kept until EF.CardSecurity has been verified.
static enum jumin_error keep_chip_data(struct jumin_reader *reader, const struct run *run,
                                       struct span encrypted)
{
    struct document_evidence *evidence = &reader->document->evidence;
    uint8_t buffer[PACE_ENCRYPTED_CHIP_DATA_MAX + CRYPTO_BLOCK];
    struct writer chip_data = writer_of(buffer, sizeof buffer);
    if (!pace_decrypt_chip_data(&run->session.encryption, encrypted, &chip_data) ||
        chip_data.n > sizeof evidence->chip_data) {
        return malformed(reader, "the chip's authentication data");
    }
    memcpy(evidence->chip_data, chip_data.p, chip_data.n);
    evidence->chip_data_length = chip_data.n;
    memcpy(evidence->mapping_point, run->chip_mapping_point, sizeof evidence->mapping_point);
    return JUMIN_OK;
}

// The trust points for the type of terminal that was named (TR-03110-3 §B.1).
static enum jumin_error keep_authorities(struct jumin_reader *reader, const struct run *run,
                                         struct span *objects)
{
    struct tlv name;
    if (run->asked == TERMINAL_NONE) {
        return JUMIN_OK;
    }
    if (!tlv_expect(objects, DO_AUTHORITY, &name) || !ta_add_authority(&reader->authorities, name.value) ||
        (tlv_expect(objects, DO_AUTHORITY_BEFORE, &name) &&
         !ta_add_authority(&reader->authorities, name.value))) {
        return malformed(reader, "an answer to a terminal's authorization");
    }
    return JUMIN_OK;
}

static enum jumin_error authenticate(struct jumin_reader *reader, struct run *run)
{
    const struct span oid = span_of(run->oid, run->oid_length);
    const size_t n = crypto_curve_point_length(run->protocol.curve);
    uint8_t own[PACE_TOKEN], expected[PACE_TOKEN];
    if (!pace_token(&run->session.mac, oid, span_of(run->chip_point, n), own) ||
        !pace_token(&run->session.mac, oid, span_of(run->point, n), expected)) {
        return crypto_failed(reader);
    }
    struct span objects;
    enum jumin_error error = general_authenticate(reader, run, DO_TOKEN, span_of(own, sizeof own), &objects);
    if (error != JUMIN_OK) {
        return error;
    }
    struct tlv token;
    if (!tlv_expect(&objects, DO_TOKEN_ANSWER, &token) || token.value.n != PACE_TOKEN ||
        !crypto_equal(token.value.p, expected, PACE_TOKEN)) {
        return detail_set(&reader->detail, JUMIN_ERROR_SECURE_MESSAGING,
                          "PACE: the card's authentication token is wrong");
    }
    if (run->protocol.mapping == PACE_ECDH_CAM) {
        struct tlv chip_data;
        if (!tlv_expect(&objects, DO_CHIP_DATA, &chip_data)) {
            return malformed(reader, "an answer without the chip's authentication data");
        }
        error = keep_chip_data(reader, run, chip_data.value);
    }
    if (error == JUMIN_OK) {
        error = keep_authorities(reader, run, &objects);
    }
    return error == JUMIN_OK && objects.n != 0 ? malformed(reader, "an answer with superfluous objects")
                                               : error;
}

// Under the session that there is, if any.
static enum jumin_error run_steps(struct jumin_reader *reader, struct span secret, struct run *run)
{
    if (!suite_password_key(run->protocol.suite, secret, &run->password_key)) {
        return crypto_failed(reader);
    }
    enum jumin_error error = get_nonce(reader, run);
    if (error == JUMIN_OK) {
        error = run->protocol.mapping == PACE_ECDH_IM ? map_nonce_integrated(reader, run)
                                                      : map_nonce_generic(reader, run);
    }
    if (error == JUMIN_OK) {
        error = agree_on_key(reader, run);
    }
    return error == JUMIN_OK ? authenticate(reader, run) : error;
}

// From MSE:Set AT to the new session. `resumed`: by the CAN before, so that the PIN may be suspended.
static enum jumin_error run_pace(struct jumin_reader *reader, enum pace_password password, struct span secret,
                                 const struct authorization *asked, bool resumed)
{
    struct document_evidence *evidence = &reader->document->evidence;
    struct run run;
    uint16_t status = 0;
    memset(&run, 0, sizeof run);
    memset(&reader->authorities, 0, sizeof reader->authorities);
    run.password = password;
    run.asked = asked->type;
    enum jumin_error error = pace_choose_protocol(reader, asked->type == TERMINAL_NONE, &run.protocol);
    if (error != JUMIN_OK) {
        return error;
    }
    run.oid_length = oid_pace(run.protocol.mapping, run.protocol.suite, run.oid);
    error = pace_set_password(reader, &run.protocol, password, asked, &status);
    if (error == JUMIN_OK) {
        error = pace_password_usable(reader, password, status, resumed);
    }
    if (error == JUMIN_OK) {
        error = run_steps(reader, secret, &run);
    }
    if (error == JUMIN_OK) {
        sm_move(&reader->channel.sm, &run.session);
        evidence->pace = true;
        evidence->password = password;
        evidence->protocol = run.protocol;
        memcpy(evidence->pace_point, run.chip_point, sizeof evidence->pace_point);
    }
    sm_end(&run.session);
    crypto_ec_release(&run.mapping_key);
    crypto_cipher_release(&run.password_key);
    crypto_wipe(&run, sizeof run);
    return error;
}

enum jumin_error reader_pace(struct jumin_reader *reader)
{
    static const struct authorization nothing = {.type = TERMINAL_NONE};
    const struct span secret = span_of(reader->secret, reader->secret_length);
    channel_enter(&reader->channel, JUMIN_STEP_PACE, "PACE");
    if (reader->password == PACE_PASSWORD_NONE) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "PACE: no password was given");
    }
    enum jumin_error error = run_pace(reader, reader->password, secret, &reader->asked, false);
    if (error == JUMIN_ERROR_PASSWORD_SUSPENDED && reader->can_length > 0) {
        const struct span can = span_of(reader->can, reader->can_length);
        error = run_pace(reader, PACE_PASSWORD_CAN, can, &nothing, false);
        if (error == JUMIN_OK) {
            error = run_pace(reader, reader->password, secret, &reader->asked, true);
        }
    }
    return error;
}
