import { attached, kindOfType, type AttachedFile } from '../lib/attachments';
import { ApiError, csrfHeader, refusalOf } from './client';
import type { Upload } from './types';

/** What is still being sent here, by the key of its entry. */
const underWay = new Map<string, { request: XMLHttpRequest; file: File }>();
const failed = new Map<string, File>();

/** Uploads a file beside the draft of a conversation; how far it is stands in `attached`. */
export function startUpload(conversationId: string, file: File): void {
  const key = crypto.randomUUID();
  attached.add({
    key,
    conversationId,
    kind: kindOfType(file.type),
    name: file.name,
    sizeBytes: file.size,
    state: 'uploading',
    progress: 0,
    uploadId: null,
    problem: null,
  });
  send(key, file);
}

export function retryUpload({ key }: AttachedFile): void {
  const file = failed.get(key);
  if (!file) return;
  attached.update(key, { state: 'uploading', progress: 0, problem: null });
  send(key, file);
}

/** Takes a file away from the draft, and stops sending it. */
export function dropUpload({ key }: AttachedFile): void {
  underWay.get(key)?.request.abort();
  underWay.delete(key);
  failed.delete(key);
  attached.remove(key);
}

// Only XMLHttpRequest tells how much of a body has gone out.
function send(key: string, file: File): void {
  const request = new XMLHttpRequest();
  underWay.set(key, { request, file });
  const fail = (problem: ApiError) => {
    if (!underWay.delete(key)) return;
    failed.set(key, file);
    attached.update(key, { state: 'failed', problem });
  };
  request.open('POST', '/api/v1/uploads');
  request.responseType = 'json';
  const headers = {
    ...csrfHeader(),
    'content-type': 'application/octet-stream',
    'x-file-name': encodeURIComponent(file.name),
    'x-file-type': file.type || 'application/octet-stream',
  };
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.addEventListener('progress', ({ loaded, total }) =>
    attached.update(key, { progress: total > 0 ? loaded / total : 0 }),
  );
  request.addEventListener('load', () => {
    const { status, statusText } = request;
    const answer: unknown = request.response;
    if (status < 200 || status > 299)
      return fail(refusalOf(status, answer, statusText, request.getResponseHeader('retry-after')));
    if (!underWay.delete(key)) return;
    failed.delete(key);
    const { id, kind, name, sizeBytes } = answer as Upload;
    attached.update(key, { state: 'ready', progress: 1, uploadId: id, kind, name, sizeBytes });
  });
  request.addEventListener('error', () => fail(new ApiError(0, 'unreachable', 'The server could not be reached.')));
  request.send(file);
}
