# shellcheck shell=bash
# shellcheck disable=SC2154 # listener_port is listener.sh's
# Requests this workspace's files from the key-provisioner. Values reach curl and jq by the environment or files, never as
# arguments, which any process may read.

# The selected agents as a JSON array; `both` means the Roo extension that this image holds, and OpenCode.
wanted_agents() {
  # shellcheck disable=SC2016 # jq's variables
  jq --null-input --compact-output '
    ($ENV.GATEWAY_IMAGE_AGENTS // "" | if test("\\bzoo-code\\b") then "zoo-code" else "roo-code" end) as $roo
    | [($ENV.GATEWAY_AGENTS // "") | splits("[, ]+") | select(. != "" and . != "none")
       | if . == "both" then $roo, "opencode" else . end] | unique'
}

# request_configuration AGENTS DIRECTORY: 0 and DIRECTORY/answer.json, or 1 and DIRECTORY/problem, one sentence.
request_configuration() {
  local agents=$1 directory=$2 url=${GATEWAY_PROVISIONER_URL:-}/api/v1/workspaces/configure
  local attempts=${GATEWAY_START_ATTEMPTS:-8} attempt status pause
  missing_environment >"$directory/problem" || return 1
  ! wants_listener "$agents" || url+="?listener=$listener_port"

  AGENTS=$agents API_KEY=${GATEWAY_API_KEY:-} jq --null-input '{
    workspace_id: $ENV.CODER_WORKSPACE_ID, owner_id: $ENV.GATEWAY_OWNER_ID, username: $ENV.CODER_WORKSPACE_OWNER_NAME,
    agents: ($ENV.AGENTS | fromjson), model: $ENV.GATEWAY_MODEL
  } + (if ($ENV.CODER_WORKSPACE_NAME // "") == "" then {} else {workspace_name: $ENV.CODER_WORKSPACE_NAME} end)
    + (if $ENV.API_KEY == "" then {} else {api_key: $ENV.API_KEY} end)' >"$directory/request.json"
  printf 'Authorization: Bearer %s\nContent-Type: application/json\n' "$GATEWAY_WORKSPACE_TOKEN" >"$directory/headers"

  for ((attempt = 1; ; attempt++)); do
    status=$(curl --silent --noproxy '*' --connect-timeout 5 --max-time 60 --output "$directory/answer.json" \
      --dump-header "$directory/answer-headers" --write-out '%{http_code}' \
      --header @"$directory/headers" --data-binary @"$directory/request.json" "$url") || status=000
    case $status in
      200)
        jq --exit-status '(.files | type) == "array" and (.environment | type) == "object"' \
          "$directory/answer.json" >/dev/null 2>&1 && return 0
        echo "the key-provisioner at $GATEWAY_PROVISIONER_URL did not send a configuration" >"$directory/problem"
        return 1
        ;;
      000) echo "the key-provisioner at $GATEWAY_PROVISIONER_URL does not answer" >"$directory/problem" ;;
      *)
        jq -r '.detail // .title // empty' "$directory/answer.json" >"$directory/problem" 2>/dev/null || true
        [[ -s $directory/problem ]] || echo "the key-provisioner answered with status $status" >"$directory/problem"
        ;;
    esac
    [[ $status =~ ^(000|429|5..)$ ]] && ((attempt < attempts)) || return 1
    pause=$(retry_after "$directory/answer-headers" "$attempt")
    say "$(<"$directory/problem"); retrying in $pause s (attempt $attempt of $attempts)"
    sleep "$pause"
  done
}

# Seconds until the next attempt: the server's Retry-After, at most 30; else 1, 2, 4 … 15.
retry_after() {
  local seconds
  seconds=$(sed -nE 's/^[Rr]etry-[Aa]fter: *([0-9]+)\r?$/\1/p' "$1" 2>/dev/null | tail -n 1)
  if [[ -n $seconds ]]; then
    ((seconds <= 30)) || seconds=30
  else
    seconds=$((2 ** ($2 - 1)))
    ((seconds <= 15)) || seconds=15
  fi
  echo "$seconds"
}

missing_environment() {
  local name
  for name in GATEWAY_PROVISIONER_URL GATEWAY_WORKSPACE_TOKEN CODER_WORKSPACE_ID GATEWAY_OWNER_ID \
    CODER_WORKSPACE_OWNER_NAME GATEWAY_MODEL; do
    if [[ -z ${!name:-} ]]; then
      echo "$name is not set: the workspace template must pass it to the container"
      return 1
    fi
  done
}
