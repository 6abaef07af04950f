// COSE (RFC 9052): messages taken apart, verified and made.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/cose.h"

enum {
    HEADER_ALGORITHM = 1, // RFC 9052 §3.1
    HEADER_CRITICAL = 2,
    HEADER_TYPE = 16,    // RFC 9596 §2
    HEADER_CHAIN = 33,   // RFC 9360 §2
    MESSAGE_MEMBERS = 4, // RFC 9052 §4.2, §6.2
    STRUCTURE_MEMBERS = 4,
    HEAD_MAX = 16 + 2 * 9, // of Sig_structure: array, context, and the head of the protected header
    MAC_STRUCTURE_MAX = 16384,
    ES384_SIGNATURE = 96,
};

// --- Headers -------------------------------------------------------------------------------------------------

static bool is_label(const struct cbor_item *key, uint64_t label)
{
    return key->major == CBOR_UNSIGNED && key->number == label;
}

static bool algorithm_parse(struct span value, struct cose_message *message)
{
    int64_t number = 0;
    if (!cbor_integer(value, &number) ||
        (number != COSE_HMAC_256 && number != COSE_ES256 && number != COSE_ESP256 && number != COSE_ES384)) {
        return false;
    }
    message->algorithm = (enum cose_algorithm)number;
    return true;
}

// COSE_X509 = bstr / [2*certs: bstr]
static bool chain_parse(struct span value, struct cose_message *message)
{
    struct cbor_item item, certificate;
    if (cbor_only(value, CBOR_BYTES, &item)) {
        message->chain[0] = item.content;
        message->chain_count = 1;
        return item.content.n > 0;
    }
    if (!cbor_expect(&value, CBOR_ARRAY, &item) || item.number < 2 || item.number > COSE_CHAIN_MAX) {
        return false;
    }
    for (size_t i = 0; i < item.number; i++) {
        if (!cbor_expect(&value, CBOR_BYTES, &certificate) || certificate.content.n == 0) {
            return false;
        }
        message->chain[i] = certificate.content;
    }
    message->chain_count = (size_t)item.number;
    return value.n == 0;
}

static bool type_parse(struct span value, struct cose_message *message)
{
    struct cbor_item item;
    if (!cbor_only(value, CBOR_TEXT, &item)) {
        return false;
    }
    message->type = item.content;
    return true;
}

// One of the two maps. `*has_algorithm`: it is among them.
static bool headers_parse(struct cbor_map map, bool is_protected, struct cose_message *message,
                          bool *has_algorithm, const char **why)
{
    struct cbor_item key;
    struct span value;
    while (cbor_next_pair(&map, &key, &value)) {
        if (is_label(&key, HEADER_ALGORITHM)) {
            *why =
                is_protected ? "has an algorithm that is not known" : "has an algorithm that is not signed";
            *has_algorithm = true;
            if (!is_protected || !algorithm_parse(value, message)) {
                return false;
            }
        } else if (is_label(&key, HEADER_CRITICAL)) {
            *why = "has critical headers that are not known";
            return false;
        } else if (is_label(&key, HEADER_CHAIN)) {
            *why = "has a chain of certificates (x5chain) that is malformed";
            message->chain_protected = is_protected;
            if (!chain_parse(value, message)) {
                return false;
            }
        } else if (is_label(&key, HEADER_TYPE) && is_protected) {
            *why = "has a type that is no text";
            if (!type_parse(value, message)) {
                return false;
            }
        }
    }
    *why = "has headers that are malformed";
    return map.pairs == 0;
}

static bool has_label(struct cbor_map map, const struct cbor_item *label)
{
    struct cbor_item key;
    struct span value;
    while (cbor_next_pair(&map, &key, &value)) {
        if (key.major == label->major && key.number == label->number &&
            (key.major != CBOR_TEXT || span_equal(key.content, label->content))) {
            return true;
        }
    }
    return false;
}

// Labels are different over both maps (RFC 9052 §3).
static bool labels_differ(struct cbor_map a, struct cbor_map b)
{
    struct cbor_item key;
    struct span value;
    while (cbor_next_pair(&a, &key, &value)) {
        if (has_label(b, &key)) {
            return false;
        }
    }
    return true;
}

// --- Messages ------------------------------------------------------------------------------------------------

static bool payload_parse(struct span *cursor, struct cose_message *message)
{
    struct cbor_item item;
    if (!cbor_next(cursor, &item)) {
        return false;
    }
    message->detached = item.major == CBOR_SIMPLE && item.number == CBOR_NULL;
    message->payload = item.content;
    return message->detached || item.major == CBOR_BYTES;
}

static bool message_parse(struct span bytes, enum cose_tagged tagged, struct cose_message *message,
                          const char **why)
{
    struct cbor_item item, protected_header, proof;
    struct cbor_map protected_map, unprotected_map;
    bool has_algorithm = false;
    *message = (struct cose_message){.whole = bytes};
    if (tagged == COSE_TAGGED) {
        *why = "lacks the tag of COSE_Sign1";
        if (!cbor_expect(&bytes, CBOR_TAG, &item) || item.number != COSE_TAG_SIGN1) {
            return false;
        }
    }
    *why = "is no array of four (a tag is not allowed here either)";
    if (!cbor_expect(&bytes, CBOR_ARRAY, &item) || item.number != MESSAGE_MEMBERS) {
        return false;
    }
    *why = "is malformed";
    if (!cbor_expect(&bytes, CBOR_BYTES, &protected_header) || !cbor_take_map(&bytes, &unprotected_map) ||
        !payload_parse(&bytes, message) || !cbor_expect(&bytes, CBOR_BYTES, &proof) || bytes.n != 0) {
        return false;
    }
    message->protected_header = protected_header.content;
    message->proof = proof.content;
    struct span rest = message->protected_header;
    *why = "has protected headers that are no map";
    if (!cbor_take_map(&rest, &protected_map) || rest.n != 0) {
        return false;
    }
    *why = "has a header twice";
    if (!labels_differ(unprotected_map, protected_map)) {
        return false;
    }
    if (!headers_parse(protected_map, true, message, &has_algorithm, why) ||
        !headers_parse(unprotected_map, false, message, &has_algorithm, why)) {
        return false;
    }
    *why = "names no algorithm";
    return has_algorithm;
}

bool cose_sign1_parse(struct span bytes, enum cose_tagged tagged, struct cose_message *message,
                      const char **why)
{
    if (!message_parse(bytes, tagged, message, why)) {
        return false;
    }
    *why = "has an algorithm that is no signature";
    return message->algorithm != COSE_HMAC_256;
}

bool cose_mac0_parse(struct span bytes, struct cose_message *message, const char **why)
{
    if (!message_parse(bytes, COSE_UNTAGGED, message, why)) {
        return false;
    }
    *why = "has an algorithm that is not HMAC 256/256";
    return message->algorithm == COSE_HMAC_256;
}

// --- Signatures ----------------------------------------------------------------------------------------------

// The digest of Sig_structure (RFC 9052 §4.4), whose parts are not copied.
static bool signed_digest(enum crypto_hash hash, struct span protected_header, struct span external,
                          struct span payload, uint8_t *digest)
{
    uint8_t bytes[3][HEAD_MAX];
    struct writer start = writer_of(bytes[0], HEAD_MAX), middle = writer_of(bytes[1], HEAD_MAX),
                  end = writer_of(bytes[2], HEAD_MAX);
    cbor_put_array(&start, STRUCTURE_MEMBERS);
    cbor_put_string(&start, "Signature1");
    cbor_put_bytes_head(&start, protected_header.n);
    cbor_put_bytes_head(&middle, external.n);
    cbor_put_bytes_head(&end, payload.n);
    const struct span parts[] = {writer_span(&start), protected_header, writer_span(&middle), external,
                                 writer_span(&end),   payload};
    return crypto_hash_parts(hash, parts, sizeof parts / sizeof *parts, digest);
}

bool cose_sign1_verify(const struct cose_message *message, const struct crypto_ec_key *key,
                       struct span external, struct span detached)
{
    const bool is_384 = message->algorithm == COSE_ES384;
    const enum crypto_hash hash = is_384 ? CRYPTO_SHA384 : CRYPTO_SHA256;
    const enum crypto_curve curve = is_384 ? CRYPTO_P384 : CRYPTO_P256;
    uint8_t digest[CRYPTO_HASH_MAX];
    if (message->algorithm == COSE_HMAC_256 || crypto_ec_curve(key) != curve ||
        message->proof.n != (is_384 ? ES384_SIGNATURE : SIGNER_SIGNATURE) ||
        (!message->detached && detached.n != 0)) {
        return false;
    }
    return signed_digest(hash, message->protected_header, external,
                         message->detached ? detached : message->payload, digest) &&
           crypto_ecdsa_verify(key, span_of(digest, crypto_hash_length(hash)), message->proof);
}

// --- MACs ----------------------------------------------------------------------------------------------------

// MAC_structure (RFC 9052 §6.3), without external data.
static bool compute_mac(const uint8_t key[COSE_MAC], struct span protected_header, struct span payload,
                        uint8_t mac[COSE_MAC])
{
    uint8_t bytes[MAC_STRUCTURE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    cbor_put_array(&w, STRUCTURE_MEMBERS);
    cbor_put_string(&w, "MAC0");
    cbor_put_bytes(&w, protected_header);
    cbor_put_bytes(&w, span_of(NULL, 0));
    cbor_put_bytes(&w, payload);
    return !w.overflow && crypto_hmac(CRYPTO_SHA256, span_of(key, COSE_MAC), writer_span(&w), mac);
}

bool cose_mac0_verify(const struct cose_message *message, const uint8_t key[COSE_MAC], struct span detached)
{
    uint8_t mac[COSE_MAC];
    return message->algorithm == COSE_HMAC_256 && message->proof.n == COSE_MAC &&
           (message->detached || detached.n == 0) &&
           compute_mac(key, message->protected_header, message->detached ? detached : message->payload,
                       mac) &&
           crypto_equal(mac, message->proof.p, COSE_MAC);
}

// --- Making --------------------------------------------------------------------------------------------------

static void put_chain(struct writer *w, const struct cose_header *header)
{
    cbor_put_unsigned(w, HEADER_CHAIN);
    if (header->chain_count > 1) {
        cbor_put_array(w, header->chain_count);
    }
    for (size_t i = 0; i < header->chain_count; i++) {
        cbor_put_bytes(w, header->chain[i]);
    }
}

// Both maps; returns what the protected one's byte string holds.
static struct span put_headers(struct writer *w, const struct cose_header *header)
{
    const bool has_type = header->type != NULL, has_chain = header->chain_count > 0;
    const size_t opened = cbor_open_bytes(w);
    cbor_put_map(w, 1U + has_type + (has_chain && header->chain_protected));
    cbor_put_unsigned(w, HEADER_ALGORITHM);
    cbor_put_integer(w, header->algorithm);
    if (has_type) {
        cbor_put_unsigned(w, HEADER_TYPE);
        cbor_put_string(w, header->type);
    }
    if (has_chain && header->chain_protected) {
        put_chain(w, header);
    }
    const size_t n = w->n - opened;
    cbor_close_bytes(w, opened);
    const struct span protected_header = span_of(w->p + w->n - n, n);
    cbor_put_map(w, has_chain && !header->chain_protected);
    if (has_chain && !header->chain_protected) {
        put_chain(w, header);
    }
    return protected_header;
}

bool cose_sign1_put(struct writer *w, const struct cose_header *header, struct span payload,
                    const struct signer *signer)
{
    uint8_t digest[SIGNER_DIGEST], signature[SIGNER_SIGNATURE];
    if ((header->algorithm != COSE_ES256 && header->algorithm != COSE_ESP256) ||
        header->chain_count > COSE_CHAIN_MAX) {
        return false;
    }
    if (header->tagged == COSE_TAGGED) {
        cbor_put_tag(w, COSE_TAG_SIGN1);
    }
    cbor_put_array(w, MESSAGE_MEMBERS);
    const struct span protected_header = put_headers(w, header);
    if (header->detached) {
        cbor_put_null(w);
    } else {
        cbor_put_bytes(w, payload);
    }
    if (w->overflow || !signed_digest(CRYPTO_SHA256, protected_header, span_of(NULL, 0), payload, digest) ||
        !signer->sign(signer->context, digest, signature)) {
        return false;
    }
    cbor_put_bytes(w, span_of(signature, sizeof signature));
    return !w->overflow;
}

bool cose_mac0_put(struct writer *w, const uint8_t key[COSE_MAC], struct span payload)
{
    static const struct cose_header header = {.algorithm = COSE_HMAC_256};
    uint8_t mac[COSE_MAC];
    cbor_put_array(w, MESSAGE_MEMBERS);
    const struct span protected_header = put_headers(w, &header);
    cbor_put_null(w);
    if (w->overflow || !compute_mac(key, protected_header, payload, mac)) {
        return false;
    }
    cbor_put_bytes(w, span_of(mac, sizeof mac));
    return !w->overflow;
}
