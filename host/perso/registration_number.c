// The resident registration number of a specimen person: YYMMDD-SNNNNNN, S for century, sex and origin.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/person.h"

enum {
    MONTH = 2, // where it stands
    MARK = 6,  // S
    SPECIMEN_MONTHS = 20,
};

// The century that S stands for; foreigners have 5 to 8.
static unsigned century_of(char mark)
{
    static const unsigned char centuries[] = {18, 19, 19, 20, 20, 19, 19, 20, 20, 18};
    return centuries[mark - '0'];
}

static unsigned two_digits(const char *text)
{
    return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
}

// Its 13 digits. False: it is none.
static bool take_digits(const char *number, char digits[PERSON_REGISTRATION_NUMBER + 1])
{
    const size_t hyphen = strlen(number) == PERSON_REGISTRATION_NUMBER + 1 && number[MARK] == '-' ? 1 : 0;
    if (strlen(number) != PERSON_REGISTRATION_NUMBER + hyphen) {
        return false;
    }
    memcpy(digits, number, MARK);
    memcpy(digits + MARK, number + MARK + hyphen, PERSON_REGISTRATION_NUMBER - MARK + 1);
    return strspn(digits, "0123456789") == PERSON_REGISTRATION_NUMBER;
}

const char *registration_number_fault(const char *number, const char birth_date[PERSON_DATE + 1], char sex)
{
    char digits[PERSON_REGISTRATION_NUMBER + 1];
    if (!take_digits(number, digits)) {
        return "must be six digits, a hyphen and seven digits";
    }
    const unsigned month = two_digits(digits + MONTH);
    if (month >= 1 && month <= 12) {
        return "could be a real person's: specimen numbers have 20 added to their month";
    }
    if (memcmp(digits, birth_date + 2, MONTH) != 0 || month != two_digits(birth_date + 4) + SPECIMEN_MONTHS ||
        memcmp(digits + MONTH + 2, birth_date + 6, 2) != 0) {
        return "must begin with the birth date, with 20 added to its month";
    }
    if (century_of(digits[MARK]) != two_digits(birth_date)) {
        return "has a seventh digit of another century than the birth date";
    }
    const bool male = (digits[MARK] - '0') % 2 == 1;
    return (sex == 'M' && !male) || (sex == 'F' && male) ? "has a seventh digit of the other sex" : NULL;
}
