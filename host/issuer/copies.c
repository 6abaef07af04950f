// The copies of a credential: what the person file says, in both formats, each with a key and a status of its
// own.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

#include "host/calendar.h"
#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/mobile/issuer_signed.h"
#include "host/mobile/resident_claims.h"
#include "host/mobile/sd_jwt_vc.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAY_SECONDS = 24 * 3600, COPY_MAX = 96 * 1024, DECOYS = 4, ADDRESS_MAX = 4 * PERSON_TEXT_MAX };

static const unsigned ages[] = {17, 18, 19};

// All that the claims borrow from.
struct content {
    struct person person;
    struct resident_claims claims;
    char birth_date[JUMIN_DAY], address[ADDRESS_MAX];
    int64_t signed_at, valid_until;
};

// --- What is said ------------------------------------------------------------------------------------------------

static enum jumin_error parse_person(const struct records_grant *grant, struct person *person,
                                     struct detail *detail)
{
    const struct issue issue = {grant->document_number[0] != '\0' ? grant->document_number : "M00000000",
                                grant->issued_on, grant->expires_on};
    char why[PERSON_DETAIL_MAX] = "";
    struct issued_text whole;
    if (!person_with_issue(span_of(grant->person.text, grant->person.n), &issue, &whole)) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "the person file is none");
    }
    const enum jumin_error error = person_parse(span_of(whole.text, whole.n), person, why);
    issued_text_free(&whole);
    return error == JUMIN_OK ? JUMIN_OK : detail_set(detail, JUMIN_ERROR_INPUT, "%s", why);
}

static void put_address(const struct person_address *address, char text[ADDRESS_MAX])
{
    const char *const parts[] = {address->state, address->city, address->street};
    struct writer w = writer_of(text, ADDRESS_MAX - 1);
    for (size_t i = 0; i < 3 && address->city[0] != '\0'; i++) {
        if (parts[i][0] != '\0') {
            writer_put(&w, span_of(" ", w.n > 0));
            writer_put(&w, span_of(parts[i], strlen(parts[i])));
        }
    }
    text[w.n] = '\0';
}

// age_over_NN on the day of issue; adult_in_YYYY of each year in which the credential is valid, since the law
// counts by calendar years (Youth Protection Act art. 2).
static bool put_ages(struct jumin_station *station, const struct records_grant *grant,
                     struct content *content)
{
    const calendar_day birth = calendar_parse(content->birth_date), issued = calendar_parse(grant->issued_on),
                       last = calendar_parse(grant->expires_on);
    struct resident_claims *claims = &content->claims;
    bool good = birth != 0 && issued != 0 && last != 0;
    for (size_t i = 0; i < sizeof ages / sizeof ages[0] && good; i++) {
        const calendar_day before = calendar_period_end(birth, ages[i] * 12);
        claims->ages[claims->age_count].age = ages[i];
        claims->ages[claims->age_count++].over = before != 0 && before < issued;
    }
    for (unsigned year = calendar_year(issued);
         good && year <= calendar_year(last) && claims->year_count < RESIDENT_YEARS_MAX; year++) {
        bool adult = false;
        good = jumin_policy_adult_in(station->policy, content->birth_date, year, &adult) == JUMIN_OK;
        claims->years[claims->year_count].year = year;
        claims->years[claims->year_count++].adult = adult;
    }
    return good;
}

static enum jumin_error fill(struct jumin_station *station, const struct records_grant *grant,
                             const struct issuer_signer *by, struct content *content, struct detail *detail)
{
    const struct person *person = &content->person;
    const enum jumin_error error = parse_person(grant, &content->person, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    put_day(person->birth_date, content->birth_date);
    put_address(&person->address, content->address);
    content->claims = (struct resident_claims){
        .family_name = person->surname_hangul[0] != '\0' ? person->surname_hangul : person->surname,
        .given_name =
            person->given_names_hangul[0] != '\0' ? person->given_names_hangul : person->given_names,
        .name_hangul = person->name_hangul,
        .name_hanja = person->name_hanja,
        .birth_date = content->birth_date,
        .sex = person->sex == 'M'   ? 1
               : person->sex == 'F' ? 2
                                    : 0,
        .portrait = span_of(grant->portrait.text, grant->portrait.n),
        .issue_date = grant->issued_on,
        .expiry_date = grant->expires_on,
        .issuing_country = "KR",
        .issuing_authority = person->issuing_authority,
        .document_number = grant->document_number,
        .address = content->address,
        .registration_number = person->registration_number,
        .address_code = person->municipality_code,
    };
    if (!put_ages(station, grant, content)) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "the ages cannot be told");
    }
    // The begin of the day, the same on all copies of all batches of that day, so that it does not link them.
    char today[JUMIN_DAY];
    station_day(station, today);
    const int64_t begin = station_day_begin(today);
    content->signed_at = begin > by->not_before ? begin : by->not_before;
    // Nor does a copy outlive the signer's certificate (ISO 18013-5 §9.1.2.4); the claims say the
    // credential's end.
    const int64_t end = station_day_begin(grant->expires_on) + DAY_SECONDS;
    content->valid_until = by->not_after != 0 && by->not_after < end ? by->not_after : end;
    return JUMIN_OK;
}

// --- mdoc --------------------------------------------------------------------------------------------------------

static enum jumin_error make_mdoc(const struct issuer_signer *by, const struct content *content,
                                  const struct resident_mdoc *mdoc, const uint8_t key[SIGNER_POINT],
                                  const struct status_reference *status, struct writer *made)
{
    const struct crypto_random random = crypto_system_random();
    struct issuer_signed_order order = {
        .doc_type = span_of(RESIDENT_DOC_TYPE, sizeof RESIDENT_DOC_TYPE - 1),
        .namespaces = mdoc->namespaces,
        .namespace_count = mdoc->namespace_count,
        .decoys = DECOYS,
        .validity = {.signed_at = content->signed_at,
                     .valid_from = content->signed_at,
                     .valid_until = content->valid_until},
        .status = {.index = status->index, .uri = span_of(status->uri, strlen(status->uri))},
        .chain = by->chain,
        .chain_count = by->chain_count,
        .algorithm = COSE_ES256,
    };
    memcpy(order.device_key, key, SIGNER_POINT);
    return issuer_signed_make(&order, &by->signer, &random, made);
}

// --- SD-JWT ------------------------------------------------------------------------------------------------------

static json_t *claim_json(const struct resident_claim *claim)
{
    if (claim->kind == RESIDENT_BOOLEAN) {
        return json_boolean(claim->number != 0);
    }
    if (claim->kind == RESIDENT_NUMBER) {
        return json_integer(claim->number);
    }
    if (claim->kind != RESIDENT_BYTES) {
        return json_stringn((const char *)claim->bytes.p, claim->bytes.n);
    }
    char *text = malloc(base64url_length(claim->bytes.n) + 1);
    struct writer w = writer_of(text, text != NULL ? base64url_length(claim->bytes.n) : 0);
    base64url_put(&w, claim->bytes);
    json_t *value = text != NULL && !w.overflow ? json_stringn(text, w.n) : NULL;
    free(text);
    return value;
}

static json_t *claims_json(const struct resident_claims *claims)
{
    struct resident_claim list[RESIDENT_CLAIMS_MAX];
    size_t count = 0;
    json_t *object = resident_claims_list(claims, list, &count) ? json_object() : NULL;
    bool good = object != NULL;
    for (size_t i = 0; i < count && good; i++) {
        good = json_object_set_new(object, list[i].name, claim_json(&list[i])) == 0;
    }
    if (!good) {
        json_wipe(object);
        json_decref(object);
        return NULL;
    }
    return object;
}

static enum jumin_error make_sd_jwt(const struct issuer_signer *by, const char *issuer,
                                    const struct content *content, const struct sd_jwt_members *members,
                                    const uint8_t key[SIGNER_POINT], const struct status_reference *status,
                                    struct writer *made)
{
    const struct crypto_random random = crypto_system_random();
    struct sd_jwt_vc_order order = {
        .signer = &by->signer,
        .chain = by->chain,
        .chain_count = by->chain_count,
        .vct = RESIDENT_VCT,
        .issuer = issuer,
        .issued_at = content->signed_at,
        .not_before = content->signed_at,
        .expires = content->valid_until,
        .status_uri = status->uri,
        .status_index = status->index,
        .members = members,
        .decoys = DECOYS,
    };
    memcpy(order.holder, key, SIGNER_POINT);
    return sd_jwt_vc_issue(&order, &random, made);
}

// What all copies share.
static enum jumin_error shared_claims(const struct resident_claims *claims, struct sd_jwt_members **members)
{
    json_t *object = claims_json(claims);
    const enum jumin_error error = object == NULL ? JUMIN_ERROR_INPUT : sd_jwt_vc_members(members, object);
    json_wipe(object);
    json_decref(object);
    return error;
}

// --- Both --------------------------------------------------------------------------------------------------------

// Room for so many more bytes. What has grown out of its place is wiped there.
static bool make_room(struct issuer_text *text, size_t n)
{
    if (n <= text->capacity - text->n) {
        return true;
    }
    const size_t capacity = 2 * text->capacity + n;
    uint8_t *p = malloc(capacity);
    if (p == NULL) {
        return false;
    }
    if (text->n > 0) {
        memcpy(p, text->p, text->n);
        crypto_wipe(text->p, text->n);
    }
    free(text->p);
    text->p = p;
    text->capacity = capacity;
    return true;
}

bool issuer_text_put(struct issuer_text *text, struct span bytes)
{
    if (!make_room(text, bytes.n)) {
        return false;
    }
    memcpy(text->p + text->n, bytes.p, bytes.n);
    text->n += bytes.n;
    return true;
}

void issuer_text_release(struct issuer_text *text)
{
    if (text->p != NULL) {
        crypto_wipe(text->p, text->capacity);
    }
    free(text->p);
    *text = (struct issuer_text){.p = NULL};
}

// No character of either format is escaped in JSON.
static bool add_copy(struct issuer_text *credentials, bool first, struct span made, enum status_format format)
{
    static const char begin[] = ",{\"credential\":\"", end[] = "\"}";
    const size_t skip = first ? 1 : 0;
    const size_t n = format == STATUS_CWT ? base64url_length(made.n) : made.n;
    if (!issuer_text_put(credentials, span_of(begin + skip, sizeof begin - 1 - skip)) ||
        !make_room(credentials, n)) {
        return false;
    }
    struct writer w = writer_of(credentials->p + credentials->n, n);
    if (format == STATUS_CWT) {
        base64url_put(&w, made);
    } else {
        writer_put(&w, made);
    }
    credentials->n += w.n;
    return !w.overflow && issuer_text_put(credentials, span_of(end, sizeof end - 1));
}

// What is used again for each copy; personal, wiped.
struct rooms {
    uint8_t values[COPY_MAX], made[COPY_MAX];
    struct resident_mdoc mdoc;
    struct content content;
};

static enum jumin_error make_each(const struct issuer *issuer, enum status_format format,
                                  const struct issuer_keys *keys, const struct status_reference *references,
                                  struct rooms *rooms, struct issuer_text *credentials, struct detail *detail)
{
    const struct content *content = &rooms->content;
    const bool mdoc = format == STATUS_CWT;
    struct writer values = writer_of(rooms->values, sizeof rooms->values);
    struct sd_jwt_members *members = NULL;
    enum jumin_error error = JUMIN_OK;
    if (mdoc ? !resident_claims_mdoc(&content->claims, &values, &rooms->mdoc)
             : shared_claims(&content->claims, &members) != JUMIN_OK) {
        error = detail_set(detail, JUMIN_ERROR_INPUT, "the person file cannot be said in this format");
    }
    for (size_t i = 0; i < keys->count && error == JUMIN_OK; i++) {
        struct writer made = writer_of(rooms->made, sizeof rooms->made);
        error = mdoc ? make_mdoc(&issuer->options.mdoc, content, &rooms->mdoc, keys->keys[i], &references[i],
                                 &made)
                     : make_sd_jwt(&issuer->options.sd_jwt, issuer->options.base_url, content, members,
                                   keys->keys[i], &references[i], &made);
        if (error == JUMIN_OK && !add_copy(credentials, i == 0, writer_span(&made), format)) {
            error = JUMIN_ERROR_MEMORY;
        }
        if (error != JUMIN_OK) {
            (void)detail_set(detail, error, "a copy could not be made: %s", jumin_error_name(error));
        }
    }
    sd_jwt_members_free(members);
    return error;
}

enum jumin_error issuer_make_copies(const struct issuer *issuer, struct jumin_station *station,
                                    const struct records_grant *grant, enum status_format format,
                                    const struct issuer_keys *keys, const struct status_reference *references,
                                    struct issuer_text *credentials, struct detail *detail)
{
    const struct issuer_signer *by = format == STATUS_CWT ? &issuer->options.mdoc : &issuer->options.sd_jwt;
    struct rooms *rooms = calloc(1, sizeof *rooms);
    if (rooms == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    enum jumin_error error = fill(station, grant, by, &rooms->content, detail);
    if (error == JUMIN_OK) {
        error = make_each(issuer, format, keys, references, rooms, credentials, detail);
    }
    crypto_wipe(rooms, sizeof *rooms);
    free(rooms);
    return error;
}
