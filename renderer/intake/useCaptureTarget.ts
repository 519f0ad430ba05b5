/** The papers of this intake as a camera or a scanner fills them, one after the other. */
import { useState } from 'react';
import { draftPaperOf, extraPapersOf } from '../../shared/dossiers/intake-from-draft.ts';
import type { PaperRequirement } from '../../shared/catalogue/catalogue.ts';
import type { PaperPage } from '../../shared/scanning/scan.ts';
import { useServices } from '../app/services.tsx';
import type { CaptureTarget } from '../scanning/capture-target.ts';
import { useIntake, useIntakeStore, useReview } from './intake-context.tsx';

const MAX_DEVICE = 200;

/** What a PDF made of this paper says of itself. */
export function useAbout(): (title: string) => CaptureTarget['about'] {
  const { clock, info } = useServices();
  const { procedure } = useReview('procedure');
  return (title) => ({
    title,
    subject: procedure?.name ?? '',
    author: info.settings.office.agencyName,
    keywords: [procedure?.code ?? '', info.settings.office.agencyCode].filter((word) => word !== ''),
    atMs: clock(),
  });
}

/** `open`: with which of the two, and for which paper first. */
export function useCaptureTarget(requirements: readonly PaperRequirement[]) {
  const store = useIntakeStore();
  const about = useAbout();
  const papers = useIntake((state) => state.draft.papers);
  const [opened, setOpened] = useState<{ by: 'camera' | 'scanner'; requirementId: string } | null>(null);
  const rows = [
    ...requirements.filter(({ filledByEForm }) => !filledByEForm).map((requirement) => draftPaperOf(requirement, papers)),
    ...extraPapersOf(requirements, papers),
  ].map(({ requirementId, name, pages }) => ({ requirementId, name, pages: pages.length }));
  const current = rows.find(({ requirementId }) => requirementId === opened?.requirementId) ?? rows[0];

  const targetOf = (source: PaperPage['source']): CaptureTarget | undefined =>
    current === undefined
      ? undefined
      : {
          papers: rows,
          current,
          choose: (requirementId) => setOpened((before) => before && { ...before, requirementId }),
          about: about(current.name),
          take: (file, device) => store.attach(current.requirementId, [file], { source, ...(device === '' ? {} : { device: device.slice(0, MAX_DEVICE) }) }),
        };
  return {
    rows,
    camera: opened?.by === 'camera' ? targetOf('camera') : undefined,
    scanner: opened?.by === 'scanner' ? targetOf('scanner') : undefined,
    open: (by: 'camera' | 'scanner', requirementId: string) => setOpened({ by, requirementId }),
    close: () => setOpened(null),
  };
}
