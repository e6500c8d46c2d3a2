/** Shapes results and errors the way the Rust engine (5.4) writes them on its GraphQL interface. */
import { type RawResponse, UserFacingError } from '@prisma/client-engine-runtime';

/** Clients recognise an expired transaction by the beginning of `error`. */
const TRANSACTION_HAS_ENDED = /^Transaction API error: (?=A \w+ cannot be executed on)/;

export interface ErrorResponse {
  error: string;
  user_facing_error: {
    is_panic: boolean;
    message: string;
    meta?: Record<string, unknown> | undefined;
    error_code?: string | undefined;
  };
}

interface DriverErrorCause {
  kind?: string;
  host?: string;
  port?: number;
  originalCode?: string;
  originalMessage?: string;
  constraint?: { fields?: string[]; index?: string };
}

interface TypedValue {
  prisma__type: string;
  prisma__value: unknown;
}

export function toWireResult(action: string, result: unknown): unknown {
  return action === 'queryRaw' ? toTypedRows(result as RawResponse) : untag(result);
}

/** Drops the `{ $type, value }` wrappers of the JSON protocol; GraphQL clients know the types from the schema. */
function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if ('$type' in value && 'value' in value) return value.value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, untag(entry)]));
}

/** Raw queries have no schema, so every value carries its type. */
function toTypedRows({ columns, types, rows }: RawResponse): Record<string, TypedValue>[] {
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, toTypedValue(types[index] ?? 'unknown', row[index])])),
  );
}

function toTypedValue(type: string, value: unknown): TypedValue {
  if (value === null || value === undefined) return { prisma__type: 'null', prisma__value: null };
  if (type.endsWith('-array')) {
    const elementType = type.slice(0, -'-array'.length);
    return {
      prisma__type: 'array',
      prisma__value: (value as unknown[]).map((element) => toTypedValue(elementType, element)),
    };
  }
  switch (type) {
    case 'bigint':
      return { prisma__type: type, prisma__value: String(value) };
    case 'bytes':
      return { prisma__type: type, prisma__value: Buffer.from(value as Uint8Array).toString('base64') };
    default:
      return { prisma__type: type, prisma__value: value };
  }
}

export function toErrorResponse(error: unknown): ErrorResponse {
  const { message, code, meta } = describe(error);
  return {
    error: message.replace(TRANSACTION_HAS_ENDED, 'Transaction already closed: '),
    user_facing_error: {
      is_panic: false,
      message,
      ...(meta ? { meta } : {}),
      ...(code === undefined ? {} : { error_code: code }),
    },
  };
}

interface ErrorDescription {
  message: string;
  code?: string | undefined;
  meta?: Record<string, unknown> | undefined;
}

function describe(error: unknown): ErrorDescription {
  if (error instanceof UserFacingError) {
    const { driverAdapterError, ...meta } = error.meta;
    return { message: error.message, code: error.code, meta: { ...meta, ...driverMeta(error, driverAdapterError) } };
  }
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const lost = connectionProblem((error as { cause?: DriverErrorCause }).cause);
  if (lost) return lost;
  const { message, code, meta } = error as { message?: string; code?: string; meta?: Record<string, unknown> };
  return { message: message ?? String(error), ...(code === undefined ? {} : { code }), ...(meta ? { meta } : {}) };
}

/** Outside a query the adapter's own errors arrive, which only name their kind. */
function connectionProblem({ kind, host, port }: DriverErrorCause = {}): { message: string; code: string } | undefined {
  if (kind === 'DatabaseNotReachable') {
    return { code: 'P1001', message: `Can't reach database server at \`${host}\`:\`${port}\`` };
  }
  if (kind === 'ConnectionClosed') return { code: 'P1017', message: 'Server has closed the connection.' };
  return undefined;
}

/** The details that clients read from `meta`, taken from what the PostgreSQL driver reported. */
function driverMeta(error: UserFacingError, driverAdapterError: unknown): Record<string, unknown> {
  const cause = (driverAdapterError as { cause?: DriverErrorCause } | undefined)?.cause;
  if (!cause) return {};
  switch (error.code) {
    case 'P2002':
      return { target: cause.constraint?.fields ?? [] };
    case 'P2003':
      return { field_name: cause.constraint?.index ?? cause.constraint?.fields?.join(',') };
    case 'P2010':
      return { code: cause.originalCode ?? 'N/A', message: cause.originalMessage ?? error.message };
    default:
      return {};
  }
}
