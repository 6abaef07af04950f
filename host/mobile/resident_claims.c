// What a resident's credential says, as claims and as data elements of an mdoc.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/resident_claims.h"

#include "host/calendar.h"

#include <stdio.h>

enum { HEAD_MAX = 9, AGE_MAX = 99, YEAR_FIRST = 1900, YEAR_LAST = 9999, SEX_LAST = 2 };

static struct span text_of(const char *text)
{
    return text == NULL ? span_of(NULL, 0) : span_of(text, strlen(text));
}

struct list {
    struct resident_claim *claims;
    size_t count;
    bool good;
};

static struct resident_claim *add(struct list *list, bool national, enum resident_claim_kind kind)
{
    struct resident_claim *claim = &list->claims[list->count++];
    *claim = (struct resident_claim){.national = national, .kind = kind};
    return claim;
}

static void add_bytes(struct list *list, bool national, const char *name, enum resident_claim_kind kind,
                      struct span bytes)
{
    if (bytes.n == 0) {
        return;
    }
    struct resident_claim *claim = add(list, national, kind);
    (void)snprintf(claim->name, sizeof claim->name, "%s", name);
    claim->bytes = bytes;
}

static void add_text(struct list *list, bool national, const char *name, const char *text)
{
    const struct span bytes = text_of(text);
    // An encoded text is read back to see whether it is UTF-8; only short ones are claims.
    uint8_t encoded[RESIDENT_TEXT_MAX + HEAD_MAX];
    struct writer w = writer_of(encoded, sizeof encoded);
    struct cbor_item item;
    cbor_put_text(&w, bytes);
    list->good = list->good && !w.overflow && cbor_only(writer_span(&w), CBOR_TEXT, &item);
    add_bytes(list, national, name, RESIDENT_TEXT, bytes);
}

static void add_date(struct list *list, const char *name, const char *date)
{
    const struct span bytes = text_of(date);
    list->good = list->good && (bytes.n == 0 || calendar_parse(date) != 0);
    add_bytes(list, false, name, RESIDENT_DATE, bytes);
}

static void add_common(struct list *list, const struct resident_claims *claims)
{
    add_text(list, false, "family_name_unicode", claims->family_name);
    add_text(list, false, "given_name_unicode", claims->given_name);
    add_date(list, "birth_date", claims->birth_date);
    if (claims->sex != 0) {
        struct resident_claim *claim = add(list, false, RESIDENT_NUMBER);
        (void)snprintf(claim->name, sizeof claim->name, "sex");
        claim->number = claims->sex;
        list->good = list->good && claims->sex <= SEX_LAST;
    }
    add_bytes(list, false, "portrait", RESIDENT_BYTES, claims->portrait);
    add_date(list, "issue_date", claims->issue_date);
    add_date(list, "expiry_date", claims->expiry_date);
    add_text(list, false, "issuing_country", claims->issuing_country);
    add_text(list, false, "issuing_authority_unicode", claims->issuing_authority);
    add_text(list, false, "document_number", claims->document_number);
    add_text(list, false, "resident_address_unicode", claims->address);
    for (size_t i = 0; i < claims->age_count; i++) {
        const unsigned age = claims->ages[i].age;
        struct resident_claim *claim = add(list, false, RESIDENT_BOOLEAN);
        (void)snprintf(claim->name, sizeof claim->name, "age_over_%02u", age % 100);
        claim->number = claims->ages[i].over;
        list->good = list->good && age >= 1 && age <= AGE_MAX;
    }
}

static void add_national(struct list *list, const struct resident_claims *claims)
{
    add_text(list, true, "name_hangul", claims->name_hangul);
    add_text(list, true, "name_hanja", claims->name_hanja);
    add_text(list, true, "registration_number", claims->registration_number);
    add_text(list, true, "address_code", claims->address_code);
    add_text(list, true, "card_issue_number", claims->card_issue_number);
    for (size_t i = 0; i < claims->year_count; i++) {
        const unsigned year = claims->years[i].year;
        struct resident_claim *claim = add(list, true, RESIDENT_BOOLEAN);
        (void)snprintf(claim->name, sizeof claim->name, "adult_in_%04u", year % 10000);
        claim->number = claims->years[i].adult;
        list->good = list->good && year >= YEAR_FIRST && year <= YEAR_LAST;
    }
}

bool resident_claims_list(const struct resident_claims *claims,
                          struct resident_claim list[RESIDENT_CLAIMS_MAX], size_t *count)
{
    struct list made = {.claims = list, .good = true};
    if (claims->age_count > RESIDENT_AGES_MAX || claims->year_count > RESIDENT_YEARS_MAX) {
        return false;
    }
    add_common(&made, claims);
    add_national(&made, claims);
    *count = made.count;
    return made.good;
}

static void put_value(struct writer *w, const struct resident_claim *claim)
{
    switch (claim->kind) {
    case RESIDENT_TEXT:
        cbor_put_text(w, claim->bytes);
        break;
    case RESIDENT_DATE:
        cbor_put_tag(w, CBOR_TAG_DATE);
        cbor_put_text(w, claim->bytes);
        break;
    case RESIDENT_BYTES:
        cbor_put_bytes(w, claim->bytes);
        break;
    case RESIDENT_BOOLEAN:
        cbor_put_bool(w, claim->number != 0);
        break;
    case RESIDENT_NUMBER:
        cbor_put_unsigned(w, claim->number);
        break;
    }
}

static void add_namespace(struct resident_mdoc *mdoc, const char *name, size_t from, size_t to)
{
    if (from < to) {
        mdoc->namespaces[mdoc->namespace_count++] =
            (struct mdoc_namespace){text_of(name), &mdoc->elements[from], to - from};
    }
}

bool resident_claims_mdoc(const struct resident_claims *claims, struct writer *values,
                          struct resident_mdoc *mdoc)
{
    size_t count = 0, common = 0;
    mdoc->namespace_count = 0;
    if (!resident_claims_list(claims, mdoc->claims, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct resident_claim *claim = &mdoc->claims[i];
        const size_t start = values->n;
        put_value(values, claim);
        if (values->overflow) {
            return false;
        }
        mdoc->elements[i] =
            (struct mdoc_element){text_of(claim->name), span_from(writer_span(values), start)};
        common += !claim->national;
    }
    add_namespace(mdoc, RESIDENT_COMMON_NAMESPACE, 0, common);
    add_namespace(mdoc, RESIDENT_NATIONAL_NAMESPACE, common, count);
    return true;
}
