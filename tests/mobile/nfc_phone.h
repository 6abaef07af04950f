// The NFC side of a phone alone (<jumin/wallet_nfc.h>) as what lies behind a wallet_card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_NFC_PHONE_H
#define JUMIN_TESTS_MOBILE_NFC_PHONE_H

#include <jumin/wallet_nfc.h>

#include "tools/jumin/wallet_card.h"

struct wallet_card_phone nfc_phone(struct jumin_wallet_nfc *nfc);
// Answers the message that waits.
void nfc_phone_reply(struct wallet_card *card, struct span message);

#endif
