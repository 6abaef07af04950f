// What a resident's credential says (docType kr.jumin.resident.1, vct urn:kr:jumin:resident:1), once for both
// formats.
// SPDX-License-Identifier: Apache-2.0
//
// Common elements are those of ISO 23220-2 (namespace org.iso.23220.1); what is national stands in a
// namespace of its own. An SD-JWT has the same names, without namespaces.
#ifndef JUMIN_HOST_MOBILE_RESIDENT_CLAIMS_H
#define JUMIN_HOST_MOBILE_RESIDENT_CLAIMS_H

#include "host/mobile/mdoc.h"
#include <jumin/purpose.h>

#define RESIDENT_DOC_TYPE "kr.jumin.resident.1"
#define RESIDENT_VCT "urn:kr:jumin:resident:1"
#define RESIDENT_COMMON_NAMESPACE "org.iso.23220.1"
#define RESIDENT_NATIONAL_NAMESPACE "kr.jumin.resident.1"

enum {
    RESIDENT_YEARS_MAX = 8,
    RESIDENT_AGES_MAX = 8,
    RESIDENT_CLAIMS_MAX = 40,
    RESIDENT_CLAIM_NAME = 32,
    RESIDENT_TEXT_MAX = 1024, // bytes of a text
};

// Texts in UTF-8, dates YYYY-MM-DD; NULL or "": not there. Borrowed.
struct resident_claims {
    const char *family_name, *given_name; // as they are written in the country
    const char *name_hangul, *name_hanja; // whole
    const char *birth_date;
    unsigned sex;         // ISO 5218: 1 male, 2 female; 0: not there
    struct span portrait; // JPEG; empty: not there
    const char *issue_date, *expiry_date;
    const char *issuing_country; // two letters
    const char *issuing_authority;
    const char *document_number;
    const char *address;
    const char *registration_number;
    const char *address_code; // ten digits, of the legal district
    const char *card_issue_number;
    struct {
        unsigned age; // 1 to 99
        bool over;
    } ages[RESIDENT_AGES_MAX]; // age_over_NN, on the day of issue
    size_t age_count;
    struct {
        unsigned year;
        bool adult;
    } years[RESIDENT_YEARS_MAX]; // adult_in_YYYY: adult from 1 January of that year on (Youth Protection Act
                                 // art. 2)
    size_t year_count;
};

enum resident_claim_kind { RESIDENT_TEXT, RESIDENT_DATE, RESIDENT_BYTES, RESIDENT_BOOLEAN, RESIDENT_NUMBER };

struct resident_claim {
    bool national; // of which namespace
    char name[RESIDENT_CLAIM_NAME];
    enum resident_claim_kind kind;
    struct span bytes; // text, date, or bytes
    unsigned number;   // or boolean
};

// What is there, the common ones first. False: a date that is none, an age or a year out of range, a text
// that is not UTF-8.
bool resident_claims_list(const struct resident_claims *claims,
                          struct resident_claim list[RESIDENT_CLAIMS_MAX], size_t *count);

// The same as elements of an mdoc. Values are written to `values`, whose bytes and `mdoc` must stay where
// they are while the namespaces are used. False as above, or `values` is too small: portrait and texts, and
// 16 bytes a claim.
struct resident_mdoc {
    struct mdoc_element elements[RESIDENT_CLAIMS_MAX];
    struct resident_claim claims[RESIDENT_CLAIMS_MAX];
    struct mdoc_namespace namespaces[2];
    size_t namespace_count;
};
bool resident_claims_mdoc(const struct resident_claims *claims, struct writer *values,
                          struct resident_mdoc *mdoc);

enum { RESIDENT_PURPOSE_ELEMENTS_MAX = 16 };
struct resident_purpose_elements {
    char adult_in[RESIDENT_CLAIM_NAME]; // borrowed by `elements`
    struct mdoc_element_name elements[RESIDENT_PURPOSE_ELEMENTS_MAX];
    size_t count;
};
// What is asked for one purpose: name and birth date and nothing else (age), one boolean (adult), who it is
// (identity), and where the holder lives (address). `year`: the calendar year in Korea, for `adult`. Nothing
// is to be retained. `asked` must stay where it is while its elements are used. False: several purposes, or
// no such year.
bool resident_purpose_ask(enum jumin_purpose purpose, unsigned year, struct resident_purpose_elements *asked);
// Whether one of the purposes (bits) covers that element: what a venue with those may ask. `adult` covers
// every year.
bool resident_purpose_covers(unsigned purposes, struct span name_space, struct span identifier);

// Whether a purpose that asks for this element is of no use without it; others may be missing from a
// credential.
bool resident_purpose_needs(struct span identifier);

#endif
