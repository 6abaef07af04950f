// What the tests of Status List Tokens share: tokens of any content, made by hand, and what becomes of them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_STATUS_TOKEN_STAGE_H
#define JUMIN_TESTS_MOBILE_STATUS_TOKEN_STAGE_H

#include "tests/mobile/status_stage.h"

// Pieces of a JWT.
#define X5C "\"x5c\":[\"MAMCAQE=\"]"
#define HEADER "{\"alg\":\"ES256\",\"typ\":\"statuslist+jwt\"," X5C "}"
#define LIST "\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}"
#define CLAIMS "\"sub\":\"" STATUS_URI "\",\"iat\":1799999990"

// Pairs of a CWT's claims: {2: STATUS_URI, 4: 1900000000, 6: 1799999990, 65533: {"bits": 1, "lst": …}}.
#define CWT_SUB "02781f68747470733a2f2f6973737565722e6578616d706c652f7374617475732f37"
#define CWT_EXP "041a713fb300"
#define CWT_IAT "061a6b49d1f6"
#define CWT_LIST "19fffda2646269747301636c73744a78dadbb918000217015d"

extern const enum status_format formats[2]; // both
// What the last one that was opened was refused for.
extern struct detail detail;

// Opens it as the list of STATUS_URI, and asserts that nothing is left of it when it is refused.
enum jumin_error open_at(enum status_format format, struct span bytes, int64_t now);
// … at STATUS_NOW.
void assert_opens(enum status_format format, struct span bytes);
void assert_opens_not(enum status_format format, struct span bytes, enum jumin_error expected,
                      const char *words);

// Borrowed until the next call.
struct span bytes_of(const char *hex);
// The claims above.
struct span good_payload(void);
// A CWT as the store's, but for what `change` (NULL: nothing) does to its header. Borrowed until the next
// call.
struct span cwt(void (*change)(struct cose_header *header), struct span payload);

#endif
