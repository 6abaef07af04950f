// What issuers say of themselves, and must not: answers that are written down here, to a wallet that was
// not opened.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"

#include "host/wallet/provision.h"

#include <stdlib.h>

#define ISSUER "https://i.example"
#define CODE "'grants':{'urn:ietf:params:oauth:grant-type:pre-authorized_code':{'pre-authorized_code':'c'"
#define OFFER "{'credential_issuer':'" ISSUER "','credential_configuration_ids':['a']," CODE "}}}"
#define METADATA(issuer, more)                                                                               \
    "{'credential_issuer':'" issuer "','credential_endpoint':'" ISSUER "/credential',"                       \
    "'credential_configurations_supported':{'a':{'format':'mso_mdoc','doctype':'d'}}" more "}"
#define SERVER(issuer) "{'issuer':'" issuer "','token_endpoint':'" ISSUER "/token'}"

static struct {
    const char *path, *answer;
} pages[8];
static size_t page_count;
static struct jumin_wallet *wallet;

static const char *json(const char *text)
{
    static char made[32][2048];
    static size_t next;
    char *copy = made[next++ % 32];
    size_t n = 0;
    for (; text[n] != '\0'; n++) {
        copy[n] = text[n] == '\'' ? '"' : text[n];
    }
    copy[n] = '\0';
    return copy;
}

static void page(const char *path, const char *answer)
{
    pages[page_count].path = path;
    pages[page_count++].answer = json(answer);
}

static enum jumin_error ask(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail)
{
    const char *body = "{}";
    (void)context;
    (void)detail;
    answer->status = 404;
    for (size_t i = 0; i < page_count; i++) {
        if (strcmp(request->url + strlen(ISSUER), pages[i].path) == 0) {
            body = pages[i].answer;
            answer->status = 200;
        }
    }
    answer->n = strlen(body);
    answer->body = (uint8_t *)strdup(body);
    return JUMIN_OK;
}

static int setup(void **state)
{
    assert_int_equal(temporary_folder_make(state), 0);
    page_count = 0;
    wallet = calloc(1, sizeof *wallet);
    assert_non_null(wallet);
    wallet->credentials = calloc(WALLET_CREDENTIALS_MAX, sizeof *wallet->credentials);
    wallet->path = strdup(temporary_path("wallet"));
    wallet->keys = wallet_file_keys;
    wallet_use_client(wallet, &(struct http_client){ask, NULL});
    return 0;
}

static int teardown(void **state)
{
    jumin_wallet_free(wallet);
    return temporary_folder_remove(state);
}

static void assert_refused(const char *offer, enum jumin_error wanted, const char *why)
{
    const enum jumin_error error = jumin_wallet_add(wallet, json(offer), NULL, 1800000000);
    if (error != wanted || strstr(wallet->detail.text, why) == NULL) {
        fail_msg("%s: %s", jumin_error_name(error), wallet->detail.text);
    }
    assert_int_equal(wallet->count, 0);
}

static const char issuer_page[] = "/.well-known/openid-credential-issuer",
                  server_page[] = "/.well-known/oauth-authorization-server";

static void test_an_issuer_without_metadata_is_refused(void **state)
{
    (void)state;
    assert_refused(OFFER, JUMIN_ERROR_MALFORMED, "has no metadata");
}

static void test_the_metadata_of_another_issuer_are_refused(void **state)
{
    (void)state;
    page(issuer_page, METADATA("https://j.example", ""));
    assert_refused(OFFER, JUMIN_ERROR_MALFORMED, "the issuer's metadata are another issuer's");
}

static void test_what_cannot_be_kept_is_refused_before_the_code_is_used(void **state)
{
    (void)state;
    page(issuer_page, "{'credential_issuer':'" ISSUER "','credential_endpoint':'x',"
                      "'credential_configurations_supported':{'a':{'format':'ldp_vc'}}}");
    assert_refused(OFFER, JUMIN_ERROR_NOT_SUPPORTED, "nothing of what is offered");
}

static void test_the_metadata_of_another_server_are_refused(void **state)
{
    (void)state;
    page(issuer_page, METADATA(ISSUER, ""));
    page(server_page, SERVER("https://j.example"));
    assert_refused(OFFER, JUMIN_ERROR_MALFORMED, "the authorization server's metadata are another's");
}

static void test_a_server_that_is_not_the_issuers_gets_no_code(void **state)
{
    (void)state;
    page(issuer_page, METADATA(ISSUER, ",'authorization_servers':['" ISSUER "','https://k.example']"));
    page(server_page, SERVER(ISSUER));
    assert_refused("{'credential_issuer':'" ISSUER "','credential_configuration_ids':['a']," CODE
                   ",'authorization_server':'https://thief.example'}}}",
                   JUMIN_ERROR_MALFORMED, "that is not the issuer's");
}

static void test_an_answer_without_a_token_is_refused(void **state)
{
    static const char *const answers[] = {
        "{}",
        "{'access_token':'t'}",
        "{'access_token':'','token_type':'Bearer'}",
        "{'access_token':'a b','token_type':'Bearer'}",
        "{'access_token':'t','token_type':'DPoP'}", // which was not proven
        "{'access_token':'t','token_type':'mac'}",
    };
    (void)state;
    page(issuer_page, METADATA(ISSUER, ""));
    page(server_page, SERVER(ISSUER));
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        page_count = 2;
        page("/token", answers[i]);
        assert_refused(OFFER, JUMIN_ERROR_MALFORMED, "access token");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_issuer_without_metadata_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_metadata_of_another_issuer_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_kept_is_refused_before_the_code_is_used, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_the_metadata_of_another_server_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_server_that_is_not_the_issuers_gets_no_code, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_answer_without_a_token_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
