import { keyInfoSchema } from '../contract';
import type { App } from '../http/app-type';
import { requireBearer } from '../http/callers';
import { problems } from '../http/openapi';
import { hashKey } from '../keys/derivation';
import { keyInfo, readRecord } from '../keys/record';
import { notFound } from '../problem';
import type { Services } from '../services';
import { personOf } from './person-of';

export function keyInfoRoute(app: App, services: Services): void {
  const { authentication, litellm, derivation } = services;
  app.get(
    '/api/v1/keys/info',
    {
      onRequest: requireBearer(services, 'key', 'a virtual key'),
      schema: {
        summary: 'What a key may do and has spent, told to whoever holds it',
        description:
          'Spend follows a request after 6 to 17 seconds. A revoked or expired key is still told about itself.',
        tags: ['key'],
        security: [{ key: [] }],
        response: { 200: keyInfoSchema, ...problems(401, 404, 502, 503) },
      },
    },
    async (request) => {
      const key = authentication.bearer(request, 'key', 'a virtual key');
      // By its hash only: the key itself goes into no URL and no log.
      const row = await litellm.keyInfo(hashKey(key));
      if (!row || row.status === 'deleted') {
        throw authentication.wrong(request, 'key', 'the gateway does not know this key, or it was deleted');
      }
      const record = readRecord(row, derivation);
      if (!record) throw notFound('this key works, but was not made by the key-provisioner; ask whoever made it');
      return { ...keyInfo(record), person: await personOf(services, record) };
    },
  );
}
