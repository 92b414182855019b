import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Text } from './Text';

it('renders what a caller sent as text only', () => {
  const html = renderToStaticMarkup(<Text value={'<img src=x onerror=alert(1)>"'} />);
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
});

it('names hidden characters in the text and in the title', () => {
  const html = renderToStaticMarkup(<Text value={'a\u202eb'} />);
  expect(html).not.toContain('\u202e');
  expect(html).toContain('>U+202E</span>');
  expect(html).toContain('title="a‹U+202E›b"');
});

it('cuts what no cell can show, keeps more in the title, and shows all when asked', () => {
  const long = 'x'.repeat(9000);
  const cut = renderToStaticMarkup(<Text value={long} />);
  expect(cut).toContain(`>${'x'.repeat(400)}…<`);
  expect(cut.length).toBeLessThan(5000);
  expect(renderToStaticMarkup(<Text value={long} whole />)).toContain(long);
});
