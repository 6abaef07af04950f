// The issuer's end of binding a phone, for programs that are tried from outside.
// SPDX-License-Identifier: Apache-2.0
//
//     serve_binding FOLDER    with the folder that make_card has filled
//
// Messages come on the standard input and answers go to the standard output, each behind its length in four
// bytes, big-endian; at a message of a first kind a new session begins.
#include "tests/e2e/eid_card.h"
#include "tests/e2e/specimen.h"
#include <jumin/binding.h>
#include <stdio.h>

enum { MESSAGE_MAX = 262144, LENGTH = 4, PORTRAIT_MAX = 24000 };

static bool receive(uint8_t *message, size_t *n)
{
    uint8_t length[LENGTH];
    if (fread(length, 1, sizeof length, stdin) != sizeof length) {
        return false;
    }
    *n = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
    return *n <= MESSAGE_MAX && fread(message, 1, *n, stdin) == *n;
}

static bool answer_with(const uint8_t *answer, size_t n)
{
    const uint8_t length[LENGTH] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    return fwrite(length, 1, sizeof length, stdout) == sizeof length && fwrite(answer, 1, n, stdout) == n &&
           fflush(stdout) == 0;
}

// One session to its end. False: the phone has gone, or was refused.
static bool serve(struct jumin_terminal *terminal, const struct jumin_trust *trust)
{
    static uint8_t message[MESSAGE_MAX];
    const struct jumin_authenticator_options options = {
        .terminal = terminal, .trust = trust, .time = SPECIMEN_NOW, .portrait = PORTRAIT_MAX};
    struct jumin_authenticator *authenticator = NULL;
    struct jumin_binding binding;
    bool good = jumin_authenticator_new(&authenticator, &options) == JUMIN_OK;
    while (good && jumin_authenticator_result(authenticator, &binding) != JUMIN_OK) {
        const uint8_t *answer = NULL;
        size_t n = 0;
        good = receive(message, &n);
        if (good && jumin_authenticator_next(authenticator, message, n, &answer, &n) != JUMIN_OK) {
            (void)fprintf(stderr, "serve_binding: %s\n", jumin_authenticator_detail(authenticator));
            good = false;
        }
        good = good && answer_with(answer, n);
    }
    jumin_authenticator_free(authenticator);
    return good;
}

int main(int argc, char **argv)
{
    struct jumin_trust *trust = NULL;
    static struct eac_chain chain;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: serve_binding FOLDER\n");
        return 2;
    }
    // The authority that make_card's cards trust.
    eac_chain_make(&chain, TERMINAL_AUTHENTICATION);
    struct jumin_terminal *terminal = eid_card_terminal(NULL, &chain, right_of(RIGHT_PROVISION_PHONE));
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    assert_int_equal(jumin_trust_add_directory(trust, argv[1]), JUMIN_OK);
    while (serve(terminal, trust)) {
    }
    jumin_trust_free(trust);
    jumin_terminal_free(terminal);
    eac_chain_release(&chain);
    return 0;
}
