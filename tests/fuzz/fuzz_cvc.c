// CV certificates, CHAT, extensions and auxiliary data from outside: what is accepted lies inside the input,
// is in range, and is written again as the same certificate (TR-03110-3 §C, §D).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/terminal_authentication.h"

static bool lies_inside(struct span part, struct span whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_date(cvc_date date)
{
    uint8_t value[CVC_DATE];
    cvc_date again;
    cvc_date_put(date, value);
    require(cvc_date_parse(span_of(value, sizeof value), &again) && again == date);
}

static void check_authorization(const struct authorization *authorization)
{
    require(authorization->type >= TERMINAL_INSPECTION && authorization->type <= TERMINAL_SIGNATURE);
    require(authorization->role <= ROLE_CVCA);
    require((authorization->rights & ~rights_of_type(authorization->type)) == 0);
}

static void check_written_again(const struct cv_certificate *certificate)
{
    uint8_t bytes[3 * CVC_MAX];
    struct cv_certificate copy = *certificate;
    struct cv_certificate again;
    struct writer body = writer_of(bytes, CVC_MAX);
    struct writer file = writer_of(bytes + CVC_MAX, 2 * CVC_MAX);
    cv_certificate_put_body(&body, &copy);
    cv_certificate_put(&file, writer_span(&body), certificate->signature);
    if (body.overflow || file.overflow) {
        return;
    }
    require(cv_certificate_parse_file(writer_span(&file), &again));
    require(span_equal(again.authority, certificate->authority));
    require(span_equal(again.holder, certificate->holder));
    require(span_equal(again.point, certificate->point));
    require(again.authorization.rights == certificate->authorization.rights);
    require(again.effective == certificate->effective && again.expiration == certificate->expiration);
    require(span_equal(again.sectors.first, certificate->sectors.first));
    require(span_equal(again.description, certificate->description));
}

static void check_certificate(const struct cv_certificate *certificate, struct span input)
{
    const struct span parts[] = {certificate->body,        certificate->signature,
                                 certificate->authority,   certificate->holder,
                                 certificate->public_key,  certificate->key_oid,
                                 certificate->point,       certificate->sectors.first,
                                 certificate->description, certificate->sectors.second};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        require(lies_inside(parts[i], input));
    }
    require(cvc_reference_valid(certificate->authority) && cvc_reference_valid(certificate->holder));
    require(certificate->hash <= CRYPTO_SHA512 && certificate->curve < CRYPTO_CURVE_COUNT);
    require(certificate->point.n <= CRYPTO_POINT_MAX && certificate->signature.n <= CRYPTO_SIGNATURE_MAX);
    check_authorization(&certificate->authorization);
    check_date(certificate->effective);
    check_date(certificate->expiration);
    require(certificate->effective <= certificate->expiration);
    check_written_again(certificate);
}

static void walk_auxiliary_data(struct span content)
{
    const struct span all = content;
    struct auxiliary_data item;
    while (auxiliary_data_next(&content, &item) == TLV_OBJECT) {
        require(lies_inside(item.oid, all) && lies_inside(item.data, all));
    }
    require(lies_inside(content, all));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span input = span_of(bytes, n);
    struct cv_certificate certificate;
    struct authorization authorization;
    struct extensions extensions;
    if (cv_certificate_parse_file(input, &certificate) || cv_certificate_parse(input, &certificate)) {
        check_certificate(&certificate, input);
    }
    if (chat_parse(input, &authorization)) {
        check_authorization(&authorization);
    }
    if (extensions_parse(input, &extensions)) {
        require(lies_inside(extensions.sectors.first, input) &&
                lies_inside(extensions.sectors.second, input));
        require(lies_inside(extensions.description, input));
    }
    walk_auxiliary_data(input);
    return 0;
}
