// `jumin registry fetch`: a verifier's head and proofs brought up to date, so that it can do without the
// registry afterwards.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/registry_command.h"

#include "tools/jumin/files.h"

#include <errno.h>
#include <jumin/http.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ADDRESS_MAX = 1024, ENTRIES_MAX = 1000, FOLDER_MODE = 0755 };

struct fetch {
    const struct cli_arguments *arguments;
    struct jumin_http *http;
    uint8_t key[JUMIN_REGISTRY_KEY];
    char *token; // the head that is kept; NULL: none yet
    struct jumin_registry_head head;
    size_t kept, added; // proofs
};

static bool check_fetch(const struct cli_arguments *arguments)
{
    uint8_t key[JUMIN_REGISTRY_KEY];
    const char *url = arguments->operand_count == 1 ? arguments->operands[0] : NULL;
    if (url == NULL || url[0] == '\0' || url[strlen(url) - 1] == '/') {
        return cli_misused(arguments, "the issuer's address is needed, without a slash at its end");
    }
    if (!cli_has(arguments, "head") || !cli_has(arguments, "proofs")) {
        return cli_misused(arguments, "--head and --proofs are needed");
    }
    return registry_take_key(arguments, key);
}

// --- Asking --------------------------------------------------------------------------------------------------

// `*body` is malloc'ed.
static enum jumin_error ask(struct fetch *fetch, const char *path, uint64_t known, uint8_t **body, size_t *n)
{
    char address[ADDRESS_MAX], size[40] = "";
    if (known > 0) {
        (void)snprintf(size, sizeof size, "?known=%llu", (unsigned long long)known);
    }
    const int length =
        snprintf(address, sizeof address, "%s/registry/%s%s", fetch->arguments->operands[0], path, size);
    return length > 0 && length < ADDRESS_MAX
               ? jumin_http_get(fetch->http, address, "application/json", body, n)
               : JUMIN_ERROR_ARGUMENT;
}

static bool unreached(const struct fetch *fetch, enum jumin_error error)
{
    return cli_fail_error(fetch->arguments, error, jumin_http_detail(fetch->http)) == CLI_OK;
}

// Takes `token`, which is kept from now on.
static bool keep_head(struct fetch *fetch, char *token)
{
    const char *path = cli_value(fetch->arguments, "head");
    const bool same = fetch->token != NULL && strcmp(fetch->token, token) == 0;
    free(fetch->token);
    fetch->token = token;
    return same || files_replace(fetch->arguments, path, token, strlen(token));
}

// --- Head ----------------------------------------------------------------------------------------------------

static bool read_head(struct fetch *fetch)
{
    struct jumin_registry_refusal refusal;
    if (!registry_read_head(fetch->arguments, &fetch->token)) {
        return false;
    }
    if (fetch->token == NULL) {
        return true;
    }
    const enum jumin_error error =
        jumin_registry_head_check(fetch->token, fetch->key, &fetch->head, &refusal);
    return error == JUMIN_OK ||
           cli_fail(fetch->arguments, "%s: %s", cli_value(fetch->arguments, "head"), refusal.text) == CLI_OK;
}

static bool update_head(struct fetch *fetch)
{
    struct jumin_registry_refusal refusal;
    uint8_t *body = NULL;
    size_t n = 0;
    char *token = NULL;
    enum jumin_error error = ask(fetch, "head", fetch->head.size, &body, &n);
    if (error == JUMIN_ERROR_ACCESS_DENIED && fetch->head.size > 0) { // it may have fewer: what does it say?
        error = ask(fetch, "head", 0, &body, &n);
    }
    if (error != JUMIN_OK) {
        return unreached(fetch, error);
    }
    error = jumin_registry_head_update((const char *)body, n, fetch->key, fetch->token, &fetch->head, &token,
                                       &refusal);
    free(body);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(fetch->arguments, error, refusal.text);
        return false;
    }
    return keep_head(fetch, token);
}

// --- Proofs --------------------------------------------------------------------------------------------------

static bool is_about(const struct jumin_registry_entry *entry, const char *digest)
{
    char text[REGISTRY_HEX];
    return strcmp(registry_hex(entry->digest, sizeof entry->digest, text), digest) == 0;
}

// What was proven once stays so: the log only grows, which the heads show.
static bool is_kept(const struct fetch *fetch, const char *path, const char *digest)
{
    struct jumin_registry_entry entry;
    struct jumin_registry_head head;
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!files_take(path, REGISTRY_FILE_MAX, &bytes, &n)) {
        return false;
    }
    const enum jumin_error error = jumin_registry_proof_check((const char *)bytes, n, fetch->key, NULL, NULL,
                                                              0, &entry, &head, NULL, NULL);
    free(bytes);
    return error == JUMIN_OK && is_about(&entry, digest);
}

static bool keep_proof(struct fetch *fetch, const char *path, const char *digest, const uint8_t *json,
                       size_t n)
{
    struct jumin_registry_refusal refusal;
    struct jumin_registry_entry entry;
    char *token = NULL;
    const enum jumin_error error = jumin_registry_proof_check(
        (const char *)json, n, fetch->key, fetch->token, NULL, 0, &entry, &fetch->head, &token, &refusal);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(fetch->arguments, error, refusal.text);
        return false;
    }
    if (!is_about(&entry, digest)) {
        free(token);
        return cli_fail(fetch->arguments, "the proof is about something else than %s", digest) == CLI_OK;
    }
    fetch->added++;
    return keep_head(fetch, token) && files_replace(fetch->arguments, path, json, n);
}

static bool fetch_proof(struct fetch *fetch, const char *digest)
{
    char path[PATH_MAX], asked[sizeof "proof/" + JUMIN_REGISTRY_DIGEST];
    uint8_t *body = NULL;
    size_t n = 0;
    const int length =
        snprintf(path, sizeof path, "%s/%s.proof", cli_value(fetch->arguments, "proofs"), digest);
    if (length < 0 || length >= PATH_MAX) {
        return cli_fail(fetch->arguments, "--proofs is too long") == CLI_OK;
    }
    if (is_kept(fetch, path, digest)) {
        fetch->kept++;
        return true;
    }
    (void)snprintf(asked, sizeof asked, "proof/%s", digest);
    const enum jumin_error error = ask(fetch, asked, fetch->head.size, &body, &n);
    if (error != JUMIN_OK) {
        return unreached(fetch, error);
    }
    const bool good = keep_proof(fetch, path, digest, body, n);
    free(body);
    return good;
}

static bool is_digest(const char *text)
{
    return text != NULL && strlen(text) == JUMIN_REGISTRY_DIGEST - 1 &&
           strspn(text, "0123456789abcdef") == JUMIN_REGISTRY_DIGEST - 1;
}

// Of all certificates that the registry names.
static bool fetch_certificates(struct fetch *fetch)
{
    uint8_t *body = NULL;
    size_t n = 0;
    const enum jumin_error error = ask(fetch, "entries/certificate", 0, &body, &n);
    if (error != JUMIN_OK) {
        return unreached(fetch, error);
    }
    json_t *answer = json_loadb((const char *)body, n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *entries = json_object_get(answer, "entries");
    free(body);
    bool good = json_is_array(entries) && json_array_size(entries) <= ENTRIES_MAX;
    if (!good) {
        (void)cli_fail(fetch->arguments, "the issuer does not say which certificates there are");
    }
    for (size_t i = 0; good && i < json_array_size(entries); i++) {
        const char *digest = json_string_value(json_object_get(json_array_get(entries, i), "sha256"));
        good = is_digest(digest) ? fetch_proof(fetch, digest)
                                 : cli_fail(fetch->arguments, "the issuer names no SHA-256") == CLI_OK;
    }
    json_decref(answer);
    return good;
}

static bool fetch_contents(struct fetch *fetch)
{
    const char *path = NULL;
    for (size_t i = 0; (path = cli_value_at(fetch->arguments, "content", i)) != NULL; i++) {
        char digest[JUMIN_REGISTRY_DIGEST];
        uint8_t *content = NULL;
        size_t n = 0;
        if (!files_read(fetch->arguments, path, REGISTRY_FILE_MAX, &content, &n)) {
            return false;
        }
        const enum jumin_error error = jumin_registry_digest(content, n, digest);
        free(content);
        if (error != JUMIN_OK || !fetch_proof(fetch, digest)) {
            return false;
        }
    }
    return true;
}

// --- The whole -----------------------------------------------------------------------------------------------

static bool open_fetch(const struct cli_arguments *arguments, struct fetch *fetch)
{
    const char *folder = cli_value(arguments, "proofs");
    const struct jumin_http_options options = {.allow_http = cli_has(arguments, "allow-http"),
                                               .authorities = cli_value(arguments, "authorities")};
    if (!registry_take_key(arguments, fetch->key)) {
        return false;
    }
    if (mkdir(folder, FOLDER_MODE) != 0 && errno != EEXIST) {
        return cli_fail(arguments, "%s: %s", folder, strerror(errno)) == CLI_OK;
    }
    const enum jumin_error error = jumin_http_new(&fetch->http, &options);
    return error == JUMIN_OK || cli_fail_error(arguments, error, NULL) == CLI_OK;
}

static enum cli_exit run_fetch(const struct cli_arguments *arguments)
{
    struct fetch fetch = {.arguments = arguments};
    const bool good = open_fetch(arguments, &fetch) && read_head(&fetch) && update_head(&fetch) &&
                      fetch_certificates(&fetch) && fetch_contents(&fetch);
    if (good && cli_has(arguments, "json")) {
        registry_print_json(json_pack("{s:I, s:I, s:I}", "size", (json_int_t)fetch.head.size, "kept",
                                      (json_int_t)fetch.kept, "fetched", (json_int_t)fetch.added));
    } else if (good) {
        (void)printf("the registry has %llu entries; %zu proofs fetched, %zu there already\n",
                     (unsigned long long)fetch.head.size, fetch.added, fetch.kept);
    }
    jumin_http_free(fetch.http);
    free(fetch.token);
    return good ? CLI_OK : CLI_FAILED;
}

static const struct cli_option fetch_options[] = {
    {"key", "HEX", "the registry's public key, as `jumin registry head` shows it"},
    {"head", "FILE",
     "the last head that was seen, which the new one must have grown out of; it is kept there"},
    {"proofs", "FOLDER", "where proofs are kept, for `jumin verify --proof FOLDER`"},
    {"content", "FILE", "fetch the proof about this, too: a status list, say; may be repeated"},
    {"allow-http", NULL, "fetch over http://, too: from a server on this machine"},
    {"authorities", "FILE", "who may vouch for servers, in PEM; whom the system believes unless given"},
    {"json", NULL, "answer in JSON"},
};

const struct cli_command registry_fetch_command = {
    .name = "registry fetch",
    .summary = "Bring a verifier's head and proofs up to date, to do without the registry afterwards",
    .operands = "URL",
    .options = fetch_options,
    .option_count = sizeof fetch_options / sizeof *fetch_options,
    .notes =
        "Fetches the head from the issuer's server, sees that it has grown out of the one that was kept, and "
        "fetches the\n"
        "proofs of all certificates that are not in FOLDER. A registry that was rewritten or shrank is "
        "refused "
        "with what\n"
        "both heads say, and nothing is changed. Run it by a timer.\n"
        "\n"
        "    jumin registry fetch https://id.example.kr --key 04… --head registry.head --proofs proofs\n",
    .check = check_fetch,
    .run = run_fetch,
};
