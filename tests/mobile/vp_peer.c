// A venue's verifier and a wallet for check_vp.py: what would go over HTTP goes over stdin and stdout, an
// object of JSON a line.
// SPDX-License-Identifier: Apache-2.0
//
// First line out: what the other side needs of the stage: keys, certificates, credentials, time. Then, on
// stdin:
//     {"do": "http", "method", "path", "type"?, "authorization"?, "body"}   to the venue's routes
//     → {"status", "type", "body"}
//     {"do": "answer", "link"}   the wallet follows the link and shows what it would disclose
//     → {"ask": {"method", "url", "type", "body"}}, answered by {"status", "type", "body"}; …
//     → {"done": name of the error, "detail"}
#include "tests/mobile/vp_stage.h"

#include "host/mobile/base64url.h"
#include "host/verifier/remote_routes.h"
#include "host/wallet/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PEER_BASE "https://" VENUE_HOST
#define PEER_SECRET "secret of the venue"

enum { LINE_MAX_BYTES = 1 << 20 };

static struct jumin_wallet *wallet;
static struct remote_verifier *remote;

// --- Lines ---------------------------------------------------------------------------------------------------

static void say(json_t *line)
{
    assert_non_null(line);
    assert_int_equal(json_dumpf(line, stdout, JSON_COMPACT), 0);
    (void)fputc('\n', stdout);
    (void)fflush(stdout);
    json_decref(line);
}

static json_t *hear(void)
{
    static char line[LINE_MAX_BYTES];
    return fgets(line, sizeof line, stdin) != NULL ? json_loads(line, 0, NULL) : NULL;
}

static const char *text_in(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static json_t *encoded(struct span bytes)
{
    static char text[32768];
    struct writer w = writer_of(text, sizeof text);
    base64url_put(&w, bytes);
    assert_false(w.overflow);
    return json_stringn(text, w.n);
}

static json_t *secret_of(const struct crypto_ec_key *key)
{
    uint8_t secret[32];
    assert_true(crypto_ec_secret(key, secret));
    return encoded(span_of(secret, sizeof secret));
}

// --- The venue -----------------------------------------------------------------------------------------------

static void call_venue(const json_t *line)
{
    struct http_header headers[2];
    size_t count = 0;
    const char *type = text_in(line, "type"), *authorization = text_in(line, "authorization");
    if (type != NULL) {
        headers[count++] = (struct http_header){"Content-Type", type};
    }
    if (authorization != NULL) {
        headers[count++] = (struct http_header){"Authorization", authorization};
    }
    struct http_request request = {.method = text_in(line, "method"),
                                   .path = text_in(line, "path"),
                                   .body = text_span(text_in(line, "body")),
                                   .headers = headers,
                                   .header_count = count,
                                   .now = STAGE_NOW};
    const struct http_routes routes = remote_routes(remote);
    struct http_response response = {0};
    (void)http_routes_call(&routes, 1, &request, &response);
    say(json_pack("{s:i, s:s?, s:o}", "status", response.status, "type", response.type, "body",
                  json_stringn(response.n > 0 ? (const char *)response.body : "", response.n)));
    http_response_release(&response);
}

// --- The wallet ----------------------------------------------------------------------------------------------

static enum jumin_error ask_outside(void *context, const struct http_client_request *request,
                                    struct http_client_answer *answer, struct detail *detail)
{
    (void)context;
    say(json_pack("{s:{s:s, s:s, s:s?, s:o}}", "ask", "method", request->method, "url", request->url, "type",
                  request->type, "body",
                  json_stringn(request->body.n > 0 ? (const char *)request->body.p : "", request->body.n)));
    json_t *line = hear();
    const char *body = text_in(line, "body"), *type = text_in(line, "type");
    if (body == NULL || type == NULL) {
        json_decref(line);
        return detail_set(detail, JUMIN_ERROR_LINK, "no answer");
    }
    answer->status = (int)json_integer_value(json_object_get(line, "status"));
    answer->n = strlen(body);
    answer->body = (uint8_t *)strdup(body);
    assert_non_null(answer->body);
    assert_true(http_client_answer_add(answer, text_span("Content-Type"), text_span(type)));
    json_decref(line);
    return JUMIN_OK;
}

static void follow_link(const json_t *line)
{
    static struct wallet_remote got;
    static struct disclosure_plan plan;
    struct detail detail = {{0}};
    char next[VP_TEXT_MAX] = "";
    enum jumin_error error = wallet_remote_get(wallet, text_in(line, "link"), STAGE_NOW, &got, &detail);
    if (error == JUMIN_OK) {
        error = wallet_remote_plan(wallet, &got, STAGE_NOW, &plan, &detail);
        if (error == JUMIN_OK && plan.refused) {
            error = wallet_remote_refuse(wallet, &got, &plan, STAGE_NOW, &detail);
            error =
                detail_set(&detail, error == JUMIN_OK ? JUMIN_ERROR_NOT_AUTHORIZED : error, "%s", plan.why);
        } else if (error == JUMIN_OK) {
            error = wallet_remote_answer(wallet, &got, &plan, STAGE_NOW, next, &detail);
        }
        disclosure_release(&plan);
        wallet_remote_release(&got);
    }
    say(json_pack("{s:s, s:s, s:s}", "done", error == JUMIN_OK ? "ok" : jumin_error_name(error), "detail",
                  detail.text, "next", next));
}

static void add_credential(enum jumin_wallet_format format, struct span bytes)
{
    struct wallet_credential *credential = wallet_new_credential(wallet);
    const bool mdoc = format == JUMIN_WALLET_MDOC;
    assert_non_null(credential);
    credential->format = format;
    (void)snprintf(credential->type, sizeof credential->type, "%s", mdoc ? RESIDENT_DOC_TYPE : RESIDENT_VCT);
    (void)snprintf(credential->format_name, sizeof credential->format_name, "%s",
                   mdoc ? "mso_mdoc" : "dc+sd-jwt");
    credential->expires = STAGE_NOW + STAGE_DAY;
    credential->trusted = true;
    credential->copies = calloc(1, sizeof *credential->copies);
    assert_non_null(credential->copies);
    credential->copy_count = 1;
    credential->copies[0].bytes = malloc(bytes.n);
    assert_non_null(credential->copies[0].bytes);
    memcpy(credential->copies[0].bytes, bytes.p, bytes.n);
    credential->copies[0].n = bytes.n;
    credential->copies[0].key.n = 32;
    assert_true(crypto_ec_secret(&stage.holder.key, credential->copies[0].key.handle));
    memcpy(credential->copies[0].key.point, stage.holder.signer.point, SIGNER_POINT);
}

// --- Both ----------------------------------------------------------------------------------------------------

static void introduce(struct span sd_jwt)
{
    say(json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "now", STAGE_NOW, "venue_secret",
                  secret_of(&stage.venue.key.key), "venue_certificate", encoded(stage.venue.der),
                  "holder_secret", secret_of(&stage.holder.key), "mdoc", encoded(stage.mdoc.whole), "sd_jwt",
                  json_stringn((const char *)sd_jwt.p, sd_jwt.n), "mdoc_signer",
                  encoded(stage.mdoc_signer.der), "sd_jwt_issuer", encoded(stage.sd_jwt_issuer.der),
                  "venue_root", encoded(stage.venue_root.der)));
}

int main(int argc, char **argv)
{
    const struct jumin_verifier_options rules = {.statuses = {3600, 86400}, .trust = {3600, 86400}};
    const struct http_client client = {ask_outside, NULL};
    struct jumin_verifier *verifier = NULL;
    struct detail detail = {{0}};
    if (argc != 2) {
        (void)fprintf(stderr, "usage: vp_peer NEW_WALLET_FILE\n");
        return 2;
    }
    (void)vp_stage_open(NULL);
    const struct span sd_jwt = span_of(stage.sd_jwt_bytes, strlen((const char *)stage.sd_jwt_bytes));
    assert_int_equal(jumin_verifier_new(&verifier, &rules), JUMIN_OK);
    jumin_verifier_trust_issuers(verifier, stage.issuers);
    const struct remote_options options = {.base_url = PEER_BASE,
                                           .signer = &stage.venue_signer,
                                           .chain = &stage.venue_chain,
                                           .chain_count = 1,
                                           .purposes = JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE,
                                           .judge = remote_judge_of(verifier),
                                           .secret = PEER_SECRET};
    assert_int_equal(remote_verifier_new(&remote, &options, &detail), JUMIN_OK);
    assert_int_equal(jumin_wallet_create(&wallet, argv[1], "passphrase", NULL), JUMIN_OK);
    wallet_use_client(wallet, &client);
    wallet->trust.roots[TRUST_LIST_VENUES] = stage.venues;
    wallet->trust.expires = STAGE_NOW + STAGE_DAY;
    add_credential(JUMIN_WALLET_MDOC, stage.mdoc.whole);
    add_credential(JUMIN_WALLET_SD_JWT, sd_jwt);
    introduce(sd_jwt);
    for (json_t *line = hear(); line != NULL; line = hear()) {
        if (strcmp(text_in(line, "do"), "http") == 0) {
            call_venue(line);
        } else {
            follow_link(line);
        }
        json_decref(line);
    }
    wallet->trust.roots[TRUST_LIST_VENUES] = NULL;
    jumin_wallet_free(wallet);
    remote_verifier_free(remote);
    jumin_verifier_free(verifier);
    return vp_stage_close(NULL);
}
