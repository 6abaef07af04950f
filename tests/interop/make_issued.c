// Makes the files of an issued card for foreign programs to check: make_issued CURVE FOLDER.
// SPDX-License-Identifier: Apache-2.0
#include "host/file.h"
#include "host/perso/order.h"

#include <stdio.h>
#include <stdlib.h>

enum { NOW = 1793577600, FILE_MAX = 100000 }; // 2026-11-02

static const char *folder;

static void need(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "make_issued: %s\n", what);
        exit(1);
    }
}

static void save(const char *name, const uint8_t *bytes, size_t n)
{
    char path[4096];
    need(disk_join(path, sizeof path, folder, name), "the path is too long");
    need(disk_write(path, 0644, span_of(bytes, n)) == JUMIN_OK, path);
}

static void save_file(const char *name, const struct order_bytes *file)
{
    save(name, file->p, file->n);
}

static void save_order(const struct jumin_order *order)
{
    for (unsigned group = 1; group < ORDER_FILES; group++) {
        char name[16];
        (void)snprintf(name, sizeof name, "DG%u.bin", group);
        if (order->groups[group].n > 0) {
            save_file(name, &order->groups[group]);
        }
    }
    save_file("EF.COM.bin", &order->com);
    save_file("EF.SOD.bin", &order->sod);
    save_file("EF.CardAccess.bin", &order->card_access);
    save_file("EF.CardSecurity.bin", &order->card_security);
    save_file("EF.ChipSecurity.bin", &order->chip_security);
}

static struct jumin_order *load_order(void)
{
    static uint8_t bytes[FILE_MAX];
    struct jumin_order *order = NULL;
    size_t n = 0;
    need(jumin_order_new(&order) == JUMIN_OK, "no memory");
    need(disk_read(SPECIMEN_FOLDER "/person.json", bytes, sizeof bytes, &n) == JUMIN_OK, "no person");
    need(jumin_order_set_person(order, (const char *)bytes, n) == JUMIN_OK, jumin_order_detail(order));
    need(disk_read(SPECIMEN_FOLDER "/portrait.jpg", bytes, sizeof bytes, &n) == JUMIN_OK, "no portrait");
    need(jumin_order_set_photo(order, bytes, n) == JUMIN_OK, jumin_order_detail(order));
    return order;
}

int main(int argc, char **argv)
{
    struct jumin_pki_options options = {.now = NOW - 86400};
    struct jumin_pki *pki = NULL;
    need(argc == 3, "usage: make_issued CURVE FOLDER");
    folder = argv[2];
    need(jumin_curve_parse(argv[1], &options.curve) == JUMIN_OK, "no such curve");
    need(jumin_pki_new(&pki, folder) == JUMIN_OK && pki_make(pki, &options) == JUMIN_OK, "no keys");
    save("csca.der", pki->csca.p, pki->csca.n);
    save("csca.crl.der", pki->revocation_list.p, pki->revocation_list.n);
    save("ds.der", pki->signer.p, pki->signer.n);

    // Any point will do for the keys that a chip would make.
    struct order_points points = {.length = crypto_curve_point_length(crypto_ec_curve(&pki->csca_key.key))};
    for (size_t i = 0; i < ORDER_KEYS; i++) {
        need(crypto_ec_public(&pki->csca_key.key, points.points[i]), "no point");
    }
    struct jumin_order *order = load_order();
    need(order_make_files(order, pki, &points, NOW) == JUMIN_OK, "no files");
    save_order(order);
    jumin_order_free(order);
    jumin_pki_free(pki);
    return 0;
}
