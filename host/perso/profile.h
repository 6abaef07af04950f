// A card profile: which applications, data groups, passwords, algorithms and keys cards of a kind have.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_PROFILE_H
#define JUMIN_HOST_PERSO_PROFILE_H

#include "card/wire/chat.h"
#include "card/wire/pace.h"
#include "host/embedded.h"
#include <jumin/error.h>

enum {
    PROFILE_NAME_MAX = 32,
    PROFILE_DESCRIPTION_MAX = 256,
    PROFILE_DETAIL_MAX = 256,
    PROFILE_MAPPINGS_MAX = 3,
    PROFILE_SUITES_MAX = 5,
    PROFILE_GROUPS = 32, // bits of a set of data groups
};

struct profile {
    char name[PROFILE_NAME_MAX];
    char description[PROFILE_DESCRIPTION_MAX];
    // Passwords beside CAN and PIN, which every card has.
    bool mrz, puk;
    unsigned pin_digits; // of a random one, and the fewest of one that is chosen
    unsigned pin_tries;
    bool transport_pin; // what the station sets must be changed before it opens anything
    enum pace_mapping mappings[PROFILE_MAPPINGS_MAX];
    size_t mapping_count;
    enum secure_messaging_suite suites[PROFILE_SUITES_MAX]; // of PACE and Chip Authentication
    size_t suite_count;
    bool active_authentication;
    bool chip_key; // the card's own key of Chip Authentication, in EF.ChipSecurity
    bool restricted_identification;
    enum crypto_hash identification_hash;
    uint8_t trust_points; // bits 1 << enum terminal_type
    // By terminal type: the most that its terminals get on the card, whatever their certificates say.
    rights terminal_rights[TERMINAL_TYPES + 1];
    // Applications; bit n: data group n. An application without data groups is not there.
    uint32_t emrtd_groups; // the personal ones; those of keys follow from them
    uint32_t eid_groups;
    bool provisioning;
    unsigned portrait_formats; // bits 1 << enum jumin_image_type, of what DG2 may hold
    unsigned portrait_bytes;   // most of the coded portrait
};

static inline bool profile_has_group(uint32_t groups, unsigned group)
{
    return group < PROFILE_GROUPS && (groups >> group & 1) != 0;
}

// Reads a profile (profile.schema.json). On failure `detail` names the field and what is wrong with it, and
// `*profile` is all zero.
enum jumin_error profile_parse(struct span json, struct profile *profile, char detail[PROFILE_DETAIL_MAX]);

#endif
