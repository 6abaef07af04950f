// PKCS#11 URIs (RFC 7512): what names a token and a key in it.
// SPDX-License-Identifier: Apache-2.0
#include "host/token/session.h"

#include <stdlib.h>

static const char scheme[] = "pkcs11:";

bool token_is_uri(struct span text)
{
    return text.n >= sizeof scheme - 1 && memcmp(text.p, scheme, sizeof scheme - 1) == 0;
}

static const char *what_is_wrong(P11KitUri *uri)
{
    if (p11_kit_uri_any_unrecognized(uri)) {
        return "has a part that nobody knows";
    }
    // It would stand in files, histories and lists of processes.
    if (p11_kit_uri_get_pin_value(uri) != NULL) {
        return "has a PIN in it: give pin-source=FILE instead";
    }
    if (p11_kit_uri_get_module_path(uri) == NULL) {
        return "does not say where the module is: ?module-path=FILE";
    }
    if (p11_kit_uri_get_pin_source(uri) != NULL && token_uri_pin_file(uri) == NULL) {
        return "has a pin-source that is no file";
    }
    return NULL;
}

P11KitUri *token_uri_parse(const char *text, struct detail *detail)
{
    P11KitUri *uri = p11_kit_uri_new();
    if (uri == NULL) {
        (void)detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
        return NULL;
    }
    const int code = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, uri);
    const char *wrong = code != P11_KIT_URI_OK          ? "is no PKCS#11 URI"
                        : strlen(text) >= TOKEN_URI_MAX ? "is too long"
                                                        : what_is_wrong(uri);
    if (wrong != NULL) {
        (void)detail_set(detail, JUMIN_ERROR_INPUT, "the URI of the key or token %s", wrong);
        p11_kit_uri_free(uri);
        return NULL;
    }
    return uri;
}

bool token_uri_format(P11KitUri *uri, char text[TOKEN_URI_MAX])
{
    char *formatted = NULL;
    const bool ok = p11_kit_uri_format(uri, P11_KIT_URI_FOR_ANY, &formatted) == P11_KIT_URI_OK &&
                    strlen(formatted) < TOKEN_URI_MAX;
    if (ok) {
        memcpy(text, formatted, strlen(formatted) + 1);
    }
    free(formatted);
    return ok;
}

// "file:/path", "file:///path" or a path (RFC 7512 §2.4); not "|program".
const char *token_uri_pin_file(const P11KitUri *uri)
{
    static const char file[] = "file:", no_host[] = "//";
    const char *path = p11_kit_uri_get_pin_source(uri);
    if (path != NULL && strncmp(path, file, sizeof file - 1) == 0) {
        path += sizeof file - 1;
        if (strncmp(path, no_host, sizeof no_host - 1) == 0) {
            path += sizeof no_host - 1;
        }
    }
    return path != NULL && path[0] == '/' ? path : NULL;
}

bool token_of_key(const char *key_uri, char token_uri[TOKEN_URI_MAX])
{
    struct detail ignored;
    P11KitUri *uri = token_uri_parse(key_uri, &ignored);
    if (uri == NULL) {
        return false;
    }
    p11_kit_uri_clear_attributes(uri);
    const bool ok = token_uri_format(uri, token_uri);
    p11_kit_uri_free(uri);
    return ok;
}

bool token_id_of_key(const char *key_uri, uint8_t *id, size_t capacity, size_t *n)
{
    struct detail ignored;
    P11KitUri *uri = token_uri_parse(key_uri, &ignored);
    const CK_ATTRIBUTE *found = uri != NULL ? p11_kit_uri_get_attribute(uri, CKA_ID) : NULL;
    const bool ok = found != NULL && found->ulValueLen > 0 && found->ulValueLen <= capacity;
    if (ok) {
        *n = found->ulValueLen;
        memcpy(id, found->pValue, *n);
    }
    p11_kit_uri_free(uri);
    return ok;
}

bool token_key_of_id(const char *token_uri, struct span id, char key_uri[TOKEN_URI_MAX])
{
    struct detail ignored;
    uint8_t bytes[64];
    P11KitUri *uri = id.n > 0 && id.n <= sizeof bytes ? token_uri_parse(token_uri, &ignored) : NULL;
    if (uri == NULL) {
        return false;
    }
    memcpy(bytes, id.p, id.n);
    CK_ATTRIBUTE attribute = {CKA_ID, bytes, id.n};
    const bool ok =
        p11_kit_uri_set_attribute(uri, &attribute) == P11_KIT_URI_OK && token_uri_format(uri, key_uri);
    p11_kit_uri_free(uri);
    return ok;
}
