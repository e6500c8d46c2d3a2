import { BODY_SECONDS, READ_WHOLE, UNDER_WAY_PER_KEY, UNDER_WAY_READ_WHOLE, UNKNOWN_KEY_BODY } from './body-limits';
import { guarded, REFUSE } from './edge-lua';

/**
 * The edge's second filter, in Lua: it counts the bodies on their way, and refuses one too many. It is another filter than the
 * first because that one may have waited for LiteLLM, and a body that has begun meanwhile cannot be watched any more. Nobody tells
 * of a body that was broken off, so that one counts for as long as Envoy would have waited for it.
 */
export const uploadsFilter = (): string => `
${REFUSE}
local uploads, last = {}, 0

-- What a key has on its way, and what is read whole.
local function bytesUnderWay(key, now)
  local ofKey, readWhole = 0, 0
  for id, upload in pairs(uploads) do
    if upload.untilTime <= now then
      uploads[id] = nil
    else
      if upload.key == key then ofKey = ofKey + upload.length end
      if upload.length <= ${READ_WHOLE} then readWhole = readWhole + upload.length end
    end
  end
  return ofKey, readWhole
end

local function work(handle)
  local headers = handle:headers()
  local length = tonumber(headers:get("content-length") or "0") or 0
  if length <= ${UNKNOWN_KEY_BODY} then return end
  local key, now = (headers:get("authorization") or "") .. "\\n" .. (headers:get("x-api-key") or ""), os.time()
  local ofKey, readWhole = bytesUnderWay(key, now)
  if ofKey + length > ${UNDER_WAY_PER_KEY} or (length <= ${READ_WHOLE} and readWhole + length > ${UNDER_WAY_READ_WHOLE}) then
    return refuse(handle, headers:get(":path"), "429", "rate_limit_error",
      "too many large bodies are on their way at once; try again in a few seconds", { ["retry-after"] = "5" })
  end
  last = last + 1
  local id = last
  uploads[id] = { key = key, length = length, untilTime = now + ${BODY_SECONDS} }
  handle:streamInfo():dynamicMetadata():set("edge.uploads", "id", id)
  for _ in handle:bodyChunks() do end
  uploads[id] = nil
end

-- An answer that came before the whole body is the end of it too.
function envoy_on_response(handle)
  local known = handle:streamInfo():dynamicMetadata():get("edge.uploads")
  if known then uploads[known["id"]] = nil end
end
${guarded('work')}`;
