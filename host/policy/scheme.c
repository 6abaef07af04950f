// The scheme's rules, read from JSON and checked field by field.
// SPDX-License-Identifier: Apache-2.0
#include "host/policy/scheme.h"

#include "host/json_fields.h"
#include <stdio.h>

enum {
    JSON_MAX = 16384,
    CODE_MIN = 2, // a province
    WON_MAX = 1000000,
    YEARS_MAX = 99,
    CREDENTIAL_YEARS_MAX = 7, // a credential speaks of eight calendar years at most
    AGE_MAX = 199,            // older than anybody: always
    MONTHS_MAX = 120,
    DAY_MINUTES = 24 * 60,
    ERASURE_MAX = 3650,
    SCORE_MAX = 100,
    COPIES_MAX = 100000,
    FIELD_MAX = 64,
};

struct parser {
    struct json_fields fields;
    struct scheme *scheme;
};

_Static_assert((int)SCHEME_DETAIL_MAX == (int)JSON_DETAIL_MAX, "scheme_parse hands it on");

// Names of machines: small letters, digits and hyphens.
static bool take_name(const struct json_fields *fields, const json_t *object, const char *field,
                      char name[SCHEME_NAME_MAX])
{
    return json_take_text(fields, object, "name", field, name, SCHEME_NAME_MAX) &&
           (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name) ||
            json_refuse(fields, field, "must be small letters, digits and hyphens"));
}

// --- Regions -------------------------------------------------------------------------------------------------

static bool parse_region(const struct parser *parser, size_t i, json_t *object)
{
    static const char *const known[] = {"code", "korean", "english"};
    struct scheme *scheme = parser->scheme;
    struct scheme_region *region = &scheme->regions[i];
    char field[FIELD_MAX];
    (void)snprintf(field, sizeof field, "regions.pilot[%zu]", i);
    if (!json_only_known(&parser->fields, object, field, known, COUNT(known)) ||
        !json_take_text(&parser->fields, object, "korean", field, region->korean, sizeof region->korean) ||
        !json_take_text(&parser->fields, object, "english", field, region->english, sizeof region->english) ||
        !json_take_text(&parser->fields, object, "code", field, region->code, sizeof region->code)) {
        return false;
    }
    const size_t n = strlen(region->code);
    if (n < CODE_MIN || strspn(region->code, "0123456789") != n) {
        return json_refuse(&parser->fields, field, "has a code that is not two to ten digits");
    }
    for (size_t k = 0; k < i; k++) {
        if (strcmp(scheme->regions[k].code, region->code) == 0) {
            return json_refuse(&parser->fields, field, "has the code of another region");
        }
    }
    return true;
}

static bool parse_regions(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"mode", "pilot"};
    static const struct json_word modes[] = {{"pilot", false}, {"nationwide", true}};
    struct scheme *scheme = parser->scheme;
    json_t *object = json_object_get(root, "regions");
    int nationwide = false;
    if (!json_only_known(&parser->fields, object, "regions", known, COUNT(known))) {
        return false;
    }
    if (!json_find_word(json_object_get(object, "mode"), modes, COUNT(modes), &nationwide)) {
        return json_refuse(&parser->fields, "regions.mode", "must be pilot or nationwide");
    }
    const json_t *pilot = json_object_get(object, "pilot");
    const size_t n = json_array_size(pilot);
    if (!json_is_array(pilot) || n == 0 || n > SCHEME_REGIONS_MAX) {
        return json_refuse(&parser->fields, "regions.pilot", "must be a list of 1 to 32 regions");
    }
    for (size_t i = 0; i < n; i++) {
        if (!parse_region(parser, i, json_array_get(pilot, i))) {
            return false;
        }
    }
    scheme->region_count = n;
    scheme->figures.nationwide = nationwide;
    return true;
}

// --- Fees and periods ------------------------------------------------------------------------------------------

static bool parse_fees(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"ic_card", "qr", "first_issue"};
    static const char *const first_known[] = {"ic_card", "until_age"};
    const struct json_fields *fields = &parser->fields;
    struct jumin_policy_figures *figures = &parser->scheme->figures;
    json_t *object = json_object_get(root, "fees");
    json_t *first = json_object_get(object, "first_issue");
    return json_only_known(fields, object, "fees", known, COUNT(known)) &&
           json_take_number(fields, object, "ic_card", "fees.ic_card", 0, WON_MAX, &figures->card_won) &&
           json_take_number(fields, object, "qr", "fees.qr", 0, WON_MAX, &figures->qr_won) &&
           json_only_known(fields, first, "fees.first_issue", first_known, COUNT(first_known)) &&
           json_take_number(fields, first, "ic_card", "fees.first_issue.ic_card", 0, WON_MAX,
                            &figures->first_card_won) &&
           json_take_number(fields, first, "until_age", "fees.first_issue.until_age", 1, AGE_MAX,
                            &figures->first_card_until_age);
}

static bool parse_validity(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"card", "credential"};
    const struct json_fields *fields = &parser->fields;
    struct jumin_policy_figures *figures = &parser->scheme->figures;
    json_t *object = json_object_get(root, "validity_years");
    return json_only_known(fields, object, "validity_years", known, COUNT(known)) &&
           json_take_number(fields, object, "card", "validity_years.card", 1, YEARS_MAX,
                            &figures->card_years) &&
           json_take_number(fields, object, "credential", "validity_years.credential", 1,
                            CREDENTIAL_YEARS_MAX, &figures->credential_years);
}

static bool parse_face(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"tap", "minimum_score", "photo_years"};
    const struct json_fields *fields = &parser->fields;
    struct jumin_policy_figures *figures = &parser->scheme->figures;
    json_t *object = json_object_get(root, "face");
    return json_only_known(fields, object, "face", known, COUNT(known)) &&
           json_take_boolean(fields, object, "tap", "face.tap", &figures->face_at_tap) &&
           json_take_number(fields, object, "minimum_score", "face.minimum_score", 1, SCORE_MAX,
                            &figures->face_score) &&
           json_take_number(fields, object, "photo_years", "face.photo_years", 1, YEARS_MAX,
                            &figures->face_photo_years);
}

// --- Locking and unlocking ---------------------------------------------------------------------------------------

// What a loss suspends: at least the thing itself.
static bool take_locked(const struct parser *parser, const json_t *object, const char *name,
                        const char *field, enum jumin_subject lost)
{
    static const struct json_word words[] = {{"card", JUMIN_SUBJECT_CARD},
                                             {"credential", JUMIN_SUBJECT_CREDENTIAL}};
    int subjects[COUNT(words)];
    bool *locked = parser->scheme->locks[lost];
    const size_t n = json_take_words(&parser->fields, object, name, field, words, COUNT(words), subjects);
    for (size_t i = 0; i < n; i++) {
        locked[subjects[i]] = true;
    }
    return n > 0 && (locked[lost] || json_refuse(&parser->fields, field, "must have what is lost itself"));
}

static bool parse_lock(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"within_minutes", "lost_card", "lost_phone"};
    json_t *object = json_object_get(root, "lock");
    return json_only_known(&parser->fields, object, "lock", known, COUNT(known)) &&
           json_take_number(&parser->fields, object, "within_minutes", "lock.within_minutes", 0, DAY_MINUTES,
                            &parser->scheme->figures.lock_minutes) &&
           take_locked(parser, object, "lost_card", "lock.lost_card", JUMIN_SUBJECT_CARD) &&
           take_locked(parser, object, "lost_phone", "lock.lost_phone", JUMIN_SUBJECT_CREDENTIAL);
}

// The first `count` of the ways to prove who one is.
static bool take_proofs(const struct parser *parser, const json_t *object, const char *name,
                        const char *field, size_t count, unsigned *proofs)
{
    static const struct json_word words[] = {{"counter", JUMIN_PROOF_COUNTER}, {"card", JUMIN_PROOF_CARD}};
    int found[COUNT(words)];
    const size_t n = json_take_words(&parser->fields, object, name, field, words, count, found);
    for (size_t i = 0; i < n; i++) {
        *proofs |= 1U << (unsigned)found[i];
    }
    return n > 0;
}

// A card does not unlock itself.
static bool parse_unlock(const struct parser *parser, const json_t *root)
{
    static const char *const known[] = {"card", "credential"};
    unsigned *proofs = parser->scheme->proofs;
    json_t *object = json_object_get(root, "unlock");
    return json_only_known(&parser->fields, object, "unlock", known, COUNT(known)) &&
           take_proofs(parser, object, "card", "unlock.card", 1, &proofs[JUMIN_SUBJECT_CARD]) &&
           take_proofs(parser, object, "credential", "unlock.credential", 2,
                       &proofs[JUMIN_SUBJECT_CREDENTIAL]);
}

// --- Legal ages --------------------------------------------------------------------------------------------------

static bool parse_legal_age(const struct parser *parser, size_t i, json_t *object)
{
    static const char *const known[] = {"name", "years", "from"};
    static const struct json_word froms[] = {{"birthday", false}, {"new-year", true}};
    struct scheme *scheme = parser->scheme;
    struct legal_age *age = &scheme->legal_ages[i];
    char field[FIELD_MAX];
    int from = false;
    (void)snprintf(field, sizeof field, "legal_ages[%zu]", i);
    if (!json_only_known(&parser->fields, object, field, known, COUNT(known)) ||
        !take_name(&parser->fields, object, field, age->name) ||
        !json_take_number(&parser->fields, object, "years", field, 1, YEARS_MAX, &age->years)) {
        return false;
    }
    if (!json_find_word(json_object_get(object, "from"), froms, COUNT(froms), &from)) {
        return json_refuse(&parser->fields, field, "must be from birthday or new-year");
    }
    age->from_new_year = from;
    if (scheme_legal_age(scheme, age->name) != NULL) { // of those before
        return json_refuse(&parser->fields, field, "has the name of another one");
    }
    scheme->legal_age_count = i + 1;
    return true;
}

static bool parse_legal_ages(const struct parser *parser, const json_t *root)
{
    const json_t *array = json_object_get(root, "legal_ages");
    const size_t n = json_array_size(array);
    if (!json_is_array(array) || n == 0 || n > SCHEME_LEGAL_AGES_MAX) {
        return json_refuse(&parser->fields, "legal_ages", "must be a list of 1 to 8 ages");
    }
    for (size_t i = 0; i < n; i++) {
        if (!parse_legal_age(parser, i, json_array_get(array, i))) {
            return false;
        }
    }
    return scheme_legal_age(parser->scheme, "adult") != NULL ||
           json_refuse(&parser->fields, "legal_ages", "must have adult: others are computed from it");
}

const struct legal_age *scheme_legal_age(const struct scheme *scheme, const char *name)
{
    for (size_t i = 0; name != NULL && i < scheme->legal_age_count; i++) {
        if (strcmp(scheme->legal_ages[i].name, name) == 0) {
            return &scheme->legal_ages[i];
        }
    }
    return NULL;
}

// --- The whole ---------------------------------------------------------------------------------------------------

static bool parse_fields(const struct parser *parser, json_t *root)
{
    static const char *const known[] = {"name",        "description",  "specimen",     "regions",
                                        "minimum_age", "fees",         "photo_months", "validity_years",
                                        "qr_minutes",  "face",         "lock",         "unlock",
                                        "legal_ages",  "erasure_days", "two_person",   "copies_a_day"};
    const struct json_fields *fields = &parser->fields;
    struct scheme *scheme = parser->scheme;
    struct jumin_policy_figures *figures = &scheme->figures;
    return json_only_known(fields, root, "scheme", known, COUNT(known)) &&
           take_name(fields, root, "name", scheme->name) &&
           json_take_text(fields, root, "description", "description", scheme->description,
                          sizeof scheme->description) &&
           json_take_boolean(fields, root, "specimen", "specimen", &figures->specimen) &&
           parse_regions(parser, root) &&
           json_take_number(fields, root, "minimum_age", "minimum_age", 1, YEARS_MAX,
                            &figures->minimum_age) &&
           parse_fees(parser, root) &&
           json_take_number(fields, root, "photo_months", "photo_months", 1, MONTHS_MAX,
                            &figures->photo_months) &&
           parse_validity(parser, root) &&
           json_take_number(fields, root, "qr_minutes", "qr_minutes", 1, DAY_MINUTES, &figures->qr_minutes) &&
           parse_face(parser, root) && parse_lock(parser, root) && parse_unlock(parser, root) &&
           parse_legal_ages(parser, root) &&
           json_take_number(fields, root, "erasure_days", "erasure_days", 0, ERASURE_MAX,
                            &figures->erasure_days) &&
           json_take_number(fields, root, "copies_a_day", "copies_a_day", 1, COPIES_MAX,
                            &figures->copies_a_day) &&
           json_take_boolean(fields, root, "two_person", "two_person", &figures->two_person);
}

enum jumin_error scheme_parse(struct span json, struct scheme *scheme, char detail[SCHEME_DETAIL_MAX])
{
    const struct parser parser = {{detail, "scheme"}, scheme};
    memset(scheme, 0, sizeof *scheme);
    json_t *root = json_fields_load(&parser.fields, json, JSON_MAX);
    const bool ok = root != NULL && parse_fields(&parser, root);
    json_decref(root);
    if (!ok) {
        memset(scheme, 0, sizeof *scheme);
    }
    return ok ? JUMIN_OK : JUMIN_ERROR_INPUT;
}
