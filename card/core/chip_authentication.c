// The chip's side of Chip Authentication version 1 (9303-11 §6.2, TR-03110-3 §B.2).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/chip_authentication.h"

#include "card/core/card.h"
#include "card/core/private_key.h"
#include "card/core/security_info_file.h"
#include "card/wire/lds.h"

enum {
    CHIP_AUTHENTICATION_VERSION = 1,
    // MSE:Set AT and MSE:Set KAT (9303-11 §6.2.4).
    TAG_MECHANISM = 0x80,
    TAG_KEY_ID = 0x84,
    TAG_EPHEMERAL_KEY = 0x91,
    // GENERAL AUTHENTICATE.
    TAG_DYNAMIC_AUTHENTICATION_DATA = 0x7C,
    TAG_EPHEMERAL_TERMINAL = 0x80,
};

void chip_authentication_end(struct chip_authentication_state *state)
{
    crypto_wipe(state, sizeof *state);
}

// The data objects of both forms: a first one whose tag tells the form, and DO84.
struct key_template {
    struct span first;
    struct span key_id;
    bool has_first, has_key_id;
};

static bool parse_template(struct span data, uint32_t first_tag, struct key_template *template)
{
    struct tlv object;
    *template = (struct key_template){0};
    enum tlv_result result = TLV_OBJECT;
    while ((result = tlv_next(&data, &object)) == TLV_OBJECT) {
        if (object.tag == first_tag && !template->has_first) {
            template->first = object.value;
            template->has_first = true;
        } else if (object.tag == TAG_KEY_ID && !template->has_key_id) {
            template->key_id = object.value;
            template->has_key_id = true;
        } else {
            return false;
        }
    }
    return result == TLV_END && template->first.n > 0 && (!template->has_key_id || template->key_id.n == 1);
}

// Reads the key that the template names, or the card's only one.
static uint16_t select_key(struct card *card, const struct key_template *template, struct private_key *key)
{
    if (!private_key_read(card, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, key)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    if (template->has_key_id && template->key_id.p[0] != key->key_id) {
        crypto_wipe(key, sizeof *key);
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    return SW_OK;
}

// The suite that DG14 announces for the key: the one of `mechanism`, or the only one when that is empty.
static bool find_suite(struct card *card, uint8_t key_id, struct span mechanism,
                       enum secure_messaging_suite *suite)
{
    struct security_info_file file;
    struct security_info info;
    unsigned matches = 0;
    if (!security_info_file_open(&file, &card->store, OBJECT_EMRTD_FILES + 14, LDS_DG14)) {
        return false;
    }
    enum tlv_result result = TLV_OBJECT;
    while ((result = security_info_file_next(&file, &info)) == TLV_OBJECT) {
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION && info.version == CHIP_AUTHENTICATION_VERSION &&
            info.suite != SUITE_3DES_CBC_CBC && (!info.has_key_id || info.key_id == key_id) &&
            (mechanism.n == 0 || span_equal(mechanism, info.oid))) {
            *suite = info.suite;
            matches++;
        }
    }
    return result == TLV_END && matches == 1;
}

// Key agreement with the terminal's ephemeral key; the session waits in `next`.
static uint16_t agree(struct card *card, const struct private_key *key, enum secure_messaging_suite suite,
                      struct span other)
{
    const size_t n = crypto_curve_length(key->curve);
    uint8_t product[CRYPTO_POINT_MAX];
    uint16_t status = SW_WRONG_DATA;
    if (crypto_ec_multiply(key->curve, &card->port.random, span_of(key->secret, n), other, product)) {
        status = pace_start_session(&card->security.next, suite, span_of(product + 1, n), span_of(NULL, 0))
                     ? SW_OK
                     : SW_EXECUTION_ERROR;
    }
    crypto_wipe(product, sizeof product);
    if (status == SW_OK) {
        card->security.next_achieved = card->security.achieved;
        card->security.next_achieved.chip_authenticated = true;
        // Rights are bound to the key that the terminal has proved; this one may be another's.
        card->security.next_achieved.terminal_authenticated = false;
        card->security.next_achieved.effective = 0;
    }
    return status;
}

uint16_t chip_authentication_set_template_handler(struct card *card, const struct apdu_command *command,
                                                  struct writer *response)
{
    (void)response;
    struct key_template template;
    struct private_key key;
    if (!parse_template(command->data, TAG_MECHANISM, &template)) {
        return SW_WRONG_DATA;
    }
    uint16_t status = select_key(card, &template, &key);
    if (status != SW_OK) {
        return status;
    }
    const uint8_t key_id = key.key_id;
    crypto_wipe(&key, sizeof key);
    if (!find_suite(card, key_id, template.first, &card->chip_authentication.suite)) {
        return SW_WRONG_DATA;
    }
    card->chip_authentication.set = true;
    return SW_OK;
}

uint16_t chip_authentication_set_key_agreement_template_handler(struct card *card,
                                                                const struct apdu_command *command,
                                                                struct writer *response)
{
    (void)response;
    struct key_template template;
    struct private_key key;
    enum secure_messaging_suite suite;
    if (!parse_template(command->data, TAG_EPHEMERAL_KEY, &template)) {
        return SW_WRONG_DATA;
    }
    uint16_t status = select_key(card, &template, &key);
    if (status != SW_OK) {
        return status;
    }
    status = find_suite(card, key.key_id, span_of(NULL, 0), &suite) ? agree(card, &key, suite, template.first)
                                                                    : SW_CONDITIONS_NOT_SATISFIED;
    crypto_wipe(&key, sizeof key);
    return status;
}

uint16_t chip_authentication_general_authenticate(struct card *card, struct span objects, bool last,
                                                  struct writer *response)
{
    const enum secure_messaging_suite suite = card->chip_authentication.suite;
    struct private_key key;
    struct tlv ephemeral;
    if (!last) {
        return SW_LAST_COMMAND_EXPECTED;
    }
    if (!tlv_expect(&objects, TAG_EPHEMERAL_TERMINAL, &ephemeral) || objects.n != 0) {
        return SW_WRONG_DATA;
    }
    if (!private_key_read(card, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, &key)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    const uint16_t status = agree(card, &key, suite, ephemeral.value);
    crypto_wipe(&key, sizeof key);
    chip_authentication_end(&card->chip_authentication);
    if (status == SW_OK) {
        tlv_put(response, TAG_DYNAMIC_AUTHENTICATION_DATA, span_of(NULL, 0));
    }
    return status;
}
