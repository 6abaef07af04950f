// The files of an order: the data groups of both applications, EF.COM, EF.SOD.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "host/perso/order.h"
#include "host/pki/der.h"

#include <stdlib.h>

enum { SMALL_FILE_MAX = 4096 };

enum jumin_error order_keep(struct order_bytes *kept, const struct writer *w)
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
    const enum jumin_error error = order_keep(&order->groups[2], &w);
    free(bytes);
    return error;
}

// One of the groups of text.
static enum jumin_error make_text_group(struct jumin_order *order, unsigned group)
{
    uint8_t bytes[SMALL_FILE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    switch (group) {
    case 1:
        put_dg1(&w, order->mrz);
        break;
    case 11:
        put_dg11(&w, &order->person);
        break;
    default:
        put_dg12(&w, &order->person);
        break;
    }
    return order_keep(&order->groups[group], &w);
}

static enum jumin_error make_personal_groups(struct jumin_order *order)
{
    enum jumin_error error = JUMIN_OK;
    for (unsigned group = 1; group < ORDER_FILES && error == JUMIN_OK; group++) {
        if (profile_has_group(order->profile.emrtd_groups, group)) {
            error = group == 2 ? make_portrait(order) : make_text_group(order, group);
        }
    }
    return error;
}

static enum jumin_error make_key_groups(struct jumin_order *order, enum crypto_curve curve,
                                        const struct order_points *points)
{
    const struct profile *profile = &order->profile;
    struct pace_protocol pace[ORDER_PACE_MAX];
    const struct dg14_content content = {
        .pace = pace,
        .pace_count = order_pace(profile, curve, pace),
        .suites = profile->suites,
        .suite_count = profile->suite_count,
        .curve = curve,
        .chip_authentication_point = order_point(points, ORDER_KEY_CHIP_AUTHENTICATION),
        .key_id = KEY_ID_EMRTD,
        .active_authentication = profile->active_authentication,
        .terminal_authentication = (profile->trust_points & 1U << TERMINAL_INSPECTION) != 0,
    };
    uint8_t bytes[SMALL_FILE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    put_dg14(&w, &content);
    const enum jumin_error error = order_keep(&order->groups[14], &w);
    if (error != JUMIN_OK || !profile->active_authentication) {
        return error;
    }
    w = writer_of(bytes, sizeof bytes);
    put_dg15(&w, curve, order_point(points, ORDER_KEY_ACTIVE_AUTHENTICATION));
    return order_keep(&order->groups[15], &w);
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
    enum jumin_error error = order_keep(&order->com, &w);
    put_security_object(&object, certificate_hash(curve), files);
    w = writer_of(bytes, sizeof bytes);
    const size_t sod = tlv_open(&w, LDS_SOD);
    if (error == JUMIN_OK) {
        error = object.overflow ? JUMIN_ERROR_TOO_LONG
                                : pki_sign(pki, OID_LDS_SECURITY_OBJECT, writer_span(&object), now, &w);
    }
    tlv_close(&w, sod);
    return error == JUMIN_OK ? order_keep(&order->sod, &w) : error;
}

static enum jumin_error make_emrtd(struct jumin_order *order, const struct jumin_pki *pki,
                                   const struct order_points *points, int64_t now)
{
    const enum crypto_curve curve = crypto_ec_curve(&pki->generation_key);
    enum jumin_error error = make_personal_groups(order);
    error = error == JUMIN_OK ? make_key_groups(order, curve, points) : error;
    return error == JUMIN_OK ? make_sod(order, pki, curve, now) : error;
}

static enum jumin_error make_eid(struct jumin_order *order)
{
    enum jumin_error error = JUMIN_OK;
    for (unsigned group = 1; group <= EID_GROUPS && error == JUMIN_OK; group++) {
        uint8_t bytes[EID_FILE_MAX];
        struct writer w = writer_of(bytes, sizeof bytes);
        if (profile_has_group(order->profile.eid_groups, group)) {
            put_eid_group(&w, &order->person, group);
        }
        error = w.n > 0 || w.overflow ? order_keep(&order->eid_groups[group], &w) : JUMIN_OK;
    }
    return error;
}

enum jumin_error order_make_files(struct jumin_order *order, const struct jumin_pki *pki,
                                  const struct order_points *points, int64_t now)
{
    enum jumin_error error = JUMIN_OK;
    order_free_files(order);
    if (order->profile.emrtd_groups != 0) {
        error = make_emrtd(order, pki, points, now);
    }
    error = error == JUMIN_OK ? make_eid(order) : error;
    return error == JUMIN_OK ? order_make_card_files(order, pki, points, now) : error;
}
