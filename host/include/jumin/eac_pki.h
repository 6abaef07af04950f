// The public key infrastructure of terminals: country verifying certificate authorities (CVCA), document
// verifiers (DV) and terminals, kept in a folder (TR-03110-2 §2, TR-03110-3 §C).
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_eac_pki_new(&pki, folder);
//     jumin_eac_pki_load(pki);
//     struct jumin_eac_request store = {.type = JUMIN_TERMINAL_AUTHENTICATION, .name = "store",
//                                       .rights = rights, .now = now};
//     jumin_eac_pki_issue_terminal(pki, &store, passphrase, NULL);
//     jumin_eac_pki_terminal(pki, "store", passphrase, &terminal);
#ifndef JUMIN_EAC_PKI_H
#define JUMIN_EAC_PKI_H

#include <jumin/pki.h>
#include <jumin/terminal.h>
#include <jumin/token.h>
#include <stdbool.h>

// One folder: for each holder, REFERENCE.key (PKCS#8, encrypted under its passphrase) and REFERENCE.cvc, CV
// certificates one after the other. The holder's own comes first; a terminal's file goes on with those that
// lead to the CVCA, so that it is all that the terminal needs beside its key. A CVCA that was renewed has a
// link certificate too, REFERENCE.link.cvc; a holder that sent a request (see below) has REFERENCE.req.
// References (CHR) are country, name and number, as KRSTORE00001.
struct jumin_eac_pki;

JUMIN_EXPORT enum jumin_error jumin_eac_pki_new(struct jumin_eac_pki **pki, const char *folder);
// NULL is allowed.
JUMIN_EXPORT void jumin_eac_pki_free(struct jumin_eac_pki *pki);
JUMIN_EXPORT const char *jumin_eac_pki_detail(const struct jumin_eac_pki *pki);
// Keys of the folder may be in `tokens` from now on, which must outlive the handle: REFERENCE.key is then the
// key's URI in a line. With `uri`, a token's without object, new keys of CVCA and document verifiers are made
// there; with NULL in files, but for renewed ones, which go where the key before is. Keys of terminals are
// always in files.
JUMIN_EXPORT enum jumin_error jumin_eac_pki_use_tokens(struct jumin_eac_pki *pki, struct jumin_tokens *tokens,
                                                       const char *uri);
// Reads all certificates. A folder that is not there is an empty one.
JUMIN_EXPORT enum jumin_error jumin_eac_pki_load(struct jumin_eac_pki *pki);

// --- What certificates say -----------------------------------------------------------------------------------

enum jumin_eac_role { JUMIN_EAC_TERMINAL, JUMIN_EAC_DV_FOREIGN, JUMIN_EAC_DV_DOMESTIC, JUMIN_EAC_CVCA };

enum { JUMIN_EAC_HASH_MAX = 64 };

// A hash of the algorithm with which the certificate is signed; `n` is 0 where there is none.
struct jumin_eac_hash {
    uint8_t bytes[JUMIN_EAC_HASH_MAX];
    size_t n;
};

struct jumin_eac_certificate {
    char holder[17], authority[17]; // CHR and CAR, ended by a zero byte
    enum jumin_eac_role role;
    enum jumin_terminal_type type;
    jumin_rights rights;
    char effective[9], expiration[9]; // YYYYMMDD; both days belong to the validity
    const char *algorithm;            // of the holder's key: "ECDSA with SHA-256"
    const char *curve;                // NULL where the certificate inherits it
    bool link;                        // a CVCA's, signed by the key before
    struct jumin_eac_hash description;
    struct jumin_eac_hash sectors[2];
    const uint8_t *bytes; // the whole 7F21 object, borrowed from what was asked
    size_t n;
};

// JUMIN_ERROR_INPUT: no CV certificate that is known here. `bytes` may hold more behind it; that is not read.
JUMIN_EXPORT enum jumin_error jumin_eac_certificate_parse(const uint8_t *bytes, size_t n,
                                                          struct jumin_eac_certificate *certificate);
// What is in the folder, by reference; link certificates behind the self-signed ones. Valid until the folder
// is loaded or written.
JUMIN_EXPORT size_t jumin_eac_pki_count(const struct jumin_eac_pki *pki);
JUMIN_EXPORT enum jumin_error jumin_eac_pki_at(const struct jumin_eac_pki *pki, size_t i,
                                               struct jumin_eac_certificate *certificate);
// The trust point that a card of today gets: the newest self-signed certificate of the type.
// JUMIN_ERROR_NO_SUCH_FILE: there is none.
JUMIN_EXPORT enum jumin_error jumin_eac_pki_trust_point(struct jumin_eac_pki *pki,
                                                        enum jumin_terminal_type type,
                                                        struct jumin_eac_certificate *certificate);

// --- Issuing -------------------------------------------------------------------------------------------------

struct jumin_eac_request {
    enum jumin_terminal_type type;
    // Up to nine letters and digits, the part of the reference between country and number; written in
    // capitals. NULL: CVCAIS, CVCAAT, CVCAST; DVIS, DVAT, DVST. A terminal must have one.
    const char *name;
    const char *country; // ISO 3166-1 alpha-2; "KR" when NULL
    // Name or whole reference of who issues; NULL: the only one that there is. The newest key of it signs.
    const char *issuer;
    jumin_rights rights;    // what the type has no bit for is left away; JUMIN_RIGHTS_ALL for CVCA and DV
    bool foreign;           // DV: of another country or another organisation
    enum jumin_curve curve; // CVCA; all others have their CVCA's
    int64_t now;            // seconds since 1970, UTC: the certificate is valid from this day on
    unsigned days;          // of validity; 0: a CVCA three years, a DV three months, a terminal one month.
                            // Never longer than the issuer's
    // Terminals. Public keys of sectors (7F49), for Restricted Identification; the description of the
    // certificate in DER (TR-03110-4 §2.2.2.2), which a holder can be shown. Their hashes are certified.
    const uint8_t *sectors[2];
    size_t sector_lengths[2];
    const uint8_t *description;
    size_t description_length;
};

// Each makes a key pair and its certificate, and writes both or none. `passphrase` opens the issuer's key
// and closes the new one, `own_passphrase` closes the new one where it is not NULL. A holder of that name
// that is there already is refused: it is renewed. JUMIN_ERROR_NOT_VALID_NOW: the issuer's certificate has
// expired, or is of a later day.
JUMIN_EXPORT enum jumin_error jumin_eac_pki_issue_cvca(struct jumin_eac_pki *pki,
                                                       const struct jumin_eac_request *request,
                                                       const char *passphrase);
JUMIN_EXPORT enum jumin_error jumin_eac_pki_issue_dv(struct jumin_eac_pki *pki,
                                                     const struct jumin_eac_request *request,
                                                     const char *passphrase, const char *own_passphrase);
JUMIN_EXPORT enum jumin_error jumin_eac_pki_issue_terminal(struct jumin_eac_pki *pki,
                                                           const struct jumin_eac_request *request,
                                                           const char *passphrase,
                                                           const char *own_passphrase);
// A new key with the next number for a holder, whose newest certificate says all else, with the validity
// from `now` on. A CVCA gets a link certificate by its old key too. `name` is a name or a reference.
// JUMIN_ERROR_INPUT: its key is not in the folder; then it sends a request.
struct jumin_eac_renewal {
    enum jumin_eac_role role; // a DV's: either
    const char *name;
    int64_t now;
    unsigned days;
    const enum jumin_curve *curve; // CVCA: of the new key, which its link certificate tells the cards; NULL:
                                   // that of the key before
};
JUMIN_EXPORT enum jumin_error jumin_eac_pki_renew(struct jumin_eac_pki *pki,
                                                  const struct jumin_eac_renewal *renewal,
                                                  const char *passphrase, const char *own_passphrase);
// What was issued, renewed or requested last, NULL before.
JUMIN_EXPORT const char *jumin_eac_pki_issued(const struct jumin_eac_pki *pki);

// --- Requests (TR-03110-3 §C.2) ------------------------------------------------------------------------------
// For document verifiers and terminals that keep their keys to themselves, in folders of their own.

// What a request says; its inner signature, by the key that is to be certified, is right.
struct jumin_eac_certificate_request {
    char holder[17];
    char authority[17];    // who is expected to certify; empty: not said
    char signer[17];       // whose key has signed the request, too; empty in a first request
    const char *algorithm; // of the key: "ECDSA with SHA-256"
    const char *curve;
    struct jumin_eac_hash description;
    struct jumin_eac_hash sectors[2];
};

// JUMIN_ERROR_INPUT: no request that is known here, or the inner signature is wrong.
JUMIN_EXPORT enum jumin_error
jumin_eac_certificate_request_parse(const uint8_t *bytes, size_t n,
                                    struct jumin_eac_certificate_request *request);
// Makes a key and a request for it, REFERENCE.key and REFERENCE.req, or none of them. `role` is that of a
// terminal or of a DV; of `request` count type, name, country, issuer and, where the CVCA's certificate is
// not in the folder, curve. Where the folder has a certificate of the holder, the newest key signs the
// request, too, and its authority is asked again. `passphrase` opens that key and closes the new one,
// `own_passphrase` closes the new one where it is not NULL. The certificate that comes back is to be put
// beside the key, as REFERENCE.cvc.
JUMIN_EXPORT enum jumin_error jumin_eac_pki_request(struct jumin_eac_pki *pki, enum jumin_eac_role role,
                                                    const struct jumin_eac_request *request,
                                                    const char *passphrase, const char *own_passphrase);
// Certifies the key of a request: writes REFERENCE.cvc, and no key. Holder and country are the request's.
// That the applicant is who it says it is, is the caller's to know for a first request. A holder that is
// known must have signed with a key whose certificate is valid: it keeps type, role and issuer, and its
// rights unless `request` names some; others must be named some. Sectors and descriptions of which the
// request has hashes are certified unless `request` has others. `passphrase` opens the issuer's key.
// JUMIN_ERROR_SIGNER_UNKNOWN, JUMIN_ERROR_SIGNATURE or JUMIN_ERROR_NOT_VALID_NOW: of the key that signed it,
// too.
JUMIN_EXPORT enum jumin_error jumin_eac_pki_certify(struct jumin_eac_pki *pki, enum jumin_eac_role role,
                                                    const struct jumin_eac_request *request,
                                                    const uint8_t *bytes, size_t n, const char *passphrase);

// A sector of Restricted Identification (TR-03110-2 §3.5): NAME.sector is its public key object (7F49), for
// certificates and for whoever asks for pseudonyms; NAME.key its private key, for whoever blocks holders.
// `curve` is that of the cards' keys.
JUMIN_EXPORT enum jumin_error jumin_eac_pki_make_sector(struct jumin_eac_pki *pki, const char *name,
                                                        enum jumin_curve curve, const char *passphrase);

// --- Using ---------------------------------------------------------------------------------------------------

// A terminal with its newest key and all certificates of the folder that it may need. `name` is a name or a
// reference. The CVCA's key is not touched.
JUMIN_EXPORT enum jumin_error jumin_eac_pki_terminal(struct jumin_eac_pki *pki, const char *name,
                                                     const char *passphrase,
                                                     struct jumin_terminal **terminal);

// --- Sets of rights ------------------------------------------------------------------------------------------

// Adds what `name` says to `*set`: a right by its name (jumin_right_name), "all", or one of the scheme's
// sets: "store" (age verification, or name and birth date, with the CAN), "office" (reads and changes the
// address, manages PINs), "issuer" (provisions a phone, reads what a mobile credential has).
// JUMIN_ERROR_ARGUMENT: another name.
JUMIN_EXPORT enum jumin_error jumin_rights_add(const char *name, jumin_rights *set);
// All rights that terminals of a type may have; none for a number that is no type.
JUMIN_EXPORT jumin_rights jumin_rights_of_type(enum jumin_terminal_type type);

#endif
