/** VNeID, by the contract in shared/upstreams/contracts/vneid.ts. */
import { createHmac } from 'node:crypto';
import { unreachable } from '../../../shared/lib/result.ts';
import { signedText, verificationAnswerSchema, type VerificationRequest } from '../../../shared/upstreams/contracts/vneid.ts';
import { bodyOf, otherwise } from '../http.ts';
import type { Adapter } from '../upstream.ts';

export const vneid: Adapter = (http, { secret }) => ({
  async deliver({ dossier }) {
    const { applicant } = dossier;
    if (applicant.kind !== 'person' || applicant.idNumber === undefined) return { kind: 'refused', reason: 'no-id-number', field: '/applicant/idNumber' };
    const request: VerificationRequest = {
      requestId: dossier.dossierId,
      idNumber: applicant.idNumber,
      fullName: applicant.fullName,
      dateOfBirth: applicant.dateOfBirth,
    };
    const text = JSON.stringify(request);
    const timestampMs = Date.now();
    const answer = await http.request('/identity/v1/verifications', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-timestamp': String(timestampMs),
        'x-signature': createHmac('sha256', secret).update(signedText(timestampMs, text)).digest('hex'),
      },
      text,
    });
    if (answer.status !== 200) return otherwise(answer, timestampMs);
    const { verificationId, result, differing } = bodyOf(answer, verificationAnswerSchema);
    switch (result) {
      case 'match':
        return { kind: 'delivered', reference: verificationId };
      case 'mismatch':
        return { kind: 'refused', reason: 'identity-mismatch', field: `/applicant/${differing[0] ?? 'fullName'}` };
      case 'unknown-number':
        return { kind: 'refused', reason: 'identity-unknown', field: '/applicant/idNumber' };
      default:
        return unreachable(result);
    }
  },
});
