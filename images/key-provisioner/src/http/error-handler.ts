import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { LiteLLMRefused } from '../litellm/transport';
import { badGateway, Problem, unavailable } from '../problem';
import { scrub } from '../upstream/scrub';
import { UpstreamUnavailable } from '../upstream/upstream';
import { type ValidationError, validationProblem } from './validation';

/** The content type of every error answer. */
export const PROBLEM_TYPE = 'application/problem+json';

/** Answers with a problem document. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem) {
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .status(problem.status)
    .header('content-type', PROBLEM_TYPE)
    .serializer(JSON.stringify)
    .send({
      type: problem.type,
      title: problem.title,
      status: problem.status,
      detail: problem.message,
      instance: request.url.split('?')[0],
      request_id: request.id,
      ...(problem.errors ? { errors: problem.errors } : {}),
    });
}

/** Turns whatever was thrown into a problem document; messages of other services and stack traces stay in the log. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = asProblem(error, request);
  if (problem.status >= 500) {
    const cause = problem.cause instanceof Error ? problem.cause : undefined;
    const reason = (cause ?? (error instanceof Error ? error : undefined))?.message;
    const stack = problem.status === 500 && error instanceof Error ? { stack: scrub(error.stack ?? '', 4000) } : {};
    request.log.error({ status: problem.status, reason: scrub(reason ?? ''), ...stack }, 'request failed');
  }
  return sendProblem(request, reply, problem);
}

/** The answer that an error of any kind becomes. */
export function asProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof UpstreamUnavailable) {
    const upstream = error.upstream === 'coder' ? 'Coder' : 'the gateway (LiteLLM) or its database';
    return unavailable(`${upstream} is not available right now; try again in a few seconds`, error);
  }
  if (error instanceof LiteLLMRefused) return rejectedByLiteLLM(error);
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error as ValidationError, request);
  const { statusCode = 500, code = '' } = error as FastifyError;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Problem(413, {
      detail: `the request body is larger than the ${request.routeOptions.bodyLimit} bytes allowed`,
    });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new Problem(415, { detail: 'the request body must be JSON: send `content-type: application/json`' });
  }
  if (statusCode >= 400 && statusCode < 500) {
    const detail =
      code.startsWith('FST_ERR_CTP') || error instanceof SyntaxError
        ? 'the request body is not valid JSON'
        : 'the request is malformed';
    return new Problem(statusCode, { detail });
  }
  return internal(error);
}

const internal = (cause: unknown) =>
  new Problem(500, {
    detail: 'internal error of the key-provisioner; its log has the details under this request id',
    cause,
  });

/** LiteLLM's own upper bounds are the only rejection that a caller can do something about. */
function rejectedByLiteLLM(error: LiteLLMRefused): Problem {
  const bound = /(\w+) is over max limit set in config.*max_value=([\w.]+)/.exec(error.message);
  if (error.status === 400 && bound?.[1]) {
    const detail = `exceeds the most that any policy in gateway.yaml allows (${bound[2]})`;
    return new Problem(422, { detail: `${bound[1]}: ${detail}`, errors: [{ field: bound[1], detail }], cause: error });
  }
  if (error.status === 401 || error.status === 403) {
    return badGateway(
      "the gateway rejects the key-provisioner's master key; an operator must check LITELLM_MASTER_KEY",
      error,
    );
  }
  return badGateway(
    'the gateway rejected a request of the key-provisioner; an operator can find the reason in its log',
    error,
  );
}
