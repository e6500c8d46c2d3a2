import type { Symptom } from '../symptom';

/** Seconds. Expiry and budget windows are days; beyond this, tokens of other services begin to fail. */
const TOLERATED = 60;

/** Clocks that differ: keys expire early, providers refuse signatures. */
export const clockWrong: Symptom = {
  id: 'clock-wrong',
  title: 'keys expire early, or a provider says a signature is too old',
  detection: "this machine's clock against the gateway's and the workspace's",
  causes: ['time synchronization is off', 'a virtual machine was suspended'],
  detect: async (examination) => {
    const { ahead } = await examination.health();
    const facts = await examination.workspace();
    const now = Date.now();
    const clocks = [
      ...(ahead === undefined ? [] : [{ whose: 'the gateway', ahead }]),
      ...(facts?.ahead === undefined ? [] : [{ whose: 'the workspace', ahead: facts.ahead }]),
    ];
    return clocks
      .filter(({ ahead }) => Math.abs(ahead) > TOLERATED)
      .map(({ whose, ahead }) => ({
        cause: `the clock of ${whose} is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`,
        evidence: [`here ${new Date(now).toISOString()}, there ${new Date(now + ahead * 1000).toISOString()}`],
        fix: ['timedatectl set-ntp true   # on the machine whose clock is wrong', 'timedatectl status'],
      }));
  },
};
