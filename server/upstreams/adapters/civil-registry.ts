/** The civil registry, by the contract in shared/upstreams/contracts/civil-registry.ts. */
import { CompactSign, importJWK } from 'jose';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { registryEntrySchema, registryLookupSchema, type RegistryRequest } from '../../../shared/upstreams/contracts/civil-registry.ts';
import type { Outcome } from '../../../shared/upstreams/settle.ts';
import { bodyOf, otherwise, WrongAnswer } from '../http.ts';
import type { Adapter } from '../upstream.ts';

export const civilRegistry: Adapter = (http, { secret, signingKey }) => {
  const key = { 'x-api-key': secret };

  async function lookUp(dossierId: string): Promise<Outcome | 'none'> {
    const answer = await http.request(`/registry/v2/entries?source=${dossierId}`, { headers: key });
    if (answer.status !== 200) return otherwise(answer, Date.now());
    const entry = bodyOf(answer, registryLookupSchema).entries.find(({ source }) => source === dossierId);
    return entry === undefined ? 'none' : { kind: 'delivered', reference: entry.entryNumber };
  }

  return {
    async deliver({ dossier }) {
      const known = await lookUp(dossier.dossierId);
      if (known !== 'none') return known;
      const signed = await new CompactSign(new TextEncoder().encode(JSON.stringify(requestOf(dossier))))
        .setProtectedHeader({ alg: 'ES256' })
        .sign(await importJWK({ ...signingKey }, 'ES256'));
      const answer = await http.request('/registry/v2/entries', { method: 'POST', headers: { ...key, 'content-type': 'application/jose' }, text: signed });
      if (answer.status === 201) return { kind: 'delivered', reference: bodyOf(answer, registryEntrySchema).entryNumber };
      if (answer.status !== 409) return otherwise(answer, Date.now());
      // An earlier request of ours arrived between the look and the write.
      const written = await lookUp(dossier.dossierId);
      if (written === 'none') throw new WrongAnswer('409 for an entry that is not there');
      return written;
    },
  };
};

const requestOf = (dossier: Dossier): RegistryRequest => ({
  source: dossier.dossierId,
  dossierCode: dossier.code,
  kind: dossier.procedureCode,
  registrar: { agency: dossier.agencyCode, officer: dossier.operatorName },
  declarant: { name: dossier.applicant.fullName, ...(dossier.applicant.kind === 'person' ? { idNumber: dossier.applicant.idNumber } : {}) },
  acceptedAt: new Date(dossier.acceptedAtMs).toISOString(),
  declaration: dossier.formData,
});
