# shellcheck shell=bash
# shellcheck disable=SC2154 # agent, program, value_options and subcommands are the wrapper's
# Starts OpenCode or what is made from it outside of the repository: its runtime (Bun) follows tsconfig.json, jsconfig.json
# and node_modules of the process's folder and of every folder above it, whatever the command, --version included. The
# program is told by PWD where it works (../build/keep-outside.js) and starts in /, which is root's. Folders and files
# that the command line names are looked up from where the person stands.
#
# Set before: agent (its name), program, value_options (its options that take a value) and subcommands, each `|a|b|`.

# shellcheck source=git-commands.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/git-commands.sh"

project=$(pwd -P 2>/dev/null) || {
  echo "$agent: the current folder no longer exists; change to another one" >&2
  exit 1
}
arguments=("$@")

# The first argument that is neither an option nor an option's value: a command, or the folder for the terminal interface.
position=0
while ((position < $#)); do
  case ${arguments[position]} in
    -*)
      [[ $value_options != *"|${arguments[position]}|"* ]] || ((position += 1))
      ((position += 1))
      ;;
    *) break ;;
  esac
done

absolute() {
  case $1 in
    '' | /* | http://* | https://*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$project" "$1" ;;
  esac
}

enter() { # FOLDER INDEX COUNT: works there, and removes the arguments that said so
  project=$([[ -n $1 ]] && cd -P "$(absolute "$1")" 2>/dev/null && pwd) || {
    echo "$agent: there is no folder ${1@Q}" >&2
    exit 1
  }
  arguments=("${arguments[@]:0:$2}" "${arguments[@]:$2+$3}")
}

# Index of an option, or of OPTION=VALUE, before any `--`.
index_of() {
  local index
  for ((index = position + 1; index < ${#arguments[@]}; index++)); do
    case ${arguments[index]} in
      --) return 1 ;;
      "$1" | "$1"=*) echo "$index" && return ;;
    esac
  done
  return 1
}

case ${arguments[position]:-} in
  '') ;;
  run)
    # With --attach it is a folder of the server's machine.
    if ! index_of --attach >/dev/null && index=$(index_of --dir); then
      case ${arguments[index]} in
        --dir) enter "${arguments[index + 1]:-}" "$index" 2 ;;
        *) enter "${arguments[index]#--dir=}" "$index" 1 ;;
      esac
    fi
    ;;
  import) [[ ${arguments[position + 1]:--} == -* ]] || arguments[position + 1]=$(absolute "${arguments[position + 1]}") ;;
  agent)
    if index=$(index_of --path); then
      case ${arguments[index]} in
        --path) arguments[index + 1]=$(absolute "${arguments[index + 1]:-}") ;;
        *) arguments[index]=--path=$(absolute "${arguments[index]#--path=}") ;;
      esac
    fi
    ;;
  *) [[ $subcommands == *"|${arguments[position]}|"* ]] || enter "${arguments[position]}" "$position" 1 ;;
esac

cd "$project" || exit 1
disable_git_commands
[[ ${without_hooks:-} != yes ]] || set_git core.hooksPath /dev/null
cd /
export PWD=$project
exec "$program" ${arguments[@]+"${arguments[@]}"}
