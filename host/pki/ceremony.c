// Ceremonies: a random passphrase of the CSCA's key, split among custodians.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/protocol.h"
#include "host/pki/quorum.h"
#include "host/pki/secret_sharing.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    PASSPHRASE = 26, // characters of base32: 130 bits
    PASSPHRASE_BITS = 5,
};

// --- Dealing ---------------------------------------------------------------------------------------------------

// What is made in a ceremony and must not outlive it.
struct dealing {
    char passphrase[PASSPHRASE + 1];
    uint8_t bodies[JUMIN_SHARES_MAX][PASSPHRASE];
    struct share shares[JUMIN_SHARES_MAX];
    char texts[JUMIN_SHARES_MAX][JUMIN_SHARE_TEXT];
};

static bool random_passphrase(const struct crypto_random *random, char passphrase[PASSPHRASE + 1])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint8_t bytes[PASSPHRASE];
    const bool ok = random->fill(random->context, bytes, sizeof bytes);
    for (size_t i = 0; i < PASSPHRASE; i++) {
        passphrase[i] = alphabet[bytes[i] >> (8 - PASSPHRASE_BITS)];
    }
    passphrase[PASSPHRASE] = '\0';
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}

// The shares `first`, `first` + 1 … of the texts, around the end, give the passphrase.
static bool window_gives(const struct dealing *dealing, const struct jumin_deal *deal, size_t first)
{
    struct jumin_quorum quorum = {.count = 0};
    char passphrase[SHARE_SECRET_MAX + 1];
    bool ok = true;
    for (size_t i = 0; i < deal->threshold && ok; i++) {
        struct share *share = &quorum.shares[quorum.count++];
        const char *text = dealing->texts[(first + i) % deal->count], *why = "";
        ok = share_parse(span_of(text, strlen(text)), share, &why) == JUMIN_OK;
        if (ok && share->sealed) { // opened when it was sealed
            *share = dealing->shares[(first + i) % deal->count];
        }
    }
    ok = ok && quorum_passphrase(&quorum, passphrase) && strcmp(passphrase, dealing->passphrase) == 0;
    crypto_wipe(&quorum, sizeof quorum);
    crypto_wipe(passphrase, sizeof passphrase);
    return ok;
}

static enum jumin_error seal(struct jumin_pki *pki, const struct jumin_deal *deal, struct share *share)
{
    const struct crypto_random random = crypto_system_random();
    char passphrase[JUMIN_SHARE_PASSPHRASE] = "";
    const struct jumin_share facts = share_facts(share);
    enum jumin_error error =
        deal->passphrase(deal->context, &facts, passphrase) && passphrase[0] != '\0'
            ? JUMIN_OK
            : pki_fail(pki, JUMIN_ERROR_CANCELLED, "share %u has no passphrase", share->number);
    const struct span secret = span_of(passphrase, strnlen(passphrase, sizeof passphrase));
    struct share open = *share;
    error = error == JUMIN_OK ? share_seal(share, secret, &random) : error;
    if (error == JUMIN_OK) { // opens again, as it was
        struct share again = *share;
        error = share_open(&again, secret);
        error = error == JUMIN_OK && memcmp(again.body, open.body, open.n) == 0 ? error : JUMIN_ERROR_CRYPTO;
        crypto_wipe(&again, sizeof again);
    }
    crypto_wipe(passphrase, sizeof passphrase);
    crypto_wipe(&open, sizeof open);
    return error;
}

static enum jumin_error write_text(struct jumin_pki *pki, const struct jumin_deal *deal,
                                   struct dealing *dealing, size_t i)
{
    struct share sealed = dealing->shares[i];
    char *text = dealing->texts[i];
    enum jumin_error error = deal->passphrase != NULL ? seal(pki, deal, &sealed) : JUMIN_OK;
    const struct jumin_share facts = share_facts(&sealed);
    const int n = snprintf(text, JUMIN_SHARE_TEXT,
                           "# Share %u of %u of the key of the country signing CA; %u of them open it.\n"
                           "# Sharing %s, custodian: %s%s\n",
                           facts.number, facts.count, facts.threshold, facts.sharing, deal->custodians[i],
                           facts.sealed ? " (under the custodian's passphrase)" : "");
    struct writer w = writer_of(text + n, JUMIN_SHARE_TEXT - 1 - (size_t)n);
    share_put(&w, &sealed);
    text[(size_t)n + w.n] = '\0';
    crypto_wipe(&sealed, sizeof sealed);
    return error == JUMIN_OK && w.overflow ? JUMIN_ERROR_ARGUMENT : error;
}

static enum jumin_error make_shares(struct jumin_pki *pki, const struct jumin_deal *deal,
                                    struct dealing *dealing)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t sharing[SHARE_SHARING];
    if (!random_passphrase(&random, dealing->passphrase) ||
        !random.fill(random.context, sharing, sizeof sharing) ||
        !secret_split(span_of(dealing->passphrase, PASSPHRASE), deal->threshold, deal->count, &random,
                      dealing->bodies[0])) {
        return pki_fail(pki, JUMIN_ERROR_CRYPTO, "no random bytes");
    }
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < deal->count && error == JUMIN_OK; i++) {
        struct share *share = &dealing->shares[i];
        *share = (struct share){.threshold = (uint8_t)deal->threshold,
                                .count = (uint8_t)deal->count,
                                .number = (uint8_t)(i + 1),
                                .n = PASSPHRASE};
        memcpy(share->sharing, sharing, sizeof sharing);
        memcpy(share->body, dealing->bodies[i], PASSPHRASE);
        error = write_text(pki, deal, dealing, i);
    }
    // Each share is in `threshold` of the windows.
    for (size_t i = 0; i < deal->count && error == JUMIN_OK; i++) {
        error = window_gives(dealing, deal, i)
                    ? JUMIN_OK
                    : pki_fail(pki, JUMIN_ERROR_CRYPTO, "the shares do not give the passphrase");
    }
    return error;
}

static enum jumin_error give_shares(struct jumin_pki *pki, const struct jumin_deal *deal,
                                    const struct dealing *dealing)
{
    for (size_t i = 0; i < deal->count; i++) {
        struct jumin_share facts = share_facts(&dealing->shares[i]);
        facts.sealed = deal->passphrase != NULL;
        if (!deal->give(deal->context, &facts, dealing->texts[i])) {
            return pki_fail(pki, JUMIN_ERROR_CANCELLED, "share %u was not handed over; nothing was changed",
                            facts.number);
        }
    }
    return JUMIN_OK;
}

static enum jumin_error check_deal(struct jumin_pki *pki, const struct jumin_deal *deal)
{
    if (deal == NULL || deal->give == NULL || deal->custodians == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (deal->threshold < 2 || deal->threshold > deal->count || deal->count > JUMIN_SHARES_MAX) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT, "2 to %d shares, of which 2 or more are needed",
                        JUMIN_SHARES_MAX);
    }
    json_t *names = protocol_names(deal->custodians, deal->count);
    json_decref(names);
    return names != NULL
               ? JUMIN_OK
               : pki_fail(pki, JUMIN_ERROR_ARGUMENT,
                          "a name has 1 to %d bytes of UTF-8, no control characters", JUMIN_NAME_MAX);
}

static enum jumin_error check_in_file(struct jumin_pki *pki, bool in_token)
{
    return in_token ? pki_fail(pki, JUMIN_ERROR_ARGUMENT,
                               "the CSCA's key is in a token, whose PIN opens it: there is no passphrase "
                               "that could be shared")
                    : JUMIN_OK;
}

// --- Entries ---------------------------------------------------------------------------------------------------

static enum jumin_error add_sharing(json_t *entry, const struct jumin_deal *deal, const struct share *share)
{
    const struct jumin_share facts = share_facts(share);
    json_t *sharing =
        json_pack("{s:s, s:i, s:i, s:b, s:o}", "name", facts.sharing, "shares", (int)deal->count, "threshold",
                  (int)deal->threshold, "sealed", deal->passphrase != NULL, "custodians",
                  protocol_names(deal->custodians, deal->count));
    return json_object_set_new(entry, "sharing", sharing) == 0 ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

// The CSCA's key goes under the new passphrase; `last` brings the change about.
static enum jumin_error change_passphrase(struct jumin_pki *pki, const struct jumin_ceremony *ceremony,
                                          const struct jumin_deal *deal, const char *operation,
                                          enum jumin_error (*last)(struct jumin_pki *pki,
                                                                   struct span passphrase,
                                                                   const struct writer *csca_key),
                                          struct span passphrase)
{
    json_t *entry = NULL;
    uint8_t text[PKI_KEY_FILE_MAX], digest[CRYPTO_HASH_MAX];
    struct writer pem = writer_of(text, sizeof text);
    struct dealing *dealing = calloc(1, sizeof *dealing);
    enum jumin_error error = dealing == NULL ? JUMIN_ERROR_MEMORY : make_shares(pki, deal, dealing);
    if (error != JUMIN_OK) {
        goto out;
    }
    error = protocol_entry(pki, ceremony, operation, &entry);
    error = error == JUMIN_OK ? add_sharing(entry, deal, &dealing->shares[0]) : error;
    error = error == JUMIN_OK ? give_shares(pki, deal, dealing) : error;
    if (error == JUMIN_OK) {
        error = pki_put_key(pki, PKI_CSCA_KEY, span_of(dealing->passphrase, PASSPHRASE), &pem);
    }
    if (error != JUMIN_OK) {
        goto out;
    }
    const struct span whole = writer_span(&pem);
    error = crypto_hash_parts(CRYPTO_SHA256, &whole, 1, digest)
                ? protocol_write_ahead(pki, entry, digest, ceremony->now)
                : JUMIN_ERROR_CRYPTO;
    error = error == JUMIN_OK ? last(pki, passphrase, &pem) : error;
    if (error == JUMIN_OK) {
        // The shares count from here on: an error would have them thrown away. An entry that gets no name now
        // gets it by the next call.
        (void)protocol_commit(pki);
    }
out:
    json_decref(entry);
    if (dealing != NULL) {
        crypto_wipe(dealing, sizeof *dealing);
    }
    free(dealing);
    return error;
}

// --- Begin -----------------------------------------------------------------------------------------------------

// The CSCA's certificate last: a folder that has it has everything.
static enum jumin_error write_new(struct jumin_pki *pki, struct span passphrase,
                                  const struct writer *csca_key)
{
    enum jumin_error error = pki_save_key_file(pki, PKI_CSCA_KEY, csca_key);
    error = error == JUMIN_OK ? pki_save_key(pki, PKI_SIGNER_KEY, passphrase) : error;
    error = error == JUMIN_OK ? pki_save_key(pki, PKI_GENERATION_KEY, passphrase) : error;
    error = error == JUMIN_OK ? pki_save_item(pki, JUMIN_PKI_CRL) : error;
    error = error == JUMIN_OK ? pki_save_item(pki, JUMIN_PKI_DOCUMENT_SIGNER) : error;
    return error == JUMIN_OK ? pki_save_item(pki, JUMIN_PKI_CSCA) : error;
}

enum jumin_error jumin_ceremony_begin(struct jumin_pki *pki, const char *passphrase,
                                      const struct jumin_pki_options *options,
                                      const struct jumin_ceremony *ceremony, const struct jumin_deal *deal)
{
    if (pki == NULL || passphrase == NULL || ceremony == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct span secret = span_of(passphrase, strlen(passphrase));
    enum jumin_error error = check_deal(pki, deal);
    error = error == JUMIN_OK ? check_in_file(pki, pki->token[0] != '\0') : error;
    error = error == JUMIN_OK ? pki_begin(pki, options) : error;
    error = error == JUMIN_OK ? pki_make(pki, options) : error;
    if (error != JUMIN_OK) {
        return error;
    }
    pki->quorum_count = 0;
    error = change_passphrase(pki, ceremony, deal, "begin", write_new, secret);
    pki->loaded = pki->in_folder = pki->authority = error == JUMIN_OK;
    return error;
}

// --- With the key ----------------------------------------------------------------------------------------------

static enum jumin_error replace_key(struct jumin_pki *pki, struct span passphrase,
                                    const struct writer *csca_key)
{
    (void)passphrase; // that of the other keys, which stay
    return pki_save_key_file(pki, PKI_CSCA_KEY, csca_key);
}

enum jumin_error jumin_ceremony_reshare(struct jumin_pki *pki, const struct jumin_ceremony *ceremony,
                                        const struct jumin_deal *deal)
{
    if (pki == NULL || ceremony == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = check_deal(pki, deal);
    error = error == JUMIN_OK ? protocol_open(pki) : error;
    error = error == JUMIN_OK ? check_in_file(pki, pki->csca_key.token != NULL) : error;
    return error == JUMIN_OK
               ? change_passphrase(pki, ceremony, deal, "reshare", replace_key, span_of(NULL, 0))
               : error;
}

enum jumin_error jumin_ceremony_activate(struct jumin_pki *pki, const struct jumin_ceremony *ceremony)
{
    json_t *entry = NULL;
    if (pki == NULL || ceremony == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = protocol_open(pki);
    error = error == JUMIN_OK ? protocol_entry(pki, ceremony, "activate", &entry) : error;
    error = error == JUMIN_OK ? protocol_write_ahead(pki, entry, NULL, ceremony->now) : error;
    error = error == JUMIN_OK ? protocol_commit(pki) : error;
    json_decref(entry);
    return error;
}
