import { expect, it } from 'vitest';
import { ceiling } from './scale';

it.each([[0, 4], [3, 4], [4, 4], [5, 6], [9, 10], [11, 20], [61, 80], [100, 100], [101, 200], [8001, 10_000]])(
  'an axis for %d ends at %d', (value, top) => expect(ceiling(value)).toBe(top));
