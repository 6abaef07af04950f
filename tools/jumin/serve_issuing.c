// What `jumin serve` opens to issue.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/serve_issuing.h"

#include "tools/jumin/registry_command.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 10, BATCH_MIN = 2, BATCH_MAX = 64, PERIOD = 10, PERIOD_MAX = 3600, LOSS_SECRET_MIN = 16 };

static bool is_address(const char *url)
{
    const bool https = strncmp(url, "https://", 8) == 0, http = strncmp(url, "http://", 7) == 0;
    return (https || http) && url[strlen(url) - 1] != '/';
}

bool serve_issuing_check(const struct cli_arguments *arguments)
{
    static const char *const needing[] = {
        "db",          "registry",      "wallets", "attested-only",  "batch",
        "loss-secret", "status-period", "scheme",  "unattested-face"};
    const char *url = cli_value(arguments, "base-url");
    long number = 0;
    for (size_t i = 0; url == NULL && i < sizeof needing / sizeof *needing; i++) {
        if (cli_has(arguments, needing[i])) {
            return cli_misused(arguments, "--%s needs --base-url", needing[i]);
        }
    }
    if (url != NULL && !is_address(url)) {
        return cli_misused(arguments, "--base-url takes https://… without a slash at its end");
    }
    if ((cli_has(arguments, "key-storage") || cli_has(arguments, "user-authentication")) &&
        !cli_has(arguments, "wallets")) {
        return cli_misused(arguments, "--key-storage and --user-authentication need --wallets");
    }
    if (cli_has(arguments, "attested-only") && !cli_has(arguments, "wallets")) {
        return cli_misused(arguments, "--attested-only needs --wallets");
    }
    return cli_number(arguments, "batch", BATCH_MIN, BATCH_MAX, BATCH, &number) &&
           cli_number(arguments, "status-period", 1, PERIOD_MAX, PERIOD, &number);
}

// --- Opening -----------------------------------------------------------------------------------------------------

// A handle for each thread, each with a policy of its own.
static bool open_records(const struct cli_arguments *arguments, struct serve_issuing *issuing)
{
    struct records_login nobody = {.officer = NULL};
    bool good = true;
    for (size_t i = 0; i < issuing->count && good; i++) {
        good = records_open_as(arguments, &nobody, &issuing->records[i]);
        issuing->stations[i] = issuing->records[i].station;
    }
    records_forget(&nobody);
    return good;
}

static bool open_registries(const struct cli_arguments *arguments, struct serve_issuing *issuing)
{
    char path[HOME_PATH_MAX];
    if (!home_path(arguments, "registry.key", path)) {
        return false;
    }
    for (size_t i = 0; i < issuing->count; i++) {
        if (!registry_open_soon(arguments, &issuing->registries[i])) {
            return false;
        }
        if (i == 0 && jumin_registry_is_away(issuing->registries[i])) {
            (void)fprintf(
                stderr, "jumin: serve: the registry does not answer, and gets later what it is to have: %s\n",
                jumin_registry_detail(issuing->registries[i]));
        }
        const enum jumin_error error =
            jumin_registry_use_key(issuing->registries[i], path, issuing->folder.passphrase,
                                   issuing->folder.access.tokens, NULL, true);
        if (error != JUMIN_OK) {
            (void)cli_fail_error(arguments, error, jumin_registry_detail(issuing->registries[i]));
            return false;
        }
    }
    return true;
}

static bool open_wallets(const struct cli_arguments *arguments, struct serve_issuing *issuing)
{
    const char *path = cli_value(arguments, "wallets");
    if (path == NULL) {
        return true;
    }
    enum jumin_error error = jumin_trust_new(&issuing->wallets);
    error = error == JUMIN_OK ? jumin_trust_add_file(issuing->wallets, path) : error;
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_trust_detail(issuing->wallets));
    }
    return error == JUMIN_OK;
}

static bool read_loss_secret(const struct cli_arguments *arguments, struct serve_issuing *issuing)
{
    const char *path = cli_value(arguments, "loss-secret");
    if (path == NULL) {
        return true;
    }
    if (!passphrase_read(arguments, path, issuing->loss_secret)) {
        return false;
    }
    if (strlen(issuing->loss_secret) < LOSS_SECRET_MIN) {
        (void)cli_fail(arguments, "%s: the secret must have %d characters or more", path, LOSS_SECRET_MIN);
        return false;
    }
    issuing->options.loss_secret = issuing->loss_secret;
    return true;
}

static bool make_room(const struct cli_arguments *arguments, size_t workers, struct serve_issuing *issuing)
{
    issuing->count = workers + 1;
    issuing->records = calloc(issuing->count, sizeof *issuing->records);
    issuing->stations = calloc(issuing->count, sizeof *issuing->stations);
    issuing->registries = calloc(issuing->count, sizeof *issuing->registries);
    const bool good = issuing->records != NULL && issuing->stations != NULL && issuing->registries != NULL;
    if (!good) {
        (void)cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    return good;
}

bool serve_issuing_open(const struct cli_arguments *arguments, size_t workers, struct serve_issuing *issuing)
{
    long batch = 0, period = 0;
    if (!make_room(arguments, workers, issuing) || !mobile_folder_open(arguments, false, &issuing->folder) ||
        !open_records(arguments, issuing) || !open_registries(arguments, issuing) ||
        !open_wallets(arguments, issuing) || !read_loss_secret(arguments, issuing) ||
        !cli_number(arguments, "batch", BATCH_MIN, BATCH_MAX, BATCH, &batch) ||
        !cli_number(arguments, "status-period", 1, PERIOD_MAX, PERIOD, &period)) {
        return false;
    }
    issuing->options.base_url = cli_value(arguments, "base-url");
    issuing->options.stations = issuing->stations;
    issuing->options.station_count = issuing->count;
    issuing->options.pki = issuing->folder.pki;
    issuing->options.passphrase = issuing->folder.passphrase;
    issuing->options.wallets = issuing->wallets;
    issuing->options.attestation_required = cli_has(arguments, "attested-only");
    issuing->options.unattested_face = cli_has(arguments, "unattested-face");
    issuing->options.batch = (unsigned)batch;
    issuing->options.status_period = (unsigned)period;
    issuing->options.registries = issuing->registries;
    issuing->options.key_storage = cli_value(arguments, "key-storage");
    issuing->options.user_authentication = cli_value(arguments, "user-authentication");
    return true;
}

void serve_issuing_close(struct serve_issuing *issuing)
{
    const bool room = issuing->records != NULL && issuing->registries != NULL;
    for (size_t i = 0; room && i < issuing->count; i++) {
        records_close(&issuing->records[i]);
        jumin_registry_free(issuing->registries[i]);
    }
    free(issuing->records);
    free(issuing->stations);
    free(issuing->registries);
    mobile_folder_close(&issuing->folder);
    jumin_trust_free(issuing->wallets);
    passphrase_wipe(issuing->loss_secret);
}
