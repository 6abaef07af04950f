// libnfc's functions, as libjumin uses them, over one device and one card that the test commands.
// SPDX-License-Identifier: Apache-2.0
#include "tests/nfc/fake_libnfc.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

enum { LIBNFC_SEND_MAX = 262, FSCI = 8 };
static const int64_t ns_of_ms = 1000000, ns_of_s = 1000000000;

struct fake_libnfc fake;

// libnfc's own types, of which libjumin knows the names only.
struct nfc_context {
    int unused;
};
struct nfc_device {
    int unused;
};
static struct nfc_context the_context;
static struct nfc_device the_device;

void fake_reset(void)
{
    memset(&fake, 0, sizeof fake);
    fake.device_there = fake.starts = true;
    fake.card = (struct fake_card){.there = true, .type = 'A', .iso_dep = true, .rates = 0x33, .fwi = 4};
    fake.response[0] = 0x90;
    fake.response_length = 2;
    fake.timeout_com = 52;
}

// --- Clock -------------------------------------------------------------------------------------------------

// The linker puts these in the place of libc's, and makes their names.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    fake.now += time->tv_sec * ns_of_s + time->tv_nsec;
    return 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    (void)clock;
    *time = (struct timespec){fake.now / ns_of_s, fake.now % ns_of_s};
    return 0;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// --- Devices -----------------------------------------------------------------------------------------------

void nfc_init(nfc_context **context)
{
    fake.contexts++;
    fake.contexts_made++;
    *context = &the_context;
}

void nfc_exit(nfc_context *context)
{
    (void)context;
    fake.contexts--;
}

size_t nfc_list_devices(nfc_context *context, nfc_connstring connections[], const size_t capacity)
{
    (void)context;
    if (!fake.device_there || capacity == 0) {
        return 0;
    }
    (void)strncpy(connections[0], "pn532_fake:usb", sizeof connections[0]);
    return 1;
}

nfc_device *nfc_open(nfc_context *context, const nfc_connstring connection)
{
    (void)context;
    (void)connection;
    if (!fake.device_there || fake.open) {
        return NULL;
    }
    fake.opens++;
    fake.open = true;
    fake.field = fake.activated = fake.active = false;
    fake.infinite = fake.easy = fake.auto_dep = true;
    fake.timeout_com = 52;
    return &the_device;
}

void nfc_close(nfc_device *device)
{
    (void)device;
    fake.closes++;
    fake.open = false;
}

int nfc_device_get_supported_modulation(nfc_device *device, const nfc_mode mode,
                                        const nfc_modulation_type **const supported)
{
    static const nfc_modulation_type types[] = {NMT_ISO14443A, NMT_ISO14443B, 0};
    (void)device;
    (void)mode;
    *supported = fake.starts ? types : NULL;
    return NFC_SUCCESS;
}

int nfc_device_get_supported_baud_rate(nfc_device *device, const nfc_modulation_type type,
                                       const nfc_baud_rate **const supported)
{
    static const nfc_baud_rate type_a[] = {NBR_424, NBR_212, NBR_106, 0}, type_b[] = {NBR_106, 0};
    (void)device;
    *supported = type == NMT_ISO14443A ? type_a : type_b;
    return NFC_SUCCESS;
}

const char *nfc_strerror(const nfc_device *device)
{
    (void)device;
    return "the test wanted it";
}

const char *nfc_device_get_name(nfc_device *device)
{
    (void)device;
    return "a fake PN532";
}

// As the real one: without its modulations the library aborts.
static void must_have_started(void)
{
    if (!fake.open || !fake.starts) {
        abort();
    }
}

int nfc_initiator_init(nfc_device *device)
{
    (void)device;
    must_have_started();
    fake.inits++;
    fake.field = fake.infinite = true;
    return fake.device_there ? NFC_SUCCESS : NFC_EIO;
}

int nfc_device_set_property_bool(nfc_device *device, const nfc_property property, const bool enable)
{
    (void)device;
    must_have_started();
    if (!fake.device_there) {
        return property == NP_EASY_FRAMING ? NFC_SUCCESS : NFC_EIO;
    }
    switch (property) {
    case NP_ACTIVATE_FIELD:
        fake.fields_off += enable ? 0 : 1;
        fake.field_pause = enable ? fake.now - fake.changed_at : fake.field_pause;
        fake.changed_at = fake.now;
        fake.field = enable;
        fake.active = fake.activated = false;
        break;
    case NP_INFINITE_SELECT:
        fake.infinite = enable;
        break;
    case NP_AUTO_ISO14443_4:
        fake.auto_dep = enable;
        break;
    case NP_EASY_FRAMING:
        fake.easy = enable;
        break;
    default:
        return NFC_EINVARG;
    }
    return NFC_SUCCESS;
}

int nfc_device_set_property_int(nfc_device *device, const nfc_property property, const int value)
{
    (void)device;
    if (property != NP_TIMEOUT_COM) {
        return NFC_EINVARG;
    }
    fake.timeout_com = value;
    return NFC_SUCCESS;
}

// --- Cards -------------------------------------------------------------------------------------------------

static const uint8_t uid[] = {0x08, 0xA1, 0xB2, 0xC3};

static void fill_a(nfc_iso14443a_info *a)
{
    memcpy(a->abtUid, uid, sizeof uid);
    a->szUidLen = sizeof uid;
    a->btSak = fake.card.iso_dep ? 0x20 : 0x08;
    const uint8_t ats[] = {0x78, fake.card.rates, (uint8_t)(fake.card.fwi << 4), 0x02};
    if (fake.auto_dep && fake.card.iso_dep) {
        memcpy(a->abtAts, ats, sizeof ats);
        a->szAtsLen = sizeof ats;
    }
}

static void fill_b(nfc_iso14443b_info *b)
{
    memcpy(b->abtPupi, uid, sizeof uid);
    b->abtProtocolInfo[0] = fake.card.rates;
    b->abtProtocolInfo[1] = fake.card.iso_dep ? 0x81 : 0x80;
}

int nfc_initiator_select_passive_target(nfc_device *device, const nfc_modulation modulation,
                                        const uint8_t *data, const size_t n, nfc_target *target)
{
    (void)device;
    (void)data;
    (void)n;
    must_have_started();
    if (!fake.device_there) {
        return NFC_EIO;
    }
    const bool fits = fake.card.there && fake.looks_before == 0 && fake.field && !fake.active &&
                      (modulation.nmt == NMT_ISO14443A) == (fake.card.type == 'A');
    fake.looks_before -= fake.looks_before > 0 && modulation.nmt == NMT_ISO14443B ? 1 : 0;
    if (!fits) {
        return fake.infinite || fake.select_times_out ? NFC_ETIMEOUT : 0;
    }
    if (modulation.nbr != NBR_106 && fake.card.refuses_rate) {
        return NFC_ECHIP;
    }
    fake.warm_up = fake.now - fake.changed_at;
    memset(target, 0, sizeof *target);
    target->nm = modulation;
    if (fake.card.type == 'A') {
        fill_a(&target->nti.nai);
    } else {
        fill_b(&target->nti.nbi);
    }
    fake.rate = modulation.nbr;
    fake.active = true;
    return 1;
}

int nfc_initiator_target_is_present(nfc_device *device, const nfc_target *target)
{
    (void)device;
    (void)target;
    fake.presence_checks++;
    fake.easy = true; // libnfc forgets to set it back
    return fake.card.there && fake.active ? NFC_SUCCESS : NFC_ETGRELEASED;
}

// The card answers a command.
static size_t answer(const uint8_t *command, size_t n, uint8_t *response)
{
    memcpy(fake.command, command, n);
    fake.command_length = n;
    memcpy(response, fake.response, fake.response_length);
    return fake.response_length;
}

// The card has a command or more time.
static enum iso_dep_step compute(struct writer *block)
{
    if (fake.waits > 0) {
        fake.waits -= fake.waits != UINT_MAX ? 1 : 0;
        return iso_dep_picc_wait(&fake.picc, 2, block);
    }
    struct span command;
    (void)iso_dep_received(&fake.picc, &command);
    memcpy(fake.command, command.p, command.n);
    fake.command_length = command.n;
    return iso_dep_picc_respond(&fake.picc, span_of(fake.response, fake.response_length), block);
}

static int frame(struct span sent, struct writer *block)
{
    uint8_t fsdi = 0, cid = 0;
    if (!fake.activated) {
        const struct iso_dep_ats ats = {
            .fsci = FSCI, .fwi = fake.card.fwi, .sfgi = fake.card.sfgi, .rates = fake.card.rates};
        if (!iso_dep_rats_parse(sent, &fsdi, &cid)) {
            return NFC_ERFTRANS;
        }
        const struct iso_dep_link link = {.fsd = iso_dep_frame_size(fsdi), .fsc = iso_dep_frame_size(FSCI)};
        iso_dep_picc_start(&fake.picc, &link, fake.gathered, sizeof fake.gathered);
        iso_dep_put_ats(block, &ats);
        fake.activated = true;
        fake.changed_at = fake.now;
        return (int)block->n;
    }
    fake.guard = fake.changed_at != 0 ? fake.now - fake.changed_at : fake.guard;
    fake.changed_at = 0;
    enum iso_dep_step step = iso_dep_picc_receive(&fake.picc, sent, block);
    if (step == ISO_DEP_COMPLETE || step == ISO_DEP_GRANTED) {
        step = compute(block);
    }
    return step == ISO_DEP_SEND || step == ISO_DEP_DESELECTED ? (int)block->n : NFC_ERFTRANS;
}

int nfc_initiator_transceive_bytes(nfc_device *device, const uint8_t *sent, const size_t n, uint8_t *received,
                                   const size_t capacity, int timeout)
{
    (void)device;
    must_have_started();
    if (n > LIBNFC_SEND_MAX) {
        abort();
    }
    fake.exchanges++;
    fake.now += ns_of_ms;
    fake.last_timeout = timeout;
    if (!fake.device_there) {
        return NFC_EIO;
    }
    fake.card.there = fake.card.there && !fake.leaves;
    const int code = fake.next_code;
    fake.next_code = 0;
    if (code != 0) {
        return code;
    }
    if (!fake.card.there || !fake.active) {
        return NFC_ERFTRANS;
    }
    if (fake.easy) {
        return fake.response_length > 263 ? NFC_ECHIP : (int)answer(sent, n, received);
    }
    if (fake.lost_frames > 0) {
        fake.lost_frames--;
        fake.now += fake.loss_takes * ns_of_ms;
        return NFC_ERFTRANS;
    }
    struct writer block = writer_of(received, capacity);
    return frame(span_of(sent, n), &block);
}
