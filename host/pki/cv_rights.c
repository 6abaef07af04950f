// The scheme's sets of rights: what a store, an office and the issuer may do (TR-03110-4 §2.2.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/eid.h"
#include <jumin/eac_pki.h>

#include <string.h>

#define RIGHT(name) ((jumin_rights)1 << JUMIN_RIGHT_##name)
#define READ(group) ((jumin_rights)1 << ((int)JUMIN_RIGHT_READ_DG1 - 1 + (int)(group)))
#define READ_ALL ((READ(EID_GROUPS) << 1) - READ(1))
#define WRITE(group)                                                                                         \
    ((jumin_rights)1 << ((int)JUMIN_RIGHT_WRITE_DG17 + (int)EID_WRITABLE_FIRST - (int)(group)))
#define NAME_AND_BIRTH (READ(EID_GIVEN_NAMES) | READ(EID_FAMILY_NAMES) | READ(EID_DATE_OF_BIRTH))

struct set {
    const char *name;
    jumin_rights rights;
};

static const struct set sets[] = {
    {"all", JUMIN_RIGHTS_ALL},
    // Whether the holder is of age, or name and birth date; shown by the CAN, without a PIN.
    {"store", RIGHT(CAN_ALLOWED) | RIGHT(AGE_VERIFICATION) | NAME_AND_BIRTH},
    // A community centre: whose card it is, where the holder lives, the holder's move, a forgotten PIN.
    {"office", RIGHT(CAN_ALLOWED) | RIGHT(PIN_MANAGEMENT) | NAME_AND_BIRTH | READ(EID_PLACE_OF_RESIDENCE) |
                   READ(EID_MUNICIPALITY) | WRITE(EID_PLACE_OF_RESIDENCE) | WRITE(EID_MUNICIPALITY)},
    // The issuer's server: all that a mobile credential says, and the binding of a phone.
    {"issuer", RIGHT(PROVISION_PHONE) | RIGHT(PRIVILEGED_TERMINAL) | RIGHT(AGE_VERIFICATION) |
                   RIGHT(MUNICIPALITY_VERIFICATION) | READ(EID_DOCUMENT_TYPE) | READ(EID_ISSUING_STATE) |
                   READ(EID_DATE_OF_EXPIRY) | NAME_AND_BIRTH | READ(EID_PLACE_OF_BIRTH) |
                   READ(EID_NATIONALITY) | READ(EID_SEX) | READ(EID_OPTIONAL_DATA) |
                   READ(EID_DATE_OF_ISSUANCE) | READ(EID_PLACE_OF_RESIDENCE) | READ(EID_MUNICIPALITY)},
    // The station, which compares a new card with what was ordered, by the CAN.
    {"read-back", RIGHT(CAN_ALLOWED) | READ_ALL},
    // Short names.
    {"age", RIGHT(AGE_VERIFICATION)},
    {"municipality", RIGHT(MUNICIPALITY_VERIFICATION)},
    {"privileged", RIGHT(PRIVILEGED_TERMINAL)},
};

enum jumin_error jumin_rights_add(const char *name, jumin_rights *set)
{
    enum jumin_right right;
    if (name == NULL || set == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (strcmp(sets[i].name, name) == 0) {
            *set |= sets[i].rights;
            return JUMIN_OK;
        }
    }
    const enum jumin_error error = jumin_right_parse(name, &right);
    if (error == JUMIN_OK) {
        *set |= jumin_right_set(right);
    }
    return error;
}

jumin_rights jumin_rights_of_type(enum jumin_terminal_type type)
{
    return rights_of_type((enum terminal_type)type);
}
