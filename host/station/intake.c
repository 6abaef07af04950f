// Taking an application: the person is checked, and goes into the records encrypted.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/intake.h"

#include "host/json_fields.h"
#include "host/station/station_internal.h"
#include <stdio.h>
#include <stdlib.h>

enum { PLACE_MAX = 64, PERSON_JSON_MAX = 65536, PHOTO_MAX = 32 << 20, WON_TEXT = 24 };

// What the station gives later has no part in what is checked at the counter.
static const struct issue any_issue = {"M00000000", "2099-12-30", "2099-12-31"};

// --- The person file -------------------------------------------------------------------------------------------

bool person_with_issue(struct span json, const struct issue *issue, struct issued_text *whole)
{
    static const char *const given[] = {"document_number", "issue_date", "expiry_date"};
    const char *const values[] = {issue->document_number, issue->issue_date, issue->expiry_date};
    *whole = (struct issued_text){0};
    json_t *object = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
    bool good = json_is_object(object);
    for (size_t i = 0; i < 3 && good; i++) {
        good = json_object_get(object, given[i]) == NULL &&
               json_object_set_new(object, given[i], json_string(values[i])) == 0;
    }
    whole->text = good ? json_text(object, JSON_COMPACT) : NULL;
    whole->n = whole->text != NULL ? strlen(whole->text) : 0;
    json_wipe(object);
    json_decref(object);
    return whole->text != NULL;
}

void issued_text_free(struct issued_text *text)
{
    if (text->text != NULL) {
        crypto_wipe(text->text, text->n);
        free(text->text);
    }
    *text = (struct issued_text){0};
}

void put_day(const char digits[PERSON_DATE + 1], char day[JUMIN_DAY])
{
    (void)snprintf(day, JUMIN_DAY, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
}

// Checked as the order for the card will be.
enum jumin_error intake_person(struct jumin_station *station, struct span json, struct person *person)
{
    char detail[PERSON_DETAIL_MAX] = "";
    struct issued_text whole;
    if (json.n > PERSON_JSON_MAX || !person_with_issue(json, &any_issue, &whole)) {
        return detail_set(&station->detail, JUMIN_ERROR_INPUT,
                          "person file: must be a JSON object of at most 64 KiB, without document_number, "
                          "issue_date and expiry_date, which the station gives");
    }
    const enum jumin_error error = person_parse(span_of(whole.text, whole.n), person, detail);
    issued_text_free(&whole);
    if (error != JUMIN_OK) {
        return detail_set(&station->detail, error, "%s", detail);
    }
    return person->registration_number[0] != '\0'
               ? JUMIN_OK
               : detail_set(&station->detail, JUMIN_ERROR_INPUT, "registration_number: is missing");
}

// A portrait that no card takes is told of at the counter, not when the card lies on the reader.
static enum jumin_error check_order(struct jumin_station *station, const struct jumin_application_form *form)
{
    const char *profile = jumin_profile_text(form->profile != NULL ? form->profile : jumin_profile_name(0));
    struct jumin_order *order = NULL;
    struct issued_text whole = {0};
    if (profile == NULL) {
        return detail_set(&station->detail, JUMIN_ERROR_INPUT, "there is no profile %.40s", form->profile);
    }
    enum jumin_error error = jumin_order_new(&order);
    if (error == JUMIN_OK) {
        error = jumin_order_set_profile(order, profile, strlen(profile));
    }
    if (error == JUMIN_OK) {
        error = person_with_issue(span_of(form->person, form->person_length), &any_issue, &whole)
                    ? jumin_order_set_person(order, whole.text, whole.n)
                    : JUMIN_ERROR_MEMORY;
    }
    if (error == JUMIN_OK && form->photo != NULL) {
        error = jumin_order_set_photo(order, form->photo, form->photo_length);
    }
    if (error == JUMIN_OK) {
        error = jumin_order_check(order);
    }
    if (error != JUMIN_OK) {
        (void)detail_set(&station->detail, error, "%s", jumin_order_detail(order));
    }
    issued_text_free(&whole);
    jumin_order_free(order);
    return error;
}

// --- The record ------------------------------------------------------------------------------------------------

bool issued_text_seal(const struct jumin_station *station, struct span place, struct span plain,
                      struct issued_text *sealed)
{
    *sealed = (struct issued_text){0};
    if (plain.p == NULL) {
        return true;
    }
    sealed->n = plain.n + VAULT_OVERHEAD;
    sealed->text = malloc(sealed->n);
    if (sealed->text == NULL ||
        !vault_seal(&station->vault, &station->random, place, plain, (uint8_t *)sealed->text)) {
        issued_text_free(sealed);
        return false;
    }
    return true;
}

bool issued_text_unseal(const struct jumin_station *station, struct span place, struct span sealed,
                        struct issued_text *plain)
{
    *plain = (struct issued_text){0};
    if (sealed.n < VAULT_OVERHEAD) {
        return false;
    }
    plain->n = sealed.n - VAULT_OVERHEAD;
    plain->text = malloc(plain->n + 1);
    if (plain->text == NULL || !vault_unseal(&station->vault, place, sealed, (uint8_t *)plain->text)) {
        issued_text_free(plain);
        return false;
    }
    plain->text[plain->n] = '\0';
    return true;
}

bool record_unseal(const struct jumin_station *station, const char *column, const char *number,
                   struct span sealed, struct issued_text *plain)
{
    uint8_t place_bytes[PLACE_MAX];
    struct writer place = writer_of(place_bytes, sizeof place_bytes);
    return issued_text_unseal(station, application_place(&place, column, number), sealed, plain);
}

bool record_seal(const struct jumin_station *station, const char *column, const char *number,
                 struct span plain, struct issued_text *sealed)
{
    uint8_t place_bytes[PLACE_MAX];
    struct writer place = writer_of(place_bytes, sizeof place_bytes);
    return issued_text_seal(station, application_place(&place, column, number), plain, sealed);
}

static struct database_value sealed_value(const struct issued_text *sealed)
{
    return sealed->text != NULL ? database_bytes(span_of(sealed->text, sealed->n)) : database_text(NULL);
}

static enum jumin_error insert_row(struct jumin_station *station, const struct jumin_application_form *form,
                                   const char *number, const uint8_t holder[VAULT_INDEX],
                                   const struct issued_text *person, const struct issued_text *photo)
{
    const struct database_value values[] = {
        database_text(number),
        database_integer(JUMIN_APPLIED),
        database_bytes(span_of(holder, VAULT_INDEX)),
        sealed_value(person),
        sealed_value(photo),
        database_text(form->profile != NULL ? form->profile : jumin_profile_name(0)),
        database_integer(station_now(station)),
        database_text(station->officer),
        database_integer(form->holds_card),
        database_integer(form->first_issue)};
    const enum jumin_error error =
        database_run(station->database,
                     "INSERT INTO application (number, state, holder, person, photo, profile, applied_at,"
                     " changed_at, applied_by, holds_card, first_issue)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)",
                     values, 10, NULL);
    return error == JUMIN_ERROR_CONFLICT
               ? detail_set(&station->detail, error,
                            "another station has just taken an application of this person")
               : station_database(station, error);
}

static enum jumin_error insert(struct jumin_station *station, const struct jumin_application_form *form,
                               const char *number, const uint8_t holder[VAULT_INDEX])
{
    struct issued_text person = {0}, photo = {0};
    const bool good =
        record_seal(station, "person", number, span_of(form->person, form->person_length), &person) &&
        record_seal(station, "photo", number, span_of(form->photo, form->photo_length), &photo);
    const enum jumin_error error =
        good ? insert_row(station, form, number, holder, &person, &photo)
             : detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    issued_text_free(&person);
    issued_text_free(&photo);
    return error;
}

// --- The scheme's rules ----------------------------------------------------------------------------------------

static enum jumin_error decide(struct jumin_station *station, const struct jumin_application_form *form,
                               const struct person *person, const uint8_t holder[VAULT_INDEX],
                               struct jumin_decision *decision)
{
    char birth_date[JUMIN_DAY], other[JUMIN_APPLICATION_NUMBER];
    enum jumin_error error = find_open(station, holder, other);
    if (error != JUMIN_OK) {
        return error;
    }
    put_day(person->birth_date, birth_date);
    const struct jumin_facts facts = {
        .birth_date = birth_date,
        .sex = person->sex,
        .registration_number = person->registration_number,
        .municipality_code = person->municipality_code[0] != '\0' ? person->municipality_code : NULL,
        .holds_card = form->holds_card,
        .first_issue = form->first_issue,
        .valid_card = other[0] != '\0', // or one that may be yet
        .photo_date = form->photo_date,
        .won_paid = form->won_paid,
    };
    error = rules_decide(station, JUMIN_APPLY_CARD, &facts, decision);
    crypto_wipe(birth_date, sizeof birth_date);
    return error;
}

// --- Applying --------------------------------------------------------------------------------------------------

static enum jumin_error take(struct jumin_station *station, const struct jumin_application_form *form,
                             const uint8_t holder[VAULT_INDEX], char number[JUMIN_APPLICATION_NUMBER])
{
    char today[JUMIN_DAY], paid[WON_TEXT];
    int64_t running = 0;
    enum jumin_error error = station_next_number(station, "application", &running);
    if (error != JUMIN_OK) {
        return error;
    }
    station_day(station, today);
    (void)snprintf(number, JUMIN_APPLICATION_NUMBER, "%.4s-%08lld", today, (long long)(running % 100000000));
    error = insert(station, form, number, holder);
    if (error == JUMIN_OK) {
        error = payment_take(station, number, form->won_paid);
    }
    (void)snprintf(paid, sizeof paid, "%u won", form->won_paid);
    return error == JUMIN_OK ? audit_append(station, "apply", number, paid) : error;
}

enum jumin_error intake_holder(struct jumin_station *station, const struct person *person,
                               uint8_t holder[VAULT_INDEX])
{
    return vault_index(&station->vault, span_of(person->registration_number, PERSON_REGISTRATION_NUMBER),
                       holder)
               ? JUMIN_OK
               : detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
}

static enum jumin_error decide_and_take(struct jumin_station *station,
                                        const struct jumin_application_form *form,
                                        const struct person *person, struct jumin_decision *decision,
                                        char number[JUMIN_APPLICATION_NUMBER])
{
    uint8_t holder[VAULT_INDEX];
    enum jumin_error error = intake_holder(station, person, holder);
    const struct span own = span_of(holder, sizeof holder);
    if (error == JUMIN_OK) {
        error = upkeep_expire(station, &own, NULL);
    }
    if (error == JUMIN_OK) {
        error = decide(station, form, person, holder, decision);
    }
    return error == JUMIN_OK ? take(station, form, holder, number) : error;
}

// Person and photo, whatever the rules say of them.
static enum jumin_error check_sound(struct jumin_station *station, const struct jumin_application_form *form,
                                    struct person *person)
{
    const enum jumin_error error = intake_person(station, span_of(form->person, form->person_length), person);
    if (error == JUMIN_OK && form->photo_length > PHOTO_MAX) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT, "photo: must have at most 32 MiB");
    }
    if (error == JUMIN_OK && form->won_paid > JUMIN_WON_MAX) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT, "nobody pays more than %d won",
                          JUMIN_WON_MAX);
    }
    return error == JUMIN_OK ? check_order(station, form) : error;
}

static enum jumin_error apply(struct jumin_station *station, const struct jumin_application_form *form,
                              struct person *person, struct jumin_decision *decision,
                              char number[JUMIN_APPLICATION_NUMBER])
{
    enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE);
    if (error == JUMIN_OK) {
        error = check_sound(station, form, person);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK
                    ? station_end(station, decide_and_take(station, form, person, decision, number))
                    : error;
    } while (station_again(station, error));
    return error;
}

enum jumin_error jumin_station_apply(struct jumin_station *station, const struct jumin_application_form *form,
                                     struct jumin_decision *decision, char number[JUMIN_APPLICATION_NUMBER])
{
    struct person person = {0};
    struct jumin_decision own;
    if (station == NULL || form == NULL || form->person == NULL || number == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    decision = decision != NULL ? decision : &own;
    *decision = (struct jumin_decision){0};
    number[0] = '\0';
    const enum jumin_error error = apply(station, form, &person, decision, number);
    if (error != JUMIN_OK) {
        number[0] = '\0';
    }
    crypto_wipe(&person, sizeof person);
    return error;
}

// --- Checking ----------------------------------------------------------------------------------------------------

static enum jumin_error check_form(struct jumin_station *station, const struct jumin_application_form *form,
                                   struct person *person, struct jumin_decision *decision)
{
    uint8_t holder[VAULT_INDEX];
    enum jumin_error error = check_sound(station, form, person);
    if (error == JUMIN_OK) {
        error = intake_holder(station, person, holder);
    }
    return error == JUMIN_OK ? decide(station, form, person, holder, decision) : error;
}

enum jumin_error jumin_station_check(struct jumin_station *station, const struct jumin_application_form *form,
                                     struct jumin_decision *decision)
{
    struct person person = {0};
    if (station == NULL || form == NULL || form->person == NULL || decision == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *decision = (struct jumin_decision){0};
    enum jumin_error error = station_need(station, ~0U);
    if (error == JUMIN_OK) {
        error = check_form(station, form, &person, decision);
    }
    crypto_wipe(&person, sizeof person);
    return error;
}
