import { keyListQuerySchema, keyListSchema } from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { keyInfo } from '../../keys/record';
import type { Services } from '../../services';

/** `GET /api/v1/admin/keys` */
export function listKeysRoute(app: App, { ledger }: Services): void {
  app.get(
    '/keys',
    {
      schema: {
        operationId: 'listKeys',
        summary: 'All keys, newest first, a page at a time',
        tags: ['operator'],
        security: [{ operator: [] }],
        querystring: keyListQuerySchema,
        response: { 200: keyListSchema, ...problems(401, 502, 503) },
      },
    },
    async ({ query: { page, page_size, ...filter } }) => {
      const { records, total, totalPages } = await ledger.page(filter, page, page_size);
      return { keys: records.map(keyInfo), page, page_size, total, total_pages: totalPages };
    },
  );
}
