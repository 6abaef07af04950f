// What the benches share: an issued card in this process, and a way out when something fails.
// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bench_card.h"

#include <jumin/eac_pki.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void bench_need(enum jumin_error error, const char *what, const char *detail)
{
    if (error != JUMIN_OK) {
        (void)fprintf(stderr, "bench: %s: %s: %s\n", what, jumin_error_name(error), detail);
        exit(1);
    }
}

static size_t read_file(const char *folder, const char *name, uint8_t *bytes, size_t capacity)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    const size_t n = file != NULL ? fread(bytes, 1, capacity, file) : 0;
    bench_need(n > 0 ? JUMIN_OK : JUMIN_ERROR_FILE, path, "");
    (void)fclose(file);
    return n;
}

struct jumin_trust *bench_trust(const char *folder)
{
    struct jumin_trust *trust = NULL;
    bench_need(jumin_trust_new(&trust), "trust store", "");
    bench_need(jumin_trust_add_directory(trust, folder), "trust store", jumin_trust_detail(trust));
    return trust;
}

void bench_add_trust_points(struct jumin_perso *perso, const char *pki)
{
    char folder[4096];
    struct jumin_eac_pki *eac = NULL;
    struct jumin_eac_certificate point;
    (void)snprintf(folder, sizeof folder, "%s/../eac", pki);
    bench_need(jumin_eac_pki_new(&eac, folder), "CVCA", "");
    bench_need(jumin_eac_pki_load(eac), "CVCA", jumin_eac_pki_detail(eac));
    for (int type = JUMIN_TERMINAL_INSPECTION; type <= JUMIN_TERMINAL_SIGNATURE; type++) {
        if (jumin_eac_pki_trust_point(eac, (enum jumin_terminal_type)type, &point) == JUMIN_OK) {
            bench_need(jumin_perso_add_trust_point(perso, point.bytes, point.n), "CVCA",
                       jumin_perso_detail(perso));
        }
    }
    jumin_eac_pki_free(eac);
}

void bench_issue(struct jumin_transport *transport, const char *home, const char *specimen)
{
    static uint8_t bytes[100000];
    struct jumin_pki *pki = NULL;
    struct jumin_order *order = NULL;
    struct jumin_perso *perso = NULL;
    const char *passphrase = getenv("JUMIN_PASSPHRASE");
    bench_need(jumin_pki_new(&pki, home), "keys", "");
    bench_need(jumin_pki_load(pki, passphrase != NULL ? passphrase : ""), "keys", jumin_pki_detail(pki));
    bench_need(jumin_order_new(&order), "order", "");
    size_t n = read_file(specimen, "person.json", bytes, sizeof bytes);
    bench_need(jumin_order_set_person(order, (const char *)bytes, n), "person", jumin_order_detail(order));
    n = read_file(specimen, "portrait.jpg", bytes, sizeof bytes);
    bench_need(jumin_order_set_photo(order, bytes, n), "photo", jumin_order_detail(order));
    bench_need(jumin_order_set_can(order, BENCH_CAN), "CAN", jumin_order_detail(order));
    bench_need(jumin_perso_new(&perso, transport, pki, card_link_transport_key, card_link_issuer_key),
               "station", "");
    bench_add_trust_points(perso, home);
    bench_need(jumin_perso_issue(perso, order, (int64_t)time(NULL)), "issuing", jumin_perso_detail(perso));
    jumin_perso_free(perso);
    jumin_order_free(order);
    jumin_pki_free(pki);
}
