// Names of instructions and texts of status words, for logs and error messages (ISO 7816-4 §5.1.2, §5.1.3,
// GPC v2.3.1 §11). Apart from the codec, so that a card does not carry them.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/apdu.h"

enum { CLA_PROPRIETARY = 0x80 }; // bit 8 of the class byte (ISO 7816-4 §5.1.1)

struct instruction_name {
    uint8_t ins;
    const char *name;
};

// ISO 7816-4 table 4.2 (part 8 and 9 for the security and life cycle commands).
static const struct instruction_name interindustry[] = {
    {0x04, "DEACTIVATE FILE"},
    {0x0E, "ERASE BINARY"},
    {0x0F, "ERASE BINARY"},
    {0x10, "PERFORM SCQL OPERATION"},
    {0x20, "VERIFY"},
    {0x21, "VERIFY"},
    {0x22, "MANAGE SECURITY ENVIRONMENT"},
    {0x24, "CHANGE REFERENCE DATA"},
    {0x25, "CHANGE REFERENCE DATA"},
    {0x26, "DISABLE VERIFICATION REQUIREMENT"},
    {0x28, "ENABLE VERIFICATION REQUIREMENT"},
    {0x2A, "PERFORM SECURITY OPERATION"},
    {0x2B, "PERFORM SECURITY OPERATION"},
    {0x2C, "RESET RETRY COUNTER"},
    {0x2D, "RESET RETRY COUNTER"},
    {0x44, "ACTIVATE FILE"},
    {0x46, "GENERATE ASYMMETRIC KEY PAIR"},
    {0x47, "GENERATE ASYMMETRIC KEY PAIR"},
    {0x70, "MANAGE CHANNEL"},
    {0x82, "EXTERNAL AUTHENTICATE"},
    {0x84, "GET CHALLENGE"},
    {0x86, "GENERAL AUTHENTICATE"},
    {0x87, "GENERAL AUTHENTICATE"},
    {0x88, "INTERNAL AUTHENTICATE"},
    {0xA0, "SEARCH BINARY"},
    {0xA4, "SELECT"},
    {0xB0, "READ BINARY"},
    {0xB1, "READ BINARY"},
    {0xB2, "READ RECORD"},
    {0xB3, "READ RECORD"},
    {0xC0, "GET RESPONSE"},
    {0xC2, "ENVELOPE"},
    {0xC3, "ENVELOPE"},
    {0xCA, "GET DATA"},
    {0xCB, "GET DATA"},
    {0xD0, "WRITE BINARY"},
    {0xD1, "WRITE BINARY"},
    {0xD6, "UPDATE BINARY"},
    {0xD7, "UPDATE BINARY"},
    {0xDA, "PUT DATA"},
    {0xDB, "PUT DATA"},
    {0xDC, "UPDATE RECORD"},
    {0xDD, "UPDATE RECORD"},
    {0xE0, "CREATE FILE"},
    {0xE2, "APPEND RECORD"},
    {0xE4, "DELETE FILE"},
    {0xE6, "TERMINATE DF"},
    {0xE8, "TERMINATE EF"},
    {0xFE, "TERMINATE CARD USAGE"},
};

// GPC v2.3.1 table 11-1; classes 80 to 8F, 84 with secure messaging.
static const struct instruction_name globalplatform[] = {
    {0x50, "INITIALIZE UPDATE"},
    {0x78, "END R-MAC SESSION"},
    {0x7A, "BEGIN R-MAC SESSION"},
    {0x82, "EXTERNAL AUTHENTICATE"},
    {0xC0, "GET RESPONSE"},
    {0xCA, "GET DATA"},
    {0xCB, "GET DATA"},
    {0xD8, "PUT KEY"},
    {0xE2, "STORE DATA"},
    {0xE4, "DELETE"},
    {0xE6, "INSTALL"},
    {0xE8, "LOAD"},
    {0xF0, "SET STATUS"},
    {0xF2, "GET STATUS"},
};

const char *apdu_instruction_name(uint8_t cla, uint8_t ins)
{
    const bool proprietary = (cla & CLA_PROPRIETARY) != 0;
    const struct instruction_name *names = proprietary ? globalplatform : interindustry;
    const size_t count = proprietary ? sizeof globalplatform / sizeof globalplatform[0]
                                     : sizeof interindustry / sizeof interindustry[0];
    for (size_t i = 0; i < count; i++) {
        if (names[i].ins == ins) {
            return names[i].name;
        }
    }
    return "unknown instruction";
}

struct status_text {
    uint16_t status;
    uint16_t mask;
    const char *text;
};

enum { EXACT = 0xFFFF, COUNTER = 0xFFF0, CLASS = 0xFF00 };

// The first row that fits is taken: single values before their class.
static const struct status_text status_texts[] = {
    {SW_OK, EXACT, "success"},
    {SW_BYTES_REMAINING, CLASS, "more response bytes are waiting"},
    {SW_END_OF_FILE, EXACT, "end of file reached before the expected length"},
    {SW_FILE_DEACTIVATED, EXACT, "selected file deactivated"},
    {0x6285, EXACT, "selected file in termination state"},
    {SW_TRANSPORT_PIN, EXACT, "the PIN is a transport PIN"},
    {0x6200, CLASS, "warning, nothing changed"},
    {SW_AUTHENTICATION_FAILED, EXACT, "authentication failed"},
    {0x6310, EXACT, "more data available"},
    {SW_RETRIES_LEFT, EXACT, "verification failed, no tries left"},
    {0x63C1, EXACT, "verification failed, 1 try left"},
    {0x63C2, EXACT, "verification failed, 2 tries left"},
    {SW_RETRIES_LEFT, COUNTER, "verification failed, tries left in the last digit"},
    {0x6300, CLASS, "warning, memory changed"},
    {SW_EXECUTION_ERROR, CLASS, "execution error, nothing changed"},
    {SW_MEMORY_FAILURE, EXACT, "memory failure"},
    {0x6500, CLASS, "execution error, memory changed"},
    {0x6600, CLASS, "security issue"},
    {SW_WRONG_LENGTH, CLASS, "wrong length"},
    {SW_CHANNEL_NOT_SUPPORTED, EXACT, "logical channel not supported"},
    {SW_SECURE_MESSAGING_NOT_SUPPORTED, EXACT, "secure messaging not supported"},
    {SW_LAST_COMMAND_EXPECTED, EXACT, "last command of the chain expected"},
    {SW_CHAINING_NOT_SUPPORTED, EXACT, "command chaining not supported"},
    {0x6800, CLASS, "function in the class byte not supported"},
    {SW_COMMAND_NOT_ALLOWED, EXACT, "command not allowed"},
    {SW_INCOMPATIBLE_FILE, EXACT, "command incompatible with the file structure"},
    {SW_SECURITY_STATUS_NOT_SATISFIED, EXACT, "security status not satisfied"},
    {SW_AUTHENTICATION_METHOD_BLOCKED, EXACT, "authentication method blocked"},
    {SW_REFERENCE_DATA_NOT_USABLE, EXACT, "reference data not usable"},
    {SW_CONDITIONS_NOT_SATISFIED, EXACT, "conditions of use not satisfied"},
    {SW_NO_CURRENT_FILE, EXACT, "no current file"},
    {SW_SM_OBJECTS_MISSING, EXACT, "secure messaging objects missing"},
    {SW_SM_OBJECTS_INCORRECT, EXACT, "secure messaging objects incorrect"},
    {0x6900, CLASS, "command not allowed"},
    {SW_WRONG_DATA, EXACT, "wrong data"},
    {SW_FUNCTION_NOT_SUPPORTED, EXACT, "function not supported"},
    {SW_FILE_NOT_FOUND, EXACT, "file or application not found"},
    {0x6A83, EXACT, "record not found"},
    {SW_NOT_ENOUGH_MEMORY, EXACT, "not enough memory"},
    {0x6A85, EXACT, "Lc inconsistent with the structure of the data"},
    {SW_WRONG_P1_P2, EXACT, "wrong P1 or P2"},
    {0x6A87, EXACT, "Lc inconsistent with P1 or P2"},
    {SW_REFERENCED_DATA_NOT_FOUND, EXACT, "referenced data not found"},
    {0x6A89, EXACT, "file exists already"},
    {0x6A00, CLASS, "wrong parameters"},
    {SW_WRONG_OFFSET, CLASS, "wrong offset"},
    {SW_WRONG_LE, CLASS, "wrong Le, the right one in the last byte"},
    {SW_INS_NOT_SUPPORTED, CLASS, "instruction not supported"},
    {SW_CLA_NOT_SUPPORTED, CLASS, "class not supported"},
    {SW_NO_PRECISE_DIAGNOSIS, CLASS, "no precise diagnosis"},
};

const char *status_word_text(uint16_t status)
{
    for (size_t i = 0; i < sizeof status_texts / sizeof status_texts[0]; i++) {
        if ((status & status_texts[i].mask) == status_texts[i].status) {
            return status_texts[i].text;
        }
    }
    return "unknown status word";
}
