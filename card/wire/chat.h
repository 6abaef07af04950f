// What a terminal may do: roles and rights of CV certificates and of the CHAT given in PACE (TR-03110-3 §C.4,
// TR-03110-4 §2.2.3).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_CHAT_H
#define JUMIN_CARD_WIRE_CHAT_H

#include "card/wire/tlv.h"

// id-roles: 0.4.0.127.0.7.3.1.2.x
enum terminal_type {
    TERMINAL_NONE = 0,
    TERMINAL_INSPECTION = 1,     // id-IS
    TERMINAL_AUTHENTICATION = 2, // id-AT
    TERMINAL_SIGNATURE = 3,      // id-ST
};

enum { TERMINAL_TYPES = 3 };

enum {
    TAG_CHAT = 0x7F4C,
    TAG_CERTIFICATE_EXTENSIONS = 0x65,
    TAG_DISCRETIONARY_DATA_TEMPLATE = 0x73,
};

// The two highest bits of the authorization (TR-03110-3 §C.4.1).
enum certificate_role {
    ROLE_TERMINAL = 0,
    ROLE_DV_FOREIGN = 1,  // "non-official / foreign"
    ROLE_DV_DOMESTIC = 2, // "official domestic"
    ROLE_CVCA = 3,
};

// One set for all types, so that "and" is `&` and a requirement is a mask. Bits 0 to 37 are those of an
// authentication terminal, as the standard counts them; those of the other types lie above, and the ones that
// no type has a bit for (authorization extensions) above these.
typedef uint64_t rights;

enum right_bit {
    RIGHT_AGE_VERIFICATION = 0,
    RIGHT_MUNICIPALITY_VERIFICATION = 1, // "community ID verification"
    RIGHT_RESTRICTED_IDENTIFICATION = 2,
    RIGHT_PRIVILEGED_TERMINAL = 3,
    RIGHT_CAN_ALLOWED = 4,
    RIGHT_PIN_MANAGEMENT = 5,
    RIGHT_INSTALL_CERTIFICATE = 6,
    RIGHT_INSTALL_QUALIFIED_CERTIFICATE = 7,
    RIGHT_READ_DG1 = 8,    // DGn is bit 7 + n, up to DG22
    RIGHT_READ_DG22 = 29,  //
    RIGHT_WRITE_DG22 = 32, // DGn is bit 54 - n, from DG22 down to DG17
    RIGHT_WRITE_DG17 = 37,
    // Inspection systems (one byte): its bits 0, 1 and 5.
    RIGHT_INSPECTION_READ_DG3 = 40,
    RIGHT_INSPECTION_READ_DG4 = 41,
    RIGHT_INSPECTION_READ_EID = 45,
    // Signature terminals (one byte): its bits 0 and 1.
    RIGHT_SIGNATURE = 46,
    RIGHT_QUALIFIED_SIGNATURE = 47,
    // Authorization extension OID_PROVISIONING: its bit 0.
    RIGHT_PROVISION_PHONE = 56,
};

static inline rights right_of(enum right_bit bit)
{
    return (rights)1 << bit;
}

// Of eID data group 1 to 22, and 17 to 22; 0 for others.
rights right_to_read(unsigned data_group);
rights right_to_write(unsigned data_group);
// All that a type has a bit for, extensions included.
rights rights_of_type(enum terminal_type type);

// What one certificate, or the CHAT and extensions given in PACE, says.
struct authorization {
    enum terminal_type type;
    enum certificate_role role;
    rights rights;
};

// The content of a CHAT (7F4C): OID and discretionary data. False: unknown type, wrong length for it, or more
// objects. Bits that are reserved are dropped.
bool chat_parse(struct span content, struct authorization *authorization);
// Writes the whole 7F4C object; of `rights` what the type has a bit for.
void chat_put(struct writer *w, const struct authorization *authorization);

// A discretionary data template (73): an OID and the objects that follow it.
struct discretionary_template {
    struct span oid; // value bytes
    struct span objects;
};
// Takes the next one from `*content`. Malformed, cursor unchanged: another tag, or no OID first.
enum tlv_result discretionary_template_next(struct span *content, struct discretionary_template *item);

// id-extensions: 0.4.0.127.0.7.3.1.3.x
extern const struct span OID_DESCRIPTION; // .1: {80 hash of the certificate description}
extern const struct span OID_SECTOR;      // .2: {80, 81: hashes of sector keys for Restricted Identification}

struct sector_hashes {
    struct span first, second; // of the whole public key object 7F49; empty: none
};

// Certificate Extensions (65), as in a certificate, and in MSE:Set AT for PACE (TR-03110-3 §C.3, §B.11.1).
struct extensions {
    rights rights; // of the authorization extension OID_PROVISIONING {53 bits}, one byte
    struct sector_hashes sectors;
    struct span description; // empty: none
};

// The content of 65, one template after the other. Unknown extensions are passed over. False: malformed, or
// one that we know twice; `*extensions` is all zero.
bool extensions_parse(struct span content, struct extensions *extensions);
// Writes the whole 65 object when there is something to write; else nothing.
void extensions_put(struct writer *w, const struct extensions *extensions);
// Writes the authorization extension, a whole 73 object, when `granted` needs one; else nothing.
void authorization_extension_put(struct writer *w, rights granted);

#endif
