// A QR code as its modules, by libqrencode.
// SPDX-License-Identifier: Apache-2.0
#include "host/qr/qr.h"

#include "card/crypto/crypto.h"
#include <errno.h>
#include <qrencode.h>
#include <string.h>

enum jumin_error qr_encode(struct qr *qr, const char *text, enum jumin_qr_correction correction)
{
    const size_t n = text != NULL ? strlen(text) : 0;
    memset(qr, 0, sizeof *qr);
    if (n == 0 || n > JUMIN_QR_TEXT_MAX) {
        return n == 0 ? JUMIN_ERROR_INPUT : JUMIN_ERROR_TOO_LONG;
    }
    QRcode *code = QRcode_encodeData((int)n, (const unsigned char *)text, 0,
                                     correction == JUMIN_QR_LOW ? QR_ECLEVEL_L : QR_ECLEVEL_M);
    if (code == NULL) {
        return errno == ERANGE ? JUMIN_ERROR_TOO_LONG : JUMIN_ERROR_MEMORY;
    }
    qr->width = (unsigned)code->width;
    for (unsigned y = 0; y < qr->width; y++) {
        for (unsigned x = 0; x < qr->width; x++) {
            qr->dark[y][x] = code->data[y * qr->width + x] & 1;
        }
    }
    crypto_wipe(code->data, (size_t)qr->width * qr->width);
    QRcode_free(code);
    return JUMIN_OK;
}

bool qr_is_dark(const struct qr *qr, unsigned x, unsigned y)
{
    return x >= QR_MARGIN && y >= QR_MARGIN && x - QR_MARGIN < qr->width && y - QR_MARGIN < qr->width &&
           qr->dark[y - QR_MARGIN][x - QR_MARGIN] != 0;
}
