import { type Command, InvalidArgumentError } from 'commander';
import { DURATION } from '../../images/key-provisioner/src/keys/duration';

/** Limits given on the command line; each overrides the policy of the key's scope. */
export interface LimitOptions {
  readonly budget?: number;
  readonly window?: string;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly lifetime?: string;
  readonly models?: string[];
}

const positive = (value: string) => {
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('It must be a number above zero.');
  return number;
};
const whole = (value: string) => {
  const number = positive(value);
  if (!Number.isInteger(number)) throw new InvalidArgumentError('It must be a whole number above zero.');
  return number;
};
const span = (value: string) => {
  if (!DURATION.test(value))
    throw new InvalidArgumentError('It must be a whole number followed by s, m, h or d, such as 30d.');
  return value;
};
const names = (value: string) => {
  const list = value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (list.length === 0) throw new InvalidArgumentError('It must name at least one model.');
  return list;
};

/** Adds the options that override a scope's policy. */
export function withLimits(command: Command): Command {
  return command
    .option('--budget <usd>', 'US dollars per window', positive)
    .option('--window <span>', 'how often spend is reset to zero, such as 30d', span)
    .option('--rpm <n>', 'requests per minute', whole)
    .option('--tpm <n>', 'tokens per minute', whole)
    .option('--lifetime <span>', 'how long the key is valid, such as 90d', span)
    .option('--models <names>', 'comma-separated model names, as `gateway models` shows them', names);
}

/** The same as the API's fields. */
export const limitsOf = (options: LimitOptions) => ({
  ...(options.budget === undefined ? {} : { max_budget: options.budget }),
  ...(options.window === undefined ? {} : { budget_duration: options.window }),
  ...(options.rpm === undefined ? {} : { rpm_limit: options.rpm }),
  ...(options.tpm === undefined ? {} : { tpm_limit: options.tpm }),
  ...(options.lifetime === undefined ? {} : { duration: options.lifetime }),
  ...(options.models === undefined ? {} : { models: options.models }),
});
