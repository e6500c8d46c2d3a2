import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type FieldError, Problem } from '../problem';

/** One issue of zod, as fastify-type-provider-zod passes it on. */
interface Issue {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: Record<string, unknown>;
}

/** The error that Fastify raises when a request does not match its schema. */
export interface ValidationError {
  readonly validation: readonly Issue[];
  readonly validationContext?: string | undefined;
}

/** Says for each invalid field what is allowed. */
export function validationProblem(error: ValidationError, request: FastifyRequest): Problem {
  const place = error.validationContext ?? 'body';
  // About a value of the wrong type zod also says that it is too long, in words for the right type.
  const wrong = new Set(error.validation.filter(({ keyword }) => keyword === 'invalid_type').map(pathOf));
  const errors = error.validation
    .filter((issue) => issue.keyword === 'invalid_type' || !wrong.has(pathOf(issue)))
    .flatMap((issue) => fieldErrors(issue, place, request));
  return new Problem(422, { detail: errors.map(({ field, detail }) => `${field}: ${detail}`).join('; '), errors });
}

const pathOf = ({ instancePath }: Issue) => instancePath;

function fieldErrors(issue: Issue, place: string, request: FastifyRequest): FieldError[] {
  const path = issue.instancePath.split('/').filter(Boolean);
  const { keys, errors } = issue.params ?? {};
  if (issue.keyword === 'unrecognized_keys' && Array.isArray(keys)) {
    return keys.map((key) => ({ field: [...path, key].join('.'), detail: unknownField(path, place, request) }));
  }
  if (issue.keyword === 'invalid_union' && Array.isArray(errors)) {
    // Of several shapes, the first is the one with fields; what it misses is what the caller wants to know.
    const [first] = errors as { code: string; path: (string | number)[]; message: string; keys?: string[] }[][];
    return (first ?? []).flatMap(({ code, path: inner, message, ...params }) =>
      fieldErrors({ keyword: code, instancePath: [...path, ...inner].join('/'), message, params }, place, request),
    );
  }
  return [{ field: path.join('.') || place, detail: issue.message ?? 'is not valid' }];
}

function unknownField(path: readonly string[], place: string, request: FastifyRequest): string {
  const schema = (request.routeOptions.schema as Record<string, unknown> | undefined)?.[place];
  if (path.length > 0 || !(schema instanceof z.ZodObject)) return 'is not a known field';
  return `is not a known field; known fields are ${Object.keys(schema.shape).join(', ')}`;
}
