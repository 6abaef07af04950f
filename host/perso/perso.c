// Personalization of one card: authenticate, rotate keys, write, lock, read back.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/dgi.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "host/perso/order.h"
#include "host/perso/read_back.h"
#include "host/perso/security_domain.h"
#include "host/perso/streams.h"

#include <jumin/reader.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DETAIL_MAX = 512,
    STREAM_MAX = 40000,      // the DGIs of one application
    CARD_DATA_DEFAULT = 255, // when EF.ATR/INFO does not say more
};

struct jumin_perso {
    struct jumin_transport *transport;
    const struct jumin_pki *pki;
    uint8_t transport_key[JUMIN_MASTER_KEY];
    uint8_t issuer_key[JUMIN_MASTER_KEY];
    jumin_perso_progress *progress;
    void *progress_context;
    struct jumin_order *order; // that is being written
    char detail[DETAIL_MAX];
    struct security_domain domain;
    // Points of the keys that the chip has made
    uint8_t chip_authentication_point[CRYPTO_POINT_MAX];
    uint8_t active_authentication_point[CRYPTO_POINT_MAX];
    enum jumin_perso_step step;
};

static const char *const step_names[] = {
    [JUMIN_PERSO_CONNECT] = "connect",
    [JUMIN_PERSO_AUTHENTICATE] = "authenticate to the security domain",
    [JUMIN_PERSO_ROTATE_KEYS] = "rotate the transport keys",
    [JUMIN_PERSO_INSTALL] = "install the applications",
    [JUMIN_PERSO_GENERATE_KEYS] = "make keys on the chip",
    [JUMIN_PERSO_SIGN] = "sign the document",
    [JUMIN_PERSO_WRITE] = "write the data groups",
    [JUMIN_PERSO_LOCK] = "lock the card",
    [JUMIN_PERSO_READ_BACK] = "read back and compare",
};

const char *jumin_perso_step_name(enum jumin_perso_step step)
{
    return (size_t)step < sizeof step_names / sizeof *step_names ? step_names[step] : "";
}

enum jumin_error jumin_perso_new(struct jumin_perso **perso, struct jumin_transport *transport,
                                 const struct jumin_pki *pki, const uint8_t transport_key[JUMIN_MASTER_KEY],
                                 const uint8_t issuer_key[JUMIN_MASTER_KEY])
{
    if (perso == NULL || transport == NULL || pki == NULL || !pki->loaded || transport_key == NULL ||
        issuer_key == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *perso = calloc(1, sizeof **perso);
    if (*perso == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    (*perso)->transport = transport;
    (*perso)->pki = pki;
    memcpy((*perso)->transport_key, transport_key, JUMIN_MASTER_KEY);
    memcpy((*perso)->issuer_key, issuer_key, JUMIN_MASTER_KEY);
    return JUMIN_OK;
}

void jumin_perso_free(struct jumin_perso *perso)
{
    if (perso == NULL) {
        return;
    }
    security_domain_end(&perso->domain);
    crypto_wipe(perso, sizeof *perso);
    free(perso);
}

const char *jumin_perso_detail(const struct jumin_perso *perso)
{
    return perso == NULL ? "" : perso->detail;
}

enum jumin_error jumin_perso_set_progress(struct jumin_perso *perso, jumin_perso_progress *progress,
                                          void *context)
{
    if (perso == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    perso->progress = progress;
    perso->progress_context = context;
    return JUMIN_OK;
}

static enum jumin_error fail(struct jumin_perso *perso, enum jumin_error error, const char *why)
{
    (void)snprintf(perso->detail, sizeof perso->detail, "%s: %s", jumin_perso_step_name(perso->step), why);
    return error;
}

// Passes on what the security domain has said.
static enum jumin_error domain_result(struct jumin_perso *perso, enum jumin_error error)
{
    return error == JUMIN_OK ? JUMIN_OK : fail(perso, error, perso->domain.detail);
}

static bool tell(void *context, size_t done, size_t total)
{
    const struct jumin_perso *perso = context;
    return perso->progress == NULL || perso->progress(perso->progress_context, perso->step, done, total);
}

static enum jumin_error begin(struct jumin_perso *perso, enum jumin_perso_step step)
{
    perso->step = step;
    return tell(perso, 0, 0) ? JUMIN_OK : fail(perso, JUMIN_ERROR_CANCELLED, "cancelled");
}

// The transport keys serve a card that still has them; a card whose keys were rotated gets the issuer's only.
static bool find_keys(void *context, uint8_t key_version,
                      const uint8_t diversification[SCP03_DIVERSIFICATION], struct scp03_keys *keys)
{
    const struct jumin_perso *perso = context;
    const uint8_t *master = key_version == KEY_VERSION_TRANSPORT ? perso->transport_key
                            : key_version == KEY_VERSION_ISSUER  ? perso->issuer_key
                                                                 : NULL;
    return master != NULL &&
           key_set_diversify(span_of(master, JUMIN_MASTER_KEY),
                             perso->order->on_card ? perso->order->diversification : diversification, keys);
}

static enum jumin_error authenticate(struct jumin_perso *perso)
{
    enum jumin_error error = begin(perso, JUMIN_PERSO_AUTHENTICATE);
    error = error == JUMIN_OK ? domain_result(perso, security_domain_select(&perso->domain)) : error;
    if (error != JUMIN_OK) {
        return error;
    }
    error = domain_result(perso, security_domain_open(&perso->domain, SCP03_S8, find_keys, perso));
    // Only a card that has been locked draws its challenge at random.
    if (error == JUMIN_ERROR_KEYS_REFUSED && !perso->order->on_card &&
        (perso->domain.i & SCP03_I_PSEUDO_RANDOM) == 0) {
        return fail(perso, JUMIN_ERROR_ALREADY_PERSONALIZED, "the card has been issued; it stays as it is");
    }
    return error;
}

static enum jumin_error refuse_finished_card(struct jumin_perso *perso)
{
    uint8_t life_cycle = 0;
    const enum jumin_error error =
        domain_result(perso, security_domain_life_cycle(&perso->domain, &life_cycle));
    if (error != JUMIN_OK) {
        return error;
    }
    if (life_cycle == LIFE_CYCLE_SECURED) {
        return fail(perso, JUMIN_ERROR_ALREADY_PERSONALIZED, "the card has been issued; it stays as it is");
    }
    if (life_cycle != LIFE_CYCLE_OP_READY && life_cycle != LIFE_CYCLE_INITIALIZED) {
        return fail(perso, JUMIN_ERROR_CARD_LOCKED, "the card is locked or terminated");
    }
    return JUMIN_OK;
}

static enum jumin_error rotate_keys(struct jumin_perso *perso)
{
    struct scp03_keys keys = {0};
    enum jumin_error error = begin(perso, JUMIN_PERSO_ROTATE_KEYS);
    if (error == JUMIN_OK && !key_set_diversify(span_of(perso->issuer_key, JUMIN_MASTER_KEY),
                                                perso->domain.diversification, &keys)) {
        error = fail(perso, JUMIN_ERROR_CRYPTO, "the issuer's keys cannot be derived");
    }
    if (error == JUMIN_OK) {
        error = domain_result(perso, security_domain_put_keys(&perso->domain, KEY_VERSION_TRANSPORT,
                                                              KEY_VERSION_ISSUER, &keys));
    }
    crypto_wipe(&keys, sizeof keys);
    return error == JUMIN_OK ? authenticate(perso) : error;
}

// Both applications anew, whatever an interrupted run has left of them.
static enum jumin_error install(struct jumin_perso *perso)
{
    const struct span applications[] = {AID_EMRTD, AID_MF};
    enum jumin_error error = begin(perso, JUMIN_PERSO_INSTALL);
    for (size_t i = 0; i < sizeof applications / sizeof *applications && error == JUMIN_OK; i++) {
        error = domain_result(perso, security_domain_delete(&perso->domain, applications[i]));
        if (error == JUMIN_OK) {
            error = domain_result(perso, security_domain_install(&perso->domain, applications[i]));
        }
    }
    return error;
}

// Takes the DGI with the public point from the answer of STORE DATA.
static bool take_point(struct span *answer, uint16_t identifier, size_t length, uint8_t *point)
{
    struct dgi_reader reader;
    struct dgi_piece piece;
    dgi_start(&reader);
    if (dgi_next(&reader, answer, &piece) != DGI_PIECE || piece.identifier != identifier || !piece.last ||
        piece.bytes.n != length) {
        return false;
    }
    memcpy(point, piece.bytes.p, length);
    return true;
}

static enum jumin_error generate_keys(struct jumin_perso *perso, uint8_t *block)
{
    const enum crypto_curve curve = crypto_ec_curve(&perso->pki->generation_key);
    const uint8_t content[] = {ORDER_KEY_ID, pace_parameter_of_curve(curve)};
    const size_t length = crypto_curve_point_length(curve);
    uint8_t stream_bytes[32], answer_bytes[512];
    struct writer stream = writer_of(stream_bytes, sizeof stream_bytes);
    struct writer answer = writer_of(answer_bytes, sizeof answer_bytes);
    enum jumin_error error = begin(perso, JUMIN_PERSO_GENERATE_KEYS);
    if (error == JUMIN_OK) {
        error = domain_result(perso, security_domain_personalize(&perso->domain, AID_EMRTD));
    }
    if (error != JUMIN_OK) {
        return error;
    }
    dgi_put(&stream, DGI_GENERATE_CHIP_AUTHENTICATION_KEY, span_of(content, sizeof content));
    dgi_put(&stream, DGI_GENERATE_ACTIVE_AUTHENTICATION_KEY, span_of(content, sizeof content));
    error = domain_result(perso, security_domain_store_data(&perso->domain, writer_span(&stream), false,
                                                            block, &answer, NULL, NULL));
    if (error != JUMIN_OK) {
        return error;
    }
    struct span rest = writer_span(&answer);
    if (!take_point(&rest, DGI_GENERATE_CHIP_AUTHENTICATION_KEY, length, perso->chip_authentication_point) ||
        !take_point(&rest, DGI_GENERATE_ACTIVE_AUTHENTICATION_KEY, length,
                    perso->active_authentication_point)) {
        return fail(perso, JUMIN_ERROR_MALFORMED, "the card does not answer with its public keys");
    }
    return JUMIN_OK;
}

static enum jumin_error sign(struct jumin_perso *perso, struct jumin_order *order, int64_t now)
{
    const size_t length = crypto_curve_point_length(crypto_ec_curve(&perso->pki->generation_key));
    const enum jumin_error error = begin(perso, JUMIN_PERSO_SIGN);
    if (error != JUMIN_OK) {
        return error;
    }
    const enum jumin_error made =
        order_make_files(order, perso->pki, span_of(perso->chip_authentication_point, length),
                         span_of(perso->active_authentication_point, length), now);
    return made == JUMIN_OK
               ? JUMIN_OK
               : fail(perso, made,
                      made == JUMIN_ERROR_NOT_VALID_NOW ? "the document signer's certificate is not valid now"
                                                        : "the files cannot be made or signed");
}

static enum jumin_error write_all(struct jumin_perso *perso, const struct jumin_order *order, uint8_t block)
{
    enum jumin_error error = begin(perso, JUMIN_PERSO_WRITE);
    uint8_t *bytes = error == JUMIN_OK ? malloc(STREAM_MAX) : NULL;
    if (error == JUMIN_OK && bytes == NULL) {
        return fail(perso, JUMIN_ERROR_MEMORY, "no memory");
    }
    if (error != JUMIN_OK) {
        return error;
    }
    struct writer stream = writer_of(bytes, STREAM_MAX);
    put_emrtd_stream(&stream, order);
    error = stream.overflow
                ? fail(perso, JUMIN_ERROR_TOO_LONG, "the data groups are too long for the chip")
                : domain_result(perso, security_domain_store_data(&perso->domain, writer_span(&stream), true,
                                                                  &block, NULL, tell, perso));
    if (error == JUMIN_OK) {
        error = domain_result(perso, security_domain_personalize(&perso->domain, AID_MF));
    }
    stream = writer_of(bytes, STREAM_MAX);
    if (error == JUMIN_OK &&
        (!put_mf_stream(&stream, order, &perso->domain.keys, &perso->pki->generation_key) ||
         stream.overflow)) {
        error = fail(perso, JUMIN_ERROR_CRYPTO, "the passwords cannot be protected");
    }
    if (error == JUMIN_OK) {
        block = 0;
        error = domain_result(perso, security_domain_store_data(&perso->domain, writer_span(&stream), true,
                                                                &block, NULL, NULL, NULL));
    }
    crypto_wipe(bytes, STREAM_MAX);
    free(bytes);
    return error;
}

static enum jumin_error lock(struct jumin_perso *perso, struct jumin_order *order)
{
    enum jumin_error error = begin(perso, JUMIN_PERSO_LOCK);
    if (error == JUMIN_OK) {
        error = domain_result(perso, security_domain_set_life_cycle(&perso->domain, LIFE_CYCLE_INITIALIZED));
    }
    // From here on the answer may be lost while the card is locked: the read-back finds out.
    if (error == JUMIN_OK) {
        order->on_card = true;
        memcpy(order->diversification, perso->domain.diversification, SCP03_DIVERSIFICATION);
    }
    if (error == JUMIN_OK) {
        error = domain_result(perso, security_domain_set_life_cycle(&perso->domain, LIFE_CYCLE_SECURED));
    }
    return error;
}

static enum jumin_error write_card(struct jumin_perso *perso, struct jumin_order *order, int64_t now)
{
    uint8_t block = 0;
    enum jumin_error error = authenticate(perso);
    error = error == JUMIN_OK ? refuse_finished_card(perso) : error;
    if (error == JUMIN_OK && perso->domain.key_version == KEY_VERSION_TRANSPORT) {
        error = rotate_keys(perso);
    }
    error = error == JUMIN_OK ? install(perso) : error;
    error = error == JUMIN_OK ? generate_keys(perso, &block) : error;
    error = error == JUMIN_OK ? sign(perso, order, now) : error;
    error = error == JUMIN_OK ? write_all(perso, order, block) : error;
    return error == JUMIN_OK ? lock(perso, order) : error;
}

// The answer to the lock may have been lost: makes sure that it was carried out.
static enum jumin_error finish_lock(struct jumin_perso *perso)
{
    uint8_t life_cycle = 0;
    enum jumin_error error = authenticate(perso);
    if (error == JUMIN_OK) {
        error = domain_result(perso, security_domain_life_cycle(&perso->domain, &life_cycle));
    }
    if (error == JUMIN_OK && life_cycle != LIFE_CYCLE_SECURED) {
        error = lock(perso, perso->order);
    }
    return error;
}

static enum jumin_error read_back_card(struct jumin_perso *perso, struct jumin_order *order, int64_t now)
{
    const enum jumin_error error = begin(perso, JUMIN_PERSO_READ_BACK);
    if (error != JUMIN_OK) {
        return error;
    }
    char why[READ_BACK_DETAIL_MAX];
    const enum jumin_error result = read_back(perso->transport, order, perso->pki, now, tell, perso, why);
    return result == JUMIN_OK ? JUMIN_OK : fail(perso, result, why);
}

// The longest command data field that the card takes, from EF.ATR/INFO: DO 7F66 (ISO 7816-4 §12.1.1).
static size_t card_data_max(struct jumin_perso *perso)
{
    struct jumin_document *document = NULL;
    struct jumin_reader *reader = NULL;
    size_t data_max = CARD_DATA_DEFAULT;
    if (jumin_reader_new(&reader, perso->transport) == JUMIN_OK &&
        jumin_reader_inspect(reader, &document) == JUMIN_OK) {
        data_max = read_back_command_max(document, data_max);
    }
    jumin_document_free(document);
    jumin_reader_free(reader);
    return data_max;
}

enum jumin_error jumin_perso_issue(struct jumin_perso *perso, struct jumin_order *order, int64_t now)
{
    if (perso == NULL || order == NULL || !order->has_person || order->photo.n == 0 || now < 0) {
        return perso == NULL ? JUMIN_ERROR_ARGUMENT
                             : fail(perso, JUMIN_ERROR_ARGUMENT, "an order needs a person and a photo");
    }
    const struct crypto_random random = crypto_system_random();
    enum jumin_error error = begin(perso, JUMIN_PERSO_CONNECT);
    if (error == JUMIN_OK && !order_complete(order, &random)) {
        error = fail(perso, JUMIN_ERROR_CRYPTO, "no random bytes");
    }
    if (error != JUMIN_OK) {
        return error;
    }
    error = jumin_transport_connect(perso->transport);
    if (error != JUMIN_OK) {
        const char *detail = jumin_transport_detail(perso->transport);
        return fail(perso, error, detail[0] != '\0' ? detail : jumin_error_text(error));
    }
    perso->order = order;
    security_domain_init(&perso->domain, perso->transport, &random, card_data_max(perso));
    error = order->on_card ? finish_lock(perso) : write_card(perso, order, now);
    security_domain_end(&perso->domain);
    perso->order = NULL;
    if (error == JUMIN_OK) {
        error = read_back_card(perso, order, now);
    }
    if (error == JUMIN_OK) {
        order->on_card = false;
        perso->detail[0] = '\0';
    }
    return error;
}
