// The folder of the PKI of terminals, orders to it, and what a card would check of what it issues.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/eac_pki_stage.h"

#include <dirent.h>
#include <unistd.h>

const char *path_of(const char *name)
{
    return temporary_path("eac/%s", name);
}

bool exists(const char *name)
{
    return access(path_of(name), F_OK) == 0;
}

size_t files_in_folder(void)
{
    size_t count = 0;
    DIR *eac = opendir(path_of(""));
    const struct dirent *entry = NULL;
    while (eac != NULL && (entry = readdir(eac)) != NULL) {
        count += entry->d_name[0] != '.' ? 1 : 0;
    }
    if (eac != NULL) {
        (void)closedir(eac);
    }
    return count;
}

struct jumin_eac_pki *open_pki(void)
{
    struct jumin_eac_pki *pki = NULL;
    assert_int_equal(jumin_eac_pki_new(&pki, path_of("")), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_OK);
    return pki;
}

jumin_rights rights_of(const char *name)
{
    jumin_rights set = 0;
    assert_int_equal(jumin_rights_add(name, &set), JUMIN_OK);
    return set;
}

struct jumin_eac_request request_for(enum jumin_terminal_type type, const char *name)
{
    return (struct jumin_eac_request){.type = type, .name = name, .rights = JUMIN_RIGHTS_ALL, .now = NOW};
}

void issue_cvca(struct jumin_eac_pki *pki, enum jumin_terminal_type type, enum jumin_curve curve)
{
    struct jumin_eac_request request = request_for(type, NULL);
    request.curve = curve;
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_OK);
}

void issue_dv(struct jumin_eac_pki *pki, enum jumin_terminal_type type)
{
    const struct jumin_eac_request request = request_for(type, NULL);
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_OK);
}

enum jumin_error issue_terminal(struct jumin_eac_pki *pki, const char *name, const char *rights_name)
{
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, name);
    request.rights = rights_of(rights_name);
    return jumin_eac_pki_issue_terminal(pki, &request, "cvca", "own");
}

struct jumin_eac_pki *store_pki(enum jumin_curve curve)
{
    struct jumin_eac_pki *pki = open_pki();
    issue_cvca(pki, JUMIN_TERMINAL_AUTHENTICATION, curve);
    issue_dv(pki, JUMIN_TERMINAL_AUTHENTICATION);
    assert_int_equal(issue_terminal(pki, "store", "store"), JUMIN_OK);
    return pki;
}

struct jumin_eac_certificate certificate_at(const struct jumin_eac_pki *pki, size_t i)
{
    struct jumin_eac_certificate certificate;
    assert_int_equal(jumin_eac_pki_at(pki, i, &certificate), JUMIN_OK);
    return certificate;
}

struct jumin_eac_certificate certificate_of(const struct jumin_eac_pki *pki, const char *holder, bool link)
{
    for (size_t i = 0; i < jumin_eac_pki_count(pki); i++) {
        const struct jumin_eac_certificate certificate = certificate_at(pki, i);
        if (strcmp(certificate.holder, holder) == 0 && certificate.link == link) {
            return certificate;
        }
    }
    fail_msg("there is no certificate of %s", holder);
    return (struct jumin_eac_certificate){0};
}

size_t verify_chain(const struct jumin_eac_certificate *trust_point, const uint8_t *chain, size_t n)
{
    struct cv_certificate issuer, next;
    struct span rest = span_of(chain, n);
    struct tlv object;
    size_t count = 0;
    assert_true(cv_certificate_parse_file(span_of(trust_point->bytes, trust_point->n), &issuer));
    enum crypto_curve curve = issuer.curve;
    while (rest.n > 0) {
        assert_true(tlv_expect(&rest, CVC_CERTIFICATE, &object));
        assert_true(cv_certificate_parse_file(object.whole, &next));
        assert_true(span_equal(next.authority, issuer.holder));
        assert_true(cv_certificate_verify(&next, curve, issuer.point, issuer.hash));
        curve = next.has_parameters ? next.curve : curve;
        issuer = next;
        count++;
    }
    assert_int_equal(issuer.authorization.role, ROLE_TERMINAL);
    return count;
}

size_t verify_from(struct jumin_terminal *terminal, const struct jumin_eac_certificate *trust_point)
{
    const uint8_t *chain = NULL;
    size_t n = 0;
    assert_int_equal(jumin_terminal_chain(terminal, trust_point->holder, &chain, &n), JUMIN_OK);
    return verify_chain(trust_point, chain, n);
}

struct jumin_terminal *terminal_of(struct jumin_eac_pki *pki, const char *name)
{
    struct jumin_terminal *terminal = NULL;
    assert_int_equal(jumin_eac_pki_terminal(pki, name, "own", &terminal), JUMIN_OK);
    return terminal;
}
