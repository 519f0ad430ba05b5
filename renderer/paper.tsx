/** Entry of the paper page: a drawing board for the shell, with `#viewer` the window on the virtual printer's paper, with `#preview` every paper. */
import { offerDrawing } from './printing/drawing-board.tsx';
import { offerPreview } from './printing/preview/PaperPreview.tsx';
import { offerViewer } from './printing/viewer/PaperViewer.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('paper.html has no root');
if (window.location.hash === '#viewer') offerViewer(root);
else if (window.location.hash === '#preview') offerPreview(root);
else offerDrawing(root);
