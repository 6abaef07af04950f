// `jumin card eid`: data groups of the eID application, read and written by a terminal that may.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eid_command.h"

#include "tools/jumin/eid_session.h"
#include "tools/jumin/eid_show.h"
#include "tools/jumin/eid_value.h"
#include "tools/jumin/files.h"
#include "tools/jumin/terminal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 2048, WRITES_MAX = 6, REGION_MAX = 10, RESPONSE_MAX = 258 };

// What was asked for, in the order in which it is done.
struct wishes {
    struct eid_write writes[WRITES_MAX];
    size_t write_count;
    bool groups_named;
    uint32_t groups; // bit n for data group n
    bool refused;    // one of them, by the card
    const char *region;
};

// --- What is asked for ---------------------------------------------------------------------------------------

static bool parse_writes(const struct cli_arguments *arguments, struct wishes *wishes)
{
    const char *given = NULL;
    while ((given = cli_value_at(arguments, "write", wishes->write_count)) != NULL) {
        if (wishes->write_count == WRITES_MAX) {
            return cli_misused(arguments, "a terminal writes six data groups at most");
        }
        if (!eid_write_parse(arguments, given, &wishes->writes[wishes->write_count])) {
            return false;
        }
        wishes->write_count++;
    }
    return true;
}

static bool parse_wishes(const struct cli_arguments *arguments, struct wishes *wishes)
{
    const char *groups = cli_value(arguments, "groups");
    memset(wishes, 0, sizeof *wishes);
    wishes->groups_named = groups != NULL;
    wishes->region = cli_value(arguments, "region");
    const size_t n = wishes->region != NULL ? strlen(wishes->region) : 1;
    if (n == 0 || n > REGION_MAX ||
        strspn(wishes->region != NULL ? wishes->region : "0", "0123456789") != n) {
        return cli_misused(arguments, "--region takes the first digits of a legal district's code, as 36110");
    }
    return (groups == NULL || eid_groups_parse(arguments, groups, &wishes->groups)) &&
           parse_writes(arguments, wishes);
}

static bool check(const struct cli_arguments *arguments)
{
    struct wishes wishes;
    if (cli_has(arguments, "anyway") && !cli_has(arguments, "groups")) {
        return cli_misused(arguments, "--anyway takes --groups: what to ask the card for");
    }
    return parse_wishes(arguments, &wishes) && eid_session_check(arguments);
}

static jumin_rights right_to_read(unsigned group)
{
    return jumin_right_set((enum jumin_right)(JUMIN_RIGHT_READ_DG1 + (int)group - 1));
}

// The right to write exists for DG17 to DG22; for others one that no certificate has.
static jumin_rights right_to_write(unsigned group)
{
    const int right = JUMIN_RIGHT_WRITE_DG22 + JUMIN_EID_GROUPS - (int)group;
    return right <= JUMIN_RIGHT_WRITE_DG17 ? jumin_right_set((enum jumin_right)right) : 0;
}

// No more rights than are needed; without any wish, all that the certificate may read.
static bool rights_for(const struct cli_arguments *arguments, const struct eid_session *session,
                       struct wishes *wishes, jumin_rights *rights)
{
    const bool everything = !wishes->groups_named && wishes->write_count == 0 && wishes->region == NULL;
    const bool inspection =
        (session->certificate.rights & jumin_right_set(JUMIN_RIGHT_INSPECTION_READ_EID)) != 0;
    if (cli_has(arguments, "anyway")) {
        *rights = session->certificate.rights; // more would end the session before the card is asked
        return true;
    }
    *rights = inspection ? jumin_right_set(JUMIN_RIGHT_INSPECTION_READ_EID) : 0;
    for (unsigned group = 1; group <= JUMIN_EID_GROUPS; group++) {
        const bool may = inspection || (session->certificate.rights & right_to_read(group)) != 0;
        if (everything && may && jumin_eid_group_name(group) != NULL) {
            wishes->groups |= 1U << group;
        }
        if ((wishes->groups >> group & 1) != 0 && !inspection) {
            *rights |= right_to_read(group);
        }
    }
    for (size_t i = 0; i < wishes->write_count; i++) {
        const unsigned group = wishes->writes[i].group;
        if (right_to_write(group) == 0) {
            (void)cli_fail(arguments, "%s (DG%u) is written once, when the card is issued",
                           jumin_eid_group_name(group), group);
            return false;
        }
        *rights |= right_to_write(group);
    }
    if (wishes->region != NULL && !inspection) {
        *rights |= jumin_right_set(JUMIN_RIGHT_MUNICIPALITY_VERIFICATION);
    }
    return *rights != 0 ||
           cli_fail(arguments, "%s may read no data group", session->certificate.holder) == CLI_OK;
}

// --- Doing it ------------------------------------------------------------------------------------------------

static bool said(const struct cli_arguments *arguments, const struct eid_session *session,
                 enum jumin_error error)
{
    progress_clear();
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_eid_detail(session->eid));
    }
    return error == JUMIN_OK;
}

static bool write_one(const struct cli_arguments *arguments, struct eid_session *session,
                      const struct eid_write *write)
{
    if (write->file == NULL) {
        return said(arguments, session, jumin_eid_write(session->eid, write->group, &write->value));
    }
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!files_read(arguments, write->file, FILE_MAX, &bytes, &n)) {
        return false;
    }
    const bool ok = said(arguments, session, jumin_eid_write_file(session->eid, write->group, bytes, n));
    free(bytes);
    return ok;
}

static bool write_all(const struct cli_arguments *arguments, struct eid_session *session,
                      const struct wishes *wishes, json_t *answer)
{
    json_t *written = json_array();
    bool ok = true;
    for (size_t i = 0; i < wishes->write_count && ok; i++) {
        const unsigned group = wishes->writes[i].group;
        ok = write_one(arguments, session, &wishes->writes[i]);
        if (ok) {
            (void)json_array_append_new(written, json_string(jumin_eid_group_name(group)));
        }
        if (ok && !cli_has(arguments, "json")) {
            (void)printf("  DG%-3u written\n", group);
        }
    }
    if (wishes->write_count > 0) {
        (void)json_object_set(answer, "written", written);
    }
    json_decref(written);
    return ok;
}

// READ BINARY of a group for which the terminal has no right: the library would not send it (ISO 7816-4
// §11.3.3).
static bool read_without_right(const struct cli_arguments *arguments, const struct eid_session *session,
                               struct wishes *wishes, unsigned group, json_t *answer)
{
    const uint8_t command[] = {0x00, 0xB0, (uint8_t)(0x80 | group), 0x00, 0x00};
    uint8_t response[RESPONSE_MAX];
    char status[5];
    size_t n = 0;
    const enum jumin_error error =
        jumin_reader_transmit(session->tap.reader, command, sizeof command, response, sizeof response, &n);
    progress_clear();
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(session->tap.reader));
        return false;
    }
    (void)snprintf(status, sizeof status, "%02X%02X", response[n - 2], response[n - 1]);
    wishes->refused = true;
    if (cli_has(arguments, "json")) {
        (void)json_object_set_new(answer, jumin_eid_group_name(group), json_pack("{s:s}", "refused", status));
    } else {
        eid_show_refusal(group, status);
    }
    return true;
}

static bool may_read(const struct eid_session *session, unsigned group)
{
    const jumin_rights enough = right_to_read(group) | jumin_right_set(JUMIN_RIGHT_INSPECTION_READ_EID);
    return (jumin_eid_rights(session->eid) & enough) != 0;
}

// A group that the card does not have is left away where all were asked for.
static bool read_one(const struct cli_arguments *arguments, struct eid_session *session,
                     struct wishes *wishes, unsigned group, json_t *groups)
{
    struct jumin_eid_value value;
    const bool unmasked = cli_has(arguments, "unmasked");
    if (cli_has(arguments, "anyway") && !may_read(session, group)) {
        return read_without_right(arguments, session, wishes, group, groups);
    }
    const enum jumin_error error = jumin_eid_read(session->eid, group, &value);
    if (error == JUMIN_ERROR_NO_SUCH_FILE && !wishes->groups_named) {
        return true;
    }
    if (!said(arguments, session, error)) {
        return false;
    }
    if (cli_has(arguments, "json")) {
        (void)json_object_set_new(groups, jumin_eid_group_name(group), eid_json_value(&value, unmasked));
    } else {
        eid_show_value(group, &value, unmasked);
    }
    return true;
}

static bool read_all(const struct cli_arguments *arguments, struct eid_session *session,
                     struct wishes *wishes, json_t *answer)
{
    json_t *groups = json_object();
    bool ok = true;
    for (unsigned group = 1; group <= JUMIN_EID_GROUPS && ok; group++) {
        if ((wishes->groups >> group & 1) != 0) {
            ok = read_one(arguments, session, wishes, group, groups);
        }
    }
    (void)json_object_set_new(answer, "groups", groups);
    return ok;
}

static bool ask(const struct cli_arguments *arguments, struct eid_session *session,
                const struct wishes *wishes, json_t *answer)
{
    bool yes = false;
    if (!said(arguments, session, jumin_eid_verify(session->eid, JUMIN_EID_VALIDITY, &yes))) {
        return false;
    }
    (void)json_object_set_new(answer, "document_valid", json_boolean(yes));
    if (!yes && !cli_has(arguments, "json")) {
        (void)printf("%s the card has expired\n", verdict_mark(stdout, JUMIN_FAILED));
    }
    if (wishes->region == NULL) {
        return true;
    }
    if (!said(arguments, session, jumin_eid_verify(session->eid, JUMIN_EID_MUNICIPALITY, &yes))) {
        return false;
    }
    (void)json_object_set_new(answer, "in_region", json_boolean(yes));
    if (!cli_has(arguments, "json")) {
        (void)printf("%s lives in region %s: %s\n", verdict_mark(stdout, yes ? JUMIN_PASSED : JUMIN_FAILED),
                     wishes->region, yes ? "yes" : "no");
    }
    return true;
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    static struct wishes wishes;
    struct eid_session session = {.terminal = NULL};
    struct jumin_eid_request request = {.rights = 0};
    enum cli_exit result = CLI_FAILED;
    json_t *answer = json_object();
    const bool ready = parse_wishes(arguments, &wishes) && eid_session_prepare(arguments, &session);
    if (wishes.region != NULL) {
        request.municipality = (const uint8_t *)wishes.region;
        request.municipality_length = strlen(wishes.region);
    }
    if (ready && rights_for(arguments, &session, &wishes, &request.rights) &&
        eid_session_open(arguments, &session, &request) && ask(arguments, &session, &wishes, answer) &&
        write_all(arguments, &session, &wishes, answer) && read_all(arguments, &session, &wishes, answer)) {
        result = CLI_OK;
    }
    if (result == CLI_OK && cli_has(arguments, "json")) {
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
    }
    if (wishes.refused) {
        result = CLI_FAILED;
    }
    json_decref(answer);
    eid_session_close(&session);
    return result;
}

static const struct cli_option options[] = {
    TERMINAL_OPTIONS,
    PASSWORD_OPTIONS,
    {"groups", "LIST", "numbers or names of data groups, separated by commas; all that it may unless given"},
    {"anyway", NULL, "with --groups: ask the card also for what the certificate does not name; it says no"},
    {"write", "GROUP=VALUE", "replace data group 17 to 22 by this text, or @FILE; may be repeated"},
    {"unmasked", NULL, "show the registration number whole, not as 012314-4******"},
    {"region", "DIGITS", "ask whether the holder lives where a legal district's code begins so"},
    PACE_OPTIONS,
    TRUST_OPTION,
    {"json", NULL, "answer in JSON"},
    LINK_OPTIONS,
};

const struct cli_command card_eid_command = {
    .name = "card eid",
    .summary = "Read and write what a card's eID application gives to a terminal",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes =
        "The terminal asks for no more rights than are needed. Writing comes first, then reading. An address "
        "(DG17)\n"
        "is a text, or its parts; DG18 is the code of the legal district.\n"
        "\n"
        "    jumin card eid --terminal office --pin 123456\n"
        "    jumin card eid --terminal office --pin 123456 --write 18=4128100000 \\\n"
        "        --write \"17=street=Sicheong-ro 2;city=Goyang;country=KOR\"",
    .check = check,
    .run = run,
};
