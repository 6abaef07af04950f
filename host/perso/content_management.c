// Card content management over an open secure channel (GPC v2.3.1 §11): keys, applications, STORE DATA,
// states.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/dgi.h"
#include "card/wire/lds.h"
#include "card/wire/tlv.h"
#include "host/perso/security_domain.h"

#include <stdio.h>

enum instruction {
    INS_PUT_KEY = 0xD8,
    INS_GET_STATUS = 0xF2,
    INS_SET_STATUS = 0xF0,
    INS_INSTALL = 0xE6,
    INS_DELETE = 0xE4,
    INS_STORE_DATA = 0xE2,
};

enum {
    PUT_KEY_MULTIPLE = 0x81,            // P2: several keys, the first has identifier 1 (GPC v2.3.1 §11.8.2.2)
    KEY_TYPE_AES = 0x88,                // GPC v2.3.1 §11.1.8, table 11-16
    GET_STATUS_SECURITY_DOMAIN = 0x80,  // P1, GPC v2.3.1 §11.4.2.1
    GET_STATUS_TLV = 0x02,              // P2
    SET_STATUS_CARD = 0x80,             // P1, GPC v2.3.1 §11.10.2.1
    INSTALL_AND_MAKE_SELECTABLE = 0x0C, // P1, GPC v2.3.1 §11.5.2.1
    INSTALL_FOR_PERSONALIZATION = 0x20,
    STORE_DATA_LAST = 0x80, // P1, GPC v2.3.1 §11.11.2.1
    STORE_DATA_DGI = 0x08,
    STORE_DATA_RESPONSE = 0x01,
    TAG_AID = 0x4F,
    TAG_APPLICATION = 0xE3, // GPC v2.3.1 §11.4.3.1, table 11-36
    TAG_LIFE_CYCLE = 0x9F70,
    TAG_PARAMETERS = 0xC9, // GPC v2.3.1 §11.5.2.3.7
    COMMAND_MAX = 256,
};

// One key of PUT KEY: type, length of what follows, length of the key, the key under the DEK, check value.
static bool put_key(struct writer *w, const struct scp03_keys *current, const uint8_t *key, size_t length)
{
    uint8_t padded[SCP03_KEY_MAX] = {0}, check_value[SCP03_CHECK_VALUE];
    const size_t n = (length + CRYPTO_BLOCK - 1) / CRYPTO_BLOCK * CRYPTO_BLOCK;
    memcpy(padded, key, length);
    writer_put_u8(w, KEY_TYPE_AES);
    writer_put_u8(w, (uint8_t)(n + 1));
    writer_put_u8(w, (uint8_t)length);
    uint8_t *encrypted = writer_reserve(w, n);
    const bool ok = encrypted != NULL && scp03_encrypt_key_data(current, span_of(padded, n), encrypted) &&
                    scp03_check_value(span_of(key, length), check_value);
    crypto_wipe(padded, sizeof padded);
    if (!ok) {
        return false;
    }
    writer_put_u8(w, SCP03_CHECK_VALUE);
    writer_put(w, span_of(check_value, sizeof check_value));
    return !w->overflow;
}

enum jumin_error security_domain_put_keys(struct security_domain *domain, uint8_t old_version,
                                          uint8_t new_version, const struct scp03_keys *keys)
{
    static const char step[] = "PUT KEY";
    const uint8_t *const all[] = {keys->enc, keys->mac, keys->dek};
    uint8_t bytes[COMMAND_MAX], expected[1 + 3 * SCP03_CHECK_VALUE], answer[COMMAND_MAX];
    struct writer data = writer_of(bytes, sizeof bytes), got = writer_of(answer, sizeof answer);
    writer_put_u8(&data, new_version);
    expected[0] = new_version;
    for (size_t i = 0; i < 3; i++) {
        if (!put_key(&data, &domain->keys, all[i], keys->length) ||
            !scp03_check_value(span_of(all[i], keys->length), expected + 1 + i * SCP03_CHECK_VALUE)) {
            return JUMIN_ERROR_CRYPTO;
        }
    }
    const struct apdu_command command = {.cla = CLA_GLOBALPLATFORM,
                                         .ins = INS_PUT_KEY,
                                         .p1 = old_version,
                                         .p2 = PUT_KEY_MULTIPLE,
                                         .data = writer_span(&data),
                                         .ne = APDU_SHORT_LE_MAX};
    const enum jumin_error error = security_domain_command(domain, step, &command, &got);
    if (error == JUMIN_OK && !span_equal(writer_span(&got), span_of(expected, sizeof expected))) {
        (void)snprintf(domain->detail, sizeof domain->detail, "%s: the card confirms other key check values",
                       step);
        return JUMIN_ERROR_MALFORMED;
    }
    return error;
}

enum jumin_error security_domain_life_cycle(struct security_domain *domain, uint8_t *life_cycle)
{
    static const char step[] = "GET STATUS";
    static const uint8_t any_aid[] = {TAG_AID, 0};
    const struct apdu_command command = {.cla = CLA_GLOBALPLATFORM,
                                         .ins = INS_GET_STATUS,
                                         .p1 = GET_STATUS_SECURITY_DOMAIN,
                                         .p2 = GET_STATUS_TLV,
                                         .data = span_of(any_aid, sizeof any_aid),
                                         .ne = APDU_SHORT_LE_MAX};
    uint8_t bytes[COMMAND_MAX];
    struct writer answer = writer_of(bytes, sizeof bytes);
    const enum jumin_error error = security_domain_command(domain, step, &command, &answer);
    if (error != JUMIN_OK) {
        return error;
    }
    struct tlv application, state;
    if (!tlv_find(writer_span(&answer), TAG_APPLICATION, &application) ||
        !tlv_find(application.value, TAG_LIFE_CYCLE, &state) || state.value.n < 1) {
        (void)snprintf(domain->detail, sizeof domain->detail, "%s: the answer holds no life cycle state",
                       step);
        return JUMIN_ERROR_MALFORMED;
    }
    *life_cycle = state.value.p[0];
    return JUMIN_OK;
}

enum jumin_error security_domain_set_life_cycle(struct security_domain *domain, uint8_t life_cycle)
{
    const struct apdu_command command = {
        .cla = CLA_GLOBALPLATFORM, .ins = INS_SET_STATUS, .p1 = SET_STATUS_CARD, .p2 = life_cycle};
    return security_domain_command(domain, "SET STATUS", &command, NULL);
}

static void put_counted(struct writer *w, struct span bytes)
{
    writer_put_u8(w, (uint8_t)bytes.n);
    writer_put(w, bytes);
}

static enum jumin_error install(struct security_domain *domain, const char *step, uint8_t p1,
                                struct writer *data)
{
    const struct apdu_command command = {.cla = CLA_GLOBALPLATFORM,
                                         .ins = INS_INSTALL,
                                         .p1 = p1,
                                         .data = writer_span(data),
                                         .ne = APDU_SHORT_LE_MAX};
    return security_domain_command(domain, step, &command, NULL);
}

enum jumin_error security_domain_install(struct security_domain *domain, struct span application)
{
    static const uint8_t no_privileges = 0;
    static const uint8_t no_parameters[] = {TAG_PARAMETERS, 0};
    uint8_t bytes[COMMAND_MAX];
    struct writer data = writer_of(bytes, sizeof bytes);
    put_counted(&data, AID_PACKAGE);
    put_counted(&data, application); // module
    put_counted(&data, application); // instance
    put_counted(&data, span_of(&no_privileges, 1));
    put_counted(&data, span_of(no_parameters, sizeof no_parameters));
    put_counted(&data, span_of(NULL, 0)); // token
    return install(domain, "INSTALL [for install and make selectable]", INSTALL_AND_MAKE_SELECTABLE, &data);
}

enum jumin_error security_domain_personalize(struct security_domain *domain, struct span application)
{
    uint8_t bytes[COMMAND_MAX];
    struct writer data = writer_of(bytes, sizeof bytes);
    put_counted(&data, span_of(NULL, 0));
    put_counted(&data, span_of(NULL, 0));
    put_counted(&data, application);
    put_counted(&data, span_of(NULL, 0)); // privileges
    put_counted(&data, span_of(NULL, 0)); // parameters
    put_counted(&data, span_of(NULL, 0)); // token
    return install(domain, "INSTALL [for personalization]", INSTALL_FOR_PERSONALIZATION, &data);
}

enum jumin_error security_domain_delete(struct security_domain *domain, struct span application)
{
    uint8_t bytes[COMMAND_MAX];
    struct writer data = writer_of(bytes, sizeof bytes);
    tlv_put(&data, TAG_AID, application);
    const struct apdu_command command = {
        .cla = CLA_GLOBALPLATFORM, .ins = INS_DELETE, .data = writer_span(&data), .ne = APDU_SHORT_LE_MAX};
    const enum jumin_error error = security_domain_command(domain, "DELETE", &command, NULL);
    return error == JUMIN_ERROR_STATUS && domain->status == SW_REFERENCED_DATA_NOT_FOUND ? JUMIN_OK : error;
}

enum jumin_error security_domain_store_data(struct security_domain *domain, struct span stream, bool last,
                                            uint8_t *block, struct writer *answer,
                                            security_domain_progress *progress, void *context)
{
    const size_t total = stream.n;
    do {
        const struct span piece = span_first(stream, domain->data_max);
        stream = span_from(stream, piece.n);
        const bool last_block = last && stream.n == 0;
        const struct apdu_command command = {
            .cla = CLA_GLOBALPLATFORM,
            .ins = INS_STORE_DATA,
            .p1 = (uint8_t)(STORE_DATA_DGI | (last_block ? STORE_DATA_LAST : 0) |
                            (answer != NULL ? STORE_DATA_RESPONSE : 0)),
            .p2 = *block,
            .data = piece,
            .ne = answer != NULL ? APDU_SHORT_LE_MAX : 0,
        };
        const enum jumin_error error = security_domain_command(domain, "STORE DATA", &command, answer);
        if (error != JUMIN_OK) {
            return error;
        }
        (*block)++;
        if (progress != NULL && !progress(context, total - stream.n, total)) {
            (void)snprintf(domain->detail, sizeof domain->detail, "STORE DATA: cancelled");
            return JUMIN_ERROR_CANCELLED;
        }
    } while (stream.n > 0);
    return JUMIN_OK;
}
