// CV certificates: parsed object by object, and verified (TR-03110-3 §C.1, §D).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/cvc.h"

#include "card/wire/calendar.h"

enum {
    COUNTRY = 2,
    SEQUENCE = 5,
};

// --- Dates -----------------------------------------------------------------------------------------------

bool cvc_date_parse(struct span value, cvc_date *date)
{
    if (value.n != CVC_DATE) {
        return false;
    }
    cvc_date number = 0;
    for (size_t i = 0; i < CVC_DATE; i++) {
        if (value.p[i] > 9) {
            return false;
        }
        number = 10 * number + value.p[i];
    }
    const unsigned day = number % 100;
    if (day < 1 || day > days_of_month(2000 + number / 10000, number / 100 % 100)) {
        return false;
    }
    *date = number;
    return true;
}

void cvc_date_put(cvc_date date, uint8_t value[CVC_DATE])
{
    for (size_t i = CVC_DATE; i-- > 0; date /= 10) {
        value[i] = (uint8_t)(date % 10);
    }
}

// --- Parsing ---------------------------------------------------------------------------------------------

static bool is_capital(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter_or_digit(uint8_t c)
{
    return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// ISO 8859-1 without control characters.
static bool is_printable(uint8_t c)
{
    return (c >= 0x20 && c <= 0x7E) || c >= 0xA0;
}

static bool all_are(struct span text, bool (*is)(uint8_t c))
{
    for (size_t i = 0; i < text.n; i++) {
        if (!is(text.p[i])) {
            return false;
        }
    }
    return true;
}

bool cvc_reference_valid(struct span reference)
{
    if (reference.n < CVC_REFERENCE_MIN || reference.n > CVC_REFERENCE_MAX) {
        return false;
    }
    const size_t mnemonic = reference.n - COUNTRY - SEQUENCE;
    return all_are(span_first(reference, COUNTRY), is_capital) &&
           all_are(span_of(reference.p + COUNTRY, mnemonic), is_printable) &&
           all_are(span_from(reference, COUNTRY + mnemonic), is_letter_or_digit);
}

static bool take_profile(struct span *content)
{
    struct tlv object;
    return tlv_expect(content, CVC_PROFILE, &object) && object.value.n == 1 &&
           object.value.p[0] == CVC_PROFILE_1;
}

static bool take_reference(struct span *content, uint32_t tag, struct span *reference)
{
    struct tlv object;
    if (!tlv_expect(content, tag, &object) || !cvc_reference_valid(object.value)) {
        return false;
    }
    *reference = object.value;
    return true;
}

static bool take_public_key(struct span *content, struct cv_certificate *certificate)
{
    struct tlv object;
    if (!tlv_expect(content, CVC_PUBLIC_KEY, &object)) {
        return false;
    }
    certificate->public_key = object.value;
    return cvc_public_key_parse(object.value, &certificate->key_oid, &certificate->point,
                                &certificate->has_parameters, &certificate->curve) &&
           oid_ta_ecdsa_parse(certificate->key_oid, &certificate->hash);
}

static bool take_chat(struct span *content, struct authorization *authorization)
{
    struct tlv object;
    return tlv_expect(content, TAG_CHAT, &object) && chat_parse(object.value, authorization);
}

static bool take_date(struct span *content, uint32_t tag, cvc_date *date)
{
    struct tlv object;
    return tlv_expect(content, tag, &object) && cvc_date_parse(object.value, date);
}

// Optional, and the last.
static bool take_extensions(struct span content, struct cv_certificate *certificate)
{
    struct tlv object;
    struct extensions extensions;
    if (content.n == 0) {
        return true;
    }
    if (!tlv_expect(&content, TAG_CERTIFICATE_EXTENSIONS, &object) || content.n != 0 ||
        !extensions_parse(object.value, &extensions)) {
        return false;
    }
    certificate->authorization.rights |= extensions.rights & rights_of_type(certificate->authorization.type);
    certificate->sectors = extensions.sectors;
    certificate->description = extensions.description;
    return true;
}

static bool parse_body(struct span content, struct cv_certificate *certificate)
{
    return take_profile(&content) && take_reference(&content, CVC_AUTHORITY, &certificate->authority) &&
           take_public_key(&content, certificate) &&
           take_reference(&content, CVC_HOLDER, &certificate->holder) &&
           take_chat(&content, &certificate->authorization) &&
           take_date(&content, CVC_EFFECTIVE, &certificate->effective) &&
           take_date(&content, CVC_EXPIRATION, &certificate->expiration) &&
           certificate->effective <= certificate->expiration && take_extensions(content, certificate);
}

// A self-signed CVCA certificate gives them, a link certificate may, others inherit them from their CVCA
// (TR-03110-3 §A.7.3.2).
static bool parameters_fit_role(const struct cv_certificate *certificate)
{
    if (certificate->authorization.role != ROLE_CVCA) {
        return !certificate->has_parameters;
    }
    return certificate->has_parameters || !span_equal(certificate->authority, certificate->holder);
}

static bool is_zero(struct span number)
{
    for (size_t i = 0; i < number.n; i++) {
        if (number.p[i] != 0) {
            return false;
        }
    }
    return true;
}

// r and s of the same length, none zero.
static bool signature_plausible(struct span signature)
{
    const size_t half = signature.n / 2;
    return signature.n % 2 == 0 && signature.n <= CRYPTO_SIGNATURE_MAX &&
           !is_zero(span_first(signature, half)) && !is_zero(span_from(signature, half));
}

bool cv_certificate_parse(struct span content, struct cv_certificate *certificate)
{
    struct tlv body;
    struct tlv signature;
    struct cv_certificate found = {0};
    *certificate = found;
    if (!tlv_expect(&content, CVC_BODY, &body) || !tlv_expect(&content, CVC_SIGNATURE, &signature) ||
        content.n != 0 || !parse_body(body.value, &found) || !parameters_fit_role(&found) ||
        !signature_plausible(signature.value)) {
        return false;
    }
    found.body = body.whole;
    found.signature = signature.value;
    *certificate = found;
    return true;
}

bool cv_certificate_parse_file(struct span file, struct cv_certificate *certificate)
{
    struct tlv object;
    *certificate = (struct cv_certificate){0};
    return tlv_expect(&file, CVC_CERTIFICATE, &object) && file.n == 0 &&
           cv_certificate_parse(object.value, certificate);
}

// --- Verifying -------------------------------------------------------------------------------------------

static bool is_point(enum crypto_curve curve, struct span point)
{
    struct crypto_ec_key key = {0};
    const bool valid = crypto_ec_load_public(&key, curve, point);
    crypto_ec_release(&key);
    return valid;
}

bool cv_certificate_verify(const struct cv_certificate *certificate, enum crypto_curve curve,
                           struct span issuer_point, enum crypto_hash issuer_hash)
{
    struct crypto_ec_key issuer = {0};
    uint8_t digest[CRYPTO_HASH_MAX];
    const bool genuine = crypto_hash_parts(issuer_hash, &certificate->body, 1, digest) &&
                         crypto_ec_load_public(&issuer, curve, issuer_point) &&
                         crypto_ecdsa_verify(&issuer, span_of(digest, crypto_hash_length(issuer_hash)),
                                             certificate->signature);
    crypto_ec_release(&issuer);
    return genuine && is_point(certificate->has_parameters ? certificate->curve : curve, certificate->point);
}
