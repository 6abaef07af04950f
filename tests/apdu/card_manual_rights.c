// Who reads and writes what: every file in every state of a session, asked of security_allows.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_manual_rights.h"

#include "card/apps/eid.h"
#include "card/vm/applet.h"

enum { RIGHT_BITS = 64 };

static void put_right(FILE *out, unsigned bit)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {
        {RIGHT_AGE_VERIFICATION, "age verification"},
        {RIGHT_MUNICIPALITY_VERIFICATION, "municipality verification"},
        {RIGHT_RESTRICTED_IDENTIFICATION, "restricted identification"},
        {RIGHT_PRIVILEGED_TERMINAL, "privileged terminal"},
        {RIGHT_CAN_ALLOWED, "CAN allowed"},
        {RIGHT_PIN_MANAGEMENT, "PIN management"},
        {RIGHT_INSTALL_CERTIFICATE, "install certificate"},
        {RIGHT_INSTALL_QUALIFIED_CERTIFICATE, "install qualified certificate"},
        {RIGHT_INSPECTION_READ_DG3, "read fingers"},
        {RIGHT_INSPECTION_READ_DG4, "read iris"},
        {RIGHT_INSPECTION_READ_EID, "read eID"},
        {RIGHT_SIGNATURE, "signature"},
        {RIGHT_QUALIFIED_SIGNATURE, "qualified signature"},
        {RIGHT_PROVISION_PHONE, "provision a phone"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].bit == bit) {
            (void)fputs(names[i].name, out);
            return;
        }
    }
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        if (right_to_read(group) == (rights)1 << bit) {
            (void)fprintf(out, "read DG%u", group);
        } else if (right_to_write(group) == (rights)1 << bit) {
            (void)fprintf(out, "write DG%u", group);
        }
    }
}

// What a session has achieved.
struct column {
    const char *name;
    bool pace, chip, terminal;
    enum terminal_type type;
};

static const struct column COLUMNS[] = {
    {"before PACE", false, false, false, TERMINAL_NONE},
    {"PACE", true, false, false, TERMINAL_NONE},
    {"PACE, CA", true, true, false, TERMINAL_NONE},
    {"inspection: TA", true, false, true, TERMINAL_INSPECTION},
    {"inspection: TA, CA", true, true, true, TERMINAL_INSPECTION},
    {"authentication: PACE", true, false, false, TERMINAL_AUTHENTICATION},
    {"authentication: TA", true, false, true, TERMINAL_AUTHENTICATION},
    {"authentication: TA, CA", true, true, true, TERMINAL_AUTHENTICATION},
    {"signature: TA, CA", true, true, true, TERMINAL_SIGNATURE},
};

enum { COLUMN_COUNT = sizeof COLUMNS / sizeof COLUMNS[0] };

static bool allowed(const struct column *column, rights effective, unsigned condition, rights needed)
{
    struct security_status status = {0};
    if (column->pace) {
        status.sm.active = true;
        status.command_protected = true;
        status.achieved.password = PACE_PASSWORD_PIN;
        status.achieved.asked.type = column->type;
        status.achieved.chip_authenticated = column->chip;
        status.achieved.terminal_authenticated = column->terminal;
        status.achieved.effective = column->terminal ? effective & rights_of_type(column->type) : 0;
    }
    return security_allows(&status, condition, needed);
}

// "yes", the rights of which each one is enough, or "–".
static void put_cell(FILE *out, const struct column *column, unsigned condition, rights needed)
{
    const char *separator = "";
    (void)fputs(" | ", out);
    if (allowed(column, 0, condition, needed)) {
        (void)fputs("yes", out);
        return;
    }
    for (unsigned bit = 0; bit < RIGHT_BITS; bit++) {
        if (allowed(column, (rights)1 << bit, condition, needed)) {
            (void)fputs(separator, out);
            put_right(out, bit);
            separator = ", ";
        }
    }
    if (*separator == '\0') {
        (void)fputs("–", out);
    }
}

static void put_head(FILE *out, const char *first)
{
    (void)fprintf(out, "| %s", first);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        (void)fprintf(out, " | %s", COLUMNS[i].name);
    }
    (void)fputs(" |\n|---", out);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        (void)fputs("|---", out);
    }
    (void)fputs("|\n", out);
}

static void put_line(FILE *out, unsigned condition, rights needed)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        put_cell(out, &COLUMNS[i], condition, needed);
    }
    (void)fputs(" |\n", out);
}

static bool any_is_written(const struct applet *applet)
{
    for (size_t i = 0; i < applet->file_count; i++) {
        if (applet->files[i].write_rights != 0) {
            return true;
        }
    }
    return false;
}

static void put_application(FILE *out, const struct applet *applet)
{
    (void)fprintf(out, "\n## %s\n\n", applet->name);
    put_head(out, "read");
    for (size_t i = 0; i < applet->file_count; i++) {
        const struct file_row *file = &applet->files[i];
        (void)fprintf(out, "| %04X", file->identifier);
        put_line(out, file->read, file->read_rights);
    }
    if (!any_is_written(applet)) {
        return;
    }
    (void)fputc('\n', out);
    put_head(out, "written");
    for (size_t i = 0; i < applet->file_count; i++) {
        const struct file_row *file = &applet->files[i];
        if (file->write_rights != 0) {
            (void)fprintf(out, "| %04X", file->identifier);
            put_line(out, file->read, file->write_rights);
        }
    }
}

static void put_functions(FILE *out)
{
    (void)fputc('\n', out);
    put_head(out, "verified");
    for (size_t i = 0; i < eid_verification_count; i++) {
        (void)fprintf(out, "| %s", eid_verifications[i].name);
        put_line(out, EID_AUTHENTICATED, eid_verifications[i].needed);
    }
    (void)fputs(
        "\nCHAT has no bit for the validity of the document, so every authenticated terminal gets that "
        "answer, a store's too, also where\nit has no right at all (TR-03110-4 §2.2.3.2, TR-03110-3 "
        "§A.6.5). It is one bit about the card and none about its holder: whether\nthe day that the "
        "terminal has signed lies behind the last one. Who comes again and again with other days finds "
        "that last day.\n",
        out);
}

void put_rights(FILE *out)
{
    (void)fputs(
        "# Rights\n\n"
        "Written by `card_manual` from the tables of the applications and the card's own comparison; a "
        "test compares them.\n\n"
        "A column is what a session under PACE has achieved: CA is Chip Authentication, TA Terminal "
        "Authentication with the effective\nrights of the terminal's type (the \"and\" of its chain of "
        "certificates, of what PACE's CHAT asked for, and of what the\ncard's profile leaves to the type). A "
        "cell is `yes`, the rights of which one is enough, or `–` for never. A command in\nplain ends the "
        "session, so for it the column *before PACE* holds. The rule is checked before the file's existence. "
        "PACE with\nthe PUK opens nothing. To an authentication terminal without *CAN allowed*, PACE with "
        "another password than the PIN leaves no\nrights.\n",
        out);
    for (size_t i = 0; i < applet_count; i++) {
        if (applet_table[i]->file_count > 0) {
            put_application(out, applet_table[i]);
        }
        if (applet_table[i] == &eid_applet) {
            put_functions(out);
        }
    }
}
