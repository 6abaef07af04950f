// Names of the rights that certificates of terminals carry (TR-03110-4 §2.2.3.2, TR-03110-3 §C.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/chat.h"
#include <jumin/terminal.h>

#include <string.h>

// The public numbers are those of card/wire.
_Static_assert((int)JUMIN_RIGHT_READ_DG1 == (int)RIGHT_READ_DG1, "chat.h");
_Static_assert((int)JUMIN_RIGHT_WRITE_DG17 == (int)RIGHT_WRITE_DG17, "chat.h");
_Static_assert((int)JUMIN_RIGHT_INSPECTION_READ_EID == (int)RIGHT_INSPECTION_READ_EID, "chat.h");
_Static_assert((int)JUMIN_RIGHT_QUALIFIED_SIGNATURE == (int)RIGHT_QUALIFIED_SIGNATURE, "chat.h");
_Static_assert((int)JUMIN_RIGHT_PROVISION_PHONE == (int)RIGHT_PROVISION_PHONE, "chat.h");

static const char *const names[JUMIN_RIGHT_COUNT] = {
    [JUMIN_RIGHT_AGE_VERIFICATION] = "age-verification",
    [JUMIN_RIGHT_MUNICIPALITY_VERIFICATION] = "municipality-verification",
    [JUMIN_RIGHT_RESTRICTED_IDENTIFICATION] = "restricted-identification",
    [JUMIN_RIGHT_PRIVILEGED_TERMINAL] = "privileged-terminal",
    [JUMIN_RIGHT_CAN_ALLOWED] = "can-allowed",
    [JUMIN_RIGHT_PIN_MANAGEMENT] = "pin-management",
    [JUMIN_RIGHT_INSTALL_CERTIFICATE] = "install-certificate",
    [JUMIN_RIGHT_INSTALL_QUALIFIED_CERTIFICATE] = "install-qualified-certificate",
    [JUMIN_RIGHT_READ_DG1 + 0] = "read-dg1",
    [JUMIN_RIGHT_READ_DG1 + 1] = "read-dg2",
    [JUMIN_RIGHT_READ_DG1 + 2] = "read-dg3",
    [JUMIN_RIGHT_READ_DG1 + 3] = "read-dg4",
    [JUMIN_RIGHT_READ_DG1 + 4] = "read-dg5",
    [JUMIN_RIGHT_READ_DG1 + 5] = "read-dg6",
    [JUMIN_RIGHT_READ_DG1 + 6] = "read-dg7",
    [JUMIN_RIGHT_READ_DG1 + 7] = "read-dg8",
    [JUMIN_RIGHT_READ_DG1 + 8] = "read-dg9",
    [JUMIN_RIGHT_READ_DG1 + 9] = "read-dg10",
    [JUMIN_RIGHT_READ_DG1 + 10] = "read-dg11",
    [JUMIN_RIGHT_READ_DG1 + 11] = "read-dg12",
    [JUMIN_RIGHT_READ_DG1 + 12] = "read-dg13",
    [JUMIN_RIGHT_READ_DG1 + 13] = "read-dg14",
    [JUMIN_RIGHT_READ_DG1 + 14] = "read-dg15",
    [JUMIN_RIGHT_READ_DG1 + 15] = "read-dg16",
    [JUMIN_RIGHT_READ_DG1 + 16] = "read-dg17",
    [JUMIN_RIGHT_READ_DG1 + 17] = "read-dg18",
    [JUMIN_RIGHT_READ_DG1 + 18] = "read-dg19",
    [JUMIN_RIGHT_READ_DG1 + 19] = "read-dg20",
    [JUMIN_RIGHT_READ_DG1 + 20] = "read-dg21",
    [JUMIN_RIGHT_READ_DG1 + 21] = "read-dg22",
    [JUMIN_RIGHT_WRITE_DG22 + 0] = "write-dg22",
    [JUMIN_RIGHT_WRITE_DG22 + 1] = "write-dg21",
    [JUMIN_RIGHT_WRITE_DG22 + 2] = "write-dg20",
    [JUMIN_RIGHT_WRITE_DG22 + 3] = "write-dg19",
    [JUMIN_RIGHT_WRITE_DG22 + 4] = "write-dg18",
    [JUMIN_RIGHT_WRITE_DG22 + 5] = "write-dg17",
    [JUMIN_RIGHT_INSPECTION_READ_DG3] = "inspection-read-dg3",
    [JUMIN_RIGHT_INSPECTION_READ_DG4] = "inspection-read-dg4",
    [JUMIN_RIGHT_INSPECTION_READ_EID] = "inspection-read-eid",
    [JUMIN_RIGHT_SIGNATURE] = "signature",
    [JUMIN_RIGHT_QUALIFIED_SIGNATURE] = "qualified-signature",
    [JUMIN_RIGHT_PROVISION_PHONE] = "provision-phone",
};

const char *jumin_right_name(enum jumin_right right)
{
    return (unsigned)right < JUMIN_RIGHT_COUNT ? names[right] : NULL;
}

enum jumin_error jumin_right_parse(const char *name, enum jumin_right *right)
{
    for (unsigned i = 0; name != NULL && right != NULL && i < JUMIN_RIGHT_COUNT; i++) {
        if (names[i] != NULL && strcmp(names[i], name) == 0) {
            *right = (enum jumin_right)i;
            return JUMIN_OK;
        }
    }
    return JUMIN_ERROR_ARGUMENT;
}
