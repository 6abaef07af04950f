// The phone's way to the card, handed in by the application.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.io.IOException;

/**
 * One command to the card, one response back. An Android {@code IsoDep} fits by one line:
 * {@code Transceiver transceiver = isoDep::transceive;}
 *
 * <p>With extended length, where the phone has it: override {@link #maxTransceiveLength()} with
 * {@code isoDep.getMaxTransceiveLength()}.
 *
 * <p>All methods are called from the thread that called the library. What one of them throws ends the call: an
 * {@link IOException} as cause of a {@link JuminException}, anything else as it is.
 */
@FunctionalInterface
public interface Transceiver {
    /** What every reader and phone carries (ISO 7816-3 §12.1.3). */
    int SHORT_LENGTH = 261;

    /**
     * Sends a command APDU and answers with the response APDU, its status word included.
     *
     * @param command the command APDU
     * @return the response APDU, 2 bytes or more
     * @throws IOException when the card has left the field or the link broke
     */
    byte[] transceive(byte[] command) throws IOException;

    /**
     * Brings the card into its first state, as before a new read. Nothing unless overridden: the phone has
     * connected when it hands in the tag.
     *
     * @throws IOException when there is no card
     */
    default void connect() throws IOException {}

    /**
     * The longest command that {@link #transceive} takes; extended length is used from 500 bytes on.
     *
     * @return bytes of the whole APDU
     */
    default int maxTransceiveLength() {
        return SHORT_LENGTH;
    }
}
