# GET /api/v1/keys/info as text: $form is line, greeting, warning or table.

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
# How full a budget is, 0 to 1 and more; and the fullest of the key's own and the person's.
def used: if .max_budget == null or .max_budget <= 0 then 0 else (.spend // 0) / .max_budget end;
def fullest: [. + {whose: "this workspace's"}, (.person // empty | . + {whose: "your"})] | max_by(used);

if $form == "line" then
  (if .state == "active" or .state == null then tight as $it | (if $it.max_budget == null then . else $it end | sum) else .state end)
elif $form == "greeting" then
  "AI: \($ENV.AI_MODEL // "?"), \(tight as $it | if $it.max_budget == null then sum else ($it | "\(bar) \(sum)") end)",
  "    Run ai-usage or ai-models for details."
elif $form == "warning" then
  # The threshold that is passed and the budget's window, on a line of their own; nothing below the first.
  fullest | (if used >= 0.95 then 95 elif used >= 0.75 then 75 else empty end) as $threshold
  | "\($threshold) \(.budget_reset_at // "never")",
    "AI: \(used * 100 | floor)% of \(.whose) budget is used; \(sum), resets \(.budget_reset_at | on_day)"
else
  "this workspace  \(bar) \(sum), resets \(.budget_reset_at | on_day)",
  (.person // empty | "you, all keys   \(bar) \(sum), resets \(.budget_reset_at | on_day)"),
  "rate            \(.rpm_limit // "unlimited") requests a minute\(if .tpm_limit then ", \(.tpm_limit) tokens a minute" else "" end)",
  "key             \(.name // "your own"), \(.state // "active"), expires \(.expires | on_day)",
  "models          \((.models // []) | join(", "))"
end
