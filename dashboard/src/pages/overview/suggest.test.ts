import { expect, it } from 'vitest';
import type { Operation } from '../../api/types';
import { suggestCall } from './suggest';

const operation = (method: string, path: string) => ({ api: 'shop', method, path }) as Operation;

it('suggests the first plain GET', () => {
  const spec = [operation('POST', '/login'), operation('GET', '/orders/{id}'), operation('GET', '/products')];
  expect(suggestCall(spec)).toBe('curl -k https://localhost:8443/products');
});

it.each(['/a;reboot', '/$(id)', '/a b', '/a`x`', "/a'b", '/../etc', '/a\nb', '//evil|sh', ''])('never puts %j into a command', (path) => {
  expect(suggestCall([operation('GET', path)])).toBe('curl -k https://localhost:8443/');
});
