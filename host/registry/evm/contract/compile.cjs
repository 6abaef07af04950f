// Compiles Registry.sol and prints bytecode.c: node compile.cjs PATH-OF-SOLC, which is the npm package solc 0.8.37.
// SPDX-License-Identifier: Apache-2.0
const fs = require("fs");
const path = require("path");
const solc = require(process.argv[2]);

// paris: what consortium networks run, without instructions that came later. No metadata, so that the same source gives
// the same bytes anywhere.
const input = {
    language: "Solidity",
    sources: { "Registry.sol": { content: fs.readFileSync(path.join(__dirname, "Registry.sol"), "utf8") } },
    settings: {
        evmVersion: "paris",
        optimizer: { enabled: true, runs: 200 },
        metadata: { appendCBOR: false, bytecodeHash: "none" },
        outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.methodIdentifiers"] } },
    },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
for (const problem of output.errors || []) {
    process.stderr.write(problem.formattedMessage + "\n");
    process.exitCode = 1;
}
const contract = output.contracts["Registry.sol"].Registry.evm;
const bytes = contract.bytecode.object.match(/../g);
let text = "// The registry's contract as it is deployed; made by contract/compile.cjs with solc " + solc.version().split("+")[0] + ".\n";
text += "// SPDX-License-Identifier: Apache-2.0\n#include \"host/registry/evm/bytecode.h\"\n\n// clang-format off\nconst uint8_t evm_bytecode[] = {\n";
for (let i = 0; i < bytes.length; i += 18) {
    text += "    " + bytes.slice(i, i + 18).map((b) => "0x" + b + ",").join(" ") + "\n";
}
text += "};\n// clang-format on\nconst size_t evm_bytecode_length = sizeof evm_bytecode;\n";
process.stdout.write(text);
if (process.argv[3] === "--methods") {
    process.stderr.write(JSON.stringify(contract.methodIdentifiers) + "\n");
}
