import { Argument, type Command } from 'commander';
import type { CommandContext } from './context';
import { type GlobalOptions, optionsOf } from './options';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** `gateway completion bash|zsh|fish`: a script for the shell, made from the commands themselves. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .description('print a completion script: eval "$(gateway completion bash)"')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: Shell, _: unknown, command: Command) => run(program, shell, optionsOf(command), context));
}

function run(program: Command, shell: Shell, { json }: GlobalOptions, { io }: CommandContext): void {
  const script = completionScript(program, shell);
  if (json) io.printJson({ shell, script });
  else io.print(script);
}

/** What can follow a command: `keys create` → its subcommands, choices of its arguments, and options. */
interface Node {
  readonly path: string;
  readonly words: { word: string; about: string }[];
  readonly options: { word: string; about: string; takesFile: boolean; choices: readonly string[] }[];
}

/** The script of a shell. */
export function completionScript(program: Command, shell: Shell): string {
  const nodes = walk(program, []);
  return { bash, zsh, fish }[shell](nodes);
}

function walk(command: Command, path: readonly string[]): Node[] {
  const inherited: Command[] = [];
  for (let at: Command | null = command; at; at = at.parent) inherited.push(at);
  const options = inherited.flatMap((from) => from.options.filter((option) => !option.hidden && option.long));
  const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
  const node: Node = {
    path: path.join(' '),
    words: [
      ...command.commands.map((sub) => ({ word: sub.name(), about: sub.description() })),
      ...choices.map((word) => ({ word, about: '' })),
    ],
    options: [
      ...options.map((option) => ({
        word: option.long as string,
        about: option.description,
        takesFile: /file|csv/i.test(option.flags),
        choices: option.argChoices ?? [],
      })),
      { word: '--help', about: 'show help', takesFile: false, choices: [] },
    ],
  };
  return [node, ...command.commands.flatMap((sub) => walk(sub, [...path, sub.name()]))];
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Used by bash and zsh alike: finds the deepest known command among the words before the cursor. */
function findPath(nodes: readonly Node[], words: string): string {
  const known = nodes.map((node) => node.path).filter(Boolean);
  // Not "path": to zsh that is PATH.
  return `  local typed="" word
  for word in ${words}; do
    case "\${typed:+$typed }$word" in
      ${known.map(quoted).join('|')}) typed="\${typed:+$typed }$word" ;;
    esac
  done`;
}

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, words, options }) => {
    const all = [...words, ...options].map(({ word }) => word).join(' ');
    return `    ${quoted(path)}) COMPREPLY=($(compgen -W ${quoted(all)} -- "$current")) ;;`;
  });
  return `# bash completion of gateway: eval "$(gateway completion bash)"
_gateway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  case "$previous" in
${choiceCases(nodes, (choices) => `COMPREPLY=($(compgen -W ${quoted(choices)} -- "$current")); return`)}
    ${fileOptions(nodes)}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
${findPath(nodes, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}
  case "$typed" in
${cases.join('\n')}
  esac
}
complete -o default -F _gateway gateway`;
}

function zsh(nodes: readonly Node[]): string {
  const describe = (entries: readonly { word: string; about: string }[]) =>
    entries.map(({ word, about }) => quoted(`${word.replaceAll(':', '\\:')}:${about}`)).join(' ');
  const cases = nodes.map(
    ({ path, words, options }) => `    ${quoted(path)}) candidates=(${describe([...words, ...options])}) ;;`,
  );
  return `#compdef gateway
# zsh completion of gateway: eval "$(gateway completion zsh)"
_gateway() {
  case "\${words[CURRENT-1]}" in
${choiceCases(nodes, (choices) => `compadd -- ${choices}; return`)}
    ${fileOptions(nodes)}) _files; return ;;
  esac
${findPath(nodes, '"${(@)words[2,CURRENT-1]}"')}
  local -a candidates
  case "$typed" in
${cases.join('\n')}
  esac
  _describe 'gateway' candidates || _files
}
compdef _gateway gateway`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, words, options }) => {
    const steps = path ? path.split(' ') : [];
    const inside = steps.map((step) => `__fish_seen_subcommand_from ${step}`);
    const deeper =
      words.length > 0 ? [`not __fish_seen_subcommand_from ${words.map(({ word }) => word).join(' ')}`] : [];
    const condition = [...inside, ...deeper].join('; and ') || 'true';
    return [
      ...words.map(
        ({ word, about }) => `complete -c gateway -f -n ${quoted(condition)} -a ${word} -d ${quoted(about)}`,
      ),
      ...options.map(
        ({ word, about, takesFile, choices }) =>
          `complete -c gateway ${takesFile ? '-F -r' : choices.length > 0 ? `-x -a ${quoted(choices.join(' '))}` : '-f'} -n ${quoted(inside.join('; and ') || 'true')} -l ${word.slice(2)} -d ${quoted(about)}`,
      ),
    ];
  });
  return [`# fish completion of gateway: gateway completion fish | source`, ...new Set(lines)].join('\n');
}

function choiceCases(nodes: readonly Node[], complete: (choices: string) => string): string {
  const byOption = new Map(
    nodes.flatMap(({ options }) =>
      options.filter(({ choices }) => choices.length > 0).map(({ word, choices }) => [word, choices] as const),
    ),
  );
  return [...byOption].map(([word, choices]) => `    ${word}) ${complete(choices.join(' '))} ;;`).join('\n');
}

const fileOptions = (nodes: readonly Node[]) =>
  [
    ...new Set(nodes.flatMap(({ options }) => options.filter(({ takesFile }) => takesFile).map(({ word }) => word))),
  ].join('|');
