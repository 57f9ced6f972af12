/** Reads the text fields of a submitted form, trimmed; a missing field or a file is "". */
export function fieldReader(form: FormData): (name: string) => string {
  return (name) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
}
