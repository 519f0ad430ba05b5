/** What a receipt says of a dossier, ready to be set in type: citizens' text made printable, papers sorted, fees added up. */
import type { Dossier, FeeLine, Paper as DossierPaper } from '../dossiers/dossier.ts';
import { printable } from './printable.ts';

export type PartyFacts = { name: string; idNumber?: string; address?: string; phone?: string; email?: string };
export type PaperFacts = { name: string; originals: number; certifiedCopies: number; photocopies: number };
export type FeeFacts = { kind: FeeLine['kind']; name: string; quantity: number; amountVnd: number; exemption?: string };

export type ReceiptFacts = {
  code: string;
  /** The codes on papers this one takes the place of. */
  formerCodes: string[];
  applicant: PartyFacts & { kind: Dossier['applicant']['kind'] };
  submitter?: PartyFacts & { relation: NonNullable<Dossier['submitter']>['relation'] };
  procedureCode: string;
  procedureName: string;
  received: PaperFacts[];
  /** Papers accepted as owed (nợ), to be handed in later. */
  owed: string[];
  sets: number;
  fees: FeeFacts[];
  totalVnd: number;
  operatorName: string;
  note?: string;
};

const optional = (text: string | undefined): string | undefined => {
  const clean = text === undefined ? '' : printable(text);
  return clean === '' ? undefined : clean;
};

const partyOf = (party: Dossier['applicant']): PartyFacts => ({
  name: printable(party.fullName),
  idNumber: optional(party.kind === 'person' ? party.idNumber : party.taxCode),
  address: optional(party.residence),
  phone: optional(party.phone),
  email: optional(party.email),
});

const paperOf = (paper: DossierPaper): PaperFacts => ({
  name: printable(paper.name),
  originals: paper.originals,
  certifiedCopies: paper.certifiedCopies,
  photocopies: paper.photocopies,
});

export function receiptFacts(dossier: Dossier): ReceiptFacts {
  const { applicant, submitter } = dossier;
  return {
    code: printable(dossier.code),
    formerCodes: (dossier.formerCodes ?? []).map(printable),
    applicant: { ...partyOf(applicant), kind: applicant.kind },
    submitter: submitter === undefined ? undefined : { ...partyOf(submitter), relation: submitter.relation },
    procedureCode: printable(dossier.procedureCode),
    procedureName: printable(dossier.procedureName),
    received: dossier.papers.filter(({ state }) => state === 'received').map(paperOf),
    owed: dossier.papers.filter(({ state }) => state === 'owed').map(({ name }) => printable(name)),
    sets: dossier.sets,
    fees: dossier.fees.map(({ kind, name, quantity, amountVnd, exemption }) => ({
      kind,
      name: printable(name),
      quantity,
      amountVnd,
      exemption: optional(exemption),
    })),
    totalVnd: dossier.fees.reduce((sum, { amountVnd }) => sum + amountVnd, 0),
    operatorName: printable(dossier.operatorName),
    note: optional(dossier.note),
  };
}
