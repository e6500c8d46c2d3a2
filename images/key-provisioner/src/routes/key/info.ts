import { keyInfoSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { keyInfo, readRecord } from '../../keys/record';
import { notFound } from '../../problem';
import type { Services } from '../../services';
import { callingKey } from '../callers';
import { personOf } from '../person-of';

/** `GET /api/v1/keys/info` */
export function keyInfoRoute(app: App, services: Services): void {
  app.get(
    '/info',
    {
      schema: {
        operationId: 'getOwnKey',
        summary: 'What a key may do and has spent, for its holder',
        description: 'Spend is updated 6 to 17 seconds after a request. Also answers for a revoked or expired key.',
        tags: ['key'],
        security: [{ key: [] }],
        response: { 200: keyInfoSchema, ...problems(401, 404, 502, 503) },
      },
    },
    async (request) => {
      const record = readRecord(callingKey(request), services.derivation);
      if (!record) throw notFound('this key was not created by the key-provisioner; ask the person who created it');
      return { ...keyInfo(record), person: await personOf(services, record) };
    },
  );
}
