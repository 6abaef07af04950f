// A card in the session of a terminal: any sequence of the commands of Terminal and Chip Authentication. It
// trusts nobody beyond the rights of its CVCA and of the CHAT, and its date never goes back.
// SPDX-License-Identifier: Apache-2.0
//
// An input is records of three bytes and data: what is done with them (see `enum action`), and their length
// in two bytes. Protection and signatures are put on here, as no fuzzer finds them: certificates are whatever
// body the input says, signed by the CVCA, the DV or the terminal as its first byte says.
#include "card/core/card.h"
#include "tests/fuzz/card_machine.h"
#include "tests/fuzz/fuzz.h"

enum { RECORDS_MAX = 16, CERTIFICATE_MAX = 1200, KEYS = 3 };

enum action {
    SET_DST,
    VERIFY_CERTIFICATE,
    VERIFY_SIGNED_BODY, // data: the signer, then the content of 7F4E
    SET_AUTHENTICATION_TEMPLATE,
    GET_CHALLENGE,
    EXTERNAL_AUTHENTICATE,
    EXTERNAL_AUTHENTICATE_SIGNED,
    SET_CHIP_AUTHENTICATION,
    GENERAL_AUTHENTICATE,
    SELECT_BY_NAME,
    ACTIONS,
};

static const uint8_t session_key[16] = "session key....";
static const char cvca_name[] = "KRCVCAAT00001";

static struct card_machine machine; // too large for the stack; every input begins it anew
static struct sm_session session;   // the terminal's side
static struct crypto_ec_key keys[KEYS];
static uint8_t manufactured[CARD_MACHINE_FLASH];

static bool fill(void *context, uint8_t *out, size_t n)
{
    (void)context;
    memset(out, 0x5A, n);
    return true;
}

static const struct crypto_random blinding = {fill, NULL};

// --- The card ----------------------------------------------------------------------------------------------

static bool sign(size_t key, struct span message, struct writer *signature)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    uint8_t *to = writer_reserve(signature, 64);
    return to != NULL && crypto_hash_parts(CRYPTO_SHA256, &message, 1, digest) &&
           crypto_ecdsa_sign(&keys[key], &blinding, span_of(digest, 32), to);
}

static void put_trust_point(struct store *store)
{
    uint8_t point[65], body_bytes[CERTIFICATE_MAX], signature_bytes[64], bytes[CERTIFICATE_MAX];
    struct writer body = writer_of(body_bytes, sizeof body_bytes);
    struct writer signature = writer_of(signature_bytes, sizeof signature_bytes);
    struct writer w = writer_of(bytes, sizeof bytes);
    require(crypto_ec_public(&keys[0], point));
    const struct cv_certificate certificate = {
        .authority = span_of(cvca_name, sizeof cvca_name - 1),
        .holder = span_of(cvca_name, sizeof cvca_name - 1),
        .hash = CRYPTO_SHA256,
        .point = span_of(point, sizeof point),
        .has_parameters = true,
        .curve = CRYPTO_P256,
        .authorization = {TERMINAL_AUTHENTICATION, ROLE_CVCA, rights_of_type(TERMINAL_AUTHENTICATION)},
        .effective = 260101,
        .expiration = 281231,
    };
    cv_certificate_put_body(&body, &certificate);
    require(sign(0, writer_span(&body), &signature));
    cv_certificate_put(&w, writer_span(&body), writer_span(&signature));
    require(trust_point_store(store, TERMINAL_AUTHENTICATION, 0, writer_span(&w)) == SW_OK);
    require(trust_points_complete(store) == SW_OK);
}

// Once: a card with a trust point, a generation key, and EF.CardAccess that announces it.
static void manufacture(void)
{
    static const uint8_t card_access[] = {0x31, 0x14, 0x30, 0x12, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07,
                                          0x02, 0x02, 0x03, 0x02, 0x02, 0x02, 0x01, 0x02, 0x02, 0x01, 0x01};
    uint8_t secret[32], key[34] = {0x01, 0x0C};
    for (size_t i = 0; i < KEYS; i++) {
        memset(secret, 0x11 * (int)(i + 1), sizeof secret);
        require(crypto_ec_load_secret(&keys[i], CRYPTO_P256, span_of(secret, sizeof secret), &blinding));
    }
    card_machine_manufacture(&machine);
    struct store *store = &machine.card.store;
    put_trust_point(store);
    memset(key + 2, 0x44, 32);
    require(store_write(store, OBJECT_GENERATION_KEY, span_of(key, sizeof key)) == STORE_OK);
    require(store_write(store, OBJECT_MF_FILES + 0x1C, span_of(card_access, sizeof card_access)) == STORE_OK);
    memcpy(manufactured, machine.flash, sizeof manufactured);
}

// What PACE with the PIN leaves.
static void begin(void)
{
    struct security_status *security = &machine.card.security;
    const struct span key = span_of(session_key, sizeof session_key);
    card_machine_restore(&machine, manufactured);
    require(card_machine_power_on(&machine) == STORE_OK);
    require(sm_start(&session, SUITE_AES_CBC_CMAC_128, key, key));
    require(sm_start(&security->sm, SUITE_AES_CBC_CMAC_128, key, key));
    security->achieved.password = PACE_PASSWORD_PIN;
    security->achieved.asked = (struct authorization){
        .type = TERMINAL_AUTHENTICATION, .rights = right_to_read(1) | right_of(RIGHT_PRIVILEGED_TERMINAL)};
    security->achieved.identifier_length = 32;
}

// --- The terminal ------------------------------------------------------------------------------------------

// 7F4E and 5F37.
static struct span sign_body(struct span data, uint8_t buffer[CERTIFICATE_MAX + 128])
{
    struct span signer;
    uint8_t signature_bytes[64];
    struct writer signature = writer_of(signature_bytes, sizeof signature_bytes);
    struct writer w = writer_of(buffer, CERTIFICATE_MAX + 128);
    if (!span_take(&data, 1, &signer) || data.n > CERTIFICATE_MAX) {
        return span_of(NULL, 0);
    }
    tlv_put(&w, CVC_BODY, data);
    require(sign(signer.p[0] % KEYS, writer_span(&w), &signature));
    tlv_put(&w, CVC_SIGNATURE, writer_span(&signature));
    return writer_span(&w);
}

// What the terminal signs, in the state that the card is in.
static struct span sign_proof(uint8_t buffer[64])
{
    const struct terminal_authentication_state *state = &machine.card.terminal_authentication;
    uint8_t message_bytes[CRYPTO_FIELD_MAX * 2 + TA_CHALLENGE + TA_AUXILIARY_MAX];
    struct writer message = writer_of(message_bytes, sizeof message_bytes);
    struct writer signature = writer_of(buffer, 64);
    writer_put(&message, span_of(machine.card.security.achieved.identifier,
                                 machine.card.security.achieved.identifier_length));
    writer_put(&message, span_of(state->challenge, sizeof state->challenge));
    writer_put(&message, span_of(state->compressed_key, state->compressed_key_length));
    writer_put(&message, span_of(state->auxiliary_data, state->auxiliary_length));
    require(!message.overflow && sign(2, writer_span(&message), &signature));
    return writer_span(&signature);
}

static struct apdu_command command_of(enum action action, struct span data,
                                      uint8_t buffer[CERTIFICATE_MAX + 128])
{
    static const uint8_t headers[ACTIONS][3] = {
        [SET_DST] = {0x22, 0x81, 0xB6},
        [VERIFY_CERTIFICATE] = {0x2A, 0x00, 0xBE},
        [VERIFY_SIGNED_BODY] = {0x2A, 0x00, 0xBE},
        [SET_AUTHENTICATION_TEMPLATE] = {0x22, 0x81, 0xA4},
        [GET_CHALLENGE] = {0x84, 0x00, 0x00},
        [EXTERNAL_AUTHENTICATE] = {0x82, 0x00, 0x00},
        [EXTERNAL_AUTHENTICATE_SIGNED] = {0x82, 0x00, 0x00},
        [SET_CHIP_AUTHENTICATION] = {0x22, 0x41, 0xA4},
        [GENERAL_AUTHENTICATE] = {0x86, 0x00, 0x00},
        [SELECT_BY_NAME] = {0xA4, 0x04, 0x0C},
    };
    const uint8_t *header = headers[action];
    struct apdu_command command = {.ins = header[0], .p1 = header[1], .p2 = header[2], .data = data};
    if (action == VERIFY_SIGNED_BODY) {
        command.data = sign_body(data, buffer);
    } else if (action == EXTERNAL_AUTHENTICATE_SIGNED) {
        command.data = sign_proof(buffer);
    } else if (action == GET_CHALLENGE) {
        command.data = span_of(NULL, 0);
        command.ne = TA_CHALLENGE;
    } else if (action == GENERAL_AUTHENTICATE) {
        command.ne = APDU_SHORT_LE_MAX;
    }
    return command;
}

// False: the session has ended, or the card alone knows its keys now.
static bool transmit(enum action action, struct span data)
{
    uint8_t buffer[CERTIFICATE_MAX + 128], protected[CARD_COMMAND_MAX], response[CARD_RESPONSE_MAX];
    const struct apdu_command command = command_of(action, data, buffer);
    struct writer w = writer_of(protected, sizeof protected);
    if (!sm_protect_command(&session, &command, &w)) {
        return true;
    }
    const size_t n = card_machine_transmit(&machine, writer_span(&w), response);
    uint8_t plain[CARD_RESPONSE_MAX];
    struct writer opened = writer_of(plain, sizeof plain);
    struct span protected_data;
    uint16_t status;
    require(apdu_response_parse(span_of(response, n), &protected_data, &status));
    return sm_open_response(&session, protected_data, &opened, &status) == SM_OK &&
           !(action == GENERAL_AUTHENTICATE && status == SW_OK);
}

// --- What must hold ----------------------------------------------------------------------------------------

static void check(cvc_date date_before)
{
    const struct achieved *achieved = &machine.card.security.achieved;
    const struct terminal_authentication_state *state = &machine.card.terminal_authentication;
    struct imported_key key;
    require((achieved->effective & ~achieved->asked.rights) == 0);
    require(achieved->effective == 0 || achieved->terminal_authenticated);
    require(!achieved->chip_authenticated || achieved->terminal_authenticated);
    require(state->imported.authorization.role != ROLE_CVCA);
    require(state->auxiliary_length <= sizeof state->auxiliary_data);
    require(state->compressed_key_length <= sizeof state->compressed_key);
    require(current_date(&machine.card.store) >= date_before);
    require(trust_point_read(&machine.card.store, TERMINAL_AUTHENTICATION, TRUST_POINT_NEWER, &key));
    require(!trust_point_read(&machine.card.store, TERMINAL_INSPECTION, TRUST_POINT_NEWER, &key));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static bool ready; // made once, the same for every input
    if (!ready) {
        manufacture();
        ready = true;
    }
    begin();
    struct span input = span_of(bytes, n);
    struct span head, data;
    bool goes_on = true;
    for (size_t i = 0; i < RECORDS_MAX && goes_on && span_take(&input, 3, &head); i++) {
        const size_t wanted = (size_t)(head.p[1] << 8 | head.p[2]);
        const cvc_date date = current_date(&machine.card.store);
        require(span_take(&input, wanted < input.n ? wanted : input.n, &data));
        goes_on = transmit((enum action)(head.p[0] % ACTIONS), data);
        check(date);
    }
    sm_end(&session);
    card_reset(&machine.card);
    return 0;
}
