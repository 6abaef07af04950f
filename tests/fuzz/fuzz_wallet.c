// What a wallet is told by strangers: offers, what issuers say of themselves, and queries for credentials.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/wallet/disclosure.h"
#include "host/wallet/offer.h"

#include <stdlib.h>

enum { NOW = 1800000000 };

static void take_offer(struct jumin_wallet *wallet, const uint8_t *bytes, size_t n)
{
    struct wallet_exchange exchange = {.wallet = wallet, .now = NOW};
    struct offer offer;
    char *text = malloc(n + 1);
    require(text != NULL);
    memcpy(text, bytes, n);
    text[n] = '\0';
    if (offer_take(&exchange, text, &offer) == JUMIN_OK) {
        require(offer.count >= 1 && offer.count <= OFFER_CONFIGURATIONS);
        require(strlen(offer.code) > 0 && strlen(offer.code) < WALLET_TOKEN);
    }
    free(text);
}

static void take_query(struct jumin_wallet *wallet, const json_t *json)
{
    struct disclosure_plan *plan = calloc(1, sizeof *plan);
    struct detail detail = {{0}};
    require(plan != NULL);
    if (disclosure_of_dcql(wallet, json, NULL, NOW, plan, &detail) == JUMIN_OK) {
        json_t *told = disclosure_json(plan);
        require(plan->refused && plan->why[0] != '\0'); // there is nothing in the wallet
        require(told != NULL);
        json_decref(told);
    }
    disclosure_release(plan);
    free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct jumin_wallet wallet = {.path = NULL};
    struct offer_configuration configuration;
    if (n == 0) {
        return 0;
    }
    take_offer(&wallet, bytes, n);
    json_t *json = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, NULL);
    if (json != NULL) {
        (void)metadata_configuration(json, "a", &configuration);
        take_query(&wallet, json);
    }
    json_decref(json);
    return 0;
}
