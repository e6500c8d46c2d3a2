/** As much of Anthropic's Messages API as the script uses. */

export type Schema = { properties?: Record<string, { type?: string; enum?: unknown[] }>; required?: string[] };
export type Tool = { name: string; input_schema?: Schema };
export type Block = { type: string; [field: string]: unknown };
/** A message, or the error it was refused with. */
export interface Message {
  content?: Block[];
  stop_reason?: string;
  usage?: Record<string, unknown>;
  error?: { type: string; message: string };
  [field: string]: unknown;
}
export type Answer = { status: number; message: Message; headers?: Record<string, string> | undefined };
export interface Body {
  model?: string;
  max_tokens?: number;
  stream?: boolean;
  system?: unknown;
  messages?: { role: string; content: string | Block[] }[];
  tools?: Tool[];
  tool_choice?: { type: string };
  [field: string]: unknown;
}
