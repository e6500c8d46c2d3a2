# shellcheck shell=bash
# shellcheck disable=SC2154 # state is start-workspace's
# What the person asked for besides agents: the editor, a repository, dotfiles. Their input is passed as arguments and
# variables, never as text of a command. None of it stops the start: a failure is reported, and the workspace still opens.

editor_port=${GATEWAY_EDITOR_PORT:-13337}

start_editor() {
  command -v code-server >/dev/null || return 0
  ! editor_answers || return 0
  # In the home directory, as extensions start programs where the editor was started. Folders are not trusted until the
  # person trusts them: tasks, a folder's settings and extensions that run things (Roo Code) wait for that.
  (cd "$HOME" && exec setsid code-server --bind-addr "127.0.0.1:$editor_port" --auth none --disable-telemetry \
    --disable-update-check --disable-getting-started-override --extensions-dir /opt/code-server/extensions \
    >"$state/code-server.log" 2>&1 9>&- </dev/null) &
}

editor_answers() { curl --silent --fail --noproxy '*' --max-time 2 --output /dev/null "http://127.0.0.1:$editor_port/healthz"; }

await_editor() {
  command -v code-server >/dev/null || return 0
  local second
  for ((second = 0; second < 60; second++)); do
    ! editor_answers || return 0
    sleep 0.5
  done
  echo "code-server does not answer yet; its log is $state/code-server.log"
}

export GIT_TERMINAL_PROMPT=0 GIT_ALLOW_PROTOCOL=http:https:ssh:git:file

clone_repository() {
  local url=${GATEWAY_GIT_REPOSITORY:-} name target
  [[ -n $url ]] || return 0
  name=${url%/}
  name=${name##*[/:]}
  name=${name%.git}
  if [[ -z $name || $name == . || $name == .. ]]; then
    echo "the URL of the git repository, ${url@Q}, names no folder to clone into; it was not cloned"
    return 0
  fi
  remember_credentials "$url"
  target=$HOME/$name
  [[ ! -e $target ]] || return 0
  # Into a folder of another name, so that an incomplete clone is not mistaken for the repository at the next start.
  rm -rf "$target.part"
  if git clone --quiet -- "$url" "$target.part" 9>&- && mv "$target.part" "$target"; then
    echo "cloned the repository into ~/$name"
  else
    rm -rf "$target.part"
    echo "the git repository ${url@Q} could not be cloned (see above); clone it by hand, or correct its URL in the workspace's settings"
  fi
}

# In git's own memory, for that server only, never on disk. Each start stores them again.
remember_credentials() {
  local url=$1
  [[ -n ${GATEWAY_GIT_PASSWORD:-} && $url =~ ^(https?)://([^/?#@]*@)?([^/?#]+) ]] || return 0
  local protocol=${BASH_REMATCH[1]} host=${BASH_REMATCH[3]}
  if [[ ${GATEWAY_GIT_USERNAME:-}${GATEWAY_GIT_PASSWORD} == *$'\n'* ]]; then
    echo 'git credentials cannot contain a line break; they were ignored'
    return 0
  fi
  git config --global "credential.$protocol://$host.helper" 'cache --timeout=2592000'
  printf 'protocol=%s\nhost=%s\nusername=%s\npassword=%s\n\n' \
    "$protocol" "$host" "${GATEWAY_GIT_USERNAME:-git}" "$GATEWAY_GIT_PASSWORD" | git credential approve 9>&-
}

install_dotfiles() {
  local url=${GATEWAY_DOTFILES:-} script
  [[ -n $url ]] || return 0
  if command -v coder >/dev/null; then
    coder dotfiles --yes -- "$url" 9>&- </dev/null || echo "the dotfiles ${url@Q} could not be installed (see above)"
    return 0
  fi
  if [[ -d $HOME/.dotfiles/.git ]]; then
    git -C "$HOME/.dotfiles" pull --quiet --ff-only 9>&- || echo 'the dotfiles could not be updated (see above)'
  elif ! git clone --quiet -- "$url" "$HOME/.dotfiles" 9>&-; then
    echo "the dotfiles ${url@Q} could not be cloned (see above)"
    return 0
  fi
  for script in install.sh bootstrap.sh setup.sh; do
    if [[ -x $HOME/.dotfiles/$script ]]; then
      (cd "$HOME/.dotfiles" && "./$script" 9>&- </dev/null) || echo "the dotfiles' $script failed (see above)"
      return 0
    fi
  done
}
