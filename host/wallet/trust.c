// Whom a wallet trusts: the signed trust list that it keeps, and the root of who signs it.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pem.h"
#include "host/wallet/wallet_internal.h"

#include <stdlib.h>

enum { ROOT_MAX = 8192 };

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

static enum jumin_error keep(struct jumin_wallet *wallet, struct span text, struct span root, int64_t now,
                             struct trust_list *list)
{
    uint8_t *kept_text = malloc(text.n + 1), *kept_root = malloc(root.n + 1);
    if (kept_text == NULL || kept_root == NULL) {
        free(kept_text);
        free(kept_root);
        return JUMIN_ERROR_MEMORY;
    }
    memcpy(kept_text, text.p, text.n);
    memcpy(kept_root, root.p, root.n);
    free(wallet->trust_text);
    free(wallet->trust_root);
    wallet->trust_text = kept_text;
    wallet->trust_text_length = text.n;
    wallet->trust_root = kept_root;
    wallet->trust_root_length = root.n;
    wallet->trust_taken = now;
    trust_list_release(&wallet->trust);
    wallet->trust = *list;
    *list = (struct trust_list){0};
    return wallet_save(wallet);
}

enum jumin_error jumin_wallet_trust(struct jumin_wallet *wallet, const uint8_t *list, size_t n,
                                    const uint8_t *root, size_t root_length, int64_t now)
{
    struct trust_list read = {0};
    uint8_t der[ROOT_MAX];
    if (wallet == NULL || list == NULL || n == 0) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct span anchor = span_of(wallet->trust_root, wallet->trust_root_length);
    if (root != NULL && !take_root(root, root_length, der, &anchor)) {
        return detail_set(&wallet->detail, JUMIN_ERROR_INPUT, "the root is no certificate");
    }
    if (anchor.n == 0) {
        return detail_set(&wallet->detail, JUMIN_ERROR_ARGUMENT,
                          "the first trust list needs the root that its signer leads to");
    }
    while (n > 0 && (list[n - 1] == '\n' || list[n - 1] == '\r')) {
        n--; // as a file has it
    }
    const struct span text = span_of(list, n);
    // A list under another root is another list, whose age says nothing about this one's.
    const bool same = span_equal(anchor, span_of(wallet->trust_root, wallet->trust_root_length));
    enum jumin_error error =
        read_list(text, anchor, now, same ? wallet->trust.issued : 0, false, &read, &wallet->detail);
    if (error == JUMIN_OK) {
        error = keep(wallet, text, anchor, now, &read);
    }
    trust_list_release(&read);
    return error;
}
