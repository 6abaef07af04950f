// The steps of writing a card: authenticate, rotate keys, install, make keys, sign, write, lock.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/perso_internal.h"

#include "card/wire/dgi.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "host/perso/streams.h"
#include "host/pki/cv_date.h"

#include <stdlib.h>

enum { STREAM_MAX = 40000 }; // the DGIs of one application

// --- The secure channel ------------------------------------------------------------------------------------

// The transport keys serve a card that still has them; a card whose keys were rotated gets the issuer's only.
static bool find_keys(void *context, uint8_t key_version,
                      const uint8_t diversification[SCP03_DIVERSIFICATION], struct scp03_keys *keys)
{
    struct jumin_perso *perso = context;
    const struct jumin_master_key *master = key_version == KEY_VERSION_TRANSPORT ? perso->transport_key
                                            : key_version == KEY_VERSION_ISSUER  ? perso->issuer_key
                                                                                 : NULL;
    perso->key_error = JUMIN_OK;
    if (master == NULL) {
        return false;
    }
    perso->key_error =
        master_key_diversify(master, perso->order->on_card ? perso->order->diversification : diversification,
                             keys, &perso->key_detail);
    return perso->key_error == JUMIN_OK;
}

static enum jumin_error authenticate(struct jumin_perso *perso)
{
    enum jumin_error error = perso_begin(perso, JUMIN_PERSO_AUTHENTICATE);
    error = error == JUMIN_OK ? perso_domain_result(perso, security_domain_select(&perso->domain)) : error;
    if (error != JUMIN_OK) {
        return error;
    }
    error = perso_domain_result(perso, security_domain_open(&perso->domain, SCP03_S8, find_keys, perso));
    if (error == JUMIN_ERROR_KEYS_REFUSED && perso->key_error != JUMIN_OK) {
        return perso_fail(perso, perso->key_error, perso->key_detail.text);
    }
    if (error == JUMIN_ERROR_KEYS_REFUSED && perso->order->on_card) {
        return perso_fail(perso, JUMIN_ERROR_OTHER_CARD,
                          "this is not the card that the order was written to; it stays as it is");
    }
    // Only a card that has been locked draws its challenge at random.
    if (error == JUMIN_ERROR_KEYS_REFUSED && (perso->domain.i & SCP03_I_PSEUDO_RANDOM) == 0) {
        return perso_fail(perso, JUMIN_ERROR_ALREADY_PERSONALIZED,
                          "the card has been issued; it stays as it is");
    }
    return error;
}

static enum jumin_error refuse_finished_card(struct jumin_perso *perso)
{
    uint8_t life_cycle = 0;
    const enum jumin_error error =
        perso_domain_result(perso, security_domain_life_cycle(&perso->domain, &life_cycle));
    if (error != JUMIN_OK) {
        return error;
    }
    if (life_cycle == LIFE_CYCLE_SECURED) {
        return perso_fail(perso, JUMIN_ERROR_ALREADY_PERSONALIZED,
                          "the card has been issued; it stays as it is");
    }
    if (life_cycle != LIFE_CYCLE_OP_READY && life_cycle != LIFE_CYCLE_INITIALIZED) {
        return perso_fail(perso, JUMIN_ERROR_CARD_LOCKED, "the card is locked or terminated");
    }
    return JUMIN_OK;
}

static enum jumin_error begin_card(struct jumin_perso *perso)
{
    const struct jumin_perso_journal *journal = &perso->journal;
    _Static_assert((int)JUMIN_CARD_SERIAL == (int)SCP03_DIVERSIFICATION,
                   "the serial is what diversifies the keys");
    return journal->begun == NULL || journal->begun(journal->context, perso->domain.diversification)
               ? JUMIN_OK
               : perso_fail(perso, JUMIN_ERROR_CANCELLED, "the card was not accepted");
}

static enum jumin_error rotate_keys(struct jumin_perso *perso)
{
    struct scp03_keys keys = {0};
    enum jumin_error error = perso_begin(perso, JUMIN_PERSO_ROTATE_KEYS);
    if (error == JUMIN_OK) {
        error =
            master_key_diversify(perso->issuer_key, perso->domain.diversification, &keys, &perso->key_detail);
        error = error == JUMIN_OK ? JUMIN_OK : perso_fail(perso, error, perso->key_detail.text);
    }
    if (error == JUMIN_OK) {
        error = perso_domain_result(perso, security_domain_put_keys(&perso->domain, KEY_VERSION_TRANSPORT,
                                                                    KEY_VERSION_ISSUER, &keys));
    }
    crypto_wipe(&keys, sizeof keys);
    return error == JUMIN_OK ? authenticate(perso) : error;
}

// --- Applications ------------------------------------------------------------------------------------------

static bool order_has_application(const struct jumin_order *order, struct span application)
{
    const struct profile *profile = &order->profile;
    if (span_equal(application, AID_EMRTD)) {
        return profile->emrtd_groups != 0;
    }
    if (span_equal(application, AID_EID)) {
        return profile->eid_groups != 0;
    }
    return span_equal(application, AID_PROVISIONING) ? profile->provisioning : true;
}

// Those of the profile anew, whatever an interrupted run has left of any.
static enum jumin_error install(struct jumin_perso *perso)
{
    const struct span applications[] = {AID_EMRTD, AID_EID, AID_PROVISIONING, AID_MF};
    enum jumin_error error = perso_begin(perso, JUMIN_PERSO_INSTALL);
    for (size_t i = 0; i < sizeof applications / sizeof *applications && error == JUMIN_OK; i++) {
        error = perso_domain_result(perso, security_domain_delete(&perso->domain, applications[i]));
        if (error == JUMIN_OK && order_has_application(perso->order, applications[i])) {
            error = perso_domain_result(perso, security_domain_install(&perso->domain, applications[i]));
        }
    }
    return error;
}

// --- Keys --------------------------------------------------------------------------------------------------

// A key pair and who makes it.
struct key_request {
    const struct span *application;
    enum order_key key;
    uint16_t identifier; // of the DGI
    uint8_t key_id;
};

static const struct key_request key_requests[ORDER_KEYS] = {
    {&AID_EMRTD, ORDER_KEY_CHIP_AUTHENTICATION, DGI_GENERATE_CHIP_AUTHENTICATION_KEY, KEY_ID_EMRTD},
    {&AID_EMRTD, ORDER_KEY_ACTIVE_AUTHENTICATION, DGI_GENERATE_ACTIVE_AUTHENTICATION_KEY, KEY_ID_EMRTD},
    {&AID_MF, ORDER_KEY_CHIP, DGI_GENERATE_CHIP_KEY, KEY_ID_CHIP},
    {&AID_EID, ORDER_KEY_PSEUDONYM, DGI_GENERATE_RESTRICTED_IDENTIFICATION_KEY, KEY_ID_PSEUDONYM},
    {&AID_EID, ORDER_KEY_BLOCKING, DGI_GENERATE_RESTRICTED_IDENTIFICATION_BLOCKING_KEY, KEY_ID_BLOCKING},
};

static bool is_wanted(const struct jumin_perso *perso, const struct key_request *request,
                      struct span application)
{
    return span_equal(*request->application, application) && order_wants_key(perso->order, request->key);
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

// All key pairs that one application makes.
static enum jumin_error generate_keys_of(struct jumin_perso *perso, struct span application)
{
    const uint8_t parameter = pace_parameter_of_curve(crypto_ec_curve(&perso->pki->generation_key));
    uint8_t stream_bytes[64], answer_bytes[512], block = 0;
    struct writer stream = writer_of(stream_bytes, sizeof stream_bytes);
    struct writer answer = writer_of(answer_bytes, sizeof answer_bytes);
    for (size_t i = 0; i < ORDER_KEYS; i++) {
        const uint8_t content[] = {key_requests[i].key_id, parameter};
        if (is_wanted(perso, &key_requests[i], application)) {
            dgi_put(&stream, key_requests[i].identifier, span_of(content, sizeof content));
        }
    }
    if (stream.n == 0) {
        return JUMIN_OK;
    }
    enum jumin_error error =
        perso_domain_result(perso, security_domain_personalize(&perso->domain, application));
    if (error == JUMIN_OK) {
        error = perso_domain_result(perso, security_domain_store_data(&perso->domain, writer_span(&stream),
                                                                      false, &block, &answer, NULL, NULL));
    }
    if (error != JUMIN_OK) {
        return error;
    }
    struct span rest = writer_span(&answer);
    for (size_t i = 0; i < ORDER_KEYS; i++) {
        const struct key_request *request = &key_requests[i];
        if (is_wanted(perso, request, application) &&
            !take_point(&rest, request->identifier, perso->points.length,
                        perso->points.points[request->key])) {
            return perso_fail(perso, JUMIN_ERROR_MALFORMED, "the card does not answer with its public keys");
        }
    }
    return JUMIN_OK;
}

static enum jumin_error generate_keys(struct jumin_perso *perso)
{
    const struct span applications[] = {AID_EMRTD, AID_EID, AID_MF};
    perso->points.length = crypto_curve_point_length(crypto_ec_curve(&perso->pki->generation_key));
    enum jumin_error error = perso_begin(perso, JUMIN_PERSO_GENERATE_KEYS);
    for (size_t i = 0; i < sizeof applications / sizeof *applications && error == JUMIN_OK; i++) {
        error = generate_keys_of(perso, applications[i]);
    }
    return error;
}

// --- Data --------------------------------------------------------------------------------------------------

static enum jumin_error sign(struct jumin_perso *perso, int64_t now)
{
    const enum jumin_error error = perso_begin(perso, JUMIN_PERSO_SIGN);
    if (error != JUMIN_OK) {
        return error;
    }
    const enum jumin_error made = order_make_files(perso->order, perso->pki, &perso->points, now);
    if (made == JUMIN_ERROR_NOT_VALID_NOW) {
        return perso_fail(perso, made, "the document signer's certificate is not valid now");
    }
    if (made == JUMIN_ERROR_TOKEN || made == JUMIN_ERROR_TOKEN_PIN) {
        struct detail why;
        (void)signing_key_failure(&perso->pki->signer_key, &why);
        return perso_fail(perso, made, why.text);
    }
    return made == JUMIN_OK ? JUMIN_OK : perso_fail(perso, made, "the files cannot be made or signed");
}

// Writes what an application gets; it is PERSONALIZED then.
static enum jumin_error write_application(struct jumin_perso *perso, struct span application,
                                          const struct writer *stream)
{
    uint8_t block = 0;
    if (stream->overflow) {
        return perso_fail(perso, JUMIN_ERROR_TOO_LONG, "the data groups are too long for the chip");
    }
    const enum jumin_error error =
        perso_domain_result(perso, security_domain_personalize(&perso->domain, application));
    return error == JUMIN_OK
               ? perso_domain_result(perso, security_domain_store_data(&perso->domain, writer_span(stream),
                                                                       true, &block, NULL, perso_tell, perso))
               : error;
}

static enum jumin_error write_streams(struct jumin_perso *perso, uint8_t *bytes, cvc_date today)
{
    const struct jumin_order *order = perso->order;
    enum jumin_error error = JUMIN_OK;
    if (order_has_application(order, AID_EMRTD)) {
        struct writer stream = writer_of(bytes, STREAM_MAX);
        put_emrtd_stream(&stream, order);
        error = write_application(perso, AID_EMRTD, &stream);
    }
    if (error == JUMIN_OK && order_has_application(order, AID_EID)) {
        struct writer stream = writer_of(bytes, STREAM_MAX);
        put_eid_stream(&stream, order);
        error = write_application(perso, AID_EID, &stream);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    struct writer stream = writer_of(bytes, STREAM_MAX);
    if (!put_mf_stream(&stream, order, &perso->domain.keys, &perso->pki->generation_key, perso->trust_points,
                       today)) {
        return perso_fail(perso, JUMIN_ERROR_CRYPTO, "the passwords cannot be protected");
    }
    return write_application(perso, AID_MF, &stream);
}

static enum jumin_error write_all(struct jumin_perso *perso, int64_t now)
{
    cvc_date today = 0;
    enum jumin_error error = perso_begin(perso, JUMIN_PERSO_WRITE);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!cv_date_of(now, &today)) {
        return perso_fail(perso, JUMIN_ERROR_ARGUMENT, "the day is none that terminals' certificates know");
    }
    uint8_t *bytes = malloc(STREAM_MAX);
    if (bytes == NULL) {
        return perso_fail(perso, JUMIN_ERROR_MEMORY, "no memory");
    }
    error = write_streams(perso, bytes, today);
    crypto_wipe(bytes, STREAM_MAX);
    free(bytes);
    return error;
}

// --- The end -----------------------------------------------------------------------------------------------

// From here on the answer may be lost while the card is locked: the read-back finds out.
static enum jumin_error put_on_card(struct jumin_perso *perso)
{
    const struct jumin_perso_journal *journal = &perso->journal;
    struct jumin_order *order = perso->order;
    const enum jumin_error error = perso_begin(perso, JUMIN_PERSO_LOCK);
    if (error != JUMIN_OK) {
        return error;
    }
    order->on_card = true;
    memcpy(order->diversification, perso->domain.diversification, SCP03_DIVERSIFICATION);
    if (journal->locking != NULL && !journal->locking(journal->context, order)) {
        order->on_card = false;
        return perso_fail(perso, JUMIN_ERROR_CANCELLED, "that it is to be done cannot be noted");
    }
    return JUMIN_OK;
}

static enum jumin_error lock(struct jumin_perso *perso)
{
    enum jumin_error error =
        perso_domain_result(perso, security_domain_set_life_cycle(&perso->domain, LIFE_CYCLE_INITIALIZED));
    if (error == JUMIN_OK) {
        error =
            perso_domain_result(perso, security_domain_set_life_cycle(&perso->domain, LIFE_CYCLE_SECURED));
    }
    return error;
}

enum jumin_error perso_write_card(struct jumin_perso *perso, int64_t now)
{
    enum jumin_error error = authenticate(perso);
    error = error == JUMIN_OK ? refuse_finished_card(perso) : error;
    error = error == JUMIN_OK ? begin_card(perso) : error;
    if (error == JUMIN_OK && perso->domain.key_version == KEY_VERSION_TRANSPORT) {
        error = rotate_keys(perso);
    }
    error = error == JUMIN_OK ? install(perso) : error;
    error = error == JUMIN_OK ? generate_keys(perso) : error;
    error = error == JUMIN_OK ? sign(perso, now) : error;
    error = error == JUMIN_OK ? write_all(perso, now) : error;
    error = error == JUMIN_OK ? put_on_card(perso) : error;
    return error == JUMIN_OK ? lock(perso) : error;
}

enum jumin_error perso_finish_lock(struct jumin_perso *perso)
{
    uint8_t life_cycle = 0;
    enum jumin_error error = authenticate(perso);
    if (error == JUMIN_OK) {
        error = perso_domain_result(perso, security_domain_life_cycle(&perso->domain, &life_cycle));
    }
    if (error == JUMIN_OK && life_cycle != LIFE_CYCLE_SECURED) {
        error = perso_begin(perso, JUMIN_PERSO_LOCK);
        error = error == JUMIN_OK ? lock(perso) : error;
    }
    return error;
}
