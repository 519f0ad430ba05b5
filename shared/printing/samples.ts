/** One paper of every kind with invented data that fills every field: what the preview shows and the golden pictures hold. */
import { dossierSchema, type Dossier } from '../dossiers/dossier.ts';
import { instantOf } from '../lib/time.ts';
import type { OfficeHeading } from './heading.ts';
import { paperTemplateSchema, fillTemplate, type PaperTemplate } from './template.ts';
import type { ListedDossier, Paper } from './paper.ts';

const acceptedAtMs = instantOf('2026-12-31', '15:20');
const issuedAtMs = instantOf('2026-12-31', '15:45');
const id = (last: number): string => `0192f3a0-8d2f-7c55-8e1f-${String(last).padStart(12, '0')}`;

const paper = (requirementId: string, name: string, copies: [number, number, number], state: 'received' | 'owed' = 'received'): Dossier['papers'][number] => ({
  requirementId,
  name,
  required: true,
  originals: copies[0],
  certifiedCopies: copies[1],
  photocopies: copies[2],
  state,
  pages: [],
});

const dossier = dossierSchema.parse({
  dossierId: id(1),
  code: 'H36.12-261231-0017',
  procedureCode: '1.012781',
  procedureName: 'Đăng ký, cấp Giấy chứng nhận đối với thửa đất có diện tích tăng thêm do thay đổi ranh giới',
  catalogueVersion: 'mau',
  channel: 'counter',
  applicant: {
    kind: 'person',
    fullName: 'Nguyễn Thị Hường Quỳnh',
    idNumber: '004190001234',
    residence: 'Tổ 5, thôn Nà Luông, xã Nguyễn Huệ',
    phone: '0912 345 678',
    email: 'huong.quynh@thu.example.vn',
  },
  submitter: { kind: 'person', relation: 'authorised', fullName: 'Bế Nguyễn Thục Quyên', idNumber: '004085009876', phone: '0987 654 321' },
  formData: {},
  papers: [
    paper('don', 'Đơn đăng ký biến động đất đai, tài sản gắn liền với đất', [1, 0, 0]),
    paper('gcn', 'Giấy chứng nhận đã cấp', [1, 0, 2]),
    paper('chuyen-quyen', 'Giấy tờ về việc nhận chuyển quyền sử dụng đất đối với phần diện tích tăng thêm', [0, 2, 0]),
    paper('trich-do', 'Mảnh trích đo bản đồ địa chính thửa đất', [0, 0, 0], 'owed'),
    paper('xac-nhan', 'Xác nhận của người sử dụng đất liền kề', [0, 0, 0], 'owed'),
  ],
  feeInputs: { copies: 1, pages: 1 },
  sets: 2,
  resultDelivery: 'post',
  acceptedAtMs,
  dueAtMs: instantOf('2027-01-18', '17:00'),
  dueRule: {
    limit: { amount: 10, unit: 'working-days' },
    extraDaysByArea: 0,
    cutoff: '15:00',
    skippedHolidays: [{ date: '2027-01-01', holiday: 'tet-duong-lich' }],
    calendarVersion: 'mau',
  },
  fees: [
    { feeId: 'tham-dinh', kind: 'phi', name: 'Thẩm định cấp mới Giấy chứng nhận, đất và tài sản', quantity: 1, amountVnd: 720_000 },
    { feeId: 'them', kind: 'phi', name: 'Cấp thêm Giấy chứng nhận cho người đồng sử dụng', quantity: 3, amountVnd: 150_000 },
    { feeId: 'le-phi', kind: 'le-phi', name: 'Cấp Giấy chứng nhận', quantity: 1, amountVnd: 30_000, exemption: 'giảm 50 % vùng khó khăn' },
  ],
  officeId: 'mau',
  agencyCode: 'H36.12',
  operatorId: 'mau',
  operatorName: 'Hoàng Thị Lan',
  acceptedOffline: false,
});

export const sampleDossier = (): Dossier => dossier;

const listed = (number: number, applicantName: string, procedureName: string, papers: number): ListedDossier => ({
  code: `H36.12-261231-${String(number).padStart(4, '0')}`,
  procedureName,
  applicantName,
  address: 'Thôn Nà Luông, xã Nguyễn Huệ',
  phone: '0912 345 678',
  sets: 1,
  papers,
  receivedAtMs: acceptedAtMs,
  dueAtMs: instantOf('2027-01-05', '17:00'),
  resultDelivery: 'counter',
});
const dossiers = [
  listed(14, 'Nông Văn Đệ', 'Đăng ký khai sinh', 3),
  listed(15, 'Lý Thị Mẩy', 'Cấp bản sao trích lục hộ tịch', 2),
  listed(17, 'Nguyễn Thị Hường Quỳnh', dossier.procedureName, 3),
];

const exampleTemplate: PaperTemplate = paperTemplateSchema.parse({
  id: 'phieu-huong-dan',
  name: 'Phiếu hướng dẫn nộp bổ sung',
  blocks: [
    { type: 'text', text: 'Hồ sơ {{dossier.code}}', align: 'center', size: 'large', bold: true },
    { type: 'line', style: 'dashed' },
    { type: 'field', label: 'Người nộp', value: '{{applicant.name}}' },
    { type: 'field', label: 'Thủ tục', value: '{{dossier.procedure}}' },
    { type: 'text', text: 'Giấy tờ cần nộp tiếp:', bold: true },
    {
      type: 'table',
      of: 'owed',
      columns: [
        { title: 'TT', value: '{{row.number}}', align: 'center' },
        { title: 'Tên giấy tờ', value: '{{row.name}}' },
      ],
    },
    { type: 'qr', text: '{{dossier.code}}' },
    { type: 'text', text: 'Nộp tại {{office.name}} trước ngày {{dossier.dueDate}}.', size: 'small' },
  ],
});

/** `bank` in the samples belongs to nobody: NAPAS gave no bank the number 999999. */
export function samplePapers(heading: OfficeHeading): Paper[] {
  const about = { heading, dossier };
  const officer = { issuedAtMs, officerName: dossier.operatorName };
  return [
    {
      kind: 'ticket',
      heading,
      ticket: { ticketId: id(2), number: 'A012', groupId: 'mau', date: '2026-12-31', issuedAtMs: acceptedAtMs, priority: 'elderly' },
      groupName: 'Hộ tịch · Chứng thực',
      waitingAhead: 5,
      papersToBring: ['Giấy chứng sinh', 'Căn cước của cha, mẹ'],
    },
    { kind: 'receipt', ...about },
    {
      kind: 'fee-receipt',
      ...about,
      issuedAtMs,
      payment: 'transfer',
      bank: { bin: '999999', accountNumber: '0123456789', accountName: 'UBND XA NGUYEN HUE (MAU)' },
    },
    { kind: 'owed-list', ...about, issuedAtMs },
    {
      kind: 'hand-over',
      heading,
      listId: id(3),
      handedOverAtMs: issuedAtMs,
      receiver: heading.agencyName,
      operatorName: dossier.operatorName,
      dossiers,
    },
    {
      kind: 'day-statement',
      heading,
      date: '2026-12-31',
      printedAtMs: issuedAtMs,
      closedAtMs: issuedAtMs,
      counter: '1',
      operatorName: dossier.operatorName,
      procedures: [
        { name: 'Đăng ký khai sinh', code: '1.001193', count: 7 },
        { name: dossier.procedureName, code: dossier.procedureCode, count: 1 },
      ],
      dossiers: 8,
      fees: { phiVnd: 870_000, lePhiVnd: 86_000 },
      tickets: { issued: 14, called: 13, served: 12, noShow: 1 },
      journalId: id(4),
      head: { seq: 1289, hash: '3fa9c1d27be84f60a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778' },
    },
    {
      kind: 'supplement',
      ...about,
      ...officer,
      stage: 'intake',
      papers: [{ name: 'Mảnh trích đo bản đồ địa chính thửa đất', originals: 1, certifiedCopies: 0, photocopies: 0 }],
      reason: 'Hồ sơ chưa có mảnh trích đo của phần diện tích tăng thêm.',
      ground: 'Thành phần hồ sơ của thủ tục 1.012781 đã công bố.',
      approvedBy: 'Lê Văn Bình, Giám đốc Trung tâm',
    },
    {
      kind: 'refusal',
      ...about,
      ...officer,
      reason: 'Thửa đất đang có tranh chấp, Ủy ban nhân dân xã đã thụ lý đơn.',
      ground: 'Quy định của pháp luật đất đai về điều kiện đăng ký biến động.',
    },
    {
      kind: 'apology',
      ...about,
      ...officer,
      reason: 'Hệ thống đất đai gián đoạn từ ngày 12/01 đến ngày 15/01/2027.',
      newDueAtMs: instantOf('2027-01-22', '17:00'),
      times: 1,
    },
    { kind: 'stop', ...about, ...officer, reason: 'Người nộp có văn bản xin rút hồ sơ ngày 04/01/2027.', ground: 'Đề nghị của người nộp hồ sơ.' },
    { kind: 'control-slip', ...about },
    { kind: 'register', heading, from: '2026-12-31', to: '2026-12-31', dossiers },
    { kind: 'test-page', heading, printerName: 'Máy in quầy 1', printedAtMs: issuedAtMs },
    {
      kind: 'bring-list',
      heading,
      procedureCode: '1.001193',
      procedureName: 'Đăng ký khai sinh',
      papers: ['Giấy chứng sinh / Văn bản của người làm chứng xác nhận việc sinh / Giấy cam đoan về việc sinh', 'Căn cước của người đi đăng ký'],
      printedAtMs: issuedAtMs,
    },
    {
      kind: 'custom',
      heading,
      templateId: exampleTemplate.id,
      name: exampleTemplate.name,
      dossierId: dossier.dossierId,
      code: dossier.code,
      printedAtMs: issuedAtMs,
      blocks: fillTemplate(exampleTemplate, { dossier, heading, printedAtMs: issuedAtMs }),
    },
  ];
}
