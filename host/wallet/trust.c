// Whom a wallet trusts: the signed trust list that it keeps, and the root of who signs it.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pem.h"
#include "host/wallet/provision.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROOT_MAX = 8192, DAY = 86400 };

static enum jumin_error read_list(struct span text, struct span root, int64_t now, int64_t known,
                                  bool expired_allowed, struct trust_list *list, struct detail *detail)
{
    struct jumin_trust *anchor = NULL;
    enum jumin_error error = jumin_trust_new(&anchor);
    if (error == JUMIN_OK) {
        error = trust_list_take_root(anchor, root, span_of(NULL, 0), detail);
    }
    if (error == JUMIN_OK) {
        const struct trust_list_rules rules = {
            .anchor = anchor, .now = now, .known = known, .expired_allowed = expired_allowed};
        error = trust_list_read(text, &rules, list, detail);
    }
    jumin_trust_free(anchor);
    return error;
}

// When the list was taken its times were right, so that it is read as of then; who uses it looks at its end.
enum jumin_error wallet_load_trust(struct jumin_wallet *wallet)
{
    if (wallet->trust_text_length == 0) {
        return JUMIN_OK;
    }
    const enum jumin_error error = read_list(span_of(wallet->trust_text, wallet->trust_text_length),
                                             span_of(wallet->trust_root, wallet->trust_root_length),
                                             wallet->trust_taken, 0, true, &wallet->trust, &wallet->detail);
    return error == JUMIN_OK || error == JUMIN_ERROR_MEMORY ? error : JUMIN_ERROR_INPUT;
}

static bool take_root(const uint8_t *root, size_t n, uint8_t der[ROOT_MAX], struct span *found)
{
    struct span text = span_of(root, n), label;
    struct writer w = writer_of(der, ROOT_MAX);
    if (pem_next(&text, &label, &w)) {
        *found = writer_span(&w);
        return true;
    }
    *found = span_of(root, n);
    return n > 0 && n <= ROOT_MAX;
}

// What is kept of a list.
struct kept {
    uint8_t *text, *root;
    size_t text_length, root_length;
    char url[WALLET_URL];
    int64_t taken;
    struct trust_list list;
    bool trusted[WALLET_CREDENTIALS_MAX];
};

// Changes places with what the wallet has.
static void exchange_lists(struct jumin_wallet *wallet, struct kept *kept)
{
    struct kept before = {.text = wallet->trust_text,
                          .root = wallet->trust_root,
                          .text_length = wallet->trust_text_length,
                          .root_length = wallet->trust_root_length,
                          .taken = wallet->trust_taken,
                          .list = wallet->trust};
    memcpy(before.url, wallet->trust_url, sizeof before.url);
    memcpy(wallet->trust_url, kept->url, sizeof kept->url);
    memcpy(kept->url, before.url, sizeof before.url);
    wallet->trust_text = kept->text;
    wallet->trust_root = kept->root;
    wallet->trust_text_length = kept->text_length;
    wallet->trust_root_length = kept->root_length;
    wallet->trust_taken = kept->taken;
    wallet->trust = kept->list;
    for (size_t i = 0; i < wallet->count; i++) {
        const bool trusted = wallet->credentials[i].trusted;
        wallet->credentials[i].trusted = kept->trusted[i];
        kept->trusted[i] = trusted;
    }
    kept->text = before.text;
    kept->root = before.root;
    kept->text_length = before.text_length;
    kept->root_length = before.root_length;
    kept->taken = before.taken;
    kept->list = before.list;
}

// Who is trusted by it is looked up anew. On error nothing has changed.
static enum jumin_error keep(struct jumin_wallet *wallet, struct span text, struct span root, int64_t now,
                             const char *url, struct trust_list *list)
{
    struct kept kept = {.text = malloc(text.n + 1),
                        .root = malloc(root.n + 1),
                        .text_length = text.n,
                        .root_length = root.n,
                        .taken = now,
                        .list = *list};
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    *list = (struct trust_list){0};
    (void)snprintf(kept.url, sizeof kept.url, "%s", url);
    if (kept.text != NULL && kept.root != NULL) {
        memcpy(kept.text, text.p, text.n);
        memcpy(kept.root, root.p, root.n);
        exchange_lists(wallet, &kept);
        for (size_t i = 0; i < wallet->count; i++) {
            wallet->credentials[i].trusted = receive_is_trusted(wallet, &wallet->credentials[i], now);
        }
        error = wallet_save(wallet);
        if (error != JUMIN_OK) {
            exchange_lists(wallet, &kept);
        }
    }
    free(kept.text);
    free(kept.root);
    trust_list_release(&kept.list);
    return error;
}

static enum jumin_error take(struct jumin_wallet *wallet, struct span text, const char *url, struct span root,
                             int64_t now)
{
    struct trust_list read = {0};
    uint8_t der[ROOT_MAX];
    struct span anchor = span_of(wallet->trust_root, wallet->trust_root_length);
    if (root.n > 0 && !take_root(root.p, root.n, der, &anchor)) {
        return detail_set(&wallet->detail, JUMIN_ERROR_INPUT, "the root is no certificate");
    }
    if (anchor.n == 0) {
        return detail_set(&wallet->detail, JUMIN_ERROR_ARGUMENT,
                          "the first trust list needs the root that its signer leads to");
    }
    while (text.n > 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r')) {
        text.n--; // as a file has it
    }
    // A list under another root is another list, whose age says nothing about this one's.
    const bool same = span_equal(anchor, span_of(wallet->trust_root, wallet->trust_root_length));
    enum jumin_error error =
        read_list(text, anchor, now, same ? wallet->trust.issued : 0, false, &read, &wallet->detail);
    if (error == JUMIN_OK) {
        error = keep(wallet, text, anchor, now, url, &read);
    }
    trust_list_release(&read);
    return error;
}

enum jumin_error jumin_wallet_trust(struct jumin_wallet *wallet, const uint8_t *list, size_t n,
                                    const uint8_t *root, size_t root_length, int64_t now)
{
    return wallet == NULL || list == NULL || n == 0
               ? JUMIN_ERROR_ARGUMENT
               : take(wallet, span_of(list, n), wallet->trust_url,
                      span_of(root, root != NULL ? root_length : 0), now);
}

// --- From the network --------------------------------------------------------------------------------------------

enum jumin_error jumin_wallet_fetch_trust(struct jumin_wallet *wallet, const char *url, const uint8_t *root,
                                          size_t root_length, int64_t now)
{
    char from[WALLET_URL];
    if (wallet == NULL || (url != NULL && strlen(url) >= sizeof from)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    (void)snprintf(from, sizeof from, "%s", url != NULL ? url : wallet->trust_url);
    if (from[0] == '\0') {
        return detail_set(&wallet->detail, JUMIN_ERROR_ARGUMENT, "no URL of a trust list is known");
    }
    if (wallet->client.ask == NULL) {
        return detail_set(&wallet->detail, JUMIN_ERROR_LINK, "the wallet has no network");
    }
    const struct http_client_request request = {.method = "GET", .url = from, .answer_max = TRUST_LIST_MAX};
    struct http_client_answer answer = {.status = 0};
    enum jumin_error error = http_client_ask(&wallet->client, &request, &answer, &wallet->detail);
    if (error == JUMIN_OK && (answer.status != 200 || answer.n == 0)) {
        error = detail_set(&wallet->detail, JUMIN_ERROR_LINK, "the trust list is not there: status %d",
                           answer.status);
    }
    if (error == JUMIN_OK) {
        error = take(wallet, span_of(answer.body, answer.n), from,
                     span_of(root, root != NULL ? root_length : 0), now);
    }
    http_client_answer_release(&answer);
    return error;
}

enum jumin_error wallet_refresh_trust(struct jumin_wallet *wallet, int64_t now)
{
    const bool due =
        now < wallet->trust_taken || now - wallet->trust_taken >= DAY || now >= wallet->trust.expires;
    if (!due || wallet->trust_url[0] == '\0' || wallet->client.ask == NULL) {
        return JUMIN_OK;
    }
    const enum jumin_error error = jumin_wallet_fetch_trust(wallet, NULL, NULL, 0, now);
    const struct detail why = wallet->detail;
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&wallet->detail, error, "the trust list: %.200s", why.text);
}

enum jumin_error jumin_wallet_trust_list(const struct jumin_wallet *wallet,
                                         struct jumin_wallet_trust_list *list)
{
    if (wallet == NULL || list == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (wallet->trust_text_length == 0) {
        return JUMIN_ERROR_NO_SUCH_FILE;
    }
    const struct jumin_trust *issuers = wallet->trust.roots[TRUST_LIST_ISSUERS],
                             *venues = wallet->trust.roots[TRUST_LIST_VENUES];
    *list = (struct jumin_wallet_trust_list){
        .issued = wallet->trust.issued,
        .expires = wallet->trust.expires,
        .taken = wallet->trust_taken,
        .issuers = issuers != NULL ? jumin_trust_certificates(issuers) : 0,
        .venues = venues != NULL ? jumin_trust_certificates(venues) : 0,
        .url = wallet->trust_url,
    };
    return JUMIN_OK;
}
