/** Makes the kiosk known to the device that holds its office's queue: the supervisor's PIN is judged before anybody hears of the code. */
import { fail, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Office } from '../queue/office.ts';
import type { SupervisorPin } from './supervisor-pin.ts';

type Wish = { pin: string; address: string; code: string };

/** `supervisorPin` undefined: this device is no kiosk. Fails as `SupervisorPin.judge` and `Office.pair` do. */
export async function joinOffice(
  supervisorPin: SupervisorPin | undefined,
  office: Pick<Office, 'pair'>,
  { pin, address, code }: Wish,
): Promise<Result<{ hubName: string }, Failure>> {
  const judged = (await supervisorPin?.judge(pin)) ?? fail('no-pin');
  return judged.ok ? office.pair(address, code) : judged;
}
