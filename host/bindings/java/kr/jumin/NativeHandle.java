// Keeps calls away from a handle that is closed or in use.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/**
 * Something of libjumin that Java holds. One call at a time: a second thread, or a callback that calls back,
 * gets an {@link IllegalStateException} and never reaches native code.
 */
abstract class NativeHandle implements AutoCloseable {
    private static final int EXCLUSIVE = -1;

    private long address;
    private int users; // EXCLUSIVE, or how many calls that only look

    NativeHandle(long address) {
        this.address = address;
    }

    /** Begins a call that changes what the handle stands for. */
    final synchronized long enter() {
        requireOpen();
        if (users != 0) {
            throw new IllegalStateException("in use by another call");
        }
        users = EXCLUSIVE;
        return address;
    }

    /** Begins a call that only looks; several may. */
    final synchronized long share() {
        requireOpen();
        if (users == EXCLUSIVE) {
            throw new IllegalStateException("in use by another call");
        }
        users++;
        return address;
    }

    /** Ends the call that {@link #enter} or {@link #share} began. */
    final synchronized void leave() {
        users = users == EXCLUSIVE ? 0 : users - 1;
    }

    private void requireOpen() {
        if (address == 0) {
            throw new IllegalStateException("closed");
        }
    }

    abstract void free(long freed);

    /**
     * Wipes and releases it. Closing twice is harmless.
     *
     * @throws IllegalStateException while a call on it runs
     */
    @Override
    public final synchronized void close() {
        if (users != 0) {
            throw new IllegalStateException("in use by another call");
        }
        final long freed = address;
        address = 0;
        if (freed != 0) {
            free(freed);
        }
    }
}
