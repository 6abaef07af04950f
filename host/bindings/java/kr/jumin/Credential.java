// A credential of a wallet.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** A credential as it was when the wallet was asked. Does not change, and may be shared by threads. */
public final class Credential {
    /** How it is written. */
    public enum Format {
        /** ISO 18013-5. */
        MDOC,
        /** SD-JWT VC (RFC 9901). */
        SD_JWT
    }

    /** What can be done with it. */
    public enum State {
        /** It can be shown. */
        USABLE,
        /** The issuer has not made it yet, or the network failed: refresh. */
        PENDING,
        /** All copies were shown: refresh. */
        EMPTY,
        /** Suspended, as after a loss report: nothing is shown until it is unlocked. */
        LOCKED,
        /** Ended for good. */
        REVOKED,
        /** Past its last day. */
        EXPIRED
    }

    private final String id;
    private final Format format;
    private final State state;
    private final String type;
    private final String name;
    private final String issuer;
    private final String signer;
    private final boolean trusted;
    private final boolean singleUse;
    private final long copies;
    private final long unused;
    private final long issued;
    private final long expires;
    private final long statusChecked;

    Credential(Row row) {
        id = row.text();
        format = row.of(Format.values());
        state = row.of(State.values());
        type = row.text();
        name = row.text();
        issuer = row.text();
        signer = row.text();
        trusted = row.flag();
        singleUse = row.flag();
        copies = row.number();
        unused = row.number();
        issued = row.number();
        expires = row.number();
        statusChecked = row.number();
    }

    /**
     * What the wallet knows it by.
     *
     * @return 16 hexadecimal digits
     */
    public String id() {
        return id;
    }

    /**
     * How it is written.
     *
     * @return the format
     */
    public Format format() {
        return format;
    }

    /**
     * What can be done with it.
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * What kind of credential it is.
     *
     * @return docType or vct
     */
    public String type() {
        return type;
    }

    /**
     * What the issuer calls it.
     *
     * @return a name for people; the type where the issuer has none
     */
    public String name() {
        return name;
    }

    /**
     * Who gave it.
     *
     * @return the issuer's identifier, a URL
     */
    public String issuer() {
        return issuer;
    }

    /**
     * Who has signed it.
     *
     * @return the common name in the signer's certificate
     */
    public String signer() {
        return signer;
    }

    /**
     * Whether its issuer is in the trust list.
     *
     * @return true when it is
     */
    public boolean isTrusted() {
        return trusted;
    }

    /**
     * Whether each copy is shown once.
     *
     * @return true for credentials that came in batches
     */
    public boolean isSingleUse() {
        return singleUse;
    }

    /**
     * How many copies there are.
     *
     * @return copies, those that were shown included
     */
    public long copies() {
        return copies;
    }

    /**
     * How many copies can still be shown.
     *
     * @return copies that were not shown
     */
    public long unused() {
        return unused;
    }

    /**
     * When the copies were signed.
     *
     * @return seconds since 1970; 0: not known
     */
    public long issued() {
        return issued;
    }

    /**
     * When the copies expire.
     *
     * @return seconds since 1970; 0: not known
     */
    public long expires() {
        return expires;
    }

    /**
     * When its status list was looked at last.
     *
     * @return seconds since 1970; 0: never
     */
    public long statusChecked() {
        return statusChecked;
    }
}
