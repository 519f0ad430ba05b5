/** With no settings file the app is a demo office: an embedded province on loopback, the virtual printer, one officer. */
import type { Settings } from '../../shared/settings/settings.ts';

export const DEMO_ENROLMENT_CODE = 'DEMO-0001';

export const demoSettings = (provinceUrl: string): Settings => ({
  role: 'officer',
  office: {
    id: 'demo-xa-an-binh',
    name: 'Điểm phục vụ hành chính công xã An Bình',
    agencyCode: 'H99.01',
    agencyName: 'UBND xã An Bình (cơ quan mẫu)',
    address: 'Số 1 đường Trung tâm, xã An Bình',
    phone: '0200 000 000',
    areaClass: 'normal',
  },
  counter: '1',
  operator: { id: 'demo-officer', name: 'Trần Thị Mẫu', title: 'Công chức Một cửa' },
  province: { url: provinceUrl, enrolmentCode: DEMO_ENROLMENT_CODE },
  printers: [
    {
      id: 'virtual',
      name: 'Máy in ảo 80 mm',
      use: 'thermal',
      connection: { type: 'virtual', port: 0 },
      paperWidthMm: 80,
      driver: 'epson',
      status: 'auto',
      mode: 'raster',
      cutter: true,
      drawer: false,
    },
  ],
  papers: { header: [], templates: [] },
  scanners: [],
  queueGroups: [
    { id: 'ho-tich', letter: 'A', name: 'Hộ tịch – Chứng thực', fields: [] },
    { id: 'dat-dai', letter: 'B', name: 'Đất đai', fields: [] },
    { id: 'khac', letter: 'C', name: 'Lĩnh vực khác', fields: [] },
  ],
  queue: { seat: 'alone', port: 7643, boardPort: 0 },
  codePattern: '{agency}-{yymmdd}-{order4}',
  retention: { scanDays: 30, dossierDays: 365, backupDays: 7 },
  sync: { scans: { windows: [] } },
  board: {},
  voice: { languages: ['vi', 'en'], volumePercent: 80, hours: [] },
  lobby: {},
  language: 'vi',
  theme: 'system',
  profile: 'development',
});
