// Who reads and writes what: a table made from the card's own tables and its own comparison.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_CARD_MANUAL_RIGHTS_H
#define JUMIN_TESTS_APDU_CARD_MANUAL_RIGHTS_H

#include <stdio.h>

void put_rights(FILE *out);

#endif
