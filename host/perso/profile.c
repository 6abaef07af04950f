// A card profile, read from JSON and checked field by field.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/profile.h"

#include "card/wire/eid.h"
#include "host/json_fields.h"
#include "host/perso/photo.h"
#include <jumin/eac_pki.h>
#include <stdio.h>

enum {
    JSON_MAX = 16384,
    PIN_DIGITS_MIN = 4,
    PIN_DIGITS_MAX = 8,
    PIN_TRIES_MIN = 2, // one before the last, the PIN is suspended
    PIN_TRIES_MAX = 15,
    EMRTD_GROUPS = 1U << 1 | 1U << 2 | 1U << 11 | 1U << 12,
    // All of the application but the written signature, which no person file has.
    EID_GROUPS_OFFERED = 0x7FFFFE & ~(1U << EID_WRITTEN_SIGNATURE | 1U << EID_RESERVED),
};

struct parser {
    struct json_fields fields;
    struct profile *profile;
};

_Static_assert((int)PROFILE_DETAIL_MAX == (int)JSON_DETAIL_MAX, "profile_parse hands it on");

// --- Lists of words ----------------------------------------------------------------------------------------

static const struct json_word mapping_words[] = {
    {"ECDH-GM", PACE_ECDH_GM}, {"ECDH-IM", PACE_ECDH_IM}, {"ECDH-CAM", PACE_ECDH_CAM}};
static const struct json_word suite_words[] = {{"AES-128", SUITE_AES_CBC_CMAC_128},
                                               {"AES-192", SUITE_AES_CBC_CMAC_192},
                                               {"AES-256", SUITE_AES_CBC_CMAC_256},
                                               {"ARIA-128", SUITE_ARIA_CBC_CMAC_128},
                                               {"ARIA-256", SUITE_ARIA_CBC_CMAC_256}};
static const struct json_word hash_words[] = {{"SHA-1", CRYPTO_SHA1},
                                              {"SHA-224", CRYPTO_SHA224},
                                              {"SHA-256", CRYPTO_SHA256},
                                              {"SHA-384", CRYPTO_SHA384},
                                              {"SHA-512", CRYPTO_SHA512}};
static const struct json_word format_words[] = {{"JPEG", PHOTO_JPEG}, {"JPEG 2000", PHOTO_JPEG2000}};

// --- The parts of a profile --------------------------------------------------------------------------------

static bool parse_passwords(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"mrz", "puk", "pin"};
    static const char *const pin_known[] = {"digits", "tries", "transport"};
    struct profile *profile = parser->profile;
    json_t *object = json_object_get(root, "passwords");
    json_t *pin = json_object_get(object, "pin");
    return json_only_known(&parser->fields, object, "passwords", known, COUNT(known)) &&
           json_take_boolean(&parser->fields, object, "mrz", "passwords.mrz", &profile->mrz) &&
           json_take_boolean(&parser->fields, object, "puk", "passwords.puk", &profile->puk) &&
           json_only_known(&parser->fields, pin, "passwords.pin", pin_known, COUNT(pin_known)) &&
           json_take_number(&parser->fields, pin, "digits", "passwords.pin.digits", PIN_DIGITS_MIN,
                            PIN_DIGITS_MAX, &profile->pin_digits) &&
           json_take_number(&parser->fields, pin, "tries", "passwords.pin.tries", PIN_TRIES_MIN,
                            PIN_TRIES_MAX, &profile->pin_tries) &&
           json_take_boolean(&parser->fields, pin, "transport", "passwords.pin.transport",
                             &profile->transport_pin);
}

static bool parse_algorithms(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"pace", "secure_messaging"};
    struct profile *profile = parser->profile;
    int mappings[COUNT(mapping_words)], suites[COUNT(suite_words)];
    json_t *object = json_object_get(root, "algorithms");
    if (!json_only_known(&parser->fields, object, "algorithms", known, COUNT(known))) {
        return false;
    }
    profile->mapping_count = json_take_words(&parser->fields, object, "pace", "algorithms.pace",
                                             mapping_words, COUNT(mapping_words), mappings);
    if (profile->mapping_count == 0) {
        return false;
    }
    for (size_t i = 0; i < profile->mapping_count; i++) {
        profile->mappings[i] = (enum pace_mapping)mappings[i];
    }
    if (profile->mapping_count == 1 && profile->mappings[0] == PACE_ECDH_CAM) {
        return json_refuse(&parser->fields, "algorithms.pace", "needs ECDH-GM or ECDH-IM beside ECDH-CAM");
    }
    profile->suite_count =
        json_take_words(&parser->fields, object, "secure_messaging", "algorithms.secure_messaging",
                        suite_words, COUNT(suite_words), suites);
    for (size_t i = 0; i < profile->suite_count; i++) {
        profile->suites[i] = (enum secure_messaging_suite)suites[i];
    }
    return profile->suite_count > 0;
}

static bool parse_keys(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"active_authentication", "chip", "restricted_identification"};
    struct profile *profile = parser->profile;
    json_t *object = json_object_get(root, "keys");
    if (!json_only_known(&parser->fields, object, "keys", known, COUNT(known)) ||
        !json_take_boolean(&parser->fields, object, "active_authentication", "keys.active_authentication",
                           &profile->active_authentication) ||
        !json_take_boolean(&parser->fields, object, "chip", "keys.chip", &profile->chip_key)) {
        return false;
    }
    const json_t *identification = json_object_get(object, "restricted_identification");
    int hash = 0;
    if (identification == NULL) {
        return true;
    }
    if (!json_find_word(identification, hash_words, COUNT(hash_words), &hash)) {
        return json_refuse(&parser->fields, "keys.restricted_identification", "must be a hash, as SHA-256");
    }
    profile->restricted_identification = true;
    profile->identification_hash = (enum crypto_hash)hash;
    return true;
}

// Rights and the scheme's sets of them; of "all", what the type has.
static bool take_rights(const struct parser *parser, const json_t *array, enum terminal_type type,
                        const char *field)
{
    rights *granted = &parser->profile->terminal_rights[type];
    if (!json_is_array(array) || json_array_size(array) == 0) {
        return json_refuse(&parser->fields, field, "must be a list of rights");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        jumin_rights named = 0;
        if (jumin_rights_add(json_string_value(json_array_get(array, i)), &named) != JUMIN_OK) {
            return json_refuse(&parser->fields, field, "has a word that is no right");
        }
        if (named != JUMIN_RIGHTS_ALL && (named & ~rights_of_type(type)) != 0) {
            return json_refuse(&parser->fields, field, "has a right that terminals of this type do not have");
        }
        *granted |= named & rights_of_type(type);
    }
    return true;
}

static bool parse_terminals(const struct parser *parser, const json_t *root)
{
    static const struct json_word words[] = {{"inspection", TERMINAL_INSPECTION},
                                             {"authentication", TERMINAL_AUTHENTICATION},
                                             {"signature", TERMINAL_SIGNATURE}};
    static const char *const known[] = {"inspection", "authentication", "signature"};
    json_t *object = json_object_get(root, "terminals");
    if (object == NULL) {
        return true;
    }
    if (!json_only_known(&parser->fields, object, "terminals", known, COUNT(known))) {
        return false;
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        const json_t *array = json_object_get(object, words[i].name);
        const enum terminal_type type = (enum terminal_type)words[i].value;
        char field[32];
        (void)snprintf(field, sizeof field, "terminals.%s", words[i].name);
        if (array != NULL && !take_rights(parser, array, type, field)) {
            return false;
        }
        parser->profile->trust_points |= (uint8_t)(array != NULL ? 1U << type : 0);
    }
    return true;
}

// The data groups of an application that may be missing.
static bool parse_application(const struct parser *parser, const json_t *root, const char *name,
                              uint32_t offered, uint32_t *groups)
{
    static const char *const known[] = {"data_groups"};
    json_t *object = json_object_get(root, name);
    char field[32];
    if (object == NULL) {
        return true;
    }
    (void)snprintf(field, sizeof field, "%s.data_groups", name);
    const json_t *array = json_object_get(object, "data_groups");
    if (!json_only_known(&parser->fields, object, name, known, COUNT(known))) {
        return false;
    }
    if (!json_is_array(array) || json_array_size(array) == 0) {
        return json_refuse(&parser->fields, field, "must be a list of numbers");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *number = json_array_get(array, i);
        const json_int_t group = json_integer_value(number);
        if (!json_is_integer(number) || group < 1 || group >= PROFILE_GROUPS ||
            !profile_has_group(offered, (unsigned)group)) {
            return json_refuse(
                &parser->fields, field,
                "has something that is no data group of the application, or none that can be made");
        }
        if (profile_has_group(*groups, (unsigned)group)) {
            return json_refuse(&parser->fields, field, "has a data group twice");
        }
        *groups |= 1U << group;
    }
    return true;
}

// A JPEG of the usual length unless the profile says otherwise.
static bool parse_portrait(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"formats", "bytes"};
    struct profile *profile = parser->profile;
    int formats[COUNT(format_words)];
    json_t *object = json_object_get(root, "portrait");
    profile->portrait_formats = PHOTO_JPEG;
    profile->portrait_bytes = PHOTO_BUDGET_USUAL;
    if (object == NULL) {
        return true;
    }
    if (!json_only_known(&parser->fields, object, "portrait", known, COUNT(known))) {
        return false;
    }
    const json_int_t bytes = json_integer_value(json_object_get(object, "bytes"));
    if (bytes < PHOTO_BUDGET_MIN || bytes > PHOTO_BUDGET_MAX) {
        return json_refuse(&parser->fields, "portrait.bytes", "must be a number from 1000 to 30000");
    }
    profile->portrait_bytes = (unsigned)bytes;
    const size_t n = json_take_words(&parser->fields, object, "formats", "portrait.formats", format_words,
                                     COUNT(format_words), formats);
    profile->portrait_formats = 0;
    for (size_t i = 0; i < n; i++) {
        profile->portrait_formats |= (unsigned)formats[i];
    }
    return n > 0;
}

// What one part needs of another.
static bool parts_fit(const struct parser *parser, const json_t *root)
{
    const struct profile *profile = parser->profile;
    if (profile->emrtd_groups != 0 && !profile_has_group(profile->emrtd_groups, 1)) {
        return json_refuse(&parser->fields, "emrtd.data_groups", "must have 1, the machine readable zone");
    }
    if (json_object_get(root, "portrait") != NULL && !profile_has_group(profile->emrtd_groups, 2)) {
        return json_refuse(&parser->fields, "portrait", "needs 2 in emrtd.data_groups");
    }
    if (profile->active_authentication && profile->emrtd_groups == 0) {
        return json_refuse(&parser->fields, "keys.active_authentication", "needs emrtd");
    }
    if (profile->restricted_identification && profile->eid_groups == 0) {
        return json_refuse(&parser->fields, "keys.restricted_identification", "needs eid");
    }
    const bool for_terminals = profile->eid_groups != 0 || profile->provisioning;
    if (for_terminals && (profile->trust_points & 1U << TERMINAL_AUTHENTICATION) == 0) {
        return json_refuse(&parser->fields, "terminals",
                           "must have authentication: eid and provisioning are for such terminals");
    }
    return true;
}

static bool parse_fields(const struct parser *parser, json_t *root)
{
    static const char *const known[] = {"name",      "description", "passwords", "algorithms",   "keys",
                                        "terminals", "emrtd",       "eid",       "provisioning", "portrait"};
    struct profile *profile = parser->profile;
    if (!json_only_known(&parser->fields, root, "profile", known, COUNT(known)) ||
        !json_take_text(&parser->fields, root, "name", "name", profile->name, sizeof profile->name) ||
        !json_take_text(&parser->fields, root, "description", "description", profile->description,
                        sizeof profile->description) ||
        !parse_passwords(parser, root) || !parse_algorithms(parser, root) || !parse_keys(parser, root) ||
        !parse_terminals(parser, root) ||
        !parse_application(parser, root, "emrtd", EMRTD_GROUPS, &profile->emrtd_groups) ||
        !parse_application(parser, root, "eid", EID_GROUPS_OFFERED, &profile->eid_groups) ||
        !parse_portrait(parser, root)) {
        return false;
    }
    if (strspn(profile->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(profile->name)) {
        return json_refuse(&parser->fields, "name", "must be small letters, digits and hyphens");
    }
    return (json_object_get(root, "provisioning") == NULL ||
            json_take_boolean(&parser->fields, root, "provisioning", "provisioning",
                              &profile->provisioning)) &&
           parts_fit(parser, root);
}

enum jumin_error profile_parse(struct span json, struct profile *profile, char detail[PROFILE_DETAIL_MAX])
{
    const struct parser parser = {{detail, "profile"}, profile};
    *profile = (struct profile){0};
    json_t *root = json_fields_load(&parser.fields, json, JSON_MAX);
    const bool ok = root != NULL && parse_fields(&parser, root);
    json_decref(root);
    if (!ok) {
        *profile = (struct profile){0};
    }
    return ok ? JUMIN_OK : JUMIN_ERROR_INPUT;
}
