import { describe, expect, it } from 'vitest';
import { aDossier, aLandDossier } from '../../tests/fixtures/dossiers.ts';
import { receiptFacts } from './receipt-facts.ts';

describe('receiptFacts', () => {
  it('tells handed in from owed and leaves out what is absent', () => {
    const facts = receiptFacts(aLandDossier());
    expect(facts.received).toHaveLength(3);
    expect(facts.owed).toEqual(['Mảnh trích đo bản đồ địa chính thửa đất']);
  });
  it('adds the fees up', () => {
    expect(receiptFacts(aLandDossier()).totalVnd).toBe(900_000);
    expect(receiptFacts(aDossier()).totalVnd).toBe(0);
  });
  it('names an organisation by its tax code and a person by the ID number', () => {
    expect(receiptFacts(aLandDossier()).applicant.idNumber).toBe('4800123456');
    expect(receiptFacts(aDossier()).applicant.idNumber).toBe('004190001234');
  });
  it('lets no control byte through, and no empty line', () => {
    const dossier = aDossier({
      applicant: { kind: 'person', fullName: 'Lê\u001b@ Văn\u0007 A', residence: '\u0010\u0004\u0001', phone: '0912\n345' },
      note: '\u001dV\u0000',
    });
    const facts = receiptFacts(dossier);
    expect(facts.applicant).toMatchObject({ name: 'Lê @ Văn A', address: undefined, phone: '0912 345' });
    expect(JSON.stringify(facts)).not.toMatch(/\\u00[01]/u);
  });
});
