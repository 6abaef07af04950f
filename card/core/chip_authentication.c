// The chip's side of Chip Authentication (9303-11 §6.2, TR-03110-2 §3.4, TR-03110-3 §B.2).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/chip_authentication.h"

#include "card/core/card.h"
#include "card/core/private_key.h"
#include "card/core/security_info_file.h"
#include "card/wire/lds.h"

enum {
    VERSION_1 = 1,
    VERSION_2 = 2,
    CARD_ACCESS_SHORT_IDENTIFIER = 0x1C,
    // MSE:Set AT and MSE:Set KAT (9303-11 §6.2.4).
    TAG_MECHANISM = 0x80,
    TAG_KEY_ID = 0x84,
    TAG_EPHEMERAL_KEY = 0x91,
    // GENERAL AUTHENTICATE.
    TAG_DYNAMIC_AUTHENTICATION_DATA = 0x7C,
    TAG_EPHEMERAL_TERMINAL = 0x80,
    TAG_NONCE = 0x81,
    TAG_TOKEN = 0x82,
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

static bool names(const struct key_template *template, const struct private_key *key)
{
    return !template->has_key_id || template->key_id.p[0] == key->key_id;
}

// Reads version 1's key, if the template names it or none.
static uint16_t select_key(struct card *card, const struct key_template *template, struct private_key *key)
{
    if (!private_key_read(card, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, key)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    if (!names(template, key)) {
        crypto_wipe(key, sizeof *key);
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    return SW_OK;
}

// Which key of version 2 the template names: a key's own name need not be given when there is one only.
static uint16_t find_key(struct card *card, const struct key_template *template, uint16_t *object,
                         uint8_t *key_id)
{
    static const struct {
        uint16_t object;
        rights needed;
    } keys[] = {{OBJECT_GENERATION_KEY, 0}, {OBJECT_CHIP_KEY, (rights)1 << RIGHT_PRIVILEGED_TERMINAL}};
    unsigned matches = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct private_key key;
        if (security_allows(&card->security, SECURITY_TERMINAL_AUTHENTICATED, keys[i].needed) &&
            private_key_read(card, keys[i].object, &key) && names(template, &key)) {
            *object = keys[i].object;
            *key_id = key.key_id;
            matches++;
        }
        crypto_wipe(&key, sizeof key);
    }
    if (matches == 0) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    return matches == 1 ? SW_OK : SW_WRONG_DATA;
}

// --- Suites ------------------------------------------------------------------------------------------------

// What an info must say, and the suite of those that do.
struct suite_search {
    int version;
    uint8_t key_id;
    struct span mechanism; // empty: any
    enum secure_messaging_suite suite;
    bool found, ambiguous;
};

static void search_info(struct suite_search *search, const struct security_info *info)
{
    if (info->kind == SECURITY_INFO_CHIP_AUTHENTICATION && info->version == search->version &&
        info->suite != SUITE_3DES_CBC_CBC && (!info->has_key_id || info->key_id == search->key_id) &&
        (search->mechanism.n == 0 || span_equal(search->mechanism, info->oid))) {
        search->ambiguous = search->ambiguous || (search->found && search->suite != info->suite);
        search->suite = info->suite;
        search->found = true;
    }
}

// What EF.CardAccess announces for privileged terminals stands in an info of its own.
static bool search_privileged(struct suite_search *search, const struct security_info *privileged)
{
    struct span infos = privileged->infos;
    struct security_info info;
    enum tlv_result result = TLV_OBJECT;
    while ((result = security_infos_next(&infos, &info)) == TLV_OBJECT) {
        search_info(search, &info);
    }
    return result == TLV_END;
}

// The suite that a file announces for the key: the one of the mechanism, or the only one without.
static bool find_suite(struct card *card, uint16_t object, uint8_t tag, struct suite_search *search)
{
    struct security_info_file file;
    struct security_info info;
    if (!security_info_file_open(&file, &card->store, object, tag)) {
        return false;
    }
    enum tlv_result result = TLV_OBJECT;
    while ((result = security_info_file_next(&file, &info)) == TLV_OBJECT) {
        search_info(search, &info);
        if (info.kind == SECURITY_INFO_PRIVILEGED_TERMINAL && !search_privileged(search, &info)) {
            return false;
        }
    }
    return result == TLV_END && search->found && !search->ambiguous;
}

static bool find_suite_1(struct card *card, uint8_t key_id, struct span mechanism,
                         enum secure_messaging_suite *suite)
{
    struct suite_search search = {.version = VERSION_1, .key_id = key_id, .mechanism = mechanism};
    const bool found = find_suite(card, OBJECT_EMRTD_FILES + 14, LDS_DG14, &search);
    *suite = search.suite;
    return found;
}

// --- MSE:Set AT --------------------------------------------------------------------------------------------

uint16_t chip_authentication_set_template_handler(struct card *card, const struct apdu_command *command,
                                                  struct writer *response)
{
    (void)response;
    struct chip_authentication_state *state = &card->chip_authentication;
    struct key_template template;
    struct private_key key;
    if (!parse_template(command->data, TAG_MECHANISM, &template)) {
        return SW_WRONG_DATA;
    }
    const uint16_t status = select_key(card, &template, &key);
    if (status != SW_OK) {
        return status;
    }
    const uint8_t key_id = key.key_id;
    crypto_wipe(&key, sizeof key);
    if (!find_suite_1(card, key_id, template.first, &state->suite)) {
        return SW_WRONG_DATA;
    }
    state->object = OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY;
    state->version = VERSION_1;
    return SW_OK;
}

uint16_t chip_authentication_set_template_2_handler(struct card *card, const struct apdu_command *command,
                                                    struct writer *response)
{
    (void)response;
    struct chip_authentication_state *state = &card->chip_authentication;
    struct key_template template;
    struct suite_search search = {.version = VERSION_2};
    if (!parse_template(command->data, TAG_MECHANISM, &template)) {
        return SW_WRONG_DATA;
    }
    const uint16_t status = find_key(card, &template, &state->object, &search.key_id);
    if (status != SW_OK) {
        return status;
    }
    search.mechanism = template.first;
    if (!find_suite(card, OBJECT_MF_FILES + CARD_ACCESS_SHORT_IDENTIFIER, 0, &search)) {
        return SW_WRONG_DATA;
    }
    state->suite = search.suite;
    state->version = VERSION_2;
    return SW_OK;
}

// --- Key agreement -----------------------------------------------------------------------------------------

// With the terminal's ephemeral key; the session waits in `next`.
static uint16_t agree(struct card *card, const struct private_key *key, enum secure_messaging_suite suite,
                      struct span other, struct span nonce)
{
    const size_t n = crypto_curve_length(key->curve);
    uint8_t product[CRYPTO_POINT_MAX];
    uint16_t status = SW_WRONG_DATA;
    if (crypto_ec_multiply(key->curve, &card->port.random, span_of(key->secret, n), other, product)) {
        status = pace_start_session(&card->security.next, suite, span_of(product + 1, n), nonce)
                     ? SW_OK
                     : SW_EXECUTION_ERROR;
    }
    crypto_wipe(product, sizeof product);
    if (status == SW_OK) {
        card->security.next_achieved = card->security.achieved;
        card->security.next_achieved.chip_authenticated = true;
    }
    return status;
}

static uint16_t agree_1(struct card *card, const struct private_key *key, enum secure_messaging_suite suite,
                        struct span other)
{
    const uint16_t status = agree(card, key, suite, other, span_of(NULL, 0));
    if (status == SW_OK) {
        struct achieved *next = &card->security.next_achieved;
        const struct span compressed = comp_point(key->curve, other);
        memcpy(next->terminal_key, compressed.p, compressed.n);
        next->terminal_key_length = compressed.n;
        // Rights are bound to a key that the terminal has proved; this one is new.
        next->terminal_authenticated = false;
        next->effective = 0;
    }
    return status;
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
    status = find_suite_1(card, key.key_id, span_of(NULL, 0), &suite)
                 ? agree_1(card, &key, suite, template.first)
                 : SW_CONDITIONS_NOT_SATISFIED;
    crypto_wipe(&key, sizeof key);
    return status;
}

// Answers r_PICC and T_PICC.
static uint16_t agree_2(struct card *card, const struct private_key *key, enum secure_messaging_suite suite,
                        struct span other, struct writer *response)
{
    const struct achieved *achieved = &card->security.achieved;
    const struct crypto_random *random = &card->port.random;
    struct sm_session *next = &card->security.next;
    const struct span compressed = comp_point(key->curve, other);
    uint8_t nonce[CA_NONCE], token[PACE_TOKEN], oid[OID_CA_MAX];
    if (compressed.n == 0) {
        return SW_WRONG_DATA;
    }
    if (!span_equal(compressed, span_of(achieved->terminal_key, achieved->terminal_key_length))) {
        return SW_AUTHENTICATION_FAILED;
    }
    if (!random->fill(random->context, nonce, sizeof nonce)) {
        return SW_EXECUTION_ERROR;
    }
    const uint16_t status = agree(card, key, suite, other, span_of(nonce, sizeof nonce));
    if (status != SW_OK) {
        return status;
    }
    const size_t oid_length = oid_ca_ecdh(suite, oid);
    if (!pace_token(&next->mac, span_of(oid, oid_length), other, token)) {
        security_drop_next(&card->security);
        return SW_EXECUTION_ERROR;
    }
    const size_t opened = tlv_open(response, TAG_DYNAMIC_AUTHENTICATION_DATA);
    tlv_put(response, TAG_NONCE, span_of(nonce, sizeof nonce));
    tlv_put(response, TAG_TOKEN, span_of(token, sizeof token));
    tlv_close(response, opened);
    return SW_OK;
}

uint16_t chip_authentication_general_authenticate(struct card *card, struct span objects, bool last,
                                                  struct writer *response)
{
    const struct chip_authentication_state state = card->chip_authentication;
    struct private_key key;
    struct tlv ephemeral;
    if (!last) {
        return SW_LAST_COMMAND_EXPECTED;
    }
    if (!tlv_expect(&objects, TAG_EPHEMERAL_TERMINAL, &ephemeral) || objects.n != 0) {
        return SW_WRONG_DATA;
    }
    if (!private_key_read(card, state.object, &key)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    uint16_t status;
    if (state.version == VERSION_2) {
        status = agree_2(card, &key, state.suite, ephemeral.value, response);
    } else {
        status = agree_1(card, &key, state.suite, ephemeral.value);
        if (status == SW_OK) {
            tlv_put(response, TAG_DYNAMIC_AUTHENTICATION_DATA, span_of(NULL, 0));
        }
    }
    crypto_wipe(&key, sizeof key);
    chip_authentication_end(&card->chip_authentication);
    return status;
}
