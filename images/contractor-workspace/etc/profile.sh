# shellcheck shell=sh
# For every interactive shell: the environment of this workspace's agents, and once per terminal the remaining budget.

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
    ;;
esac
