/** Draws one paper at a time for the shell, which calls `window.drawPaper` and captures what appears. */
import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/500.css';
import '@fontsource/be-vietnam-pro/600.css';
import '@fontsource/be-vietnam-pro/700.css';
import '@fontsource/be-vietnam-pro/800.css';
import '@fontsource/noto-serif/700.css';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { FRAME_MARK_CELLS, frameMarkBits, type DrawnPaper, type DrawRequest } from '../../shared/printing/medium.ts';
import { paperWords } from '../../shared/printing/paper-words.ts';
import './drawing-board.css';
import { DrawnOnRoll, DrawnOnSheet } from './papers/DrawnPaper.tsx';

/** The functions `electron/printing/paper-window.ts` calls; each takes its argument as JSON. */
type DrawingBoard = {
  drawPaper(json: string): Promise<DrawnPaper>;
  /** Moves the paper so that the row `offset` is at the top, and shows the frame's number under it. */
  showSlice(json: string): void;
};

export function offerDrawing(container: HTMLElement): void {
  const paper = container.appendChild(document.createElement('div'));
  const mark = container.appendChild(document.createElement('div'));
  mark.className = 'frame-mark';
  const cells = Array.from({ length: FRAME_MARK_CELLS }, () => mark.appendChild(document.createElement('i')));
  const root = createRoot(paper);

  const board: DrawingBoard = {
    async drawPaper(json) {
      // From our own shell only: no other page can reach this window.
      const request = JSON.parse(json) as DrawRequest;
      const isRoll = request.medium === 'roll';
      // On a screen of another density this makes one CSS pixel one pixel of the capture again, and so one dot.
      document.documentElement.style.zoom = isRoll ? String(1 / window.devicePixelRatio) : '1';
      paper.style.top = '0px';
      paper.className = isRoll ? `roll roll-${request.widthDots}` : `sheet sheet-${request.size}`;
      mark.hidden = !isRoll;
      flushSync(() => root.render(<Drawn request={request} />));
      // Laying out starts the loading of the fonts in use.
      paper.getBoundingClientRect();
      await document.fonts.ready;
      return { heightDots: isRoll ? Math.ceil((paper.offsetHeight * request.widthDots) / paper.offsetWidth) : 0, pixelRatio: window.devicePixelRatio };
    },
    showSlice(json) {
      const { offset, frame } = JSON.parse(json) as { offset: number; frame: number };
      paper.style.top = `${-offset}px`;
      frameMarkBits(frame).forEach((isBlack, cell) => cells[cell]!.classList.toggle('is-black', isBlack));
    },
  };
  Object.assign(window, board);
}

function Drawn({ request }: { request: DrawRequest }) {
  const t = paperWords(request.language);
  return request.medium === 'sheet' ? (
    <DrawnOnSheet paper={request.paper} reprint={request.reprint} size={request.size} t={t} />
  ) : (
    <DrawnOnRoll paper={request.paper} reprint={request.reprint} widthDots={request.widthDots} t={t} />
  );
}
