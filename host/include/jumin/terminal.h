// What a terminal shows to a chip in Terminal Authentication: certificates, signatures, and the rights they
// carry (TR-03110-2 §3.3, TR-03110-3 §C).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TERMINAL_H
#define JUMIN_TERMINAL_H

#include <jumin/error.h>
#include <stddef.h>
#include <stdint.h>

// --- Rights ------------------------------------------------------------------------------------------------

// Bits of a set of rights: those of an authentication terminal as TR-03110-4 §2.2.3.2 counts them, those of
// other types and of our authorization extension above them.
enum jumin_right {
    JUMIN_RIGHT_AGE_VERIFICATION = 0,
    JUMIN_RIGHT_MUNICIPALITY_VERIFICATION = 1,
    JUMIN_RIGHT_RESTRICTED_IDENTIFICATION = 2,
    JUMIN_RIGHT_PRIVILEGED_TERMINAL = 3,
    JUMIN_RIGHT_CAN_ALLOWED = 4,
    JUMIN_RIGHT_PIN_MANAGEMENT = 5,
    JUMIN_RIGHT_INSTALL_CERTIFICATE = 6,
    JUMIN_RIGHT_INSTALL_QUALIFIED_CERTIFICATE = 7,
    JUMIN_RIGHT_READ_DG1 = 8,    // DGn is bit 7 + n, up to DG22
    JUMIN_RIGHT_READ_DG22 = 29,  //
    JUMIN_RIGHT_WRITE_DG22 = 32, // DGn is bit 54 - n, from DG22 down to DG17
    JUMIN_RIGHT_WRITE_DG17 = 37,
    JUMIN_RIGHT_INSPECTION_READ_DG3 = 40,
    JUMIN_RIGHT_INSPECTION_READ_DG4 = 41,
    JUMIN_RIGHT_INSPECTION_READ_EID = 45,
    JUMIN_RIGHT_SIGNATURE = 46,
    JUMIN_RIGHT_QUALIFIED_SIGNATURE = 47,
    JUMIN_RIGHT_PROVISION_PHONE = 56,
    JUMIN_RIGHT_COUNT = 57,
};

typedef uint64_t jumin_rights;
#define JUMIN_RIGHTS_ALL UINT64_MAX

static inline jumin_rights jumin_right_set(enum jumin_right right)
{
    return (jumin_rights)1 << right;
}

// "age-verification", "read-dg4", "write-dg17"; NULL for a number that is no right.
JUMIN_EXPORT const char *jumin_right_name(enum jumin_right right);
// JUMIN_ERROR_ARGUMENT for another name; then `*right` is unchanged.
JUMIN_EXPORT enum jumin_error jumin_right_parse(const char *name, enum jumin_right *right);

enum jumin_terminal_type {
    JUMIN_TERMINAL_INSPECTION = 1,     // id-IS: reads DG3 and DG4 of the eMRTD
    JUMIN_TERMINAL_AUTHENTICATION = 2, // id-AT: the eID application
    JUMIN_TERMINAL_SIGNATURE = 3,      // id-ST
};

// --- A terminal's credential -------------------------------------------------------------------------------

struct jumin_terminal;

// Somebody who signs for the terminal: a server, a smart card. `context` is the implementation's own. What is
// handed out stays valid until the next call of the same function.
struct jumin_terminal_functions {
    // The terminal's own CV certificate (7F21).
    enum jumin_error (*certificate)(void *context, const uint8_t **certificate, size_t *n);
    // CV certificates, one after the other: the first signed by the key that `authority` names (CAR, ISO
    // 8859-1), each next one by the one before it, the last the terminal's own. JUMIN_ERROR_SIGNER_UNKNOWN
    // when no way leads there.
    enum jumin_error (*chain)(void *context, const char *authority, const uint8_t **certificates, size_t *n);
    // ECDSA over the hash of `message` that the certificate names: r || s, each as long as the order of its
    // curve.
    enum jumin_error (*sign)(void *context, const uint8_t *message, size_t n, uint8_t *signature,
                             size_t capacity, size_t *length);
    // A sentence on the last failure, or "". May be NULL.
    const char *(*detail)(void *context);
    // Releases `context`. May be NULL.
    void (*release)(void *context);
};

// A terminal whose key is elsewhere. `functions` must outlive it.
JUMIN_EXPORT enum jumin_error jumin_terminal_new(struct jumin_terminal **terminal,
                                                 const struct jumin_terminal_functions *functions,
                                                 void *context);
// A terminal whose key is here: an EncryptedPrivateKeyInfo (PKCS#8, PBES2) in DER or PEM, and CV certificates
// that are added to it.
JUMIN_EXPORT enum jumin_error jumin_terminal_load(struct jumin_terminal **terminal, const uint8_t *key,
                                                  size_t n, const char *passphrase);
// Wipes the key. NULL is allowed.
JUMIN_EXPORT void jumin_terminal_free(struct jumin_terminal *terminal);
JUMIN_EXPORT const char *jumin_terminal_detail(const struct jumin_terminal *terminal);

// For jumin_terminal_load: any number of CV certificates (7F21) one after the other, in any order: the
// terminal's own, which is known by its key, its document verifier's, link certificates. What does not belong
// to a way is not used.
JUMIN_EXPORT enum jumin_error jumin_terminal_add_certificates(struct jumin_terminal *terminal,
                                                              const uint8_t *certificates, size_t n);
JUMIN_EXPORT enum jumin_error jumin_terminal_add_file(struct jumin_terminal *terminal, const char *path);

// What the terminal's own certificate says. References are ended by a zero byte.
struct jumin_terminal_certificate {
    char holder[17];    // CHR
    char authority[17]; // CAR
    enum jumin_terminal_type type;
    jumin_rights rights;
    char effective[9], expiration[9]; // YYYYMMDD
};
JUMIN_EXPORT enum jumin_error jumin_terminal_certificate(struct jumin_terminal *terminal,
                                                         struct jumin_terminal_certificate *certificate);
// As the functions above, whoever implements them; for those who split Terminal Authentication between two
// machines.
JUMIN_EXPORT enum jumin_error jumin_terminal_chain(struct jumin_terminal *terminal, const char *authority,
                                                   const uint8_t **certificates, size_t *n);
JUMIN_EXPORT enum jumin_error jumin_terminal_sign(struct jumin_terminal *terminal, const uint8_t *message,
                                                  size_t n, uint8_t *signature, size_t capacity,
                                                  size_t *length);

#endif
