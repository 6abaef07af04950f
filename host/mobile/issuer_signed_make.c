// IssuerSigned as its issuer makes it (ISO 18013-5 §9.1.2.4, §9.1.2.5).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/issuer_signed.h"

enum {
    ITEM_MEMBERS = 4,
    PAYLOAD_MAX = 49152, // of a mobile security object with all namespaces full
    ORDER_BYTES = 4,     // random bytes for each place of the shuffled order
};

// What an item, or a decoy, needs of chance.
struct chance {
    uint8_t random[MDOC_RANDOM];
    uint8_t order[ORDER_BYTES];
};

struct workspace {
    uint8_t digests[MDOC_NAMESPACES_MAX][MDOC_ELEMENTS_MAX][SIGNER_DIGEST];
    uint8_t payload[PAYLOAD_MAX];
    struct chance chances[MDOC_ELEMENTS_MAX]; // of the present namespace
};

// A random order of 0 to n - 1 (Fisher and Yates). 32 random bits for a choice among 128 at most: the choices
// differ in likelihood by 2^-25.
static void shuffle(const struct chance *chances, size_t n, size_t *ids)
{
    for (size_t i = 0; i < n; i++) {
        ids[i] = i;
    }
    for (size_t i = n; i > 1; i--) {
        const uint8_t *b = chances[i - 1].order;
        const uint32_t number =
            (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
        const size_t other = number % i, kept = ids[i - 1];
        ids[i - 1] = ids[other];
        ids[other] = kept;
    }
}

// IssuerSignedItemBytes; false when `w` is full.
static bool put_item(struct writer *w, uint64_t digest_id, const uint8_t random[MDOC_RANDOM],
                     const struct mdoc_element *element, uint8_t digest[SIGNER_DIGEST])
{
    const size_t start = w->n;
    const size_t opened = cbor_open_embedded(w);
    cbor_put_map(w, ITEM_MEMBERS);
    cbor_put_string(w, "digestID");
    cbor_put_unsigned(w, digest_id);
    cbor_put_string(w, "random");
    cbor_put_bytes(w, span_of(random, MDOC_RANDOM));
    cbor_put_string(w, "elementIdentifier");
    cbor_put_text(w, element->identifier);
    cbor_put_string(w, "elementValue");
    writer_put(w, element->value);
    cbor_close_bytes(w, opened);
    const struct span item = span_from(writer_span(w), start);
    return !w->overflow && crypto_hash_parts(CRYPTO_SHA256, &item, 1, digest);
}

static enum jumin_error put_namespace(struct writer *w, const struct mdoc_namespace *name_space,
                                      size_t decoys, const struct crypto_random *random,
                                      struct chance *chances, uint8_t digests[][SIGNER_DIGEST])
{
    const size_t total = name_space->count + decoys;
    size_t ids[MDOC_ELEMENTS_MAX];
    if (!random->fill(random->context, (uint8_t *)chances, total * sizeof *chances)) {
        return JUMIN_ERROR_CRYPTO;
    }
    shuffle(chances, total, ids);
    cbor_put_text(w, name_space->name);
    cbor_put_array(w, name_space->count);
    for (size_t i = 0; i < name_space->count; i++) {
        if (!put_item(w, ids[i], chances[i].random, &name_space->elements[i], digests[ids[i]])) {
            return w->overflow ? JUMIN_ERROR_TOO_LONG : JUMIN_ERROR_CRYPTO;
        }
    }
    // A digest of nothing looks like every other digest: random.
    for (size_t i = name_space->count; i < total; i++) {
        memcpy(digests[ids[i]], chances[i].random, SIGNER_DIGEST);
    }
    return JUMIN_OK;
}

static bool namespace_is_sound(const struct mdoc_namespace *name_space, size_t decoys)
{
    if (name_space->count == 0 || decoys > MDOC_ELEMENTS_MAX ||
        name_space->count > MDOC_ELEMENTS_MAX - decoys) {
        return false;
    }
    for (size_t i = 0; i < name_space->count; i++) {
        const struct mdoc_element *element = &name_space->elements[i];
        struct span rest = element->value, whole;
        if (element->identifier.n == 0 || !cbor_take(&rest, &whole) || rest.n != 0) {
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            if (span_equal(element->identifier, name_space->elements[k].identifier)) {
                return false;
            }
        }
    }
    return true;
}

static bool order_is_sound(const struct issuer_signed_order *order)
{
    const struct mdoc_validity *validity = &order->validity;
    if (order->doc_type.n == 0 || order->namespace_count == 0 ||
        order->namespace_count > MDOC_NAMESPACES_MAX || order->chain_count == 0 ||
        order->chain_count > COSE_CHAIN_MAX || validity->signed_at > validity->valid_from ||
        validity->valid_from >= validity->valid_until) {
        return false;
    }
    for (size_t i = 0; i < order->namespace_count; i++) {
        if (!namespace_is_sound(&order->namespaces[i], order->decoys)) {
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            if (span_equal(order->namespaces[i].name, order->namespaces[k].name)) {
                return false;
            }
        }
    }
    return true;
}

static enum jumin_error make(const struct issuer_signed_order *order, const struct signer *signer,
                             const struct crypto_random *random, struct workspace *work, struct writer *w)
{
    struct mdoc_digests digests[MDOC_NAMESPACES_MAX];
    struct writer payload = writer_of(work->payload, sizeof work->payload);
    cbor_put_map(w, 2);
    cbor_put_string(w, "nameSpaces");
    cbor_put_map(w, order->namespace_count);
    for (size_t i = 0; i < order->namespace_count; i++) {
        const struct mdoc_namespace *name_space = &order->namespaces[i];
        const enum jumin_error error =
            put_namespace(w, name_space, order->decoys, random, work->chances, work->digests[i]);
        if (error != JUMIN_OK) {
            return error;
        }
        digests[i] =
            (struct mdoc_digests){name_space->name, work->digests[i], name_space->count + order->decoys};
    }
    mdoc_mso_put(&payload, digests, order->namespace_count, order->device_key, order->doc_type,
                 &order->validity, &order->status);
    if (payload.overflow) {
        return JUMIN_ERROR_TOO_LONG;
    }
    const struct cose_header header = {
        .algorithm = order->algorithm, .chain = order->chain, .chain_count = order->chain_count};
    cbor_put_string(w, "issuerAuth");
    if (!cose_sign1_put(w, &header, writer_span(&payload), signer)) {
        return w->overflow ? JUMIN_ERROR_TOO_LONG : JUMIN_ERROR_CRYPTO;
    }
    return JUMIN_OK;
}

enum jumin_error issuer_signed_make(const struct issuer_signed_order *order, const struct signer *signer,
                                    const struct crypto_random *random, struct writer *w)
{
    struct workspace work;
    if (!order_is_sound(order)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = make(order, signer, random, &work, w);
    crypto_wipe(work.chances, sizeof work.chances);
    return error;
}
