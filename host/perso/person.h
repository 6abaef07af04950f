// The person on a card: read from JSON, validated, and romanized for the MRZ (9303-3 §4.6, §6).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_PERSON_H
#define JUMIN_HOST_PERSO_PERSON_H

#include "card/wire/span.h"
#include <jumin/error.h>

enum {
    PERSON_DOCUMENT_NUMBER = 9, // characters of a TD1 document number, 9303-5 §4.2.2.2
    PERSON_DATE = 8,            // YYYYMMDD
    PERSON_TEXT_MAX = 256,      // bytes of a text in UTF-8
    PERSON_ROMANIZED_MAX = 64,
    PERSON_SHORT_MAX = 128,          // bytes of a number or an electronic address
    PERSON_REGISTRATION_NUMBER = 13, // digits
    PERSON_MUNICIPALITY = 10,        // digits of the legal district's code
    PERSON_DETAIL_MAX = 256,
};

// A registered address; all but the city may be "".
struct person_address {
    char street[PERSON_TEXT_MAX]; // road name and number, and what follows
    char city[PERSON_TEXT_MAX];   // city, county or district; "" : there is no address
    char state[PERSON_TEXT_MAX];  // province
    char zipcode[PERSON_SHORT_MAX];
    char country[4]; // the issuing state unless given
};

// Texts end with a zero byte; "" is: not there.
struct person {
    char document_number[PERSON_DOCUMENT_NUMBER + 1];
    char surname[PERSON_ROMANIZED_MAX];     // A to Z, space, hyphen
    char given_names[PERSON_ROMANIZED_MAX]; // … may be empty
    char name_hangul[PERSON_TEXT_MAX];      // UTF-8, as it stands on the card
    char name_hanja[PERSON_TEXT_MAX];
    char surname_hangul[PERSON_TEXT_MAX];
    char given_names_hangul[PERSON_TEXT_MAX];
    char birth_date[PERSON_DATE + 1];
    char issue_date[PERSON_DATE + 1];
    char expiry_date[PERSON_DATE + 1];
    char sex; // 'M', 'F' or '<'
    char nationality[4];
    char issuing_state[4];
    char issuing_authority[PERSON_TEXT_MAX];
    // What only the eID application has, each where the person file has it.
    char registration_number[PERSON_REGISTRATION_NUMBER + 1];
    struct person_address address;
    char municipality_code[PERSON_MUNICIPALITY + 1];
    char birth_place[PERSON_TEXT_MAX];
    char birth_name[PERSON_TEXT_MAX];
    char religious_name[PERSON_TEXT_MAX];
    char academic_title[PERSON_TEXT_MAX];
    char residence_permit[PERSON_TEXT_MAX];
    char phone_number[PERSON_SHORT_MAX];
    char email_address[PERSON_SHORT_MAX];
};

// Reads a person file (person.schema.json). On failure `person` is wiped and `detail` names the field and
// what is wrong with it.
enum jumin_error person_parse(struct span json, struct person *person, char detail[PERSON_DETAIL_MAX]);

// Revised Romanization of Korean of a Hangul text in UTF-8, in capital letters; syllables of given names are
// joined. False: a character that is no Hangul syllable or space, or `capacity` is too small.
bool romanize(const char *hangul, char *romanized, size_t capacity);

#endif
