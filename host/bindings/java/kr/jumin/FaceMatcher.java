// Compares the holder's face with the card's portrait.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.io.IOException;

/** Compares the holder's face, as the phone's camera sees it now, with the card's portrait. */
@FunctionalInterface
public interface FaceMatcher {
    /**
     * Called from the thread that called the library, once the phone is bound, and only where the issuer asks for it.
     *
     * @param portrait a JPEG, lent for the call and overwritten afterwards
     * @return how alike they are
     * @throws IOException when they cannot be compared; it ends the tap, as the cause of a {@link JuminException}
     */
    Likeness compare(byte[] portrait) throws IOException;
}
