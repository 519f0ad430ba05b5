/** The identity card as a keyboard-wedge scanner types it: right, wrong, hostile, and told from a person typing. */
import { expect, test } from './office.ts';
import type { Officer } from './officer.ts';

const cardOf = ({
  id = '001188012345',
  old = '012345678',
  name = 'Nguyễn Thị Ánh Dương',
  born = '08031988',
  sex = 'Nữ',
  home = 'Số 12, thôn Đông',
  issued = '15052021',
} = {}) => [id, old, name, born, sex, home, issued].join('|');

async function shows(officer: Officer, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await expect(officer.applicant(name)).toHaveValue(value);
}

async function beginIntake(officer: Officer): Promise<void> {
  await officer.startIntake();
  await officer.leaveField();
}

test('cards are read whole, whatever form their letters come in', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  await officer.startIntake();
  const search = page.getByRole('combobox', { name: 'Tìm thủ tục' });
  await search.fill('khai sinh');
  await officer.scanCard(cardOf({ name: 'Bế Văn Đàn', sex: 'Nam' }));
  await shows(officer, { fullName: 'Bế Văn Đàn' });
  await expect(search, 'the field that had the focus holds again what it held').toHaveValue('khai sinh');
  await expect(search).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Escape');
  await expect(search, 'Esc closes the list and nothing more').toHaveAttribute('aria-expanded', 'false');
  await officer.leaveField();

  const cards = [
    { card: cardOf({ name: 'Đỗ Hoàng Yến' }).normalize('NFC'), name: 'Đỗ Hoàng Yến' },
    {
      card: cardOf({ name: 'Lường Văn Khảng', home: 'Thôn Phượng Hoàng, xã Ẳng Tở' }).normalize('NFD'),
      name: 'Lường Văn Khảng',
      home: 'Thôn Phượng Hoàng, xã Ẳng Tở',
    },
    { card: cardOf({ name: 'Vừ A Páo', old: '' }), name: 'Vừ A Páo' },
    { card: `${cardOf({ name: 'Hoàng Thuỵ Ái' })}|Nguyễn Văn Bố|Trần Thị Mẹ|phần thêm`, name: 'Hoàng Thuỵ Ái' },
  ];
  for (const { card, name, home = 'Số 12, thôn Đông' } of cards) {
    await officer.scanCard(card);
    await shows(officer, { fullName: name, idNumber: '001188012345', dateOfBirth: '08/03/1988', residence: home, idIssuedOn: '15/05/2021' });
    await expect(officer.applicant('sex').getByRole('radio', { name: 'Nữ' })).toBeChecked();
  }
  await officer.scanCardAsText(cardOf({ name: 'Lò Thị Ưởng' }));
  await shows(officer, { fullName: 'Lò Thị Ưởng', idNumber: '001188012345' });
});

test('what is wrong on a card is said at its field and stays to be mended', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  await beginIntake(officer);
  await officer.scanCard(cardOf({ id: '00118801234', born: '31021988', sex: 'X' }));
  await shows(officer, { fullName: 'Nguyễn Thị Ánh Dương', idNumber: '00118801234', dateOfBirth: '31021988' });
  const wrong = { idNumber: 'phải có đúng 12 chữ số', dateOfBirth: 'ngày không có thật' };
  for (const [name, words] of Object.entries(wrong)) {
    await expect(officer.applicant(name)).toHaveAttribute('aria-invalid', 'true');
    await expect(officer.applicant(name)).toHaveAccessibleDescription(new RegExp(words, 'u'));
  }
  await expect(officer.applicant('sex')).toContainText('chọn Nam hoặc Nữ');
  await expect(officer.applicant('sex').getByRole('radio', { checked: true })).toHaveCount(0);
  await expect(officer.applicant('residence')).not.toHaveAttribute('aria-invalid', 'true');

  await officer.applicant('idNumber').fill('001188012345');
  await officer.applicant('dateOfBirth').fill('28021988');
  await officer.leaveField();
  await expect(officer.applicant('idNumber')).not.toHaveAttribute('aria-invalid', 'true');
  await expect(officer.applicant('dateOfBirth')).toHaveValue('28/02/1988');
  await expect(officer.applicant('dateOfBirth')).not.toHaveAttribute('aria-invalid', 'true');
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Tiếp nhận hồ sơ');
});

test('garbage and hostile codes change nothing and are named', async ({ office }) => {
  const { counter, officer } = await office.open();
  const { page } = officer;
  await beginIntake(officer);
  await officer.scanCard(cardOf());
  const unreadable = page.getByRole('status').filter({ hasText: 'Không đọc được mã trên thẻ' });

  // A code that is no card at all is none of ours; one that is nearly a card is said to be unreadable.
  await officer.scanCard(`https://example.vn/${'a'.repeat(60)}`);
  await expect(unreadable).toBeHidden();
  await officer.scanCard(cardOf({ name: 'Nguyễn \u202EVăn Đảo' }));
  await expect(unreadable).toBeVisible();
  await unreadable.getByRole('button', { name: 'Đóng' }).click();
  await shows(officer, { fullName: 'Nguyễn Thị Ánh Dương', idNumber: '001188012345' });

  const hostile = "<img src=x onerror=\"document.title='pwned'\">${7*7}'; drop table dossiers;--";
  await officer.leaveField();
  await officer.scanCard(cardOf({ name: hostile }));
  await shows(officer, { fullName: hostile });
  await expect(page).toHaveTitle(/Quầy Một Cửa/u);
  expect(await page.locator('main img').count()).toBe(0);

  await officer.leaveField();
  await officer.scanCard(cardOf({ name: 'Ả'.repeat(300) }));
  await expect(officer.applicant('fullName')).toHaveAccessibleDescription(/quá dài/u);
  expect(counter.complaints).toEqual([]);
});

test('a person typing is never taken for a scanner', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  await beginIntake(officer);
  // Faster than anyone types, and nothing may be lost all the same.
  await officer.applicant('fullName').pressSequentially('Trần Thị Đài Trang', { delay: 15 });
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('001190123456', { delay: 15 });
  await page.keyboard.press('Tab');
  await page.keyboard.type('17/05/1990', { delay: 15 });
  await page.keyboard.press('Tab');
  await shows(officer, { fullName: 'Trần Thị Đài Trang', idNumber: '001190123456', dateOfBirth: '17/05/1990' });
  await officer.applicant('residence').pressSequentially('Số 9 | 12, ngõ 45 | tổ 6 | phố Cổ | 3 | 4', { delay: 5 });
  await page.keyboard.press('Enter');
  await shows(officer, { residence: 'Số 9 | 12, ngõ 45 | tổ 6 | phố Cổ | 3 | 4', fullName: 'Trần Thị Đài Trang' });
});

test('a second card takes the place of the first and can be taken back', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  await beginIntake(officer);
  await officer.scanCard(cardOf());
  await officer.applicant('phone').fill('0912345678');
  await officer.leaveField();
  await officer.scanCard(cardOf({ id: '001095004567', old: '', name: 'Đỗ Hoàng Yến', born: '30041995', sex: 'Nam' }));
  await shows(officer, { fullName: 'Đỗ Hoàng Yến', idNumber: '001095004567', phone: '' });

  await page.getByRole('button', { name: 'Lấy lại người trước' }).click();
  await shows(officer, { fullName: 'Nguyễn Thị Ánh Dương', idNumber: '001188012345', dateOfBirth: '08/03/1988', phone: '0912345678' });
});
