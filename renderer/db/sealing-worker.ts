/** Holds the keys in a thread of its own, so that no record that is sealed, opened or indexed keeps the screen from drawing. */
import '../app/zod-without-eval.ts';
import { createKeys } from './sealer.ts';
import { createSealing } from './sealing.ts';
import { answerCalls } from './sealing-port.ts';

// The first message is the secret, every other a call.
addEventListener('message', ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>) => answerCalls(self, createKeys(data).then(createSealing)), { once: true });
