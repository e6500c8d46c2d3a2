# shellcheck shell=bash
# git runs what the .git/config of a repository names: core.fsmonitor and filters at each `git status`, diff commands at
# each `git diff`. A clone does not contain that file; an unpacked archive, a copied folder or a bare repository among the
# files can, and agents run git before they ask the person. Configuration from the environment overrides the file's.

# git started from here on runs none of them.
disable_git_commands() {
  local scope entry key value
  # shellcheck disable=SC2016 # git's shell expands it
  local plain_diff='plain() { diff -u "$2" "$5" || true; }; plain'
  set_git core.fsmonitor false
  set_git safe.bareRepository explicit
  while IFS= read -r -d '' scope && IFS= read -r -d '' entry; do
    [[ $scope == local || $scope == worktree ]] || continue
    key=${entry%%$'\n'*} value=${entry#*$'\n'}
    case $key in
      filter.*.clean | filter.*.smudge | filter.*.process)
        [[ $value =~ ^git-lfs\ (clean|smudge|filter-process)(\ (--\ )?%f)?$ ]] || set_git "$key" ''
        ;;
      filter.lfs.required) ;;
      filter.*.required) set_git "$key" false ;;
      diff.*.textconv) set_git "$key" cat ;;
      diff.external | diff.*.command) set_git "$key" "$plain_diff" ;;
    esac
  done < <(git config --list --show-scope --null 2>/dev/null)
}

set_git() { # KEY VALUE
  local count=${GIT_CONFIG_COUNT:-0}
  export "GIT_CONFIG_KEY_$count=$1" "GIT_CONFIG_VALUE_$count=$2" "GIT_CONFIG_COUNT=$((count + 1))"
}
