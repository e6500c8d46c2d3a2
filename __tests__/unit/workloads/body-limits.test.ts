import { bodyClasses, LARGEST_BODY, memoryForBodies } from '../../../workloads/body-limits';

test.each([4096, 8192, 16_384])('with %i MB all places together stay within the limit', (memory) => {
  expect(memoryForBodies(bodyClasses(memory))).toBeLessThanOrEqual(memory);
});

test.each([1536, 2048, 4096])('with %i MB a body of every allowed size has a place', (memory) => {
  const classes = bodyClasses(memory);
  expect(classes.at(-1)?.upTo).toBe(LARGEST_BODY);
  for (const { atOnce } of classes) expect(atOnce).toBeGreaterThan(0);
});

test('25 workspaces with contexts of a million tokens need not wait for each other long', () => {
  const big = bodyClasses(4096).find(({ upTo }) => upTo >= 5_000_000);
  expect((big?.atOnce ?? 0) + (big?.waiting ?? 0)).toBeGreaterThanOrEqual(25);
});
