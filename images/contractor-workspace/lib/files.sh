# shellcheck shell=bash
# shellcheck disable=SC2154 # lib, settings, state and scratch are start-workspace's
# Writes the files that the key-provisioner sent: each one whole or not at all, and none outside of the agents' folders.

manifest=$state/files

# A file that the person edits as well; ours and theirs are merged.
is_shared() { [[ $1 == "$HOME/.config/opencode/opencode.json" || $1 == "$HOME/.config/kilo/kilo.json" ]]; }

is_allowed() {
  [[ $1 != *..* ]] || return 1
  case $1 in
    "$HOME"/.config/*/* | "$HOME"/.continue/*) ;;
    "${WORKSPACE_ETC_DIR:-/etc}"/opencode/* | "${WORKSPACE_ETC_DIR:-/etc}"/kilo/*) ;;
    "${WORKSPACE_ETC_DIR:-/etc}"/claude-code/* | "${WORKSPACE_ETC_DIR:-/etc}"/codex/*) ;;
    *) return 1 ;;
  esac
}

write_configuration() { # the answer's file
  local answer=$1 count index path mode
  : >"$scratch/manifest"
  count=$(jq '.files | length' "$answer")
  for ((index = 0; index < count; index++)); do
    path=$(jq -r ".files[$index].path" "$answer")
    mode=$(jq -r ".files[$index].mode" "$answer")
    [[ -z ${WORKSPACE_ETC_DIR:-} || $path != /etc/* ]] || path=$WORKSPACE_ETC_DIR${path#/etc}
    if ! is_allowed "$path" || [[ ! $mode =~ ^0[0-7]{3}$ ]]; then
      say "the key-provisioner sent a file that does not belong in a workspace; skipped: ${path@Q} (mode ${mode@Q})"
      continue
    fi
    mkdir -p "$(dirname "$path")"
    if is_shared "$path"; then
      jq ".files[$index].content | {pinned: fromjson}" "$answer" | node "$lib/merge-settings.js" "$path" || true
      continue
    fi
    jq --join-output ".files[$index].content" "$answer" >"$path.part"
    chmod "$mode" "$path.part"
    mv -f "$path.part" "$path"
    printf '%s\0' "$path" >>"$scratch/manifest"
  done
  remove_files_of_earlier_starts "$scratch/manifest"
  cp "$scratch/manifest" "$manifest.part" && mv "$manifest.part" "$manifest"

  jq -r '.environment | to_entries[] | select(.key | test("^[A-Z_][A-Z0-9_]*$")) | "export \(.key)=\(.value | @sh)"' \
    "$answer" >"$settings/environment.part"
  mv "$settings/environment.part" "$settings/environment"
}

# Removes what an earlier start wrote and this one did not: an agent that is no longer selected keeps no key.
remove_files_of_earlier_starts() { # [file that lists those to keep]
  local path
  local -A keep=()
  if [[ -n ${1:-} ]]; then
    while IFS= read -r -d '' path; do keep[$path]=1; done <"$1"
  else
    rm -f "$settings/environment"
  fi
  [[ -r $manifest ]] || return 0
  while IFS= read -r -d '' path; do
    [[ -n ${keep[$path]:-} ]] || ! is_allowed "$path" || rm -f "$path"
  done <"$manifest"
  [[ -n ${1:-} ]] || rm -f "$manifest"
}
