// The files of the card itself: EF.CardAccess, EF.CardSecurity, EF.ChipSecurity (TR-03110-3 §A.1.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/order.h"
#include "host/pki/der.h"

enum { SMALL_FILE_MAX = 4096, TERMINAL_AUTHENTICATION_VERSION = 2, CHIP_AUTHENTICATION_VERSION = 2 };

// Chip Authentication version 2, which comes after Terminal Authentication.
static void put_chip_authentication(struct writer *w, const struct profile *profile, enum crypto_curve curve,
                                    int key_id)
{
    for (size_t i = 0; i < profile->suite_count; i++) {
        put_chip_authentication_info(w, profile->suites[i], CHIP_AUTHENTICATION_VERSION, key_id);
    }
    put_chip_authentication_domain_parameter_info(w, curve, key_id);
}

// What all three files say.
static void put_common_infos(struct writer *w, const struct profile *profile, enum crypto_curve curve)
{
    struct pace_protocol pace[ORDER_PACE_MAX];
    const size_t pace_count = order_pace(profile, curve, pace);
    for (size_t i = 0; i < pace_count; i++) {
        put_pace_info(w, &pace[i]);
    }
    if (profile->trust_points != 0) {
        put_terminal_authentication_info(w, TERMINAL_AUTHENTICATION_VERSION);
        put_chip_authentication(w, profile, curve, pace_parameter_of_curve(curve));
    }
}

static enum jumin_error make_card_access(struct jumin_order *order, enum crypto_curve curve)
{
    uint8_t infos_bytes[SMALL_FILE_MAX], bytes[SMALL_FILE_MAX];
    struct writer infos = writer_of(infos_bytes, sizeof infos_bytes), w = writer_of(bytes, sizeof bytes);
    put_common_infos(&infos, &order->profile, curve);
    if (order->profile.chip_key && order->profile.trust_points != 0) {
        const struct privileged_terminal_info privileged = put_privileged_terminal_info_begin(&infos);
        put_chip_authentication(&infos, &order->profile, curve, KEY_ID_CHIP);
        put_privileged_terminal_info_end(&infos, privileged);
    }
    w.overflow = infos.overflow;
    der_put_set_of(&w, writer_span(&infos));
    return order_keep(&order->card_access, &w);
}

static void put_signed_infos(struct writer *w, const struct profile *profile, enum crypto_curve curve,
                             struct span generation_point)
{
    put_common_infos(w, profile, curve);
    put_chip_authentication_key_info(w, curve, generation_point, pace_parameter_of_curve(curve));
    if (profile->restricted_identification) {
        put_restricted_identification_info(w, profile->identification_hash, KEY_ID_PSEUDONYM, true);
        put_restricted_identification_info(w, profile->identification_hash, KEY_ID_BLOCKING, false);
        put_restricted_identification_domain_parameter_info(w, curve);
    }
}

// Signs a SET of infos; `chip_point`: empty for EF.CardSecurity.
static enum jumin_error make_signed(struct jumin_order *order, const struct jumin_pki *pki,
                                    struct span generation_point, struct span chip_point, int64_t now,
                                    struct order_bytes *file)
{
    const enum crypto_curve curve = crypto_ec_curve(&pki->generation_key);
    uint8_t infos_bytes[SMALL_FILE_MAX], set_bytes[SMALL_FILE_MAX], bytes[2 * SMALL_FILE_MAX];
    struct writer infos = writer_of(infos_bytes, sizeof infos_bytes);
    struct writer set = writer_of(set_bytes, sizeof set_bytes), w = writer_of(bytes, sizeof bytes);
    put_signed_infos(&infos, &order->profile, curve, generation_point);
    if (chip_point.n > 0) {
        put_chip_authentication(&infos, &order->profile, curve, KEY_ID_CHIP);
        put_chip_authentication_key_info(&infos, curve, chip_point, KEY_ID_CHIP);
    }
    der_put_set_of(&set, writer_span(&infos));
    if (infos.overflow || set.overflow) {
        return JUMIN_ERROR_TOO_LONG;
    }
    // EF.CardSecurity is for every terminal, so it must not tell one card from another.
    const enum jumin_error error =
        chip_point.n > 0 ? pki_sign(pki, OID_SECURITY_OBJECT, writer_span(&set), now, &w)
                         : pki_sign_for_batch(pki, OID_SECURITY_OBJECT, writer_span(&set), now, &w);
    return error == JUMIN_OK ? order_keep(file, &w) : error;
}

enum jumin_error order_make_card_files(struct jumin_order *order, const struct jumin_pki *pki,
                                       const struct order_points *points, int64_t now)
{
    const enum crypto_curve curve = crypto_ec_curve(&pki->generation_key);
    uint8_t bytes[CRYPTO_POINT_MAX];
    if (!crypto_ec_public(&pki->generation_key, bytes)) {
        return JUMIN_ERROR_CRYPTO;
    }
    const struct span point = span_of(bytes, crypto_curve_point_length(curve));
    enum jumin_error error = make_card_access(order, curve);
    if (error == JUMIN_OK) {
        error = make_signed(order, pki, point, span_of(NULL, 0), now, &order->card_security);
    }
    if (error == JUMIN_OK && order->profile.chip_key) {
        error =
            make_signed(order, pki, point, order_point(points, ORDER_KEY_CHIP), now, &order->chip_security);
    }
    return error;
}
