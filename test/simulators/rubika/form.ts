export interface UploadedFile {
  name: string;
  bytes: Buffer;
}

/** The file in a `multipart/form-data` body (RFC 7578); nothing when there is none. */
export function formFile(contentType: string, body: Buffer): UploadedFile | undefined {
  return formParts(contentType, body).find((part): part is UploadedFile & { field: string } => part.name !== '');
}

/** All parts of a form; `name` is the file's name, empty for plain fields. */
export function formParts(contentType: string, body: Buffer): (UploadedFile & { field: string })[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return [];
  const parts: (UploadedFile & { field: string })[] = [];
  const fence = Buffer.from(`--${boundary}`);
  let at = body.indexOf(fence);
  while (at >= 0) {
    const end = body.indexOf(fence, at + fence.length);
    const head = body.indexOf('\r\n\r\n', at);
    if (end < 0 || head < 0 || head > end) break;
    const headers = body.subarray(at, head).toString('utf8');
    const name = /filename="([^"]*)"/.exec(headers)?.[1] ?? '';
    const field = / name="([^"]*)"/.exec(headers)?.[1] ?? '';
    parts.push({ field, name, bytes: body.subarray(head + 4, end - 2) });
    at = end;
  }
  return parts;
}
