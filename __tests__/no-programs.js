/** In place of `node:child_process` in the suite `unit`, which is over in seconds: what starts programs is a test of `programs`. */
const starters = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'];

module.exports = Object.fromEntries(
  starters.map((name) => [
    name,
    (program) => {
      throw new Error(`a unit test starts no program, and this one starts ${program}; move it to __tests__/programs`);
    },
  ]),
);
