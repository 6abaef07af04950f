// How hard a wallet's keys, or what unlocks them, are to attack, as key attestations say it (OpenID4VCI 1.0
// App. D.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/attestation.h"

static const char *const levels[] = {"iso_18045_basic", "iso_18045_enhanced-basic", "iso_18045_moderate",
                                     "iso_18045_high"};

enum { LEVELS = sizeof levels / sizeof levels[0] };

// From 1, the weakest; 0: it is none.
static unsigned rank(const char *level)
{
    for (unsigned i = 0; i < LEVELS; i++) {
        if (strcmp(level, levels[i]) == 0) {
            return i + 1;
        }
    }
    return 0;
}

bool attack_potential_is_known(const char *level)
{
    return rank(level) != 0;
}

unsigned attack_potential_of(const char *const *said, size_t count)
{
    unsigned best = 0;
    for (size_t i = 0; i < count; i++) {
        best = rank(said[i]) > best ? rank(said[i]) : best;
    }
    return best;
}

bool attack_potential_reaches(unsigned said, const char *wanted)
{
    return wanted == NULL || (said > 0 && said >= rank(wanted));
}

const char *attack_potential_lacks(const struct credential_attested *said, const char *key_storage,
                                   const char *user_authentication)
{
    if (!attack_potential_reaches(said->key_storage, key_storage)) {
        return "key_storage";
    }
    return attack_potential_reaches(said->user_authentication, user_authentication) ? NULL
                                                                                    : "user_authentication";
}

json_t *attack_potential_from(const char *wanted)
{
    json_t *list = json_array();
    for (size_t i = rank(wanted); i > 0 && i <= LEVELS; i++) {
        (void)json_array_append_new(list, json_string(levels[i - 1]));
    }
    return list;
}
