import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython, requireVenv } from '../../../../runtime/installation/python';

/** A directory for the PATH with commands that print a version, and fail at `import venv`. */
function commands(versions: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'python-test-'));
  mkdirSync(directory, { recursive: true });
  for (const [name, version] of Object.entries(versions)) {
    const file = join(directory, name);
    writeFileSync(file, `#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\necho ${version}\n`);
    chmodSync(file, 0o755);
  }
  return directory;
}

test('without Python the message says which is needed and how to name one', async () => {
  await expect(findPython({ PATH: commands({}) })).rejects.toThrow(
    /^LiteLLM needs Python 3\.10 to 3\.13, and there is no python3, .* on the PATH; install one of these, or name its interpreter in GATEWAY_PYTHON$/,
  );
});

test('a Python that is too old is named with its version', async () => {
  await expect(findPython({ PATH: commands({ python3: '3.8.20' }) })).rejects.toThrow('but python3 is 3.8.20');
});

test('a fitting Python beside an unfit one is found', async () => {
  const path = commands({ python3: '3.14.0', 'python3.12': '3.12.4' });
  await expect(findPython({ PATH: path })).resolves.toEqual({ command: 'python3.12', version: '3.12.4' });
});

test('GATEWAY_PYTHON is used, and nothing else', async () => {
  const path = commands({ python3: '3.12.4', mine: '3.9.1' });
  await expect(findPython({ PATH: path, GATEWAY_PYTHON: 'mine' })).rejects.toThrow('but mine is 3.9.1');
});

test('a Python without venv is named with the package that has it', async () => {
  const python = { command: join(commands({ python3: '3.12.4' }), 'python3'), version: '3.12.4' };
  await expect(requireVenv(python)).rejects.toThrow('apt install python3.12-venv');
});
