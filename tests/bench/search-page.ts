/** Runs in the page of the search benchmark: fills the product's own database and times its look-ups. */
import { dossierSchema, type Dossier } from '../../shared/dossiers/dossier.ts';
import { defineDatabase } from '../../renderer/db/database.ts';
import { createDossierRepository, FIRST_PAGE as limit, type DossierRepository } from '../../renderer/db/dossier-repository.ts';
import { openSealing } from '../../renderer/db/open-sealing.ts';
import { instantOf } from '../../shared/lib/time.ts';

const surnames = [
  'Nguyễn',
  'Trần',
  'Lê',
  'Phạm',
  'Hoàng',
  'Huỳnh',
  'Phan',
  'Vũ',
  'Võ',
  'Đặng',
  'Bùi',
  'Đỗ',
  'Hồ',
  'Ngô',
  'Dương',
  'Lý',
  'Nông',
  'Bế',
  'Lò',
  'Đinh',
];
/** Percent, as surnames are spread in the country. */
const shares = [38, 11, 10, 7, 5, 5, 4, 3, 2, 2, 2, 1, 1, 1, 1, 1, 2, 2, 1, 1];
const middles = ['Thị', 'Văn', 'Đức', 'Minh', 'Ngọc', 'Thanh', 'Hữu', 'Quang', 'Xuân', 'Thu', 'Kim', 'Công'];
const given =
  'An Ánh Bình Bảo Châu Chi Cường Dũng Duy Đạt Đông Giang Hà Hải Hạnh Hiền Hoa Hòa Hùng Hường Huy Khánh Khoa Kiên Lan Linh Long Mai Nam Nga Nghĩa Nhung Oanh Phong Phúc Phượng Quân Quyên Sơn Tâm Thảo Thắng Thuý Tiến Trang Trung Tuấn Tuyết Uyên Vân Vinh Yến'.split(
    ' ',
  );
const START = instantOf('2015-01-05', '08:00');
/** 240 dossiers a day. */
const EVERY_MS = 360_000;

/** mulberry32 of the row's own number, so that any row can be made again. */
function randomOf(at: number): (below: number) => number {
  let state = (at * 0x9e3779b1) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function surname(random: (below: number) => number): string {
  let point = random(100);
  const at = shares.findIndex((share) => (point -= share) < 0);
  return surnames[Math.max(at, 0)] as string;
}

function dossierOf(at: number): Dossier {
  const random = randomOf(at);
  const pick = (list: readonly string[]): string => list[random(list.length)] as string;
  const acceptedAtMs = START + at * EVERY_MS;
  const day = new Date(acceptedAtMs + 7 * 3_600_000).toISOString().slice(2, 10).replaceAll('-', '');
  const paper = (name: string, state: 'received' | 'owed') => ({
    requirementId: name,
    name,
    required: true,
    originals: 1,
    certifiedCopies: 0,
    photocopies: 0,
    state,
    pages: [],
  });
  return {
    dossierId: `0192f3a0-0000-7000-8000-${String(at).padStart(12, '0')}`,
    code: `H36.12-${day}-${String(at % 240).padStart(4, '0')}`,
    procedureCode: '1.001193',
    procedureName: 'Đăng ký khai sinh',
    catalogueVersion: 'bench',
    facts: [],
    channel: 'counter',
    applicant: {
      kind: 'person',
      fullName: `${surname(random)} ${pick(middles)} ${pick(given)}`,
      idNumber: `004${random(4)}${String(random(100)).padStart(2, '0')}${String(random(1_000_000)).padStart(6, '0')}`,
      residence: `Tổ ${random(40)}, thôn Nà Luông, xã Nguyễn Huệ`,
      phone: `09${String(random(100_000_000)).padStart(8, '0')}`,
    },
    formData: { purpose: 'x'.repeat(1500) },
    papers: [paper('Tờ khai', 'received'), paper('Giấy chứng sinh', random(50) === 0 ? 'owed' : 'received')],
    feeInputs: { copies: 1, pages: 1, enteredVnd: {} },
    sets: 1,
    resultDelivery: 'counter',
    acceptedAtMs,
    dueAtMs: acceptedAtMs + 5 * 86_400_000,
    dueRule: null,
    fees: [{ feeId: 'f', kind: 'le-phi', name: 'Lệ phí', quantity: 1, amountVnd: 8000 }],
    officeId: 'nguyen-hue',
    agencyCode: 'H36.12',
    operatorId: 'lan',
    operatorName: 'Hoàng Thị Lan',
    acceptedOffline: false,
  } as unknown as Dossier;
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

export type Filled = {
  rows: number;
  rowsPerSecond: number;
  /** The longest time the page could not draw while rows came in. */
  longestStallMs: number;
};
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Number(parameters.get('pause'))));

/** Milliseconds. */
export type LookUp = { name: string; p50: number; p99: number; hits: number };

/** As a frame sees it: how late a timer comes that should come at once. */
function watchStalls(): () => number {
  let longest = 0;
  let last = performance.now();
  const channel = new MessageChannel();
  let isOn = true;
  channel.port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isOn) setTimeout(() => channel.port2.postMessage(0), 4);
  };
  channel.port2.postMessage(0);
  return () => {
    isOn = false;
    return longest;
  };
}

async function openRepository(): Promise<DossierRepository> {
  return createDossierRepository(defineDatabase('bench'), await openSealing(new Uint8Array(32).fill(7)), () => Promise.resolve(undefined));
}

async function fill(total: number): Promise<Filled> {
  dossierSchema.parse(dossierOf(1));
  const repository = await openRepository();
  const stalls = watchStalls();
  const startedMs = performance.now();
  // As the journal is replayed: one page is sealed while the one before it is stored.
  let inserting: Promise<void> = Promise.resolve();
  for (let at = 0; at < total; at += 500) {
    const before = inserting;
    const page = Array.from({ length: Math.min(500, total - at) }, (_, offset) => ({ dossier: dossierOf(at + offset), seq: at + offset + 1 }));
    inserting = repository.insert(page, undefined, before);
    await before;
    if (at % 50_000 === 0) console.log(`progress ${at} ${Math.round(performance.now() - startedMs)} ms`);
  }
  await inserting;
  return { rows: total, rowsPerSecond: (total / (performance.now() - startedMs)) * 1000, longestStallMs: stalls() };
}

async function lookUp(total: number, rounds: number): Promise<LookUp[]> {
  const repository = await openRepository();
  const anyone = (round: number): Dossier => dossierOf(randomOf(round + 77)(total));
  const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/gu, 'd').toLowerCase();
  const nameOf = (round: number): string[] => fold(anyone(round).applicant.fullName).split(' ');
  const month = 30 * 86_400_000;
  const from = (round: number): number => anyone(round).acceptedAtMs;
  const queries: Array<{ name: string; query: (round: number) => Parameters<typeof repository.find>[0] }> = [
    { name: 'newest', query: () => ({ limit }) },
    { name: 'code', query: (round) => ({ text: anyone(round).code, limit }) },
    { name: 'order number', query: (round) => ({ text: anyone(round).code.slice(-4), limit }) },
    { name: 'ID number', query: (round) => ({ text: (anyone(round).applicant as { idNumber: string }).idNumber, limit }) },
    { name: 'ID number, first 7', query: (round) => ({ text: (anyone(round).applicant as { idNumber: string }).idNumber.slice(0, 7), limit }) },
    { name: 'phone', query: (round) => ({ text: anyone(round).applicant.phone, limit }) },
    { name: 'one letter', query: (round) => ({ text: nameOf(round)[2]?.slice(0, 1), limit }) },
    { name: 'name prefix', query: (round) => ({ text: nameOf(round)[2]?.slice(0, 3), limit }) },
    { name: 'surname + given', query: (round) => ({ text: `${nameOf(round)[0]} ${nameOf(round)[2]}`, limit }) },
    { name: 'three words', query: (round) => ({ text: nameOf(round).join(' '), limit }) },
    { name: 'nobody', query: (round) => ({ text: `nguyen xyz${round}`, limit }) },
    {
      name: 'name + ID start',
      query: (round) => ({ text: `${nameOf(round)[2]} ${(anyone(round).applicant as { idNumber: string }).idNumber.slice(0, 6)}`, limit }),
    },
    { name: 'one month', query: (round) => ({ fromMs: from(round), toMs: from(round) + month, limit }) },
    { name: 'status', query: () => ({ status: 'owing', limit }) },
    { name: 'status, one month', query: (round) => ({ status: 'owing', fromMs: from(round), toMs: from(round) + month, limit }) },
    { name: 'surname, one month', query: (round) => ({ text: nameOf(round)[0], fromMs: from(round), toMs: from(round) + month, limit }) },
    { name: 'surname, status', query: (round) => ({ text: nameOf(round)[0], status: 'owing', limit }) },
  ];
  const lookUps: LookUp[] = [];
  for (const { name, query } of queries) {
    const times: number[] = [];
    let hits = 0;
    for (let round = 0; round < rounds; round++) {
      const asked = query(round);
      await pause();
      const beganMs = performance.now();
      hits += (await repository.find(asked)).length;
      times.push(performance.now() - beganMs);
    }
    times.sort((a, b) => a - b);
    lookUps.push({ name, p50: quantile(times, 0.5), p99: quantile(times, 0.99), hits });
    console.log(`${name} ${JSON.stringify(lookUps.at(-1))}`);
  }
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await pause();
    const beganMs = performance.now();
    await repository.acceptedSince(instantOf('2015-01-06', '00:00'));
    times.push(performance.now() - beganMs);
  }
  times.sort((a, b) => a - b);
  lookUps.push({ name: 'count since the first day', p50: quantile(times, 0.5), p99: quantile(times, 0.99), hits: total });
  return lookUps;
}

const parameters = new URLSearchParams(location.search);
const toFill = parameters.get('fill');
const measured: Promise<Filled | LookUp[]> = toFill === null ? lookUp(Number(parameters.get('rows')), Number(parameters.get('rounds'))) : fill(Number(toFill));
void measured.then(
  (result) => console.log(`result ${JSON.stringify(result)}`),
  (error: unknown) => console.log(`failed ${error instanceof Error ? error.stack : String(error)}`),
);
