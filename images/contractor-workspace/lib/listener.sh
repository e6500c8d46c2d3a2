# shellcheck shell=bash
# shellcheck disable=SC2154 # lib and state are start-workspace's
# The workspace's own address of the gateway: 127.0.0.1, from where connections are forwarded to AI_GATEWAY_URL as they are.
# Claude Code's gateway mode takes plain HTTP on its own loopback only. No key and no certificate is in it.

listener_port=${GATEWAY_LISTENER_PORT:-14000}

# wants_listener AGENTS: whether one of these agents (a JSON array) needs it.
wants_listener() { command -v socat >/dev/null && jq --exit-status 'index("claude-code")' <<<"$1" >/dev/null; }

start_listener() {
  [[ ${AI_GATEWAY_URL:-} =~ ^http://([A-Za-z0-9.-]+)(:([0-9]+))?/?$ ]] || return 0
  (cd / && exec setsid "$lib/forward-to-gateway" "$listener_port" "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]:-80}" \
    >>"$state/listener.log" 2>&1 9>&- </dev/null) &
  local attempt
  for ((attempt = 0; attempt < 50; attempt++)); do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$listener_port") 2>/dev/null || return 0
    sleep 0.1
  done
  echo "nothing listens on 127.0.0.1:$listener_port, where Claude Code finds the gateway; $state/listener.log says why"
}
