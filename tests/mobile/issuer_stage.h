// The station's stage with a handle of the issuer's server beside it, phones, and status lists.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_ISSUER_STAGE_H
#define JUMIN_TESTS_ISSUER_STAGE_H

#include "host/issuer/records.h"
#include "tests/station/station_stage.h"

#define ISSUER_TEST(test) cmocka_unit_test_setup_teardown(test, issuer_stage_open, issuer_stage_close)

extern struct jumin_station *server; // on which nobody has logged in

int issuer_stage_open(void **state);
int issuer_stage_close(void **state);
// The specimen portrait, for station_photo.
struct span issuer_photo(void);
// Opens shards of both formats, as the server does before it issues; and again, so that changes are seen.
void issuer_publish(void);
// A proof by that phone; none twice.
struct records_proof proof_by(uint8_t phone);
// An offer at the counter for the holder of that application, whose code is `code`.
struct jumin_offer issuer_offer(const char *number, struct records_offer *made);
// An application that was handed over, redeemed by that phone.
void issuer_redeem(const char *number, uint8_t phone, struct records_tokens *tokens);
// State of a credential, or of an application's last one.
enum jumin_credential_state issuer_state(const char *number);
// How many copies the lists know with that status.
int64_t issuer_copies(enum status status);

#endif
