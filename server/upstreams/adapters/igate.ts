/** iGate, by the contract in shared/upstreams/contracts/igate.ts. */
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { igateAnswerSchema, type IgateDossier } from '../../../shared/upstreams/contracts/igate.ts';
import { bodyOf, otherwise } from '../http.ts';
import type { Adapter } from '../upstream.ts';

export const igate: Adapter = (http, { secret }) => ({
  async deliver({ dossier }) {
    const answer = await http.request('/api/v1/dossiers', {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'idempotency-key': dossier.dossierId },
      json: documentOf(dossier),
    });
    if (answer.status !== 200 && answer.status !== 201) return otherwise(answer, Date.now());
    return { kind: 'delivered', reference: bodyOf(answer, igateAnswerSchema).code };
  },
});

const documentOf = (dossier: Dossier): IgateDossier => {
  const { applicant } = dossier;
  return {
    dossierCode: dossier.code,
    procedureCode: dossier.procedureCode,
    procedureName: dossier.procedureName,
    agencyCode: dossier.agencyCode,
    acceptedAt: new Date(dossier.acceptedAtMs).toISOString(),
    dueAt: dossier.dueAtMs === null ? null : new Date(dossier.dueAtMs).toISOString(),
    channel: dossier.channel,
    applicant: {
      name: applicant.fullName,
      ...(applicant.kind === 'person' ? { idNumber: applicant.idNumber } : { taxCode: applicant.taxCode }),
      phone: applicant.phone,
    },
    papers: dossier.papers
      .filter(({ state }) => state !== 'absent')
      .map(({ name, originals, certifiedCopies, photocopies, state }) => ({ name, originals, copies: certifiedCopies + photocopies, owed: state === 'owed' })),
    feesVnd: dossier.fees.reduce((sum, { amountVnd }) => sum + amountVnd, 0),
  };
};
