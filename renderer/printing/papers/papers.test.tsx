import bwipjs from 'bwip-js/node';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { aDossier, aLandDossier, aReceiptPaper, aTicket, aTicketPaper } from '../../../tests/fixtures/dossiers.ts';
import { isForRoll, isForSheet, paperKinds, type Paper } from '../../../shared/printing/paper.ts';
import { samplePapers } from '../../../shared/printing/samples.ts';
import { paperWords } from '../../../shared/printing/paper-words.ts';
import { DrawnOnRoll, DrawnOnSheet } from './DrawnPaper.tsx';
import { Form01 } from './Form01.tsx';
import { QrCode } from './QrCode.tsx';
import { ReceiptPaper } from './ReceiptPaper.tsx';
import { TicketPaper } from './TicketPaper.tsx';

const vi = paperWords('vi');
/** The words on a paper, without the marks. */
const wordsOf = (element: React.ReactElement): string =>
  renderToStaticMarkup(element)
    .replace(/<[^>]*>/gu, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/\s+/gu, ' ');

const land = aReceiptPaper({ dossier: aLandDossier({ note: 'Đã xem bản gốc' }) });
const everything = [
  'H36.12-261231-0017',
  'H36.12',
  'Hợp tác xã Nông nghiệp và Dịch vụ tổng hợp Hữu Nghị Nghĩa Thuỵ Khuê Trường',
  '4800123456',
  'Số 245/17, đường Hoàng Đình Giong, tổ dân phố Ngọc Xuân, xã Nguyễn Huệ',
  '0206 3 888 999',
  'vanphong@htx-huunghi-nghiathuykhue.example.vn',
  'Bế Nguyễn Thục Quyên',
  'Đăng ký, cấp Giấy chứng nhận đối với thửa đất có diện tích tăng thêm do thay đổi ranh giới',
  'Giấy chứng nhận đã cấp',
  'Mảnh trích đo bản đồ địa chính thửa đất',
  '02 bộ',
  '10 ngày làm việc; hồ sơ đến sau 15:00 tính từ ngày làm việc kế tiếp; không tính ngày nghỉ 01/01/2027',
  'giao đến địa chỉ người nộp',
  '150.000 đ',
  '900.000 đ',
  'Chín trăm nghìn đồng',
  'giảm 50 % vùng khó khăn',
  'Đã xem bản gốc',
  'Hoàng Thị Lan',
  'lưu 01 bản',
];

describe('papers', () => {
  it.each([
    ['short', <ReceiptPaper key="s" paper={land} reprint={0} widthDots={576} t={vi} />],
    ['full', <Form01 key="f" paper={land} reprint={0} t={vi} />],
  ])('Mẫu 01, %s: says everything the form asks for', (_form, element) => {
    const words = wordsOf(element);
    for (const expected of everything) expect(words).toContain(expected);
    expect(words).not.toContain('Văn bản về việc đại diện');
    expect(words).not.toContain('BẢN IN LẠI');
    expect(words).not.toMatch(/receipt\.|form\.|due\.|undefined|NaN/u);
  });

  it.each([
    ['short', <ReceiptPaper key="s" paper={aReceiptPaper({ dossier: aDossier({ code: 'M-2', formerCodes: ['M-1'] }) })} reprint={0} widthDots={576} t={vi} />],
    ['full', <Form01 key="f" paper={aReceiptPaper({ dossier: aDossier({ code: 'M-2', formerCodes: ['M-1'] }) })} reprint={0} t={vi} />],
  ])('Mẫu 01, %s: says which code it replaces', (_form, element) => {
    expect(wordsOf(element)).toContain('Thay giấy ghi mã M-1');
  });

  it.each([
    ['short', (reprint: number) => <ReceiptPaper paper={land} reprint={reprint} widthDots={384} t={vi} />],
    ['full', (reprint: number) => <Form01 paper={land} reprint={reprint} t={vi} />],
    ['ticket', (reprint: number) => <TicketPaper paper={aTicketPaper()} reprint={reprint} t={vi} />],
  ])('%s: a copy says which it is', (_paper, draw) => {
    expect(wordsOf(draw(2))).toContain('BẢN IN LẠI 2');
  });

  it('says when, to the minute', () => {
    expect(wordsOf(<ReceiptPaper paper={land} reprint={0} widthDots={576} t={vi} />)).toContain('17:00 · 18/01/2027');
    expect(wordsOf(<Form01 paper={land} reprint={0} t={vi} />)).toContain('17 giờ 00 phút, ngày 18 tháng 01 năm 2027');
  });

  it('does not invent a date the law does not set', () => {
    const open = aReceiptPaper({ dossier: aDossier({ dueAtMs: null, dueRule: null }) });
    for (const element of [<ReceiptPaper key="s" paper={open} reprint={0} widthDots={576} t={vi} />, <Form01 key="f" paper={open} reprint={0} t={vi} />]) {
      expect(wordsOf(element)).toContain('Theo thông báo của cơ quan giải quyết');
      expect(wordsOf(element)).not.toContain('1970');
    }
  });

  it('prints what a citizen wrote as text, never as markup', () => {
    const hostile = aReceiptPaper({ dossier: aDossier({ applicant: { kind: 'person', fullName: '<b>Lê</b>\u001b@ "A"' } }) });
    expect(renderToStaticMarkup(<ReceiptPaper paper={hostile} reprint={0} widthDots={576} t={vi} />)).toContain('&lt;b&gt;Lê&lt;/b&gt; @ &quot;A&quot;');
  });

  it('says on the ticket what the citizen needs while waiting', () => {
    const words = wordsOf(
      <TicketPaper paper={aTicketPaper({ ticket: aTicket({ priority: 'elderly' }), papersToBring: ['Giấy chứng sinh'] })} reprint={0} t={vi} />,
    );
    for (const expected of ['A012', 'Hộ tịch · Chứng thực', 'Người cao tuổi', '05', '23/11/2026 08:15', 'Giấy chứng sinh']) expect(words).toContain(expected);
  });

  it('has all words in English too', () => {
    const en = paperWords('en');
    for (const element of [
      <ReceiptPaper key="s" paper={land} reprint={1} widthDots={576} t={en} />,
      <Form01 key="f" paper={land} reprint={1} t={en} />,
      <TicketPaper key="t" paper={aTicketPaper({ ticket: aTicket({ priority: 'merit' }) })} reprint={1} t={en} />,
    ]) {
      expect(wordsOf(element)).toContain('REPRINT 1');
      expect(wordsOf(element)).not.toMatch(/receipt\.|form\.|ticket\.|due\./u);
    }
  });
});

describe('every paper', () => {
  const heading = { ...aReceiptPaper().heading, header: ['UBND TỈNH CAO BẰNG'], footer: 'Đường dây nóng 1022', sealText: '(Ký số)' };
  const drawn = (paper: Paper, language: 'vi' | 'en', reprint = 0): string[] => [
    ...(isForRoll(paper)
      ? ([576, 384] as const).map((widthDots) => wordsOf(<DrawnOnRoll paper={paper} reprint={reprint} widthDots={widthDots} t={paperWords(language)} />))
      : []),
    ...(isForSheet(paper) ? [wordsOf(<DrawnOnSheet paper={paper} reprint={reprint} size="A5" t={paperWords(language)} />)] : []),
  ];
  const samples = samplePapers(heading);

  it('has a sample of each kind', () => {
    expect(samples.map(({ kind }) => kind)).toEqual([...paperKinds]);
  });
  it.each(samples.map((paper) => [paper.kind, paper] as const))(
    '%s: has its words in both languages, the province header and footer, and says which copy it is',
    (_, paper) => {
      for (const language of ['vi', 'en'] as const) {
        for (const words of drawn(paper, language, 3)) {
          expect(words).not.toMatch(/\b(?:receipt|form|forms|due|feeReceipt|owedList|handOver|dayStatement|testPage)\.[a-zA-Z]|undefined|NaN|\{\{/u);
          expect(words).toContain('UBND TỈNH CAO BẰNG');
          expect(words).toContain('Đường dây nóng 1022');
          expect(words).toContain(language === 'vi' ? 'BẢN IN LẠI 3' : 'REPRINT 3');
        }
      }
    },
  );
  it('lets no control byte of a citizen through', () => {
    const evil = '\u001b@\u0010\u0004\u0001\u202e<b>';
    const poisoned = JSON.parse(JSON.stringify(samples).replaceAll('Nguyễn Thị Hường Quỳnh', JSON.stringify(evil).slice(1, -1))) as Paper[];
    for (const paper of poisoned) for (const words of drawn(paper, 'vi')) expect(words).not.toMatch(/[\u0000-\u0008\u000e-\u001f\u202e]/u);
  });
  it('says amounts in words and where a transfer goes', () => {
    const fee = samples.find(({ kind }) => kind === 'fee-receipt')!;
    for (const words of drawn(fee, 'vi'))
      for (const expected of ['900.000 đ', 'Chín trăm nghìn đồng', '0123456789', 'H36 12 261231 0017', 'không thay biên lai'])
        expect(words).toContain(expected);
    const cash = { ...fee, payment: 'cash' } as Paper;
    for (const words of drawn(cash, 'vi')) expect(words).not.toContain('0123456789');
  });
  it('prints the head of the journal on the day statement', () => {
    const statement = samples.find(({ kind }) => kind === 'day-statement')!;
    for (const words of drawn(statement, 'vi')) expect(words).toContain('mục 1289 · 3fa9c1d2 7be84f60 a1b2c3d4 e5f60718');
  });
});

describe('QrCode', () => {
  it('draws the symbol module by module, in whole pixels', () => {
    const text = 'H36.12-261123-0403';
    const markup = renderToStaticMarkup(<QrCode text={text} maxSidePx={180} />);
    const [symbol] = bwipjs.raw('qrcode', text, {});
    if (symbol === undefined || !('pixs' in symbol)) throw new Error('no symbol');
    expect(Number(/width="(\d+)"/u.exec(markup)![1]) % (symbol.pixx + 4)).toBe(0);
    const polygons = /d="([^"]*)"/u
      .exec(markup)![1]!
      .split('Z')
      .filter((part) => part !== '')
      .map((part) =>
        part
          .slice(1)
          .split('L')
          .map((point) => point.split(' ').map(Number) as [number, number]),
      );
    const isInside = (x: number, y: number): boolean =>
      polygons
        .flatMap((points) => points.map((from, at) => [from, points[(at + 1) % points.length]!] as const))
        .filter(([[fromX, fromY], [toX, toY]]) => fromX === toX && fromX > x && fromY > y !== toY > y).length %
        2 ===
      1;
    const drawn = symbol.pixs.map((_, at) => (isInside((at % symbol.pixx) * 2 + 1, Math.floor(at / symbol.pixx) * 2 + 1) ? 1 : 0));
    expect(drawn).toEqual(symbol.pixs);
  });
});
