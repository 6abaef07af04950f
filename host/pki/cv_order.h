// One certificate on its way: what it says, who signs it, and the files that come of it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_CV_ORDER_H
#define JUMIN_HOST_PKI_CV_ORDER_H

#include "host/pki/cv_files.h"
#include "host/pki/cv_pki.h"
#include "host/pki/cv_request.h"

// What is to be issued, complete.
struct cv_order {
    struct jumin_eac_pki *pki;
    struct cv_certificate plan;     // its spans are borrowed from what follows, and from the issuer
    const struct cv_entry *issuer;  // NULL: the holder signs itself
    const struct cv_entry *old;     // CVCA that is renewed: it signs a link certificate
    const struct cv_request *asked; // whose key is certified; NULL: a key is made
    char holder[CVC_REFERENCE_MAX + 1];
    uint8_t point[CRYPTO_POINT_MAX];
    uint8_t description[CRYPTO_HASH_MAX], sectors[2][CRYPTO_HASH_MAX];
    struct signing_key key, issuer_key;
    char token[TOKEN_URI_MAX]; // that the key before is in, so that the next one goes there; empty: in none
    bool written;              // key and certificate are in the folder
    const char *passphrase, *own_passphrase;
    struct cv_files files;
};

// NULL: said so in the detail, which is cleared before.
struct cv_order *cv_order_new(struct jumin_eac_pki *pki, const char *passphrase, const char *own_passphrase);
// Wipes the keys. NULL is allowed.
void cv_order_free(struct cv_order *order);
// Sets the detail to a sentence on the holder, and returns `error`.
enum jumin_error cv_order_fail(struct cv_order *order, enum jumin_error error, const char *what);

// The same, of a signature that `key` did not make.
enum jumin_error cv_order_not_signed(struct cv_order *order, const struct signing_key *key);

// Country and name with the first number; a holder that is there already is refused.
enum jumin_error cv_order_name(struct cv_order *order, const char *country, const char *name);
// As `before`, with the next number.
enum jumin_error cv_order_name_again(struct cv_order *order, struct span before);
// Country and name, with the next number where the holder is there already; `*known` is its newest
// certificate, NULL where it is not.
enum jumin_error cv_order_name_next(struct cv_order *order, const char *country, const char *name,
                                    const struct cv_entry **known);
// The newest certificate of the holder of `reference`; NULL: none.
const struct cv_entry *cv_holder_of(const struct jumin_eac_pki *pki, struct span reference);

struct cv_issuer_wanted {
    enum terminal_type type;
    bool dv;            // else a CVCA
    const char *name;   // NULL: any
    struct span holder; // another key of this holder; empty: any
};
// The newest that fits, and what the certificate takes from it: authority and curve.
enum jumin_error cv_order_find_issuer(struct cv_order *order, const struct cv_issuer_wanted *wanted);

// From the day of `now`, for `days` or as usual when 0; within the validity of who issues.
enum jumin_error cv_order_set_validity(struct cv_order *order, int64_t now, unsigned days);
// Hashes of the sectors and of the description of a request, with the algorithm that signs the certificate.
enum jumin_error cv_order_hash_extensions(struct cv_order *order, const struct jumin_eac_request *request);
// Whether those of `of` are as long as that algorithm's.
bool cv_order_hashes_fit(const struct cv_order *order, const struct cv_certificate *of);

// The key of the order's holder, on the curve of the plan, which takes it.
enum jumin_error cv_order_make_key(struct cv_order *order);
// Makes the key where none is asked for, signs, writes, and loads the folder again.
enum jumin_error cv_order_finish(struct cv_order *order);

#endif
