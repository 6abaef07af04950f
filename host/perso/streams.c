// The DGI streams of STORE DATA: files as they are, secrets under the DEK.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/streams.h"

#include "card/wire/dgi.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"

static void put_file(struct writer *w, uint16_t identifier, const struct order_bytes *file)
{
    dgi_put(w, identifier, span_of(file->p, file->n));
}

void put_emrtd_stream(struct writer *w, const struct jumin_order *order)
{
    put_file(w, FID_COM, &order->com);
    put_file(w, FID_SOD, &order->sod);
    for (unsigned i = 1; i < ORDER_FILES; i++) {
        if (order->groups[i].n > 0) {
            put_file(w, (uint16_t)(FID_DG1 + i - 1), &order->groups[i]);
        }
    }
}

void put_eid_stream(struct writer *w, const struct jumin_order *order)
{
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        if (order->eid_groups[group].n > 0) {
            put_file(w, (uint16_t)(FID_DG1 + group - 1), &order->eid_groups[group]);
        }
    }
}

// A DGI under the DEK: padding 80 00…, CBC with IV 0.
static bool put_secret(struct writer *w, const struct scp03_keys *keys, uint16_t identifier,
                       struct span secret)
{
    uint8_t padded[8 * CRYPTO_BLOCK] = {0};
    const size_t n = (secret.n / CRYPTO_BLOCK + 1) * CRYPTO_BLOCK;
    if (n > sizeof padded) {
        return false;
    }
    memcpy(padded, secret.p, secret.n);
    padded[secret.n] = 0x80;
    dgi_put_header(w, identifier, (uint16_t)n);
    uint8_t *encrypted = writer_reserve(w, n);
    const bool ok = encrypted != NULL && scp03_encrypt_key_data(keys, span_of(padded, n), encrypted);
    crypto_wipe(padded, sizeof padded);
    return ok;
}

static bool put_password(struct writer *w, const struct scp03_keys *keys, uint16_t identifier,
                         const char *digits)
{
    return put_secret(w, keys, identifier, span_of(digits, strlen(digits)));
}

static bool put_mrz_password(struct writer *w, const struct scp03_keys *keys, const struct jumin_order *order)
{
    uint8_t information_bytes[24], mrz[MRZ_PASSWORD_LENGTH];
    struct writer information = writer_of(information_bytes, sizeof information_bytes);
    mrz_put_information(&information, order->mrz);
    const bool ok = mrz_password(writer_span(&information), mrz) &&
                    put_secret(w, keys, DGI_PASSWORD_MRZ, span_of(mrz, sizeof mrz));
    crypto_wipe(mrz, sizeof mrz);
    return ok;
}

static bool put_passwords(struct writer *w, const struct scp03_keys *keys, const struct jumin_order *order)
{
    const struct profile *profile = &order->profile;
    static const uint8_t yes = 1;
    dgi_put(w, DGI_PIN_TRIES, span_of(&profile->pin_tries, 1));
    dgi_put(w, DGI_PIN_DIGITS, span_of(&profile->pin_digits, 1));
    if (jumin_order_has_transport_pin(order)) {
        dgi_put(w, DGI_TRANSPORT_PIN, span_of(&yes, 1));
    }
    return (!profile->mrz || put_mrz_password(w, keys, order)) &&
           put_password(w, keys, DGI_PASSWORD_CAN, order->can) &&
           put_password(w, keys, DGI_PASSWORD_PIN, order->pin) &&
           (!profile->puk || put_password(w, keys, DGI_PASSWORD_PUK, order->puk));
}

static bool put_generation_key(struct writer *w, const struct scp03_keys *keys,
                               const struct crypto_ec_key *key)
{
    const enum crypto_curve curve = crypto_ec_curve(key);
    uint8_t content[2 + CRYPTO_FIELD_MAX];
    content[0] = content[1] = pace_parameter_of_curve(curve);
    const bool ok = crypto_ec_secret(key, content + 2) &&
                    put_secret(w, keys, DGI_GENERATION_KEY, span_of(content, 2 + crypto_curve_length(curve)));
    crypto_wipe(content, sizeof content);
    return ok;
}

static void put_rights(struct writer *w, uint16_t identifier, rights granted)
{
    uint8_t bytes[sizeof granted];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(granted >> 8 * (sizeof bytes - 1 - i));
    }
    dgi_put(w, identifier, span_of(bytes, sizeof bytes));
}

static void put_trust_points(struct writer *w, const struct profile *profile,
                             const struct order_bytes trust_points[TERMINAL_TYPES + 1], cvc_date today)
{
    uint8_t date[CVC_DATE];
    cvc_date_put(today, date);
    dgi_put(w, DGI_CURRENT_DATE, span_of(date, sizeof date));
    for (unsigned type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        if ((profile->trust_points >> type & 1) != 0) {
            put_file(w, (uint16_t)(DGI_TRUST_POINT_INSPECTION + type - TERMINAL_INSPECTION),
                     &trust_points[type]);
            put_rights(w, (uint16_t)(DGI_RIGHTS_INSPECTION + type - TERMINAL_INSPECTION),
                       profile->terminal_rights[type]);
        }
    }
}

bool put_mf_stream(struct writer *w, const struct jumin_order *order, const struct scp03_keys *keys,
                   const struct crypto_ec_key *generation_key,
                   const struct order_bytes trust_points[TERMINAL_TYPES + 1], cvc_date today)
{
    put_file(w, FID_CARD_ACCESS, &order->card_access);
    put_file(w, FID_CARD_SECURITY, &order->card_security);
    if (order->chip_security.n > 0) {
        put_file(w, FID_CHIP_SECURITY, &order->chip_security);
    }
    put_trust_points(w, &order->profile, trust_points, today);
    return put_passwords(w, keys, order) && put_generation_key(w, keys, generation_key);
}
