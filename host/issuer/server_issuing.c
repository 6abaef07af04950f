// The part of the server that issues.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/server_issuing.h"

#include "host/issuer/attestation.h"
#include "host/issuer/issuer.h"
#include "host/issuer/publisher.h"
#include "host/issuer/status_routes.h"
#include "host/pki/mobile_pki.h"
#include "host/pki/x509.h"
#include "host/registry/did_web.h"
#include "host/registry/registry_routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SIGN_MDOC, SIGN_SD_JWT, SIGN_STATUS, SIGNERS };

static const enum jumin_mobile_key keys[SIGNERS] = {JUMIN_MOBILE_MDOC_SIGNER, JUMIN_MOBILE_SD_JWT_ISSUER,
                                                    JUMIN_MOBILE_STATUS_SIGNER};

struct issuing {
    struct jumin_server_issuing options;
    struct signer signers[SIGNERS];
    struct span certificates[SIGNERS]; // of the folder's handle
    int64_t not_before[SIGNERS], not_after[SIGNERS];
    struct publisher *publisher;
    struct issuer *issuer;
    struct status_service status;
    struct registry_service registry;
    bool introduced; // the registry knows the issuer
    char did_path[DID_WEB_MAX];
    char *did; // owned
};

// --- Start -------------------------------------------------------------------------------------------------------

// What any program can say of a face is worth nothing.
static enum jumin_error check_face(const struct jumin_server_issuing *options, bool binds,
                                   struct detail *detail)
{
    const bool asked = binds && jumin_policy_figures(options->stations[0]->policy)->face_at_tap;
    return !asked || options->unattested_face || (options->attestation_required && options->wallets != NULL)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_RULES,
                            "the scheme asks for the holder's face after a tap, and what a wallet says of it "
                            "counts only where wallets are attested (--wallets and --attested-only; for a "
                            "trial --unattested-face)");
}

static enum jumin_error wrong_options(const struct jumin_server_issuing *options, unsigned workers,
                                      struct detail *detail)
{
    if (options->base_url == NULL || options->pki == NULL || options->passphrase == NULL) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "base_url, pki or passphrase is missing");
    }
    return options->stations != NULL && options->station_count > workers
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_ARGUMENT,
                            "stations: one for each worker is wanted, and one more");
}

// A signer is not of use before or after its certificate.
static enum jumin_error check_times(struct issuing *issuing, size_t i, int64_t now, struct detail *detail)
{
    struct x509_certificate certificate;
    const char *why = "", *name = jumin_mobile_key_name(keys[i]);
    if (!x509_parse(issuing->certificates[i], &certificate, &why)) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "%s.key: %s", name, why);
    }
    issuing->not_before[i] = certificate.not_before;
    issuing->not_after[i] = certificate.not_after;
    return now >= certificate.not_before && now <= certificate.not_after
               ? JUMIN_OK
               : detail_set(
                     detail, JUMIN_ERROR_NOT_VALID_NOW,
                     "%s.key: its certificate is not valid now (`jumin pki iaca renew` makes the next)",
                     name);
}

static enum jumin_error load_signers(struct issuing *issuing, int64_t now, struct detail *detail)
{
    for (size_t i = 0; i < SIGNERS; i++) {
        enum jumin_error error = mobile_pki_signer(issuing->options.pki, keys[i], issuing->options.passphrase,
                                                   &issuing->signers[i], &issuing->certificates[i]);
        if (error != JUMIN_OK) {
            return detail_set(detail, error, "%s", jumin_mobile_pki_detail(issuing->options.pki));
        }
        error = check_times(issuing, i, now, detail);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    return JUMIN_OK;
}

// What everybody may know of this issuer. That the same is there already is no entry.
static enum jumin_error introduce(void *context, struct jumin_registry *registry, int64_t now)
{
    const struct issuing *issuing = context;
    char did[DID_WEB_MAX];
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < SIGNERS && error == JUMIN_OK; i++) {
        error = jumin_registry_add(registry, JUMIN_REGISTRY_CERTIFICATE, jumin_mobile_key_name(keys[i]),
                                   issuing->certificates[i].p, issuing->certificates[i].n, now, NULL);
    }
    for (size_t i = 0; i < issuing->registry.schema_count && error == JUMIN_OK; i++) {
        const struct registry_schema *schema = &issuing->registry.schemas[i];
        error = jumin_registry_add(registry, JUMIN_REGISTRY_SCHEMA, schema->name,
                                   (const uint8_t *)schema->json, strlen(schema->json), now, NULL);
    }
    if (error == JUMIN_OK && issuing->did != NULL && did_web_of(issuing->options.base_url, did)) {
        error = jumin_registry_add(registry, JUMIN_REGISTRY_DID_DOCUMENT, did, (const uint8_t *)issuing->did,
                                   strlen(issuing->did), now, NULL);
    }
    return error;
}

// By the publisher's handle. A registry that is away gets it later.
static enum jumin_error record(struct issuing *issuing, int64_t now, struct detail *detail)
{
    struct jumin_registry *registry = issuing->options.registries[issuing->options.station_count - 1];
    const enum jumin_error error = introduce(issuing, registry, now);
    issuing->introduced = error == JUMIN_OK;
    return error == JUMIN_OK || jumin_registry_is_away(registry)
               ? JUMIN_OK
               : detail_set(detail, error, "the registry: %s", jumin_registry_detail(registry));
}

static enum jumin_error make_schemas(struct registry_service *service, struct detail *detail)
{
    enum jumin_error error = JUMIN_OK;
    for (unsigned i = 0; i < REGISTRY_SCHEMAS && error == JUMIN_OK; i++) {
        struct registry_schema *schema = &service->schemas[i];
        error = jumin_registry_schema(i, &schema->name, &schema->json);
        schema->path = error == JUMIN_OK && strncmp(schema->name, "urn:", 4) == 0 ? "vct" : "doctype";
        service->schema_count += error == JUMIN_OK;
    }
    return error == JUMIN_ERROR_MEMORY ? detail_set(detail, error, "memory is short") : JUMIN_OK;
}

static bool registry_is_away(void *context)
{
    const struct issuing *issuing = context;
    return publisher_registry(issuing->publisher) == PUBLISHER_AWAY;
}

static enum jumin_error start_registry(struct issuing *issuing, int64_t now, struct detail *detail)
{
    uint8_t points[SIGNERS][SIGNER_POINT];
    for (size_t i = 0; i < SIGNERS; i++) {
        memcpy(points[i], issuing->signers[i].point, SIGNER_POINT);
    }
    // Only https:// has a DID.
    if (did_web_path(issuing->options.base_url, issuing->did_path) &&
        did_web_document(issuing->options.base_url, (const uint8_t(*)[SIGNER_POINT])points, SIGNERS,
                         &issuing->did) == JUMIN_ERROR_MEMORY) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    issuing->registry = (struct registry_service){
        .registries = issuing->options.registries,
        .count = issuing->options.registries != NULL ? issuing->options.station_count - 1 : 0,
        .is_away = registry_is_away,
        .context = issuing,
        .did_path = issuing->did_path,
        .did = issuing->did,
    };
    const enum jumin_error error = make_schemas(&issuing->registry, detail);
    return error == JUMIN_OK && issuing->options.registries != NULL ? record(issuing, now, detail) : error;
}

static enum jumin_error start_publisher(struct issuing *issuing, struct detail *detail)
{
    const size_t last = issuing->options.station_count - 1;
    struct publisher_options options = {
        .station = issuing->options.stations[last],
        .policy = status_policy_default(issuing->options.base_url),
        .status = {issuing->signers[SIGN_STATUS], &issuing->certificates[SIGN_STATUS], 1},
        .signers = issuing->signers,
        .signer_count = SIGN_STATUS,
        .registry = issuing->options.registries != NULL ? issuing->options.registries[last] : NULL,
        .introduce = issuing->introduced ? NULL : introduce,
        .context = issuing,
    };
    if (issuing->options.status_period != 0) {
        options.policy.period = issuing->options.status_period;
    }
    return publisher_start(&issuing->publisher, &options, detail);
}

static bool is_ready(void *context)
{
    const struct issuing *issuing = context;
    return publisher_signs(issuing->publisher);
}

static enum jumin_error start_issuer(struct issuing *issuing, struct detail *detail)
{
    const struct jumin_server_issuing *given = &issuing->options;
    const struct issuer_options options = {
        .base_url = given->base_url,
        .stations = given->stations,
        .station_count = given->station_count - 1,
        .mdoc = {issuing->signers[SIGN_MDOC], &issuing->certificates[SIGN_MDOC], 1,
                 issuing->not_before[SIGN_MDOC], issuing->not_after[SIGN_MDOC]},
        .sd_jwt = {issuing->signers[SIGN_SD_JWT], &issuing->certificates[SIGN_SD_JWT], 1,
                   issuing->not_before[SIGN_SD_JWT], issuing->not_after[SIGN_SD_JWT]},
        .ready = is_ready,
        .context = issuing,
        .wallets = given->wallets,
        .key_storage = given->key_storage,
        .user_authentication = given->user_authentication,
        .attestation_required = given->attestation_required,
        .batch = given->batch,
        .loss_secret = given->loss_secret,
    };
    return issuer_new(&issuing->issuer, &options, detail);
}

enum jumin_error issuing_start(struct issuing **issuing, const struct jumin_server_issuing *options,
                               unsigned workers, bool binds, struct detail *detail)
{
    *issuing = NULL;
    enum jumin_error error = wrong_options(options, workers, detail);
    error = error == JUMIN_OK ? check_face(options, binds, detail) : error;
    if (error != JUMIN_OK) {
        return error;
    }
    struct issuing *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    made->options = *options;
    made->status = (struct status_service){options->stations, options->station_count - 1};
    for (size_t i = 0; i < options->station_count; i++) {
        records_serve(options->stations[i]);
    }
    const int64_t now = station_now(options->stations[0]);
    error = load_signers(made, now, detail);
    made->options.passphrase = NULL;
    error = error == JUMIN_OK ? start_issuer(made, detail) : error; // looks at the options
    error = error == JUMIN_OK ? start_registry(made, now, detail) : error;
    error = error == JUMIN_OK ? start_publisher(made, detail) : error;
    if (error != JUMIN_OK) {
        issuing_stop(made);
        return error;
    }
    *issuing = made;
    return JUMIN_OK;
}

void issuing_stop(struct issuing *issuing)
{
    if (issuing != NULL) {
        publisher_stop(issuing->publisher);
        issuer_free(issuing->issuer);
        free(issuing->did);
        for (size_t i = 0; i < issuing->registry.schema_count; i++) {
            free(issuing->registry.schemas[i].json);
        }
        free(issuing);
    }
}

// --- Serving -----------------------------------------------------------------------------------------------------

size_t issuing_tables(struct issuing *issuing, struct http_routes tables[ISSUING_TABLES])
{
    size_t count = 0;
    tables[count++] = issuer_routes(issuing->issuer);
    tables[count++] = status_routes(&issuing->status);
    tables[count++] = registry_routes(&issuing->registry);
    return count;
}

// What the attestation says that was believed when the binding began (issuing_attested).
static struct credential_attested attested_by(const struct issuing *issuing,
                                              const struct jumin_binding *binding)
{
    struct credential_attested attested = {.there = false};
    struct key_attestation read;
    struct detail detail = {{0}};
    const struct span text = span_of(binding->attestation, binding->attestation_length);
    if (issuing->options.wallets != NULL && text.n > 0 &&
        key_attestation_read(text, &read, &detail) == JUMIN_OK) {
        attested = attestation_levels(&read);
        key_attestation_release(&read);
    }
    return attested;
}

void issuing_bound(struct issuing *issuing, const struct http_request *request,
                   const struct jumin_binding *binding, struct http_response *response)
{
    char session[RECORDS_SECRET];
    const struct credential_attested attested = attested_by(issuing, binding);
    struct jumin_station *station =
        request->worker < issuing->status.count ? issuing->options.stations[request->worker] : NULL;
    const enum jumin_error error =
        station != NULL ? records_bound(station, binding, &attested, session) : JUMIN_ERROR_DATABASE;
    if (error == JUMIN_OK) {
        http_response_header(response, "Jumin-Session", session);
        crypto_wipe(session, sizeof session);
        return;
    }
    http_response_release(response);
    *response = (struct http_response){.status = 0};
    if (error == JUMIN_ERROR_NO_SUCH_FILE || error == JUMIN_ERROR_STATUS || error == JUMIN_ERROR_REVOKED) {
        http_response_error(response, 403, "access_denied", jumin_station_detail(station));
    } else {
        http_response_error(response, 503, "temporarily_unavailable", "the records do not answer: tap again");
        http_response_header(response, "Retry-After", "2");
    }
}

bool issuing_attested(const struct issuing *issuing, const uint8_t key[JUMIN_DEVICE_KEY],
                      struct span attestation, char why[JUMIN_ATTESTATION_WHY])
{
    struct key_attestation read;
    struct detail detail = {{0}};
    const struct jumin_server_issuing *options = &issuing->options;
    const struct attestation_wanted wanted = {options->wallets, options->key_storage,
                                              options->user_authentication};
    bool good = false;
    if (attestation.n == 0 || options->wallets == NULL) {
        (void)snprintf(why, JUMIN_ATTESTATION_WHY, "there is no key attestation, and it is required");
        return !options->attestation_required;
    }
    if (key_attestation_read(attestation, &read, &detail) == JUMIN_OK) {
        good = attestation_believe_device(&read, key, &wanted, options->stations[0], &detail) == JUMIN_OK;
        key_attestation_release(&read);
    }
    (void)snprintf(why, JUMIN_ATTESTATION_WHY, "%.127s", detail.text);
    return good;
}

// `why` is the first that does not work; else what ends first and soon; else nothing.
static bool certificates_are_well(const struct issuing *issuing, int64_t now, char why[128])
{
    enum { DAY = 24 * 3600, SOON = 30 * DAY };
    int64_t least = SOON;
    why[0] = '\0';
    for (size_t i = 0; i < SIGNERS; i++) {
        const char *name = jumin_mobile_key_name(keys[i]);
        const int64_t left = issuing->not_after[i] - now;
        if (left < 0) {
            (void)snprintf(why, 128, "the certificate of %s has expired", name);
            return false;
        }
        if (i != SIGN_STATUS && left < ISSUER_REMAINDER) {
            (void)snprintf(why, 128, "the certificate of %s ends within a day: nothing is issued with it",
                           name);
            return false;
        }
        if (left < least) {
            least = left;
            (void)snprintf(why, 128, "the certificate of %s ends in %d days, and with it what it signs now",
                           name, (int)(left / DAY));
        }
    }
    return true;
}

bool issuing_is_well(const struct issuing *issuing, char why[128])
{
    const int64_t now = station_now(issuing->options.stations[0]);
    const struct publisher *publisher = issuing->publisher;
    if (!certificates_are_well(issuing, now, why)) {
        return false;
    }
    const char *what = !publisher_publishes(publisher)      ? "the status lists cannot be published"
                       : !publisher_is_well(publisher, now) ? "the status lists are not up to date"
                       : !publisher_signs(publisher)        ? "a signer does not sign"
                                                            : "";
    const char *warning = publisher_registry(publisher) == PUBLISHER_AWAY ? "the registry does not answer"
                          : publisher_registry(publisher) == PUBLISHER_REFUSED
                              ? "the registry does not take what it is to have"
                              : "";
    if (what[0] != '\0' || warning[0] != '\0') {
        (void)snprintf(why, 128, "%s", what[0] != '\0' ? what : warning);
    }
    return what[0] == '\0';
}

void issuing_metrics(const struct issuing *issuing, struct writer *text)
{
    struct publisher_counts counts;
    char lines[2048];
    publisher_count(issuing->publisher, &counts);
    const int n = snprintf(
        lines, sizeof lines,
        "# HELP jumin_status_tokens_total Status lists that were signed.\n"
        "# TYPE jumin_status_tokens_total counter\njumin_status_tokens_total %llu\n"
        "# HELP jumin_status_failures_total Tries to publish status lists that failed.\n"
        "# TYPE jumin_status_failures_total counter\njumin_status_failures_total %llu\n"
        "# HELP jumin_status_published_seconds When publishing last went well, since 1970.\n"
        "# TYPE jumin_status_published_seconds gauge\njumin_status_published_seconds %lld\n"
        "# HELP jumin_registry_failures_total Tries to bring status lists to the registry that failed.\n"
        "# TYPE jumin_registry_failures_total counter\njumin_registry_failures_total %llu\n"
        "# HELP jumin_registry_waiting Status lists that the registry has not yet.\n"
        "# TYPE jumin_registry_waiting gauge\njumin_registry_waiting %lld\n",
        counts.published, counts.failures, (long long)counts.well_at, counts.unrecorded, counts.waiting);
    writer_put(text, span_of(lines, n > 0 ? (size_t)n : 0));
}
