/** The business registry, by the contract in shared/upstreams/contracts/business-registry.ts. */
import type { z } from 'zod';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { unreachable } from '../../../shared/lib/result.ts';
import { submissionAnswerSchema, type Submission } from '../../../shared/upstreams/contracts/business-registry.ts';
import type { Outcome } from '../../../shared/upstreams/settle.ts';
import { bodyOf, otherwise } from '../http.ts';
import type { Adapter } from '../upstream.ts';

export const businessRegistry: Adapter = (http, { secret }) => {
  const headers = { 'x-client-secret': secret };

  return {
    async deliver({ dossier, isAccepted }) {
      if (isAccepted) {
        const asked = await http.request(`/enterprise/submissions/${dossier.dossierId}`, { headers });
        if (asked.status === 200) return outcomeOf(bodyOf(asked, submissionAnswerSchema));
        // It forgot what it had taken: submitted anew below, under the same id.
        if (asked.status !== 404) return otherwise(asked, Date.now());
      }
      const answer = await http.request('/enterprise/submissions', { method: 'POST', headers, json: submissionOf(dossier) });
      if (answer.status !== 200 && answer.status !== 202) return otherwise(answer, Date.now());
      return outcomeOf(bodyOf(answer, submissionAnswerSchema));
    },
  };
};

function outcomeOf(answer: z.infer<typeof submissionAnswerSchema>): Outcome {
  switch (answer.state) {
    case 'processing':
      return { kind: 'accepted', afterMs: Math.ceil(answer.checkAfterS * 1000) };
    case 'registered':
      return { kind: 'delivered', reference: answer.registrationNumber };
    case 'rejected':
      return { kind: 'refused', reason: answer.reason, ...(answer.field === undefined ? {} : { field: answer.field }) };
    default:
      return unreachable(answer);
  }
}

const submissionOf = (dossier: Dossier): Submission => {
  const { applicant } = dossier;
  return {
    submissionId: dossier.dossierId,
    dossierCode: dossier.code,
    procedureCode: dossier.procedureCode,
    owner: {
      name: applicant.fullName,
      ...(applicant.kind === 'person' ? { idNumber: applicant.idNumber } : {}),
      address: applicant.residence,
      phone: applicant.phone,
    },
    details: dossier.formData,
  };
};
