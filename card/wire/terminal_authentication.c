// Terminal Authentication, auxiliary data and Restricted Identification: the computations (TR-03110-2 §3.3,
// §3.5, TR-03110-3 §A.5, §A.6.5).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/terminal_authentication.h"

enum { TAG_OID = 0x06, TAG_DISCRETIONARY_DATA = 0x53, POINT_UNCOMPRESSED = 0x04 };

// --- Terminal Authentication -----------------------------------------------------------------------------

struct span comp_point(enum crypto_curve curve, struct span point)
{
    if (point.n != crypto_curve_point_length(curve) || point.p[0] != POINT_UNCOMPRESSED) {
        return span_of(NULL, 0);
    }
    return span_of(point.p + 1, crypto_curve_length(curve));
}

bool ta_digest(enum crypto_hash hash, const struct ta_message *message, uint8_t digest[CRYPTO_HASH_MAX])
{
    const struct span parts[] = {message->identifier, message->challenge, message->compressed_key,
                                 message->auxiliary_data};
    return crypto_hash_parts(hash, parts, sizeof parts / sizeof parts[0], digest);
}

// --- Auxiliary data --------------------------------------------------------------------------------------

// id-AuxiliaryData: 0.4.0.127.0.7.3.1.4
#define AUXILIARY_DATA 0x04, 0x00, 0x7F, 0x00, 0x07, 3, 1, 4
static const uint8_t date_of_birth[] = {AUXILIARY_DATA, 1};
static const uint8_t date_of_expiry[] = {AUXILIARY_DATA, 2};
static const uint8_t municipality[] = {AUXILIARY_DATA, 3};

const struct span OID_DATE_OF_BIRTH = {date_of_birth, sizeof date_of_birth};
const struct span OID_DATE_OF_EXPIRY = {date_of_expiry, sizeof date_of_expiry};
const struct span OID_MUNICIPALITY = {municipality, sizeof municipality};

enum tlv_result auxiliary_data_next(struct span *content, struct auxiliary_data *item)
{
    struct span rest = *content;
    struct discretionary_template found;
    struct tlv data;
    const enum tlv_result result = discretionary_template_next(&rest, &found);
    if (result != TLV_OBJECT) {
        return result;
    }
    if (!tlv_expect(&found.objects, TAG_DISCRETIONARY_DATA, &data) || found.objects.n != 0) {
        return TLV_MALFORMED;
    }
    *item = (struct auxiliary_data){found.oid, data.value};
    *content = rest;
    return TLV_OBJECT;
}

void auxiliary_data_put(struct writer *w, struct span oid, struct span data)
{
    const size_t item = tlv_open(w, TAG_DISCRETIONARY_DATA_TEMPLATE);
    tlv_put(w, TAG_OID, oid);
    tlv_put(w, TAG_DISCRETIONARY_DATA, data);
    tlv_close(w, item);
}

// --- Restricted Identification ---------------------------------------------------------------------------

bool ri_identifier(enum crypto_curve curve, const struct crypto_random *random, enum crypto_hash hash,
                   struct span secret, struct span sector_point, uint8_t identifier[CRYPTO_HASH_MAX])
{
    struct crypto_ec_key key = {0};
    uint8_t shared[CRYPTO_FIELD_MAX];
    const struct span part = span_of(shared, crypto_curve_length(curve));
    const bool done = crypto_ec_load_secret(&key, curve, secret, random) &&
                      crypto_ecdh(&key, random, sector_point, shared) &&
                      crypto_hash_parts(hash, &part, 1, identifier);
    crypto_ec_release(&key);
    crypto_wipe(shared, sizeof shared);
    return done;
}
