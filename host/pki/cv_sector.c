// Keys of sectors for Restricted Identification (TR-03110-2 §3.5, TR-03110-3 §D.3.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/certificate.h"
#include "host/pki/curve.h"
#include "host/pki/cv_files.h"

#include <limits.h>
#include <unistd.h>

// The public key object, with domain parameters and the algorithm that cards will use.
static bool put_public_key(struct writer *w, const struct crypto_ec_key *key)
{
    const enum crypto_curve curve = crypto_ec_curve(key);
    uint8_t oid[OID_RI_ECDH_LENGTH], point[CRYPTO_POINT_MAX];
    oid_ri_ecdh(certificate_hash(curve), oid);
    if (!crypto_ec_public(key, point)) {
        return false;
    }
    cvc_public_key_put(w, span_of(oid, sizeof oid), curve, span_of(point, crypto_curve_point_length(curve)),
                       true);
    return !w->overflow;
}

static bool exists(const struct jumin_eac_pki *pki, const char *name)
{
    char path[PATH_MAX];
    return cv_path(pki, name, cv_ending_sector, path, sizeof path) && access(path, F_OK) == 0;
}

enum jumin_error jumin_eac_pki_make_sector(struct jumin_eac_pki *pki, const char *name,
                                           enum jumin_curve curve, const char *passphrase)
{
    const struct crypto_random random = crypto_system_random();
    struct signing_key key = {0}; // in a file: it blocks holders, and signs nothing
    enum crypto_curve chosen;
    char file[CV_NAME_MAX + 1];
    uint8_t bytes[CVC_MAX];
    struct writer public_key = writer_of(bytes, sizeof bytes);
    if (pki == NULL || name == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&pki->detail);
    if (!curve_of(curve, &chosen) || !cv_name_parse(name, file)) {
        return detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT,
                          "a sector has a name of one to nine letters and digits, and a known curve");
    }
    if (exists(pki, file)) {
        return detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s.sector: is there already", file);
    }
    enum jumin_error error = JUMIN_ERROR_CRYPTO;
    if (crypto_ec_generate(&key.key, chosen, &random) && put_public_key(&public_key, &key.key)) {
        error = cv_files_write_sector(pki, file, &key, passphrase, writer_span(&public_key));
    } else {
        (void)detail_set(&pki->detail, error, "%s: a key cannot be made", file);
    }
    signing_key_release(&key);
    return error;
}
