// The other side of check_mdl.py: @auth0/mdl verifies the responses that we made, and makes some for us.
// SPDX-License-Identifier: Apache-2.0
//
// mdl.mjs FOLDER: reads root.pem, signer.pem, keys.json, transcript.cbor, ours-signature.cbor and ours-mac.cbor; writes
// theirs-signature.cbor and theirs-mac.cbor. Exits with 1 and a sentence where the two do not agree.
import { Document, DeviceResponse, MDoc, Verifier } from '@auth0/mdl';
import { COSEKeyFromJWK } from 'cose-kit';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name));
const keys = JSON.parse(read('keys.json'));
const transcript = read('transcript.cbor');
const docType = 'kr.jumin.resident.1';
const common = 'org.iso.23220.1';
const verifier = new Verifier([read('root.pem').toString()]);
const options = { encodedSessionTranscript: transcript, ephemeralReaderKey: COSEKeyFromJWK(keys.reader) };

function demand(holds, sentence) {
    if (!holds) {
        console.error(sentence);
        process.exit(1);
    }
}

function publicPart(key) {
    return { kty: key.kty, crv: key.crv, x: key.x, y: key.y };
}

async function refuses(bytes, changed) {
    try {
        await verifier.verify(bytes, { ...options, ...changed });
        return false;
    } catch {
        return true;
    }
}

for (const name of ['ours-signature.cbor', 'ours-mac.cbor']) {
    const bytes = read(name);
    const response = await verifier.verify(bytes, options);
    const [document] = response.documents;
    demand(document.docType === docType, `${name}: ${document.docType}`);
    const items = document.issuerSigned.nameSpaces[common];
    const value = (identifier) => items.find((item) => item.elementIdentifier === identifier)?.elementValue;
    demand(items.length === 3, `${name}: ${items.length} elements instead of 3`);
    demand(value('family_name_unicode') === '김', `${name}: ${value('family_name_unicode')}`);
    demand(value('birth_date').toISOString() === '2007-03-01', `${name}: ${value('birth_date')}`);
    demand(value('age_over_19') === false, `${name}: ${value('age_over_19')}`);
    const other = Buffer.from(transcript);
    other[other.length - 1] ^= 1;
    demand(await refuses(bytes, { encodedSessionTranscript: other }), `${name}: taken for another session`);
    const tampered = Buffer.from(bytes);
    tampered[bytes.indexOf('2007-03-01') + 3] ^= 1;
    demand(await refuses(tampered, {}), `${name}: taken with another birth date`);
}

const issued = await new Document(docType)
    .addIssuerNameSpace(common, { family_name_unicode: '김', age_over_19: true, document_number: 'M12345678' })
    .useDigestAlgorithm('SHA-256')
    .addValidityInfo({ signed: new Date() })
    .addDeviceKeyInfo({ deviceKey: publicPart(keys.device) })
    .sign({ issuerPrivateKey: keys.signer, issuerCertificate: read('signer.pem').toString(), alg: 'ES256' });
const wanted = {
    id: 'a request',
    input_descriptors: [{
        id: docType,
        format: { mso_mdoc: { alg: ['ES256'] } },
        constraints: {
            limit_disclosure: 'required',
            fields: ['family_name_unicode', 'document_number'].map((name) => (
                { path: [`$['${common}']['${name}']`], intent_to_retain: false })),
        },
    }],
};
const presentation = () => DeviceResponse.from(new MDoc([issued]))
    .usingPresentationDefinition(wanted)
    .usingSessionTranscriptBytes(transcript);
const bySignature = await presentation().authenticateWithSignature(keys.device, 'ES256').sign();
writeFileSync(join(folder, 'theirs-signature.cbor'), bySignature.encode());
const byMac = await presentation().authenticateWithMAC(keys.device, COSEKeyFromJWK(publicPart(keys.reader)), 'HS256').sign();
writeFileSync(join(folder, 'theirs-mac.cbor'), byMac.encode());
