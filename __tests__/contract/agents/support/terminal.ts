import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/requests';
import type { Workspace } from './workspace';

/** The real Claude Code in a terminal of a workspace, as a person has it after the questions of its first start. */
export class Terminal {
  private constructor(private readonly workspace: Workspace) {}

  static async open(workspace: Workspace, env: Record<string, string>): Promise<Terminal> {
    const trusted = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true };
    writeFileSync(
      join(workspace.home, '.claude.json'),
      JSON.stringify({ hasCompletedOnboarding: true, theme: 'dark', projects: { [workspace.repository]: trusted } }),
    );
    const terminal = new Terminal(workspace);
    const size = ['-x', '160', '-y', '50'];
    const { code, output } = await workspace.run(
      'tmux',
      ['-S', terminal.socket, '-f', '/dev/null', 'new-session', '-d', ...size, 'claude'],
      { ...env, TERM: 'xterm-256color' },
    );
    if (code !== 0) throw new Error(`tmux did not start: ${output}`);
    await terminal.shows(/❯/);
    return terminal;
  }

  /** Sends a line. */
  async enter(line: string): Promise<void> {
    this.tmux('send-keys', '-l', line);
    // The list of commands that opens below "/" takes the first Enter otherwise.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    this.tmux('send-keys', 'Enter');
  }

  screen = () => this.tmux('capture-pane', '-p', '-S', '-200');

  /** Waits until the screen matches. */
  shows(pattern: RegExp, seconds = 60): Promise<void> {
    return eventually(async () => expect(this.screen()).toMatch(pattern), seconds);
  }

  close(): void {
    this.tmux('kill-server');
  }

  private get socket(): string {
    return join(this.workspace.directory, 'tmux');
  }

  private tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', this.socket, ...args], { encoding: 'utf8', stdio: 'pipe' });
  }
}
