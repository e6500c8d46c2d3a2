import { BODY_SECONDS, READ_WHOLE, UNDER_WAY_PER_KEY, UNDER_WAY_READ_WHOLE, UNKNOWN_KEY_BODY } from './body-limits';
import { guarded, REFUSE } from './edge-lua';

/**
 * The edge's second filter, in Lua: it counts the bodies on their way, and refuses one too many. It is another filter than the
 * first because that one may have waited for LiteLLM, and a body that has begun meanwhile cannot be watched any more. Nobody tells
 * of a body that was broken off, so that one counts for as long as Envoy would have waited for it.
 */
export const uploadsFilter = (): string => `
${REFUSE}
local uploads = {}

-- What a key has on its way, and what is read whole; what is over is forgotten.
local function bytesUnderWay(key, now)
  local ofKey, readWhole = 0, 0
  for other, list in pairs(uploads) do
    for index = #list, 1, -1 do
      local upload = list[index]
      if upload.over or upload.untilTime <= now then
        table.remove(list, index)
      else
        if other == key then ofKey = ofKey + upload.length end
        if upload.length <= ${READ_WHOLE} then readWhole = readWhole + upload.length end
      end
    end
    if #list == 0 then uploads[other] = nil end
  end
  return ofKey, readWhole
end

local function beginUpload(key, length)
  local now = os.time()
  local ofKey, readWhole = bytesUnderWay(key, now)
  if ofKey + length > ${UNDER_WAY_PER_KEY} then return nil end
  if length <= ${READ_WHOLE} and readWhole + length > ${UNDER_WAY_READ_WHOLE} then return nil end
  local upload = { length = length, untilTime = now + ${BODY_SECONDS}, over = false }
  uploads[key] = uploads[key] or {}
  table.insert(uploads[key], upload)
  return upload
end

local function work(handle)
  local headers = handle:headers()
  local length = tonumber(headers:get("content-length") or "0") or 0
  if length <= ${UNKNOWN_KEY_BODY} then return end
  local upload = beginUpload((headers:get("authorization") or "") .. "\\n" .. (headers:get("x-api-key") or ""), length)
  if not upload then
    return refuse(handle, headers:get(":path"), "429", "rate_limit_error",
      "too many large bodies are on their way at once; try again in a few seconds", { ["retry-after"] = "5" })
  end
  for _ in handle:bodyChunks() do end
  upload.over = true
end
${guarded('work')}`;
