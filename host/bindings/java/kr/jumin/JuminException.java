// What went wrong, by name and as a sentence.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.io.IOException;

/** A call of the library failed; the message says at which step, and what to do. */
public final class JuminException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The name of the error. */
    private final String error;

    JuminException(String error, String detail, Throwable cause) {
        super(detail.isEmpty() ? error : detail, cause);
        this.error = error;
    }

    /**
     * The error by its name in {@code <jumin/error.h>}: "wrong-password", "card-removed", "cancelled".
     *
     * @return the name
     */
    public String error() {
        return error;
    }

    /**
     * Whether the same call may be repeated when the card, or the network, is back: what was read so far is kept.
     *
     * @return true for a card that has left, and for a link that broke; in a wallet's calls that is the network
     */
    public boolean isCardLost() {
        return error.equals("card-removed") || error.equals("timeout") || error.equals("link");
    }
}
