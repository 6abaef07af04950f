// The shares that custodians give, and the passphrase that they give together.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/quorum.h"

#include "host/pki/pki.h"
#include "host/pki/secret_sharing.h"
#include <stdio.h>
#include <stdlib.h>

struct jumin_share share_facts(const struct share *share)
{
    struct jumin_share facts = {.number = share->number,
                                .count = share->count,
                                .threshold = share->threshold,
                                .sealed = share->sealed};
    for (size_t i = 0; i < SHARE_SHARING; i++) {
        (void)snprintf(facts.sharing + 2 * i, 3, "%02X", share->sharing[i]);
    }
    return facts;
}

enum jumin_error jumin_share_parse(const char *text, size_t n, struct jumin_share *share)
{
    struct share parsed;
    const char *why = "";
    if (text == NULL || share == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = share_parse(span_of(text, n), &parsed, &why);
    *share = error == JUMIN_OK ? share_facts(&parsed) : (struct jumin_share){0};
    crypto_wipe(&parsed, sizeof parsed);
    return error;
}

enum jumin_error jumin_quorum_new(struct jumin_quorum **quorum)
{
    if (quorum == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *quorum = calloc(1, sizeof **quorum);
    return *quorum != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

void jumin_quorum_free(struct jumin_quorum *quorum)
{
    if (quorum != NULL) {
        crypto_wipe(quorum, sizeof *quorum);
        free(quorum);
    }
}

const char *jumin_quorum_detail(const struct jumin_quorum *quorum)
{
    return quorum == NULL ? "" : quorum->detail.text;
}

unsigned jumin_quorum_missing(const struct jumin_quorum *quorum)
{
    if (quorum == NULL || quorum->count == 0) {
        return 1;
    }
    const unsigned threshold = quorum->shares[0].threshold;
    return quorum->count < threshold ? threshold - (unsigned)quorum->count : 0;
}

// Whether the share goes with those that are there.
static enum jumin_error fits(struct jumin_quorum *quorum, const struct share *share)
{
    const struct share *first = &quorum->shares[0];
    for (size_t i = 0; i < quorum->count; i++) {
        if (quorum->shares[i].number == share->number &&
            memcmp(first->sharing, share->sharing, SHARE_SHARING) == 0) {
            return detail_set(&quorum->detail, JUMIN_ERROR_CONFLICT, "share %d was given already",
                              share->number);
        }
    }
    if (share->count > JUMIN_SHARES_MAX || quorum->count == JUMIN_SHARES_MAX) {
        return detail_set(&quorum->detail, JUMIN_ERROR_INPUT, "there are %d shares at most",
                          JUMIN_SHARES_MAX);
    }
    if (quorum->count > 0 && (memcmp(first->sharing, share->sharing, SHARE_SHARING) != 0 ||
                              first->count != share->count || first->threshold != share->threshold)) {
        return detail_set(&quorum->detail, JUMIN_ERROR_CONFLICT, "this share %d is of sharing %s, not of %s",
                          share->number, share_facts(share).sharing, share_facts(first).sharing);
    }
    return JUMIN_OK;
}

static enum jumin_error open_seal(struct jumin_quorum *quorum, struct share *share, const char *passphrase)
{
    if (!share->sealed) {
        return JUMIN_OK;
    }
    if (passphrase == NULL) {
        return detail_set(&quorum->detail, JUMIN_ERROR_INPUT, "share %d is under its custodian's passphrase",
                          share->number);
    }
    const enum jumin_error error = share_open(share, span_of(passphrase, strlen(passphrase)));
    return error == JUMIN_OK
               ? error
               : detail_set(&quorum->detail, error, "share %d: wrong passphrase", share->number);
}

enum jumin_error jumin_quorum_add(struct jumin_quorum *quorum, const char *text, size_t n,
                                  const char *passphrase)
{
    if (quorum == NULL || text == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct share share;
    const char *why = "";
    enum jumin_error error = share_parse(span_of(text, n), &share, &why);
    if (error != JUMIN_OK) {
        return detail_set(&quorum->detail, error, "%s", why);
    }
    error = fits(quorum, &share);
    error = error == JUMIN_OK ? open_seal(quorum, &share, passphrase) : error;
    if (error == JUMIN_OK && quorum->count > 0 && share.n != quorum->shares[0].n) {
        error =
            detail_set(&quorum->detail, JUMIN_ERROR_CONFLICT, "share %d is of another length", share.number);
    }
    if (error == JUMIN_OK) {
        quorum->shares[quorum->count++] = share;
        detail_clear(&quorum->detail);
    }
    crypto_wipe(&share, sizeof share);
    return error;
}

bool quorum_passphrase(const struct jumin_quorum *quorum, char passphrase[SHARE_SECRET_MAX + 1])
{
    uint8_t numbers[JUMIN_SHARES_MAX];
    const uint8_t *bodies[JUMIN_SHARES_MAX];
    memset(passphrase, 0, SHARE_SECRET_MAX + 1);
    if (jumin_quorum_missing(quorum) > 0) {
        return false;
    }
    const size_t threshold = quorum->shares[0].threshold, n = quorum->shares[0].n;
    for (size_t i = 0; i < threshold; i++) {
        numbers[i] = quorum->shares[i].number;
        bodies[i] = quorum->shares[i].body;
    }
    return secret_combine(numbers, bodies, threshold, n, (uint8_t *)passphrase) && strlen(passphrase) == n;
}

enum jumin_error jumin_pki_load_authority_by_quorum(struct jumin_pki *pki, struct jumin_quorum *quorum)
{
    char passphrase[SHARE_SECRET_MAX + 1];
    if (pki == NULL || quorum == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const unsigned missing = jumin_quorum_missing(quorum);
    if (missing > 0) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%u more share%s needed", missing,
                        missing == 1 ? " is" : "s are");
    }
    // A wrong share may give bytes that are no text: the key is tried anyway, for one answer to both.
    if (!quorum_passphrase(quorum, passphrase)) {
        passphrase[0] = '\0';
    }
    enum jumin_error error = pki_lock(pki);
    error = error == JUMIN_OK ? pki_load_items(pki) : error;
    const bool whole = error == JUMIN_OK;
    error = whole ? jumin_pki_load_authority(pki, passphrase) : error;
    crypto_wipe(passphrase, sizeof passphrase);
    if (whole && error == JUMIN_ERROR_INPUT) {
        error =
            pki_fail(pki, error,
                     "these shares do not open the CSCA's key: one of them is not right, or sharing %s is "
                     "over",
                     share_facts(&quorum->shares[0]).sharing);
    }
    const struct share *shares = quorum->shares;
    pki->quorum_count = 0;
    for (size_t i = 0; error == JUMIN_OK && i < shares[0].threshold; i++) {
        pki->quorum[pki->quorum_count++] = shares[i].number;
        memcpy(pki->sharing, shares[0].sharing, SHARE_SHARING);
    }
    return error;
}
