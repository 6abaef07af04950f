// The issuer, the bank and the counter of a wallet's tests: wallet_peer.py in another process.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import kr.jumin.Http;
import kr.jumin.JuminException;
import kr.jumin.UrlConnectionHttp;
import kr.jumin.Wallet;

/** One line there, one line back. */
final class WalletPeer implements AutoCloseable {
    static final String PASSPHRASE = "the wallet's passphrase";

    final String url;
    final Path folder;
    private final Process process;
    private final BufferedReader in;
    private int wallets;

    WalletPeer(String... options) throws IOException {
        final List<String> command = new ArrayList<>(List.of(System.getProperty("jumin.python"), "-B",
                System.getProperty("jumin.wallet_peer"), System.getProperty("jumin.program")));
        command.addAll(List.of(options));
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        final String[] words = receive().split(" ");
        url = words[0];
        folder = Paths.get(words[1]);
    }

    private String receive() throws IOException {
        final String line = in.readLine();
        if (line == null) {
            throw new IOException("the peer has failed");
        }
        return line;
    }

    /** The answer to a request of these words. */
    String ask(String... words) throws IOException {
        process.getOutputStream().write((String.join(" ", words) + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return receive();
    }

    byte[] file(String name) throws IOException {
        return Files.readAllBytes(folder.resolve("home").resolve("mobile").resolve(name));
    }

    static long now() {
        return System.currentTimeMillis() / 1000;
    }

    String freePath() {
        return folder.resolve("phone-" + ++wallets + ".wallet").toString();
    }

    /** A new one that trusts the issuer, and reaches it. */
    Wallet wallet(Http http) throws IOException {
        final Wallet wallet = Wallet.create(freePath(), PASSPHRASE);
        wallet.trust(file("trust-list.jwt"), file("iaca.crt"), now());
        wallet.setHttp(http);
        return wallet;
    }

    Wallet wallet() throws IOException {
        return wallet(new UrlConnectionHttp(true));
    }

    /** A new one with the credential of a new person; that credential's number at the counter. */
    String fill(Wallet wallet) throws IOException {
        final String[] offer = ask("offer").split(" ");
        wallet.add(offer[0], offer[1], now());
        return offer[2];
    }

    /** The name of what was thrown. */
    static String errorOf(org.junit.function.ThrowingRunnable call) {
        return org.junit.Assert.assertThrows(JuminException.class, call).error();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (new File(folder.toString()).exists()) {
            throw new IOException("the peer has not cleaned up");
        }
    }
}
