# shellcheck shell=bash
# The repository around the current folder, by its files: git would believe the repository's own core.worktree.

# The top folder of the repository; without a repository, the current folder.
repository_top() {
  local top
  top=$(pwd -P)
  while [[ ! -e $top/.git && $top != / ]]; do top=$(dirname "$top"); done
  if [[ $top == / ]]; then pwd -P; else echo "$top"; fi
}

# The current folder and each above it, up to the repository's top.
folders_of_repository() {
  local here top
  here=$(pwd -P) top=$(repository_top)
  while :; do
    echo "$here"
    [[ $here != "$top" && $here != / ]] || break
    here=$(dirname "$here")
  done
}

# Whether this is a link to something that is not in the repository, such as the key.
leads_out_of_repository() { # PATH
  [[ -L $1 && $(readlink -f "$1") != "$(repository_top)"/* ]]
}
