import { ANTHROPIC_HEADER, ANTHROPIC_PATHS, SHARED_PATHS } from './refusals';

/** A string of Lua. */
export function luaText(value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value) || /["\\]/.test(value))
    throw new Error(`"${value}" does not stand in Lua as it is`);
  return `"${value}"`;
}

export const luaList = (values: readonly string[]): string => `{ ${values.map(luaText).join(', ')} }`;

/** A table that holds true for each value. */
export const luaSet = (values: readonly string[]): string =>
  `{ ${values.map((value) => `[${luaText(value)}] = true`).join(', ')} }`;

/** Lua that both filters of the edge begin with: an answer in the words of the route, Anthropic's envelope or OpenAI's. */
export const REFUSE = `local function speaksAnthropic(handle, path)
  for _, beginning in ipairs(${luaList(ANTHROPIC_PATHS)}) do
    if path:sub(1, #beginning) == beginning then return true end
  end
  return path:sub(1, ${SHARED_PATHS.length}) == ${luaText(SHARED_PATHS)} and handle:headers():get(${luaText(ANTHROPIC_HEADER)}) ~= nil
end

local function refuse(handle, path, status, kind, message, more)
  local answer
  if speaksAnthropic(handle, path) then
    answer = '{"type":"error","error":{"type":"' .. kind .. '","message":"' .. message .. '"}}'
  else
    answer = '{"error":{"message":"' .. message .. '","type":"' .. kind .. '","param":null,"code":"' .. status .. '"}}'
  end
  local headers = more or {}
  headers[":status"] = status
  headers["content-type"] = "application/json"
  handle:respond(headers, answer)
end

local function away(handle, path)
  refuse(handle, path, "503", "api_error", "the gateway is busy or starting; try again in a few seconds", { ["retry-after"] = "5" })
end
`;

/** Lua that runs a function on each request. After an error of a filter Envoy would pass the request on as it came; this refuses it. */
export const guarded = (name: string): string => `
function envoy_on_request(handle)
  local ok, reason = pcall(${name}, handle)
  if ok then return end
  handle:logErr(tostring(reason))
  away(handle, "/")
end
`;
