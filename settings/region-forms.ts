import type { Provider } from '../catalog/model';

/** What a region of a provider looks like, and one that exists. The other providers have no region. */
export const REGION_FORMS: Readonly<Partial<Record<Provider, { readonly form: RegExp; readonly example: string }>>> = {
  bedrock: { form: /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/, example: 'us-east-1' },
  vertex_ai: { form: /^(?:global|us|eu|[a-z]+-[a-z]+\d{1,2})$/, example: 'us-east5' },
};
