// What the package is, and what it runs on.
// SPDX-License-Identifier: Apache-2.0
/**
 * Reads resident cards and other ICAO 9303 documents, and binds a phone to a card; begin at {@link kr.jumin.Reader}. Holds a
 * phone's credentials and shows them; begin at {@link kr.jumin.Wallet}.
 *
 * <p>Needs {@code libjumin.so} and {@code libjumin-java.so}. Runs on Java 11 and on Android 9 (API level 28), whose C
 * library is the first with all that libjumin calls; of Java's library nothing is used that is newer than Java 8.
 *
 * <p>Readers, documents, trust stores, pipes, wallets and meetings hold native memory, with personal data in it, until they
 * are closed: no garbage collector does that. Calls block while a card or a server answers, so they belong on a thread of
 * their own. A handle is in use by one call at a time: a call of another thread meanwhile, or out of a callback, throws
 * {@link java.lang.IllegalStateException}.
 */
package kr.jumin;
