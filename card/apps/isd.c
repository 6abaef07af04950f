// The issuer security domain's secure channel: INITIALIZE UPDATE and EXTERNAL AUTHENTICATE (GP Amd D §7.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/isd.h"

#include "card/core/card.h"
#include "card/core/channel_keys.h"
#include "card/core/erasure.h"
#include "card/core/life_cycle.h"
#include "card/wire/lds.h"
#include "card/wire/tlv.h"

enum {
    SCP_IDENTIFIER = 0x03,
    TAG_PROPRIETARY = 0xA5, // GPC v2.3.1 §11.9.3.1, table 11-81
    TAG_DATA_FIELD_MAX = 0x9F65,
};

uint16_t isd_store_status(enum store_status status)
{
    switch (status) {
    case STORE_OK:
        return SW_OK;
    case STORE_FULL:
    case STORE_TOO_LONG:
        return SW_NOT_ENOUGH_MEMORY;
    default:
        return SW_MEMORY_FAILURE;
    }
}

uint16_t isd_end_transaction(struct card *card, uint16_t changed)
{
    if (changed != SW_OK) {
        store_abort(&card->store);
        return changed;
    }
    return isd_store_status(erasure_commit(&card->store));
}

void isd_end_channel(struct card *card)
{
    security_end_scp03(&card->security);
    crypto_wipe(&card->personalization, sizeof card->personalization);
    card->status_next = 0;
}

uint8_t isd_channel_parameter(struct card *card, enum scp03_mode mode)
{
    unsigned i = SCP03_I_R_MAC | SCP03_I_R_ENCRYPTION;
    i |= mode == SCP03_S16 ? SCP03_I_S16 : 0;
    i |= life_cycle_secured(card) ? 0 : SCP03_I_PSEUDO_RANDOM;
    return (uint8_t)i;
}

// What INITIALIZE UPDATE makes before it answers.
struct opening {
    uint8_t version;
    bool counted; // the challenge is pseudo-random, from the counter
    uint8_t counter[SCP03_SEQUENCE_COUNTER];
    uint8_t challenge[SCP03_CHALLENGE_MAX];
    uint8_t cryptogram[SCP03_CHALLENGE_MAX];
    uint8_t diversification[SCP03_DIVERSIFICATION];
};

// Until the card is SECURED the host can predict the challenge, as stations that prepare a batch do; then it
// is random, since a counter would tell the cards apart.
static bool make_challenge(struct card *card, const struct scp03_keys *keys, enum scp03_mode mode,
                           struct opening *opening)
{
    opening->counted = !life_cycle_secured(card);
    if (!opening->counted) {
        return card->port.random.fill(card->port.random.context, opening->challenge, mode);
    }
    return channel_keys_count(&card->store, opening->counter) &&
           scp03_card_challenge(keys, mode, opening->counter, AID_ISD, opening->challenge);
}

static bool open_channel(struct card *card, const struct scp03_keys *keys, enum scp03_mode mode,
                         struct span host_challenge, struct opening *opening)
{
    struct security_status *security = &card->security;
    const uint16_t diversification = life_cycle_secured(card) ? OBJECT_BATCH : OBJECT_DIVERSIFICATION;
    if (store_read(&card->store, diversification, 0, opening->diversification, SCP03_DIVERSIFICATION) !=
            STORE_OK ||
        !make_challenge(card, keys, mode, opening)) {
        return false;
    }
    const struct span card_challenge = span_of(opening->challenge, mode);
    if (!scp03_start(&security->scp03, keys, mode, host_challenge, card_challenge) ||
        !scp03_cryptograms(&security->scp03, host_challenge, card_challenge, opening->cryptogram,
                           security->scp03_host_cryptogram)) {
        return false;
    }
    memcpy(security->scp03_keys.dek, keys->dek, keys->length);
    security->scp03_keys.length = keys->length;
    return true;
}

uint16_t isd_initialize_update_handler(struct card *card, const struct apdu_command *command,
                                       struct writer *response)
{
    struct opening opening = {0};
    struct scp03_keys keys;
    isd_end_channel(card);
    if (command->data.n != SCP03_S8 && command->data.n != SCP03_S16) {
        return SW_WRONG_LENGTH;
    }
    const enum scp03_mode mode = command->data.n == SCP03_S8 ? SCP03_S8 : SCP03_S16;
    if (!channel_keys_read(&card->store, &opening.version, &keys)) {
        return SW_MEMORY_FAILURE;
    }
    uint16_t status = SW_REFERENCED_DATA_NOT_FOUND;
    if (command->p1 != 0 && command->p1 != opening.version) {
        goto out;
    }
    status = SW_EXECUTION_ERROR;
    if (!open_channel(card, &keys, mode, command->data, &opening)) {
        isd_end_channel(card);
        goto out;
    }
    writer_put(response, span_of(opening.diversification, SCP03_DIVERSIFICATION));
    writer_put_u8(response, opening.version);
    writer_put_u8(response, SCP_IDENTIFIER);
    writer_put_u8(response, isd_channel_parameter(card, mode));
    writer_put(response, span_of(opening.challenge, mode));
    writer_put(response, span_of(opening.cryptogram, mode));
    writer_put(response, span_of(opening.counter, opening.counted ? SCP03_SEQUENCE_COUNTER : 0));
    status = SW_OK;
out:
    crypto_wipe(&keys, sizeof keys);
    return status;
}

// The level of no security is refused: the ISD would do nothing under it.
uint16_t isd_external_authenticate_handler(struct card *card, const struct apdu_command *command,
                                           struct writer *response)
{
    struct security_status *security = &card->security;
    (void)response;
    if (security->scp03_authenticated) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    uint16_t status = SW_OK;
    if (command->data.n != security->scp03.mode) {
        status = SW_WRONG_LENGTH;
    } else if (!crypto_equal(command->data.p, security->scp03_host_cryptogram, security->scp03.mode)) {
        status = SW_AUTHENTICATION_FAILED;
    } else if (command->p1 == SCP03_NO_SECURITY || !scp03_set_level(&security->scp03, command->p1)) {
        status = SW_WRONG_P1_P2;
    }
    if (status != SW_OK) {
        isd_end_channel(card);
        return status;
    }
    security->scp03_authenticated = true;
    return SW_OK;
}

static void put_fci(struct card *card, struct writer *fci)
{
    static const uint8_t data_field_max = APDU_SHORT_LC_MAX;
    (void)card;
    const size_t opened = tlv_open(fci, TAG_PROPRIETARY);
    tlv_put(fci, TAG_DATA_FIELD_MAX, span_of(&data_field_max, sizeof data_field_max));
    tlv_close(fci, opened);
}

const struct applet isd_applet = {
    .name = "ISD",
    .aid = &AID_ISD,
    .application = IN_ISD,
    .select = put_fci,
    .deselect = isd_end_channel,
};
