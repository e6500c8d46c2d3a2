import type { Symptom } from '../symptom';
import { budgetExhausted } from './budget-exhausted';
import { budgetSetAside } from './budget-set-aside';
import { clockWrong } from './clock-wrong';
import { configurationBroken } from './configuration-broken';
import { databaseDown } from './database-down';
import { diskFull } from './disk-full';
import { gatewayDown } from './gateway-down';
import { hostOpen } from './host-open';
import { keyExpired } from './key-expired';
import { keyRevoked } from './key-revoked';
import { keyUnknown } from './key-unknown';
import { memoryShort } from './memory-short';
import { modelNotFound } from './model-not-found';
import { modelRetiring } from './model-retiring';
import { providerCredential } from './provider-credential';
import { providerTrouble } from './provider-trouble';
import { provisionerCutOff } from './provisioner-cut-off';
import { provisionerDown } from './provisioner-down';
import { rooImportFailed } from './roo-import-failed';
import { rooPanelBlank } from './roo-panel-blank';
import { workspaceCutOff } from './workspace-cut-off';
import { workspaceFilesMissing } from './workspace-files-missing';

/** Everything the doctor knows, the platform first. */
export const SYMPTOMS: readonly Symptom[] = [
  diskFull,
  memoryShort,
  databaseDown,
  configurationBroken,
  gatewayDown,
  provisionerDown,
  provisionerCutOff,
  providerCredential,
  providerTrouble,
  keyUnknown,
  keyExpired,
  keyRevoked,
  budgetExhausted,
  budgetSetAside,
  modelNotFound,
  workspaceCutOff,
  workspaceFilesMissing,
  rooImportFailed,
  rooPanelBlank,
  clockWrong,
  modelRetiring,
  hostOpen,
];
