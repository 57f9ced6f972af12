import { templateText } from './template-text';

const template = {
  header: 'Order {{1}}',
  body: 'سلام {{1}}، سفارش {{2}} فرستاده شد.',
  footer: 'Harbour',
  blanks: [
    { in: 'header', name: '1' },
    { in: 'body', name: '1' },
    { in: 'body', name: '2' },
  ],
};

it('puts values where they belong, by place and name', () => {
  expect(templateText(template, ['A-1', 'مریم', '۴۸۲'])).toBe('Order A-1\nسلام مریم، سفارش ۴۸۲ فرستاده شد.\nHarbour');
});

it('leaves an empty blank standing', () => {
  expect(templateText({ body: 'Hi {{name}}', blanks: [{ in: 'body', name: 'name' }] }, [''])).toBe('Hi {{name}}');
});
