// A ceremony whose program ends in the middle leaves the one state or the other.
//
// Linked with --wrap=rename, by which the test ends the program at each step.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/ceremony_stage.h"

#include "card/wire/oid.h"
#include "host/pki/pem.h"
#include "host/pki/pki.h"
#include <sys/wait.h>
#include <unistd.h>

static unsigned renames;  // so far
static unsigned end_at;   // the program ends before this rename; 0: never
static bool end_after_it; // or just after it

enum { ENDED = 99 };

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

int __wrap_rename(const char *from, const char *to)
{
    const bool here = ++renames == end_at;
    if (here && !end_after_it) {
        _exit(ENDED);
    }
    const int result = __real_rename(from, to);
    if (here) {
        _exit(ENDED);
    }
    return result;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

enum operation { ROTATE, REVOKE, RESHARE, ACTIVATE, OPERATIONS };

static enum jumin_error operate(enum operation operation, struct jumin_pki *pki)
{
    const struct jumin_ceremony ceremony = ceremony_at(NOW + 2 * DAY);
    const struct jumin_deal deal = ceremony_deal("second");
    struct jumin_signer signers[8];
    size_t count = 0;
    if (operation == REVOKE) {
        assert_int_equal(jumin_pki_signers(pki, signers, 8, &count), JUMIN_OK);
        const struct jumin_revocation revocation = {signers[count - 1].serial, "superseded"};
        return jumin_ceremony_issue_crl(pki, &ceremony, &revocation, signers[count - 1].revoked ? 0 : 1);
    }
    return operation == ROTATE    ? jumin_ceremony_rotate_signer(pki, "station", &ceremony)
           : operation == RESHARE ? jumin_ceremony_reshare(pki, &ceremony, &deal)
                                  : jumin_ceremony_activate(pki, &ceremony);
}

static bool ended_early(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == ENDED);
    return WEXITSTATUS(status) == ENDED;
}

// In a process of its own, which ends at a rename; true when it did, false when all was done before.
static bool ends_at(enum operation operation, unsigned step, bool after)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct jumin_pki *pki = ceremony_opened("first");
        renames = 0;
        end_at = step;
        end_after_it = after;
        _exit(operate(operation, pki) == JUMIN_OK ? 0 : 1);
    }
    return ended_early(child);
}

static bool opens(const char *set)
{
    struct jumin_pki *pki = ceremony_pki();
    const enum jumin_error error = ceremony_try(pki, set);
    jumin_pki_free(pki);
    return error == JUMIN_OK;
}

static bool has_second_shares(void)
{
    return access(ceremony_path("../second5"), F_OK) == 0;
}

static void assert_copy_is_the_signer_in_force(struct jumin_pki *pki)
{
    uint8_t copy[8192], text[8192];
    struct writer pem = writer_of(text, sizeof text);
    pem_put(&pem, "CERTIFICATE", span_of(pki->signer.p, pki->signer.n));
    assert_true(span_equal(writer_span(&pem), span_of(copy, ceremony_read("ds.crt", copy, sizeof copy))));
}

// The station works, the record is whole, one set of shares opens the key, and the ceremony can be held
// again.
static void assert_one_state_or_the_other(enum operation operation)
{
    char head[JUMIN_RECORD_HASH], old_head[JUMIN_RECORD_HASH];
    uint8_t bytes[4096];
    struct writer der = writer_of(bytes, sizeof bytes);
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, span_of("content", 7), NOW + 2 * DAY, &der),
                     JUMIN_OK);
    jumin_pki_free(pki);
    const bool second = has_second_shares() && opens("second");
    assert_int_equal(opens("first"), !second);
    pki = ceremony_pki();
    assert_int_equal(jumin_ceremony_verify(pki, NULL, NULL, old_head), JUMIN_OK);
    assert_copy_is_the_signer_in_force(pki);
    jumin_pki_free(pki);
    pki = ceremony_opened(second ? "second" : "first");
    assert_int_equal(operate(operation, pki), JUMIN_OK);
    jumin_pki_free(pki);
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
    assert_string_not_equal(head, old_head);
}

static void test_program_that_ends_at_any_step_leaves_one_state_or_the_other(void **state)
{
    for (int operation = 0; operation < OPERATIONS; operation++) {
        bool ended = true;
        unsigned step = 0;
        while (ended) {
            step++;
            for (int after = 0; after < 2; after++) {
                ceremony_begin(NOW);
                ceremony_rotate(NOW + DAY);
                ended = ends_at((enum operation)operation, step, after == 1);
                assert_one_state_or_the_other((enum operation)operation);
                assert_int_equal(temporary_folder_remove(state), 0);
                assert_int_equal(temporary_folder_make(state), 0);
            }
        }
        assert_true(step >= 4); // text and signature ahead, and under their names
    }
}

static void test_begin_that_ends_in_the_middle_is_begun_again(void **state)
{
    bool ended = true;
    unsigned steps = 0;
    while (ended) {
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            renames = 0;
            end_at = steps + 1;
            end_after_it = true;
            ceremony_begin(NOW);
            _exit(0);
        }
        ended = ended_early(child);
        steps += ended ? 1 : 0;
        char head[JUMIN_RECORD_HASH];
        if (access(ceremony_path("csca.crt"), F_OK) != 0) {
            ceremony_begin(NOW + 1);
        }
        assert_int_equal(ceremony_verified(head), JUMIN_OK);
        jumin_pki_free(ceremony_opened("first"));
        assert_int_equal(temporary_folder_remove(state), 0);
        assert_int_equal(temporary_folder_make(state), 0);
    }
    assert_true(steps >= 8); // keys, certificates and list, and the record
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_program_that_ends_at_any_step_leaves_one_state_or_the_other),
        IN_TEMPORARY_FOLDER(test_begin_that_ends_in_the_middle_is_begun_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
