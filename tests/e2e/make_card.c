// Issues the specimen card into an image for `jumin sim`, for programs that are tried from outside.
// SPDX-License-Identifier: Apache-2.0
//
//     make_card FOLDER     writes card.image, csca.der and csca.crl, and prints the time of issue
#include "card/port/host/flash_file.h"
#include "tests/e2e/card_link.h"
#include "tests/e2e/specimen.h"
#include "tests/unit/unit.h"
#include <stdio.h>

enum { PATH_LENGTH = 4096, IMAGE_PAGES = 24 };

static void path_in(char path[PATH_LENGTH], const char *folder, const char *name)
{
    assert_in_range(snprintf(path, PATH_LENGTH, "%s/%s", folder, name), 1, PATH_LENGTH - 1);
}

static void write_item(const struct jumin_pki *pki, enum jumin_pki_item item, const char *folder,
                       const char *name)
{
    char path[PATH_LENGTH];
    const uint8_t *der = NULL;
    size_t n = 0;
    path_in(path, folder, name);
    assert_int_equal(jumin_pki_item(pki, item, &der, &n), JUMIN_OK);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(der, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void issue(struct card_link *link, const struct jumin_pki *pki)
{
    struct jumin_transport *transport = card_link_open(link);
    struct jumin_order *order = specimen_order();
    struct jumin_perso *perso = NULL;
    perso = specimen_perso(transport, pki);
    assert_int_equal(jumin_perso_issue(perso, order, SPECIMEN_NOW), JUMIN_OK);
    jumin_perso_free(perso);
    jumin_order_free(order);
    jumin_transport_free(transport);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: make_card FOLDER\n");
        return 2;
    }
    char path[PATH_LENGTH];
    static struct card_link link;
    struct flash_file flash = {0};
    path_in(path, argv[1], "card.image");
    assert_int_equal(flash_file_create(&flash, path, IMAGE_PAGES), FLASH_FILE_OK);
    struct jumin_pki *pki = specimen_pki(JUMIN_CURVE_P256);
    card_link_start_on(&link, 1, flash_file_port(&flash));
    issue(&link, pki);
    write_item(pki, JUMIN_PKI_CSCA, argv[1], "csca.der");
    write_item(pki, JUMIN_PKI_CRL, argv[1], "csca.crl");
    jumin_pki_free(pki);
    card_reset(&link.card);
    flash_file_close(&flash);
    (void)printf("%d\n", SPECIMEN_NOW);
    return 0;
}
