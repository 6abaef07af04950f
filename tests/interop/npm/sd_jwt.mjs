// The other side of check_wallet.py for SD-JWT VC: @sd-jwt/sd-jwt-vc as verifier of our wallet, which fetches our status
// list, and as issuer and wallet before our venue. It checks no chain.
// SPDX-License-Identifier: Apache-2.0
//
// sd_jwt.mjs verify FOLDER       reads sd-jwt.json: token, nonce, elements, places; sd-jwt.pem and status.pem; exits with 1 and
//                                a sentence where they do not agree
// sd_jwt.mjs answer FOLDER COUNT issues what sd-jwt-claims.json says with sd-jwt-signer.json and sd-jwt.pem, and shows it as
//                                theirs-0.json and so on want (audience and nonce); writes theirs-0.txt and so on
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , command, folder, count] = process.argv;
const read = (name) => readFileSync(join(folder, name));
const json = (name) => JSON.parse(read(name));

function demand(holds, sentence) {
    if (!holds) {
        console.error(sentence);
        process.exit(1);
    }
}

function signerOf(jwk) {
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    return (text) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function verifierOf(key) {
    return (text, signature) => (
        verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
}

const hashing = {
    hasher: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    saltGenerator: () => randomBytes(16).toString('base64url'),
};
const certificate = new X509Certificate(read('sd-jwt.pem'));

async function check() {
    const { token, nonce, elements, places } = json('sd-jwt.json');
    let lists = 0;
    const instance = new SDJwtVcInstance({
        ...hashing,
        verifier: verifierOf(certificate.publicKey),
        kbVerifier: (text, signature, payload) => (
            verifierOf(createPublicKey({ key: payload.cnf.jwk, format: 'jwk' }))(text, signature)),
        statusVerifier: (text, signature) => {
            lists++;
            return verifierOf(new X509Certificate(read('status.pem')).publicKey)(text, signature);
        },
    });
    const refuses = async (text, expected) => {
        try {
            await instance.verify(text, { keyBindingNonce: expected });
            return false;
        } catch {
            return true;
        }
    };
    const { payload } = await instance.verify(token, { keyBindingNonce: nonce });
    demand(lists === 1, 'no status list was looked at');
    for (const [name, value] of Object.entries(elements)) {
        demand(payload[name] === value, `SD-JWT: ${name} is ${payload[name]}`);
    }
    demand(payload.registration_number === undefined, 'SD-JWT: more is shown than was asked for');
    for (const [place, offset] of Object.entries(places)) {
        const other = token[offset] === 'A' ? 'B' : 'A';
        demand(await refuses(token.slice(0, offset) + other + token.slice(offset + 1), nonce),
            `SD-JWT: taken with another ${place}`);
    }
    demand(await refuses(token, 'another nonce'), 'SD-JWT: taken for another session');
}

async function answer() {
    const device = json('device.json');
    const { d: _, kid, ...holder } = device;
    const claims = json('sd-jwt-claims.json');
    const now = Math.floor(Date.now() / 1000);
    const instance = new SDJwtVcInstance({
        ...hashing,
        signer: signerOf(json('sd-jwt-signer.json')),
        signAlg: 'ES256',
        kbSigner: signerOf(device),
        kbSignAlg: 'ES256',
    });
    const issued = await instance.issue(
        { vct: 'urn:kr:jumin:resident:1', iat: now, exp: now + 86400, cnf: { jwk: holder }, ...claims },
        { _sd: Object.keys(claims), _sd_decoy: 3 },
        { header: { x5c: [certificate.raw.toString('base64')] } },
    );
    const shown = Object.fromEntries(Object.keys(claims).filter((name) => name !== 'sex').map((name) => [name, true]));
    for (let number = 0; number < Number(count); number++) {
        const { audience, nonce } = json(`theirs-${number}.json`);
        const kb = { payload: { iat: Math.floor(Date.now() / 1000), aud: audience, nonce } };
        writeFileSync(join(folder, `theirs-${number}.txt`), await instance.present(issued, shown, { kb }));
    }
}

await (command === 'verify' ? check() : answer());
