// DeviceResponse (ISO 18013-5 §8.3.2.1.2.2) taken apart and checked.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_response.h"

static enum jumin_error malformed(struct detail *detail, const char *what)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "the response %s", what);
}

// --- Parsing -------------------------------------------------------------------------------------------------

static bool text_parse(struct span value, struct span *text)
{
    struct cbor_item item;
    return cbor_only(value, CBOR_TEXT, &item) && (*text = item.content, true);
}

// DeviceNameSpaces: {namespace: {identifier: any}}
static bool device_elements_check(struct span bytes)
{
    struct cbor_map namespaces, elements;
    struct cbor_item key;
    struct span value, element;
    if (!cbor_take_map(&bytes, &namespaces)) {
        return false;
    }
    while (cbor_next_pair(&namespaces, &key, &value)) {
        if (key.major != CBOR_TEXT || !cbor_take_map(&value, &elements) || elements.pairs == 0) {
            return false;
        }
        while (cbor_next_pair(&elements, &key, &element)) {
            if (key.major != CBOR_TEXT) {
                return false;
            }
        }
        if (elements.pairs != 0) {
            return false;
        }
    }
    return namespaces.pairs == 0;
}

// DeviceAuth: exactly one of the two.
static enum jumin_error device_auth_parse(struct span bytes, struct device_document *document,
                                          struct detail *detail)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value;
    const char *why = NULL;
    bool good = false;
    if (!cbor_take_map(&bytes, &map) || map.pairs != 1 || !cbor_next_pair(&map, &key, &value)) {
        return malformed(detail, "does not have just one device authentication");
    }
    if (cbor_key_is(&key, "deviceSignature")) {
        document->method = DEVICE_AUTH_SIGNATURE;
        good = cose_sign1_parse(value, COSE_UNTAGGED, &document->device_auth, &why);
    } else if (cbor_key_is(&key, "deviceMac")) {
        document->method = DEVICE_AUTH_MAC;
        good = cose_mac0_parse(value, &document->device_auth, &why);
    } else {
        return malformed(detail, "has a device authentication that is not known");
    }
    if (!good) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the device's %s %s",
                          document->method == DEVICE_AUTH_MAC ? "MAC" : "signature", why);
    }
    if (!document->device_auth.detached) {
        return malformed(detail, "has a device authentication whose payload is not detached");
    }
    return JUMIN_OK;
}

static enum jumin_error device_signed_parse(struct span bytes, struct device_document *document,
                                            struct detail *detail)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value, device_auth = {0};
    if (!cbor_take_map(&bytes, &map)) {
        return malformed(detail, "has no deviceSigned");
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (cbor_key_is(&key, "nameSpaces")) {
            if (!cbor_take_embedded(&value, &document->name_spaces, &document->device_elements) ||
                !device_elements_check(document->device_elements)) {
                return malformed(detail, "has device-signed elements that are malformed");
            }
        } else if (cbor_key_is(&key, "deviceAuth")) {
            device_auth = value;
        }
    }
    if (map.pairs != 0 || document->name_spaces.n == 0) {
        return malformed(detail, "has no deviceSigned");
    }
    return device_auth_parse(device_auth, document, detail);
}

static enum jumin_error document_parse(struct span bytes, struct device_document *document,
                                       struct detail *detail)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value, issuer_signed = {0}, device_signed = {0};
    *document = (struct device_document){0};
    if (!cbor_take_map(&bytes, &map)) {
        return malformed(detail, "has a document that is no map");
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (cbor_key_is(&key, "docType")) {
            if (!text_parse(value, &document->doc_type)) {
                return malformed(detail, "has a document whose type is no text");
            }
        } else if (cbor_key_is(&key, "issuerSigned")) {
            issuer_signed = value;
        } else if (cbor_key_is(&key, "deviceSigned")) {
            device_signed = value;
        } else if (cbor_key_is(&key, "errors")) {
            document->errors = value;
        }
    }
    if (map.pairs != 0 || document->doc_type.n == 0 || issuer_signed.n == 0 || device_signed.n == 0) {
        return malformed(detail, "has a document without docType, issuerSigned or deviceSigned");
    }
    const enum jumin_error error = issuer_signed_parse(issuer_signed, &document->issuer_signed, detail);
    return error == JUMIN_OK ? device_signed_parse(device_signed, document, detail) : error;
}

static enum jumin_error documents_parse(struct span bytes, struct device_response *response,
                                        struct detail *detail)
{
    struct cbor_item head;
    if (!cbor_expect(&bytes, CBOR_ARRAY, &head) || head.number == 0 || head.number > MDOC_DOCUMENTS_MAX) {
        return malformed(detail, "has documents that are no list, or too many of them");
    }
    for (size_t i = 0; i < head.number; i++) {
        struct span document;
        enum jumin_error error = JUMIN_ERROR_MALFORMED;
        if (!cbor_skip(&bytes, &document)) {
            return malformed(detail, "has documents that are malformed");
        }
        error = document_parse(document, &response->documents[i], detail);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    response->count = (size_t)head.number;
    return JUMIN_OK;
}

enum jumin_error device_response_parse(struct span bytes, struct device_response *response,
                                       struct detail *detail)
{
    struct cbor_map map;
    struct cbor_item key, item;
    struct span value, version = {0}, documents = {0};
    bool has_status = false;
    response->count = 0;
    response->document_errors = span_of(NULL, 0);
    if (!cbor_take_map(&bytes, &map) || bytes.n != 0) {
        return malformed(detail, "is no map, or not CBOR in its strict form");
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (cbor_key_is(&key, "version")) {
            (void)text_parse(value, &version);
        } else if (cbor_key_is(&key, "documents")) {
            documents = value;
        } else if (cbor_key_is(&key, "documentErrors")) {
            response->document_errors = value;
        } else if (cbor_key_is(&key, "status")) {
            has_status = cbor_only(value, CBOR_UNSIGNED, &item);
            response->status = item.number;
        }
    }
    if (map.pairs != 0 || !has_status) {
        return malformed(detail, "has no status");
    }
    if (!span_equal(span_first(version, 2), span_of("1.", 2))) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "the response is not of version 1");
    }
    return documents.n == 0 ? JUMIN_OK : documents_parse(documents, response, detail);
}

// --- Device authentication -----------------------------------------------------------------------------------

static bool list_has(struct span bytes, struct span text)
{
    struct cbor_item head, item;
    if (!cbor_expect(&bytes, CBOR_ARRAY, &head)) {
        return false;
    }
    while (cbor_expect(&bytes, CBOR_TEXT, &item)) {
        if (span_equal(item.content, text)) {
            return true;
        }
    }
    return false;
}

// KeyAuthorizations (§9.1.2.4): whole namespaces, or single elements of one.
static bool is_authorized(struct span authorizations, struct span name_space, struct span identifier)
{
    struct cbor_map map, elements;
    struct cbor_item key;
    struct span value;
    if (!cbor_take_map(&authorizations, &map)) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (cbor_key_is(&key, "nameSpaces") && list_has(value, name_space)) {
            return true;
        }
        if (!cbor_key_is(&key, "dataElements") || !cbor_take_map(&value, &elements)) {
            continue;
        }
        while (cbor_next_pair(&elements, &key, &value)) {
            if (key.major == CBOR_TEXT && span_equal(key.content, name_space) &&
                list_has(value, identifier)) {
                return true;
            }
        }
    }
    return false;
}

static bool are_authorized(const struct device_document *document)
{
    struct span bytes = document->device_elements, value, ignored;
    struct cbor_map namespaces, elements;
    struct cbor_item name, identifier;
    if (!cbor_take_map(&bytes, &namespaces)) {
        return false;
    }
    while (cbor_next_pair(&namespaces, &name, &value)) {
        if (!cbor_take_map(&value, &elements)) {
            return false;
        }
        while (cbor_next_pair(&elements, &identifier, &ignored)) {
            if (!is_authorized(document->issuer_signed.mso.key_authorizations, name.content,
                               identifier.content)) {
                return false;
            }
        }
    }
    return true;
}

static enum jumin_error verify_signature(const struct device_document *document, struct span authentication,
                                         struct detail *detail)
{
    struct crypto_ec_key key = {0};
    if (!crypto_ec_load_public(&key, CRYPTO_P256,
                               span_of(document->issuer_signed.mso.device_key, SIGNER_POINT))) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the credential's device key is no point of P-256");
    }
    const bool good = cose_sign1_verify(&document->device_auth, &key, span_of(NULL, 0), authentication);
    crypto_ec_release(&key);
    return good ? JUMIN_OK
                : detail_set(detail, JUMIN_ERROR_CLONED,
                             "the device's signature is not by the credential's key, or for another session");
}

static enum jumin_error verify_mac(const struct device_document *document, struct span transcript,
                                   struct span authentication, const struct signer *reader,
                                   struct detail *detail)
{
    uint8_t key[COSE_MAC];
    if (reader == NULL) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "the device answers by a MAC, which only the reader's session key can check");
    }
    if (!device_mac_key(reader, span_of(document->issuer_signed.mso.device_key, SIGNER_POINT), transcript,
                        key)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the credential's device key is no point of P-256");
    }
    const bool good = cose_mac0_verify(&document->device_auth, key, authentication);
    crypto_wipe(key, sizeof key);
    return good ? JUMIN_OK
                : detail_set(detail, JUMIN_ERROR_CLONED,
                             "the device's MAC is not by the credential's key, or for another session");
}

enum jumin_error device_document_authenticate(const struct device_document *document, struct span transcript,
                                              const struct signer *reader, struct detail *detail)
{
    uint8_t bytes[DEVICE_AUTHENTICATION_MAX];
    struct writer authentication = writer_of(bytes, sizeof bytes);
    device_authentication_put(&authentication, transcript, document->doc_type, document->name_spaces);
    if (authentication.overflow) {
        return detail_set(detail, JUMIN_ERROR_TOO_LONG, "the device has signed more than is looked at");
    }
    if (!are_authorized(document)) {
        return detail_set(detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "the device has signed elements that the issuer does not let it sign");
    }
    return document->method == DEVICE_AUTH_SIGNATURE
               ? verify_signature(document, writer_span(&authentication), detail)
               : verify_mac(document, transcript, writer_span(&authentication), reader, detail);
}

enum jumin_error device_document_verify(const struct device_document *document,
                                        const struct mdoc_rules *rules, struct span transcript,
                                        const struct signer *reader, struct detail *detail)
{
    const enum jumin_error error =
        issuer_signed_verify(&document->issuer_signed, document->doc_type, rules, detail);
    return error == JUMIN_OK ? device_document_authenticate(document, transcript, reader, detail) : error;
}
