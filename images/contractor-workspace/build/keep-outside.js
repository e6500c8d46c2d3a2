#!/usr/bin/env node
// Usage: keep-outside.js PROGRAM
//
// Makes OpenCode, Kilo Code or Cline (Bun executables) take the folder it works in from PWD and never change into it. What
// such a program imports and does not hold itself, Bun looks for in the process's working directory, by a repository's
// tsconfig.json and node_modules; OpenCode asks for `esprima` in this way at each start and runs what it is given. Bun
// has no switch against it. So the wrappers start the program in a folder that is root's (lib/start-outside.sh), and here
// the program's own text changes where it would ask for, or change, the process's folder: by text of the same length, in
// place. Cline's feature flags, which its telemetry setting does not cover, are asked of a closed port of this machine.
// A second run finds nothing to do; a program without this text is a version that this was not written for, and an error.
const { readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');

const REPLACEMENTS = [
  [/(?<![\w.$])process\.cwd\(\)/g, 'Bun.env.PWD  '],
  [/(?<![\w.$])process\.chdir\(/g, 'Bun.env.PWD= ('],
  [/https:\/\/data\.cline\.bot/g, 'http://127.0.0.1:9/off'],
];
/** What every program has to contain, before or after. */
const NEEDED = REPLACEMENTS.slice(0, 2);

const [file] = process.argv.slice(2);
const program = readFileSync(file);
const { start, end } = section(program, '.bun') ?? fail('has no section .bun');
const before = program.latin1Slice(start, end);
const after = REPLACEMENTS.reduce((text, [found, instead]) => text.replace(found, instead), before);

if (after !== before) {
  program.latin1Write(after, start);
  // Not in place: the file may be running, or be linked from elsewhere.
  writeFileSync(`${file}.part`, program, { mode: statSync(file).mode });
  renameSync(`${file}.part`, file);
} else if (NEEDED.some(([, instead]) => !before.includes(instead))) {
  fail('neither reads the working directory nor was patched before');
}

/** Where a 64-bit little-endian ELF file keeps the section of this name. */
function section(elf, wanted) {
  const header = (index) => Number(elf.readBigUInt64LE(0x28)) + index * elf.readUInt16LE(0x3a);
  const offset = (index) => Number(elf.readBigUInt64LE(header(index) + 0x18));
  const names = offset(elf.readUInt16LE(0x3e));
  for (let index = 0; index < elf.readUInt16LE(0x3c); index++) {
    const name = names + elf.readUInt32LE(header(index));
    if (elf.latin1Slice(name, elf.indexOf(0, name)) !== wanted) continue;
    return { start: offset(index), end: offset(index) + Number(elf.readBigUInt64LE(header(index) + 0x20)) };
  }
  return undefined;
}

function fail(why) {
  console.error(`${file} ${why}; find out how this version determines its working directory, and adapt ${__filename}`);
  process.exit(1);
}
