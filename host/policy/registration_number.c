// The resident registration number: YYMMDD-SNNNNNN, S for century, sex and origin.
// SPDX-License-Identifier: Apache-2.0
#include "host/policy/registration_number.h"

#include "card/crypto/crypto.h"
#include <string.h>

enum {
    MONTH = 2, // where it stands
    DAY = 4,
    MARK = 6, // S
    SPECIMEN_MONTHS = 20,
    MODULUS = 11,
    // Numbers given since have random digits behind S.
    RANDOM_SINCE = 20201005,
};

// The century that S stands for; 5 to 8 are foreigners.
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
static bool take_digits(const char *text, char digits[REGISTRATION_NUMBER + 1])
{
    const size_t hyphen = strlen(text) == REGISTRATION_NUMBER + 1 && text[MARK] == '-' ? 1 : 0;
    if (strlen(text) != REGISTRATION_NUMBER + hyphen) {
        return false;
    }
    memcpy(digits, text, MARK);
    memcpy(digits + MARK, text + MARK + hyphen, REGISTRATION_NUMBER - MARK + 1);
    return strspn(digits, "0123456789") == REGISTRATION_NUMBER;
}

char registration_number_check_digit(const char digits[REGISTRATION_NUMBER], bool foreigner)
{
    static const unsigned char weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof weights; i++) {
        sum += weights[i] * (unsigned)(digits[i] - '0');
    }
    return (char)('0' + ((foreigner ? MODULUS + 2 : MODULUS) - sum % MODULUS) % 10);
}

static enum jumin_check_digit judge(const struct registration_number *number)
{
    if (number->birth >= RANDOM_SINCE) {
        return JUMIN_CHECK_DIGIT_NOT_APPLICABLE;
    }
    const char expected = registration_number_check_digit(number->digits, number->foreigner);
    return number->digits[REGISTRATION_NUMBER - 1] == expected ? JUMIN_CHECK_DIGIT_MATCHES
                                                               : JUMIN_CHECK_DIGIT_DIFFERS;
}

// Reads what the digits say.
static const char *take_apart(bool specimen, struct registration_number *number)
{
    const char *digits = number->digits;
    const char mark = digits[MARK];
    unsigned month = two_digits(digits + MONTH);
    if (specimen && month >= 1 && month <= 12) {
        return "could be a real person's: specimen numbers have 20 added to their month";
    }
    if (!specimen && month > SPECIMEN_MONTHS && month <= SPECIMEN_MONTHS + 12) {
        return "is a specimen's, with 20 added to its month, and this is no specimen mode";
    }
    month = specimen && month > SPECIMEN_MONTHS ? month - SPECIMEN_MONTHS : specimen ? 0 : month;
    number->birth = calendar_of(century_of(mark) * 100 + two_digits(digits), month, two_digits(digits + DAY));
    if (number->birth == 0) {
        return specimen ? "must begin with a day that exists, with 20 added to its month"
                        : "must begin with a day that exists";
    }
    number->sex = (mark - '0') % 2 == 1 ? 'M' : 'F';
    number->foreigner = mark >= '5' && mark <= '8';
    number->check_digit = judge(number);
    return NULL;
}

const char *registration_number_parse(const char *text, bool specimen, struct registration_number *number)
{
    *number = (struct registration_number){.birth = 0};
    const char *fault = take_digits(text, number->digits) ? take_apart(specimen, number)
                                                          : "must be six digits, a hyphen and seven digits";
    if (fault != NULL) {
        crypto_wipe(number, sizeof *number);
    }
    return fault;
}

const char *registration_number_misfit(const struct registration_number *number, calendar_day birth, char sex)
{
    if (number->birth % 1000000 != birth % 1000000) {
        return "must begin with the birth date";
    }
    if (number->birth != birth) {
        return "has a seventh digit of another century than the birth date";
    }
    return (sex == 'M' || sex == 'F') && sex != number->sex ? "has a seventh digit of the other sex" : NULL;
}

void jumin_registration_number_mask(const char *text, char masked[JUMIN_MASKED_NUMBER])
{
    char digits[REGISTRATION_NUMBER + 1];
    const bool sound = text != NULL && take_digits(text, digits);
    const size_t n = sound ? REGISTRATION_NUMBER + 1 : text != NULL ? strlen(text) : 0;
    const size_t length = n < JUMIN_MASKED_NUMBER ? n : JUMIN_MASKED_NUMBER - 1;
    memset(masked, '*', length);
    masked[length] = '\0';
    if (sound) {
        memcpy(masked, digits, MARK);
        masked[MARK] = '-';
        masked[MARK + 1] = digits[MARK];
    }
    crypto_wipe(digits, sizeof digits);
}
