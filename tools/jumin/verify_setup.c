// A verifier as the command line wants it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/verify_command.h"

#include "tools/jumin/files.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FETCH_SECONDS = 3, // for a status list: somebody stands there and waits
    LIST_MAX = 1 << 20,
    ANCHOR_MAX = 65536,
    PROOF_MAX = 1 << 20,
    VENUE_MAX = 65536,
    REGISTRY_KEY = 65,
    FOLDER_MODE = 0700,
};

// --- Options -----------------------------------------------------------------------------------------------------

static bool take_rule(const struct cli_arguments *arguments, const char *accept, const char *warn,
                      long accept_otherwise, long warn_otherwise, struct jumin_freshness *rule)
{
    long accepted = 0, warned = 0;
    if (!cli_number(arguments, accept, 0, LONG_MAX, accept_otherwise, &accepted) ||
        !cli_number(arguments, warn, 0, LONG_MAX, accepted > warn_otherwise ? accepted : warn_otherwise,
                    &warned)) {
        return false;
    }
    *rule = (struct jumin_freshness){accepted, warned};
    return warned >= accepted || cli_misused(arguments, "--%s is less than --%s", warn, accept);
}

static bool take_rules(const struct cli_arguments *arguments, struct jumin_verifier_options *options)
{
    return take_rule(arguments, "status-accept", "status-warn", JUMIN_VERIFIER_STATUS_ACCEPT,
                     JUMIN_VERIFIER_STATUS_WARN, &options->statuses) &&
           take_rule(arguments, "trust-accept", "trust-warn", JUMIN_VERIFIER_TRUST_ACCEPT,
                     JUMIN_VERIFIER_TRUST_WARN, &options->trust);
}

static bool take_registry_key(const struct cli_arguments *arguments, uint8_t key[REGISTRY_KEY])
{
    const char *digits = cli_value(arguments, "registry-key");
    if (strlen(digits) != (size_t)2 * REGISTRY_KEY ||
        strspn(digits, "0123456789abcdefABCDEF") != (size_t)2 * REGISTRY_KEY) {
        return cli_misused(arguments, "--registry-key takes the %d hexadecimal digits of a public key",
                           2 * REGISTRY_KEY);
    }
    for (size_t i = 0; i < REGISTRY_KEY; i++) {
        const char pair[] = {digits[2 * i], digits[2 * i + 1], '\0'};
        key[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

bool verify_setup_check(const struct cli_arguments *arguments)
{
    struct jumin_verifier_options options = {0};
    uint8_t key[REGISTRY_KEY];
    long now = 0;
    if (!take_rules(arguments, &options) || !cli_number(arguments, "now", 0, LONG_MAX, 0, &now)) {
        return false;
    }
    if (cli_has(arguments, "roots") && (cli_has(arguments, "trust-list") || cli_has(arguments, "anchor"))) {
        return cli_misused(arguments, "--roots stands in place of --trust-list and --anchor");
    }
    if (!cli_has(arguments, "registry-key")) {
        return !cli_has(arguments, "proof") || cli_misused(arguments, "--proof needs --registry-key");
    }
    return take_registry_key(arguments, key);
}

// --- Whom it trusts --------------------------------------------------------------------------------------------

static bool failed(const struct cli_arguments *arguments, const struct verify_setup *setup, const char *path,
                   enum jumin_error error)
{
    char sentence[512];
    const char *detail = jumin_verifier_detail(setup->verifier);
    (void)snprintf(sentence, sizeof sentence, "%s: %s", path,
                   detail[0] != '\0' ? detail : jumin_error_text(error));
    return cli_fail_error(arguments, error, sentence) == CLI_OK;
}

// The option's file, or that of the home. False: said so on stderr.
static bool path_of(const struct cli_arguments *arguments, const char *option, const char *otherwise,
                    char path[HOME_PATH_MAX])
{
    const char *given = cli_value(arguments, option);
    if (given == NULL) {
        return home_path(arguments, otherwise, path);
    }
    (void)snprintf(path, HOME_PATH_MAX, "%s", given);
    return strlen(given) < HOME_PATH_MAX || cli_misused(arguments, "--%s is too long", option);
}

bool verify_setup_read_list(const struct cli_arguments *arguments, uint8_t **bytes, size_t *n)
{
    char path[HOME_PATH_MAX];
    if (!path_of(arguments, "trust-list", "mobile/trust-list.jwt", path) ||
        !files_read(arguments, path, LIST_MAX, bytes, n)) {
        return false;
    }
    while (*n > 0 && ((*bytes)[*n - 1] == '\n' || (*bytes)[*n - 1] == '\r')) {
        (*n)--;
    }
    return true;
}

static bool load_trust_list(const struct cli_arguments *arguments, struct verify_setup *setup)
{
    char path[HOME_PATH_MAX];
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!path_of(arguments, "anchor", "mobile/iaca.crt", path) ||
        !files_read(arguments, path, ANCHOR_MAX, &bytes, &n)) {
        return false;
    }
    enum jumin_error error = jumin_verifier_set_anchor(setup->verifier, bytes, n);
    free(bytes);
    if (error != JUMIN_OK) {
        return failed(arguments, setup, path, error);
    }
    if (!verify_setup_read_list(arguments, &bytes, &n)) {
        return false;
    }
    error = jumin_verifier_load_trust_list(setup->verifier, bytes, n, setup->now);
    free(bytes);
    return error == JUMIN_OK || failed(arguments, setup, "the trust list", error);
}

static bool load_roots(const struct cli_arguments *arguments, struct verify_setup *setup)
{
    const char *path = cli_value(arguments, "roots");
    struct stat kind;
    if (stat(path, &kind) != 0) {
        return cli_fail(arguments, "%s: %s", path, strerror(errno)) == CLI_OK;
    }
    enum jumin_error error = jumin_trust_new(&setup->roots);
    if (error == JUMIN_OK) {
        error = S_ISDIR(kind.st_mode) ? jumin_trust_add_directory(setup->roots, path)
                                      : jumin_trust_add_file(setup->roots, path);
    }
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error,
                              setup->roots != NULL ? jumin_trust_detail(setup->roots) : NULL) == CLI_OK;
    }
    jumin_verifier_trust_issuers(setup->verifier, setup->roots);
    return true;
}

static bool load_proof(const struct cli_arguments *arguments, struct verify_setup *setup, const char *path)
{
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!files_read(arguments, path, PROOF_MAX, &bytes, &n)) {
        return false;
    }
    const enum jumin_error error = jumin_verifier_add_proof(setup->verifier, (const char *)bytes, n);
    free(bytes);
    return error == JUMIN_OK || failed(arguments, setup, path, error);
}

static int is_proof(const struct dirent *entry)
{
    static const char suffix[] = ".proof";
    const size_t n = strlen(entry->d_name), end = sizeof suffix - 1;
    return n > end && strcmp(entry->d_name + n - end, suffix) == 0;
}

// All proofs in a folder, as `jumin registry fetch` keeps them.
static bool load_proofs(const struct cli_arguments *arguments, struct verify_setup *setup, const char *folder)
{
    struct dirent **entries = NULL;
    const int count = scandir(folder, &entries, is_proof, alphasort);
    bool good = count >= 0 || cli_fail(arguments, "%s: %s", folder, strerror(errno)) == CLI_OK;
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        const int n = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        good = good && n > 0 && n < PATH_MAX && load_proof(arguments, setup, path);
        free(entries[i]);
    }
    free(entries);
    return good;
}

static bool load_registry(const struct cli_arguments *arguments, struct verify_setup *setup)
{
    uint8_t key[REGISTRY_KEY];
    const char *path = NULL;
    struct stat kind;
    if (!cli_has(arguments, "registry-key")) {
        return true;
    }
    if (!take_registry_key(arguments, key)) {
        return false;
    }
    const enum jumin_error error = jumin_verifier_use_registry(setup->verifier, key, sizeof key);
    if (error != JUMIN_OK) {
        return failed(arguments, setup, "--registry-key", error);
    }
    for (size_t i = 0; (path = cli_value_at(arguments, "proof", i)) != NULL; i++) {
        const bool folder = stat(path, &kind) == 0 && S_ISDIR(kind.st_mode);
        if (!(folder ? load_proofs : load_proof)(arguments, setup, path)) {
            return false;
        }
    }
    return true;
}

// --- Network and cache -------------------------------------------------------------------------------------------

static enum jumin_error get(void *context, const char *uri, const char *accept, uint8_t **body, size_t *n)
{
    return jumin_http_get(context, uri, accept, body, n);
}

static bool open_network(const struct cli_arguments *arguments, struct verify_setup *setup)
{
    const struct jumin_http_options options = {.allow_http = cli_has(arguments, "allow-http"),
                                               .authorities = cli_value(arguments, "authorities"),
                                               .seconds = FETCH_SECONDS};
    if (cli_has(arguments, "offline")) {
        return true;
    }
    const enum jumin_error error = jumin_http_new(&setup->http, &options);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, NULL) == CLI_OK;
    }
    setup->network = (struct jumin_verifier_network){get, setup->http};
    jumin_verifier_use_network(setup->verifier, &setup->network);
    return true;
}

static bool open_cache(const struct cli_arguments *arguments, char path[HOME_PATH_MAX])
{
    if (!path_of(arguments, "cache", "status-lists", path)) {
        return false;
    }
    if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST) {
        return cli_fail(arguments, "%s: %s", path, strerror(errno)) == CLI_OK;
    }
    return true;
}

// --- All of it -----------------------------------------------------------------------------------------------------

bool verify_setup_open(const struct cli_arguments *arguments, struct verify_setup *setup)
{
    struct jumin_verifier_options options = {
        .revocation_required = cli_has(arguments, "require-revocation"),
        .registry_required = cli_has(arguments, "require-registry"),
    };
    char cache[HOME_PATH_MAX];
    long now = 0;
    *setup = (struct verify_setup){0};
    if (!take_rules(arguments, &options) ||
        !cli_number(arguments, "now", 0, LONG_MAX, (long)time(NULL), &now) || !open_cache(arguments, cache)) {
        return false;
    }
    setup->now = now;
    options.cache = cache;
    const enum jumin_error error = jumin_verifier_new(&setup->verifier, &options);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, NULL) == CLI_OK;
    }
    return open_network(arguments, setup) &&
           (cli_has(arguments, "roots") ? load_roots(arguments, setup) : load_trust_list(arguments, setup)) &&
           load_registry(arguments, setup);
}

void verify_setup_close(struct verify_setup *setup)
{
    jumin_verifier_free(setup->verifier);
    jumin_trust_free(setup->roots);
    jumin_http_free(setup->http);
    free(setup->venue);
}

// A file, or the name of a venue of the home.
static bool venue_path(const struct cli_arguments *arguments, char path[HOME_PATH_MAX])
{
    char name[HOME_PATH_MAX];
    const char *given = cli_value(arguments, "venue");
    if (access(given, F_OK) == 0 || strchr(given, '/') != NULL) {
        return path_of(arguments, "venue", "", path);
    }
    const int n = snprintf(name, sizeof name, "mobile/venues/%s.key", given);
    return n > 0 && (size_t)n < sizeof name && home_path(arguments, name, path);
}

bool verify_setup_key(const struct cli_arguments *arguments, struct verify_setup *setup)
{
    char path[HOME_PATH_MAX], passphrase[PASSPHRASE_MAX] = "";
    if (!venue_path(arguments, path) ||
        !files_read(arguments, path, VENUE_MAX, &setup->venue, &setup->venue_length) ||
        !passphrase_get(arguments, false, passphrase)) {
        return false;
    }
    const enum jumin_error error =
        jumin_verifier_use_key(setup->verifier, (const char *)setup->venue, setup->venue_length, passphrase);
    passphrase_wipe(passphrase);
    return error == JUMIN_OK || failed(arguments, setup, path, error);
}
