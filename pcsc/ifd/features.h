// The reader's features beyond carrying APDUs: PC/SC-10 and its amendment for PACE.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PCSC_IFD_FEATURES_H
#define JUMIN_PCSC_IFD_FEATURES_H

#include "card/wire/span.h"

enum features_result {
    FEATURES_OK,
    FEATURES_UNKNOWN,  // no such control code
    FEATURES_NO_SPACE, // the answer does not fit
};

// Answers SCardControl. The reader has two features: GET_TLV_PROPERTIES (it carries extended length) and
// EXECUTE_PACE, which says truthfully that the reader itself runs no PACE. Input that is too short or does
// not keep its format is answered with the error code of that format.
enum features_result features_control(uint32_t control_code, struct span in, struct writer *out);
// Answers the storage-card commands that PC/SC-3 §3.2.2.1.3 leaves to the reader, GET DATA for the UID
// and the historical bytes. False: it is a command for the card.
bool features_reader_command(struct span command, struct span uid, struct span historical,
                             struct writer *response);

#endif
