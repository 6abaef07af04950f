// The trust list of a wallet.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** What a wallet has of its trust list. Does not change, and may be shared by threads. */
public final class TrustList {
    private final long issued;
    private final long expires;
    private final long taken;
    private final int issuers;
    private final int venues;
    private final String url;

    TrustList(Row row) {
        issued = row.number();
        expires = row.number();
        taken = row.number();
        issuers = (int) row.number();
        venues = (int) row.number();
        url = row.text();
    }

    /**
     * When it was signed.
     *
     * @return seconds since 1970
     */
    public long issued() {
        return issued;
    }

    /**
     * When it expires; from then on it is as none.
     *
     * @return seconds since 1970
     */
    public long expires() {
        return expires;
    }

    /**
     * When it was given or fetched last.
     *
     * @return seconds since 1970
     */
    public long taken() {
        return taken;
    }

    /**
     * How many issuers' roots are in it.
     *
     * @return their number
     */
    public int issuers() {
        return issuers;
    }

    /**
     * How many venues' roots are in it.
     *
     * @return their number
     */
    public int venues() {
        return venues;
    }

    /**
     * Where it is fetched from.
     *
     * @return a URL; empty: nowhere
     */
    public String url() {
        return url;
    }
}
