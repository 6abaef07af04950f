// How often a second @sd-jwt/sd-jwt-vc issues and verifies; one line an operation: name, rate.
// SPDX-License-Identifier: Apache-2.0
//
// sd_jwt.mjs FOLDER: with the keys that bench_mdoc wrote there, the same claims, the same three shown. It checks no chain,
// and is given the issuer's key.
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './measure.mjs';

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name));
const device = JSON.parse(read('device.json'));
const { d: _, ...holder } = device;
const now = Math.floor(Date.now() / 1000);
const nonce = 'a nonce';
const claims = {
    family_name_unicode: '김',
    given_name_unicode: '하늘',
    name_hangul: '김하늘',
    birth_date: '2007-03-01',
    sex: 2,
    portrait: read('portrait.jpg').toString('base64url'),
    issue_date: '2026-01-02',
    expiry_date: '2036-01-01',
    issuing_country: 'KR',
    issuing_authority_unicode: '서울특별시 종로구청장',
    document_number: 'M12345678',
    resident_address_unicode: '서울특별시 종로구 세종대로 209',
    registration_number: '0703014000000',
    age_over_14: true,
    age_over_19: false,
    adult_in_2026: true,
    adult_in_2027: true,
};
const shown = { family_name_unicode: true, birth_date: true, portrait: true };

function signerOf(jwk) {
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    return (text) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function verifierOf(key) {
    return (text, signature) => (
        verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
}

const issuer = JSON.parse(read('signer.json'));
const instance = new SDJwtVcInstance({
    signer: signerOf(issuer),
    signAlg: 'ES256',
    verifier: verifierOf(createPublicKey({ key: issuer, format: 'jwk' })),
    kbSigner: signerOf(device),
    kbSignAlg: 'ES256',
    kbVerifier: (text, signature, payload) => (
        verifierOf(createPublicKey({ key: payload.cnf.jwk, format: 'jwk' }))(text, signature)),
    hasher: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    saltGenerator: () => randomBytes(16).toString('base64url'),
});
const payload = {
    vct: 'urn:kr:jumin:resident:1', iat: now, nbf: now, exp: now + 86400, cnf: { jwk: holder }, ...claims,
};
const frame = { _sd: Object.keys(claims), _sd_decoy: 4 };
const issue = () => instance.issue(payload, frame);
const presentation = await instance.present(await issue(), shown, {
    kb: { payload: { iat: now, aud: 'x509_san_dns:shop.example', nonce } },
});
const check = () => instance.verify(presentation, { keyBindingNonce: nonce });
const learned = (await check()).payload;
if (learned.portrait !== claims.portrait || learned.document_number !== undefined) {
    throw new Error('what is shown is not what was asked for');
}
await measure('sd-jwt-issue', issue);
await measure('sd-jwt-verify', check);
