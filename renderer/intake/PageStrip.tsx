/** The pages of a paper in their order: looked at, turned, moved by button or by dragging, removed. */
import { memo, useEffect, useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button as AriaButton } from 'react-aria-components';
import type { PaperPage } from '../../shared/scanning/scan.ts';
import { ScanViewer } from '../scanning/ScanViewer.tsx';
import { usePicture } from '../scanning/usePicture.ts';
import { classes } from '../ui/classes.ts';
import { Icon } from '../ui/Icon.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { useServices } from '../app/services.tsx';
import { PageEditor } from '../scanning/PageEditor.tsx';
import { bindPages } from '../scanning/bind-pages.ts';
import { Button } from '../ui/Button.tsx';
import { useIntakeStore } from './intake-context.tsx';
import { useAbout } from './useCaptureTarget.ts';
import type { DraftPaper } from './pages.ts';
import styles from './PageStrip.module.css';

const DRAGGED = 'application/x-page';
const THUMBNAIL_PX = 240;

export function PageStrip({ paper }: { paper: DraftPaper }) {
  const { t } = useTranslation('scanning');
  const store = useIntakeStore();
  const [shownAt, setShownAt] = useState<number | null>(null);
  const [edited, setEdited] = useState<PaperPage | null>(null);
  const about = useAbout();
  if (paper.pages.length === 0) return null;
  return (
    <>
      <ol className={styles.strip} aria-label={t('pages-of', { paper: paper.name })}>
        {paper.pages.map((page, index) => (
          <Page key={page.pageId} requirementId={paper.requirementId} page={page} index={index} isLast={index === paper.pages.length - 1} onOpen={setShownAt} />
        ))}
        {shownAt !== null && (
          <ScanViewer
            title={paper.name}
            scans={paper.pages}
            startAt={shownAt}
            onTurn={(pageId) => store.turnPage(paper.requirementId, pageId)}
            onEdit={(page) => {
              setShownAt(null);
              setEdited(page);
            }}
            onInsert={(files, after) => void store.attach(paper.requirementId, files, 'file', after + 1)}
            onClose={() => setShownAt(null)}
          />
        )}
        {edited !== null && (
          <PageEditor
            page={edited}
            about={about(paper.name)}
            onDone={(file) => {
              setEdited(null);
              void store.replacePages(paper.requirementId, [edited.pageId], file);
            }}
            onClose={() => setEdited(null)}
          />
        )}
      </ol>
      {paper.pages.length > 1 && <Bind paper={paper} />}
    </>
  );
}

type PageProps = { requirementId: string; page: PaperPage; index: number; isLast: boolean; onOpen: (index: number) => void };

/** Drawn anew only when it changes itself: with each page that comes in, forty others would be, and hold up whoever types. */
const Page = memo(function Page({ requirementId, page, index, isLast, onOpen }: PageProps) {
  const { t } = useTranslation('scanning');
  const store = useIntakeStore();
  const drop = (event: DragEvent) => {
    const [from, pageId] = event.dataTransfer.getData(DRAGGED).split(' ');
    if (from !== requirementId || pageId === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    store.movePage(requirementId, pageId, index);
  };
  return (
    <li
      className={styles.page}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, `${requirementId} ${page.pageId}`)}
      onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
      onDrop={drop}
    >
      <Thumbnail page={page} number={index + 1} onOpen={() => onOpen(index)} />
      <div className={styles.tools}>
        <Tool
          label={t('move-left', { number: index + 1 })}
          isDisabled={index === 0}
          icon="left"
          onPress={() => store.movePage(requirementId, page.pageId, index - 1)}
        />
        <Tool label={t('turn', { number: index + 1 })} icon="rotate" onPress={() => store.turnPage(requirementId, page.pageId)} />
        <Tool label={t('remove', { number: index + 1 })} icon="close" onPress={() => store.removePage(requirementId, page.pageId)} />
        <Tool
          label={t('move-right', { number: index + 1 })}
          isDisabled={isLast}
          icon="right"
          onPress={() => store.movePage(requirementId, page.pageId, index + 1)}
        />
      </div>
    </li>
  );
});

/** All pages of the paper as one PDF, which takes their place once it is on disk. */
function Bind({ paper }: { paper: DraftPaper }) {
  const { t } = useTranslation('scanning');
  const store = useIntakeStore();
  const { scans } = useServices();
  const words = useFailureWords();
  const about = useAbout();
  const [said, setSaid] = useState<string | null>(null);
  const [isBinding, setIsBinding] = useState(false);
  const latest = useRef(paper);
  useEffect(() => {
    latest.current = paper;
  });
  const bind = async () => {
    setIsBinding(true);
    const { pages } = paper;
    const outcome = await bindPages(scans, pages, about(paper.name));
    setIsBinding(false);
    if (!outcome.ok) return setSaid(words(outcome.failure));
    // What was added, turned or removed meanwhile would be lost.
    if (latest.current.pages !== pages) return setSaid(t('bind-changed'));
    setSaid(null);
    await store.replacePages(
      paper.requirementId,
      pages.map(({ pageId }) => pageId),
      new File([outcome.value.blob], `${paper.name}.pdf`, { type: 'application/pdf' }),
    );
  };
  return (
    <div className={styles.bind}>
      <Button onPress={() => void bind()} isPending={isBinding}>
        {t('bind', { count: paper.pages.length })}
      </Button>
      {said !== null && <span role="status">{said}</span>}
    </div>
  );
}

function Tool({ label, icon, onPress, isDisabled }: { label: string; icon: 'left' | 'right' | 'rotate' | 'close'; onPress: () => void; isDisabled?: boolean }) {
  return (
    <AriaButton className={styles.tool} aria-label={label} onPress={onPress} isDisabled={isDisabled}>
      <Icon name={icon} size={16} />
    </AriaButton>
  );
}

function Thumbnail({ page, number, onOpen }: { page: PaperPage; number: number; onOpen: () => void }) {
  const { t } = useTranslation('scanning');
  const picture = usePicture(page.sha256, THUMBNAIL_PX);
  const isPdf = page.mediaType === 'application/pdf';
  return (
    <AriaButton className={styles.thumbnail} onPress={onOpen} aria-label={t('open', { number })}>
      {picture === undefined ? null : picture.ok ? (
        <img className={classes(styles.picture, styles[`turn${page.rotation}`])} src={picture.value.url} alt="" draggable={false} />
      ) : (
        <Icon name="file" size={28} />
      )}
      <span className={styles.number}>{isPdf && picture?.ok === true ? t('pdf-pages', { count: picture.value.pages }) : isPdf ? 'PDF' : number}</span>
    </AriaButton>
  );
}
