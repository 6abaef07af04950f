// What a session has achieved: compared, taken over and ended here alone (9303-11 §9.8, GPC v2.3.1 §10.2.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/security.h"

// The PUK gives its holder the PIN back and nothing to read (TR-03110-2 §3.3).
static bool opens_the_card(enum pace_password password)
{
    return password != PACE_PASSWORD_NONE && password != PACE_PASSWORD_PUK;
}

static unsigned achieved(const struct security_status *status)
{
    unsigned conditions = 0;
    if (status->sm.active && opens_the_card(status->password)) {
        conditions |= SECURITY_PACE;
    }
    if (status->command_protected) {
        conditions |= SECURITY_PROTECTED;
    }
    if (status->sm.active && status->chip_authenticated) {
        conditions |= SECURITY_CHIP_AUTHENTICATED;
    }
    if (status->command_scp03) {
        conditions |= SECURITY_SCP03_OPENED;
    }
    if (status->command_scp03 && status->scp03_authenticated) {
        conditions |= SECURITY_SCP03;
    }
    if (status->sm.active && status->terminal_authenticated) {
        conditions |= SECURITY_TERMINAL_AUTHENTICATED;
    }
    if (status->asked.type == TERMINAL_NONE || status->asked.type == TERMINAL_INSPECTION) {
        conditions |= SECURITY_INSPECTION;
    }
    return conditions;
}

bool security_satisfied(const struct security_status *status, unsigned condition)
{
    return (condition & ~achieved(status)) == 0;
}

bool security_allows(const struct security_status *status, unsigned condition, rights needed)
{
    return security_satisfied(status, condition) && (needed == 0 || (status->effective & needed) != 0);
}

void security_take_over(struct security_status *status)
{
    if (!status->next.active) {
        return;
    }
    sm_move(&status->sm, &status->next);
    status->password = status->next_password;
    status->chip_authenticated = status->next_chip_authenticated;
    status->asked = status->next_asked;
}

void security_drop_next(struct security_status *status)
{
    sm_end(&status->next);
    status->next_password = PACE_PASSWORD_NONE;
    status->next_chip_authenticated = false;
    status->next_asked = (struct authorization){0};
}

void security_end_session(struct security_status *status)
{
    sm_end(&status->sm);
    security_drop_next(status);
    status->password = PACE_PASSWORD_NONE;
    status->chip_authenticated = false;
    status->asked = (struct authorization){0};
    status->terminal_authenticated = false;
    status->effective = 0;
}

void security_end_scp03(struct security_status *status)
{
    scp03_end(&status->scp03);
    crypto_wipe(&status->scp03_keys, sizeof status->scp03_keys);
    crypto_wipe(status->scp03_host_cryptogram, sizeof status->scp03_host_cryptogram);
    status->scp03_authenticated = false;
}
