// `jumin pki`: making the issuer's keys and certificates.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/pki_command.h"

#include "tools/jumin/eac_command.h"
#include "tools/jumin/home.h"
#include "tools/jumin/token.h"
#include <jansson.h>
#include <stdio.h>
#include <time.h>

static const struct cli_option init_options[] = {PKI_INIT_OPTIONS, TOKEN_OPTION, TOKEN_PIN_OPTION};

bool pki_options(const struct cli_arguments *arguments, struct jumin_pki_options *options)
{
    *options = (struct jumin_pki_options){
        .country = cli_value(arguments, "country"),
        .state = cli_value(arguments, "state"),
        .organization = cli_value(arguments, "organization"),
        .revocation_list = cli_value(arguments, "crl-uri"),
        .now = (int64_t)time(NULL),
    };
    const char *curve = cli_value(arguments, "curve");
    if (curve != NULL && jumin_curve_parse(curve, &options->curve) != JUMIN_OK) {
        (void)cli_fail(arguments, "there is no curve %s", curve);
        return false;
    }
    return true;
}

static void show_folder(const struct cli_arguments *arguments, const char *folder, enum jumin_curve curve)
{
    const char *name = jumin_curve_name(curve);
    if (cli_has(arguments, "json")) {
        json_t *answer = json_pack("{s:s, s:s}", "folder", folder, "curve", name);
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
        json_decref(answer);
    } else {
        (void)printf("%s: country signing CA, document signer, revocation list and generation key, on %s\n",
                     folder, name);
    }
}

static enum cli_exit run_init(const struct cli_arguments *arguments)
{
    char folder[HOME_PATH_MAX], passphrase[PASSPHRASE_MAX];
    struct jumin_pki *pki = NULL;
    struct token_access access = {0};
    struct jumin_pki_options options;
    if (!pki_options(arguments, &options)) {
        return CLI_FAILED;
    }
    if (!home_path(arguments, "pki", folder) || !token_access_open(arguments, &access) ||
        !passphrase_get(arguments, true, passphrase)) {
        token_access_close(&access);
        return CLI_FAILED;
    }
    enum jumin_error error = jumin_pki_new(&pki, folder);
    if (error == JUMIN_OK) {
        error = jumin_pki_use_tokens(pki, access.tokens, cli_value(arguments, "token"));
    }
    if (error == JUMIN_OK) {
        error = jumin_pki_init(pki, passphrase, &options);
    }
    bool ok = error == JUMIN_OK;
    if (ok) {
        show_folder(arguments, folder, options.curve);
        ok = eac_init(arguments, &options, access.tokens, passphrase);
    } else {
        (void)cli_fail_error(arguments, error, jumin_pki_detail(pki));
    }
    passphrase_wipe(passphrase);
    jumin_pki_free(pki);
    token_access_close(&access);
    return ok ? CLI_OK : CLI_FAILED;
}

const struct cli_command pki_init_command = {
    .name = "pki init",
    .summary = "Make the issuer's keys: country signing CA, document signer, CVCA, document verifiers",
    .options = init_options,
    .option_count = sizeof init_options / sizeof *init_options,
    .notes =
        "The folder pki in the home gets csca.crt, csca.crl and ds.crt in PEM, and csca.key, ds.key and\n"
        "generation.key in PKCS#8 under the passphrase. A folder that has a CA already is left alone.\n"
        "The folder eac gets a country verifying CA and a document verifier for terminals of each of the "
        "types\n"
        "authentication and inspection, where it has none yet; `jumin pki terminal issue` makes terminals.\n"
        "With --token, the keys of all of them are made there. " TOKEN_NOTES
        "The generation key goes into every chip and stays in its file, under the passphrase.",
    .run = run_init,
};
