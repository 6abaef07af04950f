// A QR code as its modules, by libqrencode.
// SPDX-License-Identifier: Apache-2.0
#include "host/qr/qr.h"

#include "card/crypto/crypto.h"
#include <errno.h>
#include <qrencode.h>
#include <string.h>

// All of it as letters (ISO 18004 §7.4.4); NULL: errno.
static QRcode *encode_letters(const char *text, size_t n, QRecLevel level)
{
    QRinput *input = QRinput_new2(0, level);
    QRcode *code = NULL;
    if (input != NULL && QRinput_append(input, QR_MODE_AN, (int)n, (const unsigned char *)text) == 0) {
        code = QRcode_encodeInput(input);
    }
    QRinput_free(input);
    return code;
}

enum jumin_error qr_encode(struct qr *qr, const char *text, enum jumin_qr_correction correction)
{
    const size_t n = text != NULL ? strlen(text) : 0;
    const bool letters = n > 0 && strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") == n;
    const QRecLevel level = correction == JUMIN_QR_LOW ? QR_ECLEVEL_L : QR_ECLEVEL_M;
    memset(qr, 0, sizeof *qr);
    if (n == 0 || n > (letters ? JUMIN_QR_LETTERS_MAX : JUMIN_QR_TEXT_MAX)) {
        return n == 0 ? JUMIN_ERROR_INPUT : JUMIN_ERROR_TOO_LONG;
    }
    QRcode *code = letters ? encode_letters(text, n, level)
                           : QRcode_encodeData((int)n, (const unsigned char *)text, 0, level);
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
