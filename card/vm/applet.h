// The interface that every application of the card satisfies.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_VM_APPLET_H
#define JUMIN_CARD_VM_APPLET_H

#include "card/core/file.h"
#include "card/wire/dgi.h"

struct applet {
    const char *name;
    const struct span *aid; // of the module; also of its instance unless INSTALL names another
    uint8_t application;    // its bit in enum application_set
    const struct file_row *files;
    size_t file_count;
    // SELECT: writes what the FCI template holds beside the DF name (6F{84 name, …}). The application is
    // current already. NULL: nothing.
    void (*select)(struct card *card, struct writer *fci);
    // Another application is selected, or the card is reset. May be NULL.
    void (*deselect)(struct card *card);
    // Takes one piece of a DGI that names none of `files` (those are stored without asking). A DGI that
    // carries secrets comes decrypted and in one piece. Within a transaction. May write response data. NULL:
    // no such DGI.
    uint16_t (*personalize)(struct card *card, const struct dgi_piece *piece, struct writer *response);
    // The last STORE DATA has come: SW_OK when all that the application needs is there, else a status word
    // and the application stays as it was. Within the transaction that makes it PERSONALIZED. May be NULL.
    uint16_t (*complete)(struct card *card);
    // DELETE: removes its objects. Within a transaction. May be NULL.
    uint16_t (*remove)(struct card *card);
};

// The applications in the image, the ISD first.
extern const struct applet *const applet_table[];
extern const size_t applet_count;

#endif
