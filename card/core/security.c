// What a session has achieved: compared, taken over and ended here alone (9303-11 §9.8, GPC v2.3.1 §10.2.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/security.h"

// The PUK gives its holder the PIN back and nothing to read (TR-03110-2 §2.4.1); a transport PIN is only good
// for choosing another one.
static bool opens_the_card(const struct achieved *achieved)
{
    return achieved->password != PACE_PASSWORD_NONE && achieved->password != PACE_PASSWORD_PUK &&
           !achieved->transport_pin;
}

// It compares the holder with the portrait.
static bool provisions(const struct achieved *achieved)
{
    return achieved->chip_authenticated && (achieved->effective & right_of(RIGHT_PROVISION_PHONE)) != 0;
}

static bool password_fits(const struct achieved *achieved)
{
    return achieved->asked.type != TERMINAL_AUTHENTICATION || achieved->password == PACE_PASSWORD_PIN ||
           (achieved->effective & right_of(RIGHT_CAN_ALLOWED)) != 0;
}

static unsigned conditions_met(const struct security_status *status)
{
    const struct achieved *achieved = &status->achieved;
    const enum terminal_type asked = achieved->asked.type;
    unsigned conditions = 0;
    if (status->sm.active && opens_the_card(achieved)) {
        conditions |= SECURITY_PACE;
    }
    if (status->command_protected) {
        conditions |= SECURITY_PROTECTED;
    }
    if (status->sm.active && achieved->chip_authenticated) {
        conditions |= SECURITY_CHIP_AUTHENTICATED;
    }
    if (status->command_scp03) {
        conditions |= SECURITY_SCP03_OPENED;
    }
    if (status->command_scp03 && status->scp03_authenticated) {
        conditions |= SECURITY_SCP03;
    }
    if (status->sm.active && achieved->terminal_authenticated) {
        conditions |= SECURITY_TERMINAL_AUTHENTICATED;
    }
    if (asked == TERMINAL_NONE || asked == TERMINAL_INSPECTION || provisions(achieved)) {
        conditions |= SECURITY_INSPECTION;
    }
    if (password_fits(achieved)) {
        conditions |= SECURITY_PASSWORD_FITS;
    }
    return conditions;
}

bool security_satisfied(const struct security_status *status, unsigned condition)
{
    return (condition & ~conditions_met(status)) == 0;
}

// An inspection system is always a privileged terminal, without a bit that says so (TR-03110-2 §2.1).
static rights rights_held(const struct achieved *achieved)
{
    const bool inspects = achieved->terminal_authenticated && achieved->asked.type == TERMINAL_INSPECTION;
    return achieved->effective | (inspects ? right_of(RIGHT_PRIVILEGED_TERMINAL) : 0);
}

bool security_allows(const struct security_status *status, unsigned condition, rights needed)
{
    return security_satisfied(status, condition) &&
           (needed == 0 || (rights_held(&status->achieved) & needed) != 0);
}

bool security_take_over(struct security_status *status)
{
    if (!status->next.active) {
        return false;
    }
    sm_move(&status->sm, &status->next);
    status->achieved = status->next_achieved;
    crypto_wipe(&status->next_achieved, sizeof status->next_achieved);
    return true;
}

void security_drop_next(struct security_status *status)
{
    sm_end(&status->next);
    crypto_wipe(&status->next_achieved, sizeof status->next_achieved);
}

void security_end_session(struct security_status *status)
{
    sm_end(&status->sm);
    crypto_wipe(&status->achieved, sizeof status->achieved);
    security_drop_next(status);
}

void security_end_scp03(struct security_status *status)
{
    scp03_end(&status->scp03);
    crypto_wipe(&status->scp03_keys, sizeof status->scp03_keys);
    crypto_wipe(status->scp03_host_cryptogram, sizeof status->scp03_host_cryptogram);
    status->scp03_authenticated = false;
}
