# shellcheck shell=sh
# shellcheck disable=SC3028 # SECONDS is read by bash only
# For every interactive shell: the environment of this workspace's agents, once per terminal the remaining budget, and a line
# when 75 % and 95 % of it are used, for agents that do not say so themselves.

unset GATEWAY_WORKSPACE_TOKEN GATEWAY_API_KEY GATEWAY_GIT_PASSWORD
case ":$PATH:" in
  *:/opt/workspace/bin:*) ;;
  # Debian's login shells set their own PATH.
  *) PATH=/opt/workspace/bin:/opt/agents/bin${PATH:+:$PATH} ;; # an empty element would be the current folder
esac
if [ -r "$HOME/.config/ai-gateway/environment" ]; then
  # shellcheck source=/dev/null
  . "$HOME/.config/ai-gateway/environment"
fi
case $- in
  *i*)
    if [ -z "${AI_GREETED:-}" ] && [ -t 1 ]; then
      export AI_GREETED=1
      ai-usage --greeting || true
    fi
    if [ -n "${BASH_VERSION:-}" ] && [ -t 1 ]; then
      # Asked in the background every five minutes at most; the prompt itself only looks for a file.
      ai_warning_file=$HOME/.local/state/ai-gateway/warning.$$
      ai_warning_due=${AI_WARNING_SECONDS:-300}
      ai_show_warning() {
        if [ -s "$ai_warning_file" ]; then
          cat "$ai_warning_file"
          rm -f "$ai_warning_file"
        fi
        if [ "$SECONDS" -ge "$ai_warning_due" ]; then
          ai_warning_due=$((SECONDS + ${AI_WARNING_SECONDS:-300}))
          (umask 077 && ai-usage --warning >"$ai_warning_file" 2>/dev/null &)
        fi
      }
      case ";${PROMPT_COMMAND:-};" in
        *';ai_show_warning;'*) ;;
        *) PROMPT_COMMAND="ai_show_warning${PROMPT_COMMAND:+;$PROMPT_COMMAND}" ;;
      esac
    fi
    ;;
esac
