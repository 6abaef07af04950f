// Two folders, an authority's and an applicant's, and what passes between them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/eac_request_stage.h"

#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

const char *request_path_of(const char *folder, const char *name)
{
    return temporary_path("%s/%s", folder, name);
}

size_t request_files_in(const char *folder)
{
    size_t count = 0;
    DIR *listed = opendir(request_path_of(folder, ""));
    const struct dirent *entry = NULL;
    while (listed != NULL && (entry = readdir(listed)) != NULL) {
        count += entry->d_name[0] != '.' ? 1 : 0;
    }
    if (listed != NULL) {
        (void)closedir(listed);
    }
    return count;
}

size_t request_load(const char *folder, const char *name, uint8_t bytes[REQUEST_FILE_MAX])
{
    FILE *stream = fopen(request_path_of(folder, name), "rb");
    assert_non_null(stream);
    const size_t n = fread(bytes, 1, REQUEST_FILE_MAX, stream);
    (void)fclose(stream);
    return n;
}

void request_carry(const char *from, const char *to, const char *name)
{
    uint8_t bytes[REQUEST_FILE_MAX];
    const size_t n = request_load(from, name, bytes);
    FILE *stream = fopen(request_path_of(to, name), "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, n, stream), n);
    (void)fclose(stream);
}

bool request_exists(const char *folder, const char *name)
{
    return access(request_path_of(folder, name), F_OK) == 0;
}

struct jumin_eac_pki *request_open_pki(const char *folder)
{
    struct jumin_eac_pki *pki = NULL;
    assert_int_equal(jumin_eac_pki_new(&pki, request_path_of(folder, "")), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_OK);
    return pki;
}

struct jumin_eac_request request_plain(const char *name)
{
    return (struct jumin_eac_request){
        .type = JUMIN_TERMINAL_AUTHENTICATION, .name = name, .rights = JUMIN_RIGHTS_ALL, .now = REQUEST_NOW};
}

struct jumin_eac_request request_for_store(void)
{
    struct jumin_eac_request request = request_plain("store");
    request.rights = 0;
    assert_int_equal(jumin_rights_add("store", &request.rights), JUMIN_OK);
    return request;
}

struct jumin_eac_pki *request_authority_on(enum jumin_curve curve)
{
    struct jumin_eac_pki *pki = request_open_pki("authority");
    struct jumin_eac_request request = request_plain(NULL);
    request.curve = curve;
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_OK);
    return pki;
}

// The applicant's key and request for a terminal, on the curve that it was told; its folder is empty before.
struct jumin_eac_pki *request_applicant_on(enum jumin_curve curve)
{
    struct jumin_eac_pki *pki = request_open_pki("applicant");
    struct jumin_eac_request request = request_plain("store");
    request.curve = curve;
    request.issuer = "KRDVAT00001";
    assert_int_equal(jumin_eac_pki_request(pki, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    return pki;
}

enum jumin_error request_certify(struct jumin_eac_pki *authority, const char *name,
                                 const struct jumin_eac_request *request)
{
    uint8_t bytes[REQUEST_FILE_MAX];
    const size_t n = request_load("applicant", name, bytes);
    return jumin_eac_pki_certify(authority, JUMIN_EAC_TERMINAL, request, bytes, n, "cvca");
}

// Certified, and what comes back is where it belongs.
void request_certify_store(struct jumin_eac_pki *authority, struct jumin_eac_pki *applicant)
{
    const struct jumin_eac_request request = request_for_store();
    assert_int_equal(request_certify(authority, "KRSTORE00001.req", &request), JUMIN_OK);
    request_carry("authority", "applicant", "KRSTORE00001.cvc");
    request_carry("authority", "applicant", "KRDVAT00001.cvc");
    request_carry("authority", "applicant", "KRCVCAAT00001.cvc");
    assert_int_equal(jumin_eac_pki_load(applicant), JUMIN_OK);
}

struct jumin_eac_certificate_request request_parsed(const char *name)
{
    uint8_t bytes[REQUEST_FILE_MAX];
    struct jumin_eac_certificate_request request;
    const size_t n = request_load("applicant", name, bytes);
    assert_int_equal(jumin_eac_certificate_request_parse(bytes, n, &request), JUMIN_OK);
    return request;
}

struct jumin_eac_certificate request_newest(const struct jumin_eac_pki *pki, const char *holder)
{
    struct jumin_eac_certificate certificate = {0};
    for (size_t i = 0; i < jumin_eac_pki_count(pki); i++) {
        assert_int_equal(jumin_eac_pki_at(pki, i, &certificate), JUMIN_OK);
        if (strcmp(certificate.holder, holder) == 0) {
            return certificate;
        }
    }
    fail_msg("there is no certificate of %s", holder);
    return certificate;
}

// Whether the terminal of a folder leads from the CVCA's first key to one that it holds.
void request_assert_terminal_works(struct jumin_eac_pki *pki, const char *trust_point, size_t certificates)
{
    struct jumin_terminal *terminal = NULL;
    const uint8_t *chain = NULL;
    size_t n = 0, count = 0;
    struct tlv object;
    assert_int_equal(jumin_eac_pki_terminal(pki, "store", "own", &terminal), JUMIN_OK);
    assert_int_equal(jumin_terminal_chain(terminal, trust_point, &chain, &n), JUMIN_OK);
    struct span rest = span_of(chain, n);
    while (tlv_expect(&rest, CVC_CERTIFICATE, &object)) {
        count++;
    }
    assert_int_equal(count, certificates);
    jumin_terminal_free(terminal);
}

// --- A request on the table ------------------------------------------------------------------------------------

// A first request in `bytes`, not certified yet.
void request_open_stage(struct request_stage *stage)
{
    stage->authority = request_authority_on(JUMIN_CURVE_P256);
    stage->applicant = request_applicant_on(JUMIN_CURVE_P256);
    stage->n = request_load("applicant", "KRSTORE00001.req", stage->bytes);
    stage->files = request_files_in("authority");
}

// A second one, of a holder that has a certificate.
void request_open_second_stage(struct request_stage *stage)
{
    request_open_stage(stage);
    request_certify_store(stage->authority, stage->applicant);
    const struct jumin_eac_request request = request_plain("store");
    assert_int_equal(jumin_eac_pki_request(stage->applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL),
                     JUMIN_OK);
    stage->n = request_load("applicant", "KRSTORE00002.req", stage->bytes);
    stage->files = request_files_in("authority");
}

void request_close_stage(struct request_stage *stage)
{
    jumin_eac_pki_free(stage->applicant);
    jumin_eac_pki_free(stage->authority);
}

enum jumin_error request_ask(struct request_stage *stage, enum jumin_eac_role role,
                             const struct jumin_eac_request *request)
{
    return jumin_eac_pki_certify(stage->authority, role, request, stage->bytes, stage->n, "cvca");
}

void request_assert_refused(struct request_stage *stage, enum jumin_error expected)
{
    const struct jumin_eac_request request = request_for_store();
    assert_int_equal(request_ask(stage, JUMIN_EAC_TERMINAL, &request), expected);
    assert_true(strlen(jumin_eac_pki_detail(stage->authority)) > 0);
    assert_int_equal(request_files_in("authority"), stage->files);
}
