interface Worded {
  header?: string;
  body: string;
  footer?: string;
  blanks: readonly { in: string; name: string }[];
}

const filled = (text: string | undefined, place: string, template: Worded, values: readonly string[]): string =>
  (text ?? '').replace(/\{\{\s*(\w+)\s*\}\}/g, (blank, name: string) => {
    const index = template.blanks.findIndex((one) => one.in === place && one.name === name);
    return values[index] || blank;
  });

/** How a template reads with these values in its blanks; an empty value leaves its blank standing. */
export function templateText(template: Worded, values: readonly string[]): string {
  return [
    filled(template.header, 'header', template, values),
    filled(template.body, 'body', template, values),
    template.footer ?? '',
  ]
    .filter(Boolean)
    .join('\n');
}
