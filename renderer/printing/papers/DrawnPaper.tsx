/** Which template draws which paper. */
import { unreachable } from '../../../shared/lib/result.ts';
import type { RollWidthDots, SheetSize } from '../../../shared/printing/medium.ts';
import type { RollPaper, SheetPaper } from '../../../shared/printing/paper.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { ApologyForm } from './ApologyForm.tsx';
import { BringListPaper } from './BringListPaper.tsx';
import { ControlSlipForm } from './ControlSlipForm.tsx';
import { CustomPaper } from './CustomPaper.tsx';
import { DayStatementPaper } from './DayStatementPaper.tsx';
import { FeeReceiptPaper } from './FeeReceiptPaper.tsx';
import { Form01 } from './Form01.tsx';
import { HandOverPaper } from './HandOverPaper.tsx';
import { OwedListPaper } from './OwedListPaper.tsx';
import type { Medium } from './PaperFrame.tsx';
import { ReceiptPaper } from './ReceiptPaper.tsx';
import { RefusalForm } from './RefusalForm.tsx';
import { RegisterForm } from './RegisterForm.tsx';
import { StopForm } from './StopForm.tsx';
import { SupplementForm } from './SupplementForm.tsx';
import { TestPagePaper } from './TestPagePaper.tsx';
import { TicketPaper } from './TicketPaper.tsx';

type DrawnProps = { reprint: number; t: PaperWords };

export function DrawnOnRoll({ paper, reprint, widthDots, t }: DrawnProps & { paper: RollPaper; widthDots: RollWidthDots }) {
  const medium = { kind: 'roll', widthDots } as const;
  switch (paper.kind) {
    case 'ticket':
      return <TicketPaper paper={paper} reprint={reprint} t={t} />;
    case 'receipt':
      return <ReceiptPaper paper={paper} reprint={reprint} widthDots={widthDots} t={t} />;
    case 'bring-list':
      return <BringListPaper paper={paper} reprint={reprint} t={t} />;
    case 'test-page':
      return <TestPagePaper paper={paper} reprint={reprint} medium={medium} t={t} />;
    default:
      return <DrawnOnBoth paper={paper} reprint={reprint} medium={medium} t={t} />;
  }
}

export function DrawnOnSheet({ paper, reprint, size, t }: DrawnProps & { paper: SheetPaper; size: SheetSize }) {
  const drawn = { reprint, size, t };
  switch (paper.kind) {
    case 'receipt':
      return <Form01 paper={paper} reprint={reprint} t={t} />;
    case 'supplement':
      return <SupplementForm paper={paper} {...drawn} />;
    case 'refusal':
      return <RefusalForm paper={paper} {...drawn} />;
    case 'apology':
      return <ApologyForm paper={paper} {...drawn} />;
    case 'stop':
      return <StopForm paper={paper} {...drawn} />;
    case 'control-slip':
      return <ControlSlipForm paper={paper} {...drawn} />;
    case 'register':
      return <RegisterForm paper={paper} {...drawn} />;
    default:
      return <DrawnOnBoth paper={paper} reprint={reprint} medium={{ kind: 'sheet', size }} t={t} />;
  }
}

type OnBoth = Exclude<RollPaper & SheetPaper, { kind: 'receipt' }>;

function DrawnOnBoth({ paper, reprint, medium, t }: DrawnProps & { paper: OnBoth; medium: Medium }) {
  const drawn = { reprint, medium, t };
  switch (paper.kind) {
    case 'fee-receipt':
      return <FeeReceiptPaper paper={paper} {...drawn} />;
    case 'owed-list':
      return <OwedListPaper paper={paper} {...drawn} />;
    case 'hand-over':
      return <HandOverPaper paper={paper} {...drawn} />;
    case 'day-statement':
      return <DayStatementPaper paper={paper} {...drawn} />;
    case 'custom':
      return <CustomPaper paper={paper} {...drawn} />;
    default:
      return unreachable(paper);
  }
}
