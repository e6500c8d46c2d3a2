import type { Command } from 'commander';

/** Options that many commands take; the files only where a command needs them. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly secretsFile: string;
  readonly settings: string;
}

/** A command's own options together with the global ones. */
export const optionsOf = <Own extends object = object>(command: Command): Own & GlobalOptions =>
  command.optsWithGlobals<Own & GlobalOptions>();

const address = (variable: string, fallback: string) => (process.env[variable] || fallback).replace(/\/+$/, '');

/** The gateway's address as the host sees it. */
export const gatewayUrl = () => address('GATEWAY_URL', 'http://localhost:4000');
/** The key-provisioner's address as the host sees it. */
export const provisionerUrl = () => address('GATEWAY_PROVISIONER_URL', 'http://localhost:8100');
