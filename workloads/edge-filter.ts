import { LARGEST_BODY, UNKNOWN_KEY_BODY } from './body-limits';
import { guarded, luaList as list, REFUSE, luaSet as set, luaText as text } from './edge-lua';
import { ANTHROPIC_HEADER, BODY_REFUSALS, type Refusal } from './refusals';
import { ADMIN_SEGMENTS, PASSED_HEADER_PREFIXES, PASSED_HEADERS, PASSED_QUERIES } from './request-surface';

/** Cluster that the filter asks whether LiteLLM knows a key. */
export const KEY_CHECK_CLUSTER = 'litellm-keys';

/** Header under which the filter sees that a body is chunked. */
export const CHUNKED_HEADER = 'x-envoy-edge-chunked';

/** Seconds for which a key that LiteLLM knew, or did not know, is not asked about again. */
const KNOWN_SECONDS = 60;
const UNKNOWN_SECONDS = 5;
/** Keys that are remembered of either kind; beyond that all are forgotten. */
const REMEMBERED = 2000;
const ANSWER_WITHIN_MS = 10_000;

const refused = ({ status, type, message }: Refusal) =>
  `refuse(handle, path, ${[String(status), type, message].map(text).join(', ')})`;

/**
 * The edge's own part of the work on each request, in Lua: what it refuses before a body is read, and what of a request
 * reaches LiteLLM. A known key is remembered for a minute for the sake of body sizes only; LiteLLM judges each request itself.
 *
 * @param replicas - how many LiteLLM there are
 */
export const edgeFilter = (replicas: number): string => `
local HEADERS = ${set(PASSED_HEADERS)}
local PREFIXES = ${list(PASSED_HEADER_PREFIXES)}
local ADMIN = ${set(ADMIN_SEGMENTS)}
local QUERIES = {
${PASSED_QUERIES.map(({ method, path, parameters, ofAdminPages }) => `  [${text(`${method} ${path}`)}] = ${set([...parameters, ...ofAdminPages])},`).join('\n')}
}

${REFUSE}
local known, unknown, refusals, remembered = {}, {}, {}, { known = 0, unknown = 0 }

local function remember(kind, key, untilTime)
  if remembered[kind] >= ${REMEMBERED} then
    if kind == "known" then known = {} else unknown, refusals = {}, {} end
    remembered[kind] = 0
  end
  remembered[kind] = remembered[kind] + 1
  if kind == "known" then known[key] = untilTime else unknown[key] = untilTime end
end

-- Whether LiteLLM knows the key, and else the answer is given.
local function keyIsKnown(handle, path, key, authorization, apiKey)
  local now, anthropic = os.time(), speaksAnthropic(handle, path)
  if (known[key] or 0) > now then return true end
  -- LiteLLM's refusal says more than that the key is not valid, in the envelope that it is asked for.
  local asked = (anthropic and "anthropic\\n" or "openai\\n") .. key
  if (unknown[asked] or 0) <= now then
    local answer, words, status
    for _ = 1, ${replicas > 1 ? 4 : 1} do
      answer, words = handle:httpCall(${text(KEY_CHECK_CLUSTER)}, {
        [":method"] = "GET", [":path"] = "/v1/models", [":authority"] = "litellm",
        ["authorization"] = authorization, ["x-api-key"] = apiKey, [${text(ANTHROPIC_HEADER)}] = anthropic and "2023-06-01" or nil,
        ["x-envoy-retry-on"] = "connect-failure", ["x-envoy-max-retries"] = "${replicas > 1 ? 5 : 0}",
      }, nil, ${ANSWER_WITHIN_MS})
      status = tonumber(answer[":status"]) or 503
      -- Nobody took the connection, or nobody in time; another LiteLLM may.
      if status ~= 503 then break end
    end
    if status >= 500 then away(handle, path) return false end
    if status ~= 401 then
      remember("known", key, now + ${KNOWN_SECONDS})
      return true
    end
    remember("unknown", asked, now + ${UNKNOWN_SECONDS})
    refusals[asked] = (words or ""):find('"error"', 1, true) and words or nil
  end
  if refusals[asked] then
    handle:respond({ [":status"] = "401", ["content-type"] = "application/json", ["x-should-retry"] = "false" }, refusals[asked])
    return false
  end
  refuse(handle, path, "401", "authentication_error", "this key is not valid here", { ["x-should-retry"] = "false" })
  return false
end

local function passes(name)
  if HEADERS[name] or name:sub(1, 1) == ":" then return true end
  for _, prefix in ipairs(PREFIXES) do
    if name:sub(1, #prefix) == prefix then return true end
  end
  return false
end

local function knownQuery(method, path, query)
  local allowed, kept = QUERIES[method .. " " .. path], {}
  -- Other lists than those of models are read by the admin pages, and ask no model.
  if not allowed and (method == "GET" or method == "HEAD") then return query end
  for parameter in query:gmatch("[^&]+") do
    if allowed and allowed[parameter:match("^[^=]*")] then kept[#kept + 1] = parameter end
  end
  return table.concat(kept, "&")
end

local function work(handle)
  local headers = handle:headers()
  local method = headers:get(":method")
  local path, query = headers:get(":path"):match("^([^?]*)%??(.*)$")
  local length = tonumber(headers:get("content-length") or "0") or 0

  if (headers:get(${text(CHUNKED_HEADER)}) or "") ~= "" then
    return ${refused(BODY_REFUSALS.chunked)}
  end
  if length > ${LARGEST_BODY} then
    return ${refused(BODY_REFUSALS.tooLarge)}
  end

  local dropped, admin = {}, path == "/" or ADMIN[path:match("^/([^/]*)") or ""]
  for name in pairs(headers) do
    if name:find("^x%-envoy%-") or not (admin or passes(name)) then dropped[#dropped + 1] = name end
  end
  local encoding = headers:get("content-encoding")
  if not admin and encoding and encoding ~= "identity" then
    return ${refused(BODY_REFUSALS.compressed)}
  end
  for _, name in ipairs(dropped) do headers:remove(name) end
  if not admin then
    -- Without it Envoy finds no route.
    headers:replace("x-forwarded-proto", "http")
    headers:replace(":authority", "litellm")
    local passed = knownQuery(method, path, query)
    headers:replace(":path", passed == "" and path or path .. "?" .. passed)
  end

  if length <= ${UNKNOWN_KEY_BODY} then return end
  local authorization, apiKey = headers:get("authorization"), headers:get("x-api-key")
  local key = (authorization or "") .. "\\n" .. (apiKey or "")
  keyIsKnown(handle, path, key, authorization, apiKey)
end

${guarded('work')}`;
