/** Every shipped procedure, one JSON file each, named by its published code. */
import p1_000656 from './procedures/1.000656.json';
import p1_000894 from './procedures/1.000894.json';
import p1_001022 from './procedures/1.001022.json';
import p1_001193 from './procedures/1.001193.json';
import p1_001612 from './procedures/1.001612.json';
import p1_001776 from './procedures/1.001776.json';
import p1_004194 from './procedures/1.004194.json';
import p1_004222 from './procedures/1.004222.json';
import p1_004837 from './procedures/1.004837.json';
import p1_004859 from './procedures/1.004859.json';
import p1_004873 from './procedures/1.004873.json';
import p1_004884 from './procedures/1.004884.json';
import p1_011441 from './procedures/1.011441.json';
import p1_011443 from './procedures/1.011443.json';
import p1_011445 from './procedures/1.011445.json';
import p1_012756 from './procedures/1.012756.json';
import p1_012781 from './procedures/1.012781.json';
import p1_012783 from './procedures/1.012783.json';
import p1_012785 from './procedures/1.012785.json';
import p1_012787 from './procedures/1.012787.json';
import p1_012790 from './procedures/1.012790.json';
import p1_012796 from './procedures/1.012796.json';
import p1_012812 from './procedures/1.012812.json';
import p1_012818 from './procedures/1.012818.json';
import p1_013833 from './procedures/1.013833.json';
import p1_013978 from './procedures/1.013978.json';
import p1_013988 from './procedures/1.013988.json';
import p1_013995 from './procedures/1.013995.json';
import p2_000635 from './procedures/2.000635.json';
import p2_000815 from './procedures/2.000815.json';
import p2_000884 from './procedures/2.000884.json';
import p2_000986 from './procedures/2.000986.json';
import p2_001019 from './procedures/2.001019.json';
import p2_001035 from './procedures/2.001035.json';

export const procedureFiles: readonly unknown[] = [
  p1_000656,
  p1_000894,
  p1_001022,
  p1_001193,
  p1_001612,
  p1_001776,
  p1_004194,
  p1_004222,
  p1_004837,
  p1_004859,
  p1_004873,
  p1_004884,
  p1_011441,
  p1_011443,
  p1_011445,
  p1_012756,
  p1_012781,
  p1_012783,
  p1_012785,
  p1_012787,
  p1_012790,
  p1_012796,
  p1_012812,
  p1_012818,
  p1_013833,
  p1_013978,
  p1_013988,
  p1_013995,
  p2_000635,
  p2_000815,
  p2_000884,
  p2_000986,
  p2_001019,
  p2_001035,
];
