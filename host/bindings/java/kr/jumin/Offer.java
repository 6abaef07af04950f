// What an offer of credentials says.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** What an offer says, before it is taken. Does not change, and may be shared by threads. */
public final class Offer {
    private final String issuer;
    private final String name;
    private final boolean txCodeNeeded;
    private final boolean txCodeNumeric;
    private final int txCodeLength;
    private final String txCodeHint;
    private final int credentials;

    Offer(Row row) {
        issuer = row.text();
        name = row.text();
        txCodeNeeded = row.flag();
        txCodeNumeric = row.flag();
        txCodeLength = (int) row.number();
        txCodeHint = row.text();
        credentials = (int) row.number();
    }

    /**
     * Who offers.
     *
     * @return the issuer's identifier, a URL
     */
    public String issuer() {
        return issuer;
    }

    /**
     * What the issuer calls itself.
     *
     * @return a name for people; empty: none
     */
    public String name() {
        return name;
    }

    /**
     * Whether a code that came another way is asked for.
     *
     * @return true: {@link Wallet#add} needs it
     */
    public boolean isTxCodeNeeded() {
        return txCodeNeeded;
    }

    /**
     * Whether that code is made of digits.
     *
     * @return true for a keyboard of digits
     */
    public boolean isTxCodeNumeric() {
        return txCodeNumeric;
    }

    /**
     * How long that code is.
     *
     * @return characters; 0: not said
     */
    public int txCodeLength() {
        return txCodeLength;
    }

    /**
     * Where the holder finds that code.
     *
     * @return the issuer's words; may be empty
     */
    public String txCodeHint() {
        return txCodeHint;
    }

    /**
     * How many of the credentials that are offered can be kept here.
     *
     * @return their number
     */
    public int credentials() {
        return credentials;
    }
}
