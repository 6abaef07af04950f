// Which data elements a purpose asks for.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/resident_claims.h"

#include <stdio.h>

enum { YEAR_FIRST = 1900, YEAR_LAST = 9999, YEAR_DIGITS = 4 };

static const char adult_in[] = "adult_in_";

// What a purpose covers; `adult` is by the year.
static const struct {
    unsigned purposes;
    bool national;
    const char *identifier;
} table[] = {
    {JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_IDENTITY | JUMIN_PURPOSE_ADDRESS, false, "family_name_unicode"},
    {JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_IDENTITY | JUMIN_PURPOSE_ADDRESS, false, "given_name_unicode"},
    {JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_IDENTITY, false, "birth_date"},
    {JUMIN_PURPOSE_IDENTITY, false, "portrait"},
    {JUMIN_PURPOSE_IDENTITY, false, "issue_date"},
    {JUMIN_PURPOSE_IDENTITY, false, "expiry_date"},
    {JUMIN_PURPOSE_IDENTITY, false, "issuing_country"},
    {JUMIN_PURPOSE_IDENTITY, false, "issuing_authority_unicode"},
    {JUMIN_PURPOSE_IDENTITY, false, "document_number"},
    {JUMIN_PURPOSE_ADDRESS, false, "resident_address_unicode"},
    {JUMIN_PURPOSE_IDENTITY, true, "registration_number"},
    {JUMIN_PURPOSE_ADDRESS, true, "address_code"},
};

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

static struct span namespace_of(bool national)
{
    return text_of(national ? RESIDENT_NATIONAL_NAMESPACE : RESIDENT_COMMON_NAMESPACE);
}

bool resident_purpose_ask(enum jumin_purpose purpose, unsigned year, struct resident_purpose_elements *asked)
{
    asked->count = 0;
    if (purpose == JUMIN_PURPOSE_ADULT) {
        (void)snprintf(asked->adult_in, sizeof asked->adult_in, "%s%04u", adult_in, year % 10000);
        asked->elements[asked->count++] =
            (struct mdoc_element_name){namespace_of(true), text_of(asked->adult_in), false};
        return year >= YEAR_FIRST && year <= YEAR_LAST;
    }
    if (purpose != JUMIN_PURPOSE_AGE && purpose != JUMIN_PURPOSE_IDENTITY &&
        purpose != JUMIN_PURPOSE_ADDRESS) {
        return false;
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if ((table[i].purposes & purpose) != 0) {
            asked->elements[asked->count++] = (struct mdoc_element_name){namespace_of(table[i].national),
                                                                         text_of(table[i].identifier), false};
        }
    }
    return true;
}

static bool is_adult_in(struct span identifier)
{
    const size_t n = sizeof adult_in - 1;
    if (identifier.n != n + YEAR_DIGITS || memcmp(identifier.p, adult_in, n) != 0) {
        return false;
    }
    for (size_t i = n; i < identifier.n; i++) {
        if (identifier.p[i] < '0' || identifier.p[i] > '9') {
            return false;
        }
    }
    return true;
}

bool resident_purpose_covers(unsigned purposes, struct span name_space, struct span identifier)
{
    if ((purposes & JUMIN_PURPOSE_ADULT) != 0 && span_equal(name_space, namespace_of(true)) &&
        is_adult_in(identifier)) {
        return true;
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if ((table[i].purposes & purposes) != 0 && span_equal(name_space, namespace_of(table[i].national)) &&
            span_equal(identifier, text_of(table[i].identifier))) {
            return true;
        }
    }
    return false;
}

bool resident_purpose_needs(struct span identifier)
{
    static const char *const needed[] = {"family_name_unicode", "given_name_unicode", "birth_date",
                                         "resident_address_unicode"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (span_equal(identifier, text_of(needed[i]))) {
            return true;
        }
    }
    return is_adult_in(identifier);
}
