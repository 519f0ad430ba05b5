/** Entry of the paper page: a drawing board for the shell, or with `#viewer` the window on the virtual printer's paper. */
import { offerDrawing } from './printing/drawing-board.tsx';
import { offerViewer } from './printing/viewer/PaperViewer.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('paper.html has no root');
if (window.location.hash === '#viewer') offerViewer(root);
else offerDrawing(root);
