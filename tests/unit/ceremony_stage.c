// An issuer's folder under custody, the people of its ceremonies, and what they do.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/ceremony_stage.h"

#include "host/file.h"
#include <stdio.h>

// --- The folder ---------------------------------------------------------------------------------------------

const char *ceremony_path(const char *name)
{
    return temporary_path("pki/%s", name);
}

size_t ceremony_read(const char *name, uint8_t *bytes, size_t capacity)
{
    size_t n = 0;
    assert_int_equal(disk_read(ceremony_path(name), bytes, capacity, &n), JUMIN_OK);
    return n;
}

void ceremony_write(const char *name, const void *bytes, size_t n)
{
    FILE *file = fopen(ceremony_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

struct jumin_pki *ceremony_pki(void)
{
    struct jumin_pki *pki = NULL;
    assert_int_equal(jumin_pki_new(&pki, ceremony_path("")), JUMIN_OK);
    return pki;
}

// --- The people ---------------------------------------------------------------------------------------------

static const char *const custodians[SHARES] = {"Kim", "Lee", "Park", "Choi", "Jung"};
static const char *const witnesses[] = {"Kang"};

struct jumin_ceremony ceremony_at(int64_t now)
{
    return (struct jumin_ceremony){"jumin test", now, witnesses, 1};
}

bool ceremony_give(void *context, const struct jumin_share *share, const char *text)
{
    char name[32];
    (void)snprintf(name, sizeof name, "../%s%u", (const char *)context, share->number);
    ceremony_write(name, text, strlen(text));
    return true;
}

struct jumin_deal ceremony_deal(const char *set)
{
    return (struct jumin_deal){.threshold = THRESHOLD,
                               .count = SHARES,
                               .custodians = custodians,
                               .give = ceremony_give,
                               .context = (void *)(uintptr_t)set};
}

size_t ceremony_share(const char *set, unsigned number, char text[JUMIN_SHARE_TEXT])
{
    char name[32];
    (void)snprintf(name, sizeof name, "../%s%u", set, number);
    return ceremony_read(name, (uint8_t *)text, JUMIN_SHARE_TEXT);
}

struct jumin_quorum *ceremony_quorum(const char *set, const unsigned *numbers, size_t count)
{
    struct jumin_quorum *quorum = NULL;
    assert_int_equal(jumin_quorum_new(&quorum), JUMIN_OK);
    for (size_t i = 0; i < count; i++) {
        char text[JUMIN_SHARE_TEXT];
        const size_t n = ceremony_share(set, numbers[i], text);
        assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_OK);
    }
    return quorum;
}

// --- What they do -------------------------------------------------------------------------------------------

void ceremony_begin(int64_t now)
{
    const struct jumin_pki_options options = {.now = now, .organization = "행정 specimen", .state = "KOR"};
    const struct jumin_ceremony ceremony = ceremony_at(now);
    const struct jumin_deal deal = ceremony_deal("first");
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
}

enum jumin_error ceremony_try(struct jumin_pki *pki, const char *set)
{
    static const unsigned numbers[] = {5, 2, 4};
    struct jumin_quorum *quorum = ceremony_quorum(set, numbers, 3);
    const enum jumin_error error = jumin_pki_load_authority_by_quorum(pki, quorum);
    jumin_quorum_free(quorum);
    return error;
}

struct jumin_pki *ceremony_opened(const char *set)
{
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(ceremony_try(pki, set), JUMIN_OK);
    return pki;
}

void ceremony_rotate(int64_t now)
{
    struct jumin_pki *pki = ceremony_opened("first");
    const struct jumin_ceremony ceremony = ceremony_at(now);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &ceremony), JUMIN_OK);
    jumin_pki_free(pki);
}

void ceremony_issue_list(const char *serial, int64_t now)
{
    struct jumin_pki *pki = ceremony_opened("first");
    const struct jumin_ceremony ceremony = ceremony_at(now);
    const struct jumin_revocation revocation = {serial, "key-compromise"};
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &revocation, serial == NULL ? 0 : 1), JUMIN_OK);
    jumin_pki_free(pki);
}

size_t ceremony_signers(struct jumin_signer *signers)
{
    size_t count = 0;
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_signers(pki, signers, 8, &count), JUMIN_OK);
    jumin_pki_free(pki);
    return count;
}

enum jumin_error ceremony_verified(char head[JUMIN_RECORD_HASH])
{
    struct jumin_pki *pki = ceremony_pki();
    const enum jumin_error error = jumin_ceremony_verify(pki, NULL, NULL, head);
    jumin_pki_free(pki);
    return error;
}
