// The phone's credentials.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * A wallet: credentials, how they come to it (OpenID4VCI 1.0) and what became of them; in person it is shown with a
 * {@link Meeting}.
 *
 * <pre>{@code
 * try (Wallet wallet = Wallet.create(path, passphrase)) {
 *     wallet.setHttp(new UrlConnectionHttp());
 *     wallet.fetchTrust("https://issuer.example/trust-list", root, now);
 *     wallet.add(scannedQr, txCode, now);
 *     wallet.respond(scannedRequest, what -> askHolder(what), () -> System.currentTimeMillis() / 1000);
 * }
 * }</pre>
 *
 * <p>All of it is in one file under the passphrase: keys, credentials, and the history, which is nowhere else. Whatever
 * changes it writes the file before it returns: after a power cut the wallet is as before or as after. One call at a time,
 * from any thread; callbacks come from the thread of the call. Times are seconds since 1970.
 */
public final class Wallet extends NativeHandle {
    /** What a call does once the wallet is kept from others. */
    private interface Call<T> {
        T run(long address) throws JuminException;
    }

    private final WalletCallbacks callbacks;
    private volatile Reader tapped;

    private Wallet(WalletCallbacks callbacks, String path, String passphrase, boolean isNew) throws JuminException {
        super(make(callbacks, path, passphrase, isNew));
        this.callbacks = callbacks;
    }

    /**
     * Opens a wallet.
     *
     * @param path its file
     * @param passphrase what it is sealed with
     * @throws JuminException "file": it cannot be read; "input": it is none, damaged, or another passphrase's; "conflict": it
     *     is open already
     */
    public Wallet(String path, String passphrase) throws JuminException {
        this(path, passphrase, null);
    }

    /**
     * Opens a wallet whose keys are in the phone's key store.
     *
     * @param path its file
     * @param passphrase what it is sealed with
     * @param keys the key store, for as long as the wallet is open; null: keys are in the wallet's file
     * @throws JuminException as above
     */
    public Wallet(String path, String passphrase, PhoneKeys keys) throws JuminException {
        this(new WalletCallbacks(keys), path, passphrase, false);
    }

    /**
     * Makes a new wallet, with a new device key.
     *
     * @param path its file, which must not be there yet
     * @param passphrase what it will be sealed with
     * @return the wallet, open
     * @throws JuminException "file": it is there, or cannot be written; "input": the passphrase is empty
     */
    public static Wallet create(String path, String passphrase) throws JuminException {
        return create(path, passphrase, null);
    }

    /**
     * Makes a new wallet, with a new device key in the phone's key store.
     *
     * @param path its file, which must not be there yet
     * @param passphrase what it will be sealed with
     * @param keys the key store, for as long as the wallet is open; null: keys are in the wallet's file
     * @return the wallet, open
     * @throws JuminException as above; "crypto": the key store makes no key
     */
    public static Wallet create(String path, String passphrase, PhoneKeys keys) throws JuminException {
        return new Wallet(new WalletCallbacks(keys), path, passphrase, true);
    }

    private static long make(WalletCallbacks callbacks, String path, String passphrase, boolean isNew)
            throws JuminException {
        final byte[] file = Texts.bytes(path, "path");
        final byte[] secret = Texts.bytes(passphrase, "passphrase");
        try {
            return Native.walletNew(callbacks, file, secret, isNew, callbacks.hasKeys());
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static byte[] bytesOrNull(String text) {
        return text != null ? Texts.bytes(text, "text") : null;
    }

    /** Begins a call that {@link #cancel()} may end. */
    long begin(Holder holder, LongSupplier clock, FaceMatcher matcher) {
        final long address = enter();
        callbacks.begin(holder, clock, matcher);
        return address;
    }

    /** Ends it. */
    void end() {
        callbacks.end();
        leave();
    }

    private <T> T call(Call<T> what) throws JuminException {
        final long address = begin(null, null, null);
        try {
            return what.run(address);
        } finally {
            end();
        }
    }

    private <T> T look(Call<T> what) throws JuminException {
        final long address = share();
        try {
            return what.run(address);
        } finally {
            leave();
        }
    }

    /**
     * The key that cards are bound to, and that proves who sends a request; a wallet's provider attests it.
     *
     * @return an uncompressed point of P-256
     * @throws JuminException never
     */
    public byte[] deviceKey() throws JuminException {
        return look(Native::walletDeviceKey);
    }

    // --- The network

    /**
     * The way to servers. Without any the wallet is offline.
     *
     * @param http what is asked from now on; null: it is offline again
     */
    public void setHttp(Http http) {
        final long address = enter();
        try {
            callbacks.setHttp(http);
            Native.walletUseHttp(address, http != null);
        } finally {
            leave();
        }
    }

    /**
     * Who is told which server is asked, as {@link Step#NETWORK}; null: nobody. In a tap the reader's progress tells the rest.
     *
     * @param progress the listener
     */
    public void setProgress(Progress progress) {
        enter();
        try {
            callbacks.setProgress(progress);
        } finally {
            leave();
        }
    }

    /**
     * Ends the call that is running, before its next request, command to the card, or yes of the holder; it throws
     * "cancelled". A request that is running is broken off where {@link Http#cancel()} can. From any thread.
     */
    public void cancel() {
        callbacks.cancel();
        final Reader reader = tapped;
        if (reader != null) {
            reader.cancel();
        }
    }

    // --- Whom it trusts

    /**
     * Takes a signed trust list: the roots of issuers and of venues. A resident's credential is neither taken nor shown
     * without one that has its issuer; an expired list is as none.
     *
     * @param list the list (JWS)
     * @param root the certificate that its signer leads to, DER or PEM; null: the one that is kept already
     * @param now the time
     * @throws JuminException "conflict": older than the list that is kept; others: it is not good
     */
    public void trust(byte[] list, byte[] root, long now) throws JuminException {
        Objects.requireNonNull(list, "list");
        call(address -> {
            Native.walletTrust(address, list, root, now);
            return null;
        });
    }

    /**
     * Fetches the trust list and takes it as {@link #trust} does. The URL is kept, and {@link #refresh} fetches the list again
     * when it is a day old.
     *
     * @param url where it is; null: the one that is kept
     * @param root as above
     * @param now the time
     * @throws JuminException as above, and those of the network; what is kept stays then
     */
    public void fetchTrust(String url, byte[] root, long now) throws JuminException {
        call(address -> {
            Native.walletFetchTrust(address, bytesOrNull(url), root, now);
            return null;
        });
    }

    /**
     * The trust list that is kept.
     *
     * @return what is known of it; null: there is none
     * @throws JuminException when there is no memory
     */
    public TrustList trustList() throws JuminException {
        final byte[][] row = look(Native::walletTrustList);
        return row != null ? new TrustList(new Row(row)) : null;
    }

    // --- How credentials come to it

    /**
     * What an offer says, before it is taken. The code in it is not used up.
     *
     * @param offer as {@link #add} takes it
     * @param now the time
     * @return what it says
     * @throws JuminException "input": it is none; and those of the network
     */
    public Offer lookAtOffer(String offer, long now) throws JuminException {
        final byte[] text = Texts.bytes(offer, "offer");
        return new Offer(new Row(call(address -> Native.walletOffer(address, text, now))));
    }

    /**
     * Redeems an offer and fetches what is offered, each in as many copies as one batch may have. The credential is kept as
     * soon as the code is used up: where the network fails after that, {@link #refresh} fetches the copies.
     *
     * @param offer what the QR code says: openid-credential-offer://?…, haip://?… or https://…?…
     * @param txCode the code that came another way; null when {@link Offer#isTxCodeNeeded()} says none
     * @param now the time
     * @throws JuminException "input": no offer, or a code that is missing or not asked for; "access-denied": the issuer refuses,
     *     in its words; "not-supported": nothing of what is offered is known here; "malformed", "signature", "signer-unknown"
     *     and others: what came is not good, and not kept; "link": the network
     */
    public void add(String offer, String txCode, long now) throws JuminException {
        final byte[] text = Texts.bytes(offer, "offer");
        final byte[] code = bytesOrNull(txCode);
        try {
            call(address -> {
                Native.walletAdd(address, text, code, now);
                return null;
            });
        } finally {
            Arrays.fill(text, (byte) 0);
            if (code != null) {
                Arrays.fill(code, (byte) 0);
            }
        }
    }

    /**
     * Binds this phone to the card before the reader, at the issuer's server, and takes the credential that follows.
     *
     * @param reader with the card's PIN; kept from other use meanwhile
     * @param issuer the server's URL
     * @param attestation what the wallet's provider says of {@link #deviceKey()} (key-attestation+jwt, OpenID4VCI 1.0 App. D.1);
     *     null: nothing
     * @param matcher compares the holder's face with the portrait where the issuer wants it; null: nobody does
     * @param now the time
     * @throws JuminException as of {@link BindingPipe#next} and {@link #add}; "not-supported": the issuer wants the face
     *     compared, and nobody compares, or it gives no credential; "rules": the face is not alike enough, or not a living one
     */
    public void tap(Reader reader, String issuer, String attestation, FaceMatcher matcher, long now)
            throws JuminException {
        Objects.requireNonNull(reader, "reader");
        final byte[] url = Texts.bytes(issuer, "issuer");
        final long card = reader.enter();
        try {
            final long address = begin(null, null, matcher);
            try {
                reader.begin();
                tapped = reader;
                Native.walletTap(address, card, url, bytesOrNull(attestation), matcher != null, now);
            } finally {
                tapped = null;
                end();
            }
        } finally {
            reader.leave();
        }
    }

    /**
     * Fetches the trust list where it is due; for each credential asks its status list, fetches copies where few are left, and
     * what was deferred. A failure with one does not stop the others; the first one is thrown.
     *
     * @param id which credential; null: all
     * @param refill fetches copies though enough are left
     * @param now the time
     * @throws JuminException the first failure
     */
    public void refresh(String id, boolean refill, long now) throws JuminException {
        call(address -> {
            Native.walletRefresh(address, bytesOrNull(id), refill, now);
            return null;
        });
    }

    // --- What is in it

    /**
     * The credentials.
     *
     * @param now the time
     * @return all of them, as they are now
     * @throws JuminException when there is no memory
     */
    public List<Credential> credentials(long now) throws JuminException {
        final List<Credential> list = new ArrayList<>();
        for (final byte[][] row : look(address -> Native.walletCredentials(address, now))) {
            list.add(new Credential(new Row(row)));
        }
        return Collections.unmodifiableList(list);
    }

    /**
     * What a credential says; it is personal.
     *
     * @param id which one
     * @return JSON: name spaces (mdoc) or claims, pictures as their length
     * @throws JuminException "no-such-file": there is none, or no copy of it
     */
    public String claims(String id) throws JuminException {
        final byte[] text = Texts.bytes(id, "id");
        final byte[] json = call(address -> Native.walletClaims(address, text));
        try {
            return Texts.of(json);
        } finally {
            Arrays.fill(json, (byte) 0);
        }
    }

    /**
     * Removes a credential, its keys and tokens, and tells the issuer where it wants to know, if there is a network.
     *
     * @param id which one
     * @param now the time
     * @throws JuminException "no-such-file": there is none
     */
    public void remove(String id, long now) throws JuminException {
        final byte[] text = Texts.bytes(id, "id");
        call(address -> {
            Native.walletRemove(address, text, now);
            return null;
        });
    }

    /**
     * What has happened to it, which is kept here and nowhere else.
     *
     * @return from the oldest
     * @throws JuminException when there is no memory
     */
    public List<Event> history() throws JuminException {
        final List<Event> list = new ArrayList<>();
        for (final byte[][] row : look(Native::walletEvents)) {
            list.add(new Event(new Row(row)));
        }
        return Collections.unmodifiableList(list);
    }

    // --- Showing

    /**
     * Follows a verifier's link (OpenID4VP 1.0) to what it would disclose. Nothing is shown, used up, or written to the
     * history; the verifier learns that its request was fetched.
     *
     * @param uri openid4vp://…, haip-vp://…, as text or out of a QR code
     * @param now the time
     * @return what it would disclose
     * @throws JuminException "malformed": no such link; "signer-unknown", "signature", "certificate", "revoked", "conflict": it
     *     is not by whom it says; "not-valid-now": it has expired; "link": the network, or the verifier does not give it
     */
    public Disclosure lookAtRequest(String uri, long now) throws JuminException {
        final byte[] text = Texts.bytes(uri, "uri");
        final Disclosure[] seen = new Disclosure[1];
        final long address = begin(what -> {
            seen[0] = what;
            return false;
        }, () -> now, null);
        try {
            Native.walletRequest(address, text, now);
            return seen[0];
        } finally {
            end();
        }
    }

    /**
     * Follows a verifier's link and shows what the holder approves, or tells the verifier that nothing will come; either stands
     * in the history.
     *
     * @param uri as above
     * @param holder decides
     * @param clock seconds since 1970; read before the holder decides, and after
     * @return where the verifier would have the holder go on, a URI; empty: nowhere
     * @throws JuminException "not-authorized": it is refused, whatever the holder says; "cancelled": the holder said no;
     *     "status": the verifier does not take what is shown, and the copies are used up all the same; and those above
     */
    public String respond(String uri, Holder holder, LongSupplier clock) throws JuminException {
        Objects.requireNonNull(holder, "holder");
        final byte[] text = Texts.bytes(uri, "uri");
        final long now = clock.getAsLong();
        final long address = begin(holder, clock, null);
        try {
            return Texts.of(Native.walletRespond(address, text, now));
        } finally {
            end();
        }
    }

    /**
     * Whether the holder is an adult this year, as a text for a QR code that a counter without a radio reads. It uses up a copy
     * of the mdoc, and stands in the history as shown to any counter.
     *
     * @param holder decides
     * @param clock as above
     * @return the code, good for a minute
     * @throws JuminException "not-authorized": locked, expired, no copy left, or the credential does not say it; "cancelled":
     *     the holder said no; "too-long": it does not fit a code
     */
    public CounterCode counterCode(Holder holder, LongSupplier clock) throws JuminException {
        Objects.requireNonNull(holder, "holder");
        final long now = clock.getAsLong();
        final long address = begin(holder, clock, null);
        try {
            return new CounterCode(new Row(Native.walletCounterCode(address, now)));
        } finally {
            end();
        }
    }

    @Override
    void free(long freed) {
        Native.walletFree(freed);
    }
}
