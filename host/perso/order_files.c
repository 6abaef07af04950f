// The files of an order: data groups, EF.COM, EF.SOD, EF.CardAccess, EF.CardSecurity.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "host/perso/order.h"
#include "host/pki/der.h"

#include <stdlib.h>

enum { SMALL_FILE_MAX = 4096 };

// Keeps a copy of what `w` holds.
static enum jumin_error keep(struct order_bytes *kept, const struct writer *w)
{
    if (w->overflow) {
        return JUMIN_ERROR_TOO_LONG;
    }
    uint8_t *copy = malloc(w->n);
    if (copy == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy(copy, w->p, w->n);
    free(kept->p);
    *kept = (struct order_bytes){copy, w->n};
    return JUMIN_OK;
}

static enum jumin_error make_portrait(struct jumin_order *order)
{
    const size_t capacity = order->photo.n + 256;
    uint8_t *bytes = malloc(capacity);
    if (bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    struct writer w = writer_of(bytes, capacity);
    put_dg2(&w, &order->photo);
    const enum jumin_error error = keep(&order->groups[2], &w);
    free(bytes);
    return error;
}

static enum jumin_error make_personal_groups(struct jumin_order *order)
{
    uint8_t bytes[SMALL_FILE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    put_dg1(&w, order->mrz);
    enum jumin_error error = keep(&order->groups[1], &w);
    w = writer_of(bytes, sizeof bytes);
    put_dg11(&w, &order->person);
    error = error == JUMIN_OK ? keep(&order->groups[11], &w) : error;
    w = writer_of(bytes, sizeof bytes);
    put_dg12(&w, &order->person);
    error = error == JUMIN_OK ? keep(&order->groups[12], &w) : error;
    return error == JUMIN_OK ? make_portrait(order) : error;
}

static enum jumin_error make_key_groups(struct jumin_order *order, enum crypto_curve curve,
                                        struct span chip_authentication_point,
                                        struct span active_authentication_point)
{
    static const enum secure_messaging_suite suites[] = {SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_256};
    struct pace_protocol pace[ORDER_PACE_INFOS];
    order_pace(curve, pace);
    const struct dg14_content content = {
        .pace = pace,
        .pace_count = ORDER_PACE_INFOS,
        .suites = suites,
        .suite_count = sizeof suites / sizeof *suites,
        .curve = curve,
        .chip_authentication_point = chip_authentication_point,
        .key_id = ORDER_KEY_ID,
    };
    uint8_t bytes[SMALL_FILE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    put_dg14(&w, &content);
    const enum jumin_error error = keep(&order->groups[14], &w);
    w = writer_of(bytes, sizeof bytes);
    put_dg15(&w, curve, active_authentication_point);
    return error == JUMIN_OK ? keep(&order->groups[15], &w) : error;
}

static enum jumin_error make_sod(struct jumin_order *order, const struct jumin_pki *pki,
                                 enum crypto_curve curve, int64_t now)
{
    struct span files[ORDER_FILES];
    uint32_t groups = 0;
    for (unsigned i = 0; i < ORDER_FILES; i++) {
        files[i] = span_of(order->groups[i].p, order->groups[i].n);
        groups |= files[i].n > 0 ? 1U << i : 0;
    }
    uint8_t object_bytes[SMALL_FILE_MAX], bytes[SMALL_FILE_MAX];
    struct writer object = writer_of(object_bytes, sizeof object_bytes), w = writer_of(bytes, sizeof bytes);
    put_com(&w, groups);
    enum jumin_error error = keep(&order->com, &w);
    put_security_object(&object, certificate_hash(curve), files);
    w = writer_of(bytes, sizeof bytes);
    const size_t sod = tlv_open(&w, LDS_SOD);
    if (error == JUMIN_OK) {
        error = object.overflow ? JUMIN_ERROR_TOO_LONG
                                : pki_sign(pki, OID_LDS_SECURITY_OBJECT, writer_span(&object), now, &w);
    }
    tlv_close(&w, sod);
    return error == JUMIN_OK ? keep(&order->sod, &w) : error;
}

// EF.CardAccess, and the same infos with the generation key in EF.CardSecurity. The key's identifier is that
// of its domain parameters, so that a reader of PACE-CAM finds it.
static enum jumin_error make_card_files(struct jumin_order *order, const struct jumin_pki *pki,
                                        enum crypto_curve curve, int64_t now)
{
    struct pace_protocol pace[ORDER_PACE_INFOS];
    order_pace(curve, pace);
    uint8_t infos_bytes[SMALL_FILE_MAX], bytes[SMALL_FILE_MAX], point[CRYPTO_POINT_MAX];
    struct writer infos = writer_of(infos_bytes, sizeof infos_bytes);
    if (!crypto_ec_public(&pki->generation_key, point)) {
        return JUMIN_ERROR_CRYPTO;
    }
    for (size_t i = 0; i < ORDER_PACE_INFOS; i++) {
        put_pace_info(&infos, &pace[i]);
    }
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, DER_SET, writer_span(&infos));
    enum jumin_error error = keep(&order->card_access, &w);
    put_chip_authentication_key_info(&infos, curve, span_of(point, crypto_curve_point_length(curve)),
                                     pace_parameter_of_curve(curve));
    uint8_t set_bytes[SMALL_FILE_MAX];
    struct writer set = writer_of(set_bytes, sizeof set_bytes);
    tlv_put(&set, DER_SET, writer_span(&infos));
    w = writer_of(bytes, sizeof bytes);
    if (error == JUMIN_OK) {
        error = infos.overflow || set.overflow
                    ? JUMIN_ERROR_TOO_LONG
                    : pki_sign(pki, OID_SECURITY_OBJECT, writer_span(&set), now, &w);
    }
    return error == JUMIN_OK ? keep(&order->card_security, &w) : error;
}

enum jumin_error order_make_files(struct jumin_order *order, const struct jumin_pki *pki,
                                  struct span chip_authentication_point,
                                  struct span active_authentication_point, int64_t now)
{
    const enum crypto_curve curve = crypto_ec_curve(&pki->generation_key);
    enum jumin_error error = make_personal_groups(order);
    if (error == JUMIN_OK) {
        error = make_key_groups(order, curve, chip_authentication_point, active_authentication_point);
    }
    error = error == JUMIN_OK ? make_sod(order, pki, curve, now) : error;
    return error == JUMIN_OK ? make_card_files(order, pki, curve, now) : error;
}
