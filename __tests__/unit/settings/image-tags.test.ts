import { floatingTag } from '../../../settings/image-tags';
import { parseSettings } from '../../../settings/load';
import pinned from '../../../workloads/images.json';

const withImage = (name: string, reference: string) => () =>
  parseSettings(
    JSON.stringify({ providers: { anthropic: { credentials: 'variable' } }, images: { [name]: reference } }),
  );

test.each([
  ['litellm', 'ghcr.io/berriai/litellm:main-stable'],
  ['litellm', 'ghcr.io/berriai/litellm:main-latest'],
  ['litellm', 'ghcr.io/berriai/litellm:main'],
  ['litellm', 'ghcr.io/berriai/litellm:v1'],
  ['litellm', 'ghcr.io/berriai/litellm:nightly'],
  ['postgres', 'postgres:17'],
  ['postgres', 'postgres:bookworm'],
  ['postgres', 'postgres:17-bookworm'],
  ['postgres', 'postgres:alpine'],
  ['node', 'node:lts'],
  ['node', 'node:24'],
  ['node', 'node:24-bookworm-slim'],
  ['node', 'node:24.11'],
  ['door', 'haproxy:lts-alpine'],
  ['door', 'haproxy:3.2'],
  ['seed', 'busybox:stable'],
  ['seed', 'registry.example.com:5000/busybox'],
  ['coder', 'ghcr.io/coder/coder:edge'],
  ['workspace', 'registry.example.com/workspace:main'],
  ['workspace', 'registry.example.com/workspace'],
  ['key_provisioner', 'registry.example.com/key-provisioner:1.4-latest'],
])('images.%s: %s is refused, since it may be another image tomorrow', (name, reference) => {
  expect(withImage(name, reference)).toThrow(`images.${name}: found "${reference}"`);
  expect(withImage(name, reference)).toThrow('would change without a diff');
});

const DIGEST = `sha256:${'0a'.repeat(32)}`;
test.each([
  ['litellm', 'ghcr.io/berriai/litellm:v1.104.2'],
  ['litellm', 'ghcr.io/berriai/litellm:main-v1.104.2-stable'],
  ['litellm', `ghcr.io/berriai/litellm@${DIGEST}`],
  ['litellm', `ghcr.io/berriai/litellm:main-stable@${DIGEST}`],
  ['postgres', 'postgres:17.6'],
  ['postgres', 'registry.example.com:5000/postgres:16.4-alpine'],
  ['postgres', 'REGISTRY.example.com:5000/postgres:16.4'],
  ['node', 'node:24.21.0-bookworm-slim'],
  ['node', 'debian:bookworm-20261117-slim'],
  ['door', 'haproxy:3.2.4-alpine'],
  ['workspace', 'registry.example.com/workspace:20261126'],
  ['workspace', 'registry.example.com/workspace:2026-11-26.3'],
  ['workspace', 'registry.example.com/workspace:build-41'],
  ['key_provisioner', 'registry.example.com/key-provisioner:main-3f9c2ab'],
])('images.%s: %s is taken', (name, reference) => {
  expect(withImage(name, reference)).not.toThrow();
});

test.each(Object.entries(pinned))('the pinned image of %s, %s, cannot float', (name, reference) => {
  expect(floatingTag(name, reference)).toBeUndefined();
});
