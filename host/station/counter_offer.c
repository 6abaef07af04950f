// The one-time QR: what the officer gives is checked, the rules are asked, and the offer is made.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/credential.h"

#include <stdlib.h>

enum { PHOTO_MAX = 32 << 20 };

// What an offer is made of, from the form and from the records; owned.
struct gathered {
    struct issued_text person, portrait;
    uint8_t holder[VAULT_INDEX];
    struct jumin_application application; // number "": none
};

static void gathered_free(struct gathered *gathered)
{
    issued_text_free(&gathered->person);
    issued_text_free(&gathered->portrait);
    crypto_wipe(gathered, sizeof *gathered);
}

static enum jumin_error copy(struct jumin_station *station, struct span from, struct issued_text *to)
{
    issued_text_free(to);
    to->text = malloc(from.n + 1);
    if (to->text == NULL) {
        return detail_set(&station->detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    memcpy(to->text, from.p, from.n);
    to->text[from.n] = '\0';
    to->n = from.n;
    return JUMIN_OK;
}

// --- Gathering ---------------------------------------------------------------------------------------------------

// The card must be in the holder's hands, and stays there as long as the offer is made.
static enum jumin_error take_application(struct jumin_station *station, const struct jumin_offer_form *form,
                                         const char *number, struct gathered *gathered)
{
    const struct database_value value = database_text(number);
    enum jumin_error error =
        credential_run(station, "UPDATE application SET state = state WHERE number = $1", &value, 1, NULL);
    if (error == JUMIN_OK) {
        error = application_find(station, number, &gathered->application);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    error = offer_known(station, number, &gathered->person, &gathered->portrait, gathered->holder);
    if (error != JUMIN_OK && (error != JUMIN_ERROR_NO_SUCH_FILE || form->person == NULL)) {
        return error;
    }
    const struct span holder = span_of(gathered->holder, VAULT_INDEX);
    error = upkeep_expire(station, &holder, NULL);
    if (error == JUMIN_OK) {
        error = application_find(station, number, &gathered->application);
    }
    return error == JUMIN_OK && gathered->application.state != JUMIN_HANDED_OVER
               ? application_refuse(station, number, "offer")
               : error;
}

// The application whose card the holder has last had in hand, unless it is over; "": none.
static enum jumin_error find_application(struct jumin_station *station, const uint8_t holder[VAULT_INDEX],
                                         char number[JUMIN_APPLICATION_NUMBER])
{
    const struct database_value value = database_bytes(span_of(holder, VAULT_INDEX));
    return credential_find(
        station,
        "SELECT number FROM application AS last WHERE holder = $1 AND state IN (5, 9) AND NOT"
        " EXISTS (SELECT 1 FROM application AS later WHERE later.holder = $1 AND"
        " later.number > last.number AND later.state IN (5, 9, 10, 11)) LIMIT 1",
        &value, 1, number);
}

static enum jumin_error take_person(struct jumin_station *station, const struct jumin_offer_form *form,
                                    struct gathered *gathered)
{
    uint8_t holder[VAULT_INDEX];
    const struct span person = span_of(form->person, form->person_length);
    enum jumin_error error = offer_holder(station, person, holder);
    if (error != JUMIN_OK) {
        return error;
    }
    if (gathered->application.number[0] != '\0' && memcmp(holder, gathered->holder, VAULT_INDEX) != 0) {
        return detail_set(&station->detail, JUMIN_ERROR_INPUT, "person file: it is not the person of %s",
                          gathered->application.number);
    }
    memcpy(gathered->holder, holder, sizeof holder);
    return copy(station, person, &gathered->person);
}

static enum jumin_error gather(struct jumin_station *station, const struct jumin_offer_form *form,
                               struct gathered *gathered)
{
    char found[JUMIN_APPLICATION_NUMBER] = "";
    enum jumin_error error = JUMIN_OK;
    if (form->number == NULL) {
        error = offer_holder(station, span_of(form->person, form->person_length), gathered->holder);
        error = error == JUMIN_OK ? find_application(station, gathered->holder, found) : error;
    }
    const char *number = form->number != NULL ? form->number : found;
    if (error == JUMIN_OK && number[0] != '\0') {
        error = take_application(station, form, number, gathered);
    }
    if (error == JUMIN_OK && form->person != NULL) {
        error = take_person(station, form, gathered);
    }
    if (error == JUMIN_OK && form->photo != NULL) {
        issued_text_free(&gathered->portrait);
        error = offer_portrait(station, span_of(form->photo, form->photo_length), &gathered->portrait);
    }
    return error;
}

// --- Deciding ------------------------------------------------------------------------------------------------------

static enum jumin_error decide(struct jumin_station *station, const struct jumin_offer_form *form,
                               const struct gathered *gathered, struct jumin_decision *decision)
{
    struct person person = {0};
    char birth_date[JUMIN_DAY];
    enum jumin_error error =
        intake_person(station, span_of(gathered->person.text, gathered->person.n), &person);
    if (error == JUMIN_OK) {
        put_day(person.birth_date, birth_date);
        const struct jumin_facts facts = {
            .birth_date = birth_date,
            .sex = person.sex,
            .registration_number = person.registration_number,
            .municipality_code = person.municipality_code[0] != '\0' ? person.municipality_code : NULL,
            .holds_card = form->holds_card || gathered->application.number[0] != '\0',
            .photo_outdated = form->photo_outdated,
            .won_paid = form->won_paid,
            .proof = form->proof,
        };
        error = rules_decide(station, JUMIN_APPLY_QR, &facts, decision);
    }
    crypto_wipe(&person, sizeof person);
    crypto_wipe(birth_date, sizeof birth_date);
    return error;
}

static enum jumin_error make(struct jumin_station *station, const struct jumin_offer_form *form,
                             struct gathered *gathered, struct jumin_decision *decision,
                             struct jumin_offer *offer)
{
    enum jumin_error error = gather(station, form, gathered);
    if (error == JUMIN_OK) {
        error = decide(station, form, gathered, decision);
    }
    const char *number = gathered->application.number;
    if (error == JUMIN_OK && number[0] != '\0') {
        error = payment_take(station, number, form->won_paid);
    }
    if (error == JUMIN_OK && form->person != NULL) {
        error = offer_remember(station, number, gathered->holder,
                               span_of(gathered->person.text, gathered->person.n));
    }
    if (error != JUMIN_OK) {
        return error;
    }
    const struct offer_content content = {
        .application = number[0] != '\0' ? number : NULL,
        .holder = gathered->holder,
        .person = span_of(gathered->person.text, gathered->person.n),
        .portrait = span_of(gathered->portrait.text, gathered->portrait.n),
    };
    return offer_make(station, &content, offer);
}

static enum jumin_error check(struct jumin_station *station, const struct jumin_offer_form *form)
{
    if (form->proof != JUMIN_PROOF_COUNTER) {
        return detail_set(&station->detail, JUMIN_ERROR_RULES,
                          "offer: the holder must have been identified face to face");
    }
    if (form->photo != NULL && form->photo_length > PHOTO_MAX) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT, "photo: must have at most 32 MiB");
    }
    if (form->won_paid > JUMIN_WON_MAX || (form->won_paid > 0 && form->number == NULL)) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                          form->number == NULL ? "offer: nothing is paid without an application"
                                               : "nobody pays that much");
    }
    return JUMIN_OK;
}

enum jumin_error jumin_station_offer(struct jumin_station *station, const struct jumin_offer_form *form,
                                     struct jumin_decision *decision, struct jumin_offer *offer)
{
    struct jumin_decision own;
    if (station == NULL || form == NULL || offer == NULL || (form->number == NULL && form->person == NULL)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    decision = decision != NULL ? decision : &own;
    *decision = (struct jumin_decision){0};
    *offer = (struct jumin_offer){0};
    enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE);
    if (error == JUMIN_OK) {
        error = check(station, form);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        struct gathered gathered = {0};
        error = station_begin(station);
        error =
            error == JUMIN_OK ? station_end(station, make(station, form, &gathered, decision, offer)) : error;
        gathered_free(&gathered);
    } while (station_again(station, error));
    if (error != JUMIN_OK) {
        crypto_wipe(offer, sizeof *offer);
    }
    return error;
}
