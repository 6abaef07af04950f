// The issuer over HTTP: its routes, and what they share.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

#include "host/json_fields.h"
#include "host/mobile/dpop.h"

#include <stdio.h>
#include <stdlib.h>

enum { SECRET_MIN = 16 };

// --- What routes share -----------------------------------------------------------------------------------------

struct jumin_station *issuer_station(const struct issuer *issuer, const struct http_request *request)
{
    return request->worker < issuer->options.station_count ? issuer->options.stations[request->worker] : NULL;
}

static void refuse_token(struct http_response *response, const char *error, const char *why)
{
    char challenge[HTTP_VALUE_MAX];
    http_response_error(response, 401, error, why);
    (void)snprintf(challenge, sizeof challenge, "DPoP algs=\"ES256\", error=\"%s\"", error);
    http_response_header(response, "WWW-Authenticate", challenge);
}

// How long the day in Korea still is.
static int64_t seconds_of_today(const struct jumin_station *station)
{
    enum { DAY_SECONDS = 24 * 3600 };
    char today[JUMIN_DAY];
    station_day(station, today);
    return station_day_begin(today) + DAY_SECONDS - station_now(station);
}

void issuer_refuse(const struct jumin_station *station, enum jumin_error error,
                   const struct records_refusal *refusal, struct http_response *response)
{
    const char *why = jumin_station_detail(station);
    if (refusal->oauth == NULL) {
        // What is wrong here is none of the client's business, and may name what it should not know.
        const bool later = error == JUMIN_ERROR_DATABASE || error == JUMIN_ERROR_CONFLICT ||
                           error == JUMIN_ERROR_UNCERTAIN || error == JUMIN_ERROR_STATUS;
        http_response_error(response, later ? 503 : 500, "server_error", "try again later");
        if (later) {
            http_response_header(response, "Retry-After", "2");
        }
        return;
    }
    if (strcmp(refusal->oauth, "invalid_token") == 0) {
        refuse_token(response, refusal->oauth, why);
        return;
    }
    if (strcmp(refusal->oauth, "credential_request_denied") == 0) {
        char seconds[24];
        http_response_error(response, 429, refusal->oauth, why);
        (void)snprintf(seconds, sizeof seconds, "%lld", (long long)seconds_of_today(station));
        http_response_header(response, "Retry-After", seconds);
        return;
    }
    const bool denied =
        strcmp(refusal->oauth, "access_denied") == 0 || strcmp(refusal->oauth, "face_required") == 0;
    http_response_error(response, denied ? 403 : 400, refusal->oauth, why);
}

bool issuer_proof(const struct issuer *issuer, const struct http_request *request, const char *path,
                  const char *access, struct issuer_proof *kept, struct records_proof *proof,
                  struct http_response *response)
{
    char uri[ISSUER_URL_MAX + 64];
    struct dpop_proof checked;
    struct detail detail = {{0}};
    const char *header = http_request_header(request, "DPoP");
    const size_t count = http_request_header_count(request, "DPoP");
    const struct jumin_station *station = issuer_station(issuer, request);
    (void)snprintf(uri, sizeof uri, "%s%s", issuer->options.base_url, path);
    const struct dpop_request expected = {
        .method = request->method,
        .uri = uri,
        .access_token = span_of(access, strlen(access)),
        .now = station_now(station),
        .window = ISSUER_PROOF_WINDOW,
        .leeway = ISSUER_LEEWAY,
    };
    if (header == NULL || count != 1) {
        (void)detail_set(&detail, JUMIN_ERROR_MALFORMED,
                         header == NULL ? "the DPoP header is missing"
                                        : "there is more than one DPoP header");
    } else if (dpop_check(span_of(header, strlen(header)), &expected, &checked, &detail) == JUMIN_OK) {
        memcpy(proof->thumbprint, checked.thumbprint, sizeof proof->thumbprint);
        (void)snprintf(kept->jti, sizeof kept->jti, "%s", checked.id);
        proof->jti = span_of(kept->jti, strlen(kept->jti));
        return true;
    }
    if (access[0] != '\0') {
        refuse_token(response, "invalid_dpop_proof", detail.text);
    } else {
        http_response_error(response, 400, "invalid_dpop_proof", detail.text);
    }
    return false;
}

bool issuer_authorize(const struct issuer *issuer, const struct http_request *request, const char *path,
                      struct records_grant *grant, struct http_response *response)
{
    static const char scheme[] = "DPoP ";
    struct records_proof proof;
    struct issuer_proof kept;
    struct records_refusal refusal;
    struct jumin_station *station = issuer_station(issuer, request);
    const char *header = http_request_header(request, "Authorization");
    if (station == NULL) {
        http_response_error(response, 503, "server_error", NULL);
        return false;
    }
    if (header == NULL || http_request_header_count(request, "Authorization") != 1 ||
        strncasecmp(header, scheme, sizeof scheme - 1) != 0) {
        refuse_token(response, "invalid_token", "the Authorization header must be DPoP and an access token");
        return false;
    }
    const char *access = header + sizeof scheme - 1;
    if (!issuer_proof(issuer, request, path, access, &kept, &proof, response)) {
        return false;
    }
    const enum jumin_error error = records_authorize(station, access, &proof, grant, &refusal);
    if (error != JUMIN_OK && refusal.oauth != NULL && strcmp(refusal.oauth, "invalid_dpop_proof") == 0) {
        refuse_token(response, refusal.oauth, jumin_station_detail(station)); // RFC 9449 §7.1
    } else if (error != JUMIN_OK) {
        issuer_refuse(station, error, &refusal, response);
    }
    return error == JUMIN_OK;
}

json_t *issuer_body(const struct http_request *request, const char *oauth, struct http_response *response)
{
    json_t *body =
        http_request_is(request, "application/json")
            ? json_loadb((const char *)request->body.p, request->body.n, JSON_REJECT_DUPLICATES, NULL)
            : NULL;
    if (!json_is_object(body)) {
        http_response_error(response, 400, oauth, "the body must be a JSON object, as application/json");
        json_decref(body);
        return NULL;
    }
    return body;
}

bool issuer_can_sign(const struct issuer *issuer, const struct issuer_signer *signer,
                     const struct http_request *request, struct http_response *response)
{
    const int64_t now = station_now(issuer_station(issuer, request));
    if (signer->not_after == 0 || now + ISSUER_REMAINDER <= signer->not_after) {
        return true;
    }
    http_response_error(
        response, 503, "server_error",
        now > signer->not_after
            ? "the issuer's certificate has expired: nothing is issued until it has the next one"
            : "the issuer's certificate ends within a day, and with it what it signs: nothing is issued until"
              " it has the next one");
    http_response_header(response, "Retry-After", "600");
    return false;
}

json_t *issuer_offer_json(const struct issuer *issuer, const struct records_offer *offer)
{
    return offer_json(issuer->options.base_url, offer->code, offer->tx_code);
}

// --- Small routes ------------------------------------------------------------------------------------------------

static void metadata(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    (void)request;
    http_response_json(response, 200, json_deep_copy(issuer->metadata));
}

static void server_metadata(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    (void)request;
    http_response_json(response, 200, json_deep_copy(issuer->server_metadata));
}

// The reason is said, so that whoever scans a picture of the code learns why it is of no use.
static void offer(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    struct jumin_station *station = issuer_station(issuer, request);
    struct records_offer found;
    if (station == NULL) {
        http_response_error(response, 503, "server_error", NULL);
        return;
    }
    const enum jumin_error error = records_offer(station, request->parts[0], &found);
    if (error == JUMIN_OK) {
        http_response_json(response, 200, issuer_offer_json(issuer, &found));
    } else if (error == JUMIN_ERROR_NO_SUCH_FILE) {
        http_response_error(response, 404, "invalid_offer", jumin_station_detail(station));
    } else if (error == JUMIN_ERROR_STATUS || error == JUMIN_ERROR_NOT_VALID_NOW) {
        http_response_error(response, 410, "invalid_offer", jumin_station_detail(station));
    } else {
        issuer_refuse(station, error, &(struct records_refusal){NULL}, response);
    }
    crypto_wipe(&found, sizeof found);
}

static void nonce(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    const struct jumin_station *station = issuer_station(issuer, request);
    char text[RECORDS_SECRET];
    if (station == NULL || !records_nonce(station, text)) {
        http_response_error(response, 503, "server_error", NULL);
        return;
    }
    http_response_json(response, 200, json_pack("{s:s}", "c_nonce", text));
}

// --- The call centre ---------------------------------------------------------------------------------------------

static bool is_call_centre(const struct issuer *issuer, const struct http_request *request)
{
    static const char scheme[] = "Bearer ";
    const char *header = http_request_header(request, "Authorization");
    uint8_t given[CREDENTIAL_SECRET], wanted[CREDENTIAL_SECRET];
    return issuer->options.loss_secret != NULL && header != NULL &&
           http_request_header_count(request, "Authorization") == 1 &&
           strncasecmp(header, scheme, sizeof scheme - 1) == 0 &&
           offer_hash(header + sizeof scheme - 1, given) && offer_hash(issuer->options.loss_secret, wanted) &&
           crypto_equal(given, wanted, sizeof given);
}

// The number in the report, or that of the person whom it names. NULL: answered.
static const char *take_number(struct jumin_station *station, const json_t *body,
                               char found[JUMIN_APPLICATION_NUMBER], struct http_response *response)
{
    const char *number = json_string_value(json_object_get(body, "number"));
    const char *person = json_string_value(json_object_get(body, "registration_number"));
    if ((number == NULL) == (person == NULL)) {
        http_response_error(response, 400, "invalid_request", "number or registration_number is wanted");
        return NULL;
    }
    const enum jumin_error error = person != NULL ? find_of_person(station, person, found) : JUMIN_OK;
    if (error == JUMIN_OK) {
        return number != NULL ? number : found;
    }
    if (error == JUMIN_ERROR_NO_SUCH_FILE) {
        http_response_error(response, 404, "unknown_number", jumin_station_detail(station));
    } else if (error == JUMIN_ERROR_INPUT) {
        http_response_error(response, 400, "invalid_request", jumin_station_detail(station));
    } else {
        issuer_refuse(station, error, &(struct records_refusal){NULL}, response);
    }
    return NULL;
}

static void answer_loss(const struct issuer *issuer, const struct http_request *request, const json_t *body,
                        struct http_response *response)
{
    struct jumin_station *station = issuer_station(issuer, request);
    const char *lost = json_string_value(json_object_get(body, "lost"));
    const bool phone = lost != NULL && strcmp(lost, "phone") == 0;
    char found[JUMIN_APPLICATION_NUMBER];
    if (lost == NULL || (!phone && strcmp(lost, "card") != 0)) {
        http_response_error(response, 400, "invalid_request", "lost must be \"phone\" or \"card\"");
        return;
    }
    const char *number = take_number(station, body, found, response);
    if (number == NULL) {
        return;
    }
    const enum jumin_error error =
        credential_report_loss(station, number, phone ? JUMIN_SUBJECT_CREDENTIAL : JUMIN_SUBJECT_CARD,
                               json_string_value(json_object_get(body, "reason")));
    if (error == JUMIN_OK) {
        http_response_empty(response, 204);
    } else if (error == JUMIN_ERROR_NO_SUCH_FILE) {
        http_response_error(response, 404, "unknown_number", jumin_station_detail(station));
    } else if (error == JUMIN_ERROR_STATUS) {
        http_response_error(response, 409, "not_out", jumin_station_detail(station));
    } else if (error == JUMIN_ERROR_ARGUMENT) {
        http_response_error(response, 400, "invalid_request", jumin_station_detail(station));
    } else {
        issuer_refuse(station, error, &(struct records_refusal){NULL}, response);
    }
}

static void loss(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    if (issuer_station(issuer, request) == NULL || !is_call_centre(issuer, request)) {
        http_response_error(response, 401, "invalid_token", NULL);
        http_response_header(response, "WWW-Authenticate", "Bearer");
        return;
    }
    json_t *body = issuer_body(request, "invalid_request", response);
    if (body != NULL) {
        answer_loss(issuer, request, body, response);
    }
    json_wipe(body);
    json_decref(body);
}

// --- The issuer --------------------------------------------------------------------------------------------------

static const struct http_route routes[] = {
    {"issuer-metadata", "GET", "/.well-known/openid-credential-issuer", 0, {60, 120}, metadata},
    {"server-metadata", "GET", "/.well-known/oauth-authorization-server", 0, {60, 120}, server_metadata},
    {"offer", "GET", "/offer/{}", 0, {10, 30}, offer},
    {"token", "POST", "/token", ISSUER_FORM_MAX, {20, 60}, issuer_token},
    {"nonce", "POST", "/nonce", ISSUER_FORM_MAX, {60, 120}, nonce},
    {"credential", "POST", "/credential", ISSUER_BODY_MAX, {20, 60}, issuer_credential},
    {"deferred", "POST", "/deferred", ISSUER_FORM_MAX, {20, 60}, issuer_deferred},
    {"notification", "POST", "/notification", ISSUER_FORM_MAX, {20, 60}, issuer_notification},
    {"provision", "POST", "/provision", ISSUER_BODY_MAX, {10, 30}, issuer_provision},
    {"portrait", "POST", "/portrait", ISSUER_FORM_MAX, {5, 15}, issuer_portrait},
    {"loss", "POST", "/loss", ISSUER_FORM_MAX, {60, 600}, loss},
};

static const char *wrong_option(const struct issuer_options *options)
{
    const size_t n = options->base_url != NULL ? strlen(options->base_url) : 0;
    if (n == 0 || n >= ISSUER_URL_MAX || options->base_url[n - 1] == '/' ||
        (strncmp(options->base_url, "https://", 8) != 0 && strncmp(options->base_url, "http://", 7) != 0)) {
        return "base_url: must be https://… without a slash at its end";
    }
    if (options->stations == NULL || options->station_count == 0) {
        return "stations: there is none";
    }
    if ((options->key_storage != NULL && !attack_potential_is_known(options->key_storage)) ||
        (options->user_authentication != NULL && !attack_potential_is_known(options->user_authentication))) {
        return "key_storage, user_authentication: must be iso_18045_basic, …enhanced-basic, …moderate or "
               "…high";
    }
    if (options->batch == 1 || options->batch > STATUS_BATCH_MAX) {
        return "batch: must be 2 to 64";
    }
    if (options->loss_secret != NULL && strlen(options->loss_secret) < SECRET_MIN) {
        return "loss_secret: must have 16 bytes or more";
    }
    return options->mdoc.chain_count == 0 || options->sd_jwt.chain_count == 0 ? "a signer has no certificate"
                                                                              : NULL;
}

enum jumin_error issuer_new(struct issuer **issuer, const struct issuer_options *options,
                            struct detail *detail)
{
    const char *wrong = wrong_option(options);
    *issuer = NULL;
    if (wrong != NULL) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "%s", wrong);
    }
    struct issuer *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    made->options = *options;
    made->options.batch = options->batch != 0 ? options->batch : ISSUER_BATCH;
    made->metadata = issuer_metadata(made);
    made->server_metadata = issuer_server_metadata(made);
    if (made->metadata == NULL || made->server_metadata == NULL) {
        issuer_free(made);
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    *issuer = made;
    return JUMIN_OK;
}

void issuer_free(struct issuer *issuer)
{
    if (issuer != NULL) {
        json_decref(issuer->metadata);
        json_decref(issuer->server_metadata);
        free(issuer);
    }
}

struct http_routes issuer_routes(struct issuer *issuer)
{
    return (struct http_routes){
        .routes = routes, .count = sizeof routes / sizeof routes[0], .context = issuer};
}
