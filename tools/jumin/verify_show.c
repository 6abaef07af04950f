// The verdict on a mobile credential, for people and for programs.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/verify_command.h"

#include "tools/jumin/foreign_text.h"
#include "tools/jumin/terminal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *title(enum jumin_finding finding)
{
    static const char *const titles[] = {"accepted", "accepted with a warning", "refused",
                                         "not accepted: not everything could be checked"};
    return titles[finding];
}

const char *verify_mark(const char *finding)
{
    static const char *const marks[] = {"ok", "warning", "FAILED", "not done"};
    for (size_t i = 0; finding != NULL && i < sizeof marks / sizeof *marks; i++) {
        if (strcmp(finding, jumin_finding_name((enum jumin_finding)i)) == 0) {
            return marks[i];
        }
    }
    return "?";
}

static void show_check(const struct jumin_verification_check *check)
{
    (void)printf("  %-8s  %-10s  %s\n", verify_mark(jumin_finding_name(check->finding)),
                 jumin_verification_kind_name(check->kind), check->detail);
}

static void show_learned(const struct jumin_learned *learned)
{
    if (learned->kind == JUMIN_LEARNED_BYTES) {
        (void)printf("  %s: %zu bytes\n", learned->name, learned->n);
    } else if (learned->kind == JUMIN_LEARNED_BOOLEAN) {
        (void)printf("  %s: %s\n", learned->name, learned->truth ? "yes" : "no");
    } else {
        (void)printf("  %s: %s\n", learned->name, learned->text);
    }
}

static void show(const struct jumin_verification *verification)
{
    const struct jumin_verification_check *check = NULL;
    struct jumin_verification_facts facts;
    jumin_verification_facts(verification, &facts);
    (void)printf("%s\n", title(jumin_verification_result(verification)));
    if (facts.issuer[0] != '\0') {
        (void)printf("issued by %s\n", facts.issuer);
    }
    (void)printf("\nchecked:\n");
    for (size_t i = 0; (check = jumin_verification_check(verification, i)) != NULL; i++) {
        show_check(check);
    }
    (void)printf("\nlearned:%s\n", jumin_verification_learned_count(verification) == 0 ? " nothing" : "");
    for (size_t i = 0; i < jumin_verification_learned_count(verification); i++) {
        show_learned(jumin_verification_learned(verification, i));
    }
}

enum cli_exit verify_show(const struct cli_arguments *arguments,
                          const struct jumin_verification *verification)
{
    const enum jumin_finding result = jumin_verification_result(verification);
    char *json = NULL;
    progress_clear();
    if (!cli_has(arguments, "json")) {
        show(verification);
    } else if (jumin_verification_json(verification, &json) == JUMIN_OK) {
        foreign_json_print_text(json);
        explicit_bzero(json, strlen(json));
        free(json);
    } else {
        return cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    return result == JUMIN_FINDING_PASSED || result == JUMIN_FINDING_WARNED ? CLI_OK : CLI_FAILED;
}
