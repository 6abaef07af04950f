// A simulated card behind a Transceiver, over a socket.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import kr.jumin.Transceiver;

/** The simulator connects to a port of ours and speaks the frames of vsmartcard's vpcd. */
final class SimulatedCard implements Transceiver, AutoCloseable {
    private static final byte FIELD_OFF = 0;
    private static final byte FIELD_ON = 1;
    private static final int PATIENCE = 30000; // ms

    final Path folder;
    final long issued; // seconds since 1970
    private final Process simulator;
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    int commands;
    int loseAt; // the card leaves before this command; 0: never
    int maxLength = 65279;

    private final boolean lent; // the folder is another's

    private SimulatedCard(Path folder, long issued, boolean lent) throws IOException {
        this.folder = folder;
        this.issued = issued;
        this.lent = lent;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(PATIENCE);
            final String card = folder.resolve("card.image") + "@vpcd:127.0.0.1:" + server.getLocalPort();
            simulator = new ProcessBuilder(System.getProperty("jumin.program"), "sim", "--card", card)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            socket = server.accept();
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /** A card of its own, issued to the specimen person. */
    static SimulatedCard issued() throws Exception {
        final Path folder = Files.createTempDirectory("jumin-java");
        final Process maker = new ProcessBuilder(System.getProperty("jumin.make_card"), folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        final String time = new String(maker.getInputStream().readAllBytes()).trim();
        if (maker.waitFor() != 0) {
            throw new IOException("make_card failed");
        }
        return new SimulatedCard(folder, Long.parseLong(time), false);
    }

    /** The card whose image is in the folder of somebody else. */
    static SimulatedCard of(Path folder) throws IOException {
        return new SimulatedCard(folder, 0, true);
    }

    private void send(byte[] bytes) throws IOException {
        final byte[] frame = new byte[2 + bytes.length];
        frame[0] = (byte) (bytes.length >> 8);
        frame[1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, frame, 2, bytes.length);
        out.write(frame);
    }

    @Override
    public void connect() throws IOException {
        send(new byte[] {FIELD_OFF});
        send(new byte[] {FIELD_ON});
    }

    @Override
    public byte[] transceive(byte[] command) throws IOException {
        if (++commands == loseAt) {
            loseAt = 0;
            throw new IOException("tag lost");
        }
        send(command);
        final byte[] response = new byte[in.readUnsignedShort()];
        in.readFully(response);
        return response;
    }

    @Override
    public int maxTransceiveLength() {
        return maxLength;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        simulator.destroy();
        try {
            simulator.waitFor(PATIENCE, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (lent) {
            return;
        }
        final File[] files = folder.toFile().listFiles();
        for (final File file : files != null ? files : new File[0]) {
            Files.deleteIfExists(file.toPath());
        }
        Files.deleteIfExists(folder);
    }
}
