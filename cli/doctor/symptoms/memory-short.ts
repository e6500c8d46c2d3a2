import type { DoctorContext, Role } from '../doctor-context';
import { DEPLOY, type Diagnosis, foundIf, type Step, type Symptom, step } from '../symptom';

/** A machine with less available memory is out of memory. */
const LITTLE_SHARE = 0.03;

/** Something was ended because it needed more memory than it may have. */
export const memoryShort: Symptom = {
  id: 'memory-short',
  title: 'the gateway disappears under load and comes back',
  detection: "Docker's record of containers ended for their memory, and the host's available memory",
  causes: ['litellm.memory_mb is too small for the load', 'the host has too little memory for its workspaces'],
  detect: async (doctor) => {
    const killed: Diagnosis[] = [];
    for (const role of ['litellm', 'edge', 'postgres', 'key-provisioner'] as const) {
      if (!(await doctor.state(role))) continue;
      const evidence = await doctor.runtime.memoryKill(doctor.workloadName(role));
      if (!evidence) continue;
      killed.push({
        cause: `${doctor.workloadName(role)} was ended because it needed more memory than it may have`,
        evidence: [evidence],
        fix: [moreMemory(doctor, role)],
        explains: ['gateway-down', 'database-down', 'provisioner-down'],
      });
    }
    return foundIf([...killed, ...machineShort(doctor)]);
  },
};

function moreMemory({ runtime, workloadName }: DoctorContext, role: Role): Step {
  if (role === 'edge')
    return step('Report this with its log, since its limit is fixed:', runtime.commands.log(workloadName(role)));
  return step(`Raise ${role.replace('-', '_')}.memory_mb in gateway.yaml and deploy:`, DEPLOY);
}

function machineShort({ machine, runtime }: DoctorContext): Diagnosis[] {
  const memory = machine.memory();
  if (!memory || memory.availableShare >= LITTLE_SHARE) return [];
  const { availableMegabytes, availableShare } = memory;
  return [
    {
      cause: 'this machine is out of memory',
      evidence: [`/proc/meminfo: ${availableMegabytes} MiB available (${Math.round(availableShare * 100)} %)`],
      fix: [
        step('Find out what uses the memory:', runtime.commands.memoryUsage),
        step('Stop workspaces that are not used, or give the machine more memory.'),
      ],
    },
  ];
}
