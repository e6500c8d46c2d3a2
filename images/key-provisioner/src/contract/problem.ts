import { z } from 'zod';

/** RFC 9457, `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    /** What was wrong and what to do. */
    detail: z.string(),
    instance: z.string().optional(),
    request_id: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** `GET /health` and `GET /health/ready` */
export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  litellm: z.enum(['ready', 'unreachable']).optional(),
});
