// The machine readable zone of a TD1 card (9303-3 §4, 9303-5 §4.2.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/lds_make.h"

#include "host/reader/lds.h"

enum {
    LINE = 30,
    NAME = 30,
    // Offsets in the 90 characters (9303-5 §4.2.2.1)
    AT_STATE = 2,
    AT_NUMBER = 5,
    AT_NUMBER_CHECK = 14,
    AT_BIRTH = LINE,
    AT_BIRTH_CHECK = LINE + 6,
    AT_SEX = LINE + 7,
    AT_EXPIRY = LINE + 8,
    AT_EXPIRY_CHECK = LINE + 14,
    AT_NATIONALITY = LINE + 15,
    AT_OPTIONAL_2 = LINE + 18,
    AT_COMPOSITE_CHECK = LINE + 29,
    AT_NAME = 2 * LINE,
};

static char check_digit(const char *characters, size_t n)
{
    const struct span field = span_of(characters, n);
    return (char)mrz_check_digit(&field, 1);
}

// Over line 1 from the document number on, then birth, expiry with their check digits, and optional data 2.
static char composite_check_digit(const char mrz[TD1_LENGTH])
{
    const struct span parts[] = {span_of(mrz + AT_NUMBER, LINE - AT_NUMBER), span_of(mrz + AT_BIRTH, 7),
                                 span_of(mrz + AT_EXPIRY, 7), span_of(mrz + AT_OPTIONAL_2, 11)};
    return (char)mrz_check_digit(parts, sizeof parts / sizeof *parts);
}

// Letters and digits as they are; anything else is a filler.
static bool put_field(char *to, size_t capacity, const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i < n && i < capacity; i++) {
        const bool kept = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z');
        to[i] = kept ? text[i] : '<';
    }
    return n <= capacity;
}

// Primary identifier, two fillers, secondary identifier; cut at the end of the line (9303-5 §4.2.3).
static void put_name(char *line, const struct person *person)
{
    const size_t surname = strlen(person->surname);
    (void)put_field(line, NAME, person->surname);
    if (surname + 2 < NAME) {
        (void)put_field(line + surname + 2, NAME - surname - 2, person->given_names);
    }
}

bool mrz_make(const struct person *person, char mrz[TD1_LENGTH])
{
    memset(mrz, '<', TD1_LENGTH);
    mrz[0] = 'I'; // identity card; the second character is left to the issuer (9303-5 §4.2.2.1)
    const bool fits = put_field(mrz + AT_STATE, 3, person->issuing_state) &&
                      put_field(mrz + AT_NUMBER, 9, person->document_number) &&
                      put_field(mrz + AT_NATIONALITY, 3, person->nationality) &&
                      strlen(person->birth_date) == PERSON_DATE && strlen(person->expiry_date) == PERSON_DATE;
    if (!fits) {
        return false;
    }
    mrz[AT_NUMBER_CHECK] = check_digit(mrz + AT_NUMBER, 9);
    memcpy(mrz + AT_BIRTH, person->birth_date + 2, 6);
    mrz[AT_BIRTH_CHECK] = check_digit(mrz + AT_BIRTH, 6);
    mrz[AT_SEX] = person->sex;
    memcpy(mrz + AT_EXPIRY, person->expiry_date + 2, 6);
    mrz[AT_EXPIRY_CHECK] = check_digit(mrz + AT_EXPIRY, 6);
    mrz[AT_COMPOSITE_CHECK] = composite_check_digit(mrz);
    put_name(mrz + AT_NAME, person);
    return true;
}

void mrz_put_information(struct writer *w, const char mrz[TD1_LENGTH])
{
    writer_put(w, span_of(mrz + AT_NUMBER, 10));
    writer_put(w, span_of(mrz + AT_BIRTH, 7));
    writer_put(w, span_of(mrz + AT_EXPIRY, 7));
}
