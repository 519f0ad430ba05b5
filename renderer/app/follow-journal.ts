/** Keeps Dexie level with the journal while the app runs: one catch-up at a time, one more if news came meanwhile. */

export function createFollower(catchUp: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let isRunning = false;
  let isBehind = false;
  return async function follow(): Promise<void> {
    isBehind = true;
    if (isRunning) return;
    isRunning = true;
    try {
      while (isBehind) {
        isBehind = false;
        await catchUp();
      }
    } catch (error) {
      onError(error);
    } finally {
      isRunning = false;
    }
  };
}
