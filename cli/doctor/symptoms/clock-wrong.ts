import { foundIf, type Symptom, step } from '../symptom';

/** Expiry and budget windows are days; beyond this, tokens of other services begin to fail. */
const TOLERATED_SECONDS = 60;

/** Clocks that differ: keys expire early, providers refuse signatures. */
export const clockWrong: Symptom = {
  id: 'clock-wrong',
  title: 'keys expire early, or a provider says a signature is too old',
  detection: "this machine's clock against the gateway's and the workspace's",
  causes: ['time synchronization is off', 'a virtual machine was suspended'],
  detect: async (doctor) => {
    const gateway = (await doctor.gatewayHealth()).clockAheadSeconds;
    const workspace = (await doctor.workspace())?.clockAheadSeconds;
    const now = doctor.now();
    const clocks = [
      { whose: 'the gateway', ahead: gateway ?? 0 },
      { whose: 'the workspace', ahead: workspace ?? 0 },
    ];
    return foundIf(
      clocks
        .filter(({ ahead }) => Math.abs(ahead) > TOLERATED_SECONDS)
        .map(({ whose, ahead }) => ({
          cause: `the clock of ${whose} is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`,
          evidence: [`here ${now.toISOString()}, there ${new Date(now.getTime() + ahead * 1000).toISOString()}`],
          fix: [
            step('On the machine whose clock is wrong, switch time synchronization on:', 'timedatectl set-ntp true'),
            step('Check that it is synchronized:', 'timedatectl status'),
          ],
        })),
    );
  },
};
