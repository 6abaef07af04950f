// How often a second @auth0/mdl issues, presents and verifies; one line an operation: name, rate.
// SPDX-License-Identifier: Apache-2.0
//
// mdoc.mjs FOLDER: with the keys and certificates that bench_mdoc wrote there, the same claims, the same elements shown.
import { DeviceResponse, Document, MDoc, Verifier } from '@auth0/mdl';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './measure.mjs';

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name));
const signer = JSON.parse(read('signer.json'));
const device = JSON.parse(read('device.json'));
const certificate = read('signer.pem').toString();
const transcript = read('transcript.cbor');
const docType = 'kr.jumin.resident.1';
const common = 'org.iso.23220.1';
const claims = {
    family_name_unicode: '김',
    given_name_unicode: '하늘',
    birth_date: '2007-03-01',
    sex: 2,
    portrait: read('portrait.jpg'),
    issue_date: '2026-01-02',
    expiry_date: '2036-01-01',
    issuing_country: 'KR',
    issuing_authority_unicode: '서울특별시 종로구청장',
    document_number: 'M12345678',
    resident_address_unicode: '서울특별시 종로구 세종대로 209',
    age_over_14: true,
    age_over_19: false,
};
const national = {
    name_hangul: '김하늘',
    registration_number: '0703014000000',
    adult_in_2026: true,
    adult_in_2027: true,
};
const wanted = {
    id: 'a request',
    input_descriptors: [{
        id: docType,
        format: { mso_mdoc: { alg: ['ES256'] } },
        constraints: {
            limit_disclosure: 'required',
            fields: ['family_name_unicode', 'birth_date', 'portrait'].map((name) => (
                { path: [`$['${common}']['${name}']`], intent_to_retain: false })),
        },
    }],
};

function publicPart(key) {
    return { kty: key.kty, crv: key.crv, x: key.x, y: key.y };
}

async function issue() {
    return new Document(docType)
        .addIssuerNameSpace(common, claims)
        .addIssuerNameSpace(docType, national)
        .useDigestAlgorithm('SHA-256')
        .addValidityInfo({ signed: new Date() })
        .addDeviceKeyInfo({ deviceKey: publicPart(device) })
        .sign({ issuerPrivateKey: signer, issuerCertificate: certificate, alg: 'ES256' });
}

async function present(issued) {
    return (await DeviceResponse.from(new MDoc([issued]))
        .usingPresentationDefinition(wanted)
        .usingSessionTranscriptBytes(transcript)
        .authenticateWithSignature(device, 'ES256')
        .sign()).encode();
}

const issued = await issue();
const response = await present(issued);
const verifier = new Verifier([read('root.pem').toString()]);
await measure('mdoc-issue', async () => new MDoc([await issue()]).encode());
await measure('mdoc-present', () => present(issued));
await measure('mdoc-verify', () => verifier.verify(response, { encodedSessionTranscript: transcript }));
