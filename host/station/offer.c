// The offer of a mobile credential: made within a transaction, for the one-time QR or for a phone that a card
// has bound.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/photo.h"
#include "host/station/credential.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define STATE(state) (1U << JUMIN_CREDENTIAL_##state)

enum { KEYED_MAX = 160 };

// --- Codes -----------------------------------------------------------------------------------------------------

bool offer_random(const struct jumin_station *station, char text[JUMIN_OFFER_REFERENCE])
{
    uint8_t bytes[CREDENTIAL_SECRET];
    const bool good = station->random.fill(station->random.context, bytes, sizeof bytes);
    text[0] = '\0';
    if (good) {
        jumin_device_jkt(bytes, text);
    }
    crypto_wipe(bytes, sizeof bytes);
    return good;
}

bool offer_hash(const char *text, uint8_t hash[CREDENTIAL_SECRET])
{
    const struct span whole = span_of(text, strlen(text));
    return crypto_hash_parts(CRYPTO_SHA256, &whole, 1, hash);
}

// A keyed hash of some texts, each with its end.
static bool keyed(const struct jumin_station *station, const char *const *texts, size_t count,
                  uint8_t hash[VAULT_INDEX])
{
    uint8_t bytes[KEYED_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++) {
        writer_put(&w, span_of(texts[i], strlen(texts[i]) + 1));
    }
    const bool good = !w.overflow && vault_index(&station->vault, writer_span(&w), hash);
    crypto_wipe(bytes, sizeof bytes);
    return good;
}

// So the records need not keep the code: whoever reads them has neither it nor the key.
bool offer_code(const struct jumin_station *station, const char *reference, char code[JUMIN_OFFER_REFERENCE])
{
    uint8_t bytes[VAULT_INDEX];
    const bool good = keyed(station, (const char *const[]){"pre-authorized code", reference}, 2, bytes);
    code[0] = '\0';
    if (good) {
        jumin_device_jkt(bytes, code);
    }
    crypto_wipe(bytes, sizeof bytes);
    return good;
}

bool offer_tx_hash(const struct jumin_station *station, const char *credential, const char *tx_code,
                   uint8_t hash[VAULT_INDEX])
{
    return keyed(station, (const char *const[]){"code on the receipt", credential, tx_code}, 3, hash);
}

// Six digits, each as likely as any other.
static bool make_tx_code(const struct jumin_station *station, char tx_code[JUMIN_TX_CODE])
{
    enum { DIGITS = JUMIN_TX_CODE - 1, FAIR = 250 };
    size_t n = 0;
    bool good = true;
    while (good && n < DIGITS) {
        uint8_t byte = 0;
        good = station->random.fill(station->random.context, &byte, 1);
        if (good && byte < FAIR) {
            tx_code[n++] = (char)('0' + byte % 10);
        }
    }
    tx_code[good ? n : 0] = '\0';
    return good;
}

// --- What a credential is made of ------------------------------------------------------------------------------

enum jumin_error offer_holder(struct jumin_station *station, struct span person, uint8_t holder[VAULT_INDEX])
{
    struct person parsed = {0};
    enum jumin_error error = intake_person(station, person, &parsed);
    if (error == JUMIN_OK) {
        error = intake_holder(station, &parsed, holder);
    }
    crypto_wipe(&parsed, sizeof parsed);
    return error;
}

enum jumin_error offer_portrait(struct jumin_station *station, struct span photo,
                                struct issued_text *portrait)
{
    static const struct photo_wishes wishes = {PHOTO_JPEG, OFFER_PORTRAIT_MAX};
    char why[PHOTO_DETAIL_MAX] = "";
    struct photo made = {0};
    *portrait = (struct issued_text){0};
    enum jumin_error error = photo_prepare(photo, &wishes, &made, why);
    if (error != JUMIN_OK) {
        return detail_set(&station->detail, error, "photo: %s", why);
    }
    portrait->text = malloc(made.n);
    if (portrait->text != NULL) {
        memcpy(portrait->text, made.image, made.n);
        portrait->n = made.n;
    }
    photo_free(&made);
    return portrait->text != NULL ? JUMIN_OK
                                  : detail_set(&station->detail, JUMIN_ERROR_MEMORY, "memory is short");
}

static enum jumin_error changed(struct jumin_station *station, const char *number)
{
    return detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                      "the record of %s was changed, or belongs to another one", number);
}

// Opens person and photo of an application; `*erased`: they are gone.
static enum jumin_error open_application(struct jumin_station *station, const char *application,
                                         struct issued_text *person, struct issued_text *photo,
                                         uint8_t holder[VAULT_INDEX], bool *erased)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(application);
    enum jumin_error error = station_query(
        station, "SELECT holder, person, photo FROM application WHERE number = $1", &value, 1, &rows);
    const bool found = error == JUMIN_OK && database_next(rows);
    bool good = found && database_column_bytes(rows, 0).n == VAULT_INDEX;
    if (good) {
        memcpy(holder, database_column_bytes(rows, 0).p, VAULT_INDEX);
        *erased = database_is_null(rows, 1);
        good =
            *erased || record_unseal(station, "person", application, database_column_bytes(rows, 1), person);
        good = good && (database_is_null(rows, 2) ||
                        record_unseal(station, "photo", application, database_column_bytes(rows, 2), photo));
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = station_database(station, error == JUMIN_OK ? ended : error);
    if (error == JUMIN_OK && !found) {
        return detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE, "there is no application %.20s",
                          application);
    }
    return error != JUMIN_OK || good ? error : changed(station, application);
}

static enum jumin_error open_credential(struct jumin_station *station, const uint8_t holder[VAULT_INDEX],
                                        struct issued_text *person, struct issued_text *portrait, bool *found)
{
    struct database_rows *rows = NULL;
    char number[JUMIN_CREDENTIAL_NUMBER] = "";
    const struct database_value value = database_bytes(span_of(holder, VAULT_INDEX));
    enum jumin_error error = station_query(
        station,
        "SELECT number, person, portrait FROM credential WHERE holder = $1 AND person IS NOT NULL"
        " ORDER BY number DESC LIMIT 1",
        &value, 1, &rows);
    bool good = true;
    *found = error == JUMIN_OK && database_next(rows);
    if (*found) {
        (void)snprintf(number, sizeof number, "%s", database_column_text(rows, 0));
        good = credential_unseal(station, "person", number, database_column_bytes(rows, 1), person) &&
               (database_is_null(rows, 2) ||
                credential_unseal(station, "portrait", number, database_column_bytes(rows, 2), portrait));
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = station_database(station, error == JUMIN_OK ? ended : error);
    return error != JUMIN_OK || good ? error : changed(station, number);
}

enum jumin_error offer_known(struct jumin_station *station, const char *application,
                             struct issued_text *person, struct issued_text *portrait,
                             uint8_t holder[VAULT_INDEX])
{
    struct issued_text photo = {0};
    bool erased = false, found = true;
    *person = *portrait = (struct issued_text){0};
    enum jumin_error error = open_application(station, application, person, &photo, holder, &erased);
    if (error == JUMIN_OK && erased) {
        error = open_credential(station, holder, person, portrait, &found);
    } else if (error == JUMIN_OK && photo.text != NULL) {
        error = offer_portrait(station, span_of(photo.text, photo.n), portrait);
    }
    issued_text_free(&photo);
    if (error == JUMIN_OK && !found) {
        error =
            detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE,
                       "the personal data of %s is erased: the person file is to be given anew", application);
    }
    if (error != JUMIN_OK) {
        issued_text_free(person);
        issued_text_free(portrait);
    }
    return error;
}

static enum jumin_error changed_person(struct jumin_station *station, const char *sql, const char *number,
                                       const struct issued_text *sealed)
{
    const struct database_value values[] = {database_text(number),
                                            database_bytes(span_of(sealed->text, sealed->n))};
    return credential_run(station, sql, values, 2, NULL);
}

enum jumin_error offer_remember(struct jumin_station *station, const char *application,
                                const uint8_t holder[VAULT_INDEX], struct span person)
{
    struct issued_text of_application = {0}, of_offer = {0};
    char offered[JUMIN_CREDENTIAL_NUMBER];
    const struct database_value value = database_bytes(span_of(holder, VAULT_INDEX));
    enum jumin_error error = credential_find(
        station, "SELECT number FROM credential WHERE holder = $1 AND state = 0", &value, 1, offered);
    if (error == JUMIN_OK && (!record_seal(station, "person", application, person, &of_application) ||
                              !credential_seal(station, "person", offered, person, &of_offer))) {
        error = detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    if (error == JUMIN_OK) {
        error = changed_person(station,
                               "UPDATE application SET person = $2 WHERE number = $1 AND person IS NOT NULL",
                               application, &of_application);
    }
    if (error == JUMIN_OK) {
        error = changed_person(station, "UPDATE credential SET person = $2 WHERE number = $1", offered,
                               &of_offer);
    }
    issued_text_free(&of_application);
    issued_text_free(&of_offer);
    return error;
}

// --- Making one --------------------------------------------------------------------------------------------------

static enum jumin_error void_other(struct jumin_station *station, const uint8_t holder[VAULT_INDEX])
{
    static const char offered[] = "SELECT number FROM credential WHERE holder = $1 AND state = 0";
    char number[JUMIN_CREDENTIAL_NUMBER];
    const struct database_value value = database_bytes(span_of(holder, VAULT_INDEX));
    enum jumin_error error = credential_find(station, offered, &value, 1, number);
    if (error == JUMIN_OK && number[0] != '\0') {
        error = credential_hold(station, number); // it may be redeemed meanwhile
    }
    if (error == JUMIN_OK && number[0] != '\0') {
        error = credential_find(station, offered, &value, 1, number);
    }
    return error == JUMIN_OK && number[0] != '\0'
               ? credential_move(station, number, STATE(OFFERED), JUMIN_CREDENTIAL_REVOKED, "void-offer",
                                 "another offer")
               : error;
}

static enum jumin_error take_number(struct jumin_station *station, char number[JUMIN_CREDENTIAL_NUMBER],
                                    int64_t *copies)
{
    char today[JUMIN_DAY];
    int64_t running = 0;
    enum jumin_error error = station_next_number(station, "credential", &running);
    if (error == JUMIN_OK) {
        error = station_next_number(station, "copies", copies);
    }
    station_day(station, today);
    (void)snprintf(number, JUMIN_CREDENTIAL_NUMBER, "M%.4s-%08lld", today, (long long)(running % 100000000));
    return error;
}

static struct database_value sealed_value(const struct issued_text *sealed)
{
    return sealed->text != NULL ? database_bytes(span_of(sealed->text, sealed->n)) : database_text(NULL);
}

static enum jumin_error insert_credential(struct jumin_station *station, const struct offer_content *content,
                                          const char *number, int64_t copies)
{
    const struct credential_attested *attested = &content->attested;
    struct issued_text person = {0}, portrait = {0};
    enum jumin_error error = JUMIN_OK;
    if (!credential_seal(station, "person", number, content->person, &person) ||
        !credential_seal(station, "portrait", number, content->portrait, &portrait)) {
        error = detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    } else {
        const struct database_value values[] = {
            database_text(number),
            database_text(content->application),
            database_bytes(span_of(content->holder, VAULT_INDEX)),
            database_integer(JUMIN_CREDENTIAL_OFFERED),
            database_integer(copies),
            sealed_value(&person),
            sealed_value(&portrait),
            database_integer(station_now(station)),
            database_text(station->officer),
            credential_attested_value(attested, attested->key_storage),
            credential_attested_value(attested, attested->user_authentication)};
        error = credential_run(station,
                               "INSERT INTO credential (number, application, holder, state, copies, person,"
                               " portrait, offered_at, offered_by, changed_at, key_storage,"
                               " user_authentication)"
                               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $10, $11)",
                               values, 11, NULL);
    }
    issued_text_free(&person);
    issued_text_free(&portrait);
    return error == JUMIN_ERROR_CONFLICT
               ? detail_set(&station->detail, error, "another offer was just made to this person")
               : error;
}

static enum jumin_error insert_offer(struct jumin_station *station, const struct offer_content *content,
                                     const struct jumin_offer *offer)
{
    char code[JUMIN_OFFER_REFERENCE];
    uint8_t reference_hash[CREDENTIAL_SECRET], code_hash[CREDENTIAL_SECRET], tx_hash[VAULT_INDEX];
    const bool bound = content->device.n > 0;
    const bool good = offer_code(station, offer->reference, code) &&
                      offer_hash(offer->reference, reference_hash) && offer_hash(code, code_hash) &&
                      (bound || offer_tx_hash(station, offer->credential, offer->tx_code, tx_hash));
    crypto_wipe(code, sizeof code);
    if (!good) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    const struct database_value values[] = {database_text(offer->credential),
                                            database_bytes(span_of(reference_hash, sizeof reference_hash)),
                                            database_bytes(span_of(code_hash, sizeof code_hash)),
                                            bound ? database_text(NULL)
                                                  : database_bytes(span_of(tx_hash, sizeof tx_hash)),
                                            bound ? database_bytes(content->device) : database_text(NULL),
                                            database_integer(offer->expires_at)};
    return credential_run(station,
                          "INSERT INTO offer (credential, reference, code, tx_code, device, expires_at)"
                          " VALUES ($1, $2, $3, $4, $5, $6)",
                          values, 6, NULL);
}

enum jumin_error offer_make(struct jumin_station *station, const struct offer_content *content,
                            struct jumin_offer *offer)
{
    int64_t copies = 0;
    *offer = (struct jumin_offer){0};
    enum jumin_error error = void_other(station, content->holder);
    if (error == JUMIN_OK) {
        error = take_number(station, offer->credential, &copies);
    }
    if (error == JUMIN_OK && (!offer_random(station, offer->reference) ||
                              (content->device.n == 0 && !make_tx_code(station, offer->tx_code)))) {
        error = detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "there are no random numbers");
    }
    offer->expires_at =
        station_now(station) + (int64_t)jumin_policy_figures(station->policy)->qr_minutes * 60;
    if (error == JUMIN_OK) {
        error = insert_credential(station, content, offer->credential, copies);
    }
    if (error == JUMIN_OK) {
        error = insert_offer(station, content, offer);
    }
    return error == JUMIN_OK ? audit_append(station, "offer", offer->credential,
                                            content->application != NULL ? content->application : "")
                             : error;
}
