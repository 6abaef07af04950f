// The trust list of verifiers and wallets: whose roots stand for what, with their revocation lists, in a JWS
// that says how old it is.
// SPDX-License-Identifier: Apache-2.0
//
// Payload: {"iat": t, "exp": t, "issuers": [root…], "venues": [root…], "wallets": [root…]},
// where a root is {"certificate": base64 of DER, "crl": base64 of DER, "crls": [base64 of DER…]}: "crl" where
// it has one, "crls" those of authorities below it. Of an issuer it may also have "issuer": a name that all
// roots of one issuer share, and "types": [docType or vct…], what it vouches for; not there: for any. Header:
// typ "jumin-trust-list+jwt", x5c with the signer's certificate, which leads to the root that the reader of
// the list was set up with.
#ifndef JUMIN_HOST_MOBILE_TRUST_LIST_H
#define JUMIN_HOST_MOBILE_TRUST_LIST_H

#include "host/mobile/signer.h"
#include "host/mobile/x5chain.h"

enum {
    TRUST_LIST_MAX = 1 << 20, // bytes of the JWS
    TRUST_LIST_ROOTS_MAX = 256,
    TRUST_LIST_ISSUER_MAX = 128, // bytes of an issuer's name, with its end
    TRUST_LIST_TYPES_MAX = 64,   // of a root
    TRUST_LIST_CRLS_MAX = 64,    // of authorities below a root
};
extern const char TRUST_LIST_TYPE[]; // typ

enum trust_list_kind { TRUST_LIST_ISSUERS, TRUST_LIST_VENUES, TRUST_LIST_WALLETS, TRUST_LIST_KINDS };

// All zero: empty. Released by trust_list_release.
struct trust_list {
    int64_t issued, expires;                     // of several lists, the one that was issued last counts
    struct jumin_trust *roots[TRUST_LIST_KINDS]; // each may be without any
    struct trust_list_issuer *issuers;           // what is said of the roots of issuers; owned
    size_t issuer_count;
};

struct trust_list_root {
    enum trust_list_kind kind;
    struct span certificate; // DER
    struct span crl;         // DER; empty: none
    const struct span *crls; // of authorities below it, which come with chains
    size_t crl_count;
    // Of an issuer's root only.
    const char *issuer;       // NULL: it stands for itself
    const char *const *types; // what it vouches for; NULL: anything
    size_t type_count;
};

// --- Making ----------------------------------------------------------------------------------------------------

// The JWS of those roots into `jws`, with the list's times; `chain` is the signer's certificate and what
// leads to its root. JUMIN_ERROR_INPUT: a root that is no self-signed authority, or a list that another one
// signed; JUMIN_ERROR_TOO_LONG: `jws` is too small.
enum jumin_error trust_list_sign(int64_t issued, int64_t expires, const struct trust_list_root *roots,
                                 size_t count, const struct signer *signer, const struct x5chain *chain,
                                 struct writer *jws, struct detail *detail);

// --- Reading ---------------------------------------------------------------------------------------------------

struct trust_list_rules {
    const struct jumin_trust *anchor; // that the signer leads to
    int64_t now;
    int64_t known;        // when the list was issued that is known already: an older one is refused; 0: none
    bool expired_allowed; // offline: the caller looks at `expires` and applies a rule of its own
};

// Checks everything before anything is used. JUMIN_ERROR_MALFORMED, SIGNATURE and what x5chain_check says;
// NOT_VALID_NOW: expired or from the future; CONFLICT: an older list than the one that is known. `*list` is
// empty on failure.
enum jumin_error trust_list_read(struct span jws, const struct trust_list_rules *rules,
                                 struct trust_list *list, struct detail *detail);
// From a file; the file is not changed.
enum jumin_error trust_list_load(const char *path, const struct trust_list_rules *rules,
                                 struct trust_list *list, struct detail *detail);
// Seconds since it was issued; never negative.
int64_t trust_list_age(const struct trust_list *list, int64_t now);
void trust_list_release(struct trust_list *list);

// Roots by SHA-256 of their certificates, X5CHAIN_ROOT bytes.
// Whether the list lets that root vouch for a docType or vct. One that the list does not have may: then it is
// the caller who answers for it.
bool trust_list_vouches(const struct trust_list *list, const uint8_t *root, struct span type);
// Whether both are one root, or roots of one issuer. `list` NULL: only the first.
bool trust_list_same_issuer(const struct trust_list *list, const uint8_t *one, const uint8_t *other);

// --- What both need ----------------------------------------------------------------------------------------------

extern const char *const trust_list_names[TRUST_LIST_KINDS]; // of the claims
// A self-signed authority and its revocation list (empty: none) into the store.
enum jumin_error trust_list_take_root(struct jumin_trust *trust, struct span certificate, struct span crl,
                                      struct detail *detail);
// The list of an authority below a root. Who has signed it shows where a chain has that authority.
enum jumin_error trust_list_take_crl(struct jumin_trust *trust, struct span crl, struct detail *detail);

#endif
