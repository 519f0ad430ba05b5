/** An ext4 of a test's own in a loop-mounted file, that can be filled up and have its power cut. Needs root. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** No intake is begun under 1 GiB free; the file behind it is sparse. */
const DISK_MB = 1400;
const UNMOUNT_TRIES = 40;

export type Disk = {
  folder: string;
  /** Leaves so many bytes. */
  fill(leave: number): void;
  empty(): void;
  /** As a power cut does it: from here on nothing reaches the disk, not even what was under way. */
  cut(): void;
  /** As the power comes back. Nobody may have a file open. */
  remount(): Promise<void>;
  remove(): Promise<void>;
};

const run = (command: string, ...args: string[]): unknown => execFileSync(command, args, { stdio: 'pipe' });

/** EXT4_IOC_SHUTDOWN = _IOR('X', 125, __u32) with EXT4_GOING_FLAGS_NOLOGFLUSH = 2 (Linux, fs/ext4/ext4.h); perl is in every Debian base. */
const SHUTDOWN = 'sysopen(my $f, $ARGV[0], 0) or die "open: $!"; my $how = pack("L", 2); ioctl($f, 0x8004587d, $how) or die "shutdown: $!"';

export function openDisk(home: string): Disk {
  const image = join(home, 'disk.img');
  const folder = join(home, 'disk');
  const filler = join(folder, 'filler');
  mkdirSync(folder);
  const mount = (): unknown => run('mount', '-o', 'loop', image, folder);
  const unmount = async (): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        run('umount', folder);
        return;
      } catch (error) {
        // A killed process holds its files until it is reaped.
        if (tries === UNMOUNT_TRIES) throw error;
        await wait(50);
      }
    }
  };
  run('truncate', '-s', `${DISK_MB}M`, image);
  run('mkfs.ext4', '-q', '-F', '-m', '0', image);
  mount();
  return {
    folder,
    fill(leave) {
      rmSync(filler, { force: true });
      const { bavail, bsize } = statfsSync(folder);
      try {
        run('fallocate', '-l', String(bavail * bsize - leave), filler);
      } catch {
        // The counter was quicker and took of what was free: what is left is allocated all the same.
      }
    },
    empty: () => rmSync(filler, { force: true }),
    cut: () => void run('perl', '-e', SHUTDOWN, folder),
    async remount() {
      await unmount();
      mount();
    },
    remove: unmount,
  };
}

let reason: string | null | undefined;

/** Why there can be no disk of a test's own on this machine, null when there can. */
export async function whyNoDisk(): Promise<string | null> {
  if (reason !== undefined) return reason;
  if (process.platform !== 'linux') return (reason = 'not Linux');
  if (process.getuid?.() !== 0) return (reason = 'a disk of its own needs root');
  const home = mkdtempSync(join(tmpdir(), 'qmc-faults-disk-'));
  try {
    const disk = openDisk(home);
    try {
      disk.cut();
    } finally {
      await disk.remove();
    }
    return (reason = null);
  } catch (error) {
    return (reason = `no loop mount, or no shutdown of ext4 (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''})`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
