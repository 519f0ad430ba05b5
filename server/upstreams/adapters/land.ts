/** The land system, by the contract in shared/upstreams/contracts/land.ts. */
import { landFilingAnswerSchema, type LandFiling } from '../../../shared/upstreams/contracts/land.ts';
import { bodyOf, otherwise, WrongAnswer } from '../http.ts';
import type { Adapter, Delivery } from '../upstream.ts';

export const land: Adapter = (http, { secret }) => {
  const headers = { authorization: `Basic ${Buffer.from(`province:${secret}`).toString('base64')}` };

  return {
    async deliver({ dossier, scans }) {
      const filing = `/cadastre/filings/${dossier.dossierId}`;
      const opened = await http.request(filing, { method: 'PUT', headers, json: filingOf({ dossier, scans }) });
      if (opened.status !== 200) return otherwise(opened, Date.now());
      const { filingNumber, state, missing } = bodyOf(opened, landFilingAnswerSchema);
      if (state === 'submitted') return { kind: 'delivered', reference: filingNumber };

      for (const sha256 of missing) {
        const scan = scans.find((one) => one.sha256 === sha256);
        if (scan === undefined) throw new WrongAnswer('asks for an attachment that the filing does not name');
        const { mediaType } = scan;
        const sent = await http.request(`${filing}/attachments/${sha256}`, {
          method: 'PUT',
          headers: { ...headers, 'content-type': mediaType },
          file: scan,
        });
        if (sent.status !== 204) return otherwise(sent, Date.now());
      }
      const submitted = await http.request(`${filing}/submit`, { method: 'POST', headers, json: {} });
      if (submitted.status !== 200) return otherwise(submitted, Date.now());
      return { kind: 'delivered', reference: bodyOf(submitted, landFilingAnswerSchema).filingNumber };
    },
  };
};

function filingOf({ dossier, scans }: Pick<Delivery, 'dossier' | 'scans'>): LandFiling {
  const { applicant } = dossier;
  return {
    dossierCode: dossier.code,
    procedureCode: dossier.procedureCode,
    agencyCode: dossier.agencyCode,
    caseId: dossier.caseId,
    applicant: {
      kind: applicant.kind,
      name: applicant.fullName,
      number: applicant.kind === 'person' ? applicant.idNumber : applicant.taxCode,
      address: applicant.residence,
    },
    form: dossier.formData,
    attachments: scans.map(({ sha256, bytes, mediaType, paper }) => ({ sha256, bytes, mediaType, paper })),
  };
}
