// The machine readable zone of a TD1 card (9303-3 §4, 9303-5 §4.2.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/lds_make.h"

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

// 0 to 9, A = 10 to Z = 35, filler 0 (9303-3 §4.9).
static unsigned value_of(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    return c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10 : 0;
}

// Weights 7, 3, 1, carried on from `position`.
static unsigned weigh(const char *characters, size_t n, size_t position)
{
    static const unsigned weights[] = {7, 3, 1};
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += value_of(characters[i]) * weights[(position + i) % 3];
    }
    return sum;
}

static char check_digit(const char *characters, size_t n)
{
    return (char)('0' + weigh(characters, n, 0) % 10);
}

// Over line 1 from the document number on, then birth, expiry with their check digits, and optional data 2.
static char composite_check_digit(const char mrz[TD1_LENGTH])
{
    const size_t first = LINE - AT_NUMBER;
    unsigned sum = weigh(mrz + AT_NUMBER, first, 0);
    sum += weigh(mrz + AT_BIRTH, 7, first);
    sum += weigh(mrz + AT_EXPIRY, 7, first + 7);
    sum += weigh(mrz + AT_OPTIONAL_2, 11, first + 14);
    return (char)('0' + sum % 10);
}

// Letters and digits as they are; anything else is a filler.
static bool put_field(char *to, size_t capacity, const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i < n && i < capacity; i++) {
        to[i] = value_of(text[i]) > 0 || text[i] == '0' ? text[i] : '<';
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
