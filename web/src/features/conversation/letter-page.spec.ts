import { letterPage } from './letter-page';

it('shows the pictures a letter carries, by their number', () => {
  const page = letterPage(
    '<p>hi</p><img data-attachment="1" alt="map">',
    [{ url: '/a' }, { url: '/b?x=1&y="2"' }],
    'rtl',
  );
  expect(page).toContain('<img src="/b?x=1&amp;y=&quot;2&quot;" alt="map">');
  expect(page).toContain('<html dir="rtl">');
});

it('leaves a picture without a file as it is', () => {
  expect(letterPage('<img data-attachment="7">', [{ url: null }], 'ltr')).toContain('<img data-attachment="7">');
});

it('lets nothing load from elsewhere', () => {
  expect(letterPage('', [], 'ltr')).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src 'self'");
});
