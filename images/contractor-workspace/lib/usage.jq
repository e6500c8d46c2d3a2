# GET /api/v1/keys/info as text: $form is line, greeting or table.

def money: if . == null then "no limit" else (. * 100 | round) as $cents
  | "$\($cents / 100 | floor).\("0\($cents % 100)" | .[-2:])" end;
def left: if .max_budget == null then null else [.max_budget - (.spend // 0), 0] | max end;
# What is left as a bar: full at first, and never quite empty before the last cent.
def bar: if .max_budget == null or .max_budget <= 0 then ""
  else ([left / .max_budget * 20 | ceil, 20] | min) as $full
  | "[" + ([range($full) | "#"] | add // "") + ([range(20 - $full) | "."] | add // "") + "]" end;
def on_day: if . == null then "never" else "on \(.[0:10])" end;
def sum: if .max_budget == null then "\(.spend // 0 | money) spent"
  else "\(left | money) of \(.max_budget | money) left" end;
# The tighter of the key's own limit and the person's over all keys.
def tight: [., (.person // empty)] | map(select(.max_budget != null)) | if length == 0 then {spend: 0, max_budget: null} else min_by(left) end;

if $form == "line" then
  (if .state == "active" or .state == null then tight as $it | (if $it.max_budget == null then . else $it end | sum) else .state end)
elif $form == "greeting" then
  "AI: \($ENV.AI_MODEL // "?"), \(tight as $it | if $it.max_budget == null then sum else ($it | "\(bar) \(sum)") end)",
  "    Run ai-usage or ai-models for details."
else
  "this workspace  \(bar) \(sum), resets \(.budget_reset_at | on_day)",
  (.person // empty | "you, all keys   \(bar) \(sum), resets \(.budget_reset_at | on_day)"),
  "rate            \(.rpm_limit // "unlimited") requests a minute\(if .tpm_limit then ", \(.tpm_limit) tokens a minute" else "" end)",
  "key             \(.name // "your own"), \(.state // "active"), expires \(.expires | on_day)",
  "models          \((.models // []) | join(", "))"
end
