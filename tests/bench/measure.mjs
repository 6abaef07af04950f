// How often a second something is done; one line: name, rate.
// SPDX-License-Identifier: Apache-2.0
//
// The processor's time counts. On a machine that does other things the work is less, and not the patience more.
const warmSeconds = 0.8;
const measuredSeconds = 0.8;
const patience = 5; // by the clock, for both together

// Of the processor, all threads.
function seconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
}

// Runs for so long; how often, and the time that it took.
async function repeat(run, wanted, deadline) {
    const start = seconds();
    let count = 0;
    let taken = 0;
    while (count === 0 || (taken < wanted && performance.now() < deadline)) {
        await run();
        count++;
        taken = seconds() - start;
    }
    return { count, taken };
}

export async function measure(name, run) {
    const begin = performance.now();
    await repeat(run, warmSeconds, begin + 1000 * patience / 2);
    const { count, taken } = await repeat(run, measuredSeconds, begin + 1000 * patience);
    console.log(name, Math.round(count / taken));
}
