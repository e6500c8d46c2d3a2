/** One thing that is wrong in `gateway.yaml`: where, what was found, what is allowed, and the nearest allowed word. */
export interface SettingsProblem {
  /** `policies.workspace.max_budget` */
  readonly path: string;
  readonly message: string;
}

/** All that is wrong in a settings file, at once. Its message is meant for people. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(
    readonly file: string,
    readonly problems: readonly SettingsProblem[],
  ) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    const lines = problems.map(({ path, message }) => `  ${path ? `${path}: ` : ''}${message}`);
    super(`${file} has ${count}:\n${lines.join('\n')}`);
  }
}
