// A wallet before the issuer's handlers, in one process: certificates from a root, a trust list, status
// lists, and an HTTP client without sockets.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_WALLET_STAGE_H
#define JUMIN_TESTS_WALLET_STAGE_H

#include "tests/mobile/issuer_stage.h"
#include "tests/mobile/x5chain_stage.h"

#include "host/issuer/issuer.h"
#include "host/wallet/disclosure.h"

#define WALLET_TEST(test) cmocka_unit_test_setup_teardown(test, wallet_stage_open, wallet_stage_close)
#define STAGE_ISSUER "https://issuer.example"

extern struct jumin_wallet *wallet;
extern char wallet_path[];
extern char stage_number[JUMIN_APPLICATION_NUMBER]; // an application that was handed over
extern struct stage_holder stage_venue;             // may ask for `adult`
extern bool stage_ready, stage_online;
extern unsigned stage_requests; // since the stage was opened
extern unsigned stage_answers;  // as many requests are answered; then the network fails
extern char stage_last_path[128];
// The fsync of that number fails, from 1 (of each writing the first is the file's, the second its folder's);
// all others do nothing. 0: none.
extern unsigned stage_flush_fails_at;

// Applications have the specimen portrait; set before the stage is opened.
extern bool stage_photo;
// The answers of POST /provision name another issuer.
extern bool stage_another_issuer;

// Answers POST /binding where it is set; the text it returns is the header Jumin-Session, NULL for none.
extern const char *(*stage_binding)(struct span message, struct http_response *response);

int wallet_stage_open(void **state);
int wallet_stage_close(void **state);
// The wallet as a program finds it that is started anew.
void stage_reopen(void);
// Publishes status lists with a signer of the root.
void stage_publish_status(void);
// The same with another signer.
void stage_publish_status_by(const struct stage_holder *by);
extern struct stage_holder stage_other_status; // a signer of status lists of another issuer …
extern bool stage_two_issuers;                 // … which trust lists have, too
// The text in the QR for a new offer; `tx_code` is borrowed until the next one.
const char *stage_offer(const char **tx_code);
// With a trust list, unless the wallet has one.
void stage_provision(void);
void stage_trust(void);
// A list that does not name the issuer's root.
void stage_trust_without_issuers(void);
// A trust list, issued at STAGE_NOW unless said otherwise, and the root that its signer leads to; borrowed.
struct span stage_trust_list(bool issuers);
struct span stage_list_root(void);
void stage_list_is_issued(int64_t at);
extern const char *stage_vouched_type; // all that the issuer's root stands for; NULL: anything
#define STAGE_LIST STAGE_ISSUER "/trust-list"
void stage_assert(enum jumin_error error, enum jumin_error wanted, const char *part);
struct jumin_wallet_credential stage_credential(size_t index);

// What a program would find in the file that is started now.
struct jumin_wallet *stage_open_copy(const struct jumin_wallet_keys *keys);
void stage_assert_memory_is_as_the_file(void);

#endif
