// The host's side of a GlobalPlatform security domain: secure channel SCP03 and content management.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_SECURITY_DOMAIN_H
#define JUMIN_HOST_PERSO_SECURITY_DOMAIN_H

#include "card/wire/key_set.h"
#include <jumin/transport.h>

enum {
    SECURITY_DOMAIN_COMMAND_MAX = 2304,
    SECURITY_DOMAIN_RESPONSE_MAX = 1024,
    SECURITY_DOMAIN_DETAIL_MAX = 256,
};

// Life cycle states of card and applications (GPC v2.3.1 §11.1.1, tables 11-4 and 11-6).
enum life_cycle {
    LIFE_CYCLE_OP_READY = 0x01,
    LIFE_CYCLE_INITIALIZED = 0x07,
    LIFE_CYCLE_SECURED = 0x0F,
    LIFE_CYCLE_CARD_LOCKED = 0x7F,
    LIFE_CYCLE_TERMINATED = 0xFF,
};

// Caller-owned. After an error `detail` holds a sentence and `status` the card's last status word.
struct security_domain {
    struct jumin_transport *transport; // borrowed
    struct crypto_random random;
    struct scp03_session session;
    struct scp03_keys keys; // of the open channel
    uint8_t diversification[SCP03_DIVERSIFICATION];
    uint8_t key_version;
    uint8_t i;       // parameter of SCP03
    size_t data_max; // most plain bytes of a command's data field
    uint16_t status;
    char detail[SECURITY_DOMAIN_DETAIL_MAX];
    uint8_t command[SECURITY_DOMAIN_COMMAND_MAX];
    uint8_t response[SECURITY_DOMAIN_RESPONSE_MAX];
};

// `card_data_max`: the longest command data field that the card takes (EF.ATR/INFO), 255 when not known.
void security_domain_init(struct security_domain *domain, struct jumin_transport *transport,
                          const struct crypto_random *random, size_t card_data_max);
// Wipes keys and session.
void security_domain_end(struct security_domain *domain);

// SELECT with the AID of the issuer security domain.
enum jumin_error security_domain_select(struct security_domain *domain);

// Finds the keys of a card that has told its key version and diversification data. False: there are none.
typedef bool security_domain_key_source(void *context, uint8_t key_version,
                                        const uint8_t diversification[SCP03_DIVERSIFICATION],
                                        struct scp03_keys *keys);
// INITIALIZE UPDATE and EXTERNAL AUTHENTICATE with C-MAC, C-DECRYPTION, R-MAC and R-ENCRYPTION
// (GP Amd D §7.1). The card proves itself first: a wrong card cryptogram is JUMIN_ERROR_KEYS_REFUSED and
// nothing is sent that the card could count as a failed try.
enum jumin_error security_domain_open(struct security_domain *domain, enum scp03_mode mode,
                                      security_domain_key_source *source, void *context);

// One command under the channel. Status words other than 9000 are JUMIN_ERROR_STATUS. `answer` may be NULL.
enum jumin_error security_domain_command(struct security_domain *domain, const char *step,
                                         const struct apdu_command *plain, struct writer *answer);

// PUT KEY: replaces the key set `old_version` by `keys` under `new_version`; check values are compared.
enum jumin_error security_domain_put_keys(struct security_domain *domain, uint8_t old_version,
                                          uint8_t new_version, const struct scp03_keys *keys);
// GET STATUS of the card.
enum jumin_error security_domain_life_cycle(struct security_domain *domain, uint8_t *life_cycle);
// SET STATUS of the card.
enum jumin_error security_domain_set_life_cycle(struct security_domain *domain, uint8_t life_cycle);
// INSTALL [for install and make selectable] of an application in the image, under its own AID.
enum jumin_error security_domain_install(struct security_domain *domain, struct span application);
// INSTALL [for personalization]: the STORE DATA commands that follow go to `application`.
enum jumin_error security_domain_personalize(struct security_domain *domain, struct span application);
// DELETE; an application that is not there is no error.
enum jumin_error security_domain_delete(struct security_domain *domain, struct span application);

// Told after each STORE DATA; false cancels.
typedef bool security_domain_progress(void *context, size_t done, size_t total);
// A stream of DGIs, cut into STORE DATA blocks; `last`: the application is complete with it. Blocks count
// from 0 after each INSTALL [for personalization]: `*block` is carried on. `answer` takes what the blocks
// answer, may be NULL.
enum jumin_error security_domain_store_data(struct security_domain *domain, struct span stream, bool last,
                                            uint8_t *block, struct writer *answer,
                                            security_domain_progress *progress, void *context);

#endif
