// The trust list of verifiers and wallets: whose roots stand for what, with their revocation lists, in a JWS
// that says how old it is.
// SPDX-License-Identifier: Apache-2.0
//
// Payload: {"number": n, "iat": t, "exp": t, "issuers": [root…], "venues": [root…], "wallets": [root…]},
// where a root is {"certificate": base64 of DER, "crl": base64 of DER}, "crl" where there is one. Header: typ
// "jumin-trust-list+jwt", x5c with the signer's certificate, which leads to the root that the reader of the
// list was set up with.
#ifndef JUMIN_HOST_MOBILE_TRUST_LIST_H
#define JUMIN_HOST_MOBILE_TRUST_LIST_H

#include "host/mobile/signer.h"
#include "host/mobile/x5chain.h"

enum {
    TRUST_LIST_MAX = 1 << 20, // bytes of the JWS
    TRUST_LIST_ROOTS_MAX = 256,
};
extern const char TRUST_LIST_TYPE[]; // typ

enum trust_list_kind { TRUST_LIST_ISSUERS, TRUST_LIST_VENUES, TRUST_LIST_WALLETS, TRUST_LIST_KINDS };

// All zero: empty. Released by trust_list_release.
struct trust_list {
    uint32_t number; // of lists with a higher number, this one is out of date
    int64_t issued, expires;
    struct jumin_trust *roots[TRUST_LIST_KINDS]; // each may be without any
};

struct trust_list_root {
    enum trust_list_kind kind;
    struct span certificate; // DER
    struct span crl;         // DER; empty: none
};

// --- Making ----------------------------------------------------------------------------------------------------

// The payload: JSON text of the caller's (free), `*n` bytes. JUMIN_ERROR_INPUT: a root that is no self-signed
// authority, or a CRL that another one signed.
enum jumin_error trust_list_payload(const struct trust_list *list, const struct trust_list_root *roots,
                                    size_t count, char **json, size_t *n, struct detail *detail);
// The JWS: text of the caller's (free). `chain` is the signer's certificate and what leads to its root.
enum jumin_error trust_list_sign(const struct trust_list *list, const struct trust_list_root *roots,
                                 size_t count, const struct signer *signer, const struct x5chain *chain,
                                 char **jws, size_t *n, struct detail *detail);

// --- Reading ---------------------------------------------------------------------------------------------------

struct trust_list_rules {
    const struct jumin_trust *anchor; // that the signer leads to
    int64_t now;
    uint32_t least_number; // of the list that is known already; an older one is refused
    bool expired_allowed;  // offline: the caller looks at `expires` and applies a rule of its own
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

#endif
