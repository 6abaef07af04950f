// Personalization: from an order to a card that was written, locked and read back.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PERSO_H
#define JUMIN_PERSO_H

#include <jumin/document.h>
#include <jumin/master_key.h>
#include <jumin/pki.h>
#include <jumin/terminal.h>
#include <jumin/transport.h>

// --- Order: what is to stand on one card ------------------------------------------------------------------

struct jumin_order;

JUMIN_EXPORT enum jumin_error jumin_order_new(struct jumin_order **order);
// Wipes person and passwords. NULL is allowed.
JUMIN_EXPORT void jumin_order_free(struct jumin_order *order);
JUMIN_EXPORT const char *jumin_order_detail(const struct jumin_order *order);

// The profiles that ship: "resident" (the first, which orders have unless told otherwise), "resident-kr",
// "key-only", "interop". NULL behind the last.
JUMIN_EXPORT const char *jumin_profile_name(size_t i);
// A profile that ships, in JSON (its schema: profile.schema.json). NULL: there is none of that name.
JUMIN_EXPORT const char *jumin_profile_text(const char *name);
// What kind of card it is to be, in JSON. What is wrong is named by field. A photo that is set is coded anew
// when the profile wants it otherwise; JUMIN_ERROR_TOO_LONG, and the order as it was, when it cannot be made
// to fit.
JUMIN_EXPORT enum jumin_error jumin_order_set_profile(struct jumin_order *order, const char *json, size_t n);

// A person file in JSON (its schema: person.schema.json). What is wrong is named by field.
JUMIN_EXPORT enum jumin_error jumin_order_set_person(struct jumin_order *order, const char *json, size_t n);
// A JPEG or PNG; it is checked, cropped to 35:45, scaled to fit the chip and coded as the profile says. The
// order keeps a copy of the file, since another profile or budget codes it anew.
JUMIN_EXPORT enum jumin_error jumin_order_set_photo(struct jumin_order *order, const uint8_t *file, size_t n);
// Digits; random ones are made unless set. The CAN has 6, the PIN as many as the profile says or more, at
// most 8, the PUK 10.
JUMIN_EXPORT enum jumin_error jumin_order_set_can(struct jumin_order *order, const char *can);
JUMIN_EXPORT enum jumin_error jumin_order_set_pin(struct jumin_order *order, const char *pin);
JUMIN_EXPORT enum jumin_error jumin_order_set_puk(struct jumin_order *order, const char *puk);
// The PIN is a transport PIN, by the order or by its profile: it opens nothing until the holder has changed
// it. A random one has a digit less than any that a holder may choose.
JUMIN_EXPORT enum jumin_error jumin_order_set_transport_pin(struct jumin_order *order, bool on);
// Most bytes of the coded portrait, 1000 to 30000; the profile's unless set.
JUMIN_EXPORT enum jumin_error jumin_order_set_photo_budget(struct jumin_order *order, size_t bytes);
// Whether the order has all that its profile puts on a card; what is missing is named.
JUMIN_EXPORT enum jumin_error jumin_order_check(struct jumin_order *order);

// For whoever hands the card over: the passwords and the MRZ that are (to be) on it. Owned by the order; ""
// before they are known.
JUMIN_EXPORT const char *jumin_order_can(const struct jumin_order *order);
JUMIN_EXPORT const char *jumin_order_pin(const struct jumin_order *order);
JUMIN_EXPORT const char *jumin_order_puk(const struct jumin_order *order);
JUMIN_EXPORT bool jumin_order_has_transport_pin(const struct jumin_order *order);
JUMIN_EXPORT const char *jumin_order_mrz(const struct jumin_order *order);
// Whether a card carries the order, or may carry it, locked and not yet read back: its CAN, PIN and PUK
// must not be lost, and the next jumin_perso_issue with it wants that card.
JUMIN_EXPORT bool jumin_order_is_on_card(const struct jumin_order *order);

// --- Photo ------------------------------------------------------------------------------------------------

// The portrait as it is to be on the card, owned by the order until photo, profile or budget change.
// JUMIN_ERROR_ARGUMENT when no photo is set.
JUMIN_EXPORT enum jumin_error jumin_order_portrait(const struct jumin_order *order,
                                                   struct jumin_portrait *portrait);

// What is measured of the photo. Nothing is refused for it: whoever looks at the person decides. The middle
// is half the width and height around the centre; where the head is, or whose, is not found out.
enum jumin_photo_check {
    JUMIN_PHOTO_RESOLUTION, // width in pixels after cropping, in the file
    JUMIN_PHOTO_CROP,       // per cent of the photo that is cut off
    JUMIN_PHOTO_BRIGHTNESS, // mean luminance of the middle, 0 to 255
    JUMIN_PHOTO_SHADOWS,    // per cent of the middle that are black
    JUMIN_PHOTO_HIGHLIGHTS, // per cent of the middle that are white
    JUMIN_PHOTO_CONTRAST,   // standard deviation of the luminance of the middle
    JUMIN_PHOTO_SHARPNESS,  // variance of the Laplacian of the luminance, in the size of the chip
    JUMIN_PHOTO_CHECKS,
};
enum { JUMIN_PHOTO_SENTENCE = 160 };
struct jumin_photo_hint {
    const char *name; // "brightness"
    const char *unit; // "percent"
    unsigned value;
    bool good;
    char sentence[JUMIN_PHOTO_SENTENCE]; // what was found and, when it is not good, what to do
};
JUMIN_EXPORT enum jumin_error jumin_order_photo_hint(const struct jumin_order *order,
                                                     enum jumin_photo_check check,
                                                     struct jumin_photo_hint *hint);

// --- Writing ----------------------------------------------------------------------------------------------

struct jumin_perso;

// `transport`, `pki` (loaded) and the keys (open) stay the caller's and must outlive the handle. The
// transport key is the master of the keys that the factory wrote, the issuer's that of those that take their
// place.
JUMIN_EXPORT enum jumin_error jumin_perso_new(struct jumin_perso **perso, struct jumin_transport *transport,
                                              const struct jumin_pki *pki,
                                              const struct jumin_master_key *transport_key,
                                              const struct jumin_master_key *issuer_key);
// Wipes all keys. NULL is allowed.
JUMIN_EXPORT void jumin_perso_free(struct jumin_perso *perso);
JUMIN_EXPORT const char *jumin_perso_detail(const struct jumin_perso *perso);
// A self-signed CV certificate (7F21) of the authority that certifies terminals: the cards' trust point for
// its terminal type. One a type; another one takes its place. Profiles say which types their cards trust.
JUMIN_EXPORT enum jumin_error jumin_perso_add_trust_point(struct jumin_perso *perso,
                                                          const uint8_t *certificate, size_t n);

// The terminal that reads the eID application back, by the CAN: with the rights that jumin_rights_add knows
// as "read-back". It is the handle's from now on; NULL: none, and the eID application is not compared.
JUMIN_EXPORT enum jumin_error jumin_perso_set_terminal(struct jumin_perso *perso,
                                                       struct jumin_terminal *terminal);

enum jumin_perso_step {
    JUMIN_PERSO_CONNECT,
    JUMIN_PERSO_AUTHENTICATE,
    JUMIN_PERSO_ROTATE_KEYS,
    JUMIN_PERSO_INSTALL,
    JUMIN_PERSO_GENERATE_KEYS,
    JUMIN_PERSO_SIGN,
    JUMIN_PERSO_WRITE,
    JUMIN_PERSO_LOCK,
    JUMIN_PERSO_READ_BACK,
};
JUMIN_EXPORT const char *jumin_perso_step_name(enum jumin_perso_step step);

// `done` and `total` are bytes of the step, 0 where it has none. False cancels: between two APDUs, before the
// card is locked.
typedef bool jumin_perso_progress(void *context, enum jumin_perso_step step, size_t done, size_t total);
JUMIN_EXPORT enum jumin_error jumin_perso_set_progress(struct jumin_perso *perso,
                                                       jumin_perso_progress *progress, void *context);

enum { JUMIN_CARD_SERIAL = 10 }; // the card's own key diversification data (GlobalPlatform INITIALIZE UPDATE)

// What a caller writes down before and after the steps that cannot be taken back. Each is called once per
// attempt, in this order; false ends the issue with JUMIN_ERROR_CANCELLED. An order that goes on after the
// lock has `locked` alone. Any may be NULL.
struct jumin_perso_journal {
    // Authenticated, and not issued yet; nothing of the card was changed.
    bool (*begun)(void *context, const uint8_t serial[JUMIN_CARD_SERIAL]);
    // All is written; the next command locks. The order is on the card from here on.
    bool (*locking)(void *context, const struct jumin_order *order);
    bool (*locked)(void *context); // the read-back comes
    void *context;
};
// Copied; NULL: none.
JUMIN_EXPORT enum jumin_error jumin_perso_set_journal(struct jumin_perso *perso,
                                                      const struct jumin_perso_journal *journal);

// Authenticates, rotates the transport keys, lets the chip make its keys, writes and signs, locks the card
// (SECURED) and reads it back through the public reader, comparing every byte that CAN and terminal open, and
// verifying it against the issuer's own CSCA. `now` is in seconds since 1970, UTC.
//
// After JUMIN_ERROR_CARD_REMOVED (or any other failure before the lock) the call is repeated with the same
// order: the card is begun afresh and ends correct; after the lock it goes on with the read-back, which may
// be cancelled, too; another card is JUMIN_ERROR_OTHER_CARD then. A card that has been issued is
// JUMIN_ERROR_ALREADY_PERSONALIZED and stays as it is.
JUMIN_EXPORT enum jumin_error jumin_perso_issue(struct jumin_perso *perso, struct jumin_order *order,
                                                int64_t now);

#endif
