// The issuer's handle and a chain: the options of a person made into a chain that can be asked.
// SPDX-License-Identifier: Apache-2.0
#include "host/file.h"
#include "host/http/client_curl.h"
#include "host/registry/evm/mirror.h"
#include "host/registry/handle.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { KEY_FILE_MAX = 68 }; // 64 digits, "0x", a line's end

static bool parse_hex(const char *text, size_t n, uint8_t *bytes, size_t count)
{
    struct writer w = writer_of(bytes, count);
    const size_t prefix = n >= 2 && text[0] == '0' && text[1] == 'x' ? 2 : 0;
    return rpc_take_digits(span_of(text + prefix, n - prefix), &w) && w.n == count;
}

// The account's secret, in a file that its owner alone can read.
static enum jumin_error load_account(const char *path, struct evm_account *account, struct detail *detail)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t text[KEY_FILE_MAX], secret[EVM_SECRET] = {0};
    struct stat status;
    size_t n = 0;
    if (stat(path, &status) != 0) {
        return detail_set(detail, JUMIN_ERROR_FILE, "%s: %s", path, strerror(errno));
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "%s: others can read this key: chmod 600", path);
    }
    enum jumin_error error = disk_read(path, text, sizeof text, &n);
    while (error == JUMIN_OK && n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r')) {
        n--;
    }
    if (error != JUMIN_OK || !parse_hex((const char *)text, n, secret, EVM_SECRET) ||
        !evm_account_load(account, secret, &random)) {
        error = detail_set(detail, JUMIN_ERROR_INPUT,
                           "%s: a key of secp256k1 in 64 hexadecimal digits is needed", path);
    }
    crypto_wipe(text, sizeof text);
    crypto_wipe(secret, sizeof secret);
    return error;
}

static enum jumin_error open_chain(const struct jumin_registry_chain *options, struct evm_chain *chain,
                                   struct client_curl **curl, struct detail *detail)
{
    const struct client_curl_options how = {.allow_http = options->allow_http};
    *chain = (struct evm_chain){.rpc = {.url = options->url},
                                .random = crypto_system_random(),
                                .chain_id = options->chain_id,
                                .gas_most = options->gas_most,
                                .fee_most = options->fee_most};
    if (options->contract != NULL &&
        !parse_hex(options->contract, strlen(options->contract), chain->contract, EVM_ADDRESS)) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "a contract's address has 40 hexadecimal digits");
    }
    const enum jumin_error error =
        options->key_file != NULL ? load_account(options->key_file, &chain->account, detail) : JUMIN_OK;
    if (error != JUMIN_OK) {
        return error;
    }
    *curl = client_curl_new(&how);
    if (*curl == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    chain->rpc.client = client_curl_client(*curl);
    return JUMIN_OK;
}

static void close_chain(struct evm_chain *chain, struct client_curl *curl)
{
    client_curl_free(curl);
    evm_account_release(&chain->account);
}

enum jumin_error jumin_registry_chain_deploy(struct jumin_registry *registry,
                                             const struct jumin_registry_chain *options,
                                             char contract[JUMIN_REGISTRY_CONTRACT])
{
    struct evm_chain chain;
    struct client_curl *curl = NULL;
    if (registry == NULL || options == NULL || options->url == NULL || options->key_file == NULL ||
        contract == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct detail *detail = &registry->detail;
    enum jumin_error error = open_chain(options, &chain, &curl, detail);
    error = error == JUMIN_OK ? evm_chain_deploy(&chain, detail) : error;
    if (error == JUMIN_OK) {
        (void)snprintf(contract, 3, "0x");
        for (size_t i = 0; i < EVM_ADDRESS; i++) {
            (void)snprintf(contract + 2 + 2 * i, 3, "%02x", chain.contract[i]);
        }
    }
    close_chain(&chain, curl);
    return error;
}

enum jumin_error jumin_registry_chain_look(struct jumin_registry *registry,
                                           const struct jumin_registry_chain *options, int64_t now,
                                           struct jumin_registry_chain_report *report)
{
    struct evm_chain chain;
    struct client_curl *curl = NULL;
    if (registry == NULL || options == NULL || options->url == NULL || options->contract == NULL ||
        report == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct detail *detail = &registry->detail;
    enum jumin_error error = open_chain(options, &chain, &curl, detail);
    if (error == JUMIN_OK) {
        error = registry_mirror(registry->database, &chain, now, options->stop_seconds,
                                options->key_file != NULL, report, detail);
    }
    close_chain(&chain, curl);
    return error;
}
