// CSCA master lists (9303-12 §9): certificates of country signing CAs, collected and signed by a state.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/master_list.h"

#include "host/pki/cms.h"
#include "host/pki/der_read.h"
#include "host/pki/oids.h"

bool master_list_is(struct span bytes)
{
    struct cms_signed_data data;
    const char *why = "";
    (void)cms_parse(bytes, &data, &why); // what the signer writes may be wrong
    return span_equal(data.content_type, OID_MASTER_LIST);
}

// CscaMasterList ::= SEQUENCE { version INTEGER {v0(0)}, certList SET OF Certificate }
static bool content_parse(struct span content, struct span *certificates)
{
    struct span sequence, rest;
    struct tlv object;
    uint32_t version = 0;
    if (!der_only(content, DER_SEQUENCE, &sequence) || !der_number(&sequence, &version) || version != 0 ||
        !der_content(&sequence, DER_SET, certificates) || sequence.n != 0) {
        return false;
    }
    rest = *certificates;
    while (rest.n > 0) {
        if (!der_expect(&rest, DER_SEQUENCE, &object)) {
            return false;
        }
    }
    return true;
}

// Extended key usage id-icao-cscaMasterListSigningKey, and no other (9303-12 §7.1.1).
static bool made_for_lists(const struct x509_certificate *signer)
{
    struct span purposes, purpose;
    return !signer->is_ca && signer->has_key_usage &&
           (signer->key_usage & KEY_USAGE_DIGITAL_SIGNATURE) != 0 &&
           der_only(signer->extended_key_usage, DER_SEQUENCE, &purposes) && der_oid(&purposes, &purpose) &&
           purposes.n == 0 && span_equal(purpose, OID_MASTER_LIST_SIGNER);
}

static bool signed_in_time(const struct cms_signed_data *data, const struct x509_certificate *signer)
{
    int64_t time = 0;
    return !cms_signing_time(data, &time) || (signer->not_before <= time && time <= signer->not_after);
}

// Whether a root among `certificates` has issued the signer's certificate.
static bool issued_from_within(struct span certificates, const struct x509_certificate *signer)
{
    struct tlv object;
    while (tlv_next_der(&certificates, &object) == TLV_OBJECT) {
        struct x509_certificate candidate;
        const char *why = "";
        if (x509_parse(object.whole, &candidate, &why) && x509_names_issuer(signer, &candidate) &&
            x509_is_authority(&candidate) && x509_is_self_issued(&candidate) &&
            x509_signed_by(&candidate, &candidate) && x509_signed_by(signer, &candidate)) {
            return true;
        }
    }
    return false;
}

static bool is_listed(const struct jumin_trust *trust, const struct x509_certificate *certificate)
{
    const struct x509_crl *crl = trust_find_crl(trust, certificate);
    return crl != NULL && x509_crl_lists(crl, certificate->serial);
}

// On the lists that the store has, whatever their age.
static bool is_revoked(const struct jumin_trust *trust, const struct x509_certificate *signer,
                       const struct trust_chain *chain)
{
    bool revoked = is_listed(trust, signer);
    for (size_t i = 0; i < chain->count && !revoked; i++) {
        revoked = is_listed(trust, chain->links[i]);
    }
    return revoked;
}

static enum jumin_error check_publisher(const struct jumin_trust *trust, const struct cms_signed_data *data,
                                        const struct x509_certificate *signer, struct master_list *list,
                                        const char **why)
{
    struct trust_chain chain;
    const enum jumin_error error = trust_find_chain(trust, signer, &chain, why);
    if (error == JUMIN_OK && is_revoked(trust, signer, &chain)) {
        *why = "its signer's certificate, or one above it, is revoked";
        return JUMIN_ERROR_REVOKED;
    }
    list->publisher_known = error == JUMIN_OK;
    if (error != JUMIN_ERROR_SIGNER_UNKNOWN) {
        return error; // an authority of the store is named: it decides
    }
    if (issued_from_within(list->certificates, signer) || issued_from_within(data->certificates, signer)) {
        return JUMIN_OK;
    }
    *why = "the authority of its signer is neither in the trust store nor in the list";
    return JUMIN_ERROR_SIGNER_UNKNOWN;
}

enum jumin_error master_list_open(const struct jumin_trust *trust, struct span bytes,
                                  struct master_list *list, const char **why)
{
    struct cms_signed_data data;
    struct x509_certificate signer;
    memset(list, 0, sizeof *list);
    if (!cms_parse(bytes, &data, why)) {
        return JUMIN_ERROR_INPUT;
    }
    *why = "it holds no list of certificates";
    if (!span_equal(data.content_type, OID_MASTER_LIST) ||
        !content_parse(data.content, &list->certificates)) {
        return JUMIN_ERROR_INPUT;
    }
    if (!cms_signer(&data, &signer, why)) {
        return JUMIN_ERROR_SIGNER_UNKNOWN;
    }
    if (!cms_verify(&data, &signer.key, why)) {
        return JUMIN_ERROR_SIGNATURE;
    }
    *why = "its signer's certificate is not made for master lists";
    if (!made_for_lists(&signer)) {
        return JUMIN_ERROR_CERTIFICATE;
    }
    *why = "its signer's certificate was not valid when it was signed";
    if (!signed_in_time(&data, &signer)) {
        return JUMIN_ERROR_NOT_VALID_NOW;
    }
    return check_publisher(trust, &data, &signer, list, why);
}
