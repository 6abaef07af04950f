// Work with the key of the country signing CA: rotating the document signer, revocation lists, and the
// ceremonies in which custodians share the passphrase of that key; all of it on a signed record.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CEREMONY_H
#define JUMIN_CEREMONY_H

#include <jumin/pki.h>
#include <stdbool.h>

// --- Shares of the passphrase ---------------------------------------------------------------------------------

enum {
    JUMIN_SHARES_MAX = 16,
    JUMIN_SHARE_TEXT = 1024,      // characters of a share's file, with its end
    JUMIN_SHARE_PASSPHRASE = 256, // of a custodian, with its end
    JUMIN_NAME_MAX = 100,         // bytes of a custodian's or witness's name in UTF-8
    JUMIN_SHARING = 9,            // name of a splitting: eight hexadecimal digits and the end
};

// What stands on a share for everybody to see.
struct jumin_share {
    char sharing[JUMIN_SHARING];
    unsigned number, count, threshold;
    bool sealed; // under its custodian's passphrase
};

// JUMIN_ERROR_INPUT: no share, or one that was mistyped.
JUMIN_EXPORT enum jumin_error jumin_share_parse(const char *text, size_t n, struct jumin_share *share);

// The shares that custodians give for one ceremony.
struct jumin_quorum;
JUMIN_EXPORT enum jumin_error jumin_quorum_new(struct jumin_quorum **quorum);
// Wipes the shares. NULL is allowed.
JUMIN_EXPORT void jumin_quorum_free(struct jumin_quorum *quorum);
JUMIN_EXPORT const char *jumin_quorum_detail(const struct jumin_quorum *quorum);
// Takes a share; `passphrase` opens a sealed one and is NULL otherwise. JUMIN_ERROR_INPUT: mistyped, or a
// wrong passphrase; JUMIN_ERROR_CONFLICT: given already, or of another splitting. Either leaves the quorum as
// it was.
JUMIN_EXPORT enum jumin_error jumin_quorum_add(struct jumin_quorum *quorum, const char *text, size_t n,
                                               const char *passphrase);
// How many more are needed; 1 before the first one, which says it.
JUMIN_EXPORT unsigned jumin_quorum_missing(const struct jumin_quorum *quorum);
// As jumin_pki_load_authority, by the passphrase that the shares give. JUMIN_ERROR_INPUT, too, when there are
// too few, when one is not right, and when they are of a splitting that is over.
JUMIN_EXPORT enum jumin_error jumin_pki_load_authority_by_quorum(struct jumin_pki *pki,
                                                                 struct jumin_quorum *quorum);

// --- The record -----------------------------------------------------------------------------------------------

// Who is there. A name has no control characters.
struct jumin_ceremony {
    const char *program; // name and version of the program
    int64_t now;         // seconds since 1970, UTC
    const char *const *witnesses;
    size_t witness_count;
};

// Every function of this header that works with the CSCA's key leaves a record of it in the folder
// ceremonies: NNNN.json, with the SHA-256 of the record before, and NNNN.cms, its detached signature by the
// CSCA (RFC 5652 §5.2). A power cut leaves either everything as it was and no record, or what was done and,
// after the next call, its record.

// Checks the whole record: number, hash and signature of each entry, that none is missing, and that
// certificates, revocation list and the file of the CSCA's key are as the last one left them. `show` gets
// each that is right (JSON text) and may be NULL. `head` gets the SHA-256 of the last one, in hexadecimal: a
// copy kept elsewhere shows later that none was cut off. JUMIN_ERROR_SIGNATURE: the detail says what was
// changed.
enum { JUMIN_RECORD_HASH = 65 };
JUMIN_EXPORT enum jumin_error jumin_ceremony_verify(struct jumin_pki *pki,
                                                    void (*show)(void *context, const char *record,
                                                                 const char *hash),
                                                    void *context, char head[JUMIN_RECORD_HASH]);

// --- Custody --------------------------------------------------------------------------------------------------

// How a random passphrase is split: `threshold` (2 or more) of `count` shares give it. The shares are the
// only way to the key once jumin_ceremony_begin or jumin_ceremony_reshare has returned JUMIN_OK, and worth
// nothing after an error.
struct jumin_deal {
    unsigned threshold, count;
    const char *const *custodians; // `count` names
    // Asks a custodian for the passphrase of his share; false ends the ceremony. NULL: shares are not sealed.
    bool (*passphrase)(void *context, const struct jumin_share *share,
                       char passphrase[JUMIN_SHARE_PASSPHRASE]);
    // Hands a share over, as the text of a file; false ends the ceremony. It was checked before that every
    // share gives the passphrase together with others.
    bool (*give)(void *context, const struct jumin_share *share, const char *text);
    void *context;
};

// jumin_pki_init with the CSCA's key under a passphrase that nobody knows. The other keys are under
// `passphrase`. Nothing is written before all shares were given.
JUMIN_EXPORT enum jumin_error jumin_ceremony_begin(struct jumin_pki *pki, const char *passphrase,
                                                   const struct jumin_pki_options *options,
                                                   const struct jumin_ceremony *ceremony,
                                                   const struct jumin_deal *deal);

// The splitting that is in force as the record has it, without a number; `count` is 0 where the key is under
// a passphrase that was not split. No passphrase is needed.
JUMIN_EXPORT enum jumin_error jumin_ceremony_sharing(struct jumin_pki *pki, struct jumin_share *sharing);

// What follows needs jumin_pki_load_authority or jumin_pki_load_authority_by_quorum first.

// Encrypts the CSCA's key anew, under another random passphrase: earlier shares, or the passphrase before,
// open it no more.
JUMIN_EXPORT enum jumin_error jumin_ceremony_reshare(struct jumin_pki *pki,
                                                     const struct jumin_ceremony *ceremony,
                                                     const struct jumin_deal *deal);
// Changes nothing but the record, which says that the quorum was able to open the key.
JUMIN_EXPORT enum jumin_error jumin_ceremony_activate(struct jumin_pki *pki,
                                                      const struct jumin_ceremony *ceremony);

// --- Document signers and revocation ----------------------------------------------------------------------------

enum { JUMIN_SERIAL = 43 }; // a serial number of up to 20 bytes in hexadecimal, sign byte, and the end

struct jumin_signer {
    char serial[JUMIN_SERIAL];
    int64_t not_before, not_after; // of the certificate
    int64_t signs_until;           // end of the private key's use (9303-12 §7.1)
    bool current;                  // the one that signs
    bool revoked;
};

// The signers of the folder, newest first; no passphrase is needed. `*count` is how many there are,
// `capacity` at most are given.
JUMIN_EXPORT enum jumin_error jumin_pki_signers(struct jumin_pki *pki, struct jumin_signer *signers,
                                                size_t capacity, size_t *count);

// A new key and certificate in place of the present ones (jumin_pki_load as well as the authority first). The
// new key is under `passphrase`, the old one is destroyed, its certificate kept: cards that it has signed
// stay valid.
JUMIN_EXPORT enum jumin_error jumin_ceremony_rotate_signer(struct jumin_pki *pki, const char *passphrase,
                                                           const struct jumin_ceremony *ceremony);

struct jumin_revocation {
    const char *serial; // of a signer of this folder, in hexadecimal
    const char *reason; // of jumin_revocation_reason; for the record only, since 9303-12 has none in the list
};
// The reasons of RFC 5280 §5.3.1 that fit a document signer, from 0; NULL behind the last.
JUMIN_EXPORT const char *jumin_revocation_reason(size_t i);
// The next revocation list: what is revoked stays so, and `revocations` (may be none) are added.
JUMIN_EXPORT enum jumin_error jumin_ceremony_issue_crl(struct jumin_pki *pki,
                                                       const struct jumin_ceremony *ceremony,
                                                       const struct jumin_revocation *revocations,
                                                       size_t count);
// The list that is in force: its number, its dates, and how many entries it has.
struct jumin_crl {
    uint32_t number;
    int64_t this_update, next_update;
    size_t entries;
};
JUMIN_EXPORT enum jumin_error jumin_pki_crl(struct jumin_pki *pki, struct jumin_crl *crl);

#endif
