// DeviceResponse (ISO 18013-5 §8.3.2.1.2.2) as a wallet makes it.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_response.h"

static bool is_shown(const struct device_presentation *presentation, const struct issuer_signed_item *item)
{
    for (size_t i = 0; i < presentation->element_count; i++) {
        if (span_equal(presentation->elements[i].name_space, item->name_space) &&
            span_equal(presentation->elements[i].identifier, item->identifier)) {
            return true;
        }
    }
    return false;
}

// The namespaces with something to show, in the credential's order; false when there are none.
static bool put_namespaces(struct writer *w, const struct device_presentation *presentation)
{
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    struct span name_space = {0};
    size_t namespaces = 0, items = 0, opened_items = 0;
    const size_t opened = cbor_open_items(w);
    issuer_signed_begin(presentation->credential, &walk);
    while (issuer_signed_next(&walk, &item)) {
        if (!is_shown(presentation, &item)) {
            continue;
        }
        if (namespaces == 0 || item.name_space.p != name_space.p) {
            if (namespaces > 0) {
                cbor_close_array(w, opened_items, items);
            }
            name_space = item.name_space;
            cbor_put_text(w, name_space);
            opened_items = cbor_open_items(w);
            items = 0;
            namespaces++;
        }
        writer_put(w, item.whole);
        items++;
    }
    if (namespaces > 0) {
        cbor_close_array(w, opened_items, items);
        cbor_close_map(w, opened, namespaces);
    }
    return namespaces > 0;
}

static void put_issuer_signed(struct writer *w, const struct device_presentation *presentation)
{
    const size_t opened = cbor_open_items(w);
    cbor_put_string(w, "nameSpaces");
    const bool shows = put_namespaces(w, presentation);
    if (!shows && !w->overflow) {
        w->n = opened;
    }
    cbor_put_string(w, "issuerAuth");
    writer_put(w, presentation->credential->issuer_auth);
    cbor_close_map(w, opened, shows ? 2 : 1);
}

static bool put_mac(struct writer *w, const struct device_presentation *presentation, struct span transcript,
                    struct span authentication)
{
    uint8_t key[COSE_MAC];
    const bool ok = device_mac_key(presentation->device, presentation->reader_key, transcript, key) &&
                    cose_mac0_put(w, key, authentication);
    crypto_wipe(key, sizeof key);
    return ok;
}

static enum jumin_error put_device_auth(struct writer *w, const struct device_presentation *presentation,
                                        struct span transcript, struct span name_spaces)
{
    static const struct cose_header header = {.algorithm = COSE_ES256, .detached = true};
    uint8_t bytes[DEVICE_AUTHENTICATION_MAX];
    struct writer authentication = writer_of(bytes, sizeof bytes);
    const bool is_mac = presentation->method == DEVICE_AUTH_MAC;
    device_authentication_put(&authentication, transcript, presentation->credential->mso.doc_type,
                              name_spaces);
    if (authentication.overflow) {
        return JUMIN_ERROR_TOO_LONG;
    }
    cbor_put_map(w, 1);
    cbor_put_string(w, is_mac ? "deviceMac" : "deviceSignature");
    if (is_mac ? !put_mac(w, presentation, transcript, writer_span(&authentication))
               : !cose_sign1_put(w, &header, writer_span(&authentication), presentation->device)) {
        return w->overflow ? JUMIN_ERROR_TOO_LONG : JUMIN_ERROR_CRYPTO;
    }
    return JUMIN_OK;
}

static enum jumin_error put_document(struct writer *w, const struct device_presentation *presentation,
                                     struct span transcript)
{
    static const uint8_t empty_map = 0xA0;
    cbor_put_map(w, 3);
    cbor_put_string(w, "docType");
    cbor_put_text(w, presentation->credential->mso.doc_type);
    cbor_put_string(w, "issuerSigned");
    put_issuer_signed(w, presentation);
    cbor_put_string(w, "deviceSigned");
    cbor_put_map(w, 2);
    cbor_put_string(w, "nameSpaces");
    const size_t start = w->n;
    const size_t opened = cbor_open_embedded(w);
    writer_put(w, presentation->name_spaces.n > 0 ? presentation->name_spaces : span_of(&empty_map, 1));
    cbor_close_bytes(w, opened);
    if (w->overflow) {
        return JUMIN_ERROR_TOO_LONG;
    }
    const struct span name_spaces = span_from(writer_span(w), start);
    cbor_put_string(w, "deviceAuth");
    return put_device_auth(w, presentation, transcript, name_spaces);
}

static bool is_sound(const struct device_presentation *presentation)
{
    return memcmp(presentation->credential->mso.device_key, presentation->device->point, SIGNER_POINT) == 0 &&
           (presentation->method != DEVICE_AUTH_MAC || presentation->reader_key.n == SIGNER_POINT);
}

enum jumin_error device_response_make(struct span transcript, enum device_response_status status,
                                      const struct device_presentation *presentations, size_t count,
                                      struct writer *w)
{
    if (count > MDOC_DOCUMENTS_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_sound(&presentations[i])) {
            return JUMIN_ERROR_ARGUMENT;
        }
    }
    cbor_put_map(w, count > 0 ? 3 : 2);
    cbor_put_string(w, "version");
    cbor_put_string(w, "1.0");
    if (count > 0) {
        cbor_put_string(w, "documents");
        cbor_put_array(w, count);
    }
    for (size_t i = 0; i < count; i++) {
        const enum jumin_error error = put_document(w, &presentations[i], transcript);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    cbor_put_string(w, "status");
    cbor_put_unsigned(w, status);
    return w->overflow ? JUMIN_ERROR_TOO_LONG : JUMIN_OK;
}
