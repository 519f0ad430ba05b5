/** A page mended by hand: its corners pulled to where the sheet lies, set straight, cleaned, its colours taken away. */
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { PaperPage } from '../../shared/scanning/scan.ts';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox, Select } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import type { About } from './page-work/bind.ts';
import type { Point, Quad } from './page-work/raster.ts';
import type { PagePlan } from './page-work/work-page.ts';
import type { Outline } from './page-worker.ts';
import styles from './PageEditor.module.css';
import { workOnPage } from './work-on-page.ts';

const modes = ['colour', 'grey', 'bilevel'] as const;
const contrasts = ['none', 'light', 'strong'] as const;
const strength = { none: undefined, light: 0.35, strong: 0.8 } as const;
const corners = ['top-left', 'top-right', 'bottom-right', 'bottom-left'] as const;
/** Of the picture's longer side, for one press of an arrow key. */
const STEP = 1 / 200;

type Opened = Outline & { blob: Blob; url: string };

const frameOf = ({ width, height }: Outline): Quad => [
  { x: 0, y: 0 },
  { x: width, y: 0 },
  { x: width, y: height },
  { x: 0, y: height },
];

type Props = { page: PaperPage; about: About; onDone: (file: File) => void; onClose: () => void };

export function PageEditor({ page, about, onDone, onClose }: Props) {
  const { t } = useTranslation('scanning');
  const words = useFailureWords();
  const { scans } = useServices();
  const [opened, setOpened] = useState<Opened | null>(null);
  const [quad, setQuad] = useState<Quad | null>(null);
  const [mode, setMode] = useState<(typeof modes)[number]>('colour');
  const [contrast, setContrast] = useState<(typeof contrasts)[number]>('none');
  const [isStraightened, setIsStraightened] = useState(true);
  const [said, setSaid] = useState<string | null>(null);
  const [isWorking, setIsWorking] = useState(false);

  useEffect(() => {
    let isCurrent = true;
    let url: string | undefined;
    void (async () => {
      const read = await scans.read(page.sha256);
      if (!isCurrent) return;
      if (!read.ok) return setSaid(words(read.failure));
      const blob = new Blob([read.value.bytes], { type: read.value.mediaType });
      const outline = await workOnPage({ task: 'outline', blob });
      if (!isCurrent) return;
      if (!outline.ok) return setSaid(words(outline.failure));
      url = URL.createObjectURL(blob);
      setOpened({ ...outline.value, blob, url });
      setQuad(outline.value.quad ?? frameOf(outline.value));
    })();
    return () => {
      isCurrent = false;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [scans, page.sha256, words]);

  const apply = async () => {
    if (opened === null || quad === null || isWorking) return;
    setIsWorking(true);
    const isWhole = quad.every(({ x, y }, at) => x === frameOf(opened)[at]?.x && y === frameOf(opened)[at]?.y);
    const plan: PagePlan = {
      crop: isWhole ? 'none' : quad,
      isStraightened,
      contrast: strength[contrast],
      mode,
      quarterTurns: (page.rotation / 90) as PagePlan['quarterTurns'],
    };
    const worked = await workOnPage({ task: 'work', blob: opened.blob, plan, about });
    setIsWorking(false);
    if (!worked.ok) return setSaid(words(worked.failure));
    const { blob } = worked.value;
    onDone(new File([blob], `${t('edited-page')}.${blob.type === 'application/pdf' ? 'pdf' : 'jpg'}`, { type: blob.type }));
  };

  return (
    <Dialog
      title={t('edit-title')}
      isOpen
      onClose={onClose}
      size="full"
      actions={
        <>
          <Button onPress={onClose}>{t('edit-cancel')}</Button>
          <Button variant="primary" shortcut="F9" isDisabled={opened === null} isPending={isWorking} onPress={() => void apply()}>
            {t('edit-apply')}
          </Button>
        </>
      }
    >
      <ApplyKey onPress={() => void apply()} />
      {said !== null && <Notice tone="warning" title={said} />}
      <div className={styles.columns}>
        <div className={styles.side}>
          <p className={styles.hint}>{t('edit-hint')}</p>
          <Button isDisabled={opened === null} onPress={() => opened !== null && setQuad(opened.quad ?? frameOf(opened))}>
            {t('edit-find')}
          </Button>
          <Button isDisabled={opened === null} onPress={() => opened !== null && setQuad(frameOf(opened))}>
            {t('edit-whole')}
          </Button>
          <Checkbox isSelected={isStraightened} onChange={setIsStraightened}>
            {t('edit-straighten')}
          </Checkbox>
          <Select label={t('mode')} options={modes.map((each) => ({ value: each, label: t(`mode-${each}`) }))} value={mode} onChange={setMode} />
          <Select
            label={t('contrast')}
            options={contrasts.map((each) => ({ value: each, label: t(`contrast-${each}`) }))}
            value={contrast}
            onChange={setContrast}
          />
        </div>
        <div className={styles.sheet}>{opened !== null && quad !== null && <Corners opened={opened} quad={quad} onChange={setQuad} />}</div>
      </div>
    </Dialog>
  );
}

function Corners({ opened: { width, height, url }, quad, onChange }: { opened: Opened; quad: Quad; onChange: (quad: Quad) => void }) {
  const { t } = useTranslation('scanning');
  const drawing = useRef<SVGSVGElement>(null);
  const size = Math.max(width, height);
  const move = (at: number, to: Point): void => {
    const inside = { x: Math.min(width, Math.max(0, to.x)), y: Math.min(height, Math.max(0, to.y)) };
    onChange(quad.map((corner, index) => (index === at ? inside : corner)) as unknown as Quad);
  };
  const drag = (at: number) => (event: PointerEvent<SVGCircleElement>) => {
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const matrix = drawing.current?.getScreenCTM()?.inverse();
    if (matrix == null) return;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    move(at, { x, y });
  };
  const nudge = (at: number, corner: Point) => (event: KeyboardEvent) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(at, { x: corner.x + (by[0] ?? 0) * size * STEP, y: corner.y + (by[1] ?? 0) * size * STEP });
  };
  return (
    <svg ref={drawing} className={styles.picture} viewBox={`0 0 ${width} ${height}`}>
      <image href={url} width={width} height={height} />
      <polygon className={styles.outline} points={quad.map(({ x, y }) => `${x},${y}`).join(' ')} strokeWidth={size / 300} />
      {quad.map((corner, at) => (
        <circle
          key={corners[at]}
          className={styles.corner}
          cx={corner.x}
          cy={corner.y}
          r={size / 60}
          strokeWidth={size / 300}
          tabIndex={0}
          role="slider"
          aria-label={t(`corner-${corners[at]}`)}
          aria-valuenow={Math.round(corner.x)}
          aria-valuetext={`${Math.round(corner.x)} × ${Math.round(corner.y)}`}
          onPointerDown={drag(at)}
          onPointerMove={drag(at)}
          onKeyDown={nudge(at, corner)}
        />
      ))}
    </svg>
  );
}

/** Bound inside the dialog's own layer of shortcuts. */
function ApplyKey({ onPress }: { onPress: () => void }) {
  useShortcut('F9', onPress);
  return null;
}
