// The commands that an issuer sends to the card through a phone that can neither read nor change them.
// SPDX-License-Identifier: Apache-2.0
//
// All are made before the first is answered, so they go in one message: secure messaging counts commands and
// answers, not their content.
#ifndef JUMIN_HOST_ISSUER_SEALED_COMMANDS_H
#define JUMIN_HOST_ISSUER_SEALED_COMMANDS_H

#include "card/wire/provisioning.h"
#include "card/wire/sm.h"
#include "host/detail.h"
#include "host/mobile/binding_messages.h"

enum { SEALED_READ_MAX = 32767 }; // 15-bit offsets of READ BINARY (ISO 7816-4 §11.3.3)

// What phone and card carry, in bytes of the whole APDU.
struct sealed_limits {
    size_t command_max, response_max;
    bool extended;
};

// A file to read in units.
struct sealed_file {
    size_t most;  // bytes, at most SEALED_READ_MAX; 0: it is not read
    size_t reads; // READ BINARY for them
};

// READ BINARY of EF.ChipSecurity in the MF, which is current after Chip Authentication; SELECT eMRTD and READ
// BINARY of DG2; each where it is wanted. SELECT provisioning; BIND DEVICE.
struct sealed_plan {
    size_t count; // commands
    size_t unit;  // bytes that a READ BINARY asks for
    struct sealed_file chip_security, portrait;
};

// Plans for what the limits allow, at most BINDING_COMMANDS_MAX commands.
void sealed_plan(struct sealed_plan *plan, const struct sealed_limits *limits, size_t chip_security,
                 size_t portrait);
// Writes them as byte strings. False: cryptography failed, or no room.
bool sealed_put_commands(struct writer *w, struct sm_session *session, const struct sealed_plan *plan,
                         struct span thumbprint);

struct sealed_result {
    struct writer *chip_security, *portrait; // receive the files
    uint8_t thumbprint[BINDING_THUMBPRINT];
    uint32_t counter;
};
// Opens the card's answers in their order. JUMIN_ERROR_SECURE_MESSAGING: one is not the card's; then nothing
// of them counts. JUMIN_ERROR_NO_SUCH_FILE, and other errors: the card refused. What came before and behind
// the refused command is done all the same. The caller wipes what there is of the files.
enum jumin_error sealed_open_responses(struct binding_apdus *responses, struct sm_session *session,
                                       const struct sealed_plan *plan, struct sealed_result *result,
                                       struct detail *detail);

#endif
