// The holder as print shows them: names whole or masked, dates, and whether it is a specimen.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PRINT_HOLDER_H
#define JUMIN_HOST_PRINT_HOLDER_H

#include "host/perso/order.h"

enum { HOLDER_NAME = 2 * PERSON_TEXT_MAX, HOLDER_DATE = 11 };

// "홍길순"; with a space where the surname is not in Hangul or Hanja.
void holder_name(const struct person *person, char name[HOLDER_NAME]);
// "HONG, GILSUN" (9303-5 §4.1.1.1, fields 03 and 04)
void holder_latin_name(const struct person *person, char name[HOLDER_NAME]);
// "洪吉順"; "" where a part of it is not there.
void holder_hanja_name(const struct person *person, char name[HOLDER_NAME]);
// "홍*순": who it is for, and not a name to look up. Of the surname and the given names the first character
// stays, of given names with several the last one instead.
void holder_masked_name(const struct person *person, char name[HOLDER_NAME]);
// 20010314 as 2001.03.14
void holder_date(const char date[PERSON_DATE + 1], char text[HOLDER_DATE]);
// Whether the registration number is a specimen's, or there is none to tell.
bool holder_is_specimen(const struct jumin_order *order);

#endif
