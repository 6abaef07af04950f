// The interface that pcscd loads, IFD handler 3.0: one simulated contactless reader for each entry of
// reader.conf.
// SPDX-License-Identifier: Apache-2.0
#include <ifdhandler.h>

#include <debuglog.h>
#include <errno.h>
#include <pthread.h>
#include <reader.h>
#include <stdlib.h>
#include <string.h>

#include "pcsc/ifd/antenna.h"
#include "pcsc/ifd/features.h"

#define IFD_EXPORT __attribute__((visibility("default")))

static const char device_scheme[] = "sim:";

// pcscd names a reader by a number, so the driver keeps a table. Nothing else is shared between readers.
struct reader {
    DWORD lun;
    struct antenna antenna;
    uint8_t atr[ATS_ATR_MAX]; // empty while the field is off
    size_t atr_length;
};

static pthread_mutex_t readers_lock = PTHREAD_MUTEX_INITIALIZER;
static struct reader *readers[PCSCLITE_MAX_READERS_CONTEXTS];

// The place of this reader in the table, or of none for a free one; NULL when there is no such place.
static struct reader **place_of(DWORD lun, bool free_place)
{
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (free_place ? readers[i] == NULL : readers[i] != NULL && readers[i]->lun == lun) {
            return &readers[i];
        }
    }
    return NULL;
}

// pcscd ends all calls for a reader before it closes it, so the pointer stays good without the lock.
static struct reader *reader_of(DWORD lun)
{
    pthread_mutex_lock(&readers_lock);
    struct reader **place = place_of(lun, false);
    struct reader *reader = place == NULL ? NULL : *place;
    pthread_mutex_unlock(&readers_lock);
    return reader;
}

static RESPONSECODE response_code(enum antenna_result result)
{
    switch (result) {
    case ANTENNA_OK:
        return IFD_SUCCESS;
    case ANTENNA_NO_CARD:
        return IFD_ICC_NOT_PRESENT;
    case ANTENNA_TIMEOUT:
        return IFD_RESPONSE_TIMEOUT;
    case ANTENNA_STOPPED:
        return IFD_NO_SUCH_DEVICE;
    case ANTENNA_BROKEN:
    case ANTENNA_SYSTEM:
        break;
    }
    return IFD_COMMUNICATION_ERROR;
}

// --- Channels ----------------------------------------------------------------------------------------------

static bool register_reader(struct reader *reader)
{
    pthread_mutex_lock(&readers_lock);
    struct reader **place = place_of(reader->lun, false) == NULL ? place_of(0, true) : NULL;
    if (place != NULL) {
        *place = reader;
    }
    pthread_mutex_unlock(&readers_lock);
    return place != NULL;
}

IFD_EXPORT RESPONSECODE IFDHCreateChannelByName(DWORD Lun, LPSTR DeviceName)
{
    const size_t scheme = sizeof device_scheme - 1;
    if (DeviceName == NULL || strncmp(DeviceName, device_scheme, scheme) != 0) {
        log_msg(PCSC_LOG_ERROR, "jumin: DEVICENAME is sim:<path of a socket>, not %s",
                DeviceName == NULL ? "nothing" : DeviceName);
        return IFD_NO_SUCH_DEVICE;
    }
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        return IFD_COMMUNICATION_ERROR;
    }
    reader->lun = Lun;
    if (antenna_open(&reader->antenna, DeviceName + scheme) != ANTENNA_OK) {
        log_msg(PCSC_LOG_CRITICAL, "jumin: no reader at %s: %s", DeviceName + scheme, strerror(errno));
        free(reader);
        return IFD_NO_SUCH_DEVICE;
    }
    if (!register_reader(reader)) {
        antenna_close(&reader->antenna);
        free(reader);
        return IFD_COMMUNICATION_ERROR;
    }
    log_msg(PCSC_LOG_INFO, "jumin: a reader waits for cards at %s", DeviceName + scheme);
    return IFD_SUCCESS;
}

IFD_EXPORT RESPONSECODE IFDHCreateChannel(DWORD Lun, DWORD Channel)
{
    (void)Lun;
    (void)Channel;
    return IFD_NO_SUCH_DEVICE; // a channel number names no socket
}

IFD_EXPORT RESPONSECODE IFDHCloseChannel(DWORD Lun)
{
    pthread_mutex_lock(&readers_lock);
    struct reader **place = place_of(Lun, false);
    struct reader *reader = place == NULL ? NULL : *place;
    if (place != NULL) {
        *place = NULL;
    }
    pthread_mutex_unlock(&readers_lock);
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    antenna_close(&reader->antenna);
    free(reader);
    return IFD_SUCCESS;
}

// --- Events ------------------------------------------------------------------------------------------------

// pcscd's thread for this reader waits here, and asks IFDHICCPresence after each return. It takes anything
// but success for a reader in trouble and would then look only now and again.
static RESPONSECODE wait_for_event(DWORD lun, int milliseconds)
{
    struct reader *reader = reader_of(lun);
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    if (antenna_wait(&reader->antenna, milliseconds) == ANTENNA_OK) {
        log_msg(PCSC_LOG_DEBUG, "jumin: a card %s",
                antenna_present(&reader->antenna) ? "came into the field" : "left the field");
    }
    return IFD_SUCCESS;
}

// pcscd does so when it closes the reader, but also whenever the wait is to have another length.
static RESPONSECODE stop_waiting(DWORD lun)
{
    struct reader *reader = reader_of(lun);
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    antenna_wake(&reader->antenna);
    return IFD_SUCCESS;
}

IFD_EXPORT RESPONSECODE IFDHICCPresence(DWORD Lun)
{
    struct reader *reader = reader_of(Lun);
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    return antenna_present(&reader->antenna) ? IFD_SUCCESS : IFD_ICC_NOT_PRESENT;
}

// --- Capabilities ------------------------------------------------------------------------------------------

// `*length` is the room at `value`, then what was written.
static RESPONSECODE give(const void *from, size_t n, PDWORD length, PUCHAR value)
{
    if (*length < n) {
        return IFD_ERROR_INSUFFICIENT_BUFFER;
    }
    memcpy(value, from, n);
    *length = n;
    return IFD_SUCCESS;
}

static RESPONSECODE give_byte(uint8_t byte, PDWORD length, PUCHAR value)
{
    return give(&byte, 1, length, value);
}

IFD_EXPORT RESPONSECODE IFDHGetCapabilities(DWORD Lun, DWORD Tag, PDWORD Length, PUCHAR Value)
{
    static const char vendor[] = "jumin";
    static RESPONSECODE (*const wait)(DWORD, int) = wait_for_event;
    static RESPONSECODE (*const stop)(DWORD) = stop_waiting;
    const struct reader *reader = reader_of(Lun);
    switch (Tag) {
    case TAG_IFD_ATR:
    case SCARD_ATTR_ATR_STRING:
        return reader == NULL ? IFD_NO_SUCH_DEVICE : give(reader->atr, reader->atr_length, Length, Value);
    case TAG_IFD_SIMULTANEOUS_ACCESS:
        return give_byte(PCSCLITE_MAX_READERS_CONTEXTS, Length, Value);
    case TAG_IFD_THREAD_SAFE:
    case TAG_IFD_SLOTS_NUMBER:
        return give_byte(1, Length, Value);
    case TAG_IFD_SLOT_THREAD_SAFE:
    case TAG_IFD_POLLING_THREAD_KILLABLE:
        return give_byte(0, Length, Value);
    case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
        return give((const void *)&wait, sizeof wait, Length, Value);
    case TAG_IFD_STOP_POLLING_THREAD:
        return give((const void *)&stop, sizeof stop, Length, Value);
    case SCARD_ATTR_VENDOR_NAME:
        return give(vendor, sizeof vendor, Length, Value);
    default:
        return IFD_ERROR_TAG;
    }
}

// NOLINTNEXTLINE(readability-non-const-parameter): the interface says so
IFD_EXPORT RESPONSECODE IFDHSetCapabilities(DWORD Lun, DWORD Tag, DWORD Length, PUCHAR Value)
{
    (void)Lun;
    (void)Tag;
    (void)Length;
    (void)Value;
    return IFD_ERROR_VALUE_READ_ONLY;
}

// A contactless card shows itself as T=1 (PC/SC-3 §3.1.3.2.3).
IFD_EXPORT RESPONSECODE IFDHSetProtocolParameters(DWORD Lun, DWORD Protocol, UCHAR Flags, UCHAR PTS1,
                                                  UCHAR PTS2, UCHAR PTS3)
{
    (void)Lun;
    (void)Flags;
    (void)PTS1;
    (void)PTS2;
    (void)PTS3;
    return Protocol == SCARD_PROTOCOL_T1 ? IFD_SUCCESS : IFD_PROTOCOL_NOT_SUPPORTED;
}

// --- Card --------------------------------------------------------------------------------------------------

static RESPONSECODE power_up(struct reader *reader, bool reset, PUCHAR atr, PDWORD atr_length)
{
    const enum antenna_result result =
        antenna_select(&reader->antenna, reset, reader->atr, &reader->atr_length);
    if (result != ANTENNA_OK) {
        reader->atr_length = 0;
        log_msg(PCSC_LOG_ERROR, "jumin: the card does not answer to select");
        return result == ANTENNA_STOPPED ? IFD_NO_SUCH_DEVICE : IFD_ERROR_POWER_ACTION;
    }
    memcpy(atr, reader->atr, reader->atr_length);
    *atr_length = reader->atr_length;
    return IFD_SUCCESS;
}

IFD_EXPORT RESPONSECODE IFDHPowerICC(DWORD Lun, DWORD Action, PUCHAR Atr, PDWORD AtrLength)
{
    struct reader *reader = reader_of(Lun);
    *AtrLength = 0;
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    switch (Action) {
    case IFD_POWER_UP:
    case IFD_RESET:
        return power_up(reader, Action == IFD_RESET, Atr, AtrLength);
    case IFD_POWER_DOWN:
        antenna_field_off(&reader->antenna);
        reader->atr_length = 0;
        return IFD_SUCCESS;
    default:
        return IFD_NOT_SUPPORTED;
    }
}

IFD_EXPORT RESPONSECODE IFDHTransmitToICC(DWORD Lun, SCARD_IO_HEADER SendPci, PUCHAR TxBuffer, DWORD TxLength,
                                          PUCHAR RxBuffer, PDWORD RxLength, PSCARD_IO_HEADER RecvPci)
{
    struct reader *reader = reader_of(Lun);
    struct writer response = writer_of(RxBuffer, *RxLength);
    *RxLength = 0;
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    const enum antenna_result result =
        antenna_transmit(&reader->antenna, span_of(TxBuffer, TxLength), &response);
    if (result != ANTENNA_OK) {
        return response_code(result);
    }
    if (response.overflow) {
        return IFD_ERROR_INSUFFICIENT_BUFFER;
    }
    *RxLength = response.n;
    if (RecvPci != NULL) {
        RecvPci->Protocol = SendPci.Protocol;
    }
    return IFD_SUCCESS;
}

IFD_EXPORT RESPONSECODE IFDHControl(DWORD Lun, DWORD dwControlCode, PUCHAR TxBuffer, DWORD TxLength,
                                    PUCHAR RxBuffer, DWORD RxLength, LPDWORD pdwBytesReturned)
{
    *pdwBytesReturned = 0;
    if (reader_of(Lun) == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    struct writer out = writer_of(RxBuffer, RxLength);
    switch (features_control((uint32_t)dwControlCode, span_of(TxBuffer, TxLength), &out)) {
    case FEATURES_OK:
        *pdwBytesReturned = out.n;
        return IFD_SUCCESS;
    case FEATURES_NO_SPACE:
        return IFD_ERROR_INSUFFICIENT_BUFFER;
    case FEATURES_UNKNOWN:
        break;
    }
    return IFD_ERROR_NOT_SUPPORTED;
}
