// The public key of whoever has signed much.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/signer_key.h"

// Tables for a key cost about as much as they save in this many verifications; so who never gets there pays
// nothing, and who does has paid twice at most.
enum { PREPARED_AT = 600 };

static bool is_kept(const struct signer_key *kept, const struct x5chain_signer *signer)
{
    return crypto_ec_curve(&kept->key) == signer->curve &&
           memcmp(kept->point, signer->point, signer->point_length) == 0;
}

const struct crypto_ec_key *signer_key_of(struct signer_key *kept, const struct x5chain_signer *signer)
{
    if (is_kept(kept, signer)) {
        kept->uses += kept->uses <= PREPARED_AT ? 1 : 0;
        if (kept->uses == PREPARED_AT) {
            (void)crypto_ec_prepare(&kept->key); // without tables it is as good, and slower
        }
        return &kept->key;
    }
    signer_key_release(kept);
    if (!crypto_ec_load_public(&kept->key, signer->curve, span_of(signer->point, signer->point_length))) {
        return NULL;
    }
    memcpy(kept->point, signer->point, signer->point_length);
    return &kept->key;
}

void signer_key_release(struct signer_key *kept)
{
    crypto_ec_release(&kept->key);
    crypto_wipe(kept->point, sizeof kept->point);
    kept->uses = 0;
}
