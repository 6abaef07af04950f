// A card profile, read from JSON and checked field by field.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/profile.h"

#include "card/wire/eid.h"
#include "host/perso/photo.h"
#include <jansson.h>
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
    struct profile *profile;
    char *detail;
};

static bool refuse(const struct parser *parser, const char *field, const char *why)
{
    (void)snprintf(parser->detail, PROFILE_DETAIL_MAX, "%s: %s", field, why);
    return false;
}

// --- Values ------------------------------------------------------------------------------------------------

static bool take_boolean(const struct parser *parser, const json_t *object, const char *name,
                         const char *field, bool *value)
{
    const json_t *found = json_object_get(object, name);
    if (!json_is_boolean(found)) {
        return refuse(parser, field, found == NULL ? "is missing" : "must be true or false");
    }
    *value = json_is_true(found);
    return true;
}

static bool take_number(const struct parser *parser, const json_t *object, const char *name,
                        const char *field, unsigned least, unsigned most, uint8_t *value)
{
    const json_t *found = json_object_get(object, name);
    const json_int_t number = json_integer_value(found);
    char why[64];
    (void)snprintf(why, sizeof why, "must be a number from %u to %u", least, most);
    if (!json_is_integer(found) || number < (json_int_t)least || number > (json_int_t)most) {
        return refuse(parser, field, found == NULL ? "is missing" : why);
    }
    *value = (uint8_t)number;
    return true;
}

static bool take_text(const struct parser *parser, const json_t *object, const char *name, char *text,
                      size_t capacity)
{
    const json_t *found = json_object_get(object, name);
    if (!json_is_string(found)) {
        return refuse(parser, name, found == NULL ? "is missing" : "must be a text");
    }
    const size_t n = json_string_length(found);
    if (n == 0 || n >= capacity) {
        return refuse(parser, name, "is empty or too long");
    }
    memcpy(text, json_string_value(found), n + 1);
    return true;
}

// A misspelled field would silently be missing on the cards.
static bool only_known(const struct parser *parser, json_t *object, const char *field,
                       const char *const *known, size_t count)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(object)) {
        return refuse(parser, field, object == NULL ? "is missing" : "must be an object");
    }
    json_object_foreach(object, name, value)
    {
        bool found = false;
        for (size_t i = 0; i < count && !found; i++) {
            found = strcmp(name, known[i]) == 0;
        }
        if (!found) {
            return refuse(parser, name, "is no field of a profile");
        }
    }
    return true;
}

// --- Lists of words ----------------------------------------------------------------------------------------

struct word {
    const char *name;
    int value;
};

static const struct word mapping_words[] = {
    {"ECDH-GM", PACE_ECDH_GM}, {"ECDH-IM", PACE_ECDH_IM}, {"ECDH-CAM", PACE_ECDH_CAM}};
static const struct word suite_words[] = {{"AES-128", SUITE_AES_CBC_CMAC_128},
                                          {"AES-192", SUITE_AES_CBC_CMAC_192},
                                          {"AES-256", SUITE_AES_CBC_CMAC_256},
                                          {"ARIA-128", SUITE_ARIA_CBC_CMAC_128},
                                          {"ARIA-256", SUITE_ARIA_CBC_CMAC_256}};
static const struct word hash_words[] = {{"SHA-1", CRYPTO_SHA1},
                                         {"SHA-224", CRYPTO_SHA224},
                                         {"SHA-256", CRYPTO_SHA256},
                                         {"SHA-384", CRYPTO_SHA384},
                                         {"SHA-512", CRYPTO_SHA512}};
static const struct word format_words[] = {{"JPEG", PHOTO_JPEG}, {"JPEG 2000", PHOTO_JPEG2000}};

#define COUNT(words) (sizeof(words) / sizeof(words)[0])

static bool find_word(const json_t *value, const struct word *words, size_t count, int *found)
{
    for (size_t i = 0; i < count && json_is_string(value); i++) {
        if (strcmp(json_string_value(value), words[i].name) == 0) {
            *found = words[i].value;
            return true;
        }
    }
    return false;
}

// Up to `count` words, each once. Returns how many, 0 when refused.
static size_t take_words(const struct parser *parser, const json_t *object, const char *name,
                         const char *field, const struct word *words, size_t count, int *values)
{
    const json_t *array = json_object_get(object, name);
    const size_t n = json_array_size(array);
    if (!json_is_array(array) || n == 0 || n > count) {
        (void)refuse(parser, field, array == NULL ? "is missing" : "must be a list of different words");
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (!find_word(json_array_get(array, i), words, count, &values[i])) {
            (void)refuse(parser, field, "has a word that is not known");
            return 0;
        }
        for (size_t k = 0; k < i; k++) {
            if (values[k] == values[i]) {
                (void)refuse(parser, field, "has a word twice");
                return 0;
            }
        }
    }
    return n;
}

// --- The parts of a profile --------------------------------------------------------------------------------

static bool parse_passwords(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"mrz", "puk", "pin"};
    static const char *const pin_known[] = {"digits", "tries", "transport"};
    struct profile *profile = parser->profile;
    json_t *object = json_object_get(root, "passwords");
    json_t *pin = json_object_get(object, "pin");
    return only_known(parser, object, "passwords", known, COUNT(known)) &&
           take_boolean(parser, object, "mrz", "passwords.mrz", &profile->mrz) &&
           take_boolean(parser, object, "puk", "passwords.puk", &profile->puk) &&
           only_known(parser, pin, "passwords.pin", pin_known, COUNT(pin_known)) &&
           take_number(parser, pin, "digits", "passwords.pin.digits", PIN_DIGITS_MIN, PIN_DIGITS_MAX,
                       &profile->pin_digits) &&
           take_number(parser, pin, "tries", "passwords.pin.tries", PIN_TRIES_MIN, PIN_TRIES_MAX,
                       &profile->pin_tries) &&
           take_boolean(parser, pin, "transport", "passwords.pin.transport", &profile->transport_pin);
}

static bool parse_algorithms(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"pace", "secure_messaging"};
    struct profile *profile = parser->profile;
    int mappings[COUNT(mapping_words)], suites[COUNT(suite_words)];
    json_t *object = json_object_get(root, "algorithms");
    if (!only_known(parser, object, "algorithms", known, COUNT(known))) {
        return false;
    }
    profile->mapping_count =
        take_words(parser, object, "pace", "algorithms.pace", mapping_words, COUNT(mapping_words), mappings);
    if (profile->mapping_count == 0) {
        return false;
    }
    for (size_t i = 0; i < profile->mapping_count; i++) {
        profile->mappings[i] = (enum pace_mapping)mappings[i];
    }
    if (profile->mapping_count == 1 && profile->mappings[0] == PACE_ECDH_CAM) {
        return refuse(parser, "algorithms.pace", "needs ECDH-GM or ECDH-IM beside ECDH-CAM");
    }
    profile->suite_count = take_words(parser, object, "secure_messaging", "algorithms.secure_messaging",
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
    if (!only_known(parser, object, "keys", known, COUNT(known)) ||
        !take_boolean(parser, object, "active_authentication", "keys.active_authentication",
                      &profile->active_authentication) ||
        !take_boolean(parser, object, "chip", "keys.chip", &profile->chip_key)) {
        return false;
    }
    const json_t *identification = json_object_get(object, "restricted_identification");
    int hash = 0;
    if (identification == NULL) {
        return true;
    }
    if (!find_word(identification, hash_words, COUNT(hash_words), &hash)) {
        return refuse(parser, "keys.restricted_identification", "must be a hash, as SHA-256");
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
        return refuse(parser, field, "must be a list of rights");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        jumin_rights named = 0;
        if (jumin_rights_add(json_string_value(json_array_get(array, i)), &named) != JUMIN_OK) {
            return refuse(parser, field, "has a word that is no right");
        }
        if (named != JUMIN_RIGHTS_ALL && (named & ~rights_of_type(type)) != 0) {
            return refuse(parser, field, "has a right that terminals of this type do not have");
        }
        *granted |= named & rights_of_type(type);
    }
    return true;
}

static bool parse_terminals(const struct parser *parser, const json_t *root)
{
    static const struct word words[] = {{"inspection", TERMINAL_INSPECTION},
                                        {"authentication", TERMINAL_AUTHENTICATION},
                                        {"signature", TERMINAL_SIGNATURE}};
    static const char *const known[] = {"inspection", "authentication", "signature"};
    json_t *object = json_object_get(root, "terminals");
    if (object == NULL) {
        return true;
    }
    if (!only_known(parser, object, "terminals", known, COUNT(known))) {
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
    if (!only_known(parser, object, name, known, COUNT(known))) {
        return false;
    }
    if (!json_is_array(array) || json_array_size(array) == 0) {
        return refuse(parser, field, "must be a list of numbers");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *number = json_array_get(array, i);
        const json_int_t group = json_integer_value(number);
        if (!json_is_integer(number) || group < 1 || group >= PROFILE_GROUPS ||
            !profile_has_group(offered, (unsigned)group)) {
            return refuse(parser, field,
                          "has something that is no data group of the application, or none that can be made");
        }
        if (profile_has_group(*groups, (unsigned)group)) {
            return refuse(parser, field, "has a data group twice");
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
    if (!only_known(parser, object, "portrait", known, COUNT(known))) {
        return false;
    }
    const json_int_t bytes = json_integer_value(json_object_get(object, "bytes"));
    if (bytes < PHOTO_BUDGET_MIN || bytes > PHOTO_BUDGET_MAX) {
        return refuse(parser, "portrait.bytes", "must be a number from 1000 to 30000");
    }
    profile->portrait_bytes = (unsigned)bytes;
    const size_t n =
        take_words(parser, object, "formats", "portrait.formats", format_words, COUNT(format_words), formats);
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
        return refuse(parser, "emrtd.data_groups", "must have 1, the machine readable zone");
    }
    if (json_object_get(root, "portrait") != NULL && !profile_has_group(profile->emrtd_groups, 2)) {
        return refuse(parser, "portrait", "needs 2 in emrtd.data_groups");
    }
    if (profile->active_authentication && profile->emrtd_groups == 0) {
        return refuse(parser, "keys.active_authentication", "needs emrtd");
    }
    if (profile->restricted_identification && profile->eid_groups == 0) {
        return refuse(parser, "keys.restricted_identification", "needs eid");
    }
    const bool for_terminals = profile->eid_groups != 0 || profile->provisioning;
    if (for_terminals && (profile->trust_points & 1U << TERMINAL_AUTHENTICATION) == 0) {
        return refuse(parser, "terminals",
                      "must have authentication: eid and provisioning are for such terminals");
    }
    return true;
}

static bool parse_fields(const struct parser *parser, json_t *root)
{
    static const char *const known[] = {"name",      "description", "passwords", "algorithms",   "keys",
                                        "terminals", "emrtd",       "eid",       "provisioning", "portrait"};
    struct profile *profile = parser->profile;
    if (!only_known(parser, root, "profile", known, COUNT(known)) ||
        !take_text(parser, root, "name", profile->name, sizeof profile->name) ||
        !take_text(parser, root, "description", profile->description, sizeof profile->description) ||
        !parse_passwords(parser, root) || !parse_algorithms(parser, root) || !parse_keys(parser, root) ||
        !parse_terminals(parser, root) ||
        !parse_application(parser, root, "emrtd", EMRTD_GROUPS, &profile->emrtd_groups) ||
        !parse_application(parser, root, "eid", EID_GROUPS_OFFERED, &profile->eid_groups) ||
        !parse_portrait(parser, root)) {
        return false;
    }
    if (strspn(profile->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(profile->name)) {
        return refuse(parser, "name", "must be small letters, digits and hyphens");
    }
    return (json_object_get(root, "provisioning") == NULL ||
            take_boolean(parser, root, "provisioning", "provisioning", &profile->provisioning)) &&
           parts_fit(parser, root);
}

enum jumin_error profile_parse(struct span json, struct profile *profile, char detail[PROFILE_DETAIL_MAX])
{
    const struct parser parser = {profile, detail};
    json_error_t error = {.line = 1};
    *profile = (struct profile){0};
    json_t *root =
        json.n <= JSON_MAX ? json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, &error) : NULL;
    bool ok = false;
    if (json_is_object(root)) {
        ok = parse_fields(&parser, root);
    } else {
        (void)snprintf(detail, PROFILE_DETAIL_MAX, "profile, line %d: %s", root == NULL ? error.line : 1,
                       json.n > JSON_MAX ? "is longer than 16 KiB"
                       : root == NULL    ? error.text
                                         : "must be a JSON object");
    }
    json_decref(root);
    if (!ok) {
        *profile = (struct profile){0};
    }
    return ok ? JUMIN_OK : JUMIN_ERROR_INPUT;
}
