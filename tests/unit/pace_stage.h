// Random numbers that begin anew with each test, and the worked examples of PACE.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_PACE_STAGE_H
#define JUMIN_TESTS_UNIT_PACE_STAGE_H

#include "card/wire/pace.h"
#include "tests/unit/crypto_random.h"
#include "tests/unit/unit.h"

enum { EXAMPLES = 4, FIELD = 32, POINT = 65 };

extern struct counting_random random_state;
extern struct crypto_random source;

// All on brainpoolP256r1 with AES-128. What an example does not publish is null.
struct example {
    const char *oid;
    const char *password_key, *encrypted_nonce, *nonce;
    const char *terminal_mapping_secret, *terminal_mapping_point, *chip_mapping_secret, *chip_mapping_point;
    const char *terminal_nonce; // IM
    const char *generator;
    const char *terminal_secret, *terminal_point, *chip_secret, *chip_point;
    const char *shared, *encryption_key, *mac_key, *terminal_token, *chip_token;
};

extern const struct example examples[EXAMPLES];

int restart_random(void **state); // a setup

#endif
