// Certificates of terminals: MSE:Set DST and PSO:VERIFY CERTIFICATE (TR-03110-3 §2.5, §B.3, 9303-11
// §7.1.4.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/certificate.h"

#include "card/core/card.h"

enum { TAG_PUBLIC_KEY_REFERENCE = 0x83 };

// --- MSE:Set DST -------------------------------------------------------------------------------------------

static bool has_name(const struct imported_key *key, struct span reference)
{
    return key->reference_length > 0 && span_equal(imported_key_reference(key), reference);
}

static bool find_trust_point(struct card *card, enum terminal_type type, struct span reference,
                             struct imported_key *key)
{
    for (unsigned age = 0; age < TRUST_POINTS_PER_TYPE; age++) {
        if (trust_point_read(&card->store, type, (enum trust_point_age)age, key) &&
            has_name(key, reference)) {
            return true;
        }
    }
    return false;
}

uint16_t set_digital_signature_template_handler(struct card *card, const struct apdu_command *command,
                                                struct writer *response)
{
    (void)response;
    struct terminal_authentication_state *state = &card->terminal_authentication;
    struct span data = command->data;
    struct tlv reference;
    struct imported_key key;
    const enum terminal_type type = terminal_authentication_type(card);
    state->issuer = (struct imported_key){0};
    if (type == TERMINAL_NONE) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    if (!tlv_expect(&data, TAG_PUBLIC_KEY_REFERENCE, &reference) || data.n != 0) {
        return SW_WRONG_DATA;
    }
    if (has_name(&state->imported, reference.value)) {
        key = state->imported;
    } else if (!find_trust_point(card, type, reference.value, &key)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    state->issuer = key;
    return SW_OK;
}

// --- PSO:VERIFY CERTIFICATE --------------------------------------------------------------------------------

static bool is_link(const struct cv_certificate *certificate)
{
    return certificate->authorization.role == ROLE_CVCA;
}

// Who may certify whom (TR-03110-3 §2.2).
static bool transition_allowed(enum certificate_role issuer, enum certificate_role holder)
{
    switch (issuer) {
    case ROLE_CVCA:
        return holder != ROLE_TERMINAL;
    case ROLE_DV_DOMESTIC:
    case ROLE_DV_FOREIGN:
        return holder == ROLE_TERMINAL;
    case ROLE_TERMINAL:
        break;
    }
    return false;
}

// The CVCA links from its newest key alone (TR-03110-3 §2.4), and may change its curve and hash.
static bool link_allowed(struct card *card, const struct imported_key *issuer,
                         const struct cv_certificate *certificate)
{
    struct imported_key newest;
    return trust_point_read(&card->store, issuer->authorization.type, TRUST_POINT_NEWER, &newest) &&
           has_name(&newest, certificate->authority);
}

// Below the CVCA the chain keeps its algorithm (TR-03110-3 §2.3), and nothing in it may have expired.
static bool issue_allowed(struct card *card, const struct imported_key *issuer,
                          const struct cv_certificate *certificate)
{
    const cvc_date today = current_date(&card->store);
    return certificate->hash == issuer->hash && certificate->expiration >= today &&
           issuer->expiration >= today;
}

static bool may_have_issued(struct card *card, const struct imported_key *issuer,
                            const struct cv_certificate *certificate)
{
    struct imported_key known;
    const enum terminal_type type = issuer->authorization.type;
    return has_name(issuer, certificate->authority) && certificate->authorization.type == type &&
           transition_allowed(issuer->authorization.role, certificate->authorization.role) &&
           !find_trust_point(card, type, certificate->holder, &known) && // 9303-11 §7.1.4.3.7
           (is_link(certificate) ? link_allowed(card, issuer, certificate)
                                 : issue_allowed(card, issuer, certificate));
}

// The CVCA and its domestic DVs know the date (TR-03110-3 §2.5).
static bool proves_date(const struct imported_key *issuer)
{
    return issuer->authorization.role == ROLE_CVCA || issuer->authorization.role == ROLE_DV_DOMESTIC;
}

static void keep_hash(struct span hash, uint8_t *to, size_t *length)
{
    if (hash.n > 0) {
        memcpy(to, hash.p, hash.n);
    }
    *length = hash.n;
}

// What a terminal that has authenticated itself brought stays: no other one can take its place.
static void import_temporarily(struct card *card, const struct imported_key *key,
                               const struct sector_hashes *sectors)
{
    struct terminal_authentication_state *state = &card->terminal_authentication;
    state->imported = *key;
    state->version = 0;
    if (!security_satisfied(&card->security, SECURITY_TERMINAL_AUTHENTICATED)) {
        keep_hash(sectors->first, state->sector_hashes[0], &state->sector_lengths[0]);
        keep_hash(sectors->second, state->sector_hashes[1], &state->sector_lengths[1]);
    }
}

static uint16_t accept(struct card *card, const struct imported_key *issuer,
                       const struct cv_certificate *certificate)
{
    struct imported_key key;
    const bool link = is_link(certificate);
    imported_key_take(&key, certificate, certificate->has_parameters ? certificate->curve : issuer->curve);
    if (!link) {
        key.authorization.rights &= issuer->authorization.rights;
    }
    const cvc_date date = proves_date(issuer) ? certificate->effective : 0;
    if (trust_points_update(&card->store, link ? &key : NULL, date) != STORE_OK) {
        return SW_MEMORY_FAILURE;
    }
    if (!link) {
        import_temporarily(card, &key, &certificate->sectors);
    }
    return SW_OK;
}

uint16_t verify_certificate_handler(struct card *card, const struct apdu_command *command,
                                    struct writer *response)
{
    (void)response;
    struct terminal_authentication_state *state = &card->terminal_authentication;
    const struct imported_key issuer = state->issuer;
    struct cv_certificate certificate;
    state->issuer = (struct imported_key){0};
    if (issuer.reference_length == 0) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    if (!cv_certificate_parse(command->data, &certificate) || !may_have_issued(card, &issuer, &certificate)) {
        return SW_WRONG_DATA;
    }
    if (!cv_certificate_verify(&certificate, issuer.curve, imported_key_point(&issuer), issuer.hash)) {
        return SW_AUTHENTICATION_FAILED;
    }
    return accept(card, &issuer, &certificate);
}
