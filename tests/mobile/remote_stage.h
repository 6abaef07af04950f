// A venue's verifier and a wallet over HTTP, without sockets: OpenID4VP 1.0 from the link to the verdict.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_REMOTE_STAGE_H
#define JUMIN_TESTS_MOBILE_REMOTE_STAGE_H

#include "tests/mobile/vp_stage.h"
#include "tests/unit/temporary_folder.h"

#include "host/verifier/remote_routes.h"
#include "host/wallet/remote.h"

#define BASE "https://" VENUE_HOST
#define SECRET "secret of the venue"
#define FORM "application/x-www-form-urlencoded"

#define REMOTE_TEST(test) cmocka_unit_test_setup_teardown(test, remote_stage_open, remote_stage_close)

extern struct jumin_verifier *verifier;
extern struct remote_verifier *remote;
extern struct jumin_wallet *wallet;
extern struct wallet_remote got;
extern struct disclosure_plan plan;
extern struct detail detail;
extern int64_t server_now, wallet_now;
extern int status;             // of the last answer
extern json_t *answer;         // of the last answer, where it is JSON
extern bool old_object;        // the wallet's nonce does not get through
extern const char *other_type; // in place of the Content-Type of what the wallet gets; NULL: its own
extern char last_form[65536];  // that the wallet has posted
extern char handle[64], deep_link[1024], next[VP_TEXT_MAX];

int remote_stage_open(void **state);
int remote_stage_close(void **state);

// --- The venue -----------------------------------------------------------------------------------------------

struct remote_options usual_options(void);
void remote_with(const struct remote_options *with);
// Any request to the venue's routes.
void call_venue(const char *method, const char *path, const char *type, const char *authorization,
                struct span body, struct http_response *response);
// The venue's own: keeps status and JSON of the answer.
void ask_venue(const char *method, const char *path, const char *authorization, const char *body);
void post_form(const char *path, const char *form);
// A text of the last answer; "" without it.
const char *text_in(const char *name);
// The venue opens a request for a purpose: fills in handle and link.
void open_request(const char *purpose);
// Reads the result; returns the state.
const char *ask_result(void);

// --- The wallet ----------------------------------------------------------------------------------------------

// The holder's of the stage, in that format.
void add_credential(enum jumin_wallet_format format);
enum jumin_error get_request(void);
void plan_request(void);
enum jumin_error answer_request(void);
// The path of a URI in the link or the request.
const char *path_of(const char *uri);

#endif
