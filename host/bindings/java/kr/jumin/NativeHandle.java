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
    private int borrowers; // other handles that hold on to this one

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

    /** Another handle holds on to this one, which therefore stays open. */
    final synchronized void lend() {
        borrowers++;
    }

    /** It does not any more. */
    final synchronized void giveBack() {
        borrowers--;
    }

    private void requireOpen() {
        if (address == 0) {
            throw new IllegalStateException("closed");
        }
    }

    abstract void free(long freed);

    /** What {@link #free} will touch is kept from others; throws, and nothing is freed, when it cannot be. */
    void prepareToFree() {}

    /**
     * Wipes and releases it. Closing twice is harmless.
     *
     * @throws IllegalStateException while a call on it runs, or a handle that was made of it is open
     */
    @Override
    public final synchronized void close() {
        if (users != 0 || borrowers != 0) {
            throw new IllegalStateException("in use");
        }
        if (address != 0) {
            prepareToFree();
            final long freed = address;
            address = 0;
            free(freed);
        }
    }
}
