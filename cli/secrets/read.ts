import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SecretValues } from '../../deployment/kubernetes/secret';
import { SECRET_NAMES } from '../../settings/secrets';
import { usageError } from '../errors';
import { tfvarsString } from '../secrets-file';

/** What may stand behind a string. */
const COMMENT = /^(?:\s*(?:#|\/\/).*)?$/;

/**
 * The secrets of a `secrets.tfvars` or `secrets.tfvars.json`; empty ones are left out.
 *
 * @throws CliError (usage) where it cannot be read or a secret is not one plain string
 */
export function readSecrets(path: string, file: string): SecretValues {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw usageError(
      `${file} cannot be read (${code})`,
      'run `gateway init`, which writes it, or name it with --secrets-file',
    );
  }
  const values = file.endsWith('.json') ? ofJson(text, file) : ofHcl(text, file);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

function ofJson(text: string, file: string): SecretValues {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's own message quotes what it read.
    throw usageError(`${file} is not valid JSON`, 'correct it, or let `gateway init` write secrets.tfvars');
  }
  const object = z.partialRecord(z.enum(SECRET_NAMES), z.string()).safeParse(known(parsed));
  if (object.success) return object.data;
  throw usageError(`${file}: ${object.error.issues[0]?.path.join('.')} must be a string`);
}

const known = (parsed: unknown) =>
  Object.fromEntries(Object.entries(parsed as object).filter(([name]) => SECRET_NAMES.some((each) => each === name)));

function ofHcl(text: string, file: string): SecretValues {
  return Object.fromEntries(
    SECRET_NAMES.flatMap((name) => {
      const found = tfvarsString(text, name);
      if (found === undefined) return [];
      if (found === 'other' || !COMMENT.test(found.rest)) {
        throw usageError(
          `${file}: ${name} must be one string in double quotes on its line`,
          'write a secret of several lines with \\n',
        );
      }
      return [[name, found.value]];
    }),
  );
}
