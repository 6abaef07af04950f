// The other side of check_wallet.py: @auth0/mdl as verifier of our wallet, and as issuer and wallet before our venue.
// SPDX-License-Identifier: Apache-2.0
//
// wallet.mjs verify FOLDER        reads cases.json and what it names; exits with 1 and a sentence where they do not agree
// wallet.mjs answer FOLDER COUNT  issues what claims.json says with signer.json and signer.pem, shows it in the sessions
//                                 theirs-0.transcript and so on, and writes theirs-0.cbor and so on
import { DeviceResponse, Document, MDoc, Verifier } from '@auth0/mdl';
import { COSEKeyFromJWK } from 'cose-kit';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , command, folder, count] = process.argv;
const read = (name) => readFileSync(join(folder, name));
const json = (name) => JSON.parse(read(name));
const docType = 'kr.jumin.resident.1';

function demand(holds, sentence) {
    if (!holds) {
        console.error(sentence);
        process.exit(1);
    }
}

// 'YYYY-MM-DD' of a date.
function plain(value) {
    return value instanceof Date ? value.toISOString().slice(0, 10) : value;
}

// EReaderKey: its secret, and its point.
function readerKey(bytes) {
    const text = (from, to) => bytes.subarray(from, to).toString('base64url');
    return COSEKeyFromJWK({ kty: 'EC', crv: 'P-256', d: text(0, 32), x: text(33, 65), y: text(65, 97) });
}

async function verify() {
    const verifier = new Verifier([read('root.pem').toString()]);
    for (const { name, reader, elements, places } of json('cases.json')) {
        const bytes = read(`${name}.cbor`);
        const transcript = read(`${name}.transcript`);
        const options = {
            encodedSessionTranscript: transcript,
            ephemeralReaderKey: reader ? readerKey(read(`${name}.reader`)) : undefined,
        };
        const refuses = async (response, changed) => {
            try {
                await verifier.verify(response, { ...options, ...changed });
                return false;
            } catch {
                return true;
            }
        };
        const { documents: [document] } = await verifier.verify(bytes, options);
        const items = Object.values(document.issuerSigned.nameSpaces).flat();
        const shown = Object.fromEntries(items.map((item) => [item.elementIdentifier, plain(item.elementValue)]));
        demand(document.docType === docType, `${name}: ${document.docType}`);
        demand(Object.keys(shown).length === Object.keys(elements).length, `${name}: shows ${Object.keys(shown)}`);
        for (const [identifier, value] of Object.entries(elements)) {
            demand(shown[identifier] === value, `${name}: ${identifier} is ${shown[identifier]}`);
        }
        for (const [place, offset] of Object.entries(places)) {
            const tampered = Buffer.from(bytes);
            tampered[offset] ^= 1;
            demand(await refuses(tampered, {}), `${name}: taken with another ${place}`);
        }
        const other = Buffer.from(transcript);
        other[other.length - 1] ^= 1;
        demand(await refuses(bytes, { encodedSessionTranscript: other }), `${name}: taken for another session`);
    }
}

async function answer() {
    const device = json('device.json');
    const claims = json('claims.json');
    const document = new Document(docType);
    for (const [space, elements] of Object.entries(claims)) {
        document.addIssuerNameSpace(space, elements);
    }
    const { d: _, ...deviceKey } = device;
    const issued = await document
        .useDigestAlgorithm('SHA-256')
        .addValidityInfo({ signed: new Date() })
        .addDeviceKeyInfo({ deviceKey })
        .sign({ issuerPrivateKey: json('signer.json'), issuerCertificate: read('signer.pem').toString(), alg: 'ES256' });
    const fields = Object.entries(claims).flatMap(([space, elements]) => Object.keys(elements).map((name) => (
        { path: [`$['${space}']['${name}']`], intent_to_retain: false })));
    for (let number = 0; number < Number(count); number++) {
        const shown = await DeviceResponse.from(new MDoc([issued]))
            .usingPresentationDefinition({
                id: 'a request',
                input_descriptors: [{
                    id: docType,
                    format: { mso_mdoc: { alg: ['ES256'] } },
                    constraints: { limit_disclosure: 'required', fields },
                }],
            })
            .usingSessionTranscriptBytes(read(`theirs-${number}.transcript`))
            .authenticateWithSignature(device, 'ES256')
            .sign();
        writeFileSync(join(folder, `theirs-${number}.cbor`), shown.encode());
    }
}

await (command === 'verify' ? verify() : answer());
