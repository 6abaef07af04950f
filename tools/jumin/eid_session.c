// A session in the eID application as the command line asks for it: terminal, trust, card.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eid_session.h"

#include "tools/jumin/eac_command.h"
#include "tools/jumin/files.h"
#include "tools/jumin/terminal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KEY_MAX = 4096 };

static const char ending_certificate[] = ".cvc", ending_key[] = ".key";

static bool is_file(const char *terminal)
{
    return strpbrk(terminal, "./") != NULL;
}

// FILE.key beside FILE.cvc; false when the name does not end so.
static bool key_path(const char *certificate, char path[HOME_PATH_MAX])
{
    const size_t n = strlen(certificate), ending = strlen(ending_certificate);
    if (n <= ending || n >= HOME_PATH_MAX || strcmp(certificate + n - ending, ending_certificate) != 0) {
        return false;
    }
    (void)snprintf(path, HOME_PATH_MAX, "%.*s%s", (int)(n - ending), certificate, ending_key);
    return true;
}

bool eid_session_check_terminal(const struct cli_arguments *arguments)
{
    const char *terminal = cli_value(arguments, "terminal");
    char path[HOME_PATH_MAX];
    if (terminal == NULL) {
        return cli_misused(arguments, "--terminal is needed: whose certificate asks the card");
    }
    if (is_file(terminal) && !key_path(terminal, path)) {
        return cli_misused(arguments, "--terminal takes FILE%s, with FILE%s beside it, or a name",
                           ending_certificate, ending_key);
    }
    if (is_file(terminal) && (access(terminal, R_OK) != 0 || access(path, R_OK) != 0)) {
        return cli_misused(arguments, "%s: %s", access(terminal, R_OK) != 0 ? terminal : path,
                           strerror(errno));
    }
    return true;
}

bool eid_session_check(const struct cli_arguments *arguments)
{
    return eid_session_check_terminal(arguments) && tap_check(arguments);
}

// --- The terminal --------------------------------------------------------------------------------------------

static bool load_files(const struct cli_arguments *arguments, const char *certificates,
                       const char *passphrase, struct jumin_terminal **terminal)
{
    char path[HOME_PATH_MAX];
    uint8_t *key = NULL;
    size_t n = 0;
    if (!key_path(certificates, path) || !files_read(arguments, path, KEY_MAX, &key, &n)) {
        return false;
    }
    enum jumin_error error = jumin_terminal_load(terminal, key, n, passphrase);
    free(key);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, "the terminal's key does not open to this passphrase");
        return false;
    }
    error = jumin_terminal_add_file(*terminal, certificates);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_terminal_detail(*terminal));
    }
    return error == JUMIN_OK;
}

static bool load_from_home(const struct cli_arguments *arguments, const char *name, const char *passphrase,
                           struct jumin_terminal **terminal)
{
    struct jumin_eac_pki *pki = NULL;
    if (!eac_open(arguments, &pki)) {
        return false;
    }
    const enum jumin_error error = jumin_eac_pki_terminal(pki, name, passphrase, terminal);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_eac_pki_detail(pki));
    }
    jumin_eac_pki_free(pki);
    return error == JUMIN_OK;
}

static bool load_terminal(const struct cli_arguments *arguments, struct eid_session *session)
{
    const char *name = cli_value(arguments, "terminal");
    char passphrase[PASSPHRASE_MAX] = "";
    bool ok = passphrase_get(arguments, false, passphrase);
    if (ok) {
        ok = is_file(name) ? load_files(arguments, name, passphrase, &session->terminal)
                           : load_from_home(arguments, name, passphrase, &session->terminal);
    }
    passphrase_wipe(passphrase);
    if (!ok) {
        return false;
    }
    const enum jumin_error error = jumin_terminal_certificate(session->terminal, &session->certificate);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_terminal_detail(session->terminal));
    }
    return error == JUMIN_OK;
}

// --- The session ---------------------------------------------------------------------------------------------

bool eid_session_prepare(const struct cli_arguments *arguments, struct eid_session *session)
{
    const enum jumin_error error = jumin_trust_new(&session->trust);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
        return false;
    }
    return trust_add(arguments, session->trust) && load_terminal(arguments, session);
}

bool eid_session_open(const struct cli_arguments *arguments, struct eid_session *session,
                      struct jumin_eid_request *request)
{
    request->terminal = session->terminal;
    request->trust = session->trust;
    request->time = (int64_t)time(NULL);
    if (!tap_prepare(arguments, &session->tap, NULL)) {
        return false;
    }
    const enum jumin_error error = jumin_eid_open(&session->eid, session->tap.reader, request);
    progress_clear();
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(session->tap.reader));
    }
    return error == JUMIN_OK;
}

void eid_session_close(struct eid_session *session)
{
    jumin_eid_free(session->eid);
    tap_close(&session->tap);
    jumin_terminal_free(session->terminal);
    jumin_trust_free(session->trust);
}
