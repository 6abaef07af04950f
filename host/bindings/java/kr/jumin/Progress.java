// What a long call tells while it runs.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** Called before each command to the card, and before each request to a server, from the thread that called the library. */
@FunctionalInterface
public interface Progress {
    /**
     * Tells how far a call has come. What this throws ends the call and reaches its caller.
     *
     * @param step what is being done
     * @param name the step, or the file that is read: "DG2"; the server that is asked: "issuer.example"
     * @param done bytes of the file so far; 0 where there is none
     * @param total bytes of the file; 0 where it is not known yet
     */
    void progress(Step step, String name, long done, long total);
}
