// Card profiles: what is accepted asks for nothing that cannot be written, and what is refused is named.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/perso/order.h"

static void check_profile(const struct profile *profile)
{
    struct pace_protocol pace[ORDER_PACE_MAX];
    const size_t n = order_pace(profile, CRYPTO_P256, pace);
    bool plain_mapping = false;
    require(n > 0 && n <= ORDER_PACE_MAX);
    for (size_t i = 0; i < n; i++) {
        plain_mapping = plain_mapping || pace[i].mapping != PACE_ECDH_CAM;
    }
    require(plain_mapping); // else no card would complete
    require(profile->name[0] != '\0' && profile->pin_digits >= ORDER_PIN_MIN &&
            profile->pin_digits <= ORDER_PIN_MAX && profile->pin_tries >= 2 && profile->pin_tries <= 15);
    for (unsigned group = 0; group < PROFILE_GROUPS; group++) {
        require(!profile_has_group(profile->eid_groups, group) || eid_tag_of_group(group) != 0);
    }
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && bytes[i] == 0) {
        i++;
    }
    return i == n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct profile profile;
    char detail[PROFILE_DETAIL_MAX] = "";
    if (profile_parse(span_of(bytes, n), &profile, detail) == JUMIN_OK) {
        check_profile(&profile);
    } else {
        require(detail[0] != '\0' && is_zero((const uint8_t *)&profile, sizeof profile));
    }
    return 0;
}
