/** Usage: node --import tsx …/up.ts [--port 4100] [--host 127.0.0.1] [--retired REGEX] [--strict REGEX] [--prefer write|shell] [--log FILE] */
import { parseArgs } from 'node:util';
import { startScriptedAnthropic } from './scripted-anthropic';

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '4100' },
    host: { type: 'string' },
    retired: { type: 'string' },
    strict: { type: 'string' },
    prefer: { type: 'string', default: 'write' },
    log: { type: 'string' },
  },
});

const pattern = (source?: string) => (source ? new RegExp(source) : undefined);

void startScriptedAnthropic({
  port: Number(flags.port),
  host: flags.host,
  retired: pattern(flags.retired),
  strict: pattern(flags.strict),
  prefer: flags.prefer === 'shell' ? 'shell' : 'write',
  logFile: flags.log,
}).then(({ url, stop }) => {
  console.log(JSON.stringify({ url }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().then(() => process.exit(0)));
  }
});
